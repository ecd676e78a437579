"""What was measured once on many simulated worlds, and every report quotes: coverage, and a press sample.

The tables are kept with the report's source (``workflow/report/measured/``); docs/validity.md says by which
commands and seeds they were made.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from .language import SOURCE
from .table import Cell, Row, Table, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .numbers import Collector
    from .results import Results

Line = dict[str, str]

FOLDER = SOURCE / "measured"
DEFAULTS = ("dyadic_jackknife", "cluster_jackknife")
BESIDE = ("dyadic", "dyad", "classical")  # covariances whose coverage is shown beside the default's
AS_FOUND, SELECTIVE = "as the study", "one region ×2"
SIGNIFICANT, COVERAGE = "significant", "coverage"


@dataclass(frozen=True)
class Design:
    """A measured design: where the default should lie, in how many worlds, and coverage by covariance."""

    family: str
    clusters: int
    periods: int
    ties: float
    lists: tuple[int, ...]
    bounds: tuple[float, float]
    worlds: int
    coverage: dict[str, list[float]]

    @property
    def default(self) -> list[float]:
        """Coverage of the default interval, a term each."""
        return next(self.coverage[kind] for kind in DEFAULTS if kind in self.coverage)

    def label(self, say: Language) -> str:
        """The design in words."""
        ends = [str(size) for size in sorted({min(self.lists), max(self.lists)})] if self.lists else []
        made = say("validity.lists", sizes=say("validity.span").join(ends)) if ends else say("validity.dyads")
        own = say("validity.ten") if self.periods > 1 else say("validity.one")
        family = say.known("families", self.family)
        share = say.number(self.ties, "share")
        return say(
            "validity.design", family=family, clusters=self.clusters, made=made, periods=own, ties=share
        )


@cache
def lines(name: str) -> tuple[Line, ...]:
    """The rows of a measured table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def designs() -> tuple[Design, ...]:
    """The measured designs, in the order of their file."""
    found: dict[str, Design] = {}
    for line in lines("coverage"):
        own = found.get(line["name"]) or _design(line)
        found[line["name"]] = own
        own.coverage.setdefault(line["kind"], []).append(float(line["coverage"]))
    return tuple(found.values())


def _design(line: Line) -> Design:
    """The design of a row; its first row is one of all worlds, a covariance that some lack comes later."""
    return Design(
        line["family"],
        int(line["clusters"]),
        int(line["periods"]),
        float(line["ties"]),
        tuple(int(size) for size in line["lists"].split()),
        (float(line["low"]), float(line["high"])),
        int(line["replications"]) + int(line["failures"]),
        {},
    )


def table(results: Results, say: Language) -> Table:
    """Coverage by design: lowest and highest of the terms, of the default and of what is used elsewhere."""
    columns = (
        left("design", say("tables.validity.design"), 1.0),
        right("default", say("tables.validity.default")),
        *(right(kind, say(f"tables.validity.{kind}")) for kind in BESIDE),
    )
    rows = [_row(design, say) for design in designs()]
    worlds = sorted({design.worlds for design in designs()})
    ends = dict.fromkeys(say.numerals.count(number) for number in (worlds[0], worlds[-1]))
    note = say("tables.validity.note", worlds=f" {say.numerals.span} ".join(ends))
    return Table("validity", say("tables.validity.caption"), columns, tuple(rows), (note,))


def _row(design: Design, say: Language) -> Row:
    cells = [_span(design.default, say)]
    cells += [_span(design.coverage.get(kind, []), say) for kind in BESIDE]
    return row(design.label(say), *cells)


def _span(shares: list[float], say: Language) -> Cell:
    if not shares:
        return Cell("")
    low, high = (say.numerals.fixed(100 * end, 1) for end in (min(shares), max(shares)))
    return Cell(say("validity.span").join((low, high)), f"{min(shares)};{max(shares)}")


def add_numbers(numbers: Collector) -> None:
    """The numbers that the text quotes: of the coverage, and of a press sample."""
    file = "workflow/report/measured/coverage.csv"
    shares = [share for design in designs() for share in design.default]
    inside = [low <= share <= high for d in designs() for low, high in [d.bounds] for share in d.default]
    numbers.add("validity.designs", len(designs()), "count", file, "distinct name")
    numbers.add("validity.mean", sum(shares) / len(shares), "share", file, "mean coverage of the default")
    numbers.add("validity.low", min(shares), "share", file, "least coverage of the default")
    numbers.add("validity.terms", len(shares), "count", file, "rows of the default")
    numbers.add("validity.inside", sum(inside), "count", file, "rows of the default within bounds")
    worst = min(share for d in designs() for share in d.coverage.get("dyadic", [1.0]))
    numbers.add("validity.dyadic_low", worst, "share", file, "least coverage of dyadic")
    _press(numbers)


def _press(numbers: Collector) -> None:
    file = "workflow/report/measured/press.csv"
    for key, model, term, what in (
        ("closure_bare", "firth, no exposure", "common_partners", SIGNIFICANT),
        ("theme_bare", "firth, no exposure", "thematic_similarity", SIGNIFICANT),
        ("closure", "firth, more terms", "common_partners", SIGNIFICANT),
        ("theme", "firth, more terms", "thematic_similarity", SIGNIFICANT),
        ("exposure_holds", "emergence_firth", "log_exposure", COVERAGE),
        ("choice_size", "list_choice", "tech_market_complementarity", SIGNIFICANT),
        ("choice_sector", "list_choice", "same_sector", COVERAGE),
        ("choice_region", "list_choice", "same_region", COVERAGE),
    ):
        share = float(_of(model, term)[what]) / 100
        numbers.add(f"press.{key}", share, "share", file, f"{model}, {term}, {what}")
    numbers.add("press.worlds", float(_of("list_choice", "same_region")["worlds"]), "count", file, "worlds")
    moved = float(_of("list_choice", "same_region", SELECTIVE)["mean"])
    moved -= float(_of("list_choice", "same_region")["mean"])
    numbers.add("press.moved", moved, "coefficient", file, "list_choice, same_region, change of mean")


def _of(model: str, term: str, recording: str = AS_FOUND) -> dict[str, Any]:
    """The row of a model, a term and a recording."""
    wanted = {"model": model, "term": term, "recording": recording}
    return next(line for line in lines("press") if wanted.items() <= line.items())
