"""The page of faults: what was done, what was said, what helped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .faults import Found
from .kills import Chain

HEAD = """# When something goes wrong

A run that cannot go on ends with a sentence (file, what is wrong, remedy) and an exit code that is not 0;
after the remedy the results are the same, byte for byte, as those of a run that nothing disturbed. This page
is written by `make chaos CHAOS_ARGS='--document docs/faults.md'`, which does to a small study what stands
here; the messages are those that came.
"""
TAIL = """
## What is not noticed
A digit changed by hand in a CSV or JSON file between the stages: these carry no checksum (Parquet files do).
Snakemake sees that the file is another and makes anew what rests on it, from the digit as it is. To be sure,
delete the study's folder in `results` and run again. A CSV file that is cut exactly at the end of a line is
not noticed either.
"""


def write_document(path: Path, found: Sequence[Found], ended: Sequence[Chain], seed: int) -> None:
    """Write the page."""
    lines = [HEAD]
    kills = [kill for one in ended for kill in one.kills]
    if kills:
        lines += kill_lines(ended, seed)
    lines += ["## Faults", ""]
    for one in found:
        lines += [f"### {one.fault.name.capitalize()}", "", one.fault.story, ""]
        lines += [f"> {one.message}", ""] if one.message else []
        lines += [f"Remedy: {one.fault.remedy_told} {one.verdict.capitalize()}.", ""]
    path.write_text("\n".join(lines).rstrip() + "\n" + TAIL, encoding="utf-8")


def kill_lines(ended: Sequence[Chain], seed: int) -> list[str]:
    """What became of the kills."""
    kills = [kill for one in ended for kill in one.kills]
    resumed = sum(len(one.kills) for one in ended if one.held)
    said = next((kill.said for kill in kills if kill.said), "")
    return [
        "## A run that is killed",
        "",
        f"{len(kills)} times (seed {seed}) the whole process group of a run was killed (SIGKILL) at a random "
        f"moment, in {len(ended)} studies, each up to three times before it was run to its end. {resumed} of "
        f"{len(kills)} kills were resumed to the same bytes. The next run says",
        "",
        f"> {said}",
        "",
        "Remedy: `make unlock` (or `snakemake --unlock`), then run again; `rerun-incomplete`, which the "
        "profile sets, makes anew what was not whole.",
        "",
        "| kill | study | after (s) | files there |",
        "| --- | --- | --- | --- |",
        *(
            f"| {number} | {kill.chain + 1} | {kill.seconds:.1f} | {kill.files} |"
            for number, kill in enumerate(kills, start=1)
        ),
        "",
    ]
