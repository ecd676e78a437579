# study: the written record of a study's resolved settings. Rules take their settings from params.
#   reads   config/ (merged and checked when the workflow starts)
#   writes  study.json


rule resolve_study:
    output:
        study="results/{study}/study.json",
    log:
        "results/{study}/logs/resolve_study.log",
    group:
        "report"
    params:
        code=script_code("resolve_study"),
        study=recorded_settings,
    script:
        "../scripts/resolve_study.py"
