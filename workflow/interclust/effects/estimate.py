"""The effects of one model as a table: what its records identify, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..models.list_inference import tipping_ratio as tipping
from ..models.reference import restore
from .delta import COLUMNS, Basis, Effect
from .margins import Margins
from .ratios import equal_steps, plain, precision, ratios
from .regions import randomised

if TYPE_CHECKING:
    import pandas as pd

    from ..models.fit import Fit
    from ..models.lists import ListFit


def estimate(record: Mapping[str, Any], folder: str | Path, records: str) -> pd.DataFrame:
    """Effects of a recorded fit (columns of ``delta.COLUMNS``); empty if it was not fitted.

    On incomplete records only ratios are given: levels and marginal effects are not identified there
    (docs/methods.md). On complete ones also marginal effects, slopes and second differences.
    """
    import pandas as pd

    if record["status"] != "fitted":
        return pd.DataFrame(columns=list(COLUMNS))
    basis = Basis.from_record(record)
    lines = [basis.row(effect) for effect in (*ratios(record), *equal_steps(record))]
    lines += list(precision(record))
    lines += [randomised(record, folder, term) for term in record["spec"].get("randomise") or []]
    if records == "complete" and record["outcome"] != "list_choice":
        lines += [basis.row(effect) for effect in _marginal_effects(record, folder)]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _marginal_effects(record: Mapping[str, Any], folder: str | Path) -> Iterator[Effect]:
    likelihood, params = restore(record, folder)
    margins = Margins(likelihood, params)
    for name in map(plain, record["spec"]["terms"]):
        if name.isidentifier():  # the effect of x goes through its square too, which has none of its own
            yield margins.marginal_effect(name)
    for moderator, term in record["spec"].get("moderators") or []:
        for value in margins.levels(moderator):
            yield margins.slope(term, moderator, value)
        yield margins.second_difference(term, moderator)


def average_marginal_effect(fit: Fit, name: str, vcov: str = "dyadic_jackknife") -> pd.Series:
    """Average marginal effect of a feature on the expected outcome of a fit in memory."""
    return _judge(fit, Margins(fit.likelihood, fit.coefficients).marginal_effect(name), vcov)


def second_difference(fit: Fit, a: str, b: str, vcov: str = "dyadic_jackknife") -> pd.Series:
    """Second difference of a with b as the moderator (Ai & Norton 2003), on the scale of the outcome."""
    return _judge(fit, Margins(fit.likelihood, fit.coefficients).second_difference(a, b), vcov)


def tipping_ratio(fit: ListFit, term: str, vcov: str = "cluster_jackknife") -> pd.Series:
    """How many times more visible such pairs must be for the estimate, and for its limit, to vanish.

    Of a list choice; ``limit`` is 1 where the interval holds no effect already. KeyError for an unknown term.
    """
    import pandas as pd

    row = fit.tidy(vcov).set_index("term").loc[term]
    estimate, limit = tipping(*(np.array(row[name]) for name in ("estimate", "conf_low", "conf_high")))
    return pd.Series({"estimate": float(estimate), "limit": float(limit)}, name=term)


def _judge(fit: Fit, effect: Effect, vcov: str) -> pd.Series:
    import pandas as pd

    found = fit.covariance(vcov)
    basis = Basis("", vcov, np.asarray(found.matrix), found.df, fit.profile.rows)
    return pd.Series(basis.row(effect), name=effect.effect_id)
