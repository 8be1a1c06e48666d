"""The DuckDB that a file is worked on in, and how a text or a value is written in its SQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

Row = tuple[Any, ...]


@contextmanager
def workshop(memory_limit: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A DuckDB that neither loads extensions nor takes more memory than it is given."""
    with tempfile.TemporaryDirectory(prefix="hijau-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "temp_directory": folder,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        with duckdb.connect(config=settings) as connection:
            yield connection, Path(folder)


def quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def escaped(name: str) -> str:
    return name.replace('"', '""')


def literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case float():
            return f"{quoted(repr(value))}::DOUBLE"
        case str():
            return quoted(value)
        case _:
            return str(value)


def smallest(most: int) -> str:
    """The smallest type that holds the number."""
    for bits, name in ((7, "TINYINT"), (15, "SMALLINT"), (31, "INTEGER")):
        if most < 1 << bits:
            return name
    return "BIGINT"
