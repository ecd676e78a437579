# validity: how often the intervals of each covariance hold the truth, on the designs of a grid (`make validate`).
#   reads   config/validity/<grid>.yaml
#   writes  results/validity/<grid>/: coverage.csv, coverage.md; cells/<cell>/ truth.csv and blocks of replications


rule validity:
    input:
        f"results/validity/{config.get('grid', 'small')}/coverage.csv",


rule fit_truth:
    input:
        code=script_code("fit_truth"),
    output:
        truth="results/validity/{grid}/cells/{cell}/truth.csv",
    log:
        "results/validity/{grid}/logs/fit_truth.{cell}.log",
    threads: 1
    params:
        cell=cell_settings,
    script:
        "../scripts/fit_truth.py"


rule replicate_cell:
    input:
        code=script_code("replicate_cell"),
    output:
        block="results/validity/{grid}/cells/{cell}/block-{block}.csv",
    log:
        "results/validity/{grid}/logs/replicate_cell.{cell}.{block}.log",
    threads: 1
    params:
        cell=cell_settings,
        replications=block_replications,
    script:
        "../scripts/replicate_cell.py"


rule tabulate_coverage:
    input:
        cells=cell_files,
        code=script_code("tabulate_coverage"),
    output:
        coverage="results/validity/{grid}/coverage.csv",
        page="results/validity/{grid}/coverage.md",
    log:
        "results/validity/{grid}/logs/tabulate_coverage.log",
    script:
        "../scripts/tabulate_coverage.py"
