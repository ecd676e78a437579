"""What a stage says where an earlier one has not run, or left other tables than it needs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from interclust.contracts import CONTRACTS
from interclust.errors import ConfigError, ModelError
from interclust.models.hidden.visibility import rows_of
from interclust.models.rows.sampled import prevalence_of
from interclust.models.rows.stored import from_parquet
from interclust.models.validation.study import feature_columns
from interclust.panel import calendar
from interclust.panel.settings import PanelSettings
from interclust.simulate.tables import write_projects


def test_models_need_the_files_of_features(tmp_path: Path) -> None:
    projects = CONTRACTS["panel/row_projects"].frame([])
    with pytest.raises(ModelError, match="no period files; run the stage features first"):
        from_parquet(tmp_path, ["x"], None, ["a", "b"], projects)
    with pytest.raises(ModelError, match="no period files; run the stage features first"):
        rows_of("tie ~ x", tmp_path)
    with pytest.raises(ModelError, match="no files of features; run the stage features first"):
        feature_columns(tmp_path)


def test_a_prevalence_is_as_given_or_as_the_rows_were_sampled() -> None:
    columns = {"y": np.array([1.0, 0.0, 0.0, 0.0]), "w": np.array([1.0, 2.0, 1.0, 1.0])}
    rows: Any = SimpleNamespace(batches=lambda: [SimpleNamespace(columns=columns)])

    def spec(given: float | str | None) -> dict[str, dict[str, float | str | None]]:
        return {"relogit": {"prevalence": given}, "case_control": {"share": 0.1}}

    assert prevalence_of(rows, spec(0.02), "y", None) == 0.02
    assert prevalence_of(rows, spec(None), "y", None) is None
    # one event, and three others, of which a tenth was taken: 1 in 31; with weights 1 in 41
    assert prevalence_of(rows, spec("sampling"), "y", None) == pytest.approx(1 / 31)
    assert prevalence_of(rows, spec("sampling"), "y", "w") == pytest.approx(1 / 41)


def test_periods_go_forward() -> None:
    days = np.array(["2012-01-01", "2011-01-01"], dtype="datetime64[D]")
    with pytest.raises(ConfigError, match="the reference days of the periods decrease; check the dates"):
        calendar._limited(np.array([1, 2]), days, False, PanelSettings())


def test_a_simulated_table_has_the_columns_of_the_real_one(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("acronym,year\nA,2012\n", encoding="utf-8")
    study = {"ingest": {"projects": {"columns": {"acronym": "acronym", "call": "aap"}}}}
    with pytest.raises(ConfigError, match=r"real.csv has no column 'aap'; correct the mapping"):
        write_projects([{"acronym": "B"}], study, tmp_path / "real.csv", tmp_path / "new.csv")
    assert not (tmp_path / "new.csv").exists()
