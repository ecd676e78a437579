"""Joint covariances of several models against double sums written out, R, and the models one by one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interclust import inference, models
from interclust.errors import ModelError
from interclust.inference.covariance import FLOOR
from interclust.models.fit import family_of, fit_data
from interclust.models.formula import parse
from interclust.models.joint import Estimate
from interclust.models.rows.frames import from_frame
from interclust.models.rows.stored import from_parquet
from test_covariance import panel, unbalanced
from test_fit import COLUMNS, sharded

ORACLES = Path(__file__).parent / "oracles"
NODES = ("cluster_i", "cluster_j")
GLM = 1e-8  # glm stops where its deviance stands still, a little before the optimum
KINDS = ["dyad", "dyadic", "dyadic_jackknife"]


def cross_sum(one: dict, other: dict) -> np.ndarray:
    """Every pair of rows of two models once: they share a cluster, else by the projects that they share."""
    total = np.zeros((one["scores"].shape[1], other["scores"].shape[1]))
    for a, (i, j, mine) in enumerate(zip(one["i"], one["j"], one["projects"], strict=True)):
        for b, (k, m, theirs) in enumerate(zip(other["i"], other["j"], other["projects"], strict=True)):
            weight = len(set(mine) & set(theirs)) / max(len(mine) * len(theirs), 1)
            if {i, j} & {k, m}:
                weight = 1.0
            total += weight * np.outer(one["scores"][a], other["scores"][b])
    return total


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(2, 50), nodes=st.integers(3, 12))
def test_cross_blocks_are_the_double_sum(seed: int, rows: int, nodes: int) -> None:
    worlds = [unbalanced(seed, rows, nodes), unbalanced(seed + 1, max(rows // 2, 2), nodes + 3)]
    worlds[1]["scores"] = worlds[1]["scores"][:, :2]
    worlds[1]["information"] = np.array([[50.0, 9.0], [9.0, 9e5]])
    found = inference.joint_vcov(*([world[key] for world in worlds] for key in KEYS), clip=False)
    breads = [np.linalg.inv(world["information"]) for world in worlds]
    expected = np.block(
        [
            [left @ cross_sum(one, other) @ right for other, right in zip(worlds, breads, strict=True)]
            for one, left in zip(worlds, breads, strict=True)
        ]
    )
    sizes = [
        np.sqrt(np.diag(bread @ (world["scores"].T @ world["scores"]) @ bread))
        for bread, world in zip(breads, worlds, strict=True)
    ]
    scale = np.outer(np.concatenate(sizes), np.concatenate(sizes))
    assert np.max(np.abs(found - expected) / scale) < 1e-12 * rows


KEYS = ("scores", "information", "i", "j", "projects")


@cache
def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two samples of one panel; the second has fewer clusters, other names for none, and other rows."""
    whole = panel().assign(cluster_i=lambda d: d["cluster_i"] + 5, cluster_j=lambda d: d["cluster_j"] + 5)
    late = whole[(whole["period"] > 0) & (whole["cluster_i"] > 6)].sample(frac=0.8, random_state=2)
    return whole[whole["period"] < 2], late


