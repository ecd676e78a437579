"""Contacts and joint ideas as outcomes of models: from the files to estimates, effects and a verdict."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from interclust import config, effects, models
from interclust.contracts import CONTRACTS
from interclust.effects.hypotheses import judge, scoreboard
from interclust.errors import ConfigError, ModelError, NotEstimable
from interclust.models.diagnostics import diagnose
from interclust.models.hidden.visibility import profile
from interclust.models.reference import check
from interclust.models.rows.contacts import contact_data

IDEA = {"outcome": "idea", "family": "logit", "terms": [], "covariance": "dyadic_jackknife"}
CONTACT = {"outcome": "contact", "family": "cloglog", "terms": ["x", "flag"], "moderators": [["flag", "x"]]}
N = 12


def ledger(n: int = 600, seed: int = 3) -> pd.DataFrame:
    """Relations of twelve bodies, a tenth of the cells blank."""
    rng = np.random.default_rng(seed)
    i, j = np.sort(np.array([rng.choice(N, 2, replace=False) for _ in range(n)]), axis=1).T
    table = pd.DataFrame(
        {"period": rng.integers(1, 4, n), "cluster_i": i, "cluster_j": j, "relation": range(n)}
    )
    table["x"], table["flag"] = rng.normal(size=n), rng.integers(0, 2, n).astype(float)
    for name, share in (("contact", 0.4), ("idea", 0.25)):
        said = pd.array(rng.random(n) < share, dtype="boolean")
        said[rng.random(n) < 0.1] = pd.NA
        table[name] = said
    return table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What models of contacts read of a study."""
    path = tmp_path_factory.mktemp("contacts")
    empty = {"panel/row_projects": "panel", "ingest/projects": "ingest"}
    for name, stage in empty.items():
        table = CONTRACTS[name].frame([])
        CONTRACTS[name].write(table, path / stage / f"{name.split('/')[1]}.parquet")
    bodies = [
        {"cluster_id": f"b{n:02d}", "name": f"B{n}", "kind": "cluster", "country": "FR", "keywords": []}
        | {"active_from": pd.Timestamp("2005-01-01"), "active_from_basis": "stated", "start_basis": "label"}
        for n in range(N)
    ]
    clusters = CONTRACTS["ingest/clusters"]
    clusters.write(clusters.frame(bodies), path / "ingest" / "clusters.parquet")
    (path / "features").mkdir()
    ledger().to_parquet(path / "features" / "contacts.parquet")
    return path


