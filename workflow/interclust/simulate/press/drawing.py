"""Which project of a complete world stands in each row of a form, and which of its labels are printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import ConfigError
from .found import Found, Visibility, of_names
from .slots import LIST, Form, Slot

Array = np.ndarray


@dataclass(frozen=True)
class Record:
    """One recorded project: its row, what that says of time and source, its place in the world, its names."""

    slot: Slot
    cells: Mapping[str, str]
    project: int
    names: tuple[int, ...]  # cluster numbers, as printed; the lead first


@dataclass
class Drawing:
    """Projects drawn into the rows of a form, lists first; none is drawn twice."""

    form: Form
    found: Found
    visibility: Visibility
    lost_labels: float
    rng: np.random.Generator

    def __post_init__(self) -> None:
        """Nothing is drawn yet."""
        self.free = np.ones(len(self.found.period), dtype=bool)
        self.first: dict[str, Record] = {}  # of each group of rows that one list is printed for
        self.colabelled = Counter(self.found.period[self.found.size > 1].tolist())

    def records(self) -> list[Record]:
        """One record a row of the form, in its order."""
        order = sorted(enumerate(self.form.slots), key=lambda item: item[1].kind != LIST)
        drawn = {
            place: self.list_of(slot) if slot.kind == LIST else self.names_of(slot) for place, slot in order
        }
        return [drawn[place] for place in range(len(drawn))]

    def list_of(self, slot: Slot) -> Record:
        """A printed list of the row's length; the further rows of a group print the list of the first."""
        if slot.group in self.first:
            first = self.first[slot.group]
            same_call = self.found.period == self.found.period[first.project]
            project = self.take(slot, same_call & (self.found.size > 1), self.found.of_list)
            return Record(slot, first.cells, project, first.names)
        lost = int(self.rng.random() < self.lost_labels)
        term = self.call_term(slot)[self.found.period]
        possible = np.isfinite(term) & (self.found.size == slot.size + lost)
        project = self.take(slot, possible, self.found.of_list + np.where(possible, term, 0.0))
        names = list(self.found.members[project])
        if lost:
            del names[int(self.rng.integers(len(names)))]
        record = Record(slot, self.cells_of(slot, int(self.found.period[project])), project, tuple(names))
        if slot.group:
            self.first[slot.group] = record
        return record

    def call_term(self, slot: Slot) -> Array:
        """The term of every call by its number: of dated lists ln(rows of their status / projects)."""
        term = np.full(int(self.found.period.max()) + 1, -np.inf)
        for call, count in self.colabelled.items():
            rows = len(self.form.dated(slot.status, call)) if slot.dated else count * (call in slot.calls)
            if rows:
                term[call] = np.log(rows / count)
        return term

    def cells_of(self, slot: Slot, call: int) -> Mapping[str, str]:
        """Time and source of a list: its row's own, or, dated, those of a row of its status and call."""
        if not slot.dated:
            return slot.cells
        same = self.form.dated(slot.status, call)
        return same[int(self.rng.integers(len(same)))].cells

    def names_of(self, slot: Slot) -> Record:
        """A project of which the row prints some names or none."""
        least = {"complete": slot.size, "lower_bound": slot.size + 1}.get(slot.kind, max(slot.size, 1))
        possible = np.isin(self.found.period, slot.calls) & (self.found.size >= least)
        if slot.kind == "complete":
            possible &= self.found.size == slot.size
        seen = self.visibility.of_source(self.form.named_by(slot.cells["source"]))
        weight = of_names(self.found, seen) if slot.size else np.zeros(len(self.free))
        project = self.take(slot, possible, weight)
        names = np.array(self.found.members[project])
        keys = seen[names] + self.rng.gumbel(size=len(names))
        kept = np.sort(np.argsort(-keys)[: slot.size])
        return Record(slot, slot.cells, project, tuple(names[kept].tolist()))

    def take(self, slot: Slot, possible: Array, log_weight: Array) -> int:
        """Draw one of the possible projects that are still free, in proportion to its weight."""
        free = np.flatnonzero(possible & self.free)
        if not len(free):
            raise ConfigError(
                f"simulate.recording: no project is left for a row of status {slot.status} and {slot.size} "
                "names; simulate more projects of that size (simulate.composition)"
            )
        keys = log_weight[free] + self.rng.gumbel(size=len(free))
        chosen = int(free[np.argmax(keys)])
        self.free[chosen] = False
        return chosen
