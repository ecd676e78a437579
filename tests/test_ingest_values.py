"""What files hold that is no value: the row is set aside with the reason, and nothing is a wrong number."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interclust import config, ingest
from interclust.contracts import Contract
from interclust.errors import ContractError
from interclust.ingest.summary import distinct_pairs

YEARS = "panel: {unit: year, first: 2010, last: 2016}\n"
PROJECTS = "projects: {file: p.csv, columns: {acronym: name, year: year, clusters: members}}"


def study(folder: Path, settings: str, panel: str = YEARS, **files: str) -> Path:
    """A study file beside a folder ``raw`` with the files (``p`` is p.csv); rows are set aside at will."""
    (folder / "raw").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_text(f"data_dir: raw\n{panel}ingest: {{tolerance: 1, {settings}}}\n", encoding="utf-8")
    return path


def read(folder: Path, settings: str, panel: str = YEARS, **files: str) -> ingest.IngestResult:
    return ingest.run(config.load(study(folder, settings, panel, **files)))


def aside(result: ingest.IngestResult) -> list[tuple[int, str]]:
    """Line and reason of each row set aside."""
    return list(zip(result.quarantine["line"], result.quarantine["reason"], strict=True))


def test_a_project_of_more_members_than_any_has_keeps_those_before_the_limit(tmp_path):
    settings = (
        "projects: {file: p.csv, columns: {id: id, year: year}}, names: none, "
        "memberships: {file: m.csv, columns: {project: id, cluster: member}}"
    )
    rows = "".join(f"1,o{k % 2500}\n" for k in range(2600))
    result = read(tmp_path, settings, p="id,year\n1,2012\n", m=f"id,member\n{rows}")
    assert result.records.projects["n_named"].tolist() == [2000]
    assert len(result.quarantine) == 500  # the last hundred rows name members that are read already
    assert set(result.quarantine["reason"]) == {"the project has 2000 members already, as many as are read"}


def test_rows_of_one_id_are_read_until_they_name_too_many(tmp_path):
    settings = "projects: {file: p.csv, columns: {id: id, year: year, clusters: members}}, names: none"
    rows = "".join(f"1,2012,{';'.join(f'o{k}-{n}' for n in range(900))}\n" for k in range(3))
    result = read(tmp_path, settings, p=f"id,year,members\n{rows}2,2012,o0-1;o0-2\n")
    assert result.records.projects["n_clusters"].tolist() == [1800, 2]
    assert aside(result) == [(4, "with it the project has more than 2000 members")]


def test_commas_in_names_are_no_names_and_endless_lists_end_soon(tmp_path):
    names = ";".join(f"Body, number {k}" for k in range(600))
    result = read(tmp_path, PROJECTS, p=f'name,year,members\nA,2012,"{names}"\nB,2012,{"a & " * 200_000}a\n')
    assert result.records.projects["n_named"].tolist() == [600]
    assert aside(result)[0][1].startswith("a list of up to 200001 names")


@given(st.lists(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=6)))
def test_pairs_are_counted_as_sets_of_pairs_would_be(lists):
    assert distinct_pairs(lists) == len({pair for names in lists for pair in combinations(sorted(names), 2)})


def test_numbers_beyond_a_column_do_not_wrap():
    contract = Contract("a table", {"count": "int16", "other": "int16?"}, key=())
    assert contract.frame([{"count": 32767, "other": None}])["count"].tolist() == [32767]
    for row in ({"count": 32768, "other": 1}, {"count": 1, "other": 32768}):
        with pytest.raises(ContractError, match="of a table"):
            contract.frame([row])
