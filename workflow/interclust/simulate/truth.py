"""The true value of every coefficient that a synthetic study estimates.

The panel models of first ties, recurrence and counts are not the law the lists are drawn from. What they
estimate is their pseudo-true value: the coefficients that the same specification has on very many worlds
of the same generator. They are stacked here, and the Monte-Carlo error comes from the differences
between worlds (White 1982, Econometrica 50, eq. 3.3, with worlds as independent units). A model with effects
of clusters has more of them the more worlds there are: its truth is the mean over worlds of the fit to each.
The list-choice model is the law itself: there the truth is the generator's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import NotEstimable
from ..models.cluster_effects import PREFIX
from .contacts import draw_contacts, realisation
from .world import Generator, complete, one_thread

if TYPE_CHECKING:
    import pandas as pd

    from ..models import Fit
    from ..records import Records

Array = np.ndarray
Study = Mapping[str, Any]
Terms = dict[str, tuple[float, float]]
Spec = Mapping[str, Any]

COLUMNS = ("model", "term", "truth_kind", "truth", "mc_error")
WORLD = "world"
FIRST_SEED = 1_000_000  # the worlds behind the truth are not the world of the study
PANEL, CONTACTS = "panel", "contacts"
SURVEYS = 8  # of each world behind the truth: cheap beside the world itself


def compute_truth(study: Study, registry: Records | None = None) -> pd.DataFrame:
    """Truth of every term of every model of a study: model, term, truth_kind, truth, mc_error.

    ``truth_kind`` is ``generator`` (the coefficient that lists were drawn with, no error) or
    ``pseudo_true``. ``simulate.truth_worlds`` worlds are drawn. A model that even
    these data cannot bear has no rows. Where only a part is recorded, panel models have the truth of the
    complete worlds.
    """
    import pandas as pd

    study = complete(study)
    rows: list[dict[str, Any]] = []
    drawn: dict[str, Spec] = {}
    for name, spec in study["models"].items():
        if spec["outcome"] == "list_choice":
            rows += generator_truth(name, spec, study["simulate"]["coefficients"])
        elif spec["outcome"] == "idea":
            rows += idea_truth(name, spec, study["simulate"]["contacts"])
        else:
            drawn[name] = spec
    if drawn:
        stacked = stacked_worlds(study, drawn.values(), registry)
        with one_thread():
            for name, spec in drawn.items():
                rows += pseudo_truth(name, spec, stacked[table_of(spec)])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def generator_truth(name: str, spec: Spec, coefficients: Mapping[str, float]) -> list[dict[str, Any]]:
    """The generator's coefficients, if the model has every term that lists were drawn with."""
    terms = [*spec["terms"], *(":".join(pair) for pair in spec.get("moderators") or [])]
    if spec.get("center") or any(
        _sorted(term) not in map(_sorted, terms) for term, b in coefficients.items() if b
    ):
        return []
    known = {_sorted(term): float(value) for term, value in coefficients.items()}
    return [
        {
            "model": name,
            "term": term,
            "truth_kind": "generator",
            "truth": known.get(_sorted(term), 0.0),
            "mc_error": 0.0,
        }
        for term in terms
    ]


def _sorted(term: str) -> tuple[str, ...]:
    return tuple(sorted(term.split(":")))


