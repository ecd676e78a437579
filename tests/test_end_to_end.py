"""A ten-cluster study by config alone, through Snakemake, from two CSV files to the report."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chaos.ten_clusters import MODEL, STUDY, WITH_CLOCK, digests, snakemake, write_study
from interclust import models
from interclust.models.diagnostics import diagnose
from interclust.models.diagnostics.diagnose import COLUMNS


@pytest.fixture
def done(ten: Path) -> Path:
    return ten


def test_every_stage_has_its_results(done: Path) -> None:
    results = done / "results" / "ten"
    fit = json.loads((results / "models" / "first_tie" / "fit.json").read_text(encoding="utf-8"))
    assert fit["status"] == "fitted"
    assert fit["n"]["clusters"] == 10
    assert 0 < fit["n"]["events"] <= 45
    choice = json.loads((results / "models" / "with_whom" / "fit.json").read_text(encoding="utf-8"))
    assert choice["status"] == "fitted"
    assert choice["n"]["sampled_lists"] == 12
    assert choice["loglik"] is None  # among 60 alternatives: to be compared with no other
    assert [item["code"] for item in choice["checks"]] == ["sampled_alternatives"]
    page = (results / "report" / "report.en.html").read_text(encoding="utf-8")
    assert "each is compared with 60 sampled ones" in " ".join(page.split())
    reference = json.loads((results / "models" / "reference.json").read_text(encoding="utf-8"))
    assert reference["first_tie"]["score_norm"] < 1e-6
    for name in ("report.en.html", "report.en.pdf", "report.fr.tex", "explorer.fr.html", "exhibits.csv"):
        assert (results / "report" / name).stat().st_size > 0
    assert (results / "provenance.json").is_file()
    assert_the_crate_holds(
        results, "report/network.gexf", "report/paper/README.md", "models/first_tie/fit.json"
    )


def assert_the_crate_holds(results: Path, *names: str) -> None:
    """That the research object names these files, and no file that is not there."""
    crate = json.loads((results / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    files = {entity["@id"] for entity in crate["@graph"] if "File" in entity["@type"]}
    assert set(names) <= files
    assert all((results / name).is_file() for name in files)


def test_a_changed_raw_record_changes_only_what_rests_on_it(done: Path) -> None:
    """A cluster moves a degree: distances, on which one model rests, change; regions, the other's, stay."""
    results, raw = done / "results" / "ten", done / "raw" / "clusters.csv"
    before, text = digests(results), raw.read_text(encoding="utf-8")
    exhibits = pd.read_csv(results / "report" / "exhibits.csv").fillna("")
    head, _, rest = text.partition("\nCluster A,")
    region, lat, tail = rest.split(",", 2)
    raw.write_text(f"{head}\nCluster A,{region},{float(lat) + 1:.3f},{tail}", encoding="utf-8")
    try:
        assert "study.json" not in outputs(snakemake(done, "--dry-run"))  # it rests on the config alone
        run = snakemake(
            done, "--", "results/ten/report/network.graphml", "results/ten/report/figures/map.en.svg"
        )
        assert run.returncode == 0, run.stdout[-3000:]
    finally:
        raw.write_text(text, encoding="utf-8")
    changed = {name for name, digest in digests(results).items() if digest != before[name]}
    assert {"ingest/clusters.parquet", "models/first_tie/fit.json", "effects/first_tie.csv"} <= changed
    assert not [name for name in changed if "with_whom" in name]
    kept = {
        "ingest/projects.parquet",
        "ingest/memberships.parquet",
        "panel/dyads.parquet",
        "panel/lists.parquet",
    }
    assert not changed & (kept | {"panel/row_projects.parquet", "study.json"})
    of_model = {model: set("report/" + own["file"]) for model, own in exhibits.groupby("model")}
    assert {"report/figures/tipping.en.pdf", "report/tables/sensitivity.fr.tex"} <= of_model["with_whom"]
    assert not changed & of_model["with_whom"]
    assert {"report/figures/calibration.en.pdf", "report/tables/regression--emergence.fr.tex"} <= changed
    assert "report/figures/map.en.svg" in changed


