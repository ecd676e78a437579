"""Tables of the completion plan: what a call or portfolio buys, and how many calls a test needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import completion, decoded, labels
from .completion import FIRST, LAST, POWER, Line
from .data_tables import number
from .figures.network import short
from .table import Cell, Column, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

MOST_CLUSTERS = 12


def units(results: Results, say: Language) -> Table:
    """One row a call, then portfolios: projects to read, lists gained, and the power of every term."""
    found = completion.units(results)
    ratio = completion.ratios(found)[0] if found else 1.0
    shown = [line for line in found if line["ratio"] == ratio]
    terms = completion.terms(shown)
    rows = [_now(shown, terms, say)] if shown else []
    for kind, own in (("call", _of(shown, "call")), ("cluster", _portfolios(shown))):
        if own:
            rows.append(group(say(f"tables.completion.{kind}")))
            names = dict.fromkeys(line["name"] for line in own)
            rows += [_unit(name, own, terms, results, say) for name in names]
        everything = _of(shown, "all") if kind == "call" else []
        if everything:
            rows.append(_unit(None, everything, terms, results, say))
    columns: tuple[Column, ...] = (
        left("unit", say("tables.completion.unit"), 1.0),
        right("projects", say("tables.completion.projects")),
        right("lists", say("tables.completion.lists")),
        *(right(term, labels.term(term, results, say)) for term in terms),
    )
    notes = [
        say("tables.completion.note_power", ratio=say.number(ratio, "ratio")),
        say("tables.completion.note_lists"),
        say("tables.completion.note_file"),
    ]
    return Table("completion", say("tables.completion.caption"), columns, tuple(rows), tuple(notes))


def _of(lines: Iterable[Line], kind: str) -> list[Line]:
    return [line for line in lines if line["unit"] == kind]


def _portfolios(lines: list[Line]) -> list[Line]:
    """Those of clusters whose number of projects is published, or of the largest by the law where none is."""
    found = _of(lines, "cluster")
    published = [line for line in found if line["basis"] == "published"]
    kept = sorted(published or found, key=lambda line: -line["lists"])
    names = list(dict.fromkeys(line["name"] for line in kept))[:MOST_CLUSTERS]
    return [line for line in kept if line["name"] in names]


def _now(lines: list[Line], terms: list[str], say: Language) -> Row:
    """The power as it is."""
    power = {line["term"]: line["power"] for line in lines}
    cells = (number(power[term], "share", say) for term in terms)
    return row(Cell(say("tables.completion.now")), Cell(""), Cell(""), *cells)


def _unit(name: str | None, lines: list[Line], terms: list[str], results: Results, say: Language) -> Row:
    own = {line["term"]: line for line in lines if name is None or line["name"] == name}
    first = next(iter(own.values()))
    cells = (_power(own[term], say) for term in terms)
    return row(
        Cell(_title(first, results, say), name or ""),
        number(first["projects"], "count", say),
        number(first["lists"], "count", say),
        *cells,
        kind="total" if name is None else "body",
    )


def _title(line: Line, results: Results, say: Language) -> str:
    if line["unit"] == "all":
        return say("tables.completion.all")
    if line["unit"] == "call":
        return f"{say.known('units', results.unit)} {line['name']}"
    clusters = results.table("ingest", "clusters")
    names = dict(zip(clusters["cluster_id"], clusters["name"], strict=True))
    return short(str(names[line["name"]]))


def _power(line: Line, say: Language) -> Cell:
    """Power once completed, and in brackets, where it differs, if what dependence adds stays."""
    texts = dict.fromkeys(say.number(line[key], "share") for key in ("power_after", "power_stays"))
    after, *stays = texts
    return Cell(
        " ".join([after, *(f"({text})" for text in stays)]),
        f"{line['power_after']!r};{line['power_stays']!r}",
    )


def panels(results: Results, say: Language) -> Table:
    """One row a test of a panel model: power with all calls complete, and projects to read for it."""
    found = completion.panels(results)
    ratios = completion.ratios(found)[::-1]
    rows = [_test(own, ratios, results, say) for own in _by_test(found)]
    columns: tuple[Column, ...] = (
        left("test", say("tables.completion_panels.test")),
        left("effect", say("tables.completion_panels.effect"), 1.0),
        right("power", say("tables.completion_panels.power", ratio=say.number(ratios[0], "ratio"))),
        *(
            right(
                f"{key}_{ratio:g}", say(f"tables.completion_panels.{key}", ratio=say.number(ratio, "ratio"))
            )
            for key in ("first", "last")
            for ratio in ratios
        ),
    )
    power = say("tables.completion_panels.note_power", power=say.number(POWER, "share"))
    notes = [power, *(say(f"tables.completion_panels.note_{name}") for name in ("windows", "equal"))]
    quoted = next((line for line in found if line.get("study")), None)
    if quoted is not None:
        seed, version = say.number(quoted["seed"], "plain"), quoted["version"]
        notes.append(
            say("tables.completion_panels.note_quoted", study=quoted["study"], seed=seed, version=version)
        )
    return Table(
        "completion_panels", say("tables.completion_panels.caption"), columns, tuple(rows), tuple(notes)
    )


def _by_test(lines: list[Line]) -> list[list[Line]]:
    tests = dict.fromkeys(line["test"] for line in lines)
    return [[line for line in lines if line["test"] == test] for test in tests]


def _test(lines: list[Line], ratios: list[float], results: Results, say: Language) -> Row:
    by = {(line["direction"], line["ratio"]): line for line in lines}
    first = lines[0]
    power = by.get((FIRST, ratios[0]), lines[-1])["power"]  # of equality at its own ratio
    cells = (_needed(by.get((direction, ratio)), say) for direction in (FIRST, LAST) for ratio in ratios)
    effect = _effect(first["effect_id"], results, say)
    return row(
        Cell(decoded.test(first["test"], say), first["test"]),
        Cell(effect, first["effect_id"]),
        number(power, "share", say),
        *cells,
    )


def _effect(effect_id: str, results: Results, say: Language) -> str:
    """The term of an effect, times its moderator; a slope at a value says so."""
    kind, _, rest = effect_id.partition(":")
    name, _, at = rest.partition("@")
    term, _, moderator = name.partition("|")
    text = labels.term(":".join(filter(None, [term, moderator if not at else ""])), results, say)
    if kind == "equivalence":
        return say("tables.completion_panels.equality", term=text)
    if at:
        where = labels.lower_first(labels.term(moderator, results, say))
        return say("tables.completion_panels.at", term=text, where=where)
    return text


def _needed(line: Line | None, say: Language) -> Cell:
    """Projects to read and calls, or that no number of calls does."""
    if line is None:
        return Cell(say.number(None, "count"), "")
    if line["projects"] is None:
        return Cell(say("tables.completion_panels.never"), "")
    projects, calls = (say.number(line[key], "count") for key in ("projects", "calls"))
    return Cell(f"{projects} ({calls})", f"{line['projects']!r};{line['calls']!r}")
