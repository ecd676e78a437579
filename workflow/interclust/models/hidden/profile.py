"""The profile of the likelihood over visibility: its top, its interval, or that it is flat.

The likelihood-ratio statistic 2 (max - loglik) is held against the chi-squared distribution with one degree
of freedom. That rests on the model and on dyads that are independent given their terms; dyads that share
clusters are not, so that the interval is a model-based one and rather too short.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from .fit import HiddenFit, HiddenModel

Array = np.ndarray

LEVEL = 0.95
# Visibility is sought to this part of itself.
NEAR = 1e-3


@dataclass(frozen=True)
class Profiled:
    """What the profile says: the highest log-likelihood, the interval (low, high), the verdict.

    ``estimate`` is None where the grid has one value or is flat. ``bound`` is what the deviance of a
    visibility must pass for it to be excluded.
    """

    verdict: str
    top: float
    low: float
    high: float
    estimate: float | None
    bound: float

    def deviance(self, fit: HiddenFit) -> float:
        """2 (max - loglik)."""
        return 2.0 * (self.top - fit.loglik)

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        low, high = f"{self.low:.3g}", f"{self.high:.3g}"
        if self.verdict == "given":
            return f"visibility is taken to be {low}"
        if self.verdict == "not_identified":
            return f"not identified: the records fit visibility from {low} to {high} alike"
        if self.verdict == "neither_end":
            return f"not identified: the records exclude neither visibility {low} nor {high}"
        if self.verdict == "not_fitted":
            return "not fitted: no visibility of the grid has a finite estimate"
        open_ended = " (the grid ends there)" if self.verdict == "bounded" else ""
        return f"{self.verdict}: visibility {self.estimate:.3g}, from {low} to {high}{open_ended}"


def profiled(model: HiddenModel, grid: list[float], start: Array) -> tuple[dict[float, HiddenFit], Profiled]:
    """The fits along a grid (increasing) from ``start`` (k,), of face value, and what their profile says."""
    path = _Path(model, grid, start)
    bound = float(chdtri(1, 1.0 - LEVEL))
    kept = [value for value in grid if path.fits[value].ended]
    if len(grid) == 1 or not kept:
        value = grid[0]
        verdict = "given" if path.fits[value].converged else "not_fitted"
        return path.fits, Profiled(verdict, path.fits[value].loglik, value, value, None, bound)
    first, last = kept[0], kept[-1]
    best = path.top(kept)
    level = path.loglik(best) - bound / 2
    if min(path.loglik(first), path.loglik(last)) >= level:
        flat = min(map(path.loglik, kept)) >= level
        verdict = "not_identified" if flat else "neither_end"
        return path.fits, Profiled(verdict, path.loglik(best), first, last, None, bound)
    low, high = path.limit(first, best, level), path.limit(last, best, level)
    # a visibility cannot exceed one: there the interval ends, not the grid
    inside = low > first and (high < last or last == 1.0)
    fits = dict(sorted({**path.fits, best: path.at(best)}.items()))
    verdict = "identified" if inside else "bounded"
    return fits, Profiled(verdict, path.loglik(best), low, high, best, bound)


class _Path:
    """Fits at visibilities, each begun at the nearest one that was found."""

    def __init__(self, model: HiddenModel, grid: list[float], start: Array) -> None:
        """Down the grid from face value and up again: the likelihood may have a top on either way."""
        self.model = model
        self.near: dict[float, HiddenFit] = {}
        last, at = start, 1.0
        for value in [*reversed(grid), *grid[1:]]:
            fit = model.fit(value, self._moved(last, at, value))
            known = self.near.get(value)
            if known is None or _better(fit, known):
                self.near[value] = fit
            if self.near[value].converged:
                last, at = self.near[value].coefficients, value
        self.fits = dict(sorted(self.near.items()))

    def at(self, visibility: float) -> HiddenFit:
        """The fit at one visibility."""
        if visibility not in self.near:
            found = [value for value, fit in self.near.items() if fit.converged] or list(self.near)
            value = min(found, key=lambda other: abs(np.log(other / visibility)))
            start = self._moved(self.near[value].coefficients, value, visibility)
            self.near[visibility] = self.model.fit(visibility, start)
        return self.near[visibility]

    def loglik(self, visibility: float) -> float:
        """The profile log-likelihood."""
        return self.at(visibility).loglik

    def _moved(self, params: Array, old: float, new: float) -> Array:
        """Hazards whose visible part is the same, if they are small."""
        intercepts = np.array([name.split(":")[-1] == "Intercept" for name in self.model.terms])
        moved: Array = params + intercepts * np.log(old / new)
        return moved

    def top(self, grid: list[float]) -> float:
        """Where the profile is highest, between the neighbours of the highest of the grid."""
        from scipy.optimize import minimize_scalar

        place = int(np.argmax([self.loglik(value) for value in grid]))
        ends = np.log([grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]])
        found = minimize_scalar(
            lambda log: -self.loglik(float(np.exp(log))),
            bounds=ends,
            method="bounded",
            options={"xatol": NEAR},
        )
        inner = float(np.exp(found.x))
        return inner if self.loglik(inner) > self.loglik(grid[place]) else grid[place]

    def limit(self, end: float, best: float, level: float) -> float:
        """Where the profile falls to ``level`` between the best visibility and an end, or the end."""
        from scipy.optimize import brentq

        if self.loglik(end) >= level:
            return end
        found = brentq(lambda log: self.loglik(float(np.exp(log))) - level, *np.log([best, end]), xtol=NEAR)
        return float(np.exp(found))


def _better(fit: HiddenFit, other: HiddenFit) -> bool:
    return (fit.ended, fit.loglik) > (other.ended, other.loglik)
