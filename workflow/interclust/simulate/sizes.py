"""How many bodies label each project: shares by period that meet the published totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ConfigError

Array = np.ndarray


def colabelled_shares(periods: Array, n_projects: Array, anchors: Sequence[Mapping[str, Any]]) -> Array:
    """Share of projects with two labels or more in each period, (T,).

    A logistic line in the number of the period through one or two published totals, each
    ``{first, last, n, of}``: n of ``of`` projects from period ``first`` to ``last``. With one, the share
    is constant.
    """
    spans = [(periods >= item["first"]) & (periods <= item["last"]) for item in anchors]
    if not 1 <= len(spans) <= 2 or not all((span * n_projects).sum() for span in spans):
        raise ConfigError(
            "simulate.published.colabelled: needs one or two published totals, each over periods that have "
            "projects; write {first, last, n, of}"
        )
    weights = np.array([span * n_projects / (span * n_projects).sum() for span in spans])
    shares = np.array([item["n"] / item["of"] for item in anchors])
    line = np.column_stack([np.ones(len(periods)), (periods - periods.mean()) / len(periods)])[
        :, : len(spans)
    ]
    return logistic(line @ _through(weights, shares, line))


def _through(weights: Array, shares: Array, line: Array) -> Array:
    """Coefficients whose weighted mean shares are ``shares`` (Newton; two equations at most)."""
    coefficients = np.zeros(line.shape[1])
    coefficients[0] = np.log(shares.mean() / (1 - shares.mean()))
    for _ in range(50):
        p = logistic(line @ coefficients)
        gap = weights @ p - shares
        if np.abs(gap).max() < 1e-12:
            return coefficients
        coefficients -= np.linalg.solve(weights @ (line * (p * (1 - p))[:, None]), gap)
    raise ConfigError(
        "simulate.published.colabelled: no logistic line passes through the two published totals; "
        "give totals of distinct periods"
    )


def logistic(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def quotas(total: int, shares: Array) -> Array:
    """Whole numbers closest to ``total * shares`` that sum to ``total`` (largest remainders)."""
    exact = total * shares / shares.sum()
    whole = np.floor(exact).astype(int)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def size_counts(
    periods: Array, n_projects: Array, anchors: Sequence[Mapping[str, Any]], composition: Mapping[Any, float]
) -> dict[int, dict[int, int]]:
    """Number of projects of each size in each period: ``{period: {m: count}}``.

    ``anchors`` are the published totals of co-labelled projects, ``composition`` the share of each size
    from 2 on among the projects with two labels or more. Sizes are fixed numbers, not draws: the list
    model is conditional on them, and the totals are known.
    """
    parts = {int(m): float(share) for m, share in sorted(composition.items(), key=lambda item: int(item[0]))}
    if min(parts) < 2:
        raise ConfigError(
            f"simulate.composition: size {min(parts)} is not a co-label; give shares of the sizes from 2 on"
        )
    counts = {}
    shares = colabelled_shares(periods, n_projects, anchors)
    for period, total, share in zip(periods.tolist(), n_projects.tolist(), shares, strict=True):
        several = round(total * share)
        split = quotas(several, np.array(list(parts.values()))).tolist()
        found = {1: total - several, **dict(zip(parts, split, strict=True))}
        counts[period] = {m: count for m, count in found.items() if count}
    return counts
