"""What a run would read, resolve and set aside, as a page of text (``python -m interclust.ingest``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InputError, printable
from .result import IngestResult
from .stage import check_tolerance

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12  # lines of each kind; the files of a run hold all of them


def described(result: IngestResult, tolerance: float) -> tuple[str, bool]:
    """The page for a terminal, and whether the run would go on (quarantine within ``tolerance``)."""
    summary = result.summary
    stop = _stop(result, tolerance)
    lines = [
        *_section("Files", _files(summary["files"])),
        *_section("Columns", _columns(summary["files"])),
        *_section("Projects", _projects(summary)),
        *_section("Names", _names(summary, result.resolution)),
        *_section("Left open", _left_open(result.unresolved)),
        *_section("Quarantine", _quarantine(result.quarantine)),
        *_section("Conflicts", _conflicts(result.conflicts)),
        *_section("Published figures not met", _checks(summary["checks"])),
        *_section("Remarks", summary["notes"]),
        stop or "The run would go on.",
    ]
    return "\n".join(lines), not stop


def _section(title: str, lines: Sequence[str] | Iterator[str]) -> list[str]:
    """A heading and its lines, the latter cut to ``SHOWN``; nothing where there are none."""
    every = [printable(line) for line in lines]
    if not every:
        return []
    more = [f"… and {len(every) - SHOWN} more"] if len(every) > SHOWN else []
    return [title, *(f"  {line}" for line in [*every[:SHOWN], *more]), ""]


def _stop(result: IngestResult, tolerance: float) -> str:
    try:
        check_tolerance(result, tolerance)
    except InputError as error:
        return f"The run would stop: {error}"
    return ""


def _files(files: Sequence[dict[str, Any]]) -> Iterator[str]:
    width = max(len(item["file"]) for item in files)
    for item in files:
        aside = f", {item['quarantined']} set aside" if item["quarantined"] else ""
        yield f"{item['file']:<{width}}  {item['read']} rows read, {item['accepted']} accepted{aside}"


def _columns(files: Sequence[dict[str, Any]]) -> Iterator[str]:
    for item in files:
        pairs = ", ".join(f"{ours} = {theirs!r}" for ours, theirs in item["columns"].items())
        yield f"{item['file']}: {pairs}"


def _projects(summary: dict[str, Any]) -> Iterator[str]:
    counts = summary["projects"]
    yield f"{counts['projects']} projects ({counts['rows_merged']} rows were united with others)"
    pairs = f"{counts['with_two_bodies']} two or more: {counts['distinct_pairs']} pairs"
    yield f"{counts['with_a_body']} name a body, {pairs}"
    stated, inferred = counts["period_stated"], counts["period_inferred"]
    outside = counts["outside_periods"]
    beyond = f" ({outside} of them state one outside those of the study)" if outside else ""
    none = f"{counts['without_period']} have none{beyond}"
    yield f"{stated} state their period, {inferred} let it be inferred, {none}"
    recorded = [f"{row['label']}: {row['n_records']}" for row in summary["by_period"] if row["n_records"]]
    yield f"by period: {', '.join(recorded) or 'none lies within the periods of the study'}"


def _names(summary: dict[str, Any], resolution: pd.DataFrame) -> Iterator[str]:
    names = summary["names"]
    ways = ", ".join(f"{count} {method}" for method, count in names["by_method"].items())
    found = f"{names['resolved']} found ({ways or 'none'}), {names['unresolved']} left open"
    yield f"{names['printed']} spellings: {found}"
    yield f"{summary['bodies']['named']} bodies named, of {summary['bodies']['in_registry']}"
    loose = resolution["method"] == "fuzzy"
    for row in resolution[loose | resolution["note"].notna()].sort_values("score").to_dict("records"):
        why = [f"likeness {row['score']:.0f}"] if row["method"] == "fuzzy" else []
        why += [row["note"]] if isinstance(row["note"], str) else []
        yield f"please check: {row['printed']!r} was read as {row['cluster_name']} ({'; '.join(why)})"


def _left_open(unresolved: pd.DataFrame) -> Iterator[str]:
    for printed, rows in unresolved.groupby("printed", sort=False):
        offered = [str(name) for name in rows["cluster_name"].dropna()]
        meant = f"perhaps {' / '.join(offered)}" if offered else "no body is like it"
        times = f"{int(rows['records'].iloc[0])} ×"
        note = rows["note"].dropna()
        yield f"{printed!r} ({times}{', ' + str(note.iloc[0]) if len(note) else ''}): {meant}"


def _quarantine(quarantine: pd.DataFrame) -> Iterator[str]:
    for row in quarantine.to_dict("records"):
        column = f", column {row['column']}" if isinstance(row["column"], str) else ""
        place = f"{row['file']}, line {row['line']}{column}, value {row['value'][:60]!r}"
        yield f"{place}: {row['reason']}; {row['remedy']}"


def _conflicts(conflicts: pd.DataFrame) -> Iterator[str]:
    for row in conflicts.to_dict("records"):
        where = row["project_id"] if isinstance(row["project_id"], str) else row["cluster_id"]
        yield f"{where}, {row['field']}: {row['values']}; kept {row['kept']} ({row['rule']})"


def _checks(checks: Sequence[dict[str, Any]]) -> Iterator[str]:
    for item in checks:
        if not item["ok"]:
            yield f"{item['name']}: published {item['published']}, found {item['found']} ({item['source']})"
