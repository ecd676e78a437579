# ingest: raw tables to clean records.
#   reads   the raw files that the study names (data/raw, or simulate/ of a simulated study)
#   writes  ingest/*.parquet (Records), resolution, unresolved, alias_candidates, quarantine, conflicts,
#           sources, ingest.json


rule read_records:
    input:
        raw=raw_files,
    output:
        projects="results/{study}/ingest/projects.parquet",
        memberships="results/{study}/ingest/memberships.parquet",
        clusters="results/{study}/ingest/clusters.parquet",
        territories="results/{study}/ingest/territories.parquet",
        regions="results/{study}/ingest/regions.parquet",
        facts="results/{study}/ingest/facts.parquet",
        events="results/{study}/ingest/events.parquet",
        agreements="results/{study}/ingest/agreements.parquet",
        affiliations="results/{study}/ingest/affiliations.parquet",
        relations="results/{study}/ingest/relations.parquet",
        second_relations="results/{study}/ingest/second_relations.parquet",
        periods="results/{study}/ingest/periods.parquet",
        resolution="results/{study}/ingest/resolution.csv",
        unresolved="results/{study}/ingest/unresolved.csv",
        quarantine="results/{study}/ingest/quarantine.csv",
        conflicts="results/{study}/ingest/conflicts.csv",
        sources="results/{study}/ingest/sources.csv",
        alias_candidates="results/{study}/ingest/alias_candidates.csv",
        summary="results/{study}/ingest/ingest.json",
    log:
        "results/{study}/logs/read_records.log",
    group:
        "records"
    params:
        code=script_code("read_records"),
        spec=lookup(dpath="{study}/ingest", within=STUDIES),
        folder=raw_folder,
    script:
        "../scripts/read_records.py"
