"""How far two coders of one ledger agree: share, Cohen's kappa, Krippendorff's alpha; where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import Contract
from ..errors import InputError
from .ledger import BLANK, CHANNELS, texts

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
CODED = (*CHANNELS, "same_territory", "relation")
UNIT = ("ego", "alter", "phase")
KEY = (*(f"{name}_key" for name in UNIT), "passage_key")
BLANKS = ("missing", "category")  # a blank is no coding, or a coding of its own
DRAWS, LEVEL = 2000, 0.95
AGREEMENT = Contract(
    "effects/ledger_agreement",
    {
        "column": "str",
        "blanks": "str",
        "rows_both": "int32",  # rows that both coders have; the next two: that one alone has
        "only_first": "int32",
        "only_second": "int32",
        "rows": "int32",  # compared: coded by both where a blank is missing
        "agree": "int32",
        **{
            f"{name}{end}": "float64?"
            for name in ("share", "kappa", "alpha")
            for end in ("", "_low", "_high")
        },
    },
    key=(),
    allowed={"column": CODED, "blanks": BLANKS},
)
DISAGREEMENTS = Contract(
    "effects/ledger_disagreements",
    {
        "ego": "str",
        "alter": "str",
        "phase": "str?",
        "column": "str",
        "first": "str",  # a code, or blank
        "second": "str",
        "locator": "str?",
        "second_locator": "str?",
    },
    key=(),
    allowed={"column": CODED},
)


def coincidences(codes: Array, categories: int) -> Array:
    """Coincidences of values within units (n, k, k), from codes (n units, m coders): 0 to k − 1, −1 missing.

    A unit with m_u ≥ 2 values gives each ordered pair of them 1/(m_u − 1), one with fewer nothing
    (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).
    """
    held = (codes[:, :, None] == np.arange(categories)).sum(axis=1)
    size = held.sum(axis=1)
    pairs = held[:, :, None] * held[:, None, :] - held[:, :, None] * np.eye(categories)
    return pairs * np.where(size > 1, 1 / np.maximum(size - 1, 1), 0)[:, None, None]


def alpha(coincidence: Array) -> Array:
    """Krippendorff's nominal alpha of summed coincidences (…, k, k): 1 − (n − 1) Σ o_ck / Σ n_c n_k, c ≠ k.

    NaN where all values are one, for then nothing could have differed.
    """
    n_c = coincidence.sum(axis=-1)
    n = n_c.sum(axis=-1)
    apart = n - np.trace(coincidence, axis1=-2, axis2=-1)
    chance = n**2 - (n_c**2).sum(axis=-1)
    return 1 - (n - 1) * apart / np.where(chance > 0, chance, np.nan)


def kappa(table: Array) -> Array:
    """Cohen's (1960) kappa of cross tables (…, k, k); NaN where both coders use one category throughout."""
    n = table.sum(axis=(-2, -1))
    observed = np.trace(table, axis1=-2, axis2=-1) / n
    expected = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1) / n**2
    return (observed - expected) / np.where(expected < 1, 1 - expected, np.nan)


