# What the files of rules share: the studies, and functions that name their files. No rules here.
# `group` names the rules of which a cluster makes one job where they hang together (docs/cluster.md).
# What the workflow does not make is `local`, neither in a storage (docs/cluster.md) nor below a module's prefix.
from snakemake.exceptions import WorkflowError

from interclust import config as settings
from interclust.dependencies import digest_of
from interclust.errors import InterclustError
from interclust.io import check_writable
from interclust.records import Records

try:
    STUDIES = settings.load_all(config["studies"])
except InterclustError as error:
    raise WorkflowError(str(error)) from None

ROOT = settings.project_root()  # of this workflow, also where another one uses it as a module
INGEST_TABLES = ["resolution", "unresolved", "quarantine", "conflicts", "sources"]
DESCRIBED = ["network", "transitions", "gaps", "lists", "visibility", "columns"]
MERGERS = ["mergers", "merger_years"]
DIAGNOSTICS = ["conditioning", "dispersion", "rootogram", "influence", "dependence", "network"]
SPREAD = {name: settings.spread(study) for name, study in STUDIES.items()}  # periods of each job, if several
MODELS = sorted({name for study in STUDIES.values() for name in study["models"]})
CURVES = sorted({name for study in STUDIES.values() for name in study["curves"]})


wildcard_constraints:
    study="|".join(STUDIES),
    model="|".join(MODELS) or "none",
    curve="|".join(CURVES) or "none",
    batch=r"\d+",


def refuse_unwritable(folder):
    """Stop before the first job where nothing can be written: Snakemake's own words name no remedy."""
    try:
        check_writable(folder)
    except InterclustError as error:
        raise WorkflowError(f"interclust: {error}") from None


def script_code(name):
    """The digest of the package files that workflow/scripts/<name>.py imports: whatever runs it depends on it."""
    return digest_of(ROOT / "workflow" / "scripts" / f"{name}.py")


def recorded_settings(wildcards):
    """The settings of a study as its record has them."""
    files = dict(zip(STUDIES, settings.listed(config["studies"])))
    return settings.recorded(STUDIES[wildcards.study], files[wildcards.study])


def raw_files_of(study):
    """The raw files that a study names, for its records and its provenance alike."""
    files = settings.raw_paths(STUDIES[study])
    return files if "simulate" in STUDIES[study] else local(files)


def raw_files(wildcards):
    """These files, as an input function."""
    return raw_files_of(wildcards.study)


def raw_folder(wildcards, input):
    """Where they lie: below a module's prefix, or in a storage, where a rule makes them."""
    first = settings.raw_files(STUDIES[wildcards.study]["ingest"])[0]
    return input.raw[0].removesuffix(first)


def real_tables(wildcards):
    """The real tables that a simulated study lives on."""
    study = STUDIES[wildcards.study]
    source = settings.named(study["simulate"]["source"])
    return local([f"{source}/{name}" for name in settings.real_files(study)])


def simulated_files():
    """The raw files of the simulated studies."""
    simulated = [study for study in STUDIES.values() if "simulate" in study]
    return sorted({name for study in simulated for name in settings.raw_files(study["ingest"])})


def record_files(study):
    """The tables of Records of a study."""
    return [f"results/{study}/ingest/{name}.parquet" for name in Records.names()]


def period_files(study, stage, periods=None):
    """The period files of a stage (panel or features) of a study: all, or those of some periods."""
    periods = settings.periods(STUDIES[study]) if periods is None else periods
    return [f"results/{study}/{stage}/periods/period={period:03d}.parquet" for period in periods]


def feature_files(wildcards):
    """What a model of a study reads of the stage features."""
    names = ["lists", *(["mergers"] if has_outcome(wildcards.study, "merger") else [])]
    names += ["contacts"] if has_contacts(wildcards.study) else []
    tables = collect("results/{study}/features/{name}.parquet", study=wildcards.study, name=names)
    return [*period_files(wildcards.study, "features"), *tables]


def has_outcome(study, outcome):
    """Whether some model of a study explains an outcome."""
    return any(spec["outcome"] == outcome for spec in STUDIES[study]["models"].values())


def has_contacts(study):
    """Whether some model of a study explains what a ledger of relations codes."""
    return has_outcome(study, "contact") or has_outcome(study, "idea")


def contact_files(study):
    """The tables of coded relations, of studies that model them."""
    names = ["panel/contacts.parquet", "panel/describe/contacts.csv", "features/contacts.parquet"]
    return [f"results/{study}/{name}" for name in names] if has_contacts(study) else []


def profiled_models(study):
    """The models of a study that are profiled over the visibility of ties."""
    return [name for name, spec in STUDIES[study]["models"].items() if spec.get("visibility")]


def traced_curves(study):
    """The curves that models of a study ask for, by model."""
    asked = {name: spec.get("curves_of") for name, spec in STUDIES[study]["models"].items()}
    return {name: curves for name, curves in asked.items() if curves}


