"""Estimates as figures, tables and sentences need them, joined from the files of one model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .results import Results, Row

MOST_LINES = 60  # estimates in one figure
RATIOS = ("ratio", "ratio_of_ratios")
# Parts of a model whose parameters are many and of no interest one by one.
HIDDEN_PARTS = ("alpha", "cluster", "cluster_effects", "period", "period_effects")
HIDDEN_TERMS = ("Intercept", "ln_alpha", "alpha")
# Parts of a model that head the names of its terms.
PARTS = ("above_0", "above_1", "count", "inflate", "zero")


@dataclass(frozen=True)
class Ratio:
    """A ratio with its interval and, where known, what would undo it and what could be seen."""

    model: str
    term: str
    effect_id: str
    estimate: float
    low: float | None
    high: float | None
    p_value: float | None
    tipping: float | None = None
    tipping_low: float | None = None
    detectable: float | None = None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves one out."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


def ratios(results: Results, model: str) -> list[Ratio]:
    """The ratios of a model, in the order of its file; that of an intercept only where it stands alone."""
    found = []
    for kind in RATIOS:
        for row in results.effects_of(model, kind):
            name = full_term(row)
            if row["estimate"] is None or row.get("at"):
                continue  # those at something are ratios of averages, not of a coefficient
            tip, tip_low = tipping(results, model, row)
            found.append(
                Ratio(
                    model=model,
                    term=name,
                    effect_id=str(row["effect_id"]),
                    estimate=row["estimate"],
                    low=row.get("conf_low"),
                    high=row.get("conf_high"),
                    p_value=row.get("p_value"),
                    tipping=tip,
                    tipping_low=tip_low,
                    detectable=beside(results, model, row, "detectable"),
                )
            )
    return found


def shown_ratios(results: Results) -> dict[str, list[Ratio]]:
    """The ratios that the figure shows, by model: all, or of many those that hypotheses test."""
    found = {name: ratios(results, name) for name in results.fitted}
    if sum(map(len, found.values())) <= MOST_LINES:
        return found
    tested = {(str(test.get("model")), canonical(_tested(test))) for test in results.hypotheses}
    return {
        name: own
        for name, items in found.items()
        if (own := [item for item in items if (name, canonical(item.term)) in tested])
    }


def selected(results: Results) -> bool:
    """Whether the figure of ratios leaves some out."""
    return sum(len(ratios(results, name)) for name in results.fitted) > MOST_LINES


def _tested(test: Row) -> str:
    """The term or product of an effect: ``ratio_of_ratios:x|m`` is ``m:x``."""
    name = str(test.get("effect_id") or "").partition(":")[2].partition("@")[0].partition("#")[0]
    term, _, moderator = name.partition("|")
    return f"{moderator}:{term}" if moderator else term


def split(term: str) -> tuple[str, str]:
    """The part of a model that a term belongs to, empty where it has one part, and the term itself."""
    first, _, rest = term.partition(":")
    return (first, rest) if first in PARTS and rest else ("", term)


def hidden(term: str) -> bool:
    """Whether a parameter is of no interest by itself: an intercept of any part, a dispersion."""
    return split(term)[1] in HIDDEN_TERMS


def full_term(row: Row) -> str:
    """Moderator and term as one name, in the order of the model."""
    moderator = row.get("moderator")
    name = str(row["term"])
    return name if not moderator or ":" in name else f"{moderator}:{name}"


def canonical(term: str) -> str:
    """A name that is the same whatever is centred and in whatever order: ``c(x):y`` is ``x:y``."""
    parts = (part[2:-1] if part.startswith("c(") else part for part in term.split(":"))
    return ":".join(sorted(parts))


def tipping(results: Results, model: str, row: Row) -> tuple[float | None, float | None]:
    """How many times more visible pairs must be for an estimate, and for its nearer limit, to vanish."""
    found = _beside(results, model, row, "tipping")
    return (found.get("estimate"), found.get("conf_low")) if found else (None, None)


def beside(results: Results, model: str, row: Row, kind: str) -> float | None:
    """The estimate of another kind for the same term."""
    found = _beside(results, model, row, kind)
    return found.get("estimate") if found else None


def _beside(results: Results, model: str, row: Row, kind: str) -> Row | None:
    wanted = canonical(full_term(row))
    rows = results.effects_of(model, kind)
    return next((item for item in rows if canonical(full_term(item)) == wanted), None)


def coefficients(results: Results, model: str) -> list[Row]:
    """Terms of interest with estimate, standard error and degrees of freedom, from fit.json."""
    fit = results.fits[model]
    kind = results.covariance(model)
    matrix = (fit.get("vcov") or {}).get(kind, {})
    found = []
    for place, parameter in enumerate(fit.get("params") or []):
        own = str(parameter["term"]).removeprefix(f"{parameter.get('part')}:")  # count:x of part count is x
        level = own.startswith("C(")  # effects of periods and other levels
        if level or str(parameter.get("part")) in HIDDEN_PARTS:
            continue
        variance = matrix["matrix"][place][place] if matrix.get("matrix") else None
        df = matrix.get("df")
        found.append(
            {
                "term": str(parameter["term"]),
                "part": parameter.get("part"),
                "estimate": parameter["estimate"],
                "std_error": variance**0.5 if variance is not None and variance >= 0 else None,
                "df": df[place] if isinstance(df, list) else df,
            }
        )
    return found
