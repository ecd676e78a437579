"""What must hold of the outcome of ingest on a spoilt study: the verdicts, as (kind, what was found)."""

from __future__ import annotations

import re
import tempfile
import traceback
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from interclust.errors import InterclustError
from interclust.ingest import IngestResult
from interclust.ingest.check import described

from . import reading
from .raw import World

Verdict = tuple[str, str]
Written = dict[str, bytes | None]
LONGEST = 1_000  # characters of a message
SHOWN = 80  # of the name of a file that cannot be one
PLACES = ("ingest", "panel.")  # how settings begin


def of_error(error: BaseException, world: World) -> Iterator[Verdict]:
    """A mistake in the files ends in one sentence that names its place; nothing else is raised."""
    if not isinstance(error, InterclustError):
        yield f"{type(error).__name__} {_where(error)}", f"{error!s:.200}"
        return
    message = str(error)
    tables = [value for value in world.spec.values() if isinstance(value, dict) and "file" in value]
    tables += [join for table in tables for join in table.get("join", [])]
    files = [str(table["file"]) for table in tables]
    if len(message.splitlines()) != 1:
        yield "message of several lines", repr(message[:300])
    if len(message) > LONGEST:
        yield "long message", f"{len(message)} characters: {message[:200]}"
    if "Traceback" in message:
        yield "traceback in a message", message[:300]
    shown = [name[:SHOWN] for name in files]  # a name too long for a file is shown by its beginning
    places = [*files, *(repr(name)[1:-1] for name in files), *shown, *world.files, *PLACES]
    if not any(name in message for name in places):
        yield "message without its place", message[:300]
    if any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in message):
        yield "control signs in a message", repr(message[:300])


def of_result(result: IngestResult, world: World, written: Written, write: bool) -> Iterator[Verdict]:
    """Every row is accounted for, every name kept, every reference good."""
    yield from _counts(result, world, written)
    yield from _projects(result, world, written)
    yield from _names(result, world, written)
    yield from _references(result)
    if write:
        yield from _writing(result)


def _counts(result: IngestResult, world: World, written: Written) -> Iterator[Verdict]:
    """Rows read = accepted + quarantined, as many as a second reading of the file finds."""
    said: dict[str, int] = {}
    for entry in result.summary["files"]:
        file = entry["file"]
        if entry["read"] != entry["accepted"] + entry["quarantined"]:
            yield "rows lost", f"{entry}"
        said[file] = said.get(file, 0) + entry["quarantined"]
        data = written.get(file)
        if data is None:
            yield "read what is not there", file
            continue
        bounds = reading.bounds(world.files[file], data, world.settings_of(file))
        if bounds and not bounds.low <= entry["read"] <= bounds.high:
            yield (
                "rows not accounted for",
                f"{file}: {entry['read']} read, {bounds.low} to {bounds.high} written",
            )
    listed = result.quarantine.groupby("file").size().to_dict()
    if listed != {file: count for file, count in said.items() if count}:
        yield "quarantine is not as long as said", f"{listed} against {said}"


def _projects(result: IngestResult, world: World, written: Written) -> Iterator[Verdict]:
    """The lines of projects, of rows united with them and of refused rows are distinct and all there are."""
    entry = result.summary["files"][0]
    file = entry["file"]
    refused = _lines(result, file)
    projects = result.records.projects["line"].tolist()
    united = result.summary["projects"]["rows_merged"]
    if len(set(projects)) != len(projects) or set(projects) & refused:
        yield "lines of projects", "a line stands twice"
    if entry["accepted"] != len(projects) + united:
        yield "lines of projects", f"{entry['accepted']} accepted, {len(projects)} projects, {united} united"
    raw, data = world.files.get(file), written.get(file)
    if raw is None or data is None:
        return
    bounds = reading.bounds(raw, data, world.settings_of(file))
    numbers = refused | set(projects)
    if bounds and bounds.last and numbers and not (min(numbers) > 1 and max(numbers) <= bounds.last):
        yield "lines of projects", f"lines {min(numbers)} to {max(numbers)} of {bounds.last}"
    rows = reading.rows(raw, data, world.settings_of(file))
    if rows and bounds and bounds.low == bounds.high == len(rows) == entry["read"]:
        others = set(rows) - numbers
        if numbers - set(rows) or len(others) != united:
            yield "lines of projects", f"{sorted(numbers ^ set(rows))[:9]} do not belong"
        elif not _with_ids(world.spec["projects"]):
            named = result.conflicts.query("field == 'rows'")["values"]
            stated = {int(number) for text in named for number in re.findall(r"line (\d+):", text)}
            if others - stated:
                yield "united without a word", f"lines {sorted(others - stated)[:9]}"


