"""Tenures of directors: they end at random, and some directors pass from one body to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

NEVER = date.max


@dataclass(frozen=True)
class Change:
    """A director takes up a post: body, day, number of the director, and the body that they came from."""

    body: int
    day: date
    director: int
    origin: int | None = None


def director_changes(
    since: Sequence[date], until: Sequence[date], spec: Mapping[str, Any], rng: np.random.Generator
) -> list[Change]:
    """All changes of the bodies that live from ``since`` to ``until``, by day.

    Tenures are exponential with ``mean_years``. The director in post at the label has been so for as long
    a time as a process that always ran gives (exponential too), so that turnover is steady. A share
    ``from_another`` of the successors were directors of another living body, which appoints one from
    outside ``vacancy_days`` later.
    """
    tenure = _tenures(spec["mean_years"], rng)
    changes = [Change(body, day - tenure(), body) for body, day in enumerate(since)]
    holder = list(range(len(since)))  # number of the director in post
    end = [day + tenure() for day in since]
    vacant = [False] * len(since)
    n_directors = len(since)
    while min(end) < NEVER:
        body = end.index(min(end))
        day = end[body]
        if day > until[body]:
            end[body] = NEVER
            continue
        others = [k for k in range(len(since)) if k != body and since[k] < day <= until[k] and not vacant[k]]
        origin = None
        if not vacant[body] and others and rng.random() < spec["from_another"]:
            origin = others[int(rng.integers(len(others)))]
            end[origin], vacant[origin] = day + timedelta(spec["vacancy_days"]), True
        holder[body] = n_directors if origin is None else holder[origin]
        n_directors += origin is None
        changes.append(Change(body, day, holder[body], origin))
        end[body], vacant[body] = day + tenure(), False
    return sorted(changes, key=lambda change: (change.day, change.body))


def _tenures(mean_years: float, rng: np.random.Generator) -> Any:
    """Draws a time in post, of a day at least."""
    return lambda: timedelta(1 + int(rng.exponential(mean_years) * 365.25))
