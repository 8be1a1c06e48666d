"""Scoring a file of millions of rows in an engine: checked, coded as integers, one query.

DuckDB reads every file. What is checked is each *distinct* cell, by the same function that reads
a cell for the interpreter, so both paths refuse the same tables in the same words. The checked
cells become integers in one Parquet file, and the query of :mod:`scoring.sql` runs over that, in
DuckDB itself, in PostgreSQL or on Spark.
"""

# ruff: noqa: S608 (every text of a file goes through `_quoted`, every name of a column is ours)

from __future__ import annotations

import csv
import glob
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from scoring.formula import Indicator, Node, NotApplicable, WeightedSum, bounds, walk
from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import NA, Answer, RefusedToScore, Step, Tally, evaluate
from scoring.numbers import format_fixed
from scoring.rows import bad_table, check_types, delimiter_of, parquet_text, read_rows
from scoring.score import Score, as_json, conclude
from scoring.sql import (
    Engine,
    Layout,
    Leaf,
    Plan,
    Seen,
    Shape,
    TooWide,
    compile_node,
    compile_tallies,
    leaves_of,
)
from scoring.subject import score_subjects
from scoring.tables import BadTable, Column, Institution, Long, Table, Wide, read_subjects

Row = tuple[Any, ...]
Result = dict[str, object]
Faults = list[tuple[int, BadTable]]

BATCH = 10_000


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
    with _workshop(memory_limit) as (connection, folder):
        coded = _Coder(connection, folder, table).code()
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


def _score(
    instrument: Instrument,
    coded: _Coded,
    engine: Engine,
    dsn: str | None,
    connection: duckdb.DuckDBPyConnection,
    axis_value: str | None,
) -> Iterator[Result]:
    run, publish = _RUNNERS[engine], instrument.publish
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
        finish = _Finisher(instrument, coded, axis_value)
        yield from map(finish.read, run(connection, coded, tallies, dsn))
        return
    except RefusedToScore:
        first = connection.execute(
            f"SELECT arg_min(subject, nr) FROM read_parquet({_quoted(coded.file)})"
        ).fetchall()
        _refuse(connection, coded, first[0][0])
        raise
    reader = Reader(instrument, plan, axes=coded.axes, axis_value=axis_value)
    refused = _first_forbidden(connection, plan, coded)
    for row in run(connection, coded, plan.sql, dsn):
        if refused is not None and row[0] == refused:
            _refuse(connection, coded, refused)
        yield reader.read(row)


def _first_forbidden(
    connection: duckdb.DuckDBPyConnection, plan: Plan, coded: _Coded
) -> str | None:
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
        codes = ", ".join(_quoted(leaf.code) for leaf in leaves)
        having = f"bool_or(na AND indicator IN ({codes}))"
    rows = connection.execute(
        f"SELECT subject FROM read_parquet({_quoted(coded.file)}) GROUP BY subject "
        f"HAVING {having} ORDER BY min(nr) LIMIT 1"
    ).fetchall()
    return rows[0][0] if rows else None


