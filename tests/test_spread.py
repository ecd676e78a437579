"""A study whose periods are spread over jobs: what they and `gather` leave is what one job leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.ten_clusters import snakemake, write_study
from interclust import config, features, panel
from interclust.errors import ConfigError
from interclust.panel.blocks import file_name
from worlds import random_world

FEATURES = {"names": ["thematic_similarity", "common_partners", "log_distance_km", "log_exposure"]}


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.mark.parametrize("sampled", [{}, {"case_control": {"share": 0.5, "seed": 3}}])
def test_parts_gathered_are_the_files_of_one_job(sampled: dict[str, object], tmp_path: Path) -> None:
    world = random_world(4, n=12)
    settings = {"panel": sampled, "features": FEATURES}
    one, several = tmp_path / "one", tmp_path / "several"
    panel.write(world, settings, one / "panel")
    features.write(world, settings, one / "panel", one / "features")
    periods = panel.Store.open(one / "panel" / "periods").periods
    for stage in ("panel", "features"):  # of an earlier run that had one period more
        (several / stage / "periods").mkdir(parents=True)
        (several / stage / "periods" / file_name(999)).write_bytes(b"old")
    for part in (periods[1::2], periods[0::2]):
        panel.write_periods(world, settings, several / "panel", part)
    panel.gather(world, settings, several / "panel")
    for part in (periods[1::2], periods[0::2]):
        features.write_periods(world, settings, several / "panel", several / "features", part)
    features.gather(world, settings, several / "panel", several / "features")
    assert files(one) == files(several)


def test_periods_are_dealt_out_in_turn() -> None:
    study = config.load("fui")
    known = config.periods(study)
    assert config.spread(study) == []
    parts = config.spread({**study, "jobs": 3})
    assert [len(part) for part in parts] == sorted((len(part) for part in parts), reverse=True)
    assert sorted(period for part in parts for period in part) == known
    assert config.spread({**study, "jobs": 99}) == [[period] for period in known]


def test_the_workflow_writes_periods_by_as_many_jobs(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    study.write_text(f"jobs: 3\n{study.read_text(encoding='utf-8')}", encoding="utf-8")
    target = "results/ten/features/moments.json"
    planned = snakemake(tmp_path, "--dry-run", "--", target).stdout
    for rule in ("build_periods_ten", "compute_periods_ten"):
        assert [planned.count(f"rule {rule}_{part}:") for part in range(4)] == [1, 1, 1, 0], planned[-3000:]
    assert planned.count("rule build_panel_ten:") == planned.count("rule compute_features_ten:") == 1


def test_jobs_of_no_number_are_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    study.write_text(f"jobs: 0\n{study.read_text(encoding='utf-8')}", encoding="utf-8")
    with pytest.raises(ConfigError, match="jobs"):
        config.load(study)
