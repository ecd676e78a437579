"""The table of a cell: bias, spread, length and coverage of each covariance, with Monte-Carlo errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...inference.intervals import critical_values
from ...io import whole_csv
from .cells import DEFAULTS

if TYPE_CHECKING:
    import pandas as pd

    from .cells import Cell

LEVEL = 0.95
BOUNDS, BOUNDS_OF_FEW = (0.935, 0.965), (0.925, 0.97)  # coverage of the default that calls for no remark
FEW = 50  # clusters
DESIGN = ("name", "family", "clusters", "periods", "ties")  # of a cell, with its lists
COLUMNS = (
    "kind",
    "term",
    "replications",
    "failures",
    "truth",
    "bias",
    "bias_error",
    "sd",
    "mean_error",
    "df",
    "length",
    "coverage",
    "coverage_error",
    "rejected",
    "repaired",
)


def tabulate(folder: Path, cells: Iterable[Cell]) -> pd.DataFrame:
    """The table of cells whose truth and blocks lie in ``folder``/<name>, in their order."""
    import pandas as pd

    tables = [
        coverage(
            cell,
            pd.concat(
                pd.read_csv(whole_csv(path)) for path in sorted((folder / cell.name).glob("block-*.csv"))
            ),
            pd.read_csv(whole_csv(folder / cell.name / "truth.csv")),
        )
        for cell in cells
    ]
    return pd.concat(tables, ignore_index=True)


def coverage(cell: Cell, found: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Summarise the replications of a cell: its design and bounds, a row a covariance and term (``COLUMNS``).

    ``found`` as ``replications.block`` gives it, ``truth`` as ``replications.truth`` does. ``bias``,
    ``bias_error`` its Monte-Carlo error (that of the truth in it), ``sd`` the spread of the estimates,
    ``mean_error`` the root of the mean variance that was estimated; ``df`` and ``length`` the medians of the
    degrees of freedom (missing: normal) and of half the intervals; ``coverage`` the share of 95 % intervals
    that hold the truth, with its Monte-Carlo error; ``rejected`` the share that leaves out zero: the size of
    the test where the truth is zero, its power elsewhere; ``repaired`` the share of variances mended.
    """
    import pandas as pd

    design = {name: getattr(cell, name) for name in DESIGN} | {"lists": " ".join(map(str, cell.lists))}
    design |= dict(zip(("low", "high"), bounds(cell.clusters), strict=True))
    table = pd.DataFrame(list(_rows(found, truth)), columns=list(COLUMNS))
    for place, (name, value) in enumerate(design.items()):
        table.insert(place, name, value)
    return table


def _rows(found: pd.DataFrame, truth: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    whole = found[found["term"].notna()]
    failed = found[found["term"].isna()]["kind"].str.split(":").str[0].value_counts()
    values = truth.set_index("term")
    for (kind, term), rows in whole.groupby(["kind", "term"], sort=False):
        failures = int(failed.get("fit", 0) + failed.get(kind, 0))
        own = values.loc[term]
        yield (kind, term, len(rows), failures, *_summary(rows, own["value"], own["std_error"]))


def _summary(rows: pd.DataFrame, value: float, truth_error: float) -> tuple[float, ...]:
    n, estimate, error = len(rows), rows["estimate"].to_numpy(), rows["std_error"].to_numpy()
    df = rows["df"].fillna(np.inf).to_numpy()
    reach = critical_values(df, LEVEL) * error
    inside = float(np.mean(np.abs(estimate - value) <= reach))
    sd = float(estimate.std(ddof=1)) if n > 1 else np.nan
    freedom = float(np.median(df))
    return (
        float(value),
        float(estimate.mean() - value),
        float(np.hypot(sd / np.sqrt(n), truth_error)),
        sd,
        float(np.sqrt(np.mean(error**2))),
        freedom if np.isfinite(freedom) else np.nan,
        float(np.median(reach)),
        inside,
        float(np.sqrt(inside * (1 - inside) / n)),
        float(np.mean(np.abs(estimate) > reach)),
        float(rows["repaired"].mean()),
    )


def bounds(clusters: int) -> tuple[float, float]:
    """Between which the coverage of the default interval calls for no remark."""
    return BOUNDS if clusters >= FEW else BOUNDS_OF_FEW


def markdown(table: pd.DataFrame) -> str:
    """Coverage in per cent, a line a cell and term, a column a covariance; the default out of bounds bold.

    Beside it of the default: bias over the spread of the estimates, error over spread, degrees of freedom,
    and how often its test rejects that the term is zero.
    """
    kinds = [kind for kind in dict.fromkeys(table["kind"]) if kind not in DEFAULTS]
    lines = [
        f"| cell | term | truth | bias / sd | error / sd | df | rejected | default | {' | '.join(kinds)} |",
        f"| --- | --- |{' ---: |' * (6 + len(kinds))}",
    ]
    for (name, term), rows in table.groupby(["name", "term"], sort=False):
        by_kind = rows.set_index("kind")
        own = by_kind[by_kind.index.isin(DEFAULTS)].iloc[0]
        others = [f"{100 * by_kind.loc[k, 'coverage']:.1f}" if k in by_kind.index else "" for k in kinds]
        lines.append(f"| {' | '.join([str(name), str(term), *_shown(own), *others])} |")
    return "\n".join([*lines, ""])


def _shown(own: pd.Series) -> list[str]:
    held = f"{100 * own['coverage']:.1f}"
    return [
        f"{own['truth']:.2f}",
        f"{own['bias'] / own['sd']:+.2f}" + ("*" if abs(own["bias"]) > 2 * own["bias_error"] else ""),
        f"{own['mean_error'] / own['sd']:.2f}",
        f"{own['df']:.0f}",
        f"{100 * own['rejected']:.1f}",
        held if own["low"] <= own["coverage"] <= own["high"] else f"**{held}**",
    ]
