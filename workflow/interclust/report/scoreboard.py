"""The hypotheses and what the records answer: one row a hypothesis, or a part that is judged apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import decoded, labels
from .table import Cell, Table, left, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results, Row

NOT_TESTABLE = "not testable"
DECIDED = ("supported", "contradicted", "undecided")
RATIOS = ("ratio", "ratio_of_ratios", "equivalence")


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict, the classes of what could not be tested, and its tests."""

    id: str
    hypothesis: str
    verdict: str
    label: str
    tests: tuple[Row, ...]

    @property
    def testable(self) -> bool:
        """Whether a test was made."""
        return self.verdict != NOT_TESTABLE

    @property
    def deciding(self) -> Row:
        """The first test with the verdict of the claim: its reason is the claim's."""
        own = [test for test in self.tests if verdict_of(test) == self.verdict]
        return (own or list(self.tests))[0]


def verdict_of(item: Row) -> str:
    """The verdict of a row as a phrase."""
    return str(item["verdict"]).replace("_", " ")


def judged(results: Results) -> list[Judged]:
    """The claims in their natural order: the parts of a hypothesis in place of the whole."""
    tests: dict[tuple[str, str], list[Row]] = {}
    for test in results.hypotheses:
        name = str(test["hypothesis"])
        tests.setdefault((name, str(test.get("part") or name)), []).append(test)
    scores = {(str(row["hypothesis"]), str(row.get("part") or "")): row for row in results.scoreboard}
    found = []
    for (name, part), own in tests.items():
        score = scores.get((name, part)) or scores.get((name, "")) or own[0]
        label = str(score.get("class") or "")
        found.append(Judged(part, name, verdict_of(score), label, tuple(own)))
    return sorted(found, key=lambda item: natural(item.id))


def natural(name: str) -> tuple[str | int, ...]:
    """Sort key in which digits count as numbers."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))


def hypotheses(results: Results) -> dict[str, tuple[str, str]]:
    """Verdict and classes of every hypothesis as a whole."""
    whole = {
        str(row["hypothesis"]): (verdict_of(row), str(row.get("class") or ""))
        for row in results.scoreboard
        if not row.get("part")
    }
    for item in judged(results):
        whole.setdefault(item.hypothesis, (item.verdict, item.label))
    return dict(sorted(whole.items(), key=lambda pair: natural(pair[0])))


def by_verdict(results: Results, say: Language) -> list[dict[str, str]]:
    """The claims with a test, enumerated by their verdict, those that were decided first."""
    found = [item for item in judged(results) if item.testable]
    return [
        {
            "verdict": say.known("verdicts", verdict),
            "ids": ", ".join(i.id for i in found if i.verdict == verdict),
        }
        for verdict in DECIDED
        if any(item.verdict == verdict for item in found)
    ]


def truth(part: str, results: Results, say: Language) -> str:
    """What is so in a synthetic world of a claim, as its study declares; empty where it does not."""
    claims = results.study.get("simulate", {}).get("claims", {})
    return say(f"truths.{claims[part]}") if part in claims else ""


def table(results: Results, say: Language) -> Table:
    """Claim, verdict with its class, and why; a reason that was given is not given again.

    Of a synthetic world also what is so.
    """
    rows = []
    known = bool(results.study.get("simulate", {}).get("claims"))
    said: dict[str, str] = {}
    correction = str(results.study.get("multiplicity", "holm"))
    for item in judged(results):
        why = decoded.sentence(reason(item, say, correction), results, say)
        first = said.setdefault(why, item.id)
        rows.append(
            row(
                item.id,
                Cell(labels.claim(item.deciding, results, say)),
                Cell(verdict(item, say), f"{item.verdict} {item.label}".strip()),
                *([Cell(truth(item.id, results, say))] if known else []),
                Cell(why if first == item.id else say("tables.hypotheses.same", id=first), why),
            )
        )
    columns = (
        left("id", say("tables.hypotheses.id")),
        left("claim", say("tables.hypotheses.claim"), 1.2),
        left("verdict", say("tables.hypotheses.verdict")),
        *([left("truth", say("tables.hypotheses.truth"))] if known else []),
        left("reason", say("tables.hypotheses.reason"), 1.3),
    )
    note = say("tables.hypotheses.note", correction=say(f"corrections.{correction}"))
    return Table("hypotheses", say("tables.hypotheses.caption"), columns, tuple(rows), (note,))


def verdict(item: Judged, say: Language) -> str:
    """The verdict in words; of what is not testable the classes in brackets."""
    text = say.known("verdicts", item.verdict)
    return f"{text} ({item.label})" if item.label and not item.testable else text


def reason(item: Judged, say: Language, correction: str) -> str:
    """Why, in the language, with the estimates of the tests that were made."""
    test = item.deciding
    text = say.typography(str(test.get(f"reason_{say.code}") or test.get("reason") or ""))
    shown = [test for test in item.tests if test.get("p_holm") is not None]
    return " ".join([text, *(_estimate(test, say, correction) for test in shown)])


def _estimate(test: dict[str, Any], say: Language, correction: str) -> str:
    """Estimate, interval and adjusted p-value of a test, its p-value over regions; of terms together F."""
    p = say.number(test[f"p_{correction}"], "p_value")
    if str(test.get("effect_id")).startswith("wald:"):
        return say("tables.hypotheses.together", statistic=say.number(test["estimate"], "ratio"), p=p)
    kind = (
        "ratio"
        if any(str(test.get("effect_id")).startswith(f"{name}:") for name in RATIOS)
        else "coefficient"
    )
    over = test.get("p_randomisation")
    beside = say("tables.hypotheses.randomised", p=say.number(over, "p_value")) if over is not None else ""
    text = say(
        "tables.hypotheses.estimate",
        estimate=say.number(test["estimate"], kind),
        interval=say.numerals.interval(test["conf_low"], test["conf_high"], kind),
        p=p,
    )
    return f"{text} {beside}".rstrip()
