"""Scripts and command lines: a user's error ends in a sentence and exit code 2, a bug in a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import InterclustError, OutputError
from .io import unwritable

USER_ERROR = 2
INTERRUPTED, PIPE_CLOSED = 130, 141  # 128 and the number of the signal, as shells have it


@contextmanager
def reporting_errors(log: str | Path | None = None) -> Iterator[None]:
    """Turn an :class:`InterclustError` into its sentence on stderr and exit code 2.

    An interrupt (Ctrl-C) ends in one word and exit code 130. Anything else passes through: it is a bug,
    and its traceback is needed. Signs that the console cannot show are replaced. How it ended also goes to
    the file ``log``, if given. Use it around the one call of a script::

        if __name__ == "__main__":
            with reporting_errors(snakemake.log[0]):
                main(snakemake.input.records, snakemake.params.spec, snakemake.output[0])
    """
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) == "strict":
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        yield
    except KeyboardInterrupt:
        _note(log, "interrupted\n")
        print("interrupted", file=sys.stderr, flush=True)
        raise SystemExit(INTERRUPTED) from None
    except InterclustError as error:
        _note(log, f"{error}\n")
        print(f"interclust: {error}", file=sys.stderr, flush=True)
        raise SystemExit(USER_ERROR) from None
    except OSError as error:
        fault = unwritable(error)
        if fault is None:
            _note(log, traceback.format_exc())
            raise
        _note(log, f"{fault}\n")
        print(f"interclust: {fault}", file=sys.stderr, flush=True)
        raise SystemExit(USER_ERROR) from None
    except Exception:
        _note(log, traceback.format_exc())
        raise
    _note(log, "finished\n")


def counting(what: str) -> Callable[[int, int], None]:
    """What tells on stderr how many of a long work's steps are done: at each tenth, a line."""
    tenths = 0

    def told(done: int, of: int) -> None:
        nonlocal tenths
        if 10 * done // of > tenths:
            tenths = 10 * done // of
            print(f"{what}: {done} of {of}", file=sys.stderr, flush=True)

    return told


def show(page: str) -> None:
    """Print a page on stdout; stop without a word where nobody reads on (``| head``).

    Raises OutputError where it cannot be printed, as on a full disk.
    """
    try:
        print(page, flush=True)
    except BrokenPipeError:
        _silence()
        raise SystemExit(PIPE_CLOSED) from None
    except OSError as error:
        _silence()
        problem, remedy = f"cannot be written ({error.strerror})", "make room or print elsewhere"
        raise OutputError(problem, to="the standard output", remedy=remedy) from None


def _silence() -> None:
    """Drop what stdout still holds, which the interpreter would try to print again as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _note(log: str | Path | None, text: str) -> None:
    """Write the log; it is no result, so it need not be whole, and a full disk may do without it."""
    if log is None:
        return
    with suppress(OSError):
        Path(log).parent.mkdir(parents=True, exist_ok=True)
        Path(log).write_text(text, encoding="utf-8")