def agreement(first: pd.DataFrame, second: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Agreement of two codings (ingest/relations, ingest/second_relations) by column, blanks both ways.

    Columns of ``AGREEMENT``; no rows without a second coding. Rows are the same if ego, alter and phase are;
    where a coding has several of these, if their locators are too. Limits are at 95 % and take rows as
    independent: of the share Clopper and Pearson's; of kappa and alpha percentiles of 2,000 draws of rows
    (seeded; draws without a value are left out), and none where all is alike, for draws cannot differ then.
    Raises InputError where a coding has two rows of one unit.
    """
    if second.empty:
        return AGREEMENT.frame([])
    both, alone = _paired(first, second)
    sizes = {"rows_both": len(both), "only_first": alone[0], "only_second": alone[1]}
    rows = [
        {"column": column, "blanks": blanks, **sizes, **_agreement(both, column, blanks, seed)}
        for column in CODED
        for blanks in BLANKS
    ]
    return AGREEMENT.check(AGREEMENT.frame(rows))


def disagreements(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """What is left to settle: every code that the two differ in, a blank against a code included."""
    if second.empty:
        return DISAGREEMENTS.frame([])
    both, _ = _paired(first, second)
    rows = []
    for column in CODED:
        own = both[both[column] != both[f"{column}_second"]]
        for row in own.to_dict("records"):
            codes = {"column": column, "first": row[column], "second": row[f"{column}_second"]}
            shown = {name: row[name] for name in (*UNIT, "locator")}
            rows.append({**shown, **codes, "second_locator": row["locator_second"]})
    return DISAGREEMENTS.check(DISAGREEMENTS.frame(rows))


def _paired(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, int]]:
    """The rows that both codings have, codes as texts side by side, and how many each has alone."""
    import pandas as pd

    one, other = _keyed(first), _keyed(second)
    unit = list(KEY[:-1])
    several = pd.concat([table[table.duplicated(unit)] for table in (one, other)])[unit].apply(tuple, axis=1)
    for which, table in (("first", one), ("second", other)):
        parted = table[unit].apply(tuple, axis=1).isin(set(several))
        table["passage_key"] = texts(table["locator"]).where(parted, "")
        _once(table, which)
    both = one.merge(other, on=list(KEY), suffixes=("", "_second")).sort_values(list(KEY), kind="stable")
    return both, (len(one) - len(both), len(other) - len(both))


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    """A coding with the key of each unit (bodies by id where they have one), and its codes as texts."""
    keys = {f"{end}_key": table[f"{end}_id"].fillna(table[end]) for end in ("ego", "alter")}
    keyed = table.assign(**keys, phase_key=texts(table["phase"]))
    return keyed.assign(**{column: texts(table[column]) for column in CODED})


def _once(table: pd.DataFrame, which: str) -> None:
    """Raise InputError where two rows of a coding cannot be told apart."""
    again = table[table.duplicated(list(KEY))]
    if len(again):
        row = again.iloc[0]
        raise InputError(
            f"the {which} coding of the ledger has two rows of {row['ego']} and {row['alter']} "
            f"(phase: {row['phase_key']}, locator: {texts(again['locator']).iloc[0]})",
            remedy="make one of them, or say in locator where each is told",
        )


def _agreement(both: pd.DataFrame, column: str, blanks: str, seed: int) -> dict[str, Any]:
    """The measures of one column of paired codings."""
    pairs = both[[column, f"{column}_second"]].to_numpy(dtype=str)
    if blanks == "missing":
        pairs = pairs[(pairs != BLANK).all(axis=1)]
    n, same = len(pairs), int((pairs[:, 0] == pairs[:, 1]).sum())
    found: dict[str, Any] = {"rows": n, "agree": same}
    if n == 0:
        return found
    categories, codes = np.unique(pairs, return_inverse=True)
    codes = codes.reshape(pairs.shape)
    k = len(categories)
    cross = np.zeros((n, k, k))
    cross[np.arange(n), codes[:, 0], codes[:, 1]] = 1
    found["share"], found["share_low"], found["share_high"] = same / n, *_exact(same, n)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    for name, units, measure in (("kappa", cross, kappa), ("alpha", coincidences(codes, k), alpha)):
        found[name] = float(measure(units.sum(axis=0)))
        if same == n:
            continue
        drawn = measure((weights @ units.reshape(n, -1)).reshape(DRAWS, k, k))
        found[f"{name}_low"], found[f"{name}_high"] = _percentiles(drawn)
    return found


def _percentiles(drawn: Array) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _exact(same: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson's limits of a share."""
    from scipy.stats import binomtest

    found = binomtest(same, n).proportion_ci(LEVEL, method="exact")
    return float(found.low), float(found.high)