def traced_fits(wildcards):
    """The fits of these models."""
    models = traced_curves(wildcards.study)
    return collect("results/{study}/models/{model}/fit.json", study=wildcards.study, model=models)


def curve_batches(wildcards):
    """The tables of a curve's batches of specifications."""
    number = len(settings.batches(STUDIES[wildcards.study], wildcards.curve))
    return collect(
        "results/{study}/models/curves/{curve}/batch={batch}.csv",
        study=wildcards.study,
        curve=wildcards.curve,
        batch=range(number),
    )


def specifications_of(wildcards):
    """The specifications of one batch of a curve."""
    return settings.batches(STUDIES[wildcards.study], wildcards.curve)[int(wildcards.batch)]


def diagnostic_files(study):
    """The diagnostics of every model of a study."""
    names = [*(f"{name}.csv" for name in DIAGNOSTICS), "diagnostics.json"]
    return collect(
        "results/{study}/models/{model}/diagnostics/{name}",
        study=study,
        model=STUDIES[study]["models"],
        name=names,
    )


def model_files(study):
    """What is known of a study's models: fits, effects, diagnostics, what varies them, curves, the truth, plans."""
    specs = STUDIES[study]["models"]
    varied = [name for name, spec in specs.items() if spec.get("sensitivity")]
    permuted = [name for name, spec in specs.items() if spec.get("permutations")]
    validated = [name for name, spec in specs.items() if spec.get("validation") is not None]
    return [
        *collect("results/{study}/models/{model}/fit.json", study=study, model=specs),
        *collect("results/{study}/effects/{model}.csv", study=study, model=specs),
        *collect("results/{study}/models/{model}/sensitivity.csv", study=study, model=varied),
        *([f"results/{study}/effects/curves.csv"] if traced_curves(study) else []),
        *diagnostic_files(study),
        *collect("results/{study}/models/{model}/mrqap.csv", study=study, model=permuted),
        *collect("results/{study}/models/curves/{curve}.csv", study=study, curve=STUDIES[study]["curves"]),
        *collect(
            "results/{study}/models/{model}/visibility.{kind}",
            study=study,
            model=profiled_models(study),
            kind=["csv", "json"],
        ),
        *collect(
            "results/{study}/models/{model}/{table}.csv",
            study=study,
            model=validated,
            table=["validation", "calibration"],
        ),
        *([f"results/{study}/effects/truth.csv"] if "simulate" in STUDIES[study] else []),
        *completion_files(study),
    ]


def completion_files(study):
    """The completion plan of a study, where it has one."""
    planner = STUDIES[study]["planner"]
    if not (planner["models"] or planner.get("measured")):
        return []
    names = ["completion", "completion_order", "completion_windows", "completion_panels"]
    return collect("results/{study}/effects/{name}.csv", study=study, name=names)


def planned_fits(wildcards):
    """The fits of the models that a study plans for."""
    models = STUDIES[wildcards.study]["planner"]["models"]
    return collect("results/{study}/models/{model}/fit.json", study=wildcards.study, model=models)


def planned_effects(wildcards):
    """Their effects."""
    models = STUDIES[wildcards.study]["planner"]["models"]
    return collect("results/{study}/effects/{model}.csv", study=wildcards.study, model=models)


def measured_plan(wildcards):
    """The table of another study that the plan of this one quotes, if any."""
    measured = STUDIES[wildcards.study]["planner"].get("measured")
    return local([settings.named(measured)]) if measured else []


def ledger_files(study):
    """What is known of a study's ledger: patterns, agreement of coders, evidence for a paper's tables."""
    if "ledger" not in STUDIES[study]:
        return []
    names = ["ledger_rows", "ledger_patterns", "ledger_agreement", "ledger_disagreements", "paper_tables"]
    return collect("results/{study}/effects/{name}.csv", study=study, name=names)


def stage_files(study):
    """All that the stages before the report leave of a study: targets, so that a lost file comes back."""
    tables = {
        "ingest": ["ingest.json", *(f"{name}.csv" for name in INGEST_TABLES)],
        "panel": [
            "lists.parquet",
            "row_projects.parquet",
            "regions.parquet",
            "dyads.parquet",
            "mergers.parquet",
            "flow.json",
        ],
        "panel/describe": [f"{name}.csv" for name in [*DESCRIBED, *MERGERS]],
        "features": [
            "lists.parquet",
            "moments.json",
            "dictionary.csv",
            "quartiles.csv",
            "correlations.csv",
            "condition.csv",
        ],
        "models": ["reference.json"],
        "effects": ["comparisons.csv", "hypotheses.csv", "scoreboard.csv", "cards.json"],
    }
    simulated = ["truth.json", *simulated_files()] if "simulate" in STUDIES[study] else []
    return [
        f"results/{study}/study.json",
        *(f"results/{study}/simulate/{name}" for name in simulated),
        *(f"results/{study}/{stage}/{name}" for stage, names in tables.items() for name in names),
        *record_files(study),
        *period_files(study, "panel"),
        *period_files(study, "features"),
        *contact_files(study),
        *model_files(study),
        *ledger_files(study),
    ]
