"""Which files of the package a script needs: Snakemake does not look into imported modules by itself.

A rule has their digest as a parameter, so that an edited module reruns exactly the rules that use it. (As
inputs of the rule they would be hashed anew for every output of every job: a fifth of a study's time.) The
source is parsed, not imported, and imports inside functions count. A file is parsed once a process: most
scripts share most modules, and a workflow asks for all of its scripts.
"""

from __future__ import annotations

import ast
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
NAME = PACKAGE.name


def code_of(script: str | Path) -> list[str]:
    """Paths of every module of this package that a script imports, directly or not, sorted."""
    found: set[Path] = set()
    waiting = set(_imports(Path(script), package=None))
    while waiting:
        path = waiting.pop()
        found.add(path)
        waiting |= _imports(path, package=path.parent) - found
    return sorted(str(path) for path in found)


def digest_of(script: str | Path) -> str:
    """SHA-256 over the names and contents of all that ``code_of`` finds: the same on every machine."""
    digest = sha256()
    for path in map(Path, code_of(script)):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} {_content_digest(path)}\n".encode())
    return digest.hexdigest()


@cache
def _content_digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@cache
def _imports(path: Path, package: Path | None) -> frozenset[Path]:
    """Modules of this package that one file imports, with the packages they stand in."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            for name in node.names:
                found |= _absolute(name.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            if base is not None:
                for name in node.names:
                    found |= _resolve(base, name.name)
    return frozenset(found)


def _base(node: ast.ImportFrom, package: Path | None) -> Path | None:
    """The folder or module (without its ending) that ``from … import`` starts from."""
    parts = node.module.split(".") if node.module else []
    if node.level == 0:
        return PACKAGE.joinpath(*parts[1:]) if parts and parts[0] == NAME else None
    if package is None:
        return None
    start = package
    for _ in range(node.level - 1):
        start = start.parent
    return start.joinpath(*parts)


def _absolute(parts: list[str]) -> set[Path]:
    if parts[0] != NAME:
        return set()
    return _module(PACKAGE.joinpath(*parts[1:]))


def _resolve(base: Path, name: str) -> set[Path]:
    """A name imported from a base: a submodule if there is one, else a name inside the base."""
    return _module(base) | _module(base / name)


def _module(path: Path) -> set[Path]:
    """The file of a module and of the packages above it, within this package."""
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not file.is_file():
        return set()
    found = {file}
    folder = file.parent
    while folder != PACKAGE.parent:
        if (folder / "__init__.py").is_file():
            found.add(folder / "__init__.py")
        folder = folder.parent
    return found
