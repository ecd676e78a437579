"""The profile over visibility of a study: what is written, and what it says of what it cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import models
from interclust.contracts import CONTRACTS
from interclust.errors import ModelError
from interclust.io import write_csv, write_json
from interclust.models.hidden.visibility import COLUMNS, profile
from interclust.report.language import Language
from interclust.report.results import Results
from interclust.report.visibility import sentences, table

SPEC = {
    "outcome": "tie",
    "sample": None,
    "family": "cloglog",
    "terms": ["same_region"],
    "visibility": [0.2, 1.0],
    "covariance": "dyadic",
    "label": {"en": "A tie"},
}


def panel(seed: int = 3) -> pd.DataFrame:
    """Rows of a panel of twelve bodies over five periods."""
    rng = np.random.default_rng(seed)
    i, j = np.triu_indices(12, 1)
    near, tied, rows = ((i + j) % 3 == 0).astype(float), np.zeros(len(i), dtype=bool), []
    for period in range(1, 6):
        event = rng.random(len(i)) < 0.06 + 0.1 * near + 0.15 * tied
        own = {"period": period, "cluster_i": i, "cluster_j": j, "same_region": near, "tie": event}
        rows.append(pd.DataFrame(own | {"in_recurrence_risk_set": tied.copy()}))
        tied |= event
    return pd.concat(rows, ignore_index=True)


def written(folder: Path, rows: pd.DataFrame) -> Path:
    """The files of a study that a profile reads; every tie is of a project of its own."""
    periods = folder / "features" / "periods"
    periods.mkdir(parents=True)
    for period, own in rows.groupby("period"):
        own.to_parquet(periods / f"period={period:03d}.parquet")
    keys = ["period", "cluster_i", "cluster_j"]
    pieces = rows.loc[rows["tie"], keys].assign(
        project_id=lambda made: [f"p{n:03d}" for n in range(len(made))]
    )
    contract = CONTRACTS["panel/row_projects"]
    contract.write(contract.frame(pieces.sort_values(keys)), folder / "panel" / "row_projects.parquet")
    return folder


def test_a_profile_is_that_of_the_call_in_memory(tmp_path: Path) -> None:
    rows = panel()
    found, said = profile("m", SPEC, written(tmp_path, rows))
    known = models.hidden_history("tie ~ same_region", rows, [0.2, 1.0], tied="in_recurrence_risk_set")
    assert tuple(found.columns) == COLUMNS
    assert said["verdict"] == known.verdict
    assert said["n"]["ties"] == rows["tie"].sum()
    assert said["n"]["recurrences"] == (rows["tie"] & rows["in_recurrence_risk_set"]).sum()
    whole = found[found["visibility"] == 1.0].set_index("term")
    flagged = rows.assign(
        tied_before=rows["in_recurrence_risk_set"].astype(float), tie=rows["tie"].astype(float)
    )
    engine = models.fit("tie ~ same_region + tied_before", flagged, family="cloglog")
    assert whole["estimate"].to_dict() == pytest.approx(engine.params.to_dict(), rel=1e-8)
    # a project of one row adds nothing to what its clusters' terms hold already
    errors = engine.tidy("dyadic").set_index("term")["std_error"]
    assert whole["std_error"].to_dict() == pytest.approx(errors.to_dict(), rel=1e-8)


def test_a_study_that_cannot_bear_it_says_so(tmp_path: Path) -> None:
    rows = panel()
    rows["tie"] &= ~rows["in_recurrence_risk_set"]
    found, said = profile("m", SPEC, written(tmp_path, rows))
    assert found.empty
    assert said["verdict"] == "not_fitted"
    assert "no tie was seen after another one" in said["reason"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": "emergence"}, "for the outcome tie of every dyad and period"),
        ({"sample": "in_emergence_risk_set"}, "sample: null"),
        ({"duration": {"column": "periods_at_risk"}}, "duration has no meaning beside visibility"),
        ({"terms": ["same_sector"]}, "no column 'same_sector'"),
    ],
)
def test_a_wrong_specification_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError) as caught:
        profile("m", SPEC | change, written(tmp_path, panel()))
    assert words in str(caught.value)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_report_shows_what_is_left_and_the_range_of_it(tmp_path: Path, language: str) -> None:
    found, said = profile("m", SPEC, written(tmp_path, panel()))
    said |= {"verdict": "bounded", "visibility": 1.0, "low": 0.5, "high": 1.0}
    found["inside"] = found["visibility"] == 1.0
    write_csv(found, tmp_path / "models" / "m" / "visibility.csv")
    write_json(said, tmp_path / "models" / "m" / "visibility.json")
    write_json({"models": {"m": SPEC, "other": {"outcome": "emergence"}}}, tmp_path / "study.json")
    results, say = Results(tmp_path), Language(language)
    (sentence,) = sentences(results, say)
    assert say.number(0.5, "share") in sentence
    made = table(results, say)
    assert [column.key for column in made.columns] == ["visibility", "deviance", "same_region", "tied_before"]
    kinds = [line.kind for line in made.rows]
    assert kinds == ["group", "body", "body", "total"]
    excluded, kept, whole = made.rows[1:]
    assert excluded.cells[2].value == ""
    slope = found[(found["visibility"] == 1.0) & (found["term"] == "same_region")]["estimate"].item()
    assert kept.cells[2].value == pytest.approx(np.exp(slope))
    assert whole.cells[2].text == kept.cells[2].text
