"""Hidden history: all hidden paths by enumeration, numerical derivatives, the engine where all is seen."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.errors import ModelError, NotEstimable
from interclust.models.hidden.fit import HiddenFit, HiddenModel
from interclust.numerics.hidden import Jet, forward

LINKS = {
    "cloglog": lambda eta: -np.expm1(-np.exp(eta)),
    "logit": lambda eta: 1.0 / (1.0 + np.exp(-eta)),
}


def histories(
    seed: int, bodies: int = 12, periods: int = 6, rate: float = -1.6, seen: float = 0.5
) -> pd.DataFrame:
    """Dyads of a few bodies, with late entries and gaps, of whose ties some are seen."""
    rng = np.random.default_rng(seed)
    rows = []
    for i, j in combinations(range(bodies), 2):
        x, tied = float(rng.random() < 0.5), False
        inherited = rng.random() < 0.1
        for t in range(int(rng.integers(0, 3)), periods):
            if rng.random() < 0.1:
                continue  # a gap in activity
            z = float(rng.normal())
            known = inherited and t >= 2
            tied |= known
            event = rng.random() < LINKS["cloglog"](rate + 0.8 * x + 0.3 * z + 0.5 * tied)
            y = event and rng.random() < seen
            rows.append((f"b{i:02d}", f"b{j:02d}", t, x, z, float(y), known))
            tied |= event
    columns = ["cluster_i", "cluster_j", "period", "x", "z", "tie", "known"]
    return pd.DataFrame(rows, columns=columns)


def enumerated(own: pd.DataFrame, params: dict[str, float], v: float, link: str) -> float:
    """The probability of what was seen of one dyad: the sum over all paths of what happened."""

    def eta(row: pd.Series, part: str) -> float:
        own_terms = {name.split(":")[1]: value for name, value in params.items() if name.startswith(part)}
        terms = own_terms or params
        shift = terms.get("tied_before", 0.0) * (part == "recurrence")
        return terms["Intercept"] + terms["x"] * row["x"] + terms["z"] * row["z"] + shift

    total = 0.0
    records = [row for _, row in own.iterrows()]
    for path in product([0, 1], repeat=len(records)):
        probability, tied = 1.0, False
        for event, row in zip(path, records, strict=True):
            tied = tied or bool(row["known"])
            h = LINKS[link](eta(row, "recurrence" if tied else "emergence"))
            probability *= h if event else 1.0 - h
            if row["tie"]:
                probability *= v if event else 0.0
            else:
                probability *= 1.0 - v if event else 1.0
            tied = tied or bool(event)
        total += probability
    return total


def model_of(data: pd.DataFrame, link: str, recurrence: str = "shift") -> HiddenModel:
    found = models.hidden_history("tie ~ x + z", data, 1.0, tied="known", family=link, recurrence=recurrence)
    return found.fits[1.0].model


def at(terms: list[str]) -> np.ndarray:
    rng = np.random.default_rng(5)
    return np.array([-1.0 if name.endswith("Intercept") else 0.0 for name in terms]) + rng.normal(
        0, 0.3, len(terms)
    )


@pytest.mark.parametrize("link", ["cloglog", "logit"])
@pytest.mark.parametrize("recurrence", ["shift", "own"])
def test_the_recursion_sums_over_all_hidden_paths(link: str, recurrence: str) -> None:
    data = histories(1, bodies=8)
    model = model_of(data, link, recurrence)
    params = at(model.terms)
    for v in (0.1, 0.6, 1.0):
        by_name = dict(zip(model.terms, params, strict=True))
        groups = data.groupby(["cluster_i", "cluster_j"])
        wanted = sum(np.log(enumerated(own, by_name, v, link)) for _, own in groups)
        assert model.evaluate(v, params)[0] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("recurrence", ["shift", "own"])
def test_derivatives_are_those_of_the_log_likelihood(recurrence: str) -> None:
    model = model_of(histories(2), "cloglog", recurrence)
    params, v, step = at(model.terms), 0.4, 1e-5
    _, score, information = model.evaluate(v, params)
    for place in range(len(params)):
        ahead, behind = params.copy(), params.copy()
        ahead[place] += step
        behind[place] -= step
        (up, up_score, _), (down, down_score, _) = model.evaluate(v, ahead), model.evaluate(v, behind)
        assert score[place] == pytest.approx((up - down) / (2 * step), rel=1e-7, abs=1e-7)
        assert -information[place] == pytest.approx((up_score - down_score) / (2 * step), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("link", ["cloglog", "logit"])
def test_when_all_is_seen_it_is_the_engines_two_models(link: str) -> None:
    """Emergence and recurrence apart, their covariances too; with a shift, one model with a flag more."""
    data = histories(3, bodies=16).sort_values("z", ignore_index=True)  # the order of rows says nothing
    data["project"] = np.where(data["tie"] > 0, data["period"].astype(str) + data["cluster_i"], None)
    ordered = data.sort_values(["cluster_i", "cluster_j", "period"])
    earlier = ordered.groupby(["cluster_i", "cluster_j"])["tie"].cumsum() - ordered["tie"]
    after = ((earlier > 0) | ordered["known"]).reindex(data.index)
    both = models.hidden_history(
        "tie ~ x + z", data, 1, tied="known", family=link, recurrence="own", project="project"
    ).fits[1.0]
    for part, rows in (("emergence", ~after), ("recurrence", after)):
        alone = models.fit("tie ~ x + z", data[rows], family=link, project="project")
        place = [number for number, name in enumerate(both.terms) if name.startswith(part)]
        assert both.coefficients[place] == pytest.approx(alone.coefficients, rel=1e-8)
        for kind in ("classical", "dyad"):
            mine = both.covariance(kind).matrix[np.ix_(place, place)]
            assert mine == pytest.approx(alone.covariance(kind).matrix, rel=1e-8)
    shared = models.hidden_history("tie ~ x + z", data, 1, tied="known", family=link, project="project").fits[
        1.0
    ]
    flagged = models.fit(
        "tie ~ x + z + after", data.assign(after=after.astype(float)), family=link, project="project"
    )
    assert shared.coefficients == pytest.approx(flagged.coefficients, rel=1e-8)
    assert shared.loglik == pytest.approx(flagged.loglik, rel=1e-12)
    for kind in ("classical", "hc0", "dyad", "dyadic", "dyadic_jackknife"):
        mine, theirs = shared.covariance(kind), flagged.covariance(kind)
        assert mine.df == pytest.approx(theirs.df, rel=1e-6)
        assert mine.matrix == pytest.approx(theirs.matrix, rel=1e-8)


def test_scores_of_rows_add_up_to_nothing_and_like_histories_are_met_once() -> None:
    data = histories(4).assign(z=0.0)
    data["z"] = (data["period"] > 2).astype(float)
    found = models.hidden_history("tie ~ x + z", data, 0.5, tied="known")
    fit: HiddenFit = found.fits[0.5]
    assert np.abs(fit.scores().sum(axis=0)).max() < 1e-8
    (sample,) = fit.model.samples
    assert sample.histories.sizes[0] < found.n["dyads"]
    assert sample.histories.count[: sample.histories.sizes[0]].sum() == found.n["dyads"]
    again = models.hidden_history(
        "tie ~ x + z", data.assign(z=data["z"] + 1e-9 * data.index), 0.5, tied="known"
    )
    assert again.fits[0.5].coefficients == pytest.approx(fit.coefficients, abs=1e-5)
    errors = [item.tidy()["std_error"].to_numpy() for item in (fit, again.fits[0.5])]
    assert errors[0] == pytest.approx(errors[1], rel=1e-5)


def test_long_histories_do_not_underflow() -> None:
    """A tie seen in each of 2,000 periods: a likelihood of exp(-13,800), whose logarithm is a sum."""
    size, rare = 2000, 1e-3
    hazards = [Jet.constant(np.full(size, rare), 1)] * 2
    found = forward(np.ones(size, bool), np.zeros(size, bool), hazards, [1] * size, 1.0)
    assert found.value.sum() == pytest.approx(size * np.log(rare), rel=1e-12)


def test_a_missing_value_ends_a_history() -> None:
    data = histories(6)
    holed = data.copy()
    pair = (holed["cluster_i"] == "b00") & (holed["cluster_j"] == "b01")
    first = holed[pair].index[1]
    holed.loc[first, "z"] = np.nan
    found = models.hidden_history("tie ~ x + z", holed, 0.5, tied="known")
    kept = models.hidden_history("tie ~ x + z", data[~pair | (data.index < first)], 0.5, tied="known")
    assert found.fits[0.5].coefficients == pytest.approx(kept.fits[0.5].coefficients, abs=1e-9)
    assert found.dropped == {"z": 1, "after a missing value": int(pair.sum()) - 2}


def test_a_flat_profile_is_refused_and_a_curved_one_is_not() -> None:
    few = histories(7, bodies=14, periods=6, rate=-4.0, seen=0.9)
    found = models.hidden_history("tie ~ x", few, [0.3, 0.6, 1.0], tied="known")
    assert found.verdict == "not_identified"
    assert found.sentence == "not identified: the records fit visibility from 0.3 to 1 alike"
    assert found.visibility is None
    table = found.estimates()
    ranges = found.ranges().set_index("term")
    own = table[table["term"] == "x"]
    assert ranges.loc["x", "low"] == own["estimate"].min() < ranges.loc["x", "high"]
    assert ranges.loc["x", "conf_high"] == own["conf_high"].max()
    # recurrence so likely that a run of ties begun late, or broken, tells of ties unseen
    told = models.hidden_history("tie ~ x", recurring(), [0.3, 0.45, 0.6, 0.8, 1.0])
    assert told.verdict == "identified"
    assert told.visibility == pytest.approx(0.6, abs=0.1)
    assert told.interval[0] < told.visibility < told.interval[1]
    assert told.fits[told.visibility].coefficients == pytest.approx([-2.7, 0.7, 2.5], abs=0.4)
    top = told.fits[told.visibility].loglik
    for end in told.interval:  # by the definition of the interval, from fits anew
        again = models.hidden_history("tie ~ x", recurring(), end).fits[end]
        assert 2 * (top - again.loglik) == pytest.approx(3.841459, abs=0.05)


def recurring() -> pd.DataFrame:
    """Pairs of two kinds, tied again in every other period once they are tied; 60 % of the ties are seen."""
    rng = np.random.default_rng(11)
    rows = []
    for i, j in combinations(range(24), 2):
        x, tied = float((i + j) % 2), False
        for t in range(12):
            event = rng.random() < LINKS["cloglog"](-2.7 + 0.7 * x + 2.5 * tied)
            rows.append((i, j, t, x, float(event and rng.random() < 0.6)))
            tied |= event
    return pd.DataFrame(rows, columns=["cluster_i", "cluster_j", "period", "x", "tie"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"visibility": 1.5}, "visibility [1.5]: give probabilities above 0, up to 1"),
        ({"visibility": []}, "visibility []"),
        ({"family": "poisson"}, "family 'poisson' is not known here; there are cloglog, logit"),
        ({"recurrence": "both"}, "recurrence 'both'"),
        ({"period": "year"}, "no column 'year'"),
        ({"formula": "x + z"}, "write outcome ~ terms"),
    ],
)
def test_what_a_user_can_get_wrong_is_said(change: dict, words: str) -> None:
    call = {"formula": "tie ~ x + z", "data": histories(1), "visibility": 0.5} | change
    with pytest.raises(ModelError) as caught:
        models.hidden_history(**call)
    assert words in str(caught.value)


def test_two_rows_in_a_period_and_no_recurrence_are_said() -> None:
    data = histories(1)
    turned = data.iloc[[0]].rename(columns={"cluster_i": "cluster_j", "cluster_j": "cluster_i"})
    with pytest.raises(ModelError, match="has two rows in the period"):
        models.hidden_history("tie ~ x", pd.concat([data, turned]), 0.5)
    ordered = data.sort_values(["cluster_i", "cluster_j", "period"])
    first = ordered.groupby(["cluster_i", "cluster_j"])["tie"].cumsum() <= 1
    with pytest.raises(NotEstimable, match="no tie was seen after another one"):
        models.hidden_history("tie ~ x", data[first.reindex(data.index)], 0.5)