def idea_truth(name: str, spec: Spec, contacts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The log odds that a joint idea is realised, which nothing moves: the intercept of a logit, slopes 0.

    Of another family the intercept is not given.
    """
    if spec["family"] not in ("logit", "firth"):
        return []
    p = realisation(contacts)
    terms = ["Intercept", *spec["terms"], *(":".join(pair) for pair in spec.get("moderators") or [])]
    values = [float(np.log(p) - np.log1p(-p)), *[0.0] * (len(terms) - 1)]
    return [
        {"model": name, "term": term, "truth_kind": "generator", "truth": value, "mc_error": 0.0}
        for term, value in zip(terms, values, strict=True)
    ]


def stacked_worlds(
    study: Study, specs: Iterable[Spec], registry: Records | None = None
) -> dict[str, pd.DataFrame]:
    """The rows of many worlds, one below the other, with what models need, by ``table_of`` a model."""
    import pandas as pd

    from ..models.formula import parse
    from ..models.specification import COUNTED, formula_text

    generator = Generator.of(study, registry)
    needed: dict[str, set[str]] = {}
    for spec in specs:
        formula = parse(formula_text(spec))
        outcome = COUNTED.get(str(formula.outcome), str(formula.outcome))
        columns = {outcome, *formula.columns, *_named(spec, "sample"), *_named(spec, "offset")}
        needed.setdefault(table_of(spec), set()).update(columns)
    worlds = range(study["simulate"]["truth_worlds"])
    parts: dict[str, list[pd.DataFrame]] = {table: [] for table in needed}
    for world in worlds:
        seed = FIRST_SEED + world
        records = generator.draw(seed).records
        for table, names in needed.items():
            if table == CONTACTS:
                parts[table].append(contacts_of_world(study, records, sorted(names), seed))
            else:
                parts[table].append(panel_of_world(study, records, sorted(names)))
    return {
        table: pd.concat(found, keys=worlds, names=[WORLD, None]).reset_index(WORLD).reset_index(drop=True)
        for table, found in parts.items()
    }


def table_of(spec: Spec) -> str:
    """Where the rows of a model stand: the panel, or the relations of a ledger."""
    return CONTACTS if spec["outcome"] == "contact" else PANEL


def panel_of_world(study: Study, records: Records, needed: Sequence[str]) -> pd.DataFrame:
    """Panel and features of one world, (rows, needed columns and cluster_i, cluster_j); of all its dyads."""
    from .. import features
    from ..panel.settings import resolve

    named = [name for name in needed if name in features.REGISTRY]
    given = resolve(study)
    settings = replace(given, panel=replace(given.panel, case_control=None))
    table = features.table(records, named, settings)
    return table[list(dict.fromkeys(["cluster_i", "cluster_j", "period", *needed]))]


def contacts_of_world(study: Study, records: Records, needed: Sequence[str], seed: int) -> pd.DataFrame:
    """The coded contacts of ``SURVEYS`` surveys of one world, with features; each has effects of its own."""
    import pandas as pd

    from .. import features

    named = [name for name in needed if name in features.REGISTRY]
    parts = []
    for survey in range(SURVEYS):
        ledger = draw_contacts(study, records, seed + survey * FIRST_SEED)
        parts.append(features.contacts(replace(records, relations=ledger), named, study))
    table = pd.concat(parts, ignore_index=True).dropna(subset=["contact"])
    table = table.assign(contact=table["contact"].astype(float))
    return table[list(dict.fromkeys(["cluster_i", "cluster_j", "period", *needed]))]


def _named(spec: Spec, key: str) -> list[str]:
    return [spec[key]] if spec.get(key) else []


def pseudo_truth(name: str, spec: Spec, stacked: pd.DataFrame) -> list[dict[str, Any]]:
    """Coefficients of a panel model on the stacked worlds, with their Monte-Carlo errors."""
    from .. import models
    from ..models.specification import COUNTED, classes, formula_text

    sample = stacked[stacked[spec["sample"]].astype(bool)] if spec.get("sample") else stacked
    sample = sample.reset_index(drop=True)
    if spec["outcome"] in COUNTED:
        sample[spec["outcome"]] = classes(sample[COUNTED[spec["outcome"]]].to_numpy())
    fit = partial(models.fit, formula_text(spec), family=spec["family"], offset=spec.get("offset"))
    found = _by_world(fit, sample) if spec.get("cluster_effects") else _stacked(fit, sample)
    return [
        {"model": name, "term": term, "truth_kind": "pseudo_true", "truth": value, "mc_error": error}
        for term, (value, error) in found.items()
    ]


def _stacked(fit: Callable[..., Fit], sample: pd.DataFrame) -> Terms:
    """The fit to all worlds at once, with worlds as clusters; nothing where it cannot be had."""
    try:
        fitted = fit(sample)
    except NotEstimable:
        return {}
    if not fitted.converged:
        return {}
    errors = np.sqrt(np.diag(covariance_of_worlds(fitted, sample[WORLD].to_numpy())))
    values = zip(fitted.coefficients.tolist(), errors.tolist(), strict=True)
    return dict(zip(fitted.terms, values, strict=True))


def _by_world(fit: Callable[..., Fit], sample: pd.DataFrame) -> Terms:
    """The mean over worlds of the fit to each, with effects of clusters, which every world has of its own.

    Of the terms that all fits have, but those effects and the intercept, which is that of the first cluster.
    """
    estimates = []
    for _, world in sample.groupby(WORLD):
        try:
            fitted = fit(world.reset_index(drop=True), cluster_effects=True)
        except NotEstimable:
            continue
        if fitted.converged:
            estimates.append(dict(zip(fitted.terms, fitted.coefficients.tolist(), strict=True)))
    if len(estimates) < 2:
        return {}
    common = [term for term in estimates[0] if all(term in own for own in estimates)]
    kept = [term for term in common if term != "Intercept" and not term.startswith(PREFIX)]
    values = {term: np.array([own[term] for own in estimates]) for term in kept}
    return {
        term: (float(own.mean()), float(own.std(ddof=1) / np.sqrt(len(own)))) for term, own in values.items()
    }


def covariance_of_worlds(fitted: Fit, world: Array) -> Array:
    """Sandwich covariance (k, k) with worlds as clusters; ``world`` (n,) is the world of each row."""
    scores = fitted.scores()
    numbers, place = np.unique(world[scores.index.to_numpy()], return_inverse=True)
    sums = np.zeros((len(numbers), scores.shape[1]))
    np.add.at(sums, place, scores.to_numpy())
    bread = np.linalg.inv(fitted.information)
    factor = len(numbers) / max(len(numbers) - 1, 1)
    covariance: Array = factor * bread @ (sums.T @ sums) @ bread
    return covariance
