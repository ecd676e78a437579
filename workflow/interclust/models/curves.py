"""The fits of a specification curve: one row a specification and term that is followed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config.curves import RESERVED
from ..errors import ModelError, NotEstimable
from ..inference.intervals import coefficient_table
from .lists.fit import ListFit, fit_lists
from .lists.inference import ListInference
from .parts import factors, unprefixed
from .run import ListTables, list_options
from .specification import fit_panel

if TYPE_CHECKING:
    import pandas as pd

    from .fit import Fit

Row = dict[str, Any]
Item = Mapping[str, Any]
# What a specification may change without another fit.
OF_INFERENCE = ("covariance", "bootstrap", "label", "sensitivity", "alternatives")


def run_curve(items: Sequence[Item], folder: str | Path, threads: int | None = None) -> pd.DataFrame:
    """Fit specifications of a curve (``config.curves.specifications``) to results/<study>.

    Columns: specification, one a choice, term, measured_by, ratio_kind, ratio, conf_low, conf_high, p_value,
    n (rows, or lists), events, status, reason. What cannot be fitted has status ``refused`` (choices that do
    not go together) or ``not_fitted`` (these data do not bear it), and the reason. Specifications that
    differ in their covariance alone share one fit.
    Raises ModelError if the first of the curve, the model as it stands, is refused.
    """
    import pandas as pd

    files = _Files(Path(folder), threads)
    rows: list[Row] = []
    held: tuple[str, Fit | ListInference | ModelError] | None = None
    for item in sorted(items, key=lambda item: (_key(item["spec"]), item["number"])):
        if held is None or held[0] != _key(item["spec"]):
            held = _key(item["spec"]), files.fitted(item["spec"])
        rows += _rows(item, held[1])
    columns = ["specification", *items[0]["choices"], *RESERVED[1:]]
    return _counted(pd.DataFrame(rows, columns=columns).sort_values("specification", kind="stable"))


def gather_curve(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The table of a curve from those of its batches."""
    import pandas as pd

    return pd.concat([_counted(part) for part in parts], ignore_index=True)


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    """Counts as whole numbers, though some are missing."""
    return table.astype({"n": "Int64", "events": "Int64"})


class _Files:
    """The files of a study, the tables of list choice read once."""

    def __init__(self, folder: Path, threads: int | None) -> None:
        self.folder, self.threads = folder, threads
        self._tables: ListTables | None = None

    def fitted(self, spec: Mapping[str, Any]) -> Fit | ListInference | ModelError:
        """The fit of a specification, or why there is none."""
        try:
            if spec["outcome"] != "list_choice":
                fit = fit_panel(spec, self.folder, self.threads)
                return fit if fit.converged else NotEstimable("the search did not converge")
            tables = self._tables = self._tables or ListTables.read(self.folder)
            lists = tables.of_sets(spec)
            return ListInference(
                fit_lists(spec["terms"], lists, tables.pairs, mentions=tables.mentions, **list_options(spec))
            )
        except ModelError as error:
            return error


def _rows(item: Item, fit: Fit | ListInference | ModelError) -> Iterator[Row]:
    head = {"specification": item["number"], **item["choices"]}
    try:
        if isinstance(fit, ModelError):
            raise fit
        table, counts = _estimates(fit, item["spec"])
        for term, measured in item["terms"].items():
            found = [place for place, name in enumerate(table["term"]) if factors(name) == factors(measured)]
            if not found:
                raise ModelError(f"no term {measured!r} among {', '.join(table['term'])}")
            own = {"term": term, "measured_by": measured, **counts, "status": "fitted", "reason": None}
            yield head | own | _ratio(table.iloc[found[0]])
    except ModelError as error:
        if item["number"] == 1 and not isinstance(error, NotEstimable):
            raise
        status = "not_fitted" if isinstance(error, NotEstimable) else "refused"
        for term, measured in item["terms"].items():
            yield head | {"term": term, "measured_by": measured, "status": status, "reason": str(error)}


def _estimates(fit: Fit | ListInference, spec: Mapping[str, Any]) -> tuple[pd.DataFrame, Row]:
    """Table of coefficients under the covariance asked for, and what was counted."""
    kind = spec.get("covariance")
    if isinstance(fit, ListInference):
        own: ListFit = fit.fit
        try:
            found = fit.covariance(kind or "cluster_jackknife")
        except ValueError as error:  # one of panel models
            raise ModelError(str(error)) from None
        counts = {"n": len(own.observed), "events": len(own.observed), "ratio_kind": "ratio"}
        return coefficient_table(own.terms, own.coefficients, found.matrix, found.df), counts
    found = fit.covariance(kind or "dyadic_jackknife", **(spec.get("bootstrap") or {}))
    predictors = [fit.family.predictors[part] for part in fit.likelihood.part]
    names = [unprefixed(term, part) for term, part in zip(fit.terms, predictors, strict=True)]
    counts = {"n": fit.profile.rows, "events": fit.profile.event_rows, "ratio_kind": fit.family.ratio}
    return coefficient_table(names, fit.coefficients, found.matrix, found.df), counts


def _ratio(line: pd.Series) -> Row:
    values = {"ratio": line["estimate"], "conf_low": line["conf_low"], "conf_high": line["conf_high"]}
    ratios = {name: float(np.exp(value)) for name, value in values.items()}
    return {**ratios, "p_value": float(line["p_value"])}


def _key(spec: Mapping[str, Any]) -> str:
    return json.dumps({key: spec[key] for key in sorted(spec) if key not in OF_INFERENCE}, sort_keys=True)
