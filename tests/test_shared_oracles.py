"""The engine against published numbers and reference software, on the data they belong to.

The folder of oracles (``oracles.csv`` and its data) is not part of the project: it is looked for in
``$INTERCLUST_ORACLES`` or beside the checkout (``../shared/oracles``); where it is absent these tests skip.
A number is met if it differs by at most half a unit of its last printed digit.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from interclust import models

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("INTERCLUST_ORACLES", REPOSITORY.parent / "shared" / "oracles"))
if not (FOLDER / "oracles.csv").is_file():
    pytest.skip(
        f"no oracles in {FOLDER}: set INTERCLUST_ORACLES to the folder that holds oracles.csv",
        allow_module_level=True,
    )

NUMBER = re.compile(r"-?\d+(?:\.(\d+))?")
ROUNDING = 1.0 + 1e-9  # a number exactly at half a unit is met
# oracles.csv has lost final zeros: decimals that the source prints in these series.
DECIMALS = {"O01": 6, "O02": 6, "O03": 3, "O17": 2}

# Numbers whose source stopped before convergence: how far we are from them, and why.
STOPPED_SHORT = {
    # fixest stops at a relative deviance of 1e-8 and keeps the weights of the step before: doing the same
    # gives its number to the last digit; the converged fit is 4e-6 above it.
    ("O04", "SE no FE, Origin & Destination"): 5e-6,
    # brglm2 with its default epsilon of 1e-6; with 1e-13 it gives ours.
    ("O11", "coef (Intercept)"): 1e-6,
}

# Rows of oracles.csv for what is still to come, or is tested elsewhere (O18: test_mrqap_oracles.py).
TO_COME = {
    ("O11", "Firth logit, SE from augmented information (1+h)"),
    ("O18", "QAP correlation"),
    ("O18", "QAP permutation p (one-sided, 20,000)"),
}

ORACLES = pd.read_csv(FOLDER / "oracles.csv", dtype=str, keep_default_na=False)
TESTED = [row for row in ORACLES.itertuples() if (row.oracle_id, row.estimator) not in TO_COME]


def numbers(text: str) -> list[tuple[float, int]]:
    """Numbers of a printed text with their decimals."""
    return [(float(found[0]), len(found[1] or "")) for found in NUMBER.finditer(text)]


def standard_error(fit: models.Fit, kind: str, term: str, **options: bool) -> float:
    V = np.asarray(fit.vcov(kind, **options))
    position = list(fit.params.index).index(term)
    return float(np.sqrt(V[position, position]))


# ---- Log of Gravity ------------------------------------------------------------------------------------
GRAVITY = (
    "lypex lypim lyex lyim ldist border comlang colony "
    "landl_ex landl_im lremot_ex lremot_im comfrt_wto open_wto"
)
GRAVITY_EFFECTS = "ldist border comlang colony comfrt_wto C(s1_im) C(s2_ex)"


@cache
def gravity_fit(family: str = "poisson", terms: str = GRAVITY, positive: bool = False) -> models.Fit:
    frame = pd.read_stata(FOLDER / "Log_of_Gravity.dta.gz")
    frame = frame[frame["trade"] > 0] if positive else frame
    measures = {name: frame[name].astype(float) for name in frame if name not in ("s1_im", "s2_ex")}
    frame = frame.assign(**measures, y=frame["trade"].astype(float) / 1000)
    outcome = "ltrade" if family == "linear" else "y"
    formula = f"{outcome} ~ {' + '.join(terms.split())}"
    return models.fit(formula, frame, family=family, nodes=("s1_im", "s2_ex"))


def gravity(estimator: str, quantity: str) -> list[float]:
    what, name = quantity.split(" ")
    term = "Intercept" if name == "constant" else name
    fit = gravity_fit()
    if what == "coef":
        return [fit.params[term]]
    if estimator.startswith("one-way cluster"):
        return [standard_error(fit, "dyad", term)]
    return [standard_error(fit, "dyadic", term, clip=not estimator.endswith("unclipped"))]


def gravity_tables(estimator: str, quantity: str) -> list[float]:
    effects = "exporter+importer FE" in quantity
    family = "linear" if "OLS" in estimator else "poisson"
    positive = family == "linear" or "T>0" in quantity
    return [gravity_fit(family, GRAVITY_EFFECTS if effects else GRAVITY, positive).params["ldist"]]


# ---- trade panel of fixest -----------------------------------------------------------------------------
TRADE_EFFECTS = ("Origin", "Destination", "Product", "Year")


@cache
def trade() -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / "fixest_trade.csv.gz")
    return frame.assign(log_distance=np.log(frame["dist_km"]), log_euros=np.log(frame["Euros"]))


@cache
def trade_fit(family: str, effects: bool) -> models.Fit:
    outcome = "Euros" if family == "poisson" else "log_euros"
    terms = ["log_distance", *(f"C({name})" for name in TRADE_EFFECTS if effects)]
    formula = f"{outcome} ~ {' + '.join(terms)}"
    return models.fit(formula, trade(), family=family, nodes=("Origin", "Destination"))


def clustered_error(fit: models.Fit, by: list[str], nested: int, corrected: bool) -> float:
    """Standard error of log_distance clustered one way or two ways (inclusion and exclusion).

    Made here from the scores of the fit, for the product has no such covariance. fixest's correction:
    G / (G - 1) by the smallest number of groups, (n - 1) / (n - K) with the effects nested in a grouping
    not counted in K.
    """
    frame, scores = trade(), np.asarray(fit.scores())

    def meat(names: list[str]) -> np.ndarray:
        sums = pd.DataFrame(scores).groupby([frame[name].to_numpy() for name in names]).sum().to_numpy()
        return sums.T @ sums

    total = sum(meat([name]) for name in by) - (meat(by) if len(by) == 2 else 0.0)
    bread = np.linalg.inv(np.asarray(fit.information))
    position = list(fit.params.index).index("log_distance")
    variance = (bread @ total @ bread)[position, position]
    if corrected:
        groups, n, k = min(frame[name].nunique() for name in by), len(frame), len(fit.params) - nested
        variance *= groups / (groups - 1) * (n - 1) / (n - k)
    return float(np.sqrt(variance))


def trade_panel(estimator: str, quantity: str) -> list[float]:
    linear = "feols" in estimator or "two-way" in quantity or "log Euros" in quantity
    effects = "no FE" not in quantity
    fit = trade_fit("linear" if linear else "poisson", effects)
    if quantity.startswith("coef"):
        return [fit.params["log_distance"]]
    by = [name for name in TRADE_EFFECTS if name in quantity]
    if "two-way" in quantity:
        by = ["Origin", "Destination"]
    nested = sum(trade()[name].nunique() - 1 for name in by) if effects else 0
    return [clustered_error(fit, by, nested, corrected="no small-sample" not in quantity)]


# ---- dyad.sim ------------------------------------------------------------------------------------------
@cache
def dyad_sim_fit() -> models.Fit:
    frame = pd.read_csv(FOLDER / "dyad_sim_ASA2015.csv")
    return models.fit("dY ~ dX", frame, family="linear", nodes=("dyad1", "dyad2"))


def dyad_sim(estimator: str, quantity: str) -> list[float]:
    term = "dX" if quantity.startswith("dX") else "Intercept"
    if quantity.endswith("coef"):
        return [dyad_sim_fit().params[term]]
    return [standard_error(dyad_sim_fit(), "dyadic", term, clip=False)]


# ---- endometrial cancer --------------------------------------------------------------------------------
@cache
def endometrial_fit() -> models.Fit:
    return models.fit(
        "HG ~ NV + PI + EH", pd.read_csv(FOLDER / "endometrial.csv"), family="firth", nodes=None
    )


def endometrial(estimator: str, quantity: str) -> list[float]:
    fit = endometrial_fit()
    if quantity.startswith("logL"):
        penalty = 0.5 * np.linalg.slogdet(np.asarray(fit.information))[1]
        return [fit.loglik - penalty, fit.loglik]
    what, name = quantity.split(" ")
    term = "Intercept" if name == "(Intercept)" else name
    return [fit.params[term] if what == "coef" else standard_error(fit, "classical", term)]


# ---- articles of biochemists ---------------------------------------------------------------------------
@cache
def biochemists_data() -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / "bioChemists.csv")
    return frame.assign(
        fem=(frame["fem"] == "Women").astype(float), mar=(frame["mar"] == "Married").astype(float)
    )


@cache
def biochemists_fit(family: str) -> models.Fit:
    return models.fit("art ~ fem + mar + kid5 + phd + ment", biochemists_data(), family=family, nodes=None)


BIOCHEMISTS = {
    "Poisson": "poisson",
    "ZIP (all covariates both parts)": "zip",
    "ZINB": "zinb",
    "hurdle Poisson (logit zero)": "hurdle_poisson",
    "hurdle NB (logit zero)": "hurdle_negbin",
}


def biochemists(estimator: str, quantity: str) -> list[float]:
    fit = biochemists_fit(BIOCHEMISTS.get(estimator, "negbin"))
    if quantity == "logL":
        return [fit.loglik]
    if quantity == "alpha":
        return [fit.params["alpha"]]
    if quantity.startswith("LR test"):
        return [2 * (fit.loglik - biochemists_fit("poisson").loglik)]
    name = quantity.removeprefix("coef (SE) ")
    terms = ["Intercept", "fem", "mar", "kid5", "phd", "ment"]
    position = terms.index("Intercept" if name == "(Intercept)" else name)
    X = biochemists_data().assign(Intercept=1.0)[terms].to_numpy()
    mean = np.exp(X @ fit.params[terms].to_numpy())
    # glm.nb prints the expected information (block diagonal in alpha); ours is the observed one
    expected = X.T @ (X * (mean / (1 + fit.params["alpha"] * mean))[:, None])
    return [fit.params[terms[position]], float(np.sqrt(np.linalg.inv(expected)[position, position]))]


# ---- first sex, discrete time --------------------------------------------------------------------------
HAZARD_MODELS = {
    "A": "",
    "B": " + parental_transition",
    "C": " + parental_antisociality",
    "D": " + parental_transition + parental_antisociality",
}


@cache
def person_periods() -> pd.DataFrame:
    people = pd.read_csv(FOLDER / "singer_willett_first_sex.csv")
    rows = people.loc[people.index.repeat(people["grade"] - 6)].reset_index(drop=True)
    last, rows["grade"] = rows["grade"], rows.groupby("id").cumcount() + 7
    return rows.assign(event=((rows["grade"] == last) & (rows["censor"] == 0)).astype(int))


@cache
def hazard_fit(model: str, family: str = "logit") -> models.Fit:
    formula = f"event ~ 0 + C(grade){HAZARD_MODELS[model]}"
    return models.fit(formula, person_periods(), family=family, nodes=None)


def expected_error(fit: models.Fit, term: str) -> float:
    """Standard error of a cloglog from the expected information, which is what was printed."""
    frame = person_periods()
    X = np.column_stack([frame["grade"] == grade for grade in range(7, 13)] + [frame["parental_transition"]])
    rate = np.exp(X @ fit.params.to_numpy())
    information = X.T @ (X * (rate**2 / np.expm1(rate))[:, None])
    position = list(fit.params.index).index(term)
    return float(np.sqrt(np.linalg.inv(information)[position, position]))


def first_sex(estimator: str, quantity: str) -> list[float]:
    if estimator == "life table":
        return list(expit(hazard_fit("A").params))
    if estimator.startswith("logit hazard models"):
        return [-2 * hazard_fit(model).loglik for model in HAZARD_MODELS]
    if estimator.startswith("logit"):
        return list(hazard_fit("B").params)
    fit = hazard_fit("B", "cloglog")
    term = "parental_transition"
    return [fit.params[term], expected_error(fit, term), -2 * fit.loglik]


ESTIMATES: dict[str, Callable[[str, str], list[float]]] = {
    "O01": gravity,
    "O02": gravity,
    "O03": gravity_tables,
    "O04": trade_panel,
    "O08": dyad_sim,
    "O11": endometrial,
    "O14": biochemists,
    "O17": first_sex,
}


@pytest.mark.parametrize("row", TESTED, ids=[f"{row.oracle_id}-{row.quantity}" for row in TESTED])
def test_number(row) -> None:  # type: ignore[no-untyped-def]
    found = ESTIMATES[row.oracle_id](row.estimator, row.quantity)
    printed = numbers(row.value)
    assert len(found) == len(printed)
    for value, (expected, decimals) in zip(found, printed, strict=True):
        decimals = max(decimals, DECIMALS.get(row.oracle_id, 0))
        tolerance = STOPPED_SHORT.get((row.oracle_id, row.quantity), 0.5 * 10.0**-decimals)
        assert abs(value - expected) <= tolerance * ROUNDING, f"{value!r} for {row.value} ({row.estimator})"


def test_gravity_has_four_negative_eigenvalues() -> None:
    raw = np.asarray(gravity_fit().vcov("dyadic", clip=False))
    clipped = np.asarray(gravity_fit().vcov("dyadic", clip=True))
    assert (np.linalg.eigvalsh(raw) < 0).sum() == 4
    assert gravity_fit().covariance("dyadic", clip=True).clipped == 4
    assert np.linalg.eigvalsh(clipped).min() > -1e-12 * np.linalg.eigvalsh(clipped).max()


def test_fits_have_converged() -> None:
    fits = [gravity_fit(), trade_fit("poisson", True), trade_fit("poisson", False), endometrial_fit()]
    assert all(fit.converged for fit in fits)
