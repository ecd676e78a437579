# simulate: a world whose truth is known, as the same raw tables as the real ones (studies with `simulate`).
#   reads   the real bodies and calls (simulate.source)
#   writes  simulate/ (the files that the study's ingest reads) with truth.json, effects/truth.csv


rule simulate_records:
    input:
        real=real_tables,
    output:
        tables=expand("results/{{study}}/simulate/{name}", name=simulated_files()),
        truth="results/{study}/simulate/truth.json",
    log:
        "results/{study}/logs/simulate_records.log",
    group:
        "records"
    threads: 1
    params:
        code=script_code("simulate_records"),
        simulate=lookup(dpath="{study}/simulate", within=STUDIES),
        ingest=lookup(dpath="{study}/ingest", within=STUDIES),
        panel=lookup(dpath="{study}/panel", within=STUDIES),
        features=lookup(dpath="{study}/features", within=STUDIES),
        seed=lookup(dpath="{study}/seed", within=STUDIES),
    script:
        "../scripts/simulate_records.py"


rule compute_truth:
    input:
        real=real_tables,
    output:
        truth="results/{study}/effects/truth.csv",
    log:
        "results/{study}/logs/compute_truth.log",
    group:
        "models"
    threads: 1
    params:
        code=script_code("compute_truth"),
        simulate=lookup(dpath="{study}/simulate", within=STUDIES),
        ingest=lookup(dpath="{study}/ingest", within=STUDIES),
        panel=lookup(dpath="{study}/panel", within=STUDIES),
        features=lookup(dpath="{study}/features", within=STUDIES),
        models=lookup(dpath="{study}/models", within=STUDIES),
    script:
        "../scripts/compute_truth.py"
