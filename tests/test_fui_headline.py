"""The headline of the real study computed twice: by the product, and here by other means from the raw files.

Here: names by a table typed by hand, features by a few lines, the denominators not by enumeration but as
sums over weighted cliques (traces of matrix products), the optimum by scipy's BFGS with numerical gradients.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from interclust import config, features, ingest, panel
from interclust.models.lists.choice_sets import combinations
from interclust.models.lists.fit import ListFit, fit_lists
from interclust.models.lists.inference import ListInference
from test_ingest_fui import MEANING

RAW = config.project_root() / "data" / "raw"
PRIOR_VARIANCE = 4.0
TERMS = ["same_sector", "same_region", "tech_market_complementarity"]
# Closing days; else the announcement less six months, not before the opening (read from calls.csv by eye).
DAY = {
    1: "2006-01-02",
    4: "2007-03-01",
    5: "2007-11-30",
    6: "2008-02-18",
    8: "2009-04-30",
    9: "2009-10-20",
    10: "2010-04-30",
    11: "2010-10-13",
    12: "2011-04-29",
    14: "2012-03-01",
    16: "2013-04-22",
    18: "2014-04-16",
    19: "2015-01-02",
    20: "2015-01-16",
    21: "2015-12-08",
    23: "2016-09-29",
    24: "2017-04-16",
}
# The first call that an undated list fits: its bodies were all there at call 1, or its year names the calls.
UNDATED = {"": 1, "2016": 19}


def rows(name: str) -> list[dict[str, str]]:
    with (RAW / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def bodies() -> dict[str, dict[str, str]]:
    return {row["canonical_name"]: row for row in rows("registry/clusters.csv")}


def latest(date: str) -> str:
    """The last day that a printed date allows; days beyond a month's end sort as well."""
    return date + "-12-31"[len(date) - 4 :] if len(date) in (4, 7) else date


def lists() -> list[tuple[int, tuple[str, ...]]]:
    """Strict lists, and the joint one once: (call, names)."""
    found, joint = [], False
    for row in rows("fui/projects.csv"):
        status = row["pole_list_status"]
        if status == "joint_list" and not joint:
            joint = True
        elif status not in ("explicit_multi", "assembled_multi"):
            continue
        call = int(row["aap"] or row["aap_inferred"] or UNDATED[row["year"]])
        names = sorted({MEANING[name] for name in row["poles_raw"].split(";")})
        found.append((call, tuple(names)))
    return found


def active(name: str, day: str) -> bool:
    row = bodies()[name]
    end = row["merger_date"] or row["label_lost_date"]
    return row["label_date"] <= day and (not end or latest(end) >= day)


def regions(name: str, day: str) -> set[str]:
    covered = [row for row in rows_of_territories() if row["canonical_name"] == name]
    return {row["region"] for row in covered if not row["valid_from"] or latest(row["valid_from"]) <= day}


@cache
def rows_of_territories() -> list[dict[str, str]]:
    return rows("registry/territories.csv")


def pair_features(names: list[str], day: str) -> np.ndarray:
    """(n, n, 3): one sector; a region in common; diffusing with absorbing (a half where one is mixed)."""
    x = np.zeros((len(names), len(names), 3))
    for a, one in enumerate(names):
        for b, other in enumerate(names):
            left, right = bodies()[one], bodies()[other]
            kinds = {left["diffusion_class_judged"], right["diffusion_class_judged"]}
            x[a, b, 0] = left["sector_dgcis_judged"] == right["sector_dgcis_judged"]
            x[a, b, 1] = bool(regions(one, day) & regions(other, day))
            x[a, b, 2] = 0.5 if "mixed" in kinds else float(kinds == {"diffusing", "absorbing"})
    return x


def log_total(w: np.ndarray, edges: np.ndarray, m: int) -> float:
    """Log of the sum over all sets of m of the product of their weights and edges (zero diagonal)."""
    if m == 2:
        return float(np.log(w @ edges @ w / 2))
    if m == 3:
        walk = w[:, None] * edges
        return float(np.log(np.trace(walk @ walk @ walk) / 6))
    total = 0.0
    for centre in range(len(w)):
        walk = (w * edges[centre])[:, None] * edges
        total += w[centre] * np.trace(walk @ walk @ walk) / 24
    return float(np.log(total))


def test_clique_sums_are_those_of_enumeration() -> None:
    rng = np.random.default_rng(1)
    w, edges = rng.random(7), rng.random((7, 7))
    edges = edges + edges.T
    np.fill_diagonal(edges, 0.0)
    for m in (2, 3, 4):
        total = 0.0
        for subset in combinations(7, m):
            inside = edges[np.ix_(subset, subset)]
            total += w[subset].prod() * inside[np.triu_indices(m, 1)].prod()
        assert log_total(w, edges, m) == pytest.approx(np.log(total), rel=1e-12)


