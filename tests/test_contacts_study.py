"""The study of docs/data.md on a small ledger: from its files to the verdicts on H1, H2 and H19."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from interclust import config, effects, features, ingest, models, panel
from interclust.contracts import CONTRACTS
from interclust.effects.comparisons import compare
from interclust.effects.hypotheses import judge, scoreboard

THEMES = ("laser optics", "wine vineyards", "health biotech", "wood forest")
N = 30


def example() -> str:
    """The study of docs/data.md."""
    text = (config.project_root() / "docs" / "data.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```yaml\n(# contacts\.yaml.*?)```", text, re.DOTALL)
    return found


def write_files(folder: Path) -> None:
    """Thirty bodies of three regions; a third was there before, a quarter begins in each of three years."""
    rng = np.random.default_rng(11)
    region, theme = rng.integers(0, 3, N), rng.integers(0, len(THEMES), N)
    founded = np.where(np.arange(N) < 12, rng.integers(2000, 2008, N), 2009 + np.arange(N) % 4)
    clusters = ["name,region,founded,keywords,grade"]
    for n in range(N):
        clusters.append(f"C{n},R{region[n]},{founded[n]}-01-01,{THEMES[theme[n]]},{'ABC'[n % 3]}")
    ledger = ["ego,alter,from,to,contact,joint_idea,project_realised"]
    for year in range(2010, 2014):
        age = year - founded
        for ego in np.flatnonzero(age >= 0).tolist():
            for alter in np.flatnonzero((age >= 0) & (np.arange(N) != ego)).tolist():
                young = (age[ego] < 1.5) != (age[alter] < 1.5)
                near, same = region[ego] == region[alter], theme[ego] == theme[alter]
                older = max(age[ego], age[alter])
                eta = -1.5 + 0.3 * near + (1.2 * near + 0.25 * older - 1 if young else 1.2 * same)
                ledger.append(f"C{ego},C{alter},{year}-03,{year}-11,{told(rng, eta)}")
    projects = ["name,year,members"]
    projects += [f"P{n},{2010 + n % 4},C{n % 12};C{(n * 5 + 1) % 12}" for n in range(24)]
    (folder / "data").mkdir()
    for name, lines in (("clusters", clusters), ("ledger", ledger), ("projects", projects)):
        (folder / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def told(rng: np.random.Generator, eta: float) -> str:
    """Contact, idea and what became of it; each cell is blank once in ten."""
    contact = rng.random() < -np.expm1(-np.exp(eta))
    idea = contact and rng.random() < 0.5
    steps = [contact, idea if contact else None, rng.random() < 0.2 if idea else None]
    return ",".join("" if cell is None or rng.random() < 0.1 else str(int(cell)) for cell in steps)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Tests, scoreboard and fits, as the rules of the workflow make them one after the other."""
    folder = tmp_path_factory.mktemp("contacts")
    write_files(folder)
    (folder / "contacts.yaml").write_text(example(), encoding="utf-8")
    study = config.load(folder / "contacts.yaml")
    study["features"] |= {"lists": False}
    records, results = ingest.read(study), folder / "results"
    records.write(results / "ingest")
    rows = CONTRACTS["panel/row_projects"]
    rows.write(rows.frame(panel.row_projects(records, study)), results / "panel" / "row_projects.parquet")
    features.write_contacts(records, study, results / "features" / "contacts.parquet")
    fits = {name: models.run(name, spec, results, results / name) for name, spec in study["models"].items()}
    tables = [effects.estimate(fit, results, study["records"]) for fit in fits.values()]
    tables.append(compare(study["hypotheses"], fits, results))
    known = {name: {"rows": {"mean": 0.5, "min": 0.0, "max": 1.0}} for name in features.REGISTRY}
    table = judge(study, pd.concat(tables, ignore_index=True), fits, known)
    return table, scoreboard(study, table), fits


def test_the_three_claims_are_tested(judged: tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]) -> None:
    table, board, _ = judged
    assert sorted(table["test"]) == ["H1-joint", "H1-territory", "H1-theme", "H19", "H2a", "H2b"]
    assert not list(table.loc[table["verdict"] == "not testable", "reason"])
    verdicts = table.set_index("test")["verdict"]
    assert verdicts[["H1-territory", "H1-theme", "H1-joint", "H2a", "H19"]].eq("supported").all()
    assert verdicts["H2b"] == "undecided"
    assert dict(zip(board["hypothesis"], board["verdict"], strict=True)) == {
        "H1": "supported",
        "H2": "undecided",
        "H19": "supported",
    }


def test_what_is_not_said_is_left_out(judged: tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]) -> None:
    fits = judged[2]
    counts = fits["contact_moderated"]["n"]
    assert counts["clusters"] == N
    assert counts["dropped"]["contact"] > 0.05 * counts["rows"]
    assert fits["conversion_core"]["n"]["rows"] < counts["events"]
