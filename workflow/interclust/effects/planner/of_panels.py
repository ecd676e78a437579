"""The plan of panel models: how many calls in a row, complete, give a test its power.

A fitted panel model of complete records is taken apart by call: with A_t the information of the rows of
call t at the estimate, calls a to b alone would tell A_a + ... + A_b. The error of an effect with gradient g
is then the reported one times

    sqrt( g'(A_a + ... + A_b)^-1 g / g'A^-1 g ),

A of all calls: the ratio of robust to classical error is taken to stay what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...models.cluster_effects import PREFIX
from ...models.likelihood import Likelihood
from ...models.parts import factors
from ...models.reference import restore_optimum
from ...models.rows.batches import Batch
from ...models.rows.derived import select
from ..claims import Prediction, claims, columns_of
from ..delta import Effect
from ..evidence import Evidence
from ..margins import Margins
from ..power import POWER
from ..precision import power_at
from ..ratios import equal_steps, ratios

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

Array = np.ndarray
Row = dict[str, Any]

FIRST, LAST = "from the first", "to the last"  # which end of the calls a window is bound to
EVENTS = 10  # a term that a window of calls should have at least
NULL = 1e-9  # of the scaled information: a direction that a window says nothing of
LEVEL = {"nominal": 0.05}

WINDOWS = (
    *("hypothesis", "test", "model", "effect_id", "direction", "first", "last", "calls", "projects"),
    *("events", "enough", "std_error", "ratio", "power"),
)
PANELS = (
    *("hypothesis", "test", "model", "effect_id", "direction", "ratio", "power", "calls", "projects"),
    *("calls_all", "projects_all"),
)


@dataclass(frozen=True)
class Told:
    """An information (k, k) in the form in which variances of many effects are read off.

    ``scale`` (k,) is the root of its diagonal; ``values`` and ``vectors`` are of the rest, scaled.
    """

    scale: Array
    values: Array
    vectors: Array

    @classmethod
    def by(cls, information: Array) -> Told:
        """Taken apart once."""
        scale = np.sqrt(np.maximum(np.diag(information), 0.0))
        own = scale > 0.0
        scaled = information[np.ix_(own, own)] / np.outer(scale[own], scale[own])
        return cls(scale, *np.linalg.eigh(scaled))

    def variance(self, gradient: Array) -> float:
        """g'A^-1 g; infinite where the information says nothing of a direction that g (k,) needs."""
        own = self.scale > 0.0
        if np.any(gradient[~own] != 0.0):
            return float("inf")
        along = np.square(self.vectors.T @ (gradient[own] / self.scale[own]))
        lost = self.values <= NULL
        if along[lost].sum() > NULL * along.sum():
            return float("inf")
        return float((along[~lost] / self.values[~lost]).sum())


@dataclass(frozen=True)
class ByPeriod:
    """One recorded panel model taken apart by period: informations (T, k, k) and events (T,)."""

    record: Mapping[str, Any]
    likelihood: Likelihood
    params: Array
    periods: tuple[int, ...]
    informations: Array
    events: Array

    @property
    def n_terms(self) -> int:
        """Parameters but for the effects of periods and clusters."""
        names = [row["term"] for row in self.record["params"]]
        return sum(not (name.startswith(PREFIX) or "C(period)" in name) for name in names)

    @cached_property
    def _told(self) -> dict[tuple[int, int], tuple[Told, float]]:
        return {}

    def within(self, first: int, last: int) -> tuple[Told, float]:
        """What the periods ``first`` to ``last`` tell, and their events."""
        if (first, last) not in self._told:
            inside = (np.array(self.periods) >= first) & (np.array(self.periods) <= last)
            told = Told.by(self.informations[inside].sum(axis=0))
            self._told[first, last] = told, float(self.events[inside].sum())
        return self._told[first, last]


def by_period(record: Mapping[str, Any], folder: str | Path, periods: Sequence[int]) -> ByPeriod:
    """Read the rows of a recorded panel fit of results/<study> in ``folder`` again, period by period."""
    return taken_apart(record, *restore_optimum(record, folder, more=["period"]), periods)


def taken_apart(
    record: Mapping[str, Any], likelihood: Likelihood, params: Array, periods: Sequence[int]
) -> ByPeriod:
    """A likelihood whose rows have a column ``period``, at its optimum ``params`` (k,), by period."""
    found = [_of_period(likelihood, params, period) for period in periods]
    informations, events = zip(*found, strict=True)
    return ByPeriod(record, likelihood, params, tuple(periods), np.array(informations), np.array(events))


def _of_period(likelihood: Likelihood, params: Array, period: int) -> tuple[Array, float]:
    data = select(likelihood.data, partial(_in_period, period))
    own = replace(likelihood, data=data)  # its designs keep the means of all rows
    events = sum(float((batch.columns[likelihood.outcome] > 0).sum()) for batch in data.batches())
    return own.evaluate(params)[2], events


def _in_period(period: int, batch: Batch) -> Array:
    inside: Array = batch.columns["period"] == period
    return inside


