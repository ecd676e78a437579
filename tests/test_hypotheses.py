"""Verdicts and classes by rule: every path on small hand-made results."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hypothesis_examples import (
    BOTH,
    ENOUGH,
    INTERACTION,
    RATIO,
    SLOPE,
    claim,
    effect,
    fit,
    judged,
    moments,
    slope,
    study,
)
from interclust.effects.claims import claims, columns_of, natural
from interclust.effects.hypotheses import COLUMNS, combine, scoreboard
from interclust.errors import ConfigError, ModelError

ROOT = Path(__file__).resolve().parents[1]


# -- verdicts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimate", "p", "expect", "verdict"),
    [
        (5.7, 0.001, "+", "supported"),
        (0.4, 0.001, "+", "contradicted"),
        (0.4, 0.001, "-", "supported"),
        (5.7, 0.001, "-", "contradicted"),
        (1.3, 0.6, "+", "undecided"),
    ],
)
def test_a_ratio_is_judged_against_one(estimate: float, p: float, expect: str, verdict: str) -> None:
    table = judged(
        study("incomplete", X={**claim({**RATIO, "expect": expect})}),
        effect("ratio", "sector", estimate, p),
        effect("detectable", "sector", 2.6, float("nan")),
        effect("tipping", "sector", 9.0, float("nan"), at="limit"),
        effect("tipping", "sector", 4.0, float("nan")),
    )
    row = table.iloc[0]
    assert list(table.columns) == list(COLUMNS)
    assert (row["verdict"], row["hypothesis"], row["test"], row["expected"]) == (verdict, "X", "X", expect)
    assert row["p_holm"] == p
    smallest = np.exp((stats.t(30).ppf(0.975) + stats.norm.ppf(0.8)) * 0.1)  # of the row itself
    assert (row["detectable"], row["tipping"]) == (pytest.approx(smallest), 4.0)
    assert pd.isna(row["class"])
    assert pd.isna(row["remedy"]) == (verdict != "undecided")


@pytest.mark.parametrize(
    ("estimate", "verdict"), [(0.8, "supported"), (-0.8, "contradicted"), (0.02, "supported")]
)
def test_a_slope_is_judged_against_zero(estimate: float, verdict: str) -> None:
    table = judged(study(X=claim(SLOPE)), slope(estimate, 0.01), cells=ENOUGH)
    assert table.loc[0, "verdict"] == verdict
    assert table.loc[0, "events_in_cells"] == "phase=1: 40"


def test_holm_over_all_tests_that_were_made_turns_a_verdict() -> None:
    settings = study(X=claim(SLOPE), Y=claim(RATIO), Z=claim({**RATIO, "term": "unknown"}))
    table = judged(settings, slope(1, 0.03), effect("ratio", "sector", 2.0, 0.04), cells=ENOUGH)
    table = table.set_index("test")
    assert table.loc[["X", "Y"], "p_holm"].tolist() == pytest.approx([0.06, 0.06])  # 2 × 0.03, then no less
    assert table.loc[["X", "Y"], "verdict"].tolist() == ["undecided", "undecided"]
    assert np.isnan(table.loc["Z", "p_holm"])  # not made, so not in the family


@pytest.mark.parametrize(
    ("estimate", "std_error", "verdict"),
    [(1.05, 0.05, "supported"), (3.0, 0.1, "contradicted"), (1.2, 0.4, "undecided"), (1.8, 0.4, "undecided")],
)
def test_equality_is_judged_by_equivalence(estimate: float, std_error: float, verdict: str) -> None:
    row = effect("ratio", "sector", estimate, 0.9, std_error=std_error)
    table = judged(study(X=claim({**RATIO, "expect": "0"})), row)
    assert table.loc[0, "verdict"] == verdict
    assert "1.5" in table.loc[0, "reason"]
    assert "1,5" in table.loc[0, "reason_fr"]


# -- classes ------------------------------------------------------------------------------------


def test_class_a_another_outcome() -> None:
    table = judged(study(X=claim(SLOPE, outcome_of_claim="contact")), slope(1, 0.001), cells=ENOUGH)
    assert table.loc[0, ["verdict", "class", "remedy"]].tolist() == ["not testable", "a", "look"]
    assert "contacts" in table.loc[0, "reason"]
    assert np.isnan(table.loc[0, "p_value"])


def test_class_a_lifts_where_the_study_records_the_outcome() -> None:
    settings = {**study(X=claim(SLOPE, outcome_of_claim="contact")), "outcomes": ["contact"]}
    assert judged(settings, slope(1, 0.001), cells=ENOUGH).loc[0, "verdict"] == "supported"


def test_class_a_one_kind_of_body() -> None:
    spec = claim({**RATIO, "term": "kind", "model": "moderated"}, compares_kinds=True)
    settings = study(X=spec)
    row = effect("ratio", "kind", 0.5, 0.001, model="moderated")
    assert judged(settings, row).loc[0, "class"] == "a"
    assert "pole" in judged(settings, row).loc[0, "reason"]
    settings["panel"]["eligible_kinds"] = ["pole", "grappe"]
    assert judged(settings, row).loc[0, "verdict"] == "contradicted"


def test_class_c_names_the_absent_or_empty_column() -> None:
    missing = {"in_emergence_risk_set": {"n": 9, "missing": 9, "mean": None, "min": None, "max": None}}
    settings = study(X=claim({**RATIO, "term": "agreement"}), Y=claim({**RATIO, "term": "staff"}))
    settings["hypotheses"]["Z"] = claim({**RATIO, "term": "staff"}, needs=["agreement"])
    table = judged(settings, features=moments(staff=missing))
    assert table["class"].tolist() == ["c", "c", "c"]
    assert "agreement; without a known value in any row: staff." in table.loc[2, "reason"]
    assert "agreement" in table.loc[0, "reason"]
    assert table.loc[0, "reason"].startswith("Not computed in this study")
    assert "staff" in table.loc[1, "reason"]
    assert table.loc[1, "reason"].startswith("Without a known value")


def test_class_c_comes_before_d_and_says_that_d_would_remain() -> None:
    table = judged(study("incomplete", X=claim({**SLOPE, "term": "agreement"})))
    assert table.loc[0, "class"] == "c"
    assert table.loc[0, "reason"].endswith("not identify the effect (d).")


def test_a_needed_column_counts_besides_the_terms() -> None:
    settings = study(X=claim(SLOPE, needs=["change", "log_exposure"]))
    table = judged(settings, slope(1, 0.001), cells=ENOUGH)
    assert table.loc[0, "class"] == "c"
    assert "change" in table.loc[0, "reason"]
    assert "log_exposure" not in table.loc[0, "reason"]  # a column of the panel


def test_class_d_no_moderator_on_printed_lists() -> None:
    spec = claim(INTERACTION)
    rows = [effect("detectable", "sector", 2.62), effect("detectable", "region", 2.25)]
    table = judged(study("incomplete", X=spec, Y=claim(RATIO)), *rows)
    row = table.iloc[0]
    assert (row["verdict"], row["class"], row["detectable"]) == ("not testable", "d", 2.25)
    assert "36 printed lists" in row["reason"]
    assert "2.25" in row["reason"]
    assert "2,25" in row["reason_fr"]


def test_class_d_even_where_a_panel_model_has_an_estimate() -> None:
    spec = claim({**SLOPE, "records": "any"})
    assert judged(study("incomplete", X=spec), slope(1, 1e-9), cells=ENOUGH).loc[0, "class"] == "d"


def test_class_d_recurrence_and_levels() -> None:
    ratio = {**RATIO, "records": "complete", "model": "moderated"}
    settings = study("incomplete", X=claim(ratio), Y=claim(ratio, outcome_of_claim="recurrence"))
    table = judged(settings)
    assert table["class"].tolist() == ["d", "d"]
    assert "choice of partners alone" in table.loc[0, "reason"]
    assert "does not come back" in table.loc[1, "reason"]


@pytest.mark.parametrize("count", [0, 9])
def test_class_b_names_the_short_cell(count: int) -> None:
    cells = {"phase": {"0": count, "1": 40}}
    row = effect("ratio_of_ratios", "theme", 2.0, 0.001, model="moderated", moderator="phase")
    table = judged(study(X=claim(INTERACTION), Y=claim(SLOPE)), row, slope(1, 0.001), cells=cells)
    assert table["class"].tolist()[0] == "b"
    assert f"phase=0: {count}" in table.loc[0, "reason"]
    assert table.loc[0, "events_in_cells"] == f"phase=0: {count}; phase=1: 40"
    assert table.loc[1, "verdict"] == "supported"  # the slope reads the full cell only


def test_ten_events_are_enough_in_either_order_of_the_terms() -> None:
    cells = {"phase": {"0": 10, "1": 10}, "theme": {}}
    row = effect("ratio_of_ratios", "phase", 2.0, 0.001, model="moderated", moderator="c(theme)")
    assert judged(study(X=claim(INTERACTION)), row, cells=cells).loc[0, "verdict"] == "supported"


def test_class_b_no_variation() -> None:
    constant = {"in_emergence_risk_set": {"n": 9, "missing": 0, "mean": 1.0, "min": 1.0, "max": 1.0}}
    table = judged(study(X=claim(RATIO)), features=moments(sector=constant))
    assert table.loc[0, "class"] == "b"
    assert "sector" in table.loc[0, "reason"]


def test_class_b_a_model_that_could_not_be_fitted() -> None:
    broken = fit("moderated", status="not_fitted", n={"events": 7}, reason="The search failed.")
    table = judged(study(X=claim(SLOPE)), fits={"moderated": broken})
    assert table.loc[0, "class"] == "b"
    assert "moderated could not be fitted: The search failed (events: 7)." in table.loc[0, "reason"]


def test_class_b_no_room_for_another_term() -> None:
    table = judged(study("incomplete", X=claim({**RATIO, "term": "kind"})))
    assert table.loc[0, "class"] == "b"
    assert "36 lists of the model list_choice" in table.loc[0, "reason"]


def test_class_b_an_estimate_without_error() -> None:
    table = judged(study(X=claim(RATIO)), effect("ratio", "sector", 2.0, float("nan")))
    assert table.loc[0, "class"] == "b"


def test_a_missing_model_or_term_is_no_class_of_the_records() -> None:
    settings = study(X=claim({**RATIO, "model": "elsewhere"}), Y=claim({**SLOPE, "term": "kind"}))
    settings["models"]["moderated"]["terms"] = ["theme"]
    table = judged(settings)
    assert table["verdict"].tolist() == ["not testable", "not testable"]
    assert table["class"].isna().all()
    assert "elsewhere" in table.loc[0, "reason"]
    assert "kind × phase" in table.loc[1, "reason"]


# -- choosing the row ---------------------------------------------------------------------------


def test_the_covariance_of_the_model_answers() -> None:
    settings = study(X=claim(RATIO))
    settings["models"]["list_choice"]["covariance"] = "classical"
    rows = [effect("ratio", "sector", 2.0, 0.5), effect("ratio", "sector", 2.0, 0.001, vcov="classical")]
    assert judged(settings, *rows).loc[0, "p_value"] == 0.001


def test_the_scale_of_an_average_answers_and_ambiguity_stops() -> None:
    test = {**RATIO, "effect": "ame", "model": "moderated", "term": "phase", "scale": "probability"}
    rows = [
        effect("ame", "phase", -0.1, 0.001, model="moderated", scale="rate"),
        effect("ame", "phase", 0.1, 0.002, model="moderated", scale="probability"),
    ]
    assert judged(study(X=claim(test)), *rows).loc[0, "p_value"] == 0.002
    with pytest.raises(ModelError, match="all answer it"):
        judged(study(X=claim(test)), *rows, rows[1])


def test_an_effect_that_nobody_computes_stops() -> None:
    fits = {"moderated": fit("moderated", ENOUGH, params=[{"term": "phase:c(theme)"}])}
    with pytest.raises(ModelError, match="holds no slope of theme × phase"):
        judged(study(X=claim(SLOPE)), fits=fits)


def test_tests_for_other_records_are_left_out() -> None:
    spec = claim(SLOPE, {**RATIO, "records": "incomplete"})
    rows = [slope(1, 0.001), effect("ratio", "sector", 2.0, 0.2)]
    for records, p in (("complete", 0.001), ("incomplete", 0.2)):
        table = judged(study(records, X=spec), *rows, cells=ENOUGH)
        assert table[["test", "p_value"]].to_numpy().tolist() == [["X", p]]


# -- whole hypotheses ---------------------------------------------------------------------------


def test_scoreboard_combines_parts_and_hypotheses() -> None:
    parts = [
        {"id": "Xa", "claim": BOTH, "tests": [SLOPE]},
        {"id": "Xb", "claim": BOTH, "tests": [INTERACTION], "remedy": {"en": "part", "fr": "partie"}},
    ]
    spec = claim(parts=parts)
    del spec["tests"]
    settings = study(X=spec)
    table = judged(settings, slope(1, 0.001), cells={"phase": {"0": 3, "1": 40}})
    assert table["part"].tolist() == ["Xa", "Xb"]
    assert table.loc[1, ["class", "remedy"]].isna().tolist() == [True, False]  # the model lacks the row
    assert table.loc[1, "remedy"] == "part"
    scores = scoreboard(settings, table)
    assert scores[["part", "verdict", "tests", "tested"]].fillna("").to_numpy().tolist() == [
        ["Xa", "supported", 1, 1],
        ["Xb", "not testable", 1, 0],
        ["", "undecided", 2, 1],
    ]


@pytest.mark.parametrize(
    ("verdicts", "together", "either"),
    [
        (["supported", "supported"], "supported", "supported"),
        (["supported", "contradicted"], "contradicted", "supported"),
        (["supported", "not testable"], "undecided", "supported"),
        (["contradicted", "undecided"], "contradicted", "undecided"),
        (["contradicted", "contradicted"], "contradicted", "contradicted"),
        (["not testable"], "not testable", "not testable"),
    ],
)
def test_combination(verdicts: list[str], together: str, either: str) -> None:
    assert combine(verdicts, "all") == together
    assert combine(verdicts, "any") == either


def test_order_is_natural_and_ids_are_numbered() -> None:
    found = claims(study(H10=claim(SLOPE, RATIO), H2=claim(SLOPE))["hypotheses"])
    assert [p.id for item in found for p in item.predictions] == ["H2", "H10.1", "H10.2"]
    assert sorted(["H10", "H2", "H1"], key=natural) == ["H1", "H2", "H10"]
    with pytest.raises(ConfigError, match="names two tests"):
        claims({"X": claim({**SLOPE, "id": "same"}, {**RATIO, "id": "same"})})


def test_columns_of_a_term() -> None:
    assert columns_of("I(theme**2)") == ["theme"]
    assert columns_of("c(theme):log1p(x)") == ["theme", "x"]
    assert columns_of("Intercept") == []


def test_records_must_be_declared() -> None:
    settings = study(X=claim(SLOPE))
    del settings["records"]
    with pytest.raises(ConfigError, match="say complete"):
        judged(settings)


def test_the_rule_writes_tables_and_cards(tmp_path: Path) -> None:
    source = ROOT / "workflow" / "scripts" / "judge_hypotheses.py"
    spec = importlib.util.spec_from_file_location("judge_hypotheses", source)
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    pd.DataFrame([slope(1, 0.001)]).to_csv(tmp_path / "moderated.csv", index=False)
    (tmp_path / "fit.json").write_text(json.dumps(fit("moderated", ENOUGH)), encoding="utf-8")
    (tmp_path / "moments.json").write_text(json.dumps(moments()), encoding="utf-8")
    files = {"moments": "moments.json", "dictionary": "dictionary.csv"}
    (tmp_path / "dictionary.csv").write_text("name,date_rule_en,date_rule_fr\n", encoding="utf-8")
    script.main(
        study(X=claim(SLOPE)),
        effects=[str(tmp_path / "moderated.csv")],
        fits=[str(tmp_path / "fit.json")],
        features={name: str(tmp_path / file) for name, file in files.items()},
        to={
            "comparisons": str(tmp_path / "comparisons.csv"),
            "hypotheses": str(tmp_path / "hypotheses.csv"),
            "scoreboard": str(tmp_path / "scoreboard.csv"),
            "cards": str(tmp_path / "cards.json"),
        },
    )
    assert pd.read_csv(tmp_path / "comparisons.csv").empty  # one slope of one model asks for none
    assert pd.read_csv(tmp_path / "hypotheses.csv")["verdict"].tolist() == ["supported"]
    assert pd.read_csv(tmp_path / "scoreboard.csv")["verdict"].tolist() == ["supported"]
    cards = json.loads((tmp_path / "cards.json").read_text(encoding="utf-8"))["cards"]
    assert [(card["id"], card["verdict"]) for card in cards] == [("X", "supported")]
