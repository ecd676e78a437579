configfile: workflow.source_path("config/config.yaml")


container: "interclust.sif"


include: "workflow/rules/common.smk"
include: "workflow/rules/exhibits.smk"
include: "workflow/rules/study.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/ingest.smk"
include: "workflow/rules/panel.smk"
include: "workflow/rules/features.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/effects.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        collect("results/{study}/provenance.json", study=STUDIES),
        collect("results/{study}/report/exhibits.csv", study=STUDIES),
        [[*exhibit_files(study), *page_files(study)] for study in STUDIES],
        collect(
            "results/{study}/ingest/{table}.csv",
            study=STUDIES,
            table=["resolution", "unresolved", "quarantine", "conflicts", "sources"],
        ),
        [record_files(study) for study in STUDIES],
        [period_files(study, stage) for study in STUDIES for stage in ("panel", "features")],
        [model_files(study) for study in STUDIES],
        collect("results/{study}/effects/{table}.csv", study=STUDIES, table=["hypotheses", "scoreboard"]),
