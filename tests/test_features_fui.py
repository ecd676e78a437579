"""Features on the embedded records: which have no data, as the dictionary says, and the regimes of rules."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from interclust import config, features, ingest
from interclust.panel import History
from interclust.panel.tables import Tables

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def fui() -> Tables:
    study = config.load("fui")
    return Tables.of(ingest.read(study), study)


def test_features_without_data(fui: Tables) -> None:
    known: set[str] = set()
    for period in (1, 2, 12, 20, 25):
        history = History.before(fui, period)
        one, other = np.triu_indices(len(history.active_numbers), 1)
        found = features.columns(history, history.active_numbers[one], history.active_numbers[other])
        known |= {name for name, values in found.items() if not np.isnan(values).all()}
    text = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    said = re.search(r"In the embedded records of the FUI(.*?)\n- ", text, re.DOTALL)
    assert said
    assert set(re.findall(r"`(\w+)`", said[1])) == set(features.REGISTRY) - known


def test_regimes_of_the_rules(fui: Tables) -> None:
    pair = np.array([0]), np.array([1])
    found = [
        float(features.columns(History.before(fui, call), *pair, ["rule_regime"])["rule_regime"][0])
        for call in (1, 18, 19, 20, 21, 24, 25)
    ]
    np.testing.assert_array_equal(found, [np.nan, np.nan, 0, 0, 1, 1, 2])


def test_the_second_phase_begins_with_the_first_call_of_2009(fui: Tables) -> None:
    """Calls 7 and 8 refer to 16 September 2008 and 30 April 2009."""
    pair = np.array([0]), np.array([1])
    found = [
        float(features.columns(History.before(fui, call), *pair, ["after_2009"])["after_2009"][0])
        for call in (1, 7, 8, 25)
    ]
    assert found == [0, 0, 1, 1]


def test_the_lines_that_the_regimes_cite_are_rules_of_the_programme() -> None:
    text = (ROOT / "config" / "studies" / "fui.yaml").read_text(encoding="utf-8")
    cited = re.findall(r"(lead_named|zoned_\d+): (\d+)  # lines? ([\d, ]+):", text)
    assert [name for name, *_ in cited] == list(config.load("fui")["features"]["rule_regimes"])
    rows = (ROOT / "data" / "raw" / "fui" / "aggregates.csv").read_text(encoding="utf-8").splitlines()
    for _, call, lines in cited:
        found = [rows[int(line) - 1] for line in lines.split(",")]
        assert all(row.startswith("rule,FUI,") for row in found)
        assert f",AAP{call}" in found[0]
