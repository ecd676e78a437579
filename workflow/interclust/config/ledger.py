"""What is asked of a ledger: patterns (what a theory predicts of its rows) and a paper's tables, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .catalogue import expand
from .suggest import did_you_mean

Rule = Mapping[str, Any]
BEARS = ("hypotheses", "ledger", "missing")  # what a row of a paper's table may rest on


def expand_ledger(study: dict[str, Any], path: Path, owner: str) -> None:
    """Replace the names in ``study["ledger"]`` by specifications: {ego?, patterns {name: }, tables {name: }}.

    A study that deletes the ledger itself (``ingest.relations: null``) loses what it inherits beside it.
    Raises ConfigError for an unknown name or a faulty file, for two rules that predict the same channel of
    the same row, for an id that stands twice, and for a row that rests on an unknown hypothesis.
    """
    if "relations" not in study["ingest"]:
        study["ingest"].pop("second_relations", None)
        study.pop("ledger", None)
    ledger = study.get("ledger")
    if ledger is None:
        return
    ledger["patterns"] = expand("patterns", ledger.get("patterns", []), path, owner)
    ledger["tables"] = expand("paper_tables", ledger.get("tables", []), path, owner)
    for name, pattern in ledger["patterns"].items():
        _check_rules(pattern["rules"], f"config/patterns/{name}.yaml")
    known = [*_ids(study["hypotheses"])]
    for name, table in ledger["tables"].items():
        _check_rows(table, known, f"config/paper_tables/{name}.yaml")


def values(given: Any) -> list[str]:
    """The values that a condition names, as texts: one, or any of a list."""
    return [str(item) for item in (given if isinstance(given, list) else [given])]


def _check_rules(rules: Sequence[Rule], file: str) -> None:
    _once([rule["id"] for rule in rules], file)
    for one, other in combinations(rules, 2):
        shared = sorted(set(one["expect"]) & set(other["expect"]))
        if shared and _overlap(one["when"], other["when"]):
            both = f"{one['id']} and {other['id']}"
            raise ConfigError(
                f"{file}: the rules {both} both predict {shared[0]} of one row; narrow when of one of them"
            )


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a row can meet both conditions: a column that one of them leaves open never parts them."""
    return all(set(values(one[key])) & set(values(other[key])) for key in set(one) & set(other))


def _check_rows(table: Mapping[str, Any], known: Sequence[str], file: str) -> None:
    _once([row["id"] for row in table["rows"]], file)
    for row in table["rows"]:
        if row["group"] not in table["groups"]:
            near = did_you_mean(row["group"], table["groups"])
            raise ConfigError(
                f"{file}: {row['id']} is of the group {row['group']}, which has no heading{near}"
            )
        if not any(key in row for key in BEARS):
            raise ConfigError(f"{file}: nothing bears on {row['id']}; give it one of {', '.join(BEARS)}")
        for name in row.get("hypotheses", ()):
            if name not in known:
                near = did_you_mean(name, known)
                raise ConfigError(f"{file}: {row['id']} rests on {name}, no hypothesis of the study{near}")


def _ids(hypotheses: Mapping[str, Any]) -> Iterator[str]:
    for name, spec in hypotheses.items():
        yield name
        yield from (part["id"] for part in spec.get("parts", ()))


def _once(ids: Sequence[str], file: str) -> None:
    for place, name in enumerate(ids):
        if name in ids[:place]:
            raise ConfigError(f"{file}: the id {name} stands twice; give each an id of its own")
