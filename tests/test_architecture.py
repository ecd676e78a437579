"""The rooms of the package: who may import whom, and what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import interclust
from interclust.dependencies import code_of

PACKAGE = Path(interclust.__file__).parent
LEAVES = {"errors", "config", "contracts", "io", "records", "numerics", "cli", "dependencies", "parallel"}
MAY_IMPORT = {
    "numerics": {"errors"},
    "ingest": LEAVES,
    "panel": LEAVES,
    "features": LEAVES | {"panel"},
    "inference": {"numerics", "errors", "parallel"},
    "models": LEAVES | {"inference"},
    "effects": LEAVES | {"inference", "models"},
    "report": LEAVES,
    "simulate": LEAVES | {"panel", "features", "models", "inference", "ingest", "effects"},
}
HEAVY = ("statsmodels", "sklearn", "matplotlib", "pandera", "formulaic", "scipy.stats", "scipy.optimize")


def rooms_imported(room: str) -> set[str]:
    found = set()
    for path in sorted((PACKAGE / room).rglob("*.py")):
        depth = len(path.relative_to(PACKAGE).parts) - 1
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level > depth:
                names = [node.module.split(".")[0]] if node.module else [name.name for name in node.names]
                found.update(names)
    return found - {room, "__version__"}


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    assert rooms_imported(room) <= MAY_IMPORT[room]


def test_nothing_heavy_is_imported_with_the_package() -> None:
    code = (
        "import sys, interclust\n"
        "for name in interclust.__all__:\n"
        "    getattr(interclust, name)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_code_of_follows_imports_inside_functions(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("def main():\n    from interclust.models.reference import check\n", encoding="utf-8")
    names = {Path(path).relative_to(PACKAGE).as_posix() for path in code_of(script)}
    assert {"models/reference.py", "numerics/newton.py", "models/rows/data.py", "errors.py"} <= names
    assert not any(name.startswith(("report/", "ingest/")) for name in names)