def _names(result: IngestResult, world: World, written: Written) -> Iterator[Verdict]:
    """Every word of a cell of names of an accepted row is found in a name that was resolved or was not."""
    settings = world.spec["projects"]
    columns = settings.get("columns") or {}
    file = settings["file"]
    raw, data = world.files.get(file), written.get(file)
    headers = [columns[key] for key in ("clusters", "lead") if isinstance(columns.get(key), str)]
    if raw is None or data is None or not headers or "missing" in settings:
        return
    refused = _lines(result, file)
    separators = {word for sign in world.spec.get("separators", []) for word in reading.words(sign)}
    if separators or any(len(sign) < 1 for sign in world.spec.get("separators", [])):
        return
    printed = [*result.resolution["printed"], *result.unresolved["printed"]]
    kept = {word for name in printed for word in reading.words(name)} | {"et", "and"}
    for line, cells in reading.rows(raw, data, world.settings_of(file)).items():
        if line not in refused:
            lost = {word for name in headers for word in reading.words(cells.get(name, ""))} - kept
            if lost:
                yield "names lost", f"line {line}: {sorted(lost)[:5]}"


def _references(result: IngestResult) -> Iterator[Verdict]:
    """Keys are unique and found in their tables; nobody is paired with itself."""
    records = result.records
    projects, clusters, members = records.projects, records.clusters, records.memberships
    for name, table, key in (("projects", projects, ["project_id"]), ("clusters", clusters, ["cluster_id"])):
        if table[key].duplicated().any():
            yield "key twice", name
    if members[["project_id", "cluster_id"]].duplicated().any():
        yield "key twice", "memberships"
    known = set(clusters["cluster_id"])
    if not set(members["project_id"]) <= set(projects["project_id"]):
        yield "reference", "a membership of no project"
    for name in ("memberships", "territories", "facts", "events", "affiliations"):
        if not set(getattr(records, name)["cluster_id"]) <= known:
            yield "reference", f"a body of {name} is not in clusters"
    counted = members.groupby("project_id").size()
    if (
        not projects.set_index("project_id")["n_clusters"]
        .eq(counted.reindex(projects["project_id"]).fillna(0))
        .all()
    ):
        yield "reference", "n_clusters is not the number of memberships"
    for name, one, other in (("agreements", "cluster_i", "cluster_j"), ("relations", "ego", "alter")):
        table = getattr(records, name)
        if one in table and (table[one] == table[other]).any():
            yield "pair of a body with itself", name
    if not set(projects["period"].dropna()) <= set(records.periods["period"]):
        yield "reference", "a period that is not in periods"
    if not clusters["cluster_id"].is_monotonic_increasing:
        yield "order", "clusters are not sorted"


def _writing(result: IngestResult) -> Iterator[Verdict]:
    """The tables keep their contracts and can be written and read again, and a page describes them."""
    with tempfile.TemporaryDirectory(prefix="interclust-fuzz-") as folder:
        try:
            result.write(folder)
            type(result.records).read(folder)
            page, _ = described(result, 1.0)
            if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in page.replace("\n", "")):
                yield "control signs on a page", repr(page[:300])
            if "\0" in (Path(folder) / "ingest.json").read_text(encoding="utf-8"):
                yield "NUL in ingest.json", ""
        except Exception as error:
            yield f"not written: {type(error).__name__} {_where(error)}", f"{error!s:.300}"


def _with_ids(settings: dict[str, Any]) -> bool:
    """Whether rows are united by their ids (found by its header perhaps), which needs no word."""
    return "id" in (settings.get("columns") or {"id": ""}) or "id" in settings.get("constants", {})


def _lines(result: IngestResult, file: str) -> set[int]:
    return set(result.quarantine.loc[result.quarantine["file"] == file, "line"].tolist())


def _where(error: BaseException) -> str:
    """The last place in the package that a traceback names."""
    frames: list[Any] = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/interclust/" in frame.filename] or frames
    return (
        f"at {Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}"
        if ours
        else "at an unknown place"
    )
