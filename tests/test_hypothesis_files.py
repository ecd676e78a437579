"""The hypothesis files: complete, in two languages, without a verdict; faults named in sentences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from hypothesis_examples import BOTH, INTERACTION, JOINT, RATIO, SLOPE, claim, effect, fit, moments, study
from interclust.config.catalogue import expand
from interclust.contracts import CONTRACTS
from interclust.effects.claims import claims
from interclust.effects.hypotheses import CLASSES, VERDICTS, judge
from interclust.errors import ConfigError
from interclust.features import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "config" / "hypotheses"
NAMES = [f"H{number}" for number in range(1, 21)]


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    return expand("hypotheses", NAMES, ROOT / "config" / "studies" / "none.yaml", "test")


def test_all_twenty_load(files: dict[str, Any]) -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(NAMES)
    found = claims(files)
    assert found[0].hypothesis == "H1"
    assert {item.hypothesis for item in found} == set(NAMES)
    for item in found:
        for prediction in item.predictions:
            if prediction.records == "incomplete":
                assert prediction.model == "list_choice"
                assert not prediction.moderated


def test_tests_name_features_that_exist(files: dict[str, Any]) -> None:
    """One column is said to be missing, and the verdict on it says so; the others are computed."""
    named = {column for item in claims(files) for column in item.needs}
    named |= {column for item in claims(files) for test in item.predictions for column in test.columns}
    computed = set(REGISTRY) | set(CONTRACTS["panel/periods"].columns)
    assert named - computed == {"portfolio_diversity_change"}


def test_every_text_is_in_both_languages(files: dict[str, Any]) -> None:
    def texts(value: Any) -> list[dict[str, str]]:
        if isinstance(value, dict) and "en" in value:
            return [value]
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [text for item in items for text in texts(item)]

    for name, spec in files.items():
        found = texts(spec)
        assert len(found) >= 3, name
        for text in found:
            assert text["en"] != text["fr"], name
            assert text["en"].endswith(".") == text["fr"].endswith("."), text


def test_no_verdict_is_typed() -> None:
    typed = re.compile(r"\b(verdict|class:|p_value|estimate:|" + "|".join(VERDICTS) + r")\b", re.IGNORECASE)
    for path in FOLDER.glob("*.yaml"):
        assert not typed.search(path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"combin": "all"}, r"X\.yaml: combin is not a setting.*combine"),
        ({"outcome_of_claim": "projects"}, r"X\.yaml: outcome_of_claim is \"projects\".*project"),
        ({"claim": {"de": "nur Deutsch"}}, r"X\.yaml: claim\.de is not a setting"),
        ({"claim": {}}, r"X\.yaml: claim is"),
        ({"tests": [{**SLOPE, "expect": "up"}]}, r"X\.yaml: tests\[0\]\.expect is \"up\""),
        ({"tests": [{**SLOPE, "verdict": "supported"}]}, r"tests\[0\]\.verdict is not a setting"),
        ({"tests": [{**INTERACTION, "terms": ["theme"]}]}, r"tests\[0\]\.terms is"),
        ({"tests": [{k: v for k, v in SLOPE.items() if k != "at"}]}, r"tests\[0\] needs the setting at"),
        ({"tests": [{**RATIO, "beside": "moderated"}]}, r"tests\[0\]\.effect is \"ratio\".*equivalence"),
        ({"tests": [{**JOINT, "expect": "0"}]}, r"tests\[0\]\.expect is \"0\""),
        ({"tests": [{**JOINT, "at": {"phase": 1}}]}, r"tests\[0\]\.at is .*expected nothing"),
        ({"tests": [{**RATIO, "effect": "equivalence"}]}, r"tests\[0\]\.expect is \"\+\".*0"),
        ({"parts": [{"id": "Xa", "claim": BOTH, "tests": [SLOPE]}]}, r"tests is .*expected nothing"),
        ({"tests": None}, r"X\.yaml: the file needs the setting tests"),
    ],
)
def test_schema_errors_are_sentences(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    folder = tmp_path / "hypotheses"
    folder.mkdir()
    (folder / "X.yaml").write_text(yaml.safe_dump({**claim(SLOPE), **change}), encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        expand("hypotheses", ["X"], tmp_path / "mine.yaml", "mine.yaml")
    assert "\n" not in str(caught.value)


def test_the_twenty_on_press_like_results(files: dict[str, Any]) -> None:
    """On incomplete records only the partner's theme and complementarity can get a verdict."""
    known = moments()["theme"]
    names = "thematic_similarity both_development age_gap members_ratio prior_projects log_distance_km"
    terms = ["same_sector", "same_region", "tech_market_complementarity"]
    features = dict.fromkeys([*names.split(), *terms], known)
    settings = {
        **study("incomplete"),
        "hypotheses": files,
        "models": {"list_choice": {"outcome": "list_choice", "terms": terms}},
    }
    rows = [effect("ratio", term, 2.0, 0.001) for term in terms]
    rows += [effect("detectable", term, 2.5) for term in terms]
    table = judge(settings, pd.DataFrame(rows), {"list_choice": fit("list_choice")}, features)
    assert table.loc[table["verdict"] != "not testable", "test"].tolist() == ["H3a", "H4a"]
    assert table["hypothesis"].drop_duplicates().tolist() == NAMES
    classes = dict(zip(table["test"], table["class"], strict=True))
    assert {name: classes[name] for name in ("H1", "H2a", "H11b", "H19")} == dict.fromkeys(
        ("H1", "H2a", "H11b", "H19"), "a"
    )
    assert {name: classes[name] for name in ("H3b", "H4b", "H5a", "H5b", "H8")} == dict.fromkeys(
        ("H3b", "H4b", "H5a", "H5b", "H8"), "d"
    )
    assert {classes[name] for name in ("H7a", "H9a", "H10a", "H13", "H14a", "H20")} == {"c"}
    untested = table[table["verdict"] == "not testable"]
    assert untested["class"].isin(list(CLASSES)).all()
    assert untested[["reason", "reason_fr", "remedy", "remedy_fr"]].notna().all(axis=None)


def test_the_example_of_the_documentation_is_a_hypothesis(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "hypotheses.md").read_text(encoding="utf-8")
    example = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[0]
    (tmp_path / "hypotheses").mkdir()
    (tmp_path / "hypotheses" / "H21.yaml").write_text(example, encoding="utf-8")
    found = claims(expand("hypotheses", ["H21"], tmp_path / "mine.yaml", "mine.yaml"))
    assert [(item.id, item.needs) for item in found] == [("H21", ("log_exposure",))]
    assert {column for item in found for test in item.predictions for column in test.columns} <= set(REGISTRY)


def test_a_text_in_one_language_serves_for_both() -> None:
    found = claims({"X": {**claim(SLOPE), "remedy": {"fr": "voir"}}})
    assert found[0].remedy == {"en": "voir", "fr": "voir"}
