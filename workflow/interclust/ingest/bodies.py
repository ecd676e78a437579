"""The registry: bodies with their lives, names, territories and regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..contracts import KINDS
from ..errors import ConfigError, InputError
from ..io import neutral
from .cells import coordinate, flag, interval, pieces
from .dates import BEGINNING, Interval
from .headers import FACT
from .names.forms import acronym, content_words, is_named, normalise, squeezed
from .names.known_names import Body, Name
from .names.resolve import Resolver
from .names.slugs import slugs
from .rows import Refusal, Row, row_of
from .tables import Once, Table, read_table

ALIAS_COLUMNS = (("alias", "cluster", "valid_from", "valid_to", "exact_only"), "alias", "cluster")
DIFFUSION = ("diffusing", "absorbing", "mixed")
NOT_STATED = "not stated"
PARIS_REGION, PARIS = "Île-de-France", "Paris Region"  # as the region calls itself

Settings = Mapping[str, Any]
Rows = list[dict[str, Any]]


@dataclass
class Registry:
    """Everything read about bodies; ``rows`` are the rows of ingest/clusters by cluster_id."""

    rows: dict[str, dict[str, Any]]
    bodies: dict[str, Body]
    resolver: Resolver
    tables: list[Table] = field(default_factory=list)
    regions: list[dict[str, Any]] = field(default_factory=list)
    territories: list[dict[str, Any]] = field(default_factory=list)
    printed: dict[str, Row] = field(default_factory=dict)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    # The columns of the table of aliases, and which of them hold a name and its body.
    alias_columns: tuple[Sequence[str], str, str] = ALIAS_COLUMNS


def read_registry(root: Path, spec: Settings) -> Registry:
    """Read the tables of bodies that the study maps: clusters, aliases, territories, regions."""
    table = read_table(root, _with_fact_columns(spec["clusters"]), "ingest.clusters", ("name",))
    separator = spec["clusters"].get("separator", ";")
    ids, names_once = Once("id"), Once("name")

    def cluster(row: Row) -> tuple[Row, dict[str, Any]]:
        values = _cluster(row, separator)
        if row["id"]:
            ids.check(row["id"], row)
        else:
            names_once.check(row["name"].casefold(), row)
        return row, values

    pairs = table.accept(cluster)
    _give_ids([values for _, values in pairs])
    rows = {values["cluster_id"]: values for _, values in pairs}
    if not rows:
        raise InputError("no body can be read", file=table.file, remedy="see the columns of ingest.clusters")
    bodies = {key: Body(key, row["name"], row["active_from"], row["active_to"]) for key, row in rows.items()}
    names = [Name(body.name, body) for body in bodies.values()]
    printed = {values["cluster_id"]: row for row, values in pairs}
    registry = Registry(rows, bodies, Resolver(names), table.with_joined(), printed=printed)
    _name_successors(registry, table)
    if "aliases" in spec:
        names += _aliases(root, spec["aliases"], registry)
    registry.resolver = Resolver(names, **_thresholds(spec))
    if "regions" in spec:
        registry.regions = _regions(root, spec["regions"], registry)
    if "territories" in spec:
        registry.territories = _territories(root, spec["territories"], registry)
    registry.resolver.places = _places(registry)
    return registry


def _give_ids(bodies: Rows) -> None:
    """Give bodies without an id one made of their name."""
    nameless = [body for body in bodies if not body["cluster_id"]]
    taken = [body["cluster_id"] for body in bodies if body["cluster_id"]]
    for body, key in zip(nameless, slugs([body["name"] for body in nameless], taken), strict=True):
        body["cluster_id"] = key


def _places(registry: Registry) -> dict[str, frozenset[str]]:
    """Names of places of each body, normalised: its city, region and territories, "PACA" for a long one."""
    later = {row["region"]: row["region_2016"] for row in registry.regions}
    found: dict[str, set[str]] = {}
    for key, row in registry.printed.items():
        found[key] = {row["city"], row["department"], row["region"]}
    for territory in registry.territories:
        found[territory["cluster_id"]].add(territory["region"])
    for names in found.values():
        names |= {later[name] or "" for name in names if name in later}
        names |= {acronym(name) for name in names} | {PARIS for name in names if name == PARIS_REGION}
    return {
        key: frozenset(" ".join(content_words(normalise(name).split())) for name in names if name)
        for key, names in found.items()
    }


def bare_registry(names: Mapping[str, str], constants: Settings) -> Registry:
    """A registry that knows nothing but ids and names; ``constants`` fill kind, country, region."""
    printed = {key: str(value) for key, value in constants.items()}
    try:
        _cluster(row_of(0, {**printed, "id": "any", "name": "any"}), ";")
    except Refusal as refusal:
        value = printed.get(refusal.column or "", "")
        problem = f"ingest.clusters.constants.{refusal.column} is {value!r}: {refusal.reason}"
        raise ConfigError(f"{problem}; {refusal.remedy}") from None
    if "successor" in printed:
        raise ConfigError("ingest.clusters.constants.successor: not all bodies have one successor; remove it")
    rows = {
        key: _cluster(row_of(0, {**printed, "id": key, "name": name}), ";") for key, name in names.items()
    }
    bodies = {key: Body(key, row["name"], row["active_from"], row["active_to"]) for key, row in rows.items()}
    return Registry(rows, bodies, Resolver([Name(body.name, body) for body in bodies.values()], fuzzy=False))


def member_of(registry: Registry, row: Row, column: str = "cluster") -> str:
    """The cluster_id named in a table about bodies; Refusal if the registry does not know the name."""
    body = registry.resolver.lookup(row[column])
    if body is None:
        raise Refusal(
            column, "not a body of the registry", "correct the name or add it to the clusters or aliases"
        )
    return body.cluster_id


def _thresholds(spec: Settings) -> dict[str, Any]:
    """The rules of matching by the registry; spellings are merged only where there is none."""
    names = spec.get("names")
    return (
        {key: value for key, value in names.items() if key != "merge"} if isinstance(names, Mapping) else {}
    )


def _with_fact_columns(spec: Settings) -> Settings:
    """Also map the columns that hold facts (grades): ``fact 0``, ``fact 1``."""
    extra = {f"{FACT}{k}": fact["column"] for k, fact in enumerate(spec.get("facts", []))}
    if "columns" not in spec:
        return {**spec, "further": extra}
    return {**spec, "columns": {**spec["columns"], **extra}}


def _cluster(row: Row, separator: str) -> dict[str, Any]:
    """One row of ingest/clusters, the operational start still missing."""
    if not is_named(row["name"]):
        raise Refusal("name", "the body has no name", "give it a name")
    kind = row["kind"] or "organisation"
    if kind not in KINDS:
        raise Refusal("kind", "not a kind of body", f"give one of {', '.join(KINDS)}")
    if row["diffusion"] and row["diffusion"] not in DIFFUSION:
        raise Refusal("diffusion", "not a class of diffusion", f"give one of {', '.join(DIFFUSION)}")
    begun = interval(row, "active_from")
    return {
        "cluster_id": row["id"],
        "name": row["name"],
        "kind": kind,
        "active_from": (begun.low if begun else None) or BEGINNING,
        "active_from_basis": row["active_from_basis"] or ("as printed" if begun else NOT_STATED),
        **_end(row, begun),
        "labelled": begun,
        "lat": coordinate(row, "lat", 90),
        "lon": coordinate(row, "lon", 180),
        "keywords": pieces(row["keywords"], separator),
        **{
            key: row[key] or None
            for key in ("region", "place_basis", "vocation", "sector", "diffusion", "country")
        },
    }


def _end(row: Row, begun: Interval | None) -> dict[str, Any]:
    """How the body ended: the earlier of loss of label and merger, active until the last day possible."""
    exits = [
        (found.high + timedelta(days=1), way)
        for column, way in (("merged", "merged"), ("delabelled", "delabelled"))
        if (found := interval(row, column)) is not None
    ]
    active_to, way = min(exits, default=(None, None))
    if way is None and row["successor"]:
        way = "merged"
    if begun is not None and begun.low is not None and active_to is not None and active_to <= begun.low:
        raise Refusal(way, "the body ends before it begins", "correct the dates")
    return {"active_to": active_to, "exit": way, "successor": row["successor"] or None}


def _name_successors(registry: Registry, table: Table) -> None:
    """Replace the successors' names by their ids; an unknown one is left out, with a line of conflicts."""
    for key, row in registry.rows.items():
        if row["successor"] is None:
            continue
        body = registry.resolver.lookup(row["successor"])
        if body is None or body.cluster_id == key:
            said = {"field": "successor", "values": row["successor"], "kept": None, "cluster_id": key}
            place = f"{table.file}, line {registry.printed[key].line}"
            problem = "not a body of the registry" if body is None else "the body itself"
            registry.conflicts.append({**said, "project_id": None, "rule": f"left out: {problem} ({place})"})
        row["successor"] = None if body is None or body.cluster_id == key else body.cluster_id


