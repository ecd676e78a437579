"""Mutations of cells, rows and headers: the file stays well formed and the number of its rows known."""

from __future__ import annotations

import random
from collections.abc import Callable

from . import hostile
from .raw import Sheet, decomposed, mojibake

Mutation = Callable[[random.Random, Sheet], None]


def _place(rng: random.Random, sheet: Sheet) -> tuple[int, int] | None:
    """A cell that is there, if any."""
    rows = [number for number, row in enumerate(sheet.rows) if row]
    if not rows:
        return None
    row = rng.choice(rows)
    return row, rng.randrange(len(sheet.rows[row]))


def hostile_cell(rng: random.Random, sheet: Sheet) -> None:
    """Some cells become hostile."""
    for _ in range(rng.choice([1, 1, 2, 5])):
        if place := _place(rng, sheet):
            sheet.rows[place[0]][place[1]] = hostile.text(rng)


def hostile_column(rng: random.Random, sheet: Sheet) -> None:
    """Every cell of a column becomes the same hostile text, or each its own."""
    if not sheet.header:
        return
    place, same = rng.randrange(len(sheet.header)), hostile.text(rng)
    each = rng.random() < 0.4
    for row in sheet.rows:
        if place < len(row):
            row[place] = hostile.text(rng) if each else same[:2000]


def spoilt_cell(rng: random.Random, sheet: Sheet) -> None:
    """A cell keeps its words and loses its form: case, accents, spaces, doubling, signs in the middle."""
    if not (place := _place(rng, sheet)):
        return
    row, column = place
    cell = str(sheet.rows[row][column])
    at = rng.randint(0, len(cell))
    changed: list[Callable[[], str]] = [
        cell.upper,
        cell.lower,
        cell.swapcase,
        lambda: mojibake(cell),
        lambda: mojibake(mojibake(cell)),
        lambda: decomposed(cell),
        lambda: cell.replace(" ", "\u00a0"),
        lambda: "\u200b".join(cell[:2000]),
        lambda: "\u200f" + cell + "\u200e",
        lambda: f"  {cell}\t",
        lambda: cell + cell,
        lambda: f"{cell};{cell}",
        lambda: cell[:at],
        lambda: cell[at:],
        lambda: cell[:at] + rng.choice(hostile.SIGNS) + cell[at:],
        lambda: cell[:at] + rng.choice(hostile.SHAPES) + cell[at:],
        lambda: f'"{cell}"',
        lambda: f"'{cell}",
        lambda: f"({cell})",
        lambda: cell[::-1],
    ]
    sheet.rows[row][column] = rng.choice(changed)()


