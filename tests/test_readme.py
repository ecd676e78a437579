"""The study that the README shows, on data of the shape that it describes."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from interclust import config, features, ingest, models, panel
from interclust.models.specification import formula_text

README = Path(__file__).resolve().parents[1] / "README.md"


def shown_study() -> str:
    """The indented block that begins with the name of the study file."""
    found = re.search(
        r"((?:    .*\n)*    # my_study\.yaml\n(?:    .*\n)+)", README.read_text(encoding="utf-8")
    )
    assert found
    return "".join(line[4:] + "\n" for line in found[1].splitlines())


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    pairs = list(combinations("ABCDEFGHIJKL", 2))
    rows = ["name,year,members"]
    for number in range(90):
        one, other = pairs[rng.integers(len(pairs))]
        rows.append(f"P{number},{2010 + number % 7},Cluster {one};Cluster {other}")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "projects.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    path = tmp_path / "my_study.yaml"
    path.write_text(shown_study(), encoding="utf-8")
    return path


def test_the_study_of_the_readme_runs(study: Path) -> None:
    settings = config.load(study)
    records = ingest.read(settings)
    assert len(records.projects) == 90
    assert len(records.clusters) == 12
    spec = settings["models"]["emergence_core"]
    table = features.table(records, spec["terms"], settings)
    rows = table[table["in_emergence_risk_set"].to_numpy(dtype=bool)]
    fit = models.fit(
        formula_text(spec), rows.assign(emergence=rows["emergence"].astype(float)), spec["family"]
    )
    assert fit.converged
    assert panel.lists(records, settings)["m"].eq(2).all()
