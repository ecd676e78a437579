"""Words of texts, counted by scikit-learn. Which texts a period may know is decided by History, not here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Words without content in the two languages of the records, without accents.
STOP_WORDS = frozenset(
    """
    an and are as at based by for from in into is it its new of on or over than that the their through to
    under using via with
    au aux avec ce ces dans de des du en est et la le les leur leurs ou par plus pour sa ses son sous sur
    un une vers
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Texts:
    """Word counts over one vocabulary (sorted): keywords (n clusters, V), topics (P projects, V), CSR."""

    words: tuple[str, ...]
    keywords: Any
    topics: Any

    @classmethod
    def count(cls, keywords: Sequence[str], topics: Sequence[str]) -> Texts:
        """Count the words of the clusters' keywords and of the projects' topics.

        Words have two letters or more, in lower case and without accents, less the stop words.
        """
        from scipy.sparse import csr_array
        from sklearn.feature_extraction.text import CountVectorizer

        texts = [*keywords, *topics]
        vectoriser = CountVectorizer(strip_accents="unicode", stop_words=sorted(STOP_WORDS), dtype=float)
        try:
            matrix = csr_array(vectoriser.fit_transform(texts))
        except ValueError:  # no text has a word: scikit-learn refuses an empty vocabulary
            matrix = csr_array((len(texts), 0), dtype=float)
            return cls((), matrix[: len(keywords)], matrix[len(keywords) :])
        matrix.sort_indices()
        words = tuple(vectoriser.get_feature_names_out().tolist())
        return cls(words, matrix[: len(keywords)], matrix[len(keywords) :])
