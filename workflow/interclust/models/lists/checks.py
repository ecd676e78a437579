"""Remarks on a fitted list choice: what was drawn and what was left out."""

from __future__ import annotations

from ..checks import Check
from .fit import ListFit


def list_remarks(fit: ListFit, too_long: int, longest: int) -> list[Check]:
    """Whether alternatives were drawn, and whether lists of more than ``longest`` bodies were left out."""
    remarks = []
    if fit.n_sampled:
        sampling = fit.rules.sampling
        remarks.append(
            Check(
                "sampled_alternatives",
                "note",
                f"{fit.n_sampled} of {len(fit.observed)} lists have too many alternatives to enumerate: "
                f"each is held against {sampling.alternatives} sampled ones (seed {sampling.seed})",
            )
        )
    if too_long:
        remarks.append(
            Check(
                "long_lists",
                "warning",
                f"{too_long} lists of more than {longest} bodies are left out; longest: sets the limit",
            )
        )
    return remarks
