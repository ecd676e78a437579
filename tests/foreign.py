"""A workflow of somebody else that uses this one as a module: the page docs/reuse.md shows it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

FOREIGN = """
configfile: "theirs.yaml"


module interclust:
    snakefile:
        config["there"]
    config:
        config["interclust"]
    prefix:
        "clusters"


use rule * from interclust as interclust_*


rule count_files:
    default_target: True
    input:
        rules.interclust_all.input,
    output:
        "count.txt",
    run:
        Path(output[0]).write_text(str(len(input)))
"""


def write_foreign(folder: Path, root: Path, studies: Sequence[str]) -> None:
    """Write it and its settings, which name the workflow of ``root`` and the studies, to a folder."""
    (folder / "Snakefile").write_text(FOREIGN, encoding="utf-8")
    settings = {"there": str(root / "Snakefile"), "interclust": {"studies": list(studies)}}
    (folder / "theirs.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def call(
    folder: Path, *words: str, env: Mapping[str, str] | None = None, within: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in the folder; ``within`` is a command before it, as one that takes the network away."""
    return subprocess.run(
        [*within, sys.executable, "-m", "snakemake", *words],
        cwd=folder,
        env=None if env is None else dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        errors="replace",
    )
