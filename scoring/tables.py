"""Tables of answers and figures: which shapes are read, and what is refused in them.

A table is wide (a column per code), long (`subject,indicator,answer`), or an institution's
(`institution,<level>,value`). All of it is checked before the first subject is handed out.
"""

from __future__ import annotations

import abc
import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from scoring.formula import Indicator, Name, Node, bounds, walk
from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import NA, Answer, Answered, Tally
from scoring.numbers import format_exact, parse_decimal
from scoring.rows import TOO_LARGE, BadTable, Row, bad_table, read_rows
from scoring.subject import Subject, Unit

__all__ = ["BadTable", "Subject", "Unit", "bad_table", "read_respondents", "read_subjects"]

MAX_SUBJECTS = 2_000_000
MAX_FIGURES = 20_000_000
"""Above these the interpreter would fill the memory; the compiled path takes such files."""

NOT_APPLICABLE = ("n/a", "tb", "tidak berlaku")
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets run a cell that begins so."""

LONG = ("subject", "indicator", "answer")
_NEGATIVE = re.compile(r"-\d+(\.\d+)?")

Key = tuple[str, str]


def read_subjects(
    path: Path,
    instrument: Instrument,
    *,
    level: str | None = None,
    form: str | None = None,
    convention: str | None = None,
) -> list[Subject]:
    """Read every subject of a file, in its order. Raises BadTable for the first fault in it.

    Raises KeyError for a level, form or convention that the instrument does not have.
    """
    table = Table(path, instrument, level or LEAF_LEVEL, form, convention)
    rows = _without_empty_end(read_rows(path), path)
    header = next(rows, (1, []))[1]
    shape = table.shape(header)
    for number, cells in rows:
        if len(cells) != len(header):
            raise table.bad(
                f"Baris ini berisi {len(cells)} sel, sedangkan judulnya {len(header)}. "
                "Samakan jumlah selnya.",
                number,
            )
        shape.take(number, cells)
    subjects = shape.subjects()
    if not subjects:
        raise table.bad("Hanya ada judul kolom. Tambahkan sekurangnya satu baris data.", 1)
    return subjects


def read_respondents(
    path: Path, instrument: Instrument, *, form: str | None = None, convention: str | None = None
) -> list[dict[str, Fraction]]:
    """The answers of each respondent in a wide file, in its order. Raises BadTable."""
    table = Table(path, instrument, LEAF_LEVEL, form, convention)
    rows = _without_empty_end(read_rows(path), path)
    names = [name.strip() for name in next(rows, (1, []))[1]]
    if not isinstance(table.shape(names), Wide):
        raise table.bad("Tulis satu baris untuk satu responden, satu kolom untuk satu kode.", 1)
    columns = {i: table.column(name) for i, name in enumerate(names) if name in table.nodes}
    respondents = []
    for number, cells in rows:
        given = ((c, table.figure(c, cells[i], number)) for i, c in columns.items())
        respondents.append({c.key[1]: v for c, v in given if isinstance(v, Fraction)})
    return respondents


def _without_empty_end(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    """Leave out empty rows at the end; an empty row before the end is a fault."""
    empty: int | None = None
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            empty = empty or number
            continue
        if empty is not None:
            raise bad_table(path, "Baris kosong di tengah tabel. Hapus baris ini.", row=empty)
        yield number, cells


@dataclass
class Column:
    """A column of figures for one node; equal texts are read once."""

    title: str
    key: Key
    node: Node
    seen: dict[str, Fraction | Answered | None] = field(default_factory=dict)


class Table:
    """What is common to all shapes: the file's name, its columns, and how a cell is read."""

    def __init__(
        self,
        path: Path,
        instrument: Instrument,
        level: str,
        form: str | None,
        convention: str | None,
    ) -> None:
        self.path, self.instrument, self.level = path, instrument, level
        self.root = instrument.formula(form, convention)
        nodes = list(walk(self.root))
        own = instrument.institution
        if own is not None:
            nodes.append(own)
        self.nodes = {node.name.code: node for node in nodes if node.name.level == level}
        if not self.nodes:
            raise KeyError(level)
        if level == LEAF_LEVEL:
            self.nodes |= _unscored(instrument)
        self.by_respondent = instrument.row == "respondent" and level == LEAF_LEVEL

    def bad(self, sentence: str, row: int, column: str | None = None) -> BadTable:
        return bad_table(self.path, sentence, row=row, column=column)

    # -- columns

    def shape(self, header: Sequence[str]) -> _Shape:
        """The shape that the header announces, ready to take rows."""
        names = [name.strip() for name in header]
        if not any(names):
            raise self.bad("Judul kolom tidak ada. Tulis judul kolom pada baris pertama.", 1)
        for position, name in enumerate(names, start=1):
            if not name:
                raise self.bad("Kolom ini tidak berjudul. Beri judul atau hapus.", 1, str(position))
            if names.index(name) < position - 1:
                raise self.bad("Judul kolom ini tertulis dua kali. Hapus salah satu.", 1, name)
        if "indicator" in names and "answer" in names:
            return Long(self, self.places(names, LONG, ()))
        if "institution" in names and "subject" not in names:
            return self.institution_shape(names)
        return Wide(self, names)

    def institution_shape(self, names: list[str]) -> _Shape:
        if self.instrument.institution is None:
            raise self.bad(
                f"Instrumen {self.instrument.id} tidak memuat aturan nilai lembaga. "
                "Pakai kolom “subject”.",
                1,
                "institution",
            )
        if self.level != self.root.name.level:
            raise self.bad(
                f"Kolom ini hanya untuk rerata lembaga. Tambahkan --level {self.root.name.level}.",
                1,
                "institution",
            )
        unit = "unit" if "unit" in names else self.level
        return Institution(self, self.places(names, ("institution", unit, "value"), self.axis()))

    def axis(self) -> tuple[str, ...]:
        return () if self.instrument.axis is None else (self.instrument.axis.code,)

    def places(
        self, names: list[str], required: tuple[str, ...], optional: tuple[str, ...]
    ) -> list[int]:
        """Where each named column stands; -1 for an optional one that is not there."""
        for name in names:
            if name not in required + optional:
                raise self.unknown(name, required + optional)
        for name in required:
            if name not in names:
                raise self.bad(f"Kolom ini belum ada. Judulnya: {', '.join(required)}.", 1, name)
        return [names.index(name) if name in names else -1 for name in required + optional]

    def unknown(self, name: str, known: Sequence[str], row: int = 1) -> BadTable:
        near = difflib.get_close_matches(name, known, 1)
        if name in self.instrument.by_code and self.level == LEAF_LEVEL:
            forms = ", ".join(self.instrument.forms)
            cure = f"Kodenya ada pada formulir lain; pilih dengan --form ({forms})."
        elif near:
            cure = f"Mungkin maksudnya “{near[0]}”."
        else:
            shown = ", ".join(known[:15]) + (" …" if len(known) > 15 else "")
            cure = f"Yang ada: {shown}."
        sentence = f"“{_shown(name)}” tidak dikenal di {self.instrument.id}. {cure}"
        return self.bad(sentence, row, _shown(name))

    def column(self, code: str, title: str | None = None) -> Column:
        return Column(title or code, (self.level, code), self.nodes[code])

    # -- cells

    def figure(self, column: Column, text: str, row: int) -> Fraction | Answered | None:
        """The figure in a cell; None for an empty one, which is missing and not nought."""
        try:
            return column.seen[text]
        except KeyError:
            pass
        try:
            result = _figure(column.node, text)
        except ValueError as error:
            raise self.bad(f"{error}.", row, column.title) from error
        column.seen[text] = result
        return result

    def name(self, text: str, row: int, column: str) -> str:
        """A subject's name, safe to print and to open in a spreadsheet."""
        name = text.strip()
        if not name:
            raise self.bad("Nama belum diisi. Isi namanya.", row, column)
        if text.startswith(FORMULA_MARKS) or name.startswith(FORMULA_MARKS):
            sentence = f"“{_shown(name)}” tampak seperti rumus. Hapus tanda di awalnya."
            raise self.bad(sentence, row, column)
        if not name.isprintable() and any(unicodedata.category(c) == "Cc" for c in name):
            raise self.bad("Nama memuat tanda kendali atau ganti baris. Tulis ulang.", row, column)
        return name

    def axis_value(self, text: str, row: int) -> str | None:
        axis = self.instrument.axis
        value = text.strip()
        if axis is None or not value:
            return None
        if value not in axis.values:
            choices = ", ".join(axis.values)
            sentence = f"“{_shown(value)}” tidak dikenal. Pilih: {choices}, atau kosongkan."
            raise self.bad(sentence, row, axis.code)
        return value


