"""What the interactive page holds, as plain values for JSON: everything by its place in the page's lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import labels
from .explorer_records import CHANNELS, Records, Ties, strongest
from .figures.layout import place_nodes
from .figures.network import short
from .geography import Chart, chart, outline
from .network_files import UNKNOWN_START, addresses, one_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .language import Language
    from .results import Results

Row = Mapping[str, Any]
MOST_SHOWN = 120  # ties that a screen shows to begin with
UNLISTED = 2.0  # how much longer than the weakest listed tie another one is wished
SIZE = 1000  # of the network, which the page stretches to its own


def collect(results: Results, say: Language) -> dict[str, Any]:
    """Everything that the page of one language holds.

    A tie is ``[i, j, listed projects, other projects]``. ``least`` above 1 says that weaker ties are left
    out, ``whole`` that nothing is, ties or what has none; ``start`` is the number of projects from which ties
    are shown to begin with.
    """
    records = Records(results)
    ties, least = strongest(records.ties())
    whole = least == 1 and records.bearable
    clusters, projects = _kept(records, ties, whole=whole)
    place = {number: order for order, number in enumerate(clusters)}
    order = {str(row["project_id"]): at for at, row in enumerate(projects)}
    relations = [row for row in records.relations if set(row["pair"]) <= place.keys()]
    drawn: list[list[Any]] = [[place[i], place[j], *_split(own, order)] for (i, j), own in ties.items()]
    located = _locate(records, clusters, say)
    network = _arrange(len(clusters), drawn, [[place[end] for end in row["pair"]] for row in relations])
    return {
        "periods": [[int(row.period), _day(row.reference)] for row in records.periods.itertuples()],
        "clusters": [
            _cluster(records, number, say) | {"net": network[at].tolist(), "map": _point(located, at)}
            for at, number in enumerate(clusters)
        ],
        "projects": [_project(records, row, place, say) for row in projects],
        "ties": drawn,
        "relations": [_relation(records, row, place, say) for row in relations],
        "channels": [name for name in CHANNELS if any(row[name] is True for row in relations)],
        "land": _land(located, say),
        "least": least,
        "whole": whole,
        "start": start([len(listed) for _, _, listed, _ in drawn]),
    }


def start(counts: Sequence[int]) -> int:
    """The number of projects from which at most ``MOST_SHOWN`` ties have as many."""
    least = 1
    while sum(count >= least for count in counts) > MOST_SHOWN:
        least += 1
    return least


def _kept(records: Records, ties: Ties, *, whole: bool) -> tuple[list[int], list[Row]]:
    """Clusters by number and rows of projects: all that are named somewhere, or those of the ties."""
    clusters = {number for pair in ties for number in pair}
    if whole:
        clusters.update(number for own in records.named.values() for number in own)
        clusters.update(number for row in records.relations for number in row["pair"])
    tied = {project for own in ties.values() for project, _ in own}
    kept = records.projects["project_id"].isin(tied if not whole else {*tied, *records.named})
    return sorted(clusters), records.projects[kept].to_dict("records")


def _split(own: Sequence[tuple[str, bool]], order: Mapping[str, int]) -> tuple[list[int], list[int]]:
    """Places of the projects whose list names both, and of the others."""
    listed = [order[project] for project, on_list in own if on_list]
    return listed, [order[project] for project, on_list in own if not on_list]


def _arrange(n: int, ties: Sequence[Sequence[Any]], relations: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Places (n, 2) in the network, y downwards: the more projects a pair shares, the nearer it is wished."""
    strength = {(i, j): max(len(listed), 1 / UNLISTED**2) for i, j, listed, _ in ties}
    for ends in relations:
        strength.setdefault((min(ends), max(ends)), 1 / UNLISTED**2)
    edges = np.array(sorted(strength), dtype=np.int64).reshape(-1, 2)
    values = np.array([strength[(i, j)] for i, j in edges.tolist()])
    lengths = (values.max() / values) ** 0.25 if len(values) else values
    places = place_nodes(n, edges, aspect=1.4, lengths=lengths) if n else np.zeros((0, 2))
    low, span = (places.min(axis=0), np.ptp(places, axis=0)) if n else (0.0, 1.0)
    scaled = (places - low) / np.maximum(span, 1e-9)
    return np.column_stack([scaled[:, 0], 1 - scaled[:, 1]]).dot(SIZE).round().astype(np.int64)


