"""``python -m interclust.effects.planner STUDY FILE``: keep a plan of panel models for others to quote."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ... import __version__, config
from ...cli import reporting_errors
from ...io import write_csv
from .plan import measured_table, read_panels


def main(arguments: Sequence[str] | None = None) -> None:
    """Write results/<study>/effects/completion_panels.csv with study, seed and version to a file."""
    parser = argparse.ArgumentParser(prog="python -m interclust.effects.planner", description=main.__doc__)
    parser.add_argument("study", help="name of a file of config/studies; its plan must have been made")
    parser.add_argument("file", help="the CSV file to write")
    parser.add_argument("--results", default="results", help="the folder of results")
    given = parser.parse_args(arguments)
    with reporting_errors():
        study = config.load(given.study)
        panels = read_panels(Path(given.results) / study["name"] / "effects" / "completion_panels.csv")
        write_csv(measured_table(study, panels, __version__), given.file)


if __name__ == "__main__":
    main()
