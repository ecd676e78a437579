"""The network for other programs: GraphML, and GEXF with the periods of bodies and ties as intervals.

Nodes are the bodies that were active in some period or stand on a list, ties the pairs that share a list, as
in the figure of the network. Formats: graphml.graphdrawing.org (1.0) and gexf.net (1.3).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from .. import __version__, io
from .escape import clean
from .results import Results

Value = str | int | float
Span = tuple[int, int]
# Attributes in their order: name and type (GraphML's name of it).
NODES = {
    **dict.fromkeys(("id", "name", "kind", "sector", "region", "country"), "string"),
    **dict.fromkeys(("lat", "lon"), "double"),
    **dict.fromkeys(("active_from", "active_to"), "string"),
    "projects": "int",
}
TIES = {
    **dict.fromkeys(("lists", "projects", "first", "last"), "int"),
    **dict.fromkeys(("project_ids", "acronyms", "sources"), "string"),
}
GEXF_TYPES = {"int": "integer"}
BETWEEN = "; "
UNKNOWN_START = "not stated"
# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True)
class Node:
    """A body: its number, label, attributes (``NODES``) and the periods in which it is active."""

    number: int
    attributes: Mapping[str, Value]
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Tie:
    """A pair of bodies by number, i < j, with its attributes (``TIES``) and the periods of its lists."""

    i: int
    j: int
    attributes: Mapping[str, Value]
    spans: tuple[Span, ...]


def write_network(study: str | Path) -> None:
    """Write ``report/network.graphml`` and ``report/network.gexf`` of a study's folder."""
    results = Results(study)
    ties = read_ties(results)
    nodes = read_nodes(results, ties)
    title = f"{results.study.get('name', '')}: bodies that share a list"
    io.write_text("\n".join(graphml(nodes, ties)) + "\n", results.folder / "report" / "network.graphml")
    io.write_text("\n".join(gexf(nodes, ties, title)) + "\n", results.folder / "report" / "network.gexf")


def read_ties(results: Results) -> list[Tie]:
    """The pairs that share a list, in the order of their numbers."""
    lists = results.table("panel", "lists")
    projects = results.table("ingest", "projects").set_index("project_id")[["acronym", "url"]]
    known = {str(row.Index): (one_line(row.acronym), addresses(row.url)) for row in projects.itertuples()}
    shared: dict[tuple[int, int], list[int]] = {}
    for place, members in enumerate(lists["members"]):
        for i, j in itertools.combinations(sorted(int(member) for member in members), 2):
            shared.setdefault((i, j), []).append(place)
    spans = [
        (None if period != period else int(period), (int(low), int(high)))
        for period, low, high in zip(
            lists["period"].astype("float64"), lists["period_low"], lists["period_high"], strict=True
        )
    ]
    ids = [[str(name) for name in own] for own in lists["project_ids"]]
    return [
        _tie(i, j, [(ids[place], *spans[place]) for place in own], known)
        for (i, j), own in sorted(shared.items())
    ]


def _tie(
    i: int,
    j: int,
    lists: list[tuple[list[str], int | None, Span]],
    known: Mapping[str, tuple[str, list[str]]],
) -> Tie:
    """A pair from its lists; where none has a period, the span is that of what is known of them."""
    ids = list(dict.fromkeys(name for own, _, _ in lists for name in own))
    dated = sorted({period for _, period, _ in lists if period is not None})
    found: dict[str, Value] = {"lists": len(lists), "projects": len(ids)}
    if dated:
        found |= {"first": dated[0], "last": dated[-1]}
    found["project_ids"] = BETWEEN.join(ids)
    found["acronyms"] = _joined(known[name][0] for name in ids if name in known)
    found["sources"] = _joined(address for name in ids if name in known for address in known[name][1])
    spans = [(period, period) for period in dated] or sorted({span for _, _, span in lists})
    return Tie(i, j, found, tuple(spans))


def read_nodes(results: Results, ties: Iterable[Tie]) -> list[Node]:
    """The bodies that were active in some period, or stand on a list."""
    clusters = results.table("ingest", "clusters")
    named = results.table("ingest", "memberships").groupby("cluster_id")["project_id"].nunique()
    periods = results.table("ingest", "periods")
    spans: dict[int, list[Span]] = {}
    for tie in ties:
        spans.setdefault(tie.i, []).extend(tie.spans)
        spans.setdefault(tie.j, []).extend(tie.spans)
    nodes = []
    for number, row in enumerate(clusters.to_dict("records")):
        active = periods["reference"] >= row["active_from"]
        if row["active_to"] == row["active_to"]:  # no NaT
            active &= periods["reference"] < row["active_to"]
        own = [(int(period), int(period)) for period in periods["period"][active]] + spans.get(number, [])
        if own:
            span = (min(low for low, _ in own), max(high for _, high in own))
            nodes.append(Node(number, _attributes(row, int(named.get(row["cluster_id"], 0))), (span,)))
    return nodes


