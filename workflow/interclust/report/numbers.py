"""Every number that the text quotes, by key, with the file and the place it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import completion, curves, evidence, ledger, measured, scoreboard
from .escape import latex
from .figures.network import shared_lists
from .numerals import NUMERALS
from .truth import joined

if TYPE_CHECKING:
    from .results import Results, Row

LEVEL, POWER = 0.95, 0.80
Entry = dict[str, Any]


@dataclass
class Collector:
    """Entries by key: {value, text_en, text_fr, file, path}."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def add(self, key: str, value: Any, kind: str, file: str, path: str) -> None:
        """Add a number of a kind (``numerals.KINDS``); what is missing is left out."""
        if value is None or value != value:
            return
        texts = {f"text_{code}": numerals.of(value, kind) for code, numerals in NUMERALS.items()}
        value = float(value) if kind not in ("count", "plain") else int(value)
        shown = None if value in (float("inf"), float("-inf")) else value
        self.entries[key] = {"value": shown, **texts, "file": file, "path": path}


def collect(results: Results) -> dict[str, Entry]:
    """All numbers of the report's text; keys are dotted, sorted."""
    numbers = Collector()
    numbers.add("level", LEVEL, "share", "study.json", "convention: level of intervals")
    numbers.add("power", POWER, "share", "study.json", "convention: power of detectable ratios")
    _records(results, numbers)
    _lists(results, numbers)
    _periods(results, numbers)
    _bodies(results, numbers)
    _network(results, numbers)
    for name in results.fits:
        _fit(results, name, numbers)
    for name in results.fitted:
        _ratios(results, name, numbers)
    _hypotheses(results, numbers)
    ledger.add_numbers(results, numbers)
    completion.add_numbers(results, numbers)
    _truth(results, numbers)
    measured.add_numbers(numbers)
    for name in results.study.get("curves") or {}:
        _curve(results, name, numbers)
    return dict(sorted(numbers.entries.items()))


def _records(results: Results, numbers: Collector) -> None:
    file = "ingest/ingest.json"
    for name in ("read", "accepted", "quarantined"):
        numbers.add(
            f"records.{name}", results.ingest.get("rows", {}).get(name), "count", file, f"/rows/{name}"
        )
    for status, count in (results.ingest.get("by_list_status") or {}).items():
        numbers.add(f"records.status.{status}", count, "count", file, f"/by_list_status/{status}")
    for place, window in enumerate(results.ingest.get("windows") or []):
        for name in ("n_lists", "n_colabelled", "n_records", "n_financed"):
            numbers.add(f"window.{place}.{name}", window.get(name), "count", file, f"/windows/{place}/{name}")
        numbers.add(
            f"window.{place}.visibility",
            window.get("visibility"),
            "share",
            file,
            f"/windows/{place}/visibility",
        )
    bodies = results.table("ingest", "projects")["n_clusters"]
    for key, least in (("any", 1), ("two", 2)):
        path = f"rows with n_clusters >= {least}"
        numbers.add(f"records.{key}", int((bodies >= least).sum()), "count", "ingest/projects.parquet", path)
    single = int((bodies == 1).sum())
    numbers.add("records.single", single, "count", "ingest/projects.parquet", "rows with n_clusters == 1")


def _lists(results: Results, numbers: Collector) -> None:
    lists = results.table("panel", "lists")
    file = "panel/lists.parquet"
    core = lists[lists["set"].isin(["strict", "joint"])]
    numbers.add("lists.core", len(core), "count", file, "rows with set in (strict, joint)")
    numbers.add("lists.broad", int((lists["set"] == "broad").sum()), "count", file, "rows with set == broad")
    members = {member for own in lists["members"] for member in own}
    numbers.add("lists.clusters", len(members), "count", file, "distinct members")
    pairs, shared = shared_lists(lists["members"])
    numbers.add("pairs.listed", len(pairs), "count", file, "distinct pairs of members")
    repeated = int((shared > 1).sum())
    numbers.add("pairs.repeated", repeated, "count", file, "distinct pairs on two lists or more")
    dyads = results.table("panel", "dyads")
    tied = int((dyads["n_projects"] > 0).sum())
    numbers.add("pairs.dated", tied, "count", "panel/dyads.parquet", "rows with n_projects > 0")
    numbers.add(
        "clusters.all", len(results.table("ingest", "clusters")), "count", "ingest/clusters.parquet", "rows"
    )


def _bodies(results: Results, numbers: Collector) -> None:
    """Bodies that were active, and those among them that the headline leaves out."""
    active = next((step["kept"] for step in results.flow if step["step"] == "bodies_active"), None)
    numbers.add("bodies.active", active, "count", "panel/flow.json", "step bodies_active, kept")
    if active is not None and results.headline:
        listed = (results.fits[results.headline].get("n") or {}).get("clusters", 0)
        path = f"step bodies_active, kept, less n.clusters of models/{results.headline}/fit.json"
        numbers.add("bodies.unlisted", active - listed, "count", "panel/flow.json", path)


def _network(results: Results, numbers: Collector) -> None:
    """Triangles of the network so far, in the last period, and how many of them one list makes."""
    file = "panel/describe/network.csv"
    rows = [item for item in results.rows(file) if item["scope"] == "cumulative"]
    for name, kind in (("triangles", "count"), ("share_of_one_list", "share")):
        text = rows[-1][name] if rows else None
        value = None if text is None else float(text)
        numbers.add(f"network.{name}", value, kind, file, f"last row with scope == cumulative, {name}")


