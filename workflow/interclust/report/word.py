"""A Word file with the same bytes every time: no clock in it, its parts sorted, each with the same date.

Its tables are made whole here too, for pandoc cannot say it: no row is cut by the end of a page, and a table
of few rows is not cut at all.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

# Of docProps/core.xml: when it was made and changed.
_CLOCK = re.compile(
    rb"<dcterms:(created|modified)\b[^>]*>.*?</dcterms:\1>|<cp:revision>.*?</cp:revision>", re.DOTALL
)
_TABLE = re.compile(rb"<w:tbl>.*?</w:tbl>", re.DOTALL)
_ROW = re.compile(rb"<w:tr>(?:<w:trPr>)?")
_STYLE = re.compile(rb'<w:pStyle w:val="Table(?:Cell|Head|Group)(?:Narrow)?" ?/>(?!<w:keepNext)')
MOST_WHOLE = 24  # rows of a table that is kept on one page
LAST = 3  # rows of a longer one that stay together, and with the notes
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold


def still(source: Path, path: Path) -> None:
    """Write the Word file ``source`` to ``path`` without what differs from one run to the next."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(path, "w") as after:
        for name in sorted(before.namelist()):
            content = before.read(name)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            change = _CHANGES.get(name)
            after.writestr(entry, change(content) if change else content)


def _without_clock(core: bytes) -> bytes:
    return _CLOCK.sub(b"", core)


def _whole(document: bytes) -> bytes:
    return _TABLE.sub(lambda found: _whole_table(found[0]), document)


def _whole_table(table: bytes) -> bytes:
    """Rows that are not cut; of a small table each is kept with the next, of a long one the last few."""
    starts = [found.start() for found in _ROW.finditer(table)]
    cut = starts[-LAST] if len(starts) > MOST_WHOLE else starts[0]
    return _ROW.sub(_uncut, table[:cut] + _kept(table[cut:]))


def _uncut(row: re.Match[bytes]) -> bytes:
    return b"<w:tr><w:trPr><w:cantSplit/>" + (b"" if row[0].endswith(b"Pr>") else b"</w:trPr>")


def _kept(rows: bytes) -> bytes:
    return _STYLE.sub(lambda found: found[0] + b"<w:keepNext/>", rows)


_CHANGES = {"docProps/core.xml": _without_clock, "word/document.xml": _whole}
