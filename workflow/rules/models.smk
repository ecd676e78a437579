# models: one record a specification with its diagnostics, and all of them held against statsmodels.
#   reads   features/, panel/, ingest/
#   writes  models/<model>/fit.json (beside it, where asked for: sensitivity.csv of list choice, mrqap.csv of
#           permutations, visibility.csv and visibility.json where histories are hidden, validation.csv and
#           calibration.csv of a binary outcome), models/<model>/diagnostics/, models/curves/<curve>.csv,
#           models/reference.json


rule fit_model:
    input:
        features=feature_files,
        lists="results/{study}/panel/lists.parquet",
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
        projects="results/{study}/ingest/projects.parquet",
        memberships="results/{study}/ingest/memberships.parquet",
    output:
        fit="results/{study}/models/{model}/fit.json",
        tables=collect("results/{{study}}/models/{{model}}/diagnostics/{name}.csv", name=DIAGNOSTICS),
        summary="results/{study}/models/{model}/diagnostics/diagnostics.json",
    log:
        "results/{study}/logs/fit_model.{model}.log",
    group:
        "models"
    threads: lookup(dpath="{study}/threads", within=STUDIES)
    params:
        code=script_code("fit_model"),
        spec=lookup(dpath="{study}/models/{model}", within=STUDIES),
        diagnostics=lookup(dpath="{study}/diagnostics", within=STUDIES),
    script:
        "../scripts/fit_model.py"


rule vary_model:
    input:
        fit="results/{study}/models/{model}/fit.json",
        features=feature_files,
        lists="results/{study}/panel/lists.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
        projects="results/{study}/ingest/projects.parquet",
        memberships="results/{study}/ingest/memberships.parquet",
    output:
        sensitivity="results/{study}/models/{model}/sensitivity.csv",
    log:
        "results/{study}/logs/vary_model.{model}.log",
    group:
        "models"
    params:
        code=script_code("vary_model"),
    script:
        "../scripts/vary_model.py"


rule permute_model:
    input:
        features=feature_files,
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
    output:
        mrqap="results/{study}/models/{model}/mrqap.csv",
    log:
        "results/{study}/logs/permute_model.{model}.log",
    group:
        "models"
    threads: lookup(dpath="{study}/threads", within=STUDIES)
    params:
        code=script_code("permute_model"),
        spec=lookup(dpath="{study}/models/{model}", within=STUDIES),
    script:
        "../scripts/permute_model.py"


rule fit_curve:
    input:
        features=feature_files,
        lists="results/{study}/panel/lists.parquet",
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
        projects="results/{study}/ingest/projects.parquet",
        memberships="results/{study}/ingest/memberships.parquet",
    output:
        estimates="results/{study}/models/curves/{curve}/batch={batch}.csv",
    log:
        "results/{study}/logs/fit_curve.{curve}.{batch}.log",
    threads: lookup(dpath="{study}/threads", within=STUDIES)
    params:
        code=script_code("fit_curve"),
        specifications=specifications_of,
    script:
        "../scripts/fit_curve.py"


rule gather_curve:
    input:
        batches=curve_batches,
    output:
        curve="results/{study}/models/curves/{curve}.csv",
    log:
        "results/{study}/logs/gather_curve.{curve}.log",
    group:
        "report"
    params:
        code=script_code("gather_curve"),
    script:
        "../scripts/gather_curve.py"


rule profile_visibility:
    input:
        features=feature_files,
        row_projects="results/{study}/panel/row_projects.parquet",
    output:
        profile="results/{study}/models/{model}/visibility.csv",
        verdict="results/{study}/models/{model}/visibility.json",
    log:
        "results/{study}/logs/profile_visibility.{model}.log",
    group:
        "models"
    params:
        code=script_code("profile_visibility"),
        spec=lookup(dpath="{study}/models/{model}", within=STUDIES),
    script:
        "../scripts/profile_visibility.py"


rule validate_model:
    input:
        features=feature_files,
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
    output:
        scores="results/{study}/models/{model}/validation.csv",
        calibration="results/{study}/models/{model}/calibration.csv",
    log:
        "results/{study}/logs/validate_model.{model}.log",
    group:
        "models"
    threads: lookup(dpath="{study}/threads", within=STUDIES)
    params:
        code=script_code("validate_model"),
        spec=lookup(dpath="{study}/models/{model}", within=STUDIES),
    script:
        "../scripts/validate_model.py"


rule check_reference:
    input:
        fits=collect(
            "results/{{study}}/models/{model}/fit.json",
            model=lookup(dpath="{study}/models", within=STUDIES),
        ),
        features=feature_files,
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
    output:
        reference="results/{study}/models/reference.json",
    log:
        "results/{study}/logs/check_reference.log",
    group:
        "report"
    params:
        code=script_code("check_reference"),
    script:
        "../scripts/check_reference.py"
