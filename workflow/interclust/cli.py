"""Scripts and command lines: a user's error ends in a sentence and exit code 2, a bug in a traceback."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InterclustError

USER_ERROR = 2


@contextmanager
def reporting_errors(log: str | Path | None = None) -> Iterator[None]:
    """Turn an :class:`InterclustError` into its sentence on stderr and exit code 2.

    Anything else passes through: it is a bug, and its traceback is needed. How it ended also goes to
    the file ``log``, if given. Use it around the one call of a script::

        if __name__ == "__main__":
            with reporting_errors(snakemake.log[0]):
                main(snakemake.input.records, snakemake.params.spec, snakemake.output[0])
    """
    try:
        yield
    except InterclustError as error:
        _note(log, f"{error}\n")
        print(f"interclust: {error}", file=sys.stderr, flush=True)
        raise SystemExit(USER_ERROR) from None
    except Exception:
        _note(log, traceback.format_exc())
        raise
    _note(log, "finished\n")


def _note(log: str | Path | None, text: str) -> None:
    """Write the log; it is no result, so it need not be whole."""
    if log is not None:
        Path(log).parent.mkdir(parents=True, exist_ok=True)
        Path(log).write_text(text, encoding="utf-8")
