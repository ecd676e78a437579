"""``python -m interclust.features --document docs/features.md``: make the data dictionary anew."""

from __future__ import annotations

from functools import partial

from ..cli import make_document
from .document import documented

main = partial(make_document, "interclust.features", documented)

if __name__ == "__main__":
    main()
