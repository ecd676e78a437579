"""CSV: encodings, delimiters, quotes and line ends of real files."""

from __future__ import annotations

import pytest

from interclust.errors import InputError
from raw_files import cells, read


def test_line_numbers_are_those_of_the_file(tmp_path):
    found, _ = read(tmp_path, b'a,b\n\n1,"x\ny"\n2,z\n')
    assert [(item.line, item.cells) for item in found] == [
        (1, ["a", "b"]),
        (3, ["1", "x\ny"]),
        (5, ["2", "z"]),
    ]


def test_a_quote_that_does_not_close_spoils_its_own_line_only(tmp_path):
    found, _ = read(tmp_path, b'a,b\n1,"open\n2,y\n3,z\n')
    assert [item.problem is None for item in found] == [True, False, True, True]


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\n\xe9;2\n",
        "a;b\né;2\n".encode(),
        "\ufeffa;b\né;2\n".encode(),
        "a;b\né;2\n".encode("utf-16"),
        "\ufeffa;b\r\né;2\r\n".encode("utf-16-be"),
        "a;b\né;2\n".encode("utf-32"),
        b"a\tb\r\xe9\t2\r",
        "sep=;\r\na;b\r\né;2\r\n".encode(),
        "\ufeffsep=|\na|b\né|2\n".encode("utf-16-le"),
    ],
)
def test_encodings_delimiters_and_line_ends_are_found(tmp_path, content):
    assert cells(tmp_path, content) == [["a", "b"], ["é", "2"]]


def test_only_the_lines_that_are_not_utf8_are_read_as_cp1252(tmp_path):
    found, notes = read(tmp_path, b"a,b\n\xc3\xa9,1\n\xe9,2\n")
    assert [item.cells[0] for item in found[1:]] == ["é", "é"]
    assert notes == ["t.csv: 1 lines are not UTF-8 and were read as cp1252"]


def test_a_set_encoding_is_used_even_where_a_line_end_has_two_bytes(tmp_path):
    assert cells(tmp_path, "a;b\né;2\n".encode("utf-16-le"), encoding="utf-16-le")[1] == ["é", "2"]
    assert cells(tmp_path, "a;b\né;2\n".encode("mac-roman"), encoding="mac-roman")[1] == ["é", "2"]


def test_a_mark_outweighs_a_set_encoding(tmp_path):
    found, notes = read(tmp_path, "\ufeffa;b\né;2\n".encode(), encoding="cp1252")
    assert found[1].cells == ["é", "2"]
    assert "mark of utf-8" in notes[0]


def test_the_lines_that_follow_decide_between_delimiters(tmp_path):
    found = cells(tmp_path, "Nom, prénom;Année;Pôles\nA;2008;x, y, z\nB;2009;x, y\n".encode())
    assert [len(row) for row in found] == [3, 3, 3]


def test_the_wanted_headers_decide_first(tmp_path):
    content = "Projet, sigle|Pôles; membres\na|b\n".encode()
    assert cells(tmp_path, content, "t.csv", ("pôles ; membres",))[1] == ["a", "b"]


def test_one_column_of_names_with_commas_stays_one_column(tmp_path):
    assert cells(tmp_path, b"nom\nA, B\nC, D\n") == [["nom"], ["A, B"], ["C, D"]]


def test_broken_lines_do_not_change_the_delimiter(tmp_path):
    found = cells(tmp_path, b"a,b,c\n1,2,3\n1,2\n1,2,3\n")
    assert found[1] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("quote", "content", "row"),
    [
        ('"', b'a;b\n"x;y";\'2\n', ["x;y", "'2"]),
        ("'", b"a;b\n'x;y';\"2\n", ["x;y", '"2']),
        ("none", b'a;b\n5" pipe;2\n', ['5" pipe', "2"]),
    ],
)
def test_quotes_as_set(tmp_path, quote, content, row):
    found, _ = read(tmp_path, content, quote=quote)
    assert (found[1].cells, found[1].problem) == (row, None)


def test_what_stands_above_the_header_is_skipped_by_its_line(tmp_path):
    found, _ = read(tmp_path, b"Liste des projets, 2012\n\na;b\n1;2\n", header=3)
    assert [(item.line, item.cells) for item in found] == [(3, ["a", "b"]), (4, ["1", "2"])]


@pytest.mark.parametrize("header", [2, 9])
def test_a_header_line_without_headers(tmp_path, header):
    with pytest.raises(InputError, match=f"line {header}: holds no headers; correct the setting header"):
        read(tmp_path, b"a;b\n\n1;2\n", header=header)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"delimiter": ";;"}, "the delimiter cannot be ';;'"),
        ({"delimiter": '"'}, "the delimiter cannot be"),
        ({"quote": "«"}, "quote cannot be «"),
        ({"encoding": "utf-9"}, "utf-9 is no encoding; correct the setting encoding"),
        ({"encoding": "hex"}, "hex is no encoding"),
        ({"encoding": "ascii"}, "line 2: is not ascii; correct the setting encoding"),
        ({"encoding": "utf-32"}, "is not utf-32"),
        ({"format": "xls"}, "xls is no format that is read; set it to csv, xlsx"),
        ({"format": "xlsx"}, "is csv, not xlsx; correct the setting format"),
    ],
)
def test_settings_that_do_not_fit_the_file(tmp_path, spec, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, "a;b\né;2\n".encode(), **spec)


def test_delimiters_by_name(tmp_path):
    assert cells(tmp_path, b"a,1\tb\n1\t2\n", delimiter="tab")[0] == ["a,1", "b"]
