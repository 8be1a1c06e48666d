"""Coding a table with a row per answer."""

# ruff: noqa: S608 (every text of a file goes through `quoted`, every name of a column is ours)

from __future__ import annotations

from scoring.bulk.cells import Cells
from scoring.bulk.coded import Coded, leaves_in, write_coded
from scoring.bulk.raw import Raw
from scoring.bulk.workshop import literal, quoted, smallest
from scoring.interpret import NA, Answer
from scoring.rows import parquet_text
from scoring.sql import Layout
from scoring.tables import Long


def code_long(cells: Cells, shape: Long) -> Coded:
    """The table as integers. Raises BadTable for its first fault."""
    raw, table = cells.raw, cells.table
    code, answer = f"h{shape.indicator}", f"h{shape.answer}"
    name = cells.subjects(shape.subject)
    found = raw.fetch(f"SELECT {code}, {answer}, min(nr) FROM filled GROUP BY 1, 2 ORDER BY 3")
    codes: dict[object, str] = {}
    pairs: list[tuple[object, object, str, int | None, bool]] = []
    read: list[tuple[object, object, str, Answer | None]] = []
    for text, value, row in found:
        column = cells.trying(row, shape.column, parquet_text(text).strip(), row)
        if column is not None:
            codes[text] = column.key[1]
            read.append((text, value, column.key[1], cells.read(column, value, row)))
    cells.raise_first_fault()
    na = False
    silent = {leaf.code for leaf in leaves_in(table) if not leaf.takes_na}
    for text, value, title, figure in read:
        missing = figure is NA and title in silent
        na = na or (figure is NA and not missing)
        pairs.append((text, value, title, cells.number(figure), figure is NA and not missing))
    raw.connection.execute(
        f"CREATE TEMP TABLE pairs AS SELECT {code} AS raw, {answer} AS cell, "
        "''::VARCHAR AS indicator, 0::BIGINT AS answer, false AS na FROM filled LIMIT 0"
    )
    for start in range(0, len(pairs), 500):
        some = pairs[start : start + 500]
        rows = ", ".join("(" + ", ".join(map(literal, pair)) + ")" for pair in some)
        raw.connection.execute(f"INSERT INTO pairs VALUES {rows}")
    most = max((abs(p[3]) for p in pairs if p[3] is not None), default=0)
    select = (
        f"SELECT {name} AS subject, nr, pairs.indicator, "
        f"CAST(pairs.answer AS {smallest(most)}) AS answer, pairs.na FROM filled "
        f"JOIN pairs ON {code} IS NOT DISTINCT FROM raw AND {answer} IS NOT DISTINCT FROM cell"
    )
    if not table.by_respondent:
        refuse_repeated_answers(raw, select, list(dict.fromkeys(codes.values())))
    return write_coded(raw, select, Layout.LONG, places=cells.places, na=na, axes={})


def refuse_repeated_answers(raw: Raw, select: str, codes: list[str]) -> None:
    """Bits per subject tell whether a pair repeats, without a table of all pairs."""
    masks = []
    for start in range(0, len(codes), 62):
        some = codes[start : start + 62]
        whens = " ".join(f"WHEN {quoted(c)} THEN {1 << i}" for i, c in enumerate(some))
        masks.append(f"bit_count(bit_or(CASE indicator {whens} ELSE 0 END::BIGINT))")
    repeated = raw.fetch(
        f"SELECT subject FROM ({select}) GROUP BY subject "
        f"HAVING count(*) <> {' + '.join(masks)} LIMIT 1000"
    )
    if not repeated:
        return
    names = ", ".join(quoted(row[0]) for row in repeated)
    subject, code, first, row = raw.fetch(
        "SELECT subject, indicator, first, nr FROM (SELECT subject, indicator, nr, "
        "min(nr) OVER (PARTITION BY subject, indicator) AS first "
        f"FROM ({select}) WHERE subject IN ({names})) WHERE nr > first ORDER BY nr LIMIT 1"
    )[0]
    sentence = f"“{subject}” sudah menjawab {code} di baris {first}. Hapus salah satu."
    raise raw.table.bad(sentence, row, "indicator")
