"""One measurement in this process: python -m benchmarks.bench.worker PART PROGRAM SIZE FOLDER (JSON).

``prepare`` in the place of a program writes the files of a size.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

from .part import Python, measured
from .parts import PARTS


def main(name: str, program: str, size: str, folder: str) -> None:
    """Prepare or measure, and print the cost."""
    warnings.simplefilter("ignore")  # versions of the peers name their arguments otherwise
    part = PARTS[name]
    if program == "prepare":
        part.prepare(int(size), Path(folder))
        return
    how = part.programs[program]
    assert isinstance(how, Python)
    print(json.dumps(measured(how.setup(int(size), Path(folder)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
