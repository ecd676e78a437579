"""Validation by forward chaining: scores against scikit-learn and R, no look ahead, coverage, bad luck."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import beta
from sklearn.metrics import average_precision_score, roc_auc_score

from interclust import models
from interclust.errors import ModelError, NotEstimable
from interclust.models.rows.batches import Batch, Columns
from interclust.models.validation import influence, study
from interclust.models.validation.baselines import baselines_of
from interclust.models.validation.curve import calibration_curve
from interclust.models.validation.forward import Forecasts, carried
from interclust.models.validation.scores import intervals, score_table

ORACLES = Path(__file__).parent / "oracles"
LAST = 6
TERMS = "tied ~ c(x) + near"


def frame(seed: int = 3, clusters: int = 16, rate: float = -1.6) -> pd.DataFrame:
    """All pairs of some clusters in six periods; pairs that are alike are tied more often."""
    rng = np.random.default_rng(seed)
    i, j = np.triu_indices(clusters, 1)
    parts = []
    for period in range(1, LAST + 1):
        x, near = rng.normal(period / 3, 1, len(i)), (i + j) % 2
        chance = expit(rate + 0.6 * x + 0.8 * near - period / 4)
        tied = (rng.random(len(i)) < chance).astype(float)
        degree = rng.integers(0, 9, len(i)).astype(float)
        columns = {"tied": tied, "x": x, "near": near, "degree": degree, "spare": rng.normal(size=len(i))}
        parts.append(pd.DataFrame({"period": period, "cluster_i": i, "cluster_j": j, **columns}))
    made = pd.concat(parts, ignore_index=True)
    made.loc[::7, "spare"] = np.nan
    return made


def judge(data: pd.DataFrame, formula: str = TERMS, **options: object) -> models.Validation:
    return models.validate(formula, data, scores=["degree"], features=["spare", "degree"], **options)  # type: ignore[arg-type]


def forecasts_of(y: np.ndarray, p: np.ndarray, clusters: int, period: np.ndarray | None = None) -> Forecasts:
    """Forecasts of all pairs of some clusters."""
    i, j = np.triu_indices(clusters, 1)
    none = np.zeros(0, dtype=int)
    rows = Batch(Columns({"p": p}), i, j, none, none)
    return Forecasts(rows, np.zeros(len(y)) if period is None else period, y, {"model": p}, clusters)


# --- scores ----------------------------------------------------------------------------------------------


def test_scores_are_those_of_r() -> None:
    data = pd.read_csv(ORACLES / "validation.csv")
    values = pd.read_csv(ORACLES / "validation_values.csv").set_index("quantity")["value"]
    y, p = data["y"].to_numpy(float), data["p"].to_numpy()
    intercept, slope = influence.calibration(y, p)
    found = {
        "roc_auc": influence.roc_auc(y, p),
        "pr_auc": influence.pr_auc(y, p),
        "brier": influence.brier(y, p),
        "log_score": influence.log_score(y, p),
        "calibration_intercept": intercept,
        "calibration_slope": slope,
    }
    for name, score in found.items():
        assert score.value == pytest.approx(values[name], rel=1e-9), name
    placements = [found["roc_auc"].influence[y == kind] for kind in (0, 1)]
    variance = sum(float(part @ part) * len(part) / (len(part) - 1) for part in placements)
    assert variance == pytest.approx(values["roc_auc_variance"], rel=1e-12)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_influence_is_the_derivative_in_the_weight_of_a_row(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.append((rng.random(30) < 0.3).astype(float), [0.0, 1.0])
    p = np.round(rng.random(32), 1)  # ties
    for score, judged in ((influence.roc_auc, roc_auc_score), (influence.pr_auc, average_precision_score)):
        row, step = rng.integers(32), 1e-6
        ends = []
        for sign in (-1, 1):
            weight = np.ones(32)
            weight[row] += sign * step
            ends.append(judged(y, p, sample_weight=weight))
        own = score(y, p)
        assert own.value == pytest.approx(judged(y, p), rel=1e-12)
        assert own.influence[row] == pytest.approx((ends[1] - ends[0]) / (2 * step), abs=1e-7)


def test_the_area_within_periods_compares_no_two_periods() -> None:
    rng = np.random.default_rng(1)
    y, p = (rng.random(120) < 0.3).astype(float), rng.random(120)
    period = np.repeat([1, 2, 3, 4], 30)
    y[period == 4] = 0.0  # no event: nothing to compare
    shifted = p + 10.0 * period
    own = influence.roc_auc_within(y, p, period)
    assert own.value == influence.roc_auc_within(y, shifted, period).value != influence.roc_auc(y, p).value
    assert not own.influence[period == 4].any()
    # the influence is that of the ratio of two sums: check by doubling one row's weight in small steps
    row, step, values = int(np.flatnonzero((y > 0) & (period == 2))[0]), 1e-6, []
    for sign in (-1, 1):
        weight = np.ones(120)
        weight[row] += sign * step
        total = pairs = 0.0
        for here in (period == k for k in (1, 2, 3)):
            size = weight[here & (y > 0)].sum() * weight[here & (y == 0)].sum()
            total += size * roc_auc_score(y[here], p[here], sample_weight=weight[here])
            pairs += size
        values.append(total / pairs)
    assert own.influence[row] == pytest.approx((values[1] - values[0]) / (2 * step), abs=1e-8)


def test_brier_skill_and_its_influence() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(50)
    y = (rng.random(50) < p).astype(float)
    skill = influence.brier_skill(y, p, np.full(50, 0.5))
    assert skill.value == pytest.approx(1 - np.mean((y - p) ** 2) / 0.25)
    without = [1 - np.delete((y - p) ** 2, row).mean() / 0.25 for row in range(50)]
    assert np.corrcoef(skill.influence, skill.value - np.array(without))[0, 1] > 0.9999
    assert np.isnan(influence.brier_skill(y, p, y).value)


def test_scores_that_the_rows_do_not_have_are_missing() -> None:
    zeros, p = np.zeros(5), np.linspace(0.1, 0.5, 5)
    assert np.isnan(influence.roc_auc(zeros, p).value)
    assert np.isnan(influence.pr_auc(zeros, p).value)
    assert np.isnan(influence.calibration(zeros, p)[0].value)
    parted = np.array([0.0, 0, 0, 1, 1])  # the forecasts part events from the rest: no finite slope
    assert np.isnan(influence.calibration(parted, p)[1].value)
    assert influence.roc_auc(parted, p).value == 1.0
    assert np.isfinite(influence.log_score(parted, np.array([0.0, 0, 0, 1, 0])).value)


# --- errors ----------------------------------------------------------------------------------------------


def world(clusters: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and forecasts of all pairs: clusters differ, and the forecasts know it in part."""
    i, j = np.triu_indices(clusters, 1)
    active = rng.normal(0, 0.7, clusters)
    seen = active + rng.normal(0, 0.5, clusters)
    x = rng.normal(size=len(i))
    y = (rng.random(len(i)) < expit(-3 + active[i] + active[j] + x)).astype(float)
    return y, expit(-3 + 0.8 * (seen[i] + seen[j]) + 0.7 * x)


