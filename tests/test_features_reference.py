"""Every feature against the slow reference, which was written from the dictionary, on random worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import worlds
from features_reference import SlowFeatures
from interclust import features
from interclust.panel import History
from interclust.panel.tables import Tables
from worlds import AFFILIATIONS, random_world

MINIMA = {"relatedness_pairs": 3, "diversity_words": 4, "affiliations": AFFILIATIONS}
PLAIN = {"panel": {}, "features": {**MINIMA, "rule_regimes": {"late": 4, "early": 2}}}
CHOICES = {
    "plain": PLAIN,
    "poles only": {"panel": {"eligible_kinds": ["pole"]}, "features": MINIMA},
    "restarted": {"panel": {"successors": "restarted"}, "features": MINIMA},
    "fractional, decayed": {
        "panel": {},
        "features": {**MINIMA, "project_weight": "fractional", "half_life": 7.5},
    },
    "dyad kept": {
        "panel": {},
        "features": {**MINIMA, "leave_dyad_out": False, "half_life": 20, "equivalence_partners": 2},
    },
    "higher minima": {
        "panel": {},
        "features": {"relatedness_pairs": 9, "complementarity_words": 2, "capability_projects": 3}
        | {"equivalence_partners": 3, "diversity_words": 6, "mobility_months": 12, "turnover_months": 14}
        | {"structuring_months": 30, "geographic_floor_km": 150},
    },
}


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("seed", range(3))
def test_against_the_slow_reference(seed: int, choice: str, complete: bool) -> None:
    settings: dict[str, Any] = CHOICES[choice]
    world = random_world(seed, complete=complete, n_projects=50)
    names, ids = list(features.REGISTRY), world.clusters["cluster_id"].tolist()
    slow, tables = SlowFeatures(world, settings), Tables.of(world, settings)
    for period in (1, 2, 4, 5):
        history = History.before(tables, period)
        i, j = pairs(history)
        found = features.columns(history, i, j)
        rows = [slow.values(names, period, ids[a], ids[b]) for a, b in zip(i, j, strict=True)]
        for name in names:
            expected = [row[name] for row in rows]
            message = f"{name}, period {period}"
            np.testing.assert_allclose(found[name], expected, rtol=2e-6, atol=1e-7, err_msg=message)


def test_against_the_slow_reference_with_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Portfolios that differ: most words are known to few, and texts are longer than a sample of them."""
    monkeypatch.setattr(worlds, "WORDS", [f"{a}{b}" for a in "abcdefg" for b in "tuvwxyz"])
    world = random_world.__wrapped__(3, n=20, n_projects=140, complete=True)
    settings = {"panel": {}, "features": {"half_life": 11.0, "relatedness_pairs": 3}}
    slow, ids = SlowFeatures(world, settings), world.clusters["cluster_id"].tolist()
    names = ["knowledge_complementarity", "portfolio_diversity_min", "sector_relatedness"]
    names += ["structural_equivalence", "thematic_similarity"]
    history = History.before(world, 5, settings)
    i, j = (side[::3] for side in pairs(history))
    found = features.columns(history, i, j, names)
    rows = [slow.values(names, 5, ids[a], ids[b]) for a, b in zip(i, j, strict=True)]
    for name in names:
        assert len(np.unique(found[name])) > 5, name
        np.testing.assert_allclose(found[name], [row[name] for row in rows], rtol=2e-6, err_msg=name)


def pairs(history: History) -> tuple[np.ndarray, np.ndarray]:
    """The active pairs of a period."""
    one, other = np.triu_indices(len(history.active_numbers), 1)
    return history.active_numbers[one], history.active_numbers[other]