def _attributes(row: Mapping[str, object], projects: int) -> dict[str, Value]:
    found: dict[str, Value] = {"id": one_line(row["cluster_id"])}
    found |= {name: one_line(row[name]) for name in ("name", "kind", "sector", "region", "country")}
    for name in ("lat", "lon"):
        value = row[name]
        if isinstance(value, float) and value == value:
            found[name] = value
    if row["active_from_basis"] != UNKNOWN_START:
        found["active_from"] = _day(row["active_from"])
    found["active_to"] = _day(row["active_to"])
    return {name: value for name, value in found.items() if value != ""} | {"projects": projects}


def one_line(value: object) -> str:
    """A text on one line that XML can hold; empty for a missing one."""
    return _NOT_XML.sub("\ufffd", clean(value)) if isinstance(value, str) else ""


def _day(value: object) -> str:
    return "" if value is None or value != value else str(value)[:10]


def addresses(value: object) -> list[str]:
    """The addresses of pages in a text, apart by semicolons; nothing that is not http or https."""
    parts = (part.strip() for part in one_line(value).split(";"))
    return [part for part in parts if part.startswith(("http://", "https://"))]


def _joined(texts: Iterable[str]) -> str:
    return BETWEEN.join(dict.fromkeys(text for text in texts if text))


def graphml(nodes: Iterable[Node], ties: Iterable[Tie]) -> Iterator[str]:
    """The lines of a GraphML file."""
    space = "http://graphml.graphdrawing.org/xmlns"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<graphml xmlns="{space}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    yield f'  xsi:schemaLocation="{space} {space}/1.0/graphml.xsd">'
    for kind, names in (("node", NODES), ("edge", TIES)):
        for name, sort in names.items():
            yield f' <key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{sort}"/>'
    yield ' <graph id="network" edgedefault="undirected">'
    for node in nodes:
        yield f'  <node id="n{node.number}">'
        yield from _data("node", NODES, node.attributes)
        yield "  </node>"
    for number, tie in enumerate(ties):
        yield f'  <edge id="e{number}" source="n{tie.i}" target="n{tie.j}">'
        yield from _data("edge", TIES, tie.attributes)
        yield "  </edge>"
    yield " </graph>"
    yield "</graphml>"


def _data(kind: str, names: Iterable[str], values: Mapping[str, Value]) -> Iterator[str]:
    for name in names:
        if name in values:
            yield f'   <data key="{kind}_{name}">{escape(str(values[name]))}</data>'


def gexf(nodes: Iterable[Node], ties: Iterable[Tie], title: str) -> Iterator[str]:
    """The lines of a GEXF file: a dynamic graph whose times are the numbers of the periods."""
    space = "http://gexf.net/1.3"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<gexf xmlns="{space}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    yield f'  xsi:schemaLocation="{space} {space}/gexf.xsd" version="1.3">'
    yield f" <meta><creator>interclust {__version__}</creator>"
    yield f"  <description>{escape(one_line(title))}</description></meta>"
    yield ' <graph mode="dynamic" defaultedgetype="undirected"'
    yield '  timeformat="integer" timerepresentation="interval">'
    for kind, names in (("node", NODES), ("edge", TIES)):
        yield f'  <attributes class="{kind}">'
        for name, sort in names.items():
            yield f'   <attribute id="{kind}_{name}" title="{name}" type="{GEXF_TYPES.get(sort, sort)}"/>'
        yield "  </attributes>"
    yield "  <nodes>"
    for node in nodes:
        label = quoteattr(str(node.attributes.get("name", "")))
        yield f'   <node id="n{node.number}" label={label}>'
        yield from _values("node", NODES, node.attributes, node.spans)
        yield "   </node>"
    yield "  </nodes>"
    yield "  <edges>"
    for number, tie in enumerate(ties):
        ends = f'source="n{tie.i}" target="n{tie.j}"'
        yield f'   <edge id="e{number}" {ends} weight="{tie.attributes["lists"]}">'
        yield from _values("edge", TIES, tie.attributes, tie.spans)
        yield "   </edge>"
    yield "  </edges>"
    yield " </graph>"
    yield "</gexf>"


def _values(
    kind: str, names: Iterable[str], values: Mapping[str, Value], spans: Iterable[Span]
) -> Iterator[str]:
    yield "    <attvalues>"
    for name in names:
        if name in values:
            yield f'     <attvalue for="{kind}_{name}" value={quoteattr(str(values[name]))}/>'
    yield "    </attvalues>"
    yield "    <spells>"
    for low, high in spans:
        yield f'     <spell start="{low}" end="{high}"/>'
    yield "    </spells>"
