"""Hypothesis files as typed claims and predictions; nothing here knows a result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError
from .equivalence import MARGIN

# A project's records show its recurrence too; the other outcomes need records of their own.
MEASURED_BY = {"project": "project", "recurrence": "project"}
RECORDS = ("complete", "incomplete")
MODERATED = ("slope", "second_difference", "ratio_of_ratios")


@dataclass(frozen=True)
class Prediction:
    """One test: an effect of a model and the sign that the claim predicts for it.

    ``beside`` is the model whose effect is held against it, in tests of equality across models. The
    ``terms`` of a Wald test may be products (``a:b``), and ``expect`` has a sign for each of them.
    """

    id: str
    records: str
    model: str
    effect: str
    terms: tuple[str, ...]
    at: Mapping[str, float]
    expect: str
    scale: str | None
    margin: float
    beside: str | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the test reads."""
        return (self.model, self.beside) if self.beside else (self.model,)

    @property
    def subject(self) -> str:
        """What stands in the column ``model`` of the row of effects that answers the test."""
        return f"{self.beside}/{self.model}" if self.beside else self.model

    @property
    def moderated(self) -> bool:
        """Whether the test compares or conditions on values of a moderator."""
        return self.effect in MODERATED or any(":" in term for term in self.terms)

    def applies(self, records: str) -> bool:
        """Whether the test means what the claim says on complete or incomplete records."""
        return self.records in (records, "any")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the test reads, in the order of its terms."""
        return tuple(dict.fromkeys(c for term in (*self.terms, *self.at) for c in columns_of(term)))


@dataclass(frozen=True)
class Claim:
    """A hypothesis, or one of its parts where the parts are judged apart."""

    hypothesis: str
    id: str
    outcome: str
    compares_kinds: bool
    needs: tuple[str, ...]
    combine: str
    remedy: Mapping[str, str]
    predictions: tuple[Prediction, ...]


def claims(hypotheses: Mapping[str, Mapping[str, Any]]) -> list[Claim]:
    """List the claims of the study's hypotheses in their natural order (H2 before H10).

    Raises ConfigError if two tests share an id, for the results are keyed by it, or if the terms of a Wald
    test have not one sign each.
    """
    found = [claim for name in sorted(hypotheses, key=natural) for claim in _claims(name, hypotheses[name])]
    seen: set[tuple[str, str]] = set()
    for claim in found:
        for prediction in claim.predictions:
            if prediction.effect == "wald" and len(prediction.expect) != len(prediction.terms):
                raise ConfigError(
                    f"hypothesis {claim.hypothesis}: expect is {prediction.expect!r} for"
                    f" {len(prediction.terms)} terms; give each of them one sign"
                )
            keys = {(prediction.id, records) for records in RECORDS if prediction.applies(records)}
            if keys & seen:
                raise ConfigError(
                    f"hypothesis {claim.hypothesis}: the id {prediction.id!r} names two tests;"
                    " give each test an id of its own"
                )
            seen |= keys
    return found


def natural(name: str) -> tuple[str | int, ...]:
    """Sort key in which digits count as numbers."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))


def columns_of(term: str) -> list[str]:
    """The columns that a term names: ``c(x)`` and ``I(x**2)`` both name x."""
    names = re.findall(r"[A-Za-z_]\w*(?!\w|\s*\()", term)
    return [name for name in names if name != "Intercept"]


def _claims(name: str, spec: Mapping[str, Any]) -> list[Claim]:
    if "parts" in spec and "tests" in spec:
        raise ConfigError(f"hypothesis {name}: has both parts and tests; move the tests into parts")
    inherited = {key: value for key, value in spec.items() if key not in ("parts", "combine")}
    parts = spec.get("parts") or [{"id": name, "combine": spec.get("combine", "all")}]
    return [_claim(name, {**inherited, **part}, _needs(spec, part)) for part in parts]


def _needs(spec: Mapping[str, Any], part: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*spec.get("needs", []), *part.get("needs", [])]))


def _claim(hypothesis: str, spec: Mapping[str, Any], needs: tuple[str, ...]) -> Claim:
    return Claim(
        hypothesis=hypothesis,
        id=spec["id"],
        outcome=spec["outcome_of_claim"],
        compares_kinds=spec.get("compares_kinds", False),
        needs=needs,
        combine=spec.get("combine", "all"),
        remedy=both_languages(spec["remedy"]),
        predictions=_predictions(spec["id"], spec["tests"]),
    )


def both_languages(text: Mapping[str, str]) -> dict[str, str]:
    """A text in both languages; one that is left out shows the other."""
    return {lang: text.get(lang) or next(iter(text.values())) for lang in ("en", "fr")}


def _predictions(claim_id: str, tests: list[Mapping[str, Any]]) -> tuple[Prediction, ...]:
    return tuple(
        Prediction(
            id=test.get("id", claim_id + _number(tests, place)),
            records=test["records"],
            model=test["model"],
            effect=test["effect"],
            terms=tuple(test.get("terms") or [test["term"]]),
            at=test.get("at", {}),
            expect=test["expect"],
            scale=test.get("scale"),
            margin=test.get("margin", MARGIN),
            beside=test.get("beside"),
        )
        for place, test in enumerate(tests)
    )


def _number(tests: list[Mapping[str, Any]], place: int) -> str:
    """``.1``, ``.2``, … among the tests that meet on the same records; nothing for one alone."""
    own = tests[place]["records"]
    met = [at for at, test in enumerate(tests) if {test["records"], own} != {"complete", "incomplete"}]
    return f".{met.index(place) + 1}" if len(met) > 1 else ""
