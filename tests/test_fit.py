"""models.fit: what it refuses, what it counts, and that a stream of files gives the bits of the frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interclust import models
from interclust.errors import ModelError, NotEstimable
from interclust.inference import projects, sums
from interclust.models import likelihood, separation, start
from interclust.models.firth import corrected
from interclust.models.fit import family_of, fit_data
from interclust.models.formula import parse
from interclust.models.rows import data as rows_of
from interclust.models.rows import frames
from interclust.models.rows.data import Data
from interclust.models.rows.frames import from_frame
from interclust.models.rows.stored import from_parquet
from interclust.numerics.dyads import SHARD_DYADS, dyad_number
from interclust.numerics.families import FAMILIES
from test_covariance import panel


def test_missing_values_are_dropped_and_counted_by_column() -> None:
    frame = panel()
    frame.loc[[0, 1, 2], "x"] = np.nan
    fit = models.fit("y ~ x + z", frame)
    assert fit.profile.rows == len(frame) - 3
    assert dict(fit.likelihood.data.dropped) == {"x": 3}


@pytest.mark.parametrize(
    ("change", "formula", "family", "said"),
    [
        ({}, "y ~ x + w", "logit", "no column 'w'"),
        ({"w": 2.0}, "y ~ x + w", "logit", "'w' is 2 in every row"),
        ({"w": lambda d: d["x"] * 2 + 1}, "y ~ x + w", "logit", "combination of"),
        ({"y": 0}, "y ~ x", "logit", "no event"),
        ({"y": lambda d: d["x"]}, "y ~ x", "logit", "not 0 or 1"),
        ({"n": -1}, "n ~ x", "poisson", "not a count"),
        ({}, "y ~ x", "probit", "no family 'probit'"),
        ({"cluster_j": lambda d: d["cluster_i"]}, "y ~ x", "logit", "a dyad needs two"),
        ({"z": lambda d: d["y"] * d["z"]}, "y ~ x + z", "logit", "separates events"),
    ],
)
def test_refusals_name_the_reason(change: dict, formula: str, family: str, said: str) -> None:
    frame = panel().assign(**change)
    if said == "separates events":
        frame["z"] = 1 - frame["y"] * (frame["z"] >= 0)  # no event where z is 1
    with pytest.raises(ModelError, match=said):
        models.fit(formula, frame, family=family)


def test_fewer_events_than_parameters_is_not_estimable() -> None:
    frame = panel()
    frame["y"] = 0
    frame.loc[:1, "y"] = 1
    with pytest.raises(NotEstimable, match="2 events for 3 parameters"):
        models.fit("y ~ x + z", frame)


@pytest.mark.parametrize("family", ["logit", "firth", "linear"])
def test_an_offset_is_refused_where_it_means_nothing(family: str) -> None:
    with pytest.raises(ModelError, match="not closed under thinning"):
        models.fit("y ~ x", panel().assign(v=0.1), family=family, offset="v")


def test_an_offset_beside_free_period_effects_is_refused() -> None:
    with pytest.raises(ModelError, match="free period effects"):
        models.fit("n ~ x + C(period)", panel().assign(v=0.1), family="poisson", offset="v")


def test_a_constant_offset_moves_only_the_intercept() -> None:
    frame = panel().assign(v=np.log(0.03))
    plain = models.fit("n ~ x", frame, family="poisson")
    thinned = models.fit("n ~ x", frame, family="poisson", offset="v")
    assert thinned.params["x"] == pytest.approx(plain.params["x"], rel=1e-10)
    assert thinned.params["Intercept"] == pytest.approx(plain.params["Intercept"] - np.log(0.03), rel=1e-10)


def test_weights_equal_repeated_rows() -> None:
    frame = panel()
    frame["w"] = np.random.default_rng(1).integers(1, 4, len(frame))
    repeated = frame.loc[frame.index.repeat(frame["w"])]
    weighted = models.fit("y ~ x + z", frame, weights="w")
    np.testing.assert_allclose(weighted.params, models.fit("y ~ x + z", repeated).params, rtol=1e-9)


def test_firth_equals_firthmodels_where_the_logit_diverges() -> None:
    from firthmodels import FirthLogisticRegression

    frame = panel()
    frame["z"] = 1 - frame["y"] * (frame["x"] > 0)  # every row with z = 0 is an event
    theirs = FirthLogisticRegression(gtol=1e-9, xtol=1e-9, max_iter=500).fit(frame[["x", "z"]], frame["y"])
    ours = models.fit("y ~ x + z", frame, family="firth")
    assert ours.converged
    np.testing.assert_allclose(ours.params[["x", "z"]], theirs.coef_, rtol=1e-5)
    assert ours.loglik == pytest.approx(theirs.loglik_, rel=1e-8)


def test_alpha_of_negbin_is_reported_itself() -> None:
    params = models.fit("n ~ x", panel(), family="negbin").params
    assert params["alpha"] > 0
    assert "ln_alpha" not in params


def test_nodes_are_needed_for_dyadic_covariances_only() -> None:
    fit = models.fit("y ~ x", panel(), nodes=None)
    assert np.all(np.diag(fit.vcov("hc0")) > 0)
    with pytest.raises(ModelError, match="needs the clusters"):
        fit.vcov("dyadic")


def write_periods(frame: pd.DataFrame, folder: Path, nodes: int, size: int = SHARD_DYADS) -> None:
    """One file a period, row group k = shard k, as the stage features writes them."""
    for period, rows in frame.groupby("period"):
        shard = dyad_number(rows["cluster_i"].to_numpy(), rows["cluster_j"].to_numpy(), nodes) // size
        table = pa.Table.from_pandas(rows, preserve_index=False)
        with pq.ParquetWriter(folder / f"period={period:03d}.parquet", table.schema) as writer:
            for group in range(int(shard.max()) + 1):
                writer.write_table(table.filter(pa.array(shard == group)))


def sharded(folder: Path, n: int = 400, shard: int = SHARD_DYADS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A panel of more dyads than one shard, with missing values, and its projects; written to ``folder``."""
    rng = np.random.default_rng(2)
    pairs = np.sort(rng.choice(n, size=(1500, 2)), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    parts = []
    for period in range(3):
        part = pd.DataFrame(pairs, columns=["cluster_i", "cluster_j"]).assign(period=period)
        parts.append(part.sample(frac=0.8, random_state=period).sort_values(["cluster_i", "cluster_j"]))
    frame = pd.concat(parts, ignore_index=True)
    frame["x"] = rng.normal(size=len(frame)).astype(np.float32)
    frame.loc[rng.random(len(frame)) < 0.02, "x"] = np.nan
    frame["y"] = rng.random(len(frame)) < 0.2
    frame["n"] = rng.negative_binomial(1, 0.4, len(frame)).astype(np.int16)
    frame["k"] = frame["n"].clip(upper=2)
    frame["v"] = rng.integers(1, 3, len(frame)).astype(np.int16)
    frame["at_risk"] = rng.random(len(frame)) < 0.9
    frame["projects"] = [[f"p{rng.integers(200):03d}"] if y else [] for y in frame["y"]]
    write_periods(frame, folder, n, shard)
    exploded = frame[frame["y"]].explode("projects").rename(columns={"projects": "project_id"})
    return frame, exploded


FORMULA, COLUMNS = parse("y ~ c(x) + C(period)"), ["y", "n", "k", "x", "period", "v"]
OUTCOMES = {"binary": "y", "count": "n", "ordinal": "k", "real": "x"}
KINDS = ("classical", "hc0", "dyad", "dyadic", "dyadic_jackknife")


def bits(data: Data, family: str, clusters: bool = False) -> list[bytes]:
    """Estimates, covariances and all else that is read from the rows of one fit, as bytes."""
    chosen = family_of(family)
    outcome = OUTCOMES[chosen.outcome]
    formula = parse(f"{outcome} ~ C(period)" if outcome == "x" else f"{outcome} ~ c(x) + C(period)")
    second = parse("1 + x") if chosen.has_second_part else None
    fit = fit_data(formula, outcome, chosen, data, None, "v", True, second, clusters)
    assert fit.converged
    found = [fit.optimum.params, np.array([fit.loglik_null]), *(fit.vcov(kind).to_numpy() for kind in KINDS)]
    if family == "poisson" and not clusters:
        found.append(fit.covariance("bootstrap", replications=30).matrix)
    if chosen.jeffreys:
        found += [
            corrected(fit.likelihood, fit.coefficients, fit.information, name) for name in ("flic", "flac")
        ]
    return [np.asarray(values).tobytes() for values in found]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several blocks, tiles and chunks a shard, and the fit to some rows even where there are few."""
    monkeypatch.setattr(likelihood, "SLICE", 64)
    monkeypatch.setattr(likelihood, "BLOCK_VALUES", 512)
    monkeypatch.setattr(likelihood, "TILE_ROWS", 256)
    monkeypatch.setattr(rows_of, "FEW_ROWS", 0)
    monkeypatch.setattr(sums, "CHUNK_ROWS", 300)
    monkeypatch.setattr(projects, "CHUNK_ROWS", 100)
    monkeypatch.setattr(separation, "FIRST_ROWS", 50)
    monkeypatch.setattr(start, "MANY_ROWS", 1_000)
    monkeypatch.setattr(start, "EVERY", 4)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_streamed_equals_in_memory_bit_for_bit(family: str, tmp_path: Path) -> None:
    """Whatever the number of threads, and whether shards are read once or at every pass."""
    same_bits(tmp_path, family, 400)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("family", ["logit", "poisson"])
def test_cluster_effects_streamed_equal_those_in_memory(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "SHARD_DYADS", 100)
    same_bits(tmp_path, family, 30, 100, clusters=True)


def same_bits(folder: Path, family: str, n: int, shard: int = SHARD_DYADS, clusters: bool = False) -> None:
    """The same fit from a frame and from files, in several ways."""
    frame, exploded = sharded(folder, n, shard)
    nodes = list(range(n))
    at_risk = frame[frame["at_risk"]]
    ends = ("cluster_i", "cluster_j")
    found = [
        bits(from_frame(at_risk, COLUMNS, ends, "projects", nodes, threads), family, clusters)
        for threads in ((1,) if clusters else (1, 2, 5))
    ]
    for threads, held in ((3, 20_000),) if clusters else ((1, 0), (1, 2**20), (3, 0), (3, 20_000)):
        data = from_parquet(folder, COLUMNS, "at_risk", nodes, exploded, threads, held)
        assert len(list(data.batches())) > 1
        found.append(bits(data, family, clusters))
    assert all(one == found[0] for one in found)


def test_a_stream_counts_what_it_leaves_out_as_the_frame_does(tmp_path: Path) -> None:
    frame, exploded = sharded(tmp_path)
    streamed = from_parquet(tmp_path, COLUMNS, "at_risk", list(range(400)), exploded, held_bytes=0)
    lacking = int(frame.loc[frame["at_risk"], "x"].isna().sum())
    assert lacking
    assert dict(streamed.dropped) == {"x": lacking}


def test_rows_in_any_order_make_the_same_shards(tmp_path: Path) -> None:
    frame, _ = sharded(tmp_path)
    shuffled = frame.sample(frac=1.0, random_state=3)
    ends = ("cluster_i", "cluster_j")
    one, other = (list(from_frame(rows, ["x"], ends).batches()) for rows in (frame, shuffled))
    assert [len(batch) for batch in one] == [len(batch) for batch in other]
    for ordered, mixed in zip(one, other, strict=True):
        np.testing.assert_array_equal(np.sort(ordered.columns["x"]), np.sort(mixed.columns["x"]))
        source = shuffled.iloc[mixed.origin]
        np.testing.assert_array_equal(source["x"].to_numpy(float), mixed.columns["x"])


@pytest.mark.parametrize(
    "names", [[f"c{k}" for k in range(12)], [10 * k - 7 for k in range(12)], [10**12 * k for k in range(12)]]
)
def test_the_names_of_clusters_do_not_matter(names: list) -> None:
    frame = panel()
    renamed = frame.assign(**{end: [names[k] for k in frame[end]] for end in ("cluster_i", "cluster_j")})
    one, other = (models.fit("y ~ x + z", rows, project="projects") for rows in (frame, renamed))
    np.testing.assert_allclose(one.vcov(), other.vcov(), rtol=1e-12)
    assert sorted(other.likelihood.data.nodes) == sorted(names)


def test_the_frame_is_read_where_it_lies() -> None:
    """No copy of a column of numbers is made, so that memory beyond the data is a few blocks."""
    frame = panel().astype({"x": np.float32})
    (batch,) = from_frame(frame, ["x", "z"], ("cluster_i", "cluster_j")).batches()
    assert np.shares_memory(batch.columns.stored["x"], frame["x"].to_numpy())
    assert np.shares_memory(batch.left, frame["cluster_i"].to_numpy())


@pytest.mark.parametrize("family", ["logit", "cloglog", "poisson"])
def test_the_start_at_some_rows_changes_the_steps_and_not_the_estimates(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    n = 20_000
    frame = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n)})
    frame["y"] = (rng.random(n) < 1 / (1 + np.exp(2 - frame["x"]))).astype(float)
    cold = models.fit("y ~ x + z", frame, family=family, nodes=None)
    monkeypatch.setattr(start, "MANY_ROWS", 1_000)
    warm = models.fit("y ~ x + z", frame, family=family, nodes=None)
    assert warm.optimum.iterations < cold.optimum.iterations
    np.testing.assert_allclose(warm.params, cold.params, rtol=1e-9)
    np.testing.assert_allclose(warm.vcov("hc0"), cold.vcov("hc0"), rtol=1e-9)