def _aliases(root: Path, spec: Settings, registry: Registry) -> list[Name]:
    table = read_table(root, spec, "ingest.aliases", ("alias", "cluster"))
    registry.tables += table.with_joined()
    held = [neutral(table.columns.get(name, (name,))[0]) for name in ("alias", "cluster")]
    registry.alias_columns = ([neutral(name) for name in table.header], held[0], held[1])

    def alias(row: Row) -> Name:
        body = registry.bodies[member_of(registry, row)]
        if not row["alias"]:
            raise Refusal("alias", "the alias is blank", "delete the line")
        begun, ended = interval(row, "valid_from"), interval(row, "valid_to")
        if begun is not None and ended is not None and ended.high < (begun.low or begun.high):
            raise Refusal("valid_to", "the name ends before it begins", "correct the dates")
        born, last = begun.low if begun else None, ended.high if ended else None
        return Name(row["alias"], body, born, last, flag(row, "exact_only"))

    return _with_shared_validity(table.accept(alias))


def _with_shared_validity(names: list[Name]) -> list[Name]:
    """Spellings of one name share its validity: what one of them states holds for those that state none."""
    groups: dict[tuple[str, str], list[Name]] = {}
    for name in names:
        groups.setdefault((name.body.cluster_id, squeezed(name.text)), []).append(name)
    shared = []
    for name in names:
        group = groups[name.body.cluster_id, squeezed(name.text)]
        begun = [other.valid_from for other in group if other.valid_from]
        ended = [other.valid_to for other in group if other.valid_to]
        if name.valid_from is None and name.valid_to is None:
            name = replace(name, valid_from=min(begun, default=None), valid_to=max(ended, default=None))
        shared.append(name)
    return shared


