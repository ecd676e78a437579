"""The bootstrap over clusters: weights are repeated rows, draws follow the seed, failures are counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.errors import ModelError
from interclust.inference.bootstrap import cluster_bootstrap
from interclust.models.refit import resampled
from test_covariance import FAMILIES, panel


@pytest.mark.parametrize(("family", "outcome"), FAMILIES)
def test_a_replication_is_the_fit_to_rows_repeated(family: str, outcome: str) -> None:
    frame = panel()
    drawn = np.bincount(np.random.default_rng(6).integers(0, 12, 12), minlength=12)
    repeated = frame.loc[frame.index.repeat(drawn[frame["cluster_i"]] * drawn[frame["cluster_j"]])]
    fit = models.fit(f"{outcome} ~ x + z", frame, family=family)
    found = resampled(fit.likelihood, fit.optimum)(drawn.astype(float))
    expected = models.fit(f"{outcome} ~ x + z", repeated, family=family)
    if not expected.converged:
        assert found is None
    else:
        np.testing.assert_allclose(found, expected.coefficients, rtol=1e-6, atol=1e-8)


def test_weights_of_rows_are_multiplied() -> None:
    frame = panel().assign(w=lambda d: 1.0 + (d["x"] > 0))
    fit = models.fit("y ~ x", frame, weights="w")
    multiplicity = np.ones(12)
    multiplicity[3] = 2.0
    drawn = frame.assign(w=frame["w"] * np.where((frame[["cluster_i", "cluster_j"]] == 3).any(axis=1), 2, 1))
    expected = models.fit("y ~ x", drawn, weights="w").coefficients
    np.testing.assert_allclose(resampled(fit.likelihood, fit.optimum)(multiplicity), expected, rtol=1e-9)


def test_a_mean_has_the_variance_of_its_replications() -> None:
    """The mean over dyads, resampled here by hand from the same draws."""
    frame = panel()
    fit = models.fit("x ~ 1", frame, family="linear")
    rng = np.random.default_rng(5)
    means = []
    for _ in range(40):
        m = rng.multinomial(12, np.full(12, 1 / 12))
        w = m[frame["cluster_i"]] * m[frame["cluster_j"]]
        means.append(np.sum(w * frame["x"]) / np.sum(w))
    found = fit.covariance("bootstrap", replications=40, seed=5)
    assert found.matrix[0, 0] == pytest.approx(np.var(means, ddof=1), rel=1e-10)
    assert (found.df, found.replications, found.failures) == (11, 40, 0)


def test_draws_follow_the_seed() -> None:
    fit = models.fit("y ~ x", panel())
    one, same, other = (fit.vcov("bootstrap", replications=20, seed=seed).to_numpy() for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_replications_without_an_estimate_are_counted_and_left_out() -> None:
    """All events of z = 1 belong to one cluster: where it is not drawn, z separates."""
    frame = panel()
    hit = (frame["cluster_i"] == 0) | (frame["cluster_j"] == 0)
    frame["y"] = np.where(frame["z"] == 1, frame["y"] * hit, frame["y"])
    fit = models.fit("y ~ z", frame)
    found = fit.covariance("bootstrap", replications=60)
    assert 10 < found.failures < 40
    assert np.sqrt(found.matrix[1, 1]) < 3  # a single runaway of 20 would show


def test_no_replication_at_all_is_refused() -> None:
    assert cluster_bootstrap(lambda _: None, np.ones(5), 7, 1).failures == 7
    with pytest.raises(ValueError, match="needs two"):
        cluster_bootstrap(lambda _: None, np.ones(5), 1, 1)
    frame = pd.DataFrame(
        {"cluster_i": [0, 0, 1], "cluster_j": [1, 2, 2], "y": [0, 1, 1], "x": [0.1, 0.9, 0.2]}
    )
    with pytest.raises(ModelError, match="replications have no estimate"):
        models.fit("y ~ 1", frame).vcov("bootstrap", replications=4)
