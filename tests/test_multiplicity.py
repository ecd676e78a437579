"""Adjustments of p-values and the equivalence test: by hand, against R and statsmodels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from interclust.effects.equivalence import equivalence_p
from interclust.effects.multiplicity import ADJUSTMENTS, benjamini_hochberg, holm


def test_holm_by_hand() -> None:
    # sorted 0.005, 0.01, 0.03, 0.04: × 4, 3, 2, 1 = 0.02, 0.03, 0.06, 0.04; running maximum
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]
    assert holm([]).size == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.1, float("nan")])


def test_benjamini_hochberg_by_hand() -> None:
    # sorted 0.005, 0.01, 0.03, 0.04: × 4/1, 4/2, 4/3, 4/4 = 0.02, 0.02, 0.04, 0.04; minimum from above
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.02, 0.04, 0.04, 0.02])
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([1.1])


@pytest.mark.parametrize(("name", "in_r"), [("holm", "holm"), ("bh", "BH")])
def test_adjustments_agree_with_r(name: str, in_r: str) -> None:
    oracle = pd.read_csv(Path(__file__).parent / "oracles" / "joint.csv", keep_default_na=False)
    rows = oracle[oracle["quantity"] == in_r]
    assert ADJUSTMENTS[name](rows["row"].astype(float).tolist()) == pytest.approx(rows["value"].tolist())


@pytest.mark.parametrize(("name", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
@settings(max_examples=25)  # statsmodels takes its time for Holm
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.randoms())
def test_adjustments_agree_with_statsmodels_in_any_order(
    name: str, theirs: str, p: list[float], random: Any
) -> None:
    adjusted = ADJUSTMENTS[name](p)
    assert adjusted == pytest.approx(multipletests(p, method=theirs)[1])
    order = list(range(len(p)))
    random.shuffle(order)
    assert ADJUSTMENTS[name]([p[k] for k in order]).tolist() == adjusted[order].tolist()


def test_equivalence_by_hand() -> None:
    # ln 1.5 = 0.405465, ln 1.2 = 0.182322: z = 0.223144 / 0.1 = 2.231436, upper tail 0.012825
    p, inside = equivalence_p(0.1823215567939546, 0.1)
    assert inside
    assert p == pytest.approx(0.012825, abs=2e-6)
    p, inside = equivalence_p(-0.6286086594223741, 0.1)  # the mirror image beyond the margin: two-sided
    assert not inside
    assert p == pytest.approx(2 * 0.012825, abs=4e-6)
