"""Merging of settings: mappings merge, lists and scalars replace, null deletes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    """The settings of one file; ``file`` is how messages name it."""

    file: str
    values: dict[str, Any]


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` overridden by ``over``; neither is changed."""
    merged = copy.deepcopy(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            below = merged.get(key)
            merged[key] = merge(below if isinstance(below, dict) else {}, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def merge_layers(layers: Sequence[Layer]) -> dict[str, Any]:
    """Merge files in order, the last one prevailing."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = merge(merged, layer.values)
    return merged


def origin(layers: Sequence[Layer], path: Sequence[str | int]) -> str:
    """The file that set the value at ``path`` (the last one that has it, or its nearest parent)."""
    best, depth = layers[-1].file, -1
    for layer in layers:
        reached = _depth(layer.values, path)
        if reached >= depth:
            best, depth = layer.file, reached
    return best


def _depth(value: Any, path: Sequence[str | int]) -> int:
    """How far the path leads into the value."""
    for depth, key in enumerate(path):
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return depth
    return len(path)
