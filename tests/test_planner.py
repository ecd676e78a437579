"""The completion planner of lists: against cases worked out by hand and enumerated, and its properties."""

from __future__ import annotations

import itertools
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interclust.effects.delta import Basis
from interclust.effects.planner.calls import Call, calls, shares
from interclust.effects.planner.law import ListLaw
from interclust.effects.planner.of_lists import ListPlan, outlook_of
from interclust.effects.planner.order import greedy
from interclust.effects.planner.outlook import Outlook
from interclust.effects.planner.portfolios import Published, published_of
from interclust.effects.planner.units import call_units, cluster_units, together
from interclust.effects.power import power
from interclust.errors import ModelError
from interclust.models.lists.choice_sets import PairTable
from interclust.models.lists.fit import fit_lists
from interclust.numerics.subset_moments import subset_moments
from test_lists import TERMS, example

RATIOS = (1.5, 2.0)


def enumerated(
    weight: np.ndarray, pair: np.ndarray, own: np.ndarray, x: np.ndarray, m: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance by going through the lists."""
    n = len(own)
    weights, sums = [], []
    for members in itertools.combinations(range(n), m):
        pairs = list(itertools.combinations(members, 2))
        weights.append(math.prod([*weight[list(members)], *(pair[a, b] for a, b in pairs)]))
        z = sum((x[a, b] for a, b in pairs), own[list(members)].sum(axis=0))
        sums.append([*z, *(float(body in members) for body in range(n))])
    p, s = np.array(weights) / sum(weights), np.array(sums)
    mean = p @ s
    return mean, (s.T * p) @ s - np.outer(mean, mean)


@given(seed=st.integers(0, 10**6), m=st.integers(1, 4))
def test_moments_are_those_of_all_lists(seed: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = 6, 2
    x = rng.normal(size=(n, n, k))
    x += x.transpose(1, 0, 2)
    x[np.arange(n), np.arange(n)] = 0.0
    pair = np.exp(x[:, :, 0] + rng.normal()) * (1 - np.eye(n))
    pair[0, 1] = pair[1, 0] = 0.0  # a pair that is on no list
    weight, own = rng.gamma(1.0, size=n), rng.normal(size=(n, k))
    found = subset_moments(weight, pair, own, x, m)
    mean, covariance = enumerated(weight, pair, own, x, m)
    assert found.mean == pytest.approx(mean, abs=1e-10)
    assert found.covariance == pytest.approx(covariance, abs=1e-9)


def test_longer_lists_and_impossible_ones_are_refused() -> None:
    x = np.zeros((3, 3, 1))
    with pytest.raises(ValueError, match="lists of 5 bodies"):
        subset_moments(np.ones(3), np.ones((3, 3)), np.zeros((3, 1)), x, 5)
    with pytest.raises(ValueError, match="no list of 2"):
        subset_moments(np.ones(3), np.zeros((3, 3)), np.zeros((3, 1)), x, 2)


def two_by_two() -> ListLaw:
    """Four bodies, the pairs (0, 1) and (2, 3) alike; r times as likely as each of the four others, r = 2."""
    pairs = pd.DataFrame(list(itertools.combinations(range(4), 2)), columns=["cluster_i", "cluster_j"])
    pairs["alike"] = [float(pair in [(0, 1), (2, 3)]) for pair in zip(*pairs.to_numpy().T, strict=True)]
    table = PairTable.from_frame(pairs.assign(period=1), ["alike"])
    return ListLaw(table, np.array([math.log(2.0)]), dict.fromkeys(range(4), 0.0), {2: 1.0})


def test_the_information_of_a_list_worked_out_by_hand() -> None:
    """Of eight weights two pairs have two each: z is 1 with probability 1/2, and its variance 1/4.

    Every body is on half of the lists. Being alike says nothing of who is on the list, so that beta and the
    effects of bodies are told apart: the variance of beta is that of z alone, 4 from one list.
    """
    law = two_by_two()
    information = law.on(1).information()
    assert information[0, 0] == pytest.approx(1 / 4)
    assert information[0, 1:] == pytest.approx(np.zeros(4), abs=1e-12)
    assert np.diag(information)[1:] == pytest.approx(np.full(4, 1 / 4))
    now = np.diag([1.0, 0.25, 0.25, 0.25, 0.25])  # beta known with an error of one, bodies by the prior
    outlook = Outlook(now, np.array([1.2]), np.array([math.inf]))
    after, stays = outlook.errors(12 * information)  # 12 lists: information 3 more
    assert after[0] == pytest.approx(1.2 / 2)
    assert stays[0] == pytest.approx(math.sqrt(1 / 4 + 0.44))


def test_a_portfolio_worked_out_by_hand() -> None:
    """A list of body 0 has body 1 with weight 2 of 4: variance 1/4 from half of the lists."""
    named, information = two_by_two().on(1).portfolio(0)
    assert named == pytest.approx(1 / 2)
    assert information[0, 0] == pytest.approx(1 / 8)
    assert information[0, 2] == pytest.approx(1 / 8)  # z is 1 when body 1 is there, and only then
    assert information[1] == pytest.approx(np.zeros(5), abs=1e-15)  # of itself it tells nothing


def plan(ratios: tuple[float, ...] = RATIOS) -> ListPlan:
    """A plan of the lists and bodies of the oracle."""
    lists, pairs, names = example()
    fit = fit_lists(TERMS, lists, pairs)
    active = fit_lists(TERMS, lists, pairs, at_risk="active")
    table = PairTable.from_frame(pairs, TERMS)
    law = ListLaw(table, active.coefficients, active.alpha, {2: 0.5, 3: 0.3, 4: 0.2})
    wanted = [Call(period, 30.0 + 10 * period, 20.0 + 5 * period, 3.0) for period in sorted(table.bodies)]
    basis = Basis("m", "cluster_jackknife", fit.vcov().to_numpy(), 12.0, len(lists))
    return ListPlan(
        "m",
        TERMS,
        ["H1", ""],
        np.array([1.0, 0.7]),
        outlook_of(fit, law, basis),
        law,
        wanted,
        call_units(law, wanted),
        cluster_units(law, wanted, {0: 2}, {0: Published(50.0, 1, 99)}),
        names,
        ratios,
    )


@pytest.fixture(scope="module")
def planned() -> ListPlan:
    return plan()


def test_expected_information_is_that_of_the_likelihood() -> None:
    """Over the bodies of the fit, at its estimate: list by list what the likelihood enumerates."""
    lists, pairs, _ = example()
    fit = fit_lists(TERMS, lists, pairs)
    known = pairs[pairs["cluster_i"].isin(fit.bodies) & pairs["cluster_j"].isin(fit.bodies)]
    table = PairTable.from_frame(known, TERMS)
    _, informations = fit.likelihood.list_scores(fit.optimum.params)
    names = [name for choice in fit.likelihood.sets for name in choice.list_ids]
    sizes, periods = (lists.set_index("list_id")[column] for column in ("m", "period_low"))
    k = len(TERMS)
    at = np.concatenate([np.arange(k), k + np.searchsorted(fit.bodies, table.every_body())])
    for name, expected in list(zip(names, informations, strict=True))[::5]:
        law = ListLaw(table, fit.coefficients, fit.alpha, {int(sizes[name]): 1.0})
        own, found = law.on(int(periods[name])), np.zeros_like(expected)
        places = at[own.at]
        found[np.ix_(places, places)] = own.information()
        assert found == pytest.approx(expected, abs=1e-10)


def test_portfolios_are_lists_given_that_a_body_is_on_them(planned: ListPlan) -> None:
    period = planned.calls[0].period
    own = planned.law.on(period)
    body, k, n = 3, own.k, len(own.who)
    expected, share_of = np.zeros((k + n, k + n)), 0.0
    for m, share in own.sizes.items():
        weights, sums, with_it = [], [], []
        for members in itertools.combinations(range(n), m):
            pairs = list(itertools.combinations(members, 2))
            weights.append(math.prod([*own.weight[list(members)], *(own.pair[a, b] for a, b in pairs)]))
            on = [float(other in members) for other in range(n)]
            sums.append([*sum(own.x[a, b] for a, b in pairs), *on])
            with_it.append(body in members)
        p, s, inside = np.array(weights) / sum(weights), np.array(sums), np.array(with_it)
        named = p[inside].sum()
        given_it = p[inside] / named
        mean = given_it @ s[inside]
        expected += share * named * ((s[inside].T * given_it) @ s[inside] - np.outer(mean, mean))
        share_of += share * named
    named, information = own.portfolio(body)
    assert named == pytest.approx(share_of)
    assert information == pytest.approx(expected, abs=1e-10)


def test_nothing_completed_changes_nothing(planned: ListPlan) -> None:
    outlook = planned.outlook
    after, stays = outlook.errors(np.zeros_like(outlook.information))
    assert after == pytest.approx(outlook.std_error, rel=1e-12)
    assert stays == pytest.approx(outlook.std_error, rel=1e-12)
    lists, pairs, _ = example()
    fit = fit_lists(TERMS, lists, pairs)
    assert outlook.classical == pytest.approx(np.diag(fit.covariance_beta()))


def test_power_grows_with_completion_and_no_call_takes_any(planned: ListPlan) -> None:
    rows = pd.DataFrame(planned.units())
    assert (rows["power_after"] >= rows["power_stays"]).all()
    assert (rows["power_stays"] > rows["power"]).all()
    assert (rows["detectable_after"] < rows["detectable"]).all()
    everything = rows[rows["unit"] == "all"].set_index(["term", "ratio"])["power_after"]
    single = rows[rows["unit"] == "call"].groupby(["term", "ratio"])["power_after"].max()
    assert (everything >= single.loc[everything.index]).all()
    by_ratio = rows.pivot_table("power_after", ["term", "unit", "name"], "ratio")
    assert (by_ratio[2.0] > by_ratio[1.5]).all()


def test_rows_say_what_they_are_made_of(planned: ListPlan) -> None:
    rows = pd.DataFrame(planned.units())
    assert rows["gain"].to_numpy() == pytest.approx((rows["power_after"] - rows["power"]).to_numpy())
    assert rows["gain_per_list"].to_numpy() == pytest.approx((rows["gain"] / rows["lists"]).to_numpy())
    distance = rows[(rows["term"] == "log_distance_km") & (rows["ratio"] == 2.0)].iloc[0]
    assert distance["power"] == pytest.approx(power(math.log(2) / 0.7, distance["std_error"], 12.0))
    smallest = math.log(distance["detectable_after"]) / 0.7
    assert power(smallest, distance["std_error_after"], 12.0) == pytest.approx(0.8, abs=0.01)
    assert set(rows.loc[rows["basis"] == "published", "unit"]) == {"call", "cluster", "all"}


@pytest.mark.parametrize("term", [0, 1])
def test_the_best_single_call_comes_first_and_all_at_last(planned: ListPlan, term: int) -> None:
    steps = list(greedy(planned.outlook, planned.call_units, term))
    single = [planned.outlook.variances(unit.information)[term] for unit in planned.call_units]
    assert steps[1].unit is planned.call_units[int(np.argmin(single))]
    assert sorted(step.unit.number for step in steps[1:] if step.unit) == [
        call.period for call in planned.calls
    ]
    whole = together(planned.call_units)
    assert steps[-1].information == pytest.approx(whole.information)
    assert (steps[-1].lists, steps[-1].projects) == pytest.approx((whole.lists, whole.projects))
    errors = [planned.outlook.errors(step.information)[0][term] for step in steps]
    assert (np.diff(errors) < 0).all()


def periods(**more: object) -> pd.DataFrame:
    rows = {
        "period": [1, 2, 3, 4],
        "reference": [date(2006, 1, 1), date(2007, 5, 1), date(2010, 1, 1), date(2012, 1, 1)],
        "n_financed_low": [10.0, 20.0, 20.0, 30.0],
        "n_financed_high": [10.0, 20.0, 24.0, 30.0],
        "n_colabelled": [np.nan, np.nan, np.nan, 24.0],
    }
    return pd.DataFrame(rows | more)


WINDOW = {"label": "2006-2007", "n_colabelled": 15, "n_financed": 30}


def printed(*spans: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(spans, columns=["period_low", "period_high"])


def test_what_a_call_gains_is_worked_out_from_published_shares() -> None:
    """Half of the projects of 2006-2007, 24 of 30 of call 4: between them, in call 3, 0.65 of 22 projects."""
    assert shares(periods(), [WINDOW]) == pytest.approx([0.5, 0.5, 0.65, 0.8])
    found = calls(periods(), [WINDOW], printed((2, 2), (2, 2), (1, 2)))
    assert [call.colabelled for call in found] == pytest.approx([5.0, 10.0, 14.3, 24.0])
    assert [call.printed for call in found] == pytest.approx([1 / 3, 2 + 2 / 3, 0.0, 0.0])
    assert [call.lists for call in found] == pytest.approx([14 / 3, 22 / 3, 14.3, 24.0])
    assert found[1].to_read == pytest.approx(20 - 8 / 3)


def test_a_share_of_the_study_stands_where_no_number_is_published() -> None:
    found = calls(periods(), [WINDOW], printed(), share=0.6)
    assert [call.colabelled for call in found] == pytest.approx([6.0, 12.0, 13.2, 24.0])


def test_a_call_of_unknown_size_is_no_unit_and_a_full_one_gains_nothing() -> None:
    some = periods(n_financed_low=[2.0, np.nan, 22.0, 30.0])
    found = calls(some, [WINDOW], printed((1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)))
    assert [call.period for call in found] == [1, 3, 4]
    assert found[0].lists == 0.0


def test_without_any_published_share_the_study_must_give_one() -> None:
    with pytest.raises(ModelError, match=r"say what share of them has, as in planner: \{share: 0\.6\}"):
        calls(periods(n_colabelled=[np.nan] * 4), [], printed())


def test_a_published_portfolio_worked_out_by_hand() -> None:
    """Share 0.5, lists of 2.5: labels on lists to labels alone as 1.25 to 0.5, so 5 of 7 projects."""
    wanted = [Call(1, 10.0, 5.0, 0.0), Call(2, 30.0, 15.0, 0.0), Call(3, 10.0, 10.0, 0.0)]
    assert Published(21.0, 1, 2).lists(wanted, 2.5) == pytest.approx(15.0)
    table = pd.DataFrame(
        [
            {"cluster_id": "a", "first": 1.0, "last": 1.0, "published": 4.0},
            {"cluster_id": "b", "first": 2.0, "last": 3.0, "published": 9.0},
            {"cluster_id": "b", "first": 1.0, "last": 3.0, "published": 21.0},
            {"cluster_id": "c", "first": np.nan, "last": np.nan, "published": np.nan},
        ]
    )
    assert published_of(table, {"a": 0, "b": 1, "c": 2}) == {1: Published(21.0, 1, 3)}


def test_a_portfolio_is_as_large_as_published(planned: ListPlan) -> None:
    own = next(unit for unit in planned.cluster_units if unit.number == 0)
    expected = Published(50.0, 1, 99).lists(planned.calls, 2 * 0.5 + 3 * 0.3 + 4 * 0.2) - 2
    assert own.lists == pytest.approx(expected)
    assert own.projects == 48.0
    other = next(unit for unit in planned.cluster_units if unit.number == 1)
    assert other.projects is None
    named = sum(call.lists * planned.law.on(call.period).portfolio(1)[0] for call in planned.calls)
    assert other.lists == pytest.approx(named)
