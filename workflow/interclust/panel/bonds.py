"""The part of History about what binds bodies: what a project counts, moves of directors, affiliations."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from . import people
from .bits import pack
from .tables import Tables

if TYPE_CHECKING:
    from .arrays import Dated, Memberships
    from .settings import FeatureSettings

Array = np.ndarray


class Bonds:
    """What History adds up from earlier projects, moves and affiliations; arrays by cluster number (n,)."""

    _tables: Tables
    position: int

    if TYPE_CHECKING:  # History has these

        @property
        def n(self) -> int: ...  # noqa: D102
        @property
        def reference(self) -> np.datetime64: ...  # noqa: D102
        @property
        def options(self) -> FeatureSettings: ...  # noqa: D102
        @property
        def memberships(self) -> Memberships: ...  # noqa: D102
        @cached_property
        def bearer(self) -> Array: ...  # noqa: D102

    # ---- projects

    @property
    def n_projects(self) -> int:
        """Number of projects of any period, by which project numbers run."""
        return len(self._tables.project_period)

    @cached_property
    def earlier(self) -> Array:
        """Projects of earlier periods, bool (P,)."""
        earlier: Array = (self._tables.project_period >= 0) & (self._tables.project_period < self.position)
        return earlier

    @cached_property
    def lists_complete(self) -> bool:
        """Whether the list of every earlier project is complete: who is not named did not take part."""
        return bool(self._tables.has_complete_list[self.earlier].all())

    @cached_property
    def named(self) -> Any:
        """Who is named in which earlier project, 0/1 (P, n) CSR, by the bearer of the history."""
        from scipy.sparse import coo_array

        members = self.memberships
        ones, shape = np.ones(len(members.project)), (self.n_projects, self.n)
        return coo_array((ones, (members.project, members.cluster)), shape=shape).tocsr()

    @cached_property
    def n_named(self) -> Array:
        """Bodies named in each earlier project, int64 (P,); 0 for others."""
        return np.bincount(self.memberships.project, minlength=self.n_projects)

    @cached_property
    def ties_made(self) -> Array:
        """Earlier projects that tie their members: of the sets that count, with two bodies, bool (P,)."""
        tying: Array = self._tables.is_tie & (self.n_named > 1)
        return tying

    @cached_property
    def pair_weight(self) -> Array:
        """What an earlier project counts for each of its pairs, float64 (P,): 1 or 1/(m-1); 0 if no tie."""
        share = 1.0 if self.options.project_weight == "whole" else 1 / np.maximum(self.n_named - 1, 1)
        return np.where(self.ties_made, share, 0.0)

    @cached_property
    def strength_made(self) -> Array:
        """``pair_weight``, halved every ``half_life`` months between the periods, float64 (P,)."""
        from .history import months_between

        if self.options.half_life is None:
            return self.pair_weight
        months = months_between(self._tables.calendar.reference[: self.position], self.reference)
        place = np.where(self.earlier, self._tables.project_period, 0)
        age = months[place] if len(months) else np.zeros(self.n_projects)
        decayed: Array = self.pair_weight * 0.5 ** (age / self.options.half_life)
        return decayed

    # ---- people and affiliations

    @property
    def _all_moves(self) -> Dated:
        return self._tables.once("moves", lambda: people.moves(self._tables))

    @property
    def moves_recorded(self) -> bool:
        """Whether the study records any dated move of a director from one body to another."""
        return len(self._all_moves.known) > 0

    @cached_property
    def moves(self) -> dict[str, Array]:
        """Moves of directors: the two bodies (bearers of the history), low, high; low NaT where not known."""
        found = self._all_moves.before(self.reference)
        one, other = self.bearer[found["cluster"]], self.bearer[found["other"]]
        apart = one != other
        dates = {name: found[name][apart] for name in ("low", "high")}
        return {"i": one[apart], "j": other[apart], **dates}

    def affiliated(self, group: str) -> Array | None:
        """Affiliations of a group in force on the day, as bit sets (n, words); None if none is ever recorded.

        The names of a group are a setting (``features.affiliations``).
        """
        names = self.options.affiliations.get(group, ())
        named = self._tables.once("affiliations named", lambda: people.affiliations_named(self._tables))
        codes = [place for place, name in enumerate(named) if name in names]
        if not codes:
            return None
        known = self._tables.once("affiliations", lambda: people.affiliations(self._tables))
        held = known.before(self.reference)
        in_force = np.isnat(held["until"]) | (held["until"] >= self.reference)
        flags = np.zeros((self.n, len(named)), dtype=bool)
        flags[held["cluster"][in_force], held["affiliation"][in_force]] = True
        return pack(flags[:, codes])
