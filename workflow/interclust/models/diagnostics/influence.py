"""Whom the estimates rest on: changes of each coefficient without each cluster and without each source.

By cluster: the one-step deletions that the jackknife covariance is made of (``inference/deletions.py``), the
rows of the cluster gone. By source: the step without the rows that this page alone ties, those of which
every project is printed by it and by no other page. The rows leave; they do not become rows without a tie,
for what the page does not show is not known to be absent. Rows that another page ties too stay as they are.
Changes are also given in standard errors of the covariance that the model reports with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...inference.deletions import Deletion
from ...inference.sums import deletion_steps, gather
from ...numerics.segments import sorted_starts
from ..cluster_effects import PREFIX
from ..likelihood import Likelihood

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray

COLUMNS = ("kind", "left_out", "rows", "term", "change", "std_error", "change_in_errors")
SHARED = -1  # the source of a project that several pages print, and of a row that several tie


def cluster_changes(likelihood: Likelihood, params: Array, information: Array) -> tuple[Array, Array]:
    """Changes (N, k) of the estimate without each cluster, and the rows (N,) that it takes along."""
    data = likelihood.data
    scored = likelihood.scored(params, information)
    sums = gather(scored, information, data.n_nodes, True, data.useful_threads, data.resident)
    return deletion_steps(information, sums.nodes), sums.node_rows


def sole_sources(sources: Sequence[Sequence[str]]) -> tuple[list[str], Array]:
    """The pages by name, and for every project the number of the only page that prints it, or ``SHARED``."""
    names = sorted({name for own in sources for name in own})
    number = {name: place for place, name in enumerate(names)}
    sole = [number[own[0]] if len(own) == 1 else SHARED for own in (list(dict.fromkeys(s)) for s in sources)]
    return names, np.array(sole, dtype=np.int64)


def source_changes(
    likelihood: Likelihood, params: Array, information: Array, sole: Array, n_sources: int
) -> tuple[Array, Array]:
    """Changes (S, k) of the estimate without the rows that each source alone ties, and those rows (S,).

    ``sole`` (projects,) is the source of each project number, or ``SHARED``.
    """
    k = len(params)
    scores, removed = np.zeros((n_sources, k)), np.zeros((n_sources, k, k))
    rows = np.zeros(n_sources, dtype=np.int64)
    for load in likelihood.scored(params, information):
        shard = load()
        row, source = tied_by_one(shard.piece_rows, sole[shard.piece_projects])
        if not len(row):
            continue
        starts = sorted_starts(source)
        at = source[starts[:-1]]
        own, lost = shard.rows(row).sums(starts)
        scores[at] += own
        removed[at] += lost
        rows[at] += np.diff(starts)
    return Deletion(information).steps(scores, removed), rows


def tied_by_one(piece_rows: Array, sources: Array) -> tuple[Array, Array]:
    """Rows all of whose pieces have one and the same source (not ``SHARED``), with it, sorted by source."""
    order = np.lexsort((sources, piece_rows))
    row, source = piece_rows[order], sources[order]
    starts = sorted_starts(row)
    first, last = source[starts[:-1]], source[starts[1:] - 1]
    alone = (first == last) & (first != SHARED)
    row, source = row[starts[:-1]][alone], first[alone]
    by_source = np.argsort(source, kind="stable")
    return row[by_source], source[by_source]


def table(
    kind: str,
    left_out: Sequence[str],
    rows: Sequence[int] | Array,
    terms: Sequence[str],
    changes: Array,
    errors: Array,
) -> pd.DataFrame:
    """One line a group left out and term (``COLUMNS``); groups without rows and effects of clusters left out.

    changes (g, k), errors (k,) standard errors.
    """
    import pandas as pd

    shown = [place for place, term in enumerate(terms) if not term.startswith(PREFIX)]
    lines = [
        (
            *(kind, left_out[g], int(rows[g]), terms[k]),
            *(changes[g, k], errors[k], changes[g, k] / errors[k]),
        )
        for g in range(len(left_out))
        if rows[g]
        for k in shown
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def of_lists(record: Mapping[str, Any], errors: Array) -> pd.DataFrame:
    """The same of a list choice from the refits that its record holds; ``rows`` are lists."""
    import pandas as pd

    terms = [row["term"] for row in record["params"]]
    estimate = np.array([row["estimate"] for row in record["params"]])
    parts = []
    for kind in ("cluster", "source"):
        items = record["deletions"][kind]
        changes = np.array([item["estimates"] for item in items]).reshape(len(items), len(terms)) - estimate
        lost = [record["n"]["lists"] - item["lists"] for item in items]
        parts.append(table(kind, [item["left_out"] for item in items], lost, terms, changes, errors))
    return pd.concat(parts, ignore_index=True)
