"""One run: a file in, what is printed about each of its subjects out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from scoring.bulk.cells import Cells
from scoring.bulk.coded import Coded
from scoring.bulk.engines import RUNNERS
from scoring.bulk.long_table import code_long
from scoring.bulk.raw import Raw
from scoring.bulk.refusals import first_forbidden, first_subject, refuse
from scoring.bulk.results import Finisher, Reader, Result
from scoring.bulk.wide_table import code_wide
from scoring.bulk.workshop import workshop
from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import RefusedToScore
from scoring.score import as_json
from scoring.sql import Engine, TooWide, compile_node, compile_tallies
from scoring.subject import score_subjects
from scoring.tables import Institution, Long, Table, Wide, read_subjects


def score_file(
    instrument: Instrument,
    path: Path,
    *,
    engine: str = "duckdb",
    dsn: str | None = None,
    level: str | None = None,
    form: str | None = None,
    convention: str | None = None,
    axis_value: str | None = None,
    memory_limit: str = "1GB",
) -> Iterator[Result]:
    """Score every subject of a file, in its order, as `scoring.score.as_json` prints one.

    Raises BadTable for a fault in the file, RefusedToScore where the rule gives no figure, and
    KeyError for a level, form or convention that the instrument does not have.
    """
    table = Table(path, instrument, level or LEAF_LEVEL, form, convention)
    with workshop(memory_limit) as (connection, folder):
        coded = _code(connection, folder, table)
        if coded is None:
            # A mean of units prints every unit, so there is nothing left for an engine to fold.
            subjects = read_subjects(
                path, instrument, level=level, form=form, convention=convention
            )
            scored = score_subjects(
                instrument, subjects, form=form, convention=convention, axis_value=axis_value
            )
            yield from (as_json(subject.name, result) for subject, result in scored)
            return
        yield from _score(instrument, coded, Engine(engine), dsn, connection, axis_value)


def _code(connection: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> Coded | None:
    """The file as integers; None for a mean of units. Raises BadTable for its first fault."""
    raw = Raw(connection, folder, table)
    shape = table.shape(raw.header)
    if isinstance(shape, Institution):
        return None
    raw.refuse_empty_rows()
    assert isinstance(shape, Long | Wide)
    cells = Cells(raw)
    return code_long(cells, shape) if isinstance(shape, Long) else code_wide(cells, shape)


def _score(
    instrument: Instrument,
    coded: Coded,
    engine: Engine,
    dsn: str | None,
    connection: duckdb.DuckDBPyConnection,
    axis_value: str | None,
) -> Iterator[Result]:
    run, publish = RUNNERS[engine], instrument.publish
    try:
        plan = compile_node(
            coded.root,
            coded.shape,
            publish.decimals,
            publish.rule,
            engine=engine,
            level=coded.level,
        )
    except TooWide:
        if not coded.shape.folded:
            raise
        # Nine means over thousands of respondents each have no common denominator that fits.
        tallies = compile_tallies(coded.leaves, coded.shape, engine)
        finish = Finisher(instrument, coded, axis_value)
        yield from map(finish.read, run(connection, coded, tallies, dsn))
        return
    except RefusedToScore:
        refuse(connection, coded, first_subject(connection, coded))
        raise
    reader = Reader(instrument, plan, axes=coded.axes, axis_value=axis_value)
    refused = first_forbidden(connection, plan, coded)
    for row in run(connection, coded, plan.sql, dsn):
        if refused is not None and row[0] == refused:
            refuse(connection, coded, refused)
        yield reader.read(row)
