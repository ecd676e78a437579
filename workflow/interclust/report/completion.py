"""The completion plan as tables, figure and text need it, read from effects/completion*.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import labels

if TYPE_CHECKING:
    from .language import Language
    from .numbers import Collector
    from .results import Results

Line = dict[str, Any]

POWER = 0.8  # that is asked of a test
FIRST, LAST = "from the first", "to the last"  # which end of the calls a window is bound to
WORDS = frozenset(
    {"model", "term", "tests", "unit", "name", "basis", "hypothesis", "test", "effect_id", "direction"}
    | {"study", "version"}
)


def _lines(results: Results, name: str) -> list[Line]:
    """Rows of a table of the plan, all but names as numbers."""
    rows = results.rows(f"effects/{name}.csv")
    return [{key: _value(key, cell) for key, cell in row.items()} for row in rows]


def _value(key: str, cell: Any) -> Any:
    return cell if cell is None or key in WORDS else float(cell)


def units(results: Results) -> list[Line]:
    """What each call and portfolio buys, at every ratio."""
    return _lines(results, "completion")


def order(results: Results) -> list[Line]:
    """The calls, best first, for every term and ratio."""
    return _lines(results, "completion_order")


def panels(results: Results) -> list[Line]:
    """How many calls each test of a panel model needs."""
    return _lines(results, "completion_panels")


def quoted(results: Results) -> str:
    """The study that the table of panel models was taken from; empty where it is this one's own."""
    return next((str(line["study"]) for line in panels(results) if line.get("study")), "")


def shown(results: Results, say: Language) -> dict[str, Any] | None:
    """What the text says of the plan: its terms with the keys of their numbers; None where there is none.

    Of list choices it speaks of the smallest ratio, which is the hardest to find.
    """
    found, tests = units(results), panels(results)
    if not found and not tests:
        return None
    least = f"{ratios(found)[0]:g}" if found else ""
    named = {str(line["term"]): line.get("tests") or "" for line in found}
    of_terms = [
        {
            "label": labels.term(term, results, say),
            "tests": own,
            "key": f"completion.{term}.{least}",
            "first": f"completion.{term}.first",
        }
        for term, own in named.items()
    ]
    return {"lists": bool(found), "panels": bool(tests), "quoted": quoted(results), "terms": of_terms}


def terms(lines: list[Line]) -> list[str]:
    """The terms that are planned for."""
    return list(dict.fromkeys(str(line["term"]) for line in lines))


def ratios(lines: list[Line]) -> list[float]:
    """The true ratios, largest last."""
    return sorted({line["ratio"] for line in lines})


def add_numbers(results: Results, numbers: Collector) -> None:
    """The numbers that the text quotes."""
    found = units(results)
    if found:
        _of_calls(found, numbers)
        for term in terms(found):
            _of_term([line for line in order(results) if line["term"] == term], term, numbers)
    _of_panels(panels(results), numbers)


def _of_calls(found: list[Line], numbers: Collector) -> None:
    """How much there is to read, and to gain."""
    file, least = "effects/completion.csv", ratios(found)[0]
    numbers.add("completion.ratio", least, "ratio", file, "min(ratio)")
    whole = next((line for line in found if line["unit"] == "all"), None)
    if whole is not None:
        numbers.add("completion.projects", whole["projects"], "count", file, "unit=all/projects")
        numbers.add("completion.lists", whole["lists"], "count", file, "unit=all/lists")
    calls = {line["name"] for line in found if line["unit"] == "call"}
    numbers.add("completion.calls", len(calls), "count", file, "distinct names with unit=call")


def _of_term(steps: list[Line], term: str, numbers: Collector) -> None:
    """The first call and what it buys, and how far one has to go for the power wanted."""
    file = "effects/completion_order.csv"
    for ratio in ratios(steps):
        own, at = [line for line in steps if line["ratio"] == ratio], f"term={term},ratio={ratio:g}"
        key = f"completion.{term}.{ratio:g}"
        numbers.add(f"{key}.now", own[0]["power"], "share", file, f"{at},step=0/power")
        if len(own) > 1:
            numbers.add(f"completion.{term}.first", own[1]["period"], "plain", file, f"{at},step=1/period")
            numbers.add(f"{key}.first", own[1]["power"], "share", file, f"{at},step=1/power")
            numbers.add(
                f"{key}.first_stays", own[1]["power_stays"], "share", file, f"{at},step=1/power_stays"
            )
        for name in ("power", "power_stays"):
            reached = next((line for line in own if round(line[name], 2) >= POWER), None)  # as it is printed
            if reached is not None:
                what = f"{at}, first step with {name} >= {POWER:g}"
                numbers.add(f"{key}.{name}.calls", reached["step"], "count", file, f"{what}/step")
                numbers.add(f"{key}.{name}.lists", reached["lists"], "count", file, f"{what}/lists")
                numbers.add(f"{key}.{name}.projects", reached["projects"], "count", file, f"{what}/projects")


def _of_panels(found: list[Line], numbers: Collector) -> None:
    """How many tests of panel models have the power wanted once so many calls are complete."""
    if not found:
        return
    file, top = "effects/completion_panels.csv", ratios(found)[-1]
    own = [line for line in found if line["direction"] == FIRST and line["ratio"] == top]
    reached = [line["projects"] for line in own if line["projects"] is not None]
    what = f"direction={FIRST},ratio={top:g}"
    numbers.add("panels.ratio", top, "ratio", file, "max(ratio)")
    numbers.add("panels.tests", len(own), "count", file, what)
    numbers.add("panels.reached", len(reached), "count", file, f"{what}, with calls")
    numbers.add("panels.never", len(own) - len(reached), "count", file, f"{what}, without calls")
    numbers.add("panels.projects_all", found[0]["projects_all"], "count", file, "projects_all")
    if reached:
        half = sorted(reached)[(len(reached) - 1) // 2]
        numbers.add("panels.least", min(reached), "count", file, f"{what}, min(projects)")
        numbers.add("panels.half", half, "count", file, f"{what}, lower median of projects")
