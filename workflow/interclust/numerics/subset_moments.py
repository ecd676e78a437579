"""Mean and covariance of what a list of m bodies sums to, over its law, without going through the lists.

    P(S) proportional to product over i in S of w_i * product over pairs i < j of S of B_ij

A list sums to z(S) = sum over i of own_i + sum over pairs of x_ij (K features), and to who is on it. Every
second moment follows from those of pairs: with R_ij the weight of all completions of the pair {i, j} and
Z_ij the same times z,

    P(i, j in S) = R_ij / total,   E[1_i 1_j z] = Z_ij / total,
    E[1_i z] = sum over j of E[1_i 1_j z] / (m - 1),
    E[z z'] = sum over i of own_i E[1_i z]' + sum over pairs of x_ij E[1_i 1_j z]'.

With v_k = w_k B_ik B_jk the completions of a list of three are sum of v_k, of four v'Bv / 2: products of
matrices, a hundredth of the work of going through the 971,635 lists of four of 71 bodies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

LONGEST = 4  # the longest list whose completions are written out here


@dataclass(frozen=True)
class SubsetMoments:
    """Mean (K + n,) and covariance (K + n, K + n) of z and of who is on the list, n bodies."""

    mean: Array
    covariance: Array


def subset_moments(weight: Array, pair: Array, own: Array, x: Array, m: int) -> SubsetMoments:
    """Moments over the lists of ``m`` bodies (1 to ``LONGEST``).

    ``weight`` (n,) and ``pair`` (n, n, symmetric, zero on the diagonal) are w and B; ``own`` (n, K) what a
    body adds to z, ``x`` (n, n, K, symmetric, zero on the diagonal) what a pair does. Raises ValueError
    for another m, or where no list of m has a weight.
    """
    if not 1 <= m <= LONGEST:
        raise ValueError(f"lists of {m} bodies; moments are written out for 1 to {LONGEST}")
    if m == 1:
        return _of_one(weight, own)
    rest, summed = _completions(weight, pair, own, x, m)
    base = weight[:, None] * weight[None, :] * pair
    total = float((base * rest).sum()) / (m * (m - 1))
    if not total > 0.0:
        raise ValueError(f"no list of {m} bodies has a weight")
    together = base * rest / total  # P(i and j on the list)
    along = base[:, :, None] * summed / total  # E[1_i 1_j z]
    n, k = own.shape
    on = together.sum(axis=1) / (m - 1)
    cross = along.sum(axis=1) / (m - 1)  # E[1_i z], (n, K)
    second = np.empty((k + n, k + n))
    second[:k, :k] = own.T @ cross + 0.5 * np.einsum("ijk,ijl->kl", x, along)
    second[k:, :k], second[:k, k:] = cross, cross.T
    second[k:, k:] = together + np.diag(on)
    mean = np.concatenate([on @ own + 0.5 * np.einsum("ijk,ij->k", x, together), on])
    return _centred(mean, second)


def _of_one(weight: Array, own: Array) -> SubsetMoments:
    """Of lists of one body."""
    n, k = own.shape
    on = weight / weight.sum()
    second = np.empty((k + n, k + n))
    second[:k, :k] = (own.T * on) @ own
    second[k:, :k] = own * on[:, None]
    second[:k, k:] = second[k:, :k].T
    second[k:, k:] = np.diag(on)
    return _centred(np.concatenate([on @ own, on]), second)


def _centred(mean: Array, second: Array) -> SubsetMoments:
    return SubsetMoments(mean, second - np.outer(mean, mean))


def _completions(weight: Array, pair: Array, own: Array, x: Array, m: int) -> tuple[Array, Array]:
    """Weight R (n, n) of all completions of each pair to a list of m, and the same times z, (n, n, K)."""
    of_pair = x + own[:, None, :] + own[None, :, :]
    if m == 2:
        return np.ones_like(pair), of_pair
    if m == 3:
        rest, more = _by_one(weight, pair, own, x)
    else:
        rest, more = _by_two(weight, pair, own, x)
    return rest, of_pair * rest[:, :, None] + more


def _by_one(weight: Array, pair: Array, own: Array, x: Array) -> tuple[Array, Array]:
    """Sum over k of v_k (n, n), and of v_k times what k adds to z: own_k + x_ik + x_jk, (n, n, K)."""
    weighed = pair * weight  # (i, k)
    rest = weighed @ pair
    more = np.empty_like(x)
    for feature in range(x.shape[2]):
        through = (weighed * x[:, :, feature]) @ pair
        more[:, :, feature] = (weighed * own[:, feature]) @ pair + through + through.T
    return rest, more


def _by_two(weight: Array, pair: Array, own: Array, x: Array) -> tuple[Array, Array]:
    """Sum over k < l of v_k v_l B_kl, and of the same times what k and l add to z."""
    n, k = own.shape
    i, j = np.triu_indices(n, 1)
    v = pair[i] * pair[j] * weight  # (pairs, n)
    followed = v @ pair
    both = v * followed  # v_k (Bv)_k
    rest, more = np.zeros((n, n)), np.zeros((n, n, k))
    rest[i, j] = rest[j, i] = 0.5 * both.sum(axis=1)
    for feature in range(k):
        layer = x[:, :, feature]
        found = both @ own[:, feature] + ((layer[i] + layer[j]) * both).sum(axis=1)
        found += 0.5 * ((v @ (pair * layer)) * v).sum(axis=1)
        more[i, j, feature] = more[j, i, feature] = found
    return rest, more
