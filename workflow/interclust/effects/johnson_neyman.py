"""Johnson-Neyman regions: where, along a moderator, the interval of a slope leaves out zero.

The slope of the linear predictor in a feature is s(m) = a + b m; its interval with the critical value t
leaves out zero where (a + b m)^2 > t^2 Var(a + b m), a quadratic inequality in m (Johnson & Neyman 1936,
Statistical Research Memoirs 1; Bauer & Curran 2005, Multivariate Behavioral Research 40, equation 9), solved
exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..inference.intervals import critical_value
from .delta import Basis, Effect
from .margins import Combination, Margins
from .sample import Sample

if TYPE_CHECKING:
    import pandas as pd

Interval = tuple[float, float]


@dataclass(frozen=True)
class Region:
    """An open interval of the moderator in which the slope differs from zero, and its sign there.

    ``share`` is that of the sample's rows in it.
    """

    low: float
    high: float
    sign: int
    share: float


@dataclass(frozen=True)
class JohnsonNeyman:
    """Regions of a moderator, in its own units, in which the interval of a term's slope leaves out zero.

    ``where`` says how they lie to the bounds: inside (between two), outside (of two), above or below (one),
    everywhere or nowhere (none). ``observed`` is the moderator's range in the sample, beyond which a bound is
    an extrapolation; ``share`` the share of the sample's rows in the regions.
    """

    term: str
    moderator: str
    vcov: str
    df: float
    level: float
    bounds: tuple[float, ...]
    where: str
    regions: tuple[Region, ...]
    observed: Interval

    @property
    def share(self) -> float:
        """The share of the rows in all regions."""
        return float(sum(region.share for region in self.regions))

    def table(self) -> pd.DataFrame:
        """One row a region: low, high (infinite where open), sign, share, whether its ends are observed."""
        import pandas as pd

        low, high = self.observed
        rows = [
            {
                **vars(region),
                "low_observed": low <= region.low <= high,
                "high_observed": low <= region.high <= high,
            }
            for region in self.regions
        ]
        return pd.DataFrame(rows, columns=["low", "high", "sign", "share", "low_observed", "high_observed"])

    def row(self, basis: Basis) -> dict[str, Any]:
        """Its line of ``effects/<model>.csv``: ``estimate`` is the share of rows, the limits are the bounds.

        ``at`` is ``where``; a region above or below one bound has no other.
        """
        low, high = (None, None) if not self.bounds else (self.bounds[0], self.bounds[-1])
        low, high = None if self.where == "below" else low, None if self.where == "above" else high
        return {
            "model": basis.model,
            "effect_id": f"johnson_neyman:{self.term}|{self.moderator}",
            "kind": "johnson_neyman",
            "term": self.term,
            "moderator": self.moderator,
            "at": self.where,
            "scale": "link",
            "vcov": basis.vcov,
            "estimate": self.share,
            "df": None if np.isinf(self.df) else self.df,
            "conf_low": low,
            "conf_high": high,
            "n_rows": basis.n_rows,
        }


def slopes_along(margins: Margins, term: str, moderator: str) -> tuple[Combination, Combination]:
    """The slopes that ``regions_of`` needs: at the moderator's mean, and one standard deviation above.

    ModelError where there is an ``obstacle``.
    """
    found = margins.sample[moderator]
    reason = obstacle(margins, term, moderator)
    if reason is not None:
        raise ModelError(reason)
    low, high = (margins.slope(term, {moderator: value}) for value in (found.mean, found.mean + found.sd))
    return low, high


def obstacle(margins: Margins, term: str, moderator: str) -> str | None:
    """Why there are no regions: the moderator is a flag, in no product with the term, or bent in one."""
    margins.sample.require(term)
    if margins.sample[moderator].flag:
        return f"moderator {moderator!r} is a flag; use the slopes at 0 and at 1"
    terms = margins.likelihood.designs[0].formula.terms
    products = [own for own in terms if {term, moderator} <= {factor.column for factor in own}]
    if not products or term == moderator:
        return f"the slope of {term!r} does not depend on {moderator!r}: no product has both"
    of_moderator = [factor for own in products for factor in own if factor.column == moderator]
    bent = [factor.text for factor in of_moderator if factor.kind not in ("plain", "c")]
    if bent:
        return f"the slope of {term!r} is not linear in {moderator!r} ({bent[0]}); use slopes at values"
    return None


def regions_of(sample: Sample, slopes: Sequence[Effect], basis: Basis, level: float = 0.95) -> JohnsonNeyman:
    """Johnson-Neyman regions of the slopes that ``slopes_along`` asks for, under a covariance.

    Degrees of freedom are the lesser of those of the slope at the mean and of its change.
    """
    first, then = slopes
    a, b = first.value, then.value - first.value
    pair = np.stack([first.gradient, then.gradient - first.gradient])
    V = pair @ basis.matrix @ pair.T
    df = basis.df_along(*pair)
    where, bounds = solve(a, b, V[0, 0], V[0, 1], V[1, 1], critical_value(df, level))
    found = sample[first.moderator]
    intervals = intervals_of(where, bounds)
    own = [(found.mean + found.sd * low, found.mean + found.sd * high) for low, high in intervals]
    shares = sample.share(first.moderator, own) if own else []
    signs = [_sign(a, b, low, high) for low, high in intervals]
    return JohnsonNeyman(
        first.term,
        first.moderator,
        basis.vcov,
        df,
        level,
        tuple(found.mean + found.sd * bound for bound in bounds),
        where,
        tuple(Region(*ends, sign, share) for ends, sign, share in zip(own, signs, shares, strict=True)),
        (found.low, found.high),
    )


def solve(a: float, b: float, vaa: float, vab: float, vbb: float, t: float) -> tuple[str, tuple[float, ...]]:
    """Where (a + b m)^2 > t^2 (vaa + 2 m vab + m^2 vbb), and the bounds, in order.

    The discriminant is written without the fourth powers that cancel; the roots are Vieta's.
    """
    squared, half, constant = b * b - t * t * vbb, a * b - t * t * vab, a * a - t * t * vaa
    inside = b * b * vaa + a * a * vbb - 2 * a * b * vab - t * t * (vaa * vbb - vab * vab)
    if squared == 0.0:
        if half == 0.0:
            return ("everywhere" if constant > 0 else "nowhere"), ()
        return ("above" if half > 0 else "below"), (-constant / (2 * half),)
    if inside <= 0.0:
        return ("everywhere" if squared > 0 else "nowhere"), ()
    q = -(half + np.copysign(t * np.sqrt(inside), half))
    bounds = tuple(sorted(float(root) for root in (q / squared, constant / q)))
    return ("outside" if squared > 0 else "inside"), bounds


def intervals_of(where: str, bounds: tuple[float, ...]) -> list[Interval]:
    """The open intervals of a solution."""
    ends = (-np.inf, *bounds, np.inf)
    chosen = {"inside": [1], "outside": [0, 2], "above": [1], "below": [0], "everywhere": [0]}
    return [(ends[place], ends[place + 1]) for place in chosen.get(where, [])]


def _sign(a: float, b: float, low: float, high: float) -> int:
    """The sign of the slope inside an interval, in which it has only one."""
    inside = high - 1.0 if np.isinf(low) else low + 1.0 if np.isinf(high) else 0.5 * (low + high)
    return int(np.sign(a + b * (inside if np.isfinite(inside) else 0.0)))
