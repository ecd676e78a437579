"""FLIC and FLAC as functions of Firth's estimate: derivatives by moving the data, errors by drawing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interclust import effects, models
from interclust.effects.averages import Average
from interclust.effects.corrections import prediction
from interclust.effects.margins import Margins
from interclust.errors import ModelError
from interclust.models.firth import corrected
from interclust.models.likelihood import Likelihood
from interclust.models.rows.derived import with_column
from interclust.models.search import search
from test_covariance import panel

CORRECTIONS = ("flic", "flac")


def moved(likelihood: Likelihood, by: np.ndarray, correction: str) -> tuple[np.ndarray, np.ndarray]:
    """Firth's and the corrected coefficients where the outcomes (not 0 or 1 any more) are moved."""
    data = with_column(
        likelihood.data, likelihood.outcome, lambda batch: batch.columns[likelihood.outcome] + by
    )
    other = replace(likelihood, data=data)
    optimum = search(other)
    return optimum.params, corrected(other, optimum.params, optimum.information, correction)


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("correction", CORRECTIONS)
def test_the_derivative_is_what_other_outcomes_do(correction: str, weights: str | None) -> None:
    """Whatever moves y moves Firth's b and the corrected g: dg = J db, exactly to the first order."""
    data = panel().iloc[:60].assign(w=lambda d: 0.5 + (d.index % 3))
    fit = models.fit("y ~ x + z", data, family="firth", weights=weights)
    _, J = prediction(fit.likelihood, fit.coefficients, correction)
    assert J is not None
    assert np.abs(J - np.eye(3)).max() > 0.01  # it matters
    rng, step = np.random.default_rng(1), 1e-4
    for _ in range(4):
        by = step * rng.normal(size=len(data))
        above, below = moved(fit.likelihood, by, correction), moved(fit.likelihood, -by, correction)
        db, dg = above[0] - below[0], above[1] - below[1]
        np.testing.assert_allclose(J @ db, dg, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_average_probabilities_are_corrected(correction: str) -> None:
    data = panel()
    fit = models.fit("y ~ x*z", data, family="firth")
    change = [fit.predict(data.assign(z=z), correction=correction).mean() for z in (0, 1)]
    found = effects.average_marginal_effect(fit, "z", "classical", correction=correction)
    assert found["estimate"] == pytest.approx(change[1] - change[0], rel=1e-10)
    plain = effects.average_marginal_effect(fit, "z", "classical", correction="none")
    assert plain["estimate"] != pytest.approx(found["estimate"], rel=1e-4)
    usual = effects.average_marginal_effect(fit, "z", "classical")
    assert (usual["estimate"] == found["estimate"]) == (correction == "flic")


def test_without_an_intercept_nothing_is_corrected_unless_asked_for() -> None:
    fit = models.fit("y ~ 0 + x + z", panel(), family="firth")
    assert prediction(fit.likelihood, fit.coefficients)[1] is None
    with pytest.raises(ModelError, match="intercept"):
        effects.average_marginal_effect(fit, "x", "classical", correction="flic")


def test_errors_are_the_spread_of_repeated_samples() -> None:
    """Average probability and effect over 80 samples of a known logit, 13 % events in 400 rows."""
    rng = np.random.default_rng(20)
    frame = pd.DataFrame({"x": rng.normal(size=400), "z": rng.integers(0, 2, 400)})
    p = 1 / (1 + np.exp(2.4 - 0.6 * frame["x"] - 0.5 * frame["z"]))
    start = models.fit("y ~ x + z", frame.assign(y=p > 0.2), family="firth", nodes=None).likelihood
    level, drawn = [Average("probability", (("z", 1.0),))], []
    for _ in range(80):
        y = (rng.random(400) < p).to_numpy(dtype=float)
        likelihood = replace(start, data=with_column(start.data, "y", lambda batch, y=y: y))
        optimum = search(likelihood)
        V, found = np.linalg.inv(optimum.information), []
        for correction in CORRECTIONS:
            margins = Margins(likelihood, optimum.params, correction)
            effect = margins.effect(margins.marginal_effect("x"))
            for value, g in (*margins.averages(level), (effect.value, effect.gradient)):
                found.append((value, np.sqrt(g @ V @ g)))
        drawn.append(found)
    spread, error = np.std(drawn, axis=0, ddof=1)[:, 0], np.mean(drawn, axis=0)[:, 1]
    # The Monte-Carlo error of a standard deviation is 1 / sqrt(2 (n - 1)) of it; here four of them.
    np.testing.assert_allclose(error / spread, 1.0, atol=4 / np.sqrt(2 * 79))
