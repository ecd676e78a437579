# Which figures and tables a study's report shows, and the files they come in. No rules here.
from snakemake.io import report as in_report

from interclust.report import pages

REPORT_SOURCE = ROOT / "workflow" / "report"
WORDS = local([str(REPORT_SOURCE / f"words.{language}.yaml") for language in ("en", "fr")])
MEASURED = local([str(REPORT_SOURCE / "measured" / f"{name}.csv") for name in ("coverage", "press")])
OUTLINES = local(sorted(str(path) for path in (REPORT_SOURCE / "outlines").glob("*.json")))
OF_EXPLORER = ("explorer", "outlines")  # folders of the source that the report itself does not read


def report_source():
    """The files that the report is rendered from."""
    found = [path for path in REPORT_SOURCE.rglob("*") if path.is_file()]
    return local(sorted(str(path) for path in found if path.parent.name not in OF_EXPLORER))


def explorer_source():
    """The files that the interactive page is made from."""
    own = [path for path in (REPORT_SOURCE / "explorer").iterdir() if path.is_file()]
    says = sorted((REPORT_SOURCE / "sections").glob("says*.md"))
    return local(sorted(str(path) for path in [*own, *says, REPORT_SOURCE / "sections" / "explorer.md"]))


def has_choice(study):
    """Whether a study asks with whom: then it shows what would undo the answer."""
    return has_outcome(study, "list_choice")


def has_counts(study):
    """Whether a study has a model of counts: then it shows how they spread."""
    counts = ("poisson", "negbin", "zip", "zinb", "hurdle_poisson", "hurdle_negbin")
    return any(spec.get("family") in counts for spec in STUDIES[study]["models"].values())


def has_law_of_lists(study):
    """Whether a study has a model that says which lists are likely: one of lists, or of all pairs."""
    specs = STUDIES[study]["models"].values()
    own = ("merger", "contact", "idea")  # rows of their own, not every pair of active bodies
    pairs = [spec for spec in specs if not spec.get("sample") and spec["outcome"] not in own]
    return has_choice(study) or bool(pairs)


def has_validation(study):
    """Whether forecasts of a study's models are judged."""
    return any(spec.get("validation") is not None for spec in STUDIES[study]["models"].values())


def has_places(study):
    """Whether a study's registry has the coordinates of head offices."""
    columns = STUDIES[study]["ingest"].get("clusters", {}).get("columns", {})
    return {"lat", "lon"} <= set(columns)


def completion_exhibits(study):
    """The tables of a study's completion plan: of list choices, of panel models."""
    planner, models = STUDIES[study]["planner"], STUDIES[study]["models"]
    kinds = {models[name]["outcome"] == "list_choice" for name in planner["models"]}
    panels = False in kinds or planner.get("measured")
    return [*(["completion"] if True in kinds else []), *(["completion_panels"] if panels else [])]


def figure_names(study):
    """The figures of a study."""
    names = ["lists_by_call", "network", "coefficients", "coverage"]
    names += ["map"] if has_places(study) else []
    names += ["tipping", "sensitivity"] if has_choice(study) else []
    names += [f"specification_curve--{curve}" for curve in STUDIES[study]["curves"]]
    names += pages.curve_figures(STUDIES[study])
    names += ["power"] if STUDIES[study]["hypotheses"] else []
    names += ["rootogram"] if has_counts(study) else []
    names += ["network_fit"] if has_law_of_lists(study) else []
    names += ["calibration"] if has_validation(study) else []
    names += ["completion"] if "completion" in completion_exhibits(study) else []
    return names + (["truth_vs_estimate"] if "simulate" in STUDIES[study] else [])


def table_names(study):
    """The tables of a study."""
    names = [
        "flow",
        "calls",
        "network",
        "transitions",
        *pages.variable_tables(STUDIES[study]["models"]),
        *pages.regression_pages(STUDIES[study]["models"]),
        "models",
        "hypotheses",
        "validity",
        "dictionary",
        "provenance",
    ]
    names += ["cards"] if STUDIES[study]["hypotheses"] else []
    names += ["sensitivity"] if has_choice(study) else []
    names += ["diagnostics"] if STUDIES[study]["models"] else []
    names += ["network_fit"] if has_law_of_lists(study) else []
    names += (
        ["permutations"]
        if any(spec.get("permutations") for spec in STUDIES[study]["models"].values())
        else []
    )
    names += ["visibility"] if profiled_models(study) else []
    names += ["validation"] if has_validation(study) else []
    names += completion_exhibits(study)
    names += ledger_tables(study)
    return names + (["truth"] if "simulate" in STUDIES[study] else [])


def own_rows(study):
    """The rows of a study's models that are not those of the panel, which its table of variables describes."""
    names = [
        *(["mergers"] if has_outcome(study, "merger") else []),
        *(["contacts"] if has_contacts(study) else []),
    ]
    return [f"results/{study}/features/{name}.parquet" for name in names]


