"""Coding a table with a row per subject or respondent, and a column per code."""

# ruff: noqa: S608 (every text of a file goes through `quoted`, every name of a column is ours)

from __future__ import annotations

from scoring.bulk.cells import Cells
from scoring.bulk.coded import Coded, leaves_in, write_coded
from scoring.bulk.raw import Raw
from scoring.bulk.workshop import smallest
from scoring.interpret import NA
from scoring.rows import parquet_text
from scoring.sql import Layout
from scoring.tables import Wide


def code_wide(cells: Cells, shape: Wide) -> Coded:
    """The table as integers. Raises BadTable for its first fault."""
    raw, table = cells.raw, cells.table
    name = cells.subjects(shape.subject)
    columns = {}
    for place, column in shape.columns:
        found = raw.fetch(f"SELECT h{place}, min(nr) FROM filled GROUP BY 1 ORDER BY 2")
        read = [(value, cells.read(column, value, row)) for value, row in found]
        columns[column.key[1]] = (place, read)
    axes = axes_of(cells, shape, name)
    cells.raise_first_fault()
    if shape.subject is not None and not table.by_respondent:
        refuse_repeated_subjects(raw, name)
    selected, most, gone = [], 0, False
    for leaf in leaves_in(table):
        place, read = columns.get(leaf.code, (-1, []))
        pairs = []
        for value, figure in read:
            number = cells.number(figure)
            if figure is NA and leaf.takes_na:
                number, gone = -1, True
            most = max(most, number or 0)
            pairs.append((value, number))
        selected.append((leaf, place, pairs))
    kind = smallest(most)
    columns_sql = [
        f"CAST({cells.lookup(f'h{place}', pairs, 'NULL')} AS {kind}) AS c{leaf.index}"
        for leaf, place, pairs in selected
    ]
    select = f"SELECT {name} AS subject, nr, {', '.join(columns_sql)} FROM filled"
    return write_coded(raw, select, Layout.WIDE, places=cells.places, na=gone, axes=axes)


def axes_of(cells: Cells, shape: Wide, name: str) -> dict[str, str]:
    """The value on the second axis of each subject that has one in the table."""
    if shape.axis is None:
        return {}
    cell = f"h{shape.axis}"
    for value, row in cells.raw.fetch(f"SELECT {cell}, min(nr) FROM filled GROUP BY 1"):
        text = parquet_text(value)
        cells.trying(row, cells.table.axis_value, text, row)
    rows = cells.raw.fetch(f"SELECT {name}, trim(arg_max({cell}, nr)) FROM filled GROUP BY 1")
    return {subject: value for subject, value in rows if value}


def refuse_repeated_subjects(raw: Raw, name: str) -> None:
    repeated = raw.fetch(
        f"SELECT {name}, min(nr), list_sort(list(nr))[2] FROM filled GROUP BY 1 "
        "HAVING count(*) > 1 ORDER BY 3 LIMIT 1"
    )
    for subject, first, row in repeated:
        sentence = f"“{subject}” sudah ada di baris {first}. Gabungkan atau ganti namanya."
        raise raw.table.bad(sentence, row, "subject")
