"""A complete world of projects on the real registry, with a known truth.

In each period the published number of projects is financed; their sizes are fixed by the published
shares of co-labelled projects; each list is drawn from the law of the list-choice model, with features
of what the simulated world knew before the period. Same seed, same world.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigError
from ..numerics.subsets import EXACT_TO, SubsetLaw
from .registry import lineage, projects_by_period, read_registry
from .sizes import size_counts
from .strengths import Published, Stretch, fitted_strengths, truncated_normal
from .utility import pair_utility

if TYPE_CHECKING:
    from ..records import Records

Array = np.ndarray
Study = Mapping[str, Any]

STRIDE = 4  # every fourth period stands for its neighbours while strengths are fitted


@dataclass(frozen=True)
class Drawn:
    """Projects of one period in their order: members (cluster numbers, the lead first) and topics."""

    period: int
    lists: tuple[tuple[int, ...], ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class SimulatedRecords:
    """Records of a simulated world and its truth (the content of truth.json).

    ``printed`` are the rows of the table of projects by our columns, where it is not all of the world that is
    recorded (recording.py).
    """

    records: Records
    truth: dict[str, Any]
    printed: tuple[Mapping[str, str], ...] = ()


def complete(study: Study) -> Study:
    """The study of the complete world: all its lists are whole, though only a part may be recorded."""
    if not study["simulate"].get("recording"):
        return study
    return {**study, "panel": {**study["panel"], "sets": {"strict": ["complete"], "joint": [], "broad": []}}}


@dataclass(frozen=True)
class Generator:
    """What all worlds of a study share: bodies, sizes of lists, and what strengths are fitted on."""

    study: Study
    registry: Records
    counts: Mapping[int, Mapping[int, int]]  # {period: {m: projects}}
    stretches: tuple[Stretch, ...]
    published: tuple[Published, ...]

    @classmethod
    def of(cls, study: Study, registry: Records | None = None) -> Generator:
        """Prepare the worlds of a study."""
        study, settings = complete(study), study["simulate"]
        registry = read_registry(study) if registry is None else registry
        periods, n_projects = projects_by_period(registry)
        counts = size_counts(
            periods, n_projects, settings["published"]["colabelled"], settings["composition"]
        )
        named = settings["published"].get("projects_named", [])
        return cls(
            study,
            registry,
            counts,
            tuple(_stretches(study, registry, counts)),
            tuple(
                Published(members=lineage(registry, item["cluster"]), name=item["cluster"], **_span(item))
                for item in named
            ),
        )

    def draw(self, seed: int) -> SimulatedRecords:
        """One world; the same seed gives the same world."""
        from .closeness import closeness
        from .frames import Growing

        file = PurePosixPath(self.study["ingest"]["projects"]["file"])
        world = Growing(self.registry, file.name.split(".")[0])
        with one_thread():
            strength = self.strengths(seed)
            for period, counts in self.counts.items():
                world.add(draw_period(self.study, world.records, period, counts, strength, seed))
            records = self.surveyed(world.finished(), seed)
        settings = self.study["simulate"]
        truth = {
            "seed": seed,
            "coefficients": dict(settings["coefficients"]),
            "cluster_effects": dict(
                zip(self.registry.clusters["cluster_id"], strength.tolist(), strict=True)
            ),
            "sizes": {str(t): {str(m): n for m, n in found.items()} for t, found in self.counts.items()},
            "exact_to": settings.get("exact_to", EXACT_TO),
            "closeness": closeness(records, settings),
            **({"contacts": dict(settings["contacts"])} if settings.get("contacts") else {}),
        }
        return SimulatedRecords(records, truth)

    def surveyed(self, records: Records, seed: int) -> Records:
        """A world with the ledger of its survey of contacts, if the study has one."""
        if not self.study["simulate"].get("contacts"):
            return records
        from .contacts import draw_contacts
        from .ledger import joined

        return replace(records, relations=joined(records.relations, draw_contacts(self.study, records, seed)))

    def strengths(self, seed: int) -> Array:
        """Cluster effects (n,): drawn, and fitted where projects over all periods are published."""
        sd = self.study["simulate"]["cluster_effects"]["sd"]
        drawn = sd * truncated_normal(generator(seed, 0), len(self.registry.clusters))
        return fitted_strengths(drawn, self.published, self.stretches)


def _span(item: Mapping[str, Any]) -> dict[str, int]:
    return {key: item[key] for key in ("first", "last", "n")}


def _stretches(study: Study, registry: Records, counts: Mapping[int, Mapping[int, int]]) -> Iterator[Stretch]:
    """Every few periods weighed at the middle one, with the features of a world without projects yet."""
    from ..panel import History, Tables

    tables, periods = Tables.of(registry, study), list(counts)
    for start in range(0, len(periods), STRIDE):
        part = periods[start : start + STRIDE]
        middle = part[len(part) // 2]
        history = History.before(tables, middle)
        total: Counter[int] = Counter()
        for period in part:
            total.update(counts[period])
        utility = pair_utility(history, study["simulate"]["coefficients"])
        yield Stretch(middle, history.active_numbers, utility, total)


def draw_period(
    study: Study, before: Records, period: int, counts: Mapping[int, int], strength: Array, seed: int
) -> Drawn:
    """The projects of one period, given the records before it."""
    from ..panel import History

    settings, rng = study["simulate"], generator(seed, period)
    history = History.before(before, period, study)
    active = history.active_numbers
    utility = pair_utility(history, settings["coefficients"])
    lists: list[tuple[int, ...]] = []
    if max(counts) > len(active):
        raise ConfigError(
            f"simulate.composition: a list of {max(counts)} cannot be drawn in period {period}, "
            f"in which {len(active)} bodies are active; leave that size out"
        )
    for m, count in sorted(counts.items()):
        law = SubsetLaw(strength[active], utility, m)
        members = rng.permuted(active[law.draw(rng, count, settings.get("exact_to", EXACT_TO))], axis=1)
        lists += [tuple(row) for row in members.tolist()]
    lists = [lists[place] for place in rng.permutation(len(lists))]
    keywords = before.clusters["keywords"].tolist()
    return Drawn(period, tuple(lists), tuple(_topic(members, keywords, rng) for members in lists))


def _topic(members: tuple[int, ...], keywords: list[list[str]], rng: np.random.Generator) -> str:
    """A topic of two keywords, of the lead and of any member."""
    told = [keywords[members[0]], keywords[members[int(rng.integers(len(members)))]]]
    words = [own[int(rng.integers(len(own)))] for own in told if own]
    return ", ".join(dict.fromkeys(words))


def one_thread() -> AbstractContextManager[Any]:
    """Products of small matrices on one thread: more would wait for each other, and round differently."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


def generator(seed: int, period: int) -> np.random.Generator:
    """Random numbers of one period of one world; 0 stands for what is drawn before the first."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(period,)))
