"""JSON Schema checks of settings, each error as one sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..errors import ConfigError
from .merge import Layer, origin
from .suggest import did_you_mean

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "keys and values",
    "null": "nothing",
}


@cache
def schema_of(section: str) -> dict[str, Any]:
    """The JSON Schema of a section: ``workflow/schemas/<section>.json``."""
    value: dict[str, Any] = json.loads((SCHEMAS / f"{section}.json").read_text(encoding="utf-8"))
    flat: dict[str, Any] = _flat(value, value.get("$defs", {}))
    return flat


def _flat(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with what it shares (``allOf`` beside ``unevaluatedProperties``) written out."""
    if isinstance(schema, list):
        return [_flat(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    flat = {key: _flat(item, definitions) for key, item in schema.items()}
    if "unevaluatedProperties" not in schema:
        return flat
    shared: dict[str, Any] = {}
    for part in flat.pop("allOf", []):
        shared |= _shared(part, definitions)
    flat["properties"] = shared | flat.get("properties", {})
    flat["additionalProperties"] = flat.pop("unevaluatedProperties")
    return flat


def _shared(part: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The properties of a definition and of those that it builds on."""
    found = definitions[part["$ref"].removeprefix("#/$defs/")]
    below: dict[str, Any] = {}
    for other in found.get("allOf", []):
        below |= _shared(other, definitions)
    return below | {name: _flat(item, definitions) for name, item in found["properties"].items()}


def check_section(section: str, value: Any, layers: Sequence[Layer], at: tuple[str, ...] = ()) -> None:
    """Raise ConfigError at the first setting that the schema of ``section`` does not allow.

    ``layers`` are the files the value was merged from, ``at`` the place of the value in them.
    """
    errors = sorted(_validator()(schema_of(section)).iter_errors(value), key=_order)
    if not errors:
        return
    error = _deepest(errors[0])
    path = [*at, *error.absolute_path]
    # What is missing is missing in the file that was given, not in the defaults that it adds to.
    file = layers[-1].file if error.validator == "required" else origin(layers, _culprit(error, path))
    raise ConfigError(f"{file}: {_sentence(error, path)}")


@cache
def _validator() -> Any:
    """JSON Schema, but 2010.0 is no whole number: what counts periods or rows must be one."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    def whole(checker: Any, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    return extend(
        Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", whole)
    )


def _order(error: ValidationError) -> tuple[int, str]:
    """Misspelt keys first, for they explain the missing ones."""
    rank = {"additionalProperties": 0, "required": 2}.get(str(error.validator), 1)
    return rank, "/".join(str(part) for part in error.absolute_path)


def _deepest(error: ValidationError) -> ValidationError:
    """Of alternatives that all failed, what is wrong with the one that fits the value's type."""
    if not error.context:
        return error
    branches: dict[Any, list[ValidationError]] = {}
    for item in error.context:
        branches.setdefault(item.relative_schema_path[0], []).append(item)
    for items in branches.values():
        if not any(_other_kind(item) for item in items if not item.relative_path):
            return _deepest(min(items, key=_order))
    return error


def _other_kind(error: ValidationError) -> bool:
    """Whether an alternative failed because it is for another kind of value."""
    if error.validator == "enum":
        allowed: Any = error.validator_value
        return not any(type(value) is type(error.instance) for value in allowed)
    return error.validator in ("type", "const")


def _culprit(error: ValidationError, path: list[str | int]) -> list[str | int]:
    if error.validator == "additionalProperties":
        return [*path, _unknown_keys(error)[0]]
    return path


def _unknown_keys(error: ValidationError) -> list[str]:
    known = _schema(error).get("properties", {})
    return sorted(str(key) for key in _instance(error) if key not in known)


def _schema(error: ValidationError) -> dict[str, Any]:
    return dict(cast(Any, error.schema))


def _instance(error: ValidationError) -> Any:
    return error.instance


def dotted(path: Sequence[str | int]) -> str:
    """``panel.ties[2]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "the file"


def _sentence(error: ValidationError, path: list[str | int]) -> str:
    place, value = dotted(path), json.dumps(error.instance, ensure_ascii=False, default=str)
    shown = value if len(value) <= 80 else value[:77] + "…"
    rule: Any = error.validator_value
    if error.validator == "additionalProperties":
        key = _unknown_keys(error)[0]
        allowed = _schema(error).get("properties", {})
        return f"{dotted([*path, key])} is not a setting{did_you_mean(key, allowed)}"
    if error.validator == "required":
        missing = sorted(name for name in rule if name not in _instance(error))
        return f"{place} needs the setting {missing[0]}"
    if error.validator == "enum":
        return f"{place} is {shown}{did_you_mean(str(_instance(error)), map(str, rule))}"
    if error.validator in ("type", "anyOf", "oneOf"):
        return f"{place} is {shown}, expected {_expected(error)}"
    bound = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "minItems": "at least",
    }
    if error.validator in bound:
        return f"{place} is {shown}, expected {bound[str(error.validator)]} {rule}"
    return f"{place} is {shown}, which its rule does not allow ({error.validator}: {json.dumps(rule)})"


def _expected(error: ValidationError) -> str:
    """The kinds of value that would do: "a whole number or nothing"."""
    rule: Any = error.validator_value
    if error.validator == "type":
        kinds = [rule] if isinstance(rule, str) else rule
        return " or ".join(WORDS.get(kind, kind) for kind in kinds)
    return " or ".join(str(item["const"]) if "const" in item else _kinds(item) for item in rule)


def _kinds(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kinds = schema.get("type", "another value")
    return " or ".join(WORDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
