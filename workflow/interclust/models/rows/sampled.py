"""Models on a sampled panel: what the sampling settles in a specification, and the rows and weights it means.

Dyads without a tie are in the panel with a known probability (``panel/sampling.py``), so that

- any family is fitted with rows weighted by its inverse (``sampling_weight``, times ``tie_weight`` if asked).
  Dyads are drawn independently, so that products of weighted scores of two dyads have the mean that they have
  over all dyads, and squares of those of one dyad that of model and sampling together: the sandwiches hold as
  they are, the inverse information does not;
- a logit can instead choose rows by their outcome and correct for it (``relogit: {prevalence: sampling}``):
  all events are taken, and of the other rows those of the subcohort alone, for the zeros of dyads that were
  kept because of another tie would be too many.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...contracts import SAMPLING_KEY, schema_of
from ...errors import ModelError
from ..checks import Check
from .contacts import OWN_ROWS
from .data import Data
from .derived import select, with_column
from .population import SAMPLING

Spec = Mapping[str, Any]

SUBCOHORT = "in_subcohort"
BY_SAMPLING = "sampling"


def settled(spec: Spec, folder: Path) -> dict[str, Any]:
    """The specification with the weights that the panel of ``folder`` = results/<study> asks for.

    Raises ModelError for what means nothing on such a panel.
    """
    sampling, relogit = sampling_of(folder), spec.get("relogit")
    if spec["outcome"] in OWN_ROWS:  # pairs of the registry or relations of a ledger, all of them
        sampling = None
    given = spec.get("weights")
    by_sampling = relogit is not None and relogit["prevalence"] == BY_SAMPLING
    if sampling is None:
        if by_sampling:
            raise ModelError(
                "relogit.prevalence: sampling needs a sampled panel; set panel.case_control or give a number"
            )
        if given is not None and SAMPLING in factors(given):
            raise ModelError(f"weights: {SAMPLING} needs a sampled panel; set panel.case_control")
        return dict(spec)
    if relogit and not by_sampling:
        raise ModelError(
            f"relogit.prevalence is {relogit['prevalence']}, but the panel's sampling says it; write sampling"
        )
    if spec.get("covariance") == "classical":
        raise ModelError("covariance: classical does not hold for sampled dyads; use dyadic_jackknife")
    if by_sampling:
        if given is not None and SAMPLING in factors(given):
            raise ModelError(f"relogit weighs the sampling itself; leave {SAMPLING} out of weights")
        return {**spec, "case_control": sampling}
    names = dict.fromkeys([*factors(given), SAMPLING])
    return {**spec, "weights": " * ".join(names), "case_control": sampling}


def sampling_of(folder: Path) -> dict[str, Any] | None:
    """The share and the seed that the files of the panel were sampled with; None: they have all dyads."""
    files = sorted((folder / "features" / "periods").glob("period=*.parquet"))
    if not files:
        return None
    said = (schema_of(files[0], "features/periods").metadata or {}).get(SAMPLING_KEY)
    return None if said is None else dict(json.loads(said))


def factors(weights: str | None) -> list[str]:
    """The columns whose product are the weights."""
    return [name.strip() for name in weights.split("*")] if weights else []


def remarks_of(spec: Spec) -> list[Check]:
    """What is to be known of a fit to sampled dyads."""
    sampling = spec.get("case_control")
    if not sampling:
        return []
    message = (
        f"of the dyads that never have a tie a share of {sampling['share']:g} is in the sample: rows are "
        "its own; log-likelihood, AIC and BIC are not those of all dyads"
    )
    return [Check("sampled", "note", message)]


def columns_of(spec: Spec) -> list[str]:
    """The columns that a settled specification needs for its weights and its rows."""
    more = [SAMPLING, *([SUBCOHORT] if spec.get("relogit") else [])] if spec.get("case_control") else []
    return list(dict.fromkeys([*factors(spec.get("weights")), *more]))


def rows_of(data: Data, spec: Spec, outcome: str) -> Data:
    """The rows that a settled specification is fitted to, with its weights as one column."""
    if spec.get("relogit") and spec.get("case_control"):
        data = select(data, lambda batch: (batch.columns[outcome] > 0) | (batch.columns[SUBCOHORT] > 0))
    names = factors(spec.get("weights"))
    if len(names) < 2:
        return data
    first, second = names
    return with_column(data, str(spec["weights"]), lambda batch: batch.columns[first] * batch.columns[second])


def prevalence_of(data: Data, spec: Spec, outcome: str, weights: str | None) -> float | None:
    """Share of events in the population: as given, or as the sampling says; None: rows were not chosen."""
    given = spec["relogit"]["prevalence"]
    if given != BY_SAMPLING:
        return None if given is None else float(given)
    events = others = 0.0
    for batch in data.batches():
        y = batch.columns[outcome]
        w = y * 0 + 1 if weights is None else batch.columns[weights]
        events, others = events + float(w @ y), others + float(w @ (1 - y))
    return events / (events + others / spec["case_control"]["share"])