def _unscored(instrument: Instrument) -> dict[str, Node]:
    """Indicators that are asked but not scored: their columns are checked, then set aside."""
    return {
        q.code: Indicator(Name(q.code, LEAF_LEVEL, q.title.id, q.fact), q.low, q.high, q.decimals)
        for q in instrument.questions
        if q.unscored
    }


def _figure(node: Node, raw: str) -> Fraction | Answered | None:
    """Read one cell. Raises ValueError with the reason and the cure."""
    text = raw.strip()
    if text.lower() in NOT_APPLICABLE:
        return NA
    if raw.startswith(FORMULA_MARKS) and not _NEGATIVE.fullmatch(text):
        raise ValueError(f"“{_shown(text)}” tampak seperti rumus; tulis angkanya saja")
    if not text:
        return None
    value = parse_decimal(text)
    ends = bounds(node)
    if not ends.low <= value <= ends.high:
        low, high = format_exact(ends.low), format_exact(ends.high)
        raise ValueError(f"{text} di luar skala {low} sampai {high}; periksa nilainya")
    if isinstance(node, Indicator) and (value * 10**node.decimals).denominator != 1:
        places = f"paling banyak {node.decimals} desimal" if node.decimals else "bilangan bulat"
        raise ValueError(f"{text} terlalu rinci; jawaban di sini {places}")
    return value


