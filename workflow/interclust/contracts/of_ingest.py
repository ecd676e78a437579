"""The tables of ingest: the records of a study."""

from __future__ import annotations

from dataclasses import replace

from .contract import Contract

KINDS = ("pole", "bid", "grappe", "cluster", "agency", "association", "organisation")
LIST_STATUSES = ("complete", "lower_bound", "unknown", "none")
FACTS = (
    "grade",
    "members",
    "members_sme",
    "staff",
    "budget_eur",
    "director_change",
    "project_officer",
)

RELATIONS = Contract(
    "ingest/relations",
    {
        "ego": "str",
        "alter": "str",
        "ego_id": "str?",
        "alter_id": "str?",
        "phase": "str?",
        "contact": "bool?",
        "practice_exchange": "bool?",
        "joint_idea": "bool?",
        "project_attempted": "bool?",
        "project_realised": "bool?",
        "initiative": "str?",
        "same_territory": "bool?",
        "relation": "str?",
        "catalyst": "str?",
        "brake": "str?",
        "locator": "str?",
        "from_low": "date?",
        "from_high": "date?",
        "to_low": "date?",
        "to_high": "date?",
    },
    key=(),
)

TABLES = (
    Contract(
        "ingest/projects",
        {
            "project_id": "str",
            "source_id": "str?",
            "line": "int32",
            "acronym": "str?",
            "topic": "str?",
            "coordinator": "str?",
            "call": "int16?",
            "year": "int16?",
            "announced_low": "date?",
            "announced_high": "date?",
            "period": "int16?",
            "period_basis": "str",
            # without a period: first and last one that the printed dates and names allow, if narrowed
            "period_low": "int16?",
            "period_high": "int16?",
            "status": "str?",
            "list_status": "str",
            "list_group": "str?",
            "n_named": "int16",
            "n_clusters": "int16",
            "sources": "list<str>",
            "url": "str?",
        },
        key=("project_id",),
        allowed={"list_status": LIST_STATUSES, "period_basis": ("stated", "inferred", "year", "none")},
    ),
    Contract(
        "ingest/memberships",
        {
            "project_id": "str",
            "cluster_id": "str",
            "role": "str",
            "printed": "list<str>",
            "method": "str",
            "score": "float64",
        },
        key=("project_id", "cluster_id"),
        allowed={
            "role": ("lead", "co", "unknown"),
            "method": ("exact", "normalised", "acronym", "fuzzy", "id"),
        },
    ),
    Contract(
        "ingest/clusters",
        {
            "cluster_id": "str",
            "name": "str",
            "kind": "str",
            "active_from": "date",
            "active_from_basis": "str",
            "active_to": "date?",
            "exit": "str?",
            "successor": "str?",
            "start_low": "date?",
            "start_high": "date?",
            "start_basis": "str",
            "region": "str?",
            "lat": "float64?",
            "lon": "float64?",
            "place_basis": "str?",
            "vocation": "str?",
            "sector": "str?",
            "keywords": "list<str>",
            "diffusion": "str?",
            "country": "str?",
        },
        key=("cluster_id",),
        allowed={
            "kind": KINDS,
            "exit": ("merged", "delabelled"),
            "start_basis": ("director", "foundation", "label", "none"),
            "diffusion": ("diffusing", "absorbing", "mixed"),
        },
    ),
    Contract(
        "ingest/territories",
        {"cluster_id": "str", "region": "str", "valid_from": "date?"},
        key=("cluster_id", "region"),
    ),
    Contract(
        "ingest/regions",
        {"region": "str", "neighbours": "list<str>", "region_2016": "str?", "integrated": "bool"},
        key=("region",),
    ),
    Contract(
        "ingest/facts",
        {
            "cluster_id": "str",
            "fact": "str",
            "low": "date",
            "high": "date",
            "value": "float64?",
            "text": "str?",
            "bound": "str",
            "source": "str?",
        },
        key=("cluster_id", "fact", "low", "high"),
        allowed={"fact": FACTS, "bound": ("exact", "about", "at_least", "planned")},
    ),
    Contract(
        "ingest/events",
        {
            "cluster_id": "str",
            "event": "str",
            "low": "date?",
            "high": "date?",
            "other_id": "str?",
            "other": "str?",
            "detail": "str?",
            "source": "str?",
        },
        key=(),
    ),
    Contract(
        "ingest/agreements",
        {"cluster_i": "str", "cluster_j": "str", "low": "date", "high": "date?", "source": "str?"},
        key=("cluster_i", "cluster_j", "low"),
    ),
    Contract(
        "ingest/affiliations",
        {
            "cluster_id": "str",
            "affiliation": "str",
            "valid_from": "date?",
            "valid_to": "date?",
            "source": "str?",
        },
        key=("cluster_id", "affiliation", "valid_from"),
    ),
    RELATIONS,
    # the ledger once more, as a second coder coded it without seeing the first coding
    replace(RELATIONS, name="ingest/second_relations"),
    Contract(
        "ingest/periods",
        {
            "period": "int16",
            "label": "str",
            "reference": "date",
            "reference_basis": "str",
            "n_financed_low": "int32?",
            "n_financed_high": "int32?",
            "n_colabelled": "int32?",
            "n_records": "int32",
            "n_lists": "int32",
            "record_rate": "float64?",
            "visibility": "float64?",
        },
        key=("period",),
    ),
)
