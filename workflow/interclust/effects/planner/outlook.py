"""Standard errors of a list choice now, and once so much information more is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numerics.newton import inverse

Array = np.ndarray


@dataclass(frozen=True)
class Outlook:
    """The fit as it is: information (P, P), K of its parameters being beta, and reported errors (K,).

    ``information`` has the prior of the effects of bodies and a place for each of these, named or not;
    ``df`` (K,) are the degrees of freedom of the errors, which are kept.
    """

    information: Array
    std_error: Array
    df: Array

    @property
    def k(self) -> int:
        """Number of terms."""
        return len(self.std_error)

    @property
    def classical(self) -> Array:
        """Classical variances (K,) now."""
        return self.variances(np.zeros_like(self.information))

    def variances(self, gained: Array) -> Array:
        """Classical variances (K,) of beta, the effects profiled out, with the information (P, P) gained."""
        whole = self.information + gained
        k = self.k
        cross = np.linalg.solve(whole[k:, k:], whole[k:, :k])
        return np.diag(inverse(whole[:k, :k] - whole[:k, k:] @ cross))

    def errors(self, gained: Array) -> tuple[Array, Array]:
        """Standard errors (K,) with what is gained: as expected, and if what dependence adds stays.

        The reported variance is larger than the classical one, for lists that share a body depend. As
        expected, the excess shrinks as the classical variance does; in the second case it stays, as it would
        if it came from bodies that differ in what they look for, of whom more lists tell no more. Where there
        is no excess, the two are one.
        """
        after, now = self.variances(gained), self.classical
        excess = np.square(self.std_error) - now
        expected = after * np.square(self.std_error) / now
        return np.sqrt(expected), np.sqrt(np.where(excess > 0.0, after + excess, expected))
