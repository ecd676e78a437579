"""Figures by name, drawn in every language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .figures import (
    calibration,
    calls,
    completion,
    coverage,
    diagnostics,
    location_map,
    marginal,
    network,
    power,
    ratios,
    specification,
)
from .figures.style import save
from .language import Language
from .numerals import LANGUAGES
from .results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES: Mapping[str, Callable[[Results, Language], Figure]] = {
    "lists_by_call": calls.draw,
    "network": network.draw,
    "map": location_map.draw,
    "coefficients": ratios.draw_coefficients,
    "tipping": ratios.draw_tipping,
    "sensitivity": ratios.draw_sensitivity,
    "truth_vs_estimate": ratios.draw_truth,
    "rootogram": diagnostics.draw_rootogram,
    "network_fit": diagnostics.draw_network_fit,
    "calibration": calibration.draw,
    "power": power.draw,
    "completion": completion.draw,
    "coverage": coverage.draw,
}


# Figures of one thing among several: ``<name>--<thing>``.
SEVERAL: Mapping[str, Callable[[Results, Language, str], Figure]] = {
    "specification_curve": specification.draw,
    "predicted_curves": marginal.draw_predicted,
    "slopes": marginal.draw_slopes,
}


def figure_of(name: str, results: Results, say: Language) -> Figure:
    """The figure of a name."""
    kind, _, thing = name.partition("--")
    return SEVERAL[kind](results, say, thing) if thing else FIGURES[name](results, say)


def draw(study: str | Path, names: Iterable[str], languages: Iterable[str] = LANGUAGES) -> None:
    """Write ``report/figures/<name>.<language>.{svg,pdf,png}`` of a study's folder."""
    results = Results(study)
    for name in names:
        for code in languages:
            figure = figure_of(name, results, Language(code))
            save(figure, results.folder / "report" / "figures", f"{name}.{code}")