def test_intervals_cover_where_clusters_differ() -> None:
    """The truth is that of 399,000 pairs; rows taken as independent would cover far less of Brier's score."""
    rng = np.random.default_rng(0)
    parts = [world(400, rng) for _ in range(5)]
    y, p = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    truth = (influence.roc_auc(y, p).value, influence.brier(y, p).value, influence.calibration(y, p)[1].value)
    hits, naive = np.zeros(3), 0.0
    for _ in range(100):
        y, p = world(50, rng)
        scores = [influence.roc_auc(y, p), influence.brier(y, p), influence.calibration(y, p)[1]]
        limits = intervals(scores, forecasts_of(y, p, 50))
        hits += [low <= value <= high for value, (low, high) in zip(truth, limits, strict=True)]
        naive += abs(scores[1].value - truth[1]) <= 1.96 * np.linalg.norm(scores[1].influence)
    assert (hits >= 86).all()  # 95 % at best; the binomial error of 100 draws is 2 to 3
    assert naive <= hits[1] - 15


def test_projects_and_pairs_count_in_the_errors() -> None:
    rng = np.random.default_rng(4)
    y, p = world(20, rng)
    plain = forecasts_of(y, p, 20)
    tied = np.flatnonzero(y)
    rows = Batch(plain.rows.columns, plain.rows.i, plain.rows.j, tied, np.zeros(len(tied), dtype=int))
    joined = Forecasts(rows, plain.period, y, plain.by, 20)  # one project made every tie
    low, high = intervals([influence.brier(y, p)], plain)[0]
    wide = intervals([influence.brier(y, p)], joined)[0]
    assert wide[1] - wide[0] > 1.5 * (high - low)


