"""One body named twice on one list: two of its names, or its name beside that of its successor.

Neither makes a tie. What was done stands in conflicts.csv.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .bodies import Registry
from .dates import Interval
from .projects import Mention, Project

Rows = list[dict[str, Any]]
TWO_NAMES = "two names of one body are one membership"
ONE_BY_THEN = "one body by then: counts as the one that was active"
BOTH_ACTIVE = "both kept: both active"
NOT_KNOWN = "both kept: check, the date does not tell whether they were one body by then"


def unite_doubles(
    projects: Sequence[Project], registry: Registry, times: Mapping[int, Interval | None]
) -> Rows:
    """Let bodies that were one at the time count as one; return the lines of conflicts.

    ``times`` is the time of each project's names by its line. A body beside its successor is read as the
    successor once it has ended, and the successor as the body before it began.
    """
    rows: Rows = []
    for project in projects:
        if len(project.mentions) < 2:
            continue
        rows += _two_names(project, registry)
        keys = project.clusters
        for before in keys:
            for after in _successors(registry, before):
                if after in keys:
                    rows.append(_succession(project, before, after, registry, times.get(project.line)))
    return rows


def _succession(
    project: Project, before: str, after: str, registry: Registry, when: Interval | None
) -> dict[str, Any]:
    old, new = registry.bodies[before], registry.bodies[after]
    names = f"{old.name} | {new.name}"
    if when is None:
        return _line(project, "successor", before, names, names, NOT_KNOWN)
    if old.active(when) and new.active(when):
        surely = when.low == when.high
        return _line(project, "successor", before, names, names, BOTH_ACTIVE if surely else NOT_KNOWN)
    gone, kept = (new, old) if old.active(when) else (old, new)
    project.mentions = [_read_as(mention, gone.cluster_id, kept) for mention in project.mentions]
    return _line(project, "successor", before, names, kept.name, ONE_BY_THEN)


def _read_as(mention: Mention, gone: str, kept: Any) -> Mention:
    found = mention.resolution
    if found.body is None or found.body.cluster_id != gone:
        return mention
    note = f"{found.body.name} and {kept.name} were one body by then"
    return replace(mention, resolution=replace(found, body=kept, note=note))


def _two_names(project: Project, registry: Registry) -> Rows:
    rows: Rows = []
    printed: dict[str, set[str]] = {}
    for mention in project.mentions:
        if mention.resolution.body is not None and not mention.again:
            printed.setdefault(mention.resolution.body.cluster_id, set()).add(mention.printed)
    for key in sorted(printed):
        names = sorted(printed[key])
        if len({name.casefold() for name in names}) > 1:
            rows.append(
                _line(project, "clusters", key, " | ".join(names), registry.bodies[key].name, TWO_NAMES)
            )
    return rows


def _line(project: Project, field: str, key: str, values: str, kept: str, rule: str) -> dict[str, Any]:
    made = {"line": project.line, "cluster_id": key, "field": field, "values": values}
    return made | {"kept": kept, "rule": rule}


def _successors(registry: Registry, key: str) -> list[str]:
    """The chain of successors of a body."""
    chain: list[str] = []
    following = registry.rows[key]["successor"]
    while following is not None and following not in chain:
        chain.append(following)
        following = registry.rows[following]["successor"]
    return chain
