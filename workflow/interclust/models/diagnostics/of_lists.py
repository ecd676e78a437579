"""The diagnostics of a list choice: from its record, and lists drawn from its law."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..lists.choice_sets import PairTable, choices
from ..lists.fit import MENTIONS
from ..run import ListTables, list_options
from . import conditioning, influence, list_laws, network
from .of_panel import standard_errors

if TYPE_CHECKING:
    from .diagnose import Diagnostics


def diagnose_lists(found: Diagnostics, folder: Path) -> None:
    """Fill in every table that a list choice has: it has no counts, and no residuals of rows.

    Conditioning is that of beta given the effects of bodies: from the inverse of its block of the inverse
    (penalised) information, which the prior of the effects has a part in.
    """
    record = found.record
    terms = [row["term"] for row in record["params"]]
    covariance = np.array(record["vcov"]["classical"]["matrix"])
    found.condition = {"weighted": conditioning.condition_number(np.linalg.inv(covariance))}
    found.inflation(conditioning.inflation(covariance, terms, "choice"))
    found.tables["influence"] = influence.of_lists(record, standard_errors(found))
    found.leave_out("no_count", "dispersion", "rootogram")
    found.leave_out("no_residuals", "dependence")
    if not found.settings["simulations"]:
        return found.leave_out("no_simulations", "network")
    found.network(_laws(found, folder), record["n"]["lists"])
    if record["alpha"] and list_options(record["spec"])["at_risk"] == "named":
        table = found.tables["network"]  # all bodies at risk are on a list by construction
        found.tables["network"] = table[table["statistic"] != network.BODIES]
    return None


def _laws(found: Diagnostics, folder: Path) -> list[list_laws.Lists]:
    """The law of the observed lists at the recorded estimate."""
    record, tables = found.record, ListTables.read(folder)
    values = {row["term"]: row["estimate"] for row in record["params"]}
    table = PairTable.from_frame(tables.pairs, record["spec"]["terms"])
    if MENTIONS in values:
        strength = dict(enumerate((values[MENTIONS] * np.log(tables.mentions + 0.5)).tolist()))
    else:
        number = {name: place for place, name in enumerate(tables.cluster_ids)}
        strength = {number[name]: value for name, value in record["alpha"].items()}
    observed = choices(tables.of_sets(record["spec"]), list_options(record["spec"])["dates"])
    return list_laws.of_choice(observed, table, np.array([values[term] for term in table.terms]), strength)
