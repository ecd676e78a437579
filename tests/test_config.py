"""Settings: merging, models and hypotheses by name, sentences for every mistake, paths that stay inside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from interclust import config
from interclust.cli import reporting_errors
from interclust.config.document import documented
from interclust.config.merge import Layer, merge, origin
from interclust.config.suggest import did_you_mean
from interclust.errors import ConfigError

MINIMAL = """ingest:
  projects: {file: a.csv, columns: {acronym: name, clusters: members}}
panel: {unit: year, first: 2014, last: 2016}
"""


def study(folder: Path, text: str = MINIMAL, name: str = "mine") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def sentence_of(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.load(study(folder, text))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_embedded_studies_load():
    loaded = config.load_all("fui, fui_synthetic")
    assert list(loaded) == ["fui", "fui_synthetic"]
    assert config.periods(loaded["fui"]) == list(range(1, 26))
    assert json.loads(json.dumps(loaded)) == loaded
    assert config.data_dir(loaded["fui"]) == config.project_root() / "data" / "raw"
    assert "simulate" not in loaded["fui"]
    assert "sources" not in loaded["fui_synthetic"]["ingest"]
    assert "initiative" not in loaded["fui_synthetic"]["ingest"]["relations"]["columns"]


def test_every_model_and_hypothesis_is_replaced_by_its_specification():
    fui = config.load("fui")
    for kind in ("models", "hypotheses"):
        assert fui[kind]
        assert all(isinstance(spec, dict) and "extends" not in spec for spec in fui[kind].values())


def test_merging():
    base = {"a": {"x": 1, "y": [1, 2]}, "b": 2, "c": {"z": 1}}
    over = {"a": {"y": [3], "w": {"deep": None, "kept": 0}}, "b": None, "c": 5}
    assert merge(base, over) == {"a": {"x": 1, "y": [3], "w": {"kept": 0}}, "c": 5}
    assert base == {"a": {"x": 1, "y": [1, 2]}, "b": 2, "c": {"z": 1}}
    layers = [Layer("one", {"a": {"b": 1}}), Layer("two", {"a": {"c": 2}})]
    assert [origin(layers, path) for path in (["a", "b"], ["a", "c"], ["a", "d"])] == ["one", "two", "two"]


def test_a_study_outside_the_project(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "own.yaml").write_text("extends: emergence_firth\nlabel: {en: Mine}\n")
    loaded = config.load(study(tmp_path, MINIMAL + "data_dir: data\nmodels: [own]\n"))
    assert loaded["name"] == "mine"
    assert loaded["label"] == {"en": "mine"}
    assert config.data_dir(loaded) == (tmp_path / "data").resolve()
    assert loaded["models"]["own"]["label"]["en"] == "Mine"
    assert loaded["models"]["own"]["family"] == config.load("fui")["models"]["emergence_firth"]["family"]
    assert loaded["ingest"]["periods"] == {"unit": "year", "first": 2014, "last": 2016}
    assert config.periods(loaded) == [2014, 2015, 2016]


def test_extending_a_study(tmp_path):
    study(tmp_path, MINIMAL + "seed: 7\n", "base")
    loaded = config.load(study(tmp_path, "extends: base\npanel: {last: 2015}\nlabel: {en: More}\n"))
    assert loaded["seed"] == 7
    assert config.periods(loaded) == [2014, 2015]
    study(tmp_path, "extends: mine\n", "base")
    assert "leads back to itself" in sentence_of(tmp_path, "extends: base\n")


def test_the_folder_of_data_may_come_from_the_environment(tmp_path, monkeypatch):
    loaded = config.load(study(tmp_path, MINIMAL + "data_dir: null\n"))
    monkeypatch.delenv("INTERCLUST_DATA", raising=False)
    with pytest.raises(ConfigError, match=r"the study mine has no data_dir; set it .* INTERCLUST_DATA"):
        config.data_dir(loaded)
    monkeypatch.setenv("INTERCLUST_DATA", str(tmp_path))
    assert config.data_dir(loaded) == tmp_path.resolve()
    monkeypatch.setenv("INTERCLUST_DATA", str(tmp_path / "no"))
    with pytest.raises(ConfigError, match="does not exist"):
        config.data_dir(loaded)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ingst: {}\n", "mine.yaml: ingst is not a setting; did you mean ingest? (allowed: "),
        ("seed: soon\n", 'mine.yaml: seed is "soon", expected a whole number'),
        ("seed: -1\n", "seed is -1, expected at least 0"),
        ("models: list_choice\n", 'models is "list_choice", expected a list'),
        (
            "models: [list_chioce]\n",
            "models names list_chioce, which is no file of config/models; did you mean list_choice?",
        ),
        ("hypotheses: [H99]\n", "hypotheses names H99"),
        ("models: [list_choice, list_choice]\n", "models names list_choice twice"),
        ("a: 1\na: 2\n", "line 5: the key 'a' stands twice"),
        ("seed: 1\nyes: 2\n", "line 5: the key 'yes' is not text"),
        ("label: [\n", "not readable as YAML"),
        ("label: !!python/object/apply:os.system [ls]\n", "not readable as YAML"),
        ("extends: fiu\n", "fiu is not a study of config/studies; did you mean fui?"),
        ("name: ../evil\n", 'name is "../evil"'),
    ],
)
def test_mistakes_in_a_study_are_one_sentence(tmp_path, text, words):
    assert words in sentence_of(tmp_path, MINIMAL + text)


@pytest.mark.parametrize(
    ("ingest", "words"),
    [
        ("{projcts: {}}", "ingest.projcts is not a setting; did you mean projects?"),
        (
            "{projects: {file: a.csv, columns: {acronim: a}}}",
            "columns.acronim is not a setting; did you mean acronym?",
        ),
        ("{projects: {columns: {}}}", "ingest.projects needs the setting file"),
        ("{}", "ingest needs the setting projects"),
        (
            "{projects: {file: a, columns: {}}, list_status: compleet}",
            "did you mean complete? (allowed: complete,",
        ),
        (
            "{projects: {file: a, columns: {}}, list_status: {x: compleet}}",
            'ingest.list_status.x is "compleet"',
        ),
        ("{projects: {file: a, columns: {}}, names: nobody}", "expected none or keys and values"),
        ("{projects: {file: a, columns: {}}, tolerance: 2}", "ingest.tolerance is 2, expected at most 1"),
        ("{projects: {file: a, columns: {}}, periods: {unit: month}}", '"month" (allowed: call, year)'),
    ],
)
def test_mistakes_in_ingest_are_one_sentence(tmp_path, ingest, words):
    assert words in sentence_of(tmp_path, f"ingest: {ingest}\npanel: {{unit: year, first: 1, last: 2}}\n")


def test_the_file_that_holds_the_mistake_is_named(tmp_path):
    study(tmp_path, MINIMAL + "seed: soon\n", "base")
    assert str(tmp_path / "base.yaml") in sentence_of(tmp_path, "extends: base\n")


def test_missing_files(tmp_path):
    with pytest.raises(ConfigError, match="there is no such study file"):
        config.load(tmp_path / "no.yaml")
    with pytest.raises(ConfigError, match="did you mean fui"):
        config.load("fuii")
    with pytest.raises(ConfigError, match="two of the studies are named fui"):
        config.load_all(["fui", "fui"])


def test_dates_stay_text_and_keys_are_plain(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("\ufeffday: 2012-07-30\nmonth: 2008-06\n", encoding="utf-8")
    assert config.read_yaml(path) == {"day": "2012-07-30", "month": "2008-06"}
    path.write_bytes(b"a: \xff\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        config.read_yaml(path)
    path.write_text("- 1\n")
    with pytest.raises(ConfigError, match="holds list, expected keys and values"):
        config.read_yaml(path)


def test_paths_stay_inside(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "out")
    assert config.inside(tmp_path / "root", "a/b.csv") == (tmp_path / "root" / "a" / "b.csv").resolve()
    for path in ("../out/x", "link/x", str(tmp_path / "out"), "a/../../out"):
        with pytest.raises(ConfigError, match="lies outside the data folder"):
            config.inside(tmp_path / "root", path)


def test_nearest_name():
    assert did_you_mean("unti", ["unit", "first"]) == "; did you mean unit? (allowed: first, unit)"
    assert did_you_mean("qqqq", ["unit"]) == " (allowed: unit)"
    assert did_you_mean("x", []) == ""


def test_a_user_error_ends_in_a_sentence_a_bug_in_a_traceback(capsys, tmp_path):
    with pytest.raises(SystemExit) as ended, reporting_errors():
        raise ConfigError("seed is soon")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "interclust: seed is soon\n"
    log = tmp_path / "logs" / "x.log"
    with pytest.raises(ZeroDivisionError), reporting_errors(log):
        _ = 1 / 0
    assert "ZeroDivisionError" in log.read_text()
    with reporting_errors(log):
        pass
    assert log.read_text() == "finished\n"


def test_where_raw_files_lie(tmp_path, monkeypatch):
    monkeypatch.chdir(config.project_root())
    fui, synthetic = config.load("fui"), config.load("fui_synthetic")
    assert "data/raw/fui/projects.csv" in config.raw_paths(fui)
    assert "results/fui_synthetic/simulate/fui/projects.csv" in config.raw_paths(synthetic)
    monkeypatch.chdir(tmp_path)
    assert str(config.project_root() / "data/raw/fui/projects.csv") in config.raw_paths(fui)


def test_command_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "interclust.config", str(study(tmp_path, MINIMAL + "sed: 1\n"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "sed is not a setting; did you mean seed?" in done.stderr


def test_the_tables_of_settings_are_those_of_the_schemas():
    text = (config.project_root() / "config" / "README.md").read_text(encoding="utf-8")
    assert documented(text) == text, "run: python -m interclust.config --document config/README.md"
