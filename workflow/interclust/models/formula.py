"""The formula language and the design it builds, row by row of any block.

Names, ``+``, ``:``, ``*``, ``C(x)``, ``c(x)`` (centred on the estimation sample), ``log1p(x)``,
``I(x**2)`` and ``0 +``; anything else is refused by name. Parsing, the expansion of products and the
names of terms are formulaic's; evaluation is ours, because it must give the same bits from a frame and
from a stream of blocks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np

from ..errors import ModelError
from ..numerics.segments import products
from .rows.population import row_weights

Array = np.ndarray
Columns = Mapping[str, Array]

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
FACTOR = re.compile(
    rf"^(?:(?P<plain>{NAME})|(?P<call>C|c|log1p)\((?P<argument>{NAME})\)"
    rf"|(?P<power>{NAME}) ?\*\* ?(?P<exponent>[23]))$"
)
ALLOWED = "names, +, :, *, C(x), c(x), log1p(x), I(x**2), 0 +"


@dataclass(frozen=True)
class Factor:
    """One factor of a term: a column and what is done to it (plain, C, c, log1p, power)."""

    text: str
    column: str
    kind: str
    exponent: int = 1


@dataclass(frozen=True)
class Formula:
    """A parsed formula: the outcome, and the terms as tuples of factors (the empty one is the intercept)."""

    outcome: str | None
    terms: tuple[tuple[Factor, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the right-hand side needs, in order of appearance."""
        return tuple(dict.fromkeys(factor.column for term in self.terms for factor in term))


@dataclass(frozen=True)
class Moments:
    """What the design takes from the estimation sample: means for c(x), levels for C(x)."""

    means: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, tuple[float | str, ...]] = field(default_factory=dict)


def parse(text: str) -> Formula:
    """Parse ``outcome ~ terms`` or a right-hand side alone.

    Raises ModelError naming the factor that is not of the language.
    """
    from formulaic.errors import FormulaicError
    from formulaic.parser import DefaultFormulaParser

    left, tilde, right = text.partition("~")
    try:
        terms = DefaultFormulaParser(include_intercept=True).get_terms(right if tilde else text)
        terms = sorted(
            terms, key=lambda term: term.degree
        )  # main effects before products, as formulaic has it
    except (FormulaicError, SyntaxError) as error:
        raise ModelError(
            f"formula {text!r}: cannot be read ({str(error).splitlines()[0]}); allowed are {ALLOWED}"
        ) from None
    parsed = tuple(
        tuple(_factor(str(factor), text) for factor in term.factors if str(factor) != "1") for term in terms
    )
    if not parsed:
        raise ModelError(f"formula {text!r}: no term is left on the right-hand side")
    outcome = left.strip() if tilde else None
    if outcome is not None and not re.fullmatch(NAME, outcome):
        raise ModelError(f"formula {text!r}: the outcome {outcome!r} is not the name of a column")
    return Formula(outcome, parsed)


def _factor(text: str, formula: str) -> Factor:
    inner = text[2:-1] if text.startswith("I(") and text.endswith(")") else text
    found = FACTOR.match(inner)
    if found is None or (inner is text and found["power"]):
        raise ModelError(
            f"formula {formula!r}: {text!r} is not of the formula language; allowed are {ALLOWED}"
        )
    if found["plain"]:
        return Factor(text, found["plain"], "plain")
    if found["power"]:
        return Factor(text, found["power"], "power", int(found["exponent"]))
    return Factor(text, found["argument"], found["call"])


def learn(formula: Formula, blocks: Iterable[Columns]) -> Moments:
    """Means of centred columns and levels of categorical ones over the estimation sample.

    Where rows were sampled, the means are those of the rows that they stand for.
    """
    factors = {factor.text: factor for term in formula.terms for factor in term}.values()
    centred = [factor.column for factor in factors if factor.kind == "c"]
    coded = [factor.column for factor in factors if factor.kind == "C"]
    if not centred and not coded:
        return Moments()
    sums, rows = dict.fromkeys(centred, 0.0), 0.0
    levels: dict[str, set[float | str]] = {column: set() for column in coded}
    for block in blocks:
        weights = row_weights(block)
        for column in centred:
            values = block[column] if weights is None else weights * block[column]
            sums[column] += float(np.sum(values, dtype=float))
        for column in coded:
            levels[column].update(np.unique(block[column]).tolist())
        rows += len(next(iter(block.values()))) if weights is None else float(weights.sum())
    return Moments(
        {column: total / (rows or 1) for column, total in sums.items()},
        {
            column: tuple(sorted(found, key=lambda level: (isinstance(level, str), level)))
            for column, found in levels.items()
        },
    )


