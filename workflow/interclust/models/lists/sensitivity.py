"""What list choice would have said under other choices: one row a variant and term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError
from ...inference.freedom import stored as stored_df
from ...inference.intervals import critical_value, critical_values
from ..run import ListTables, list_options
from . import fit as choice
from .choice_sets import Choice

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
Spec = Mapping[str, Any]
Row = tuple[Any, ...]

COLUMNS = ("variant", "value", "term", "ratio", "conf_low", "conf_high", "n_lists", "n_clusters")

# Weak and strong shrinkage of the cluster effects, whatever the default is.
PRIOR_VARIANCES = (20.0, 4.0, 1.0)
UNSEEN_DRAWS = 8


def list_sensitivity(record: Mapping[str, Any], folder: str | Path) -> pd.DataFrame:
    """Ratios with 95 % intervals under every variant of a recorded list choice of results/<study>.

    Columns: variant, value, term, ratio, conf_low, conf_high, n_lists, n_clusters. The headline carries
    the interval of its own covariance, refits their classical one, deletions none (their spread is
    the source and cluster jackknife). Empty if the model was not fitted.
    """
    import pandas as pd

    if record["status"] != "fitted":
        return pd.DataFrame(columns=list(COLUMNS))
    spec, tables = record["spec"], ListTables.read(Path(folder))
    rows = [*_headline(record), *_deletions(record)]
    for variant, value, options in _variants(spec, tables):
        rows += _refit(variant, value, spec, tables.pairs, options)
    fitted = choice.fit_lists(
        spec["terms"], tables.of_sets(spec), tables.pairs, mentions=tables.mentions, **list_options(spec)
    )
    rows += _unseen(fitted, spec.get("seed", 1))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(variant: str, value: str, fit: choice.ListFit, errors: Array) -> list[Row]:
    named = len({member for item in fit.observed for member in item.members})
    width = critical_value(np.inf) * errors
    return [
        (variant, value, term, *_exp(beta, beta - wide, beta + wide), len(fit.observed), named)
        for term, beta, wide in zip(fit.terms, fit.coefficients, width, strict=True)
    ]


def _exp(*values: float) -> tuple[float, ...]:
    return tuple(float(np.exp(value)) for value in values)


def _headline(record: Mapping[str, Any]) -> list[Row]:
    stored = record["vcov"][record["spec"].get("covariance", "cluster_jackknife")]
    width = critical_values(stored_df(stored["df"])) * np.sqrt(np.diag(stored["matrix"]))
    return [
        (
            "headline",
            "",
            row["term"],
            *_exp(row["estimate"], row["estimate"] - wide, row["estimate"] + wide),
            record["n"]["lists"],
            record["n"]["clusters"],
        )
        for row, wide in zip(record["params"], width, strict=True)
    ]


def _deletions(record: Mapping[str, Any]) -> Iterator[Row]:
    terms = [row["term"] for row in record["params"]]
    for what in ("source", "cluster"):
        for item in record["deletions"][what]:
            for term, beta in zip(terms, item["estimates"], strict=True):
                counts = (item["lists"], item["clusters"])
                yield (
                    f"leave_one_{what}_out",
                    item["left_out"],
                    term,
                    float(np.exp(beta)),
                    None,
                    None,
                    *counts,
                )


def _variants(spec: Spec, tables: ListTables) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Other priors, mentions for cluster effects, other sets of lists, dates and measures."""
    mine, every, mentions = tables.of_sets(spec), tables.of_sets(spec, every=True), tables.mentions
    strict = every[every["set"] == "strict"]
    base: dict[str, Any] = {
        "lists": mine,
        "prior_variance": spec.get("prior_variance", choice.PRIOR_VARIANCE),
    }
    for variance in PRIOR_VARIANCES:
        yield "prior_variance", f"{variance:g}", base | {"prior_variance": variance}
    yield "alpha_by_mentions", "all active bodies", base | {"alpha": "mentions", "mentions": mentions}
    if len(every) > len(mine):
        yield "broad_set", "", base | {"lists": every}
    if 0 < len(strict) < len(mine):
        yield "strict_set", "", base | {"lists": strict}
    if (mine["period_low"] != mine["period_high"]).any():
        dates = "late" if spec.get("dates", "early") == "early" else "early"
        yield f"{dates}_dates", "", base | {"dates": dates}
    for term, other in (spec.get("alternatives") or {}).items():
        yield f"measured_by_{other}", other, base | {"instead": {term: other}}


def _refit(variant: str, value: str, spec: Spec, pairs: pd.DataFrame, options: dict[str, Any]) -> list[Row]:
    kept = ("dates", "exact_to", "alternatives", "seed")
    settings = {key: value for key, value in list_options(spec).items() if key in kept} | options
    lists, instead = settings.pop("lists"), settings.pop("instead", {})
    used = [instead.get(term, term) for term in spec["terms"]]
    fit = choice.fit_lists(used, lists, pairs, **settings)
    rows = _rows(variant, value, fit, np.sqrt(np.diag(fit.covariance_beta())))
    stands_for = dict(zip(used, spec["terms"], strict=True))
    return [(*row[:2], stands_for[row[2]], *row[3:]) for row in rows if row[2] in stands_for]


def _unseen(fit: choice.ListFit, seed: int) -> list[Row]:
    """Each list gets one more label that the page did not print, drawn from the fitted model; mean of draws.

    If the page left labels out at random this is what
    the full lists would have given; it does not tell which labels were left out.
    """
    rng = np.random.default_rng(seed)
    estimates = []
    for _ in range(UNSEEN_DRAWS):
        longer = tuple(_with_one_more(item, fit, rng) for item in fit.observed)
        try:
            refit = fit.refitted(longer)
        except ModelError:
            continue
        if refit.optimum.converged:
            estimates.append(refit.coefficients)
    if not estimates:
        return []
    mean = np.mean(estimates, axis=0)
    spread = np.quantile(estimates, [0.025, 0.975], axis=0)
    named = len(fit.bodies)
    return [
        (
            "one_unseen_label",
            f"{len(estimates)} draws",
            term,
            float(np.exp(mean[k])),
            *np.exp(spread[:, k]).tolist(),
            len(fit.observed),
            named,
        )
        for k, term in enumerate(fit.terms)
    ]


def _with_one_more(item: Choice, fit: choice.ListFit, rng: np.random.Generator) -> Choice:
    at_risk = fit.table.bodies[item.period]
    inside = np.isin(at_risk, fit.bodies) & ~np.isin(at_risk, item.members)
    members = np.searchsorted(at_risk, item.members)
    alpha = np.array([fit.alpha.get(int(body), 0.0) for body in at_risk])
    k = len(fit.table.terms)
    utility = alpha + (fit.table.x[item.period][:, members, :] @ fit.coefficients[:k]).sum(axis=1)
    weight = np.where(inside & np.isfinite(utility), np.exp(np.clip(utility, -50, 50)), 0.0)
    if not weight.any():
        return item  # every body stands on it
    added = int(rng.choice(at_risk, p=weight / weight.sum()))
    return replace(item, members=tuple(sorted((*item.members, added))))
