"""The formula language: what it builds, and what it refuses by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from interclust.errors import ModelError
from interclust.models.formula import Design, learn, parse

COLUMNS = {
    "x": np.array([1.0, 2.0, 3.0, 6.0]),
    "z": np.array([0.0, 1.0, 0.0, 1.0]),
    "g": np.array(["a", "b", "c", "a"], dtype=object),
}


def design(text: str) -> Design:
    formula = parse(text)
    return Design(formula, learn(formula, [COLUMNS]))


@pytest.mark.parametrize(
    "text", ["x + z", "x*z", "x:z + C(g)", "0 + C(g) + x", "log1p(x) + I(x**2)", "z*C(g)"]
)
def test_same_names_and_columns_as_formulaic(text: str) -> None:
    import formulaic

    theirs = formulaic.model_matrix(text, pd.DataFrame(COLUMNS), context={"log1p": np.log1p})
    ours = design(text)
    assert list(ours.names) == list(theirs.columns)
    np.testing.assert_allclose(ours.matrix(COLUMNS), theirs.to_numpy(dtype=float))


def test_centred_on_the_estimation_sample_not_on_the_block() -> None:
    built = design("c(x)")
    part = {name: values[:2] for name, values in COLUMNS.items()}
    np.testing.assert_allclose(built.matrix(part)[:, 1], [-2.0, -1.0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y ~ np.log(x)", "'np.log(x)' is not of the formula language"),
        ("y ~ bs(x)", "'bs(x)' is not of the formula language"),
        ("y ~ I(x*z)", "is not of the formula language"),
        ("y ~ I(x**9)", "is not of the formula language"),
        ("y + w ~ x", "the outcome 'y + w' is not the name of a column"),
        ("y ~ 0", "no term is left"),
        ("y ~ x +", "cannot be read"),
    ],
)
def test_anything_else_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(text)
    assert said in str(caught.value)
