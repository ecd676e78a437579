"""Gibbs swaps: lists of a fixed size moved by P(S) proportional to exp(sum of strengths + sum of pair terms).

A member drawn at random leaves and a newcomer, perhaps the same body, is drawn given the others. One swap is
reversible under P, and so is any number of them: where a chain is started and where it ends can be
exchanged, which is what makes alternatives drawn from an observed list valid (Besag & Clifford 1989).
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def swapped(inside: Array, strength: Array, proximity: Array, steps: int, rng: np.random.Generator) -> Array:
    """The lists after so many swaps each: (r, n) bool, as ``inside``, every row with as many members.

    ``strength`` (n,) and ``proximity`` (n, n, symmetric; its diagonal is ignored) are on the log scale.
    """
    each, inside = np.arange(len(inside)), inside.copy()
    proximity = proximity - np.diag(np.diag(proximity))
    utility = strength + inside @ proximity
    for _ in range(steps):
        leaver = pick(inside.astype(float), rng)
        inside[each, leaver] = False
        utility -= proximity[leaver]
        newcomer = newcomers(inside, utility, rng)
        inside[each, newcomer] = True
        utility += proximity[newcomer]
    return inside


def newcomers(inside: Array, utility: Array, rng: np.random.Generator) -> Array:
    """One more member for each list (r,), given the log weight (r, n) of every body as the next."""
    log_weight = np.where(inside, -np.inf, utility)
    return pick(np.exp(log_weight - log_weight.max(axis=1, keepdims=True)), rng)


def pick(weights: Array, rng: np.random.Generator) -> Array:
    """One column for each row of ``weights`` (r, n), with probability proportional to its weight."""
    cumulated = np.cumsum(weights, axis=1)
    # within (0, total], so that neither rounding nor a weight of zero can lead outside
    target = (1.0 - rng.random((len(weights), 1))) * cumulated[:, -1:]
    return (cumulated < target).sum(axis=1)
