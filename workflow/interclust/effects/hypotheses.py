"""The scoreboard: a verdict on every hypothesis, by rule from the results, never typed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import obstacles, sentences
from .claims import Claim, Prediction, claims, natural
from .equivalence import equivalence_p
from .evidence import Evidence, cell_name
from .multiplicity import ADJUSTMENTS
from .precision import detectable_ratio, size_of

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05
VERDICTS = ("supported", "contradicted", "undecided", "not testable")
CLASSES = {
    "a": {"en": "the outcome does not measure it", "fr": "l'événement ne le mesure pas"},
    "b": {"en": "no variation, or too few events", "fr": "pas de variation, ou trop peu d'événements"},
    "c": {"en": "no data", "fr": "pas de données"},
    "d": {"en": "not identified under incomplete records", "fr": "non identifié sur un relevé incomplet"},
}
COLUMNS = {
    "hypothesis": "str",
    "part": "str",
    "test": "str",
    "model": "str",
    "effect_id": "str",
    "expected": "str",
    "estimate": "float64",
    "conf_low": "float64",
    "conf_high": "float64",
    "p_value": "float64",
    "p_holm": "float64",
    "p_bh": "float64",
    "p_randomisation": "float64",
    "detectable": "float64",
    "tipping": "float64",
    "events_in_cells": "str",
    "verdict": "str",
    "class": "str",
    "reason": "str",
    "reason_fr": "str",
    "remedy": "str",
    "remedy_fr": "str",
}
RATIOS = ("ratio", "ratio_of_ratios", "equivalence")  # kinds whose estimate is compared with 1


def judge(
    study: Mapping[str, Any],
    effects: pd.DataFrame,
    fits: Mapping[str, Mapping[str, Any]],
    moments: Mapping[str, Any],
    cells: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None,
) -> pd.DataFrame:
    """Judge every hypothesis of a study: one row a test, or one row a claim that cannot be tested.

    Parameters
    ----------
    study
        The resolved study: ``hypotheses`` {id: file}, ``records`` (complete or incomplete),
        ``models``, ``panel.eligible_kinds``, ``outcomes`` (projects unless stated), ``multiplicity`` (holm
        unless stated, or bh).
    effects
        The rows of every ``effects/<model>.csv`` of the study, and of ``effects/comparisons.csv``.
    fits
        ``fit.json`` of every model, by name; their ``cells`` count events by value of each flag.
    moments
        ``features/moments.json``: {feature: {risk set: {mean, min, max, ...}}}.
    cells
        {model: {flag: {value: events}}} where the fits do not hold them.

    Returns
    -------
    DataFrame
        The columns of ``COLUMNS``, by hypothesis, part and test. A test that was made is two-sided
        at 0.05 after the adjustment over all tests of the study that were made: supported if it stands with
        the sign of the claim, contradicted if with the other, else undecided. Equality is judged
        by equivalence within the margin of the test, for a step of one standard deviation of a measure
        (``steps.py``); terms that are tested together (``wald``) are supported
        or contradicted where they differ from no effect and all signs agree with the claim, or none.

    Raises
    ------
    ConfigError
        If the study does not say whether its records are complete, or two tests share an id.
    ModelError
        If several rows of the effects answer one test, or none for a term that the model has.

    """
    evidence = Evidence(study, effects, fits, moments, cells or {})
    rows: list[dict[str, Any]] = []
    tested: list[tuple[dict[str, Any], Prediction]] = []
    for claim in claims(study["hypotheses"]):
        for row, prediction in _rows(claim, evidence):
            rows.append(row)
            if prediction is not None:
                tested.append((row, prediction))
    for name, adjust in ADJUSTMENTS.items():
        for (row, _), p in zip(tested, adjust([row["p_value"] for row, _ in tested]), strict=True):
            row[f"p_{name}"] = float(p)
    for row, prediction in tested:
        row.update(_verdict(row, prediction, study.get("multiplicity", "holm")))
    return _table(rows, COLUMNS)


def scoreboard(study: Mapping[str, Any], judged: pd.DataFrame) -> pd.DataFrame:
    """Combine the tests: one row a part and one a hypothesis (``part`` empty), as their files say.

    Columns: hypothesis, part, verdict, class (of what could not be tested, such as ``c, d``), tests,
    tested. With ``all`` a claim is supported if every test is and contradicted if one is; with ``any``
    supported if one is and contradicted if every one is; without a test made it is not testable; else
    undecided.
    """
    rows = []
    files = study["hypotheses"]
    for name in sorted(files, key=natural):
        own = judged[judged["hypothesis"] == name]
        verdicts = []
        for part in claims({name: files[name]}):
            here = own[own["part"] == part.id]
            verdicts.append(combine(here["verdict"], part.combine))
            if part.id != name:
                rows.append(_score(name, part.id, verdicts[-1], here))
        rows.append(_score(name, None, combine(verdicts, files[name].get("combine", "all")), own))
    columns = {"hypothesis": "str", "part": "str", "verdict": "str", "class": "str"}
    return _table(rows, {**columns, "tests": "int32", "tested": "int32"})


def combine(verdicts: Iterable[str], how: str) -> str:
    """The verdict on a claim from those on its tests; what could not be tested supports nothing."""
    found = list(verdicts)
    if all(verdict == "not testable" for verdict in found):
        return "not testable"
    decisive, unanimous = ("contradicted", "supported") if how == "all" else ("supported", "contradicted")
    if decisive in found:
        return decisive
    return unanimous if all(verdict == unanimous for verdict in found) else "undecided"


def _rows(claim: Claim, evidence: Evidence) -> list[tuple[dict[str, Any], Prediction | None]]:
    """The rows of one claim; a prediction stands beside each that was tested."""
    obstacle = obstacles.of_claim(claim, evidence)
    if obstacle is not None:
        return [(_untested(claim, None, obstacle), None)]
    rows: list[tuple[dict[str, Any], Prediction | None]] = []
    for prediction in claim.predictions:
        if not evidence.applicable(prediction):
            continue
        hindrance = obstacles.of_prediction(prediction, evidence)
        if hindrance is None:
            rows.append((_tested(claim, prediction, evidence), prediction))
        else:
            cells = _cells(evidence.events_in_cells(prediction))
            rows.append(({**_untested(claim, prediction, hindrance), "events_in_cells": cells}, None))
    return rows or [(_untested(claim, None, _no_test(evidence)), None)]


def _no_test(evidence: Evidence) -> obstacles.Obstacle:
    """The file has no test for records of this kind: the fault of the file, so no class."""
    return obstacles.Obstacle(None, sentences.reason("no_test", records=sentences.RECORDS[evidence.records]))


def _untested(claim: Claim, prediction: Prediction | None, obstacle: obstacles.Obstacle) -> dict[str, Any]:
    return {
        **_head(claim, prediction),
        "detectable": obstacle.detectable,
        "verdict": "not testable",
        "class": obstacle.label,
        "reason": obstacle.reason["en"],
        "reason_fr": obstacle.reason["fr"],
    }


def _tested(claim: Claim, prediction: Prediction, evidence: Evidence) -> dict[str, Any]:
    row = evidence.row(prediction)
    if row is None:  # obstacles.of_prediction let through what it should have held
        raise LookupError(f"no effect answers the test {prediction.id}")
    p_value, inside = _p_value(row, prediction, evidence)
    return {
        **_head(claim, prediction),
        "effect_id": row["effect_id"],
        **{name: float(row[name]) for name in ("estimate", "conf_low", "conf_high")},
        "p_value": p_value,
        "p_randomisation": evidence.randomised(prediction),
        "detectable": None if prediction.effect == "wald" else detectable_ratio(prediction, evidence, row),
        "tipping": evidence.beside(prediction, "tipping"),
        "events_in_cells": _cells(evidence.events_in_cells(prediction)),
        "_step": _step_words(prediction, evidence),
        "_holds": inside if prediction.expect == "0" else _sign_holds(row, prediction, evidence),
    }


def _step_words(prediction: Prediction, evidence: Evidence) -> Mapping[str, str]:
    """What a ratio of measures is said for: a step of one standard deviation; nothing beside flags alone."""
    return sentences.STEP["plain" if size_of(prediction, evidence) == 1.0 else "measure"]


def _head(claim: Claim, prediction: Prediction | None) -> dict[str, Any]:
    """What every row says of its claim; the remedy is dropped where a verdict is reached."""
    return {
        "hypothesis": claim.hypothesis,
        "part": claim.id,
        "test": prediction.id if prediction else claim.id,
        "model": prediction.subject if prediction else None,
        "expected": prediction.expect if prediction else None,
        "remedy": claim.remedy["en"],
        "remedy_fr": claim.remedy["fr"],
    }


def _p_value(row: pd.Series, prediction: Prediction, evidence: Evidence) -> tuple[float, bool]:
    """The p-value of the test, and for equality on which side of the margin the estimate lies, a step."""
    if prediction.expect != "0":
        return float(row["p_value"]), False
    log_ratio = math.log(row["estimate"]) if row["kind"] in RATIOS else float(row["estimate"])
    size = size_of(prediction, evidence)
    error, df = size * float(row["std_error"]), float(row["df"])
    return equivalence_p(size * log_ratio, error, df, prediction.margin)


def _sign_holds(row: pd.Series, prediction: Prediction, evidence: Evidence) -> bool | None:
    """Whether the estimate has the sign of the claim; None where of several some have it and some not."""
    if prediction.effect == "wald":
        return evidence.signs_hold(prediction)
    null = 1.0 if prediction.effect in RATIOS else 0.0
    return bool((row["estimate"] > null) == (prediction.expect == "+"))


def _verdict(row: Mapping[str, Any], prediction: Prediction, correction: str) -> dict[str, Any]:
    """The verdict and its sentence from the adjusted p-value and the sign."""
    suffix = "_equal" if prediction.expect == "0" else "_joint" if prediction.effect == "wald" else ""
    if row[f"p_{correction}"] >= LEVEL:
        verdict = key = "undecided"
        suffix = "_detectable" if row["detectable"] is not None and not suffix else suffix
    elif row["_holds"] is None:
        verdict, key = "undecided", "mixed"
    else:
        verdict = key = "supported" if row["_holds"] else "contradicted"
    values = {"detectable": row["detectable"], "margin": float(prediction.margin), "step": row["_step"]}
    text = sentences.reason(key + suffix, correction=sentences.CORRECTIONS[correction], **values)
    settled = {} if verdict == "undecided" else {"remedy": None, "remedy_fr": None}
    return {"verdict": verdict, "reason": text["en"], "reason_fr": text["fr"], **settled}


def _cells(cells: Mapping[str, Mapping[str, int]]) -> str | None:
    """``both_development=0: 12; both_development=1: 80``."""
    text = [
        f"{cell_name(column, value)}: {n}" for column, counts in cells.items() for value, n in counts.items()
    ]
    return "; ".join(text) or None


def _score(name: str, part: str | None, verdict: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "hypothesis": name,
        "part": part,
        "verdict": verdict,
        "class": ", ".join(sorted(set(rows["class"].dropna()))) or None,
        "tests": len(rows),
        "tested": int((rows["verdict"] != "not testable").sum()),
    }


def _table(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns)).astype(dict(columns))
