"""Identification cards in words: of every claim its tests, what they rest on and what they could find."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import decoded, labels, scoreboard
from .table import Cell, Table, left, right, row

if TYPE_CHECKING:
    from .language import Language
    from .results import Results

RATIOS = ("ratio", "ratio_of_ratios", "equivalence")
SURE = 0.995  # from here a power is printed as above the number below it
_COLUMN = re.compile(r"[A-Za-z_]\w*(?=[=<>])")
_VALUE = re.compile(r"(?<=[=<>])[\d.]+")

Card = Mapping[str, Any]


def read(results: Results) -> list[Card]:
    """The cards of a study (effects/cards.json), in the order of the hypotheses."""
    return list((results.json("effects/cards.json") or {}).get("cards", []))


def hypotheses(results: Results, say: Language) -> list[dict[str, Any]]:
    """What the page of cards shows: every hypothesis with its claim, verdict and cards."""
    whole = scoreboard.hypotheses(results)
    cards: dict[str, list[Card]] = {}
    for card in read(results):
        cards.setdefault(str(card["hypothesis"]), []).append(card)
    return [_hypothesis(name, whole[name], own, results, say) for name, own in cards.items()]


def table(results: Results, say: Language) -> Table:
    """One row a test that was made: its events, its power at declared ratios, the smallest one it can see."""
    rows = [
        row(
            Cell(decoded.test(str(test["id"]), say), str(test["id"])),
            Cell(say.known("verdicts", test["verdict"]), test["verdict"]),
            Cell(say.number(test["events"]["total"], "count"), test["events"]["total"]),
            Cell(say.number(_smallest_cell(test), "count"), _smallest_cell(test)),
            *(
                Cell(power(test, "nominal", ratio, say), _power(test, "nominal", ratio))
                for ratio in ratios(results)
            ),
            *(
                Cell(power(test, "adjusted", ratio, say), _power(test, "adjusted", ratio))
                for ratio in ratios(results)
            ),
            Cell(say.number(test["detectable"], "ratio"), test["detectable"]),
        )
        for card in read(results)
        for test in card["tests"]
        if test["power"] and test["p_value"] is not None
    ]
    say_of = {ratio: say.number(float(ratio), "ratio") for ratio in ratios(results)}
    columns = (
        left("test", say("tables.cards.test")),
        left("verdict", say("tables.cards.verdict"), 1.0),
        right("events", say("tables.cards.events")),
        right("smallest_cell", say("tables.cards.cell")),
        *(right(f"power_{r}", say("tables.cards.power", ratio=text)) for r, text in say_of.items()),
        *(right(f"adjusted_{r}", say("tables.cards.adjusted", ratio=text)) for r, text in say_of.items()),
        right("detectable", say("tables.cards.detectable")),
    )
    notes = (say("tables.cards.note_power"), say("tables.cards.note_step"))
    return Table("cards", say("tables.cards.caption"), columns, tuple(rows), notes)


def untested(results: Results, say: Language) -> str:
    """A sentence for the figure of power on the tests that cannot be made, empty where all can."""
    tests = [test for card in read(results) for test in card["tests"]]
    count = sum(not test["power"] or test["p_value"] is None for test in tests)
    return say("captions.power_untested", count=say.number(count, "count")) if count else ""


def verdict(card: Card, say: Language) -> str:
    """The verdict in words; of what is not testable the classes in brackets."""
    text = say.known("verdicts", card["verdict"])
    classes = ", ".join(card["classes"])
    return f"{text} ({classes})" if classes and card["verdict"] == scoreboard.NOT_TESTABLE else text


def power(test: Card, level: str, ratio: str, say: Language) -> str:
    """A power in words: a percentage, above the last one below certainty, a dash where there is none."""
    found = _power(test, level, ratio)
    if found is None:
        return say.number(None, "share")
    return f">{say.number(SURE - 0.005, 'share')}" if found >= SURE else say.number(round(found, 2), "share")


def _hypothesis(
    name: str, judged: tuple[str, str], cards: Sequence[Card], results: Results, say: Language
) -> dict[str, Any]:
    spec = results.study["hypotheses"][name]
    found, classes = judged
    words = say.known("verdicts", found)
    return {
        "id": name,
        "title": say.of(spec["title"]),
        "claim": say.of(spec["claim"]),
        "section": _place(str(spec["section"]), say),
        "verdict": f"{words} ({classes})" if classes and found == scoreboard.NOT_TESTABLE else words,
        "several": len(cards) > 1,
        "rule": say(f"cards.rules.{spec.get('combine', 'all')}"),
        "cards": [_card(card, results, say) for card in cards],
    }


def _place(text: str, say: Language) -> str:
    """Where a claim stands; a number of a section has its sign."""
    found = decoded.place(text, say)
    return f"§\N{NO-BREAK SPACE}{found}" if found[:1].isdigit() else found


def _card(card: Card, results: Results, say: Language) -> dict[str, Any]:
    spec = results.study["hypotheses"][card["hypothesis"]]
    part: Mapping[str, Any] = next((one for one in spec.get("parts") or [] if one["id"] == card["id"]), spec)
    return {
        "id": str(card["id"]),
        "claim": say.of(part["claim"]),
        "reading": say.of(part.get("reading")),
        "verdict": verdict(card, say),
        "lines": [{"label": say(f"cards.{key}"), "text": text} for key, text in _lines(card, results, say)],
    }


def _lines(card: Card, results: Results, say: Language) -> Iterator[tuple[str, str]]:
    """The lines of a card: key of the label, text."""
    classes = [say(f"cards.classes.{name}") for name in card["classes"]]
    why = " ".join(decoded.sentence(say.of(reason), results, say) for reason in card["reasons"])
    yield (
        "verdict",
        f"{verdict(card, say)}. {why}"
        if not classes
        else f"{_colon(verdict(card, say), _several(classes, say), say)}. {why}",
    )
    truth = scoreboard.truth(str(card["id"]), results, say)
    if truth:
        yield "truth", truth
    yield "outcome", _outcome(card, say)
    for test in card["tests"]:
        yield "test", _test(test, results, say)
    timeless = [labels.term(item["name"], results, say) for item in card["columns"] if item["hindsight"]]
    if card["columns"]:
        yield "look_ahead", _look_ahead(card, results, say)
    if timeless:
        yield "hindsight", say("cards.hindsight_of", columns=", ".join(timeless))
    if card["remedy"]:
        yield "settles", say.of(card["remedy"])


def _outcome(card: Card, say: Language) -> str:
    outcome = card["outcome"]
    recorded = ", ".join(say(f"cards.outcomes.{name}") for name in outcome["recorded"])
    key = "measured" if outcome["measured"] else "not_measured"
    return say(f"cards.outcome_{key}", claim=say(f"cards.outcomes.{outcome['claim']}"), recorded=recorded)


def _look_ahead(card: Card, results: Results, say: Language) -> str:
    """Each column with the rule of its date, those of one rule together."""
    by_rule: dict[str, list[str]] = {}
    for item in card["columns"]:
        rule = say.of(item["date_rule"]) if item["date_rule"] else say(f"cards.roles.{item['role']}")
        by_rule.setdefault(rule, []).append(labels.lower_first(labels.term(item["name"], results, say)))
    return _several([_colon(", ".join(names), rule, say) for rule, names in by_rule.items()], say) + "."


def _colon(head: str, text: str, say: Language) -> str:
    """What stands before a colon and after it, spaced as the language has it."""
    return say("terms_of.part", part=head, term=text)


def _several(texts: Sequence[str], say: Language) -> str:
    return say("paper_tables.between").join(texts)


def _test(test: Card, results: Results, say: Language) -> str:
    """A test in sentences: what is estimated, in which model, events, estimate, power."""
    known = all(name in results.models for name in str(test["model"]).split("/"))
    key = "cards.sentence" if known else "cards.sentence_without"
    parts = [say(key, effect=_effect(test, results, say), model=_models(test, results, say))]
    parts.append(say("cards.expected", sign=say(f"cards.signs.{_sign(test)}")))
    if test["events"]["total"] is not None:
        parts.append(_events(test, results, say))
    if test["estimate"] is not None:
        parts.append(_estimate(test, results, say))
    parts += _precision(test, say)
    return " ".join(parts)


def _effect(test: Card, results: Results, say: Language) -> str:
    terms = [labels.lower_first(labels.term(term, results, say)) for term in test["terms"]]
    at = ", ".join(
        f"{labels.lower_first(labels.term(name, results, say))} = {value:g}"
        for name, value in test["at"].items()
    )
    words = {"term": terms[0], "moderator": terms[-1], "terms": _several(terms, say), "at": at}
    return say(f"cards.effects.{test['effect']}", **words)


def _models(test: Card, results: Results, say: Language) -> str:
    """The model of a test, or the two that are held against each other (second/first)."""
    names = str(test["model"]).split("/")
    return say("cards.against").join(labels.model(name, results, say) for name in names)


def _sign(test: Card) -> str:
    return {"+": "plus", "-": "minus", "0": "equal"}.get(str(test["expect"]), "several")


def _events(test: Card, results: Results, say: Language) -> str:
    events = test["events"]
    unit = say(f"cards.units.{events['unit']}", n=say.number(events["total"], "count"))
    cells = _several(
        [
            _colon(_cell(name, results, say), say.number(n, "count"), say)
            for name, n in events["cells"].items()
        ],
        say,
    )
    return f"{unit} ({cells})." if cells else f"{unit}."


def _cell(name: str, results: Results, say: Language) -> str:
    """``both_development=0`` with the label of the column and the number as the language writes it."""
    text = _VALUE.sub(lambda found: found[0].replace(".", say.numerals.decimal), name)
    text = _COLUMN.sub(lambda found: labels.lower_first(labels.term(found[0], results, say)), text)
    return re.sub(r"\s*(>=|=|<)\s*", lambda found: f" {found[1].replace('>=', '≥')} ", text)


def _estimate(test: Card, results: Results, say: Language) -> str:
    correction = str(results.study.get("multiplicity", "holm"))
    p = say.number(test[f"p_{correction}"], "p_value")
    if test["effect"] == "wald":
        return say("tables.hypotheses.together", statistic=say.number(test["estimate"], "ratio"), p=p)
    kind = "ratio" if test["effect"] in RATIOS else "coefficient"
    interval = say.numerals.interval(test["conf_low"], test["conf_high"], kind)
    return say(
        "tables.hypotheses.estimate", estimate=say.number(test["estimate"], kind), interval=interval, p=p
    )


def _precision(test: Card, say: Language) -> Iterator[str]:
    if test["power"] and test["expect"] == "0":
        yield say(
            "cards.power_equal",
            margin=say.number(test["margin"], "ratio"),
            nominal=power(test, "nominal", "1", say),
            adjusted=power(test, "adjusted", "1", say),
        )
    elif test["power"]:
        for ratio in [key for key in test["power"]["nominal"] if key != "level"]:
            yield say(
                "cards.power",
                ratio=say.number(float(ratio), "ratio"),
                nominal=power(test, "nominal", ratio, say),
                adjusted=power(test, "adjusted", ratio, say),
            )
    if test["detectable"] is not None:
        yield say("cards.detectable", ratio=_above_one(test["detectable"], say))
    if test["times_more"] is not None and test["times_more"] > 1:
        yield say("cards.times_more", times=say.number(test["times_more"], "ratio"))
    if test["tipping"] is not None:
        yield say("cards.tipping", ratio=say.number(test["tipping"], "ratio"))
    if test["step"] and not all(item["flag"] or item["size"] == 1 for item in test["step"]):
        yield say("cards.step")


def _above_one(value: float, say: Language) -> str:
    """A detectable ratio: with two decimals where one would say that nothing is missed."""
    return say.numerals.fixed(value, 2) if value < 2 else say.number(value, "ratio")


def _power(test: Card, level: str, ratio: str) -> float | None:
    found = (test["power"] or {}).get(level, {}).get(ratio)
    return None if found is None else float(found)


def ratios(results: Results) -> list[str]:
    """The ratios at which power is declared, of the first test that has it."""
    for card in read(results):
        for test in card["tests"]:
            if test["power"] and test["expect"] != "0":
                return [key for key in test["power"]["nominal"] if key != "level"]
    return []


def _smallest_cell(test: Card) -> int | None:
    return min(test["events"]["cells"].values(), default=None)
