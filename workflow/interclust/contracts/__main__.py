"""``python -m interclust.contracts --document docs/tables.md``: make the dictionary of tables anew."""

from __future__ import annotations

from functools import partial

from ..cli import make_document
from .document import documented

main = partial(make_document, "interclust.contracts", documented)

if __name__ == "__main__":
    main()
