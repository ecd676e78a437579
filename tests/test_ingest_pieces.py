"""Dates, numbers, names, CSV records and the resolver, each alone."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interclust.ingest.dates import Interval, months_before, parse_date
from interclust.ingest.names.forms import acronym, normalise
from interclust.ingest.names.known_names import Body, Name
from interclust.ingest.names.resolve import OUTSIDE, SEVERAL, Resolver
from interclust.ingest.names.slugs import own_names, slug
from interclust.ingest.names.split import split_cell
from interclust.ingest.numbers import parse_number
from interclust.ingest.periods import reference_day


def day(text: str) -> Interval:
    moment = date.fromisoformat(text)
    return Interval(moment, moment)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2006", "2006-01-01", "2006-12-31"),
        ("2006-07", "2006-07-01", "2006-07-31"),
        ("2006-07-21", "2006-07-21", "2006-07-21"),
        ("2012-02-29", "2012-02-29", "2012-02-29"),
        ("21/07/2006", "2006-07-21", "2006-07-21"),
        ("21 juillet 2006", "2006-07-21", "2006-07-21"),
        ("1er février 2008", "2008-02-01", "2008-02-01"),
        ("July 2006", "2006-07-01", "2006-07-31"),
        ("2014/2015", "2014-01-01", "2015-12-31"),
        ("2006-2009", "2006-01-01", "2009-12-31"),
        ("c.2014", "2013-01-01", "2015-12-31"),
        ("by 2018", None, "2018-12-31"),
        ("by 2012-06", None, "2012-06-30"),
        ("before 2018", None, "2017-12-31"),
        ("2016\u00a0", "2016-01-01", "2016-12-31"),
    ],
)
def test_dates_are_intervals(text, low, high):
    found = parse_date(text)
    assert found == Interval(date.fromisoformat(low) if low else None, date.fromisoformat(high))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2006-13", "there is no month 13"),
        ("2011-02-29", "there is no day 29 in month 2 of 2011"),
        ("0000-01", "the year 0 lies outside"),
        ("soon", "not a date that can be read"),
        ("2015/2014", "the range ends before it begins"),
    ],
)
def test_impossible_dates_say_why(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_date(text)


def test_no_date_is_none():
    assert parse_date("  ") is None


@given(st.text(max_size=20))
def test_any_text_is_a_date_a_blank_or_a_reason(text):
    with suppress(ValueError):
        found = parse_date(text)
        assert found is None or found.low is None or found.low <= found.high


def test_six_months_before():
    assert months_before(date(2012, 8, 31), 6) == date(2012, 2, 29)
    assert months_before(date(2012, 3, 1), 6) == date(2011, 9, 1)


def test_reference_day_prefers_the_closing_then_the_announcement():
    opened, closed, announced = parse_date("2010-10-13"), parse_date("2010-11-30"), parse_date("2011-03-01")
    assert reference_day(opened, closed, announced) == (date(2010, 11, 30), "closing")
    before = (date(2010, 10, 13), "opening (announcement - 6 months falls before it)")
    assert reference_day(opened, None, announced) == before
    assert reference_day(None, None, announced) == (date(2010, 9, 1), "announcement - 6 months")
    assert reference_day(opened, None, None) == (date(2010, 10, 13), "opening")
    assert reference_day(None, None, None)[0] is None


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("440", 440, "exact"),
        ("440 (more than)", 440, "at_least"),
        ("60 (about", 60, "about"),
        ("60 (about, planned)", 60, "planned"),
        ("50 (about, firms)", 50, "about"),
        ("environ 60", 60, "about"),
        ("plus de 1 200", 1200, "at_least"),
        ("1 234,5", 1234.5, "exact"),
        ("1\u202f200\u00a0000", 1_200_000, "exact"),
        ("1.234,5", 1234.5, "exact"),
        ("1,234.5", 1234.5, "exact"),
        ("250 (firms)", 250, "exact"),
        ("3,5", 3.5, "exact"),
        ("-2", -2, "exact"),
    ],
)
def test_numbers_as_printed(text, value, bound):
    found = parse_number(text)
    assert (found.value, found.bound) == (value, bound)


def test_the_decimal_sign_decides_where_the_cell_leaves_it_open():
    assert parse_number("1,234").value == 1234
    assert parse_number("1,234", decimal=",").value == 1.234
    assert parse_number("1.234", decimal=",").value == 1234
    assert parse_number("") is None


@pytest.mark.parametrize("text", ["many", "12 and 13", "a3", "2 / 2", "3.4 GEUR / 795 MEUR"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        parse_number(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_a_blank_or_refused(text):
    with suppress(ValueError):
        found = parse_number(text)
        assert found is None or math.isfinite(found.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Q@liméditerranée", "Qualiméditerranée"),
        ("SYSTEM@TIC", "Systematic"),
        ("Nov@log", "Pôle Novalog"),
        ("Images & Réseaux", "Images et Réseaux"),
        ("Pôle\u00a0Mer PACA", "mer paca"),
        ("Nutrition-Santé-Longévité", "Nutrition Santé Longévité"),
        ("S²E²", "S2E2"),
        ("Mov’eo", "Mov'eo"),
        ("PÃ´le Eau", "Eau"),
        ("Le pôle de compétitivité Risques", "Risques"),
        ("Industries du bœuf", "industries du boeuf"),
    ],
)
def test_spellings_that_are_one_name(one, other):
    assert normalise(one) == normalise(other)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_names_that_stay_apart():
    assert normalise("Team2") != normalise("Team")
    assert normalise("Végépolys") != normalise("Vegepolys Valley")
    assert acronym("Solutions communicantes sécurisées") == "scs"
    assert acronym("Pôle Eau") == ""


def test_lists_in_a_cell():
    known = {normalise(name) for name in ("Images & Réseaux", "Cap Digital", "Eau", "Minalogic")}

    def knows(text: str) -> bool:
        return normalise(text) in known

    assert split_cell("Cap Digital; Images & Réseaux ;", [";"], knows) == ["Cap Digital", "Images & Réseaux"]
    assert split_cell("Cap Digital, Images et Réseaux et Minalogic", [";"], knows) == [
        "Cap Digital",
        "Images et Réseaux",
        "Minalogic",
    ]
    # "Eau" is known and "Milieux" is not: the whole stays one name.
    assert split_cell("Eau & Milieux", [";"], knows) == ["Eau & Milieux"]
    assert split_cell("", [";"], knows) == []


@pytest.fixture
def resolver():
    old = Body("old", "Automobile haut de gamme", date(2005, 7, 12), date(2012, 1, 1))
    new = Body("new", "iD4CAR", date(2012, 1, 1))
    water = Body("water", "Pôle Eau", date(2010, 5, 11))
    iar = Body("iar", "Industries et Agro-Ressources (IAR)", date(2005, 7, 12))
    twin_a, twin_b = (
        Body("twin-a", "Alpha Lasers", date(2005, 1, 1)),
        Body("twin-b", "Beta Optique", date(2005, 1, 1)),
    )
    names = [Name(body.name, body) for body in (old, new, water, iar, twin_a, twin_b)]
    names += [
        Name("Auto", old, valid_to=date(2009, 12, 31)),
        Name("Auto", new, valid_from=date(2012, 1, 1)),
        Name("Dreams", water, exact_only=True),
        Name("Photonique", twin_a),
        Name("Photonique", twin_b),
        Name("Agrimip", iar, valid_to=date(2011, 12, 31)),
    ]
    return Resolver(names)


def test_the_body_that_bore_the_name_at_the_date(resolver):
    assert resolver.resolve("Auto", day("2008-01-01")).body.cluster_id == "old"
    assert resolver.resolve("Auto", day("2014-01-01")).body.cluster_id == "new"
    assert resolver.resolve("Auto").note == SEVERAL


def test_a_name_out_of_its_time_is_taken_if_no_other_body_claims_it(resolver):
    found = resolver.resolve("Agrimip", day("2015-01-01"))
    assert (found.body.cluster_id, found.note) == ("iar", OUTSIDE)


def test_exact_only_names_are_never_matched_loosely(resolver):
    assert resolver.resolve("Dreams").body.cluster_id == "water"
    assert resolver.resolve("Dreamss").body is None


def test_loose_matches_need_likeness_and_a_lead(resolver):
    assert resolver.resolve("Alpha Laser").method == "fuzzy"
    assert resolver.resolve("Alpha Optique").body is None
    assert resolver.resolve("iD5CAR").body is None  # other digits make another name


def test_a_name_of_two_bodies_is_left_open_with_suggestions(resolver):
    found = resolver.resolve("Photonique", day("2010-01-01"))
    assert found.body is None
    assert {item.body.cluster_id for item in found.suggestions[:2]} == {"twin-a", "twin-b"}


def test_the_parts_of_a_name_with_its_acronym(resolver):
    assert resolver.resolve("Industries et agro-ressources").method == "normalised"
    assert resolver.resolve("IAR").method == "acronym"
    assert resolver.resolve("iar").body is None


def test_suggestions_by_shared_words(resolver):
    assert resolver.resolve("Agro-ressources du Nord").suggestions[0].body.cluster_id == "iar"


def test_members_as_their_own_registry():
    names = own_names(Counter(["Beta", "alpha", "Alpha", "Alpha", "A-l p h a", "Gamma!"]))
    assert names == {"alpha": "Alpha", "beta": "Beta", "gamma": "Gamma!"}
    assert slug("Industries et Agro-Ressources (IAR)") == "industries-et-agro-ressources-iar"
