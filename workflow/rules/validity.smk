# validity: how often intervals hold the truth on the designs of a grid (`make validate`), and how often verdicts
# are right on many worlds of a synthetic study (`make verdicts`).
#   reads   config/validity/<grid>.yaml, or a study with `simulate`
#   writes  results/validity/<grid>/: coverage.csv, coverage.md; cells/<cell>/ truth.csv and blocks of replications
#           results/validity/verdicts/<study>/: verdicts.csv, errors.csv, verdicts.md and blocks of worlds


rule validity:
    input:
        f"results/validity/{config.get('grid', 'short')}/coverage.csv",


rule verdicts:
    input:
        collect(
            "results/validity/verdicts/{study}/verdicts.csv",
            study=[name for name, study in STUDIES.items() if "simulate" in study],
        ),


rule fit_truth:
    output:
        truth="results/validity/{grid}/cells/{cell}/truth.csv",
    log:
        "results/validity/{grid}/logs/fit_truth.{cell}.log",
    threads: 1
    params:
        code=script_code("fit_truth"),
        cell=cell_settings,
    script:
        "../scripts/fit_truth.py"


rule replicate_cell:
    output:
        block="results/validity/{grid}/cells/{cell}/block-{block}.csv",
    log:
        "results/validity/{grid}/logs/replicate_cell.{cell}.{block}.log",
    threads: 1
    params:
        code=script_code("replicate_cell"),
        cell=cell_settings,
        replications=block_replications,
    script:
        "../scripts/replicate_cell.py"


rule tabulate_coverage:
    input:
        cells=cell_files,
    output:
        coverage="results/validity/{grid}/coverage.csv",
        page="results/validity/{grid}/coverage.md",
    log:
        "results/validity/{grid}/logs/tabulate_coverage.log",
    params:
        code=script_code("tabulate_coverage"),
        cells=grid_settings,
    script:
        "../scripts/tabulate_coverage.py"


rule judge_worlds:
    input:
        real=real_tables,
    output:
        block="results/validity/verdicts/{study}/block-{block}.csv",
    log:
        "results/validity/verdicts/{study}/logs/judge_worlds.{block}.log",
    threads: 1
    params:
        code=script_code("judge_worlds"),
        study=lookup(dpath="{study}", within=STUDIES),
        worlds=block_worlds,
    script:
        "../scripts/judge_worlds.py"


rule tabulate_verdicts:
    input:
        blocks=world_files,
    output:
        verdicts="results/validity/verdicts/{study}/verdicts.csv",
        errors="results/validity/verdicts/{study}/errors.csv",
        page="results/validity/verdicts/{study}/verdicts.md",
    log:
        "results/validity/verdicts/{study}/logs/tabulate_verdicts.log",
    params:
        code=script_code("tabulate_verdicts"),
        study=lookup(dpath="{study}", within=STUDIES),
    script:
        "../scripts/tabulate_verdicts.py"
