"""The cells of a grid: which designs are measured, how often, from which seeds (config/validity/*.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from ...config.merge import Layer
from ...config.paths import project_root
from ...config.schema import check_section
from ...config.yamlfile import read_yaml
from ...errors import ConfigError
from ...inference.covariance import KINDS
from ...models.fit import DEFAULT_COVARIANCE
from ...models.lists.fit import DEFAULT_COVARIANCE as LIST_COVARIANCE

LISTS = "list_choice"
LIST_KINDS = ("classical", LIST_COVARIANCE)
DEFAULTS = (DEFAULT_COVARIANCE, LIST_COVARIANCE)  # of panel models and of list choice
COUNTED = ("poisson", "negbin", "zip", "zinb", "hurdle_poisson", "hurdle_negbin")
WORLDS, TRUTH = 0, 1  # streams of random numbers: replications, and the draw that the truth is fitted on


@dataclass(frozen=True)
class Cell:
    """One design: clusters, family, periods, share of ties (mean, of counts), sizes of the lists (or none).

    Each of the ``replications`` has every covariance, but those in ``fewer`` about so many of them, evenly
    spread; ``truth_worlds`` worlds are stacked for the pseudo-true value; ``block`` replications are one job.
    """

    name: str
    clusters: int
    family: str
    periods: int
    ties: float
    lists: tuple[int, ...]
    replications: int
    fewer: Mapping[str, int]
    truth_worlds: int
    seed: int
    block: int

    def kinds(self, replication: int) -> list[str]:
        """The covariances that a replication has."""
        every = LIST_KINDS if self.of_lists else KINDS
        return [kind for kind in every if self._has(replication, self.fewer.get(kind, self.replications))]

    def _has(self, replication: int, wanted: int) -> bool:
        """Whether a replication is one of those, evenly spread, that are ``wanted``."""
        return wanted > 0 and replication % max(self.replications // wanted, 1) == 0

    def blocks(self) -> list[range]:
        """The replications of each block."""
        total = self.replications
        return [range(low, min(low + self.block, total)) for low in range(0, total, self.block)]

    @property
    def of_lists(self) -> bool:
        """Whether the model is one of the choice of partners in lists, rather than of rows of dyads."""
        return self.family == LISTS

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Cell:
        """A cell from what ``settings`` gives."""
        return cls(**{**settings, "lists": tuple(settings.get("lists") or ())})

    @property
    def settings(self) -> dict[str, Any]:
        """All of it, as plain values."""
        return asdict(self)

    @property
    def counted(self) -> bool:
        """Whether the outcome is a count of projects rather than a tie."""
        return self.family in COUNTED

    def lists_expected(self, n_pairs: int) -> dict[int, float]:
        """Lists of each size in a period, in the mean: as many of each, their pairs the share of ties."""
        pairs = [size * (size - 1) // 2 for size in self.lists]
        return dict.fromkeys(self.lists, self.ties * n_pairs / sum(pairs))

    def generator(self, stream: int, number: int) -> np.random.Generator:
        """Random numbers of one world: they follow from the grid's seed, the cell's name and the number."""
        key = (crc32(self.name.encode()), stream, number)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


@dataclass(frozen=True)
class Grid:
    """The cells of one file, in its order."""

    name: str
    cells: Mapping[str, Cell]


def grid_file(name: str) -> Path:
    """The file of a grid that the project holds.

    Raises ConfigError if there is none of the name.
    """
    folder = project_root() / "config" / "validity"
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in known:
        raise ConfigError(f"no grid {name!r} in config/validity; there are {', '.join(known)}")
    return folder / f"{name}.yaml"


def load_grid(path: str | Path) -> Grid:
    """Read a grid: defaults of all cells and what each cell has of its own.

    Raises ConfigError for a setting that the schema does not allow.
    """
    path = Path(path)
    values = read_yaml(path)
    check_section("validity", values, [Layer(path.name, values)])
    shared = {key: values[key] for key in ("replications", "fewer", "truth_worlds", "seed", "block")}
    shared |= values.get("defaults", {})
    cells = {name: Cell.of(shared | own | {"name": name}) for name, own in values["cells"].items()}
    return Grid(path.stem, cells)
