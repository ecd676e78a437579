"""Data: the rows of a model as re-iterable batches, from a frame or from the files of a panel.

Both give the same shards in the same order with the same rows, so that a streamed fit equals the fit in
memory bit for bit (models/rows/frames.py, models/rows/stored.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ... import parallel
from .batches import Batch

Piece = TypeVar("Piece")
S = TypeVar("S", bound=parallel.Sum)

FEW_ROWS = 100_000


@dataclass(frozen=True)
class Data:
    """Rows of a model, which can be walked as often as the engine needs.

    ``loaders`` give one shard each, always the same; ``resident`` says that they lie in memory.
    ``counted`` gives the rows left out by column, and ``threads`` shards are worked on at a time: nothing
    that is computed depends on it. ``nodes`` and ``projects`` are the names behind the numbers of the rows.
    """

    loaders: tuple[Callable[[], Batch], ...]
    nodes: Sequence[Any]
    counted: Callable[[], Mapping[str, int]] = dict
    resident: bool = False
    threads: int = field(default_factory=parallel.cores)
    projects: Sequence[Any] = ()

    @property
    def n_nodes(self) -> int:
        """Number of nodes that rows may name."""
        return len(self.nodes)

    def sharded_like(self, other: Data) -> bool:
        """Whether shard k holds the same dyads, numbered alike, as shard k of another: files of one panel."""
        own, theirs = (
            (data.resident, len(data.loaders), list(data.nodes), list(data.projects))
            for data in (self, other)
        )
        return not self.resident and own == theirs

    @property
    def dropped(self) -> Mapping[str, int]:
        """Rows left out for a missing value, by the column that lacked it first."""
        return self.counted()

    def batches(self) -> Iterator[Batch]:
        """The shards that have rows, one by one."""
        for load in self.loaders:
            batch = load()
            if len(batch):
                yield batch

    def total(
        self,
        pieces: Callable[[Batch], Iterable[Piece]],
        work: Callable[[Batch, Piece], S],
        zero: Callable[[], S],
    ) -> S:
        """The sum of ``work(batch, piece)`` over all pieces of all shards, whatever the number of threads."""
        return parallel.total(self.loaders, pieces, work, zero, self.useful_threads, self.resident)

    @property
    def useful_threads(self) -> int:
        """``threads``, or one where so little is to be done that to start more would take longer."""
        if not self.resident:
            return min(self.threads, len(self.loaders))
        return self.threads if sum(len(load()) for load in self.loaders) > FEW_ROWS else 1
