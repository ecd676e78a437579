"""A Word file with the same bytes every time: no clock in it, its parts sorted, each with the same date."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

# Of docProps/core.xml: when it was made and changed.
_CLOCK = re.compile(
    rb"<dcterms:(created|modified)\b[^>]*>.*?</dcterms:\1>|<cp:revision>.*?</cp:revision>", re.DOTALL
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold


def still(source: Path, path: Path) -> None:
    """Write the Word file ``source`` to ``path`` without what differs from one run to the next."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(path, "w") as after:
        for name in sorted(before.namelist()):
            content = before.read(name)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            after.writestr(entry, _CLOCK.sub(b"", content) if name == "docProps/core.xml" else content)
