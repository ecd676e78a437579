"""From a model's specification (config/models/<name>.yaml) to a formula, and back to a fit from its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..contracts import CONTRACTS
from ..errors import ModelError, NotEstimable
from ..numerics.families import Family
from .fit import Fit, fit_data
from .formula import Formula, parse
from .parts import family_of, needed_columns, second_formula
from .relogit import check as check_relogit
from .relogit import fit_rare, rules_of
from .rows import sampled
from .rows.contacts import CONTACTS, contact_data
from .rows.data import Data
from .rows.derived import with_column
from .rows.mergers import MERGER, merger_data
from .rows.stored import from_parquet

Spec = Mapping[str, Any]

DURATION_FORMS = {"linear": "{}", "log": "log1p({})", "factor": "C({})"}
# Classes of a row, none (0), single (1) and repeated (2), are made of its number of projects.
COUNTED = {"tie_class": "n_projects"}
SINCE_LAST = "periods_since_last_tie"  # differs between dyads of one cohort
PERIOD_FORMS = {"none": [], "trend": ["c(period)"], "factor": ["C(period)"]}


def formula_text(spec: Spec) -> str:
    """The formula of a panel model: terms, moderators (products with both main effects), duration, periods.

    A feature named in ``by_period`` is the same for all pairs of a period: its main effect is one of the free
    period effects, and it needs none of its own. Raises ModelError if a moderator's main effect is missing
    from the terms otherwise, or if period effects are free beside a duration that with one founding cohort
    is collinear with them (any but that since the last tie).
    """
    period_effects = spec.get("period_effects") or "none"
    by_period = spec.get("by_period") or []
    if by_period and period_effects != "factor":
        raise ModelError(
            "by_period: the main effects of these features are held by free period effects alone; "
            "set period_effects: factor, or name them among the terms"
        )
    centre = set(spec.get("center") or [])
    terms = list(spec["terms"])
    written = [_centred(term, centre) for term in terms]
    for pair in spec.get("moderators") or []:
        absent = [name for name in pair if name not in terms and name not in by_period]
        if absent:
            raise ModelError(f"moderators: {absent[0]!r} needs its main effect among the terms")
        written.append(":".join(_centred(name, centre) for name in pair))
    duration = spec.get("duration")
    if duration and period_effects == "factor" and duration["column"] != SINCE_LAST:
        raise ModelError(
            "period_effects: factor and a duration are collinear for one founding cohort; choose one"
        )
    if duration:
        written.append(DURATION_FORMS[duration.get("form", "log")].format(duration["column"]))
    written += PERIOD_FORMS[period_effects]
    written = written or ["1"]  # an intercept alone: how frequent the outcome is
    return f"{spec['outcome']} ~ {' + '.join(written)}"


def _centred(term: str, centre: set[str]) -> str:
    return f"c({term})" if term in centre else term


def zero_text(spec: Spec) -> str | None:
    """The right-hand side of the second part: its terms with an intercept; None where none are given."""
    if spec.get("zero") is None:
        return None
    centre = set(spec.get("center") or [])
    return " + ".join(["1", *(_centred(term, centre) for term in spec["zero"])])


def parts_of(spec: Spec) -> tuple[Family, Formula, Formula | None]:
    """The family of a specification with the terms of its first and of its second part."""
    family, formula = family_of(spec["family"], zero_text(spec)), parse(formula_text(spec))
    return family, formula, second_formula(family, formula, zero_text(spec))


def panel_data(
    spec: Spec,
    formula: Formula,
    folder: Path,
    second: Formula | None = None,
    threads: int | None = None,
    beside: Sequence[str] = (),
) -> Data:
    """The rows of a panel model from ``folder`` = results/<study>; ``beside`` as in ``from_parquet``.

    Raises ModelError where dyads are sampled and the specification was not settled for it
    (``sampled.settled``).
    """
    clusters = CONTRACTS["ingest/clusters"].read(folder / "ingest" / "clusters.parquet")
    row_projects = CONTRACTS["panel/row_projects"].read(folder / "panel" / "row_projects.parquet")
    outcome = str(formula.outcome)
    read = COUNTED.get(outcome, outcome)
    columns = needed_columns(formula, second, read, spec.get("offset"), *sampled.columns_of(spec))
    if outcome == MERGER:
        return merger_data(folder, list(dict.fromkeys([*columns, *beside])), len(clusters), threads)
    if outcome in CONTACTS:
        return contact_data(folder, list(dict.fromkeys([*columns, *beside])), len(clusters), threads)
    if sampled.sampling_of(folder) != spec.get("case_control"):
        raise ModelError(f"{folder}: dyads are sampled (panel.case_control), which this step does not heed")
    data = from_parquet(
        folder / "features" / "periods",
        columns,
        spec.get("sample"),
        clusters["cluster_id"].tolist(),
        row_projects,
        threads,
        beside=beside,
    )
    data = sampled.rows_of(data, spec, read)
    if read == outcome:
        return data
    return with_column(data, outcome, lambda batch: classes(batch.columns[read]))


def classes(counts: np.ndarray) -> np.ndarray:
    """None (0), single (1) and repeated (2) ties of numbers of projects (n,)."""
    return np.minimum(counts, 2.0)


def fit_panel(spec: Spec, folder: Path, threads: int | None = None) -> Fit:
    """Fit a panel model, its specification settled (``sampled.settled``), from the files of a study.

    Raises NotEstimable where the sample has fewer events than ``min_events`` or cannot bear the model.
    """
    family, formula, second = parts_of(spec)
    rows = panel_data(spec, formula, folder, second, threads)
    check_by_period(rows, spec.get("by_period") or [])
    least = spec.get("min_events") or 0
    events = count_events(rows, str(formula.outcome)) if least else 0  # a walk over all files
    if events < least:
        raise NotEstimable(f"not fitted: {events} events, at least {least} are needed", {"events": events})
    outcome, beside = str(formula.outcome), (spec.get("offset"), spec.get("weights"))
    effects = bool(spec.get("cluster_effects"))
    if spec.get("relogit"):
        return _fit_rare(spec, formula, rows)
    return fit_data(formula, outcome, family, rows, *beside, second=second, cluster_effects=effects)


def _fit_rare(spec: Spec, formula: Formula, rows: Data) -> Fit:
    """The logit with King & Zeng's corrections."""
    check_relogit(spec["family"], formula)
    if spec.get("cluster_effects") or spec.get("offset"):
        raise ModelError("relogit goes with neither cluster_effects nor an offset; leave them out")
    weights = spec.get("weights")
    prevalence = sampled.prevalence_of(rows, spec, str(formula.outcome), weights)
    return fit_rare(formula, rows, rules_of(spec["relogit"], prevalence), weights)


def check_by_period(rows: Data, names: Sequence[str]) -> None:
    """Raise ModelError if a feature of ``by_period`` is not the same for all pairs of some period."""
    seen: dict[tuple[str, float], float] = {}
    for batch in rows.batches() if names else ():
        periods = batch.columns["period"]
        for period in np.unique(periods):
            for name in names:
                values = batch.columns[name][periods == period]
                if (values != seen.setdefault((name, period), values[0])).any():
                    raise ModelError(
                        f"by_period: {name} is not the same for all pairs of period {period:g}; "
                        "name it among the terms"
                    )


def count_events(rows: Data, outcome: str) -> int:
    """Rows with a positive outcome."""
    return int(sum((batch.columns[outcome] > 0).sum() for batch in rows.batches()))
