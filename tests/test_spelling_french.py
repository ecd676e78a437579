"""The French that the report prints, by Debian's dictionary; words that it lacks stand in words.fr.txt.

Without hunspell and its French dictionary (`apt-get install hunspell hunspell-fr`) the test is skipped.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from interclust.features import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
KNOWN = Path(__file__).with_name("words.fr.txt")
TAG = re.compile(r"{%-?\s*(\w+)(.*?)[-+]?%}", re.DOTALL)
NOT_WORDS = re.compile(
    r"{{.*?}}|{#.*?#}|`[^`]*`|\$[^$]*\$|<[^>]*>|{[^{}]*}|\[?@[\w.-]+\]?|\]\([^)]*\)|https?://\S+|\w*_\w+|\S+\.\w{2,4}\b",
    re.DOTALL,
)


def texts() -> dict[str, str]:
    """Every French text by where it stands."""
    report = ROOT / "workflow" / "report"
    found = {"words.fr.yaml": "\n".join(strings(read(report / "words.fr.yaml")))}
    for page in sorted((report / "sections").glob("*.md")):
        found[page.name] = "\n".join(french(page.read_text(encoding="utf-8")))
    for file in sorted((ROOT / "config").rglob("*.yaml")):
        found[file.relative_to(ROOT).as_posix()] = "\n".join(of_language(read(file)))
    for feature in REGISTRY.values():
        told = (feature.label, feature.unit, feature.definition, feature.date_rule, feature.missing_rule)
        found[f"feature {feature.name}"] = "\n".join(text[1] for text in told)
    return found


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def strings(item: Any) -> Iterator[str]:
    """Every text in nested settings."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, (dict, list)):
        for part in item.values() if isinstance(item, dict) else item:
            yield from strings(part)


def of_language(item: Any) -> Iterator[str]:
    """Texts under a key ``fr``."""
    if isinstance(item, dict):
        for key, part in item.items():
            yield from strings(part) if key == "fr" else of_language(part)
    elif isinstance(item, list):
        for part in item:
            yield from of_language(part)


def french(template: str) -> Iterator[str]:
    """What a section says where the language is not English: the other branch of ``if en``."""
    open_tags: list[str] = []
    end = 0
    for tag in TAG.finditer(template):
        if "if not en" in open_tags:
            yield template[end : tag.start()]
        end = tag.end()
        word = tag[1]
        if word in ("if", "for"):
            open_tags.append(f"if {tag[2].strip()}")
        elif word in ("else", "elif"):
            open_tags[-1] = "if not en" if open_tags[-1] == "if en" else open_tags[-1]
        elif word in ("endif", "endfor"):
            open_tags.pop()
    assert not open_tags


def unknown(text: str) -> set[str]:
    """Words that the dictionary lacks."""
    plain = NOT_WORDS.sub(" ", text).replace("’", "'")
    command = ["hunspell", "-d", "fr_FR", "-i", "utf-8", "-l"]
    done = subprocess.run(command, input=plain, capture_output=True, text=True, check=True, encoding="utf-8")
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def dictionary() -> None:
    if not shutil.which("hunspell"):
        pytest.skip("no hunspell: the French texts are not checked")
    listed = subprocess.run(["hunspell", "-D"], input="", capture_output=True, text=True, check=False).stderr
    if "fr_FR" not in listed:
        pytest.skip("hunspell has no French dictionary: the French texts are not checked")


def test_french_is_spelt_as_the_dictionary_has_it(dictionary: None) -> None:
    known = set(KNOWN.read_text(encoding="utf-8").split())
    found = texts()
    wrong = unknown("\n".join(found.values())) - known
    where = {word: [name for name, text in found.items() if word in text] for word in sorted(wrong)}
    assert not where


def test_the_list_of_words_is_sorted() -> None:
    known = KNOWN.read_text(encoding="utf-8").split("\n")
    assert known == [*sorted(set(known) - {""}), ""]


def test_the_other_branch_of_a_section_is_french() -> None:
    english, also = "one{% if a %} two{% endif %}", "{% if a %} deux{% else %} trois{% endif %}"
    text = f"{{% if en %}}{english}{{% else %}}un{also}{{% endif %}}"
    assert list(french(text)) == ["un", " deux", " trois", ""]
