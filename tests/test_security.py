"""What a stranger's study, raw files or folder must not be able to do (SECURITY.md)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from interclust import config, ingest
from interclust.config import yamlfile
from interclust.errors import ConfigError
from small_studies import PROJECTS, YEARS

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted((ROOT / "workflow").rglob("*.py"))
RULES = [ROOT / "Snakefile", *sorted((ROOT / "workflow" / "rules").glob("*.smk"))]
# Modules that run what they read, or reach beyond the machine.
REFUSED = {
    *("pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "code", "codeop", "pty"),
    *(
        "socket",
        "ssl",
        "http",
        "urllib.request",
        "ftplib",
        "smtplib",
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
    ),
}
RUN_TEXT = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "system",
    "popen",
    "read_pickle",
    "to_pickle",
    "unsafe_load",
}
RUN_TEXT |= {"full_load", "load_all_unsafe"}
HOSTILE = (
    "; touch stolen",
    "$(touch stolen)",
    "`touch stolen`",
    "a\ntouch stolen",
    "a b",
    "a|b",
    "{a}",
    "..",
)


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
    return found


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT / "workflow").as_posix())
def test_nothing_that_is_read_is_run(path: Path) -> None:
    reached = {name for name in imports(path) if name in REFUSED or name.split(".")[0] in REFUSED}
    assert not reached
    for node in calls(path):
        keywords = {word.arg: ast.unparse(word.value) for word in node.keywords}
        # re.compile and a frame's own query-less eval are other functions: the built-in ones are bare names.
        bare = isinstance(node.func, ast.Name)
        assert called(node) not in RUN_TEXT - ({"compile"} if not bare else set()), ast.unparse(node)
        assert keywords.get("allow_pickle", "False") == "False"
        assert keywords.get("shell", "False") == "False"


def test_yaml_is_read_by_safe_loaders() -> None:
    """Settings by our own, which derives from SafeLoader; the words of this repository by the C one."""
    loads = {
        path.name: {word.arg: ast.unparse(word.value) for word in node.keywords}.get("Loader")
        for path in CODE
        for node in calls(path)
        if ast.unparse(node.func).startswith("yaml.load")
    }
    assert loads == {"yamlfile.py": "_Loader", "language.py": "loader"}
    assert issubclass(yamlfile._Loader, yaml.SafeLoader)
    words = (ROOT / "workflow" / "interclust" / "report" / "language.py").read_text(encoding="utf-8")
    assert re.findall(r"loader = (.*)", words) == ['getattr(yaml, "CSafeLoader", yaml.SafeLoader)']


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_rules_run_scripts_and_no_shell(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(shell|run|notebook|wrapper|cwl|template_engine):", text, flags=re.MULTILINE)
    scripts = re.findall(r'^\s*script:\s*"([^"]*)"', text, flags=re.MULTILINE)
    assert len(scripts) == len(re.findall(r"^\s*script:", text, flags=re.MULTILINE))  # literal, each of them
    assert all((ROOT / "workflow" / "rules" / name).resolve().is_file() for name in scripts)
    assert not re.search(r"\bshell\(|os\.system|subprocess", text)


def study(folder: Path, name: str = "mine.yaml", more: str = "", data: str = "raw") -> Path:
    (folder / "raw").mkdir(exist_ok=True)
    (folder / "raw" / "p.csv").write_text("name,year,members\nP,2010,A;B\n", encoding="utf-8")
    path = folder / name
    path.write_text(f"data_dir: {data}\n{YEARS}ingest: {{{PROJECTS}}}\n{more}", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", [*HOSTILE, "../up", "a/b"])
def test_names_of_studies_and_models_are_names(tmp_path: Path, name: str) -> None:
    quoted = name.replace("\n", "\\n")
    path = study(tmp_path, more=f'name: "{quoted}"\n')
    with pytest.raises(ConfigError, match="name"):
        config.load(path)
    (tmp_path / "models").mkdir()
    if "/" not in name:
        (tmp_path / "models" / f"{name}.yaml").write_text("extends: emergence_core\n", encoding="utf-8")
    path = study(tmp_path, more=f'models: ["{quoted}"]\n')
    with pytest.raises(ConfigError, match="models"):
        config.load(path)


@pytest.mark.parametrize("kind", ["hypotheses", "curves"])
@pytest.mark.parametrize("name", [*HOSTILE, "../up", "a/b", "/etc/hostname"])
def test_names_of_hypotheses_and_curves_are_names(tmp_path: Path, kind: str, name: str) -> None:
    """Refused for what the name is, also where a file of that name lies there."""
    (tmp_path / kind / "a").mkdir(parents=True)
    if not name.startswith("/"):
        (tmp_path / kind / f"{name}.yaml").write_text("{}\n", encoding="utf-8")
    quoted = name.replace("\n", "\\n")
    path = study(tmp_path, more=f'{kind}: ["{quoted}"]\n')
    with pytest.raises(ConfigError, match=f"{kind} names .*use letters, digits"):
        config.load(path)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != ".."])
def test_a_file_whose_name_is_no_name_of_a_study(tmp_path: Path, name: str) -> None:
    path = study(tmp_path, f"{name}.yaml")
    with pytest.raises(ConfigError, match="name"):
        config.load(path)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/hostname", "link.csv", "folder/secret.csv"])
def test_raw_files_do_not_climb_out_of_their_folder(tmp_path: Path, name: str) -> None:
    path = study(tmp_path)
    (tmp_path / "secret.csv").write_text("name,year,members\nS,2010,A;B\n", encoding="utf-8")
    (tmp_path / "raw" / "link.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "raw" / "folder").symlink_to(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("p.csv", name), encoding="utf-8")
    with pytest.raises(ConfigError, match="outside"):
        ingest.run(config.load(path))


def test_signs_of_a_shell_in_paths_are_signs(tmp_path: Path) -> None:
    """A folder and a raw file whose names a shell would obey are read as any other."""
    folder = tmp_path / "a $(touch stolen); b"
    folder.mkdir()
    path = study(folder)
    (folder / "raw" / "p.csv").rename(folder / "raw" / "`touch stolen`.csv")
    path.write_text(
        path.read_text(encoding="utf-8").replace("p.csv", '"`touch stolen`.csv"'), encoding="utf-8"
    )
    assert len(ingest.run(config.load(path)).records.projects) == 1
    assert not list(tmp_path.rglob("stolen")) + list(Path.cwd().glob("stolen"))


def test_what_is_promised_is_written_down() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for word in ("pickle", "YAML", "shell", "network", "formula", "hash", "report"):
        assert word in text
