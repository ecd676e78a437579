"""Features about bonds that projects make, by hand on a few clusters."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from feature_checks import DAYS, NAN, A, B, C, D, E, check, value, world_of
from interclust import features
from interclust.panel import History
from interclust.records import Records
from worlds import five_clusters, records


def test_strength_of_ties_by_weight_and_age() -> None:
    world = world_of((1, "ab"), (2, "abc"), (3, "abcd"))
    assert value(world, "tie_strength", 4, A, B) == 3
    assert value(world, "tie_strength", 4, A, B, project_weight="fractional") == pytest.approx(
        1 + 1 / 2 + 1 / 3
    )
    assert value(world, "tie_strength", 4, A, B, half_life=12) == pytest.approx(1 / 8 + 1 / 4 + 1 / 2)
    both = value(world, "tie_strength", 4, A, B, half_life=24, project_weight="fractional")
    assert both == pytest.approx(2**-1.5 + 2**-1 / 2 + 2**-0.5 / 3)
    assert value(world, "tie_strength", 4, A, E) == 0


@pytest.mark.parametrize("weight", ["whole", "fractional"])
def test_lists_that_make_no_tie_weigh_nothing(weight: str) -> None:
    """A broad list beside strict ones changes nothing where broad ones do not count as ties."""
    lists = [(1, "ab"), (1, "ac"), (1, "cd"), (1, "bd"), (1, "be"), (1, "de"), (2, "abc")]
    whole = {"list_status": "complete"}
    broad = [{"period": 2, "members": ["a", "b", "d"], "status": "weak_multi", **whole}]
    plain = [
        {"period": period, "members": list(members), "status": "complete", **whole}
        for period, members in lists
    ]
    bodies = [{"cluster_id": name, "sector": "st"[number % 2]} for number, name in enumerate("abcde")]
    settings = {
        "panel": {"ties": ["strict"], "sets": {"strict": ["complete"], "broad": ["weak_multi"]}},
        "features": {"project_weight": weight, "relatedness_pairs": 1, "leave_dyad_out": True},
    }
    names = ["tie_strength", "structural_equivalence", "sector_relatedness"]
    i, j = np.triu_indices(5, 1)
    strict, both = (
        features.columns(History.before(records(bodies, made, DAYS), 3, settings), i, j, names)
        for made in (plain, plain + broad)
    )
    for name in names:
        assert np.nanmax(strict[name]) > 0
        np.testing.assert_array_equal(both[name], strict[name])


def test_relatedness_of_sectors() -> None:
    """Call 1: a and c, a and b, c and d; e has no sector. Ends: 4 of s (2 in the pair ac), 2 of t."""
    world = world_of((1, "ac"), (1, "ab"), (1, "cd"), (1, "ae"))
    few = {"relatedness_pairs": 1}
    # a and d share none: C = 6, C_st = 2, s_s = 4, s_t = 2
    assert value(world, "sector_relatedness", 2, A, D, **few) == pytest.approx(6 * 2 / (4 * 2))
    # without the pair ab: C = 4, C_st = 1, s_s = 3, s_t = 1
    assert value(world, "sector_relatedness", 2, A, B, **few) == pytest.approx(4 * 1 / (3 * 1))
    # without the pair ac none joins two of s: C = 4, C_ss = 0
    assert value(world, "sector_relatedness", 2, A, C, **few) == 0
    # b and d: C_tt = 0 and s_t = 2
    assert value(world, "sector_relatedness", 2, B, D, **few) == 0
    kept = value(world, "sector_relatedness", 2, A, C, leave_dyad_out=False, **few)
    assert kept == pytest.approx(6 * 2 / 16)
    assert math.isnan(value(world, "sector_relatedness", 2, A, D, relatedness_pairs=3))
    assert math.isnan(value(world, "sector_relatedness", 2, A, E, **few))
    assert math.isnan(value(world, "sector_relatedness", 1, A, D, **few))


def test_relatedness_with_fractional_projects() -> None:
    world = world_of((1, "abc"), (1, "bd"), (1, "cd"))
    # abc at 1/2: ss 2 x 1/2, st 2 x 1/2; bd: tt 2; cd: st 1. C = 1 + 2 (1 + 1) + 2 = 7, s_s = 3, s_t = 4
    found = value(world, "sector_relatedness", 2, A, D, relatedness_pairs=1, project_weight="fractional")
    assert found == pytest.approx(7 * 2 / (3 * 4))


def test_capability_and_incomplete_lists() -> None:
    world = world_of((1, "a"), (1, "ab"), (1, "ac"), (1, "b"), (1, "d"), (2, "bc"))
    cases = {
        ("relational_capability_min", 2, A, B): 0.0,  # without ab: a 1 of 2, b 0 of 1
        ("relational_capability_mean", 2, A, B): 1 / 4,
        ("relational_capability_min", 2, B, C): 1 / 2,  # 1 of 2, 1 of 1
        ("relational_capability_mean", 2, B, C): 3 / 4,
        ("relational_capability_mean", 2, A, C): NAN,  # c has no project but that with a
        ("relational_capability_mean", 2, A, D): 1 / 3,  # 2 of 3, 0 of 1
        ("relational_capability_min", 2, A, E): NAN,
    }
    check(world, cases)
    assert value(world, "relational_capability_mean", 2, A, B, leave_dyad_out=False) == pytest.approx(7 / 12)
    assert math.isnan(value(world, "relational_capability_mean", 2, A, D, capability_projects=2))
    press = world_of((1, "ab"), (1, "ac"), complete=False)
    check(press, {(name, 2, B, C): NAN for name in ("relational_capability_min", "sector_relatedness")})


def test_structural_equivalence() -> None:
    world = world_of((1, "ac"), (1, "ac"), (1, "ad"), (1, "bc"), (2, "abe"))
    cases = {
        ("structural_equivalence", 2, A, B): 2 / math.sqrt(5),  # (c 2, d 1) and (c 1)
        ("structural_equivalence", 3, A, B): 2 / math.sqrt(5),  # what they made with e is left out
        ("structural_equivalence", 2, A, C): 0.0,  # without each other a has d, c has b
        ("structural_equivalence", 2, A, E): NAN,
    }
    check(world, cases)
    # with abe kept: (c 2, d 1, e 1) and (c 1, e 1)
    kept = value(world, "structural_equivalence", 3, A, B, leave_dyad_out=False)
    assert kept == pytest.approx(3 / math.sqrt(6 * 2))
    assert math.isnan(value(world, "structural_equivalence", 2, A, B, equivalence_partners=2))
    # a has c and d, b has c, and each other: two partners each, but one third body of b's
    pair = world_of((1, "ac"), (1, "ad"), (1, "bc"), (1, "ab"))
    options = {"leave_dyad_out": False, "equivalence_partners": 2}
    assert math.isnan(value(pair, "structural_equivalence", 2, A, B, **options))
    # Old ties beside a new one of each other, which would swallow them in a difference of sums of squares.
    late = world_of((1, "ac"), (1, "ad"), (1, "bc"), (3, "ab"))
    found = value(late, "structural_equivalence", 4, A, B, leave_dyad_out=False, half_life=0.8)
    assert found == pytest.approx(2**-0.5)


def texts(keywords: Mapping[str, str], *projects: tuple[str, str]) -> Records:
    bodies = [{"cluster_id": name, "keywords": [words], "region": name} for name, words in keywords.items()]
    rows = [{"period": 1, "members": list(members), "topic": topic} for members, topic in projects]
    return records(bodies, rows, DAYS)


def test_complementary_knowledge() -> None:
    world = texts(
        {"a": "wind sea", "b": "wood sea", "c": "wind wood", "d": "wood"},
        ("cd", "wind sea"),
        ("ab", "wind wood"),
    )
    # Before call 2, without ab's project: documents a, b, c, d, cd. Wind is a's alone, wood b's alone;
    # N = 5, wind stands in 3 (a, c, cd), wood in 3 (b, c, d), both in c.
    assert value(world, "knowledge_complementarity", 2, A, B) == pytest.approx(5 * 1 / (3 * 3))
    # With it kept both have all three words.
    assert math.isnan(value(world, "knowledge_complementarity", 2, A, B, leave_dyad_out=False))
    # d has nothing of its own beside c; a and d in call 1: N = 4, wind (a, c), sea (a, b), wood (b, c, d)
    assert math.isnan(value(world, "knowledge_complementarity", 1, C, D))
    expected = (4 * 1 / (2 * 3) + 4 * 1 / (2 * 3)) / 2
    assert value(world, "knowledge_complementarity", 1, A, D) == pytest.approx(expected)
    assert math.isnan(value(world, "knowledge_complementarity", 1, A, D, complementarity_words=2))


def test_diversity_of_a_sample_of_words() -> None:
    world = texts(
        {"a": "", "b": "", "c": ""}, ("ac", "wind wind"), ("a", "wind sea"), ("b", "wood wood wood")
    )
    # All of b's words are one: no two drawn differ. Two of wind wind wind sea differ with probability 3 / 6.
    assert value(world, "portfolio_diversity_min", 2, A, B, diversity_words=2) == 0
    rich = texts({"a": "", "b": ""}, ("a", "wind wind wind sea"), ("b", "wood iron"))
    found = value(rich, "portfolio_diversity_min", 2, A, B, diversity_words=2)
    assert found == pytest.approx(math.log(2) / 2)
    # Without ac's project a has wind and sea, and c nothing.
    assert math.isnan(value(world, "portfolio_diversity_min", 2, A, C, diversity_words=2))
    assert math.isnan(value(rich, "portfolio_diversity_min", 2, A, B))  # ten words by default


def test_themes_across_regions() -> None:
    world = texts({"a": "wind sea", "b": "wind sea", "c": "wood"})
    cases = {
        ("different_region_same_theme", 1, A, B): 1.0,
        ("different_region_same_theme", 1, A, C): 0.0,
    }
    check(world, cases)
    near = five_clusters()
    check(near, {("different_region_same_theme", 1, 0, 1): 0.0})  # one region
    check(near, {("different_region_same_theme", 3, 0, 3): 0.0})  # aero covers East from then on


def test_predecessors_count_for_their_successor() -> None:
    """s continues a and b; what all three did with c is c's with s."""
    bodies = [
        {"cluster_id": name, "active_to": "2006-06-01", "exit": "merged", "successor": "s", "sector": "t"}
        for name in "ab"
    ] + [{"cluster_id": "c", "sector": "u"}, {"cluster_id": "d", "sector": "u"}]
    bodies.append({"cluster_id": "s", "active_from": "2006-06-01", "sector": "t"})
    made = {"period": 1, "list_status": "complete", "status": "complete"}
    projects = [
        {**made, "members": list(members), "topic": topic}
        for members, topic in (("abc", "wind wind"), ("ab", "sea sea"), ("ad", "wood"), ("cd", "wind"))
    ]
    world = records(bodies, projects, DAYS)
    c, s = 2, 4
    cases = {
        ("tie_strength", 2, c, s): 1.0,  # abc names two bodies now
        ("relational_capability_min", 2, c, s): 1 / 2,  # s: ab alone, ad shared
        ("relational_capability_mean", 2, c, s): 3 / 4,  # c: cd
        ("structural_equivalence", 2, c, s): 1.0,  # both with d
        ("sector_relatedness", 2, c, s): 2
        * 2
        * 1
        / (1 * 3),  # left: ad and cd: C = 4, C_tu = 1, 1 and 3 ends
    }
    check(world, cases, relatedness_pairs=1, project_weight="fractional")
    # Without abc the topics of c have one word, too few for a sample of two.
    assert math.isnan(value(world, "portfolio_diversity_min", 2, c, s, diversity_words=2))
    kept = value(world, "portfolio_diversity_min", 2, c, s, diversity_words=2, leave_dyad_out=False)
    assert kept == 0  # c: wind wind wind


