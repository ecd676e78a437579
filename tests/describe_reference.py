"""Measures of a network and a life table in plain Python, from the definitions: slow, with sets and loops."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from statistics import fmean
from typing import Any

Tie = frozenset[int]


def network(n: int, lists: Iterable[Iterable[int]], words: list[str | None]) -> dict[str, float]:
    """Measures of the network of ``n`` bodies (0 to n - 1) that the lists tie; ``words`` their attribute."""
    lists = [set(members) for members in lists]
    ties = {frozenset(pair) for members in lists for pair in combinations(sorted(members), 2)}
    partners = {body: {next(iter(tie - {body})) for tie in ties if body in tie} for body in range(n)}
    degree = {body: len(own) for body, own in partners.items()}
    triples = list(combinations(range(n), 3))
    triangles = [t for t in triples if all(frozenset(pair) in ties for pair in combinations(t, 2))]
    paths = [(a, b, c) for b in range(n) for a, c in combinations(sorted(partners[b]), 2)]
    closed = [path for path in paths if frozenset((path[0], path[2])) in ties]
    local = [
        fmean([frozenset(pair) in ties for pair in combinations(sorted(own), 2)])
        for own in partners.values()
        if len(own) > 1
    ]
    sizes = [size for size in components(partners) if size > 1]
    most = max(degree.values(), default=0)
    star = sum(n - 1 - d for d in [n - 1, *[1] * (n - 1)])  # what a star of n bodies has
    on_one = [t for t in triangles if any(set(t) <= members for members in lists)]
    ends = [(degree[a], degree[b]) for tie in ties for a, b in (tuple(tie), tuple(tie)[::-1])]
    return {
        "bodies_tied": sum(d > 0 for d in degree.values()),
        "projects": len(lists),
        "ties": len(ties),
        "density": ratio(len(ties), n * (n - 1) / 2),
        "mean_degree": ratio(sum(degree.values()), n),
        "components": len(sizes),
        "largest": max(sizes, default=0),
        "share_largest": ratio(max(sizes, default=0), sum(d > 0 for d in degree.values())),
        "centralisation": ratio(sum(most - d for d in degree.values()), star) if n > 2 else math.nan,
        "clustering": fmean(local) if local else math.nan,
        "transitivity": ratio(len(closed), len(paths)),
        "triangles": len(triangles),
        "share_of_one_list": ratio(len(on_one), len(triangles)),
        "degree_assortativity": pearson(ends),
        "attribute": mixing(ties, words),
    }


def components(partners: Mapping[int, set[int]]) -> list[int]:
    """Sizes of the components, by walking."""
    left, sizes = set(partners), []
    while left:
        reached, waiting = set(), {left.pop()}
        while waiting:
            body = waiting.pop()
            reached.add(body)
            waiting |= partners[body] - reached
        left -= reached
        sizes.append(len(reached))
    return sizes


def ratio(part: float, whole: float) -> float:
    """A share, NaN of nothing."""
    return part / whole if whole else math.nan


def pearson(pairs: list[tuple[float, float]]) -> float:
    """Correlation of pairs of numbers."""
    if not pairs:
        return math.nan
    x, y = zip(*pairs, strict=True)
    mean_x, mean_y = fmean(x), fmean(y)
    product = sum((a - mean_x) * (b - mean_y) for a, b in pairs)
    spread = math.sqrt(sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y))
    return ratio(product, spread)


def mixing(ties: set[Tie], words: list[str | None]) -> float:
    """(trace of e - sum of its square) / (1 - that sum), e the matrix of mixing over both directions."""
    both = [(words[a], words[b]) for tie in ties for a, b in (tuple(tie), tuple(tie)[::-1])]
    both = [pair for pair in both if None not in pair]
    if not both:
        return math.nan
    kinds = sorted({word for pair in both for word in pair if word})
    e = {(a, b): both.count((a, b)) / len(both) for a in kinds for b in kinds}
    square = sum(e[a, k] * e[k, b] for a in kinds for b in kinds for k in kinds)
    return ratio(sum(e[k, k] for k in kinds) - square, 1 - square) if len(kinds) > 1 else math.nan


def life_table(rows: list[dict[str, Any]]) -> dict[int, dict[str, int]]:
    """Gaps by length from the rows of a panel, one pair at a time, period by period.

    A gap goes on while the pair's rows follow each other and its length grows by one a period.
    """
    counts: dict[str, Counter[int]] = {key: Counter() for key in ("entered", "at_risk", "events", "censored")}
    pairs: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        pairs.setdefault((row["cluster_i"], row["cluster_j"]), []).append(row)
    for own in pairs.values():
        running: int | None = None
        last_period = None
        for row in sorted(own, key=lambda row: row["period"]):
            follows = last_period is not None and row["period"] == last_period + 1
            since = row["periods_since_last_tie"] if row["in_recurrence_risk_set"] else None
            if running is not None and not (follows and since == running + 1):
                counts["censored"][running] += 1
                running = None
            if since is not None:
                counts["entered"][since] += running is None
                counts["at_risk"][since] += 1
                counts["events"][since] += row["tie"]
                running = since
            if row["tie"]:
                counts["entered"][0] += 1
                counts["at_risk"][0] += 1
                running = 0
            last_period = row["period"]
        if running is not None:
            counts["censored"][running] += 1
    longest = max(counts["at_risk"], default=-1)
    return {gap: {key: counts[key][gap] for key in counts} for gap in range(longest + 1)}
