"""Thematic similarity against scikit-learn, refitted for every pair on a world without its projects."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from interclust import features, panel
from interclust.panel import History
from interclust.panel.texts import STOP_WORDS
from interclust.records import Records
from worlds import random_world


def slow_similarity(world: Records, history: History, i: int, j: int) -> float:
    """Delete the dyad's projects, fit scikit-learn's vectoriser on what is left, compare the two."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    named: dict[int, set[int]] = {}
    for project, cluster in zip(history.memberships.project, history.memberships.cluster, strict=True):
        named.setdefault(int(project), set()).add(int(cluster))
    period = world.projects["period"]
    topics = {
        number: text
        for number, text in enumerate(world.projects["topic"].fillna(""))
        if period.notna()[number]
        and period[number] < history.period
        and not {i, j} <= named.get(number, set())
    }
    keywords = {int(k): " ; ".join(world.clusters["keywords"][k]) for k in history.active_numbers}
    texts = [
        " ".join([keywords.get(body, ""), *(topics[p] for p in topics if body in named.get(p, set()))])
        for body in (i, j)
    ]
    analyse = TfidfVectorizer(strip_accents="unicode", stop_words=sorted(STOP_WORDS)).build_analyzer()
    corpus = [text for text in [*keywords.values(), *topics.values()] if analyse(text)]
    if not corpus or not all(analyse(text) for text in texts):
        return float("nan")
    vectoriser = TfidfVectorizer(strip_accents="unicode", stop_words=sorted(STOP_WORDS)).fit(corpus)
    left, right = vectoriser.transform(texts)
    return float(left.multiply(right).sum())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("period", [1, 3, 5])
def test_against_scikit_learn(seed: int, period: int) -> None:
    world = random_world(seed)
    history = History.before(world, period)
    pairs = list(combinations(history.active_numbers.tolist(), 2))
    i, j = np.array(pairs).T
    found = features.columns(history, i, j, ["thematic_similarity"])["thematic_similarity"]
    expected = [slow_similarity(world, history, *pair) for pair in pairs]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_some_pairs_share_projects_with_topics() -> None:
    history = History.before(random_world(1), 5)
    with_words = np.diff(history.topic_counts.indptr) > 0
    assert with_words[history.named_together.project].sum() > 3


def test_periods_in_one_go_equal_single_histories() -> None:
    world = random_world(2)
    table = features.table(world, ["thematic_similarity"])
    for period, rows in table.groupby("period"):
        i, j = rows["cluster_i"].to_numpy(), rows["cluster_j"].to_numpy()
        history = panel.History.before(world, int(period))
        found = features.columns(history, i, j, ["thematic_similarity"])["thematic_similarity"]
        np.testing.assert_array_equal(found, rows["thematic_similarity"].to_numpy())
