"""The interactive page in a headless Chromium: from disk, by mouse, by keyboard, narrow, hostile names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser import Page, browser, find
from explorer_fixture import ADDRESS, ALONE, MARKUP, SIDES, ties_within, write_explorer_study
from interclust.report.explorer import explore
from report_fixture import NAMES

pytestmark = pytest.mark.skipif(find() is None, reason="no Chromium here: apt-get install chromium")
VIEWS = ("network", "map", "table")
# Elements that stick out of the screen and do not lie in a part that scrolls.
STICKING_OUT = """[...document.body.querySelectorAll('*')].filter(e => {
  const {width, left, right} = e.getBoundingClientRect();
  const out = width && (right > innerWidth + 0.5 || left < -0.5);
  return out && !e.closest('.scroll, #canvas, .unseen, .skip');
}).map(e => e.tagName + '.' + e.className)"""
FOCUSED = "document.activeElement.id || document.activeElement.dataset.key || document.activeElement.tagName"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_explorer_study(tmp_path_factory.mktemp("study"))
    explore(folder, ["en", "fr"])
    return folder / "report"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(running: Page, files: Path) -> Iterator[Page]:
    """The English page at 1280 by 900; afterwards nothing was fetched and nothing was complained of."""
    running.screen(1280, 900)
    running.open(files / "explorer.en.html")
    yield running
    assert running.complaints == []
    own = (files / "explorer.en.html").as_uri()
    assert {address.split("#")[0] for address in running.requests} <= {own, own.replace(".en.", ".fr.")}


def numbers(page: Page) -> list[int]:
    """Ties, clusters and projects as the page says them."""
    return [int(number) for number in re.findall(r"\d+", page.ask("byId('status').textContent"))][:3]


def expected(low: int, high: int, least: int = 1) -> list[int]:
    """The same, from the lists of the fixture."""
    ties = ties_within(low, high, least)
    clusters = {place for pair in ties for place in pair}
    return [len(ties), len(clusters), len({number for own in ties.values() for number in own})]


def set_value(page: Page, control: str, value: object) -> None:
    """Set a control as a hand would, with its event."""
    page.ask(
        f"(e => {{ e.value = {json.dumps(value)}; e.dispatchEvent(new Event('input', {{bubbles: true}})); }})"
        f"(byId('{control}'))"
    )
    page.settle()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("view", VIEWS)
def test_it_opens_from_disk(page: Page, files: Path, language: str, view: str) -> None:
    page.open(files / f"explorer.{language}.html", f"#view={view}")
    assert numbers(page) == expected(1, 25)
    marks = page.ask("document.querySelectorAll('#canvas .cluster').length")
    rows = page.ask("document.querySelectorAll('#rows tr').length")
    if view == "table":
        assert rows == expected(1, 25)[0]
        assert page.ask("byId('drawing').hidden")
    else:
        assert marks == expected(1, 25)[1] - (view == "map")  # one has no place
        assert page.ask("byId('table').hidden")
    if view == "map":
        unplaced = {"en": "not on the map: 1.", "fr": "absents de la carte\u202f: 1."}
        assert unplaced[language] in page.ask("byId('status').textContent")


def test_the_periods_move_by_arrow_keys(page: Page) -> None:
    page.ask("byId('to').focus()")
    page.press("Home", *["ArrowRight"] * 9)
    assert page.ask("byId('to').getAttribute('aria-valuetext')") == "Call 10 (2010-01-15)"
    assert numbers(page) == expected(1, 10)
    page.ask("byId('from').focus()")
    page.press("End")  # beyond the other end, which follows
    assert page.ask("[choice.from, choice.to]") == [25, 25]
    assert numbers(page) == expected(25, 25)
    assert page.ask("location.hash") == "#from=25"
    page.click("#undated")
    assert page.ask("choice.undated") is False
    set_value(page, "from", 1)
    undated = len(ties_within(1, 25)) - numbers(page)[0]
    assert undated > 0


def test_a_search_finds_without_accents_and_by_printed_labels(page: Page) -> None:
    page.ask("byId('search').focus()")
    page.press(*"mer meditErranee")
    assert page.ask("byId('found-count').textContent") == "Found: 1."
    page.press("Enter")
    assert page.ask("byId('details-title').textContent") == "Mer Méditerranée"
    assert page.ask(FOCUSED) == "details-title"
    assert page.ask("byId('search').value") == ""
    page.ask("byId('search').focus()")
    page.press(*"c23")  # as a record prints it
    assert page.ask("byId('found').textContent") == NAMES[23]
    page.click("#found button")
    assert page.ask("choice.chosen") == "23"


def test_a_click_on_a_tie_reads_its_projects(page: Page) -> None:
    pair, own = max(ties_within(1, 25).items(), key=lambda item: len(item[1]))
    assert len(own) > 1
    page.ask(
        f"(e => e.dispatchEvent(new MouseEvent('click', {{bubbles: true}})))"
        f"(document.querySelector('[data-key=\"{pair[0]}-{pair[1]}\"] .hit'))"
    )
    page.settle()
    read = page.ask("[...document.querySelectorAll('#details h4')].map(e => e.textContent)")
    assert len(read) == len(own)
    assert f"Projects ({len(own)})" in page.ask("byId('details').textContent")
    assert page.ask("document.querySelectorAll('.tie.near').length") == 1


def test_a_mouse_hits_a_thin_line_and_a_mark(page: Page) -> None:
    middle = "[e.x1, e.x2, e.y1, e.y2].map(v => v.baseVal.value)"
    key, x, y = page.ask(
        "(() => { for (const e of document.querySelectorAll('.tie .hit')) {"
        f" const [x1, x2, y1, y2] = {middle}; const o = e.ownerSVGElement.getBoundingClientRect();"
        " const x = o.x + (x1 + x2) / 2 + 3, y = o.y + (y1 + y2) / 2;"
        " if (document.elementFromPoint(x, y) === e) return [e.parentNode.dataset.key, x, y]; } })()"
    )
    for kind in ("mousePressed", "mouseReleased"):
        page.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
    assert page.ask("choice.chosen") == key
    page.click('.cluster[data-key="12"]')
    assert page.ask("byId('details-title').textContent") == NAMES[12]


def test_projects_are_shown_as_printed_with_the_page_they_stand_on(page: Page) -> None:
    page.ask("choose('0-1')")
    entry = page.ask("document.querySelector('#details .items li').innerText")
    assert MARKUP in entry
    assert "m" * 300 in entry
    assert "Call 1 (" in entry
    assert "“c01”" in entry
    assert "printed list of labels (what is printed; more labels are possible)" in entry
    assert page.ask("[...document.querySelectorAll('#details a')].map(e => e.href)") == [ADDRESS]
    assert ADDRESS in entry
    page.ask("choose('1')")
    facts = page.ask("document.querySelector('#details dl').innerText")
    assert "Agri-food" not in facts
    for text in ("Active from", "2005-07-12", "market: absorbing", "national", "Alsace, Bretagne"):
        assert text in facts
    partners = {place for pair in ties_within(1, 25) if 1 in pair for place in pair} - {1}
    assert page.ask("document.querySelectorAll('.partners button').length") == len(partners)


def test_the_keyboard_alone_reaches_everything(page: Page) -> None:
    reached = []
    for _ in range(40):
        page.press("Tab")
        reached.append(page.ask(FOCUSED))
        if reached[-1] == "BODY":
            break
    controls = ["from", "to", "undated", "search", "SUMMARY", "larger", "smaller"]
    assert [name for name in reached if name in controls] == controls
    assert sum(name.isdigit() for name in reached) == 1  # one stop in the drawing
    page.ask("document.querySelector('summary').focus()")
    page.press("Enter", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab")
    assert page.ask(FOCUSED) == "minimum"


def test_the_keyboard_walks_the_drawing(page: Page) -> None:
    page.ask("byId('larger').focus()")
    page.send("Input.dispatchKeyEvent", type="keyDown", key="Tab", windowsVirtualKeyCode=9, modifiers=8)
    first = page.ask(FOCUSED)
    assert first.isdigit()
    page.press("ArrowRight")
    second = page.ask(FOCUSED)
    assert int(second) > int(first)
    page.press("ArrowDown")
    tie = page.ask(FOCUSED)
    assert second in tie.split("-")
    label = page.ask("document.activeElement.getAttribute('aria-label')")
    assert re.search(r"Projects: \d+\.$", label)
    page.press("Enter")
    assert page.ask(FOCUSED) == "details-title"
    assert page.ask("choice.chosen") == tie
    page.press("Escape")
    assert page.ask(FOCUSED) == tie
    assert page.ask("choice.chosen") is None
    page.press("ArrowUp", "ArrowLeft", " ")
    assert page.ask("choice.chosen") == first
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.ask(outline) != "none"


def test_filters(page: Page) -> None:
    set_value(page, "minimum", 2)
    assert numbers(page) == expected(1, 25, 2)
    set_value(page, "minimum", 1)
    set_value(page, "sides", "diffusing absorbing")
    ties = [pair for pair in ties_within(1, 25) if {SIDES[place % 4] for place in pair} == set(SIDES[:2])]
    assert numbers(page)[0] == len(ties)
    set_value(page, "sides", "")
    set_value(page, "vocation", page.ask("DATA.clusters[0].vocation"))
    ties = [pair for pair in ties_within(1, 25) if any(place % 3 == 0 for place in pair)]
    assert numbers(page)[0] == len(ties)
    set_value(page, "vocation", "")
    set_value(page, "records", "all")
    listed = expected(1, 25)
    pairs = {*ties_within(1, 25), (0, 23)}
    assert numbers(page) == [len(pairs), len(NAMES), listed[2] + 40]
    page.ask("choose('0-23')")
    entries = page.ask("[...document.querySelectorAll('#details h4')].map(e => e.textContent)")
    assert entries == ["projects:010", f"projects:{ALONE:03d}"]
    assert "no list of two or more" in page.ask("byId('details').textContent")
    set_value(page, "kind", "contact")
    assert "Relations in the ledger: 2." in page.ask("byId('status').textContent")
    page.ask("choose('0-1')")
    assert page.ask("byId('details').innerText").count("Told by") == 2
    assert page.ask("byId('details').innerText").count("3.1 <b>") == 2
    page.click("summary")
    page.click("button[type=reset]")
    assert numbers(page) == listed
    assert page.ask("location.hash") == ""


@pytest.mark.parametrize("view", VIEWS)
def test_on_a_telephone_nothing_sticks_out(page: Page, files: Path, view: str) -> None:
    page.screen(360, 740)
    page.open(files / "explorer.en.html", f"#view={view}")
    page.ask("document.querySelector('details').open = true")
    for chosen in ("null", "'0-1'", "'5'"):
        page.ask(f"choose({chosen})")
        page.settle()
        assert page.ask("document.documentElement.scrollWidth") <= 360
        assert page.ask(STICKING_OUT) == []
    stage = "document.querySelector('.stage > section:not([hidden])')"
    assert page.ask(f"byId('details').getBoundingClientRect().top >= {stage}.getBoundingClientRect().bottom")


@pytest.mark.parametrize("width", [320, 768, 1000, 1280, 1920])
def test_at_every_width_there_is_room_for_the_controls_and_the_drawing(page: Page, width: int) -> None:
    page.screen(width, 900)
    page.settle()
    assert page.ask("document.documentElement.scrollWidth") <= width
    assert page.ask("byId('from').clientWidth") >= 120
    assert page.ask("byId('search').clientWidth") >= 120
    assert page.ask("byId('canvas').clientWidth") >= 280
    drawn = "document.querySelector('#canvas svg').clientWidth"
    assert page.ask(drawn) == pytest.approx(page.ask("byId('canvas').clientWidth"), abs=2)


def test_a_search_ends_by_escape_or_elsewhere(page: Page) -> None:
    page.ask("byId('search').focus()")
    page.press("m", "e", "r")
    assert not page.ask("byId('found').hidden")
    page.click("#status")
    assert page.ask("byId('found').hidden")
    page.press("Escape")
    assert page.ask("byId('found').hidden")
    assert page.ask("choice.chosen") is None


def test_hostile_names_stay_text(page: Page) -> None:
    for view in VIEWS:
        page.ask(f"document.querySelector('input[value={view}]').click()")
        for key in ("0", "1", "0-1", "4", "5"):
            page.ask(f"choose('{key}')")
    assert page.ask("document.scripts.length") == 2
    assert page.ask("document.querySelectorAll('img, iframe, object, embed, base').length") == 0
    text = page.ask("byId('rows').innerText")
    for name in (MARKUP, "<script>alert(1)</script>", "מועדון ערים"):
        assert name in text
    page.ask("choose('4')")  # written from right to left, and isolated from what stands around it
    assert page.ask("getComputedStyle(document.querySelector('#details-title bdi')).unicodeBidi") == "isolate"
    page.ask("choose('1')")
    assert page.ask("byId('details-title').innerHTML").startswith("<bdi>&lt;/script&gt;&lt;img src=x")


def test_without_scripts_it_is_a_table(running: Page, files: Path) -> None:
    running.screen(360, 740)
    running.open(files / "explorer.fr.html", scripts=False)
    assert running.complaints == []
    shown = "[...document.querySelectorAll('section, form')].filter(e => e.offsetHeight).map(e => e.id)"
    assert running.ask(shown) == ["table"]
    assert running.ask("document.querySelectorAll('#rows tr').length") == expected(1, 25)[0]
    assert running.ask("document.documentElement.scrollWidth") <= 360


def test_a_screen_reader_finds_names_and_news(page: Page) -> None:
    page.ask("document.querySelector('details').open = true")
    page.ask("choose('0-1')")
    tree = page.send("Accessibility.getFullAXTree")["nodes"]
    shown = [node for node in tree if not node["ignored"]]
    named = {"button", "slider", "combobox", "searchbox", "radio", "checkbox", "link", "spinbutton", "region"}
    roles = [node["role"]["value"] for node in shown]
    assert named - {"combobox"} <= set(roles)
    nameless = [n for n in shown if n["role"]["value"] in named and not n.get("name", {}).get("value")]
    assert nameless == []
    assert roles.count("slider") == 2
    assert roles.count("status") >= 2
    assert page.ask("byId('status').getAttribute('aria-live')") == "polite"
    page.ask("document.querySelector('input[value=table]').click()")
    buttons = page.ask(
        "[...document.querySelectorAll('#rows .right button')].map(e => e.getAttribute('aria-label'))"
    )
    assert len(set(buttons)) == expected(1, 25)[0]


def test_an_address_brings_a_view_back_and_a_wrong_one_does_no_harm(page: Page, files: Path) -> None:
    page.open(files / "explorer.en.html", "#view=map&from=3&to=9&undated=0&chosen=0-1&minimum=1")
    assert page.ask("[choice.view, choice.from, choice.to, choice.undated, choice.chosen]") == [
        *("map", 3, 9),
        *(False, "0-1"),
    ]
    wrong = "#view=x&from=999&to=-4&kind=%3Cb%3E&minimum=x&chosen=0-999&constructor=1&__proto__=2"
    page.open(files / "explorer.en.html", wrong)
    assert page.ask("choice.chosen") is None
    assert page.ask("choice.view") == "network"
    assert all(1 <= page.ask(f"choice.{end}") <= 25 for end in ("from", "to"))


def test_zoom_and_dark_and_paper(page: Page) -> None:
    width = page.ask("document.querySelector('#canvas svg').clientWidth")
    page.click("#larger")
    assert page.ask("document.querySelector('#canvas svg').clientWidth") > 1.4 * width
    assert page.ask("document.documentElement.scrollWidth") <= 1280
    page.click("#smaller")
    assert page.ask("document.querySelector('#canvas svg').clientWidth") == width
    page.screen(1280, 900, dark=True)
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    page.send("Emulation.setEmulatedMedia", media="print")
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.ask("byId('controls').offsetHeight") == 0
    page.send("Emulation.setEmulatedMedia", media="")
