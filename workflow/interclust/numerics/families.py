"""Families: per-row log-likelihoods and their derivatives in the linear predictors.

A family has m linear predictors: one for linear, logit, cloglog and Poisson, two for NB2 (ln alpha), ZIP
and hurdle Poisson (a second part), three for ZINB and hurdle NB2, as many as classes for the ordered
logit. ``derivatives(y, eta)`` with y of shape (n,) and eta of shape (n, m) returns

    loglik (n,), gradient (n, m), hessian (n, m, m)

Everything else (scores, information, every covariance) follows by the chain rule in the design, so a
new family needs no other code. The formulas stand in ``families_single.py``, ``families_count.py`` and
``families_ordinal.py`` with their sources.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from . import families_count as count
from . import families_ordinal as ordinal
from . import families_single as single

Array = np.ndarray
Triple = tuple[Array, Array, Array]


@dataclass(frozen=True)
class Family:
    """A family: its predictors, derivatives, expected outcome and the outcomes it can take.

    ``predictors`` are named, and ``designs`` says what each is linear in: the ``terms`` of the formula,
    their ``slopes`` (the terms without an intercept), the terms of the ``second`` part, or a ``constant``.
    ``expectation(eta)`` gives E[y] (n,) with its gradient (n, m) and Hessian (n, m, m) in the predictors
    (for classes, the expected number of the class). ``outcome`` is one of binary, count, real, ordinal.
    """

    name: str
    predictors: tuple[str, ...]
    outcome: str
    derivatives: Callable[[Array, Array], Triple]
    expectation: Callable[[Array], Triple]
    ratio: str  # what exp(beta) is
    thinning: bool = False  # closed under thinning: an offset of ln visibility has a meaning
    jeffreys: bool = False
    designs: tuple[str, ...] = ("terms",)
    classes: int = 0  # of an ordinal outcome

    @property
    def has_second_part(self) -> bool:
        """Whether a second part has terms of its own (``zero=``)."""
        return "second" in self.designs


def ordered_logit(classes: int) -> Family:
    """Ordered logit of classes 0 .. K - 1: slopes, and the K - 1 cut points between them."""
    cuts = tuple(f"{low}|{low + 1}" for low in range(classes - 1))
    designs = ("slopes", *("constant" for _ in cuts))
    return Family(
        "ordered_logit",
        ("mean", *cuts),
        "ordinal",
        ordinal.ordered_logit,
        ordinal.ordered_mean,
        "odds ratio",
        designs=designs,
        classes=classes,
    )


def sequential(classes: int) -> Family:
    """Continuation ratios of classes 0 .. K - 1: one logit a step, each with the terms of the formula."""
    steps = tuple(f"above_{low}" for low in range(classes - 1))
    return Family(
        "sequential",
        steps,
        "ordinal",
        ordinal.sequential,
        ordinal.sequential_mean,
        "odds ratio",
        designs=("terms",) * len(steps),
        classes=classes,
    )


ORDINAL: dict[str, Callable[[int], Family]] = {"ordered_logit": ordered_logit, "sequential": sequential}

_MEAN = ("mean",)
_TWO, _TWO_DESIGNS = ("count", "inflate"), ("terms", "second")
_ZINB_MEAN = partial(count.inflated_mean, predictors=3)
_WITH_ALPHA = ("terms", "second", "constant")

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("linear", _MEAN, "real", single.linear, single.linear_mean, ""),
        Family("logit", _MEAN, "binary", single.logit, single.logit_mean, "odds ratio"),
        Family("firth", _MEAN, "binary", single.logit, single.logit_mean, "odds ratio", jeffreys=True),
        Family("cloglog", _MEAN, "binary", single.cloglog, single.cloglog_mean, "hazard ratio", True),
        Family("poisson", _MEAN, "count", count.poisson, count.poisson_mean, "rate ratio", True),
        Family(
            "negbin",
            ("mean", "alpha"),
            "count",
            count.negbin,
            count.negbin_mean,
            "rate ratio",
            True,
            designs=("terms", "constant"),
        ),
        Family(
            "zip", _TWO, "count", count.zip_, count.inflated_mean, "rate ratio", True, designs=_TWO_DESIGNS
        ),
        Family(
            "zinb",
            (*_TWO, "alpha"),
            "count",
            count.zinb,
            _ZINB_MEAN,
            "rate ratio",
            True,
            designs=_WITH_ALPHA,
        ),
        Family(
            "hurdle_poisson",
            ("count", "zero"),
            "count",
            count.hurdle_poisson,
            partial(count.hurdle_mean, base=count.poisson),
            "rate ratio",
            designs=_TWO_DESIGNS,
        ),
        Family(
            "hurdle_negbin",
            ("count", "zero", "alpha"),
            "count",
            count.hurdle_negbin,
            partial(count.hurdle_mean, base=count.negbin),
            "rate ratio",
            designs=_WITH_ALPHA,
        ),
        ordered_logit(3),
        sequential(3),
    )
}
