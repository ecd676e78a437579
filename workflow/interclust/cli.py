"""Scripts and command lines: a user's error ends in a sentence and exit code 2, a bug in a traceback."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import InterclustError, OutputError

USER_ERROR = 2
REMEDIES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EFBIG: "allow larger files",
    errno.EROFS: "let the folder be written to",
    errno.EACCES: "give the right to use it",
    errno.EPERM: "give the right to use it",
    errno.EIO: "look at the disk",
}
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
    except Exception as error:
        told = system_error(error)
        if told is None:
            _note(log, traceback.format_exc())
            raise
        _note(log, f"{told}\n")
        print(f"interclust: {told}", file=sys.stderr, flush=True)
        raise SystemExit(USER_ERROR) from None
    _note(log, "finished\n")


def system_error(error: Exception) -> OutputError | None:
    """What the machine refused (room on the disk, permission, memory), with a remedy; None: a bug."""
    if isinstance(error, MemoryError):
        return OutputError("does not suffice", to="memory", remedy="give more, or fewer cores, and run again")
    if not isinstance(error, OSError) or error.errno not in REMEDIES:
        return None
    place, problem = error.filename or "a file of the results", f"cannot be used ({os.strerror(error.errno)})"
    return OutputError(problem, to=str(place), remedy=f"{REMEDIES[error.errno]} and run again")


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
    """Write the log; it is no result, so it need not be whole."""
    if log is not None:
        with suppress(OSError):
            Path(log).parent.mkdir(parents=True, exist_ok=True)
            Path(log).write_text(text, encoding="utf-8")


def make_document(
    package: str, documented: Callable[[str], str], arguments: Sequence[str] | None = None
) -> None:
    """A package's command line that makes the marked tables of a Markdown file anew, by ``documented``."""
    from .io import write_text

    parser = argparse.ArgumentParser(prog=f"python -m {package}", description="Make a file's tables anew.")
    parser.add_argument("--document", metavar="FILE", required=True, help="the file with the marked tables")
    given = parser.parse_args(arguments)
    with reporting_errors():
        if not Path(given.document).is_file():
            raise InterclustError(f"{given.document}: there is no such file")
        write_text(documented(Path(given.document).read_text(encoding="utf-8")), given.document)
