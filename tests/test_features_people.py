"""Features about people, affiliations, kinds and rules, by hand on a few clusters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from feature_checks import DAYS, NAN, A, B, C, D, E, check, value, world_of
from interclust import features
from interclust.errors import ConfigError
from interclust.panel import History
from worlds import records


def test_kinds() -> None:
    kinds = ("pole", "pole", "grappe", "grappe", "cluster")
    world = records([{"cluster_id": n, "kind": k} for n, k in zip("abcde", kinds, strict=True)], [], DAYS)
    expected = {(A, B): 0, (A, C): 1, (C, D): 0, (C, E): 0, (B, E): 1}
    check(world, {("mixed_kind", 1, *pair): number for pair, number in expected.items()})


GROUPS = {"ministry": ["Industry", "Farming"], "regional_agency": ["North"]}


def test_affiliations_in_force() -> None:
    rows = [
        {"cluster_id": "a", "affiliation": "Industry"},
        {"cluster_id": "b", "affiliation": "Industry", "valid_from": "2006-06-01", "valid_to": "2008-01-01"},
        {"cluster_id": "c", "affiliation": "Farming"},
        {"cluster_id": "a", "affiliation": "North", "valid_to": "2006-12-31"},
        {"cluster_id": "b", "affiliation": "North", "valid_from": "2006-12-31"},
        {"cluster_id": "c", "affiliation": "North", "valid_from": "2007-01-01"},
    ]
    world = world_of(affiliations=rows)
    cases = {
        ("same_ministry", 1, A, B): 0,
        ("same_ministry", 2, A, B): 1,
        ("same_ministry", 3, A, B): 1,  # 1 January 2008 is its last day
        ("same_ministry", 4, A, B): 0,
        ("same_ministry", 2, A, C): 0,  # each with its own
        ("regional_agency_both", 2, A, B): 0,  # a has left, b has come
        ("regional_agency_both", 2, B, C): 0,  # c joins on the reference day
        ("regional_agency_both", 3, B, C): 1,
    }
    check(world, cases, affiliations=GROUPS)
    check(world, {("national_federation_both", 2, A, B): NAN}, affiliations={"ministry": ["Industry"]})
    check(world, {("same_ministry", 2, A, B): NAN})  # no group is named
    check(world_of(), {("same_ministry", 2, A, B): NAN}, affiliations=GROUPS)


def test_an_affiliation_that_nobody_has_is_named() -> None:
    world = world_of(affiliations=[{"cluster_id": "a", "affiliation": "Industry"}])
    with pytest.raises(ConfigError, match=r"affiliations\.ministry: .*'Industri'; did you mean Industry"):
        value(world, "same_ministry", 1, A, B, affiliations={"ministry": ["Industri"]})


def move(body: str, other: str | None, low: str | None, high: str | None) -> dict[str, Any]:
    return {"cluster_id": body, "event": "director_start", "other_id": other, "low": low, "high": high}


def test_moves_of_directors() -> None:
    events = [
        move("b", "a", "2006-03-01", "2006-03-31"),
        move("c", "a", None, "2007-06-01"),
        move("a", "d", "2007-01-01", "2007-01-01"),
        move("e", "b", None, None),
    ]
    world = world_of(events=events)
    cases = {
        ("director_mobility_link", 1, A, B): 0,
        ("director_mobility_link", 2, A, B): 1,
        ("director_mobility_link", 4, A, B): 0,  # longer ago than twelve months
        ("director_mobility_link", 3, A, C): NAN,  # at some time before June 2007
        ("director_mobility_link", 4, A, C): 0,
        ("director_mobility_link", 2, A, D): 0,  # on the reference day
        ("director_mobility_link", 3, A, D): 1,
        ("director_mobility_link", 4, B, E): 0,
    }
    check(world, cases, mobility_months=12)
    check(
        world_of(events=[move("a", None, "2006-03-01", "2006-03-31")]),
        {("director_mobility_link", 3, A, B): NAN},
    )
    check(world_of(events=[move("e", "b", None, None)]), {("director_mobility_link", 3, B, E): NAN})
    itself = [move("a", "a", "2006-03-01", "2006-03-31")]  # a former name of the body
    check(world_of(events=itself), {("director_mobility_link", 3, A, B): NAN})


def test_a_move_is_inherited() -> None:
    bodies = [
        {"cluster_id": "a", "active_to": "2007-06-01", "exit": "merged", "successor": "s"},
        {"cluster_id": "b"},
        {"cluster_id": "s", "active_from": "2007-06-01"},
    ]
    world = records(bodies, [], DAYS, events=[move("b", "a", "2006-03-01", "2006-03-31")])
    check(world, {("director_mobility_link", 2, 0, 1): 1, ("director_mobility_link", 3, 1, 2): 1})
    restarted = History.before(world, 3, {"panel": {"successors": "restarted"}, "features": {}})
    assert features.columns(restarted, [1], [2], ["director_mobility_link"])["director_mobility_link"] == [0]


def test_turnover_needs_observed_tenures() -> None:
    """A change on an unknown day before June 2007 may or may not lie in a window that opens in January."""
    events = [
        move("a", None, "2005-03-01", "2005-03-31"),
        move("b", None, "2005-03-01", "2005-03-31"),
        move("b", None, "2006-06-01", "2007-06-01"),
        move("c", None, "2007-02-01", "2007-02-28"),
    ]
    world = world_of(events=events)
    assert (
        value(world, "director_turnover", 2, A, B, turnover_months=12) == 0
    )  # the change of b is not known yet
    assert math.isnan(value(world, "director_turnover", 3, A, B, turnover_months=12))
    assert value(world, "director_turnover", 3, B, C, turnover_months=12) == 1
    assert math.isnan(value(world, "director_turnover", 3, A, D, turnover_months=12))
    assert value(world, "director_turnover", 4, A, B, turnover_months=12) == 0


def test_regimes_of_rules() -> None:
    world = world_of()
    regimes = {"rates": 4, "zones": 2}
    found = [value(world, "rule_regime", period, A, B, rule_regimes=regimes) for period in DAYS]
    np.testing.assert_array_equal(found, [NAN, 0, 0, 1])
    check(world, {("rule_regime", 4, A, B): NAN})
