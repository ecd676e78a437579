"""The curves that a model asks for as a table: the average outcome, or a slope, along a feature."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import Contract
from ..inference.intervals import critical_value
from ..models.reference import restore
from .curve import POINTS, curve_of, simultaneous
from .delta import Basis
from .johnson_neyman import slopes_along
from .margins import Margins
from .scales import scale_of

if TYPE_CHECKING:
    import pandas as pd

CURVES = Contract(
    "effects/curves",
    {
        "model": "str",
        "kind": "str",  # outcome | slope
        "term": "str",
        "along": "str",  # the feature that varies; of an outcome the term itself
        "value": "float64",
        "moderator": "str?",
        "at": "float64?",  # where the moderator is held
        "scale": "str",
        "vcov": "str",
        "estimate": "float64",
        "std_error": "float64",
        "conf_low": "float64",
        "conf_high": "float64",
        "band_low": "float64",
        "band_high": "float64",
        "n_rows": "int32",
    },
    key=(),
)
Asked = Mapping[str, Any]


def trace(
    record: Mapping[str, Any], asked: Mapping[str, Any], folder: str | Path, records: str
) -> pd.DataFrame:
    """The points of the curves ``asked`` for (``curves_of`` of a specification) of a recorded fit.

    ``conf_*`` are limits of each point alone, ``band_*`` of all points of a curve (of an outcome: of all its
    values of the moderator) at once. Empty if the model was not fitted, and on incomplete records, which
    identify no level (docs/methods.md).
    """
    import pandas as pd

    if record["status"] != "fitted" or records != "complete":
        return CURVES.frame([])
    margins, basis = Margins(*restore(record, folder)), Basis.from_record(record)
    tables = [_outcome(margins, basis, one) for one in asked.get("outcome") or []]
    tables += [_slope(margins, basis, one) for one in asked.get("slope") or []]
    found = pd.concat(tables, ignore_index=True) if tables else CURVES.frame([])
    return found.assign(model=record["model"], vcov=basis.vcov, n_rows=basis.n_rows)[list(CURVES.columns)]


def _outcome(margins: Margins, basis: Basis, asked: Asked) -> pd.DataFrame:
    """The average expected outcome along a term, at values of a moderator."""
    term, by = asked["term"], asked.get("by") or {}
    grid = _grid(*asked["over"]) if "over" in asked else None
    found = curve_of(margins, basis, term, grid, by)
    moderator = next(iter(by), None)
    at = found[moderator].astype(float) if moderator else np.nan
    head = {"kind": "outcome", "term": term, "along": term, "moderator": moderator, "at": at}
    scale = scale_of(margins.likelihood.family).name
    return found.rename(columns={term: "value"}).assign(**head, scale=scale)


def _grid(low: float, high: float) -> list[float]:
    return [float(value) for value in np.linspace(low, high, POINTS)]


def _slope(margins: Margins, basis: Basis, asked: Asked) -> pd.DataFrame:
    """The slope of a term (link scale) along its moderator: the line whose Johnson-Neyman regions are told.

    Degrees of freedom are theirs, so that a limit is zero just at the bound of a region.
    """
    import pandas as pd

    term, along = asked["term"], asked["along"]
    first, then = margins.effects(slopes_along(margins, term, along))
    feature = margins.sample[along]
    values = np.linspace(feature.low, feature.high, POINTS)
    steps = (values - feature.mean) / feature.sd
    estimates = first.value + steps * (then.value - first.value)
    change = then.gradient - first.gradient
    V = (gradients := first.gradient + steps[:, None] * change) @ basis.matrix @ gradients.T
    errors = np.sqrt(np.maximum(np.diag(V), 0.0))
    df = basis.df_along(first.gradient, change)
    reach = {"conf": critical_value(df) * errors, "band": simultaneous(V, df, 0.95) * errors}
    limits = {f"{name}_low": estimates - own for name, own in reach.items()}
    limits |= {f"{name}_high": estimates + own for name, own in reach.items()}
    head = {"kind": "slope", "term": term, "along": along, "moderator": None, "at": np.nan, "scale": "link"}
    return pd.DataFrame({"value": values, "estimate": estimates, "std_error": errors, **limits}).assign(
        **head
    )


__all__ = ["CURVES", "trace"]
