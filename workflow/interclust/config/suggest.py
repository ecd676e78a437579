"""The nearest known name to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 24
LENGTH = 40


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """``; did you mean x? (allowed: x, y)``, or an empty text where nothing is known."""
    names = sorted({tidied for name in known if (tidied := " ".join(str(name).split())[:LENGTH])})
    if not names:
        return ""
    folded = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(given.casefold(), list(folded), n=1, cutoff=0.5)
    question = f"; did you mean {folded[near[0]]}?" if near else ""
    listed = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    return f"{question} (allowed: {listed})"
