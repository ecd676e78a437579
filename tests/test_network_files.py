"""The network for other programs: GraphML and GEXF by the rules of their schemas, hostile names as text."""

from __future__ import annotations

import itertools
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from interclust.contracts import CONTRACTS
from interclust.io import write_json
from interclust.report.escape import clean
from interclust.report.network_files import write_network
from report_fixture import HOSTILE, NAMES, PERIODS, lists, write_study

G = "{http://graphml.graphdrawing.org/xmlns}"
X = "{http://gexf.net/1.3}"
UNDATED = 2  # the list whose period is taken away
LEFT = 4  # the body that leaves on the reference day of period 10; its last list is of period 8
ADDRESSES = "https://example.org/a?x=1&y=2 ; ftp://example.org/no ; http://example.org/b"
# The types of the two schemas, as Python reads them.
GRAPHML = {"string": str, "int": int, "double": float}
GEXF = {"string": str, "integer": int, "double": float}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_study(tmp_path_factory.mktemp("network"), hostile=True)
    change(folder, "ingest/clusters", LEFT, lat=44.8, lon=-0.6, active_to=pd.Timestamp("2010-01-15"))
    change(folder, "ingest/clusters", 1, name="\ufffe\x07 bell")
    change(folder, "ingest/projects", 0, acronym="A&B", url=ADDRESSES)
    change(folder, "panel/lists", UNDATED, period=None, period_low=3, period_high=9)
    write_network(folder)
    return folder


def change(folder: Path, table: str, place: int, **values: object) -> None:
    contract = CONTRACTS[table]
    frame = contract.read(folder / f"{table}.parquet")
    records = frame.to_dict("records")
    records[place] |= values
    contract.write(contract.frame(records), folder / f"{table}.parquet")


def read(study: Path, kind: str) -> ElementTree.Element:
    return ElementTree.parse(study / "report" / f"network.{kind}").getroot()


def test_graphml_declares_what_it_uses(study: Path) -> None:
    root = read(study, "graphml")
    keys = {key.get("id"): key for key in root.findall(f"{G}key")}
    (graph,) = root.findall(f"{G}graph")
    assert graph.get("edgedefault") == "undirected"
    assert [child.tag for child in root] == [f"{G}key"] * len(keys) + [f"{G}graph"]
    for kind in ("node", "edge"):
        for item in graph.findall(f"{G}{kind}"):
            data = item.findall(f"{G}data")
            assert len({one.get("key") for one in data}) == len(data)
            for one in data:
                key = keys[one.get("key")]
                assert key.get("for") == kind
                GRAPHML[key.get("attr.type")](one.text or "")
    nodes = [node.get("id") for node in graph.findall(f"{G}node")]
    assert len(nodes) == len(set(nodes)) == len(NAMES)
    assert all(edge.get(end) in nodes for edge in graph.findall(f"{G}edge") for end in ("source", "target"))


def test_gexf_declares_what_it_uses(study: Path) -> None:
    root = read(study, "gexf")
    assert root.get("version") == "1.3"
    graph = root.find(f"{X}graph")
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "integer")
    assert [child.tag for child in graph] == [f"{X}attributes"] * 2 + [f"{X}nodes", f"{X}edges"]
    for kind, many in (("node", "nodes"), ("edge", "edges")):
        (declared,) = [one for one in graph.findall(f"{X}attributes") if one.get("class") == kind]
        types = {one.get("id"): one.get("type") for one in declared}
        for item in graph.find(f"{X}{many}"):
            for one in item.find(f"{X}attvalues"):
                GEXF[types[one.get("for")]](one.get("value"))
            for span in item.find(f"{X}spells"):
                assert 1 <= int(span.get("start")) <= int(span.get("end")) <= PERIODS
    identifiers = [item.get("id") for many in ("nodes", "edges") for item in graph.find(f"{X}{many}")]
    assert len(identifiers) == len(set(identifiers))


