"""Mergers as the outcome of a model: from the raw registry to Firth's estimates, against R's own recount."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import config, features, ingest, models
from interclust.contracts import CONTRACTS
from interclust.errors import NotEstimable
from interclust.models.rows.mergers import merger_data

# Of tests/oracles/mergers.R, which reads the raw registry itself.
ORACLE = Path(__file__).parent / "oracles" / "mergers.csv"


def oracle(quantity: str) -> dict[str, float]:
    with ORACLE.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["quantity"] == quantity]
    return {row["name"]: float(row["value"]) for row in rows}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a model of mergers reads of the study fui."""
    study = config.load("fui")
    records, path = ingest.read(study), tmp_path_factory.mktemp("fui")
    study["features"]["names"] = ["same_sector", "same_region"]
    CONTRACTS["ingest/clusters"].write(records.clusters, path / "ingest" / "clusters.parquet")
    pieces = CONTRACTS["panel/row_projects"]
    none: dict[str, list[Any]] = {name: [] for name in pieces.columns}
    pieces.write(pieces.frame(pd.DataFrame(none)), path / "panel" / "row_projects.parquet")
    features.write_mergers(records, study, path / "features" / "mergers.parquet")
    return path


@pytest.fixture(scope="module")
def record(folder: Path) -> dict[str, Any]:
    spec = config.load("fui")["models"]["merger"]
    return models.run("merger", spec, folder, folder / "models" / "merger" / "fit.json")


def test_rows_and_mergers_are_those_counted_from_the_raw_registry(folder: Path) -> None:
    table = pd.read_parquet(folder / "features" / "mergers.parquet").dropna(subset="merger")
    cell = table["same_sector"].astype(int).astype(str) + table["same_region"].astype(int).astype(str)
    assert cell.value_counts().to_dict() == oracle("cell")
    assert cell[table["merger"].astype(bool)].value_counts().to_dict() == oracle("mergers")


def test_estimates_are_those_of_brglm2(record: dict[str, Any]) -> None:
    assert record["status"] == "fitted"
    found = {row["term"]: row["estimate"] for row in record["params"]}
    assert found == pytest.approx(oracle("estimate"), rel=1e-8)
    errors = np.sqrt(np.diag(record["vcov"]["classical"]["matrix"]))
    assert errors == pytest.approx(list(oracle("std_error").values()), rel=1e-8)


def test_a_pair_without_a_date_is_left_out_and_counted(record: dict[str, Any]) -> None:
    assert record["n"]["dropped"] == {"merger": 20}
    assert record["n"]["events"] == 14
    assert [item["code"] for item in record["checks"]] == ["few_events"]


def test_no_merger_no_model(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    pd.DataFrame().to_parquet(tmp_path / "features" / "mergers.parquet")
    with pytest.raises(NotEstimable, match="0 events"):
        merger_data(tmp_path, ["merger", "same_sector"], 3)
