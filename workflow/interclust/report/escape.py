"""Text from data as text in every format: nothing of a name is ever taken for markup."""

from __future__ import annotations

import html as _html
import re

from .numerals import MINUS, NARROW

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
_TYPST = re.compile(r"([\\`*_{}\[\]()#$~<>@\"'/=+\-:;.!%&|^])")
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "-": r"{-}",
    NARROW: r"\,",
    MINUS: r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "∞": r"\ensuremath{\infty}",
    "≥": r"\ensuremath{\geq}",
    "≤": r"\ensuremath{\leq}",
    "–": "--",
}
_SUPERSCRIPT = re.compile(r"[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def clean(text: str) -> str:
    """One line without control characters."""
    return _CONTROL.sub(" ", text).strip()


def html(text: str) -> str:
    """Text for HTML, in an element or a quoted attribute."""
    return _html.escape(clean(text), quote=True)


def markdown(text: str) -> str:
    """Text for pandoc's Markdown: every punctuation sign of ASCII behind a backslash."""
    return _MARKDOWN.sub(r"\\\1", clean(text))


def typst(text: str) -> str:
    """Text for Typst markup."""
    return _TYPST.sub(r"\\\1", clean(text))


def latex(text: str) -> str:
    """Text for LaTeX; the signs of our numbers become commands."""
    escaped = "".join(_LATEX.get(sign, sign) for sign in clean(text))
    return _SUPERSCRIPT.sub(lambda match: rf"\textsuperscript{{{match[0].translate(_PLAIN)}}}", escaped)