def test_ties_are_the_pairs_that_share_a_list(study: Path) -> None:
    expected: dict[tuple[str, str], list[int]] = {}
    for number, members in enumerate(lists()):
        for i, j in itertools.combinations(members, 2):
            expected.setdefault((f"n{i}", f"n{j}"), []).append(number)
    found = {}
    for edge in read(study, "graphml").iter(f"{G}edge"):
        values = {one.get("key").removeprefix("edge_"): one.text for one in edge.findall(f"{G}data")}
        found[(edge.get("source"), edge.get("target"))] = values
    assert found.keys() == expected.keys()
    for pair, own in expected.items():
        dated = [1 + number % PERIODS for number in own if number != UNDATED]
        assert found[pair]["project_ids"] == "; ".join(f"projects:{number:03d}" for number in own)
        assert (found[pair]["lists"], found[pair]["projects"]) == (str(len(own)), str(len(own)))
        if dated:
            assert (found[pair]["first"], found[pair]["last"]) == (str(min(dated)), str(max(dated)))
        else:
            assert "first" not in found[pair]
    first = found[("n0", "n1")]
    assert first["acronyms"] == "A&B"
    assert first["sources"] == "https://example.org/a?x=1&y=2; http://example.org/b"


def test_spells_are_the_periods_of_the_lists(study: Path) -> None:
    """A list of unknown date stands for the periods in which it may have been printed."""
    spans = {}
    for edge in read(study, "gexf").iter(f"{X}edge"):
        own = [(int(span.get("start")), int(span.get("end"))) for span in edge.iter(f"{X}spell")]
        spans[(edge.get("source"), edge.get("target"))] = own
    assert spans[("n0", "n1")] == [(1, 1)]
    undated = lists()[UNDATED]
    alone = [
        pair
        for pair in itertools.combinations(undated, 2)
        if sum(set(pair) <= set(members) for members in lists()) == 1
    ]
    assert alone
    assert all(spans[(f"n{i}", f"n{j}")] == [(3, 9)] for i, j in alone)


def test_nodes_are_there_while_they_are_active_or_tied(study: Path) -> None:
    nodes = {node.get("id"): node for node in read(study, "gexf").iter(f"{X}node")}
    first, second = (nodes[f"n{name}"].find(f"{X}spells/{X}spell") for name in (LEFT, LEFT + 1))
    assert (first.get("start"), first.get("end")) == ("1", "9")
    assert (second.get("start"), second.get("end")) == ("1", str(PERIODS))
    values = {one.get("for"): one.get("value") for one in nodes[f"n{LEFT}"].iter(f"{X}attvalue")}
    assert (values["node_lat"], values["node_lon"]) == ("44.8", "-0.6")
    assert (values["node_active_from"], values["node_active_to"]) == ("2005-07-12", "2010-01-15")
    assert values["node_projects"] == str(sum(LEFT in members for members in lists()))


def test_hostile_names_are_text(study: Path) -> None:
    names = [node.get("label") for node in read(study, "gexf").iter(f"{X}node")]
    assert names[1] == "\ufffd  bell"
    assert [names[0], *names[2 : len(HOSTILE)]] == [clean(HOSTILE[0]), *map(clean, HOSTILE[2:])]
    keyed = [one.text for one in read(study, "graphml").iter(f"{G}data") if one.get("key") == "node_name"]
    assert keyed == names


def test_two_runs_give_the_same_bytes_and_no_list_an_empty_network(study: Path, tmp_path: Path) -> None:
    before = {kind: (study / "report" / f"network.{kind}").read_bytes() for kind in ("graphml", "gexf")}
    write_network(study)
    assert all(
        (study / "report" / f"network.{kind}").read_bytes() == content for kind, content in before.items()
    )
    folder = write_study(tmp_path)
    write_json({"name": "empty"}, folder / "study.json")
    for name in ("panel/lists", "ingest/projects", "ingest/memberships"):
        CONTRACTS[name].write(CONTRACTS[name].frame([]), folder / f"{name}.parquet")
    write_network(folder)
    assert len(list(read(folder, "graphml").iter(f"{G}node"))) == len(NAMES)
    assert not list(read(folder, "gexf").iter(f"{X}edge"))
