"""The subjects that the rule refuses, found before a row is printed, in the interpreter's words."""

# ruff: noqa: S608 (every text of a file goes through `quoted`, every name of a column is ours)

from __future__ import annotations

from fractions import Fraction

import duckdb

from scoring.bulk.coded import Coded
from scoring.bulk.workshop import quoted
from scoring.interpret import NA, Answer, RefusedToScore, evaluate
from scoring.sql import Layout, Plan


def first_forbidden(connection: duckdb.DuckDBPyConnection, plan: Plan, coded: Coded) -> str | None:
    """The first subject with a "not applicable" that the rule does not know."""
    leaves = [
        seen.leaf
        for seen in plan.root.walk()
        if seen.forbidden and seen.leaf is not None and seen.leaf.takes_na
    ]
    if not coded.shape.na or not leaves:
        return None
    if coded.shape.layout is Layout.WIDE:
        found = " OR ".join(f"c{leaf.index} = -1" for leaf in leaves)
        having = f"bool_or({found})"
    else:
        codes = ", ".join(quoted(leaf.code) for leaf in leaves)
        having = f"bool_or(na AND indicator IN ({codes}))"
    rows = connection.execute(
        f"SELECT subject FROM read_parquet({quoted(coded.file)}) GROUP BY subject "
        f"HAVING {having} ORDER BY min(nr) LIMIT 1"
    ).fetchall()
    return rows[0][0] if rows else None


def first_subject(connection: duckdb.DuckDBPyConnection, coded: Coded) -> str:
    """The subject that stands first in the file."""
    first = connection.execute(
        f"SELECT arg_min(subject, nr) FROM read_parquet({quoted(coded.file)})"
    ).fetchall()
    return str(first[0][0])


def refuse(connection: duckdb.DuckDBPyConnection, coded: Coded, subject: str) -> None:
    """Let the interpreter say why this one subject is refused."""
    scale, figures = 10**coded.shape.places, dict[tuple[str, str], Answer]()
    found = connection.execute(
        f"SELECT * EXCLUDE (subject, nr) FROM read_parquet({quoted(coded.file)}) "
        f"WHERE subject = {quoted(subject)}"
    )
    keys = {leaf.code: leaf.key for leaf in coded.leaves}
    rows = found.fetchall()
    if coded.shape.layout is Layout.WIDE:
        cells = list(zip((leaf.key for leaf in coded.leaves), rows[0], strict=True))
    else:
        cells = [(keys[code], -1 if na else number) for code, number, na in rows if code in keys]
    for key, number in cells:
        if number is not None:
            figures[key] = NA if number < 0 else Fraction(number, scale)
    try:
        evaluate(coded.root, figures)
    except RefusedToScore as error:
        raise RefusedToScore(f"{subject}: {error}") from error
