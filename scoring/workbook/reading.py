"""Reading a filled workbook back: every fault by sheet and cell, and nothing taken on trust.

Only what was filled in is read; the score is computed from it anew. What the file's own formulas
say is compared and reported, for a formula may have been overwritten, or not recalculated.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_rowcol_to_cell

from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import NA, Answer, Answered, Tally
from scoring.numbers import parse_decimal
from scoring.score import Score, score
from scoring.workbook import layout as at
from scoring.workbook.archive import Archive
from scoring.workbook.faults import BadWorkbook, Fault
from scoring.workbook.layout import (
    ENTRY,
    IDENTITY,
    KIND,
    WORKING,
    Entry,
    Key,
    Layout,
    in_words,
    option_word,
)
from scoring.workbook.reckoning import Reckoning

NA_WORDS = ("n/a", "tb", "tidak berlaku")

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ScoreInFile:
    """What the formulas in the file came to when it was last saved; None where there is nothing."""

    value: Fraction | None
    low: Fraction | None
    high: Fraction | None
    category: str | None
    zone: str | None


@dataclass(frozen=True)
class Filled:
    """What a workbook says. A code that is absent was left empty.

    `answers` and `notes` go by indicator code, a finished figure by `level:code`. `warnings` name
    cells that were taken in with a doubt, or formulas that no longer say what we compute.
    """

    answers: Mapping[str, Fraction | Answered]
    notes: Mapping[str, str]
    identity: Mapping[str, str]
    score_in_file: ScoreInFile
    form: str
    convention: str | None
    subject: str = ""
    round_name: str = ""
    respondents: tuple[Mapping[str, Fraction], ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def figures(self) -> dict[Key, Answer]:
        """The answers as the scoring takes them; respondents are folded."""
        figures: dict[Key, Answer] = {}
        for name, value in self.answers.items():
            level, colon, code = name.partition(":")
            figures[(level, code) if colon else (LEAF_LEVEL, name)] = value
        for code in {code for one in self.respondents for code in one}:
            given = [one[code] for one in self.respondents if code in one]
            figures[LEAF_LEVEL, code] = Tally(sum(given, Fraction()), len(given))
        return figures

    def score(self, instrument: Instrument) -> Score:
        """The score of what was filled in, as everywhere else. Raises RefusedToScore."""
        return score(instrument, self.figures, form=self.form, convention=self.convention)


def read_workbook(
    file: BinaryIO | Path,
    instrument: Instrument,
    *,
    form: str | None = None,
    identity: Mapping[str, str] | None = None,
) -> Filled:
    """Read a workbook of this instrument, and where given of this form and identity.

    Raises BadWorkbook with every fault by sheet and cell; then nothing was taken in.
    """
    archive = Archive(file)
    stated = _stated(archive, instrument, form, identity)
    convention = stated.get("konvensi") or None
    layout = Layout(instrument, stated.get("formulir") or None, convention)
    reader = _Reader(archive, layout)
    answers, notes, respondents = reader.read()
    if reader.faults:
        raise BadWorkbook(reader.faults)
    reckoning = Reckoning(layout, answers, respondents)
    working = _Sheet(archive, WORKING)
    warnings = [*reader.warnings, *_differences(archive, layout, reckoning, working)]
    prefix = "identitas:"
    return Filled(
        answers,
        notes,
        {k.removeprefix(prefix): v for k, v in stated.items() if k.startswith(prefix)},
        _score_in_file(working),
        layout.form,
        convention,
        stated.get("subjek", ""),
        stated.get("putaran", ""),
        respondents,
        tuple(warnings),
    )


# ---- Whose workbook it is -----------------------------------------------------------------------


class _Sheet:
    """The values of one sheet; a cell beyond its end is empty."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.name = name
        self.rows: Rows = archive.values(name)

    def cell(self, row: int, column: int) -> Any:
        try:
            return self.rows[row][column]
        except IndexError:
            return ""


