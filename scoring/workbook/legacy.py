"""Workbooks that a city kept before: their columns are named once, then they are read for good."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name, xl_rowcol_to_cell

from scoring.instrument import Instrument
from scoring.interpret import Answered
from scoring.workbook.archive import Archive, Marks
from scoring.workbook.faults import BadWorkbook, Fault
from scoring.workbook.layout import Entry, Layout, in_words
from scoring.workbook.reading import read_answer, text_of

KINDS = {"code": "kode", "number": "nomor", "title": "judul"}
"""What a column can tell an indicator by."""

HEADER_WITHIN = 30
"""A header is among the first rows, below a letterhead at most."""

SCORE_WORDS = ("nilai", "skor", "score", "jawaban", "hasil", "capaian", "tingkat", "level")
NOTE_WORDS = ("catatan", "keterangan", "penjelasan", "uraian bukti", "bukti", "note")
NOT_SCORES = ("bobot", "maksimal", "maksimum", "target", "kategori", "x bobot", "kali bobot")
_LETTERS = re.compile(r"[A-Z]{1,3}")


@dataclass(frozen=True, slots=True)
class LegacyMapping:
    """Where a city's own workbook holds what: columns by letter, the header's row counted from 1.

    `told_by` says what the column `indicator` tells an indicator by: `code`, `number` (its number
    in the instrument) or `title`.
    """

    sheet: str
    header_row: int
    told_by: str
    indicator: str
    score: str
    note: str | None = None

    def __post_init__(self) -> None:
        columns = [self.indicator, self.score, *([] if self.note is None else [self.note])]
        for column in columns:
            if not isinstance(column, str) or not _LETTERS.fullmatch(column):
                raise ValueError(f"“{column}” bukan nama kolom. Tulis hurufnya, misalnya C.")
        if len(set(columns)) < len(columns):
            raise ValueError("Satu kolom dipakai dua kali. Pilih kolom yang berbeda.")
        if self.told_by not in KINDS:
            choices = ", ".join(KINDS)
            raise ValueError(f"“{self.told_by}” tidak dikenal. Pilih: {choices}.")
        if not isinstance(self.header_row, int) or not 1 <= self.header_row <= 1000:
            raise ValueError("Baris judul harus dari 1 sampai 1000.")

    def as_dict(self) -> dict[str, Any]:
        """Plain data, to keep for the next time."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LegacyMapping:
        """The mapping that `as_dict` gave. Raises ValueError with what is wrong in it."""
        try:
            return cls(**data)
        except TypeError as error:
            raise ValueError("Pemetaan kolom tidak lengkap. Petakan ulang kolomnya.") from error


@dataclass(frozen=True)
class Legacy:
    """What a city's own workbook says. `warnings` name the rows that were left out."""

    answers: Mapping[str, Fraction | Answered]
    notes: Mapping[str, str]
    warnings: tuple[Fault, ...] = ()


def suggest(
    file: BinaryIO | Path, instrument: Instrument, *, form: str | None = None
) -> LegacyMapping | None:
    """The mapping that most rows speak for, to be confirmed by a person; None if none does."""
    archive, known = Archive(file), _Known(instrument, form)
    best: tuple[int, LegacyMapping] | None = None
    for sheet in archive.sheets:
        found = _suggested(sheet, archive.values(sheet), known)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def read_legacy(
    file: BinaryIO | Path,
    instrument: Instrument,
    mapping: LegacyMapping,
    *,
    form: str | None = None,
) -> Legacy:
    """Read a city's own workbook. Raises BadWorkbook with every fault by sheet and cell.

    A row that names no indicator (a section, a total) is left out, with a warning if it has a
    score. An empty score is an answer that is missing, not nought.
    """
    archive, known = Archive(file), _Known(instrument, form)
    if mapping.sheet not in archive.sheets:
        listed = ", ".join(archive.sheets[:10])
        sentence = f"Lembar “{mapping.sheet}” tidak ada. Yang ada: {listed}."
        raise BadWorkbook([Fault("", "", sentence)])
    reader = _LegacyReader(mapping, known, archive.values(mapping.sheet))
    reader.marks = archive.marks(mapping.sheet)
    reader.read()
    if reader.faults:
        raise BadWorkbook(reader.faults)
    order = [name for name in known.layout.by_code if name in reader.found]
    return Legacy(
        {name: reader.answers[name] for name in order if name in reader.answers},
        {name: reader.notes[name] for name in order if name in reader.notes},
        tuple(reader.warnings),
    )


# ---- Telling an indicator -----------------------------------------------------------------------


def _plain(text: str) -> str:
    """Letters and digits only, so that a full stop or a capital does not matter."""
    return " ".join(re.findall(r"\w+", text.casefold()))


class _Known:
    """The indicators of a form by code, number and title."""

    def __init__(self, instrument: Instrument, form: str | None) -> None:
        self.layout = Layout(instrument, form, None)
        if self.layout.by_respondent:
            sentence = (
                "Instrumen ini diisi per responden. Unggah jawaban respondennya sebagai tabel CSV "
                "atau XLSX."
            )
            raise BadWorkbook([Fault("", "", sentence)])
        entries = [entry for entry in self.layout.entries if entry.question is not None]
        self.by: dict[str, dict[str, Entry]] = {
            "code": {_plain(entry.code): entry for entry in entries},
            "number": _numbered(entries),
            "title": {},
        }
        for entry in entries:
            assert entry.question is not None
            for text in (entry.title, entry.question.question.id):
                self.by["title"].setdefault(_plain(text), entry)

    def told(self, cell: object, by: str) -> Entry | None:
        """The indicator that a cell names, if it names one."""
        text = text_of(cell)
        if by == "number":
            found = re.fullmatch(r"\s*(?:no\.?\s*)?(\d{1,3})\s*[.)]?\s*", text, re.IGNORECASE)
            return self.by["number"].get(str(int(found[1]))) if found else None
        plain = _plain(text)
        if not plain:
            return None
        entry = self.by[by].get(plain)
        if entry is None and by == "title" and len(plain) > 8:
            near = difflib.get_close_matches(plain, self.by["title"], 1, cutoff=0.87)
            entry = self.by["title"][near[0]] if near else None
        return entry


