"""Effects of clusters in panel models: the columns, who leaves the sample, and the jackknife."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from interclust import effects, models
from interclust.errors import ModelError, NotEstimable
from interclust.models.cluster_effects import LEFT_OUT
from test_covariance import panel

ONE_PART = [
    ("linear", "y"),
    ("logit", "y"),
    ("firth", "y"),
    ("cloglog", "y"),
    ("poisson", "n"),
    ("negbin", "m"),
]


def columns(frame: pd.DataFrame) -> np.ndarray:
    """Intercept, x, z and an indicator of every cluster but the first, written out."""
    ends = np.zeros((len(frame), 12))
    for side in ("cluster_i", "cluster_j"):
        ends[np.arange(len(frame)), frame[side]] += 1
    return np.column_stack([np.ones(len(frame)), frame["x"], frame["z"], ends[:, 1:]])


@pytest.mark.parametrize(("family", "outcome"), [("logit", "y"), ("poisson", "n")])
def test_estimates_are_those_of_the_columns_written_out(family: str, outcome: str) -> None:
    import statsmodels.api as sm

    frame = panel()
    fit = models.fit(f"{outcome} ~ x + z", frame, family=family, cluster_effects=True)
    theirs = {"logit": sm.Logit, "poisson": sm.Poisson}[family](frame[outcome], columns(frame))
    np.testing.assert_allclose(fit.coefficients, theirs.fit(disp=0, tol=1e-12, maxiter=100).params, rtol=1e-5)
    assert fit.terms[:4] == ["Intercept", "x", "z", "cluster[1]"]
    assert abs(fit.scores().sum()).max() < 1e-8
    np.testing.assert_allclose(
        fit.predict(frame), theirs.predict(fit.coefficients, columns(frame)), rtol=1e-9
    )


@pytest.mark.parametrize(("family", "outcome"), ONE_PART)
def test_which_cluster_is_the_reference_does_not_matter(family: str, outcome: str) -> None:
    frame = panel()
    other = frame.assign(**{side: 11 - frame[side] for side in ("cluster_i", "cluster_j")})
    one, two = (
        models.fit(f"{outcome} ~ x + z", rows, family=family, cluster_effects=True, project="projects")
        for rows in (frame, other)
    )
    np.testing.assert_allclose(one.params[["x", "z"]], two.params[["x", "z"]], rtol=1e-7)
    for kind in ("classical", "dyadic", "dyadic_jackknife"):
        mine, theirs = (
            (fit.vcov(kind) if kind == "classical" else fit.vcov(kind, clip=False)).loc[
                ["x", "z"], ["x", "z"]
            ]
            for fit in (one, two)
        )
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-12)


def test_the_jackknife_deletes_the_effect_with_its_cluster() -> None:
    """For least squares one step is exact: the one-step jackknife is that of refits without each cluster."""
    frame = panel()
    fit = models.fit("y ~ x + z", frame, family="linear", cluster_effects=True)
    X, y = columns(frame), frame["y"].to_numpy(dtype=float)

    def without(rows: np.ndarray) -> np.ndarray:  # the pseudo-inverse leaves out the effect that is gone
        return (np.linalg.pinv(X[rows]) @ y[rows])[1:3] - fit.coefficients[1:3]

    i, j = frame["cluster_i"].to_numpy(), frame["cluster_j"].to_numpy()
    nodes = np.array([without((i != node) & (j != node)) for node in range(12)])
    pairs = np.array([without((i != a) | (j != b)) for a, b in sorted(set(zip(i, j, strict=True)))])
    expected = nodes.T @ nodes - pairs.T @ pairs
    found = fit.vcov("dyadic_jackknife", clip=False).loc[["x", "z"], ["x", "z"]]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.mark.parametrize(("family", "outcome"), [("logit", "y"), ("poisson", "n")])
def test_clusters_without_an_event_leave_with_their_rows(family: str, outcome: str) -> None:
    frame = panel()
    of_five = (frame["cluster_i"] == 5) | (frame["cluster_j"] == 5)
    frame.loc[of_five, outcome] = 0
    fit = models.fit(f"{outcome} ~ x + z", frame, family=family, cluster_effects=True)
    rest = models.fit(f"{outcome} ~ x + z", frame[~of_five], family=family, cluster_effects=True)
    assert dict(fit.likelihood.data.dropped) == {LEFT_OUT: int(of_five.sum())}
    np.testing.assert_allclose(fit.coefficients, rest.coefficients, rtol=1e-9)
    assert fit.profile.rows == rest.profile.rows


def test_marginal_effects_go_through_the_effects() -> None:
    frame = panel()
    fit = models.fit("y ~ x + z", frame, cluster_effects=True)
    contrast = fit.predict(frame.assign(z=1)) - fit.predict(frame.assign(z=0))
    assert effects.average_marginal_effect(fit, "z")["estimate"] == pytest.approx(contrast.mean(), rel=1e-10)


def test_refusals_name_the_reason() -> None:
    frame = panel()
    with pytest.raises(ModelError, match="several parts or classes"):
        models.fit("m ~ x", frame, family="zip", cluster_effects=True)
    with pytest.raises(ModelError, match="need the clusters"):
        models.fit("y ~ x", frame, nodes=None, cluster_effects=True)
    with pytest.raises(ModelError, match="beside an intercept"):
        models.fit("y ~ 0 + x", frame, cluster_effects=True)
    size = np.arange(12) ** 2.0
    frame["size"] = size[frame["cluster_i"]] + size[frame["cluster_j"]]
    with pytest.raises(NotEstimable, match="'size' is a combination of the cluster effects"):
        models.fit("y ~ x + size", frame, cluster_effects=True)
    ring = pd.DataFrame({"cluster_i": np.arange(501), "cluster_j": (np.arange(501) + 1) % 501})
    ring = pd.concat([ring, ring]).assign(x=np.arange(1002.0), y=np.arange(1002.0) % 7)
    with pytest.raises(NotEstimable, match="of 501 clusters: at most 500"):
        models.fit("y ~ x", ring, family="linear", cluster_effects=True)
    with pytest.raises(ModelError, match="'new' is not in the sample"):
        models.fit("y ~ x", panel(), cluster_effects=True).predict(frame.assign(cluster_i="new"))
