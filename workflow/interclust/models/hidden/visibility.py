"""A model of a study profiled over the visibility of its ties: from its files to a table and a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...contracts import CONTRACTS, read_loose, schema_of
from ...errors import ModelError, NotEstimable
from ..formula import parse
from ..parts import needed_columns
from ..rows.sampled import sampling_of
from ..specification import formula_text
from .history import HiddenHistory, hidden_history
from .profile import LEVEL

if TYPE_CHECKING:
    import pandas as pd

Spec = Mapping[str, Any]

OUTCOME = "tie"
# The panel's flag of dyads that the records know to have been tied: by a tie seen, or by inheritance.
TIED = "in_recurrence_risk_set"
FEATURES = "features/periods"
KEY = ("period", "cluster_i", "cluster_j")
COVARIANCE = "dyadic_jackknife"
COLUMNS = (
    *("visibility", "loglik", "deviance", "inside", "converged"),
    *("term", "estimate", "std_error", "df", "conf_low", "conf_high"),
)


def profile(name: str, spec: Spec, folder: str | Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table (``COLUMNS``, one row a visibility and term) and the verdict of a model of results/<study>.

    A sample that cannot bear the model has the verdict not_fitted, its reason, and no rows. Raises
    ModelError for a specification that has no hidden history.
    """
    import pandas as pd

    _check(name, spec)
    if sampling_of(Path(folder)) is not None:
        raise ModelError(f"model {name}: a hidden history needs all dyads; leave panel.case_control out")
    formula = formula_text(spec)
    try:
        found = hidden_history(
            formula,
            rows_of(formula, Path(folder)),
            spec["visibility"],
            tied=TIED,
            family=spec["family"],
            project="project",
        )
        table = table_of(found, spec.get("covariance", COVARIANCE))
    except NotEstimable as error:
        said = {"verdict": "not_fitted", "reason": str(error), "n": error.counts}
        return pd.DataFrame(columns=list(COLUMNS)), said
    return table, verdict_of(found)


def _check(name: str, spec: Spec) -> None:
    """Only ties of whole histories have a hidden one."""
    if spec["outcome"] != OUTCOME or spec.get("sample") is not None:
        raise ModelError(
            f"model {name}: visibility is profiled for the outcome tie of every dyad and period; "
            "set outcome: tie and sample: null, or leave visibility out"
        )
    for key in ("duration", "offset", "weights", "cluster_effects", "zero"):
        if spec.get(key):
            raise ModelError(f"model {name}: {key} has no meaning beside visibility; leave one of them out")


def rows_of(formula: str, folder: Path) -> pd.DataFrame:
    """The rows of the panel with what a formula needs, and the projects of each."""
    import pandas as pd

    parsed = parse(formula)
    names = list(dict.fromkeys([*KEY, *needed_columns(parsed, None, OUTCOME, TIED)]))
    files = sorted((folder / "features" / "periods").glob("period=*.parquet"))
    if not files:
        raise ModelError(f"{folder / 'features'}: no period files; run the stage features first")
    absent = [column for column in names if column not in schema_of(files[0], FEATURES).names]
    if absent:
        raise ModelError(f"{files[0].parent}: no column {absent[0]!r}; add it to features.names of the study")
    table = pd.concat([read_loose(path, FEATURES, names) for path in files], ignore_index=True)
    pieces = CONTRACTS["panel/row_projects"].read(folder / "panel" / "row_projects.parquet")
    projects = pieces.groupby(list(KEY))["project_id"].agg(list).rename("project").reset_index()
    return table.merge(projects, on=list(KEY), how="left")


def table_of(found: HiddenHistory, covariance: str) -> pd.DataFrame:
    """Profile and estimates in one table; a visibility without a finite estimate has one row, no term."""
    whole = found.profile.merge(found.estimates(covariance), on="visibility", how="left")
    return whole[list(COLUMNS)]


def verdict_of(found: HiddenHistory) -> dict[str, Any]:
    """What the profile says of visibility, and what it rests on."""
    low, high = found.interval
    return {
        "verdict": found.verdict,
        "sentence": found.sentence,
        "reason": None,
        "visibility": found.visibility,
        "low": low,
        "high": high,
        "level": LEVEL,
        "bound": found.judged.bound,
        "n": dict(found.n),
        "dropped": dict(found.dropped),
    }
