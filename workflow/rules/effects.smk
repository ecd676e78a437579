# effects: what the fitted models say on the scales of the hypotheses, and the verdicts.
#   reads   models/, features/, ingest/ (the ledger)
#   writes  effects/<model>.csv, effects/comparisons.csv, effects/hypotheses.csv, effects/scoreboard.csv,
#           effects/cards.json, of a study whose models ask for curves effects/curves.csv, of one with a plan
#           effects/completion*.csv, and of one with a ledger effects/ledger_*.csv, effects/paper_tables.csv


rule estimate_effects:
    input:
        fit="results/{study}/models/{model}/fit.json",
        features=feature_files,
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
        covered="results/{study}/panel/regions.parquet",
        regions="results/{study}/ingest/regions.parquet",
    output:
        effects="results/{study}/effects/{model}.csv",
    log:
        "results/{study}/logs/estimate_effects.{model}.log",
    group:
        "models"
    params:
        code=script_code("estimate_effects"),
        records=lookup(dpath="{study}/records", within=STUDIES),
    script:
        "../scripts/estimate_effects.py"


rule trace_curves:
    input:
        fits=traced_fits,
        features=feature_files,
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
    output:
        curves="results/{study}/effects/curves.csv",
    log:
        "results/{study}/logs/trace_curves.log",
    group:
        "verdicts"
    params:
        code=script_code("trace_curves"),
        curves_of=lambda wildcards: traced_curves(wildcards.study),
        records=lookup(dpath="{study}/records", within=STUDIES),
    script:
        "../scripts/trace_curves.py"


rule judge_hypotheses:
    input:
        effects=collect(
            "results/{{study}}/effects/{model}.csv",
            model=lookup(dpath="{study}/models", within=STUDIES),
        ),
        fits=collect(
            "results/{{study}}/models/{model}/fit.json",
            model=lookup(dpath="{study}/models", within=STUDIES),
        ),
        features=feature_files,
        row_projects="results/{study}/panel/row_projects.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
        moments="results/{study}/features/moments.json",
        dictionary="results/{study}/features/dictionary.csv",
    output:
        comparisons="results/{study}/effects/comparisons.csv",
        hypotheses="results/{study}/effects/hypotheses.csv",
        scoreboard="results/{study}/effects/scoreboard.csv",
        cards="results/{study}/effects/cards.json",
    log:
        "results/{study}/logs/judge_hypotheses.log",
    group:
        "verdicts"
    params:
        code=script_code("judge_hypotheses"),
        study=lookup(dpath="{study}", within=STUDIES),
    script:
        "../scripts/judge_hypotheses.py"


rule plan_completion:
    input:
        fits=planned_fits,
        effects=planned_effects,
        comparisons="results/{study}/effects/comparisons.csv",
        features=feature_files,
        moments="results/{study}/features/moments.json",
        lists="results/{study}/panel/lists.parquet",
        row_projects="results/{study}/panel/row_projects.parquet",
        visibility="results/{study}/panel/describe/visibility.csv",
        records=collect("results/{{study}}/ingest/{table}.parquet", table=Records.names()),
        summary="results/{study}/ingest/ingest.json",
        measured=measured_plan,
    output:
        completion="results/{study}/effects/completion.csv",
        completion_order="results/{study}/effects/completion_order.csv",
        completion_windows="results/{study}/effects/completion_windows.csv",
        completion_panels="results/{study}/effects/completion_panels.csv",
    log:
        "results/{study}/logs/plan_completion.log",
    params:
        code=script_code("plan_completion"),
        study=lookup(dpath="{study}", within=STUDIES),
    script:
        "../scripts/plan_completion.py"


rule match_ledger:
    input:
        relations="results/{study}/ingest/relations.parquet",
        second_relations="results/{study}/ingest/second_relations.parquet",
    output:
        rows="results/{study}/effects/ledger_rows.csv",
        patterns="results/{study}/effects/ledger_patterns.csv",
        agreement="results/{study}/effects/ledger_agreement.csv",
        disagreements="results/{study}/effects/ledger_disagreements.csv",
    log:
        "results/{study}/logs/match_ledger.log",
    group:
        "report"
    params:
        code=script_code("match_ledger"),
        ledger=lookup(dpath="{study}/ledger", within=STUDIES),
        seed=lookup(dpath="{study}/seed", within=STUDIES),
    script:
        "../scripts/match_ledger.py"


rule tabulate_evidence:
    input:
        relations="results/{study}/ingest/relations.parquet",
        hypotheses="results/{study}/effects/hypotheses.csv",
        scoreboard="results/{study}/effects/scoreboard.csv",
    output:
        evidence="results/{study}/effects/paper_tables.csv",
    log:
        "results/{study}/logs/tabulate_evidence.log",
    group:
        "report"
    params:
        code=script_code("tabulate_evidence"),
        ledger=lookup(dpath="{study}/ledger", within=STUDIES),
    script:
        "../scripts/tabulate_evidence.py"
