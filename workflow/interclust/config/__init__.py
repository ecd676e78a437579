"""Studies and their settings: defaults, study, model and hypothesis files, merged and checked.

``load("fui")`` returns a plain dictionary with the sections name, label, data_dir, languages,
seed, ingest, panel, features, models {name: spec}, hypotheses {id: spec}, curves {name: spec}, planner,
report, simulate and ledger (if any).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .catalogue import expand
from .coded import check_ledger
from .curves import batches, check_curves
from .ledger import expand_ledger
from .merge import Layer, merge_layers
from .paths import check_name, check_plain, inside, project_root, resolved, show
from .planner import check_planner
from .related import check_related
from .schema import check_section
from .suggest import did_you_mean
from .yamlfile import read_yaml

__all__ = [
    "DRAWN",
    "Study",
    "batches",
    "data_dir",
    "inside",
    "listed",
    "load",
    "load_all",
    "named",
    "periods",
    "project_root",
    "raw_files",
    "raw_folder",
    "raw_paths",
    "read_yaml",
    "real_files",
    "recorded",
    "show",
]

Study = dict[str, Any]
SECTIONS = ("ingest", "panel", "features", "report", "simulate")
ENDINGS = (".yaml", ".yml")  # of a study given by its path
DATA_VARIABLE = "INTERCLUST_DATA"
DRAWN = ("measures", "affiliations", "agreements", "relations")  # tables that simulate.facts makes anew


def load(name_or_path: str | Path) -> Study:
    """Return the resolved study: defaults, study file, models and hypotheses, merged and checked.

    ``name_or_path`` names a file of ``config/studies``, or is the path of a YAML file anywhere; a
    study outside the repository may have ``models/``, ``hypotheses/`` and ``curves/`` beside it, searched
    first.
    Raises ConfigError with file, setting, value and what is allowed.
    """
    path = find_study(name_or_path)
    layers = _layers(path)
    study = merge_layers(layers)
    check_section("study", study, layers)
    for section in SECTIONS:
        if section in study:
            check_section(section, study[section], layers, at=(section,))
    check_related(study, layers)
    study = _completed(study, path)
    check_planner(study, layers)
    return study


def listed(studies: str | Iterable[str | Path]) -> list[str | Path]:
    """Names and paths of studies, given as a list or as one text with commas between them."""
    if isinstance(studies, str) and studies.endswith(ENDINGS) and resolved(studies).is_file():
        return [studies]
    if isinstance(studies, str):
        return [item.strip() for item in studies.split(",") if item.strip()]
    return list(studies)


def load_all(studies: str | Iterable[str | Path]) -> dict[str, Study]:
    """Load several studies, given as a list or as one comma-separated string; ``{name: study}``."""
    loaded: dict[str, Study] = {}
    for item in listed(studies):
        study = load(item)
        if study["name"] in loaded:
            raise ConfigError(
                f"two of the studies are named {study['name']}; give one of them another name or file name"
            )
        loaded[study["name"]] = study
    return loaded


def recorded(study: Study, file: str | Path) -> Study:
    """The settings as ``study.json`` holds them: data beside the study's file are named from its folder.

    A study that lies elsewhere, with its data, then has the same record, and the same report.
    """
    given, home = study["data_dir"], find_study(file).parent
    if not given or not Path(given).is_absolute() or not Path(given).is_relative_to(home):
        return study
    return {**study, "data_dir": Path(given).relative_to(home).as_posix()}


def periods(study: Study) -> list[int]:
    """The periods of a study in order, known before any data are read."""
    panel, known = study["panel"], study["ingest"]["periods"]
    bounds = {key: panel.get(key, known.get(key)) for key in ("first", "last")}
    for key, value in bounds.items():
        if value is None:
            raise ConfigError(f"the study {study['name']} needs panel.{key}, the number of a {panel['unit']}")
    return list(range(bounds["first"], bounds["last"] + 1))


def spread(study: Study) -> list[list[int]]:
    """The periods of each of the ``jobs`` that write the panel, in turn, so that late ones, the larger, mix.

    An empty list where one job writes them all.
    """
    known = periods(study)
    jobs = min(study["jobs"], len(known))
    return [known[part::jobs] for part in range(jobs)] if jobs > 1 else []


def data_dir(study: Study, instead: str | Path | None = None) -> Path:
    """The folder of the raw data, resolved; relative ones are taken from the project's root.

    A study without ``data_dir`` takes the environment variable INTERCLUST_DATA; ``instead`` is a folder
    that the command line gives, relative to where it is run.
    """
    if instead is not None:
        folder = resolved(instead)
        if not folder.is_dir():
            raise ConfigError(f"{instead}: there is no such folder of data; correct --data")
        return folder
    given = study.get("data_dir") or os.environ.get(DATA_VARIABLE)
    if not given:
        raise ConfigError(
            f"the study {study['name']} has no data_dir; set it in the study file or in {DATA_VARIABLE}"
        )
    folder = resolved(project_root() / given)
    if not folder.is_dir():
        raise ConfigError(f"{given}: the data folder of the study {study['name']} does not exist")
    return folder


def raw_files(spec: Mapping[str, Any]) -> list[str]:
    """The raw files that an ``ingest`` section names, relative to the data folder."""
    tables = [value for value in spec.values() if isinstance(value, Mapping) and "file" in value]
    if spec.get("periods", {}).get("unit") == "year":
        tables = [value for value in tables if value is not spec["periods"]]
    tables += [join for table in tables for join in table.get("join", [])]
    return sorted({str(table["file"]) for table in tables})


def real_files(study: Study) -> list[str]:
    """The raw files of a simulated study that its source holds: all but the tables of drawn facts."""
    drawn = DRAWN if study["simulate"].get("facts") else ()
    return raw_files({key: value for key, value in study["ingest"].items() if key not in drawn})


def named(path: str | Path) -> str:
    """A file or folder that no rule makes, as rules name it: relative to the working folder where inside.

    Relative ones start from the project's root.
    """
    found, here = resolved(project_root() / path), Path.cwd().resolve()
    return str(found.relative_to(here) if found.is_relative_to(here) else found)


def raw_folder(study: Study) -> str:
    """Where a study's raw files lie, as a rule names it (see ``named``).

    Those of a simulated study are made by the workflow, in ``results/<study>/simulate``.
    """
    if "simulate" in study:
        return f"results/{study['name']}/simulate"
    return named(data_dir(study))


def raw_paths(study: Study) -> list[str]:
    """The raw files of a study, as a rule names them."""
    return [f"{raw_folder(study)}/{name}" for name in raw_files(study["ingest"])]


def find_study(name_or_path: str | Path) -> Path:
    """The file of a study, from its name or its path."""
    text = str(name_or_path)
    if text.endswith(ENDINGS) or os.sep in text:
        path = resolved(text)
        if not path.is_file():
            raise ConfigError(f"{text}: there is no such study file")
        return path
    folder = project_root() / "config" / "studies"
    path = folder / f"{text}.yaml"
    if not resolved(path).is_file():
        known = sorted(item.stem for item in folder.glob("*.yaml"))
        raise ConfigError(f"{text} is not a study of {show(folder)}{did_you_mean(text, known)}")
    return path


def _layers(path: Path) -> list[Layer]:
    """Defaults first, then the chain of ``extends``, the study itself last."""
    chain: list[Layer] = []
    seen: list[Path] = []
    current: Path | None = path
    while current is not None:
        if current in seen:
            raise ConfigError(f"{show(current)}: extends leads back to itself")
        seen.append(current)
        values = read_yaml(current)
        base = values.pop("extends", None)
        chain.insert(0, Layer(show(current), _rooted(values, current)))
        current = _base_file(base, current)
    defaults = read_yaml(project_root() / "config" / "config.yaml")
    defaults.pop("studies", None)
    return [Layer("config/config.yaml", defaults), *chain]


def _base_file(base: Any, owner: Path) -> Path | None:
    if base is None:
        return None
    if not isinstance(base, str):
        raise ConfigError(f"{show(owner)}: extends is {base!r}, expected the name of a study")
    check_name(base, f"{show(owner)}: extends")
    beside = owner.parent / f"{base}.yaml"
    return beside if beside.is_file() and beside != owner else find_study(base)


def _rooted(values: dict[str, Any], path: Path) -> dict[str, Any]:
    """A relative data_dir of a study outside the project starts from the study's own folder."""
    given = values.get("data_dir")
    if isinstance(given, str) and not path.is_relative_to(project_root()):
        values["data_dir"] = str(resolved(path.parent / given))
    return values


def _completed(study: Study, path: Path) -> Study:
    """Fill in what follows from other settings and replace names by their specifications."""
    study.setdefault("name", path.stem)
    check_plain(study["name"], f"{show(path)}: name, by default the file's,")
    study.setdefault("label", {"en": study["name"]})
    study.setdefault("data_dir", None)
    study.setdefault("languages", study["report"]["languages"])
    unit = {key: study["panel"][key] for key in ("unit", "first", "last") if key in study["panel"]}
    study["ingest"]["periods"] = {**unit, **study["ingest"].get("periods", {})}
    for kind in ("models", "hypotheses", "curves"):
        study[kind] = expand(kind, study.get(kind, []), path, show(path))
    check_curves(study, show(path))
    expand_ledger(study, path, show(path))
    check_ledger(study, show(path))
    return dict(sorted(study.items()))
