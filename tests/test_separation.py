"""What the checks find before a fit, for every part of every family: named, with the remedy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interclust import models
from interclust.errors import ModelError, NotEstimable
from interclust.models import separation
from interclust.models.boundary import least_information
from interclust.models.checks import profile
from interclust.models.formula import parse
from interclust.models.parts import family_of, likelihood_of, second_formula, with_classes
from interclust.models.rows.frames import from_frame
from interclust.models.stages import stages_of
from interclust.numerics.newton import maximise
from test_covariance import panel


def apart(frame: pd.DataFrame, formula: str, family: str) -> dict[str, list[str]]:
    """The separating terms of every part."""
    parsed = parse(formula)
    outcome = str(parsed.outcome)
    data = from_frame(frame, [outcome, *parsed.columns], None)
    chosen = with_classes(family_of(family), int(frame[outcome].max()) + 1)
    likelihood = likelihood_of(chosen, parsed, data, outcome, second_formula(chosen, parsed, None))
    found = {}
    for stage in stages_of(chosen):
        design = likelihood.designs[stage.part]
        seen = profile(design, data, outcome, stage)
        found[stage.name] = separation.separating_terms(design, data, outcome, stage, seen, chosen.classes)
    return found


def diverges(frame: pd.DataFrame, formula: str, family: str) -> bool:
    """Whether Newton's search climbs a ridge: the same question, answered by trying."""
    parsed = parse(formula)
    outcome = str(parsed.outcome)
    data = from_frame(frame, [outcome, *parsed.columns], None)
    chosen = with_classes(family_of(family), int(frame[outcome].max()) + 1)
    likelihood = likelihood_of(chosen, parsed, data, outcome)
    start = np.zeros(sum(likelihood.sizes))
    if family == "ordered_logit":
        start[-2:] = -1.0, 1.0
    return least_information(likelihood, maximise(likelihood.evaluate, start))[0] < 1e-7


def small_world(seed: int, top: int) -> pd.DataFrame:
    """Few rows and whole numbers, so that separation in every direction is common."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(9, 26))
    frame = pd.DataFrame({name: rng.integers(-1, 2, n) for name in ("a", "b", "c")})
    frame["y"] = np.where(rng.random(n) < 0.4, 0, rng.integers(0, top + 1, n))
    return frame


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), family=st.sampled_from(["logit", "poisson", "ordered_logit"]))
def test_separation_is_found_exactly_where_the_search_diverges(seed: int, family: str) -> None:
    frame = small_world(seed, {"logit": 1, "poisson": 3, "ordered_logit": 2}[family])
    design = np.column_stack([np.ones(len(frame)), frame[["a", "b", "c"]]])
    classes = {"logit": 2, "poisson": 1, "ordered_logit": 3}[family]
    if np.linalg.matrix_rank(design) < 4 or not frame["y"].any():
        return
    if family != "poisson" and frame["y"].nunique() < classes:
        return
    found = any(apart(frame, "y ~ a + b + c", family).values())
    assert found == diverges(frame, "y ~ a + b + c", family)


def test_a_combination_is_named_by_the_terms_it_needs() -> None:
    frame = panel()
    frame["w"] = np.random.default_rng(1).normal(size=len(frame))
    frame["y"] = (frame["x"] + 2 * frame["w"] > 0.3).astype(int)
    assert apart(frame, "y ~ x + w + z", "logit") == {"": ["x", "w"]}
    with pytest.raises(NotEstimable, match=r"combination of the terms 'x', 'w' separates.*use family firth"):
        models.fit("y ~ x + w + z", frame)
    firth = models.fit("y ~ x + w + z", frame, family="firth")
    assert firth.converged
    assert [remark.code for remark in firth.remarks] == ["separation"]


def test_rows_that_settle_the_question_are_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a handful of rows to begin with, one row against separation among thousands is still found."""
    monkeypatch.setattr(separation, "FIRST_ROWS", 3)
    monkeypatch.setattr(separation, "MORE_ROWS", 2)
    x = np.linspace(-1, 1, 5000)
    frame = pd.DataFrame({"x": x, "y": (x > 0).astype(int)})
    assert apart(frame, "y ~ x", "logit") == {"": ["x"]}
    frame.loc[100, "y"] = 1
    assert apart(frame, "y ~ x", "logit") == {"": []}