def _stated(
    archive: Archive,
    instrument: Instrument,
    form: str | None,
    identity: Mapping[str, str] | None,
) -> dict[str, str]:
    """What the workbook says about itself. Raises BadWorkbook where it is another's."""
    missing = [name for name in (IDENTITY, ENTRY, WORKING) if name not in archive.sheets]
    if missing:
        sentence = (
            f"Lembar {' dan '.join(missing)} tidak ada, jadi ini bukan buku kerja Hijau. Unduh "
            "buku kerja yang baru, atau impor sebagai buku kerja lama."
        )
        raise BadWorkbook([Fault("", "", sentence)])
    sheet = _Sheet(archive, IDENTITY)
    stated, places = {}, {}
    for row in range(len(sheet.rows)):
        name = text_of(sheet.cell(row, 0))
        if name:
            stated[name], places[name] = text_of(sheet.cell(row, 1)), xl_rowcol_to_cell(row, 1)
    faults: list[Fault] = []

    def compare(name: str, wanted: str, what: str) -> None:
        found = stated.get(name, "")
        if found != wanted:
            sentence = (
                f"Buku kerja ini untuk {what} “{found[:60] or 'tidak disebut'}”, bukan "
                f"“{wanted[:60]}”. Unduh buku kerja yang sesuai."
            )
            faults.append(Fault(IDENTITY, places.get(name, ""), sentence))

    compare("jenis", KIND, "bentuk")
    compare("instrumen", instrument.id, "instrumen")
    if not faults:
        if stated.get("sidik") != instrument.sha256:
            sentence = (
                f"Buku kerja ini dibuat dari versi lain instrumen {instrument.id}. Unduh buku "
                "kerja yang baru dan salin isiannya."
            )
            faults.append(Fault(IDENTITY, places.get("sidik", ""), sentence))
        if form is not None:
            compare("formulir", form, "formulir")
        elif stated.get("formulir", "") not in instrument.forms:
            compare("formulir", next(iter(instrument.forms)), "formulir")
        names = {"", *(convention.name for convention in instrument.conventions)}
        if stated.get("konvensi", "") not in names:
            sentence = "Cara membobot di buku kerja ini tidak dikenal. Unduh buku kerja yang baru."
            faults.append(Fault(IDENTITY, places.get("konvensi", ""), sentence))
    for name, wanted in (identity or {}).items():
        compare(f"identitas:{name}", wanted, name)
    if faults:
        raise BadWorkbook(faults)
    return stated


# ---- What was filled in -------------------------------------------------------------------------


