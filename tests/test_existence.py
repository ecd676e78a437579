"""The proof that a likelihood has a top: never given where the linear programme finds a separation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interclust import models
from interclust.models import checks, existence, separation
from interclust.models.existence import PROVABLE, proven
from interclust.models.formula import parse
from interclust.models.parts import family_of, likelihood_of
from interclust.models.rows.frames import from_frame
from interclust.models.search import search
from interclust.models.stages import stages_of
from test_covariance import panel
from test_separation import small_world


def asked(frame: pd.DataFrame, family: str) -> tuple[bool, list[str]]:
    """Whether the end of the search proves a top, and the separating terms by the linear programme."""
    parsed, chosen = parse("y ~ a + b + c"), family_of(family)
    data = from_frame(frame, ["y", "a", "b", "c"], None)
    likelihood, stage = likelihood_of(chosen, parsed, data, "y"), stages_of(chosen)[0]
    seen = checks.profile(likelihood.designs[0], data, "y")
    names = separation.separating_terms(likelihood.designs[0], data, "y", stage, seen)
    return proven(likelihood, search(likelihood), seen), names


@pytest.mark.parametrize("family", PROVABLE)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_what_separates_is_never_proven_to_have_a_top(family: str, seed: int) -> None:
    frame = small_world(seed, 1 if family in ("logit", "cloglog") else 3)
    if frame["y"].nunique() < 2:
        return
    try:
        given_proof, names = asked(frame, family)
    except np.linalg.LinAlgError:  # columns that determine each other are refused before either is asked
        return
    assert not (given_proof and names)


@pytest.mark.parametrize("family", PROVABLE)
def test_an_ordinary_sample_needs_no_linear_programme(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "separating_terms", lambda *_: pytest.fail("the programme was asked"))
    frame = panel(seed=2)
    rng = np.random.default_rng(1)
    if family in ("poisson", "negbin"):
        frame["y"] = rng.negative_binomial(1.0, 1.0 / (1.0 + np.exp(-0.5 + 0.3 * frame["x"])))
    assert models.fit("y ~ x", frame, family).converged


def test_the_programme_is_asked_where_the_proof_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(existence, "MARGIN", np.inf)
    questions: list[str] = []
    monkeypatch.setattr(checks, "separating_terms", lambda *_: questions.append("asked") or [])
    models.fit("y ~ x", panel(seed=2), "logit")
    assert questions == ["asked"]
