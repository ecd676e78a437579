# features: what was known of two bodies before a period.
#   reads   ingest/*.parquet (Records), panel/periods, panel/lists.parquet
#   writes  features/periods/period=NNN.parquet, lists.parquet, moments.json, dictionary.csv,
#           quartiles.csv, correlations.csv, condition.csv; mergers.parquet, contacts.parquet where these are modelled

for study in STUDIES:
    for part, periods in enumerate(SPREAD[study]):

        rule:
            name:
                f"compute_periods_{study}_{part}"
            input:
                records=record_files(study),
                periods=period_files(study, "panel", periods),
            output:
                periods=period_files(study, "features", periods),
            log:
                f"results/{study}/logs/compute_periods_{part}.log",
            threads: STUDIES[study]["threads"]
            params:
                code=script_code("compute_periods"),
                panel=STUDIES[study]["panel"],
                features=STUDIES[study]["features"],
                periods=periods,
            script:
                "../scripts/compute_periods.py"

    rule:
        name:
            f"compute_features_{study}"
        input:
            records=record_files(study),
            periods=period_files(study, "panel"),
            written=period_files(study, "features") if SPREAD[study] else [],
            lists=f"results/{study}/panel/lists.parquet",
        output:
            periods=[] if SPREAD[study] else period_files(study, "features"),
            lists=f"results/{study}/features/lists.parquet",
            moments=f"results/{study}/features/moments.json",
            dictionary=f"results/{study}/features/dictionary.csv",
            quartiles=f"results/{study}/features/quartiles.csv",
            correlations=f"results/{study}/features/correlations.csv",
            condition=f"results/{study}/features/condition.csv",
        log:
            f"results/{study}/logs/compute_features.log",
        group:
            None if SPREAD[study] else "records"
        threads: STUDIES[study]["threads"]
        params:
            code=script_code("compute_features"),
            panel=STUDIES[study]["panel"],
            features=STUDIES[study]["features"],
        script:
            "../scripts/compute_features.py"


rule compute_merger_features:
    input:
        records=collect("results/{{study}}/ingest/{table}.parquet", table=Records.names()),
    output:
        mergers="results/{study}/features/mergers.parquet",
    log:
        "results/{study}/logs/compute_merger_features.log",
    group:
        "records"
    params:
        code=script_code("compute_merger_features"),
        panel=lookup(dpath="{study}/panel", within=STUDIES),
        features=lookup(dpath="{study}/features", within=STUDIES),
    script:
        "../scripts/compute_merger_features.py"


rule compute_contact_features:
    input:
        records=collect("results/{{study}}/ingest/{table}.parquet", table=Records.names()),
    output:
        contacts="results/{study}/features/contacts.parquet",
    log:
        "results/{study}/logs/compute_contact_features.log",
    group:
        "records"
    params:
        code=script_code("compute_contact_features"),
        panel=lookup(dpath="{study}/panel", within=STUDIES),
        features=lookup(dpath="{study}/features", within=STUDIES),
    script:
        "../scripts/compute_contact_features.py"
