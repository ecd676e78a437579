"""The interactive page of the network and the map: one file that needs no network, and is a table by itself.

Its source is ``workflow/report/explorer``: a template, a style, and scripts that are put one after the other.
The data stand in the page as JSON in which nothing can end the element; the scripts write them as text alone,
and a policy (Content-Security-Policy) lets no other script run and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import io
from . import explorer_data
from .document import compose
from .explorer_records import CHANNELS
from .language import Language
from .render import render_fragment
from .results import Results

if TYPE_CHECKING:
    from collections.abc import Mapping

# In the order in which they need one another.
SCRIPTS = ("page.js", "choices.js", "drawing.js", "details.js", "explorer.js")
SIDES, UNKNOWN = ("diffusing", "absorbing", "mixed"), "unknown"
# What could end the element of a script, begin a comment in it, or break a line of it.
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def explore(study: str | Path, languages: Iterable[str]) -> None:
    """Write ``report/explorer.<language>.html`` of a study's folder, from its tables and numbers.json."""
    results = Results(study)
    folder = results.folder / "report"
    numbers = io.read_json(folder / "numbers.json")
    languages = list(languages)
    for code in languages:
        say = Language(code)
        says = render_fragment(compose(results, folder, numbers, say, "explorer"))
        others = [other for other in languages if other != code]
        io.write_text(page(results, say, says, others), folder / f"explorer.{code}.html")


def page(results: Results, say: Language, says: str, others: Iterable[str] = ()) -> str:
    """The page of one language; ``says`` is HTML, ``others`` the other languages of the study."""
    import jinja2

    source = say.source / "explorer"
    style = (source / "explorer.css").read_text(encoding="utf-8")
    script = "\n".join((source / name).read_text(encoding="utf-8") for name in SCRIPTS)
    data = explorer_data.collect(results, say)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("template.html").render(
        say=say,
        study=say.of(results.study.get("label")) or str(results.study.get("name", "")),
        says=says,
        others=[Language(other) for other in others],
        sides=[side for side in (*SIDES, UNKNOWN) if side in _sides(data)],
        data=data,
        rows=rows(data, say),
        choices=choices(data, say),
        least=say.number(data["least"], "count"),
        start=say.number(data["start"], "count"),
        style=style,
        script=f"\n{script}",
        script_hash=hashed(f"\n{script}"),
        json=as_json(data | {"words": words(results, say)}),
    )


def _sides(data: Mapping[str, Any]) -> set[str]:
    """The marks that the drawing has."""
    return {cluster["side"] if cluster["side"] in SIDES else UNKNOWN for cluster in data["clusters"]}


def as_json(data: Mapping[str, Any]) -> str:
    """Data for an element of a page: no sign in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE)


def hashed(script: str) -> str:
    """A script's name in a policy: CSP Level 3, section 6.7."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def words(results: Results, say: Language) -> dict[str, Any]:
    """What the scripts print: texts by key, and how this language writes numbers."""
    texts = {key: say(f"explorer.script.{key}") for key in say.words["explorer"]["script"]}
    lists = {key: say(f"explorer.lists.{key}") for key in say.words["explorer"]["lists"]}
    channels = {name: say.known("channels", name) for name in CHANNELS}
    unit = say.known("units", results.unit)
    return texts | {"lists": lists, "channels": channels, "unit": unit, "thousands": say.numerals.thousands}


def rows(data: Mapping[str, Any], say: Language) -> list[list[str]]:
    """The table of listed ties, for whoever runs no script: two names, projects, periods."""
    found = []
    for i, j, listed, _ in data["ties"]:
        dated = {data["projects"][place]["low"] for place in listed if data["projects"][place].get("dated")}
        ends = dict.fromkeys(say.number(end(dated), "plain") for end in (min, max)) if dated else {}
        names = [data["clusters"][place]["name"] for place in (i, j)]
        found += [[*names, say.number(len(listed), "count"), "–".join(ends)]] if listed else []
    return found


def choices(data: Mapping[str, Any], say: Language) -> dict[str, list[tuple[str, str]]]:
    """The values of each filter with their words: what the data hold, in alphabetical order."""
    seen = {name: sorted({cluster[name] for cluster in data["clusters"]}) for name in ("sector", "vocation")}
    side = {name: say(f"diffusion.{name}") for name in SIDES}
    pairs = [(one, other) for at, one in enumerate(SIDES) for other in SIDES[at:]]
    return {
        **{name: [(value, value) for value in values] for name, values in seen.items()},
        "sides": [(f"{one} {other}", f"{side[one]} + {side[other]}") for one, other in pairs],
        "channels": [(name, say.known("channels", name)) for name in data["channels"]],
    }
