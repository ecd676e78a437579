"""What `make mutate` changes is there, and is code that runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mutate.session import PACKAGE, ROOT, Idle
from tests.mutate.themes import THEMES


@pytest.mark.parametrize("name", THEMES)
def test_modules_and_tests_of_a_theme_are_there(name: str) -> None:
    for path in (*(PACKAGE / module for module in THEMES[name].modules), *THEMES[name].tests):
        assert (ROOT / path).is_file(), path


def test_types_are_left_alone_and_what_is_computed_is_not(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "def f(a: int | None, b=1 | 2) -> int | str:\n    c: int | None = a | b\n", encoding="utf-8"
    )
    idle = Idle(module)
    assert all(place in idle for place in ((1, 13), (1, 36), (2, 11)))
    assert not any(place in idle for place in ((1, 25), (2, 22)))
