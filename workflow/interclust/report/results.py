"""What a study has written so far, read from its folder: files only, no other stage is called."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import io

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
CHOICE = "list_choice"
MERGER = "merger"
CONTACTS = ("contact", "idea")  # by a ledger of coded relations
# Columns of the CSV files that hold numbers; every other cell stays text.
NUMBERS = frozenset(
    {"estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high", "n_rows", "value"}
    | {
        "ratio",
        "n_lists",
        "n_clusters",
        "p_holm",
        "p_bh",
        "p_randomisation",
        "detectable",
        "tipping",
        "truth",
        "mc_error",
    }
    | {"permutations", "n_events", "forecast", "observed"}
)


class Results:
    """Read-only view of ``results/<study>``; an absent optional file reads as empty."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def json(self, path: str) -> Any:
        """A JSON file of the study, or None."""
        file = self.folder / path
        return io.read_json(file) if file.is_file() else None

    def rows(self, path: str) -> list[Row]:
        """A CSV file of the study as rows: empty cells None, number columns float."""
        file = self.folder / path
        if not file.is_file():
            return []
        with io.whole_csv(file).open(encoding="utf-8", newline="") as stream:
            return [{key: _cell(key, cell) for key, cell in row.items()} for row in csv.DictReader(stream)]

    def table(self, stage: str, name: str) -> pd.DataFrame:
        """A Parquet table by its contract; of a sampled panel those that it has by their own."""
        from ..contracts import CONTRACTS, SAMPLED, sampled_name

        contract = f"{stage}/{name}"
        if contract in SAMPLED and self.study.get("panel", {}).get("case_control"):
            contract = sampled_name(contract)
        return CONTRACTS[contract].read(self.folder / stage / f"{name}.parquet")

    @cached_property
    def study(self) -> dict[str, Any]:
        """The resolved config."""
        return dict(self.json("study.json") or {})

    @property
    def synthetic(self) -> bool:
        """Whether the records were generated, so that the truth is known."""
        return bool(self.study.get("simulate"))

    @cached_property
    def ingest(self) -> dict[str, Any]:
        """Counts and checks of the records."""
        return dict(self.json("ingest/ingest.json") or {})

    @property
    def incomplete(self) -> bool:
        """Whether some lists of labels are only lower bounds, or unknown, as the study says or as counted."""
        if self.study.get("records") in ("complete", "incomplete"):
            return bool(self.study["records"] == "incomplete")
        status = self.ingest.get("by_list_status", {})
        return any(status.get(name, 0) for name in ("lower_bound", "unknown"))

    @property
    def unit(self) -> str:
        """What a period is: call or year."""
        return str(self.study.get("panel", {}).get("unit", "period"))

    @property
    def placed(self) -> bool:
        """Whether the registry has the coordinates of head offices."""
        columns = self.study.get("ingest", {}).get("clusters", {}).get("columns", {})
        return {"lat", "lon"} <= set(columns)

    @cached_property
    def flow(self) -> list[Row]:
        """The steps from records to rows."""
        return list(self.json("panel/flow.json") or [])

    @cached_property
    def models(self) -> dict[str, Mapping[str, Any]]:
        """The specifications, by name, list choice first."""
        return dict(self.study.get("models") or {})

    @cached_property
    def fits(self) -> dict[str, Row]:
        """Every fit.json there is, by name, list choice first."""
        found = {name: self.json(f"models/{name}/fit.json") for name in self.model_order}
        return {name: fit for name, fit in found.items() if fit is not None}

    @property
    def model_order(self) -> list[str]:
        """The models by name, list choice first."""
        return sorted(self.models, key=lambda name: self.models.get(name, {}).get("outcome") != CHOICE)

    @cached_property
    def fitted(self) -> dict[str, Row]:
        """The models that were fitted."""
        return {name: fit for name, fit in self.fits.items() if fit.get("status") == "fitted"}

    @property
    def not_fitted(self) -> dict[str, Row]:
        """The models that were not, with their reasons."""
        return {name: fit for name, fit in self.fits.items() if fit.get("status") != "fitted"}

    @property
    def headline(self) -> str | None:
        """The first list-choice model that was fitted."""
        return next((name for name in self.fitted if self.outcome(name) == CHOICE), None)

    def outcome(self, model: str) -> str:
        """What a model explains."""
        return str(self.fits.get(model, {}).get("outcome") or self.models.get(model, {}).get("outcome"))

    def covariance(self, model: str) -> str:
        """The covariance that a model reports with: the one asked for, else the first there is."""
        kinds = self.fits[model].get("vcov") or {}
        wanted = str(self.models.get(model, {}).get("covariance", "dyadic_jackknife"))
        return wanted if wanted in kinds else next(iter(kinds), wanted)

    @cached_property
    def effects(self) -> dict[str, list[Row]]:
        """Every effect, by model."""
        return {name: self.rows(f"effects/{name}.csv") for name in self.model_order}

    def effects_of(self, model: str, kind: str) -> list[Row]:
        """The effects of one kind, under the covariance that the model reports with."""
        rows = [row for row in self.effects.get(model, []) if row["kind"] == kind]
        own = [row for row in rows if row.get("vcov") == self.covariance(model)]
        return own or rows

    @cached_property
    def hypotheses(self) -> list[Row]:
        """The judged tests, in the order of the hypotheses' numbers."""
        return self.rows("effects/hypotheses.csv")

    @cached_property
    def scoreboard(self) -> list[Row]:
        """The verdicts of hypotheses (``part`` empty) and of their parts."""
        return self.rows("effects/scoreboard.csv")

    @cached_property
    def sensitivity(self) -> list[Row]:
        """The variants of the headline model."""
        return self.rows(f"models/{self.headline}/sensitivity.csv") if self.headline else []

    @cached_property
    def permuted(self) -> dict[str, list[Row]]:
        """The terms that were tested by permutations of clusters, by model."""
        found = {name: self.rows(f"models/{name}/mrqap.csv") for name in self.fitted}
        tested = {name: [row for row in rows if row["p_value"] is not None] for name, rows in found.items()}
        return {name: rows for name, rows in tested.items() if rows}

    @cached_property
    def reference(self) -> dict[str, Row]:
        """Each model's check against another library."""
        return dict(self.json("models/reference.json") or {})

    @cached_property
    def truth(self) -> list[Row]:
        """Each term's truth, for synthetic studies."""
        return self.rows("effects/truth.csv")

    @cached_property
    def dictionary(self) -> list[Row]:
        """The features used: name, labels, unit, definition, source, rules."""
        return self.rows("features/dictionary.csv")


def _cell(key: str, text: str | None) -> Any:
    if text is None or text == "":
        return None
    if key in NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text
    # io.neutral put the apostrophe before what a spreadsheet takes for a formula.
    return text[1:] if text[0] == "'" and text[1:2] in io.FORMULA_STARTS else text
