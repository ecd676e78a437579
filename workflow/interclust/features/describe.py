"""How features lie and hang together by risk set: quartiles, correlations, and how ill-conditioned they are.

Of a sampled panel the rows count by their sampling weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import CONTRACTS, Contract, pandas_type, sampled_name
from ..io import write_csv
from ..panel.blocks import Block, Store
from .comoments import Comoments
from .moments import PANEL_COLUMNS
from .quartiles import quartiles
from .registry import GROUPS, REGISTRY, Array

if TYPE_CHECKING:
    import pandas as pd

CORRELATIONS = Contract(
    "features/correlations",
    {"risk_set": "str", "feature_a": "str", "feature_b": "str", "n": "int32", "correlation": "float64?"},
    key=("risk_set", "feature_a", "feature_b"),
)
CONDITION = Contract(
    "features/condition",
    {
        "risk_set": "str",
        "group": "str",
        "features": "int16",
        "rows": "int32?",  # fewest rows behind one of the correlations
        "left_out": "str?",
        "determined": "str?",
        "largest": "float64?",
        "smallest": "float64?",
        "condition_number": "float64?",
        "weakest": "str?",
        "reading": "str",
    },
    key=("risk_set", "group"),
)
QUARTILES = Contract(
    "features/quartiles",
    {"risk_set": "str", "feature": "str", "q1": "float64?", "median": "float64?", "q3": "float64?"},
    key=("risk_set", "feature"),
)
RISK_SETS = ("rows", "emergence", "recurrence")
ALL = "all"
LEAST_ROWS = 30  # two features known together for fewer rows say nothing about each other
DETERMINED = 1e-4  # share of its variance that earlier features leave of one that they determine
LARGE = 0.3  # loadings from here on name the features of a direction
READINGS = {
    "regular": "largest / smallest eigenvalue of the correlations",
    "few": "fewer than two features that vary",
}


def correlations(blocks: Iterable[Block], names: Sequence[str]) -> dict[str, Comoments]:
    """Gather the columns ``names`` in the three risk sets; blocks are gone through once."""
    found = {risk_set: Comoments.empty(len(names)) for risk_set in RISK_SETS}
    for block in blocks:
        values = np.column_stack([np.asarray(block.columns[name], dtype=float) for name in names])
        emergence = np.asarray(block.columns["in_emergence_risk_set"])
        masks = (np.ones(len(block), dtype=bool), emergence, ~emergence)
        for risk_set, mask in zip(RISK_SETS, masks, strict=True):
            found[risk_set].add(
                Comoments.of(values[mask], None if block.weights is None else block.weights[mask])
            )
    return found


def correlation_table(found: dict[str, Comoments], names: Sequence[str]) -> pd.DataFrame:
    """One row a risk set and pair of features: rows where both are known, and their correlation."""
    rows = []
    for risk_set, moments in found.items():
        r = moments.correlations()
        for a, b in combinations(range(len(names)), 2):
            pair = {"feature_a": names[a], "feature_b": names[b]}
            rows.append({"risk_set": risk_set, **pair, "n": moments.n[a, b], "correlation": r[a, b]})
    return _in_order(CORRELATIONS, rows)


def condition_table(found: dict[str, Comoments], names: Sequence[str]) -> pd.DataFrame:
    """One row a risk set and group of features (and all): the condition number of their correlations."""
    rows = []
    for risk_set, moments in found.items():
        r = np.where(moments.n >= LEAST_ROWS, moments.correlations(), np.nan)
        for group, places in _groups(names):
            chosen, own = np.ix_(places, places), [names[place] for place in places]
            head = {"risk_set": risk_set, "group": group}
            rows.append(head | condition(r[chosen], moments.n[chosen], own))
    return _in_order(CONDITION, rows)


def quartile_table(found: Array, names: Sequence[str]) -> pd.DataFrame:
    """One row a risk set and feature, from quartiles (3 risk sets, features, 3)."""
    keys = ("q1", "median", "q3")
    rows = [
        {"risk_set": risk_set, "feature": name, **dict(zip(keys, values, strict=True))}
        for risk_set, of_set in zip(RISK_SETS, found.tolist(), strict=True)
        for name, values in zip(names, of_set, strict=True)
    ]
    return _in_order(QUARTILES, rows)


def condition(r: Array, n: Array, names: Sequence[str]) -> dict[str, Any]:
    """Largest and smallest eigenvalue of correlations (k, k), and their ratio; n (k, k) rows behind each.

    Features that do not vary, or are not known together with others, are ``left_out``; of features that
    determine each other the later ones are, as ``determined``, so that the rest is regular. ``weakest``
    names the features of the smallest eigenvalue's vector: the nearest to a sum that does not vary (Belsley,
    Kuh and Welsch 1980, Regression diagnostics, chapter 3; their index is the square root of the ratio).
    """
    known = usable(r)
    kept = independent(r, known)
    said: dict[str, Any] = {
        "features": len(kept),
        "left_out": _words(name for place, name in enumerate(names) if place not in known),
        "determined": _words(names[place] for place in known if place not in kept),
    }
    if len(kept) < 2:
        return said | {"reading": READINGS["few"]}
    chosen = np.ix_(kept, kept)
    values, vectors = np.linalg.eigh(r[chosen])
    return said | {
        "rows": n[chosen].min(),
        "largest": values[-1],
        "smallest": values[0],
        "condition_number": values[-1] / values[0],
        "weakest": _words(names[kept[place]] for place in np.flatnonzero(np.abs(vectors[:, 0]) >= LARGE)),
        "reading": READINGS["regular"],
    }


def usable(r: Array) -> list[int]:
    """Places of the features whose correlations are all known, once those with most unknown ones are out."""
    kept = np.flatnonzero(~np.isnan(np.diag(r)))
    while len(kept):
        unknown = np.isnan(r[np.ix_(kept, kept)]).sum(axis=1)
        if not unknown.any():
            break
        # of equals the last, so that the order of the dictionary decides
        kept = np.delete(kept, len(kept) - 1 - int(unknown[::-1].argmax()))
    return [int(place) for place in kept]


def independent(r: Array, places: Sequence[int]) -> list[int]:
    """Of these places, in order, those that the ones before do not determine (a Cholesky step each)."""
    kept: list[int] = []
    for place in places:
        with_others = r[kept, place]
        explained = with_others @ np.linalg.solve(r[np.ix_(kept, kept)], with_others) if kept else 0.0
        if 1 - explained > DETERMINED:
            kept.append(place)
    return kept


def _words(names: Iterable[str]) -> str | None:
    return " ".join(names) or None


def write_description(folder: str | Path) -> None:
    """Write quartiles.csv, correlations.csv and condition.csv beside the period files of features."""
    folder = Path(folder)
    store = Store.open(folder / "periods", "features/periods")
    panel = CONTRACTS[sampled_name("panel/periods")].columns
    names = [*PANEL_COLUMNS, *(name for name in store.columns if name not in panel)]
    columns = [*names, "in_emergence_risk_set", *store.weights]
    write_csv(
        quartile_table(quartiles(lambda: store.by_period(columns), names), names), folder / "quartiles.csv"
    )
    found = correlations(store.by_period(columns), names)
    write_csv(correlation_table(found, names), folder / "correlations.csv")
    write_csv(condition_table(found, names), folder / "condition.csv")


def _groups(names: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """All features, then every group of the registry that has some; columns of the panel in all alone."""
    yield ALL, list(range(len(names)))
    for group in GROUPS:
        own = [
            place for place, name in enumerate(names) if name in REGISTRY and REGISTRY[name].group == group
        ]
        if own:
            yield group, own


def _in_order(contract: Contract, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The table checked, in the order in which features stand in the dictionary."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(contract.columns))
    types = {name: pandas_type(token) for name, token in contract.columns.items()}
    return contract.check(table.astype(types))
