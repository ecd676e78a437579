"""Hidden history: emergence and recurrence of relations profiled over how visible ties are.

Records that show a tie only with probability v hide histories too: the first tie that is seen may be a
later one. At any v given, the two hazards have a likelihood (``numerics/hidden.py``); whether the records
tell which v is true is seen from its profile. If it is flat they do not, and the result says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError, NotEstimable
from .. import checks
from ..fit import fit_data
from ..formula import parse
from ..parts import family_of, needed_columns
from ..rows.frames import from_frame
from .fit import HiddenFit, HiddenModel
from .histories import followed
from .profile import Profiled, profiled

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

FAMILIES = ("cloglog", "logit")
RECURRENCE = ("shift", "own")
GRID = (0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


@dataclass(frozen=True)
class HiddenHistory:
    """What the records say of the hazards at each visibility, and of the visibility itself.

    ``fits`` by visibility (those of the grid, and the estimate where there is one); ``n`` counts rows,
    dyads, ties (rows with a tie seen) and recurrences (such rows after an earlier one); ``dropped`` rows by
    what left them out.
    """

    fits: Mapping[float, HiddenFit]
    judged: Profiled
    n: Mapping[str, int]
    dropped: Mapping[str, int]

    @property
    def verdict(self) -> str:
        """What the profile over visibility says.

        identified; bounded (on one side only); not_identified (the profile is flat); neither_end (the grid
        is not excluded at either end, though somewhere between: no more is known); given (one value);
        not_fitted (no value has a finite estimate).
        """
        return self.judged.verdict

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return self.judged.sentence

    @property
    def visibility(self) -> float | None:
        """The visibility of highest likelihood; None where the records do not identify it."""
        return self.judged.estimate

    @property
    def interval(self) -> tuple[float, float]:
        """The visibilities that the likelihood ratio does not exclude, within the grid."""
        return self.judged.low, self.judged.high

    @cached_property
    def profile(self) -> pd.DataFrame:
        """Table by visibility: loglik, deviance 2 (max - loglik), inside, converged.

        ``inside`` the interval; ``converged`` to a finite estimate.
        """
        import pandas as pd

        rows = []
        for value, fit in self.fits.items():
            deviance = self.judged.deviance(fit)
            inside = fit.ended and self.judged.low <= value <= self.judged.high
            rows.append((value, fit.loglik, deviance if fit.ended else None, inside, fit.converged))
        return pd.DataFrame(rows, columns=["visibility", "loglik", "deviance", "inside", "converged"])

    def estimates(self, vcov: str = "dyadic_jackknife", level: float = 0.95) -> pd.DataFrame:
        """``tidy`` at every visibility that converged, with its column ``visibility``."""
        return self._estimates([value for value, fit in self.fits.items() if fit.converged], vcov, level)

    def _estimates(self, visibilities: Sequence[float], vcov: str, level: float) -> pd.DataFrame:
        import pandas as pd

        tables = [self.fits[value].tidy(vcov, level).assign(visibility=value) for value in visibilities]
        if not tables:
            raise NotEstimable("no visibility of the grid has a finite estimate", dict(self.n))
        whole = pd.concat(tables, ignore_index=True)
        return whole[["visibility", *(name for name in whole if name != "visibility")]]

    def ranges(self, vcov: str = "dyadic_jackknife", level: float = 0.95) -> pd.DataFrame:
        """What may be said of each term whatever the visibility: over those inside the interval.

        Columns term, low, high (of the estimates), conf_low, conf_high (of their intervals).
        """
        left = self.profile[self.profile["inside"] & self.profile["converged"]]
        by_term = self._estimates(left["visibility"].tolist(), vcov, level).groupby("term", sort=False)
        columns = {"low": ("estimate", "min"), "high": ("estimate", "max")}
        columns |= {"conf_low": ("conf_low", "min"), "conf_high": ("conf_high", "max")}
        return by_term.agg(**columns).reset_index()


def hidden_history(
    formula: str,
    data: pd.DataFrame,
    visibility: float | Sequence[float] = GRID,
    nodes: tuple[str, str] = ("cluster_i", "cluster_j"),
    period: str = "period",
    tied: str | None = None,
    family: str = "cloglog",
    recurrence: str = "shift",
    project: str | None = None,
) -> HiddenHistory:
    """Fit the hazards of a first and of a further tie at each visibility, and judge whether one stands out.

    ``formula`` is ``tie ~ terms``, the outcome 1 where a tie was seen; a row is a dyad in a ``period`` in
    which both could have one, one row each. A period without a row is one without risk (a body was not
    active); a row with a missing value ends the history of its dyad there. A dyad begins as never tied,
    unless ``tied`` (a column of flags: known to have been tied before the period, as by inheritance) says
    otherwise; what it says later holds from there on. ``visibility`` is the probability, or a grid of
    them, that the tie of a dyad in a period is seen; ``family`` cloglog or logit. With ``recurrence``
    "shift" the terms act alike on both hazards and recurrence has a constant more, ``tied_before``; with
    "own" it has coefficients of its own. ``project`` as in ``fit``.
    Terms that are themselves made of earlier ties (common partners) are seen in part only: leave them out.
    Raises ModelError for what cannot be read, NotEstimable for samples that cannot bear the model.
    """
    grid = _grid(visibility)
    _one_of("family", family, FAMILIES)
    _one_of("recurrence", recurrence, RECURRENCE)
    parsed = parse(formula)
    if parsed.outcome is None:
        raise ModelError(f"formula {formula!r}: write outcome ~ terms")
    columns = needed_columns(parsed, None, parsed.outcome, tied)
    frame, dropped = followed(data, columns, nodes, period)
    source = from_frame(frame, columns, nodes, project)
    at_face_value = fit_data(parsed, parsed.outcome, family_of(family), source)
    model = HiddenModel(at_face_value.likelihood, tied, recurrence == "own")
    n = _counts(model, at_face_value.profile)
    if n["recurrences"] == 0:
        raise NotEstimable("no tie was seen after another one: recurrence cannot be told from emergence", n)
    fits, found = profiled(model, grid, _start(model, at_face_value.coefficients))
    return HiddenHistory(fits, found, n, dropped)


def _grid(visibility: float | Sequence[float]) -> list[float]:
    given = np.atleast_1d(np.asarray(visibility, dtype=float))
    wrong = given[~((given > 0) & (given <= 1))]
    if len(wrong) or not len(given):
        raise ModelError(
            f"visibility {wrong.tolist() or given.tolist()}: give probabilities above 0, up to 1"
        )
    return sorted(set(given.tolist()))


def _one_of(what: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise ModelError(f"{what} {given!r} is not known here; there are {', '.join(known)}")


def _start(model: HiddenModel, coefficients: Array) -> Array:
    """At face value recurrence is as emergence."""
    return np.tile(coefficients, 2) if model.own else np.append(coefficients, 0.0)


def _counts(model: HiddenModel, found: checks.Profile) -> dict[str, int]:
    """Rows, dyads, rows with a tie seen, and those of them whose dyad is known to have been tied before."""
    dyads = recurrences = 0.0
    for sample in model.samples:
        histories, know = sample.histories, sample.known.copy()
        begin = np.concatenate([[0], np.cumsum(histories.sizes)])
        for step, size in enumerate(histories.sizes[1:], 1):
            before = slice(begin[step - 1], begin[step - 1] + size)
            know[begin[step] : begin[step] + size] |= know[before] | sample.seen[before]
        dyads += histories.count[: histories.sizes[0]].sum()
        recurrences += histories.count[know & sample.seen].sum()
    counts = {"rows": found.rows, "dyads": dyads, "ties": found.event_rows, "recurrences": recurrences}
    return {name: int(value) for name, value in counts.items()}
