"""The report's Markdown: one source, filled with numbers by key, tables and figures by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import (
    annex,
    cards,
    completion,
    curves,
    decoded,
    diagnostics,
    evidence,
    labels,
    ledger,
    pages,
    paper_tables,
    scoreboard,
    validation,
    visibility,
)
from .escape import markdown
from .figures import location_map
from .placing import Exhibits, Raw, ReportError
from .results import CONTACTS, MERGER

if TYPE_CHECKING:
    from .language import Language
    from .results import Results


class Numbers:
    """Numbers by key as texts of one language; a key that does not exist stops the report."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]], language: str) -> None:
        self.entries, self.language = entries, language

    def __call__(self, key: str) -> str:
        """The text of a number."""
        if key not in self.entries:
            raise ReportError(f"report/numbers.json has no {key!r}; the report's text asks for it")
        return str(self.entries[key][f"text_{self.language}"])

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def value(self, key: str) -> float:
        """The number itself, 0 where there is none: for choosing a sentence, never for printing."""
        return float(self.entries.get(key, {}).get("value") or 0)


def compose(
    results: Results, folder: Path, numbers: Mapping[str, Any], say: Language, page: str = "report"
) -> str:
    """The Markdown of a page (``PAGES``) in one language, ready for pandoc.

    ``folder`` holds ``tables/``; ``numbers`` is numbers.json. Raises ReportError for what is missing.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(say.source / "sections"),
        undefined=jinja2.StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 (finalize escapes for Markdown, not for HTML)
        keep_trailing_newline=True,
    )
    template, fill = PAGES[page]
    text = environment.get_template(template).render(fill(results, folder, numbers, say))
    return say.typography(text)


def _safe(value: object) -> object:
    return value if isinstance(value, Raw) else markdown(str(value))


def context(results: Results, folder: Path, numbers: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """What the source may use: words, numbers, exhibits and a few facts to choose sentences by."""
    parts = annex.parts(results, say)
    apart = tuple(name for part in parts for name in part.tables)
    exhibits = Exhibits(folder, say, apart)
    return {
        "en": say.code == "en",
        "n": Numbers(numbers, say.code),
        "say": say,
        "table": exhibits.table,
        "figure": exhibits.figure,
        "see": exhibits.see,
        "annex": parts,
        "in_annex": apart,
        "study": say.of(results.study.get("label")) or str(results.study.get("name", "")),
        "synthetic": results.synthetic,
        "incomplete": results.incomplete,
        "headline": results.headline,
        "named_only": named_only(results),
        "ratios": [_ratio(item, results, say) for item in _headline(results)],
        "models": [_model(name, results, say) for name in results.fitted],
        "not_fitted": [_model(name, results, say) for name in results.not_fitted],
        "tested": scoreboard.by_verdict(results, say),
        "untested": any(
            verdict == scoreboard.NOT_TESTABLE for verdict, _ in scoreboard.hypotheses(results).values()
        ),
        "variable_tables": annex.variables(results),
        "regression_tables": annex.regressions(results),
        "model_curves": [_model_curve(name, results, say) for name in pages.curve_figures(results.study)],
        "curves": [_curve(name, results, say) for name in results.study.get("curves") or {}],
        "diagnosed": diagnostics.shown(results),
        "has_sensitivity": bool(results.sensitivity),
        "has_permutations": bool(results.permuted),
        "has_truth": bool(results.truth),
        "visibility": visibility.sentences(results, say),
        "has_mergers": any(results.outcome(name) == MERGER for name in results.fitted),
        "has_contacts": any(results.outcome(name) in CONTACTS for name in results.fitted),
        "has_validation": bool(validation.asked(results)),
        "has_hypotheses": bool(results.hypotheses),
        "planned": completion.shown(results, say),
        "patterns": ledger.named(results, say),
        "windows": [
            {"place": str(place), "label": decoded.span(str(window.get("label", "")))}
            for place, window in enumerate(results.ingest.get("windows") or [])
            if window.get("visibility") is not None
        ],
        "network_part": network_part(results, say),
        "has_map": results.placed,
        "map_notes": location_map.notes(results, say) if results.placed else [],
        "rates_part": say("captions.lists_by_call_rates") if results.incomplete else "",
        "ratios_part": say("captions.tested_only") if evidence.selected(results) else "",
    }


def cards_context(
    results: Results, folder: Path, numbers: Mapping[str, Any], say: Language
) -> dict[str, Any]:
    """What the page of identification cards may use."""
    exhibits = Exhibits(folder, say)
    return {
        "en": say.code == "en",
        "n": Numbers(numbers, say.code),
        "table": exhibits.table,
        "figure": exhibits.figure,
        "hypotheses": cards.hypotheses(results, say),
        "any_test": any(test["power"] for card in cards.read(results) for test in card["tests"]),
        "untested_part": cards.untested(results, say),
        "patterns": ledger.named(results, say),
        "ledger_tables": [table.name for table in ledger.tables(results, say)],
        "paper_tables": [table.name for table in paper_tables.tables(results, say)],
    }


def explorer_context(
    results: Results, folder: Path, numbers: Mapping[str, Any], say: Language
) -> dict[str, Any]:
    """What the text above the interactive page may use."""
    records = {"synthetic": results.synthetic, "incomplete": results.incomplete}
    return {"en": say.code == "en", "n": Numbers(numbers, say.code), **records}


PAGES: Mapping[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "report": ("report.md", context),
    "hypotheses": ("cards.md", cards_context),
    "explorer": ("explorer.md", explorer_context),
}


def named_only(results: Results) -> bool:
    """Whether the headline compares only the clusters that some list names."""
    spec = results.fits.get(results.headline or "", {}).get("spec") or {}
    return spec.get("at_risk", "named") == "named" and spec.get("alpha", "free") == "free"


def _headline(results: Results) -> list[evidence.Ratio]:
    return evidence.ratios(results, results.headline) if results.headline else []


def _ratio(item: evidence.Ratio, results: Results, say: Language) -> dict[str, Any]:
    key = f"{item.model}.{item.term}"
    label = labels.term(item.term, results, say)
    return {
        "key": key,
        "label": label,
        "inline": labels.lower_first(label),
        "firm": item.clear,
        "more": item.estimate > 1,
        "tipping": item.tipping is not None and item.tipping_low is not None,
        "detectable": item.detectable is not None,
    }


def _model(name: str, results: Results, say: Language) -> dict[str, Any]:
    fit = results.fits[name]
    return {
        "name": name,
        "label": labels.model(name, results, say),
        "outcome": results.outcome(name),
        "choice": results.outcome(name) == "list_choice",
        "reason": labels.not_fitted(str(fit.get("reason") or ""), say),
    }


def _curve(name: str, results: Results, say: Language) -> dict[str, Any]:
    """A specification curve: its terms with the keys of their numbers, and what was refused."""
    found = [
        {"key": f"curve.{name}.{curve.term}", "label": labels.term(curve.term, results, say)}
        for curve in curves.curves(results, name)
    ]
    why = [
        {"key": f"curve.{name}.refused.{place}", "reason": labels.not_fitted(reason, say)}
        for place, (reason, _) in enumerate(curves.refused(results, name))
    ]
    label = say.of(curves.spec_of(results, name)["label"])
    return {"figure": f"specification_curve--{name}", "label": label, "terms": found, "refused": why}


def _model_curve(name: str, results: Results, say: Language) -> dict[str, str]:
    """A figure of curves with the label of its model, as a sentence for the caption."""
    model = labels.model(name.partition("--")[2], results, say)
    return {"figure": name, "of": say("captions.of_model", model=model)}


def network_part(results: Results, say: Language) -> str:
    """A sentence for the caption where only the strongest pairs are drawn."""
    from .figures.network import read

    network = read(results)
    if len(network.edges) == network.n_pairs:
        return ""
    return say(
        "captions.network_part",
        least=say.number(network.least, "count"),
        shown=say.number(len(network.edges), "count"),
        all=say.number(network.n_pairs, "count"),
    )
