"""Tests of several parameters at once: of terms of one model together, and of one term across two models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..inference.wald import wald as wald_test
from ..models.fit import DEFAULT_COVARIANCE
from ..models.joint import Estimate, joint, joint_covariance
from ..models.parts import factors
from .claims import Prediction, claims
from .delta import COLUMNS, Basis, Effect
from .equivalence import MARGIN, equivalence_p
from .evidence import together

if TYPE_CHECKING:
    import pandas as pd

    from ..inference.covariance import Covariance
    from ..models.fit import Fit

Array = np.ndarray
Record = Mapping[str, Any]


def compare(hypotheses: Mapping[str, Any], fits: Mapping[str, Record], folder: str | Path) -> pd.DataFrame:
    """The effects that hypotheses ask for and that no table of one model's effects holds.

    One row a test of kind ``wald`` (``estimate`` and ``statistic`` are F, with the number of terms and ``df``
    degrees of freedom) or of equality across two models (kind ``equivalence``; ``model`` is second/first,
    ``estimate`` the ratio of their two ratios); columns of ``delta.COLUMNS``. ``fits`` are the fit.json by
    model, ``folder`` is results/<study>. What was not fitted, or has not the term, has no row.
    Raises ModelError for models whose ratios or covariances cannot be compared.
    """
    import pandas as pd

    found: dict[tuple[str, ...], dict[str, Any]] = {}
    joints: dict[tuple[str, ...], Covariance] = {}
    for prediction in (test for claim in claims(hypotheses) for test in claim.predictions):
        records = [fits[name] for name in prediction.models if name in fits]
        fitted = len(records) == len(prediction.models) and all(r["status"] == "fitted" for r in records)
        if not fitted or (prediction.subject, prediction.effect, *prediction.terms) in found:
            continue
        row = None
        if prediction.effect == "wald":
            row = _together(prediction, records[0])
        elif prediction.beside is not None:
            row = _across(prediction, records, folder, joints)
        if row is not None:
            found[prediction.subject, prediction.effect, *prediction.terms] = row
    return pd.DataFrame(list(found.values()), columns=list(COLUMNS))


def wald(fits: Fit | Sequence[Fit], terms: Sequence[str], vcov: str = DEFAULT_COVARIANCE) -> pd.Series:
    """Wald's test that ``terms`` are zero together in one fit, or the same in both of two fits.

    Statistic (F), df_num, df_denom and p_value. Two fits are tested with their joint covariance
    (``models.joint_covariance``). Raises ModelError for an unknown term or terms that say the same twice.
    """
    import pandas as pd

    several = list(fits) if isinstance(fits, Sequence) else [fits]
    if len(several) > 2:
        raise ModelError(f"{len(several)} fits; compare one or two")
    _same_ratio([fit.family.ratio for fit in several], together(terms))
    found = several[0].covariance(vcov) if len(several) == 1 else joint_covariance(several, vcov)
    signs = (1.0,) if len(several) == 1 else (-1.0, 1.0)
    R = np.hstack([sign * _pick(fit.terms, terms) for fit, sign in zip(several, signs, strict=True)])
    estimates = np.concatenate([fit.coefficients for fit in several])
    df = Basis("", vcov, found.matrix, found.df, 0).df_along(*R)
    test = _refused(R, estimates, found.matrix, df)
    return pd.Series(vars(test), name=together(terms))


def equal(
    fits: Sequence[Fit], term: str, margin: float = MARGIN, vcov: str = DEFAULT_COVARIANCE
) -> pd.Series:
    """Whether a term counts the same in two fits: two one-sided tests on the ratio of its two ratios.

    estimate (second over first), std_error (of its log), df, conf_low, conf_high (95 %), p_value and inside
    as ``equivalence_p`` gives them for ``margin``. The models must speak of the same kind of ratio.
    Raises ModelError for another number of fits, an unknown term, or ratios of different kinds.
    """
    import pandas as pd

    if len(fits) != 2:
        raise ModelError(f"equality is tested between two fits, and {len(fits)} are given")
    _same_ratio([fit.family.ratio for fit in fits], term)
    effect = _difference([fit.terms for fit in fits], [fit.coefficients for fit in fits], term)
    found = joint_covariance(fits, vcov)
    basis = Basis("", vcov, found.matrix, found.df, min(fit.profile.rows for fit in fits))
    row = basis.row(effect)
    p, inside = equivalence_p(effect.value, row["std_error"], basis.df_along(effect.gradient), margin)
    kept = {name: row[name] for name in ("estimate", "std_error", "df", "conf_low", "conf_high")}
    return pd.Series(kept | {"margin": margin, "p_value": p, "inside": inside}, name=term)


def _together(prediction: Prediction, record: Record) -> dict[str, Any] | None:
    """The row of a Wald test of terms of one recorded model, or None if it lacks one."""
    names = [row["term"] for row in record["params"]]
    if not all(any(factors(name) == factors(term) for name in names) for term in prediction.terms):
        return None
    basis = Basis.from_record(record)
    estimates = np.array([row["estimate"] for row in record["params"]])
    R = _pick(names, prediction.terms)
    test = _refused(R, estimates, basis.matrix, basis.df_along(*R))
    effect = Effect("wald", together(prediction.terms), test.statistic, np.zeros(len(names)), "F")
    return basis.row(effect) | {"statistic": test.statistic, "p_value": test.p_value}


def _across(
    prediction: Prediction,
    records: Sequence[Record],
    folder: str | Path,
    joints: dict[tuple[str, ...], Covariance],
) -> dict[str, Any] | None:
    """The row on the ratio of a term's ratios in two recorded models, or None if one lacks the term."""
    term = ":".join(prediction.terms)
    names = [[row["term"] for row in record["params"]] for record in records]
    if not all(any(factors(name) == factors(term) for name in own) for own in names):
        return None
    _same_ratio([record.get("ratio") for record in records], term)
    kinds = [record["spec"].get("covariance") or DEFAULT_COVARIANCE for record in records]
    if kinds[0] != kinds[1]:
        pair = " and ".join(prediction.models)
        raise ModelError(
            f"models {pair} are compared under {kinds[0]} and {kinds[1]}; give them one covariance"
        )
    if prediction.models not in joints:
        joints[prediction.models] = joint([Estimate.of_record(own, folder) for own in records], kinds[0])
    found = joints[prediction.models]
    values = [np.array([row["estimate"] for row in record["params"]]) for record in records]
    rows = min(int(record["n"]["rows"]) for record in records)
    basis = Basis(prediction.subject, kinds[0], found.matrix, found.df, rows)
    return basis.row(_difference(names, values, term))