def test_a_term_that_few_rows_have_is_not_overlooked() -> None:
    """Three rows in 50,000 have it, all of them events, and other events have not."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=50_000), "w": 0.0, "y": rng.integers(0, 2, 50_000)})
    frame.loc[[7_001, 22_002, 41_003], ["w", "y"]] = 1
    assert apart(frame, "y ~ x + w", "logit") == {"": ["w"]}
    frame.loc[22_002, "y"] = 0
    assert apart(frame, "y ~ x + w", "logit") == {"": []}


HURDLE: dict[str, Callable[[pd.DataFrame], object]] = {
    "constant": lambda d: 3.0,
    "of_positive": lambda d: np.where(d["m"] > 0, 1.0, d["x"]),
    "some": lambda d: (d["m"] > 0) * 1.0,
    "many": lambda d: np.where(d["m"] == 1, (d["x"] > 0) * 1.0, 0.0),
    "zero_only": lambda d: np.where(d["m"] == 0, (d["x"] > 0) * 1.0, 0.0),
}


@pytest.mark.parametrize(
    ("family", "column", "zero", "said"),
    [
        ("zip", "constant", None, "part 'count': the term 'w' is 3 in every row"),
        ("hurdle_poisson", "of_positive", None, "part 'count': the term 'w' is 1 in every row"),
        ("hurdle_poisson", "many", None, "part 'count': every event has w = 0.*leave the term out"),
        ("hurdle_negbin", "zero_only", "1 + w", "part 'zero': every event has w = 0"),
        ("zinb", "zero_only", None, "part 'count': every event has w = 0"),
        ("zip", "some", None, "part 'count': every event has w = 1"),
        ("sequential", "some", None, "part 'above_0': every event has w = 1"),
        ("ordered_logit", "some", None, "separates events"),
        ("negbin", "zero_only", None, "every event has w = 0"),
    ],
)
def test_every_part_is_checked_on_its_own_rows(family: str, column: str, zero: str | None, said: str) -> None:
    frame = panel()
    frame["w"] = HURDLE[column](frame)
    frame["k"] = frame["m"].clip(upper=2)
    outcome = "k" if family in ("sequential", "ordered_logit") else "m"
    with pytest.raises(NotEstimable, match=said):
        models.fit(f"{outcome} ~ x{'' if zero else ' + w'}", frame, family=family, zero=zero)


def test_structural_zeros_that_a_term_settles_are_found_in_their_part() -> None:
    frame = panel().assign(w=lambda d: (d["m"] == 0) * 1.0, v=1.0)
    with pytest.raises(NotEstimable, match=r"part 'inflate': every event has w = 1"):
        models.fit("m ~ x", frame, family="zip", zero="1 + w")


@pytest.mark.parametrize(
    ("values", "family", "error", "said"),
    [
        (lambda m: m.clip(lower=1), "zip", NotEstimable, "part 'inflate': there are no zeros"),
        (
            lambda m: m.clip(lower=1),
            "hurdle_poisson",
            NotEstimable,
            "part 'zero': all .* are rows with a count",
        ),
        (
            lambda m: m.clip(upper=1),
            "hurdle_poisson",
            NotEstimable,
            "part 'count': there are no counts above",
        ),
        (lambda m: m + 0.5, "zinb", ModelError, "not a count"),
        (lambda m: m - 1, "ordered_logit", ModelError, "not of ordered classes"),
        (lambda m: m * 2, "sequential", NotEstimable, "no row of 'm' is in class 1"),
        (lambda m: np.arange(len(m)), "ordered_logit", ModelError, "at most 20"),
        (lambda m: m * 0, "zip", ModelError, "no event"),
        (lambda m: m * (np.arange(len(m)) < 4), "hurdle_poisson", NotEstimable, "fewer than one a parameter"),
    ],
)
def test_outcomes_that_a_family_cannot_bear(
    values: Callable[[pd.Series], object], family: str, error: type[Exception], said: str
) -> None:
    frame = panel()
    frame["m"] = values(frame["m"])
    with pytest.raises(error, match=said):
        models.fit("m ~ x + z", frame, family=family)


@pytest.mark.parametrize("family", ["negbin", "zinb", "hurdle_negbin"])
def test_an_alpha_that_goes_to_zero_is_no_result(family: str) -> None:
    frame = panel()
    frame["u"] = np.random.default_rng(0).binomial(6, 0.3, len(frame))  # varies less than a Poisson
    fit = models.fit("u ~ x", frame, family=family)
    assert not fit.converged
    assert any("alpha goes to zero" in remark.message for remark in fit.remarks)


def test_zeros_that_poisson_explains_send_the_second_part_to_infinity() -> None:
    frame = panel()
    rng = np.random.default_rng(8)
    frame["u"] = np.where(frame["z"] == 1, rng.binomial(4, 0.5, len(frame)), frame["m"])
    fit = models.fit("u ~ x + z", frame, family="zip", zero="1 + z")
    assert not fit.converged
    assert any("'inflate:z' goes to infinity" in remark.message for remark in fit.remarks)


def test_second_parts_are_for_families_that_have_one() -> None:
    with pytest.raises(ModelError, match="zero= is for those with two: zip, zinb, hurdle_poisson"):
        models.fit("n ~ x", panel(), family="poisson", zero="1 + x")
    with pytest.raises(ModelError, match="not closed under thinning"):
        models.fit("m ~ x", panel().assign(v=0.0), family="hurdle_poisson", offset="v")
