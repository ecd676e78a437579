"""Diagnostics against R (car, pscl; tests/oracles/diagnostics.R), refits and double loops."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.models.diagnostics import conditioning, dependence, dispersion, influence
from interclust.models.diagnostics.summary import NUISANCE

ORACLES = Path(__file__).parent / "oracles"
NODES = ("cluster_i", "cluster_j")
TERMS = "same_region + log_distance_km + similarity + same_region:similarity + C(period)"
COUNTS = {"poisson_counts": "poisson"} | {
    name: name for name in ("negbin", "zip", "zinb", "hurdle_poisson", "hurdle_negbin")
}
R_SEARCH = 1e-5  # relative: R's optimisers of the families with alpha stop there


@cache
def oracle() -> pd.DataFrame:
    return pd.read_csv(ORACLES / "diagnostics.csv", keep_default_na=False)


def values(model: str, quantity: str) -> pd.Series:
    table = oracle()
    rows = table[(table["model"] == model) & (table["quantity"] == quantity)]
    return pd.Series(rows["value"].to_numpy(float), index=rows["row"].to_numpy())


@cache
def panel() -> pd.DataFrame:
    frame = pd.read_csv(ORACLES / "panel.csv", keep_default_na=False)
    frame["projects"] = [text.split(";") if text else [] for text in frame["projects"]]
    return frame


@cache
def fitted(family: str) -> models.Fit:
    outcome = {"logit": "tie", "poisson": "n_projects", "linear": "strength"}[family]
    return models.fit(f"{outcome} ~ {TERMS}", panel(), family=family, nodes=NODES, project="projects")


@cache
def counted(family: str) -> models.Fit:
    zero = "1 + x" if family not in ("poisson", "negbin") else None
    return models.fit("count ~ x + z", pd.read_csv(ORACLES / "counts.csv"), family=family, zero=zero)


# ---- conditioning ------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["logit", "poisson"])
def test_inflation_and_condition_numbers_are_those_of_r(family: str) -> None:
    fit = fitted(family)
    condition, found = conditioning.of_panel(fit.likelihood, fit.information, fit.terms)
    for name in ("gvif", "gvif_root"):
        expected = values(family, name).rename(lambda term: term.replace("factor(", "C("))
        mine = pd.Series({item.term: getattr(item, name) for item in found})
        assert mine[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-8)
    assert [item.df for item in found if item.term == "C(period)"] == [3]
    expected = values(family, "condition")
    assert {name: condition[name] for name in expected.index} == pytest.approx(dict(expected), rel=1e-9)


def test_inflation_does_not_depend_on_the_units_and_is_one_where_terms_are_orthogonal() -> None:
    x, z = (part.ravel() for part in np.meshgrid([-1.0, 0.0, 1.0], [-2.0, 2.0]))
    X = np.stack([np.ones(6), x, z])
    scale = np.diag([1.0, 1e4, 1e-3])
    for moments in (X @ X.T, scale @ X @ X.T @ scale):
        found = conditioning.inflation(np.linalg.inv(moments), ["Intercept", "x", "z"])
        assert [item.gvif for item in found] == pytest.approx([1.0, 1.0])
        assert conditioning.condition_number(moments) == pytest.approx(1.0)
    twin = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert conditioning.condition_number(twin) > 1e7


# ---- counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", list(COUNTS))
def test_expected_frequencies_and_pearson_are_those_of_r(model: str) -> None:
    fit = counted(COUNTS[model])
    found = dispersion.spread(
        fit.likelihood, fit.coefficients, fit.information, {"simulations": 2, "seed": 1}
    )
    expected = values(model, "expected").to_numpy()
    most = len(expected) - 1
    mine = np.append(found.expected[:most], found.expected[most:].sum())
    assert mine == pytest.approx(expected, rel=R_SEARCH)
    assert found.pearson == pytest.approx(values(model, "pearson").iloc[0], rel=R_SEARCH)
    assert found.observed.sum() == pytest.approx(600)
    assert found.expected.sum() == pytest.approx(600)


# ---- influence ---------------------------------------------------------------------------------------


def test_one_step_changes_are_exact_for_least_squares_and_near_refits_for_counts() -> None:
    fit = models.fit("strength ~ same_region + similarity", panel(), family="linear", nodes=NODES)
    changes, rows = influence.cluster_changes(fit.likelihood, fit.coefficients, fit.information)
    for number, cluster in enumerate(fit.likelihood.data.nodes[:4]):
        rest = panel()[(panel()[list(NODES)] != cluster).all(axis=1)]
        again = models.fit("strength ~ same_region + similarity", rest, family="linear", nodes=NODES)
        assert changes[number] == pytest.approx(again.coefficients - fit.coefficients, abs=1e-10)
        assert rows[number] == len(panel()) - len(rest)
    formula = "n_projects ~ same_region + log_distance_km + similarity"
    fit = models.fit(formula, panel(), family="poisson", nodes=NODES)
    changes, _ = influence.cluster_changes(fit.likelihood, fit.coefficients, fit.information)
    refits = oracle()[oracle()["model"] == "influence"]["value"].to_numpy(float).reshape(changes.shape)
    for mine, refit in zip(changes.T, refits.T, strict=True):
        assert np.corrcoef(mine, refit)[0, 1] > 0.99
        assert mine @ refit / (refit @ refit) == pytest.approx(1.0, abs=0.1)


def test_a_source_takes_the_rows_that_it_alone_ties() -> None:
    frame = panel()
    fit = models.fit("strength ~ similarity", frame, family="linear", nodes=NODES, project="projects")
    projects = sorted({name for own in frame["projects"] for name in own})  # numbered in this order
    printed = {
        name: [f"s{number % 3}"] + (["s0"] if number % 5 == 0 else []) for number, name in enumerate(projects)
    }
    names, sole = influence.sole_sources([printed[name] for name in projects])
    assert names == ["s0", "s1", "s2"]
    changes, rows = influence.source_changes(fit.likelihood, fit.coefficients, fit.information, sole, 3)
    for number, source in enumerate(names):
        leaves = [bool(own) and all(set(printed[p]) == {source} for p in own) for own in frame["projects"]]
        again = models.fit("strength ~ similarity", frame[~np.array(leaves)], family="linear", nodes=NODES)
        assert rows[number] == sum(leaves) > 0
        assert changes[number] == pytest.approx(again.coefficients - fit.coefficients, abs=1e-10)


def test_changes_of_levels_are_no_relations() -> None:
    terms = pd.Series(
        ["Intercept", "count:Intercept", "C(period)[T.2]", "ln_alpha", "0|1", "x", "count:x", "c(x)"]
    )
    assert terms[~terms.str.contains(NUISANCE)].tolist() == ["x", "count:x", "c(x)"]


# ---- dependence --------------------------------------------------------------------------------------


def rows_with_projects(seed: int) -> tuple[np.ndarray, ...]:
    """Random rows of 6 clusters in 4 periods, with residuals and projects (several to a row)."""
    rng = np.random.default_rng(seed)
    pairs = np.array(list(itertools.combinations(range(6), 2)))
    kept = rng.random((4, len(pairs))) < 0.7
    period, which = np.nonzero(kept)
    i, j = pairs[which].T
    swapped = rng.random(len(i)) < 0.5
    i, j = np.where(swapped, j, i), np.where(swapped, i, j)
    pieces = [
        (row, int(p) + 5 * period[row])
        for row in range(len(i))
        for p in rng.choice(5, rng.integers(3), False)
    ]
    piece_rows, piece_projects = np.array(pieces).T
    return i, j, rng.normal(size=len(i)) + 0.3, piece_rows, piece_projects


@pytest.mark.parametrize("seed", range(3))
def test_sums_of_products_are_those_of_the_double_loop(seed: int) -> None:
    i, j, e, piece_rows, piece_projects = rows_with_projects(seed)
    projects = [set(piece_projects[piece_rows == row].tolist()) for row in range(len(e))]
    expected = {name: np.zeros(2) for name in dependence.RELATIONS}
    for r, s in itertools.combinations(range(len(e)), 2):
        shared = len({i[r], j[r]} & {i[s], j[s]})
        product = np.array([1.0, e[r] * e[s]])
        if shared:
            expected["cluster" if shared == 1 else "dyad"] += product
        if shared < 2:
            both = len(projects[r] & projects[s])
            expected["project_cluster" if shared else "project"] += both * product
    sums = dependence.Sums(6)
    sums.add(i, j, e, piece_rows, piece_projects)
    for name, found in sums.pairs().items():
        assert found == pytest.approx(expected[name], abs=1e-9)
    dyads: dict[tuple[int, int], list[float]] = {}
    for a, b, value in zip(i.tolist(), j.tolist(), e.tolist(), strict=True):
        dyads.setdefault((min(a, b), max(a, b)), []).append(value)
    total = {pair: sum(own) for pair, own in dyads.items()}
    cluster = sum(
        total[a] ** 2 * total[b] ** 2
        for a, b in itertools.combinations(total, 2)
        if len(set(a) & set(b)) == 1
    )
    dyad = sum((value * sum(own[:t])) ** 2 for own in dyads.values() for t, value in enumerate(own))
    assert sums.variances() == pytest.approx({"cluster": cluster, "dyad": dyad})


def test_the_tests_of_dependence_have_their_size_and_find_what_is_there() -> None:
    """Hazards (rows end with the event) and unequal variances; then an effect of each cluster."""
    pairs = np.array(list(itertools.combinations(range(30), 2)))
    rng = np.random.default_rng(7)
    chance = rng.uniform(0.02, 0.3, len(pairs))
    statistics = {"cluster": [], "dyad": []}
    for _ in range(200):
        event = rng.geometric(chance)
        rows = [(pair, t) for pair in range(len(pairs)) for t in range(min(event[pair], 6))]
        which, period = np.array(rows).T
        y = period + 1 == event[which]
        e = (y - chance[which]) / np.sqrt(chance[which] * (1 - chance[which]))
        for name, value in statistic(pairs[which], e).items():
            statistics[name].append(value)
    for found in statistics.values():
        assert np.std(found) == pytest.approx(1.0, abs=0.2)  # four errors of a deviation of 200
        assert np.mean(found) == pytest.approx(0.0, abs=0.3)
    own = rng.normal(0, 0.5, 30)
    twice = np.concatenate([pairs, pairs])
    e = own[twice].sum(axis=1) + rng.normal(size=len(twice))
    assert min(statistic(twice, e).values()) > 3.3  # one in a thousand


def statistic(pairs: np.ndarray, e: np.ndarray) -> dict[str, float]:
    none = np.zeros(0, dtype=np.int64)
    sums = dependence.Sums(30)
    sums.add(pairs[:, 0], pairs[:, 1], e, none, none)
    return dict(dependence.table(sums).set_index("relation")["statistic"].dropna())


def test_residuals_of_a_fit_are_summed_whatever_the_shards() -> None:
    fit = fitted("poisson")
    table = dependence.table(dependence.residual_sums(fit.likelihood, fit.coefficients)).set_index("relation")
    residual = (panel()["n_projects"] - fit.predict(panel())) / np.sqrt(fit.predict(panel()))
    i, j = (panel()[name].str[1:].astype(int).to_numpy() for name in NODES)
    shared = (i[:, None] == i) | (i[:, None] == j)
    shared = shared.astype(int) + ((j[:, None] == i) | (j[:, None] == j))
    product = np.triu(np.outer(residual, residual), 1)
    for name, ends in (("cluster", 1), ("dyad", 2)):
        expected = product[np.triu(shared == ends, 1)].mean() / (residual**2).mean()
        assert table.loc[name, "correlation"] == pytest.approx(expected)
    assert table.loc[["project", "project_cluster"], "p_value"].isna().all()
