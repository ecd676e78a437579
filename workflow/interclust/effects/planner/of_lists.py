"""The plan of a list choice: what each call and each portfolio buys, and the calls in their best order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts import CONTRACTS, read_loose
from ...io import read_json, whole_csv
from ...models.lists.choice_sets import PairTable
from ...models.lists.fit import ListFit, fit_lists
from ...models.run import ListTables, list_options
from .. import power
from ..claims import claims
from ..delta import Basis
from ..steps import step
from .calls import Call, calls
from .law import ListLaw
from .order import greedy
from .outlook import Outlook
from .portfolios import published_of
from .units import Unit, call_units, cluster_units, together

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
Row = dict[str, Any]

UNITS = (
    *("model", "term", "tests", "unit", "name", "basis", "projects", "lists", "std_error", "std_error_after"),
    *("std_error_stays", "detectable", "detectable_after", "ratio", "power", "power_after", "power_stays"),
    *("gain", "gain_per_list"),
)
ORDER = (
    *("model", "term", "tests", "step", "period", "projects", "lists", "std_error", "std_error_stays"),
    *("ratio", "power", "power_stays"),
)


@dataclass(frozen=True)
class ListPlan:
    """A fitted list choice with all that its plan needs.

    ``steps`` (K,) are the steps of the terms for which ratios are declared, ``tests`` the hypotheses' tests
    that read each term.
    """

    model: str
    terms: Sequence[str]
    tests: Sequence[str]
    steps: Array
    outlook: Outlook
    law: ListLaw
    calls: Sequence[Call]
    call_units: Sequence[Unit]
    cluster_units: Sequence[Unit]
    cluster_ids: Sequence[str]
    ratios: Sequence[float]

    def units(self) -> Iterator[Row]:
        """One row a term, unit and ratio: calls, portfolios, and all calls together."""
        everything = [together(self.call_units)] if self.call_units else []
        for unit in (*self.call_units, *self.cluster_units, *everything):
            if unit.lists > 0.0:
                after, stays = self.outlook.errors(unit.information)
                for place in range(len(self.terms)):
                    yield from self._unit(unit, place, after[place], stays[place])

    def _unit(self, unit: Unit, place: int, after: float, stays: float) -> Iterator[Row]:
        now = float(self.outlook.std_error[place])
        row = self._head(place) | {
            "unit": unit.kind,
            "name": self.cluster_ids[unit.number] if unit.kind == "cluster" else unit.number or "",
            "basis": "law" if unit.projects is None else "published",
            "projects": unit.projects,
            "lists": unit.lists,
            "std_error": now,
            "std_error_after": float(after),
            "std_error_stays": float(stays),
            "detectable": self._detectable(place, now),
            "detectable_after": self._detectable(place, after),
        }
        for ratio in self.ratios:
            before, then = self._power(place, now, ratio), self._power(place, after, ratio)
            yield row | {
                "ratio": ratio,
                "power": before,
                "power_after": then,
                "power_stays": self._power(place, stays, ratio),
                "gain": then - before,
                "gain_per_list": (then - before) / unit.lists,
            }

    def order(self) -> Iterator[Row]:
        """One row a term, step of the greedy order and ratio; step 0 is the fit as it is."""
        for place in range(len(self.terms)):
            for number, at in enumerate(greedy(self.outlook, self.call_units, place)):
                after, stays = (errors[place] for errors in self.outlook.errors(at.information))
                row = self._head(place) | {
                    "step": number,
                    "period": None if at.unit is None else at.unit.number,
                    "projects": at.projects,
                    "lists": at.lists,
                    "std_error": float(after),
                    "std_error_stays": float(stays),
                }
                for ratio in self.ratios:
                    yield row | {
                        "ratio": ratio,
                        "power": self._power(place, after, ratio),
                        "power_stays": self._power(place, stays, ratio),
                    }

    def _head(self, place: int) -> Row:
        return {"model": self.model, "term": self.terms[place], "tests": self.tests[place]}

    def _df(self, place: int) -> float:
        return float(self.outlook.df[place])

    def _power(self, place: int, error: float, ratio: float) -> float:
        """Power at a true ratio a step."""
        return power.power(math.log(ratio) / self.steps[place], float(error), self._df(place))

    def _detectable(self, place: int, error: float) -> float:
        """The smallest ratio a step that is found with 80 % power."""
        return math.exp(power.detectable(float(error), self._df(place)) * self.steps[place])


@dataclass(frozen=True)
class _Files:
    """What the plan of one list choice reads of results/<study>."""

    study: Mapping[str, Any]
    record: Mapping[str, Any]
    folder: Path

    @property
    def spec(self) -> Mapping[str, Any]:
        spec: Mapping[str, Any] = self.record["spec"]
        return spec

    @cached_property
    def tables(self) -> ListTables:
        return ListTables.read(self.folder)

    @cached_property
    def lists(self) -> pd.DataFrame:
        return self.tables.of_sets(self.spec)

    def fit(self, at_risk: str) -> ListFit:
        """The model fitted again: the record holds the information of beta alone."""
        options = list_options(self.spec) | {"at_risk": at_risk}
        return fit_lists(self.spec["terms"], self.lists, self.tables.pairs, **options)

    def calls(self) -> list[Call]:
        periods = CONTRACTS["ingest/periods"].read(self.folder / "ingest" / "periods.parquet")
        windows = read_json(self.folder / "ingest" / "ingest.json").get("windows") or []
        first, last = (self.study["panel"].get(key) for key in ("first", "last"))
        inside = periods["period"].between(first or periods["period"].min(), last or periods["period"].max())
        return calls(periods[inside], windows, self.lists, self.study["planner"].get("share"))

    def pairs(self, periods: Sequence[int]) -> PairTable:
        """The features of all active pairs in these periods, which ``features/lists`` has for some alone."""
        import pandas as pd

        columns = ["period", "cluster_i", "cluster_j", *self.spec["terms"]]
        files = (self.folder / "features" / "periods" / f"period={period:03d}.parquet" for period in periods)
        rows = pd.concat([read_loose(path, "features/periods", columns) for path in files])
        return PairTable.from_frame(rows, self.spec["terms"])

    def printed(self) -> dict[int, int]:
        """Lists that name each cluster number."""
        counts: dict[int, int] = self.lists["members"].explode().astype(int).value_counts().to_dict()
        return counts

    def visibility(self) -> pd.DataFrame:
        import pandas as pd

        return pd.read_csv(whole_csv(self.folder / "panel" / "describe" / "visibility.csv"))


def list_plan(study: Mapping[str, Any], record: Mapping[str, Any], folder: str | Path) -> ListPlan:
    """The plan of a recorded list choice of results/<study> in ``folder``.

    ``study`` is the resolved study. Raises ModelError where nothing says how many projects have two labels.
    """
    files = _Files(study, record, Path(folder))
    fit, wanted = files.fit(files.spec.get("at_risk", "named")), files.calls()
    active = fit if not fit.rules.named_only else files.fit("active")
    sizes = files.lists["m"].value_counts(normalize=True).sort_index().to_dict()
    law = ListLaw(files.pairs([call.period for call in wanted]), active.coefficients, active.alpha, sizes)
    ids = files.tables.cluster_ids
    published = published_of(files.visibility(), {name: number for number, name in enumerate(ids)})
    moments = read_json(Path(folder) / "features" / "moments.json")
    return ListPlan(
        record["model"],
        fit.terms,
        [_tests(study, record["model"], term) for term in fit.terms],
        np.array([step(term, moments, None) for term in fit.terms]),
        outlook_of(fit, law, Basis.from_record(record)),
        law,
        wanted,
        call_units(law, wanted),
        cluster_units(law, wanted, files.printed(), published),
        ids,
        study["planner"]["ratios"],
    )


def outlook_of(fit: ListFit, law: ListLaw, basis: Basis) -> Outlook:
    """The information of the fit in the parameters of the law, with the prior of bodies that it has not.

    ``basis`` holds the covariance that the fit reports with. A body of the fit that is active in none of the
    law's periods is profiled out.
    """
    k = len(fit.terms)
    held = np.isin(fit.bodies, law.bodies)
    at = np.concatenate([np.arange(k), k + np.searchsorted(law.bodies, fit.bodies[held])])
    information = np.zeros((law.n_parameters,) * 2)
    assert fit.rules.prior_variance is not None  # config.planner refuses mentions
    information[k:, k:] = np.eye(len(law.bodies)) / fit.rules.prior_variance
    information[np.ix_(at, at)] = _profiled(fit.optimum.information, np.append(np.ones(k, bool), held))
    df = np.broadcast_to(np.asarray(basis.df, dtype=float), k)
    return Outlook(information, np.sqrt(np.diag(basis.matrix)), df)


def _profiled(information: Array, keep: Array) -> Array:
    """Information (P, P) of the parameters kept (P,), the others profiled out."""
    if keep.all():
        return information
    out = np.flatnonzero(~keep)
    cross = np.linalg.solve(information[np.ix_(out, out)], information[np.ix_(out, np.flatnonzero(keep))])
    kept: Array = information[np.ix_(keep, keep)] - information[np.ix_(keep, out)] @ cross
    return kept


def _tests(study: Mapping[str, Any], model: str, term: str) -> str:
    """The hypotheses' tests that read a term of the model, in their order."""
    return ", ".join(
        test.id
        for claim in claims(study["hypotheses"])
        for test in claim.predictions
        if test.model == model and test.terms == (term,) and test.applies(study["records"])
    )
