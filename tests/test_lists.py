"""List choice against R, against a likelihood written out, and its properties."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import effects
from interclust.errors import ModelError
from interclust.inference.covariance import clip_eigenvalues, raise_to_floor
from interclust.models.lists.choice_sets import combinations
from interclust.models.lists.fit import fit_lists
from interclust.models.lists.inference import ListInference, tipping_ratio

ORACLES = Path(__file__).parent / "oracles"
TERMS = ["same_sector", "log_distance_km"]
FLAT = 1e9  # a prior so weak that it is none


def example(sizes: tuple[int, ...] = (2, 3, 4)) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Lists and pairs of the oracle in the form of the stages, and the names of the bodies."""
    bodies = pd.read_csv(ORACLES / "list_bodies.csv")
    names = bodies["body"].tolist()
    number = {name: position for position, name in enumerate(names)}
    active = {name: (first, last) for name, first, last in bodies.itertuples(index=False)}
    pairs = pd.read_csv(ORACLES / "list_pairs.csv")
    at_risk = [
        all(active[body][0] <= row.period <= active[body][1] for body in (row.cluster_i, row.cluster_j))
        for row in pairs.itertuples()
    ]
    pairs = pairs[at_risk].replace({"cluster_i": number, "cluster_j": number})
    pairs[["cluster_i", "cluster_j"]] = pairs[["cluster_i", "cluster_j"]].astype(int)
    raw = pd.read_csv(ORACLES / "list_lists.csv")
    lists = pd.DataFrame(
        {
            "list_id": raw["list_id"],
            "members": [[number[name] for name in text.split(";")] for text in raw["members"]],
            "period_low": raw["period"],
            "period_high": raw["period"],
            "source_ids": [[f"s{position % 7}"] for position in range(len(raw))],
        }
    )
    lists["m"] = lists["members"].map(len)
    return lists[lists["m"].isin(sizes)].reset_index(drop=True), pairs, names


def oracle(model: str) -> dict[tuple[str, str, str], float]:
    values = pd.read_csv(ORACLES / "values.csv", keep_default_na=False)
    rows = values[values["model"] == model]
    return {(row.quantity, row.row, row.col): float(row.value) for row in rows.itertuples()}


@pytest.mark.parametrize(("model", "sizes"), [("list_choice", (2, 3, 4)), ("list_choice_pairs", (2,))])
def test_equals_the_conditional_logit_of_r(model: str, sizes: tuple[int, ...]) -> None:
    lists, pairs, names = example(sizes)
    fit = fit_lists(TERMS, lists, pairs, prior_variance=FLAT)
    expected = oracle(model)
    for term, beta in zip(fit.terms, fit.coefficients, strict=True):
        assert beta == pytest.approx(expected["coef", term, ""], rel=1e-6)
    reference = min(fit.alpha)  # R's first named body has effect zero
    for body, alpha in fit.alpha.items():
        if body != reference:
            difference = alpha - fit.alpha[reference]
            assert difference == pytest.approx(expected["coef", names[body], ""], abs=1e-5)
    assert fit.loglik == pytest.approx(expected["loglik", "", ""], rel=1e-9)
    covariance = fit.covariance_beta()
    for a, b in itertools.combinations_with_replacement(range(2), 2):
        assert covariance[a, b] == pytest.approx(expected["classical", TERMS[a], TERMS[b]], rel=1e-5)


def test_equals_r_with_a_normal_prior() -> None:
    lists, pairs, names = example()
    fit = fit_lists(TERMS, lists, pairs, prior_variance=1.0)
    expected = oracle("list_choice_prior")
    for term, beta in zip(fit.terms, fit.coefficients, strict=True):
        assert beta == pytest.approx(expected["coef", term, ""], rel=1e-7)
    for body, alpha in fit.alpha.items():
        assert alpha == pytest.approx(expected["coef", names[body], ""], abs=1e-7)
    assert fit.loglik == pytest.approx(expected["loglik", "", ""], rel=1e-10)


def brute_force(lists: pd.DataFrame, pairs: pd.DataFrame, beta: np.ndarray, alpha: dict[int, float]) -> float:
    """The log-likelihood of the definition, subset by subset."""
    x = {(row.period, row.cluster_i, row.cluster_j): row for row in pairs.itertuples()}
    named = {member for members in lists["members"] for member in members}
    total = 0.0
    for row in lists.itertuples():
        at_risk = sorted({body for (t, i, j) in x if t == row.period_low for body in (i, j) if body in named})

        def utility(subset: tuple[int, ...], t: int = row.period_low) -> float:
            pair_part = sum(
                beta @ [getattr(x[t, *sorted(pair)], term) for term in TERMS]
                for pair in itertools.combinations(subset, 2)
            )
            return sum(alpha[body] for body in subset) + float(pair_part)

        utilities = np.array([utility(subset) for subset in itertools.combinations(at_risk, row.m)])
        total += utility(tuple(sorted(row.members))) - float(np.logaddexp.reduce(utilities))
    return total


