"""The engine against R on synthetic data: values, conventions and the script are in tests/oracles.

These tests never skip. Every difference is measured in standard errors of the parameters concerned.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import inference, models
from interclust.models.firth import corrected

ORACLES = Path(__file__).parent / "oracles"

# Coefficients in classical standard errors, covariances in sqrt(V_aa V_bb) of the classical one.
COEFFICIENT = 1e-9
COVARIANCE = 1e-9
REFITS = 1e-8  # two searches end within their own tolerance of the same point
NUMERICAL = 1e-7  # R's side by numerical derivatives
CURVATURE = 1e-6  # R's side by second numerical derivatives of the whole log-likelihood
LOGLIK = 1e-11  # relative

PAIRWISE = "same_region + log_distance_km + similarity"
NODES = ("cluster_i", "cluster_j")
MODELS: dict[str, dict[str, Any]] = {
    "logit": {"formula": f"tie ~ {PAIRWISE}", "family": "logit"},
    "logit_weighted": {"formula": f"tie ~ {PAIRWISE}", "family": "logit", "weights": "weight"},
    "logit_interaction": {
        "formula": f"tie ~ {PAIRWISE} + same_region:similarity + C(period)",
        "family": "logit",
    },
    "cloglog": {"formula": f"tie ~ {PAIRWISE}", "family": "cloglog"},
    "cloglog_offset": {"formula": f"tie ~ {PAIRWISE}", "family": "cloglog", "offset": "log_visibility"},
    "poisson": {"formula": f"n_projects ~ {PAIRWISE}", "family": "poisson"},
    "poisson_offset": {
        "formula": f"n_projects ~ {PAIRWISE}",
        "family": "poisson",
        "offset": "log_visibility",
    },
    "poisson_weighted_offset": {
        "formula": f"n_projects ~ {PAIRWISE}",
        "family": "poisson",
        "weights": "weight",
        "offset": "log_visibility",
    },
    "linear": {"formula": f"strength ~ {PAIRWISE}", "family": "linear"},
    "linear_weighted": {"formula": f"strength ~ {PAIRWISE}", "family": "linear", "weights": "weight"},
    "firth": {"formula": "tie ~ same_vocation + log_distance_km + similarity", "family": "firth"},
}
UNCLIPPED = {"dyadic", "dyadic_jackknife", "dyadic_jackknife_exact"}
KINDS = ["classical", "hc0", "dyad", "dyadic", "dyadic_jackknife", "dyadic_jackknife_exact"]


@cache
def values() -> pd.DataFrame:
    return pd.read_csv(ORACLES / "values.csv", keep_default_na=False)


@cache
def data(model: str) -> pd.DataFrame:
    if model == "firth":
        return pd.read_csv(ORACLES / "separated.csv")
    frame = pd.read_csv(ORACLES / "panel.csv", keep_default_na=False)
    frame["projects"] = [text.split(";") if text else [] for text in frame["projects"]]
    return frame


@cache
def fitted(model: str, project: bool = False) -> models.Fit:
    return models.fit(data=data(model), nodes=NODES, project="projects" if project else None, **MODELS[model])


def oracle(model: str, quantity: str) -> pd.DataFrame:
    table = values()
    return table[(table["model"] == model) & (table["quantity"] == quantity)]


def vector(model: str, quantity: str) -> pd.Series:
    rows = oracle(model, quantity)
    return pd.Series(rows["value"].to_numpy(), index=rows["row"].to_numpy())


def matrix(model: str, quantity: str) -> pd.DataFrame:
    terms = vector(model, "coef").index
    full = pd.DataFrame(np.nan, index=terms, columns=terms)
    for row in oracle(model, quantity).itertuples():
        full.loc[row.row, row.col] = full.loc[row.col, row.row] = row.value
    assert full.notna().all(axis=None)
    return full


def with_quantity(quantity: str) -> list[str]:
    table = values()
    present = set(table.loc[table["quantity"] == quantity, "model"])
    return [model for model in MODELS if model in present]


def covariance_cases() -> list[tuple[str, str, bool]]:
    cases = []
    for kind in KINDS:
        cases += [(model, kind, False) for model in with_quantity(kind)]
        cases += [(model, kind, True) for model in with_quantity(f"{kind}_project")]
    return cases


def distance(found: Any, fit: models.Fit, model: str, quantity: str) -> float:
    """Largest difference of two covariances in units of the classical standard errors, matched by term."""
    expected = matrix(model, quantity)
    terms = fit.params.index
    table = pd.DataFrame(np.asarray(found), index=terms, columns=terms).loc[expected.index, expected.index]
    errors = np.sqrt(np.diag(matrix(model, "classical")))
    return float(np.abs((table - expected).to_numpy() / np.outer(errors, errors)).max())


def test_every_model_has_values() -> None:
    assert with_quantity("coef") == list(MODELS)
    cases = covariance_cases()
    assert [sum(case[1] == kind for case in cases) for kind in KINDS] == [11, 11, 11, 21, 20, 5]


@pytest.mark.parametrize("model", with_quantity("coef"))
def test_coefficients(model: str) -> None:
    expected = vector(model, "coef")
    found = fitted(model).params
    assert sorted(found.index) == sorted(expected.index)
    errors = np.sqrt(np.diag(matrix(model, "classical")))
    assert np.abs((found[expected.index] - expected) / errors).max() < COEFFICIENT


@pytest.mark.parametrize("model", with_quantity("loglik"))
def test_loglik(model: str) -> None:
    quantity = "penalised_loglik" if model == "firth" else "loglik"
    assert fitted(model).loglik == pytest.approx(vector(model, quantity).item(), rel=LOGLIK)


@pytest.mark.parametrize(("model", "kind", "project"), covariance_cases())
def test_covariance(model: str, kind: str, project: bool) -> None:
    fit = fitted(model, project)
    found = fit.vcov(kind, clip=False) if kind in UNCLIPPED else fit.vcov(kind)
    tolerance = REFITS if kind.endswith("exact") else COVARIANCE
    assert distance(found, fit, model, f"{kind}_project" if project else kind) < tolerance


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("model", with_quantity("dyadic_project_clipped"))
def test_dyadic_vcov_of_arrays(model: str, clip: bool) -> None:
    frame, fit = data(model), fitted(model)
    scores, information = np.asarray(fit.scores()), np.asarray(fit.information)
    nodes = frame["cluster_i"], frame["cluster_j"]
    found = inference.dyadic_vcov(scores, information, *nodes, project=frame["projects"], clip=clip)
    quantity = "dyadic_project_clipped" if clip else "dyadic_project"
    assert distance(found, fit, model, quantity) < COVARIANCE


@pytest.mark.parametrize("model", with_quantity("coef"))
def test_covariances_forget_the_order_of_rows_and_of_nodes(model: str) -> None:
    frame = data(model).sample(frac=1.0, random_state=1).reset_index(drop=True)
    swap = np.random.default_rng(1).random(len(frame)) < 0.5
    frame.loc[swap, list(NODES)] = frame.loc[swap, list(NODES)[::-1]].to_numpy()
    project = model != "firth"
    fit = models.fit(data=frame, nodes=NODES, project="projects" if project else None, **MODELS[model])
    quantity = "dyadic_project" if project else "dyadic"
    assert distance(fit.vcov("dyadic", clip=False), fit, model, quantity) < COVARIANCE


@pytest.mark.parametrize("correction", ["flic", "flac"])
def test_corrected_probabilities_of_firth(correction: str) -> None:
    """Puhr et al. (2017), by R's glm alone: the coefficients, and that they meet the number of events."""
    fit, frame, expected = fitted("firth"), data("firth"), vector("firth", correction)
    found = corrected(fit.likelihood, fit.coefficients, fit.information, correction)
    errors = np.sqrt(np.diag(matrix("firth", "classical")))
    assert np.abs((pd.Series(found, fit.terms)[expected.index] - expected) / errors).max() < REFITS
    assert fit.predict(frame, correction).sum() == pytest.approx(frame["tie"].sum(), rel=1e-9)
    assert abs(fit.predict(frame).sum() - frame["tie"].sum()) > 0.01


