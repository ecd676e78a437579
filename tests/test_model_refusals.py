"""What models, effects and worlds refuse, and what they are where there is nothing: sentences and limits."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from hypothesis_examples import JOINT, RATIO, claim
from interclust import effects, models
from interclust.effects import comparisons
from interclust.effects.agreement import _percentiles
from interclust.effects.claims import claims
from interclust.effects.curve import simultaneous
from interclust.effects.estimate import estimate
from interclust.effects.obstacles import _cause
from interclust.effects.planner.calls import printed_lists, shares
from interclust.effects.planner.of_lists import _profiled
from interclust.effects.planner.portfolios import Published
from interclust.effects.regions import MOST, Coverage
from interclust.errors import ConfigError, ModelError, NotEstimable
from interclust.inference.covariance import project_pieces
from interclust.inference.rows import by_length
from interclust.models import permute, reference
from interclust.models.diagnostics.list_laws import log_rate
from interclust.models.hidden.profile import Profiled
from interclust.models.joint import Estimate
from interclust.models.lists.fit import fit_lists
from interclust.models.lists.inference import ListInference
from interclust.models.lists.sensitivity import list_sensitivity
from interclust.models.validation import forward, influence
from interclust.models.validation.validate import validate
from interclust.numerics.families import FAMILIES
from interclust.numerics.newton import inverse
from interclust.numerics.subsets import SubsetLaw
from interclust.panel.pairs import shard_rows
from interclust.panel.territory import borders
from interclust.simulate import sizes, strengths
from interclust.simulate.registry import projects_by_period, source_folder
from interclust.simulate.truth import _by_world, _stacked
from test_covariance import panel
from test_lists import TERMS, example


@cache
def fitted(formula: str = "y ~ x + z") -> models.Fit:
    return models.fit(formula, panel(), family="logit")


def broken(fit: models.Fit) -> models.Fit:
    return replace(fit, optimum=replace(fit.optimum, converged=False))


@pytest.mark.parametrize("how", [partial(models.fit, family="logit"), validate, models.relogit])
def test_a_formula_without_an_outcome_is_refused(how: Any) -> None:
    with pytest.raises(ModelError, match=r"formula 'x \+ z': write outcome ~ terms"):
        how("x + z", panel())


def test_no_row_and_no_end_of_the_search_are_said() -> None:
    frame = panel().assign(x=np.nan)
    with pytest.raises(ModelError, match="no row is left for the outcome 'y'; look at the sample"):
        models.fit("y ~ x", frame, family="logit")
    with pytest.raises(ModelError, match="no standard errors: the search did not converge"):
        broken(fitted()).covariance("classical")


def test_comparisons_are_of_one_fit_or_two() -> None:
    fit = fitted()
    with pytest.raises(ModelError, match="3 fits; compare one or two"):
        effects.wald([fit, fit, fit], ["x"])
    with pytest.raises(ModelError, match="equality is tested between two fits, and 1 are given"):
        effects.equal([fit], "x", margin=1.5)
    lists, pairs, _ = example()
    with pytest.raises(ModelError, match="panel"):
        Estimate.of_fit(fit_lists(TERMS, lists.head(15), pairs))  # type: ignore[arg-type]


def test_recorded_models_are_compared_under_one_covariance_and_need_their_terms() -> None:
    (own,) = claims({"H1": claim(JOINT)})
    held: dict[str, Any] = {"params": [{"term": "region", "estimate": 0.1}]}
    assert comparisons._together(own.predictions[0], held) is None
    two = {**RATIO, "model": "first", "beside": "second", "effect": "equivalence", "term": "x", "expect": "0"}
    (own,) = claims({"H1": claim(two)})
    record = {"params": [{"term": "x"}], "ratio": "odds"}
    records = [record | {"spec": {"covariance": kind}} for kind in ("dyadic", "hc0")]
    with pytest.raises(ModelError, match="first and second are compared under dyadic and hc0; give them one"):
        comparisons._across(own.predictions[0], records, ".", {})


def test_what_lists_cannot_bear_is_refused() -> None:
    lists, pairs, _ = example()
    some = lists.head(15)
    for change, said in (
        ({"lists": some.head(0)}, "no list of two or more bodies"),
        ({"alpha": "fixed"}, "alpha 'fixed': there are free and mentions"),
        ({"terms": ["unknown"]}, "the pair features have no column 'unknown'; add it to features.names"),
        ({"pairs": pairs[pairs["cluster_i"] != some["members"][0][0]]}, "is not active or not eligible"),
    ):
        given = {"terms": TERMS, "lists": some, "pairs": pairs} | change
        with pytest.raises(ModelError, match=said):
            fit_lists(given.pop("terms"), given.pop("lists"), given.pop("pairs"), **given)
    one_source = some.assign(source_ids=[["s"]] * len(some))
    with pytest.raises(ModelError, match="all lists come from one source; use cluster_jackknife"):
        ListInference(fit_lists(TERMS, one_source, pairs)).covariance("source_jackknife")
    assert list_sensitivity({"status": "not_fitted"}, ".").empty
    with pytest.raises(ValueError, match="a list of 4 cannot be drawn from 3 bodies"):
        SubsetLaw(np.zeros(3), np.zeros((3, 3)), 4)


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        ("given", "visibility is taken to be 0.25"),
        ("not_identified", "not identified: the records fit visibility from 0.25 to 0.75 alike"),
        ("neither_end", "not identified: the records exclude neither visibility 0.25 nor 0.75"),
        ("not_fitted", "not fitted: no visibility of the grid has a finite estimate"),
        ("bounded", "bounded: visibility 0.5, from 0.25 to 0.75 (the grid ends there)"),
        ("identified", "identified: visibility 0.5, from 0.25 to 0.75"),
    ],
)
def test_verdicts_on_visibility_in_words(verdict: str, sentence: str) -> None:
    assert Profiled(verdict, -10.0, 0.25, 0.75, 0.5, 3.84).sentence == sentence


def test_statsmodels_must_agree_and_what_is_not_fitted_is_not_asked() -> None:
    record = {"model": "m", "loglik": -10.0}
    assert reference.check({"status": "not_fitted"}, ".") is None
    reference._refuse(record, {"difference": 1e-12, "loglik": -10.0, "score_norm": 1e-12})
    with pytest.raises(ModelError, match=r"model m: log-likelihood -10.0, in statsmodels -9.0"):
        reference._refuse(record, {"difference": 1.0, "loglik": -9.0, "score_norm": 1e-12})
    with pytest.raises(ModelError, match=r"model m: score 2.0e\+00 in statsmodels, not an optimum"):
        reference._refuse(record, {"difference": 0.0, "loglik": -10.0, "score_norm": 2.0})
    assert estimate({"status": "not_fitted"}, ".", "complete").empty


def test_no_rows_are_permuted_or_forecast() -> None:
    nothing = SimpleNamespace(batches=lambda: iter(()))
    with pytest.raises(ModelError, match="permutations: no dyad and period has all terms"):
        permute.Matrices.of(SimpleNamespace(outcome="y"), nothing)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="no row is left to forecast"):
        forward.gathered(nothing)  # type: ignore[arg-type]
    assert forward._last({}) == "there is none from the first on that is asked for"
    assert forward._last({3.0: "too few events"}) == "of 3, too few events"
    alike = influence.roc_auc_within(np.zeros(4), np.full(4, 0.2), np.array([1, 1, 2, 2]))
    assert math.isnan(alike.value)  # no period has both an event and none


def test_predictors_of_binary_outcomes_are_their_log_rates() -> None:
    eta = np.array([[-2.0], [0.5]])
    assert log_rate(FAMILIES["logit"], eta).tolist() == [-2.0, 0.5]
    assert log_rate(FAMILIES["poisson"], eta) == pytest.approx([-2.0, 0.5])


def test_bands_and_percentiles_of_what_does_not_vary() -> None:
    assert simultaneous(np.zeros((3, 3)), 12.0, 0.95) == pytest.approx(student.ppf(0.975, 12))
    assert all(math.isnan(end) for end in _percentiles(np.array([np.nan, np.inf])))
    assert _percentiles(np.arange(101.0)) == pytest.approx((2.5, 97.5))


def test_a_cause_counts_events_where_they_were_counted() -> None:
    assert _cause({"reason": "too few."}) == {"en": "too few", "fr": "« too few »"}
    assert _cause({"reason": "too few", "n": {"events": 4}})["en"] == "too few (events: 4)"


def test_a_hypothesis_has_tests_or_parts() -> None:
    with pytest.raises(ConfigError, match="hypothesis H9: has both parts and tests; move the tests"):
        claims({"H9": claim(RATIO, parts=[{"id": "H9a"}])})


def test_lists_of_regions_are_not_too_many() -> None:
    flags = np.ones((1, 2, 30), dtype=bool)
    policy = np.zeros(30, dtype=bool)
    policy[:2] = True
    assert len(Coverage(flags, np.array([1]), policy).lists()) == math.comb(30, 2)
    policy[:15] = True
    with pytest.raises(ModelError, match=f"15 of 30 regions have a policy, of more than {MOST} lists"):
        Coverage(flags, np.array([1]), policy).lists()


def test_a_share_needs_a_window_of_years_and_lists_stand_where_there_is_room() -> None:
    periods = pd.DataFrame(
        {
            "period": [1, 2],
            "reference": [pd.Timestamp(2006, 1, 1), pd.Timestamp(2007, 1, 1)],
            "n_colabelled": [np.nan, np.nan],
            "n_financed_low": [50.0, 50.0],
            "n_financed_high": [50.0, 50.0],
        }
    )
    windows = [
        {"label": "calls one to two", "n_colabelled": 9, "n_financed": 10},
        {"label": "2006-2007", "n_colabelled": 30, "n_financed": 100},
        {"label": "2007", "n_colabelled": None, "n_financed": 100},
    ]
    assert shares(periods, windows).tolist() == [0.3, 0.3]
    spans = pd.DataFrame({"period_low": [1, 3], "period_high": [2, 3]})
    spread = printed_lists(spans, np.array([1, 2, 3]), np.array([1.0, 3.0, 0.0]))
    assert spread.tolist() == [0.25, 0.75, 0.0]  # the second list has no period that may hold it
    assert Published(40.0, 5, 9).lists([], 2.2) == 0.0


def test_information_of_some_parameters_is_the_inverse_of_their_block_of_the_inverse() -> None:
    rng = np.random.default_rng(3)
    root = rng.normal(size=(9, 4))
    whole = root.T @ root
    keep = np.array([True, False, True, False])
    block = np.linalg.inv(whole)[np.ix_(keep, keep)]
    assert _profiled(whole, keep) == pytest.approx(np.linalg.inv(block))
    assert _profiled(whole, np.ones(4, bool)) is whole
    with pytest.raises(np.linalg.LinAlgError, match="not positive"), np.errstate(divide="ignore"):
        inverse(np.diag([1.0, 0.0]))


def test_rows_and_projects_match_and_empty_groups_are_passed_over() -> None:
    with pytest.raises(ValueError, match="project has 2 entries for 3 rows"):
        project_pieces(["a", "b"], 3)
    found = [(groups.tolist(), rows.tolist()) for groups, rows in by_length(np.array([0, 2, 2, 3, 5]))]  # type: ignore[union-attr]
    assert found == [([2], [[2]]), ([0, 3], [[0, 1], [3, 4]])]


def test_one_body_has_no_pair_and_regions_of_no_body_no_border() -> None:
    assert shard_rows(0, 1) == slice(0, 0)
    table = pd.DataFrame({"region": ["A", "B"], "neighbours": [["B", "abroad"], []]})
    assert borders(table, ["A", "B"]).tolist() == [[False, True], [True, False]]


def test_worlds_need_published_numbers_that_can_be() -> None:
    study = {"simulate": {"source": "data/nowhere"}}
    with pytest.raises(ConfigError, match=r"simulate\.source: the folder data/nowhere does not exist"):
        source_folder(study)
    told = pd.DataFrame({"period": [1], "n_financed_low": [np.nan], "n_financed_high": [np.nan]})
    with pytest.raises(ConfigError, match="no period says how many projects were financed"):
        projects_by_period(SimpleNamespace(periods=told))  # type: ignore[arg-type]
    periods, projects = np.arange(1, 5), np.full(4, 100)
    late = {"first": 8, "last": 9, "n": 5, "of": 10}
    with pytest.raises(ConfigError, match="each over periods that have projects"):
        sizes.colabelled_shares(periods, projects, [late])
    whole = {"first": 1, "last": 4, "n": 200, "of": 400}
    with pytest.raises(ConfigError, match="size 1 is not a co-label; give shares of the sizes from 2 on"):
        sizes.size_counts(periods, projects, [whole], {"1": 0.5, "2": 0.5})


def test_a_body_with_projects_is_active_when_it_had_them() -> None:
    item = SimpleNamespace(name="Alpha", first=3, last=4, members=np.array([0]))
    stretches = [SimpleNamespace(middle=1), SimpleNamespace(middle=3.5)]
    assert strengths._of(item, np.array([[5.0], [2.0]]), stretches) == 2.0  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="Alpha is not active in periods 3 to 4 of the study"):
        strengths._of(item, np.array([[5.0], [0.0]]), stretches)  # type: ignore[arg-type]


def worlds() -> pd.DataFrame:
    frame = panel()
    return pd.concat([frame.assign(world=number, y=np.roll(frame["y"], 7 * number)) for number in range(3)])


def linear(sample: pd.DataFrame, cluster_effects: bool = False) -> models.Fit:
    return models.fit("n ~ x + z", sample, family="linear")


def test_the_truth_of_a_model_with_effects_is_the_mean_over_worlds() -> None:
    frame = worlds().reset_index(drop=True)
    frame["n"] = frame["n"] + frame["world"] * frame["x"]
    each = [np.linalg.lstsq(design(own), own["n"].to_numpy(float), rcond=None)[0] for own in by_world(frame)]
    truth = _by_world(linear, frame)
    assert set(truth) == {"x", "z"}  # the intercept is that of the first cluster
    for place, term in ((1, "x"), (2, "z")):
        values = [own[place] for own in each]
        assert truth[term] == pytest.approx((np.mean(values), np.std(values, ddof=1) / math.sqrt(3)))


def design(own: pd.DataFrame) -> np.ndarray:
    return np.column_stack([np.ones(len(own)), own["x"], own["z"]]).astype(float)


def by_world(frame: pd.DataFrame) -> list[pd.DataFrame]:
    return [own for _, own in frame.groupby("world")]


def test_worlds_that_do_not_bear_a_model_give_it_no_truth() -> None:
    frame = worlds().reset_index(drop=True)

    def of_one_world(sample: pd.DataFrame, cluster_effects: bool = False) -> models.Fit:
        if sample["world"].iloc[0] == 0:
            raise NotEstimable("no event", {})
        fit = linear(sample)
        return fit if sample["world"].iloc[0] == 1 else broken(fit)

    assert _by_world(of_one_world, frame) == {}
    assert _stacked(of_one_world, frame) == {}
    assert _stacked(lambda sample: broken(linear(sample)), frame) == {}
