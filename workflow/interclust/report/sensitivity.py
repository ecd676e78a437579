"""Rows of sensitivity.csv, grouped as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .results import Row

# Variants with one row a source or a cluster: a spread, not a list.
MANY = ("leave_one_source_out", "leave_one_cluster_out")
# Variants whose value tells them apart (the value of the others says the same as their name).
VALUED = ("prior_variance",)


def variant_key(row: Row) -> str:
    """What is shown as one line: the variant, with its value where several lines share the name."""
    name = str(row["variant"])
    value = row.get("value")
    if name not in VALUED or value is None:
        return name
    return f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
