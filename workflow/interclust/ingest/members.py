"""The members of projects: many names in one cell (wide), or one row a membership (long)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .blanks import named, perhaps_nobody, signs_only
from .bodies import Registry, bare_registry
from .crowds import PROJECT_LIMIT, too_many, without_crowds
from .dates import Interval
from .merging import conflict_line, same
from .names.forms import is_named, is_too_long
from .names.known_names import Name
from .names.resolution import Resolution
from .names.slugs import own_names
from .names.spellings import alike, settled
from .names.split import Known, split_cell
from .projects import Project
from .rows import Refusal, Row
from .tables import Table, read_table

Settings = Mapping[str, Any]
Rows = list[dict[str, Any]]
IDS_GIVEN = "none"  # ingest.names: none — members are ids, nothing is to be resolved
LINES_SHOWN = 5
LEAD_WORDS = ("lead", "leader", "coordinator", "coordinateur", "chef de file", "porteur")


@dataclass
class Members:
    """Names of each project row, and its leads, by the row's line."""

    names: dict[int, list[str]] = field(default_factory=dict)
    leads: dict[int, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    rows: list[Project] = field(default_factory=list)  # those of projects that do not name too many
    conflicts: list[dict[str, Any]] = field(default_factory=list)  # projects of several leads
    further_leads: int = 0  # leads that their lists leave out

    def all_names(self) -> list[str]:
        """Every name as printed, with repetitions."""
        return [name for names in (*self.names.values(), self.leads.values()) for name in names]


def gather(
    root: Path, spec: Settings, table: Table, projects: Sequence[Project], known: Known | None
) -> Members:
    """Read who takes part in which project row, from the cells of the rows or the table of memberships.

    ``table`` are the rows of projects; those that name too many members are set aside in it.
    """
    members = Members()
    separators = spec.get("separators", [";"])
    dropped: Counter[str] = Counter()
    names = {
        project.line: named(split_cell(project.row["clusters"], separators, known), dropped)
        for project in projects
    }
    members.rows, members.names = without_crowds(table, projects, names)
    for project in members.rows:
        for lead in named(filter(None, [project.row["lead"]]), dropped):
            members.leads[project.line] = lead
    table.notes += signs_only(dropped, table.file)
    table.notes += perhaps_nobody(members.all_names(), known, table.file, "ingest.projects")
    if "memberships" in spec:
        _add_long(root, spec["memberships"], members.rows, members)
    return members


def _add_long(root: Path, spec: Settings, projects: Sequence[Project], members: Members) -> None:
    table = read_table(root, spec, "ingest.memberships", ("project", "cluster"))
    members.tables.append(table)
    lines = _lines(projects)
    printed: list[str] = []
    leading: dict[int, dict[str, None]] = {}
    texts = dict[str, str]()  # one text object for each spelling, not one for each row
    full: dict[int, set[str]] = {}  # the members of projects that have as many as are read
    leads = {str(word).lower() for word in spec.get("leads", LEAD_WORDS)}

    def membership(row: Row) -> None:
        """One line as a member of an accepted project."""
        if row["project"] not in lines:
            remedy = "correct the id or add the project"
            raise Refusal("project", "no accepted project has this id", remedy)
        if not is_named(row["cluster"]):
            raise Refusal("cluster", "the membership names nobody", "name the member or delete the line")
        line = _line_of(lines[row["project"]])
        names = members.names[line]
        if len(names) >= PROJECT_LIMIT and row["cluster"] not in full.setdefault(line, set(names)):
            if len(full[line]) >= PROJECT_LIMIT:
                raise too_many(PROJECT_LIMIT)
            full[line].add(row["cluster"])
        printed.append(texts.setdefault(row["cluster"], row["cluster"]))
        names.append(printed[-1])
        if row["role"].lower() in leads:
            members.leads.setdefault(line, row["cluster"])
            leading.setdefault(line, {})[row["cluster"]] = None

    table.accept(membership)
    members.conflicts += _several_leads(projects, leading)
    table.notes += perhaps_nobody(printed, None, table.file, "ingest.memberships")


def _several_leads(projects: Sequence[Project], leading: Mapping[int, Iterable[str]]) -> Rows:
    """Lines of conflicts for projects whose memberships name several leads, of which the first is kept."""
    by_line = {project.line: project for project in projects}
    return [
        conflict_line(
            by_line[line], "lead", " | ".join(names), next(iter(names)), "the first membership that leads"
        )
        for line, names in leading.items()
        if len(list(names)) > 1
    ]


def _lines(projects: Sequence[Project]) -> dict[str, list[int]]:
    """The first line of each project by its id; where none has one, those of each project of an acronym."""
    if any(project.key for project in projects):
        return {project.key: [project.line] for project in reversed(projects) if project.key}
    found: dict[str, dict[object, int]] = {}
    for project in projects:
        if project.row["acronym"]:
            found.setdefault(project.row["acronym"], {}).setdefault(same(project), project.line)
    return {acronym: list(lines.values()) for acronym, lines in found.items()}


def _line_of(lines: Sequence[int]) -> int:
    """The line of the one project meant; Refusal where several have the acronym."""
    if len(lines) > 1:
        listed = ", ".join(map(str, lines[:LINES_SHOWN]))
        problem = f"{len(lines)} projects have this acronym (lines {listed})"
        raise Refusal("project", problem, "give the projects ids and name these")
    return lines[0]


def registry_of_members(members: Members, spec: Settings) -> Registry:
    """A registry made of the members themselves: their ids, or their names with equal spellings united.

    With ``ingest.names.merge`` spellings that are alike are one body too (``spellings.alike``).
    """
    names = spec.get("names", {})
    printed = Counter(name for name in members.all_names() if names == IDS_GIVEN or not is_too_long(name))
    constants = spec.get("clusters", {}).get("constants", {})
    if names == IDS_GIVEN:
        return bare_registry({name: name for name in sorted(printed)}, constants)
    if not names.get("merge"):
        return bare_registry(own_names(printed), constants)
    limits = {key: names[key] for key in ("threshold", "margin") if key in names}
    found = alike(printed, **limits)
    counts: Counter[str] = Counter()
    for name, count in printed.items():
        counts[found[name].name] += count
    registry = bare_registry(own_names(counts), constants)
    registry.resolver.settled = settled(found, registry.resolver)
    return registry


def resolve_id(registry: Registry) -> Callable[[str, Interval | None], Resolution]:
    """A lookup for members given as ids."""

    @cache
    def found(printed: str) -> Resolution:
        body = registry.bodies.get(printed)
        note = None if body else "no body has this id"
        names = (Name(printed, body),) if body else ()
        return Resolution(printed, body, "id" if body else None, 100.0 if body else 0.0, note, names=names)

    def resolve(printed: str, when: Interval | None) -> Resolution:
        return found(printed)

    return resolve
