"""``python -m interclust.ingest STUDY``: read a study's raw tables, or say what a run would read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .. import config
from ..cli import USER_ERROR, reporting_errors, show
from ..io import whole_folder, writing
from .check import described
from .result import IngestResult
from .stage import examine, run


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the raw tables of a study; a faulty file or setting ends in a sentence and exit code 2.

    With --check nothing is written: what would be read, resolved and set aside is printed, and the exit
    code is 2 if the run would stop. With --to the tables of the stage are written to a folder, which
    appears whole or not at all.
    """
    parser = argparse.ArgumentParser(prog="python -m interclust.ingest", description=main.__doc__)
    parser.add_argument("study", help="name of a file of config/studies, or path of a study file")
    parser.add_argument("--data", metavar="FOLDER", help="folder of the raw files, in place of data_dir")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="print what a run would read, write nothing")
    what.add_argument("--to", metavar="FOLDER", help="write the tables of the stage to this folder")
    given = parser.parse_args(arguments)
    if given.to == "" or given.data == "":
        parser.error("give --to and --data the name of a folder")
    with reporting_errors():
        study = config.load(given.study)
        data = config.data_dir(study, given.data)
        if given.to is not None:
            with whole_folder(given.to, IngestResult.files()) as folder:
                result = run(study, data)
                with writing(given.to):
                    result.write(folder)
            return
        page, goes_on = described(examine(study, data), study["ingest"].get("tolerance", 0.0))
        show(page)
    if not goes_on:
        raise SystemExit(USER_ERROR)


if __name__ == "__main__":
    main()
