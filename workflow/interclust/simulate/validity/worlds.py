"""Small worlds for the measurement of intervals: all pairs of some clusters, with effects that no model sees.

Every cluster has a measure and a region, and an effect that is left out of the model, so that rows that share
a cluster depend. Ties are drawn dyad by dyad, or project by project: a list of m bodies ties all its pairs.
Where partner choice is modelled (``list_world``) lists are drawn from its own law, with the same effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from ...numerics.subsets import SubsetLaw

if TYPE_CHECKING:
    import pandas as pd

    from .cells import Cell

Array = np.ndarray

TERMS = ("s", "same_region", "x", "s:same_region")
SLOPES = (0.2, 0.5, 0.3, 0.0)  # of TERMS
LIST_TERMS = ("same_region", "x", "s_same_region")  # s itself belongs to clusters, whose effects are free
REGIONS = 5
EFFECT = 0.5  # standard deviation of what a cluster adds to each of its dyads
PAIR = 0.5  # and of what a pair adds in all its periods (panels only)
DISPERSION = 0.5  # variance of the gamma factor of a count (NB2)


@dataclass(frozen=True)
class Pairs:
    """All pairs of n clusters in T periods: ends (p,), features by period (T, p), log odds (T, p).

    ``strength`` (n,) is what each cluster adds to the log odds of its pairs.
    """

    i: Array
    j: Array
    s: Array
    same_region: Array
    x: Array
    utility: Array
    strength: Array


def draw(cell: Cell, rng: np.random.Generator) -> pd.DataFrame:
    """One world of a cell: cluster_i, cluster_j, period, s, same_region, x, y, and the projects of rows."""
    pairs = _pairs(cell, rng)
    counts, projects = _by_lists(cell, pairs, rng) if cell.lists else _by_dyad(cell, pairs, rng)
    return _frame(cell, pairs, counts, projects)


@dataclass(frozen=True)
class ListWorld:
    """Lists and pair features (``LIST_TERMS``) as ``models.fit_lists`` takes them."""

    lists: pd.DataFrame
    pairs: pd.DataFrame


def list_world(cell: Cell, rng: np.random.Generator) -> ListWorld:
    """One world of a cell of list choice, of one period."""
    import pandas as pd

    pairs = _pairs(cell, rng)
    n = cell.clusters
    proximity = np.zeros((n, n))
    own = SLOPES[1] * pairs.same_region + SLOPES[2] * pairs.x[0] + SLOPES[3] * pairs.s * pairs.same_region
    proximity[pairs.i, pairs.j] = proximity[pairs.j, pairs.i] = own
    members = []
    for size, each in cell.lists_expected(len(pairs.i)).items():
        drawn = SubsetLaw(pairs.strength, proximity, size).draw(rng, int(rng.poisson(each)))
        members += [sorted(row.tolist()) for row in drawn]
    names = [f"l{number:04d}" for number in range(len(members))]
    told = {"period_low": 0, "period_high": 0, "source_ids": [["s"]] * len(names)}
    lists = pd.DataFrame({"list_id": names, "members": members} | told)
    both = (pairs.same_region, pairs.x[0], pairs.s * pairs.same_region)
    ends = {"period": 0, "cluster_i": pairs.i, "cluster_j": pairs.j}
    return ListWorld(lists, pd.DataFrame(ends | dict(zip(LIST_TERMS, both, strict=True))))


def _pairs(cell: Cell, rng: np.random.Generator) -> Pairs:
    n, periods = cell.clusters, cell.periods
    i, j = np.triu_indices(n, 1)
    measure, effect = rng.standard_normal(n), EFFECT * rng.standard_normal(n)
    region = rng.integers(0, REGIONS, n)
    fixed, moving = rng.standard_normal(len(i)), rng.standard_normal((periods, len(i)))
    x = moving if periods == 1 else np.sqrt(0.5) * (fixed + moving)
    s, same = measure[i] + measure[j], (region[i] == region[j]).astype(float)
    utility = SLOPES[0] * s + SLOPES[1] * same + SLOPES[2] * x + effect[i] + effect[j]
    if periods > 1:
        utility = utility + PAIR * rng.standard_normal(len(i))
    return Pairs(i, j, s, same, x, utility, SLOPES[0] * measure + effect)


def _by_dyad(cell: Cell, pairs: Pairs, rng: np.random.Generator) -> tuple[Array, None]:
    """Outcomes drawn dyad by dyad at the share of the cell: events, or counts of that mean; no projects."""
    mean, variance = _moments(cell.periods)
    if cell.counted:
        rate = cell.ties * np.exp(pairs.utility - mean - variance / 2)
        if cell.family == "negbin":
            rate = rate * rng.gamma(1 / DISPERSION, DISPERSION, rate.shape)
        return rng.poisson(rate), None
    eta = pairs.utility + _intercept(mean, variance, cell.ties)
    return (rng.random(eta.shape) < expit(eta)).astype(np.int64), None


def _moments(periods: int) -> tuple[float, float]:
    """Mean and variance of the utility of a pair over all worlds."""
    same = 1 / REGIONS
    parts = [2 * SLOPES[0] ** 2, SLOPES[1] ** 2 * same * (1 - same), SLOPES[2] ** 2, 2 * EFFECT**2]
    return SLOPES[1] * same, sum(parts) + (PAIR**2 if periods > 1 else 0.0)


@cache
def _intercept(mean: float, variance: float, share: float) -> float:
    """The intercept at which ties have about that share over all worlds (in one they may have another).

    It is the same in every world: one that met the share in each would take the variation of the level away
    that an interval of the intercept is there for.
    """
    from scipy.optimize import brentq

    points, weights = np.polynomial.hermite_e.hermegauss(40)
    utility, weights = mean + np.sqrt(variance) * points, weights / weights.sum()
    return float(brentq(lambda level: weights @ expit(utility + level) - share, -30.0, 30.0))


def _by_lists(cell: Cell, pairs: Pairs, rng: np.random.Generator) -> tuple[Array, list[list[list[int]]]]:
    """Counts (T, p) of the lists that hold each pair, and their numbers by period and pair."""
    n = cell.clusters
    number = np.zeros((n, n), dtype=np.int64)
    number[pairs.i, pairs.j] = number[pairs.j, pairs.i] = np.arange(len(pairs.i))
    counts = np.zeros((cell.periods, len(pairs.i)), dtype=np.int64)
    projects: list[list[list[int]]] = [[[] for _ in range(len(pairs.i))] for _ in range(cell.periods)]
    made = 0
    for period in range(cell.periods):
        weight = np.zeros((n, n))
        weight[pairs.i, pairs.j] = weight[pairs.j, pairs.i] = pairs.utility[period]
        for size in _sizes(cell, pairs.utility[period], rng):
            for a, b in combinations(_members(size, weight, rng), 2):
                counts[period, number[a, b]] += 1
                projects[period][number[a, b]].append(made)
            made += 1
    return counts, projects


def _sizes(cell: Cell, utility: Array, rng: np.random.Generator) -> list[int]:
    """Sizes of the lists of a period: Poisson numbers whose mean follows the mean rate of the world's pairs.

    So the level differs from world to world as it does where ties are drawn dyad by dyad: a fixed number of
    lists would take the variation away that an interval of the intercept is there for.
    """
    level = float(np.exp(utility).mean()) / _mean_rate(cell.periods)
    numbers = {size: rng.poisson(level * each) for size, each in cell.lists_expected(len(utility)).items()}
    return [size for size, number in numbers.items() for _ in range(number)]


def _mean_rate(periods: int) -> float:
    """The mean of exp(utility) of a pair over all worlds."""
    same = 1 / REGIONS
    _, variance = _moments(periods)
    normal = variance - SLOPES[1] ** 2 * same * (1 - same)
    return float(np.exp(normal / 2) * (1 - same + same * np.exp(SLOPES[1])))


def _members(size: int, utility: Array, rng: np.random.Generator) -> Sequence[int]:
    """A list: a body by its mean utility, then one by one, likelier the more they suit those drawn."""
    members: list[int] = []
    pull = utility.sum(axis=1) / (len(utility) - 1)
    joined = np.zeros(len(utility))
    for place in range(size):
        weight = np.exp(pull - pull.max())
        weight[members] = 0.0
        reach = np.cumsum(weight)
        members.append(int(np.searchsorted(reach, rng.random() * reach[-1], side="right")))
        joined += utility[members[-1]]
        pull = joined / (place + 1)
    return members


def _frame(cell: Cell, pairs: Pairs, counts: Array, projects: list[list[list[int]]] | None) -> pd.DataFrame:
    import pandas as pd

    periods, p = counts.shape
    frame = pd.DataFrame(
        {
            "cluster_i": np.tile(pairs.i, periods),
            "cluster_j": np.tile(pairs.j, periods),
            "period": np.repeat(np.arange(periods), p),
            "s": np.tile(pairs.s, periods),
            "same_region": np.tile(pairs.same_region, periods),
            "x": pairs.x.ravel(),
            "y": (counts if cell.counted else np.minimum(counts, 1)).ravel().astype(float),
        }
    )
    if projects is not None:
        frame["projects"] = [found for period in projects for found in period]
    return frame
