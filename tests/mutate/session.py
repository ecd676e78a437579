"""One session of cosmic-ray: some mutants of one theme, tried in a copy of the checkout."""

from __future__ import annotations

import ast
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .themes import Theme

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 8 * 2**30  # bytes of addresses
TIMEOUT = 120  # seconds that the tests of a mutant may take; a loop without end is a mutant found
PACKAGE = Path("workflow") / "interclust"


@dataclass(frozen=True)
class Mutant:
    """One change, and whether a test noticed it."""

    theme: str
    module: str
    line: int
    operator: str
    killed: bool
    diff: str


def copy_checkout(folder: Path) -> None:
    """Copy what git has of the checkout, without what it ignores."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)


def begin(program: Path, theme: Theme, folder: Path) -> None:
    """Copy the checkout, see that its tests pass, and list every mutant there is.

    Raises RuntimeError if a test fails before anything has been changed.
    """
    copy_checkout(folder)
    command = [sys.executable, "-m", "pytest", "-x", "-n", "0", "-p", "no:cacheprovider", *theme.tests]
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the tests fail without a mutant: {done.stdout.decode()[-2000:]}")
    modules = [str(PACKAGE / name) for name in theme.modules]
    settings = f"""[cosmic-ray]
module-path = {modules}
timeout = {TIMEOUT}.0
excluded-modules = []
test-command = '{" ".join(command)}'
[cosmic-ray.distributor]
name = "local"
"""
    (folder / "session.toml").write_text(settings, encoding="utf-8")
    cosmic_ray(program, folder, "init", "session.toml", "session.sqlite")


def cosmic_ray(program: Path, folder: Path, *words: str) -> None:
    """Call the program in the copy."""
    subprocess.run(
        [program, *words],
        cwd=folder,
        env=environment(folder),
        check=True,
        capture_output=True,
        preexec_fn=_limit_memory,
    )


def _limit_memory() -> None:
    """A mutant that takes more is found, and does not take the machine along."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def environment(folder: Path) -> dict[str, str]:
    """The package of the copy, uncompiled: a file compiled in the same second would hide a mutant."""
    own = {"PYTHONPATH": str(folder / "workflow"), "PYTHONDONTWRITEBYTECODE": "1"}
    return os.environ | own | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def sample(folder: Path, count: int, seed: int) -> int:
    """Keep ``count`` of the mutants that anything runs; return how many of them there were."""
    with closing(sqlite3.connect(folder / "session.sqlite")) as session, session:
        rows = session.execute(
            "select job_id, module_path, start_pos_row, start_pos_col from mutation_specs order by"
            " module_path, start_pos_row, start_pos_col, operator_name, occurrence, job_id"
        ).fetchall()
        idle = {name: Idle(folder / name) for name in {row[1] for row in rows}}
        live = [row[0] for row in rows if (row[2], row[3]) not in idle[row[1]]]
        kept = set(random.Random(seed).sample(live, min(count, len(live))))  # noqa: S311
        for table in ("mutation_specs", "work_items"):
            session.executemany(
                f"delete from {table} where job_id = ?",  # noqa: S608
                [(row[0],) for row in rows if row[0] not in kept],
            )
    return len(live)


class Idle:
    """Places (line, column) of a module at which nothing is computed: types, and what they import."""

    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self.spans = [span(node) for node in annotations(tree)]

    def __contains__(self, place: tuple[int, int]) -> bool:
        return any(first <= place < last for first, last in self.spans)


def annotations(tree: ast.AST) -> Iterator[ast.AST]:
    """Annotations of arguments, results and names, and what only a checker of types imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from (node.returns,) if node.returns else ()
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            yield node.annotation
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            yield node


def span(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a node begins and ends."""
    where = [getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")]
    return (where[0], where[1]), (where[2], where[3])


def results(folder: Path, theme: str) -> list[Mutant]:
    """What became of the mutants of a session."""
    with closing(sqlite3.connect(folder / "session.sqlite")) as session:
        rows = session.execute(
            "select module_path, start_pos_row, operator_name, test_outcome, diff from mutation_specs"
            " join work_results using (job_id) order by module_path, start_pos_row, operator_name, occurrence"
        ).fetchall()
    names = [Path(row[0]).relative_to(PACKAGE).as_posix() for row in rows]
    return [
        Mutant(
            theme, name, row[1], row[2].removeprefix("core/"), "SURVIVED" not in str(row[3]).upper(), row[4]
        )
        for name, row in zip(names, rows, strict=True)
    ]
