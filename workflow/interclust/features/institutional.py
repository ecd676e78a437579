"""Institutional proximity: kinds, vocations, policies and agreements in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.bits import n_common
from ..panel.pairs import PairCounts
from .pairwise import equal_codes
from .registry import Array, Text, feature

if TYPE_CHECKING:
    from ..panel.history import History

POLE = "pole"
AFFILIATIONS = "records, affiliations; the names of each group are the setting features.affiliations"
NO_AFFILIATION: Text = (
    "missing if no affiliation of the group is recorded at all, for any body at any time",
    "manquant si aucune affiliation du groupe n'est relevée, pour aucun organisme à aucune date",
)


@feature(
    "same_kind",
    group="institutional",
    label=("same kind of body", "même type d'organisme"),
    definition=("both are of one kind (pôle, grappe ...)", "les deux sont du même type (pôle, grappe…)"),
    source="registry",
    date="timeless",
    needs=("clusters.kind",),
)
def same_kind(history: History, i: Array, j: Array) -> Array:
    """Kinds are equal."""
    return equal_codes(history.coded("kind").codes, i, j)


@feature(
    "mixed_kind",
    group="institutional",
    label=("a pôle and another kind", "un pôle et un autre type"),
    definition=(
        "one is a pôle and the other a body of another kind",
        "l'un est un pôle et l'autre un organisme d'un autre type",
    ),
    source="registry",
    date="timeless",
    needs=("clusters.kind",),
)
def mixed_kind(history: History, i: Array, j: Array) -> Array:
    """One of the two is a pôle."""
    kinds = history.coded("kind")
    pole = np.append([word == POLE for word in kinds.words], False)[kinds.codes]
    known = (kinds.codes[i] >= 0) & (kinds.codes[j] >= 0)
    return np.where(known, (pole[i] != pole[j]).astype(float), np.nan)


@feature(
    "same_vocation",
    group="institutional",
    label=("same vocation", "même vocation"),
    definition=(
        "both have one vocation: world, potentially world, national",
        "les deux ont la même vocation : mondiale, à vocation mondiale, nationale",
    ),
    source="registry, vocation 2005-2009",
    date="timeless",
    needs=("clusters.vocation",),
)
def same_vocation(history: History, i: Array, j: Array) -> Array:
    """Vocations are equal."""
    return equal_codes(history.coded("vocation").codes, i, j)


@feature(
    "integrated_region",
    group="institutional",
    label=("common region with an integrated policy", "région commune à politique intégrée"),
    definition=(
        "a region with an integrated policy towards clusters is covered by both",
        "une région à politique intégrée envers les clusters est couverte par les deux",
    ),
    source="regions with an integrated policy as the paper says (no date)",
    date="in force",
    missing=(
        "missing if no region is known for one of the two, or no list of policies is given",
        "manquant si aucune région n'est connue pour l'un des deux, ou sans liste des politiques",
    ),
    needs=("territories", "regions.integrated"),
)
def integrated_region(history: History, i: Array, j: Array) -> Array:
    """A region covered by both is on the list."""
    if not history.regions_known:
        return np.full(len(i), np.nan)
    common = (history.covered[i] & history.covered[j] & history.integrated).any(axis=1)
    known = (history.n_covered[i] > 0) & (history.n_covered[j] > 0)
    return np.where(known, common.astype(float), np.nan)


@feature(
    "agreement",
    group="institutional",
    label=("agreement in force", "accord en vigueur"),
    definition=("an agreement between the two is in force", "un accord entre les deux est en vigueur"),
    source="records, agreements",
    date="in force",
    missing=("missing if no agreement is recorded at all", "manquant si aucun accord n'est relevé"),
    needs=("agreements",),
)
def agreement(history: History, i: Array, j: Array) -> Array:
    """Signed before the reference day and not at its end."""
    if not history.agreements_recorded:
        return np.full(len(i), np.nan)
    signed = history.agreements
    in_force = np.isnat(signed["until"]) | (signed["until"] >= history.reference)
    keys = dyad_number(signed["i"][in_force], signed["j"][in_force], history.n)
    return (PairCounts.of(keys).at(dyad_number(i, j, history.n)) > 0).astype(float)


@feature(
    "same_ministry",
    group="institutional",
    label=("same ministry", "même ministère"),
    definition=(
        "both are affiliated with one and the same name of the group ministry",
        "les deux sont affiliés à un même nom du groupe ministry",
    ),
    source=AFFILIATIONS,
    date="in force",
    missing=NO_AFFILIATION,
    needs=("affiliations",),
    settings=("affiliations",),
)
def same_ministry(history: History, i: Array, j: Array) -> Array:
    """A ministry in common."""
    return _affiliated(history, "ministry", i, j)


@feature(
    "regional_agency_both",
    group="institutional",
    label=("same regional agency", "même agence régionale"),
    definition=(
        "both are affiliated with one and the same name of the group regional_agency",
        "les deux sont affiliés à un même nom du groupe regional_agency",
    ),
    source=AFFILIATIONS,
    date="in force",
    missing=NO_AFFILIATION,
    needs=("affiliations",),
    settings=("affiliations",),
)
def regional_agency_both(history: History, i: Array, j: Array) -> Array:
    """A regional agency in common."""
    return _affiliated(history, "regional_agency", i, j)


@feature(
    "national_federation_both",
    group="institutional",
    label=("same national federation", "même fédération nationale"),
    definition=(
        "both are affiliated with one and the same name of the group national_federation",
        "les deux sont affiliés à un même nom du groupe national_federation",
    ),
    source=AFFILIATIONS,
    date="in force",
    missing=NO_AFFILIATION,
    needs=("affiliations",),
    settings=("affiliations",),
)
def national_federation_both(history: History, i: Array, j: Array) -> Array:
    """A national federation in common."""
    return _affiliated(history, "national_federation", i, j)


def _affiliated(history: History, group: str, i: Array, j: Array) -> Array:
    """1 with an affiliation of the group in common, 0 without, NaN if none of the group is recorded."""
    held = history.once(f"affiliated {group}", lambda: history.affiliated(group))
    return np.full(len(i), np.nan) if held is None else (n_common(held, i, j) > 0).astype(float)
