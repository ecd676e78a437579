"""Safe YAML: plain data only, text keys, no key twice, dates left as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigError
from .paths import show

TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses duplicate and non-text keys and leaves dates alone."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [pair for pair in pairs if pair[0] != TIMESTAMP]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value == "<<":
                continue
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise _KeyError(f"line {line}: the key {key_node.value!r} is not text; put it in quotes")
            if key in seen:
                raise _KeyError(f"line {line}: the key {key!r} stands twice; keep one of them")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


class _KeyError(Exception):
    """A key that cannot be used, with its line."""


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read one file of settings.

    Raises ConfigError if it is missing, not UTF-8, not YAML, not a mapping, or has a key twice.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{show(path)}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{show(path)}: cannot be read ({error})") from None
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except _KeyError as problem:
        raise ConfigError(f"{show(path)}, {problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{show(path)}{_where(error)}: not readable as YAML ({_what(error)})") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfigError(f"{show(path)}: holds {type(value).__name__}, expected keys and values")
    return value


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark is not None else ""


def _what(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]
