"""The ledger: predicted beside coded channels as tables and counts, and the agreement of its coders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import decoded
from .labels import capital
from .table import Cell, Row, Table, group, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .numbers import Collector
    from .results import Results
    from .results import Row as Line

PATTERNS, ROWS = "effects/ledger_patterns.csv", "effects/ledger_rows.csv"
AGREEMENT, DISAGREEMENTS = "effects/ledger_agreement.csv", "effects/ledger_disagreements.csv"
BLANK, CASE = "blank", "case"
MATCH, MISMATCH = ("match_present", "match_absent"), ("mismatch_present", "mismatch_absent")
SHOWN: Mapping[str, tuple[str, ...]] = {
    "match": MATCH,
    "mismatch": MISMATCH,
    **{name: (name,) for name in ("not_coded", "not_predicted", "neither")},
}
MEASURES = {"share": "share", "kappa": "coefficient", "alpha": "coefficient"}
CODED = (*MATCH, *MISMATCH, "not_predicted")


def tables(results: Results, say: Language) -> list[Table]:
    """Counts, rows, and where there are two coders their agreement and what they have to settle."""
    if not results.rows(PATTERNS):
        return []
    made = [patterns(results, say), rows(results, say)]
    return made + ([agreement(results, say), disagreements(results, say)] if results.rows(AGREEMENT) else [])


def patterns(results: Results, say: Language) -> Table:
    """What became of each channel's predictions, by phase: the case first, then rows of other bodies."""
    lines: list[Row] = []
    for (name, rows_of, phase), own in _grouped(results, results.rows(PATTERNS)).items():
        lines.append(group(_heading(results, say, name, rows_of, phase, own[0]["rows"])))
        lines += [_counted(item, say) for item in own]
    titles = {name: say(f"ledger.patterns.{name}") for name in SHOWN}
    columns = (
        left("channel", say("ledger.patterns.channel"), 1.0),
        *(right(name, title) for name, title in titles.items()),
    )
    return Table(
        "ledger_patterns", say("ledger.patterns.caption"), columns, tuple(lines), _notes(results, say)
    )


def rows(results: Results, say: Language) -> Table:
    """The rows with a prediction and a code: what is as predicted, what is not, by which rule, said where."""
    lines: list[Row] = []
    judged = [item for item in results.rows(ROWS) if item["status"] in (*MATCH, *MISMATCH)]
    for (name, rows_of, phase), own in _grouped(results, judged).items():
        relations = dict.fromkeys(_relation(item) for item in own)
        lines.append(group(_heading(results, say, name, rows_of, phase, len(relations))))
        lines += [_judged([item for item in own if _relation(item) == one], say) for one in relations]
    columns = (
        left("alter", say("ledger.rows.alter"), 0.8),
        left("match", say("ledger.rows.match"), 1.0),
        left("mismatch", say("ledger.rows.mismatch"), 0.7),
        left("rule", say("ledger.rows.rule")),
        left("locator", say("ledger.rows.locator"), 0.7),
    )
    notes = (say("ledger.rows.note"), *_rule_texts(results, say))
    return Table("ledger_rows", say("ledger.rows.caption"), columns, tuple(lines), notes)


def agreement(results: Results, say: Language) -> Table:
    """Share, kappa and alpha of each column, blanks left out and as a code of their own."""
    lines: list[Row] = []
    found = results.rows(AGREEMENT)
    for column in dict.fromkeys(item["column"] for item in found):
        lines.append(group(capital(say.known("channels", column))))
        lines += [_agreed(item, say) for item in found if item["column"] == column]
    columns = (
        left("blanks", say("ledger.agreement.blanks")),
        *(right(name, say(f"ledger.agreement.{name}")) for name in ("rows", "share", "kappa", "alpha")),
    )
    sizes = {"both": "rows_both", "first": "only_first", "second": "only_second"}
    values = {name: say.number(int(found[0][column]), "count") for name, column in sizes.items()}
    note = say("ledger.agreement.note", **values)
    return Table("ledger_agreement", say("ledger.agreement.caption"), columns, tuple(lines), (note,))


