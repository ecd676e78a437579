# panel: who is at risk of a tie with whom, in which period, and what came of it.
#   reads   ingest/*.parquet (Records)
#   writes  panel/periods/period=NNN.parquet, lists, row_projects, regions, dyads, mergers (Parquet), flow.json,
#           panel/describe/*.csv (what the panel looks like); contacts where they are modelled
# One rule a study where the number of periods, thus of files, is the study's own.

for study in STUDIES:

    rule:
        name:
            f"build_panel_{study}"
        input:
            records=record_files(study),
        output:
            periods=period_files(study, "panel"),
            lists=f"results/{study}/panel/lists.parquet",
            row_projects=f"results/{study}/panel/row_projects.parquet",
            regions=f"results/{study}/panel/regions.parquet",
            dyads=f"results/{study}/panel/dyads.parquet",
            flow=f"results/{study}/panel/flow.json",
        log:
            f"results/{study}/logs/build_panel.log",
        group:
            "records"
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
            "records"
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
