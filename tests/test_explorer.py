"""What the interactive page holds and how it is written: counts of the tables, hostile names, size."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import yaml

from explorer_fixture import ADDRESS, ALONE, MARKUP, UNDATED, rows, ties_within, write_explorer_study
from interclust.report import explorer_data, explorer_records
from interclust.report.draw import draw
from interclust.report.exhibits import describe
from interclust.report.explorer import SCRIPTS, as_json, explore
from interclust.report.figures import location_map, style
from interclust.report.geography import chart, outline, spread
from interclust.report.language import SOURCE, Language
from interclust.report.network_files import read_ties
from interclust.report.results import Results

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_explorer_study(tmp_path_factory.mktemp("explorer"))
    explore(folder, ["en", "fr"])
    return folder


@pytest.fixture(scope="module")
def page(study: Path) -> str:
    return (study / "report/explorer.en.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(page: str) -> dict:
    (held,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(held)


def test_ties_are_those_of_the_network_files(study: Path, data: dict) -> None:
    ids = [row["project_id"] for row in rows(study, "ingest/projects")]
    names = {row["acronym"]: row["project_id"] for row in rows(study, "ingest/projects") if row["acronym"]}
    found = {
        (i, j): {names.get(data["projects"][place]["name"], data["projects"][place]["name"]) for place in own}
        for i, j, own, _ in data["ties"]
        if own
    }
    assert set().union(*found.values()) <= set(ids)
    expected = {
        (tie.i, tie.j): set(str(tie.attributes["project_ids"]).split("; "))
        for tie in read_ties(Results(study))
    }
    assert found == expected  # every body is named here, so that places are numbers
    assert found.keys() == ties_within(1, 25).keys()


def test_counts_are_those_of_the_panel_and_of_ingest(study: Path, data: dict) -> None:
    listed = {(i, j): len(own) for i, j, own, _ in data["ties"] if own}
    dyads = {(row["cluster_i"], row["cluster_j"]): row["n_projects"] for row in rows(study, "panel/dyads")}
    assert listed == dyads
    memberships = rows(study, "ingest/memberships")
    named = [(cluster, printed) for project in data["projects"] for cluster, printed in project["named"]]
    assert len(named) == len(memberships)
    printed = sorted(text for row in memberships for text in row["printed"])
    assert sorted(text for _, own in named for text in own) == printed
    assert len(data["projects"]) == len({row["project_id"] for row in memberships})


def test_a_pair_named_without_a_list_is_no_listed_tie(data: dict) -> None:
    ((i, j, listed, others),) = [tie for tie in data["ties"] if tie[3]]
    assert (i, j) == (0, 23)
    project = data["projects"][others[0]]
    assert project["name"] == f"projects:{ALONE:03d}"
    assert project.get("list") is None
    assert [printed for _, printed in project["named"]] == [["c00"], ["C 23", "c23"]]
    assert others[0] not in listed


def test_periods_of_projects(data: dict) -> None:
    project = data["projects"][UNDATED]
    assert (project["low"], project["high"], project.get("dated")) == (3, 9, None)
    assert all(other["low"] == other["high"] for other in data["projects"] if other.get("dated"))
    assert [number for number, _ in data["periods"]] == list(range(1, 26))


def test_only_addresses_of_pages_become_links(data: dict) -> None:
    assert data["projects"][0]["urls"] == [ADDRESS]
    assert data["projects"][0]["topic"] == "m" * 300
    assert data["projects"][0]["said"] == "2007-03-01 to 2007-03-31"


def test_relations_keep_their_direction_and_blanks_are_none(data: dict) -> None:
    """Reference days of the fixture: period 1 is 2005-07-15, 2 is 2006-01-15, and so on by half years."""
    found = [tuple(row[:5]) for row in data["relations"]]
    assert found == [
        (1, 0, 2, 4, ["contact", "joint_idea"]),
        (0, 1, 1, 25, ["contact"]),
        (5, 9, 10, 10, ["practice_exchange"]),
    ]
    assert data["channels"] == ["contact", "practice_exchange", "joint_idea"]


def test_very_large_studies_show_their_strongest_ties() -> None:
    ties = {(0, number): [(f"p{number}", True)] * (1 + number % 3) for number in range(1, 31)}
    assert explorer_records.strongest(ties) == (ties, 1)
    with mock.patch.multiple(explorer_records, MOST_TIES=20):
        kept, least = explorer_records.strongest(ties)
        assert (len(kept), least) == (20, 2)
        assert all(len(own) >= 2 for own in kept.values())
    with mock.patch.multiple(explorer_records, MOST_CLUSTERS=5):
        kept, least = explorer_records.strongest(ties)
        assert (list(kept), least) == ([(0, 2), (0, 5)], 3)
    assert explorer_data.start([1] * 200 + [2] * 50 + [7] * 50) == 2


def test_a_page_of_part_of_a_study_says_so(study: Path) -> None:
    with mock.patch.multiple(explorer_records, MOST_TIES=10):
        data = explorer_data.collect(Results(study), Language("en"))
    assert data["least"] > 1
    assert 0 < len(data["ties"]) <= 10
    ends = {place for i, j, _, _ in data["ties"] for place in (i, j)}
    assert ends == set(range(len(data["clusters"])))
    assert any(project.get("others") for project in data["projects"])


def test_a_page_leaves_out_what_has_no_tie_where_that_is_too_much(study: Path) -> None:
    with mock.patch.multiple(explorer_records, MOST_PROJECTS=40):  # of 76 that name somebody
        data = explorer_data.collect(Results(study), Language("en"))
    assert (data["least"], data["whole"]) == (1, False)
    assert len(data["projects"]) == 37  # the lists, and the pair without one


def test_the_same_bytes_and_a_size_that_can_be_sent(study: Path, page: str) -> None:
    explore(study, ["en", "fr"])
    assert (study / "report/explorer.en.html").read_text(encoding="utf-8") == page
    assert len(page.encode()) < MEGABYTE


def test_nothing_of_a_name_is_markup(page: str) -> None:
    assert len(re.findall("<script", page)) == len(re.findall("</script>", page)) == 2
    assert "<img" not in page
    assert MARKUP not in page
    assert as_json({"a": "</script><!--\u2028&"}) == '{"a":"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026"}'


def test_the_policy_names_the_one_script(page: str) -> None:
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'")


def test_the_scripts_write_text_alone_and_fetch_nothing() -> None:
    script = "\n".join((SOURCE / "explorer" / name).read_text(encoding="utf-8") for name in SCRIPTS)
    assert script.startswith("'use strict';")
    assert {path.name for path in (SOURCE / "explorer").glob("*.js")} == set(SCRIPTS)
    for dangerous in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("):
        assert dangerous not in script
    for outside in ("fetch(", "XMLHttpRequest", "import(", "WebSocket", "sendBeacon", "localStorage"):
        assert outside not in script
    style_sheet = (SOURCE / "explorer" / "explorer.css").read_text(encoding="utf-8")
    assert "url(" not in style_sheet
    assert "@import" not in style_sheet


def test_every_word_of_the_scripts_is_in_the_words_file_and_used() -> None:
    script = "\n".join((SOURCE / "explorer" / name).read_text(encoding="utf-8") for name in SCRIPTS)
    used = set(re.findall(r"WORDS\.(\w+)", script)) | set(re.findall(r"'(\w+)'", script))
    words = yaml.safe_load((SOURCE / "words.en.yaml").read_text(encoding="utf-8"))["explorer"]["script"]
    assert set(words) <= used
    given = {"lists", "channels", "unit", "thousands"}
    assert set(re.findall(r"WORDS\.(\w+)", script)) <= set(words) | given
    assert set(re.findall(r"fill\('(\w+)'", script)) <= set(words)


def test_the_report_and_the_page_say_alike_what_records_can_say(page: str) -> None:
    for kind in ("incomplete", "complete", "synthetic", "synthetic_press"):
        front = (SOURCE / "sections" / f"front_{kind}.md").read_text(encoding="utf-8")
        assert f'include "says_{kind}.md"' in front
        assert ".can}" not in front
        assert ".cannot}" not in front
    said = " ".join(page.split()).split('<div class="cannot">')[1].split("</div>")[0]
    assert "name a single cluster: that says nothing about the others" in said


def test_the_table_is_there_without_a_script(page: str) -> None:
    body = re.findall(r'<tbody id="rows">(.*?)</tbody>', page, re.DOTALL)[0]
    assert body.count("<tr>") == len(ties_within(1, 25))
    assert "&lt;/script&gt;&lt;img src=x" in body


def test_the_list_of_exhibits_names_what_made_the_page(study: Path) -> None:
    found = describe(Results(study), Path("explorer.en.html"))
    assert (found.exhibit, found.model, found.rule) == ("page explorer", "", "build_explorer")
    assert Path(found.script).name == "build_explorer.py"


def test_places_on_the_map() -> None:
    parts = outline(["FR", None, "FR"], SOURCE)
    lon, lat = np.array([2.0, 55.5, -74.0, np.nan]), np.array([47.0, -21.0, 40.7, np.nan])
    found = chart(lon, lat, parts)
    assert found.places[0] == pytest.approx([7.3 * math.cos(math.radians(46.25)), 5.8])
    (box,) = found.boxes
    assert box.name == "reunion"
    assert box.x < found.places[1, 0] < box.x + box.side
    assert box.y < found.places[1, 1] < box.y + box.side
    assert np.isnan(found.places[2:]).all()
    assert not chart(lon[:1], lat[:1], parts).boxes
    assert outline(["FR", "DE"], SOURCE) == outline(["XX"], SOURCE) == outline([], SOURCE) == ()
    assert outline(["../outlines/fr"], SOURCE) == ()


def test_without_an_outline_there_are_degrees() -> None:
    found = chart(np.array([4.4, 13.4]), np.array([50.8, 52.5]))
    assert not np.isnan(found.places).any()
    assert [degree for degree, _ in found.parallels] == [51, 52, 53]
    assert all(0 <= x <= found.width for _, x in found.meridians)


def test_bodies_of_one_town_stand_beside_each_other() -> None:
    places = np.array([[0.0, 0.0]] * 5 + [[0.1, 0.0], [9.0, 9.0]])
    moved = spread(places, 0.3)
    gap = np.sqrt(((moved[:, None] - moved[None]) ** 2).sum(axis=2)) + np.eye(7)
    assert gap.min() > 0.29
    assert np.abs(moved - places).max() < 1.0
    assert (moved[6] == places[6]).all()
    assert (spread(places, 0.3) == moved).all()


def test_the_map_is_drawn_the_same_twice_and_says_what_it_leaves_out(study: Path) -> None:
    path = study / "report/figures/map.fr.svg"
    with mock.patch.object(style, "FORMATS", ("svg",)):
        draw(study, ["map"], ["fr"])
        before = path.read_bytes()
        draw(study, ["map"], ["fr"])
    assert path.read_bytes() == before
    say = Language("en")
    overseas, unplaced = location_map.notes(Results(study), say)
    assert overseas == say("captions.map_overseas")
    assert unplaced == say("captions.map_unplaced", count="1")
    placed = location_map.read(Results(study), say)
    kept = {pair: own for pair, own in ties_within(1, 25).items() if 5 not in pair}
    assert (len(placed.edges), placed.weights.sum()) == (len(kept), sum(map(len, kept.values())))


def test_a_study_without_places_has_no_map(tmp_path: Path) -> None:
    folder = write_explorer_study(tmp_path, places=False)
    data = explorer_data.collect(Results(folder), Language("en"))
    assert data["land"] is None
    assert {cluster["map"] for cluster in data["clusters"]} == {None}
    assert location_map.read(Results(folder), Language("en")).names == []
