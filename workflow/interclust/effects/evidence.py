"""What the files of a study hold on a prediction: rows of effects, fits, moments, events in cells."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..contracts import CONTRACTS
from ..errors import ConfigError, ModelError
from ..models.parts import factors
from .claims import Prediction, claims
from .steps import is_flag, step

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_COVARIANCE = "dyadic_jackknife"


@dataclass(frozen=True)
class Evidence:
    """The results of one study, as read from its files."""

    study: Mapping[str, Any]
    effects: pd.DataFrame
    fits: Mapping[str, Mapping[str, Any]]
    moments: Mapping[str, Any]
    cells: Mapping[str, Mapping[str, Mapping[str, int]]]

    @cached_property
    def records(self) -> str:
        """``complete`` or ``incomplete``, as the study says; ConfigError if it does not."""
        records = self.study.get("records") or self.study.get("ingest", {}).get("records")
        if records not in ("complete", "incomplete"):
            raise ConfigError(
                f"study {self.study.get('name', '?')}: records is {records!r};"
                " say complete (every label is known) or incomplete"
            )
        return records

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What the records of the study count: projects, unless it says otherwise."""
        return tuple(self.study.get("outcomes", ("project",)))

    @property
    def eligible_kinds(self) -> tuple[str, ...]:
        """The kinds of bodies that may have the outcome."""
        return tuple(self.study.get("panel", {}).get("eligible_kinds", ()))

    def covariance(self, model: str) -> str:
        """The covariance that the model's specification asks for."""
        return self.study.get("models", {}).get(model, {}).get("covariance", DEFAULT_COVARIANCE)

    def is_list_choice(self, model: str) -> bool:
        """Whether the model asks with whom, given a printed list."""
        spec = self.study.get("models", {}).get(model, {})
        return spec.get("outcome", model) == "list_choice"

    def applicable(self, prediction: Prediction) -> bool:
        """Whether the test may be read on these records: incomplete ones bear list choice only."""
        if not prediction.applies(self.records):
            return False
        return self.records == "complete" or (
            self.is_list_choice(prediction.model) and not prediction.moderated
        )

    @cached_property
    def list_models(self) -> list[str]:
        """The list choice models that the study's hypotheses are tested on."""
        named = {p.model for claim in claims(self.study["hypotheses"]) for p in claim.predictions}
        return sorted(model for model in named & set(self.fits) if self.is_list_choice(model))

    def has_values(self, column: str) -> bool:
        """Whether a column of the panel or a feature has a value in any row."""
        if column in CONTRACTS["panel/periods"].columns:
            return True
        return any(_known(stats) for stats in self.moments.get(column, {}).values())

    def constant(self, column: str) -> bool:
        """Whether a column takes one value only, in every risk set where it is known."""
        known = [stats for stats in self.moments.get(column, {}).values() if _known(stats)]
        return bool(known) and all(stats.get("min", 0) == stats.get("max", 1) for stats in known)

    def step(self, term: str, model: str) -> float:
        """The step of a term for which ratios are declared (``steps.py``), in the risk set of the model."""
        return step(term, self.moments, self.study.get("models", {}).get(model, {}).get("sample"))

    def is_flag(self, column: str, model: str) -> bool:
        """Whether a column takes 0 and 1 only, in the risk set of the model."""
        return is_flag(column, self.moments, self.study.get("models", {}).get(model, {}).get("sample"))

    def events_in_cells(self, prediction: Prediction) -> dict[str, dict[str, int]]:
        """Events in the cells that the test compares, at ``at`` if given.

        Of a product of two flags its four cells; else of each flag its values, of each measure its halves.
        """
        counted = self.cells.get(prediction.model) or self.fits.get(prediction.model, {}).get("cells", {})
        wanted, found = dict(prediction.at), {}
        crossed = [tuple(term.split(":")) for term in prediction.terms if ":" in term]
        if prediction.effect == "ratio_of_ratios":
            crossed = [prediction.terms]
        joint = [
            ":".join(pair) for names in crossed for pair in (names, names[::-1]) if ":".join(pair) in counted
        ]
        covered = {name for pair in joint for name in pair.split(":")}
        for column in (*joint, *(name for name in prediction.columns if name not in covered)):
            cell = counted.get(column) or {}
            if column in wanted:
                cell = {
                    value: n
                    for value, n in cell.items()
                    if value[0] in "<>" or float(value) == wanted[column]
                }
            if cell:
                found[column] = dict(sorted(cell.items()))
        return found

    def row(self, prediction: Prediction) -> pd.Series | None:
        """The row of effects that the prediction names, or None; ModelError if several answer."""
        found = [
            row
            for row in self._on_terms(prediction, prediction.effect)
            if parse_at(row["at"]) == dict(prediction.at) and _same_scale(row["scale"], prediction)
        ]
        if len(found) > 1:
            raise ModelError(
                f"test {prediction.id}: the rows {', '.join(str(row['effect_id']) for row in found)} of"
                f" effects/{prediction.model}.csv all answer it; say at or scale in the hypothesis file"
            )
        return found[0] if found else None

    def lacking(self, prediction: Prediction) -> str | None:
        """The first of the test's models without a parameter for its term, or product of terms, if any."""
        wanted = [factors(":".join([*prediction.terms, *prediction.at]))]
        if prediction.effect == "wald":
            wanted = [factors(term) for term in prediction.terms]
        for model in prediction.models:
            held = [factors(row["term"]) for row in self.fits[model].get("params", ())]
            if any(term not in held for term in wanted):
                return model
        return None

    def signs_hold(self, prediction: Prediction) -> bool | None:
        """Whether the estimates of a Wald test have the signs of the claim; None where only some have."""
        params = {factors(row["term"]): row["estimate"] for row in self.fits[prediction.model]["params"]}
        agree = [
            (params[factors(term)] > 0) == (sign == "+")
            for term, sign in zip(prediction.terms, prediction.expect, strict=True)
        ]
        return agree[0] if len(set(agree)) == 1 else None

    def beside(self, prediction: Prediction, kind: str) -> float | None:
        """The estimate of another kind on the same terms (``detectable``, ``tipping``), if there is one.

        Of several, that of the estimate stands before that of its limit.
        """
        rows = self._on_terms(prediction, kind)
        if prediction.at:  # what an interaction could detect says nothing of a slope
            rows = [row for row in rows if parse_at(row["at"]) == dict(prediction.at)]
        rows.sort(key=lambda row: "limit" in str(row["at"]))
        value = float(rows[0]["estimate"]) if rows else math.nan
        return value if math.isfinite(value) else None

    def randomised(self, prediction: Prediction) -> float | None:
        """The exact p-value over all lists of regions on the same term, where the model was asked for it."""
        rows = self._on_terms(prediction, "randomisation")
        return float(rows[0]["p_value"]) if rows else None

    def _on_terms(self, prediction: Prediction, kind: str) -> list[pd.Series]:
        """The rows of a kind on the prediction's terms, under the covariance that the model asks for."""
        rows = self.effects[(self.effects["model"] == prediction.subject) & (self.effects["kind"] == kind)]
        if kind == "wald":
            return [row for _, row in rows.iterrows() if row["term"] == together(prediction.terms)]
        wanted = {plain(name) for name in (*prediction.terms, *prediction.at)}
        found = [row for _, row in rows.iterrows() if _named(row) == wanted]
        own = [row for row in found if row["vcov"] == self.covariance(prediction.model)]
        return own or found


