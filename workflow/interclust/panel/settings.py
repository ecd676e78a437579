"""Settings of the panel and of the features, as frozen values with the defaults of the package.

Every public function of the two stages takes the section ``panel`` of a study, a whole study (anything
with the keys ``panel`` and ``features``), ready ``Settings`` or None (all defaults).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from ..config.suggest import did_you_mean
from ..errors import ConfigError

UNITS = ("call", "year")
SUCCESSORS = ("inherited", "restarted")
PROJECT_WEIGHTS = ("whole", "fractional")
UNDATED = ("out", "first", "last")
LIST_SETS: Mapping[str, tuple[str, ...]] = {
    "strict": ("explicit_multi", "assembled_multi", "complete"),
    "joint": ("joint_list",),
    "broad": ("weak_multi",),
}


@dataclass(frozen=True)
class CaseControl:
    """Sampling of dyads that never have a tie: the share of them that is kept, and the seed."""

    share: float
    seed: int = 1

    @classmethod
    def of(cls, given: Mapping[str, float]) -> CaseControl:
        """From the setting ``panel.case_control``; ConfigError for what cannot be."""
        share, seed = given.get("share"), given.get("seed", 1)
        if share is None or not 0 < share < 1:
            raise ConfigError(
                f"panel.case_control.share is {share}; give a number between 0 and 1, or case_control: null"
            )
        if seed != int(seed) or not 0 <= seed < 2**64:
            raise ConfigError(f"panel.case_control.seed is {seed}; give a whole number from 0 on")
        return cls(float(share), int(seed))


@dataclass(frozen=True)
class PanelSettings:
    """Who is at risk, in which periods, and which projects are ties (``workflow/schemas/panel.json``)."""

    unit: str = "call"
    first: int | None = None
    last: int | None = None
    burn_in: int = 0
    eligible_kinds: tuple[str, ...] | None = None
    min_projects: int = 0
    max_members: int | None = None
    weigh_above: int | None = None
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: LIST_SETS)
    ties: tuple[str, ...] = ("strict", "joint", "broad")
    period_basis: tuple[str, ...] = ("stated", "inferred", "year")
    undated: str = "out"
    successors: str = "inherited"
    year_reference: str = "01-01"
    years: tuple[int, ...] | None = None
    case_control: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        _one_of("panel.unit", self.unit, UNITS)
        _one_of("panel.successors", self.successors, SUCCESSORS)
        _one_of("panel.undated", self.undated, UNDATED)
        if self.years is not None and (len(self.years) != 2 or self.years[0] > self.years[1]):
            raise ConfigError(f"panel.years is {list(self.years)}; expected a first and a last year")
        if self.case_control is not None:
            CaseControl.of(self.case_control)

    @property
    def sampling(self) -> CaseControl | None:
        """How dyads are sampled; None: all of them have rows."""
        return None if self.case_control is None else CaseControl.of(self.case_control)


@dataclass(frozen=True)
class FeatureSettings:
    """Which features, and their free parameters (``workflow/schemas/features.json``)."""

    names: tuple[str, ...] | None = None
    lists: bool = True
    structuring_months: float = 18.0
    geographic_floor_km: float = 10.0
    turnover_months: float = 30.0
    grades: Mapping[str, float] = field(
        default_factory=lambda: {
            "groupe 3": 1.0,
            "groupe 2": 2.0,
            "groupe 1": 3.0,
            "moins performant": 1.0,
            "performant": 2.0,
            "très performant": 3.0,
        }
    )
    project_weight: str = "whole"
    half_life: float | None = None
    leave_dyad_out: bool = True
    relatedness_pairs: int = 10
    complementarity_words: int = 1
    capability_projects: int = 1
    equivalence_partners: int = 1
    diversity_words: int = 10
    mobility_months: float = 36.0
    affiliations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rule_regimes: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _one_of("features.project_weight", self.project_weight, PROJECT_WEIGHTS)
        if self.half_life is not None and self.half_life <= 0:
            raise ConfigError(
                f"features.half_life is {self.half_life}; give months above 0, or null for none"
            )
        if self.diversity_words < 2:
            raise ConfigError(f"features.diversity_words is {self.diversity_words}; two draws are the least")
        if len(set(self.rule_regimes.values())) < len(self.rule_regimes):
            raise ConfigError("features.rule_regimes: two regimes begin in one period; give each its own")


@dataclass(frozen=True)
class Settings:
    """The two sections together."""

    panel: PanelSettings = field(default_factory=PanelSettings)
    features: FeatureSettings = field(default_factory=FeatureSettings)


SettingsLike = Settings | Mapping[str, Any] | None
Section = TypeVar("Section", PanelSettings, FeatureSettings)


def resolve(given: SettingsLike = None, *, period: str | None = None) -> Settings:
    """Return ``given`` as Settings; ``period`` ("call" or "year") replaces the unit of time.

    Raises ConfigError for a key that does not exist or a value that is not allowed.
    """
    if isinstance(given, Settings):
        found = given
    elif given is None:
        found = Settings()
    elif "panel" in given or "features" in given:
        found = Settings(
            _section(PanelSettings, given.get("panel") or {}, "panel"),
            _section(FeatureSettings, given.get("features") or {}, "features"),
        )
    else:
        found = Settings(_section(PanelSettings, given, "panel"))
    if period is None or period == found.panel.unit:
        return found
    # The limits of the other unit mean nothing in this one.
    return replace(found, panel=replace(found.panel, unit=period, first=None, last=None))


def _section(kind: type[Section], values: Mapping[str, Any], name: str) -> Section:
    known = {item.name for item in fields(kind)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigError(f"{name}: there is no setting {unknown[0]!r}{did_you_mean(unknown[0], known)}")
    return kind(**{key: _frozen(value) for key, value in values.items() if not _is_all(key, value)})


def _is_all(key: str, value: Any) -> bool:
    """``names: all`` is the default: every feature of the registry."""
    return key == "names" and value == "all"


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ConfigError(f"{key} is {value!r}; allowed are {', '.join(allowed)}")
