# panel: who is at risk of a tie with whom, in which period, and what came of it.
#   reads   ingest/*.parquet (Records)
#   writes  panel/periods/period=NNN.parquet, lists, row_projects, regions, dyads, mergers (Parquet), flow.json,
#           panel/describe/*.csv (what the panel looks like); contacts where they are modelled
# One rule a study where the number of periods, thus of files, is the study's own; with `jobs: N` in the study, N
# rules write the periods, outside the group, and build_panel_* the rest.

for study in STUDIES:
    for part, periods in enumerate(SPREAD[study]):

        rule:
            name:
                f"build_periods_{study}_{part}"
            input:
                records=record_files(study),
            output:
                periods=period_files(study, "panel", periods),
            log:
                f"results/{study}/logs/build_periods_{part}.log",
            threads: STUDIES[study]["threads"]
            params:
                code=script_code("build_periods"),
                spec=STUDIES[study]["panel"],
                periods=periods,
            script:
                "../scripts/build_periods.py"

    rule:
        name:
            f"build_panel_{study}"
        input:
            records=record_files(study),
            periods=period_files(study, "panel") if SPREAD[study] else [],
        output:
            periods=[] if SPREAD[study] else period_files(study, "panel"),
            lists=f"results/{study}/panel/lists.parquet",
            row_projects=f"results/{study}/panel/row_projects.parquet",
            regions=f"results/{study}/panel/regions.parquet",
            dyads=f"results/{study}/panel/dyads.parquet",
            flow=f"results/{study}/panel/flow.json",
        log:
            f"results/{study}/logs/build_panel.log",
        group:
            None if SPREAD[study] else "records"
        threads: STUDIES[study]["threads"]
        params:
            code=script_code("build_panel"),
            spec=STUDIES[study]["panel"],
        script:
            "../scripts/build_panel.py"

    rule:
        name:
            f"describe_panel_{study}"
        input:
            records=record_files(study),
            summary=f"results/{study}/ingest/ingest.json",
            periods=period_files(study, "panel"),
            flow=f"results/{study}/panel/flow.json",
        output:
            tables=[f"results/{study}/panel/describe/{name}.csv" for name in DESCRIBED],
        log:
            f"results/{study}/logs/describe_panel.log",
        group:
            None if SPREAD[study] else "records"
        params:
            code=script_code("describe_panel"),
            spec=STUDIES[study]["panel"],
            records=STUDIES[study]["records"],
        script:
            "../scripts/describe_panel.py"


rule build_mergers:
    input:
        records=collect("results/{{study}}/ingest/{table}.parquet", table=Records.names()),
    output:
        mergers="results/{study}/panel/mergers.parquet",
        flow="results/{study}/panel/describe/mergers.csv",
        years="results/{study}/panel/describe/merger_years.csv",
    log:
        "results/{study}/logs/build_mergers.log",
    group:
        "records"
    params:
        code=script_code("build_mergers"),
        spec=lookup(dpath="{study}/panel", within=STUDIES),
    script:
        "../scripts/build_mergers.py"


rule build_contacts:
    input:
        records=collect("results/{{study}}/ingest/{table}.parquet", table=Records.names()),
    output:
        contacts="results/{study}/panel/contacts.parquet",
        flow="results/{study}/panel/describe/contacts.csv",
    log:
        "results/{study}/logs/build_contacts.log",
    group:
        "records"
    params:
        code=script_code("build_contacts"),
        spec=lookup(dpath="{study}/panel", within=STUDIES),
    script:
        "../scripts/build_contacts.py"