def _periods(results: Results, numbers: Collector) -> None:
    periods = results.table("ingest", "periods")
    file = "ingest/periods.parquet"
    numbers.add("periods.count", len(periods), "count", file, "rows")
    numbers.add("periods.first", periods["period"].min(), "plain", file, "min(period)")
    numbers.add("periods.last", periods["period"].max(), "plain", file, "max(period)")
    known = periods[periods["n_financed_low"].notna()]
    if len(known):
        low, high = int(known["n_financed_low"].sum()), int(known["n_financed_high"].sum())
        numbers.add("financed.low", low, "count", file, "sum(n_financed_low)")
        numbers.add("financed.high", high, "count", file, "sum(n_financed_high)")
        rate = float(known["n_records"].sum()) / ((low + high) / 2)
        numbers.add(
            "financed.record_rate", rate, "share", file, "sum(n_records) / sum(n_financed), same periods"
        )
    seen = periods[periods["visibility"].notna()]["visibility"].astype(float)
    if len(seen):
        numbers.add("visibility.low", seen.min(), "share", file, "min(visibility)")
        numbers.add("visibility.high", seen.max(), "share", file, "max(visibility)")
        numbers.add("visibility.periods", len(seen), "count", file, "rows with visibility")


def _fit(results: Results, name: str, numbers: Collector) -> None:
    fit, file = results.fits[name], f"models/{name}/fit.json"
    for key, value in (fit.get("n") or {}).items():
        if isinstance(value, (int, float)):
            numbers.add(f"{name}.n.{key}", value, "count", file, f"/n/{key}")
    numbers.add(f"{name}.loglik", fit.get("loglik"), "likelihood", file, "/loglik")


def _ratios(results: Results, name: str, numbers: Collector) -> None:
    file = f"effects/{name}.csv"
    found = evidence.ratios(results, name)
    for item in found:
        key = f"{name}.{item.term}"
        own = f"effect_id={item.effect_id}"
        numbers.add(f"{key}.ratio", item.estimate, "ratio", file, f"{own}/estimate")
        numbers.add(f"{key}.low", item.low, "ratio", file, f"{own}/conf_low")
        numbers.add(f"{key}.high", item.high, "ratio", file, f"{own}/conf_high")
        numbers.add(f"{key}.p", item.p_value, "p_value", file, f"{own}/p_value")
        for kind in ("tipping", "tipping_low", "detectable"):
            path = f"kind={kind.removesuffix('_low')},term={item.term}"
            numbers.add(f"{key}.{kind}", getattr(item, kind), "ratio", file, path)
    known = [item.detectable for item in found if item.detectable is not None]
    if known:
        numbers.add(f"{name}.detectable.low", min(known), "ratio", file, "min(estimate) of kind=detectable")
        numbers.add(f"{name}.detectable.high", max(known), "ratio", file, "max(estimate) of kind=detectable")


def _curve(results: Results, name: str, numbers: Collector) -> None:
    file = f"models/curves/{name}.csv"
    for curve in curves.curves(results, name):
        key, what = f"curve.{name}.{curve.term}", f"term {curve.term}, fitted"
        numbers.add(f"{key}.n", len(curve.rows), "count", file, what)
        numbers.add(f"{key}.above", curve.above, "count", file, f"{what}, ratio above 1")
        numbers.add(f"{key}.clear", curve.clear, "count", file, f"{what}, interval without 1")
        numbers.add(f"{key}.median", curve.middle, "ratio", file, f"{what}, median of ratio")
        for place, end in ((0, "low"), (-1, "high")):
            numbers.add(f"{key}.{end}", curve.rows[place]["ratio"], "ratio", file, f"{what}, {end}est ratio")
    for place, (reason, count) in enumerate(curves.refused(results, name)):
        numbers.add(f"curve.{name}.refused.{place}", count, "count", file, f"reason {reason}")


def _hypotheses(results: Results, numbers: Collector) -> None:
    file = "effects/scoreboard.csv" if results.scoreboard else "effects/hypotheses.csv"
    whole = scoreboard.hypotheses(results)
    if not whole:
        return
    verdicts = [verdict for verdict, _ in whole.values()]
    numbers.add("hypotheses.all", len(whole), "count", file, "hypotheses")
    tested = sum(verdict != scoreboard.NOT_TESTABLE for verdict in verdicts)
    numbers.add("hypotheses.testable", tested, "count", file, "hypotheses with a test made")
    for verdict in ("supported", "contradicted", "undecided", scoreboard.NOT_TESTABLE):
        key = f"hypotheses.{verdict.replace(' ', '_')}"
        numbers.add(key, verdicts.count(verdict), "count", file, f"hypotheses with verdict {verdict}")
    for label in "abcd":
        count = sum(
            verdict == scoreboard.NOT_TESTABLE and label in labels.split(", ")
            for verdict, labels in whole.values()
        )
        numbers.add(f"hypotheses.class.{label}", count, "count", file, f"not testable, class {label}")


def _truth(results: Results, numbers: Collector) -> None:
    names = dict.fromkeys(str(row["model"]) for row in results.truth)
    known: list[Row] = [row for name in names for row in joined(results, name) if row["inside"] is not None]
    if known:
        file = "effects/truth.csv"
        numbers.add("truth.terms", len(known), "count", file, "terms with a truth and an interval")
        inside = sum(bool(row["inside"]) for row in known)
        numbers.add("truth.inside", inside, "count", file, "of which the interval holds the truth")


def to_tex(entries: dict[str, Entry], language: str = "en") -> str:
    r"""Macros for a manuscript: ``\interclust{records.read}`` prints the number of that key."""
    lines = [r"\providecommand{\interclust}[1]{\csname interclust@#1\endcsname}"]
    for key, entry in entries.items():
        safe = re.sub(r"[^A-Za-z0-9_.:-]", "-", key)
        text = latex(str(entry[f"text_{language}"]))
        lines.append(rf"\expandafter\def\csname interclust@{safe}\endcsname{{{text}}}")
    return "\n".join(lines) + "\n"
