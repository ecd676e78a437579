"""The evidence for each row of a paper's tables: verdicts on hypotheses, and rows of the ledger, counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..contracts import Contract
from .claims import both_languages
from .ledger import meets, of_case

if TYPE_CHECKING:
    import pandas as pd

Spec = Mapping[str, Any]
EVIDENCE = Contract(
    "effects/paper_tables",
    {
        "table": "str",
        "row": "str",
        "kind": "str",  # hypothesis: a verdict; ledger: rows counted; missing: neither bears on the row
        "item": "str",  # the hypothesis or its part; the number of the count among those of the row
        "verdict": "str?",
        "class": "str?",
        "effect_id": "str?",  # of the test that was made, with its estimate
        "estimate": "float64?",
        "conf_low": "float64?",
        "conf_high": "float64?",
        "reason": "str?",
        "reason_fr": "str?",
        "remedy": "str?",
        "remedy_fr": "str?",
        "case": "int32?",  # rows of the ledger: of the study's ego, and of others
        "other": "int32?",
    },
    key=("table", "row", "kind", "item"),
    allowed={"kind": ("hypothesis", "ledger", "missing")},
)
OF_A_TEST = ("effect_id", "estimate", "conf_low", "conf_high")
NOT_TESTABLE = "not testable"
WORDS = ("reason", "reason_fr", "remedy", "remedy_fr")


def tabulate_evidence(
    ledger: Spec, judged: pd.DataFrame, scores: pd.DataFrame, relations: pd.DataFrame
) -> pd.DataFrame:
    """One line for each thing that bears on a row of a table: the columns of ``EVIDENCE``.

    ``ledger`` is that section of the resolved study, ``judged`` effects/hypotheses.csv, ``scores``
    effects/scoreboard.csv, ``relations`` ingest/relations. A hypothesis has the verdict of the scoreboard,
    the estimate of its first test that was made, and reason and remedy of the first test with its verdict
    (where no test has it, of the first that was not made).
    """
    case = of_case(relations, ledger.get("ego"))
    lines = [
        {"table": name, "row": row["id"], **line}
        for name, table in ledger["tables"].items()
        for row in table["rows"]
        for line in _lines(row, judged, scores, relations, case)
    ]
    return EVIDENCE.check(EVIDENCE.frame(lines))


def _lines(
    row: Spec, judged: pd.DataFrame, scores: pd.DataFrame, relations: pd.DataFrame, case: pd.Series[bool]
) -> Iterator[dict[str, Any]]:
    for name in row.get("hypotheses", ()):
        yield {"kind": "hypothesis", "item": name, **_verdict(name, judged, scores)}
    for place, count in enumerate(row.get("ledger", ()), start=1):
        kept = meets(relations, count["where"])
        numbers = {"case": int((kept & case).sum()), "other": int((kept & ~case).sum())}
        yield {"kind": "ledger", "item": f"{place:02d}", **numbers}
    if "missing" in row:
        said = row["missing"]
        texts = both_languages(said)
        yield {"kind": "missing", "item": "-", "remedy": texts["en"], "remedy_fr": texts["fr"]}


def _verdict(name: str, judged: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Any]:
    """Verdict on a hypothesis, or on a part of one, with what was estimated and what is missing."""
    whole = (scores["hypothesis"] == name) & scores["part"].isna()
    score = scores[whole | (scores["part"] == name)].iloc[0]
    tests = judged[(judged["hypothesis"] == name) | (judged["part"] == name)]
    made = tests[tests["estimate"].notna()].head(1)
    # A hypothesis of several parts may have a verdict that none of its tests has: what was not tested speaks.
    last = tests["verdict"].map({score["verdict"]: 0, NOT_TESTABLE: 1}).fillna(2)
    speaks = tests.loc[last.sort_values(kind="stable").index[0]]
    found = {column: _known(speaks[column]) for column in WORDS}
    found |= {column: _known(made.iloc[0][column]) for column in OF_A_TEST} if len(made) else {}
    return {"verdict": score["verdict"], "class": _known(score["class"]), **found}


def _known(value: Any) -> Any:
    """A cell, or None where it is blank."""
    return None if value is None or value != value else value
