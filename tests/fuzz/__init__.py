"""Ten thousand ways to spoil a raw file, and what must hold of ingest for each of them.

A mutant is a small study cut out of the real tables, or made up of their names, and spoilt in one place or
several: bytes, encodings, lines, cells, headers, whole files, settings. Mutant k of seed s is always the
same: ``python -m tests.fuzz --seed 1 --only 1234 --keep folder`` writes it down and says what becomes of it.
"""