def disagreements(results: Results, say: Language) -> Table:
    """Every code in which the two coders differ."""
    lines = [_unsettled(item, say) for item in results.rows(DISAGREEMENTS)]
    columns = (
        left("alter", say("ledger.disagreements.alter"), 1.2),
        *(left(name, say(f"ledger.disagreements.{name}")) for name in ("column", "first", "second")),
        left("locator", say("ledger.disagreements.locator"), 0.6),
    )
    return Table("ledger_disagreements", say("ledger.disagreements.caption"), columns, tuple(lines))


def named(results: Results, say: Language) -> list[dict[str, str]]:
    """The patterns of a study: the key of their numbers, their name, and what readers must know of them."""
    specs = _specs(results) if results.rows(PATTERNS) else {}
    return [
        {"key": f"ledger.{name}", "label": say.of(spec["label"]), "note": say.of(spec.get("note"))}
        for name, spec in specs.items()
    ]


def add_numbers(results: Results, numbers: Collector) -> None:
    """Counts of the case by pattern, its codes, those that say no, and the rows that two coders have."""
    if not results.rows(PATTERNS):
        return
    for name in _specs(results):
        own = [item for item in results.rows(PATTERNS) if item["pattern"] == name and item["rows_of"] == CASE]
        for key, statuses in SHOWN.items():
            count = sum(int(item[status]) for item in own for status in statuses)
            path = f"pattern {name}, rows_of {CASE}, sum of {' and '.join(statuses)}"
            numbers.add(f"ledger.{name}.{key}", count, "count", PATTERNS, path)
        for key, count in zip(("codes", "zeros"), _codes(results, name), strict=True):
            numbers.add(
                f"ledger.{name}.{key}", count, "count", ROWS, f"pattern {name}, rows_of {CASE}, {key}"
            )
    found = results.rows(AGREEMENT)
    both = int(found[0]["rows_both"]) if found else 0
    numbers.add("ledger.second", both, "count", AGREEMENT, "rows_both of the first row, none without rows")


def _specs(results: Results) -> Mapping[str, Any]:
    """The patterns of a study."""
    found: Mapping[str, Any] = (results.study.get("ledger") or {}).get("patterns") or {}
    return found


def _grouped(results: Results, found: list[Line]) -> dict[tuple[str, str, str], list[Line]]:
    """Lines by pattern, case or other, and phase: phases in the order of the rules, the one not said last."""
    phases: dict[str, list[str]] = {}
    for name, spec in _specs(results).items():
        named = [rule["when"].get("phase", []) for rule in spec["rules"]]
        phases[name] = list(
            dict.fromkeys(str(one) for item in named for one in (item if isinstance(item, list) else [item]))
        )

    def place(item: Line) -> tuple[Any, ...]:
        order, phase = phases[item["pattern"]], item["phase"] or BLANK
        known = order.index(phase) if phase in order else len(order)
        return item["pattern"], item["rows_of"] != CASE, phase == BLANK, known, phase

    groups: dict[tuple[str, str, str], list[Line]] = {}
    for item in sorted(found, key=place):
        groups.setdefault((item["pattern"], item["rows_of"], item["phase"] or BLANK), []).append(item)
    return groups


def _heading(results: Results, say: Language, name: str, rows_of: str, phase: str, count: Any) -> str:
    words = say.known("phases", phase)
    text = say(f"ledger.{rows_of}", phase=words, rows=say.number(int(count), "count"))
    return text if len(_specs(results)) == 1 else f"{say.of(_specs(results)[name]['label'])}. {text}"


def _counted(item: Line, say: Language) -> Row:
    counts = [sum(int(item[status]) for status in statuses) for statuses in SHOWN.values()]
    channel = Cell(capital(say.known("channels", item["channel"])), item["channel"])
    return row(channel, *(Cell(say.number(count, "count") if count else "", count) for count in counts))