def cell_name(columns: str, value: str) -> str:
    """``flag=1`` of a flag, ``a=1, b=0`` of two, ``measure<4.2`` or ``measure>=4.2`` of a half."""
    if value[0] in "<>":
        return f"{columns}{value}"
    return ", ".join(f"{name}={own}" for name, own in zip(columns.split(":"), value.split(","), strict=True))


def _named(row: pd.Series) -> set[str]:
    """Term and moderator of a row; one that joins both (``a:b``) names both."""
    names = [name for name in (row["term"], row["moderator"]) if isinstance(name, str)]
    return {plain(part) for name in names for part in name.split(":") if part}


def _same_scale(scale: Any, prediction: Prediction) -> bool:
    """Averages stand on the scale that was declared; ratios and slopes have but one."""
    if prediction.effect not in ("ame", "second_difference"):
        return True
    return scale == prediction.scale


def plain(term: str) -> str:
    """A term without spaces and its centring: ``c(x)`` and ``x`` have the same slope."""
    term = term.replace(" ", "")
    return term[2:-1] if term.startswith("c(") and term.endswith(")") else term


def together(terms: Iterable[str]) -> str:
    """How the terms of a Wald test are named in the table of effects."""
    return "; ".join(terms)


def parse_at(text: Any) -> dict[str, float]:
    """Read ``both_development=1; x=0.5``; a null or empty cell is no condition.

    Words without ``=`` name a variant, which no prediction of a hypothesis file asks for.
    """
    if not isinstance(text, str) or not text.strip():
        return {}
    found: dict[str, float] = {}
    for item in text.replace(",", ";").split(";"):
        name, _, value = item.strip().partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = math.nan  # equal to nothing
    return found


def _known(stats: Any) -> bool:
    """Whether the moments of one risk set rest on at least one value."""
    return isinstance(stats, Mapping) and stats.get("mean") is not None
