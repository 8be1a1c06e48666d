"""Checking the cells of a file: each distinct one, by the function that reads it elsewhere."""

# ruff: noqa: S608 (every text of a file goes through `quoted`, every name of a column is ours)

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from scoring.bulk.raw import Raw
from scoring.bulk.workshop import literal, quoted
from scoring.interpret import Answer
from scoring.rows import parquet_text
from scoring.tables import BadTable, Column

NAME = r"[\p{L}\p{N}]([\p{L}\p{M}\p{N}\p{P}\p{S} ]*[\p{L}\p{M}\p{N}\p{P}\p{S}])?"
"""A name without anything to check; all others are read by the interpreter's own function."""


class Cells:
    """The cells of a file: their faults, and the digits after the comma that any of them has."""

    def __init__(self, raw: Raw) -> None:
        self.raw, self.table = raw, raw.table
        self.faults: list[tuple[int, BadTable]] = []
        self.places = 0

    # -- faults

    def trying(self, row: int, read: Callable[..., Any], *arguments: object) -> Any:
        """What `read` returns; its BadTable is kept, for another may stand further up."""
        try:
            return read(*arguments)
        except BadTable as error:
            self.faults.append((row, error))
            return None

    def raise_first_fault(self) -> None:
        if self.faults:
            raise min(self.faults, key=lambda fault: fault[0])[1]

    # -- subjects

    def subjects(self, place: int | None) -> str:
        """The SQL of a subject's cleaned name, after checking all names."""
        if place is None:
            stem = quoted(self.table.path.stem)
            return stem if self.table.by_respondent else "CAST(nr - 1 AS VARCHAR)"
        cell = f"h{place}"
        plain = f"regexp_full_match({cell}::VARCHAR, {quoted(NAME)})"
        odd = self.raw.fetch(
            f"SELECT {cell}, min(nr) FROM filled WHERE ({plain}) IS NOT TRUE "
            f"OR typeof({cell}) IN ('DOUBLE', 'FLOAT') GROUP BY 1"
        )
        names = [
            (value, self.trying(row, self.table.name, parquet_text(value), row, "subject"))
            for value, row in odd
        ]
        if not names:
            return f"{cell}::VARCHAR"
        return self.lookup(cell, names, f"{cell}::VARCHAR")

    def lookup(self, cell: str, pairs: Sequence[tuple[object, object]], other: str) -> str:
        """A CASE that turns a cell into what it stands for."""
        whens = " ".join(
            f"WHEN {cell} IS NOT DISTINCT FROM {literal(raw)} THEN {literal(value)}"
            for raw, value in pairs
        )
        return f"CASE {whens} ELSE {other} END" if pairs else other

    # -- figures

    def read(self, column: Column, value: object, row: int) -> Answer | None:
        """What a cell says."""
        found: Answer | None = self.trying(row, self.table.figure, column, parquet_text(value), row)
        if isinstance(found, Fraction):
            while (found * 10**self.places).denominator != 1:
                self.places += 1
        return found

    def number(self, figure: Answer | None) -> int | None:
        """The integer that a figure becomes, once all cells have been read."""
        return int(figure * 10**self.places) if isinstance(figure, Fraction) else None