def test_second_run_plans_nothing_and_a_lost_file_comes_back_the_same(done: Path) -> None:
    names = ("study.json", "ingest/ingest.json", "panel/flow.json", "panel/periods/period=2013.parquet")
    names += ("features/dictionary.csv", "models/with_whom/fit.json", "report/report.en.pdf")
    names += (
        "report/report.en.docx",
        "report/explorer.en.html",
        "report/network.graphml",
        "report/paper/tables/flow.en.tex",
    )
    names += ("models/first_tie/diagnostics/influence.csv", "models/with_whom/diagnostics/network.csv")
    results = done / "results" / "ten"
    for name in names:
        (results / name).unlink()
    again = snakemake(done)
    assert again.returncode == 0, again.stdout[-3000:]
    before = json.loads((done / "digests.json").read_text(encoding="utf-8"))
    after = digests(results)
    assert {name for name in before if after[name] != before[name]} <= WITH_CLOCK
    assert "Nothing to be done" in snakemake(done, "--dry-run").stdout


def outputs(run: subprocess.CompletedProcess[str]) -> set[str]:
    """The files that a dry run plans, below the results of the study."""
    lines = [line.strip() for line in run.stdout.splitlines()]
    named = [line.removeprefix("output: ").split(", ") for line in lines if line.startswith("output: ")]
    return {name.removeprefix("results/ten/") for own in named for name in own}


def test_an_edited_model_remakes_what_reads_it_and_leaves_other_models_their_bytes(done: Path) -> None:
    results, model = done / "results" / "ten", done / "models" / "first_tie.yaml"
    others = ["models/with_whom/fit.json", "models/with_whom/sensitivity.csv", "effects/with_whom.csv"]
    before = {name: (results / name).read_bytes() for name in [*others, "effects/first_tie.csv"]}
    model.write_text(MODEL.replace(", log_distance_km]", "]"), encoding="utf-8")
    try:
        planned = outputs(snakemake(done, "--dry-run"))
        assert {"models/first_tie/fit.json", "effects/first_tie.csv", "effects/hypotheses.csv"} <= planned
        assert "report/report.en.html" in planned
        assert not [name for name in planned if name.startswith(("ingest/", "panel/", "features/"))]
        assert not [name for name in planned if "with_whom" in name and not name.startswith("report/")]
        run = snakemake(
            done, "--", *(f"results/ten/effects/{name}.csv" for name in ("first_tie", "with_whom"))
        )
        assert run.returncode == 0, run.stdout[-3000:]
        after = {name: (results / name).read_bytes() for name in before}
        assert [name for name in before if after[name] != before[name]] == ["effects/first_tie.csv"]
    finally:
        model.write_text(MODEL, encoding="utf-8")


def test_a_model_of_counts_is_diagnosed_from_the_files(done: Path, tmp_path: Path) -> None:
    results = done / "results" / "ten"
    spec = {"outcome": "n_projects", "family": "poisson", "terms": ["log_exposure", "same_region"]}
    record = models.run("counts", spec, results, tmp_path / "fit.json")
    found = diagnose(record, results, {"simulations": 20, "seed": 1})
    assert found.left_out == {}
    found.write(tmp_path)
    tables = {name: pd.read_csv(tmp_path / f"{name}.csv") for name in COLUMNS}
    assert all(len(table) for table in tables.values())
    assert tables["rootogram"]["observed"].sum() == record["n"]["rows"]
    network = tables["network"].set_index("statistic")
    dyads = pd.read_parquet(results / "panel" / "dyads.parquet")
    assert network.loc["ties", "observed"] == np.count_nonzero(dyads["n_projects"])
    lists = pd.read_parquet(results / "panel" / "lists.parquet")
    assert found.lists == {"drawn": len(lists), "left_out": 0}
    assert tables["influence"]["left_out"].nunique() == 10
    none = diagnose(record, results, {"simulations": 0, "seed": 1})
    assert set(none.left_out) == {"dispersion", "rootogram", "network"}
    assert diagnose(record | {"status": "not_fitted"}, results).table("influence").empty


def test_a_misspelt_setting_stops_with_a_sentence(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    study.write_text(STUDY.replace("  unit: year", "  unti: year"), encoding="utf-8")
    run = snakemake(tmp_path, "--dry-run")
    assert run.returncode != 0
    assert "did you mean unit?" in run.stdout
    assert "Traceback" not in run.stdout
    assert not (tmp_path / "results").exists()


def test_a_missing_column_stops_with_a_sentence_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    write_study(tmp_path)
    raw = tmp_path / "raw" / "projects.csv"
    raw.write_text(raw.read_text(encoding="utf-8").replace("members", "membres", 1), encoding="utf-8")
    run = snakemake(tmp_path)
    assert run.returncode != 0
    assert "interclust: " in run.stdout
    assert "members" in run.stdout
    assert "Traceback" not in run.stdout
    assert not list((tmp_path / "results" / "ten" / "ingest").glob("*.parquet"))
