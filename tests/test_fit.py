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
from interclust.models.data import from_frame, from_parquet
from interclust.models.fit import family_of, fit_data
from interclust.models.formula import parse
from interclust.numerics.dyads import dyad_number
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


def write_periods(frame: pd.DataFrame, folder: Path, nodes: int) -> None:
    """One file a period, row group k = shard k, as the stage features writes them."""
    for period, rows in frame.groupby("period"):
        shard = dyad_number(rows["cluster_i"].to_numpy(), rows["cluster_j"].to_numpy(), nodes) // 2**16
        table = pa.Table.from_pandas(rows, preserve_index=False)
        with pq.ParquetWriter(folder / f"period={period:03d}.parquet", table.schema) as writer:
            for group in range(int(shard.max()) + 1):
                writer.write_table(table.filter(pa.array(shard == group)))


@pytest.mark.parametrize("family", ["logit", "cloglog", "firth", "poisson"])
def test_streamed_equals_in_memory_bit_for_bit(family: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    n = 400  # more dyads than one shard
    pairs = np.sort(rng.choice(n, size=(1500, 2)), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    parts = []
    for period in range(3):
        part = pd.DataFrame(pairs, columns=["cluster_i", "cluster_j"]).assign(period=period)
        parts.append(part.sample(frac=0.8, random_state=period).sort_values(["cluster_i", "cluster_j"]))
    frame = pd.concat(parts, ignore_index=True)
    frame["x"] = rng.normal(size=len(frame)).astype(np.float32)
    frame["y"] = rng.random(len(frame)) < 0.2
    frame["at_risk"] = rng.random(len(frame)) < 0.9
    frame["projects"] = [[f"p{rng.integers(200):03d}"] if y else [] for y in frame["y"]]
    write_periods(frame, tmp_path, n)
    exploded = frame[frame["y"]].explode("projects").rename(columns={"projects": "project_id"})
    formula, columns = parse("y ~ c(x) + C(period)"), ["y", "x", "period"]
    memory = from_frame(
        frame[frame["at_risk"]], columns, ("cluster_i", "cluster_j"), "projects", list(range(n))
    )
    streamed = from_parquet(tmp_path, columns, "at_risk", list(range(n)), exploded)
    one = fit_data(formula, "y", family_of(family), memory)
    other = fit_data(formula, "y", family_of(family), streamed)
    assert one.optimum.params.tobytes() == other.optimum.params.tobytes()
    for kind in ("classical", "dyad", "dyadic", "dyadic_jackknife"):
        assert one.vcov(kind).to_numpy().tobytes() == other.vcov(kind).to_numpy().tobytes()
