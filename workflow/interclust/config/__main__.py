"""``python -m interclust.config STUDY``: print the resolved study."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from ..cli import reporting_errors, show
from ..io import write_text
from . import load
from .document import documented


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the resolved settings of a study as JSON; a faulty one ends in a sentence and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m interclust.config", description=main.__doc__)
    parser.add_argument("study", nargs="?", help="name of a file of config/studies, or path of a study file")
    parser.add_argument("--document", metavar="README", help="make the tables of settings in this file anew")
    given = parser.parse_args(arguments)
    if not given.study and not given.document:
        parser.error("name a study")
    with reporting_errors():
        if given.document:
            write_text(documented(Path(given.document).read_text(encoding="utf-8")), given.document)
        if given.study:
            show(json.dumps(load(given.study), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