def test_likelihood_equals_the_definition_written_out() -> None:
    lists, pairs, _ = example()
    lists = lists.head(15)
    fit = fit_lists(TERMS, lists, pairs, prior_variance=2.0)
    beta, alpha = fit.coefficients, fit.alpha
    assert fit.loglik == pytest.approx(brute_force(lists, pairs, beta, alpha), rel=1e-12)
    rng = np.random.default_rng(1)
    penalty = sum(value**2 for value in alpha.values()) / 4.0
    for _ in range(5):  # no neighbour is better
        moved = {body: value + rng.normal(scale=0.1) for body, value in alpha.items()}
        other = brute_force(lists, pairs, beta + rng.normal(scale=0.1, size=2), moved)
        assert other - sum(value**2 for value in moved.values()) / 4.0 < fit.loglik - penalty


def test_combinations_are_those_of_itertools() -> None:
    for n, m in ((5, 2), (6, 3), (7, 4), (4, 4), (6, 5)):
        assert combinations(n, m).tolist() == [list(c) for c in itertools.combinations(range(n), m)]


def test_order_of_lists_and_of_members_does_not_matter() -> None:
    lists, pairs, _ = example()
    mixed = lists.sample(frac=1.0, random_state=3)
    mixed["members"] = [members[::-1] for members in mixed["members"]]
    one, other = (fit_lists(TERMS, frame, pairs) for frame in (lists, mixed))
    np.testing.assert_array_equal(one.coefficients, other.coefficients)


def test_a_factor_common_to_a_call_or_a_size_cancels() -> None:
    """Adding a constant to a feature of every pair of a period cannot change with whom."""
    lists, pairs, _ = example()
    shifted = pairs.assign(same_sector=pairs["same_sector"] + (pairs["period"] == 2) * 5.0)
    one, other = (fit_lists(TERMS, lists, frame) for frame in (pairs, shifted))
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-7)


def test_jackknife_of_pairs_is_the_dyadic_form() -> None:
    """For lists of two the inclusion-exclusion sum is: clusters minus pairs."""
    lists, pairs, _ = example((2,))
    fit = fit_lists(TERMS, lists, pairs, prior_variance=2.0)
    scores, informations = fit.likelihood.list_scores(fit.optimum.params)
    members = {choice.list_id: choice.members for choice in fit.observed}
    held = [members[name] for choice in fit.likelihood.sets for name in choice.list_ids]

    def summed(groups: set) -> np.ndarray:
        total = np.zeros((len(TERMS), len(TERMS)))
        for group in groups:
            rows = [row for row, own in enumerate(held) if set(group) <= set(own)]
            left = fit.optimum.information - informations[rows].sum(axis=0)
            change = -np.linalg.solve(left, scores[rows].sum(axis=0))[: len(TERMS)]
            total += np.outer(change, change)
        return total

    bodies = {(body,) for own in held for body in own}
    floor = np.diag(ListInference(fit).list_sandwich())
    raw, _ = clip_eigenvalues(summed(bodies) - summed(set(held)), "scaled", floor)
    expected, _ = raise_to_floor(raw, floor)
    found = ListInference(fit).covariance()
    assert np.any(np.diag(raw) > floor)
    assert found.matrix == pytest.approx(expected, rel=1e-9)
    assert found.df == len(bodies) - 1


@pytest.mark.parametrize("kind", ["classical", "cluster_jackknife", "source_jackknife"])
def test_covariances_are_positive(kind: str) -> None:
    lists, pairs, _ = example()
    matrix = ListInference(fit_lists(TERMS, lists, pairs)).covariance(kind).matrix
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_tipping_ratio_is_one_where_the_interval_holds_zero() -> None:
    estimate, limit = tipping_ratio(
        np.array([1.0, 1.0, -1.0]), np.array([0.5, -0.1, -2.0]), np.array([1.5, 2, -0.5])
    )
    np.testing.assert_allclose(estimate, np.exp([1, 1, 1]))
    np.testing.assert_allclose(limit, np.exp([0.5, 0, 0.5]))


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"period_low": 99}, {}, "no pair features for period 99"),
        ({"members": [[0, 11]]}, {"at_risk": "somebody"}, "at_risk"),
        ({}, {"alpha": "mentions"}, "needs the number of mentions"),
        ({}, {"prior_variance": -1.0}, "must be positive"),
    ],
)
def test_refusals(change: dict, options: dict, said: str) -> None:
    lists, pairs, _ = example()
    lists = lists.head(1) if "members" in change else lists
    with pytest.raises(ModelError, match=said):
        fit_lists(TERMS, lists.assign(**change), pairs, **options)


def test_a_missing_feature_of_an_observed_list_is_said() -> None:
    lists, pairs, _ = example()
    broken = pairs.assign(same_sector=np.nan)
    with pytest.raises(ModelError, match="missing in period"):
        fit_lists(TERMS, lists, broken)


def test_the_calls_of_a_notebook() -> None:
    lists, pairs, _ = example()
    fit = fit_lists(TERMS, lists, pairs)
    tidy = fit.tidy().set_index("term")
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov())), tidy["std_error"])
    tip = effects.tipping_ratio(fit, "same_sector")
    assert tip["estimate"] == pytest.approx(np.exp(abs(fit.params["same_sector"])))
    assert tip["limit"] == pytest.approx(np.exp(max(tidy.loc["same_sector", "conf_low"], 0.0)))
