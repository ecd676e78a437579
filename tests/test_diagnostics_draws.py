"""What diagnostics draw: counts, refits in one step, lists and the networks that they make."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.models.diagnostics import dispersion, list_laws, network
from interclust.models.diagnostics.counts import Counts
from interclust.models.diagnostics.monte_carlo import compared
from interclust.models.diagnostics.variances import mean_and_variance
from interclust.numerics.families import FAMILIES
from interclust.numerics.subsets import SubsetLaw

COUNTS = [name for name, family in FAMILIES.items() if family.outcome == "count"]


def predictors(name: str, n: int = 1, level: float = 0.4) -> np.ndarray:
    eta = {"count": level, "mean": level, "inflate": -0.7, "zero": 0.3, "alpha": -0.5}
    return np.tile([eta[part] for part in FAMILIES[name].predictors], (n, 1))


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("level", [-1.0, 1.5])
def test_variance_is_that_of_the_probabilities(name: str, level: float) -> None:
    law = Counts(FAMILIES[name], predictors(name, 1, level))
    chance = np.array([law.probability(count)[0] for count in range(400)])
    values = np.arange(400)
    mean, variance = mean_and_variance(law.family, law.eta)
    assert chance.sum() == pytest.approx(1.0)
    assert mean[0] == pytest.approx(chance @ values)
    assert variance[0] == pytest.approx(chance @ values**2 - (chance @ values) ** 2, rel=1e-8)


@pytest.mark.parametrize("name", ["ordered_logit", "sequential", "logit", "cloglog"])
def test_variance_of_classes_is_that_of_their_probabilities(name: str) -> None:
    family = FAMILIES[name]
    eta = np.array([[0.3, -0.2, 1.1]])[:, : len(family.predictors)]
    classes = family.classes or 2
    chance = np.array([np.exp(family.derivatives(np.array([float(k)]), eta)[0][0]) for k in range(classes)])
    mean, variance = mean_and_variance(family, eta)
    assert mean[0] == pytest.approx(chance @ np.arange(classes))
    assert variance[0] == pytest.approx(chance @ np.arange(classes) ** 2 - mean[0] ** 2)


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_drawn_with_their_probabilities(name: str) -> None:
    n = 4000
    law = Counts(FAMILIES[name], predictors(name, n, level=2.5))  # a mean of 12: past what is kept
    y = law.draw(np.random.default_rng(3))
    chance = np.array([law.probability(count, slice(0, 1))[0] for count in range(40)])
    frequency = np.bincount(y.astype(int), minlength=40)[:40] / n
    assert np.abs(frequency - chance).max() < 4.5 * np.sqrt(chance.max() / n)
    assert y.mean() == pytest.approx(mean_and_variance(law.family, law.eta)[0][0], rel=0.1)
    assert y.max() > 16


def test_two_sided_p_values() -> None:
    simulated = np.arange(1.0, 100.0)  # 99 values
    assert compared(1000.0, simulated)["p_value"] == pytest.approx(2 / 100)
    assert compared(-5.0, simulated)["p_value"] == pytest.approx(2 / 100)
    assert compared(50.0, simulated)["p_value"] == 1.0
    assert compared(95.0, simulated)["p_value"] == pytest.approx(2 * 6 / 100)
    assert compared(7.0, np.full(99, 7.0))["p_value"] == 1.0


def rows(n: int, alpha: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    rate = np.exp(-0.5 + 0.5 * x) * (rng.gamma(1 / alpha, alpha, n) if alpha else 1.0)
    ends = np.array(list(itertools.combinations(range(60), 2)))[:n]
    return pd.DataFrame({"y": rng.poisson(rate), "x": x, "cluster_i": ends[:, 0], "cluster_j": ends[:, 1]})


def spread(frame: pd.DataFrame, family: str, simulations: int = 99) -> dispersion.Spread:
    fit = models.fit("y ~ x", frame, family=family)
    settings = {"simulations": simulations, "seed": 1}
    return dispersion.spread(fit.likelihood, fit.coefficients, fit.information, settings)


def test_dispersion_is_found_where_it_is_and_not_where_the_family_has_it() -> None:
    frame = rows(1500, 0.8, 4)
    poisson = spread(frame, "poisson").dispersion().set_index("statistic")
    assert poisson.loc["pearson", "observed"] > 1.3
    assert (poisson["p_value"] == 2 / 100).all()
    negbin = spread(frame, "negbin").dispersion().set_index("statistic")
    assert (negbin["p_value"] > 0.05).all()


def test_p_values_of_a_true_model_are_uniform() -> None:
    found = [
        spread(rows(300, 0, seed), "poisson", 39).dispersion()["p_value"].to_numpy() for seed in range(60)
    ]
    for p in np.array(found).T:
        assert np.mean(p <= 0.1) < 0.1 + 3 * np.sqrt(0.09 / 60)
        assert np.mean(p) == pytest.approx(0.5, abs=3 * np.sqrt(1 / 12 / 60) + 0.02)


def test_one_step_and_first_order_are_near_refits() -> None:
    """The simulated frequencies less those of the refit, by refits themselves."""
    frame = rows(1200, 0, 5)
    fit = models.fit("y ~ x", frame, family="poisson")
    found = spread(frame, "poisson", 8)
    law, most = Counts(fit.family, np.asarray(np.log(fit.predict(frame)))[:, None]), len(found.observed) - 1
    for b in range(8):
        y = law.draw(np.random.default_rng(np.random.SeedSequence(1, spawn_key=(0, b))))
        again = models.fit("y ~ x", frame.assign(y=y), family="poisson")
        refitted = Counts(fit.family, np.log(again.predict(frame))[:, None])
        own = np.array([np.sum(y == c) - refitted.probability(c).sum() for c in range(most)])
        assert found.simulated[b, :most] - found.expected[:most] == pytest.approx(own, abs=1.0)
        residual = (y - again.predict(frame)) ** 2 / again.predict(frame)
        assert found.pearson_simulated[b] == pytest.approx(residual.sum() / 1198, abs=2e-3)


def test_frequencies_add_up_and_the_last_count_is_open() -> None:
    table = spread(rows(800, 0.8, 6), "poisson").rootogram()
    assert table["observed"].sum() == pytest.approx(800)
    assert table["expected"].sum() == pytest.approx(800)
    assert table["open"].tolist() == [False] * (len(table) - 1) + [True]
    assert table["observed"].iloc[-1] == 0
    assert (table["sqrt_expected"] ** 2).to_numpy() == pytest.approx(table["expected"].to_numpy())


# ---- lists and networks ------------------------------------------------------------------------------


def test_additive_propensities_are_split_exactly_and_unknown_pairs_have_no_remainder() -> None:
    rng = np.random.default_rng(8)
    a = rng.normal(size=9)
    known = a[:, None] + a[None, :]
    np.fill_diagonal(known, np.nan)
    known[2, 5] = known[5, 2] = np.nan
    own, remainder = list_laws.split(known.copy())
    assert own == pytest.approx(a)
    assert remainder == pytest.approx(np.zeros((9, 9)), abs=1e-9)
    moved = known.copy()
    moved[0, 1] += 2.0
    moved[1, 0] += 2.0
    own, remainder = list_laws.split(moved)
    inside = np.isfinite(moved)
    assert (own[:, None] + own[None, :] + remainder)[inside] == pytest.approx(moved[inside])
    assert remainder[2, 5] == 0


def test_lists_of_two_are_drawn_by_the_rate_of_the_pair() -> None:
    rng = np.random.default_rng(9)
    rate = np.exp(rng.normal(size=(5, 5)))
    rate = np.triu(rate, 1) + np.triu(rate, 1).T
    with np.errstate(divide="ignore"):
        known = np.log(rate)
    known[np.diag_indices(5)] = np.nan
    bodies = np.array([3, 4, 7, 8, 11])
    lists = list_laws.Lists(bodies, SubsetLaw(*list_laws.split(known), 2), np.array([[3, 7], [4, 11]]))
    drawn = np.searchsorted(bodies, lists.draw(np.random.default_rng(1), 10_000)).reshape(-1, 2)
    share = np.zeros((5, 5))
    np.add.at(share, (drawn[:, 0], drawn[:, 1]), 1 / len(drawn))
    assert share == pytest.approx(np.triu(rate) / np.triu(rate).sum(), abs=0.015)


def choice_world(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Thirty lists among twelve bodies in two periods, drawn at random, and the features of their pairs."""
    rng = np.random.default_rng(seed)
    pairs = [
        {"period": t, "cluster_i": i, "cluster_j": j, "x": float(rng.random() < 0.4)}
        for t in (1, 2)
        for i, j in itertools.combinations(range(12), 2)
    ]
    lists = [
        {
            "list_id": f"l{number}",
            "members": sorted(rng.choice(12, 2 + number % 2, replace=False).tolist()),
            "period_low": 1 + number % 2,
            "period_high": 1 + number % 2,
            "source_ids": ["s"],
        }
        for number in range(30)
    ]
    return pd.DataFrame(lists), pd.DataFrame(pairs)