@dataclass(frozen=True)
class PanelPlan:
    """Tests of panel models, each with the error that every window of calls would leave it.

    ``models`` are the fits by name, ``projects`` the projects of each call, all in the order of the calls.
    """

    evidence: Evidence
    models: Mapping[str, ByPeriod]
    projects: Mapping[int, float]
    ratios: Sequence[float]

    @property
    def periods(self) -> Array:
        """The calls (T,)."""
        return np.array(list(self.projects))

    def windows(self) -> Iterator[Row]:
        """One row a test, window and ratio: windows from the first call, and windows to the last."""
        for hypothesis, test in self.tests():
            row = self.evidence.row(test)
            if row is not None and row["std_error"] > 0.0:
                yield from self._of_test(hypothesis, test, row)

    def tests(self) -> Iterator[tuple[str, Prediction]]:
        """The tests that read the models of the plan alone; Wald tests of several terms are not planned."""
        for claim in claims(self.evidence.study["hypotheses"]):
            for test in claim.predictions:
                planned = all(name in self.models for name in test.models)
                if planned and test.effect != "wald" and self.evidence.applicable(test):
                    yield claim.hypothesis, test

    def _of_test(self, hypothesis: str, test: Prediction, row: pd.Series) -> Iterator[Row]:
        gradients = [self._gradient(test, row, name) for name in test.models]
        fits = [self.models[name] for name in test.models]
        ends = int(self.periods[0]), int(self.periods[-1])
        now = _variance([fit.within(*ends) for fit in fits], gradients)
        head = {"hypothesis": hypothesis, "test": test.id, "model": test.subject}
        for direction, first, last in self._spans():
            inside = (self.periods >= first) & (self.periods <= last)
            told = [fit.within(first, last) for fit in fits]
            error = float(row["std_error"]) * float(np.sqrt(_variance(told, gradients) / now))
            enough = all(events >= EVENTS * fit.n_terms for (_, events), fit in zip(told, fits, strict=True))
            window = head | {
                "effect_id": row["effect_id"],
                "direction": direction,
                "first": first,
                "last": last,
                "calls": int(inside.sum()),
                "projects": sum(self.projects[period] for period in self.periods[inside].tolist()),
                "events": min(events for _, events in told),
                "enough": enough,
                "std_error": error if np.isfinite(error) else None,
            }
            for ratio, found in self._powers(test, row, error).items():
                yield window | {"ratio": ratio, "power": found}

    def _spans(self) -> Iterator[tuple[str, int, int]]:
        first, last = int(self.periods[0]), int(self.periods[-1])
        for period in self.periods.tolist():
            yield FIRST, first, period
        for period in self.periods[::-1].tolist():
            yield LAST, period, last

    def _powers(self, test: Prediction, row: pd.Series, error: float) -> dict[float, float]:
        """Power by ratio, of equality by margin; none where the window says nothing of the effect."""
        ratios = [test.margin] if test.expect == "0" else self.ratios
        if not np.isfinite(error):
            return dict.fromkeys(ratios, 0.0)
        row = row.copy()
        row["std_error"] = error
        found = power_at(test, self.evidence, row, LEVEL, self.ratios)
        if found is None:
            return {}
        own = found["nominal"]
        return {ratio: own["1" if test.expect == "0" else f"{ratio:g}"] for ratio in ratios}

    def _gradient(self, test: Prediction, row: pd.Series, name: str) -> Array:
        """Gradient (k,) of the effect in the parameters of the model ``name``, but for levels.

        Of an average over rows it is kept for the parameters of its feature alone: what the level of the
        calls outside a window adds to the error of an average is left out.
        """
        fit = self.models[name]
        for effect in (*ratios(fit.record), *equal_steps(fit.record)):
            if effect.effect_id == row["effect_id"]:
                return effect.gradient
        terms = [param["term"] for param in fit.record["params"]]
        if test.beside:
            return np.array([float(factors(term) == factors(":".join(test.terms))) for term in terms])
        gradient = _averaged(test, Margins(fit.likelihood, fit.params)).gradient
        own = np.array([test.terms[0] in columns_of(term) for term in terms])
        return np.where(own, gradient, 0.0)


def _variance(told: Sequence[tuple[Told, float]], gradients: Sequence[Array]) -> float:
    """Classical variance of the sum of effects of several models, taken as independent."""
    return sum(own.variance(gradient) for (own, _), gradient in zip(told, gradients, strict=True))


def _averaged(test: Prediction, margins: Margins) -> Effect:
    """The effect of a test that is an average over rows, or a slope at values."""
    name, scale = test.terms[0], test.scale
    if test.effect == "slope":
        return margins.effect(margins.slope(name, test.at))
    if test.effect == "second_difference":
        return margins.effect(margins.second_difference(name, test.terms[1], scale=scale))
    return margins.effect(margins.marginal_effect(name, scale, test.at))


def summary(windows: pd.DataFrame) -> pd.DataFrame:
    """One row a test, direction and ratio: the fewest calls in a row from which on power is 80 %.

    ``calls`` and ``projects`` are missing where no window has it; ``power`` is that of all calls. From a
    window on means that every longer one has it too, with events enough.
    """
    import pandas as pd

    rows = []
    keys = ["hypothesis", "test", "model", "effect_id", "direction", "ratio"]
    for key, own in windows.groupby(keys, sort=False):
        own = own.sort_values("calls", kind="stable")
        reached = ((own["power"] >= POWER) & own["enough"]).to_numpy()
        run = len(reached) - int(np.argmin(reached[::-1])) if not reached.all() else 0
        least = own.iloc[run] if run < len(own) else None
        whole = own.iloc[-1]
        rows.append(
            dict(zip(keys, key, strict=True))
            | {
                "power": whole["power"],
                "calls": None if least is None else int(least["calls"]),
                "projects": None if least is None else float(least["projects"]),
                "calls_all": int(whole["calls"]),
                "projects_all": float(whole["projects"]),
            }
        )
    return pd.DataFrame(rows, columns=list(PANELS)).astype({"calls": "Int64"})
