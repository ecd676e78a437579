"""Events in the cells of a moderator: what a test of a product of two columns rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from .formula import Formula
from .rows.data import Data

Cells = dict[str, int]


def product_cells(
    data: Data, outcome: str, formulas: Sequence[Formula], flags: Collection[str]
) -> dict[str, Cells]:
    """Rows with an event (outcome above zero) in the cells of the products of formulas.

    Of two flags the four cells, ``{"a:b": {"0,0": n, "0,1": n, ...}}``; of a measure in a product the two
    halves about its mean over the rows, ``{x: {"<4.21": n, ">=4.21": n}}``.
    """
    products = [
        [factor.column for factor in term]
        for formula in formulas
        for term in formula.terms
        if len(term) > 1 and not any(factor.kind == "C" for factor in term)
    ]
    pairs = [pair for pair in products if len(pair) == 2 and all(name in flags for name in pair)]
    measures = list(dict.fromkeys(name for names in products for name in names if name not in flags))
    return _halves(data, outcome, measures) | {":".join(pair): _joint(data, outcome, pair) for pair in pairs}


def _joint(data: Data, outcome: str, pair: Sequence[str]) -> Cells:
    counts = np.zeros(4, dtype=int)
    for batch in data.batches():
        event = np.asarray(batch.columns[outcome], dtype=float) > 0
        first, second = (np.asarray(batch.columns[name])[event] == 1 for name in pair)
        counts += np.bincount(2 * first + second, minlength=4)
    return {f"{cell // 2},{cell % 2}": int(count) for cell, count in enumerate(counts)}


def _halves(data: Data, outcome: str, names: Sequence[str]) -> dict[str, Cells]:
    found = {}
    for name, mean in zip(names, _means(data, names), strict=True):
        below = above = 0
        for batch in data.batches():
            event = np.asarray(batch.columns[outcome], dtype=float) > 0
            high = np.asarray(batch.columns[name], dtype=float)[event] >= mean
            below, above = below + int(np.count_nonzero(~high)), above + int(np.count_nonzero(high))
        found[name] = {f"<{mean:.3g}": below, f">={mean:.3g}": above}
    return found


def _means(data: Data, names: Sequence[str]) -> list[float]:
    rows, sums = 0, np.zeros(len(names))
    for batch in data.batches():
        rows += len(batch)
        sums += [float(np.sum(batch.columns[name], dtype=float)) for name in names]
    return list(sums / max(rows, 1))
