"""Holm's adjustment and the equivalence test against values worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interclust.effects.equivalence import equivalence_p
from interclust.effects.multiplicity import holm


def test_holm_by_hand() -> None:
    # sorted 0.005, 0.01, 0.03, 0.04: × 4, 3, 2, 1 = 0.02, 0.03, 0.06, 0.04; running maximum
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]
    assert holm([]).size == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.1, float("nan")])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.randoms())
def test_holm_agrees_with_statsmodels_in_any_order(p: list[float], random: Any) -> None:
    from statsmodels.stats.multitest import multipletests

    adjusted = holm(p)
    assert adjusted == pytest.approx(multipletests(p, method="holm")[1])
    order = list(range(len(p)))
    random.shuffle(order)
    assert holm([p[k] for k in order]).tolist() == adjusted[order].tolist()


def test_equivalence_by_hand() -> None:
    # ln 1.5 = 0.405465, ln 1.2 = 0.182322: z = 0.223144 / 0.1 = 2.231436, upper tail 0.012825
    p, inside = equivalence_p(0.1823215567939546, 0.1)
    assert inside
    assert p == pytest.approx(0.012825, abs=2e-6)
    p, inside = equivalence_p(-0.6286086594223741, 0.1)  # the mirror image beyond the margin: two-sided
    assert not inside
    assert p == pytest.approx(2 * 0.012825, abs=4e-6)
