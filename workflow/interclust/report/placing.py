"""Tables and figures in the Markdown: each with its number, in the text or in the annex."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InterclustError
from .escape import markdown
from .table_formats import NUMBER, TYPST_NUMBER

if TYPE_CHECKING:
    from .language import Language

WIDE = 300  # points: a figure on the width of a page
LETTER = "A"  # of the tables of the annex; exhibits.lua says it to LaTeX


class ReportError(InterclustError):
    """A report that cannot be written: a number, table or figure that its text needs is missing."""


class Raw(str):
    """Markup that is put into the Markdown as it stands; every other value is escaped."""

    __slots__ = ()


@dataclass
class Exhibits:
    """Puts tables and figures into the text, numbered in the order of their first mention.

    Tables of the ``annex`` have numbers of their own, A1 and so on, in its order.
    """

    folder: Path
    say: Language
    annex: tuple[str, ...] = ()
    n_tables: int = 0
    n_figures: int = 0
    used: list[str] = field(default_factory=list)

    def table(self, name: str) -> Raw:
        """A table as raw HTML (Word's is made of it), Typst and LaTeX: pandoc keeps what its output needs."""
        if name not in self.annex:
            self.n_tables += 1
        number = self._numbered(name) if name in self.annex else str(self.n_tables)
        shown = f'<span class="number">{self.say("report.table")} {number}.</span> '
        texts = {
            "html": self._read(name, "html").replace(NUMBER, shown),
            "typst": self._read(name, "typ").replace(TYPST_NUMBER, f'number: "{number}"'),
            "latex": self._read(name, "tex"),
        }
        return Raw("\n".join(f"```{{={form}}}\n{text}```\n" for form, text in texts.items()))

    def see(self, *names: str) -> Raw:
        """A reference to a table of the annex, or to a run of them from the first to the last."""
        ends = [f"[{self._numbered(name)}](#table-{name})" for name in dict.fromkeys((names[0], names[-1]))]
        if len(ends) == 1:
            return Raw(self.say("report.see.one", number=ends[0]))
        return Raw(self.say("report.see.several", first=ends[0], last=ends[1]))

    def _numbered(self, name: str) -> str:
        return f"{LETTER}{self.annex.index(name) + 1}"

    def figure(self, name: str, *more: str) -> Raw:
        """A figure with its caption and its description for those who cannot see it."""
        self.n_figures += 1
        self.used.append(name)
        kind_of = name.partition("--")[0]
        caption = " ".join([self.say(f"captions.{kind_of}"), *more])
        alt = self.say(f"alts.{kind_of}").replace('"', "'")
        number = f"[{self.say('report.figure')} {self.n_figures}.]{{.number}} "
        path = f"figures/{name}.{self.say.code}.svg"
        kind = "wide" if self._width(path) > WIDE else "narrow"
        return Raw(f'![{number}{markdown(caption)}]({path}){{#figure-{name} .{kind} alt="{alt}"}}\n')

    def _width(self, path: str) -> float:
        """The width of an SVG picture in points."""
        file = self.folder / path
        if not file.is_file():
            raise ReportError(f"{file}: the report needs this figure and it is not there; make it again")
        with file.open(encoding="utf-8") as stream:
            found = re.search(r'<svg[^>]* width="([0-9.]+)pt"', stream.read(2000))
        return float(found[1]) if found else 0.0

    def _read(self, name: str, suffix: str) -> str:
        path = self.folder / "tables" / f"{name}.{self.say.code}.{suffix}"
        if not path.is_file():
            raise ReportError(
                f"{path}: the report needs this table and it is not there; run write_tables again"
            )
        return path.read_text(encoding="utf-8")