def huge_cell(rng: random.Random, sheet: Sheet) -> None:
    """One cell is longer than a cell may be, or just as long."""
    if (place := _place(rng, sheet)) and rng.random() < 0.3:
        piece = rng.choice(["x", "é", ";", "\n", "a ", "a", "1", "(", "a & ", ", ", "-", "mai ", "@a"])
        length = rng.choice([hostile.HUGE, hostile.LARGE, 100_000])
        sheet.rows[place[0]][place[1]] = (piece * (length // len(piece) + 1))[:length]


def cell_of_another_row(rng: random.Random, sheet: Sheet) -> None:
    """A cell takes the value of another row or column."""
    for _ in range(rng.randint(1, 4)):
        one, other = _place(rng, sheet), _place(rng, sheet)
        if one and other:
            sheet.rows[one[0]][one[1]] = sheet.rows[other[0]][other[1]]


def swapped_columns(rng: random.Random, sheet: Sheet) -> None:
    """The cells of two columns change places, not their headers."""
    if len(sheet.header) > 1:
        one, other = rng.sample(range(len(sheet.header)), 2)
        for row in sheet.rows:
            if max(one, other) < len(row):
                row[one], row[other] = row[other], row[one]


def missing_cells(rng: random.Random, sheet: Sheet) -> None:
    """Rows lose cells, at the end or in the middle."""
    for _ in range(rng.randint(1, 3)):
        if place := _place(rng, sheet):
            del sheet.rows[place[0]][place[1] : rng.choice([place[1] + 1, None])]


def further_cells(rng: random.Random, sheet: Sheet) -> None:
    """Rows gain cells, at the end or in the middle; blank ones too."""
    for _ in range(rng.randint(1, 3)):
        if place := _place(rng, sheet):
            more = [rng.choice(["", "", hostile.text(rng)])] * rng.choice([1, 2, 50])
            sheet.rows[place[0]][place[1] : place[1]] = more


def blank_rows(rng: random.Random, sheet: Sheet) -> None:
    """Rows of nothing but delimiters."""
    for _ in range(rng.randint(1, 5)):
        if len(sheet.header) > 1:
            sheet.rows.insert(rng.randint(0, len(sheet.rows)), [""] * len(sheet.header))


def doubled_rows(rng: random.Random, sheet: Sheet) -> None:
    """Rows stand twice, or many times, as they are or with one cell changed."""
    if not sheet.rows:
        return
    for _ in range(rng.randint(1, 4)):
        row = list(rng.choice(sheet.rows))
        if row and rng.random() < 0.5:
            row[rng.randrange(len(row))] = hostile.text(rng)
        for _ in range(rng.choice([1, 1, 1, 20])):
            sheet.rows.insert(rng.randint(0, len(sheet.rows)), list(row))


def lost_rows(rng: random.Random, sheet: Sheet) -> None:
    """Rows are gone, one or all of them."""
    for _ in range(rng.choice([1, 2, 10, len(sheet.rows)])):
        if sheet.rows:
            del sheet.rows[rng.randrange(len(sheet.rows))]


def shuffled_rows(rng: random.Random, sheet: Sheet) -> None:
    """The rows stand in another order."""
    rng.shuffle(sheet.rows)


def many_rows(rng: random.Random, sheet: Sheet) -> None:
    """The rows stand there many times over."""
    if len(sheet.rows) * len(sheet.header) < 300 and rng.random() < 0.4:
        sheet.rows = [list(row) for _ in range(40) for row in sheet.rows]


def other_header(rng: random.Random, sheet: Sheet) -> None:
    """One header is renamed, blank, hostile, or written in another way."""
    if not sheet.header:
        return
    place = rng.randrange(len(sheet.header))
    name = sheet.header[place]
    ways = [
        "",
        name.upper(),
        name + " ",
        "\u00a0" + name,
        name + "s",
        decomposed(name),
        mojibake(name),
        name.replace("_", " "),
    ]
    sheet.header[place] = rng.choice([*ways, hostile.text(rng), rng.choice(sheet.header), f"x\n{name}"])


def upper_headers(rng: random.Random, sheet: Sheet) -> None:
    """All headers in another case."""
    sheet.header = [rng.choice([name.upper, name.title, name.lower])() for name in sheet.header]


def doubled_column(rng: random.Random, sheet: Sheet) -> None:
    """A column stands twice."""
    if sheet.header:
        place = rng.randrange(len(sheet.header))
        for row in [sheet.header, *sheet.rows]:
            row.append(row[place] if place < len(row) else "")


def lost_column(rng: random.Random, sheet: Sheet) -> None:
    """A column is gone, with its header or without."""
    if sheet.header:
        place = rng.randrange(len(sheet.header))
        for row in [sheet.header, *sheet.rows] if rng.random() < 0.7 else [sheet.header]:
            del row[place : place + 1]


def other_order(rng: random.Random, sheet: Sheet) -> None:
    """The columns stand in another order."""
    order = list(range(len(sheet.header)))
    rng.shuffle(order)
    sheet.rows = [[row[place] if place < len(row) else "" for place in order] for row in sheet.rows]
    sheet.header = [sheet.header[place] for place in order]


def many_columns(rng: random.Random, sheet: Sheet) -> None:
    """A great many further columns."""
    more = rng.choice([1, 300, 20_000])
    sheet.header += rng.choice([[""], ["c"], [f"c{number}" for number in range(more)]]) * (
        more if more < 301 else 1
    )
    if rng.random() < 0.5 and len(sheet.header) * len(sheet.rows) < 100_000:
        sheet.rows = [row + [""] * (len(sheet.header) - len(row)) for row in sheet.rows]


def typed_cells(rng: random.Random, sheet: Sheet) -> None:
    """Cells hold values of other types (in typed formats; in CSV their text)."""
    for _ in range(rng.choice([1, 2, 5])):
        if place := _place(rng, sheet):
            sheet.rows[place[0]][place[1]] = hostile.typed(rng)


def typed_column(rng: random.Random, sheet: Sheet) -> None:
    """A column holds values of one other type, some of them missing."""
    if sheet.header:
        place, value = rng.randrange(len(sheet.header)), hostile.typed(rng)
        for row in sheet.rows:
            if place < len(row):
                row[place] = None if rng.random() < 0.1 else value


MUTATIONS: dict[Mutation, int] = {
    hostile_cell: 8,
    spoilt_cell: 8,
    hostile_column: 2,
    huge_cell: 1,
    cell_of_another_row: 3,
    swapped_columns: 2,
    missing_cells: 2,
    further_cells: 2,
    blank_rows: 1,
    doubled_rows: 4,
    lost_rows: 2,
    shuffled_rows: 2,
    many_rows: 1,
    other_header: 2,
    upper_headers: 1,
    doubled_column: 1,
    lost_column: 1,
    other_order: 2,
    many_columns: 1,
    typed_cells: 2,
    typed_column: 1,
}
