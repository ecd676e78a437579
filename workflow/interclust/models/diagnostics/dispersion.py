"""Do counts spread as their family says? Pearson's statistic, zeros and a rootogram by parametric bootstrap.

Counts are drawn from the fit, row by row and given all features, and the parameters are estimated again from
each draw by one Newton step from the estimate, theta_b = theta + A^-1 s_b(theta), which has the limit
distribution of a refit (Davidson & MacKinnon 1999, International Economic Review 40(2); Andrews 2002,
Econometrica 70(1)). Frequencies are compared after that step: a draw's own fitted frequency is subtracted,

    n_b(c) - E_b(c),   E_b(c) = E(c) + (theta_b - theta)' sum over rows of P(c) d ln P(c) / d theta,

to first order. Rootogram: Kleiber & Zeileis (2016), The American Statistician 70(3).
The null hypothesis holds the family *and* independent rows; a list of three ties three rows at once, so
that a small p-value can also come from projects (``dependence.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...numerics.newton import inverse
from ..likelihood import Likelihood
from .counts import Counts
from .monte_carlo import COLUMNS, TAILS, compared
from .variances import pearson_residuals
from .walk import Tile, walk

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

DISPERSION = ("statistic", "expected", *COLUMNS, "simulations")
ROOTOGRAM = (
    *("count", "open", "observed", "expected", "sqrt_observed", "sqrt_expected"),
    *("conf_low", "conf_high"),
)
MOST = 40  # the last count with a line of its own


@dataclass(frozen=True)
class Spread:
    """Frequencies of the counts 0 .. K - 1 and of K and more, and Pearson's statistic over its degrees.

    ``observed`` and ``expected`` (K + 1,); ``simulated`` (B, K + 1) are a draw's frequencies less what its
    own fit expects, plus ``expected``; ``pearson`` the observed statistic, ``pearson_simulated`` (B,).
    """

    observed: Array
    expected: Array
    simulated: Array
    pearson: float
    pearson_simulated: Array

    def dispersion(self) -> pd.DataFrame:
        """Pearson's statistic and the share of zeros beside their simulated values."""
        import pandas as pd

        n, b = self.observed.sum(), len(self.simulated)
        pearson = {"statistic": "pearson", "expected": 1.0} | compared(self.pearson, self.pearson_simulated)
        zeros = compared(self.observed[0] / n, self.simulated[:, 0] / n)
        rows = [pearson, {"statistic": "zero_share", "expected": self.expected[0] / n} | zeros]
        return pd.DataFrame([row | {"simulations": b} for row in rows], columns=list(DISPERSION))

    def rootogram(self) -> pd.DataFrame:
        """Observed and expected frequency of every count, their roots, and the interval of the observed."""
        import pandas as pd

        low, high = np.quantile(np.maximum(self.simulated, 0.0), TAILS, axis=0)
        count = np.arange(len(self.observed))
        columns = (
            *(count, count == count[-1], self.observed, self.expected),
            *(np.sqrt(self.observed), np.sqrt(self.expected), low, high),
        )
        return pd.DataFrame(dict(zip(ROOTOGRAM, columns, strict=True)))


def spread(likelihood: Likelihood, params: Array, information: Array, settings: Mapping[str, int]) -> Spread:
    """The spread of the counts of a fitted count model; ``settings`` has simulations and seed.

    Two walks over the rows, in which each draw is made anew from the seed, so that none is kept. Rows that
    have weights count with them.
    """
    simulations, seed = settings["simulations"], settings["seed"]
    most = min(max(int(tile.y.max()) for tile in walk(likelihood, params)) + 1, MOST)
    first = _Frequencies.zero(len(params), most, simulations)
    for number, tile in enumerate(walk(likelihood, params)):
        first.add(tile, (seed, number))
    steps = first.scores @ inverse(information)
    refitted = params + steps
    pearson, sizes = np.zeros(simulations + 1), 0
    for number, tile in enumerate(walk(likelihood, params)):
        law = Counts(likelihood.family, tile.eta)
        pearson[-1] += _pearson(tile, params, tile.y)
        sizes += len(tile.y)
        for b in range(simulations):
            y = law.draw(_generator(seed, number, b))
            pearson[b] += _pearson(tile, refitted[b], y)
    pearson /= sizes - len(params)
    simulated = first.simulated - steps @ first.slopes.T
    return Spread(first.observed, first.expected, simulated, float(pearson[-1]), pearson[:-1])


def _generator(seed: int, tile: int, b: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(tile, b)))


@dataclass
class _Frequencies:
    """Frequencies observed, expected (K + 1,) and simulated (B, K + 1).

    With the slopes (K + 1, k) of the expected in the parameters, and the scores (B, k) of the draws.
    """

    observed: Array
    expected: Array
    slopes: Array
    simulated: Array
    scores: Array

    @classmethod
    def zero(cls, k: int, most: int, simulations: int) -> _Frequencies:
        sizes = ((most + 1,), (most + 1,), (most + 1, k), (simulations, most + 1), (simulations, k))
        return cls(*(np.zeros(size) for size in sizes))

    def add(self, tile: Tile, key: tuple[int, int]) -> None:
        """Add the rows of a tile."""
        most, law = len(self.observed) - 1, Counts(tile.likelihood.family, tile.eta)
        self.observed += _histogram(tile.y, tile.weight, most)
        below, slope = np.zeros(len(tile.y)), np.zeros(self.slopes.shape[1])
        for count in range(most):
            chance = law.probability(count) * tile.weight
            own = tile.score(np.full(len(tile.y), float(count)), chance)
            self.expected[count] += chance.sum()
            self.slopes[count] += own
            below, slope = below + chance, slope + own
        self.expected[most] += (tile.weight - below).sum()
        self.slopes[most] -= slope
        for b in range(len(self.scores)):
            y = law.draw(_generator(*key, b))
            self.simulated[b] += _histogram(y, tile.weight, most)
            self.scores[b] += tile.score(y, tile.weight)


def _histogram(y: Array, weight: Array, most: int) -> Array:
    return np.bincount(np.minimum(y, most).astype(np.int64), weight, most + 1)


def _pearson(tile: Tile, params: Array, y: Array) -> float:
    """Sum of the squared Pearson residuals of outcomes y at ``params``."""
    residuals = pearson_residuals(tile.likelihood.family, y, tile.predictors(params))
    return float(tile.weight @ residuals**2)