def ledger_tables(study):
    """The tables of a study's ledger: patterns, the agreement of two coders where there are two, a paper's own."""
    ledger = STUDIES[study].get("ledger", {})
    names = ["ledger_patterns", "ledger_rows"] if ledger.get("patterns") else []
    names += ["ledger_agreement", "ledger_disagreements"] if has_second_coder(study) else []
    return names + [f"paper_table--{name}" for name in ledger.get("tables", {})]


def has_second_coder(study):
    """Whether a study's ledger was coded twice."""
    return "ledger" in STUDIES[study] and "second_relations" in STUDIES[study]["ingest"]


def figure_files(study):
    """The files of a study's figures, in its languages."""
    return collect(
        "results/{study}/report/figures/{name}.{language}.{kind}",
        study=study,
        name=figure_names(study),
        language=STUDIES[study]["report"]["languages"],
        kind=["svg", "pdf", "png"],
    )


def table_files(study):
    """The files of a study's tables, in its languages."""
    return collect(
        "results/{study}/report/tables/{name}.{language}.{kind}",
        study=study,
        name=table_names(study),
        language=STUDIES[study]["report"]["languages"],
        kind=["html", "tex", "typ"],
    )


def value_files(study):
    """What stands in a study's tables, for machines: once, whatever the languages."""
    return collect("results/{study}/report/tables/{name}.csv", study=study, name=table_names(study))


def number_files(study):
    """The numbers that a study's text quotes."""
    return collect("results/{study}/report/numbers.{kind}", study=study, kind=["json", "tex"])


def network_files(study):
    """A study's network for other programs."""
    return collect("results/{study}/report/network.{kind}", study=study, kind=["graphml", "gexf"])


def page_names(study):
    """The pages of a study: the report, and the identification cards where it has hypotheses."""
    return ["report", *(["hypotheses"] if STUDIES[study]["hypotheses"] else [])]


def page_files(study):
    """The files of a study's pages, in its languages."""
    return collect(
        "results/{study}/report/{page}.{language}.{kind}",
        study=study,
        page=page_names(study),
        language=STUDIES[study]["report"]["languages"],
        kind=["html", "pdf", "docx", "tex"],
    )


def explorer_files(study):
    """The interactive page of a study, in its languages."""
    languages = STUDIES[study]["report"]["languages"]
    return collect("results/{study}/report/explorer.{language}.html", study=study, language=languages)


def exhibit_files(study):
    """Every figure, table, number and network file of a study."""
    values = [*value_files(study), *number_files(study)]
    return [*figure_files(study), *table_files(study), *values, *network_files(study)]


def paper_exhibits(study):
    """What a manuscript takes from a study: tables in LaTeX, figures as PDF, numbers."""
    files = [*table_files(study), *figure_files(study), *number_files(study)]
    return [name for name in files if name.endswith((".tex", ".pdf"))]


def paper_files(study):
    """The folder of a manuscript."""
    here, there = f"results/{study}/report/", f"results/{study}/report/paper/"
    own = [name.replace(here, there, 1) for name in paper_exhibits(study)]
    return [*own, f"{there}references.bib", f"{there}README.md"]


def judged_files(study):
    """Fits, effects and verdicts of a study: what its research object holds beside the report."""
    names = ["comparisons.csv", "hypotheses.csv", "scoreboard.csv", "cards.json"]
    judged = [f"results/{study}/effects/{name}" for name in names]
    return [f"results/{study}/models/reference.json", *judged, *model_files(study), *ledger_files(study)]


def crate_files(study):
    """The research object of a study: its description, and the workflow's entry beside it."""
    return [f"results/{study}/{name}" for name in ["ro-crate-metadata.json", "workflow/Snakefile"]]


def raw_of(study):
    """The raw files of a study, as an input function: they are looked for only when they are needed."""
    return lambda wildcards: raw_files_of(study)


def described_by(study):
    """The data packages (datapackage.json) above the raw files of a study, of which the crate takes their titles."""
    return lambda wildcards: local(
        sorted(
            {
                str(above / "datapackage.json")
                for path in raw_files_of(study)
                for above in Path(path).parents
                if (above / "datapackage.json").is_file()
            }
        )
    )


def reported(files, category):
    """Files of which `snakemake --report` shows the pictures and pages, by category, study and labels."""
    return [marked(name, category) if name.endswith((".svg", ".html")) else name for name in files]


def marked(name, category):
    """A figure, table or page as the report of Snakemake has it."""
    exhibit, language, _ = Path(name).name.split(".")
    return in_report(
        name,
        category=category,
        subcategory=name.split("/")[1],
        caption=str(REPORT_SOURCE / "captions" / f"{category}.rst"),
        labels={"exhibit": exhibit, "language": language},
    )
