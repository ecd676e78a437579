"""``python -m interclust.contracts --document docs/tables.md``: make the dictionary of tables anew."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..cli import reporting_errors
from ..io import write_text
from .document import documented


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the tables of columns in a Markdown file anew, from the contracts."""
    parser = argparse.ArgumentParser(prog="python -m interclust.contracts", description=main.__doc__)
    parser.add_argument("--document", metavar="FILE", required=True, help="the file with the marked tables")
    given = parser.parse_args(arguments)
    with reporting_errors():
        write_text(documented(Path(given.document).read_text(encoding="utf-8")), given.document)


if __name__ == "__main__":
    main()
