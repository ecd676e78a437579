"""What is wrong with a model before it is fitted: found, named, with the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from ..errors import ModelError, NotEstimable
from ..numerics.families import Family
from .existence import PROVABLE
from .formula import Design
from .profile import CLASSES, Profile, profile
from .rows.data import Data
from .separation import separating_terms
from .stages import Stage, stages_of

if TYPE_CHECKING:
    from .likelihood import Likelihood

Array = np.ndarray

# Two regressors whose squared correlation, given the others, comes this near to one are the same.
COLLINEAR = 1e-9


@dataclass(frozen=True)
class Check:
    """One remark on a model: a code, its level (error, warning, note) and a sentence."""

    code: str
    level: str
    message: str


def check_outcome(found: Profile, family: Family, outcome: str) -> None:
    """Raise ModelError for an outcome of the wrong kind, NotEstimable for one that does not vary."""
    kind, span = family.outcome, f"(from {found.y_min} to {found.y_max})"
    if found.rows == 0:
        raise ModelError(
            f"no row is left for the outcome {outcome!r}; look at the sample and at missing values"
        )
    if kind == "binary" and not (found.whole and found.y_min >= 0 and found.y_max <= 1):
        raise ModelError(f"the outcome {outcome!r} is not 0 or 1 {span}")
    # the Poisson pseudo-likelihood takes any y >= 0; two parts need to know what a zero and a one are
    if kind == "count" and (found.y_min < 0 or (family.has_second_part and not found.whole)):
        raise ModelError(f"the outcome {outcome!r} is not a count {span}")
    if kind == "ordinal":
        _check_classes(found, outcome)
    if kind != "real" and found.event_rows == 0:
        raise ModelError(
            f"the outcome {outcome!r} has no event in {found.rows} rows; there is nothing to model"
        )
    if kind == "binary" and found.event_rows == found.rows:
        raise NotEstimable(
            f"the outcome {outcome!r} is 1 in all {found.rows} rows; there is nothing to model"
        )


def _check_classes(found: Profile, outcome: str) -> None:
    classes = sorted(found.classes)
    if len(classes) > CLASSES or not found.whole or found.y_min < 0:
        raise ModelError(
            f"the outcome {outcome!r} is not of ordered classes 0, 1, 2, … (at most {CLASSES}); "
            "group its values, as in none, single, repeated"
        )
    if found.event_rows and classes != [float(k) for k in range(len(classes))]:
        absent = next(k for k in range(len(classes)) if float(k) not in found.classes)
        raise NotEstimable(f"no row of {outcome!r} is in class {absent}; number the classes without a gap")


def check_parts(likelihood: Likelihood, found: Profile) -> list[Check]:
    """Remarks on every part; the profile of the first is at hand where all rows inform it.

    Separation is looked for by ``check_separation`` after the search in families where the top itself can
    prove that there is none (``existence.py``), here in the others.
    """
    data, outcome, family = likelihood.data, likelihood.outcome, likelihood.family
    remarks = []
    for stage in stages_of(family):
        design = likelihood.designs[stage.part]
        whole = stage.part == 0 and stage.pull != "none" and not family.name.startswith("hurdle")
        mine = found if whole or stage.pull == "none" else profile(design, data, outcome, stage)
        remarks += check_stage(mine, design, family, stage, data, outcome)
    return remarks


def check_separation(likelihood: Likelihood, found: Profile) -> list[Check]:
    """Raise NotEstimable if a combination of terms separates events, in a family of one stage."""
    stage = stages_of(likelihood.family)[0]
    design, data, outcome = likelihood.designs[stage.part], likelihood.data, likelihood.outcome
    return _separation(found, design, likelihood.family, stage, data, outcome, words="")


def check_stage(
    found: Profile, design: Design, family: Family, stage: Stage, data: Data, outcome: str
) -> list[Check]:
    """Remarks on one part of a model; raises NotEstimable where its rows cannot bear it."""
    words = f"part {stage.name!r}: " if stage.name else ""
    _check_events(found, stage, words)
    _check_columns(found, design, words)
    if stage.pull == "none":
        return []
    remarks = _event_checks(found, design, stage, words)
    message = _flag_separation(found, design)
    if message is not None:
        return [*remarks, _separated(message, family, words)]
    if family.name in PROVABLE:
        return remarks
    return remarks + _separation(found, design, family, stage, data, outcome, words)


def _check_events(found: Profile, stage: Stage, words: str) -> None:
    """A part needs events, and a logit rows without one too."""
    if stage.pull == "none" or not stage.name:
        return
    if found.event_rows == 0:
        raise NotEstimable(f"{words}there are no {stage.of} in {found.rows} rows; take a family without it")
    if stage.pull == "both" and found.event_rows == found.rows:
        raise NotEstimable(f"{words}all {found.rows} rows are {stage.of}; take a family without it")


def _check_columns(found: Profile, design: Design, words: str) -> None:
    """Raise NotEstimable for a constant term, or one that those before it determine.

    The factor of the correlations is built column by column; the square of its last entry is one minus
    the squared multiple correlation. Effects of clusters come first, so that it is the term beside them
    that is named.
    """
    names = design.names
    for position, name in enumerate(names):
        if name != "Intercept" and found.minimum[position] == found.maximum[position]:
            value = found.minimum[position]
            raise NotEstimable(
                f"{words}the term {name!r} is {value:g} in every row of the sample; leave it out"
            )
    order = sorted(range(len(names)), key=lambda place: (not names[place].startswith("cluster["), place))
    scale = np.sqrt(np.maximum(np.diag(found.gram), 1e-300))
    correlation = (found.gram / np.outer(scale, scale))[np.ix_(order, order)]
    factor = np.zeros_like(correlation)
    for place in range(len(order)):
        column = correlation[:place, place]
        factor[place, :place] = (
            solve_triangular(factor[:place, :place], column, lower=True) if place else column
        )
        left = 1.0 - float(factor[place, :place] @ factor[place, :place])
        if left < COLLINEAR:
            weights = np.linalg.lstsq(correlation[:place, :place], column, rcond=None)[0]
            others = [names[order[index]] for index in np.flatnonzero(np.abs(weights) > 1e-6)]
            raise NotEstimable(_combination(names[order[place]], others, words))
        factor[place, place] = np.sqrt(left)


def _combination(name: str, others: list[str], words: str) -> str:
    if any(other.startswith("cluster[") for other in others) and name != "Intercept":
        return f"{words}the term {name!r} is a combination of the cluster effects; leave it out, or them"
    listed = ", ".join(map(repr, others))
    return f"{words}the term {name!r} is a combination of {listed}; leave one of them out"


def _event_checks(found: Profile, design: Design, stage: Stage, words: str) -> list[Check]:
    remarks = []
    k, events = len(design.names), found.event_rows
    if stage.pull == "both" and stage.part:  # either side may be the rare one
        events = min(events, found.rows - events)
    if events < k:
        raise NotEstimable(f"{words}{events} events for {k} parameters: fewer than one a parameter")
    if events < 10 * k:
        message = f"{words}{events} events for {k} parameters: fewer than ten a parameter"
        remarks.append(Check("few_events", "warning", message))
    if found.node_events.max() >= found.event_rows and np.count_nonzero(found.node_rows) > 2:
        message = f"{words}one cluster takes part in every event; what is estimated is its own behaviour"
        remarks.append(Check("one_cluster", "warning", message))
    return remarks


def _separation(
    found: Profile, design: Design, family: Family, stage: Stage, data: Data, outcome: str, words: str
) -> list[Check]:
    names = separating_terms(design, data, outcome, stage, found, family.classes)
    return [_separated(f"{_listed(names)} events from non-events", family, words)] if names else []


def _separated(message: str, family: Family, words: str) -> Check:
    """A warning for Firth, whose estimate is finite all the same; NotEstimable for the others."""
    if family.jeffreys:
        return Check("separation", "warning", f"{words}{message}")
    remedy = "use family firth or leave" if family.name in ("logit", "cloglog") else "leave"
    raise NotEstimable(f"{words}{message}; {remedy} the term out")


def _flag_separation(found: Profile, design: Design) -> str | None:
    """A flag with one value on all events, the common case, in its own words."""
    flags = (found.minimum == 0) & (found.maximum == 1)
    for position in np.flatnonzero(flags & (found.event_minimum == found.event_maximum)):
        value, name = found.event_minimum[position], design.names[position]
        return f"every event has {name} = {value:g}: the term separates events from non-events"
    return None


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return f"the term {names[0]!r} separates"
    return f"a combination of the terms {', '.join(map(repr, names))} separates"


__all__ = ["Check", "Profile", "check_outcome", "check_parts", "check_separation", "check_stage", "profile"]
