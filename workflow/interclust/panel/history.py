"""History: all that was known before a period, and nothing else.

Features and the risk sets of a period are computed from it alone, so that they cannot look ahead: records
of earlier periods; facts, events, territories, agreements and affiliations dated before the reference
day of the period; mergers in force on that day. Judgements made once for all time (sector, keywords, place,
technology/market class, vocation) hold always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .arrays import Coded, Memberships
from .bits import n_common, pack, unpack
from .bonds import Bonds
from .lineage import heirs, lineage_min, lineage_or
from .pairs import PairCounts, dyad_nodes
from .settings import FeatureSettings, SettingsLike
from .tables import Tables
from .territory import borders, covered_regions
from .ties import Events, Named, PriorTies, by_bearer, pair_events, prior_ties

if TYPE_CHECKING:
    from ..records import Records

Array = np.ndarray
Value = TypeVar("Value")

DAYS_PER_MONTH = 365.25 / 12


def months_between(start: Array, end: np.datetime64) -> Array:
    """Calendar months from ``start`` to ``end``, days as parts of a mean month; NaN for NaT."""
    first, last = start.astype("datetime64[M]"), end.astype("datetime64[M]")
    days = (end - last.astype("datetime64[D]")) - (start - first.astype("datetime64[D]"))
    months: Array = (last - first).astype(float) + days.astype(float) / DAYS_PER_MONTH
    return np.where(np.isnat(start), np.nan, months)


@dataclass(frozen=True)
class History(Bonds):
    """What was known before a period; arrays are by cluster number (n,). Cheap to make, lazy inside."""

    _tables: Tables = field(repr=False)
    position: int
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def before(cls, records: Records | Tables, period: int, settings: SettingsLike = None) -> History:
        """The history before ``period`` (a call or a year, as the settings say).

        Pass ready ``Tables`` to go through many periods. Raises ConfigError for an unknown period.
        """
        tables = Tables.of(records, settings)
        return cls(tables, tables.calendar.position(period))

    @property
    def n(self) -> int:
        """Number of clusters of any kind and state."""
        return self._tables.n

    @property
    def period(self) -> int:
        """The call or the year."""
        return int(self._tables.calendar.periods[self.position])

    @property
    def reference(self) -> np.datetime64:
        """The day that "before" refers to for everything but records of projects."""
        day: np.datetime64 = self._tables.calendar.reference[self.position]
        return day

    @property
    def options(self) -> FeatureSettings:
        """Parameters of features."""
        return self._tables.settings.features

    def once(self, key: str, make: Callable[[], Value]) -> Value:
        """Keep what a feature works out for all pairs of the period."""
        if key not in self._kept:
            self._kept[key] = make()
        value: Value = self._kept[key]
        return value

    # ---- bodies

    @cached_property
    def active(self) -> Array:
        """Eligible and active on the reference day, bool."""
        return self._tables.activity[:, self.position]

    @cached_property
    def active_numbers(self) -> Array:
        """Numbers of the active bodies, sorted."""
        return np.flatnonzero(self.active)

    @cached_property
    def bearer(self) -> Array:
        """The body that bears the history of each, int32: itself, or the successor of one that merged."""
        if self._tables.settings.panel.successors == "restarted":
            return np.arange(self.n, dtype=np.int32)
        gone = ~np.isnat(self._tables.active_to) & (self._tables.active_to <= self.reference)
        return heirs(self._tables.successor, gone)

    @cached_property
    def start(self) -> Array:
        """Start of operations, of the oldest predecessor too; NaT where not known."""
        return lineage_min(self._tables.start, self.bearer)

    @cached_property
    def age_months(self) -> Array:
        """Months of operation by the reference day, 0 if it has not started; NaN where not known."""
        return np.maximum(months_between(self.start, self.reference), 0.0)

    @cached_property
    def development(self) -> Array:
        """1.0 in development, 0.0 while structuring (``structuring_months`` from the start); NaN unknown."""
        grown = (self.age_months >= self.options.structuring_months).astype(float)
        return np.where(np.isnan(self.age_months), np.nan, grown)

    def coded(self, column: str) -> Coded:
        """Codes of a timeless attribute: kind, sector, vocation, diffusion, region (of the head office)."""
        return self._tables.coded[column]

    @cached_property
    def coordinates(self) -> Array:
        """Latitude and longitude of head offices in degrees (n, 2), NaN where not known."""
        table = self._tables.records.clusters[["lat", "lon"]]
        return table.to_numpy(dtype=float, na_value=np.nan)

    # ---- territory

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the regions, in the order of the bit sets."""
        return self._tables.regions

    @cached_property
    def covered(self) -> Array:
        """Regions covered as bit sets (n, words): territories in force, else the head office's region."""
        held = self._tables.territories.before(self.reference)
        home = self._tables.home_region
        return pack(covered_regions(held, home, len(self.regions)))

    @cached_property
    def n_covered(self) -> Array:
        """Number of regions covered."""
        return n_common(self.covered, np.arange(self.n), np.arange(self.n))

    @cached_property
    def neighbouring(self) -> Array:
        """Regions that border on a covered one, as bit sets (n, words); none if no neighbours are known."""
        flags = unpack(self.covered, len(self.regions))
        return pack(flags @ borders(self._tables.records.regions, self.regions))

    @cached_property
    def integrated(self) -> Array:
        """Regions with an integrated policy towards clusters, one bit set (1, words)."""
        table = self._tables.records.regions
        names = set(table.loc[table["integrated"].to_numpy(dtype=bool), "region"])
        return pack(np.array([[name in names for name in self.regions]], dtype=bool))

    @property
    def regions_known(self) -> bool:
        """Whether a table of regions was given (neighbours, integrated policies)."""
        return len(self._tables.records.regions) > 0

    # ---- facts

    def fact(self, name: str) -> Array:
        """Latest known value of a fact, NaN where none was known (n,)."""
        return self.once(f"fact {name}", lambda: self._latest(name, "value"))

    def fact_text(self, name: str) -> Array:
        """Latest known wording of a fact, None where none was known (n,) object."""
        return self.once(f"text {name}", lambda: self._latest(name, "text"))

    def _latest(self, name: str, column: str) -> Array:
        from ..contracts import FACTS

        rows = self._tables.facts.before(self.reference)
        told = np.array([cell is not None and cell == cell for cell in rows[column]], dtype=bool)
        chosen = np.flatnonzero((rows["fact"] == FACTS.index(name)) & (rows["cluster"] >= 0) & told)
        latest = np.full(self.n, np.nan) if column == "value" else np.full(self.n, None, dtype=object)
        latest[rows["cluster"][chosen]] = rows[column][chosen]  # sorted by day: the last one stays
        return latest

    def happened(self, names: tuple[str, ...]) -> dict[str, Array]:
        """What is known to have happened, from events and facts of these names: cluster, low, high (k,)."""
        from ..contracts import FACTS

        events, facts = self._tables.events.before(self.reference), self._tables.facts.before(self.reference)
        codes = [FACTS.index(name) for name in names if name in FACTS]
        kept = np.isin(events["event"].astype(str), names) & (events["cluster"] >= 0)
        told = np.isin(facts["fact"], codes) & (facts["cluster"] >= 0)
        columns = ("cluster", "low", "high")
        return {name: np.concatenate([events[name][kept], facts[name][told]]) for name in columns}

    @cached_property
    def agreements(self) -> dict[str, Array]:
        """Agreements signed: i, j, until (last day in force, NaT open)."""
        return self._tables.agreements.before(self.reference)

    @property
    def agreements_recorded(self) -> bool:
        """Whether the study records agreements at all."""
        return len(self._tables.records.agreements) > 0

    @property
    def relations(self) -> tuple[Array, Array, Array]:
        """Relations judged once for all time: ego and alter (cluster numbers, -1 none), whether rivals.

        Lines of a ledger that judge no relation, but tell of contacts, say nothing of rivalry.
        """
        table = self._tables.records.relations
        table = table[table["relation"].notna()]
        rival = (table["relation"] == "rival").fillna(False).to_numpy(dtype=bool)
        return self._tables.number(table["ego_id"]), self._tables.number(table["alter_id"]), rival

    # ---- projects

    @cached_property
    def _named(self) -> Named:
        """Memberships of earlier projects."""
        return by_bearer(self._tables.memberships.before(self.position), self.bearer)

    @property
    def memberships(self) -> Memberships:
        """Who was named in which project of an earlier period, by the bearer of the history."""
        return self._named.members

    @cached_property
    def mentions(self) -> Array:
        """Earlier projects, with whatever list, that name the body, int64."""
        return np.bincount(self.memberships.cluster, minlength=self.n)

    @cached_property
    def named_together(self) -> Events:
        """Every two bodies named in one earlier project, whatever its list."""
        return pair_events(self._named, self.n)

    @cached_property
    def shared(self) -> PairCounts:
        """Earlier projects that name both bodies of a dyad."""
        return PairCounts.of(self.named_together.key)

    @cached_property
    def ties(self) -> PriorTies:
        """The dyads tied before: by earlier projects of the sets that count as ties."""
        return prior_ties(pair_events(self._named.where(self._tables.is_tie), self.n))

    @cached_property
    def tie_matrix(self) -> Any:
        """Earlier ties as a symmetric sparse matrix (n, n) of numbers of projects, CSR."""
        from scipy.sparse import coo_array

        i, j = dyad_nodes(self.ties.keys, self.n)
        rows, columns = np.concatenate([i, j]), np.concatenate([j, i])
        values = np.concatenate([self.ties.count, self.ties.count]).astype(float)
        return coo_array((values, (rows, columns)), shape=(self.n, self.n)).tocsr()

    @cached_property
    def partners(self) -> Array:
        """Number of distinct bodies tied with each one before, int64."""
        return np.diff(self.tie_matrix.indptr).astype(np.int64)

    # ---- time at risk

    @cached_property
    def periods_active(self) -> Array:
        """Periods up to this one in which the body or a predecessor was active, as bit sets (n, words)."""
        return lineage_or(pack(self._tables.activity[:, : self.position + 1]), self.bearer)

    @cached_property
    def older_than_records(self) -> Array:
        """Bodies active (or with a predecessor active) before the first period of the records, bool."""
        first = self._tables.calendar.reference[0]
        return lineage_min(self._tables.active_from, self.bearer) < first

    # ---- texts

    @cached_property
    def keyword_counts(self) -> Any:
        """Words of the keywords of active bodies (n, V) CSR; the rows of others are empty."""
        from scipy.sparse import diags_array

        kept = diags_array(self.active.astype(float), format="csr") @ self._tables.texts.keywords
        kept.eliminate_zeros()
        return kept.tocsr()

    @cached_property
    def topic_counts(self) -> Any:
        """Words of the topics of earlier projects (P, V) CSR; the rows of others are empty."""
        from scipy.sparse import diags_array

        earlier = self._tables.project_period < self.position
        earlier &= self._tables.project_period >= 0
        kept = diags_array(earlier.astype(float), format="csr") @ self._tables.texts.topics
        kept.eliminate_zeros()
        return kept.tocsr()
