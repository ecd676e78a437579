"""Verdicts on many worlds: the same way as the rules go, and the table that sums them up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hypothesis_examples import BOTH, RATIO, SLOPE, claim
from interclust import config, models
from interclust.effects.power import power
from interclust.errors import ConfigError
from interclust.models.specification import formula_text
from interclust.simulate.truth import panel_of_world
from interclust.simulate.verdict_table import false_verdicts, markdown, tabulate
from interclust.simulate.verdicts import COLUMNS, FIRST_SEED, check_claims, judge_worlds, only_asked
from interclust.simulate.world import Generator

HYPOTHESES = {
    "X": claim(SLOPE),
    "Y": {
        **{key: value for key, value in claim(RATIO).items() if key != "tests"},
        "parts": [
            {"id": "Ya", "claim": BOTH, "tests": [{**RATIO, "records": "complete"}]},
            {"id": "Yb", "claim": BOTH, "tests": [{**RATIO, "records": "complete", "term": "region"}]},
        ],
    },
}


def rows(
    part: str, verdicts: list[str], p: list[float], estimates: list[float] | None = None
) -> pd.DataFrame:
    """One test of a part in as many worlds as there are verdicts."""
    found: dict[str, Any] = {
        "world": range(len(verdicts)),
        "hypothesis": part[0],
        "part": part,
        "test": part,
        "expected": "+",
        "log": True,
        "estimate": estimates or [0.5] * len(verdicts),
        "std_error": 0.25,
        "df": 40.0,
        "p_value": p,
        "verdict": verdicts,
        "class": None,
    }
    return pd.DataFrame(found)[list(COLUMNS)]


FOUND = pd.concat(
    [
        rows(
            "X",
            ["supported", "supported", "undecided", "contradicted"],
            [0.001, 0.01, 0.2, 0.01],
            [0.8, 0.6, 0.3, -0.7],
        ),
        rows("Ya", ["undecided", "supported", "undecided", "not testable"], [0.04, 0.001, 0.9, np.nan]),
        rows("Yb", ["undecided"] * 4, [0.5] * 4),
    ],
    ignore_index=True,
)
TRUTHS = {"X": "holds", "Ya": "absent"}


def test_power_and_rejections_are_of_the_worlds_in_which_the_test_was_made() -> None:
    table = tabulate(FOUND, TRUTHS).set_index("test")
    assert table.loc["X", ["worlds", "tested", "truth"]].tolist() == [4, 4, "holds"]
    assert table.loc["Ya", ["worlds", "tested", "truth"]].tolist() == [4, 3, "absent"]
    assert table.loc["X", ["rejected", "supported", "contradicted"]].tolist() == [0.75, 0.5, 0.25]
    assert table.loc["Ya", "rejected"] == pytest.approx(2 / 3)  # unadjusted, below 5 %
    assert table.loc["Ya", "rejected_error"] == pytest.approx(np.sqrt(2 / 9 / 3))
    assert table.loc["X", "predicted"] == pytest.approx(power(0.25, 0.25, 40.0))
    assert table.loc["X", "sd"] == pytest.approx(np.std([0.8, 0.6, 0.3, -0.7], ddof=1))


def test_right_and_wrong_verdicts_follow_the_truth() -> None:
    errors = false_verdicts(FOUND, TRUTHS, HYPOTHESES).set_index("truth")
    assert errors.loc["holds", ["claims", "right", "wrong", "worlds_with_error"]].tolist() == [
        1,
        0.5,
        0.25,
        0.25,
    ]
    absent = errors.loc["absent"]
    assert absent["verdicts"] == 3  # one world could not test it
    assert absent["right"] == pytest.approx(2 / 3)
    assert absent["worlds_with_error"] == pytest.approx(1 / 3)


def test_both_tables_are_printed_for_people() -> None:
    page = markdown(tabulate(FOUND, TRUTHS), false_verdicts(FOUND, TRUTHS, HYPOTHESES))
    assert "| X | holds | 4 |" in page
    assert "66.7 ± 27.2" in page
    assert "| holds | 1 | 50.0 | 25.0 | 25.0 |" in page


def test_an_unknown_claim_is_refused() -> None:
    study = config.load("fui_synthetic")
    check_claims(study)
    study["simulate"]["claims"]["H99"] = "holds"
    with pytest.raises(ConfigError, match="names H99, which no hypothesis"):
        check_claims(study)


def test_one_world_goes_the_way_of_the_rules() -> None:
    study = config.load("fui_synthetic")
    asked = {**study, "hypotheses": {"H8": study["hypotheses"]["H8"]}}
    asked["features"] = {**study["features"], "names": NEEDED}
    assert set(only_asked(asked)["models"]) == {"recurrence_people"}
    found = judge_worlds(asked, [3])
    assert found[["world", "test", "expected"]].to_numpy().tolist() == [[3, "H8", "+"]]
    generator = Generator.of(study)
    records = generator.draw(FIRST_SEED + 3).records
    frame = panel_of_world(study, records, [*NEEDED, "in_recurrence_risk_set", "recurrence", LAST])
    spec = study["models"]["recurrence_people"]
    kept = frame[frame["in_recurrence_risk_set"].astype(bool)].reset_index(drop=True)
    fit = models.fit(formula_text(spec), kept, family=spec["family"], cluster_effects=True)
    assert found.loc[0, "estimate"] == pytest.approx(fit.params["prior_projects"], rel=1e-6)


LAST = "periods_since_last_tie"
NEEDED = [
    *("log_exposure", "same_sector", "same_region", "log_distance_km", "thematic_similarity"),
    *("prior_projects", "tech_market_complementarity", "director_turnover", "director_mobility_link"),
    *("territory_overlap", "same_vocation", "national_federation_both", "agreement", "historic_rivalry"),
    *("members_ratio", "staff_min", "project_officer"),
]
