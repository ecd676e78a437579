"""Cleaning of printed text: spaces, accents, wrong decoding; nothing that changes a meaning."""

from __future__ import annotations

import html
import re
import unicodedata

MOJIBAKE = re.compile(r"Ã[\x80-\xff€-™]|â€|Â[\xa0-\xbf]")
TWINS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "−": "-"})
LOOSE_ACCENTS = str.maketrans(dict.fromkeys("ˆ˜¨"))  # printed beside their letter: "Poˆle"
ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8}\d{0,2});")
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


def tidy(text: str) -> str:
    """One space between words, no invisible characters, composed accents, no entities of web pages."""
    text = without_entities(text)
    if not text.isascii():
        text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def without_entities(text: str) -> str:
    """Characters for the entities of web pages ("V&eacute;g&eacute;polys", "&amp;"); once, not again."""
    return ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def repaired(text: str) -> str:
    """UTF-8 that was read as cp1252 ("PÃ´le"), once or twice, is put right; other text stays as it is."""
    for _ in range(2):
        if not MOJIBAKE.search(text):
            return text
        try:
            text = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return text
    return text


def unaccented(text: str) -> str:
    """Lower case without accents, ligatures or superscripts; doing it twice changes nothing."""
    text = text.translate(LOOSE_ACCENTS)
    for _ in range(4):
        folded = unicodedata.normalize("NFKD", text).casefold().replace("œ", "oe").replace("æ", "ae")
        folded = "".join(sign for sign in folded if not unicodedata.combining(sign))
        if folded == text:
            break
        text = folded
    return text


def plain(text: str) -> str:
    """Tidy, lower case, without accents: for comparing words of dates and numbers."""
    return tidy(unaccented(tidy(text).translate(TWINS)))
