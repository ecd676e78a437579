"""What a printed name was found to mean, and the ranking of what it may mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..dates import Interval
from .known_names import Body, Name


@dataclass(frozen=True)
class Suggestion:
    """The name of a body that a printed name may mean; score 0-100."""

    name: Name
    score: float

    @property
    def body(self) -> Body:
        """The body that bears the name."""
        return self.name.body


@dataclass(frozen=True)
class Resolution:
    """What a printed name was found to mean; without a body, ranked suggestions."""

    printed: str
    body: Body | None
    method: str | None = None
    score: float = 0.0
    note: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    names: tuple[Name, ...] = ()


def best(scores: Mapping[int, float], names: Sequence[Name], when: Interval | None) -> list[Suggestion]:
    """The best score of each body, best first."""
    found: dict[str, Suggestion] = {}
    for place, score in scores.items():
        name = names[place]
        if when is not None and not name.borne(when):
            continue
        held = found.get(name.body.cluster_id)
        if held is None or score > held.score:
            found[name.body.cluster_id] = Suggestion(name, float(score))
    return sorted(found.values(), key=lambda item: (-item.score, item.body.cluster_id))
