"""What the diagnostics of the fitted models say, read from their folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .results import Results


@dataclass(frozen=True)
class Frequencies:
    """A rootogram: labels of the counts, frequencies observed and expected, interval of the observed."""

    labels: tuple[str, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Statistic:
    """A statistic of the network, or a class of its distribution (``part``): observed and drawn."""

    statistic: str
    part: str
    observed: float
    mean: float
    low: float
    high: float
    p_value: float


def summary(results: Results, model: str) -> dict[str, Any]:
    """diagnostics.json of a model; empty where it is not there."""
    return dict(results.json(f"models/{model}/diagnostics/diagnostics.json") or {})


def summaries(results: Results) -> dict[str, dict[str, Any]]:
    """Those of the fitted models that have them."""
    found = {name: summary(results, name) for name in results.fitted}
    return {name: item for name, item in found.items() if item}


def rootograms(results: Results) -> dict[str, Frequencies]:
    """The rootograms of the fitted count models, by model."""
    found = {}
    for model in results.fitted:
        rows = results.rows(f"models/{model}/diagnostics/rootogram.csv")
        if rows:
            names = ("observed", "expected", "conf_low", "conf_high")
            numbers = (tuple(float(row[name]) for row in rows) for name in names)
            labels = tuple(f"{row['count']}{'+' if row['open'] == 'True' else ''}" for row in rows)
            found[model] = Frequencies(labels, *numbers)
    return found


def networks(results: Results) -> dict[str, list[Statistic]]:
    """Observed and drawn networks of the fitted models that draw lists, by model."""
    found = {}
    for model in results.fitted:
        rows = results.rows(f"models/{model}/diagnostics/network.csv")
        names = ("observed", "simulated_mean", "conf_low", "conf_high", "p_value")
        if rows:
            found[model] = [
                Statistic(row["statistic"], row["class"] or "", *(float(row[name]) for name in names))
                for row in rows
            ]
    return found


def shown(results: Results) -> dict[str, bool]:
    """Which parts of the section have something to show."""
    return {
        "any": bool(summaries(results)),
        "rootogram": bool(rootograms(results)),
        "network": bool(networks(results)),
    }
