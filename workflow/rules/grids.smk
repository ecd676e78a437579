# The files and settings of grids of designs, which the rules of validity share. No rules here.
from interclust.simulate.validity import grid_file, load_grid


def validity_grid(wildcards):
    """The grid of a file."""
    return load_grid(grid_file(wildcards.grid))


def cell_settings(wildcards):
    """The settings of one cell: a cell that is edited is made again, the others are not."""
    return validity_grid(wildcards).cells[wildcards.cell].settings


def block_replications(wildcards):
    """First and last replication of a block."""
    found = validity_grid(wildcards).blocks(wildcards.cell)[int(wildcards.block)]
    return [found.start, found.stop]


def cell_files(wildcards):
    """The truth and the blocks of every cell of a grid."""
    grid = validity_grid(wildcards)
    return [
        f"results/validity/{wildcards.grid}/cells/{cell}/{name}.csv"
        for cell in grid.cells
        for name in ["truth", *(f"block-{number:03d}" for number in range(len(grid.blocks(cell))))]
    ]