def _locate(records: Records, clusters: Sequence[int], say: Language) -> Chart:
    held = records.clusters.iloc[clusters]
    lon, lat = (held[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    parts = outline(held["country"], say.source)
    on_map = ~np.isnan(chart(lon, lat, parts).places[:, 0]) if len(held) else np.zeros(0, dtype=bool)
    return chart(np.where(on_map, lon, np.nan), np.where(on_map, lat, np.nan), parts)


def _point(located: Chart, at: int) -> list[float] | None:
    x, y = located.places[at]
    return None if np.isnan(x) else [round(float(x), 3), round(located.height - float(y), 3)]


def _land(located: Chart, say: Language) -> dict[str, Any] | None:
    """Lines and boxes of the map, y downwards; None where no cluster is on it."""
    if np.isnan(located.places[:, 0]).all():
        return None
    height = located.height
    flip = [np.column_stack([line[:, 0], height - line[:, 1]]) for line in located.lines]
    return {
        "width": round(located.width, 3),
        "height": round(height, 3),
        "lines": [line.round(2).ravel().tolist() for line in flip],
        "boxes": [
            [round(box.x, 3), round(height - box.y - box.side, 3), box.side, say.known("map_parts", box.name)]
            for box in located.boxes
        ],
        "meridians": [[say.number(degree, "count"), round(x, 3)] for degree, x in located.meridians],
        "parallels": [[say.number(degree, "count"), round(height - y, 3)] for degree, y in located.parallels],
    }


def _cluster(records: Records, number: int, say: Language) -> dict[str, Any]:
    row = records.clusters.iloc[number].to_dict()
    own = (text for named in records.named.values() for text in named.get(number, ()))
    found = {
        "name": one_line(row["name"]),
        "short": short(one_line(row["name"])),
        "sector": labels.sector(one_line(row["sector"]), say),
        "vocation": say.known("vocations", one_line(row["vocation"]) or "unknown"),
        "side": one_line(row["diffusion"]),
        "printed": sorted(set(own)),
    }
    return found | {"facts": _facts(records, row, found, say)}


def _facts(records: Records, row: Row, found: Row, say: Language) -> list[tuple[str, str]]:
    """What the registry says of a cluster, as pairs of a heading and a text."""
    side = say.known("diffusion", found["side"] or "unknown")
    label = "" if row["active_from_basis"] == UNKNOWN_START else _day(row["active_from"])
    facts = {
        "kind": say.known("kinds", row["kind"]),
        "sector": found["sector"],
        "region": one_line(row["region"]),
        "covers": ", ".join(records.territories.get(row["cluster_id"], ())),
        "vocation": found["vocation"] if one_line(row["vocation"]) else "",
        "side": side if found["side"] else "",
        "label": label,
        "start": _days(row["start_low"], row["start_high"], say),
        "development": _development(row, records.structuring_months),
        "end": _day(row["active_to"]),
        "successor": _name_of(records, row["successor"]),
    }
    return [(say(f"explorer.facts.{name}"), text) for name, text in facts.items() if text]


def _development(row: Row, months: int | None) -> str:
    """The day from which a cluster is in development: so many months after its operations began."""
    import pandas as pd

    begun = _known(row["start_low"])
    return "" if months is None or begun is None else _day(pd.Timestamp(begun) + pd.DateOffset(months=months))


def _name_of(records: Records, cluster: object) -> str:
    place = records.number.get(cluster) if isinstance(cluster, str) else None
    return one_line(records.clusters["name"].iloc[place]) if place is not None else ""


def _project(records: Records, row: Row, place: Mapping[int, int], say: Language) -> dict[str, Any]:
    """A project: its text, time, clusters ``[place, labels as printed]``, and where it was found."""
    project = str(row["project_id"])
    kind, on_list = records.lists.get(project, ("", ()))
    named = records.named.get(project, {})
    bodies = {*named, *on_list}
    low, high = _span(records, row)
    found = {
        "name": one_line(row["acronym"]) or project,
        "topic": one_line(row["topic"]),
        "lead": one_line(row["coordinator"]),
        "low": low,
        "high": high,
        "dated": low == high,
        "said": _days(row["announced_low"], row["announced_high"], say),
        "list": kind,
        "status": say.known("list_statuses", row["list_status"]),
        "named": [[place[number], named.get(number, [])] for number in sorted(bodies & place.keys())],
        "others": len(bodies - place.keys()),
        "sources": [one_line(source) for source in row["sources"]],
        "urls": addresses(row["url"]),
    }
    return {key: value for key, value in found.items() if value not in ("", [], 0, None)}


def _span(records: Records, row: Row) -> tuple[int, int]:
    """First and last period in which a project may stand."""
    first, last = records.periods["period"].min(), records.periods["period"].max()
    stated, low, high = (_known(row[name]) for name in ("period", "period_low", "period_high"))
    if stated is not None:
        low = high = stated
    return int(first if low is None else low), int(last if high is None else high)


def _relation(records: Records, row: Row, place: Mapping[int, int], say: Language) -> list[Any]:
    """A row of the ledger: ego, alter, first and last period, its channels, phase, and where it is told."""
    i, j = row["pair"]
    low, high = (_period_of(records, row[name], end) for name, end in (("from_low", 0), ("to_high", -1)))
    channels = [name for name in CHANNELS if row[name] is True]
    phase = row["phase"] if isinstance(row["phase"], str) else "blank"
    return [place[i], place[j], low, high, channels, say.known("phases", phase), one_line(row["locator"])]


def _period_of(records: Records, day: Any, end: int) -> int:
    """The period in whose span a day lies; the first or last one (``end`` 0 or -1) where it is not known."""
    periods = records.periods["period"]
    if _known(day) is None:
        return int(periods.iloc[end])
    before = int((records.periods["reference"] <= day).sum())
    return int(periods.iloc[max(before - 1, 0)])


def _known(value: Any) -> Any:
    """A value of a table; None for every kind of missing."""
    import pandas as pd

    return None if pd.isna(value) else value


def _day(value: Any) -> str:
    return "" if _known(value) is None else str(value)[:10]


def _days(low: Any, high: Any, say: Language) -> str:
    """A date, or the interval in which it lies."""
    ends = list(dict.fromkeys(day for day in (_day(low), _day(high)) if day))
    return say("explorer.script.span", **{"from": ends[0], "to": ends[1]}) if len(ends) > 1 else "".join(ends)