def test_the_calibration_curve() -> None:
    rng = np.random.default_rng(5)
    y, p = world(40, rng)
    y[p < np.quantile(p, 0.25)] = 0.0
    curve = calibration_curve(forecasts_of(y, p, 40), bins=8)
    assert curve["n_rows"].sum() == len(y)
    assert curve["n_events"].sum() == y.sum()
    assert curve["forecast"].is_monotonic_increasing
    assert len(curve) == 8
    assert ((curve["conf_low"] <= curve["observed"]) & (curve["observed"] <= curve["conf_high"])).all()
    first = curve.iloc[0]
    assert first["observed"] == first["conf_low"] == 0.0  # Clopper and Pearson's limit of none among n
    assert first["conf_high"] == pytest.approx(1 - 0.025 ** (1 / first["n_rows"]))
    alike = calibration_curve(forecasts_of(y, np.full(len(y), 0.1), 40), bins=8)
    assert len(alike) == 1
    assert alike["observed"][0] == pytest.approx(y.mean())
    wide = alike.iloc[0]  # rows that share clusters are worth fewer than they are
    events, others = wide["n_events"], wide["n_rows"] - wide["n_events"]
    plain = beta.ppf([0.025, 0.975], [events, events + 1], [others + 1, others])
    assert wide["conf_high"] - wide["conf_low"] > 1.5 * (plain[1] - plain[0])


# --- forward chaining ------------------------------------------------------------------------------------


def test_forecasts_are_those_of_the_fit_to_the_rows_before() -> None:
    data = frame()
    found = judge(data, f"{TERMS} + C(period)").forecasts
    assert set(found.by) == {"model", "prevalence", "degree", "boosting", "boosting_all"}
    for period in (3, 6):
        past, new = data[data["period"] < period], data[data["period"] == period]
        own = models.fit(f"{TERMS} + C(period)", past)
        by_hand = own.predict(new.assign(period=period - 1))  # a new period has the effect of the last
        here = found.period == period
        np.testing.assert_allclose(found.by["model"][here], by_hand, rtol=1e-12)
        assert found.by["prevalence"][here] == pytest.approx(past["tied"].mean())
        score = models.fit("tied ~ log1p(degree)", past, family="firth").predict(new, "flic")
        np.testing.assert_allclose(found.by["degree"][here], score, rtol=1e-9)


def test_firth_forecasts_with_flic() -> None:
    data = frame()
    found = judge(data, family="firth", start=LAST).forecasts
    own = models.fit(TERMS, data[data["period"] < LAST], family="firth")
    np.testing.assert_allclose(
        found.by["model"], own.predict(data[data["period"] == LAST], "flic"), rtol=1e-12
    )


def test_what_comes_later_changes_no_forecast() -> None:
    """Outcomes from t on, and all that is known after t, may be anything: forecasts of t stay as they are."""
    data, t = frame(), 4
    rng = np.random.default_rng(9)
    other = data.copy()
    late = other["period"] >= t
    other.loc[late, "tied"] = rng.integers(0, 2, late.sum()).astype(float)
    after = other["period"] > t
    for name in ("x", "degree", "spare"):
        other.loc[after, name] = rng.normal(5, 3, after.sum()) ** 2
    before, changed = (judge(rows, f"{TERMS} + C(period)").forecasts for rows in (data, other))
    for name in before.by:
        for period in (2, 3, t):
            here, there = before.period == period, changed.period == period
            np.testing.assert_array_equal(before.by[name][here], changed.by[name][there])
        assert (before.by[name][before.period == 5] != changed.by[name][changed.period == 5]).any()


def test_the_order_of_rows_and_of_pairs_changes_nothing() -> None:
    data = frame()
    mixed = data.sample(frac=1, random_state=1).reset_index(drop=True)
    turned = mixed["cluster_i"] % 2 == 0
    mixed.loc[turned, ["cluster_i", "cluster_j"]] = mixed.loc[turned, ["cluster_j", "cluster_i"]].to_numpy()
    first, second = judge(data, start=5).scores, judge(mixed, start=5).scores
    pd.testing.assert_frame_equal(first, second, rtol=1e-8)


def test_two_runs_give_the_same() -> None:
    first, second = (judge(frame(), start=5) for _ in range(2))
    pd.testing.assert_frame_equal(first.scores, second.scores, check_exact=True)
    pd.testing.assert_frame_equal(first.calibration, second.calibration, check_exact=True)


def test_a_new_level_is_forecast_by_the_last_before_it() -> None:
    np.testing.assert_array_equal(carried(np.array([1.0, 4, 9, 0]), (1.0, 3.0), "d", False), [1, 3, 3, 1])
    words = np.array(["a", "z"], dtype=object)
    assert carried(words, ("a", "b"), "period", True).tolist() == ["a", "b"]
    with pytest.raises(NotEstimable, match="kind = 'z' is new"):
        carried(words, ("a", "b"), "kind", False)


# --- bad luck --------------------------------------------------------------------------------------------


