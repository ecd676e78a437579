"""Which models can be tested by permutations of clusters, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError

FAMILIES = ("linear", "logit")
OUTCOMES = ("tie", "n_projects")
MOVED = "with their first tie, and a permutation of clusters would move those gaps about"
REASONS = {
    "emergence": f"dyads leave its sample {MOVED}",
    "recurrence": f"dyads enter its sample {MOVED}",
    "merger": "pairs leave its sample once they are one, and a permutation would move those gaps about",
    "contact": "its rows are coded relations, not every pair of active bodies",
    "idea": "its rows are joint ideas, not every pair of active bodies",
    "tie_class": "its classes have no linear or logit form",
    "list_choice": "its observation is a list, and lists do not change places with their bodies",
}
ALONE = ("cluster_effects", "weights", "offset", "zero")


def check_permutations(spec: Mapping[str, Any], file: str) -> None:
    """Raise ConfigError, with the reason, for a checked model whose ``permutations`` would mean nothing."""
    if not spec.get("permutations"):
        return
    outcome = spec["outcome"]
    if outcome not in OUTCOMES:
        problem = f"the outcome {outcome}: {REASONS[outcome]}; use {' or '.join(OUTCOMES)}"
    elif spec.get("sample"):
        problem = f"the sample {spec['sample']}, a risk set; use all active dyads (sample: null)"
    elif spec.get("family") not in FAMILIES:
        problem = f"the family {spec.get('family')}; use {' or '.join(FAMILIES)}"
    else:
        beside = next((name for name in ALONE if spec.get(name)), None)
        if beside is None:
            return
        problem = f"{beside}, which it knows nothing of; leave one of them out"
    raise ConfigError(f"{file}: permutations is set beside {problem}")
