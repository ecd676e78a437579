configfile: workflow.source_path("config/config.yaml")


container: "interclust-0.1.0.sif"


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
include: "workflow/rules/grids.smk"
include: "workflow/rules/validity.smk"


# With results in a storage, a job that reads local files runs here; a group cannot be here and elsewhere.
if workflow.storage_settings.default_storage_provider:
    for grouped in workflow.rules:
        grouped.group = None


rule all:
    default_target: True
    input:
        [stage_files(study) for study in STUDIES],
        [[*exhibit_files(study), *page_files(study)] for study in STUDIES],
        [[*explorer_files(study), *paper_files(study), *crate_files(study)] for study in STUDIES],
        collect("results/{study}/report/exhibits.csv", study=STUDIES),
        collect("results/{study}/provenance.json", study=STUDIES),


onstart:
    refuse_unwritable("results")
