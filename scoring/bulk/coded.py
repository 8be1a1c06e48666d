"""A checked file as integers."""

# ruff: noqa: S608 (every text of a file goes through `quoted`, every name of a column is ours)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scoring.bulk.raw import Raw
from scoring.bulk.workshop import quoted
from scoring.formula import Node, walk
from scoring.instrument import LEAF_LEVEL
from scoring.sql import Layout, Leaf, Shape, leaves_of
from scoring.tables import Table


@dataclass(frozen=True, slots=True)
class Coded:
    """Where the integers are, with what the query needs to know about them."""

    file: Path
    root: Node
    level: str | None
    shape: Shape
    leaves: tuple[Leaf, ...]
    columns: list[tuple[str, str]]
    axes: Mapping[str, str]


def root_of(table: Table) -> tuple[Node, str | None]:
    """The tree that the table's figures are scored by, and the level they are entered at."""
    own = table.instrument.institution
    level = None if table.level == LEAF_LEVEL else table.level
    inside = {node.name.level for node in walk(table.root)}
    if own is not None and own.name.level == table.level and table.level not in inside:
        return own, level
    return table.root, level


def leaves_in(table: Table) -> tuple[Leaf, ...]:
    """What the table may answer, in the order of the tree."""
    return leaves_of(*root_of(table), folded=table.by_respondent)


def write_coded(
    raw: Raw,
    select: str,
    layout: Layout,
    *,
    places: int,
    na: bool,
    axes: Mapping[str, str],
) -> Coded:
    """Write the integers to a file; `select` gives `subject`, `nr` and the answers."""
    file = raw.folder / "answers.parquet"
    raw.connection.execute(f"COPY ({select}) TO {quoted(file)} (FORMAT parquet)")
    described = raw.fetch(f"DESCRIBE FROM read_parquet({quoted(file)})")
    root, level = root_of(raw.table)
    folded, rows = raw.table.by_respondent, 1
    if folded:
        rows = raw.fetch(
            f"SELECT max(k) FROM (SELECT count(*) AS k FROM read_parquet({quoted(file)}) "
            "GROUP BY subject)"
        )[0][0]
    shape = Shape(layout, places, folded, rows, na and not folded)
    columns = [(row[0], row[1]) for row in described]
    return Coded(file, root, level, shape, leaves_in(raw.table), columns, axes)
