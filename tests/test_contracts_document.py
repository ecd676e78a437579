"""The dictionary of tables is that of the contracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from interclust.contracts import CONTRACTS
from interclust.contracts.__main__ import main
from interclust.contracts.document import documented
from interclust.contracts.meanings import COLUMNS, EVERYWHERE, ROWS

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "tables.md"


def test_the_dictionary_of_tables_is_up_to_date() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert documented(text) == text, "run: python -m interclust.contracts --document docs/tables.md"
    assert all(f"### `{name}`\n" in text for name in CONTRACTS)


def test_meanings_are_of_columns_that_exist() -> None:
    assert ROWS.keys() == COLUMNS.keys() == CONTRACTS.keys()
    assert not [name for name, told in COLUMNS.items() if told.keys() - CONTRACTS[name].columns.keys()]
    assert {name for table in CONTRACTS.values() for name in table.columns} >= EVERYWHERE.keys()


def test_the_command_makes_the_dictionary(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n<!-- contracts: panel -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    main(["--document", str(page)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before\n<!-- contracts: panel -->\n\n### `panel/periods`\n\nA row is a dyad ")
    assert text.endswith("<!-- end -->\nafter\n")
    assert "\nold\n" not in text


def test_a_stage_without_contracts_is_refused() -> None:
    with pytest.raises(ValueError, match="no contract belongs to the stage 'effects'"):
        documented("<!-- contracts: effects -->\n<!-- end -->")
