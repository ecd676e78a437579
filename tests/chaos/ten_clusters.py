"""A study of ten clusters: its files, a run of it through Snakemake, and what the run left."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WITH_CLOCK = {"provenance.json", "ro-crate-metadata.json"}

STUDY = """
label: {en: Ten clusters, fr: Dix clusters}
data_dir: raw
records: complete
ingest:
  projects:
    file: projects.csv
    columns: {acronym: name, year: year, clusters: members, topic: topic}
  clusters:
    file: clusters.csv
    columns: {name: name, region: region, lat: lat, lon: lon, sector: sector, diffusion: diffusion}
    constants: {kind: cluster}
  list_status: complete
panel:
  unit: year
  first: 2010
  last: 2016
  eligible_kinds: [cluster]
  sets: {strict: [complete], joint: [], broad: []}
models: [first_tie, with_whom]
hypotheses: [H3, H8]
"""
MODEL = """
label: {en: First tie, fr: Premier lien}
outcome: emergence
sample: in_emergence_risk_set
family: cloglog
terms: [log_exposure, same_region, log_distance_km]
validation: {from: 2013, bins: 3}
"""
# Lists of six among ten: more subsets (210) than alternatives, so that these are drawn.
CHOICE = """
label: {en: With whom, fr: Avec qui}
outcome: list_choice
terms: [same_region]
sampled_alternatives: 60
sensitivity: true
"""


def write_study(folder: Path) -> Path:
    """Ten clusters in two regions; pairs of one region meet more often."""
    rng = np.random.default_rng(5)
    names = [f"Cluster {letter}" for letter in "ABCDEFGHIJ"]
    clusters = ["name,region,lat,lon,sector,diffusion"]
    for number, name in enumerate(names):
        region = "North" if number < 5 else "South"
        kind = "diffusing" if number % 2 else "absorbing"
        lat, lon = 50 - 5 * (number >= 5) + rng.normal() / 2, 2 + rng.normal()
        clusters.append(f"{name},{region},{lat:.3f},{lon:.3f},S{number % 3},{kind}")
    projects = ["name,year,members,topic"]
    pairs = list(combinations(range(10), 2))
    weights = np.array([3.0 if (a < 5) == (b < 5) else 1.0 for a, b in pairs])
    for number in range(70):
        pair = pairs[rng.choice(len(pairs), p=weights / weights.sum())]
        members = ";".join(names[member] for member in pair)
        projects.append(f"P{number},{2010 + number % 7},{members},topic {number % 5}")
    for number in range(12):  # the last years, when most pairs have had their first tie
        members = ";".join(names[member] for member in sorted(rng.choice(10, 6, replace=False)))
        projects.append(f"Q{number},{2015 + number % 2},{members},topic {number % 5}")
    (folder / "raw").mkdir()
    (folder / "models").mkdir()
    (folder / "raw" / "clusters.csv").write_text("\n".join(clusters) + "\n", encoding="utf-8")
    (folder / "raw" / "projects.csv").write_text("\n".join(projects) + "\n", encoding="utf-8")
    (folder / "models" / "first_tie.yaml").write_text(MODEL, encoding="utf-8")
    (folder / "models" / "with_whom.yaml").write_text(CHOICE, encoding="utf-8")
    study = folder / "ten.yaml"
    study.write_text(STUDY, encoding="utf-8")
    return study


# One model, one language, no draws: every stage is there, in half the time.
SMALLEST = (
    ("models: [first_tie, with_whom]", "models: [first_tie]"),
    ("hypotheses: [H3, H8]", "hypotheses: [H8]\nreport: {languages: [en]}\ndiagnostics: {simulations: 0}"),
)


def write_smallest(folder: Path) -> Path:
    """The same records, with as little made of them as has every stage."""
    study = write_study(folder)
    text = STUDY
    for old, new in SMALLEST:
        assert old in text
        text = text.replace(old, new)
    study.write_text(text, encoding="utf-8")
    return study


def command(folder: Path, *words: str, root: Path = ROOT, cores: int = 2) -> list[str]:
    """The command line that runs the study of a folder by the workflow of ``root``."""
    call = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile")]
    call += ["--directory", str(folder), "--workflow-profile", str(root / "profiles" / "default")]
    return [*call, "--cores", str(cores), "--config", f"studies={folder / 'ten.yaml'}", *words]


def snakemake(
    folder: Path,
    *words: str,
    root: Path = ROOT,
    cores: int = 2,
    env: Mapping[str, str] | None = None,
    within: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run it; ``within`` is a command before it, such as one that takes the network away."""
    return subprocess.run(
        [*within, *command(folder, *words, root=root, cores=cores)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=folder,
        env=None if env is None else dict(env),
        errors="replace",
    )


def digests(results: Path) -> dict[str, str]:
    """SHA-256 of the files of a study, without logs."""
    files = [path for path in results.rglob("*") if path.is_file() and path.parent.name != "logs"]
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
