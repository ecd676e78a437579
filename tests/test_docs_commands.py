"""Commands on the pages: cheap ones are run, of the others the program, target and options must exist."""

from __future__ import annotations

import argparse
import importlib.util
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs_pages import ROOT, Code, answers, blocks, commands, pages, sessions, spans

# Programs of others: the reason why a command of theirs is not tried.
ELSEWHERE = {
    "Rscript": "R makes references of the tests, not a run",
    "apptainer": "builds an image",
    "docker": "builds an image",
    "git": "changes or asks for the repository",
    "podman": "builds an image",
    "pip": "installs",
    "snakemake-executor-plugin-slurm": "a package",
    "uv": "installed by make lock",
}
SHELL = {"cat", "cp", "cut", "head"}
KINDS = ("# my_study.yaml", "ingest:", "from interclust")  # settings, calls
PYTHON = ("python", ".venv/bin/python")
PLUGINS = ("--slurm-", "--kubernetes-", "--default-storage-", "--container-image", "--shared-fs-usage")
TUTORIAL = ROOT / "docs" / "tutorial" / "README.md"
PLACEHOLDER = re.compile(r"<\w+>|\b(?:STUDY|FOLDER)\b(?!=)|\.\.\.")


class ParsedError(Exception):
    """The options of a command are those of its parser."""


def all_commands() -> list[tuple[Code, list[str]]]:
    """Every command on a page, as its words: lines of blocks in a shell, and code in the text."""
    found = []
    for page in pages():
        shells = [code for code in blocks(page) if code.language in ("", "sh", "console") and is_shell(code)]
        texts = [code for code in spans(page) if is_shell(code)]
        for code in [*shells, *texts]:
            found += [(code, words(command)) for command in commands(code.text)]
    return found


def is_shell(code: Code) -> bool:
    first = words(next(commands(code.text), ""))
    return bool(first) and first[0] in {"make", "snakemake", *PYTHON, *ELSEWHERE, *SHELL}


def words(command: str) -> list[str]:
    """The words of a command without the variables set before it and what comes behind a pipe."""
    try:
        split = shlex.split(PLACEHOLDER.sub("x", command.split(" | ")[0]))
    except ValueError:  # words of a text with a quote in them
        return []
    while split and re.match(r"[A-Z_]+=", split[0]):
        split = split[1:]
    return split


COMMANDS = all_commands()


def of(*programs: str) -> Iterator[tuple[Code, list[str]]]:
    return ((code, found[1:]) for code, found in COMMANDS if found and found[0] in programs)


def test_every_line_of_a_shell_begins_with_a_known_program() -> None:
    known = {"make", "snakemake", *PYTHON, *ELSEWHERE, *SHELL}
    assert not [f"{code}: {found}" for code, found in COMMANDS if found and found[0] not in known]
    assert len(COMMANDS) > 80


def test_code_without_a_language_is_a_shell_or_of_a_known_kind() -> None:
    """Formulas stand in the methods; a block that begins with a misspelt program is found here."""
    unknown = [
        str(code)
        for page in pages()
        for code in blocks(page)
        if not code.language and not is_shell(code) and not code.text.strip().startswith(KINDS)
        if code.page != "docs/methods.md"
    ]
    assert not unknown


def test_targets_and_variables_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    variables = set(re.findall(r"^([A-Z_]+) \?=", makefile, flags=re.MULTILINE))
    wrong = []
    for code, given in of("make"):
        named = [word.partition("=")[0] for word in given]
        wrong += [f"{code}: make {name}" for name in named if name not in targets | variables]
    assert not wrong


