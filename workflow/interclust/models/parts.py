"""The designs of a family's linear predictors, and what its parameters are called."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from ..errors import ModelError
from ..numerics.families import FAMILIES, ORDINAL, Family
from .cluster_effects import design_of, prepared
from .formula import Design, Formula, Moments, learn, parse
from .likelihood import Likelihood
from .rows.data import Data

ALPHA = "ln_alpha"


def family_of(name: str, zero: str | None = None) -> Family:
    """The family of a name; ModelError names those there are, or says that it has no second part."""
    if name not in FAMILIES:
        raise ModelError(f"no family {name!r}; there are {', '.join(FAMILIES)}")
    family = FAMILIES[name]
    if zero is not None and not family.has_second_part:
        two = ", ".join(other.name for other in FAMILIES.values() if other.has_second_part)
        raise ModelError(f"family {name!r} has one part; zero= is for those with two: {two}")
    return family


def check_offset(offset: str | None, family: Family, formula: Formula) -> None:
    """Raise ModelError, with the reason, for an offset that means nothing or changes nothing."""
    if offset is None:
        return
    if not family.thinning:
        raise ModelError(
            f"an offset of ln visibility means nothing in family {family.name!r}, which is not closed "
            "under thinning; use poisson, negbin, zip, zinb or cloglog"
        )
    if any(factor.kind == "C" and factor.column == "period" for term in formula.terms for factor in term):
        raise ModelError(
            "an offset of ln visibility changes nothing beside free period effects; leave one of them out"
        )


def with_classes(family: Family, classes: int) -> Family:
    """An ordinal family for the number of classes of its data; any other family as it is."""
    return ORDINAL[family.name](classes) if family.name in ORDINAL else family


def second_formula(family: Family, formula: Formula, zero: str | None) -> Formula | None:
    """The terms of the second part: those of ``zero``, else those of the first part (as pscl has it)."""
    if not family.has_second_part:
        return None
    return parse(zero) if zero is not None else Formula(None, formula.terms)


def likelihood_of(
    family: Family,
    formula: Formula,
    data: Data,
    outcome: str,
    second: Formula | None = None,
    offset: str | None = None,
    weights: str | None = None,
    cluster_effects: bool = False,
) -> Likelihood:
    """The likelihood with one design for each predictor; means and levels are learnt from the data.

    With ``cluster_effects`` the terms have one effect a cluster beside them, over the rows that inform it.
    """
    data = prepared(data, outcome, family) if cluster_effects else data
    learnt = {"terms": _learnt(formula, data), "constant": Design(parse("1"), Moments())}
    learnt["slopes"] = Design(formula, learnt["terms"].moments, intercept=False)
    if cluster_effects:
        learnt["terms"] = design_of(learnt["terms"], data)
    if second is not None:
        learnt["second"] = _learnt(second, data)
    designs = tuple(learnt[kind] for kind in family.designs)
    return Likelihood(family, designs, data, outcome, offset, weights)


def _learnt(formula: Formula, data: Data) -> Design:
    return Design(formula, learn(formula, (batch.columns for batch in data.batches())))


def parameter_names(likelihood: Likelihood) -> list[str]:
    """Names of the k parameters.

    ``x``; ``count:x``, ``inflate:x``, ``zero:x``, ``above_0:x`` where several parts have terms; ``0|1`` for
    the cut point between classes 0 and 1; ``ln_alpha``.
    """
    family = likelihood.family
    several = sum(kind in ("terms", "second") for kind in family.designs) > 1
    parts = zip(family.predictors, family.designs, likelihood.designs, strict=True)
    return list(chain.from_iterable(_names(*part, several) for part in parts))


def _names(predictor: str, kind: str, design: Design, several: bool) -> list[str]:
    if kind == "constant":
        return [ALPHA if predictor == "alpha" else predictor]
    return [f"{predictor}:{name}" if several else name for name in design.names]


def unprefixed(term: str, part: str) -> str:
    """The term itself behind its part: ``count:x`` of part ``count`` is ``x``."""
    return term.removeprefix(f"{part}:")


def factors(term: str) -> frozenset[str]:
    """The features of a product, whatever is centred and in whatever order: ``a:c(b)`` has a and b.

    Spaces within a factor do not count: ``I(x ** 2)`` is ``I(x**2)``.
    """
    parts = term.replace(" ", "").split(":")
    return frozenset(part[2:-1] if part.startswith("c(") and part.endswith(")") else part for part in parts)


def needed_columns(formula: Formula, second: Formula | None, *beside: str | None) -> list[str]:
    """Columns of both parts and those named beside them, each once, in order."""
    columns: Mapping[str, None] = dict.fromkeys(
        [*formula.columns, *(second.columns if second else ()), *(name for name in beside if name)]
    )
    return list(columns)