def run(folder: Path, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return models.run(name, spec, folder, folder / "models" / name / "fit.json")


def test_an_intercept_alone_is_the_log_odds_of_an_idea(folder: Path) -> None:
    record, said = run(folder, "conversion_core", IDEA), ledger()["idea"].dropna()
    assert record["status"] == "fitted"
    assert record["n"]["rows"] == len(said) < 600
    assert record["n"]["dropped"] == {"idea": 600 - len(said)}
    (row,) = record["params"]
    assert row["term"] == "Intercept"
    assert row["estimate"] == pytest.approx(math.log(said.sum() / (~said).sum()), rel=1e-10)
    assert check(record, folder)["score_norm"] < 1e-6


def test_rows_of_one_dyad_and_of_one_body_depend(folder: Path) -> None:
    """The dyadic sandwich of a mean, by a double loop over pairs of rows that share a body."""
    record = run(folder, "conversion_core", IDEA)
    table = ledger().dropna(subset="idea")
    residual = table["idea"].to_numpy(dtype=float) - table["idea"].mean()
    ends = table[["cluster_i", "cluster_j"]].to_numpy()
    share = np.array([[bool(set(a) & set(b)) for b in ends.tolist()] for a in ends.tolist()])
    variance = residual @ share @ residual / record["information"][0][0] ** 2
    assert record["vcov"]["dyadic"]["matrix"][0][0] == pytest.approx(variance, rel=1e-9)


def test_the_effect_of_a_model_without_terms_is_its_odds(folder: Path) -> None:
    record = run(folder, "conversion_core", IDEA)
    table = effects.estimate(record, folder, "complete")
    ratio = table.set_index("effect_id").loc["ratio:Intercept"]
    said = ledger()["idea"].dropna()
    assert ratio["estimate"] == pytest.approx(said.sum() / (~said).sum(), rel=1e-10)
    assert ratio["conf_low"] < ratio["estimate"] < ratio["conf_high"] < 1
    assert set(table["kind"]) == {"ratio", "detectable"}
    other = effects.estimate(run(folder, "contact", CONTACT), folder, "complete")
    assert not (other["term"] == "Intercept").any()


def test_the_claim_on_ideas_is_judged_by_their_odds(folder: Path) -> None:
    record = run(folder, "conversion_core", IDEA)
    study = {
        "records": "complete",
        "outcomes": ["idea"],
        "models": {"conversion_core": IDEA},
        "hypotheses": {"H19": yaml.safe_load(_config("hypotheses/H19"))},
    }
    table = effects.estimate(record, folder, "complete")
    judged = judge(study, table, {"conversion_core": record}, {})
    assert judged.loc[0, ["verdict", "expected"]].tolist() == ["supported", "-"]
    assert scoreboard(study, judged)["verdict"].tolist() == ["supported"]
    study["outcomes"] = ["project"]
    judged = judge(study, table, {"conversion_core": record}, {})
    assert judged.loc[0, ["verdict", "class"]].tolist() == ["not testable", "a"]


def test_a_model_of_contacts_counts_cells_and_is_diagnosed(folder: Path) -> None:
    record, table = run(folder, "contact", CONTACT), ledger().dropna(subset="contact")
    assert record["n"]["periods"] == 3
    by_flag = table.groupby("flag")["contact"].sum().astype(int)
    assert record["cells"]["flag"] == {"0": by_flag[0.0], "1": by_flag[1.0]}
    assert check(record, folder)["score_norm"] < 1e-6
    found = diagnose(record, folder, {"simulations": 5, "seed": 1})
    assert found.left_out["network"] == "not_all_pairs"
    assert found.table("influence")["left_out"].nunique() == N
    bare = diagnose(run(folder, "conversion_core", IDEA), folder, {"simulations": 5, "seed": 1})
    assert bare.table("conditioning").empty
    assert bare.condition == {"design": 1.0, "weighted": 1.0}


@pytest.mark.parametrize("family", ["logit", "cloglog", "firth"])
def test_any_binary_family_and_effects_of_clusters_or_periods(folder: Path, family: str) -> None:
    spec = {**CONTACT, "family": family, "period_effects": "factor", "center": ["x"]}
    assert run(folder, family, spec)["status"] == "fitted"
    if family != "firth":
        assert (
            run(folder, family, {**CONTACT, "family": family, "cluster_effects": True})["status"] == "fitted"
        )


def test_no_relation_no_model(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    ledger(0 + 1).iloc[:0].to_parquet(tmp_path / "features" / "contacts.parquet")
    with pytest.raises(NotEstimable, match="0 events"):
        contact_data(tmp_path, ["contact"], 3)


def test_too_few_contacts_are_not_fitted(folder: Path) -> None:
    record = run(folder, "few", {**CONTACT, "min_events": 10_000})
    assert record["status"] == "not_fitted"


# ---- what is refused

STUDY = """
data_dir: raw
ingest:
  projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}}
  relations: {file: r.csv, columns: {ego: ego, alter: alter, from: from, contact: contact}}
panel: {unit: year, first: 2010, last: 2016}
models: [mine]
"""
MODEL = "label: {en: Mine}\noutcome: contact\nfamily: logit\nterms: [same_region]\n"


def sentence(folder: Path, model: str = MODEL, study: str = STUDY) -> str:
    (folder / "models").mkdir(exist_ok=True)
    (folder / "raw").mkdir(exist_ok=True)
    (folder / "models" / "mine.yaml").write_text(model, encoding="utf-8")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(folder / "study.yaml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("sample: in_emergence_risk_set", "sample is set beside the outcome contact"),
        ("duration: {column: periods_at_risk}", "duration is set beside"),
        ("weights: tie_weight", "weights is set beside"),
        ("offset: x", "offset is set beside"),
        (
            "validation: {}",
            "validation is set beside the outcome contact: it asks for forecasts of every pair",
        ),
        ("visibility: [0.5]", "visibility is set beside the outcome contact"),
        (
            "permutations: {number: 9}",
            "permutations is set beside the outcome contact: its rows",
        ),
    ],
)
def test_settings_that_mean_nothing_are_refused(tmp_path: Path, setting: str, why: str) -> None:
    assert why in sentence(tmp_path, f"{MODEL}{setting}\n")


def test_counts_are_refused(tmp_path: Path) -> None:
    assert "use logit, cloglog or firth" in sentence(tmp_path, MODEL.replace("logit", "poisson"))


def test_a_study_without_a_dated_ledger_is_refused(tmp_path: Path) -> None:
    bare = "\n".join(line for line in STUDY.splitlines() if "relations" not in line)
    assert "map one under ingest.relations" in sentence(tmp_path, study=bare)
    assert "has neither from nor to" in sentence(tmp_path, study=STUDY.replace("from: from, ", ""))


def test_list_choice_needs_a_term(tmp_path: Path) -> None:
    assert "terms is []" in sentence(tmp_path, "label: {en: Mine}\noutcome: list_choice\nterms: []\n")


def test_a_hidden_history_of_contacts_is_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="visibility is profiled for the outcome tie"):
        profile("contact", {**CONTACT, "visibility": [0.5]}, folder)


def _config(name: str) -> str:
    return (config.project_root() / "config" / f"{name}.yaml").read_text(encoding="utf-8")
