"""Errors that a user can cause: one sentence with the place, the value and the remedy.

A bug keeps its traceback; everything in this module is shown without one (see ``sentence``).
"""

from __future__ import annotations


class InterclustError(Exception):
    """Base of every error that is the user's to mend."""


class InputError(InterclustError):
    """A raw file that cannot be read as it is."""

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        value: object = None,
        remedy: str | None = None,
    ) -> None:
        self.file, self.line, self.column, self.value, self.remedy = file, line, column, value, remedy
        place = ", ".join(
            part
            for part in (
                file,
                f"line {line}" if line is not None else None,
                f"column {column!r}" if column is not None else None,
                f"value {str(value)[:80]!r}" if value is not None else None,
            )
            if part
        )
        super().__init__(sentence(problem, place, remedy))


class ConfigError(InterclustError):
    """A setting that is missing, misspelt or outside what is allowed."""

    def __init__(self, problem: str) -> None:
        super().__init__(printable(problem, 4 * PART_LIMIT))


class OutputError(InterclustError):
    """A folder, file or console that cannot be written to."""

    def __init__(self, problem: str, *, to: str, remedy: str) -> None:
        super().__init__(sentence(problem, to, remedy))


class ContractError(InterclustError):
    """A table that does not keep its contract: damaged, of another version, or wrongly written."""


class ModelError(InterclustError):
    """A model that is wrongly specified."""


class NotEstimable(ModelError):  # noqa: N818 - a verdict on the sample, not a failure of the program
    """A well-specified model that these data cannot estimate: recorded as not fitted, with the reason.

    ``counts`` is what was counted before giving up (rows, events).
    """

    def __init__(self, reason: str, counts: dict[str, int] | None = None) -> None:
        self.counts = counts or {}
        super().__init__(reason)


PART_LIMIT = 320  # signs of a part of a sentence: what files and settings hold may be of any length


def sentence(problem: str, place: str = "", remedy: str | None = None) -> str:
    """Join place, problem and remedy into one sentence: ``place: problem; remedy``.

    Parts are cut to a readable length, and signs that a terminal would obey are shown instead.
    """
    place, problem = printable(place), printable(problem)
    text = f"{place}: {problem}" if place else problem
    return f"{text}; {printable(remedy)}" if remedy else text


def printable(text: str, limit: int = PART_LIMIT) -> str:
    """Text on one line without control signs, cut to ``limit`` signs."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
