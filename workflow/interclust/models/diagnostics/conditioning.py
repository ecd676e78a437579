"""Collinearity: how far the data tell the terms of a model apart.

Condition number: the root of the ratio of the largest to the smallest eigenvalue of X'X with columns of
unit length, the intercept among them, uncentred (Belsley, Kuh & Welsch 1980, Regression Diagnostics,
chapter 3); *weighted*, the same of the information, which is X'WX where the family weighs its rows
(Lesaffre & Marx 1993, Communications in Statistics - Theory and Methods 22(7)). Generalised variance
inflation of a term with several columns (Fox & Monette 1992, JASA 87), from the correlations R
of the estimates without the intercept:

    GVIF = det R_11 det R_22 / det R

which for one column is the usual VIF. R is taken from the inverse information, as R's car::vif does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...numerics.newton import inverse
from ...numerics.segments import products
from ..cluster_effects import PREFIX
from ..likelihood import Likelihood
from ..parts import unprefixed
from .walk import walk

Array = np.ndarray

INTERCEPT = "Intercept"
CLUSTERS = "clusters"
LEVEL = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True)
class Inflation:
    """A term: its part, columns (df), GVIF and GVIF^(1/(2 df)), which is on the scale of a standard error."""

    part: str
    term: str
    df: int
    gvif: float
    gvif_root: float


def term_of(column: str) -> str:
    """The term of a column: ``C(x)`` of ``C(x)[T.2]``; the effects of clusters are one term."""
    return CLUSTERS if column.startswith(PREFIX) else LEVEL.sub("", column)


def condition_number(moments: Array) -> float:
    """Condition number of a design from its cross-products (k, k), scaled to columns of unit length."""
    scale = 1.0 / np.sqrt(np.diag(moments))
    values = np.linalg.eigvalsh(moments * np.outer(scale, scale))
    return float(np.sqrt(values[-1] / values[0])) if values[0] > 0 else np.inf


def cross_products(likelihood: Likelihood) -> Array:
    """X'X (k, k) over the rows of a model, weighted as the rows are."""
    total = np.zeros((len(likelihood.part),) * 2)
    for tile in walk(likelihood, np.zeros(len(likelihood.part))):
        total += products(tile.X * tile.weight, tile.X)
    return total


def inflation(covariance: Array, terms: Sequence[str], part: str = "") -> list[Inflation]:
    """Generalised variance inflation of every term from the covariance (k, k) of one part's estimates."""
    names = [term_of(unprefixed(term, part)) for term in terms]
    slopes = [place for place, name in enumerate(names) if name != INTERCEPT]
    scale = 1.0 / np.sqrt(np.diag(covariance)[slopes])
    R = covariance[np.ix_(slopes, slopes)] * np.outer(scale, scale)
    found = []
    for term in dict.fromkeys(names[place] for place in slopes):
        own = np.array([names[place] == term for place in slopes])
        logdet = _logdet(R[np.ix_(own, own)]) + _logdet(R[np.ix_(~own, ~own)]) - _logdet(R)
        df = int(own.sum())
        found.append(Inflation(part, term, df, float(np.exp(logdet)), float(np.exp(logdet / (2 * df)))))
    return found


def _logdet(matrix: Array) -> float:
    return float(np.linalg.slogdet(matrix)[1]) if len(matrix) else 0.0


def of_panel(
    likelihood: Likelihood, information: Array, terms: Sequence[str]
) -> tuple[dict[str, float], list[Inflation]]:
    """Condition numbers of the design and of the information, and the inflation of the terms of every part.

    Of a family with several parts the numbers are the largest over its parts, each with its own design.
    """
    moments, covariance = cross_products(likelihood), inverse(information)
    numbers: dict[str, list[float]] = {"design": [], "weighted": []}
    found = []
    for name, kind, span in zip(
        likelihood.family.predictors, likelihood.family.designs, likelihood.spans, strict=True
    ):
        if kind == "constant":
            continue
        numbers["design"].append(condition_number(moments[span, span]))
        numbers["weighted"].append(condition_number(information[span, span]))
        found += inflation(covariance[span, span], terms[span], name)
    return {key: max(values) for key, values in numbers.items()}, found
