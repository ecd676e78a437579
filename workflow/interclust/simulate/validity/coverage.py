"""The table of a cell: bias, spread, length and coverage of each covariance, with Monte-Carlo errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...inference.intervals import critical_value
from ...models.fit import DEFAULT_COVARIANCE

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
BOUNDS = 0.935, 0.965  # coverage of the default that calls for no remark
COLUMNS = (
    "cell",
    "kind",
    "term",
    "replications",
    "failures",
    "truth",
    "bias",
    "sd",
    "mean_error",
    "coverage",
    "coverage_error",
    "repaired",
)


def tabulate(folders: Iterable[Path]) -> pd.DataFrame:
    """The table of all cells whose truth and blocks lie in ``folders``, in their order."""
    import pandas as pd

    tables = [
        coverage(
            folder.name,
            pd.concat(pd.read_csv(path) for path in sorted(folder.glob("block-*.csv"))),
            pd.read_csv(folder / "truth.csv"),
        )
        for folder in folders
    ]
    return pd.concat(tables, ignore_index=True)


def coverage(cell: str, found: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Summarise the replications of a cell, one row a covariance and term.

    ``found`` as ``replications.block`` gives it, ``truth`` as ``replications.truth`` does. ``coverage`` is
    the share of 95 % intervals that hold the truth and ``coverage_error`` its Monte-Carlo error; ``sd`` the
    standard deviation of the estimates, ``mean_error`` the root of the mean variance that was estimated.
    """
    import pandas as pd

    return pd.DataFrame(list(_rows(cell, found, truth)), columns=list(COLUMNS))


def _rows(cell: str, found: pd.DataFrame, truth: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    whole = found[found["term"].notna()]
    failed = found[found["term"].isna()]["kind"].str.split(":").str[0].value_counts()
    values = dict(zip(truth["term"], truth["value"], strict=True))
    for (kind, term), rows in whole.groupby(["kind", "term"], sort=False):
        value, n = values[term], len(rows)
        away = rows["estimate"].to_numpy() - value
        error = rows["std_error"].to_numpy()
        width = np.array([critical_value(np.inf if np.isnan(df) else df, LEVEL) for df in rows["df"]]) * error
        inside = float(np.mean(np.abs(away) <= width))
        yield (
            cell,
            kind,
            term,
            n,
            int(failed.get("fit", 0) + failed.get(kind, 0)),
            value,
            float(away.mean()),
            float(away.std(ddof=1)),
            float(np.sqrt(np.mean(error**2))),
            inside,
            float(np.sqrt(inside * (1 - inside) / n)),
            float(rows["repaired"].mean()),
        )


def markdown(table: pd.DataFrame) -> str:
    """Coverage in per cent, a line a cell and term, a column a covariance; the default out of bounds bold."""
    kinds = list(dict.fromkeys(table["kind"]))
    lines = [f"| cell | term | {' | '.join(kinds)} |", f"| --- | --- |{' ---: |' * len(kinds)}"]
    for (cell, term), rows in table.groupby(["cell", "term"], sort=False):
        found = dict(zip(rows["kind"], rows["coverage"], strict=True))
        cells = (_shown(kind, found.get(kind)) for kind in kinds)
        lines.append(f"| {cell} | {term} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _shown(kind: str, share: float | None) -> str:
    if share is None:
        return ""
    text = f"{100 * share:.1f}"
    return f"**{text}**" if kind == DEFAULT_COVARIANCE and not BOUNDS[0] <= share <= BOUNDS[1] else text