# ---- counts with two parts, and classes ----------------------------------------------------------------
PARTS: dict[str, dict[str, Any]] = {
    "negbin": {"formula": "count ~ x + z"},
    "zip": {"formula": "count ~ x + z", "zero": "1 + x"},
    "zinb": {"formula": "count ~ x + z", "zero": "1 + x"},
    "hurdle_poisson": {"formula": "count ~ x + z", "zero": "1 + x"},
    "hurdle_negbin": {"formula": "count ~ x + z", "zero": "1 + x"},
    "ordered_logit": {"formula": "class_ ~ x + z"},
    "sequential": {"formula": "class_ ~ x + z"},
}


@cache
def counts() -> pd.DataFrame:
    frame = pd.read_csv(ORACLES / "counts.csv", keep_default_na=False).rename(columns={"class": "class_"})
    frame["projects"] = [text.split(";") if text else [] for text in frame["projects"]]
    return frame


@cache
def fitted_parts(family: str, project: bool = False) -> models.Fit:
    project_column = "projects" if project else None
    return models.fit(data=counts(), family=family, nodes=NODES, project=project_column, **PARTS[family])


def in_our_words(name: str) -> str:
    return "ln_alpha" if name == "ln(alpha)" else name


@pytest.mark.parametrize("family", PARTS)
def test_coefficients_and_loglik_of_parts(family: str) -> None:
    expected = vector(family, "coef").rename(in_our_words)
    fit = fitted_parts(family)
    found = pd.Series(fit.coefficients, fit.terms)
    assert sorted(found.index) == sorted(expected.index)
    errors = np.sqrt(np.diag(matrix(family, "classical")))
    assert np.abs((found[expected.index] - expected) / errors).max() < NUMERICAL
    assert fit.loglik == pytest.approx(vector(family, "loglik").item(), rel=LOGLIK)


@pytest.mark.parametrize(
    ("kind", "project"),
    [(kind, False) for kind in KINDS[:5]] + [("dyadic", True), ("dyadic_jackknife", True)],
)
@pytest.mark.parametrize("family", PARTS)
def test_covariances_of_parts(family: str, kind: str, project: bool) -> None:
    expected = matrix(family, f"{kind}_project" if project else kind)
    expected = expected.rename(index=in_our_words, columns=in_our_words)
    errors = np.sqrt(np.diag(matrix(family, "classical")))
    fit = fitted_parts(family, project)
    found = fit.vcov(kind, clip=False) if kind in UNCLIPPED else fit.vcov(kind)
    found = found.loc[expected.index, expected.columns]
    tolerance = CURVATURE if kind == "classical" else NUMERICAL
    assert np.abs((found - expected).to_numpy() / np.outer(errors, errors)).max() < tolerance
