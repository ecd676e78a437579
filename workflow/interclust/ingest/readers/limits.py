"""How large a raw file may be, and why: what goes beyond ends in a sentence, before memory is short."""

from __future__ import annotations

from ...errors import InputError

LINE_BYTES = 4_000_000  # of one line, or the XML of one sheet row: a file without line ends is one line
LINES = 5_000_000  # of one file, blank ones included: reading nothing must end too
RECORD_LINES = 200  # that one quoted cell may span: one quote too many must not swallow the file
COLUMNS = 16_384  # of one table: what a sheet of Excel holds
ROWS = 1_048_576  # of one table: what a sheet holds; an accepted row keeps some 4 kB until the end
CELLS = 50_000_000  # of one table: a few bytes a row can stand for rows as wide as the header

# Lists of projects pack 4 to 50 times; small files may do better, for they do no harm.
EXPANSION = 200
FREE_BYTES = 64_000_000
UNPACKED_BYTES = 1_000_000_000  # of a workbook or Parquet file: about a minute of reading

DIRECTORY_BYTES = 4_000_000  # the list of a workbook's parts: read whole before anything is known
PARTS = 20_000  # of a workbook: a book of pictures holds some thousands
SHEETS = 10_000  # of a workbook: all may name one part
ELEMENTS = 1_000_000  # of what describes a workbook: Excel itself allows 65,490 styles
BLANKS = 3_000_000  # rows without cells and cells without a value, in all sheets: some seconds of reading
STRINGS_BYTES = 128_000_000  # the texts of a workbook: all are kept while its sheets are read

JSON_BYTES = 100_000_000  # of one JSON document: it is read whole
JSON_VALUES = 5_000_000  # commas and brackets of one JSON document: an empty object costs 64 bytes
NESTING = 32  # objects or lists within each other in one record
SAMPLE_LINES, SAMPLE_SIGNS = 30, 1_000_000  # of a CSV file, that decide between delimiters
HEADER_RECORDS, HEADER_BYTES = 1000, 16_000_000  # JSON lines looked at for their keys

FOOTER_BYTES = 8_000_000  # the description of a Parquet file: read whole before anything is known
PARQUET_VALUES = 100_000_000  # of a Parquet file, items of lists included
BATCH_ROWS, BATCH_BYTES = 4096, 128_000_000  # rows unpacked at once, and what they may come to


def check_columns(count: int, file: str) -> None:
    """Raise InputError for more columns than are read."""
    if count > COLUMNS:
        problem = f"has {count} columns, and at most {COLUMNS} are read"
        raise InputError(problem, file=file, remedy="keep only the columns that are needed")
