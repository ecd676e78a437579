"""The registry and what is made from it: dictionary, settings, the example for those who add a feature."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interclust import features
from interclust.errors import ConfigError
from interclust.features.__main__ import main
from interclust.features.document import documented, of_group
from interclust.features.registry import GROUPS
from interclust.panel import History
from interclust.panel.settings import FeatureSettings, Settings, resolve
from interclust.panel.tables import Tables
from worlds import AFFILIATIONS, five_clusters, random_world

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "features.md"
START = FeatureSettings(
    affiliations=AFFILIATIONS,
    rule_regimes={"first": 2},
    relatedness_pairs=2,
    diversity_words=3,
    turnover_months=18,
)
OTHERWISE: dict[str, Any] = {
    "structuring_months": 40.0,
    "geographic_floor_km": 300.0,
    "turnover_months": 5.0,
    "grades": {"groupe 1": 5.0, "groupe 3": 2.0},
    "project_weight": "fractional",
    "half_life": 6.0,
    "leave_dyad_out": False,
    "relatedness_pairs": 12,
    "complementarity_words": 3,
    "capability_projects": 4,
    "equivalence_partners": 4,
    "diversity_words": 5,
    "mobility_months": 4.0,
    "affiliations": {"ministry": AFFILIATIONS["national_federation"], "national_federation": []}
    | {"regional_agency": AFFILIATIONS["ministry"]},
    "rule_regimes": {"first": 1, "second": 3},
}
NO_PARAMETERS = {"names", "lists"}


def test_the_data_dictionary_is_up_to_date() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert documented(text) == text, "run: python -m interclust.features --document docs/features.md"
    assert re.findall(r"<!-- features: (\w+) -->", text) == list(GROUPS)


def test_the_command_makes_the_dictionary(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n<!-- features: rules -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    main(["--document", str(page)])
    text = page.read_text(encoding="utf-8")
    assert "| `rule_regime` regime of the rules · régime des règles |" in text
    assert text.startswith("Before\n")
    assert text.endswith("<!-- end -->\nafter\n")
    with pytest.raises(ValueError, match="no group of features 'rule'"):
        of_group("rule")


def test_both_languages_differ_and_no_text_is_another_features() -> None:
    definitions = [text for item in features.select(None) for text in item.definition]
    assert len(set(definitions)) == len(definitions)
    for item in features.select(None):
        assert item.definition[0] != item.definition[1], item.name
        assert len(set(item.settings)) == len(item.settings), item.name


def test_every_setting_has_its_features() -> None:
    heeded = {name for item in features.select(None) for name in item.settings}
    assert heeded == {item.name for item in fields(FeatureSettings)} - NO_PARAMETERS == set(OTHERWISE)


@pytest.fixture(scope="module")
def before() -> dict[str, np.ndarray]:
    return computed(START)


def computed(options: FeatureSettings) -> dict[str, np.ndarray]:
    """Every feature in a few worlds and periods, one after the other."""
    found: dict[str, list[np.ndarray]] = {}
    for seed in range(4):
        tables = Tables(random_world(seed, complete=True, n_projects=40), Settings(features=options))
        for period in (1, 3, 5):
            history = History.before(tables, period)
            one, other = np.triu_indices(len(history.active_numbers), 1)
            active = history.active_numbers
            for name, values in features.columns(history, active[one], active[other]).items():
                found.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in found.items()}


@pytest.mark.parametrize("setting", OTHERWISE)
def test_a_setting_touches_the_features_that_say_so(setting: str, before: dict[str, np.ndarray]) -> None:
    after = computed(replace(START, **{setting: OTHERWISE[setting]}))
    touched = {name for name in before if not np.array_equal(before[name], after[name], equal_nan=True)}
    assert touched == {item.name for item in features.select(None) if setting in item.settings}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"project_weight": "half"}, "features.project_weight is 'half'; allowed are whole, fractional"),
        ({"half_life": 0}, "features.half_life is 0; give months above 0"),
        ({"diversity_words": 1}, "features.diversity_words is 1; two draws are the least"),
        ({"rule_regimes": {"a": 2, "b": 2}}, "rule_regimes: two regimes begin in one period"),
        ({"half_lives": 3}, "no setting 'half_lives'; did you mean half_life"),
    ],
)
def test_wrong_settings_are_sentences(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resolve({"panel": {}, "features": given})


def test_the_example_for_contributors_is_a_feature(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs" / "feature.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(@feature.*?)```", text, re.DOTALL)
    assert code
    monkeypatch.setattr(features.registry, "REGISTRY", dict(features.REGISTRY))
    scope: dict[str, Any] = {}
    heading = "from __future__ import annotations\nfrom interclust.features.registry import feature\n"
    heading += "from interclust.features.pairwise import greatest\n"
    exec(heading + code[1], scope)  # noqa: S102
    item = features.registry.REGISTRY["staff_max"]
    values = item(History.before(five_clusters(), 4), np.array([0]), np.array([1]))
    assert np.isnan(values).all()
    assert item.missing_rule[0] == "missing if not known for one of the two"
