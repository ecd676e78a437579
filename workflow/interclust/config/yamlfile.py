"""Safe YAML: plain data only, text keys, no key twice, dates left as text, no more than settings need."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigError
from .paths import reason_of, show

TIMESTAMP = "tag:yaml.org,2002:timestamp"
FILE_BYTES = 1_000_000  # of one file of settings: the largest of a study is some 20 kB
NODES = 50_000  # keys and values of one file, those that an alias (*name) repeats counted each time
TEXT_TAGS = ("!", "tag:yaml.org,2002:str")


class _FaultError(Exception):
    """What cannot be used, with its line."""

    def __init__(self, place: Any, problem: str) -> None:
        super().__init__(f"line {place.start_mark.line + 1}: {problem}")


class _Loader(yaml.SafeLoader):
    """SafeLoader that leaves dates alone and refuses what settings never need.

    That is: a key twice or one that is no text, tags, numbers that are not finite, signs that no file
    can hold, and aliases that multiply or hold themselves.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [pair for pair in pairs if pair[0] != TIMESTAMP]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self.nodes = 0
        self.sizes: dict[Any, int] = {}  # nodes of each part, known once it is complete

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        """A node, counted: a file of aliases that would unfold without end is refused."""
        event, before = self.peek_event(), self.nodes
        alias = isinstance(event, yaml.AliasEvent)
        if not alias:
            _check_event(event)
        node = super().compose_node(parent, index)
        if alias and node not in self.sizes:
            raise _FaultError(event, f"the alias *{event.anchor} stands within what it names; write it out")
        self.nodes += self.sizes[node] if alias else 1
        if self.nodes > NODES:
            problem = f"more than {NODES} keys and values, aliases written out"
            raise _FaultError(event, f"{problem}; keep what is needed")
        if not alias and node is not None:
            self.sizes[node] = self.nodes - before
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value == "<<":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                given = key_node.value if isinstance(key_node, yaml.ScalarNode) else key
                raise _FaultError(key_node, f"the key {given!r} is not text; put it in quotes")
            if key in seen:
                raise _FaultError(key_node, f"the key {key!r} stands twice; keep one of them")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        value: float = super().construct_yaml_float(node)
        if not isfinite(value):
            raise _FaultError(node, f"{node.value} is no number that a setting can have; give a finite one")
        return value


_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)


def _check_event(event: yaml.Event) -> None:
    """Refuse tags, for plain values need none, and signs that neither paths nor tables can hold."""
    tag = getattr(event, "tag", None)
    if tag is not None and not (tag in TEXT_TAGS and isinstance(event, yaml.ScalarEvent)):
        short = tag.replace("tag:yaml.org,2002:", "!!")[:40]
        problem = f"not readable as YAML of plain values (the tag {short})"
        raise _FaultError(event, f"{problem}; write it without a tag")
    if isinstance(event, yaml.ScalarEvent):
        if "\0" in event.value:
            raise _FaultError(event, "a text holds a NUL byte; write it again")
        try:
            event.value.encode()
        except UnicodeEncodeError:
            raise _FaultError(event, "a text holds half a character; write it again") from None


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read one file of settings.

    Raises ConfigError if it is missing, too large, not UTF-8, not YAML, not a mapping, or has a key twice.
    """
    path = Path(path)
    text = _text(path)
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except _FaultError as problem:
        raise ConfigError(f"{show(path)}, {problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{show(path)}{_where(error)}: not readable as YAML ({_what(error)})") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfigError(f"{show(path)}: holds {type(value).__name__}, expected keys and values")
    return value


def _text(path: Path) -> str:
    try:
        with path.open("rb") as raw:
            content = raw.read(FILE_BYTES + 1)
        if len(content) > FILE_BYTES:
            problem = f"is larger than {FILE_BYTES} bytes, which no file of settings is"
            raise ConfigError(f"{show(path)}: {problem}; see that it is the file meant")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{show(path)}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{show(path)}: cannot be read ({reason_of(error)}); save it as UTF-8") from None


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark is not None else ""


def _what(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]
