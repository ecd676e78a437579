"""A logit of fifteen terms in memory, by ourselves and four peers, and its dyadic covariance.

The rows are a made panel of all pairs of clusters in eight periods: fourteen standard normal features,
events at 8 %. The peers are given one matrix in the order that they are quickest with (by column), no
penalty, and tolerances at which they reach the same maximum: with their own glum stops half a standard
error away and scikit-learn a hundredth.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .part import Found, Job, Part, Python, R, as_found

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
Data = tuple[Array, Array, Array, Array]

FEATURES = [f"x{q:02d}" for q in range(14)]
SLOPES = np.linspace(-0.4, 0.4, len(FEATURES))
FORMULA = "y ~ " + " + ".join(FEATURES)
PERIODS, EVENTS_AT = 8, -2.8
WARM_ROWS = 20_000
TOLERANCE = 1e-10


def nodes_for(rows: int, periods: int = PERIODS) -> int:
    """Clusters whose pairs in so many periods are about ``rows``."""
    return int(np.ceil((1 + np.sqrt(1 + 8 * rows / periods)) / 2))


def rows_of(rows: int, periods: int = PERIODS) -> int:
    """Rows that there really are."""
    n = nodes_for(rows, periods)
    return n * (n - 1) // 2 * periods


def prepare(rows: int, folder: Path) -> None:
    """Features (n, 14) by column, outcome and the two ends of each row, as plain numbers."""
    n, rng = nodes_for(rows), np.random.default_rng(1)
    ends = [np.tile(end.astype(np.int32), PERIODS) for end in np.triu_indices(n, 1)]
    eta = np.full(len(ends[0]), EVENTS_AT)
    with (folder / "X").open("wb") as stream:
        for slope in SLOPES:
            values = rng.standard_normal(len(eta))
            values.tofile(stream)
            eta += slope * values
    (rng.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(float).tofile(folder / "y")
    for name, end in zip(("i", "j"), ends, strict=True):
        end.tofile(folder / name)


def read(folder: Path) -> Data:
    """The same, read."""
    y = np.fromfile(folder / "y")
    X = np.fromfile(folder / "X").reshape((len(y), len(FEATURES)), order="F")
    i, j = (np.fromfile(folder / name, dtype=np.int32) for name in ("i", "j"))
    return X, y, i, j


def framed(X: Array, y: Array, i: Array, j: Array) -> pd.DataFrame:
    """The same values as a frame, the matrix not copied."""
    import pandas as pd

    features = pd.DataFrame(X, columns=FEATURES, copy=False)
    beside = pd.DataFrame({"y": y, "cluster_i": i, "cluster_j": j}, copy=False)
    return pd.concat([features, beside], axis=1, copy=False)


def ours(rows: int, folder: Path) -> Job:
    """The fit of interclust."""
    return _ours(folder, jackknife=False)


def ours_jackknife(rows: int, folder: Path) -> Job:
    """The fit with the default covariance."""
    return _ours(folder, jackknife=True)


def _ours(folder: Path, jackknife: bool) -> Job:
    from interclust import models

    frame = framed(*read(folder))

    def run(rows: pd.DataFrame) -> Found:
        fit = models.fit(FORMULA, rows)
        if jackknife:
            fit.covariance("dyadic_jackknife")
        errors = np.sqrt(np.diag(fit.covariance("classical").matrix))
        return Found(fit.coefficients, errors)

    run(frame.iloc[:WARM_ROWS])
    return Job(lambda: run(frame), as_found)


def glum(rows: int, folder: Path) -> Job:
    """The fit of glum."""
    from glum import GeneralizedLinearRegressor  # type: ignore[import-not-found]

    def run(X: Array, y: Array) -> Found:
        model = GeneralizedLinearRegressor(family="binomial", alpha=0, gradient_tol=TOLERANCE)
        found = model.fit(X, y)
        return Found([float(found.intercept_), *found.coef_])

    return _warmed(run, *read(folder)[:2])


def scikit_learn(rows: int, folder: Path) -> Job:
    """The fit of scikit-learn, by Newton's steps."""
    from sklearn.linear_model import LogisticRegression

    def run(X: Array, y: Array) -> Found:
        found = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=TOLERANCE).fit(X, y)
        return Found([float(found.intercept_[0]), *found.coef_[0]])

    return _warmed(run, *read(folder)[:2])


