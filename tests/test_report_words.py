"""Words, numbers and escaping: every printed word in both languages, no digit typed, names stay text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from interclust.errors import ConfigError
from interclust.report import escape
from interclust.report.language import SOURCE, Language
from interclust.report.numerals import NUMERALS

SECTIONS = sorted((SOURCE / "sections").glob("*.md"))
# What may hold digits in the source: commands of the template (keys, counters), citations.
TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
THIN = "\u202f"


def flat(words: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", str(value)


def words_of(language: str) -> dict[str, str]:
    return dict(flat(yaml.safe_load((SOURCE / f"words.{language}.yaml").read_text(encoding="utf-8"))))


def test_both_languages_have_the_same_words() -> None:
    english, french = words_of("en"), words_of("fr")
    assert english.keys() == french.keys()
    assert all(text.strip() for text in (*english.values(), *french.values()))
    for key, text in english.items():
        names = sorted(re.findall(r"\{\w+\}", text))
        assert names == sorted(re.findall(r"\{\w+\}", french[key])), key


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.name)
def test_no_digit_is_typed_in_the_source(path: Path) -> None:
    text = TEMPLATE.sub("", path.read_text(encoding="utf-8"))
    assert not re.findall(r".*\d.*", text)


def test_no_digit_is_typed_in_the_words() -> None:
    for language in ("en", "fr"):
        assert not {key: text for key, text in words_of(language).items() if re.search(r"\d", text)}


def test_every_section_speaks_both_languages() -> None:
    for path in SECTIONS:
        text = path.read_text(encoding="utf-8")
        prose = re.sub(r"^:::.*$", "", TEMPLATE.sub("", text), flags=re.MULTILINE).strip()
        if prose:
            assert "{% if en %}" in text, path.name
            assert "{% else %}" in text, path.name


def test_every_citation_is_in_the_bibliography() -> None:
    cited = {key for path in SECTIONS for key in re.findall(r"@(\w+)", path.read_text(encoding="utf-8"))}
    known = set(
        re.findall(r"^@\w+\{(\w+),", (SOURCE / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert cited
    assert cited <= known


@pytest.mark.parametrize(
    ("value", "kind", "english", "french"),
    [
        (1774, "count", "1,774", f"1{THIN}774"),
        (1234567, "count", "1,234,567", f"1{THIN}234{THIN}567"),
        (-0.5, "coefficient", "\u22120.500", "\u22120,500"),
        (-0.0, "coefficient", "0.000", "0,000"),
        (-0.0001, "coefficient", "\u22120.0001", "\u22120,0001"),
        (5.69, "ratio", "5.7", "5,7"),
        (0.996, "ratio", "1.0", "1,0"),
        (0.994, "ratio", "0.99", "0,99"),
        (99.96, "ratio", "100", "100"),
        (3000.0, "ratio", f">{THIN}1,000", f">{THIN}1{THIN}000"),
        (0.0483, "share", "4.8%", f"4,8{THIN}%"),
        (0.95, "share", "95%", f"95{THIN}%"),
        (0.00001, "p_value", "<0.001", f"<{THIN}0,001"),
        (0.0451, "p_value", "0.045", "0,045"),
        (1.5e-12, "scientific", f"1.5{THIN}×{THIN}10⁻¹²", f"1,5{THIN}×{THIN}10⁻¹²"),
        (-214.774, "likelihood", "\u2212214.77", "\u2212214,77"),
        (2006, "plain", "2006", "2006"),
        (None, "ratio", "–", "–"),
        (float("nan"), "ratio", "–", "–"),
    ],
)
def test_numbers_in_two_languages(value: float, kind: str, english: str, french: str) -> None:
    assert NUMERALS["en"].of(value, kind) == english
    assert NUMERALS["fr"].of(value, kind) == french


def test_intervals() -> None:
    assert NUMERALS["en"].interval(2.4, 13.2) == "[2.4, 13.2]"
    assert NUMERALS["fr"].interval(2.4, 13.2) == f"[2,4{THIN}; 13,2]"
    assert NUMERALS["fr"].spoken(2.4, 13.2) == "2,4 à 13,2"


def test_french_spaces() -> None:
    say = Language("fr")
    assert say.typography("Ainsi : « oui » ; non ?") == f"Ainsi{THIN}: «{THIN}oui{THIN}»{THIN}; non{THIN}?"
    assert Language("en").typography("So : it ; is") == "So : it ; is"
    assert say.typography("::: {.can}") == "::: {.can}"


def test_a_language_or_word_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="'de' is unknown; allowed are en, fr"):
        Language("de")
    with pytest.raises(KeyError, match=r"words.en.yaml has no 'tables.nothing'"):
        Language("en")("tables.nothing")


@pytest.mark.parametrize(
    ("text", "html", "latex", "typst"),
    [
        ("<b>&", "&lt;b&gt;&amp;", r"\textless{}b\textgreater{}\&", r"\<b\>\&"),
        (r"\input{a}", r"\input{a}", r"\textbackslash{}input\{a\}", r"\\input\{a\}"),
        ("#let", "#let", r"\#let", r"\#let"),
        ("5 %", "5 %", r"5 \%", r"5 \%"),
        (f"1{THIN}774", f"1{THIN}774", r"1\,774", f"1{THIN}774"),
        ("10⁻¹²", "10⁻¹²", r"10\textsuperscript{-12}", "10⁻¹²"),
        ("a\nb\x00", "a b", "a b", "a b"),
    ],
)
def test_text_stays_text(text: str, html: str, latex: str, typst: str) -> None:
    assert escape.html(text) == html
    assert escape.latex(text) == latex
    assert escape.typst(text) == typst


def test_markdown_takes_no_sign_for_markup() -> None:
    assert escape.markdown("*a* [b](c) {=html}") == r"\*a\* \[b\]\(c\) \{\=html\}"
