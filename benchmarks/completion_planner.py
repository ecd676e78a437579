"""Planned standard errors beside those of refits, once what was planned for is there.

    python benchmarks/completion_planner.py results/fui_synthetic --worlds 6

*Windows*: panel models of a complete study are fitted again to the calls of a window alone, and the error of
the dyadic jackknife there is set beside the planned one. *Lists*: of the study's complete lists of two and
three 36 are drawn as printed (seeds 1, 2, ...), the completion of one call and of three is planned, and the
lists of these calls are then given to the model. *Assumptions*: errors planned for `results/fui` if lists to
come have effects of bodies of their own, apart from the printed ones' (what the press likes), and if bodies
that no list names stayed out. Needs results of both studies (run `make` first).
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from interclust import config
from interclust.effects.delta import Basis
from interclust.effects.planner.calls import Call
from interclust.effects.planner.law import ListLaw
from interclust.effects.planner.of_lists import list_plan, outlook_of
from interclust.effects.planner.units import call_units, together
from interclust.errors import ModelError
from interclust.io import read_json
from interclust.models.fit import fit_data
from interclust.models.lists.choice_sets import PairTable
from interclust.models.lists.fit import fit_lists
from interclust.models.lists.inference import ListInference
from interclust.models.parts import factors
from interclust.models.rows.derived import select
from interclust.models.run import read_pairs
from interclust.models.specification import panel_data, parts_of

WINDOWS = ((1, 8), (1, 12), (1, 18), (7, 24), (13, 24))
TESTS = {
    "emergence_moderated": {"H4b": "tech_market_complementarity:both_development"},
    "emergence_policy": {
        "H7a": "national_federation_both",
        "H13": "agreement",
        "H17": "after_2009:same_sector",
        "H18a": "same_region:same_vocation",
    },
    "emergence_means": {
        "H9b": "director_mobility_link",
        "H10a": "staff_min",
        "H10c": "project_officer",
        "H11a": "members_ratio",
    },
    "recurrence_people": {"H8": "prior_projects", "H9a": "director_turnover"},
}
TERMS = ["same_sector", "same_region", "tech_market_complementarity"]
PRINTED, COMPLETED = 36, ((5,), (5, 3, 6))
CALL_5 = 4  # its place among the calls


def of_windows(folder: Path) -> Iterator[dict[str, Any]]:
    """One row a window and test: planned and refitted error, and their ratio."""
    study = config.load(folder.name)
    planned = pd.read_csv(folder / "effects" / "completion_windows.csv")
    planned = planned.drop_duplicates(["test", "first", "last"]).set_index(["test", "first", "last"])
    for model, tests in TESTS.items():
        for first, last in WINDOWS:
            try:
                errors = window_errors(study["models"][model], folder, first, last)
            except ModelError:  # the window cannot bear the model
                continue
            for test, term in tests.items():
                row, found = planned.loc[(test, first, last)], errors.get(factors(term))
                if found is not None and row["enough"]:
                    head = {"test": test, "first": first, "last": last, "events": row["events"]}
                    yield head | {
                        "planned": row["std_error"],
                        "refit": found,
                        "ratio": row["std_error"] / found,
                    }


def window_errors(spec: dict[str, Any], folder: Path, first: int, last: int) -> dict[frozenset[str], float]:
    """Standard error of every term of a model fitted to the calls of a window."""
    family, formula, second = parts_of(spec)
    data = panel_data(spec, formula, folder, second, beside=["period"])
    inside = select(
        data, lambda batch: (batch.columns["period"] >= first) & (batch.columns["period"] <= last)
    )
    outcome, effects = str(formula.outcome), bool(spec.get("cluster_effects"))
    fit = fit_data(formula, outcome, family, inside, second=second, cluster_effects=effects)
    errors = np.sqrt(np.diag(fit.covariance("dyadic_jackknife").matrix))
    return {factors(term): float(error) for term, error in zip(fit.terms, errors, strict=True)}


def of_lists(folder: Path, worlds: int) -> Iterator[dict[str, Any]]:
    """One row a draw of printed lists, completion and term."""
    lists, pairs = pd.read_parquet(folder / "panel" / "lists.parquet"), read_pairs(folder)
    lists = lists[lists["m"] <= 3].reset_index(drop=True)
    table = PairTable.from_frame(pairs, TERMS)
    for seed in range(1, worlds + 1):
        chosen = np.random.default_rng(seed).choice(len(lists), PRINTED, replace=False)
        is_printed = lists.index.isin(chosen)
        printed = lists[is_printed]
        fit = fit_lists(TERMS, printed, pairs)
        active = fit_lists(TERMS, printed, pairs, at_risk="active")
        sizes = printed["m"].value_counts(normalize=True).to_dict()
        law = ListLaw(table, active.coefficients, active.alpha, sizes)
        found = ListInference(fit).covariance()
        outlook = outlook_of(fit, law, Basis("", found.kind, found.matrix, found.df, len(printed)))
        for periods in COMPLETED:
            own = lists["period"].isin(periods)
            counts = [int((lists["period"] == period).sum()) for period in periods]
            known = [int((printed["period"] == period).sum()) for period in periods]
            calls = [Call(*row) for row in zip(periods, counts, counts, known, strict=True)]
            gained = together(call_units(law, calls)).information
            expected, stays = outlook.errors(gained)
            refit = fit_lists(TERMS, lists[is_printed | own], pairs)
            robust = ListInference(refit).covariance()
            for place, term in enumerate(TERMS):
                yield {
                    "seed": seed,
                    "completed": len(periods),
                    "term": term,
                    "now": float(outlook.std_error[place]),
                    "planned": float(expected[place]),
                    "stays": float(stays[place]),
                    "refit": math.sqrt(robust.matrix[place, place]),
                    "classical_planned": math.sqrt(outlook.variances(gained)[place]),
                    "classical_refit": math.sqrt(refit.covariance_beta()[place, place]),
                }


def of_assumptions(folder: Path) -> Iterator[dict[str, Any]]:
    """One row an assumption and completion: the planned classical errors of the terms."""
    study = config.load(folder.name)
    plan = list_plan(study, read_json(folder / "models" / "list_choice" / "fit.json"), folder)
    k, information = plan.outlook.k, plan.outlook.information
    prior = np.diag(
        [0.0] * k + [1 / study["models"]["list_choice"]["prior_variance"]] * (len(information) - k)
    )
    named = np.isin(
        np.arange(len(information)), np.flatnonzero(np.diag(information) > np.diag(prior).max() + 1e-9)
    )
    law = replace(
        plan.law,
        alpha={
            body: plan.law.alpha[body] if inside else -60.0
            for body, inside in zip(plan.law.bodies.tolist(), named[k:].tolist(), strict=True)
        },
    )
    for name, units in (("as planned", plan.call_units), ("named alone", call_units(law, plan.calls))):
        for label, chosen in (("call 5", [units[CALL_5]]), ("all calls", units)):
            errors = np.sqrt(plan.outlook.variances(together(chosen).information))
            yield {"law": name, "completed": label} | dict(zip(plan.terms, errors, strict=True))
    for label, chosen in (("call 5", [plan.call_units[CALL_5]]), ("all calls", plan.call_units)):
        apart = np.linalg.inv(profiled(information, k) + profiled(together(chosen).information + prior, k))
        yield {"law": "effects apart", "completed": label} | dict(
            zip(plan.terms, np.sqrt(np.diag(apart)), strict=True)
        )


def profiled(information: np.ndarray, k: int) -> np.ndarray:
    """Information (k, k) of beta, the effects of bodies profiled out."""
    own = information[:k, :k] - information[:k, k:] @ np.linalg.solve(
        information[k:, k:], information[k:, :k]
    )
    return np.asarray(own)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="results of a complete study with a plan")
    parser.add_argument("--worlds", type=int, default=6, help="draws of the printed lists")
    given = parser.parse_args()
    windows = pd.DataFrame(of_windows(given.folder))
    print(windows.to_string(index=False, float_format="{:.3f}".format))
    print(windows["ratio"].describe(percentiles=[0.1, 0.5, 0.9]).to_string())
    lists = pd.DataFrame(of_lists(given.folder, given.worlds))
    means = lists.drop(columns="seed").groupby(["completed", "term"]).mean()
    print(means.to_string(float_format="{:.3f}".format))
    assumed = pd.DataFrame(of_assumptions(given.folder.parent / "fui"))
    print(assumed.to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
