"""Quartiles of features by walks over blocks: against numpy on whole columns, whatever the blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from interclust.features.quartiles import SHARES, bits_of, quartiles, values_of
from interclust.panel.blocks import Block


def blocks(x: Any, risk: Any, cuts: list[int], weights: Any = None) -> list[Block]:
    found = []
    for rows in np.split(np.arange(len(x)), cuts):
        columns = {f"x{place}": x[rows, place] for place in range(x.shape[1])}
        columns["in_emergence_risk_set"] = risk[rows]
        if weights is not None:
            columns["sampling_weight"] = weights[rows]
        found.append(Block(1, 0, rows, rows + 1, columns))
    return found


def columns(n: int = 301) -> tuple[Any, Any]:
    """Normal, skewed, with ties and both signs of zero, with gaps, and unknown in all rows."""
    rng = np.random.default_rng(3)
    x = np.column_stack(
        [
            rng.normal(size=n),
            np.exp(9 * rng.normal(size=n)),
            rng.integers(-1, 2, n) * -0.0 + rng.integers(-1, 2, n),
        ]
    )
    gaps = np.where(rng.random(n) < 0.4, np.nan, rng.normal(size=n))
    return np.column_stack([x, gaps, np.full(n, np.nan)]).astype(np.float32), rng.random(n) < 0.7


@pytest.mark.parametrize("cuts", [[], [1, 1, 40, 290]])
def test_quartiles_are_those_of_numpy(cuts: list[int]) -> None:
    x, risk = columns()
    found = quartiles(lambda: blocks(x, risk, cuts), [f"x{place}" for place in range(5)])
    for part, mask in enumerate((np.ones(len(x), dtype=bool), risk, ~risk)):
        for place in range(4):
            own = x[mask, place][~np.isnan(x[mask, place])]
            expected = np.quantile(own, SHARES, method="inverted_cdf")
            assert found[part, place].tolist() == expected.tolist()
    assert np.isnan(found[:, 4]).all()


def test_a_weight_of_three_is_three_rows() -> None:
    x, risk = columns()
    weights = np.where(np.arange(len(x)) % 4 == 0, 3.0, 1.0)
    again = np.repeat(np.arange(len(x)), weights.astype(int))
    weighted = quartiles(lambda: blocks(x, risk, [77], weights), ["x0", "x1", "x3"])
    repeated = quartiles(lambda: blocks(x[again], risk[again], [5]), ["x0", "x1", "x3"])
    assert np.array_equal(weighted, repeated)


def test_bits_sort_as_values_do() -> None:
    values = np.array([-np.inf, -2.5, -1e-40, 0, 1e-40, 3, np.inf], dtype=np.float32)
    assert (np.diff(bits_of(values).astype(float)) > 0).all()
    assert values_of(bits_of(values).astype(np.uint32)).tolist() == values.tolist()
    assert bits_of(np.array([-0.0], dtype=np.float32)) == bits_of(np.array([0.0], dtype=np.float32))
