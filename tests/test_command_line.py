"""The command line of ingest where folder, disk or console fail: a sentence, and nothing half-written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from interclust import io
from interclust.cli import reporting_errors
from interclust.errors import OutputError
from interclust.ingest import IngestResult
from interclust.ingest import __main__ as command

NAMES = ("a.csv", "b.csv")


@pytest.fixture
def study(tmp_path):
    (tmp_path / "p.csv").write_text("name,year,members\nÉcho,2014,X;Y\n", encoding="utf-8")
    path = tmp_path / "s.yaml"
    path.write_text(
        "data_dir: .\ningest: {projects: {file: p.csv}}\npanel: {unit: year, first: 2014, last: 2016}\n"
    )
    return path


def contents(folder: Path) -> dict[str, str]:
    return {item.name: item.read_text() for item in folder.iterdir()}


def fill(folder: Path, text: str) -> None:
    for name in NAMES:
        (folder / name).write_text(text)


def interrupted_in(folder: Path) -> None:
    (folder / "a.csv").write_text("half")
    raise KeyboardInterrupt


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    out = tmp_path / "n" / "out"
    with pytest.raises(KeyboardInterrupt), io.whole_folder(out, NAMES) as folder:
        interrupted_in(folder)
    assert list(tmp_path.iterdir()) == []
    for text in ("one", "two"):
        with io.whole_folder(out, NAMES) as folder:
            fill(folder, text)
            assert not out.exists() or contents(out)["a.csv"] == "one"
        assert contents(out) == dict.fromkeys(NAMES, text)
    with pytest.raises(OutputError, match="No space left"), io.whole_folder(out, NAMES), io.writing(out):
        raise OSError(28, "No space left on device")
    assert contents(out) == dict.fromkeys(NAMES, "two")
    assert [item.name for item in out.parent.iterdir()] == ["out"]


def test_a_swap_that_fails_leaves_the_old_folder(tmp_path, monkeypatch):
    out, rename = tmp_path / "out", Path.rename
    with io.whole_folder(out, NAMES) as folder:
        fill(folder, "one")

    def interrupted(self, target):
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), io.whole_folder(out, NAMES) as folder:
        fill(folder, "two")
    assert contents(out) == dict.fromkeys(NAMES, "one")


def test_a_folder_of_somebody_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds other files .*notes.txt"), io.whole_folder(tmp_path, NAMES):
        pass
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    with io.whole_folder(".", NAMES) as folder:  # the folder one is in is filled, not exchanged
        fill(folder, "one")
    assert sorted(os.listdir()) == list(NAMES)


def test_what_a_killed_run_left_is_removed(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    out = tmp_path / "out"
    out.mkdir()
    gone, alive = f"{ended.pid}-x", f"{os.getpid()}-x"
    for name in (gone, alive):
        (tmp_path / f".interclust-{name}").mkdir()
        (out / f".a.csv.{name}.csv").write_text("half")
    io.write_text("whole", out / "a.csv")
    assert sorted(os.listdir(out)) == [f".a.csv.{alive}.csv", "a.csv"]
    with io.whole_folder(out, NAMES) as folder:
        fill(folder, "one")
    assert contents(out) == dict.fromkeys(NAMES, "one")
    assert sorted(os.listdir(tmp_path)) == [f".interclust-{alive}", "out"]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("p.csv", "is a file, not a folder"),
        ("p.csv/x", "cannot be written"),
        ("a" * 300, "cannot be written .File name too long."),
        ("\udcff", "is no name in UTF-8"),
        ("loop", "cannot be written"),
        (".", "holds other files"),
    ],
)
def test_folders_that_cannot_be_written(study, capsys, to, words, monkeypatch):
    monkeypatch.chdir(study.parent)
    (study.parent / "loop").symlink_to("loop")
    before = sorted(os.listdir())
    monkeypatch.setattr(command, "run", lambda *_: pytest.fail("the folder is looked at first"))
    with pytest.raises(SystemExit) as ended:
        command.main([str(study), "--to", to])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert re.search(words, error)
    assert sorted(os.listdir()) == before


def test_a_full_disk_leaves_nothing(study, capsys, monkeypatch):
    def full(self, folder):
        (Path(folder) / "projects.parquet").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IngestResult, "write", full)
    with pytest.raises(SystemExit):
        command.main([str(study), "--to", str(study.parent / "out")])
    assert "out: cannot be written (No space left on device); make room" in capsys.readouterr().err
    assert sorted(os.listdir(study.parent)) == ["p.csv", "s.yaml"]


@pytest.mark.parametrize("arguments", [["--to", ""], ["--check", "--data", ""]])
def test_a_folder_has_a_name(study, capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        command.main([str(study), *arguments])
    assert ended.value.code == 2
    assert "give --to and --data the name of a folder" in capsys.readouterr().err


def test_a_folder_of_data_that_is_not_there(study, capsys):
    with pytest.raises(SystemExit):
        command.main([str(study), "--check", "--data", "nowhere"])
    assert "nowhere: there is no such folder of data" in capsys.readouterr().err


def test_an_interrupt_is_one_word(capsys, tmp_path):
    with pytest.raises(SystemExit) as ended, reporting_errors(tmp_path / "log"):
        raise KeyboardInterrupt
    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp850"])
def test_a_console_of_few_signs(encoding):
    script = "from interclust.cli import *\nwith reporting_errors(): show('Œuvre → é')"
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding).rstrip().startswith("?uvre ?")


def test_a_console_that_takes_no_more():
    script = "from interclust.cli import *\nwith reporting_errors(): show('x' * 1_000_000)"
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", script], stdout=full, stderr=-1, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"the standard output: cannot be written (No space left on device)" in done.stderr
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", script], stdout=writer, stderr=-1, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


def test_tables_for_people_command_no_console(tmp_path):
    import pandas as pd

    texts = ["\x1b[2Jx", "=1+1", "a\u202eb", "é\nf", "שלום"]
    io.write_csv(pd.DataFrame({"a": texts}), tmp_path / "a.csv")
    read = pd.read_csv(tmp_path / "a.csv")["a"].tolist()
    assert read == [r"\x1b[2Jx", "'=1+1", r"a\u202eb", "é\nf", "שלום"]
