"""From square matrices to rows of dyads, and where a permutation of the nodes takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ModelError

Array = np.ndarray


@dataclass(frozen=True)
class Dyads:
    """The dyads of n nodes in T periods, period by period: a row is one dyad in one period.

    ``i`` and ``j`` (d,) are the ends of each dyad, ``place`` (n, n) its number (the same for (i, j) and (j,
    i) where dyads have no direction).
    """

    n: int
    periods: int
    i: Array
    j: Array
    place: Array

    @classmethod
    def of(cls, n: int, periods: int, directed: bool) -> Dyads:
        """All dyads of n nodes."""
        i, j = np.nonzero(~np.eye(n, dtype=bool)) if directed else np.triu_indices(n, 1)
        place = np.zeros((n, n), dtype=np.int64)
        place[i, j] = np.arange(len(i))
        if not directed:
            place[j, i] = place[i, j]
        return cls(n, periods, i, j, place)

    def values(self, name: str, matrices: Array, directed: bool) -> Array:
        """The rows (T d,) of matrices (T, n, n).

        Without direction what is known of (i, j) or of (j, i) alone is known of the dyad, and both must be
        the same where both are known: ModelError, with the place, if not.
        """
        rows = matrices[:, self.i, self.j]
        if not directed:
            other = matrices[:, self.j, self.i]
            wrong = np.argwhere((rows != other) & ~np.isnan(rows) & ~np.isnan(other))
            if len(wrong):
                _, dyad = wrong[0]
                raise ModelError(
                    f"{name} is {rows[tuple(wrong[0])]:g} at ({self.i[dyad]}, {self.j[dyad]}) and "
                    f"{other[tuple(wrong[0])]:g} at ({self.j[dyad]}, {self.i[dyad]}); set directed=True, or "
                    "make the matrix symmetric"
                )
            rows = np.where(np.isnan(rows), other, rows)
        return rows.reshape(-1)

    def permuted(self, drawn: Array, rows: Array) -> Array:
        """Where permutations (b, n) take their values from: row numbers (b, m) for the rows (m,) asked for.

        The value of (i, j) becomes that of (drawn[i], drawn[j]) in the same period: all periods move
        together.
        """
        period, dyad = np.divmod(rows, len(self.i))
        taken = self.place[drawn[:, self.i], drawn[:, self.j]]
        return taken[:, dyad] + period * len(self.i)


def stacked(name: str, matrix: Any, periods: int | None = None, n: int | None = None) -> Array:
    """A matrix (n, n), or one a period (T, n, n), as (T, n, n) floats.

    ``periods`` and ``n`` are those of the outcome: one matrix then stands for all periods. Raises ModelError
    for another shape, for what are no numbers and for infinite ones.
    """
    try:
        values = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError):
        raise ModelError(f"{name} holds values that are no numbers; write NaN for a missing dyad") from None
    if values.ndim not in (2, 3) or values.shape[-1] != values.shape[-2]:
        raise ModelError(f"{name} has the shape {values.shape}; expected (n, n), or (T, n, n) for T periods")
    values = values[None] if values.ndim == 2 else values
    if n is not None and periods is not None:
        if values.shape[1] != n or values.shape[0] not in (1, periods):
            raise ModelError(
                f"{name} has the shape {values.shape}, the outcome {(periods, n, n)}; both need the same "
                "nodes and periods"
            )
        values = np.broadcast_to(values, (periods, n, n))
    if np.isinf(values).any():
        raise ModelError(f"{name} has infinite values; write NaN for a missing dyad")
    return values


def dyad_rows(
    outcome: Any, others: Mapping[str, Any], directed: bool
) -> tuple[Dyads, Array, dict[str, Array]]:
    """The dyads, the rows (T d,) of the outcome, and those of the other matrices by name."""
    stack = stacked("the outcome", outcome)
    periods, n, _ = stack.shape
    if n < 3:
        raise ModelError(f"the matrices have {n} nodes; a permutation of nodes needs three")
    dyads = Dyads.of(n, periods, directed)
    rows = {
        name: dyads.values(name, stacked(name, matrix, periods, n), directed)
        for name, matrix in others.items()
    }
    return dyads, dyads.values("the outcome", stack, directed), rows


def refuse_risk_set(dyads: Dyads, y: Array) -> None:
    """Raise ModelError for an outcome that is missing once the event has happened: a risk set, not a network.

    An outcome of zeros and ones is one if no dyad that had the event is ever known again in a period in which
    both of its nodes have other dyads that are.
    """
    known = ~np.isnan(y)
    if dyads.periods < 2 or not np.isin(y[known], (0.0, 1.0)).all():
        return
    event = np.nan_to_num(y.reshape(dyads.periods, -1)) > 0
    had_before = np.zeros_like(event)
    had_before[1:] = np.logical_or.accumulate(event, axis=0)[:-1]
    seen = known.reshape(dyads.periods, -1)
    present = np.zeros((dyads.periods, dyads.n), dtype=bool)
    for period in range(dyads.periods):
        present[period, dyads.i[seen[period]]] = present[period, dyads.j[seen[period]]] = True
    expected = had_before & present[:, dyads.i] & present[:, dyads.j]
    if expected.any() and not (expected & seen).any():
        raise ModelError(
            f"the outcome is missing wherever a dyad has had the event before ({expected.sum()} rows): it "
            "is that of a risk set, whose gaps a permutation of nodes would move about; use a tie in every "
            "period, or a hazard model with the dyadic jackknife"
        )
