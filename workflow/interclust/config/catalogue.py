"""Models and hypotheses: one file each, found by name, ``extends`` another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .coded import check_coded
from .merge import Layer, merge_layers
from .paths import check_plain, project_root, show
from .permuted import check_permutations
from .schema import check_section
from .suggest import did_you_mean
from .traced import check_curves_of
from .yamlfile import read_yaml

SCHEMA_OF = {
    "models": "model",
    "hypotheses": "hypothesis",
    "curves": "curve",
    "patterns": "pattern",
    "paper_tables": "paper_table",
}


def expand(kind: str, names: list[str], study: Path, owner: str) -> dict[str, Any]:
    """Return ``{name: checked specification}`` in the order of ``names``.

    ``kind`` is a key of ``SCHEMA_OF``; ``study`` is the study's file, whose neighbouring folder
    of that name is searched first. Raises ConfigError for an unknown name or a faulty specification.
    """
    folders = [study.parent / kind, project_root() / "config" / kind]
    specs: dict[str, Any] = {}
    for name in names:
        if name in specs:
            raise ConfigError(f"{owner}: {kind} names {name} twice; keep one of them")
        layers = _chain(kind, name, folders, owner)
        specs[name] = merge_layers(layers)
        check_section(SCHEMA_OF[kind], specs[name], layers)
        check_permutations(specs[name], layers[-1].file)
        check_coded(specs[name], layers[-1].file)
        check_curves_of(specs[name], layers[-1].file)
    return specs


def _chain(kind: str, name: str, folders: list[Path], owner: str) -> list[Layer]:
    """The files of a specification, the one extended first."""
    chain: list[Layer] = []
    seen: list[str] = []
    current: str | None = name
    while current is not None:
        if current in seen:
            raise ConfigError(f"{owner}: {kind}.{name} extends {current}, which leads back to itself")
        seen.append(current)
        path = _find(kind, current, folders, owner)
        values = read_yaml(path)
        owner = show(path)
        chain.insert(0, Layer(owner, values))
        current = values.pop("extends", None)
        if current is not None and not isinstance(current, str):
            raise ConfigError(f"{owner}: extends is {current!r}, expected the name of another file")
    return chain


def _find(kind: str, name: str, folders: list[Path], owner: str) -> Path:
    check_plain(name, f"{owner}: {kind}")
    for folder in folders:
        path = folder / f"{name}.yaml"
        if path.is_file() and path.parent == folder:
            return path
    known = sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})
    raise ConfigError(
        f"{owner}: {kind} names {name}, which is no file of config/{kind}{did_you_mean(name, known)}"
    )
