"""Facts of a synthetic registry: what the real one does not tell of its bodies, drawn from settings.

Means, grades, directors, project officers, ties to federations, agencies and ministries, agreements and
rivalries of every body that can label, from its label on. They are drawn once a study, like the real
attributes beside them: all worlds of a study, those behind its truth too, live on the same registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from .directors import director_changes

if TYPE_CHECKING:
    from ..records import Records

Array = np.ndarray
Row = dict[str, str]
Settings = Mapping[str, Any]

STREAM = 2**31  # spawn key of all facts; those of the periods of a world are small (``world.generator``)
DAYS_PER_YEAR = 365.25
SOURCE = "simulated"
MEASURES = ("members", "staff", "budget_eur")  # drawn together
DECIMALS = {"members": 0, "staff": 1, "budget_eur": -3}
LEAST = {"members": 5.0, "staff": 0.5, "budget_eur": 50_000.0}


@dataclass(frozen=True)
class Bodies:
    """The bodies that can label, in the order of the registry; ``until`` is the last day of facts."""

    names: tuple[str, ...]
    since: tuple[date, ...]
    until: tuple[date, ...]
    region: tuple[str, ...]
    sector: tuple[str, ...]
    graded: frozenset[tuple[str, date]]  # bodies with a real grade, and its day

    @classmethod
    def of(cls, registry: Records, kinds: Sequence[str] | None) -> Bodies:
        """The bodies of these kinds (None: of any) that are labelled by the last day of the periods."""
        last = registry.periods["reference"].max()
        table = registry.clusters
        table = table[(table["active_from"] <= last) & (table["kind"].isin(kinds) if kinds else True)]
        ends = (table["active_to"] - np.timedelta64(1, "D")).fillna(last).clip(upper=last)
        names = dict(zip(table["cluster_id"], table["name"], strict=True))
        facts = registry.facts
        grades = facts[(facts["fact"] == "grade") & facts["cluster_id"].isin(names)]
        days = zip(grades["cluster_id"], grades["high"], strict=True)
        return cls(
            tuple(names.values()),
            tuple(day.date() for day in table["active_from"]),
            tuple(day.date() for day in ends),
            tuple(table["region"].fillna("")),
            tuple(table["sector"].fillna("")),
            frozenset((names[key], day.date()) for key, day in days),
        )

    @property
    def n(self) -> int:
        """Number of bodies."""
        return len(self.names)

    def both(self, i: int, j: int) -> tuple[date, date]:
        """First and last day of the life that two bodies have in common."""
        return max(self.since[i], self.since[j]), min(self.until[i], self.until[j])


def draw_facts(settings: Settings, bodies: Bodies) -> dict[str, list[Row]]:
    """Rows of the raw tables measures, events, affiliations, agreements and relations, by our columns.

    Kinds of facts have streams of their own: a change of one leaves the others as they are.
    """
    drawn: dict[str, list[Row]] = {
        name: [] for name in ("measures", "events", "affiliations", "agreements", "relations")
    }
    for place, (section, draw) in enumerate(KINDS):
        seed = np.random.SeedSequence(settings["seed"], spawn_key=(STREAM, place))
        drawn[section] += draw(settings, bodies, np.random.default_rng(seed))
    return drawn


# ---- means: log-normal levels, correlated with each other, that grow slowly and wander


def means(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """Members, staff and budget at the eve of the label and at the end of every year of life.

    ln level = ln median + sd z + growth years + noise sqrt(years) w, with the z of one body correlated.
    """
    share = settings["correlation"]
    for name, since, until in zip(bodies.names, bodies.since, bodies.until, strict=True):
        common, own = rng.standard_normal(), rng.standard_normal(len(MEASURES))
        z = np.sqrt(share) * common + np.sqrt(1 - share) * own
        sme = rng.uniform(*settings["sme_share"])
        years = range(since.year, until.year + (until == date(until.year, 12, 31)))
        wander = np.cumsum(rng.standard_normal((len(MEASURES), len(years))), axis=1)
        for place, day in enumerate([eve(since), *(f"{year}" for year in years)]):
            for k, measure in enumerate(MEASURES):
                spec = settings[measure]
                log = np.log(spec["median"]) + spec["sd"] * z[k] + spec["growth"] * place
                log += spec["noise"] * wander[k, place - 1] if place else 0.0
                value = max(round(float(np.exp(log)), DECIMALS[measure]), LEAST[measure])
                yield measured(name, day, measure, value)
                if measure == "members":
                    yield measured(name, day, "members_sme", round(sme * value))


def grades(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """A grade at the label and at every evaluation; a real one is kept, and the next drawn beside it."""
    spec = settings["grades"]
    days = [date.fromisoformat(day) for day in spec["evaluations"]]
    for name, since, until in zip(bodies.names, bodies.since, bodies.until, strict=True):
        grade = 0
        for day in [since - timedelta(1), *(day for day in days if since <= day <= until)]:
            kept = grade and rng.random() < spec["kept"]
            grade = grade if kept else 1 + int(rng.choice(3, p=spec["shares"]))
            if (name, day) not in bodies.graded:
                yield measured(name, day.isoformat(), "grade", grade)


def officers(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """A project officer or none at the eve of the label; the others recruit one after a time."""
    spec = settings["project_officers"]
    for name, since, until in zip(bodies.names, bodies.since, bodies.until, strict=True):
        has, wait = rng.random() < spec["at_label"], exponential(rng, spec["mean_years"])
        yield measured(name, eve(since), "project_officer", int(has))
        if not has and since + wait <= until:
            yield measured(name, (since + wait).isoformat(), "project_officer", 1)


# ---- persons, by number


def directors(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """Changes of directors, and where they came from; persons are numbers."""
    spec = settings["directors"]
    for change in director_changes(bodies.since, bodies.until, spec, rng):
        origin = "" if change.origin is None else bodies.names[change.origin]
        yield {
            "cluster": bodies.names[change.body],
            "date": change.day.isoformat(),
            "event": "director_change",
            "other": origin,
            "detail": f"director {change.director}",
            "source": SOURCE,
        }


# ---- affiliations


def federation(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """Members of the national federation, from its foundation or their label on, or later."""
    spec = settings["federation"]
    founded = date.fromisoformat(spec["founded"])
    for name, since, until in zip(bodies.names, bodies.since, bodies.until, strict=True):
        wait = timedelta() if rng.random() < spec["at_label"] else exponential(rng, spec["mean_years"])
        yield from affiliated(name, spec["name"], max(since, founded) + wait, until)


def agencies(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """An agency supports a share of the bodies with a head office in its regions, from some day on."""
    spec = settings["agencies"]
    for agency, regions in spec["regions"].items():
        for place in range(bodies.n):
            supported, wait = rng.random() < spec["supported"], exponential(rng, spec["mean_years"])
            if bodies.region[place] in regions and supported:
                yield from affiliated(
                    bodies.names[place], agency, bodies.since[place] + wait, bodies.until[place]
                )


def ministries(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """One ministry in charge of each body from its label on, at random."""
    for name, since, until in zip(bodies.names, bodies.since, bodies.until, strict=True):
        yield from affiliated(name, str(rng.choice(settings["ministries"])), since, until)


# ---- pairs


def agreements(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """A share of the pairs signs an agreement on some day of the years given, for a number of years."""
    spec = settings["agreements"]
    first, last = (date.fromisoformat(day) for day in spec["signed"])
    for i, j in combinations(range(bodies.n), 2):
        signs, when, years = rng.random() < spec["share"], rng.random(), rng.uniform(*spec["years"])
        day = first + timedelta(round(when * (last - first).days))
        begun, ended = bodies.both(i, j)
        if signs and begun <= day <= ended:
            end = min(day + timedelta(round(years * DAYS_PER_YEAR)), ended)
            yield {
                "cluster": bodies.names[i],
                "other": bodies.names[j],
                "date": day.isoformat(),
                "valid_to": end.isoformat(),
                "source": SOURCE,
            }


def rivalries(settings: Settings, bodies: Bodies, rng: np.random.Generator) -> Iterator[Row]:
    """Every pair is coded, rivals or not, for all time; more are rivals within a sector."""
    spec = settings["rivalries"]
    for i, j in combinations(range(bodies.n), 2):
        share = spec["same_sector" if bodies.sector[i] and bodies.sector[i] == bodies.sector[j] else "other"]
        relation = "rival" if rng.random() < share else "not rival"
        yield {"ego": bodies.names[i], "alter": bodies.names[j], "relation": relation, "locator": SOURCE}


Draw = Callable[[Settings, Bodies, np.random.Generator], Iterator[Row]]
KINDS: tuple[tuple[str, Draw], ...] = (
    ("measures", means),
    ("measures", grades),
    ("measures", officers),
    ("events", directors),
    ("affiliations", federation),
    ("affiliations", agencies),
    ("affiliations", ministries),
    ("agreements", agreements),
    ("relations", rivalries),
)


def measured(name: str, day: str, measure: str, value: float) -> Row:
    """One row of measures: a number on a day or at the end of a year."""
    return {"cluster": name, "date": day, "measure": measure, "value": f"{value:.10g}", "source": SOURCE}


def affiliated(name: str, to: str, since: date, until: date) -> Iterator[Row]:
    """One row of affiliations, until the end of the body's life; none if it would begin after it."""
    if since <= until:
        yield {
            "cluster": name,
            "affiliation": to,
            "valid_from": since.isoformat(),
            "valid_to": until.isoformat(),
            "source": SOURCE,
        }


def eve(day: date) -> str:
    """The day before a label, of which its application speaks: facts of that day are known on the next."""
    return (day - timedelta(1)).isoformat()


def exponential(rng: np.random.Generator, mean_years: float) -> timedelta:
    """A waiting time with this mean, in whole days."""
    return timedelta(round(rng.exponential(mean_years) * DAYS_PER_YEAR))
