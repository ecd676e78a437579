"""What the machine refuses, and files that are damaged between stages: a sentence with the remedy."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chaos import damage
from interclust import config, ingest, io
from interclust.cli import USER_ERROR, reporting_errors
from interclust.contracts import CONTRACTS
from interclust.contracts.contract import read_loose
from interclust.errors import ConfigError, ContractError, InputError, OutputError
from interclust.ingest import IngestResult, stage
from interclust.panel.blocks import Block, Store, file_name, write_period
from small_studies import PROJECTS, study
from unmeasured import unmeasured

REMEDY = "delete the file and run again"
REGIONS = CONTRACTS["panel/regions"]


def regions(folder: Path) -> Path:
    """A table of some rows, by its contract."""
    path = folder / "regions.parquet"
    rows = pd.DataFrame({"period": 1, "cluster": range(500), "region": [f"region {n}" for n in range(500)]})
    REGIONS.write(REGIONS.frame(rows), path)
    return path


SPOILT: dict[str, Callable[[Path], None]] = {
    "cut": damage.cut,
    "empty": damage.empty,
    "footer": damage.spoil_footer,
    "flipped": damage.flip("cluster"),
    "older": damage.age,
    "column": damage.drop("cluster"),
    "blank": damage.blank("cluster"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_damaged_table_is_refused_with_file_and_remedy(tmp_path: Path, how: str) -> None:
    path = regions(tmp_path)
    assert len(REGIONS.read(path)) == 500
    SPOILT[how](path)
    with pytest.raises(ContractError) as found:
        REGIONS.read(path)
    assert str(path) in str(found.value)
    assert REMEDY in str(found.value)
    assert "\n" not in str(found.value)


def test_a_flipped_bit_in_a_table_of_any_columns_is_refused(tmp_path: Path) -> None:
    path = regions(tmp_path)
    damage.flip("cluster")(path)
    with pytest.raises(ContractError, match=REMEDY):
        read_loose(path, "panel/regions")


def test_a_flipped_bit_in_a_file_of_a_period_is_refused(tmp_path: Path) -> None:
    n = 400
    left, right = np.zeros(n, dtype=np.int32), np.arange(1, n + 1, dtype=np.int32)
    columns = {
        name: np.arange(n) % 2 if token.startswith("bool") else np.arange(n)
        for name, token in CONTRACTS["panel/periods"].columns.items()
        if name not in ("period", "cluster_i", "cluster_j")
    }
    typed = {
        name: values.astype(bool if CONTRACTS["panel/periods"].columns[name].startswith("bool") else np.int32)
        for name, values in columns.items()
    }
    write_period([Block(7, 0, left, right, typed)], tmp_path / file_name(7), "panel/periods")
    assert len(Store.open(tmp_path).block(7, 0).i) == n
    damage.flip("prior_projects")(tmp_path / file_name(7))
    with pytest.raises(ContractError, match=REMEDY):
        Store.open(tmp_path).block(7, 0)


@pytest.mark.parametrize("text", ["", "{", '{"a": 1', "\ufffd"])
def test_json_that_is_not_whole_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "fit.json").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=REMEDY):
        io.read_json(tmp_path / "fit.json")


def test_csv_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "effects.csv"
    io.write_csv(pd.DataFrame({"term": ["a", "b"], "estimate": [1.5, 2.5]}), path)
    assert io.whole_csv(path) == path
    content = path.read_bytes()
    for spoilt in (b"", content[:-2], b"\xff\xfe" + content):
        path.write_bytes(spoilt)
        with pytest.raises(ContractError, match=REMEDY):
            io.whole_csv(path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO])
def test_what_the_machine_refuses_is_a_sentence(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, reporting_errors(tmp_path / "run.log"):
        raise OSError(number, os.strerror(number), "results/ten/ingest/projects.parquet")
    assert ended.value.code == USER_ERROR
    said = capsys.readouterr().err
    assert said.startswith("interclust: results/ten/ingest/projects.parquet: ")
    assert os.strerror(number) in said
    assert "run again" in said
    assert (tmp_path / "run.log").read_text(encoding="utf-8") == said.removeprefix("interclust: ")


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from interclust.cli import reporting_errors
from interclust import config, ingest, io
with reporting_errors("run.log"):
    io.write_text("x" * 100_000, "table.csv")
"""


def test_a_file_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL],
        cwd=tmp_path,
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == USER_ERROR
    assert run.stderr.startswith(f"interclust: table.csv: cannot be used ({os.strerror(errno.EFBIG)}); ")
    assert "Traceback" not in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run.log"]


def test_a_folder_that_may_not_be_written_is_told_before_the_first_job(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot be written .*; make room or give another folder"):
        io.check_writable(tmp_path / "results")
    io.check_writable(tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_a_raw_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its records would be newer than it is, and no later run would read it again."""
    path = study(tmp_path, PROJECTS, p="name,year,members\nP,2010,A;B\n")
    whole = stage.examine

    def meanwhile(*given: object) -> IngestResult:
        (tmp_path / "raw" / "p.csv").write_text("name,year,members\nP,2011,A;C\n", encoding="utf-8")
        return whole(*given)

    assert len(ingest.run(config.load(path)).records.projects) == 1
    monkeypatch.setattr(stage, "examine", meanwhile)
    with pytest.raises(InputError, match=r"p\.csv: was changed while it was read; run again"):
        ingest.run(config.load(path))


def test_a_raw_file_whose_name_no_file_can_have_is_refused_by_its_reader(tmp_path: Path) -> None:
    spec = config.load(study(tmp_path, PROJECTS, p="name,year,members\nP,2010,A;B\n"))
    spec["ingest"]["projects"]["file"] = "p\0.csv"  # no YAML file can hold it, a program can
    with pytest.raises((ConfigError, InputError), match=r"p.*csv"):
        ingest.run(spec)
