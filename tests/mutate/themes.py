"""What is mutated, and which tests are asked, the quickest first."""

from __future__ import annotations

from typing import NamedTuple


class Theme(NamedTuple):
    """Modules below ``workflow/interclust`` and the files of tests that ought to notice a change in them."""

    modules: list[str]
    tests: list[str]


def theme(modules: str, tests: str) -> Theme:
    """A theme by the bare names of its modules and tests."""
    return Theme(
        [f"{name}.py" for name in modules.split()], [f"tests/test_{name}.py" for name in tests.split()]
    )


THEMES = {
    "sandwich": theme(
        "inference/covariance inference/sums inference/projects inference/freedom",
        "covariance refit freedom joint oracles",
    ),
    "jackknife": theme(
        "inference/deletions models/refit",
        "deletions covariance refit bootstrap cluster_effects oracles",
    ),
    "qap": theme(
        "inference/qap inference/mrqap inference/permutations inference/randomisation"
        " inference/moving_linear inference/moving_logit",
        "moving mrqap permute regions mrqap_oracles",
    ),
    "history": theme(
        "panel/history panel/ties panel/bonds",
        "history panel features_bonds features_registry features_reference",
    ),
    "risk": theme(
        "panel/build panel/dyads panel/sampling",
        "panel history case_control panel_fui",
    ),
}
