"""Geographic proximity: head offices and the regions covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..panel.bits import n_common
from .pairwise import equal_codes
from .registry import Array, feature

if TYPE_CHECKING:
    from ..panel.history import History

EARTH_RADIUS_KM = 6371.0088
REGION_RULE = (
    "missing if no region is known for one of the two",
    "manquant si aucune région n'est connue pour l'un des deux",
)


@feature(
    "log_distance_km",
    group="geographic",
    label=("log distance", "distance (log)"),
    unit=("ln km", "ln km"),
    definition=(
        "ln of the great-circle distance between head offices, at least geographic_floor_km",
        "ln de la distance à vol d'oiseau entre les sièges, au moins geographic_floor_km",
    ),
    source="registry, coordinates of the commune of the head office",
    date="timeless",
    needs=("clusters.lat", "clusters.lon"),
    settings=("geographic_floor_km",),
)
def log_distance_km(history: History, i: Array, j: Array) -> Array:
    """By the chord between the two places on a sphere of the mean radius (the haversine formula)."""
    places = history.once("places", lambda: _on_sphere(history.coordinates))
    half = np.sqrt(sum((axis[i] - axis[j]) ** 2 for axis in places)) / 2
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(half, 1.0))
    return np.log(np.maximum(km, history.options.geographic_floor_km))


@feature(
    "same_hq_region",
    group="geographic",
    label=("head offices in one region", "sièges dans la même région"),
    definition=("both head offices lie in one region", "les deux sièges sont dans la même région"),
    source="registry, region before 2016",
    date="timeless",
    needs=("clusters.region",),
)
def same_hq_region(history: History, i: Array, j: Array) -> Array:
    """Regions of the head offices are equal."""
    return equal_codes(history.coded("region").codes, i, j)


@feature(
    "same_region",
    group="geographic",
    label=("common region", "région commune"),
    definition=(
        "the regions covered have one in common (without coverage known: the head office's region)",
        "les régions couvertes ont une région en commun (à défaut : la région du siège)",
    ),
    source="registry, regions covered",
    date="in force",
    missing=REGION_RULE,
    needs=("territories", "clusters.region"),
)
def same_region(history: History, i: Array, j: Array) -> Array:
    """Covered regions intersect."""
    return _known(history, i, j, n_common(history.covered, i, j) > 0)


@feature(
    "territory_overlap",
    group="geographic",
    label=("territory overlap", "recouvrement des territoires"),
    unit=("share", "part"),
    definition=(
        "regions covered by both over regions covered by either (Jaccard)",
        "régions couvertes par les deux sur régions couvertes par l'un ou l'autre (Jaccard)",
    ),
    source="registry, regions covered",
    date="in force",
    missing=REGION_RULE,
    needs=("territories", "clusters.region"),
)
def territory_overlap(history: History, i: Array, j: Array) -> Array:
    """Jaccard index of the covered regions."""
    both = n_common(history.covered, i, j)
    either = history.n_covered[i] + history.n_covered[j] - both
    return _known(history, i, j, both / np.maximum(either, 1))


@feature(
    "contiguous_region",
    group="geographic",
    label=("neighbouring regions", "régions voisines"),
    definition=(
        "no region in common, but a region of one borders on a region of the other",
        "pas de région commune, mais une région de l'un touche une région de l'autre",
    ),
    source="registry, regions covered and their neighbours",
    date="in force",
    missing=REGION_RULE,
    needs=("territories", "regions.neighbours"),
)
def contiguous_region(history: History, i: Array, j: Array) -> Array:
    """Neighbouring without a common region; needs a table of neighbours."""
    if not history.regions_known:
        return np.full(len(i), np.nan)
    borders = (history.covered[i] & history.neighbouring[j]).any(axis=1)
    return _known(history, i, j, borders & (n_common(history.covered, i, j) == 0))


def _on_sphere(degrees: Array) -> Array:
    """Latitudes and longitudes (n, 2) as places on the unit sphere (3, n)."""
    lat, lon = np.radians(degrees).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _known(history: History, i: Array, j: Array, values: Array) -> Array:
    """The values, NaN where no region of one of the two is known."""
    known = (history.n_covered[i] > 0) & (history.n_covered[j] > 0)
    return np.where(known, values.astype(float), np.nan)
