"""What goes wrong while a study runs, and what must hold: a sentence, a remedy, the same bytes afterwards.

The whole process group of a run is killed at random moments; disks are full, folders may not be written,
files between the stages are damaged, two runs meet. ``python -m tests.chaos --kills 50`` (``make chaos``).
"""
