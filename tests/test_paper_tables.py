"""A paper's tables: evidence by rule from verdicts and the ledger; tables and numbers of the report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pytest

from interclust.effects.agreement import agreement, disagreements
from interclust.effects.ledger import counts, match
from interclust.effects.paper_tables import tabulate_evidence
from interclust.io import write_csv, write_json
from interclust.report import ledger as pages
from interclust.report import paper_tables
from interclust.report.document import Numbers
from interclust.report.exhibits import describe
from interclust.report.language import SOURCE, Language
from interclust.report.numbers import Collector
from interclust.report.results import Results
from interclust.report.tabulate import tabulate
from ledger_rows import TEXT, asked, ledger, row, rule

EN, FR = Language("en"), Language("fr")
WHAT = {"en": "ideas", "fr": "idées"}
TOLD: dict[str, Any] = {"phase": "structuring", "same_territory": True, "catalyst": "territory"}
RELATIONS = ledger(
    row("a", "10..1", **TOLD),
    row("b", "1....", **TOLD),
    row("=c", "..1..", catalyst="trust; territory", phase="development", relation="distant"),
    row("d", "..1..", ego="F", locator=None),
)
RULES = (
    rule("S", {"phase": "structuring"}, contact=1, practice_exchange=1, project_realised=0),
    rule("D", {"phase": "development"}, joint_idea=1, project_realised=1),
)


def paper_table() -> dict[str, Any]:
    """One table: two headings out of the order of the alphabet, every kind of evidence."""
    counted = [
        {"what": WHAT, "where": {"joint_idea": 1}},
        {"what": TEXT, "where": {"catalyst": "territory"}},
    ]
    rows = [
        {"id": "all", "group": "z", "hypotheses": ["B", "Aa", "A"], "ledger": counted},
        {"id": "none", "group": "z", "missing": {"fr": "Beaucoup ; plus."}},
        {"id": "last", "group": "a", "ledger": counted[:1]},
    ]
    rows = [{"section": "1", "text": {"en": "Said.", "fr": "Dit."}, **item} for item in rows]
    return {"caption": TEXT, "note": TEXT, "groups": {"a": TEXT, "z": WHAT}, "rows": rows}


def section() -> dict[str, Any]:
    return {**asked(*RULES), "tables": {"one": paper_table()}}


def judged() -> pd.DataFrame:
    """A has two parts, one tested; B is not testable."""
    common = {"effect_id": None, "estimate": None, "conf_low": None, "conf_high": None}
    made = {"effect_id": "ratio:x", "estimate": 2.0, "conf_low": 1.5, "conf_high": 2.5}
    rows = [
        ("A", "Aa", "supported", None, made, None),
        ("A", "Ab", "not testable", "d", common, "Lists."),
        ("B", "B", "not testable", "a", common, "Contacts."),
    ]
    keys = ("hypothesis", "part", "verdict", "class")
    return pd.DataFrame(
        {**dict(zip(keys, item[:4], strict=True)), **item[4], "reason": "r", "reason_fr": "r"}
        | {"remedy": item[5], "remedy_fr": item[5]}
        for item in rows
    )


def scores() -> pd.DataFrame:
    rows = [
        ("A", "Aa", "supported", None),
        ("A", "Ab", "not testable", "d"),
        ("A", None, "undecided", "d"),
        ("B", None, "not testable", "a"),
    ]
    return pd.DataFrame(rows, columns=["hypothesis", "part", "verdict", "class"])


def test_evidence_is_that_of_the_files() -> None:
    found = tabulate_evidence(section(), judged(), scores(), RELATIONS)
    lines = found.set_index(["row", "kind", "item"])
    assert lines.loc[("all", "hypothesis", "Aa"), "estimate"] == 2
    assert pd.isna(lines.loc[("all", "hypothesis", "Aa"), "remedy"])
    whole = lines.loc[
        ("all", "hypothesis", "A")
    ]  # undecided as no test is: what was not tested says what is missing
    assert (whole["verdict"], whole["class"], whole["remedy"], whole["estimate"]) == (
        "undecided",
        "d",
        "Lists.",
        2,
    )
    other = lines.loc[("all", "hypothesis", "B")]
    assert (other["verdict"], other["class"], other["remedy"]) == ("not testable", "a", "Contacts.")
    assert pd.isna(other["estimate"])
    assert lines.loc[("all", "ledger", "01"), ["case", "other"]].tolist() == [1, 1]
    assert lines.loc[("all", "ledger", "02"), ["case", "other"]].tolist() == [3, 0]
    assert lines.loc[("none", "missing", "-"), "remedy_fr"] == "Beaucoup ; plus."
    again = tabulate_evidence(section(), judged(), scores(), RELATIONS.sample(frac=1, random_state=2))
    assert again.equals(found)


def write(folder: Path, second: pd.DataFrame) -> Results:
    """What the two rules write for a study."""
    spec = section()
    lines = match(RELATIONS, spec)
    tables = {
        "ledger_rows": lines,
        "ledger_patterns": counts(lines),
        "ledger_agreement": agreement(RELATIONS, second),
        "ledger_disagreements": disagreements(RELATIONS, second),
        "paper_tables": tabulate_evidence(spec, judged(), scores(), RELATIONS),
    }
    for name, table in tables.items():
        write_csv(table, folder / "effects" / f"{name}.csv")
    write_json({"name": "small", "ledger": spec}, folder / "study.json")
    return Results(folder)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return write(tmp_path_factory.mktemp("one"), ledger(second=True))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Results:
    second = ledger(row("a", "11..1", **TOLD), row("b", "1....", **TOLD), second=True)
    return write(tmp_path_factory.mktemp("two"), second)


def texts(table: Any) -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in table.rows]


def test_counts_and_rows_of_the_report(one: Results) -> None:
    patterns, rows = pages.tables(one, EN)
    heads = [line[0] for line in texts(patterns) if len(line) == 1]
    assert heads == [
        "The case, in structuring (rows: 2)",
        "The case, in development (rows: 1)",
        "Other bodies, phase not said (rows: 1)",
    ]
    assert texts(patterns)[1:6] == [
        ["Contact", "2", "", "", "", ""],
        ["Exchange of practices", "", "1", "1", "", ""],
        ["Joint idea", "", "", "", "", "2"],
        ["Project attempted", "", "", "", "", "2"],
        ["Project realised", "", "1", "1", "", ""],
    ]
    assert "Of the 5 codes of the case, 1 say no." in " ".join(patterns.notes)
    assert patterns.notes[-1] == "The ledger has no second coding: how reliable its codes are is not known."
    against = "Exchange of practices, project realised (not expected)"
    assert texts(rows)[1:] == [
        ["a", "Contact", against, "S", "1"],
        ["b", "Contact", "–", "S", "1"],
        ["The case, in development (rows: 1)"],
        ["=c", "Joint idea", "–", "D", "1"],
    ]
    assert "S (1): text" in rows.notes
    assert texts(pages.rows(one, FR))[1][2] == "Échange de pratiques, projet réalisé (hors attente)"


def test_two_coders_have_tables_of_their_own(two: Results) -> None:
    names = [table.name for table in pages.tables(two, FR)]
    assert names == ["ledger_patterns", "ledger_rows", "ledger_agreement", "ledger_disagreements"]
    agreed = pages.agreement(two, EN)
    assert texts(agreed)[:2] == [["Contact"], ["not coded", "2", "100% [16%, 100%]", "–", "–"]]
    assert agreed.notes[0].startswith(
        "2 rows stand in both codings, 2 in the first alone, 0 in the second alone."
    )
    unsettled = ["E and a, in structuring", "exchange of practices", "no", "yes", "1"]
    assert texts(pages.disagreements(two, EN)) == [unsettled]


def test_the_papers_table(one: Results) -> None:
    (table,) = paper_tables.tables(one, EN)
    dash = "–"
    verdicts = "B: not testable (a); Aa: supported, 2.0 [1.5, 2.5]; A: undecided, 2.0 [1.5, 2.5]"
    assert texts(table) == [
        ["ideas"],
        ["Said (1)", verdicts, "ideas: 1 (other bodies: 1); text: 3", "Contacts. Lists."],
        ["Said (1)", dash, dash, "Beaucoup ; plus."],
        ["text"],
        ["Said (1)", dash, "ideas: 1 (other bodies: 1)", dash],
    ]
    french = texts(paper_tables.tables(one, FR)[0])
    assert french[1][2] == "idées\u202f: 1 (autres organismes\u202f: 1)\u202f; texte\u202f: 3"
    assert french[2][3] == "Beaucoup\u202f; plus."


def test_files_of_every_table(two: Results) -> None:
    names = [*(table.name for table in pages.tables(two, EN)), "paper_table--one"]
    tabulate(two.folder, names, ["en"])
    written = two.folder / "report" / "tables"
    for name in names:
        for kind in ("csv", "en.html", "en.tex", "en.typ"):
            assert (written / f"{name}.{kind}").stat().st_size > 0
    assert "'=c" in (written / "ledger_rows.csv").read_text(encoding="utf-8")


def test_the_list_of_exhibits_knows_them(one: Results) -> None:
    for name in ("paper_table--one", "ledger_rows"):
        found = describe(one, Path(f"tables/{name}.en.html"))
        assert (found.exhibit, found.rule, found.model) == (f"table {name}", "write_tables", "")


def test_numbers_and_the_sentences_that_quote_them(one: Results, two: Results) -> None:
    for results, coders in ((one, "no second coding"), (two, "Two coders have 2 rows in common")):
        numbers = Collector()
        pages.add_numbers(results, numbers)
        found = {key: entry["value"] for key, entry in numbers.entries.items()}
        shown = ("match", "mismatch", "not_coded", "not_predicted", "neither", "codes", "zeros")
        assert [found[f"ledger.theory.{key}"] for key in shown] == [3, 2, 3, 0, 7, 5, 1]
        text = sentences(results, numbers, EN)
        assert (
            "(text), 3 codes match and 2 do not; 3 predictions meet a blank, 0 codes no prediction." in text
        )
        assert coders in text
        assert "3 codes sont en accord" in sentences(results, numbers, FR)
    empty = Collector()
    pages.add_numbers(Results(one.folder / "nowhere"), empty)
    assert not empty.entries
    assert pages.tables(Results(one.folder / "nowhere"), EN) == []
    assert paper_tables.tables(Results(one.folder / "nowhere"), EN) == []


def sentences(results: Results, numbers: Collector, say: Language) -> str:
    """The section of the report's source, filled."""
    loader = jinja2.FileSystemLoader(SOURCE / "sections")
    environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined)  # noqa: S701
    given = {"patterns": pages.named(results, say), "n": Numbers(numbers.entries, say.code)}
    return re.sub(r"\s+", " ", environment.get_template("ledger.md").render(en=say.code == "en", **given))
