"""The completion plan of a study: what calls or portfolios, completed by hand, buy for which test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...contracts import CONTRACTS
from ...errors import ConfigError
from ...io import read_json, whole_csv
from ..evidence import Evidence
from .of_lists import ORDER, UNITS, ListPlan, list_plan
from .of_panels import PANELS, WINDOWS, PanelPlan, by_period, summary

if TYPE_CHECKING:
    import pandas as pd

CHOICE = "list_choice"
MEASURED = ("study", "seed", "version")


def plan(
    study: Mapping[str, Any], folder: str | Path, effects: pd.DataFrame, measured: str | Path | None = None
) -> dict[str, pd.DataFrame]:
    """The four tables of a study's plan by name; those that it has nothing for are empty.

    ``completion``: one row a list model, term, unit (call, cluster, all) and ratio; ``completion_order``: the
    calls, best first; ``completion_windows``: one row a test of a panel model, window of calls and ratio;
    ``completion_panels``: the fewest calls that a test needs, or that of ``measured``, another study's table.
    ``study`` is the resolved study, ``folder`` results/<study>, ``effects`` the rows that effects/ has of its
    models. A model that was not fitted has no rows. Raises ModelError where it is not known how many projects
    have two labels, and ConfigError for a ``measured`` table that is none.
    """
    import pandas as pd

    folder = Path(folder)
    fits = {name: read_json(folder / "models" / name / "fit.json") for name in study["planner"]["models"]}
    fitted = {name: fit for name, fit in fits.items() if fit["status"] == "fitted"}
    plans = [list_plan(study, fit, folder) for fit in fitted.values() if fit["outcome"] == CHOICE]
    panels = {name: fit for name, fit in fitted.items() if fit["outcome"] != CHOICE}
    windows = _windows(study, panels, folder, effects)
    return {
        "completion": pd.DataFrame(_rows(plans, ListPlan.units), columns=list(UNITS)),
        "completion_order": pd.DataFrame(_rows(plans, ListPlan.order), columns=list(ORDER)),
        "completion_windows": windows,
        "completion_panels": summary(windows) if measured is None else read_measured(measured),
    }


def _rows(plans: list[ListPlan], of: Any) -> list[dict[str, Any]]:
    return [row for one in plans for row in of(one)]


def _windows(
    study: Mapping[str, Any], fits: Mapping[str, Any], folder: Path, effects: pd.DataFrame
) -> pd.DataFrame:
    import pandas as pd

    projects = _projects(folder, study)
    models = {name: by_period(fit, folder, list(projects)) for name, fit in fits.items()}
    evidence = Evidence(study, effects, fits, read_json(folder / "features" / "moments.json"), {})
    rows = PanelPlan(evidence, models, projects, study["planner"]["ratios"]).windows() if models else ()
    return pd.DataFrame(rows, columns=list(WINDOWS))


def _projects(folder: Path, study: Mapping[str, Any]) -> dict[int, float]:
    """Projects of each period that has some: financed where that is published (the middle of a range)."""
    periods = CONTRACTS["ingest/periods"].read(folder / "ingest" / "periods.parquet")
    financed = (periods["n_financed_low"] + periods["n_financed_high"]) / 2.0
    found = financed.fillna(periods["n_records"].astype(float))
    panel = study["panel"]
    first, last = panel.get("first", periods["period"].min()), panel.get("last", periods["period"].max())
    return {
        int(period): float(number)
        for period, number in zip(periods["period"], found, strict=True)
        if number > 0 and first <= period <= last
    }


def read_measured(path: str | Path) -> pd.DataFrame:
    """A table ``completion_panels`` of another study, with the study, seed and version that made it."""
    wanted = [*PANELS, *MEASURED]
    try:
        table = read_panels(path)
        found = list(table.columns)
    except ValueError:
        found = []
    if found != wanted:  # what the file holds is not printed: it may be any file
        raise ConfigError(
            f"planner.measured: {path} has not the columns {', '.join(wanted)}; make it with make planner"
        )
    return table


def read_panels(path: str | Path) -> pd.DataFrame:
    """A table ``completion_panels`` as it was written; ConfigError where there is none."""
    import pandas as pd

    if not Path(path).is_file():
        raise ConfigError(f"{path}: there is no such table of a plan; run the study first")
    return pd.read_csv(whole_csv(path), dtype={"calls": "Int64"})


def measured_table(study: Mapping[str, Any], panels: pd.DataFrame, version: str) -> pd.DataFrame:
    """A study's ``completion_panels`` as another one may quote it."""
    made = dict(zip(MEASURED, (study["name"], study["seed"], version), strict=True))
    return panels.assign(**made)[[*PANELS, *MEASURED]]
