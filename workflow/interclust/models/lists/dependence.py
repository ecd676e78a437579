"""Covariance of list choice by pairs of lists that share a body, for lists of any length.

Inclusion and exclusion over the sets of bodies of a list has 2^m terms, and where lists are long its
deletions leave out a quarter of them at once, so that large terms of either sign no longer cancel. What
it counts can be said directly: every pair of lists that share a body, once (docs/methods.md, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...numerics.newton import inverse

Array = np.ndarray


def sharing(members: Sequence[Sequence[int]]) -> Array:
    """Which lists have a body in common: (L, L) of 0 and 1, ones on the diagonal."""
    bodies = sorted({body for each in members for body in each})
    inside = np.zeros((len(members), len(bodies)))
    for row, each in enumerate(members):
        inside[row, np.searchsorted(bodies, each)] = 1.0
    return (inside @ inside.T > 0).astype(float)


def counted_together(scores: Array, informations: Array, information: Array, together: Array) -> Array:
    """Covariance (P, P) that adds the products of scores of lists counted together.

        A^-1 [ sum of B_lm (s_l s_m' + I_l A^-1 I_m') ] A^-1

    scores s (L, P) and informations I (L, P, P) are those of the lists at the estimate, ``information`` A
    (P, P) that of the fit, ``together`` B (L, L, symmetric). The second term gives back what fitting takes
    from the first: at the estimate s_l is s_l(theta) - I_l A^-1 sum s_m(theta), so that for lists that are
    independent given the model E s_l s_m' = [l = m] I_l - I_l A^-1 I_m' (an additive correction of small
    samples, as in Morel, Bokossa & Neerchal 2003). Without it V is zero where every list shares a body with
    every other, for scores sum to zero; with it V is then A^-1.
    """
    bread = inverse(information)
    robust = scores.T @ together @ scores
    joined = np.tensordot(together, informations, axes=1)
    taken = np.einsum("lab,lbc->ac", informations @ bread, joined, optimize=True)
    return bread @ (robust + 0.5 * (taken + taken.T)) @ bread
