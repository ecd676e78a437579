"""Files of every kind to records of text cells; another format is one more entry of ``READERS``."""

from __future__ import annotations

from .delimited import read_csv
from .record import ITEM, Record, Settings

__all__ = ["ITEM", "READERS", "Record", "Settings"]

READERS = {"csv": read_csv}
SUFFIXES = {".csv": "csv", ".tsv": "csv", ".txt": "csv"}
