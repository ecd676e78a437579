"""Numbers as text, one style per language: the only place where a number becomes words.

French sets a decimal comma and narrow spaces (U+202F) before ``%`` and between thousands; English a
point, commas and no space. A minus is U+2212 in both.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

NARROW = "\u202f"
MINUS = "\u2212"
MISSING = "\u2013"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Beyond this an estimate says "very large", and its digits mean nothing.
LARGEST_RATIO = 1000.0
SMALLEST_RATIO = 0.01


@dataclass(frozen=True)
class Numerals:
    """How one language writes numbers."""

    decimal: str
    thousands: str
    percent: str
    separator: str  # between the ends of an interval
    less: str  # before a bound
    span: str  # between the ends of an interval in a sentence

    def fixed(self, value: float, digits: int) -> str:
        """A number with a fixed count of decimals."""
        if math.isinf(value):
            return (MINUS if value < 0 else "") + "∞"
        text = f"{abs(value):,.{digits}f}"
        text = text.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)
        is_zero = not text.strip(f"0{self.decimal}")
        return text if value >= 0 or is_zero else MINUS + text

    def count(self, value: float) -> str:
        """A whole number."""
        return self.fixed(round(value), 0)

    def plain(self, value: float) -> str:
        """A year or a call: no separator."""
        return str(round(value))

    def share(self, value: float) -> str:
        """A share as a percentage: one decimal below ten per cent, two below a tenth."""
        percent = 100 * value
        digits = 0 if percent >= 10 or percent == round(percent) else 2 if abs(percent) < 0.095 else 1
        return self.fixed(percent, digits) + self.percent

    def ratio(self, value: float) -> str:
        """A ratio: two decimals below one, one decimal above, none from a hundred; bounds at the ends."""
        if value > LARGEST_RATIO:
            return f">{NARROW}{self.count(LARGEST_RATIO)}"
        if 0 < value < SMALLEST_RATIO / 2:
            return f"{self.less}{self.fixed(SMALLEST_RATIO, 2)}"
        return self.fixed(value, 2 if value < 0.995 else 1 if value < 99.95 else 0)

    def coefficient(self, value: float) -> str:
        """A coefficient or an error: three decimals, two from ten, one significant digit when tiny."""
        size = abs(value)
        if size >= 10:
            return self.fixed(value, 2)
        if size == 0 or size >= 0.001:
            return self.fixed(value, 3)
        return self.fixed(value, 4) if size >= 0.0001 else self.scientific(value)

    def measure(self, value: float) -> str:
        """A value or mean of any size: three decimals below ten, fewer above, none of a whole number."""
        size = abs(value)
        if size == round(size) or size >= 1000:
            return self.count(value)
        return self.fixed(value, 3 if size < 10 else 2 if size < 100 else 1)

    def freedom(self, value: float) -> str:
        """Degrees of freedom: one decimal, none of a whole number."""
        return self.fixed(value, 0 if value == round(value) else 1)

    def correlation(self, value: float) -> str:
        """A correlation: two decimals."""
        return self.fixed(value, 2)

    def level(self, value: float) -> str:
        """A level of significance: as many decimals as it has."""
        return self.fixed(value, len(f"{value:g}".partition(".")[2]))

    def scientific(self, value: float) -> str:
        """A number as mantissa and power of ten."""
        if value == 0:
            return "0"
        if math.isinf(value):
            return self.fixed(value, 0)
        mantissa, exponent = f"{value:.1e}".split("e")
        power = str(int(exponent)).translate(SUPERSCRIPTS)
        return f"{self.fixed(float(mantissa), 1)}{NARROW}×{NARROW}10{power}"

    def p_value(self, value: float) -> str:
        """A p-value: three decimals, or below 0.001."""
        return f"{self.less}{self.fixed(0.001, 3)}" if value < 0.001 else self.fixed(value, 3)

    def likelihood(self, value: float) -> str:
        """A log-likelihood."""
        return self.fixed(value, 2)

    def interval(self, low: float, high: float, kind: str = "ratio") -> str:
        """A closed interval in brackets."""
        return f"[{self.of(low, kind)}{self.separator}{self.of(high, kind)}]"

    def spoken(self, low: float, high: float, kind: str = "ratio") -> str:
        """An interval as a sentence says it."""
        return f"{self.of(low, kind)} {self.span} {self.of(high, kind)}"

    def of(self, value: object, kind: str) -> str:
        """A number of a kind (``KINDS``) as text; a dash where there is none."""
        if value is None or isinstance(value, str) or (isinstance(value, float) and math.isnan(value)):
            return MISSING
        write: Callable[[float], str] = getattr(self, kind)
        return write(float(value))  # type: ignore[arg-type]


KINDS = (
    *("count", "plain", "share", "ratio", "coefficient", "measure", "freedom", "correlation", "level"),
    *("scientific", "p_value", "likelihood"),
)
NUMERALS = {
    "en": Numerals(decimal=".", thousands=",", percent="%", separator=", ", less="<", span="to"),
    "fr": Numerals(
        decimal=",",
        thousands=NARROW,
        percent=f"{NARROW}%",
        separator=f"{NARROW}; ",
        less=f"<{NARROW}",
        span="à",
    ),
}
LANGUAGES = tuple(NUMERALS)
