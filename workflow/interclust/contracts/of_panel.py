"""The tables of the panel, and what those over sampled dyads have beside."""

from __future__ import annotations

from dataclasses import replace

from .contract import Contract

TABLES = (
    Contract(
        "panel/periods",
        {
            "period": "int16",
            "cluster_i": "int32",
            "cluster_j": "int32",
            "n_projects": "int16",
            "tie": "bool",
            "prior_projects": "int32",
            "periods_at_risk": "int16",
            "periods_since_first_tie": "int16?",
            "periods_since_last_tie": "int16?",
            "in_emergence_risk_set": "bool",
            "emergence": "bool?",
            "in_recurrence_risk_set": "bool",
            "recurrence": "bool?",
            "left_truncated": "bool",
            "inherited": "bool",
            "undated_tie": "bool",
            "log_exposure": "float32",
            "tie_weight": "float32",
        },
        key=("period", "cluster_i", "cluster_j"),
    ),
    Contract(
        "panel/lists",
        {
            "list_id": "str",
            "project_ids": "list<str>",
            "members": "list<int32>",
            "m": "int16",
            "period": "int16?",
            "period_low": "int16",
            "period_high": "int16",
            "source_ids": "list<str>",
            "set": "str",
        },
        key=("list_id",),
        allowed={"set": ("strict", "joint", "broad")},
    ),
    Contract(
        "panel/row_projects",
        {"period": "int16", "cluster_i": "int32", "cluster_j": "int32", "project_id": "str"},
        key=("period", "cluster_i", "cluster_j", "project_id"),
    ),
    Contract(
        "panel/dyads",
        {
            "cluster_i": "int32",
            "cluster_j": "int32",
            "n_projects": "int16",
            "tie_class": "str",
            "first": "int16?",
            "last": "int16?",
            "project_ids": "list<str>",
        },
        key=("cluster_i", "cluster_j"),
        allowed={"tie_class": ("none", "single", "repeated")},
    ),
    Contract(
        "panel/regions",
        {"period": "int16", "cluster": "int32", "region": "str"},
        key=("period", "cluster", "region"),
    ),
    Contract(
        "panel/mergers",
        {
            "year": "int16",
            "cluster_i": "int32",
            "cluster_j": "int32",
            # null: the registry says that the two became one, but not when
            "merger": "bool?",
            "way": "str?",
            "undated_exit": "bool",
        },
        key=("year", "cluster_i", "cluster_j"),
        allowed={"way": ("absorbed", "joined")},
    ),
    Contract(
        "panel/contacts",
        {
            "period": "int16",
            "cluster_i": "int32",
            "cluster_j": "int32",
            "relation": "int32",  # row of ingest/relations, from 0
            "ego": "int32",
            # null: not said, which is no zero
            "contact": "bool?",
            "practice_exchange": "bool?",
            "joint_idea": "bool?",
            "project_attempted": "bool?",
            "project_realised": "bool?",
            "idea": "bool?",
        },
        key=("period", "cluster_i", "cluster_j", "relation"),
    ),
)

# What a sampled panel has beside (study setting panel.case_control). Its tables have names of their own:
# who took them for all dyads would be misled.
SAMPLING_KEY = b"interclust.case_control"
SAMPLED = {
    "panel/periods": {"sampling_weight": "float64", "in_subcohort": "bool"},
    "panel/dyads": {"sampling_weight": "float64"},
}


def sampled_name(name: str) -> str:
    """The name of a table over sampled dyads: ``panel/sampled_periods`` for ``panel/periods``."""
    stage, _, table = name.partition("/")
    return f"{stage}/sampled_{table}"


SAMPLED_TABLES = tuple(
    replace(table, name=sampled_name(table.name), columns={**table.columns, **SAMPLED[table.name]})
    for table in TABLES
    if table.name in SAMPLED
)