def _relation(item: Line) -> tuple[Any, ...]:
    return item["ego"], item["alter"], item["locator"]


def _judged(own: list[Line], say: Language) -> Row:
    """One relation: its channels as predicted and against, the rules that predict them, the place."""
    first = own[0]
    names = first["alter"] if first["rows_of"] == CASE else f"{first['ego']}, {first['alter']}"
    split = [[item for item in own if item["status"] in statuses] for statuses in (MATCH, MISMATCH)]
    rules = ", ".join(dict.fromkeys(item["rule"] for item in own))
    return row(names, *(_channels(some, say) for some in split), rules, _locator(first, say))


def _channels(some: list[Line], say: Language) -> Cell:
    """Channels in words; of those that are not expected it says so."""
    texts = []
    for item in some:
        kind = "expected" if item["expected"] == "1" else "not_expected"
        texts.append(say(f"ledger.{kind}", channel=say.known("channels", item["channel"])))
    return Cell(
        capital(", ".join(texts)) or say.number(None, "count"),
        "; ".join(f"{item['channel']}={item['expected']}" for item in some),
    )


def _locator(item: Line, say: Language) -> Cell:
    text = item["locator"] or ""
    return Cell(decoded.place(text, say), text)


def _rule_texts(results: Results, say: Language) -> list[str]:
    return [
        say(
            "ledger.rows.rule_text",
            id=rule["id"],
            section=decoded.place(rule["section"], say),
            text=say.of(rule["text"]),
        )
        for spec in _specs(results).values()
        for rule in spec["rules"]
    ]


def _codes(results: Results, pattern: str) -> tuple[int, int]:
    """Codes of the case, and those of them that say no."""
    own = [item for item in results.rows(ROWS) if item["pattern"] == pattern and item["rows_of"] == CASE]
    coded = [item for item in own if item["status"] in CODED]
    return len(coded), sum(item["coded"] == "0" for item in coded)


def _notes(results: Results, say: Language) -> tuple[str, ...]:
    """What the columns mean, what this is not, and who coded."""
    notes = [say("ledger.patterns.note_columns"), say("ledger.patterns.note_not")]
    notes += [say.of(spec["note"]) for spec in _specs(results).values() if "note" in spec]
    codes, zeros = _codes(results, next(iter(_specs(results))))
    shown = {"codes": say.number(codes, "count"), "zeros": say.number(zeros, "count")}
    second = "note_two" if results.rows(AGREEMENT) else "note_one"
    return (*notes, say("ledger.patterns.note_zeros", **shown), say(f"ledger.patterns.{second}"))


def _agreed(item: Line, say: Language) -> Row:
    cells = [_measure(item, name, kind, say) for name, kind in MEASURES.items()]
    rows_compared = int(item["rows"])
    blanks = Cell(say(f"ledger.agreement.{item['blanks']}"), item["blanks"])
    return row(blanks, Cell(say.number(rows_compared, "count"), rows_compared), *cells)


def _measure(item: Line, name: str, kind: str, say: Language) -> Cell:
    """A measure with its limits, or a dash."""
    if item[name] is None:
        return Cell(say.number(None, kind), "")
    value = float(item[name])
    ends = [item[f"{name}_{end}"] for end in ("low", "high")]
    if None in ends:
        return Cell(say.number(value, kind), value)
    limits = say.numerals.interval(float(ends[0]), float(ends[1]), kind)
    return Cell(f"{say.number(value, kind)} {limits}", value)


def _unsettled(item: Line, say: Language) -> Row:
    phase = say.known("phases", item["phase"] or BLANK)
    pair = say("ledger.disagreements.pair", ego=item["ego"], alter=item["alter"], phase=phase)
    codes = [Cell(say.known("codes", item[name]), item[name]) for name in ("first", "second")]
    column = Cell(say.known("channels", item["column"]), item["column"])
    return row(pair, column, *codes, _locator(item, say))
