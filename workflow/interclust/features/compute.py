"""Features of pairs, of the panel's rows and of the pairs that list choice needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..contracts import CONTRACTS
from ..panel import blocks as period_files
from ..panel.blocks import Block, Store, frame, write_period
from ..panel.build import build
from ..panel.history import History
from ..panel.pairs import active_pairs, n_shards
from ..panel.settings import SettingsLike
from ..panel.tables import Tables
from ..parallel import mapped
from .dictionary import write_dictionary
from .moments import PANEL_COLUMNS, Moments
from .registry import Array, Feature, select

if TYPE_CHECKING:
    import pandas as pd

    from ..records import Records


def columns(history: History, i: Array, j: Array, names: Iterable[str] | None = None) -> dict[str, Array]:
    """Features of the pairs (i, j), cluster numbers (rows,): ``{name: (rows,) float32}``, NaN missing.

    ``names`` None computes every feature of the registry. Raises ConfigError for an unknown name.
    """
    i, j = np.asarray(i), np.asarray(j)
    return {item.name: item(history, i, j) for item in select(names)}


def table(
    records: Records | Tables,
    names: Iterable[str] | None = None,
    settings: SettingsLike = None,
    *,
    period: str | None = None,
) -> pd.DataFrame:
    """The panel with its features as one table, for small studies (contract ``features/periods``).

    ``settings`` is a study, or the section ``panel`` of one; ``period`` ("call" or "year") sets the unit.
    """
    tables = Tables.of(records, settings, period)
    chosen = beside_panel(select(tables.settings.features.names if names is None else names))
    return frame(with_features(tables, build(tables), chosen))


def beside_panel(chosen: Iterable[Feature]) -> list[Feature]:
    """The features that the panel has not as a column already."""
    held = CONTRACTS["panel/periods"].columns
    return [item for item in chosen if item.name not in held]


def with_features(tables: Tables, blocks: Iterable[Block], chosen: Sequence[Feature]) -> Iterator[Block]:
    """Add the features to blocks, which come period by period."""
    history: History | None = None
    for block in blocks:
        if history is None or history.period != block.period:
            history = History.before(tables, block.period)
        yield block.with_columns({item.name: item(history, block.i, block.j) for item in chosen})


def list_pairs(tables: Tables, periods: Iterable[int], chosen: Sequence[Feature]) -> Iterator[Block]:
    """Every pair of active bodies in the given periods, with features (contract ``features/lists``)."""
    for period in sorted(set(periods)):
        history = History.before(tables, period)
        for shard in range(n_shards(len(tables.able))):
            i, j = active_pairs(shard, tables.able, history.active_numbers)
            yield Block(period, shard, i, j, {item.name: item(history, i, j) for item in chosen})


def write(
    records: Records | Tables,
    settings: SettingsLike,
    panel: str | Path,
    folder: str | Path,
    threads: int = 1,
) -> None:
    """Write ``results/<study>/features`` from the records and the folder of the stage panel.

    periods/period=NNN.parquet, lists.parquet, moments.json, dictionary.csv. Which features is said by
    ``features.names`` (all by default). ``threads`` periods are worked on at a time; the files are the
    same whatever their number.
    """
    tables, panel, folder = Tables.of(records, settings), Path(panel), Path(folder)
    period_files.clear(folder / "periods")
    periods = Store.open(panel / "periods").periods
    moments = _write_some(tables, panel, folder, periods, threads)
    _write_rest(tables, panel, folder, moments)


def write_periods(
    records: Records | Tables,
    settings: SettingsLike,
    panel: str | Path,
    folder: str | Path,
    periods: Sequence[int],
    threads: int = 1,
) -> None:
    """Write the files of some periods alone: a part of ``write`` for one job of several, then ``gather``."""
    _write_some(Tables.of(records, settings), Path(panel), Path(folder), periods, threads)


def gather(
    records: Records | Tables,
    settings: SettingsLike,
    panel: str | Path,
    folder: str | Path,
    threads: int = 1,
) -> None:
    """Write what ``write`` does beside the period files, which ``write_periods`` has written."""
    tables, panel, folder = Tables.of(records, settings), Path(panel), Path(folder)
    periods = Store.open(panel / "periods").periods
    period_files.clear(folder / "periods", keep=periods)
    names = [item.name for item in beside_panel(select(tables.settings.features.names))]
    moments = mapped(lambda period: moments_of(folder / "periods", period, names), periods, threads)
    _write_rest(tables, panel, folder, moments)


def _write_some(
    tables: Tables, panel: Path, folder: Path, periods: Sequence[int], threads: int
) -> list[Moments]:
    """Write the files of some periods; return the moments of each."""
    chosen = beside_panel(select(tables.settings.features.names))
    return mapped(
        lambda period: write_period_of(tables, period, panel / "periods", chosen, folder / "periods"),
        periods,
        threads,
    )


def _write_rest(tables: Tables, panel: Path, folder: Path, moments: Iterable[Moments]) -> None:
    """The pairs of lists, the moments of all periods, added in their order, and the dictionary."""
    from ..io import write_json

    chosen, whole = select(tables.settings.features.names), Moments()
    for item in moments:
        whole.merge(item)
    _write_lists(tables, panel, chosen, folder / "lists.parquet")
    write_json(whole.result(), folder / "moments.json")
    write_dictionary(chosen, folder / "dictionary.csv")


def write_period_of(
    tables: Tables, period: int, panel: Path, chosen: Sequence[Feature], folder: Path
) -> Moments:
    """Write the file of one period from that of the panel; return the moments of its columns."""
    names, moments = [item.name for item in chosen], Moments()
    blocks = with_features(tables, Store.open(panel, only=period).of_period(period), chosen)
    path = folder / period_files.file_name(period)
    write_period(
        moments.watch(blocks, names), path, "features/periods", names, tables.settings.panel.sampling
    )
    return moments


def moments_of(folder: Path, period: int, names: Sequence[str]) -> Moments:
    """The moments of one period, read again from its file of features."""
    store, moments = Store.open(folder, "features/periods", only=period), Moments()
    columns = [*PANEL_COLUMNS, *names, "in_emergence_risk_set", *store.weights]
    for block in store.of_period(period, columns):
        moments.add(block, names)
    return moments


def _write_lists(tables: Tables, panel: Path, chosen: Sequence[Feature], path: Path) -> None:
    """Pairs for the list models: none if the study does without them."""
    from ..panel.blocks import write_pairs

    periods: set[int] = set()
    if tables.settings.features.lists:
        lists = CONTRACTS["panel/lists"].read(panel / "lists.parquet")
        periods = {int(period) for column in ("period_low", "period_high") for period in lists[column]}
    write_pairs(list_pairs(tables, periods, chosen), path, "features/lists", [item.name for item in chosen])
