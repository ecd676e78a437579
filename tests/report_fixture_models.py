"""The models, effects and verdicts of the study that report_fixture makes: numbers chosen, not computed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from interclust.io import write_csv, write_json

TERMS = {"same_sector": 1.74, "same_region": 1.16, "tech_market_complementarity": 0.26}
MODERATED = {
    "same_sector": 1.74,
    "same_region": 1.16,
    "c(thematic_similarity)": 0.26,
    "both_development": 0.4,
    "both_development:c(thematic_similarity)": -0.55,
}
TRUTH = {
    "same_sector": 1.6,
    "same_region": 1.3,
    "thematic_similarity": 0.1,
    "both_development": 0.5,
    "both_development:thematic_similarity": -1.9,
}
VARIANCE, REACH = 0.18, 0.88
EFFECTS = (
    *("model", "effect_id", "kind", "term", "moderator", "at", "scale", "vcov", "estimate", "std_error"),
    *("df", "statistic", "p_value", "conf_low", "conf_high", "n_rows"),
)
VARIANTS = (
    *(("headline", ""), *(("leave_one_source_out", f"s{number}") for number in range(9))),
    *(("prior_variance", "20"), ("prior_variance", "4"), ("prior_variance", "1"), ("broad_set", "")),
    *(("alpha_by_mentions", "all active bodies"), ("late_dates", ""), ("one_unseen_label", "8 draws")),
)


def write_models(folder: Path, names: list[str], synthetic: bool) -> None:
    """Write fit.json and effects of every model, the reference, and sensitivity or truth."""
    reference = {"library": "statsmodels", "version": "0.14.5", "loglik": -214.77, "score_norm": 1e-12}
    write_json({name: reference for name in names if name != "list_choice"}, folder / "models/reference.json")
    for name in names:
        if name == "recurrence_core" and not synthetic:
            _write_not_fitted(folder, name)
        else:
            _write_fitted(folder, name, MODERATED if synthetic else TERMS)
    if synthetic:
        write_csv(_permuted(MODERATED), folder / "models/emergence_moderated/mrqap.csv")
        kinds = {"model": "emergence_moderated", "truth_kind": "pseudo_true", "mc_error": 0.02}
        rows = [kinds | {"term": term, "truth": value} for term, value in TRUTH.items()]
        write_csv(pd.DataFrame(rows), folder / "effects/truth.csv")
    else:
        write_csv(_sensitivity(), folder / "models/list_choice/sensitivity.csv")


def _write_not_fitted(folder: Path, name: str) -> None:
    reason = "not fitted: 4 events, at least 10 are needed"
    fit = {"model": name, "outcome": "recurrence", "status": "not_fitted", "reason": reason, "n": {}}
    write_json(fit, folder / f"models/{name}/fit.json")
    write_csv(pd.DataFrame(columns=list(EFFECTS)), folder / f"effects/{name}.csv")


def _write_fitted(folder: Path, name: str, terms: dict[str, float]) -> None:
    choice = name == "list_choice"
    kind = "cluster_jackknife" if choice else "dyadic_jackknife"
    params = dict(terms) if choice else {"Intercept": -4.2, **terms}
    size = range(len(params))
    matrix = [[VARIANCE if i == j else 0.01 for j in size] for i in size]
    n = {"lists": 36, "clusters": 24} if choice else {"rows": 61213, "events": 69, "clusters": 24}
    outcomes = {"list_choice": "list_choice", "recurrence_core": "recurrence"}
    fit = {
        "model": name,
        "outcome": outcomes.get(name, "emergence"),
        "family": None if choice else "cloglog",
        "spec": {"terms": list(terms)},
        "status": "fitted",
        "reason": None,
        "n": n,
        "loglik": -214.77,
        "aic": 437.1,
        "params": [{"term": term, "part": "mean", "estimate": value} for term, value in params.items()],
        "vcov": {kind: {"matrix": matrix, "df": 23.0, "clipped": 0, "floored": []}},
    }
    write_json(fit, folder / f"models/{name}/fit.json")
    rows = [row for term, value in terms.items() for row in _effects(name, kind, term, value)]
    write_csv(pd.DataFrame(rows, columns=list(EFFECTS)), folder / f"effects/{name}.csv")


def _effects(model: str, vcov: str, term: str, value: float) -> list[dict[str, Any]]:
    moderator, _, name = term.rpartition(":")
    name = name.removeprefix("c(").removesuffix(")")
    kind, suffix = ("ratio_of_ratios", f"|{moderator}") if moderator else ("ratio", "")
    shared = {"model": model, "term": name, "moderator": moderator, "vcov": vcov, "scale": "ratio"}
    low, high = value - REACH, value + REACH
    limits = {"estimate": math.exp(value), "conf_low": math.exp(low), "conf_high": math.exp(high)}
    rows = [
        shared | limits | {"effect_id": f"{kind}:{name}{suffix}", "kind": kind, "p_value": 0.0004, "df": 23},
        shared | {"effect_id": f"detectable:{name}{suffix}", "kind": "detectable", "estimate": 3.3},
    ]
    if model == "list_choice":
        tips = {"estimate": math.exp(abs(value)), "conf_low": math.exp(max(low, 0))}
        rows.append(shared | tips | {"effect_id": f"tipping:{name}", "kind": "tipping"})
    return rows


def _permuted(terms: dict[str, float]) -> pd.DataFrame:
    """A table of permutation tests: the intercept has none."""
    rows = [{"term": "Intercept", "estimate": -4.2, "statistic": -9.0, "permutations": 0, "without": 0}]
    tested = {"p_value": 0.01, "mc_error": 0.004, "permutations": 1999, "without": 0}
    rows += [{"term": term, "estimate": value, "statistic": 3.0, **tested} for term, value in terms.items()]
    return pd.DataFrame(rows)


def _sensitivity() -> pd.DataFrame:
    rows = []
    for number, (variant, value) in enumerate(VARIANTS):
        for term, estimate in TERMS.items():
            shifted = estimate + (number * 3 % 7 - 3) / 15
            limits = {"conf_low": math.exp(shifted - 0.9), "conf_high": math.exp(shifted + 0.9)}
            head = {"variant": variant, "value": value, "term": term, "ratio": math.exp(shifted)}
            sizes = {"n_lists": 36 - number % 4, "n_clusters": 24}
            rows.append(head | ({} if variant.startswith("leave") else limits) | sizes)
    return pd.DataFrame(rows)


def write_hypotheses(folder: Path, synthetic: bool) -> None:
    """Write hypotheses.csv and scoreboard.csv: H3 and H4 are tested, or all but H1, H2 and H19."""
    rows, scores = [], []
    for number in range(1, 21):
        tested = number not in (1, 2, 19) if synthetic else number in (3, 4)
        verdict = ("supported" if number % 3 == 0 else "undecided") if tested else "not testable"
        head = {
            "hypothesis": f"H{number}",
            "verdict": verdict,
            "class": None if tested else "abcd"[number % 4],
        }
        rows.append({**head, "part": f"H{number}", "test": f"H{number}", **_test(tested)})
        scores.append({**head, "part": None, "tests": 1, "tested": int(tested)})
    write_csv(pd.DataFrame(rows), folder / "effects/hypotheses.csv")
    write_csv(pd.DataFrame(scores), folder / "effects/scoreboard.csv")


def _test(tested: bool) -> dict[str, Any]:
    reasons = {
        "reason": "The claim is about contacts; this study records joint projects.",
        "reason_fr": "L'énoncé porte sur les contacts ; cette étude relève les projets communs.",
    }
    if not tested:
        return reasons
    estimate = {"estimate": 5.7, "conf_low": 2.4, "conf_high": 13.2, "p_value": 0.0004, "p_holm": 0.0008}
    return {"model": "list_choice", "effect_id": "ratio:same_sector", **estimate, **reasons}