def _regions(root: Path, spec: Settings, registry: Registry) -> list[dict[str, Any]]:
    table = read_table(root, spec, "ingest.regions", ("region",))
    registry.tables.append(table)
    once = Once("region")

    def region(row: Row) -> dict[str, Any]:
        if not row["region"]:
            raise Refusal("region", "the region has no name", "name it")
        once.check(row["region"], row)
        return {
            "region": row["region"],
            "neighbours": sorted(pieces(row["neighbours"])),
            "region_2016": row["region_2016"] or None,
            "integrated": flag(row, "integrated"),
        }

    return table.accept(region)


def _territories(root: Path, spec: Settings, registry: Registry) -> list[dict[str, Any]]:
    table = read_table(root, spec, "ingest.territories", ("cluster", "region"))
    registry.tables.append(table)
    known = {row["region"] for row in registry.regions}

    def territory(row: Row) -> dict[str, Any]:
        if not row["region"]:
            raise Refusal("region", "the territory has no region", "name it or delete the line")
        if known and row["region"] not in known:
            raise Refusal(
                "region", "not a region of the table of regions", "correct the region or add it there"
            )
        begun = interval(row, "valid_from")
        key = member_of(registry, row)
        return {"cluster_id": key, "region": row["region"], "valid_from": begun.high if begun else None}

    found: dict[tuple[str, str], dict[str, Any]] = {}
    for item in table.accept(territory):
        held = found.get((item["cluster_id"], item["region"]))
        if held is None or _earlier(item["valid_from"], held["valid_from"]):
            found[item["cluster_id"], item["region"]] = item
    return list(found.values())


def _earlier(one: date | None, other: date | None) -> bool:
    return (one or BEGINNING) < (other or BEGINNING)