def _difference(names: Sequence[Sequence[str]], values: Sequence[Array], term: str) -> Effect:
    """Second minus first coefficient of a term, on the scale of ratios."""
    gradient = np.concatenate(
        [sign * _pick(own, [term])[0] for own, sign in zip(names, (-1.0, 1.0), strict=True)]
    )
    value = float(gradient @ np.concatenate(values))
    *moderator, name = term.split(":")
    return Effect("equivalence", name, value, gradient, "ratio", ":".join(moderator), "", True)


def _pick(names: Sequence[str], terms: Sequence[str]) -> Array:
    """One row a term with a one where it stands among ``names``: (q, k); ModelError if it does not."""
    return np.array(list(_picked(names, terms)))


def _picked(names: Sequence[str], terms: Sequence[str]) -> Iterator[Array]:
    for term in terms:
        at = [place for place, name in enumerate(names) if factors(name) == factors(term)]
        if not at:
            raise ModelError(f"no term {term!r}; there are {', '.join(names)}")
        yield np.eye(len(names))[at[0]]


def _same_ratio(kinds: Sequence[str | None], term: str) -> None:
    if len(set(kinds)) > 1:
        raise ModelError(
            f"{term} has a {kinds[0]} in one model and a {kinds[1]} in the other, which are not comparable;"
            " fit both with one family"
        )


def _refused(R: Array, estimates: Array, matrix: Array, df: float) -> Any:
    """Wald's test, its refusals as the user's to mend."""
    try:
        return wald_test(R, estimates, matrix, df=df)
    except ValueError as error:
        raise ModelError(f"Wald test: {error}") from None
