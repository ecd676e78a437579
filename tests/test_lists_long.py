"""List choice beyond the sizes that can be enumerated: sampled alternatives and their covariance."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interclust.errors import ModelError
from interclust.models.lists import fit as model
from interclust.models.lists.alternatives import Law, Sampling, cells, drawn_sets, swap_sets
from interclust.models.lists.checks import list_remarks
from interclust.models.lists.choice_sets import PairTable, choices, pair_sums
from interclust.models.lists.dependence import counted_together, sharing
from interclust.models.lists.fit import fit_lists
from interclust.models.lists.inference import ListInference
from interclust.numerics.subsets import SubsetLaw
from interclust.numerics.swaps import swapped
from test_lists import TERMS, example

BETA = np.array([0.8, -0.5])
BODIES = 16


def pairs_of(n: int = BODIES, seed: int = 3) -> pd.DataFrame:
    """Two features of every pair of n bodies in one period."""
    rng = np.random.default_rng(seed)
    i, j = np.triu_indices(n, 1)
    columns = {"same_sector": (i % 4 == j % 4).astype(float), "log_distance_km": rng.normal(size=len(i))}
    return pd.DataFrame({"period": 1, "cluster_i": i, "cluster_j": j, **columns})


def drawn_lists(count: int, size: int, seed: int = 5, n: int = BODIES) -> pd.DataFrame:
    """Lists from the model with BETA and effects of bodies."""
    rng = np.random.default_rng(seed)
    x = np.nan_to_num(PairTable.from_frame(pairs_of(n), TERMS).x[1])
    drawn = SubsetLaw(rng.normal(0.0, 0.5, n), x @ BETA, size).draw(rng, count)
    return pd.DataFrame(
        {
            "list_id": [f"l{row:03d}" for row in range(count)],
            "members": drawn.tolist(),
            "m": size,
            "period_low": 1,
            "period_high": 1,
            "source_ids": [[f"s{row % 5}"] for row in range(count)],
        }
    )


def rules(**sampling: int) -> model.Rules:
    return model.Rules(4.0, True, None, Sampling(**sampling))


def test_alternatives_that_are_all_subsets_give_the_exact_fit() -> None:
    lists, pairs, _ = example()
    exact = fit_lists(TERMS, lists, pairs)
    sets = [replace(each, log_q=np.full(len(each.z), -7.0)) for each in exact.likelihood.sets]
    other = model._search(exact.observed, exact.table, exact.rules, sets, exact.bodies, None, 1e-10)
    np.testing.assert_allclose(other.optimum.params, exact.optimum.params, atol=1e-10)
    np.testing.assert_allclose(other.optimum.information, exact.optimum.information, atol=1e-9)
    assert other.loglik == pytest.approx(exact.loglik, abs=1e-9)


def test_few_subsets_are_enumerated_whatever_their_size() -> None:
    lists, pairs = drawn_lists(12, 7, n=9), pairs_of(9)
    few = fit_lists(TERMS, lists, pairs, exact_to=2, alternatives=36)  # 9 over 7
    whole = fit_lists(TERMS, lists, pairs, exact_to=7)
    np.testing.assert_array_equal(few.coefficients, whole.coefficients)
    assert few.n_sampled == 0
    assert fit_lists(TERMS, lists, pairs, exact_to=2, alternatives=35).n_sampled == len(lists)


def test_an_unequal_chance_to_be_drawn_is_corrected() -> None:
    """Drawn with replacement from a law far from the estimate: the exact fit within sampling error."""
    lists, pairs, _ = example((3,))
    exact = fit_lists(TERMS, lists, pairs)
    rng = np.random.default_rng(11)
    sets = []
    for each in exact.likelihood.sets:
        log_q = each.utility(np.array([-0.5, 0.2]), rng.normal(0.0, 0.5, len(exact.bodies)))
        chance = np.exp(log_q - log_q.max())
        rows = rng.choice(len(log_q), 40_000, p=chance / chance.sum())
        taken = np.concatenate([each.observed, rows])
        first = np.arange(len(each.observed))
        sets.append(
            replace(each, members=each.members[:, taken], z=each.z[taken], observed=first, log_q=log_q[taken])
        )
    other = model._search(exact.observed, exact.table, exact.rules, sets, exact.bodies, None, 1e-8)
    error = np.sqrt(np.diag(exact.covariance_beta()))
    assert np.all(np.abs(other.coefficients - exact.coefficients) < 0.1 * error)


def test_a_list_and_its_alternative_are_exchangeable_however_short_the_chain() -> None:
    n, m, draws, rng = 5, 2, 60_000, np.random.default_rng(2)
    strength, proximity = rng.normal(size=n), rng.normal(size=(n, n))
    proximity += proximity.T
    every = list(itertools.combinations(range(n), m))
    weight = np.exp([strength[[a, b]].sum() + proximity[a, b] for a, b in every])
    probability = weight / weight.sum()
    first = rng.choice(len(every), draws, p=probability)
    start = np.zeros((draws, n), dtype=bool)
    start[np.arange(draws)[:, None], np.array(every)[first]] = True
    end = swapped(swapped(start, strength, proximity, 1, rng), strength, proximity, 1, rng)
    number = {pair: row for row, pair in enumerate(every)}
    last = np.array([number[tuple(pair)] for pair in np.nonzero(end)[1].reshape(-1, m).tolist()])
    counts = np.bincount(last, minlength=len(every))
    spread = np.sqrt(draws * probability * (1 - probability))
    assert np.all(np.abs(counts - draws * probability) < 4 * spread)
    joint = np.bincount(first * len(every) + last, minlength=len(every) ** 2).reshape(len(every), -1)
    assert np.all(np.abs(joint - joint.T) <= 4 * np.sqrt(joint + joint.T))
    # the chain was short: the two are not independent
    assert np.trace(joint) > 1.1 * draws * (probability**2).sum()


def test_sampled_and_exact_agree_within_sampling_error() -> None:
    lists, pairs = drawn_lists(25, 4), pairs_of()
    exact = fit_lists(TERMS, lists, pairs)
    error = np.sqrt(np.diag(exact.covariance_beta()))
    other = fit_lists(TERMS, lists, pairs, exact_to=3, alternatives=200)
    assert np.all(np.abs(other.coefficients - exact.coefficients) < 4 * error / np.sqrt(200))
    np.testing.assert_allclose(np.sqrt(np.diag(other.covariance_beta())), error, rtol=0.1)


def test_the_law_of_long_lists_is_recovered() -> None:
    lists, pairs = drawn_lists(80, 7), pairs_of()
    fit = fit_lists(TERMS, lists, pairs, alternatives=50)
    assert np.all(np.abs(fit.coefficients - BETA) < 3.5 * np.sqrt(np.diag(fit.covariance_beta())))


def test_the_same_seed_gives_the_same_bits_in_any_order_of_the_lists() -> None:
    lists, pairs = drawn_lists(10, 6), pairs_of()
    mixed = lists.sample(frac=1.0, random_state=3)
    mixed["members"] = [members[::-1] for members in mixed["members"]]
    one, again, other = (fit_lists(TERMS, frame, pairs, alternatives=20) for frame in (lists, lists, mixed))
    assert one.optimum.params.tobytes() == again.optimum.params.tobytes() == other.optimum.params.tobytes()
    elsewhere = fit_lists(TERMS, lists, pairs, alternatives=20, seed=2)
    assert not np.array_equal(one.coefficients, elsewhere.coefficients)


def test_what_is_drawn_for_a_list_does_not_depend_on_the_others() -> None:
    observed = tuple(choices(drawn_lists(6, 6)))
    table, bodies = PairTable.from_frame(pairs_of(), TERMS), np.arange(BODIES)
    law = Law(BETA, np.zeros(BODIES))

    def alternatives(some: tuple) -> dict[str, bytes]:
        (cell,) = cells(some, table, bodies, None)
        drawn = drawn_sets(cell, law, Sampling(alternatives=20))
        return {each.list_ids[0]: each.members.tobytes() for each in drawn}

    whole, part = alternatives(observed), alternatives(observed[2:4])
    assert part == {name: whole[name] for name in part}
    assert len(set(whole.values())) == len(whole)


def test_a_missing_feature_is_no_alternative() -> None:
    lists, pairs = drawn_lists(15, 6), pairs_of()
    together = {pair for members in lists["members"] for pair in itertools.combinations(sorted(members), 2)}
    rows = list(zip(pairs["cluster_i"], pairs["cluster_j"], strict=True))
    never = np.array([pair not in together for pair in rows])
    assert never.any()
    broken = pairs.assign(same_sector=pairs["same_sector"].mask(never))
    fit = fit_lists(TERMS, lists, broken, alternatives=50)
    for each in fit.likelihood.sets:
        assert each.z.shape == (51, 2)  # none of the chains went there
        assert np.isfinite(each.z).all()
    with pytest.raises(ModelError, match="missing in period 1"):
        fit_lists(TERMS, lists, pairs.assign(same_sector=np.nan), alternatives=50)


def test_swaps_change_one_member() -> None:
    observed = tuple(choices(drawn_lists(1, 6)))
    (cell,) = cells(observed, PairTable.from_frame(pairs_of(), TERMS), np.arange(BODIES), None)
    sets = list(swap_sets(cell))
    assert len(sets) == 6
    for each in sets:
        own = set(each.members[:, 0].tolist())
        assert own == set(observed[0].members)
        assert {len(own & set(column)) for column in each.members.T[1:].tolist()} == {5}
        assert each.members.shape[1] == BODIES - 5


def test_sums_over_pairs_are_those_written_out() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(9, 9, 2))
    x += x.transpose(1, 0, 2)
    x[2, 5, 1] = x[5, 2, 1] = np.nan
    x[np.arange(9), np.arange(9)] = np.nan
    subsets = np.array(list(itertools.combinations(range(9), 7)))
    expected = [sum(x[a, b] for a, b in itertools.combinations(each, 2)) for each in subsets]
    found = pair_sums(x, subsets)
    whole = np.isfinite(expected).all(axis=1)
    assert np.array_equal(np.isfinite(found).all(axis=1), whole)
    np.testing.assert_allclose(found[whole], np.array(expected)[whole], atol=1e-12)


def test_pairs_of_lists_are_what_inclusion_and_exclusion_counts() -> None:
    """With steps that add up, the sum over sets of bodies is the sum over lists that share a body."""
    lists, pairs, _ = example()
    fit = fit_lists(TERMS, lists, pairs)
    scores, informations = fit.likelihood.list_scores(fit.optimum.params)
    members = ListInference(fit)._members_in_order()
    steps = scores @ np.linalg.inv(fit.optimum.information)
    groups: dict[tuple[int, ...], list[int]] = {}
    for row, names in enumerate(members):
        for size in range(1, len(names) + 1):
            for subset in itertools.combinations(names, size):
                groups.setdefault(subset, []).append(row)
    expected = sum(
        (-1) ** (len(subset) + 1) * np.outer(steps[rows].sum(axis=0), steps[rows].sum(axis=0))
        for subset, rows in groups.items()
    )
    nothing = np.zeros_like(informations)
    found = counted_together(scores, nothing, fit.optimum.information, sharing(members))
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_where_all_lists_share_a_body_the_covariance_is_the_classical_one() -> None:
    lists, pairs = drawn_lists(12, 10), pairs_of()
    fit = fit_lists(TERMS, lists, pairs, prior_variance=1e6, alternatives=50)
    scores, informations = fit.likelihood.list_scores(fit.optimum.params)
    together = sharing([choice.members for choice in fit.observed])
    assert together.all()  # 10 of 16 bodies
    found = counted_together(scores, informations, fit.optimum.information, together)
    np.testing.assert_allclose(found[:2, :2], fit.covariance_beta(), rtol=1e-3)


def test_deletions_and_covariances_of_long_lists() -> None:
    lists, pairs = drawn_lists(25, 6), pairs_of()
    inference = ListInference(fit_lists(TERMS, lists, pairs, alternatives=60))
    for kind in ("classical", "cluster_jackknife", "source_jackknife"):
        assert np.linalg.eigvalsh(inference.covariance(kind).matrix).min() > 0
    ratio = np.diag(inference.covariance().matrix) / np.diag(inference.covariance("classical").matrix)
    assert np.all((ratio > 0.3) & (ratio < 4))
    gone = inference.fit.observed[0].members[0]
    kept = [choice for choice in inference.fit.observed if gone not in choice.members]
    refit = inference.fit.without(kept)
    left = [each for each in refit.likelihood.sets if each.log_q is not None]
    assert refit.n_sampled == len(kept) == len(left)
    numbers = dict(enumerate(refit.bodies.tolist()))
    for each in left:
        own = next(choice.members for choice in kept if choice.list_id == each.list_ids[0])
        assert tuple(numbers[row] for row in each.members[:, 0].tolist()) == own
        assert gone not in {numbers[row] for row in each.members.ravel().tolist()}


def test_mentions_may_stand_for_the_bodies_of_long_lists() -> None:
    lists, pairs = drawn_lists(25, 6), pairs_of()
    mentions = np.arange(BODIES)
    fit = fit_lists(TERMS, lists, pairs, alpha="mentions", mentions=mentions, alternatives=80)
    exact = fit_lists(TERMS, lists, pairs, alpha="mentions", mentions=mentions, exact_to=6)
    error = np.sqrt(np.diag(exact.covariance_beta()))
    assert np.all(np.abs(fit.coefficients - exact.coefficients) < 4 * error / np.sqrt(80))


def test_what_is_said_of_sampled_and_of_left_out_lists() -> None:
    fit = fit_lists(TERMS, drawn_lists(8, 6), pairs_of(), alternatives=30, seed=4)
    said = {item.code: item.message for item in list_remarks(fit, 2, 20)}
    assert "8 of 8 lists" in said["sampled_alternatives"]
    assert "30 sampled ones (seed 4)" in said["sampled_alternatives"]
    assert said["long_lists"].startswith("2 lists of more than 20 bodies are left out")
    exact = fit_lists(TERMS, drawn_lists(8, 3), pairs_of())
    assert list_remarks(exact, 0, 20) == []
    with pytest.raises(ModelError, match="at least one"):
        fit_lists(TERMS, drawn_lists(8, 6), pairs_of(), alternatives=0)