def test_delabelled_bodies_leave_their_ties_to_nobody() -> None:
    bodies = [{"cluster_id": "a", "active_to": "2006-06-01", "exit": "delabelled"}]
    bodies += [{"cluster_id": name} for name in "bc"]
    world = records(
        bodies, [{"period": 1, "members": ["a", "b"]}, {"period": 1, "members": ["a", "c"]}], DAYS
    )
    check(world, {("structural_equivalence", 2, 1, 2): 1.0, ("tie_strength", 2, 1, 2): 0.0})


@pytest.mark.parametrize("n_first", [0, 1])
def test_periods_with_one_body_or_none(n_first: int) -> None:
    """Before call 4 fewer than two are active; what they did before is known all the same."""
    bodies = [{"cluster_id": name, "active_from": "2008-06-01"} for name in "abc"[n_first:]]
    bodies += [{"cluster_id": name} for name in "abc"[:n_first]]
    world = records(bodies, [{"period": 1, "members": ["a", "b"], "topic": "wind"}], DAYS)
    table = features.table(world, list(features.REGISTRY))
    assert table["period"].tolist() == [4, 4, 4]
    assert table["tie_strength"].tolist() == [1, 0, 0]
    assert set(features.REGISTRY) <= set(table.columns)
    none = np.zeros(0, dtype=np.int32)
    for period in DAYS:
        found = features.columns(History.before(world, period), none, none)
        assert {len(values) for values in found.values()} == {0}