def _refuse(connection: duckdb.DuckDBPyConnection, coded: _Coded, subject: str) -> None:
    """Let the interpreter say why this one subject is refused."""
    scale, figures = 10**coded.shape.places, dict[tuple[str, str], Answer]()
    found = connection.execute(
        f"SELECT * EXCLUDE (subject, nr) FROM read_parquet({_quoted(coded.file)}) "
        f"WHERE subject = {_quoted(subject)}"
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


# ---- From a row of the query to the object that is printed ---------------------------------------


def _rests_on_estimate(node: Node) -> bool:
    return Step(node, None, Fraction(), Fraction()).rests_on_estimate


def _entered(leaf: Leaf) -> bool:
    """Whether the leaf's own figure was given, so that nothing of the file's facts counts in it."""
    name = leaf.node.name
    return not isinstance(leaf.node, Indicator) and leaf.key == (name.level, name.code)


@dataclass(slots=True)
class _Found:
    """What was found out about one visible node."""

    known: bool
    missing: tuple[str, ...]
    estimate: bool


class Reader:
    """Reads the rows of one plan. Where all is answered, it only looks up; else it walks the tree.

    The walk follows the interpreter line by line; `tests/test_sql_agrees.py` holds them together.
    """

    def __init__(
        self,
        instrument: Instrument,
        plan: Plan,
        *,
        axes: Mapping[str, str] | None = None,
        axis_value: str | None = None,
    ) -> None:
        self.instrument, self.plan = instrument, plan
        self.axes, self.axis_value = axes or {}, axis_value
        self.at = {name: i for i, name in enumerate(plan.columns)}
        self.masks = [(self.at[name], leaves) for name, leaves in plan.masks]
        seen = list(plan.root.walk())
        self.na = [self.at[one.na] for one in seen if one.na is not None]
        self.applies = [self.at[one.applies] for one in seen if one.applies is not None]
        self.always_estimate = any(map(self.estimated, seen))
        self.flat = [
            (self.head(one), *self.ends(one), self.exact(one))
            for one in seen[1:]
            if not isinstance(one.node, Indicator)
        ]
        self.root_ends, self.root_exact = self.ends(plan.root), self.exact(plan.root)
        self.texts: dict[int, str] = {}
        self.heads: dict[tuple[object, ...], Result] = {}

    # -- what is known beforehand

    @staticmethod
    def estimated(seen: Seen) -> bool:
        """Whether a node rests on an estimate whenever it is there and answered."""
        if seen.applies is not None or (seen.leaf is not None and _entered(seen.leaf)):
            return False
        return _rests_on_estimate(seen.node)

    @staticmethod
    def head(seen: Seen) -> Result:
        name = seen.node.name
        return {"level": name.level, "code": name.code, "title": name.title}

    def ends(self, seen: Seen) -> tuple[int, int]:
        assert seen.low is not None
        assert seen.high is not None
        return self.at[seen.low], self.at[seen.high]

    def exact(self, seen: Seen) -> int | None:
        """The column that says whether both ends are one figure; None where they always are."""
        if seen.exact is not None:
            return self.at[seen.exact]
        if len(seen.below) == 1 and not isinstance(seen.node, WeightedSum):
            return self.exact(seen.below[0])
        return None

    # -- figures

    def text(self, scaled: int) -> str:
        found = self.texts.get(scaled)
        if found is None:
            decimals = self.instrument.publish.decimals
            found = format_fixed(Fraction(scaled, 10**decimals), decimals)
            if len(self.texts) < 1_000_000:
                self.texts[scaled] = found
        return found

    def figure(self, head: Result, low: int, high: int | None, known: bool) -> Result:
        low_text = self.text(low)
        high_text = low_text if high is None or high == low else self.text(high)
        return {**head, "value": low_text if known else None, "low": low_text, "high": high_text}

    # -- one row

    def read(self, row: Row) -> Result:
        """The object for one row. Raises RefusedToScore as the interpreter does."""
        incomplete = row[self.masks[0][0]] is not None
        parts: list[Result] = []
        try:
            if incomplete or any(row[i] for i in self.na):
                return self.slowly(row, parts)
        except RefusedToScore as error:
            raise RefusedToScore(f"{row[0]}: {error}") from error
        for head, low, high, exact in self.flat:
            known = exact is None or bool(row[exact])
            parts.append(self.figure(head, row[low], row[high], known))
        estimate = self.always_estimate or any(row[i] for i in self.applies)
        known = self.root_exact is None or bool(row[self.root_exact])
        return self.whole(row, _Found(known, (), estimate), parts)

    def slowly(self, row: Row, parts: list[Result]) -> Result:
        root = self.plan.root
        if root.na is not None and row[self.at[root.na]]:
            return {
                "subject": row[0],
                **dict.fromkeys(("value", "low", "high", "category", "label", "zone", "opinion")),
                "possible": [],
                "estimate": True,
                "missing": [],
                "parts": [],
            }
        missing = set()
        for column, leaves in self.masks:
            mask = row[column]
            if mask is not None:
                missing |= {leaf.index for i, leaf in enumerate(leaves) if not mask >> i & 1}
        return self.whole(row, self.visit(root, row, missing, parts, top=True), parts)

    def whole(self, row: Row, found: _Found, parts: list[Result]) -> Result:
        low = row[self.root_ends[0]]
        high = row[self.root_ends[1]]
        axis = self.axes.get(row[0]) or self.axis_value
        key = (low, high, found.known, bool(found.missing), axis)
        head = self.heads.get(key)
        if head is None:
            head = self.classified(low, low if high is None else high, found, axis)
            if len(self.heads) < 1_000_000:
                self.heads[key] = head
        return {
            "subject": row[0],
            **head,
            "possible": list(head["possible"]),  # type: ignore[call-overload]
            "estimate": bool(head["estimate"] or found.estimate),
            "missing": list(dict.fromkeys(found.missing)),
            "parts": parts,
        }

    def classified(self, low: int, high: int, found: _Found, axis: str | None) -> Result:
        one, scale = self.instrument, 10**self.instrument.publish.decimals
        ends = Fraction(low, scale), Fraction(high, scale)
        possible = one.bands_between(*ends)
        band = possible[0] if len(possible) == 1 and not found.missing else None
        step = Step(self.plan.root.node, None, *ends)
        value = ends[0] if found.known else None
        estimate = any(b.fact.label.is_estimate for b in possible)
        score = Score(one, step, value, *ends, band, possible, estimate, (), axis)
        return {
            "value": self.text(low) if found.known else None,
            "low": self.text(low),
            "high": self.text(high),
            "category": band.code if band else None,
            "label": score.label,
            "zone": score.zone,
            "opinion": score.opinion,
            "possible": [b.code for b in possible],
            "estimate": estimate,
        }

    # -- the walk

    def visit(
        self, seen: Seen, row: Row, missing: set[int], parts: list[Result], *, top: bool = False
    ) -> _Found:
        if seen.leaf is not None:
            return self.visit_leaf(seen, seen.leaf, row, missing, parts, top)
        place = len(parts)
        if not top:
            parts.append({})
        if isinstance(seen.node, WeightedSum):
            found = self.visit_sum(seen, seen.node, row, missing, parts)
        else:
            inner = self.visit(seen.below[0], row, missing, parts)
            found = _Found(inner.known, inner.missing, inner.estimate or self.estimated(seen))
        if not top:
            low, high = self.ends(seen)
            parts[place] = self.figure(self.head(seen), row[low], row[high], found.known)
        return found

    def visit_sum(
        self, seen: Seen, node: WeightedSum, row: Row, missing: set[int], parts: list[Result]
    ) -> _Found:
        gone: tuple[str, ...] = ()
        estimate = self.estimated(seen)
        for below in seen.below:
            if below.na is not None and row[self.at[below.na]]:
                estimate |= self.replaced(below, node.not_applicable, parts)
                continue
            found = self.visit(below, row, missing, parts)
            gone += found.missing
            estimate |= found.estimate
        known = not gone and (seen.exact is None or bool(row[self.at[seen.exact]]))
        return _Found(known, gone, estimate)

    def replaced(self, seen: Seen, policy: NotApplicable, parts: list[Result]) -> bool:
        """What a node that does not apply shows; whether an estimate comes in with it."""
        if seen.forbidden:
            raise RefusedToScore(seen.forbidden)
        if policy is NotApplicable.REDISTRIBUTE:
            return False
        most = bounds(seen.node).high if policy is NotApplicable.FULL else Fraction()
        publish = self.instrument.publish
        text = format_fixed(most, publish.decimals, publish.rule)
        parts.append({**self.head(seen), "value": text, "low": text, "high": text})
        return _rests_on_estimate(seen.node)

    def visit_leaf(
        self, seen: Seen, leaf: Leaf, row: Row, missing: set[int], parts: list[Result], top: bool
    ) -> _Found:
        shown = not isinstance(leaf.node, Indicator)
        if leaf.index in missing:
            if leaf.absent is None:
                raise RefusedToScore(leaf.refusal)
            steps = list(leaf.absent.walk())[int(top or not shown) :]
            parts += [self.absent(step) for step in steps if not isinstance(step.node, Indicator)]
            return _Found(False, leaf.absent.missing, leaf.absent.is_estimate)
        if shown and not top:
            low, high = self.ends(seen)
            parts.append(self.figure(self.head(seen), row[low], row[high], True))
        if seen.applies is not None:
            return _Found(True, (), bool(row[self.at[seen.applies]]))
        return _Found(True, (), self.estimated(seen))

    def absent(self, step: Step) -> Result:
        name, publish = step.node.name, self.instrument.publish
        return {
            "level": name.level,
            "code": name.code,
            "title": name.title,
            "value": None,
            "low": format_fixed(step.low, publish.decimals, publish.rule),
            "high": format_fixed(step.high, publish.decimals, publish.rule),
        }


class _Finisher:
    """Finishes subjects whose rows the engine has only summed and counted."""

    def __init__(self, instrument: Instrument, coded: _Coded, axis_value: str | None) -> None:
        self.instrument, self.coded, self.axis_value = instrument, coded, axis_value

    def read(self, row: Row) -> Result:
        """The object for a row of sums and counts."""
        scale = 10**self.coded.shape.places
        figures: dict[tuple[str, str], Answer] = {}
        for i, leaf in enumerate(self.coded.leaves):
            total, count = row[1 + 2 * i : 3 + 2 * i]
            if count:
                figures[leaf.key] = Tally(Fraction(int(total), scale), count)
        step = evaluate(self.coded.root, figures)
        axis = self.coded.axes.get(row[0]) or self.axis_value
        return as_json(row[0], conclude(self.instrument, step, axis))


# ---- The engines -------------------------------------------------------------------------------


@contextmanager
def _workshop(memory_limit: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
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


def _on_duckdb(
    connection: duckdb.DuckDBPyConnection, coded: _Coded, sql: str, dsn: str | None
) -> Iterator[Row]:
    connection.execute(f"CREATE VIEW answers AS SELECT * FROM read_parquet({_quoted(coded.file)})")
    found = connection.execute(sql)
    while rows := found.fetchmany(BATCH):
        yield from rows


def _on_postgres(
    connection: duckdb.DuckDBPyConnection, coded: _Coded, sql: str, dsn: str | None
) -> Iterator[Row]:
    import psycopg

    text = coded.file.with_suffix(".csv")
    connection.execute(
        f"COPY (FROM read_parquet({_quoted(coded.file)})) TO {_quoted(text)} (HEADER false)"
    )
    columns = ", ".join(f"{name} {_POSTGRES_TYPE.get(kind, kind)}" for name, kind in coded.columns)
    with psycopg.connect(dsn or "") as server, server.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE answers ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY answers FROM STDIN (FORMAT csv)") as copy, text.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        cursor.execute("ANALYZE answers")
        with server.cursor("scores") as found:  # a cursor on the server: rows come in batches
            found.itersize = BATCH
            found.execute(sql.encode())
            yield from found


_POSTGRES_TYPE = {"VARCHAR": "TEXT", "TINYINT": "SMALLINT"}


def _on_spark(
    connection: duckdb.DuckDBPyConnection, coded: _Coded, sql: str, dsn: str | None
) -> Iterator[Row]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise BadTable(
            "Spark belum terpasang. Pasang dengan “pip install pyspark” (perlu Java 17), "
            "atau pakai --engine duckdb."
        ) from error
    spark = SparkSession.builder.master(dsn or "local[*]").appName("hijau").getOrCreate()
    spark.read.parquet(str(coded.file)).createOrReplaceTempView("answers")
    for row in spark.sql(sql).toLocalIterator():
        yield tuple(row)


_RUNNERS: Mapping[
    Engine,
    Callable[[duckdb.DuckDBPyConnection, _Coded, str, str | None], Iterator[Row]],
] = {
    Engine.DUCKDB: _on_duckdb,
    Engine.POSTGRES: _on_postgres,
    Engine.SPARK: _on_spark,
}


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


# ---- Checking and coding a file ----------------------------------------------------------------


@dataclass(slots=True)
class _Coded:
    """A checked file as integers, with what the query needs to know about it."""

    file: Path
    root: Node
    level: str | None
    shape: Shape
    leaves: tuple[Leaf, ...]
    columns: list[tuple[str, str]]
    axes: dict[str, str] = field(default_factory=dict)


NAME = r"[\p{L}\p{N}]([\p{L}\p{M}\p{N}\p{P}\p{S} ]*[\p{L}\p{M}\p{N}\p{P}\p{S}])?"
"""A name without anything to check; all others are read by the interpreter's own function."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A distinct cell: its raw value, where it first stands, and the integer that it becomes."""

    value: object
    row: int
    number: int | None
    na: bool


class _Coder:
    """Reads a file with DuckDB, checks its distinct cells, and writes it again as integers."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> None:
        self.connection, self.folder, self.table = connection, folder, table
        self.faults: Faults = []
        self.places = 0

    def code(self) -> _Coded | None:
        """The file as integers; None for a mean of units. Raises BadTable for its first fault."""
        header = self.load()
        shape = self.table.shape(header)
        if isinstance(shape, Institution):
            return None
        self.refuse_empty_rows(len(header))
        assert isinstance(shape, Long | Wide)
        return self.long(shape) if isinstance(shape, Long) else self.wide(shape)

    # -- reading

    def load(self) -> list[str]:
        """Make the relation `raw`: `nr` (the header is row 1) and `h0`, `h1`, ..."""
        path = self.table.path
        kind = path.suffix.lower()
        if kind == ".parquet" and path.is_file() and path.stat().st_size:
            return self.load_parquet(path)
        if kind in (".csv", ".tsv", ".txt") and path.is_file() and path.stat().st_size:
            return self.load_csv(path)
        rows = read_rows(path)  # also says what is wrong with a path that is no such file
        copy = self.folder / "sheet.csv"
        with copy.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(cells for _, cells in rows)
        return self.load_csv(copy)

    def load_csv(self, path: Path) -> list[str]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                first = file.readline()
                delimiter = delimiter_of(first, self.table.path)
                file.seek(0)
                header = next(csv.reader(file, delimiter=delimiter, strict=True), [])
        except (UnicodeDecodeError, csv.Error) as error:
            sentence = "Bukan teks CSV berkode UTF-8. Simpan ulang sebagai “CSV UTF-8”."
            raise bad_table(self.table.path, sentence, row=1) from error
        columns = ", ".join(f"h{i}: 'VARCHAR'" for i in range(len(header)))
        source = (
            f"read_csv({_quoted(glob.escape(str(path)))}, columns = {{{columns}}}, "
            f"delim = {_quoted(delimiter)}, quote = '\"', escape = '\"', header = false, skip = 1, "
            "auto_detect = false, strict_mode = true, nullstr = '\x01', max_line_size = 10000000)"
        )
        cells = ", ".join(f"coalesce(h{i}, '') AS h{i}" for i in range(len(header)))
        self.materialise(f"SELECT 1 + row_number() OVER () AS nr, {cells} FROM {source}")
        return header

    def materialise(self, sql: str) -> None:
        file = self.folder / "raw.parquet"
        try:
            self.connection.execute(f"COPY ({sql}) TO {_quoted(file)} (FORMAT parquet)")
        except duckdb.Error as error:
            raise self.broken(error) from error
        self.connection.execute(f"CREATE VIEW raw AS FROM read_parquet({_quoted(file)})")

    def broken(self, error: duckdb.Error) -> BadTable:
        """The sentence of the row reader if it finds the fault too; else a general one."""
        path = self.table.path
        for _ in read_rows(path):
            pass
        sentence = "Susunan CSV rusak. Periksa tanda kutip dan jumlah sel tiap baris."
        line = str(error).partition("Line: ")[2].split("\n")[0].strip()
        return bad_table(path, sentence, row=int(line) if line.isdigit() else None)

    def load_parquet(self, path: Path) -> list[str]:
        source = f"read_parquet({_quoted(glob.escape(str(path)))}, file_row_number = true)"
        try:
            found = self.connection.execute(f"SELECT * FROM {source} LIMIT 0")
        except duckdb.Error as error:
            sentence = "Bukan berkas Parquet yang utuh. Buat ulang berkasnya."
            raise bad_table(path, sentence) from error
        described = [column for column in found.description if column[0] != "file_row_number"]
        header = [column[0] for column in described]
        check_types(header, [str(column[1]) for column in described], path)
        cells = ", ".join(f'"{_escaped(name)}" AS h{i}' for i, name in enumerate(header))
        self.connection.execute(
            f"CREATE VIEW raw AS SELECT file_row_number + 2 AS nr, {cells} FROM {source}"
        )
        return header

    # -- faults

    def fetch(self, sql: str) -> list[Row]:
        return self.connection.execute(sql).fetchall()

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

    def refuse_empty_rows(self, width: int) -> None:
        blank = " AND ".join(f"coalesce(trim(h{i}::VARCHAR), '') = ''" for i in range(width))
        last, first_blank = self.fetch(
            f"SELECT max(nr) FILTER (NOT ({blank})), min(nr) FILTER ({blank}) FROM raw"
        )[0]
        if last is None:
            raise self.table.bad("Hanya ada judul kolom. Tambahkan sekurangnya satu baris data.", 1)
        if first_blank is not None and first_blank < last:
            sentence = "Baris kosong di tengah tabel. Hapus baris ini."
            raise bad_table(self.table.path, sentence, row=first_blank)
        self.connection.execute(f"CREATE VIEW filled AS SELECT * FROM raw WHERE nr <= {last}")

    # -- subjects

    def subjects(self, place: int | None) -> str:
        """The SQL of a subject's cleaned name, after checking all names."""
        if place is None:
            stem = _quoted(self.table.path.stem)
            return stem if self.table.by_respondent else "CAST(nr - 1 AS VARCHAR)"
        cell = f"h{place}"
        plain = f"regexp_full_match({cell}::VARCHAR, {_quoted(NAME)})"
        odd = self.fetch(
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
            f"WHEN {cell} IS NOT DISTINCT FROM {_literal(raw)} THEN {_literal(value)}"
            for raw, value in pairs
        )
        return f"CASE {whens} ELSE {other} END" if pairs else other

    # -- cells

    def read(self, column: Column, value: object, row: int) -> Answer | None:
        found: Answer | None = self.trying(row, self.table.figure, column, parquet_text(value), row)
        if isinstance(found, Fraction):
            while (found * 10**self.places).denominator != 1:
                self.places += 1
        return found

    def root(self) -> tuple[Node, str | None]:
        table, own = self.table, self.table.instrument.institution
        level = None if table.level == LEAF_LEVEL else table.level
        inside = {node.name.level for node in walk(table.root)}
        if own is not None and own.name.level == table.level and table.level not in inside:
            return own, level
        return table.root, level

    def coded(self, select: str, layout: Layout, na: bool) -> _Coded:
        """Write the integers to a file; `select` gives `subject`, `nr` and the answers."""
        self.raise_first_fault()
        file = self.folder / "answers.parquet"
        self.connection.execute(f"COPY ({select}) TO {_quoted(file)} (FORMAT parquet)")
        described = self.fetch(f"DESCRIBE FROM read_parquet({_quoted(file)})")
        root, level = self.root()
        folded = self.table.by_respondent
        rows = 1
        if folded:
            rows = self.fetch(
                f"SELECT max(k) FROM (SELECT count(*) AS k FROM read_parquet({_quoted(file)}) "
                "GROUP BY subject)"
            )[0][0]
        shape = Shape(layout, self.places, folded, rows, na and not folded)
        return _Coded(
            file,
            root,
            level,
            shape,
            leaves_of(root, level, folded=folded),
            [(row[0], row[1]) for row in described],
        )

    # -- long

    def long(self, shape: Long) -> _Coded:
        code, answer = f"h{shape.indicator}", f"h{shape.answer}"
        name = self.subjects(shape.subject)
        found = self.fetch(f"SELECT {code}, {answer}, min(nr) FROM filled GROUP BY 1, 2 ORDER BY 3")
        codes: dict[object, str] = {}
        pairs: list[tuple[object, object, str, int | None, bool]] = []
        read: list[tuple[object, object, str, Answer | None]] = []
        for raw, value, row in found:
            column = self.trying(row, shape.column, parquet_text(raw).strip(), row)
            if column is not None:
                codes[raw] = column.key[1]
                read.append((raw, value, column.key[1], self.read(column, value, row)))
        self.raise_first_fault()
        na = False
        silent = {leaf.code for leaf in leaves_of(*self.root()) if not leaf.takes_na}
        for raw, value, title, figure in read:
            missing = figure is NA and title in silent
            na = na or (figure is NA and not missing)
            pairs.append((raw, value, title, self.number(figure), figure is NA and not missing))
        self.connection.execute(
            f"CREATE TEMP TABLE pairs AS SELECT {code} AS raw, {answer} AS cell, "
            "''::VARCHAR AS indicator, 0::BIGINT AS answer, false AS na FROM filled LIMIT 0"
        )
        for start in range(0, len(pairs), 500):
            some = pairs[start : start + 500]
            rows = ", ".join("(" + ", ".join(map(_literal, pair)) + ")" for pair in some)
            self.connection.execute(f"INSERT INTO pairs VALUES {rows}")
        most = max((abs(p[3]) for p in pairs if p[3] is not None), default=0)
        select = (
            f"SELECT {name} AS subject, nr, pairs.indicator, "
            f"CAST(pairs.answer AS {_smallest(most)}) AS answer, pairs.na FROM filled "
            f"JOIN pairs ON {code} IS NOT DISTINCT FROM raw AND {answer} IS NOT DISTINCT FROM cell"
        )
        if not self.table.by_respondent:
            self.refuse_repeated_answers(shape, select, list(dict.fromkeys(codes.values())))
        return self.coded(select, Layout.LONG, na)

    def number(self, figure: Answer | None) -> int | None:
        return int(figure * 10**self.places) if isinstance(figure, Fraction) else None

    def refuse_repeated_answers(self, shape: Long, select: str, codes: list[str]) -> None:
        """Bits per subject tell whether a pair repeats, without a table of all pairs."""
        masks = []
        for start in range(0, len(codes), 62):
            some = codes[start : start + 62]
            whens = " ".join(f"WHEN {_quoted(c)} THEN {1 << i}" for i, c in enumerate(some))
            masks.append(f"bit_count(bit_or(CASE indicator {whens} ELSE 0 END::BIGINT))")
        repeated = self.fetch(
            f"SELECT subject FROM ({select}) GROUP BY subject "
            f"HAVING count(*) <> {' + '.join(masks)} LIMIT 1000"
        )
        if not repeated:
            return
        names = ", ".join(_quoted(row[0]) for row in repeated)
        subject, code, first, row = self.fetch(
            "SELECT subject, indicator, first, nr FROM (SELECT subject, indicator, nr, "
            "min(nr) OVER (PARTITION BY subject, indicator) AS first "
            f"FROM ({select}) WHERE subject IN ({names})) WHERE nr > first ORDER BY nr LIMIT 1"
        )[0]
        sentence = f"“{subject}” sudah menjawab {code} di baris {first}. Hapus salah satu."
        raise self.table.bad(sentence, row, "indicator")

    # -- wide

    def wide(self, shape: Wide) -> _Coded:
        name = self.subjects(shape.subject)
        columns = {}
        for place, column in shape.columns:
            cells = self.fetch(f"SELECT h{place}, min(nr) FROM filled GROUP BY 1 ORDER BY 2")
            read = [(value, self.read(column, value, row)) for value, row in cells]
            columns[column.key[1]] = (place, read)
        axes = self.axes(shape, name)
        self.raise_first_fault()
        if shape.subject is not None and not self.table.by_respondent:
            self.refuse_repeated_subjects(name)
        root, level = self.root()
        leaves = leaves_of(root, level, folded=self.table.by_respondent)
        selected, most, gone = [], 0, False
        for leaf in leaves:
            place, read = columns.get(leaf.code, (-1, []))
            pairs = []
            for value, figure in read:
                number = self.number(figure)
                if figure is NA and leaf.takes_na:
                    number, gone = -1, True
                most = max(most, number or 0)
                pairs.append((value, number))
            selected.append((leaf, place, pairs))
        kind = _smallest(most)
        cells_sql = [
            f"CAST({self.lookup(f'h{place}', pairs, 'NULL')} AS {kind}) AS c{leaf.index}"
            for leaf, place, pairs in selected
        ]
        select = f"SELECT {name} AS subject, nr, {', '.join(cells_sql)} FROM filled"
        result = self.coded(select, Layout.WIDE, gone)
        result.axes = axes
        return result

    def axes(self, shape: Wide, name: str) -> dict[str, str]:
        if shape.axis is None:
            return {}
        cell = f"h{shape.axis}"
        for value, row in self.fetch(f"SELECT {cell}, min(nr) FROM filled GROUP BY 1"):
            text = parquet_text(value)
            self.trying(row, self.table.axis_value, text, row)
        rows = self.fetch(f"SELECT {name}, trim(arg_max({cell}, nr)) FROM filled GROUP BY 1")
        return {subject: value for subject, value in rows if value}

    def refuse_repeated_subjects(self, name: str) -> None:
        repeated = self.fetch(
            f"SELECT {name}, min(nr), list_sort(list(nr))[2] FROM filled GROUP BY 1 "
            "HAVING count(*) > 1 ORDER BY 3 LIMIT 1"
        )
        for subject, first, row in repeated:
            sentence = f"“{subject}” sudah ada di baris {first}. Gabungkan atau ganti namanya."
            raise self.table.bad(sentence, row, "subject")


def _smallest(most: int) -> str:
    for bits, name in ((7, "TINYINT"), (15, "SMALLINT"), (31, "INTEGER")):
        if most < 1 << bits:
            return name
    return "BIGINT"


def _escaped(name: str) -> str:
    return name.replace('"', '""')


def _literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case float():
            return f"{_quoted(repr(value))}::DOUBLE"
        case str():
            return _quoted(value)
        case _:
            return str(value)
