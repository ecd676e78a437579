"""Johnson-Neyman regions and predicted curves: by brute force on grids, and by draws of the parameters."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import chi, norm

from interclust import effects, models
from interclust.effects.curve import simultaneous
from interclust.effects.delta import Basis
from interclust.effects.johnson_neyman import intervals_of, solve
from interclust.effects.margins import Margins
from interclust.inference.intervals import critical_value
from test_covariance import panel

DRAWS = 200
FAMILIES = {
    "logit": "y",
    "cloglog": "y",
    "poisson": "n",
    "zip": "m",
    "hurdle_poisson": "m",
    "ordered_logit": "k",
}


@cache
def frame() -> pd.DataFrame:
    data = panel()
    return data.assign(w=np.random.default_rng(5).normal(3.0, 2.0, len(data)))


@cache
def fitted(family: str) -> models.Fit:
    return models.fit(f"{FAMILIES[family]} ~ x*c(w) + z*c(w) + z:x", frame(), family=family)


# -- Johnson-Neyman ---------------------------------------------------------------------------


numbers = st.floats(-3, 3)


@given(a=numbers, b=numbers, one=numbers, two=numbers, three=numbers)
def test_the_quadratic_is_solved(a: float, b: float, one: float, two: float, three: float) -> None:
    """On a grid the inequality holds exactly inside the intervals, for any slope and covariance."""
    vaa, vab, vbb = one**2 + two**2 + 1e-3, two * three, three**2
    where, bounds = solve(a, b, vaa, vab, vbb, 2.0)
    m = np.linspace(-8, 8, 801)
    gap = (a + b * m) ** 2 - 4.0 * (vaa + 2 * m * vab + m**2 * vbb)
    inside = np.zeros(len(m), dtype=bool)
    for low, high in intervals_of(where, bounds):
        inside |= (m > low) & (m < high)
    clear = np.abs(gap) > 1e-9 * (1 + m**2)
    assert ((gap > 0) == inside)[clear].all()


def test_every_kind_of_region_there_is() -> None:
    assert solve(0.0, 1.0, 1.0, 0.0, 0.01, 2.0)[0] == "outside"
    assert solve(1.0, 0.1, 0.01, 0.0, 1.0, 2.0)[0] == "inside"
    assert solve(0.1, 0.0, 1.0, 0.0, 1.0, 2.0) == ("nowhere", ())
    assert solve(1.0, 0.0, 0.1, 0.0, 0.0, 2.0) == ("everywhere", ())
    assert solve(1.0, 2.0, 0.5, 0.0, 1.0, 2.0)[0] == "above"
    assert solve(1.0, -2.0, 0.5, 0.0, 1.0, 2.0) == ("below", (-0.25,))


@pytest.mark.parametrize("kind", ["classical", "dyadic_jackknife"])
@pytest.mark.parametrize("term", ["x", "z"])
def test_regions_are_where_the_interval_of_the_slope_leaves_out_zero(term: str, kind: str) -> None:
    fit = fitted("poisson")
    found = effects.johnson_neyman(fit, term, "w", vcov=kind)
    for bound in found.bounds:  # there the interval ends at zero
        slope = effects.slope(fit, term, {"w": bound}, vcov=kind)
        width = critical_value(found.df) * slope["std_error"]  # the lesser of those at both ends
        assert abs(slope["estimate"]) == pytest.approx(width, rel=1e-9)
    values = frame()["w"].to_numpy()
    clear = {w: effects.slope(fit, term, {"w": w}, vcov=kind) for w in np.quantile(values, [0.05, 0.5, 0.95])}
    for w, slope in clear.items():
        region = next((r for r in found.regions if r.low < w < r.high), None)
        assert (region is not None) == (slope["p_value"] < 0.05)
        assert region is None or region.sign == np.sign(slope["estimate"])
    share = sum(((values > r.low) & (values < r.high)).mean() for r in found.regions)
    assert found.share == pytest.approx(share, abs=1e-12)
    assert found.observed == (values.min(), values.max())


def region(slope: float, change: float, spread: float) -> effects.JohnsonNeyman:
    """Regions where the slope of x is estimated as slope + change w, w from 0 to 10, whatever the noise."""
    rng = np.random.default_rng(7)
    data = pd.DataFrame({"x": rng.normal(size=400), "w": rng.uniform(0, 10, 400)})
    X = np.column_stack([np.ones(400), data["x"], data["w"], data["x"] * data["w"]])
    noise = rng.normal(size=400)
    noise -= X @ np.linalg.lstsq(X, noise, rcond=None)[0]
    data["y"] = (slope + change * data["w"]) * data["x"] + spread * noise
    fit = models.fit("y ~ x*w", data, family="linear", nodes=None)
    return effects.johnson_neyman(fit, "x", "w", vcov="classical")


def test_regions_that_data_may_have() -> None:
    crossing = region(-5.0, 1.0, 1.0)
    assert crossing.where == "outside"
    assert [r.sign for r in crossing.regions] == [-1, 1]
    assert crossing.table()["high_observed"].tolist() == [True, False]
    assert 0.9 < crossing.share < 1.0
    beyond = region(20.0, 1.0, 1.0)  # it changes sign far below what is observed
    assert beyond.share == 1.0
    assert not beyond.table()[["low_observed", "high_observed"]].to_numpy().any()
    nothing = region(0.0, 0.0, 1.0)
    assert (nothing.where, nothing.share, len(nothing.table())) == ("nowhere", 0.0, 0)
    between = region(1.0, 0.0, 5.0)
    assert (between.where, len(between.regions)) == ("inside", 1)


def test_the_line_of_the_table_holds_bounds_and_share() -> None:
    fit = fitted("poisson")
    found = effects.johnson_neyman(fit, "x", "w", vcov="classical")
    line = found.row(Basis("m", "classical", fit.vcov("classical").to_numpy(), np.inf, 10))
    assert line["effect_id"] == "johnson_neyman:x|w"
    assert (line["estimate"], line["at"]) == (found.share, found.where)
    assert [line["conf_low"], line["conf_high"]] == list(found.bounds or (None, None))


# -- second differences by draws --------------------------------------------------------------


@pytest.mark.parametrize("family", ["logit", "hurdle_poisson", "ordered_logit"])
def test_delta_errors_are_the_spread_under_drawn_parameters(family: str) -> None:
    """Draws from N(b, V / 100), where the delta method is all but exact: a hundredth of the variance."""
    fit, rng = fitted(family), np.random.default_rng(11)
    margins = Margins(fit.likelihood, fit.coefficients)
    scales = [None, "rate"] if family in ("logit", "cloglog") else [None]
    asked = [margins.second_difference(*pair, scale=s) for pair in (("x", "z"), ("z", "w")) for s in scales]
    V = fit.vcov("hc0").to_numpy() / 100.0
    error = [np.sqrt(e.gradient @ V @ e.gradient) for e in margins.effects(asked)]
    drawn = rng.multivariate_normal(fit.coefficients, V, DRAWS)
    values = [[e.value for e in Margins(fit.likelihood, b).effects(asked)] for b in drawn]
    ratio = np.std(values, axis=0, ddof=1) / error
    np.testing.assert_allclose(ratio, 1.0, atol=4 / np.sqrt(2 * DRAWS))


# -- curves -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "low", "high"), [("logit", 0, 1), ("poisson", 0, np.inf), ("ordered_logit", 0, 2)]
)
def test_curves_are_average_predictions_with_bands_inside_the_range(
    family: str, low: float, high: float
) -> None:
    fit, data = fitted(family), frame()
    found = effects.curve(fit, "x", [-9.0, 0.0, 9.0], {"z": [0, 1]}, vcov="dyadic_jackknife")
    assert found["x"].tolist() == [-9.0, 0.0, 9.0] * 2
    for _, row in found.iterrows():
        expected = fit.predict(data.assign(x=row["x"], z=row["z"])).mean()
        assert row["estimate"] == pytest.approx(expected, rel=1e-9)
    ordered = found[["band_low", "conf_low", "estimate", "conf_high", "band_high"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= 0).all()
    assert (ordered >= low).all()
    assert (ordered <= high).all()


def test_the_interval_of_a_point_is_that_of_its_logarithm() -> None:
    fit = fitted("poisson")
    row = effects.curve(fit, "x", [0.5], vcov="hc0").iloc[0]
    width = critical_value(fit.covariance("hc0").df) * row["std_error"] / row["estimate"]
    assert np.log(row["conf_high"] / row["estimate"]) == pytest.approx(width, rel=1e-12)
    assert np.log(row["estimate"] / row["conf_low"]) == pytest.approx(width, rel=1e-12)


def maximum_modulus(points: int, df: float) -> float:
    """The 95 % point of the Studentized maximum modulus, by integration over the standard deviation."""
    integral = partial(quad, a=0.0, b=8.0)
    density = partial(chi.pdf, df=df, scale=1 / np.sqrt(df))
    return brentq(
        lambda c: integral(lambda s: (2 * norm.cdf(c * s) - 1) ** points * density(s))[0] - 0.95, 1, 9
    )


def test_the_simultaneous_value_is_sidak_s_for_independent_points_and_the_usual_for_one() -> None:
    sidak = critical_value(np.inf, 0.95 ** (1 / 5))
    assert simultaneous(np.diag([1.0, 4.0, 9.0, 0.1, 2.0]), np.inf, 0.95) == pytest.approx(sidak, abs=0.03)
    assert simultaneous(np.ones((4, 4)), np.inf, 0.95) == pytest.approx(critical_value(np.inf), abs=0.03)
    assert simultaneous(np.eye(5), 5.0, 0.95) == pytest.approx(maximum_modulus(5, 5.0), abs=0.08)


def test_a_curve_without_a_grid_goes_over_what_is_observed() -> None:
    fit = fitted("logit")
    assert effects.curve(fit, "z", vcov="classical")["z"].tolist() == [0.0, 1.0]
    x = effects.curve(fit, "x", vcov="classical")["x"]
    assert (x.iloc[0], x.iloc[-1]) == (frame()["x"].min(), frame()["x"].max())
    assert len(x) == 25
