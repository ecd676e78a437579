"""A small results folder made by hand: what the report reads, and nothing computed."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pandas as pd

from interclust.contracts import CONTRACTS
from interclust.io import write_csv, write_json
from report_fixture_models import write_hypotheses, write_models

HOSTILE = (
    "<script>alert(1)</script>",
    r"\input{/etc/passwd}",
    "# Heading #",
    '=cmd("calc")',
    "מועדון ערים",
    "Very " + "long " * 60,
    "a | b & c_d $e$ {f} ~g~ ^h^ [i](j) `k` *l* @m %n \"o\" 'p'",
    '#read("secret")',
)
NAMES = (
    *("Aerospace Valley", "Axelera", "Cap Digital", "Capenergies", "Elastopôle", "EMC2", "I-Trans"),
    *("Images et Réseaux", "Mer Bretagne", "Mer Méditerranée", "Minalogic", "Mov'eo", "Optitec"),
    *("Plastipolis", "Qualiméditerranée", "SCS", "Systematic", "Techtera", "Tenerrdis", "Trimatec"),
    *("Valorial", "Vegepolys", "TES (Transactions électroniques sécurisées)", "Lyonbiopôle"),
)
SECTORS = ("TIC", "Énergie", "Chimie-matériaux", "Transports", "Agroalimentaire", None)
PERIODS = 25
UNKNOWN = (22, 25)  # periods of which the number financed is not known
LABELS = {
    "list_choice": ("list_choice", "Partner choice in printed lists", "Choix des partenaires"),
    "emergence_firth": ("emergence", "First recorded tie (Firth)", "Premier lien relevé (Firth)"),
    "emergence_moderated": ("emergence", "First tie (cloglog)", "Premier lien (cloglog)"),
    "recurrence_core": ("recurrence", "Recurrence (logit)", "Récurrence (logit)"),
}
FEATURES = {
    "same_sector": ("same sector", "même secteur"),
    "same_region": ("region in common", "région en commun"),
    "tech_market_complementarity": ("technology meets market", "technologie et marché"),
    "both_development": ("both in development", "tous deux en développement"),
    "thematic_similarity": ("closeness in theme", "proximité thématique"),
    "unused": ("in no model", "dans aucun modèle"),
}


def write_study(folder: Path, *, synthetic: bool = False, hostile: bool = False) -> Path:
    """Write a study below ``folder``: incomplete records, or complete ones of known truth."""
    study = _study(synthetic, hostile)
    write_json(study, folder / "study.json")
    _write_ingest(folder, (*HOSTILE, *NAMES[len(HOSTILE) :]) if hostile else NAMES, synthetic)
    _write_panel(folder)
    _write_features(folder)
    write_models(folder, list(study["models"]), synthetic)
    write_hypotheses(folder, synthetic)
    return folder


def lists(count: int = 36) -> list[tuple[int, ...]]:
    """Members of the lists: two to four clusters, spread in a fixed way."""
    found = []
    for number in range(count):
        start, step = (number * 7) % len(NAMES), number % 5 + 1
        found.append(tuple(sorted({(start + step * place) % len(NAMES) for place in range(2 + number % 3)})))
    return found


def _study(synthetic: bool, hostile: bool) -> dict[str, Any]:
    label = {"en": "FUI, press records", "fr": "FUI, relevé de presse"}
    if hostile:
        label = {"en": HOSTILE[0] + HOSTILE[1], "fr": HOSTILE[0] + HOSTILE[2]}
    names = ["emergence_moderated", "recurrence_core"]
    if not synthetic:
        names = ["list_choice", "emergence_firth", "recurrence_core"]
    study = {
        "name": "fixture",
        "label": label,
        "panel": {"unit": "call"},
        "seed": 1,
        "records": "complete" if synthetic else "incomplete",
        "models": {name: _spec(name) for name in names},
        "hypotheses": {f"H{number}": _claim(number) for number in range(1, 21)},
    }
    return study | ({"simulate": {"source": "data/raw"}} if synthetic else {})


def _spec(name: str) -> dict[str, Any]:
    outcome, english, french = LABELS[name]
    covariance = "cluster_jackknife" if outcome == "list_choice" else "dyadic_jackknife"
    spec = {"label": {"en": english, "fr": french}, "outcome": outcome, "covariance": covariance}
    return spec | ({"permutations": {"within": "cohort"}} if name == "emergence_moderated" else {})


def _claim(number: int) -> dict[str, Any]:
    claim = {
        "en": f"Clusters turn to their territory rather than to their theme ({number}).",
        "fr": f"Un cluster se tourne vers son territoire plutôt que vers son thème ({number}).",
    }
    return {"section": "3.1", "title": claim, "claim": claim, "remedy": {"en": "Lists.", "fr": "Des listes."}}


def _write_ingest(folder: Path, names: tuple[str, ...], synthetic: bool) -> None:
    window = {"label": "2006-2009", "n_colabelled": 448, "n_financed": 794, "n_lists": 6, "n_records": 54}
    summary = {
        "rows": {"read": 90, "accepted": 89, "quarantined": 1},
        "by_list_status": {"complete": 90} if synthetic else {"lower_bound": 40, "unknown": 40, "none": 10},
        "windows": [window | {"record_rate": 0.068, "visibility": 0.0134}],
    }
    write_json(summary, folder / "ingest/ingest.json")
    _write("ingest/clusters", folder, [_cluster(number, name) for number, name in enumerate(names)])
    members = [*lists(), *[(0,)] * 40, *[()] * 10]
    projects = [_project(number, len(own)) for number, own in enumerate(members)]
    _write("ingest/projects", folder, projects)
    named = [(project, f"c{own:02d}") for project, row in enumerate(members) for own in row]
    _write("ingest/memberships", folder, [_membership(project, own) for project, own in named])
    _write("ingest/periods", folder, [_period(period, projects) for period in range(1, PERIODS + 1)])


def _cluster(number: int, name: str) -> dict[str, Any]:
    return {
        "cluster_id": f"c{number:02d}",
        "name": name,
        "kind": "pole",
        "active_from": pd.Timestamp("2005-07-12"),
        "active_from_basis": "stated",
        "start_basis": "label",
        "sector": SECTORS[number % len(SECTORS)],
        "keywords": [],
    }


def _project(number: int, n_clusters: int) -> dict[str, Any]:
    return {
        "project_id": f"projects:{number:03d}",
        "line": number,
        "period": 1 + number % PERIODS,
        "period_basis": "stated",
        "list_status": "lower_bound",
        "n_named": n_clusters,
        "n_clusters": n_clusters,
        "sources": ["s1"],
    }


def _membership(project: int, cluster_id: str) -> dict[str, Any]:
    return {
        "project_id": f"projects:{project:03d}",
        "cluster_id": cluster_id,
        "role": "unknown",
        "printed": [cluster_id],
        "method": "exact",
        "score": 100.0,
    }


def _period(period: int, projects: list[dict[str, Any]]) -> dict[str, Any]:
    own = [project for project in projects if project["period"] == period]
    n_lists = sum(project["n_clusters"] > 1 for project in own)
    financed = None if period in UNKNOWN else 60 + period
    return {
        "period": period,
        "label": f"call {period}",
        "reference": pd.Timestamp(2005 + period // 2, 1 + 6 * (period % 2), 15),
        "reference_basis": "closing",
        "n_financed_low": financed,
        "n_financed_high": financed + 2 * (period == 3) if financed else None,
        "n_records": len(own),
        "n_lists": n_lists,
        "record_rate": len(own) / financed if financed else None,
        "visibility": n_lists / 43 if period == 23 else None,
    }


def _write_panel(folder: Path) -> None:
    found = lists()
    _write("panel/lists", folder, [_list(number, members) for number, members in enumerate(found)])
    tied: dict[tuple[int, int], list[int]] = {}
    for number, members in enumerate(found):
        for pair in itertools.combinations(members, 2):
            tied.setdefault(pair, []).append(number)
    _write("panel/dyads", folder, [_dyad(pair, own) for pair, own in sorted(tied.items())])
    rows = [
        {"period": 1 + own % PERIODS, "cluster_i": i, "cluster_j": j, "project_id": f"projects:{own:03d}"}
        for (i, j), numbers in sorted(tied.items())
        for own in numbers
    ]
    _write("panel/row_projects", folder, rows)
    one = "one body is named, which says nothing about others"
    flow = [
        ("projects_recorded", "projects", 90, 0, ""),
        ("projects_with_two_bodies", "projects", 36, 54, one),
        ("lists", "lists", 36, 0, ""),
        ("bodies_active", "bodies", 30, 0, ""),
    ]
    keys = ("step", "unit", "kept", "left", "why")
    write_json([dict(zip(keys, step, strict=True)) for step in flow], folder / "panel/flow.json")
    _write_described(folder)


def _write_described(folder: Path) -> None:
    """The network of four periods, the second without ties, and the transitions of two."""
    measures = {"density": 0.02, "centralisation": 0.08, "transitivity": 0.4, "share_largest": 0.9}
    measures |= {"transitivity_of_lists": 0.25, "share_of_one_list": 0.9}
    network = [
        {"scope": scope, "period": period, "bodies": 24, "bodies_tied": 6, "components": 2, "triangles": 22}
        | {"ties": 0 if (scope, period) == ("period", 2) else 5 * period}
        | (measures if period > 1 else {})
        for scope in ("period", "cumulative")
        for period in range(1, 5)
    ]
    write_csv(pd.DataFrame(network), folder / "panel/describe/network.csv")
    keys = ("outcome", "by", "level", "at_risk", "events", "rate")
    rows = [
        ("emergence", "all", None, 3000, 12, 0.004),
        *(("emergence", "period", str(period), 600, 12 * (period == 9), 0.02) for period in (2, 9, 10)),
        ("recurrence", "all", None, 90, 5, 0.056),
        ("recurrence", "period", "10", 90, 5, 0.056),
        *(("recurrence", "prior_projects", level, 30, 1, 0.033) for level in ("1", "4+")),
    ]
    table = pd.DataFrame([dict(zip(keys, row, strict=True)) for row in rows])
    write_csv(table, folder / "panel/describe/transitions.csv")


def _list(number: int, members: tuple[int, ...]) -> dict[str, Any]:
    period = 1 + number % PERIODS
    return {
        "list_id": f"l{number:02d}",
        "project_ids": [f"projects:{number:03d}"],
        "members": list(members),
        "m": len(members),
        "period": period,
        "period_low": period,
        "period_high": period,
        "source_ids": [f"s{number % 9}"],
        "set": "strict",
    }


def _dyad(pair: tuple[int, int], own: list[int]) -> dict[str, Any]:
    return {
        "cluster_i": pair[0],
        "cluster_j": pair[1],
        "n_projects": len(own),
        "tie_class": "single" if len(own) == 1 else "repeated",
        "first": 1 + own[0] % PERIODS,
        "last": 1 + own[-1] % PERIODS,
        "project_ids": [f"projects:{number:03d}" for number in own],
    }


def _write_features(folder: Path) -> None:
    texts = {
        "unit": ("flag", "oui ou non"),
        "definition": ("one where both have it, else zero", "un quand les deux l'ont, sinon zéro"),
        "date_rule": ("timeless", "sans date"),
        "missing_rule": ("missing where a member has none", "manquant quand un membre n'en a pas"),
    }
    rows = []
    for name, label in FEATURES.items():
        columns = {"label": label, **texts}
        english = {f"{column}_en": both[0] for column, both in columns.items()}
        rows.append(
            {"name": name, **english, **{f"{column}_fr": both[1] for column, both in columns.items()}}
        )
    write_csv(pd.DataFrame(rows), folder / "features/dictionary.csv")


def _write(name: str, folder: Path, rows: list[dict[str, Any]]) -> None:
    contract = CONTRACTS[name]
    contract.write(contract.frame(rows), folder / f"{name}.parquet")
