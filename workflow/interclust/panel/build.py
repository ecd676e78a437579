"""The panel: one row a dyad and period in which both bodies are active and of an eligible kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from .bits import n_common
from .blocks import Block
from .history import History
from .pairs import PairCounts, n_shards, pairs_of_lists
from .sampling import shard_pairs
from .settings import SettingsLike
from .tables import Tables
from .ties import tie_pairs

if TYPE_CHECKING:
    from ..records import Records

Array = np.ndarray


def build(
    records: Records | Tables, settings: SettingsLike = None, *, period: str | None = None
) -> Iterator[Block]:
    """Yield the panel period by period, shard by shard (contract ``panel/periods``).

    ``settings`` is the section ``panel`` of a study or the study; ``period`` ("call" or "year") sets the
    unit of time. Blocks without rows are yielded too: row group k of every file is shard k. Periods before
    ``first`` and the burn-in have no blocks. With ``case_control`` the rows are those of the dyads sampled
    (``sampling.py``; contract ``panel/sampled_periods``). Raises ConfigError for settings that do not fit
    the records.
    """
    tables = Tables.of(records, settings, period)
    for position in np.flatnonzero(tables.calendar.panel):
        yield from period_blocks(tables, int(position))


def period_blocks(tables: Tables, position: int) -> Iterator[Block]:
    """The blocks of one period, by its place in the calendar."""
    history = History(tables, position)
    now, undated = current_ties(tables, position), undated_ties(tables, history)
    weight = tie_weights(tables, position)
    for shard in range(n_shards(len(tables.able))):
        pairs = shard_pairs(tables, shard, history.active_numbers)
        i, j = pairs.i, pairs.j
        columns = _outcomes(history, now, i, j)
        columns["undated_tie"] = undated.has(dyad_number(i, j, tables.n))
        columns["log_exposure"] = log_exposure(history, i, j)
        columns["tie_weight"] = _weighed(weight, dyad_number(i, j, tables.n))
        yield Block(history.period, shard, i, j, {**columns, **pairs.columns})


def current_ties(tables: Tables, position: int) -> PairCounts:
    """Projects of each dyad in a period, by dyad number."""
    return PairCounts.of(tie_pairs(tables, position)[0])


def tie_weights(tables: Tables, position: int) -> PairCounts:
    """Weight of each tied dyad in a period: the sum of those of its projects, 1 at the most."""
    number, project = tie_pairs(tables, position)
    keys, dyad = np.unique(number, return_inverse=True)
    return PairCounts(keys, np.minimum(np.bincount(dyad, tables.tie_weight[project], len(keys)), 1.0))


def _weighed(weight: PairCounts, number: Array) -> Array:
    """The weight of each row, 1 where there is no tie, float32."""
    rows, place = weight.find(number)
    weights = np.ones(len(number), dtype=np.float32)
    weights[rows] = weight.values[place]
    return weights


def log_exposure(history: History, i: Array, j: Array) -> Array:
    """ln(a_i + 1/2) + ln(a_j + 1/2), a = earlier records that name the body but not both, float32."""
    together = history.shared.at(dyad_number(i, j, history.n))
    logs = np.log(history.mentions + 0.5)
    exposure = logs[i] + logs[j]
    few = np.flatnonzero(together)
    for side in (i, j):
        mentions = history.mentions[side[few]]
        exposure[few] += np.log(mentions - together[few] + 0.5) - np.log(mentions + 0.5)
    return exposure.astype(np.float32)


def _outcomes(history: History, now: PairCounts, i: Array, j: Array) -> dict[str, Array]:
    """The columns about ties: of this period, earlier ones, and the two risk sets."""
    number = dyad_number(i, j, history.n)
    rows, place = PairCounts(history.ties.keys, history.ties.count).find(number)
    tied_before = np.zeros(len(number), dtype=bool)
    tied_before[rows] = True
    n_projects = now.at(number).astype(np.int16)
    tie = n_projects > 0
    at_risk = n_common(history.periods_active, i, j).astype(np.int16)
    since = {limit: history.position - getattr(history.ties, limit)[place] for limit in ("first", "last")}
    return {
        "n_projects": n_projects,
        "tie": tie,
        "prior_projects": _at(rows, history.ties.count[place], len(number), np.int32),
        "periods_at_risk": at_risk,
        **{
            f"periods_since_{limit}_tie": np.ma.MaskedArray(
                _at(rows, values, len(number), np.int16), mask=~tied_before
            )
            for limit, values in since.items()
        },
        "in_emergence_risk_set": ~tied_before,
        "emergence": np.ma.MaskedArray(tie & ~tied_before, mask=tied_before),
        "in_recurrence_risk_set": tied_before,
        "recurrence": np.ma.MaskedArray(tie & tied_before, mask=~tied_before),
        "left_truncated": history.older_than_records[i] & history.older_than_records[j],
        "inherited": _at(rows, history.ties.inherited[place], len(number), bool),
    }


def _at(rows: Array, values: Array, size: int, dtype: type) -> Array:
    """A column (size,) that holds ``values`` at ``rows`` and 0 elsewhere."""
    column: Array = np.zeros(size, dtype=dtype)
    column[rows] = values
    return column


def undated_ties(tables: Tables, history: History) -> PairCounts:
    """Dyads tied by a project without a period, by the bodies that now bear the history."""
    members = tables.memberships.at(-1)
    members = members.where(tables.is_tie[members.project])
    pairs = np.unique(members.project.astype(np.int64) * tables.n + history.bearer[members.cluster])
    project, cluster = np.divmod(pairs, max(tables.n, 1))
    a, b = pairs_of_lists(project)
    return PairCounts.of(dyad_number(cluster[a], cluster[b], tables.n))