def statsmodels(rows: int, folder: Path) -> Job:
    """The fit of statsmodels, by Newton's steps; its design has the intercept."""
    import statsmodels.api as sm

    def run(X: Array, y: Array) -> Found:
        return Found(sm.Logit(y, X).fit(disp=0, tol=TOLERANCE).params)

    X, y, *_ = read(folder)
    return _warmed(run, np.asfortranarray(np.column_stack([np.ones(len(X)), X])), y)


def _warmed(run: Callable[[Array, Array], Found], X: Array, y: Array) -> Job:
    few = slice(0, WARM_ROWS)
    run(np.asfortranarray(X[few]), y[few])
    return Job(lambda: run(X, y), as_found)


def our_covariance(rows: int, folder: Path) -> Job:
    """The dyadic sandwich of a fit that is at hand, nothing clipped; compared by all its entries."""
    from interclust import models

    fit = models.fit(FORMULA, framed(*read(folder)))

    def run() -> Found:
        matrix = fit.covariance("dyadic", clip=False).matrix
        errors = np.sqrt(np.abs(np.diag(matrix)))
        return Found(matrix.ravel(), np.outer(errors, errors).ravel())

    return Job(run, as_found)


def our_jackknife(rows: int, folder: Path) -> Job:
    """The jackknife by one Newton step a cluster and pair, of a fit that is at hand."""
    from interclust import models

    fit = models.fit(FORMULA, framed(*read(folder)))
    return Job(lambda: fit.covariance("dyadic_jackknife"))


def newton(X: Array, y: Array) -> tuple[Array, Array]:
    """Row scores (n, k) and information (k, k) at the maximum, in numpy alone."""
    beta = np.zeros(X.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-X @ beta))
        information = (X * (p * (1 - p))[:, None]).T @ X
        beta += np.linalg.solve(information, X.T @ (y - p))
    p = 1 / (1 + np.exp(-X @ beta))
    return X * (y - p)[:, None], (X * (p * (1 - p))[:, None]).T @ X


def double_sum(rows: int, folder: Path) -> Job:
    """The sandwich as it is defined: all pairs of rows that share a cluster, block by block."""
    X, y, i, j = read(folder)
    scores, information = newton(np.column_stack([np.ones(len(y)), X]), y)
    block = max(1, 2**24 // len(y))

    def run() -> Found:
        meat = np.zeros_like(information)
        for low in range(0, len(y), block):
            a, b = i[low : low + block, None], j[low : low + block, None]
            share = (a == i) | (a == j) | (b == i) | (b == j)
            meat += scores[low : low + block].T @ (share.astype(float) @ scores)
        bread = np.linalg.inv(information)
        return Found((bread @ meat @ bread).ravel())

    return Job(run, as_found)


LOGIT = Part(
    "logit",
    "rows",
    rows_of,
    prepare,
    {
        "interclust": Python(ours),
        "interclust with dyadic_jackknife": Python(ours_jackknife),
        "glum": Python(glum),
        "scikit-learn": Python(scikit_learn),
        "statsmodels": Python(statsmodels),
        "R: glm and sandwich": R("logit.R", ("sandwich",)),
    },
    sizes=(250_000, 500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000),
    tiny=(8_000,),
    distance="largest distance of an estimate, in standard errors",
    growth=True,
)

COVARIANCE = Part(
    "covariance",
    "rows",
    rows_of,
    prepare,
    {
        "interclust": Python(our_covariance),
        "interclust, dyadic_jackknife": Python(our_jackknife),
        "numpy: double sum": Python(double_sum),
        "R: sandwich, once a cluster": R("dyads.R", ("sandwich",)),
    },
    sizes=(8_000, 32_000, 128_000, 512_000, 1_024_000, 2_048_000, 4_096_000),
    tiny=(2_000,),
    distance="largest difference of an entry of V, in products of standard errors",
    growth=True,
)