@pytest.mark.filterwarnings("ignore:.*found in sys.modules after import:RuntimeWarning")
def test_options_of_our_own_commands_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is started as its module or file would be, and stopped when its parser has read the options."""
    plain = argparse.ArgumentParser.parse_args

    def stopping(parser: argparse.ArgumentParser, *given: object, **named: object) -> None:
        plain(parser, *given, **named)  # type: ignore[call-overload]
        raise ParsedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stopping)
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    wrong = [f"{code}: {problem}" for code, given in of(*PYTHON) if (problem := refused(given, monkeypatch))]
    assert not wrong


def refused(given: list[str], monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Why Python would refuse the words that follow it; None where it would not."""
    if given[0] == "-m" and given[1].split(".")[0] not in ("interclust", "benchmarks", "tests"):
        return of_others(given[1:])
    monkeypatch.setattr(sys, "argv", given[1:] if given[0] == "-m" else given)
    try:
        if given[0] == "-m":
            runpy.run_module(given[1], run_name="__main__", alter_sys=False)
        elif Path(given[0]).is_file():
            monkeypatch.syspath_prepend(str(Path(given[0]).parent))
            runpy.run_path(given[0], run_name="__main__")
        return f"{' '.join(given)} is no command with options"
    except ParsedError:
        return None
    except SystemExit as end:
        asked = end.code == 0 and "--help" in given
        return None if asked else f"the options of {' '.join(given)} are refused"


def of_others(given: list[str]) -> str | None:
    """Snakemake's options are known, of other modules that they are installed."""
    if given[0] == "snakemake":
        return no_options_of_snakemake(given[1:])
    return None if importlib.util.find_spec(given[0]) else f"there is no module {given[0]}"


def no_options_of_snakemake(given: list[str]) -> str | None:
    from snakemake.cli import get_argument_parser

    try:
        _, unknown = get_argument_parser().parse_known_args(given)
    except SystemExit:
        return f"snakemake refuses {' '.join(given)}"
    strange = [word for word in unknown if word.startswith("--") and not word.startswith(PLUGINS)]
    return f"snakemake has no {strange}" if strange else None


def test_options_of_snakemake_exist() -> None:
    wrong = [f"{code}: {why}" for code, given in of("snakemake") if (why := no_options_of_snakemake(given))]
    assert not wrong


def test_options_named_alone_exist() -> None:
    """`--worlds 20` in a text is an option of Snakemake or of a command of ours."""
    from snakemake.cli import get_argument_parser

    ours = [*ROOT.glob("benchmarks/**/*.py"), *ROOT.glob("workflow/interclust/**/__main__.py")]
    ours += [*ROOT.glob("tests/fuzz/*.py"), ROOT / "docs" / "performance" / "bench.md"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in ours)
    known = {name for action in get_argument_parser()._actions for name in action.option_strings}
    known |= set(re.findall(r'"(--[\w-]+)"', text))
    wrong = [
        f"{code}: {option}"
        for page in pages()
        for code in spans(page)
        if code.text.startswith("--")
        for option in re.findall(r"(?<!\S)--[a-z][\w-]*", code.text)
        if option not in known and not option.startswith(PLUGINS)
    ]
    assert not wrong


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the checkout, beside which a command may write."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("config", "data", "docs", "workflow", "Makefile"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    monkeypatch.chdir(folder)
    return folder


def test_the_tutorial_shows_what_its_cheap_commands_print(checkout: Path) -> None:
    """Those that run a study, and what reads its results, are run by `make tutorial`."""
    shown = [step for code in blocks(TUTORIAL) if code.language == "console" for step in sessions(code.text)]
    cheap = [(command, lines) for command, lines in shown if not re.search(r"^make|results/", command)]
    assert len(cheap) >= 9
    for command, lines in cheap:
        done = subprocess.run(
            ["bash", "-c", command], cwd=checkout, capture_output=True, text=True, check=True
        )
        assert answers(lines, done.stdout), f"{command}\nprints\n{done.stdout}"


def test_the_calls_of_the_tutorial_print_what_it_shows(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(TUTORIAL.parent, checkout.parent / "trees")
    code, printed = (found for found in blocks(TUTORIAL) if found.language in ("python", "text"))
    exec(compile(code.text, str(code), "exec"), {})  # noqa: S102 - the page's own code
    assert capsys.readouterr().out.rstrip("\n").split("\n") == printed.text.split("\n")


def test_make_help_tells_of_every_target_that_the_pages_name() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^  make (\w+)", done.stdout, flags=re.MULTILINE))
    assert {given[0] for _, given in of("make") if given and "=" not in given[0]} <= listed
