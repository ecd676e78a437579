"""What a recorded world prints, in the tables of projects and sources, and how it resembles the real one."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...config.paths import inside
from ...io import atomic
from .slots import LIST, Form

if TYPE_CHECKING:
    from ...records import Records
    from .drawing import Record

Study = Mapping[str, Any]
PrintedRow = Mapping[str, str]


def recorded_rows(drawn: Sequence[Record], world: Records) -> tuple[PrintedRow, ...]:
    """Rows of the table of projects by our columns; acronym and topic are those of the complete world."""
    names = world.clusters["name"].tolist()
    acronyms, topics = world.projects["acronym"].tolist(), world.projects["topic"].tolist()
    return tuple(
        {
            **record.cells,
            "acronym": acronyms[record.project],
            "topic": topics[record.project] if isinstance(topics[record.project], str) else "",
            "clusters": ";".join(names[number] for number in record.names),
            "lead": names[record.names[0]] if record.slot.with_lead and record.names else "",
            "status": record.slot.status,
            "list_group": record.slot.group,
        }
        for record in drawn
    )


def write_sources(rows: Sequence[PrintedRow], study: Study, source: str | Path, folder: str | Path) -> None:
    """Write the table of sources with the header and texts of the real one and the counts of ``rows``.

    It has no addresses: the real pages say nothing of what is drawn.
    Beside the mapped ones, a column ``n_<status>`` counts the rows of a status.
    """
    spec = study["ingest"]["sources"]
    columns = spec["columns"]
    path = Path(folder) / spec["file"]
    with inside(Path(source), spec["file"]).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        header, real = list(reader.fieldnames or ()), list(reader)
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        for line in real:
            citing = [row for row in rows if line[columns["source"]] in row["source"].split(";")]
            counts = {
                f"n_{status}": number for status, number in Counter(r["status"] for r in citing).items()
            }
            zeros = {name: 0 for name in header if name.startswith("n_")}
            named = {
                columns.get("n_records"): len(citing),
                columns.get("n_multi"): sum(";" in row["clusters"] for row in citing),
            }
            found = {**line, **zeros, **counts, **named, columns.get("url"): ""}
            writer.writerow({name: found[name] for name in header})


def resemblance(form: Form, drawn: Sequence[Record]) -> list[dict[str, Any]]:
    """One line a figure: measure, of the real table, of the recorded one."""
    mentions = Counter(number for record in drawn for number in record.names)
    real = {number: int(count) for number, count in enumerate(form.mentions) if count}
    return [
        {"measure": measure, "real": of_real, "recorded": of_drawn}
        for measure, of_real, of_drawn in (
            ("records", len(form.slots), len(drawn)),
            (
                "lists",
                sum(slot.kind == LIST for slot in form.slots),
                sum(record.slot.kind == LIST for record in drawn),
            ),
            ("names", sum(real.values()), sum(mentions.values())),
            ("bodies_named", len(real), len(mentions)),
            ("share_of_most_named", _share(real), _share(mentions)),
        )
    ]


def _share(mentions: Mapping[int, int], of: int = 6) -> float:
    """Share of the names that goes to the most named bodies."""
    counts = sorted(mentions.values(), reverse=True)
    return round(sum(counts[:of]) / max(sum(counts), 1), 4)