@cache
def second_computation() -> tuple[np.ndarray, int, int]:
    """Estimates of beta (3,), the number of lists and of bodies named."""
    observed = lists()
    named = sorted({name for _, names in observed for name in names})
    at_risk = {call: [k for k, name in enumerate(named) if active(name, DAY[call])] for call, _ in observed}
    x = {call: pair_features([named[k] for k in present], DAY[call]) for call, present in at_risk.items()}

    def minus_posterior(params: np.ndarray) -> float:
        beta, alpha = params[:3], params[3:]
        value = float(alpha @ alpha) / (2 * PRIOR_VARIANCE)
        totals: dict[tuple[int, int], float] = {}
        for call, names in observed:
            present = at_risk[call]
            utility = x[call] @ beta
            if (call, len(names)) not in totals:
                edges = np.exp(utility)
                np.fill_diagonal(edges, 0.0)
                totals[call, len(names)] = log_total(np.exp(alpha[present]), edges, len(names))
            inside = [present.index(named.index(name)) for name in names]
            pairs = utility[np.ix_(inside, inside)][np.triu_indices(len(names), 1)].sum()
            value -= alpha[present][inside].sum() + pairs - totals[call, len(names)]
        return value

    found = minimize(minus_posterior, np.zeros(3 + len(named)), method="BFGS", options={"gtol": 1e-4})
    return found.x[:3], len(observed), len(named)


@cache
def product() -> tuple[ListFit, ingest.Records]:
    """The fit of the product, and the records that it rests on."""
    study = config.load("fui")
    records = ingest.read(study)
    table = panel.lists(records, study)
    chosen = table[table["set"].isin(["strict", "joint"])]
    periods = {int(period) for period in chosen["period_low"]}
    blocks = features.compute.list_pairs(panel.Tables.of(records, study), periods, features.select(TERMS))
    pairs = pd.concat([block.frame() for block in blocks], ignore_index=True)
    return fit_lists(TERMS, chosen, pairs, prior_variance=PRIOR_VARIANCE), records


def test_both_computations_agree() -> None:
    fit, _ = product()
    beta, n_lists, n_bodies = second_computation()
    assert (len(fit.observed), len(fit.bodies)) == (n_lists, n_bodies) == (36, 40)
    np.testing.assert_allclose(fit.coefficients, beta, atol=2e-3)
    assert np.sqrt(np.diag(ListInference(fit).covariance("classical").matrix)).max() < 0.5


def key_numbers() -> dict[str, float]:
    """What others quote of the real study, by its key."""
    fit, records = product()
    kept = {step["step"]: step["kept"] for step in panel.flow(records, config.load("fui"))}
    counted = ("pairs_recorded", "pairs_in_the_panel", "rows", "events_of_emergence", "events_of_recurrence")
    printed = fit.tidy().set_index("term")[["std_error", "df", "conf_low", "conf_high"]]
    ratios = {f"ratio.{term}": float(np.exp(b)) for term, b in zip(TERMS, fit.coefficients, strict=True)}
    return {
        "projects": len(records.projects),
        "memberships": len(records.memberships),
        **{name: kept[name] for name in counted},
        "lists": len(fit.observed),
        "bodies_named": len(fit.bodies),
        "list_choice.penalised_loglik": float(fit.optimum.loglik),
        **ratios,
        **{f"{name}.{term}": float(printed.loc[term, name]) for name in printed for term in TERMS},
    }


def moved_in_silence(now: dict[str, float], released: dict[str, float], changes: str) -> list[str]:
    """Keys whose numbers differ from the release's and that CHANGELOG does not name with both numbers."""
    moved = [
        key
        for key in now.keys() | released.keys()
        if not np.isclose(now.get(key, np.nan), released.get(key, np.nan), rtol=1e-6, atol=0)
    ]
    told = {key: f"`{key}` {released.get(key, np.nan):.4g} → {now.get(key, np.nan):.4g}" for key in moved}
    return sorted(text for text in told.values() if text not in changes)


def test_key_numbers_are_those_of_the_last_release_or_the_changes_say_how_they_moved() -> None:
    """To release: write what ``key_numbers`` gives to tests/key_numbers.json, with the version."""
    known = json.loads((Path(__file__).parent / "key_numbers.json").read_text(encoding="utf-8"))
    changes = (config.project_root() / "CHANGELOG.md").read_text(encoding="utf-8")
    since, _, _ = changes.partition(f"## {known['release']}\n")  # what stands above it, if anything
    lines = since if since != changes and "### " in since else changes
    assert moved_in_silence(key_numbers(), known["numbers"], lines) == []


def test_a_number_that_moves_must_be_named() -> None:
    now, released = {"ratio.same_sector": 5.7, "new": 1.0}, {"ratio.same_sector": 5.6}
    wanted = ["`new` nan → 1", "`ratio.same_sector` 5.6 → 5.7"]
    assert moved_in_silence(now, released, "") == wanted
    assert moved_in_silence(now, released, f"- {wanted[0]}; {wanted[1]}: dates of lists") == []
    assert moved_in_silence(released, released, "") == []