def _numbered(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Indicators by number: that in front of the code, or else the place in the instrument."""
    led: dict[str, Entry] = {}
    for entry in entries:
        if found := re.match(r"(\d{1,3})(?!\d)", entry.code):
            led.setdefault(str(int(found[1])), entry)
    return led or {str(number): entry for number, entry in enumerate(entries, 1)}


# ---- Guessing the columns -----------------------------------------------------------------------


def _suggested(
    sheet: str, rows: Sequence[Sequence[Any]], known: _Known
) -> tuple[int, LegacyMapping] | None:
    width = max((len(row) for row in rows), default=0)
    best: tuple[int, int, str] | None = None
    for column in range(min(width, 60)):
        cells = [row[column] if column < len(row) else "" for row in rows[:2000]]
        for by in KINDS:
            told = {e.code for cell in cells if (e := known.told(cell, by)) is not None}
            # A number is any number; a code or a title that fits is no accident.
            sure = len(told) if by == "number" else 3 * len(told)
            if len(told) >= 2 and (best is None or sure > best[0]):
                best = sure, column, by
    if best is None:
        return None
    sure, told_in, by = best
    first = next(i for i, row in enumerate(rows) if known.told(_at(row, told_in), by) is not None)
    for header in range(min(first, HEADER_WITHIN) - 1, -1, -1):
        titles = [_plain(text_of(cell)) for cell in rows[header]]
        score = _titled(titles, SCORE_WORDS, {told_in}, NOT_SCORES)
        if score is None:
            continue
        note = _titled(titles, NOTE_WORDS, {told_in, score}, ())
        letters = [xl_col_to_name(column) for column in (told_in, score)]
        noted = None if note is None else xl_col_to_name(note)
        return sure, LegacyMapping(sheet, header + 1, by, letters[0], letters[1], noted)
    return None


def _at(row: Sequence[Any], column: int) -> Any:
    return row[column] if column < len(row) else ""


def _titled(
    titles: Sequence[str], words: Sequence[str], taken: set[int], never: Sequence[str]
) -> int | None:
    """The column whose title says one of the words, the earlier word first."""
    for word in words:
        for column, title in enumerate(titles):
            said = f" {word} " in f" {title} "
            if said and column not in taken and not any(no in title for no in never):
                return column
    return None


# ---- Reading ------------------------------------------------------------------------------------


@dataclass
class _LegacyReader:
    mapping: LegacyMapping
    known: _Known
    rows: Sequence[Sequence[Any]]
    marks: Marks = field(default_factory=Marks)
    found: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Fraction | Answered] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def place(self, row: int, column: int) -> tuple[str, str]:
        return self.mapping.sheet, xl_rowcol_to_cell(row, column)

    def fault(self, row: int, column: int, sentence: str) -> None:
        self.faults.append(Fault(*self.place(row, column), sentence))

    def read(self) -> None:
        mapping = self.mapping
        told_in, scored_in = (_column(c) for c in (mapping.indicator, mapping.score))
        noted_in = None if mapping.note is None else _column(mapping.note)
        for row in range(mapping.header_row, len(self.rows)):
            entry = self.known.told(_at(self.rows[row], told_in), mapping.told_by)
            if entry is None:
                self.left_out(row, told_in, scored_in)
                continue
            if entry.code in self.found:
                before = xl_rowcol_to_cell(self.found[entry.code], told_in)
                self.fault(
                    row,
                    told_in,
                    f"{entry.code} ({entry.title}) sudah ada di sel {before}. Hapus salah satu.",
                )
                continue
            self.found[entry.code] = row
            self.take(row, scored_in, entry)
            note = "" if noted_in is None else text_of(_at(self.rows[row], noted_in))
            if note.strip():
                self.notes[entry.code] = note
        if not self.found and not self.faults:
            kind = KINDS[mapping.told_by]
            self.fault(
                mapping.header_row - 1,
                told_in,
                f"Tidak ada {kind} indikator yang dikenal di kolom {mapping.indicator}. Petakan "
                "ulang kolomnya.",
            )

    def take(self, row: int, column: int, entry: Entry) -> None:
        if (row, column) in self.marks.errors:
            self.fault(row, column, "Sel ini berisi galat Excel seperti #N/A. Isi nilainya.")
            return
        try:
            value = read_answer(_at(self.rows[row], column), entry)
        except ValueError as error:
            self.fault(row, column, f"{entry.code}: {error}.")
            return
        if value is not None:
            self.answers[entry.code] = value

    def left_out(self, row: int, told_in: int, scored_in: int) -> None:
        name = text_of(_at(self.rows[row], told_in)).strip()
        score = _at(self.rows[row], scored_in)
        if text_of(score).strip():
            shown = in_words(Fraction(repr(score))) if isinstance(score, float) else text_of(score)
            sentence = (
                f"Baris ini bernilai “{shown[:20]}”, tetapi “{name[:40]}” bukan indikator yang "
                "dikenal; tidak diimpor."
            )
            self.warnings.append(Fault(*self.place(row, told_in), sentence))


def _column(letters: str) -> int:
    column: int = xl_cell_to_rowcol(f"{letters}1")[1]
    return column
