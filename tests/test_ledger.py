"""Pattern matching on a ledger: by hand on made rows, every branch of blanks, the real one counted anew."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from interclust import config, ingest
from interclust.config.catalogue import expand
from interclust.effects.ledger import CHANNELS, STATUSES, counts, match, meets
from interclust.errors import ConfigError
from ledger_rows import TEXT, asked, ledger, row, rule

ROOT = config.project_root()
NEAR = rule("S", {"phase": "structuring", "same_territory": 1}, contact=1, project_realised=0)
CLOSE = rule("D", {"phase": "development", "relation": ["same", "related"]}, joint_idea=1)
SAME, APART = {"same_territory": True}, {"same_territory": False}


def statuses(lines: pd.DataFrame) -> dict[tuple[str, str], str]:
    return {(item.alter, item.channel): item.status for item in lines.itertuples()}


def test_predictions_by_hand() -> None:
    relations = ledger(
        row("a", "1...0", phase="structuring", **SAME),
        row("b", "0...1", phase="structuring", **SAME),
        row("c", "1...1", phase="structuring", **APART),
        row("d", "..1..", phase="development", relation="related"),
        row("e", "..0..", phase="development", relation="same"),
        row("f", "..1..", phase="development", relation="distant"),
    )
    lines = match(relations, asked(NEAR, CLOSE))
    found = statuses(lines)
    expected = {
        ("a", "contact"): "match_present",
        ("a", "project_realised"): "match_absent",
        ("b", "contact"): "mismatch_present",
        ("b", "project_realised"): "mismatch_absent",
        ("c", "contact"): "not_predicted",
        ("c", "project_realised"): "not_predicted",
        ("d", "joint_idea"): "match_present",
        ("e", "joint_idea"): "mismatch_present",
        ("f", "joint_idea"): "not_predicted",
    }
    assert expected.items() <= found.items()
    assert {found[key] for key in found.keys() - expected.keys()} == {"neither"}
    assert set(lines["rule"].dropna()) == {"S", "D"}


@pytest.mark.parametrize("blank", ["phase", "same_territory", "contact", "locator"])
def test_a_blank_is_never_a_value(blank: str) -> None:
    told = {"phase": "structuring", **SAME}
    told[blank] = None
    lines = match(ledger({**row("a", "1...."), **told}), asked(NEAR))
    found = statuses(lines)
    if blank in ("phase", "same_territory"):
        assert found["a", "contact"] == "not_predicted"
        assert found["a", "project_realised"] == "neither"
    else:
        assert found["a", "contact"] == ("not_coded" if blank == "contact" else "match_present")
        assert found["a", "project_realised"] == "not_coded"


def test_a_rule_may_ask_for_a_blank_by_name() -> None:
    relations = ledger(row("a", "1...."), row("b", "1....", relation="same"))
    lines = match(relations, asked(rule("R", {"relation": ["blank"]}, contact=0)))
    assert statuses(lines)["a", "contact"] == "mismatch_absent"
    assert statuses(lines)["b", "contact"] == "not_predicted"


def test_rows_of_others_are_apart_and_without_an_ego_all_are_the_case() -> None:
    told: dict[str, Any] = {"phase": "structuring", **SAME}
    relations = ledger(row("a", "1....", **told), row("b", "1....", ego="F", **told))
    assert match(relations, asked(NEAR)).groupby("rows_of")["ego"].unique().map(list).to_dict() == {
        "case": ["E"],
        "other": ["F"],
    }
    assert match(relations, asked(NEAR, ego="e")).query("rows_of == 'case'")["ego"].unique() == ["E"]  # by id
    assert set(match(relations, asked(NEAR, ego=None))["rows_of"]) == {"case"}
    with pytest.raises(
        ConfigError, match=r"^ledger\.ego is G, of which the ledger has no row; it has rows of E, F$"
    ):
        match(relations, asked(NEAR, ego="G"))


ROWS = st.lists(
    st.builds(
        lambda alter, codes, phase, near, relation: row(
            alter, codes, ego="E", phase=phase, same_territory=near, relation=relation
        ),
        st.sampled_from("abc"),
        st.text("10.", min_size=5, max_size=5),
        st.sampled_from([None, "structuring", "development"]),
        st.sampled_from([None, True, False]),
        st.sampled_from([None, "same", "related", "distant"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=8, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_names_change_nothing_and_nothing_is_lost(rows: list[dict[str, Any]], random: Any) -> None:
    spec = asked(NEAR, CLOSE)
    lines = match(ledger(*rows), spec)
    table = counts(lines)
    assert (table[list(STATUSES)].sum(axis=1) == table["rows"]).all()
    assert table["rows"].sum() == len(rows) * len(CHANNELS)
    shuffled = random.sample(rows, len(rows))
    assert match(ledger(*shuffled), spec).equals(lines)
    renamed = [{**item, "alter": f"z{item['alter']}"} for item in rows]
    assert counts(match(ledger(*renamed), spec)).equals(table)


def test_conditions_on_catalysts_are_on_items_by_their_first_words() -> None:
    cells = ["territory", "territory; regional agency", "regional agency (2ADI)", "trustees", None]
    relations = ledger(*(row(str(place), catalyst=cell) for place, cell in enumerate(cells)))
    assert list(meets(relations, {"catalyst": "territory"})) == [True, True, False, False, False]
    assert list(meets(relations, {"catalyst": "Regional agency"})) == [False, True, True, False, False]
    assert not meets(relations, {"catalyst": "trust"}).any()
    assert list(meets(relations, {"catalyst": ["blank", "trustees"]})) == [False, False, False, True, True]


# The real ledger, from the raw file and the rules as they stand, by other means.


@pytest.fixture(scope="module")
def fui() -> dict[str, Any]:
    return config.load("fui")


def test_the_real_ledger_counted_anew(fui: dict[str, Any]) -> None:
    raw = pd.read_csv(ROOT / "data/raw/innovin/relations.csv", dtype=str, keep_default_na=False)
    rules = yaml.safe_load((ROOT / "config/patterns/two_phases.yaml").read_text(encoding="utf-8"))["rules"]
    headers = {"phase": "phase", "same_territory": "same_territory", "relation": "judged_relation"}

    def expected(line: pd.Series, channel: str) -> str:
        for one in rules:
            wanted = {key: v if isinstance(v, list) else [v] for key, v in one["when"].items()}
            if channel in one["expect"] and all(
                line[headers[key]] in map(str, v) for key, v in wanted.items()
            ):
                return str(one["expect"][channel])
        return ""

    tally: Counter[tuple[str, str, str, str]] = Counter()
    for _, line in raw.iterrows():
        for channel in CHANNELS:
            told, coded = expected(line, channel), line[channel]
            kind = ("match" if told == coded else "mismatch") if told and coded else "open"
            rows_of = "case" if line["ego"] == fui["ledger"]["ego"] else "other"
            tally[rows_of, line["phase"], channel, kind] += 1
    relations = ingest.read(fui).relations
    for item in counts(match(relations, fui["ledger"])).itertuples():
        at = (item.rows_of, item.phase if isinstance(item.phase, str) else "", item.channel)
        assert item.match_present + item.match_absent == tally[*at, "match"], at
        assert item.mismatch_present + item.mismatch_absent == tally[*at, "mismatch"], at
        assert item.not_coded + item.not_predicted + item.neither == tally[*at, "open"], at
    assert sum(tally.values()) == len(raw) * len(CHANNELS)


def test_words_of_patterns_and_tables_are_in_both_languages(fui: dict[str, Any]) -> None:
    def texts(value: Any) -> list[dict[str, str]]:
        if isinstance(value, dict) and set(value) == {"en", "fr"}:
            return [value]
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [text for item in items for text in texts(item)]

    found = texts(fui["ledger"])
    assert len(found) > 40
    assert all(text["en"].endswith(".") == text["fr"].endswith(".") for text in found)
    assert [text for text in found if text["en"] == text["fr"] and text["en"] != "Catalysts"] == []


# What a user can get wrong.


def faulty(folder: Path, kind: str, content: dict[str, Any]) -> str:
    """The sentence on a study (a copy of fui) whose pattern or table is this."""
    (folder / kind).mkdir(parents=True, exist_ok=True)
    (folder / kind / "mine.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    key = "patterns" if kind == "patterns" else "tables"
    path = folder / "study.yaml"
    path.write_text(
        f"extends: fui\ndata_dir: {ROOT / 'data/raw'}\nledger: {{{key}: [mine]}}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError) as error:
        config.load(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"when": {"phase": "x", "theme": "same"}}, "rules[0].when.theme is not a setting"),
        ({"when": {"same_territory": "yes"}}, 'rules[0].when.same_territory is "yes"'),
        ({"expect": {"contact": 2}}, "rules[0].expect.contact is 2"),
        ({"expect": {"contacts": 1}}, "rules[0].expect.contacts is not a setting; did you mean contact?"),
        ({"text": {"de": "nur"}}, "rules[0].text.de is not a setting"),
        ({"score": 1}, "rules[0].score is not a setting"),
    ],
)
def test_a_faulty_rule_is_one_sentence(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    said = faulty(tmp_path, "patterns", {"label": TEXT, "rules": [{**NEAR, **change}]})
    assert words in said
    assert "\n" not in said


def test_rules_that_predict_one_channel_of_one_row_are_refused(tmp_path: Path) -> None:
    wide = rule("W", {"phase": ["structuring", "decline"]}, contact=1)
    said = faulty(tmp_path, "patterns", {"label": TEXT, "rules": [NEAR, wide]})
    assert "the rules S and W both predict contact of one row; narrow when of one of them" in said
    twice = faulty(tmp_path, "patterns", {"label": TEXT, "rules": [NEAR, {**CLOSE, "id": "S"}]})
    assert "the id S stands twice; give each an id of its own" in twice


def test_a_paper_table_rests_on_what_there_is(tmp_path: Path) -> None:
    line = {"id": "r", "group": "g", "section": "1", "text": TEXT, "hypotheses": ["H99"]}
    table = {"caption": TEXT, "note": TEXT, "groups": {"g": TEXT}, "rows": [line]}
    assert "r rests on H99, no hypothesis of the study; did you mean H" in faulty(
        tmp_path, "paper_tables", table
    )
    lost = {**table, "rows": [{**line, "group": "h", "hypotheses": ["H3a"]}]}
    assert "r is of the group h, which has no heading" in faulty(tmp_path, "paper_tables", lost)
    bare = {**table, "rows": [{key: line[key] for key in ("id", "group", "section", "text")}]}
    assert "nothing bears on r; give it one of hypotheses, ledger, missing" in faulty(
        tmp_path, "paper_tables", bare
    )


def without_relations(folder: Path, text: str = "", more: str = "") -> Path:
    """A study like fui without its ledger."""
    path = folder / "study.yaml"
    ingest = f"ingest: {{relations: null{more}}}\n"
    path.write_text(f"extends: fui\ndata_dir: {ROOT / 'data/raw'}\n{text}{ingest}", encoding="utf-8")
    return path


def test_a_ledger_must_be_there(tmp_path: Path) -> None:
    said = r"{} is read only beside a ledger; give ingest\.relations a file, or delete this section"
    with pytest.raises(ConfigError, match=said.format("ledger")):
        config.load(without_relations(tmp_path, text="ledger: {patterns: [two_phases]}\n"))
    with pytest.raises(ConfigError, match=said.format(r"ingest\.second_relations")):
        config.load(without_relations(tmp_path, more=", second_relations: {file: x.csv}"))
    assert "ledger" not in config.load(without_relations(tmp_path))  # what was inherited goes with it


def test_an_unknown_pattern_is_named() -> None:
    with pytest.raises(
        ConfigError, match="patterns names two_phase, which is no file of config/patterns; did you mean"
    ):
        expand("patterns", ["two_phase"], ROOT / "config/studies/x.yaml", "x.yaml")


def test_without_patterns_or_rows_the_tables_are_empty() -> None:
    told = row("a", "1....")
    for relations, spec in (
        (ledger(told), {"tables": {}, "patterns": {}}),
        (ledger(), asked(NEAR, ego=None)),
    ):
        lines = match(relations, spec)
        assert lines.empty
        assert counts(lines).empty
        assert list(counts(lines).columns)[4:] == ["rows", *STATUSES]
