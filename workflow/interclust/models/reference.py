"""The likelihoods of statsmodels at our parameters: no refit, only the check that we stand at its optimum.

Its optimisers stop short on NB2 and zero-inflated models, so it is asked for the log-likelihood and the
score where we stopped (docs/methods.md). A score above 1e-6 of the information's scale stops the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from .likelihood import Likelihood
from .parts import likelihood_of, with_classes
from .reference_families import ADDITIVE, COVERED, WEIGHTED, evaluate
from .relogit import arranged, restored
from .rows.batches import Batch
from .specification import panel_data, parts_of

SCORE_LIMIT = 1e-6
LOGLIK_LIMIT = 1e-8


def restore(
    record: Mapping[str, Any], folder: str | Path, more: Sequence[str] = ()
) -> tuple[Likelihood, np.ndarray]:
    """The likelihood of a recorded panel fit over its data, and its parameters (k,).

    ``more`` names columns that the rows carry beside those of the model.
    """
    spec = record["spec"]
    family, formula, second = parts_of(spec)
    if family.classes:
        constants = sum(row["term"] == row["part"] for row in record["params"])
        steps = len({row["part"] for row in record["params"]})
        family = with_classes(family, (constants or steps) + 1)
    data = panel_data(spec, formula, Path(folder), second, beside=more)
    weights = spec.get("weights")
    if spec.get("relogit"):
        rules, shares = restored(record)
        data, weights = arranged(data, str(formula.outcome), rules, shares, weights)
    beside = spec.get("offset"), weights, bool(spec.get("cluster_effects"))
    likelihood = likelihood_of(family, formula, data, str(formula.outcome), second, *beside)
    return likelihood, np.array([row["estimate"] for row in record["params"]])


def restore_optimum(
    record: Mapping[str, Any], folder: str | Path, more: Sequence[str] = ()
) -> tuple[Likelihood, np.ndarray]:
    """As ``restore``, with the parameters at which scores sum to zero: those before relogit's corrections.

    Whatever is made of the scores or residuals of rows needs these; what is predicted, the recorded ones.
    """
    likelihood, params = restore(record, folder, more)
    uncorrected = (record.get("relogit") or {}).get("uncorrected")
    return likelihood, params if uncorrected is None else np.array(uncorrected)


def check(record: Mapping[str, Any], folder: str | Path) -> dict[str, Any] | None:
    """Compare one recorded fit with statsmodels; None where it has no such family.

    Raises ModelError if the log-likelihoods differ or the score is not zero there.
    """
    if record["status"] != "fitted":
        return None
    uncorrected = (record.get("relogit") or {}).get("uncorrected")
    covered = WEIGHTED if record["spec"].get("weights") or uncorrected else COVERED
    if record["family"] not in covered:
        return None
    import statsmodels

    likelihood, params = restore_optimum(record, folder)
    loglik, score = at_parameters(likelihood, params)
    scale = np.sqrt(np.diag(np.array(record["information"])))
    norm = float(np.max(np.abs(score) / scale))
    found = {
        "library": "statsmodels",
        "version": statsmodels.__version__,
        "loglik": float(loglik),
        "difference": float(loglik - record["loglik"]),
        "score_norm": norm,
    }
    _refuse(record, found)
    return found


def at_parameters(likelihood: Likelihood, params: np.ndarray) -> tuple[float, np.ndarray]:
    """Log-likelihood and score (k,) of statsmodels over all rows of a likelihood at ``params`` (k,).

    Shard by shard where its models take any rows, so that memory is that of one.
    """
    batches = likelihood.data.batches()
    groups = ([batch] for batch in batches) if likelihood.family.name in ADDITIVE else [list(batches)]
    found = [_of_batches(likelihood, params, group) for group in groups]
    return sum(loglik for loglik, _ in found), np.sum([score for _, score in found], axis=0)


def _of_batches(likelihood: Likelihood, params: np.ndarray, batches: list[Batch]) -> tuple[float, np.ndarray]:
    """Log-likelihood and score (k,) over the rows of some batches."""
    X = np.concatenate([likelihood.matrix(batch) for batch in batches])
    y = np.concatenate([batch.columns[likelihood.outcome] for batch in batches])
    offset, weights = (
        np.concatenate([batch.columns[name] for batch in batches]) if name else None
        for name in (likelihood.offset, likelihood.weights)
    )
    parts = [likelihood.part == number for number in range(len(likelihood.designs))]
    own = [X[:, part] for part in parts], [params[part] for part in parts]
    return evaluate(likelihood.family.name, y, *own, offset, weights)


def _refuse(record: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    if abs(found["difference"]) > LOGLIK_LIMIT * max(abs(record["loglik"]), 1.0):
        raise ModelError(
            f"model {record['model']}: log-likelihood {record['loglik']}, in statsmodels {found['loglik']}"
        )
    if found["score_norm"] > SCORE_LIMIT:
        raise ModelError(
            f"model {record['model']}: score {found['score_norm']:.1e} in statsmodels, not an optimum"
        )