@cache
def pair() -> tuple[models.Fit, models.Fit]:
    first, late = frames()
    return (
        models.fit("y ~ x*z", first, family="cloglog", project="projects"),
        models.fit("m ~ x + z", late, family="zip", project="projects", zero="1"),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_diagonal_blocks_are_those_of_each_model(kind: str) -> None:
    one, other = pair()
    joint = models.joint_covariance([one, other], kind, clip=False).matrix
    k = len(one.terms)
    np.testing.assert_allclose(joint[:k, :k], one.vcov(kind, clip=False), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(joint[k:, k:], other.vcov(kind, clip=False), rtol=1e-9, atol=1e-12)
    assert np.abs(joint[:k, k:]).max() > 1e-4
    turned = models.joint_covariance([other, one], kind, clip=False).matrix
    np.testing.assert_allclose(turned[len(other.terms) :, : len(other.terms)], joint[:k, k:], rtol=1e-9)


def test_cross_block_of_fits_is_the_double_sum() -> None:
    worlds = []
    for fit, frame in zip(pair(), frames(), strict=True):
        ends = {key: frame[name].tolist() for key, name in zip("ij", NODES, strict=True)}
        scores = fit.scores().to_numpy()
        worlds.append({"scores": scores, "projects": frame["projects"].tolist(), **ends})
    one, other = (np.linalg.inv(fit.information) for fit in pair())
    expected = one @ cross_sum(*worlds) @ other
    joint = models.joint_covariance(pair(), "dyadic", clip=False)
    np.testing.assert_allclose(joint.matrix[:4, 4:], expected, rtol=1e-9, atol=1e-13)
    assert joint.df == 9  # the second model has ten clusters, the first twelve


def test_a_model_beside_itself_is_perfectly_correlated() -> None:
    fit = pair()[0]
    for kind in KINDS:
        joint = models.joint_covariance([fit, fit], kind, clip=False)
        one = joint.matrix[:4, :4]
        for block in (joint.matrix[:4, 4:], joint.matrix[4:, 4:]):
            np.testing.assert_allclose(block, one, rtol=1e-9, atol=1e-12)


def test_against_r() -> None:
    oracle = pd.read_csv(ORACLES / "joint.csv", keep_default_na=False)
    frame = pd.read_csv(ORACLES / "panel.csv", keep_default_na=False)
    frame["projects"] = [text.split(";") if text else [] for text in frame["projects"]]

    def fits(first: pd.DataFrame, then: pd.DataFrame) -> tuple[pd.Index, list[models.Fit]]:
        tie = models.fit("tie ~ same_region + similarity", first, project="projects")
        count = models.fit(
            "n_projects ~ log_distance_km + same_region", then, family="poisson", project="projects"
        )
        terms = [f"{name}.{term}" for name, fit in (("tie", tie), ("count", count)) for term in fit.terms]
        return pd.Index(terms), [tie, count]

    def check(quantity: str, terms: pd.Index, matrix: np.ndarray) -> None:
        rows = oracle[oracle["quantity"] == quantity]
        found = matrix[terms.get_indexer(rows["row"]), terms.get_indexer(rows["col"])]
        scale = np.sqrt(np.diag(matrix))
        unit = scale[terms.get_indexer(rows["row"])] * scale[terms.get_indexer(rows["col"])]
        assert len(rows)
        assert np.max(np.abs(found - rows["value"]) / unit) < GLM, quantity

    terms, both = fits(frame[frame["period"] <= 3], frame[frame["period"] >= 2])
    for kind in KINDS:
        quantity = kind if kind == "dyad" else f"{kind}_project"
        check(quantity, terms, models.joint_covariance(both, kind, clip=False).matrix)
    once = frame[frame["period"] == 2]
    terms, both = fits(once, once)
    V = models.joint_covariance(both, "dyad").matrix
    check("multcomp", terms, V / np.sqrt(np.outer(np.diag(V), np.diag(V))))


def test_streamed_shards_give_what_memory_gives(tmp_path: Path) -> None:
    """Files of one panel match shard by shard; frames, numbered apart, are one batch."""
    frame, exploded = sharded(tmp_path)
    ends, nodes = NODES, list(range(400))
    kept = frame[frame["at_risk"]]
    sources = [
        (from_parquet(tmp_path, COLUMNS, "at_risk", nodes, exploded, held_bytes=0) for _ in range(2)),
        (from_frame(kept, COLUMNS, ends, "projects", nodes) for _ in range(2)),
    ]
    found = []
    for first, then in sources:
        fits = [
            fit_data(parse("y ~ x"), "y", family_of("logit"), first),
            fit_data(parse("n ~ x + period"), "n", family_of("poisson"), then),
        ]
        assert len(list(fits[0].likelihood.data.batches())) > 1
        found.append(models.joint_covariance(fits, "dyadic_jackknife").matrix)
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-15)


def test_repairs_keep_it_non_negative_and_variances_at_their_floor() -> None:
    joint = models.joint_covariance(pair(), "dyadic_jackknife")
    assert np.linalg.eigvalsh(joint.matrix).min() > -1e-12
    floors = np.concatenate([np.diag(fit.vcov("dyad")) for fit in pair()])
    assert np.all(np.diag(joint.matrix) >= FLOOR * floors * (1 - 1e-9))


def test_what_cannot_be_joint_says_so() -> None:
    frame = panel()
    apart = models.fit("y ~ x", frame, nodes=None)
    with pytest.raises(
        ModelError, match="no joint covariance 'hc0'; there are dyad, dyadic, dyadic_jackknife"
    ):
        models.joint_covariance(pair(), "hc0")
    with pytest.raises(ModelError, match="needs the clusters of each row"):
        models.joint_covariance([pair()[0], apart])
    with pytest.raises(ModelError, match="list choice has lists"):
        Estimate.of_record({"outcome": "list_choice"}, "")