def _shown(text: str) -> str:
    """Text from a file, cut and made printable for a message."""
    return "".join(c if c.isprintable() else "?" for c in text[:40])


# ---- Shapes ------------------------------------------------------------------------------------


class _Shape(abc.ABC):
    """One way of laying out a table: it takes rows, then gives subjects."""

    @abc.abstractmethod
    def take(self, row: int, cells: list[str]) -> None:
        """Check one row and keep what it says. Raises BadTable."""

    @abc.abstractmethod
    def subjects(self) -> list[Subject]:
        """What the rows came to, in the order of the file."""


@dataclass
class _Open:
    """A subject while its rows are still being read."""

    row: int
    figures: dict[Key, Answer] = field(default_factory=dict)
    tallies: dict[Key, list[int]] = field(default_factory=dict)
    axis_value: str | None = None

    def fold(self, column: Column, value: Fraction | Answered | None) -> None:
        """Add one respondent's answer; one that is empty or not applicable does not count."""
        if not isinstance(value, Fraction):
            return
        tally = self.tallies.setdefault(column.key, [0, 0])
        # Whole numbers of the smallest step: adding fractions would take most of the time.
        tally[0] += value.numerator * (_step(column.node) // value.denominator)
        tally[1] += 1

    def closed(self, name: str, nodes: dict[str, Node]) -> Subject:
        """The subject; each respondent's answer is folded into sum and count by now."""
        folded = {
            key: Tally(Fraction(total, _step(nodes[key[1]])), count)
            for key, (total, count) in self.tallies.items()
        }
        return Subject(name, self.figures | folded, self.axis_value)


def _step(node: Node) -> int:
    return 10**node.decimals if isinstance(node, Indicator) else 1


class _BySubject(_Shape):
    """What wide and long tables share: subjects that are open until the file ends."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.open: dict[str, _Open] = {}
        self.figures = 0

    def subjects(self) -> list[Subject]:
        return [one.closed(name, self.table.nodes) for name, one in self.open.items()]

    def put(self, one: _Open, column: Column, value: Fraction | Answered | None, row: int) -> None:
        if self.table.by_respondent:
            one.fold(column, value)
        elif value is not None:
            one.figures[column.key] = value
            self.figures += 1
            if self.figures > MAX_FIGURES or len(self.open) > MAX_SUBJECTS:
                raise self.table.bad(f"Berkas terlalu besar untuk hitungan ini. {TOO_LARGE}", row)


class Wide(_BySubject):
    """A column per code, and perhaps a name and the second axis."""

    def __init__(self, table: Table, names: list[str]) -> None:
        super().__init__(table)
        special = ("subject", *table.axis())
        for name in names:
            if name not in table.nodes and name not in special:
                raise table.unknown(name, (*special, *table.nodes))
        self.columns = [
            (place, table.column(name)) for place, name in enumerate(names) if name in table.nodes
        ]
        if not self.columns:
            known = ", ".join(list(table.nodes)[:15])
            raise table.bad(f"Tidak ada kolom nilai. Tambahkan kolom berkode: {known}.", 1)
        self.subject = names.index("subject") if "subject" in names else None
        axis = table.axis()
        self.axis = names.index(axis[0]) if axis and axis[0] in names else None

    def take(self, row: int, cells: list[str]) -> None:
        one = self.opened(row, cells)
        for place, column in self.columns:
            self.put(one, column, self.table.figure(column, cells[place], row), row)
        if self.axis is not None:
            one.axis_value = self.table.axis_value(cells[self.axis], row)

    def opened(self, row: int, cells: list[str]) -> _Open:
        table = self.table
        if self.subject is not None:
            name = table.name(cells[self.subject], row, "subject")
        else:
            name = table.path.stem if table.by_respondent else str(len(self.open) + 1)
        before = self.open.get(name)
        if before is None:
            one = self.open[name] = _Open(row)
            return one
        if not table.by_respondent:
            sentence = (
                f"“{_shown(name)}” sudah ada di baris {before.row}. Gabungkan atau ganti namanya."
            )
            raise table.bad(sentence, row, "subject")
        return before


class Long(_BySubject):
    """One answer per row: `subject,indicator,answer`."""

    def __init__(self, table: Table, places: list[int]) -> None:
        super().__init__(table)
        self.subject, self.indicator, self.answer = places
        self.columns: dict[str, Column] = {}
        self.rows: dict[tuple[str, str], int] = {}

    def take(self, row: int, cells: list[str]) -> None:
        name = self.table.name(cells[self.subject], row, "subject")
        code = cells[self.indicator].strip()
        column = self.column(code, row)
        if not self.table.by_respondent:
            first = self.rows.setdefault((name, code), row)
            if first != row:
                sentence = (
                    f"“{_shown(name)}” sudah menjawab {code} di baris {first}. Hapus salah satu."
                )
                raise self.table.bad(sentence, row, "indicator")
        one = self.open.get(name)
        if one is None:
            one = self.open[name] = _Open(row)
        self.put(one, column, self.table.figure(column, cells[self.answer], row), row)

    def column(self, code: str, row: int) -> Column:
        found = self.columns.get(code)
        if found is None:
            if code not in self.table.nodes:
                raise self.unknown(code, row)
            # A message names the column of the file, for that is where a person looks.
            found = self.columns[code] = self.table.column(code, "answer")
        return found

    def unknown(self, code: str, row: int) -> BadTable:
        error = self.table.unknown(code, tuple(self.table.nodes), row)
        return BadTable(str(error).replace(f"kolom “{_shown(code)}”", "kolom “indicator”", 1))


class Institution(_Shape):
    """One unit per row: `institution,<level>,value`, and perhaps the second axis."""

    def __init__(self, table: Table, places: list[int]) -> None:
        self.table = table
        self.institution, self.unit, self.value = places[:3]
        self.axis = places[3] if len(places) > 3 else -1
        self.column = Column("value", (table.level, table.root.name.code), table.root)
        self.units: dict[str, list[Unit]] = {}
        self.rows: dict[tuple[str, str], int] = {}
        self.axes: dict[str, tuple[str | None, int]] = {}

    def take(self, row: int, cells: list[str]) -> None:
        table = self.table
        institution = table.name(cells[self.institution], row, "institution")
        name = table.name(cells[self.unit], row, table.level)
        first = self.rows.setdefault((institution, name), row)
        if first != row:
            sentence = f"“{_shown(name)}” sudah ada di baris {first}. Hapus salah satu."
            raise table.bad(sentence, row, table.level)
        if row > MAX_SUBJECTS:
            raise table.bad(f"Berkas terlalu besar untuk hitungan ini. {TOO_LARGE}", row)
        value = table.figure(self.column, cells[self.value], row)
        self.units.setdefault(institution, []).append(Unit(name, value))
        if self.axis >= 0:
            self.agree(institution, table.axis_value(cells[self.axis], row), row)

    def agree(self, institution: str, axis_value: str | None, row: int) -> None:
        """An institution has one compliance; an empty cell states nothing."""
        if axis_value is None:
            return
        before, first = self.axes.setdefault(institution, (axis_value, row))
        if before != axis_value:
            sentence = (
                f"“{_shown(institution)}” tertulis “{before}” di baris {first}. Samakan nilainya."
            )
            raise self.table.bad(sentence, row, self.table.axis()[0])

    def subjects(self) -> list[Subject]:
        return [
            Subject(name, {}, self.axes.get(name, (None, 0))[0], tuple(units))
            for name, units in self.units.items()
        ]
