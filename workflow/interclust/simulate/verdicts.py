"""Verdicts on many worlds of one truth: whether the scoreboard says what is so, and how often it errs.

Every world of the generator goes the product's own way from its records on: panel, features, models, effects
and verdicts, by the same calls that the rules make. What the world holds is declared in the study
(``simulate.claims``): a claim *holds* or its effect is *absent*.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import effects, features, models, panel
from ..effects.claims import Claim, Prediction, claims
from ..effects.comparisons import compare
from ..effects.evidence import Evidence
from ..effects.hypotheses import RATIOS, judge
from ..errors import ConfigError
from ..io import read_json
from ..models.rows.contacts import CONTACTS
from .recording import prepared
from .world import one_thread

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records
    from .recording import Recorder
    from .world import Generator

Study = Mapping[str, Any]

FIRST_SEED = 2_000_000  # apart from the study's own world and from those behind its truth
COLUMNS = (
    "world",
    "hypothesis",
    "part",
    "test",
    "expected",
    "log",
    "estimate",
    "std_error",
    "df",
    "p_value",
    "verdict",
    "class",
)


def judge_worlds(study: Study, numbers: Iterable[int], registry: Records | None = None) -> pd.DataFrame:
    """The verdict on every test in some worlds of a synthetic study: a row a world and test (``COLUMNS``).

    ``numbers`` are those of the worlds (seed ``FIRST_SEED`` + number); ``estimate`` is on the scale of the
    test, the logarithm of a ratio (``log``). ``verdict`` is after the study's adjustment over the tests made.
    """
    import pandas as pd

    asked = only_asked(study)
    generator = prepared(study, registry)
    rows = [row for number in numbers for row in _judged(asked, generator, number)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def check_claims(study: Study) -> None:
    """Raise ConfigError if ``simulate.claims`` names what no hypothesis of the study has as a part."""
    parts = [claim.id for claim in claims(study["hypotheses"])]
    unknown = sorted(set(study["simulate"].get("claims", {})) - set(parts))
    if unknown:
        raise ConfigError(
            f"simulate.claims names {', '.join(unknown)}, which no hypothesis of the study has as a part;"
            f" there are {', '.join(parts)}"
        )


def only_asked(study: Study) -> dict[str, Any]:
    """The study with the models alone that its hypotheses name."""
    named = {
        name for claim in claims(study["hypotheses"]) for test in claim.predictions for name in test.models
    }
    specs = {name: spec for name, spec in study["models"].items() if name in named}
    return {**study, "models": specs}


def _judged(study: Study, generator: Generator | Recorder, number: int) -> Iterator[tuple[Any, ...]]:
    records = generator.draw(FIRST_SEED + number).records
    with tempfile.TemporaryDirectory() as folder, one_thread():
        evidence = _evidence(study, records, Path(folder))
    verdicts = judge(study, evidence.effects, evidence.fits, evidence.moments)
    for claim, test in _tests(study):
        found = verdicts[(verdicts["part"] == claim.id) & (verdicts["test"] == test.id)]
        if len(found):
            yield _row(number, claim, test, found.iloc[0], evidence)


def _tests(study: Study) -> Iterator[tuple[Claim, Prediction]]:
    """The tests that mean what they say on the study's records."""
    for claim in claims(study["hypotheses"]):
        for test in claim.predictions:
            if test.applies(study["records"]):
                yield claim, test


def _evidence(study: Study, records: Records, folder: Path) -> Evidence:
    """What the rules leave of a study's effects, made in a folder of its own."""
    import pandas as pd

    records.write(folder / "ingest")
    panel.write(records, study, folder / "panel", 1)
    features.write(records, study, folder / "panel", folder / "features", 1)
    if any(spec["outcome"] in CONTACTS for spec in study["models"].values()):
        features.write_contacts(records, study, folder / "features" / "contacts.parquet")
    fits, tables = {}, []
    for name, spec in study["models"].items():
        (folder / "models" / name).mkdir(parents=True)
        fits[name] = models.run(name, spec, folder, folder / "models" / name / "fit.json", 1)
        tables.append(effects.estimate(fits[name], folder, study["records"]))
    tables.append(compare(study["hypotheses"], fits, folder))
    table = pd.concat([found for found in tables if len(found)], ignore_index=True)
    return Evidence(study, table, fits, read_json(folder / "features" / "moments.json"), {})


def _row(
    number: int, claim: Claim, test: Prediction, verdict: pd.Series, evidence: Evidence
) -> tuple[Any, ...]:
    made = verdict["verdict"] != "not testable"
    row = evidence.row(test) if made else None
    log = test.effect in RATIOS
    estimate = error = df = math.nan
    if row is not None:
        estimate = math.log(row["estimate"]) if log else float(row["estimate"])
        error, df = _number(row["std_error"]), _number(row["df"])
    return (
        *(number, claim.hypothesis, claim.id, test.id, test.expect, log, estimate, error, df),
        *(verdict["p_value"], verdict["verdict"], verdict["class"]),
    )


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
