"""Two coders: alpha and kappa against published values and scikit-learn, blanks both ways, what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from interclust.effects.agreement import agreement, alpha, coincidences, disagreements, kappa
from interclust.errors import InputError
from ledger_rows import ledger, row
from small_studies import PROJECTS, aside, read

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, examples A, B and C; - is missing.
PUBLISHED = [
    (["0100000010", "1110010000"], 0.095),
    (["aabbdcccedda", "babbbccceddd"], 0.692),
    (["123321412---", "1233224125-3", "-3332342251-", "12332441251-"], 0.743),
]


def codes_of(texts: list[str]) -> tuple[np.ndarray, int]:
    """Codes (units, coders) of texts by coder, and the number of categories."""
    letters = sorted(set("".join(texts)) - {"-"})
    table = [[-1 if sign == "-" else letters.index(sign) for sign in text] for text in texts]
    return np.array(table).T, len(letters)


@pytest.mark.parametrize(("texts", "published"), PUBLISHED)
def test_alpha_is_the_published_one(texts: list[str], published: float) -> None:
    for coders in (texts, texts[::-1]):
        assert round(float(alpha(coincidences(*codes_of(coders)).sum(axis=0))), 3) == published


def test_values_of_units_with_one_coder_do_not_count() -> None:
    texts = PUBLISHED[2][0]
    without = [text[:-1] for text in texts]  # the last unit has one value alone
    one, other = (coincidences(*codes_of(item)).sum(axis=0) for item in (texts, without))
    np.testing.assert_array_equal(one, other)
    assert one.sum() == 40  # n.. of the paper: pairable values


def test_kappa_is_the_published_one_and_that_of_scikit_learn() -> None:
    # Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, table 18.1
    assert round(float(kappa(np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))), 3) == 0.676
    rng = np.random.default_rng(7)
    for _ in range(20):
        one, other = rng.integers(0, 4, (2, 30))
        table = np.zeros((4, 4))
        np.add.at(table, (one, other), 1)
        np.testing.assert_allclose(kappa(table), cohen_kappa_score(one, other), atol=1e-12)


def test_what_cannot_be_told_is_nan() -> None:
    assert np.isnan(alpha(np.array([[8.0, 0], [0, 0]])))
    assert np.isnan(kappa(np.array([[8.0, 0], [0, 0]])))


def two(first: str, second: str, **more: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two codings of one channel: a sign a row."""
    made = (
        [row(f"a{place:02d}", f"{sign}....", **more) for place, sign in enumerate(signs)]
        for signs in (first, second)
    )
    one, other = made
    return ledger(*one), ledger(*other, second=True)


def of(table: pd.DataFrame, column: str, blanks: str) -> pd.Series:
    return table[(table["column"] == column) & (table["blanks"] == blanks)].iloc[0]


def test_blanks_are_missing_or_a_code() -> None:
    table = agreement(*two("0100000010..1", "1110010000.1."))
    missing, category = of(table, "contact", "missing"), of(table, "contact", "category")
    assert (missing["rows"], missing["agree"], category["rows"], category["agree"]) == (10, 6, 13, 7)
    assert round(missing["alpha"], 3) == 0.095
    first, second = list("0100000010..1"), list("1110010000.1.")
    assert category["kappa"] == pytest.approx(cohen_kappa_score(first, second))
    assert missing["share_low"] < 0.6 < missing["share_high"]
    assert missing["alpha_low"] <= missing["alpha"] <= missing["alpha_high"]
    unseen = of(table, "joint_idea", "missing")
    assert unseen["rows"] == 0
    assert unseen[["share", "kappa", "alpha"]].isna().all()
    assert np.isnan(of(table, "joint_idea", "category")["kappa"])  # nothing but blanks


def test_perfect_agreement_has_no_drawn_limits() -> None:
    item = of(agreement(*two("0101", "0101")), "contact", "missing")
    assert (item["share"], item["kappa"], item["alpha"]) == (1, 1, 1)
    assert np.isnan(item["alpha_low"])
    assert item["share_low"] == pytest.approx(0.025 ** (1 / 4))  # Clopper & Pearson, all of four


def test_order_of_rows_and_of_coders_changes_nothing() -> None:
    first, second = two("01.010.1", "011010..")
    table = agreement(first, second)
    assert agreement(first.sample(frac=1, random_state=3), second.sample(frac=1, random_state=4)).equals(
        table
    )
    turned = agreement(second, first)
    same = ["rows", "agree", "share", "kappa", "alpha", "alpha_low"]
    pd.testing.assert_frame_equal(turned[same], table[same])


def test_rows_are_paired_by_body_and_phase_and_counted_where_one_coder_has_them_alone() -> None:
    first = ledger(row("a", "1...."), row("b", "1....", phase="structuring"), row("c", "0...."))
    second = ledger(row("A", "0....", alter_id="a"), row("b", "1....", phase="development"), second=True)
    first["alter_id"] = ["a", None, None]
    table = agreement(first, second)
    assert table[["rows_both", "only_first", "only_second"]].iloc[0].tolist() == [1, 2, 1]
    left = disagreements(first, second)
    assert left[["alter", "column", "first", "second"]].to_numpy().tolist() == [["a", "contact", "1", "0"]]


def test_two_rows_of_one_unit_are_told_apart_by_their_locators() -> None:
    first = ledger(row("a", "1....", locator="2.1"), row("a", "0....", locator="3"))
    second = ledger(row("a", "0....", locator="3"), row("a", "1....", locator="2.1"), second=True)
    assert of(agreement(first, second), "contact", "missing")["agree"] == 2
    again = ledger(row("a", "1....", locator="3"), row("a", "0....", locator="3"))
    with pytest.raises(
        InputError, match=r"the first coding .* two rows of E and a \(phase: blank, locator: 3\); make"
    ):
        agreement(again, second)


def test_without_a_second_coding_there_is_nothing() -> None:
    first, second = ledger(row("a")), ledger(second=True)
    assert agreement(first, second).empty
    assert disagreements(first, second).empty


def test_a_second_coding_is_read_as_the_first_one_is(tmp_path: Path) -> None:
    """What is not said of the second file is as in the first: the headers, here."""
    columns = "columns: {ego: from, alter: to, contact: met}"
    settings = f"{PROJECTS}, relations: {{file: one.csv, {columns}}}, second_relations: {{file: two.csv}}"
    result = read(
        tmp_path,
        settings,
        p="name,year,members\nx,2012,Alpha;Beta\n",
        one="from,to,met\nAlpha,Beta,1\nAlpha,Gamma,\nBeta,Gamma,0\n",
        two="from,to,met\nALPHA,Beta,0\nAlpha,Gamma,\nBeta,Gamma,2\n",
    )
    records = result.records
    assert list(records.second_relations["contact"].isna()) == [False, True]
    left = disagreements(records.relations, records.second_relations)
    assert left[["alter", "column", "first", "second"]].to_numpy().tolist() == [["Beta", "contact", "1", "0"]]
    assert aside(result) == [(4, "neither 1, 0 nor blank")]
    assert agreement(records.relations, records.second_relations)["only_first"].iloc[0] == 1