def test_a_period_without_events_is_forecast_and_has_no_area() -> None:
    data = frame()
    data.loc[data["period"] == 4, "tied"] = 0.0
    table = judge(data).scores
    own = table[(table["period"] == "4") & (table["predictor"] == "model")].set_index("metric")
    assert (own["note"] == "one_class").all()
    assert (own["n_events"] == 0).all()
    assert np.isnan(own.loc["roc_auc", "estimate"])
    assert own.loc["brier", "estimate"] > 0
    pooled = table[(table["period"] == "pooled") & (table["metric"] == "brier")]
    assert (pooled["n_rows"] == 5 * 120).all()


def test_few_events_have_scores_without_intervals() -> None:
    data = frame(rate=-3.2)
    table = judge(data).scores
    few = table[table["note"] == "few_events"]
    assert len(few)
    assert few["conf_low"].isna().all()
    assert few["estimate"].notna().any()


def test_separation_before_a_period_is_marked() -> None:
    data = frame()
    early = data["period"] <= 3
    data.loc[early & (data["near"] == 0), "tied"] = 0.0  # until then every event is near
    table = judge(data).scores
    missed = table[table["note"].str.startswith("not_forecast")].set_index("period")["note"]
    assert "near" in missed["3"]
    assert "separates" in missed["3"]
    assert "6" not in missed.index
    assert "0 events before it" in missed["1"]


def test_nothing_to_forecast_is_a_sentence() -> None:
    data = frame()
    with pytest.raises(NotEstimable, match=r"no period can be forecast: of 6, .* at least 9999"):
        judge(data, min_events=9999)
    with pytest.raises(ModelError, match="family 'poisson' gives none"):
        judge(data, family="poisson")
    with pytest.raises(ModelError, match="no column 'year'"):
        judge(data, period="year")
    with pytest.raises(ModelError, match="the outcome 'tied' is among what is to forecast it"):
        models.validate(TERMS, data, features=["tied"])
    spec = {"outcome": "emergence", "family": "logit", "terms": ["x"], "cluster_effects": True}
    with pytest.raises(ModelError, match="not known before its first tie"):
        study.validate_study(spec, "nowhere")


def test_a_score_that_does_not_vary_is_the_prevalence() -> None:
    data = frame()
    data["degree"] = 2.0
    found = judge(data, start=6).forecasts
    np.testing.assert_array_equal(found.by["degree"], found.by["prevalence"])


def test_a_score_that_is_missing_is_the_prevalence() -> None:
    data = frame()
    data.loc[data["near"] == 1, "degree"] = np.nan
    found = judge(data, start=6).forecasts
    without = data.loc[data["period"] == 6, "degree"].isna().to_numpy()
    alike = found.by["degree"] == found.by["prevalence"]
    np.testing.assert_array_equal(alike, without)


def test_terms_in_words_are_forecast_while_they_are_known() -> None:
    data = frame()
    data["kind"] = np.where(data["near"] == 1, "alike", "apart")
    data.loc[(data["period"] == 6) & (data.index % 2 == 0), "kind"] = "unheard of"
    found = models.validate("tied ~ x + C(kind)", data)
    assert np.isfinite(found.forecasts.by["boosting"]).all()
    assert list(found.forecasts.missed) == [1, 6]
    assert "kind = 'unheard of' is new" in found.forecasts.missed[6]


def test_events_alone_before_a_period_are_marked() -> None:
    data = frame()
    data.loc[data["period"] == 1, "tied"] = 1.0
    notes = judge(data).scores.set_index("period")["note"]
    assert "is 1 in all 120 rows" in notes["2"]
    assert not notes["3"].str.contains("not_forecast").any()


def test_columns_without_a_value_so_far_do_not_stop_the_trees() -> None:
    data = frame()
    data.loc[data["period"] < 5, "spare"] = np.nan
    assert np.isfinite(judge(data).forecasts.by["boosting_all"]).all()
    assert set(baselines_of("tied", [], [], [], 1)) == {"prevalence"}


def test_the_table_says_what_it_is() -> None:
    data = frame()
    table = judge(data, f"{TERMS} + C(period)", start=5).scores
    pooled = table[table["period"] == "pooled"]
    assert (pooled.loc[pooled["predictor"] == "model", "note"] == "level_carried").all()
    lead = pooled.set_index(["predictor", "metric"])["estimate"]
    gap = lead["model", "pr_auc"] - lead["degree", "pr_auc"]
    assert lead["degree", "pr_auc_lead"] == pytest.approx(gap)
    assert re.fullmatch(r"\d+", table["period"].iloc[-1])
    assert score_table(judge(data, start=6).forecasts)["note"].iloc[0] == ""
