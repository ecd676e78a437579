"""Case-control sampling of whole dyad histories: every dyad that ever has a tie, and a share of the others.

The *subcohort* is drawn: each dyad with probability ``share``, whatever becomes of it. Kept are its dyads and
all that ever have a tie, with all their periods (a case-cohort design: Prentice 1986, Biometrika 73). A
dyad is thus kept with probability 1 if it ever has a tie and ``share`` if not; its ``sampling_weight`` is the
inverse. ``in_subcohort`` tells which were drawn, for estimators that choose rows by their outcome.

Whether {i, j} is drawn depends on the seed and on the two bodies' numbers in the registry: not on settings,
periods, threads, or on what becomes of any dyad. Row i of the triangle of dyads has a stream of its own
(Philox, a function of key and counter: Salmon et al. 2011), which gives the gaps from one body drawn to the
next: what is not kept is never visited, and draws are independent, as the variances need. They hang on
numbers, not on ids: a draw from ids alone would stay when the registry grows, but would have to visit every
pair, or to make draws depend on each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..numerics.dyads import dyad_number
from .history import History
from .pairs import SHARD, active_pairs, dyad_nodes, shard_rows
from .tables import Tables
from .ties import tie_pairs

Array = np.ndarray


@dataclass(frozen=True)
class ShardPairs:
    """The dyads i < j (rows,) of a shard that have rows, by dyad number.

    In a sampled panel ``columns`` holds what ``contracts.SAMPLED`` adds to the table, else nothing.
    """

    i: Array
    j: Array
    columns: dict[str, Array]


def shard_pairs(tables: Tables, shard: int, active: Array) -> ShardPairs:
    """The dyads of a shard whose bodies are both among ``active`` (sorted numbers): all, or those sampled."""
    if tables.settings.panel.sampling is None:
        return ShardPairs(*active_pairs(shard, tables.able, active), {})
    number, drawn, tied = _kept(tables, shard)
    i, j = dyad_nodes(number, tables.n)
    there = np.zeros(tables.n, dtype=bool)
    there[active] = True
    rows = np.flatnonzero(there[i] & there[j])
    weight = np.where(tied[rows], 1.0, 1.0 / tables.settings.panel.sampling.share)
    columns = {"sampling_weight": weight, "in_subcohort": drawn[rows]}
    return ShardPairs(i[rows], j[rows], columns)


def _kept(tables: Tables, shard: int) -> tuple[Array, Array, Array]:
    """Dyad numbers (k,) of a shard that are kept, increasing, and whether each was drawn, ever has a tie."""
    drawn = drawn_in_shard(tables, shard)
    tied = _of_shard(shard, *tables.once("tied and able", lambda: _able_only(tables, ever_tied(tables))))
    kept = np.union1d(drawn, tied)
    return kept, np.isin(kept, drawn, assume_unique=True), np.isin(kept, tied, assume_unique=True)


def drawn_in_shard(tables: Tables, shard: int) -> Array:
    """Dyad numbers (k,) of the subcohort in a shard, increasing."""
    sampling = tables.settings.panel.sampling
    assert sampling is not None
    rows = tables.able[shard_rows(shard, len(tables.able))]
    partners = [drawn_partners(sampling.seed, sampling.share, int(i), tables.n) for i in rows]
    i = np.repeat(rows, [len(found) for found in partners])
    j = np.concatenate([*partners, np.zeros(0, dtype=np.int64)])
    return _of_shard(shard, *_able_only(tables, dyad_number(i, j, tables.n)))


def _able_only(tables: Tables, number: Array) -> tuple[Array, Array]:
    """The increasing dyad numbers (k,) of bodies that can be at risk, and their numbers among those alone."""
    rank = np.full(tables.n, -1)
    rank[tables.able] = np.arange(len(tables.able))
    a, b = (rank[ends] for ends in dyad_nodes(number, tables.n))
    able = np.flatnonzero((a >= 0) & (b >= 0))
    return number[able], dyad_number(a[able], b[able], len(tables.able))


def _of_shard(shard: int, number: Array, place: Array) -> Array:
    """Those of the dyad numbers (k,) whose increasing ``place`` (k,) lies in the shard."""
    return number[slice(*np.searchsorted(place, [shard * SHARD, (shard + 1) * SHARD]))]


def drawn_partners(seed: int, share: float, i: int, n: int) -> Array:
    """The bodies j with i < j < n that are drawn for row i, increasing (k,) int64.

    Each with probability ``share``, independently: gaps between successes of Bernoulli trials are geometric,
    made by inversion from the generator's own bits (which do not change with the version of numpy).
    """
    stream = np.random.Philox(key=seed, counter=[0, i, 0, 0])
    room, mean = n - 1 - i, (n - 1 - i) * share
    size = int(mean + 4 * np.sqrt(mean)) + 4
    reached, found = 0, []
    while reached <= room:
        uniform = ((stream.random_raw(size) >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53
        gaps = np.floor(np.log(uniform) / np.log1p(-share)) + 1
        found.append(reached + np.cumsum(np.minimum(gaps, n)).astype(np.int64))
        reached = int(found[-1][-1])
    offsets = np.concatenate(found)
    partners: Array = i + offsets[offsets <= room]
    return partners


def ever_tied(tables: Tables) -> Array:
    """Numbers of the dyads that have a tie in a period of the panel or before, increasing (k,) int64.

    Ties of predecessors count for the pair that bears them in some period, so that all rows at risk of
    recurrence are kept.
    """
    return tables.once("ever tied", lambda: _ever_tied(tables))


def _ever_tied(tables: Tables) -> Array:
    positions = np.flatnonzero(tables.calendar.panel).tolist()
    found = [tie_pairs(tables, position)[0] for position in positions]
    bearers: Array | None = None
    for position in reversed(positions):  # a history holds the earlier ones, while its bearers are theirs
        history = History(tables, position)
        if bearers is None or not np.array_equal(bearers, history.bearer):
            found.append(history.ties.keys)
        bearers = history.bearer
    return np.unique(np.concatenate([*found, np.zeros(0, dtype=np.int64)]))