@dataclass
class _Reader:
    """Reads the entry sheet and gathers every fault on the way."""

    archive: Archive
    layout: Layout
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sheet = _Sheet(self.archive, ENTRY)
        self.marks = self.archive.marks(ENTRY)

    def fault(self, row: int, column: int, sentence: str) -> None:
        self.faults.append(Fault(ENTRY, xl_rowcol_to_cell(row, column), sentence))

    def warn(self, row: int, column: int, sentence: str) -> None:
        self.warnings.append(Fault(ENTRY, xl_rowcol_to_cell(row, column), sentence))

    def read(
        self,
    ) -> tuple[dict[str, Fraction | Answered], dict[str, str], tuple[Mapping[str, Fraction], ...]]:
        if self.layout.by_respondent:
            notes, respondents = self.respondents()
            return {}, notes, respondents
        answers: dict[str, Fraction | Answered] = {}
        notes = {}
        for name, row in self.rows().items():
            entry = self.layout.by_code[name]
            value = self.answer(row, at.ANSWER, entry)
            if value is not None:
                answers[name] = value
            if note := self.note(row, at.NOTE):
                notes[name] = note
        order = list(self.layout.by_code)
        return (
            {name: answers[name] for name in order if name in answers},
            {name: notes[name] for name in order if name in notes},
            (),
        )

    def rows(self) -> dict[str, int]:
        """The row of each entry by its code, wherever it was moved to."""
        known, found = self.layout.by_code, dict[str, int]()
        sections = {line for line in self.layout.lines if isinstance(line, str)}
        for row in range(at.HEADER_ROW + 1, len(self.sheet.rows)):
            name = text_of(self.sheet.cell(row, at.CODE)).strip()
            shown = name[:40]
            if any(text_of(self.sheet.cell(row, column)) for column in (at.ANSWER, at.NOTE)):
                cure = "Kembalikan kodenya, atau hapus isian di baris ini."
            elif not name or (name in sections and not self.sheet.cell(row, at.QUESTION)):
                continue
            else:
                cure = "Kembalikan kode semula."
            if name in found:
                place = xl_rowcol_to_cell(found[name], at.CODE)
                self.fault(row, at.CODE, f"Kode “{shown}” sudah ada di sel {place}. {cure}")
            elif name in known:
                found[name] = row
            else:
                self.fault(row, at.CODE, f"Kode “{shown}” tidak dikenal. {cure}")
        told = {fault.cell for fault in self.faults}
        for name, entry in known.items():
            row = self.layout.places[entry.key][0]
            if name not in found and xl_rowcol_to_cell(row, at.CODE) not in told:
                self.fault(
                    row,
                    at.CODE,
                    f"Baris untuk kode “{name}” tidak ada. Unduh buku kerja baru dan salin isian.",
                )
        return found

    def respondents(self) -> tuple[dict[str, str], tuple[Mapping[str, Fraction], ...]]:
        notes: dict[str, str] = {}
        rows: dict[int, dict[str, Fraction]] = {}
        for entry in self.layout.entries:
            first, column = self.layout.places[entry.key]
            name = text_of(self.sheet.cell(at.RESPONDENT_CODE_ROW, column)).strip()
            if name != entry.code:
                self.fault(
                    at.RESPONDENT_CODE_ROW,
                    column,
                    f"Kolom ini harus “{entry.code}”, tertulis “{name[:40]}”. Kembalikan judulnya.",
                )
                continue
            if note := self.note(at.RESPONDENT_NOTE_ROW, column):
                notes[entry.code] = note
            last = max(len(self.sheet.rows), first + at.MAX_RESPONDENTS)
            for row in range(first, last):
                value = self.answer(row, column, entry)
                if value is None:
                    continue
                if row >= first + at.MAX_RESPONDENTS:
                    self.fault(
                        row,
                        column,
                        f"Lebih dari {at.MAX_RESPONDENTS} responden. Hitung dari berkas CSV.",
                    )
                elif isinstance(value, Fraction):
                    rows.setdefault(row - first, {})[entry.code] = value
        # Rows between two respondents that were left empty say nothing, but keep their place.
        last = max(rows, default=-1)
        return notes, tuple(rows.get(number, {}) for number in range(last + 1))

    def note(self, row: int, column: int) -> str:
        if (row, column) in self.marks.errors:
            self.fault(row, column, "Catatan ini berisi galat Excel. Tulis ulang sebagai teks.")
        if (row, column) in self.marks.formulas:
            self.warn(row, column, "Catatan ini berisi rumus; yang dibaca hasil terakhirnya.")
        return text_of(self.sheet.cell(row, column))

    def answer(self, row: int, column: int, entry: Entry) -> Fraction | Answered | None:
        if (row, column) in self.marks.errors:
            self.fault(
                row,
                column,
                "Sel ini berisi galat Excel seperti #N/A. Isi jawabannya, atau kosongkan.",
            )
            return None
        if (row, column) in self.marks.formulas:
            self.warn(row, column, "Jawaban ini berisi rumus; yang dibaca hasil terakhirnya.")
        try:
            return read_answer(self.sheet.cell(row, column), entry)
        except ValueError as error:
            self.fault(row, column, f"{entry.code}: {error}.")
            return None