@dataclass(frozen=True)
class Design:
    """A formula with its moments: builds the (n, k) matrix of any block.

    Without ``intercept`` its column is left out but factors are coded as beside one: the slopes of an
    ordered model, whose cut points are its intercepts.
    """

    formula: Formula
    moments: Moments
    intercept: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the k columns: ``Intercept``, ``a``, ``a:b``, ``C(x)[level]``."""
        return tuple(name for term in self._terms for name in self._term_names(term))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is built from."""
        return self.formula.columns

    def matrix(self, columns: Columns) -> Array:
        """Design matrix (n, k) in float64 of a block of columns (n,)."""
        n = len(next(iter(columns.values())))
        filled = np.empty((len(self.names), n))
        self.fill(columns, filled)
        return filled.T

    def fill(self, columns: Columns, into: Array, changed: Collection[str] | None = None) -> None:
        """Write the design of a block of columns (n,) into ``into`` (k, n): a term a row, as columns lie.

        Only the terms that a column of ``changed`` is in, if it is given.
        """
        for term, place in zip(self._terms, self._places, strict=True):
            if changed is None or any(factor.column in changed for factor in term):
                self._fill_term(term, columns, into, place.start)

    def gram(self, columns: Columns, X: Array, weights: Array, room: Array) -> Array:
        """``X diag(weights) X'`` (k, k) of a block that ``fill`` made of ``columns``.

        ``room`` (k, n) is written over.
        """
        return products(np.multiply(X, weights, out=room), X)

    def fill_slopes(self, columns: Columns, name: str, into: Array) -> None:
        """Write the derivatives in the column ``name`` of the terms that it is in, by the product rule."""
        for term, place in zip(self._terms, self._places, strict=True):
            for position, factor in enumerate(term):
                if factor.column != name:
                    continue
                first = not any(other.column == name for other in term[:position])
                others = [self._values(other, columns) for other in (*term[:position], *term[position + 1 :])]
                rows = [_slope(factor, columns)]
                for own in others:
                    rows = [left * right for left in rows for right in own]
                for row, into_row in zip(rows, into[place], strict=True):
                    into_row[:] = row if first else into_row + row

    def places(self, changed: Collection[str]) -> list[int]:
        """The numbers of the columns of the design that a column of ``changed`` is in."""
        return [
            number
            for term, place in zip(self._terms, self._places, strict=True)
            if any(factor.column in changed for factor in term)
            for number in range(place.start, place.stop)
        ]

    @cached_property
    def _places(self) -> list[slice]:
        """Where the columns of each term stand."""
        ends = list(accumulate((len(self._term_names(term)) for term in self._terms), initial=0))
        return [slice(low, high) for low, high in pairwise(ends)]

    @property
    def _terms(self) -> tuple[tuple[Factor, ...], ...]:
        return tuple(term for term in self.formula.terms if term or self.intercept)

    def _levels(self, factor: Factor) -> tuple[float | str, ...]:
        # the first level is the reference unless the formula has no intercept and this is its first term
        levels = self.moments.levels[factor.column]
        full = () not in self.formula.terms and self.formula.terms[0] == (factor,)
        return levels if full else levels[1:]

    def _term_names(self, term: tuple[Factor, ...]) -> list[str]:
        if not term:
            return ["Intercept"]
        names = [""]
        for factor in term:
            own = [factor.text]
            if factor.kind == "C":
                prefix = "" if self._levels(factor) == self.moments.levels[factor.column] else "T."
                own = [f"{factor.text}[{prefix}{_level_name(level)}]" for level in self._levels(factor)]
            names = [f"{name}:{item}" if name else item for name in names for item in own]
        return names

    def _fill_term(self, term: tuple[Factor, ...], columns: Columns, into: Array, place: int) -> None:
        """Write one term from row ``place`` on."""
        if len(term) == 1 and term[0].kind == "plain":  # the most frequent one, without a copy between
            into[place] = columns[term[0].column]
            return
        rows: list[Array] | None = None
        for factor in term:
            own = self._values(factor, columns)
            rows = own if rows is None else [left * right for left in rows for right in own]
        for row in [np.ones(1)] if rows is None else rows:
            into[place] = row
            place += 1

    def _values(self, factor: Factor, columns: Columns) -> list[Array]:
        """The columns (n,) of one factor: one for each level that is coded."""
        raw = columns[factor.column]
        if factor.kind == "C":
            return [(raw == level).astype(float) for level in self._levels(factor)]
        values = np.asarray(raw, dtype=float)
        if factor.kind == "c":
            values = values - self.moments.means[factor.column]
        elif factor.kind == "log1p":
            values = np.log1p(values)
        elif factor.kind == "power":
            values = values**factor.exponent
        return [values]


def _slope(factor: Factor, columns: Columns) -> Array:
    """Derivative (n,) of a factor in its column; of the levels of C(x) there is none."""
    values = np.asarray(columns[factor.column], dtype=float)
    if factor.kind == "log1p":
        return 1.0 / (1.0 + values)
    if factor.kind == "power":
        return factor.exponent * values ** (factor.exponent - 1)
    return np.ones(len(values))


def _level_name(level: float | str) -> str:
    """A level as it is printed: whole numbers without a decimal point."""
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)