def test_networks_of_a_list_choice_keep_lists_and_are_like_those_of_its_law() -> None:
    lists, pairs = choice_world(10)
    fit = models.fit_lists(["x"], lists, pairs)
    laws = list_laws.of_choice(fit.observed, fit.table, fit.coefficients, fit.alpha)
    assert sum(len(item.observed) for item in laws) == 30
    sizes = {item.observed.shape[1] for item in laws}
    assert sizes == {2, 3}
    table = network.goodness(laws, 60, 1).set_index(["statistic", "class"])
    assert (table["p_value"] > 0.03).all()  # chance 0.4 per cent a statistic but for its dependence
    shares = table.loc["degree"]["observed"]
    assert shares.sum() == pytest.approx(1.0)
    again = network.goodness(laws, 60, 1).set_index(["statistic", "class"])
    pd.testing.assert_frame_equal(table, again)
    drawn = laws[0].draw(np.random.default_rng(2), 3)
    assert drawn.shape == (3, *laws[0].observed.shape)
    assert (np.diff(drawn, axis=2) > 0).all()


def test_statistics_of_a_small_network_by_hand() -> None:
    """A triangle 0-1-2 (0-1 twice) with a tail 2-3, and 4 alone."""
    counts = np.zeros((5, 5), dtype=int)
    for (i, j), n in {(0, 1): 2, (0, 2): 1, (1, 2): 1, (2, 3): 1}.items():
        counts[i, j] = counts[j, i] = n
    found = network.statistics(counts)
    assert found["bodies_tied", ""] == 4
    assert (found["ties", ""], found["repeated", ""], found["degree_max", ""]) == (4, 1, 3)
    assert found["transitivity", ""] == pytest.approx(3 / 5)
    assert [found["degree", name] for name in ("1", "2", "3-4")] == [0.25, 0.5, 0.25]
    assert [found["shared_partners", name] for name in ("0", "1", "2")] == [0.25, 0.75, 0.0]


def test_a_law_without_the_attraction_of_a_sector_is_told_by_the_network() -> None:
    """Lists drawn inside two halves close triads that a law without halves does not."""
    rng = np.random.default_rng(11)
    observed = np.array([np.sort(rng.choice(8, 2, replace=False)) + 8 * (k % 2) for k in range(40)])
    flat = SubsetLaw(np.zeros(16), np.zeros((16, 16)), 2)
    table = network.goodness([list_laws.Lists(np.arange(16), flat, observed)], 99, 1)
    table = table.set_index(["statistic", "class"])
    assert table.loc[("transitivity", ""), "p_value"] == 2 / 100
    assert table.loc[("transitivity", ""), "observed"] > table.loc[("transitivity", ""), "conf_high"]