def read_answer(cell: object, entry: Entry) -> Fraction | Answered | None:
    """The answer in a cell: a number, a number as text, or the words of an option.

    Raises ValueError with what is wrong and what to do, without a full stop.
    """
    match cell:
        case None:
            return None
        case bool():
            raise ValueError("berisi BENAR/SALAH; tulis angkanya atau pilih dari daftar")
        case int() | float():
            if not math.isfinite(cell):
                raise ValueError("bukan angka; kosongkan bila belum ada")
            return _on_scale(Fraction(repr(cell)), entry)
        case str():
            return _worded(cell, entry)
        case _:
            raise ValueError("berisi tanggal atau waktu; ubah format sel menjadi Umum, tulis ulang")


def _worded(cell: str, entry: Entry) -> Fraction | Answered | None:
    text = " ".join(cell.split()).casefold()
    if not text:
        return None
    if text in NA_WORDS:
        if not entry.takes_na:
            raise ValueError("“tidak berlaku” tidak dikenal di sini; pilih jawaban atau kosongkan")
        return NA
    for option in entry.options:
        if text == option_word(option).casefold():
            return option.value
    named = [o for o in entry.options if text == " ".join(o.text.id.split()).casefold()]
    if len(named) == 1:
        return named[0].value
    number = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    try:
        value = parse_decimal(number)
    except ValueError as error:
        if entry.options and text[0] not in "=+-@":
            cure = "pilih dari daftar, atau tulis angkanya"
            raise ValueError(f"“{cell[:40]}” bukan salah satu pilihan; {cure}") from error
        raise
    return _on_scale(value, entry)


def _on_scale(value: Fraction, entry: Entry) -> Fraction:
    shown = in_words(value)
    if not entry.low <= value <= entry.high:
        low, high = in_words(entry.low), in_words(entry.high)
        raise ValueError(f"{shown} di luar skala {low} sampai {high}; periksa nilainya")
    if not entry.takes(value):
        places = f"paling banyak {entry.decimals} desimal" if entry.decimals else "bilangan bulat"
        raise ValueError(f"{shown} terlalu rinci; jawaban di sini {places}")
    return value


def text_of(cell: object) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "ya" if cell else "tidak"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
        case dt.datetime() | dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)


# ---- What the file's own formulas say -----------------------------------------------------------


def _score_in_file(working: _Sheet) -> ScoreInFile:
    cells = {name: working.cell(row, 1) for name, row in at.RESULT_ROWS.items()}
    numbers = (
        Fraction(repr(cell)) if isinstance(cell, float) and math.isfinite(cell) else None
        for cell in (cells["value"], cells["low"], cells["high"])
    )
    words = (str(cells[name]) or None for name in ("category", "zone"))
    value, low, high = numbers
    category, zone = words
    return ScoreInFile(value, low, high, category, zone)


def _differences(
    archive: Archive, layout: Layout, reckoning: Reckoning, working: _Sheet
) -> list[Fault]:
    """Formulas that were overwritten, and figures of the file that are not ours."""
    found, formulas = [], archive.marks(WORKING).formulas
    for (sheet, row, column), (_, now) in sorted(reckoning.grid.formulas.items()):
        if sheet != WORKING:
            continue
        cell = xl_rowcol_to_cell(row, column)
        if (row, column) not in formulas:
            sentence = (
                "Rumus di sel ini sudah diganti atau terhapus. Nilainya dihitung ulang dari "
                "jawaban, jadi tidak berubah."
            )
            found.append(Fault(WORKING, cell, sentence))
            continue
        shown = column <= at.REMARK and column not in (at.MISSING, at.REMARK)
        theirs = working.cell(row, column)
        if shown and not _agree(theirs, now):
            sentence = (
                f"Buku kerja menampilkan “{text_of(theirs)[:40]}”, sedangkan hitungan Hijau "
                f"“{text_of(now)}”. Yang dipakai hitungan Hijau; buka dan simpan ulang di Excel "
                "agar rumusnya terhitung."
            )
            found.append(Fault(WORKING, cell, sentence))
    return found


def _agree(theirs: object, ours: object) -> bool:
    if isinstance(ours, str):
        return text_of(theirs) == ours
    return isinstance(theirs, int | float) and not isinstance(theirs, bool) and theirs == ours
