"""What of a complete world is recorded: which projects are found, by which source, which labels are printed.

The rows are those of the real table (press/slots.py). With v_i the visibility of a body, a list S of the size
that a row asks for is found and printed in proportion to

    exp( a_t + sum over i in S of v_i + sum over the pairs of S of selectivity x feature )

with a_t a term of the call: what list choice assumes, if there is no selectivity. v_i is the log of the
records that name the body in the real table over the projects that it is expected to have.
Records of single names are found in proportion to the sum of exp(v_i) over the project's bodies and print one
of them by it, with the v_i of their source, which mostly names the bodies that it names in the real table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from .press.drawing import Drawing
from .press.found import Visibility, weighed
from .press.slots import Form
from .press.tables import recorded_rows, resemblance
from .registry import source_folder
from .strengths import expected_projects, fitted_strengths
from .tables import write_tables
from .world import Generator, SimulatedRecords, one_thread

if TYPE_CHECKING:
    from ..records import Records

Array = np.ndarray
Study = Mapping[str, Any]

STREAM = (2, 0)  # spawn key of its own random numbers: the complete world of a seed is the same without them


def generate(study: Study, seed: int | None = None, registry: Records | None = None) -> SimulatedRecords:
    """Simulate the records of a study from its section ``simulate``.

    All of the world's, or, with ``simulate.recording``, those that are found. ``seed`` replaces the study's;
    ``registry`` are the records of ``read_registry`` where they are at hand. For replications prepare a
    ``Generator`` or ``Recorder`` once. Raises ConfigError for settings that the registry cannot meet.
    """
    return prepared(study, registry).draw(int(study.get("seed", 1) if seed is None else seed))


def prepared(study: Study, registry: Records | None = None) -> Generator | Recorder:
    """What draws the records of a study."""
    kind = Recorder if study["simulate"].get("recording") else Generator
    return kind.of(study, registry)


@dataclass(frozen=True)
class Recorder:
    """What all recorded worlds of a study share: the generator of complete ones and the real table's form."""

    study: Study
    generator: Generator
    form: Form

    @classmethod
    def of(cls, study: Study, registry: Records | None = None) -> Recorder:
        """Prepare the recorded worlds of a study."""
        return cls(study, Generator.of(study, registry), Form.read(study, source_folder(study)))

    def draw(self, seed: int) -> SimulatedRecords:
        """One recorded world; its complete world is ``generator.draw(seed)``."""
        return self.record(self.generator.draw(seed))

    def record(self, world: SimulatedRecords, changes: Mapping[str, Any] | None = None) -> SimulatedRecords:
        """The records of a complete world that are found, as ingest reads them from their printed tables.

        ``changes`` stand in the place of the study's settings (``simulate.recording``): ``selectivity`` and
        ``lost_labels``. Raises ConfigError where a world has no project left for a row.
        """
        from .. import ingest

        settings = {**self.study["simulate"]["recording"], **(changes or {})}
        chosen = settings.get("selectivity", {})
        with one_thread():
            visibility = self.visibility
            found = weighed(world.records, self.generator.study, visibility.of_lists, chosen)
        stream = _stream(world.truth["seed"])
        drawn = Drawing(self.form, found, visibility, settings["lost_labels"], stream).records()
        truth = {
            **world.truth,
            "recording": {
                **settings,
                "selectivity": dict(chosen),
                "resemblance": resemblance(self.form, drawn),
            },
        }
        pressed = SimulatedRecords(world.records, truth, recorded_rows(drawn, world.records))
        with TemporaryDirectory() as folder:
            write_tables(pressed, self.study, source_folder(self.study), folder)
            return replace(pressed, records=ingest.read(self.study, folder))

    @cached_property
    def visibility(self) -> Visibility:
        """How visible each body is, in all worlds alike.

        Expected projects are those of a world in which bodies of unpublished numbers have no effect: with the
        effects of one world a body that the press names often, and that has few projects there, would be too
        visible to be true.
        """
        settings = self.study["simulate"]["recording"]
        generator = self.generator
        none = np.zeros(len(generator.registry.clusters))
        strength = fitted_strengths(none, generator.published, generator.stretches)
        expected = expected_projects(strength, generator.stretches).sum(axis=0)
        mentions = self.form.mentions + settings["never_named"]
        return Visibility(mentions, np.maximum(expected, 1.0), settings["source_focus"])


def _stream(seed: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=STREAM))
