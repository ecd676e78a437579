# The files and settings of grids of designs and of blocks of worlds, which the rules of validity share. No rules here.
from interclust.simulate.validity import grid_file, load_grid

WORLDS, WORLDS_A_BLOCK = 200, 10  # of verdicts


def validity_grid(wildcards):
    """The grid of a file."""
    return load_grid(grid_file(wildcards.grid))


def cell_settings(wildcards):
    """The settings of one cell: a cell that is edited is made again, the others are not."""
    return validity_grid(wildcards).cells[wildcards.cell].settings


def grid_settings(wildcards):
    """The settings of every cell of a grid, in its order."""
    return [cell.settings for cell in validity_grid(wildcards).cells.values()]


def block_replications(wildcards):
    """First and last replication of a block."""
    found = validity_grid(wildcards).cells[wildcards.cell].blocks()[int(wildcards.block)]
    return [found.start, found.stop]


def cell_files(wildcards):
    """The truth and the blocks of every cell of a grid."""
    grid = validity_grid(wildcards)
    return [
        f"results/validity/{wildcards.grid}/cells/{cell}/{name}.csv"
        for cell in grid.cells
        for name in ["truth", *(f"block-{number:03d}" for number in range(len(grid.cells[cell].blocks())))]
    ]


def block_worlds(wildcards):
    """First and last world of a block of verdicts."""
    number = STUDIES[wildcards.study]["simulate"].get("verdict_worlds", WORLDS)
    first = WORLDS_A_BLOCK * int(wildcards.block)
    return [first, min(first + WORLDS_A_BLOCK, number)]


def world_files(wildcards):
    """The blocks of worlds of a study."""
    number = STUDIES[wildcards.study]["simulate"].get("verdict_worlds", WORLDS)
    blocks = range(-(-number // WORLDS_A_BLOCK))
    return [f"results/validity/verdicts/{wildcards.study}/block-{block:03d}.csv" for block in blocks]
