"""What models of a press sample say, over many worlds whose truth is known.

Every recorded world goes the product's own way from its records on: panel, features, models, by the calls
that the rules make. The complete world of a number is the same under every recording.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import features, models, panel
from ...errors import ConfigError
from ...inference.freedom import stored as stored_df
from ...models.formula import parse
from ...models.run import ListTables, list_options
from ...models.specification import formula_text
from ..recording import Recorder
from ..world import one_thread

if TYPE_CHECKING:
    import pandas as pd

    from ...records import Records

Study = Mapping[str, Any]
Recordings = Mapping[str, Mapping[str, Any]]

FIRST_SEED = 3_000_000  # apart from the study's own world, from those behind its truth and from the verdicts'
COLUMNS = ("world", "recording", "model", "term", "estimate", "std_error", "df")
LISTS = "list_choice"


def press_worlds(
    study: Study, numbers: Iterable[int], recordings: Recordings, times: int = 1
) -> pd.DataFrame:
    """Estimates of every model of a study: a row a world, recording, model and term (``COLUMNS``).

    ``numbers`` are those of the worlds (seed ``FIRST_SEED`` + number); ``recordings`` gives by name what each
    changes in ``simulate.recording``. Panel models are fitted under the first alone. A model, or a recording,
    that a world does not bear has no rows. A world has ``times`` as many projects as were financed: of many,
    few of the visible are recorded.
    """
    import pandas as pd

    recorder = larger(Recorder.of(study), times)
    rows = [row for number in numbers for row in _world(study, recorder, number, recordings)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def larger(recorder: Recorder, times: int) -> Recorder:
    """The same with so many times the projects of every period and size."""
    counts = recorder.generator.counts
    grown = {period: {m: n * times for m, n in own.items()} for period, own in counts.items()}
    return replace(recorder, generator=replace(recorder.generator, counts=grown))


def _world(
    study: Study, recorder: Recorder, number: int, recordings: Recordings
) -> Iterator[tuple[Any, ...]]:
    world = recorder.generator.draw(FIRST_SEED + number)
    for place, (name, changes) in enumerate(recordings.items()):
        specs = {key: spec for key, spec in study["models"].items() if place == 0 or spec["outcome"] == LISTS}
        try:
            records = recorder.record(world, changes).records
        except ConfigError:  # no project long enough to lose a label: the world has no rows of this recording
            continue
        with tempfile.TemporaryDirectory() as folder, one_thread():
            for row in _estimates({**study, "models": specs}, records, Path(folder)):
                yield number, name, *row


def _estimates(study: Study, records: Records, folder: Path) -> Iterator[tuple[Any, ...]]:
    """Model, term, estimate, standard error by the model's own covariance, degrees of freedom."""
    settings = {**study, "features": {**study["features"], "names": needed(study)}}
    records.write(folder / "ingest")
    panel.write(records, settings, folder / "panel", 1)
    features.write(records, settings, folder / "panel", folder / "features", 1)
    for name, spec in study["models"].items():
        estimate = of_lists if spec["outcome"] == LISTS else of_panel
        for row in estimate(spec, folder):
            yield name, *row


def of_lists(spec: Mapping[str, Any], folder: Path) -> list[tuple[Any, ...]]:
    """Rows of a list choice, with the covariance that it names alone: the others take the longest."""
    tables = ListTables.read(folder)
    fitted = models.fit_lists(
        spec["terms"], tables.of_sets(spec), tables.pairs, mentions=tables.mentions, **list_options(spec)
    )
    table = fitted.tidy(spec["covariance"])
    return list(table[["term", "estimate", "std_error", "df"]].itertuples(index=False, name=None))


def of_panel(spec: Mapping[str, Any], folder: Path) -> list[tuple[Any, ...]]:
    """Rows of a panel model; none where the world does not bear it."""
    fit = models.run("panel", spec, folder, folder / "fit.json", 1)
    if fit["status"] != "fitted":
        return []
    errors = fit["vcov"][spec["covariance"]]
    df = np.broadcast_to(stored_df(errors["df"]), len(fit["params"])).tolist()
    return [
        (param["term"], param["estimate"], math.sqrt(errors["matrix"][place][place]), df[place])
        for place, param in enumerate(fit["params"])
    ]


def needed(study: Study) -> list[str]:
    """The features that the models of a study name, sorted."""
    named: set[str] = set()
    for spec in study["models"].values():
        named |= set(spec["terms"] if spec["outcome"] == LISTS else parse(formula_text(spec)).columns)
    return sorted(named & set(features.REGISTRY))
