"""Institutional proximity: kinds, vocations, policies and agreements in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.dyads import dyad_number
from ..panel.pairs import PairCounts
from .pairwise import equal_codes
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History


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
