"""fit.json: the record of one fitted model, all that later stages know of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import NotEstimable
from .cells import Cells, product_cells
from .checks import Check
from .cluster_effects import PREFIX
from .fit import Fit
from .lists.fit import ListFit
from .lists.inference import Deletion, ListInference
from .relogit import RareEventsFit, said
from .rows.sampled import remarks_of

CONTRACT = "models/fit/1"
PANEL_COVARIANCES = ("classical", "hc0", "dyad", "dyadic", "dyadic_jackknife")
LIST_COVARIANCES = ("classical", "cluster_jackknife", "source_jackknife")

Record = dict[str, Any]


def panel_record(name: str, spec: Mapping[str, Any], fit: Fit) -> Record:
    """The record of a panel model; one that did not converge is marked and carries no estimate."""
    record = _header(name, spec)
    record["n"] = _panel_counts(fit)
    record["cells"] = _cells(fit)
    record["checks"] = _checks([*fit.remarks, *remarks_of(spec)])
    optimum = fit.optimum
    record["convergence"] = {
        "converged": optimum.converged,
        "iterations": optimum.iterations,
        "halvings": optimum.halvings,
        "score_norm": optimum.decrement,
    }
    if not optimum.converged:
        return record | {"status": "not_fitted", "reason": "the search did not converge"}
    parts = [
        "cluster" if term.startswith(PREFIX) else fit.family.predictors[part]
        for term, part in zip(fit.terms, fit.likelihood.part, strict=True)
    ]
    record |= _estimates(fit.terms, parts, fit.coefficients, fit.information)
    record |= _likelihoods(fit.loglik, fit.loglik_null, len(fit.terms), fit.profile.rows)
    record["ratio"] = fit.family.ratio
    if isinstance(fit, RareEventsFit):
        record["relogit"] = said(fit)
    record["vcov"] = {kind: _covariance(fit.covariance(kind), fit.terms) for kind in PANEL_COVARIANCES}
    if spec.get("covariance") == "bootstrap":
        drawn = fit.covariance("bootstrap", **(spec.get("bootstrap") or {}))
        record["vcov"]["bootstrap"] = _covariance(drawn, fit.terms)
    return record | {"status": "fitted", "reason": None}


def list_record(
    name: str,
    spec: Mapping[str, Any],
    inference: ListInference,
    cluster_ids: Sequence[str],
    remarks: Sequence[Check] = (),
) -> Record:
    """The record of a list-choice model, with the cluster effects by cluster id.

    Where alternatives are sampled the likelihood is one among these, to be compared with no other, and
    stays out of the record.
    """
    fit: ListFit = inference.fit
    members = {member for choice in fit.observed for member in choice.members}
    record = _header(name, spec)
    record["n"] = {
        "lists": len(fit.observed),
        "clusters": len(members),
        "bodies_at_risk": len(fit.bodies),
        "sources": len({source for choice in fit.observed for source in choice.sources}),
        "periods": len({choice.period for choice in fit.observed}),
        "alternatives": fit.n_alternatives,
        "events": len(fit.observed),
    }
    if fit.n_sampled:
        record["n"] |= {
            "sampled_lists": fit.n_sampled,
            "sampled_alternatives": fit.rules.sampling.alternatives,
        }
    record["convergence"] = {
        "converged": fit.optimum.converged,
        "iterations": fit.optimum.iterations,
        "halvings": fit.optimum.halvings,
        "score_norm": fit.optimum.decrement,
    }
    k = len(fit.terms)
    record |= _estimates(fit.terms, ["choice"] * k, fit.coefficients, fit.optimum.information[:k, :k])
    likelihoods = _likelihoods(fit.loglik, fit.loglik_null, len(fit.optimum.params), len(fit.observed))
    record |= dict.fromkeys(likelihoods) if fit.n_sampled else likelihoods
    record["ratio"] = "ratio"
    record["alpha"] = {cluster_ids[body]: value for body, value in fit.alpha.items()}
    record["prior_variance"] = fit.rules.prior_variance
    one_page = len(inference.source_names) < 2 and spec.get("covariance") != "source_jackknife"
    kinds = LIST_COVARIANCES[:-1] if one_page else LIST_COVARIANCES
    record["vcov"] = {kind: _covariance(inference.covariance(kind), fit.terms) for kind in kinds}
    record["deletions"] = {
        "source": [_deletion(item) for item in inference.source_deletions()],
        "cluster": [
            _deletion(item) | {"left_out": cluster_ids[int(item.left_out)]}
            for item in inference.cluster_deletions()
        ]
        if fit.rules.named_only
        else [],
    }
    return record | {"cells": {}, "checks": _checks(remarks), "status": "fitted", "reason": None}


def _deletion(item: Deletion) -> Record:
    return {
        "left_out": item.left_out,
        "lists": item.n_lists,
        "clusters": item.n_bodies,
        "estimates": item.coefficients.tolist(),
    }


def not_fitted_record(name: str, spec: Mapping[str, Any], error: NotEstimable) -> Record:
    """The record of a model that the data cannot bear: the reason stands where the estimates would."""
    checks = [{"code": "not_estimable", "level": "error", "message": str(error)}]
    return _header(name, spec) | {
        "n": error.counts,
        "checks": checks,
        "status": "not_fitted",
        "reason": str(error),
    }


def _header(name: str, spec: Mapping[str, Any]) -> Record:
    keys = ("family", "outcome", "sample")
    return {"contract": CONTRACT, "model": name, "spec": dict(spec), **{key: spec.get(key) for key in keys}}


def _panel_counts(fit: Fit) -> Record:
    projects: set[int] = set()
    periods: set[float] = set()
    for batch in fit.likelihood.data.batches():
        projects.update(batch.piece_projects.tolist())
        if "period" in batch.columns:
            periods.update(batch.columns["period"].tolist())
    counts = {
        "rows": fit.profile.rows,
        "events": fit.profile.event_rows,
        "dyads": fit.sums(jackknife=True).n_pairs,
        "clusters": int(np.count_nonzero(fit.profile.node_rows)),
        "projects": len(projects),
        "dropped": dict(fit.likelihood.data.dropped),
    }
    return counts | ({"periods": len(periods)} if periods else {})


def _cells(fit: Fit) -> dict[str, Cells]:
    """Events at each value of the flags, and in the cells of the products."""
    found = {name: cells for name, cells in fit.profile.cells.items() if cells}
    likelihood = fit.likelihood
    if fit.family.outcome == "real":
        return found
    formulas = [design.formula for design in likelihood.designs]
    return found | product_cells(likelihood.data, likelihood.outcome, formulas, found)


def _checks(remarks: Sequence[Check]) -> list[Record]:
    return [{"code": item.code, "level": item.level, "message": item.message} for item in remarks]


def _estimates(
    terms: Sequence[str], parts: Sequence[str], values: np.ndarray, information: np.ndarray
) -> Record:
    params = [
        {"term": term, "part": part, "estimate": float(value)}
        for term, part, value in zip(terms, parts, values, strict=True)
    ]
    return {"params": params, "information": information.tolist()}


def _likelihoods(loglik: float, null: float, k: int, rows: int) -> Record:
    return {
        "loglik": loglik,
        "loglik_null": null,
        "aic": 2 * k - 2 * loglik,
        "bic": math.log(rows) * k - 2 * loglik,
    }


def _degrees(df: float | np.ndarray) -> float | list[float] | None:
    """Degrees of freedom as they are written: one number, one a parameter, or none of a normal."""
    if isinstance(df, np.ndarray):
        return df.tolist()
    return None if math.isinf(df) else float(df)


def _covariance(found: Any, terms: Sequence[str]) -> Record:
    drawn = {"replications": found.replications, "failures": found.failures} if found.replications else {}
    return drawn | {
        "matrix": found.matrix.tolist(),
        "df": _degrees(found.df),
        "clipped": found.clipped,
        "floored": [terms[index] for index in found.floored],
    }
