"""Where settings come from, what is asked of their files, and the command lines beside them."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from interclust import config
from interclust.cli import make_document, system_error
from interclust.config import __main__ as command
from interclust.config.paths import project_root
from interclust.contracts import CONTRACTS
from interclust.dependencies import code_of
from interclust.errors import ConfigError, ContractError
from interclust.io import atomic
from test_config import MINIMAL, sentence_of, study

ROOT = project_root()


def test_periods_need_both_ends() -> None:
    known = {"name": "s", "panel": {"unit": "call"}, "ingest": {"periods": {"first": 2}}}
    with pytest.raises(ConfigError, match=r"the study s needs panel.last, the number of a call"):
        config.periods(known)
    assert config.periods(known | {"panel": {"unit": "call", "last": 4}}) == [2, 3, 4]


def test_a_folder_of_data_from_the_command_line_goes_before_the_studys(tmp_path: Path) -> None:
    own = {"name": "s", "data_dir": "data/raw"}
    assert config.data_dir(own, tmp_path) == tmp_path.resolve()
    with pytest.raises(ConfigError, match="there is no such folder of data; correct --data"):
        config.data_dir(own, tmp_path / "other")


def test_what_a_file_extends_is_a_name_and_comes_to_an_end(tmp_path: Path) -> None:
    assert "extends is ['fui'], expected the name of a study" in sentence_of(tmp_path, "extends: [fui]\n")
    (tmp_path / "models").mkdir()
    text = MINIMAL + "models: [one]\n"
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / f"models/{name}.yaml").write_text(f"extends: {other}\n", encoding="utf-8")
    assert "models.one extends one, which leads back to itself" in sentence_of(tmp_path, text)
    (tmp_path / "models/two.yaml").write_text("extends: 3\n", encoding="utf-8")
    assert "two.yaml: extends is 3, expected the name of another file" in sentence_of(tmp_path, text)


def test_a_value_of_several_kinds_is_said_with_the_words_allowed(tmp_path: Path) -> None:
    text = MINIMAL.replace("ingest:", "ingest:\n  list_status: 3")
    assert "list_status is 3, expected one of complete, " in sentence_of(tmp_path, text)


def test_the_command_shows_a_study_or_documents_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main([])
    assert ended.value.code == 2
    assert "name a study" in capsys.readouterr().err
    command.main([str(study(tmp_path))])
    assert json.loads(capsys.readouterr().out) == config.load(tmp_path / "mine.yaml")
    text = (ROOT / "config/README.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| `data_dir`"))
    (tmp_path / "README.md").write_text(text.replace(f"{row}\n", ""), encoding="utf-8")
    command.main(["--document", str(tmp_path / "README.md")])
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == text
    assert capsys.readouterr().out == ""


def test_a_document_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        make_document("interclust.features", str.upper, ["--document", str(tmp_path / "x.md")])
    assert ended.value.code == 2
    assert "x.md: there is no such file" in capsys.readouterr().err
    (tmp_path / "x.md").write_text("a table\n", encoding="utf-8")
    make_document("interclust.features", str.upper, ["--document", str(tmp_path / "x.md")])
    assert (tmp_path / "x.md").read_text(encoding="utf-8") == "A TABLE\n"


def test_memory_that_does_not_suffice_is_said_and_a_bug_is_not() -> None:
    said = str(system_error(MemoryError()))
    assert "memory" in said
    assert "give more, or fewer cores, and run again" in said
    assert system_error(ValueError("a bug")) is None


def test_the_file_that_cannot_be_written_is_named_not_the_temporary_one(tmp_path: Path) -> None:
    def fails(name: str | None) -> object:
        with pytest.raises(OSError, match="full") as caught, atomic(tmp_path / "table.csv") as temporary:
            raise OSError(errno.ENOSPC, "full", str(temporary) if name == "temporary" else name)
        assert list(tmp_path.iterdir()) == []
        return caught.value.filename

    assert fails(None) == fails("temporary") == str(tmp_path / "table.csv")
    assert fails("another.csv") == "another.csv"


def test_a_column_of_another_type_is_named_with_its_type(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    contract = CONTRACTS["panel/dyads"]
    contract.write(contract.frame([]), tmp_path / "dyads.parquet")
    table = pq.read_table(tmp_path / "dyads.parquet")
    place = table.schema.names.index("n_projects")
    other = table.set_column(place, "n_projects", pa.array([], pa.string())).replace_schema_metadata(
        table.schema.metadata
    )
    pq.write_table(other, tmp_path / "dyads.parquet")
    with pytest.raises(ContractError, match="has the column n_projects as string"):
        contract.read(tmp_path / "dyads.parquet")


def test_code_is_followed_by_its_own_name_and_not_beside_a_script(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    text = "import os.path\nimport interclust.errors\nfrom . import neighbour\nfrom .near import x\n"
    script.write_text(text, encoding="utf-8")
    names = {Path(path).name for path in code_of(script)}
    assert names == {"errors.py", "__init__.py"}
    assert code_of(script) == sorted(set(code_of(script)))
