"""Project rows: read, dated, given their members (rows of one project are united in merging.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from .cells import interval, pieces, whole
from .dates import FIRST_YEAR, LAST_YEAR, Interval
from .names.resolution import Resolution
from .names.split import most_names
from .periods import Periods
from .rows import Refusal, Row

Settings = Mapping[str, Any]
# Signs of one cell that might separate names, "et" and commas within names among them: looking whether
# they do takes time. How many names there are is counted once the cell is cut.
CUTS_LIMIT = 5_000
OF_A_PROJECT = (
    *("id", "acronym", "call", "call_inferred", "year", "date", "announced"),
    *("topic", "coordinator", "status", "source", "url", "list_group"),
)
MERGED_FIELDS = ("acronym", "topic", "coordinator", "year", "status", "list_group")


@dataclass(frozen=True, slots=True)
class Mention:
    """One printed name on one row with what it was found to mean."""

    printed: str
    resolution: Resolution
    lead: bool = False
    again: bool = False  # the lead in another spelling than that of the list


@dataclass(slots=True)
class Project:
    """One project: first of all one row, then several rows united."""

    line: int
    key: str
    row: Row
    call: int | None
    inferred: int | None
    year: int | None
    announced: Interval | None
    status: str
    list_status: str
    sources: list[str]
    url: str = ""
    period: int | None = None
    period_basis: str = "none"
    window: tuple[int, int] | None = None
    mentions: list[Mention] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def clusters(self) -> list[str]:
        """Distinct bodies named, by id."""
        found = {m.resolution.body.cluster_id for m in self.mentions if m.resolution.body is not None}
        return sorted(found)


def read_project(row: Row, statuses: str | Mapping[str, str], separators: Sequence[str]) -> Project:
    """One row as a project without its period and members; Refusal where a cell cannot be used."""
    n_members = most_names(row["clusters"])
    if n_members > CUTS_LIMIT:
        problem = f"a list of up to {n_members} names, more than {CUTS_LIMIT} that might be"
        raise Refusal("clusters", problem, "check the quotes and separators of this row")
    if _names_no_project(row):
        remedy = "fill the merged cells of the project down, or give the row an id or acronym"
        raise Refusal("clusters", "a member of no project: the cells of the project are blank", remedy)
    announced, dated = interval(row, "announced"), interval(row, "date")
    year, years = _stated_year(row)
    if year is None and years is None:
        year = _year_of(dated) or _year_of(announced)
    return Project(
        line=row.line,
        key=row["id"],
        row=row,
        call=whole(row, "call"),
        inferred=whole(row, "call_inferred"),
        year=year,
        announced=announced or dated or years,
        status=row["status"],
        list_status=_list_status(row, statuses),
        sources=_sources(row["source"], separators),
        url=row["url"],
    )


def _names_no_project(row: Row) -> bool:
    """Whether a row has members and nothing of a project, as below the first of merged cells."""
    if not (row.printed("clusters") or row.printed("lead")):
        return False
    mapped = [column for column in OF_A_PROJECT if column in row.layout.places]
    return not {"id", "acronym"}.isdisjoint(mapped) and not any(map(row.printed, mapped))


def is_nameless(project: Project) -> bool:
    """Whether a row has one member at the most and neither id nor acronym, though its table has such."""
    row = project.row
    named = [column for column in ("id", "acronym") if row.maps(column)]
    has_one = bool(row["clusters"]) and most_names(row["clusters"]) == 1
    return has_one and bool(named) and not any(row[column] for column in named)


def set_period(project: Project, unit: str, periods: Periods) -> None:
    """Give the project its period: the call stated or inferred, or the year; none outside the study."""
    if unit == "year":
        candidates = [(project.year, "year")]
    else:
        candidates = [(project.call, "stated"), (project.inferred, "inferred")]
    value, basis = next(((v, b) for v, b in candidates if v is not None), (None, "none"))
    if value in periods:
        project.period, project.period_basis = value, basis


def add_mentions(
    project: Project,
    names: Iterable[str],
    lead: str,
    resolve: Callable[[str, Interval | None], Resolution],
    when: Interval | None,
) -> bool:
    """Resolve the names of a row; the lead is one of them, or one more where the list leaves it out.

    Returns whether the lead was one more name: one left out of the list, or spelt otherwise in it.
    """
    leader = resolve(lead, when) if lead else None
    leading = leader.body.cluster_id if leader and leader.body else None
    found = [resolve(name, when) for name in names]
    for item in found:
        is_lead = item.body is not None and item.body.cluster_id == leading
        project.mentions.append(Mention(item.printed, item, is_lead))
    if leader is None or any(mention.printed == leader.printed for mention in project.mentions):
        return False
    again = any(mention.lead for mention in project.mentions)
    project.mentions.append(Mention(leader.printed, leader, lead=True, again=again))
    return True


def project_id(file: str, line: int) -> str:
    """``<file stem>:<line>``."""
    return f"{_stem(file)}:{line}"


@cache
def _stem(file: str) -> str:
    return PurePosixPath(file).name.split(".")[0]


def _stated_year(row: Row) -> tuple[int | None, Interval | None]:
    """The year of the column ``year``, or the span that it prints instead ("2014-2015")."""
    try:
        year = whole(row, "year")
    except Refusal as refusal:
        try:
            span = interval(row, "year")
        except Refusal:
            raise refusal from None
        return _year_of(span), span
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("year", f"the year {year} lies outside {FIRST_YEAR}-{LAST_YEAR}", "correct the year")
    return year, None


def _year_of(when: Interval | None) -> int | None:
    """The year of a date that lies within one year."""
    if when is None or when.low is None or when.low.year != when.high.year:
        return None
    return when.high.year


def _list_status(row: Row, statuses: str | Mapping[str, str]) -> str:
    if isinstance(statuses, str):
        return statuses if row["clusters"] or not row.maps("clusters") else "none"
    if row["status"] not in statuses:
        known = ", ".join(sorted(statuses))
        raise Refusal(
            "status", "not a status of ingest.list_status", f"correct it ({known}) or add it to the study"
        )
    return statuses[row["status"]]


def _sources(cell: str, separators: Sequence[str]) -> list[str]:
    parts = [cell]
    for separator in separators:
        parts = [piece for part in parts for piece in pieces(part, separator)]
    return list(dict.fromkeys(parts))


def merged_value(project: Project, name: str) -> Any:
    """The value of a field that rows of one project may contradict each other in; None where blank."""
    if name == "year":
        return project.year
    return project.status or None if name == "status" else project.row[name] or None
