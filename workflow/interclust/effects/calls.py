"""Effects of a fit in memory: the calls of notebooks.

Common to all: ``vcov`` is any covariance that the fit has (``Fit.covariance``); ``at`` holds other features
at values in every row; ``scale`` is one of ``scales.py`` (None: the expected outcome); ``correction`` is for
Firth's probabilities (``corrections.py``). Averages are over the rows of the fit, or over those that these
stand for where rows were sampled. A result is a Series with the columns of effects/<model>.csv: estimate,
std_error (of the logarithm for ratios), df, statistic, p_value, conf_low and conf_high (95 %, Student's t
with df) among them. ModelError, in one sentence, for a feature that the model has not or that is constant, a
value that it cannot have, a scale or correction that the family has not, and a fit without covariance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError
from ..models.fit import DEFAULT_COVARIANCE
from ..models.lists.inference import tipping_ratio as tipping
from .curve import curve_of
from .delta import Basis
from .johnson_neyman import JohnsonNeyman, regions_of, slopes_along
from .margins import Combination, Margins, Pair
from .ratios import plain
from .rows import Value

if TYPE_CHECKING:
    import pandas as pd

    from ..models.fit import Fit
    from ..models.lists.fit import ListFit

At = Mapping[str, Value]


def average_marginal_effect(
    fit: Fit,
    name: str,
    vcov: str = DEFAULT_COVARIANCE,
    scale: str | None = None,
    at: At | None = None,
    correction: str | None = None,
) -> pd.Series:
    """Mean slope of the expected outcome in a feature, per unit; of a flag its contrast, 1 against 0."""
    margins = _margins(fit, correction)
    return _judged(fit, margins, margins.marginal_effect(plain(name), scale, at), vcov)


def contrast(
    fit: Fit,
    name: str,
    values: Pair | None = None,
    vcov: str = DEFAULT_COVARIANCE,
    scale: str | None = None,
    at: At | None = None,
    comparison: str = "difference",
    correction: str | None = None,
) -> pd.Series:
    """Average expected outcome at the second of two ``values`` of a feature against that at the first.

    ``comparison`` is difference or ratio (interval made of its logarithm). Without ``values``: 0 and 1 of a
    flag; of a measure half a unit below and above what it is in each row.
    """
    if comparison not in ("difference", "ratio"):
        raise ModelError(f"no comparison {comparison!r}; there are difference, ratio")
    margins = _margins(fit, correction)
    asked = margins.contrast(plain(name), values, scale, at, comparison == "ratio")
    return _judged(fit, margins, asked, vcov)


def slope(
    fit: Fit,
    name: str,
    at: At,
    vcov: str = DEFAULT_COVARIANCE,
    scale: str = "link",
    correction: str | None = None,
) -> pd.Series:
    """Mean slope of the first linear predictor (or on a ``scale``) in a feature, moderators held ``at``."""
    margins = _margins(fit, correction)
    return _judged(fit, margins, margins.slope(plain(name), at, scale), vcov)


def second_difference(
    fit: Fit,
    a: str,
    b: str,
    vcov: str = DEFAULT_COVARIANCE,
    values: Pair | None = None,
    scale: str | None = None,
    at: At | None = None,
    correction: str | None = None,
) -> pd.Series:
    """Change of the average marginal effect of ``a`` when ``b`` goes from low to high (Ai & Norton 2003).

    ``values`` of b: without them 0 and 1 of a flag, of a measure half a standard deviation below and above
    its mean. With b a measure it is thus per standard deviation, not a cross derivative.
    """
    margins = _margins(fit, correction)
    asked = margins.second_difference(plain(a), plain(b), values, scale, at)
    return _judged(fit, margins, asked, vcov)


def ratio_of_ratios(
    fit: Fit,
    a: str,
    b: str,
    vcov: str = DEFAULT_COVARIANCE,
    values: Pair | None = None,
    moderator_values: Pair | None = None,
    scale: str | None = None,
    correction: str | None = None,
) -> pd.Series:
    """Ratio of average expected outcomes in ``a`` (as ``contrast``) at high ``b`` over that at low ``b``.

    Of average predictions; the exponential of the product's coefficient is in ``Fit.tidy``. The two agree
    where ln E[y] is linear and a and b are in no other product, and differ elsewhere.
    """
    margins = _margins(fit, correction)
    asked = margins.ratio_of_ratios(plain(a), plain(b), values, moderator_values, scale)
    return _judged(fit, margins, asked, vcov)


def johnson_neyman(
    fit: Fit, term: str, moderator: str, vcov: str = DEFAULT_COVARIANCE, level: float = 0.95
) -> JohnsonNeyman:
    """Where along a measure the interval of a term's slope (link scale, at ``level``) leaves out zero.

    Exact (``johnson_neyman.py``). ModelError for a moderator that is a flag, that is in no product with the
    term, or that enters such a product other than linearly.
    """
    margins = _margins(fit, None)
    slopes = margins.effects(slopes_along(margins, plain(term), plain(moderator)))
    return regions_of(margins.sample, slopes, _basis(fit, vcov), level)


def curve(
    fit: Fit,
    term: str,
    grid: Sequence[Value] | None = None,
    by: Mapping[str, Sequence[Value]] | None = None,
    vcov: str = DEFAULT_COVARIANCE,
    scale: str | None = None,
    level: float = 0.95,
    correction: str | None = None,
) -> pd.DataFrame:
    """Average expected outcome along a ``grid`` of a feature, for each combination of values in ``by``.

    One row a point: the feature, the moderators, estimate, std_error, conf_low and conf_high (of each point
    alone), band_low and band_high (of all points at once). Without a grid: 25 points over the sample's range.
    """
    margins = _margins(fit, correction)
    moderators = {plain(name): values for name, values in (by or {}).items()}
    return curve_of(margins, _basis(fit, vcov), plain(term), grid, moderators, scale, level)


def tipping_ratio(fit: ListFit, term: str, vcov: str = "cluster_jackknife") -> pd.Series:
    """How many times more visible such pairs must be for the estimate, and for its limit, to vanish.

    Of a list choice; ``limit`` is 1 where the interval holds no effect already. ModelError for an unknown
    term.
    """
    import pandas as pd

    table = fit.tidy(vcov).set_index("term")
    if term not in table.index:
        raise ModelError(f"no term {term!r}; there are {', '.join(table.index)}")
    row = table.loc[term]
    estimate, limit = tipping(*(np.array(row[name]) for name in ("estimate", "conf_low", "conf_high")))
    return pd.Series({"estimate": float(estimate), "limit": float(limit)}, name=term)


def _margins(fit: Fit, correction: str | None) -> Margins:
    from ..models.fit import Fit

    if not isinstance(fit, Fit):
        raise ModelError(
            f"a fit of kind {type(fit).__name__} has no expected outcome to average; see its tidy()"
        )
    return Margins(fit.likelihood, fit.coefficients, correction)


def _basis(fit: Fit, vcov: str) -> Basis:
    found = fit.covariance(vcov)
    return Basis("", vcov, np.asarray(found.matrix), found.df, fit.profile.rows)


def _judged(fit: Fit, margins: Margins, asked: Combination, vcov: str) -> pd.Series:
    import pandas as pd

    effect = margins.effect(asked)
    return pd.Series(_basis(fit, vcov).row(effect), name=effect.effect_id)
