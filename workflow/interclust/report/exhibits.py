"""The exhibits of a report: which rule makes each, from which models, and the list of them with hashes."""

from __future__ import annotations

import csv
import io as text_io
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from .. import io
from .pages import regression_pages
from .provenance import provenance, sha256
from .results import Results
from .validation import asked

MADE_BY = {
    "figures": "draw_figures",
    "explorer": "build_explorer",
    **dict.fromkeys(("tables", "numbers", "network"), "write_tables"),
}
OF_HEADLINE = ("tipping", "sensitivity")
OF_VALIDATED = ("validation", "calibration")
OF_ALL_MODELS = (
    *(
        "coefficients",
        "models",
        "power",
        "descriptives",
        "correlations",
        "hypotheses",
        "cards",
        "truth",
        "truth_vs_estimate",
        "report",
    ),
    *("diagnostics", "rootogram", "network_fit", "paper_table"),
)
CURVE = "specification_curve"
OF_ONE = ("predicted_curves", "slopes")
PAGES = ("report", "hypotheses", "explorer")
KINDS = {"figures": "figure", "tables": "table", "network.graphml": "file", "network.gexf": "file"}


@dataclass(frozen=True)
class Exhibit:
    """A table, figure, number file, page or network: the models it shows, who made it, and its file."""

    exhibit: str
    model: str
    rule: str
    script: str
    file: str


def write_provenance(study: str | Path, files: Iterable[str], raw: Iterable[str], root: str | Path) -> None:
    """Write ``report/exhibits.csv`` (``files`` are its exhibits) and ``provenance.json``."""
    results = Results(study)
    folder = results.folder / "report"
    inside = sorted(Path(file).relative_to(folder) for file in files)
    write_list([describe(results, file) for file in inside], folder)
    io.write_json(provenance(results.study, raw, root), results.folder / "provenance.json")


def describe(results: Results, file: Path) -> Exhibit:
    """What a file below ``report/`` is."""
    name = file.name.split(".")[0]
    sort, _, curve = name.partition("--")
    rule = MADE_BY.get(file.parts[0], MADE_BY.get(name, "render_report"))
    kind = KINDS.get(file.parts[0], "page" if name in PAGES else "text")
    model = ""
    if name in OF_HEADLINE:
        model = results.headline or ""
    elif sort == CURVE:
        model = str(results.study["curves"][curve]["model"])
    elif sort in OF_ONE:
        model = curve
    elif sort == "regression":
        model = " ".join(own for own in regression_pages(results.models)[name] if own in results.fitted)
    elif name in OF_VALIDATED:
        model = " ".join(asked(results))
    elif name == "permutations":
        model = " ".join(results.permuted)
    elif sort.startswith("completion"):
        model = " ".join(results.study["planner"]["models"])
    elif name == "visibility":
        model = " ".join(own for own in results.fitted if results.models[own].get("visibility"))
    elif sort in OF_ALL_MODELS:
        model = " ".join(results.fitted)
    return Exhibit(f"{kind} {name}", model, rule, f"workflow/scripts/{rule}.py", file.as_posix())


def write_list(exhibits: Iterable[Exhibit], folder: Path) -> None:
    """Write exhibit, model, rule, script, file and SHA-256, one line a file."""
    stream = text_io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["exhibit", "model", "rule", "script", "file", "sha256"])
    for item in exhibits:
        writer.writerow([*astuple(item), sha256(folder / item.file)])
    io.write_text(stream.getvalue(), folder / "exhibits.csv")
