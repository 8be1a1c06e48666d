"""Writing the workbook of one unit: guidance, entries with drop-downs, and its own reckoning."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from scoring.formula import Indicator, Mean, Node, Rounded, Scale, WeightedSum, walk
from scoring.instrument import Instrument
from scoring.interpret import NA, Answered, forbidden
from scoring.numbers import format_fixed
from scoring.proof import LABELS, RULES
from scoring.provenance import Fact
from scoring.workbook import layout as at
from scoring.workbook.cells import reference
from scoring.workbook.faults import RefusedToWrite
from scoring.workbook.layout import (
    CHOICES,
    DIGITS,
    ENTRY,
    GUIDE,
    IDENTITY,
    KIND,
    MAX_RESPONDENTS,
    WORKING,
    Entry,
    Layout,
    in_words,
    option_word,
    written_key,
)
from scoring.workbook.reckoning import IS_NA, Reckoning

CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001  (no zone in a workbook's properties)
"""One date for all, so that equal input gives equal bytes."""

GREEN, PALE, LINE, INK, PAPER = "#0b5d3b", "#e6f2ec", "#b8c7bf", "#17302a", "#fffbe6"

ENTRY_WIDTHS = 16, 40, 40, 30, 52
LINE_HEIGHT = 13.5
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x08\x0b-\x1f]")
SPAN = '&" sampai "&'


def write_workbook(
    file: BinaryIO | Path,
    instrument: Instrument,
    *,
    form: str | None = None,
    convention: str | None = None,
    subject: str = "",
    round_name: str = "",
    answers: Mapping[str, Fraction | Answered] | None = None,
    respondents: Sequence[Mapping[str, Fraction]] = (),
    notes: Mapping[str, str] | None = None,
    identity: Mapping[str, str] | None = None,
    locked: bool = False,
) -> None:
    """Write a workbook to fill in, or one that is filled in already; `locked` for reading only.

    `answers` and `notes` go by indicator code, a finished figure by `level:code`; where a row of
    the instrument is a respondent, `respondents` holds the answers of each instead. `identity` is
    the caller's own and comes back unchanged. Equal input gives equal bytes. Raises RefusedToWrite
    where something would be lost or could not be computed exactly; then nothing is written.
    """
    layout = Layout(instrument, form, convention)
    given, said = dict(answers or {}), dict(notes or {})
    _check(layout, given, respondents, said)
    texts = {"subjek": subject, "putaran": round_name, **(identity or {})}
    for name, text in (*texts.items(), *((code, text) for code, text in said.items())):
        _check_text(name, text)
    reckoning = Reckoning(layout, given, respondents)
    book = io.BytesIO()
    _Book(book, layout, reckoning, said, locked).write(subject, round_name, identity or {})
    if isinstance(file, Path):
        file.write_bytes(book.getvalue())
    else:
        file.write(book.getvalue())


def _check(
    layout: Layout,
    answers: Mapping[str, Fraction | Answered],
    respondents: Sequence[Mapping[str, Fraction]],
    notes: Mapping[str, str],
) -> None:
    known = layout.by_code
    for code in (*answers, *notes, *(code for one in respondents for code in one)):
        if code not in known:
            raise RefusedToWrite(
                f"“{code}” tidak ada dalam {layout.instrument.id} formulir {layout.form or 'ini'}. "
                "Periksa kodenya."
            )
    if layout.by_respondent and answers:
        raise RefusedToWrite("Instrumen ini diisi per responden, bukan satu jawaban per butir.")
    if not layout.by_respondent and respondents:
        raise RefusedToWrite("Instrumen ini tidak diisi per responden.")
    if len(respondents) > MAX_RESPONDENTS:
        raise RefusedToWrite(
            f"Buku kerja ini memuat paling banyak {MAX_RESPONDENTS} responden; yang diberikan "
            f"{len(respondents)}. Hitung dari berkas CSV atau Parquet."
        )
    for code, value in (*answers.items(), *(pair for one in respondents for pair in one.items())):
        _check_value(layout, known[code], value)


def _check_value(layout: Layout, entry: Entry, value: Fraction | Answered) -> None:
    if isinstance(value, Fraction):
        if not entry.takes(value):
            raise RefusedToWrite(
                f"{entry.code}: {in_words(value)} bukan nilai dalam skala {in_words(entry.low)} "
                f"sampai {in_words(entry.high)} dengan {entry.decimals} desimal."
            )
        return
    if entry.takes_na:
        return
    sums = (node for node in walk(layout.root) if isinstance(node, WeightedSum))
    for part in (part for node in sums for part in node.parts):
        if (part.node.name.level, part.node.name.code) == entry.key:
            raise RefusedToWrite(forbidden(part))
    raise RefusedToWrite(f"“Tidak berlaku” tidak dikenal untuk {entry.code} ({entry.title}).")


def _check_text(name: str, text: str) -> None:
    if len(text) > at.LONGEST_TEXT:
        raise RefusedToWrite(
            f"Teks untuk {name} lebih dari {at.LONGEST_TEXT} karakter, lebih dari yang dimuat satu "
            "sel Excel. Pendekkan."
        )
    strange = any(0xD800 <= ord(c) <= 0xDFFF or ord(c) in (0xFFFE, 0xFFFF) for c in text)
    if strange or (_is_markup(text) and _ESCAPED.search(text)):
        raise RefusedToWrite(
            f"Teks untuk {name} memuat karakter yang tidak dapat ditulis. Tulis ulang."
        )


class _Book:
    """One workbook while it is written."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        reckoning: Reckoning,
        notes: Mapping[str, str],
        locked: bool,
    ) -> None:
        self.layout, self.reckoning, self.notes, self.locked = layout, reckoning, notes, locked
        self.instrument = layout.instrument
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self.book = xlsxwriter.Workbook(file, options)
        self.book.set_properties(
            {"title": self.instrument.title.id, "author": "Hijau", "created": CREATED}
        )
        self.book.set_calc_mode("auto")
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def look(self, **properties: Any) -> Any:
        """A cell format; equal ones are one."""
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top", "font_color": INK}
        if "indent" in properties:
            base["align"] = "left"  # without it the indent is not seen
        merged = base | properties
        key = tuple(sorted(merged.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(merged)
        return self.formats[key]

    @property
    def head(self) -> Any:
        return self.look(
            bold=True, bg_color=GREEN, font_color="white", text_wrap=True, border=1,
            border_color=LINE, valign="vcenter",
        )  # fmt: skip

    @property
    def section(self) -> Any:
        return self.look(bold=True, bg_color=PALE, border=1, border_color=LINE)

    def plain(self, **more: Any) -> Any:
        return self.look(text_wrap=True, border=1, border_color=LINE, **more)

    def input(self, **more: Any) -> Any:
        return self.plain(bg_color="white" if self.locked else PAPER, locked=self.locked, **more)

    def write(self, subject: str, round_name: str, identity: Mapping[str, str]) -> None:
        sheets = {name: self.book.add_worksheet(name) for name in (
            GUIDE, ENTRY, WORKING, CHOICES, DIGITS, IDENTITY)}  # fmt: skip
        heading = " · ".join(text for text in (subject, round_name) if text)
        self.guide(sheets[GUIDE], heading)
        self.entries(sheets[ENTRY], heading)
        self.working(sheets[WORKING])
        self.choices(sheets[CHOICES])
        self.formulas(sheets[DIGITS], DIGITS, self.look())
        self.identity(sheets[IDENTITY], subject, round_name, identity)
        for name in (CHOICES, DIGITS, IDENTITY):
            sheets[name].hide()
        for sheet in sheets.values():
            sheet.protect("", {"format_columns": True, "format_rows": True})
            self.on_paper(sheet, heading)
        sheets[ENTRY].activate()
        sheets[GUIDE].set_first_sheet()
        self.book.close()

    def on_paper(self, sheet: Any, heading: str) -> None:
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        named = (heading or self.instrument.title.id).replace("&", "&&")[:100]
        sheet.set_footer(f"&L&8{named}&C&8{self.instrument.id}&R&8Halaman &P dari &N")

    def formulas(self, sheet: Any, name: str, look: Any) -> None:
        for row, column, text, now in self.reckoning.grid.of(name):
            sheet.write_formula(row, column, f"={text}", look, now)

    # -- Petunjuk

    def guide(self, sheet: Any, heading: str) -> None:
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 105)
        title = self.look(bold=True, font_size=16, font_color=GREEN)
        _text(sheet, 0, 0, self.instrument.title.id, title)
        sheet.set_row(0, 26)
        _text(sheet, 1, 0, heading, self.look(font_size=11))
        label, text = self.look(bold=True), self.look(text_wrap=True)
        row = 3
        for name, content in self.guidance():
            sheet.set_row(row, _height([(content, 105)]))
            _text(sheet, row, 0, name, label)
            _text(sheet, row, 1, content, text)
            row += 1
        sheet.print_area(0, 0, row, 1)

    def guidance(self) -> Iterator[tuple[str, str]]:
        one = self.instrument
        if self.locked:
            yield "Untuk dibaca", "Buku kerja ini hanya untuk dibaca; isian tidak dapat diubah."
        steps = [
            "Isi hanya sel berwarna kuning di lembar Isian. Sel lain dikunci agar rumusnya tidak "
            "terhapus.",
            f"Satu baris untuk satu responden, paling banyak {MAX_RESPONDENTS}. Tulis angkanya."
            if self.layout.by_respondent
            else "Pilih jawaban dari daftar pada tiap sel, atau tulis angkanya bila diminta angka.",
            "Kosongkan yang belum diketahui. Yang kosong tidak dihitung nol: nilainya tampil "
            "sebagai rentang.",
            "Simpan sebagai .xlsx, lalu unggah kembali ke Hijau. Jangan menambah, menghapus, atau "
            "mengurutkan baris dan lembar.",
            "Nilai di lembar Hitungan sama dengan nilai di Hijau. Yang berlaku tetap hitungan "
            "Hijau dari jawaban Anda.",
        ]
        for number, step in enumerate(steps, 1):
            yield "Cara mengisi" if number == 1 else "", f"{number}. {step}"
        yield "Instrumen", f"{one.title.id} ({one.id})"
        if self.layout.form:
            yield "Formulir", self.layout.form
        chosen = one.convention(self.layout.convention)
        if chosen is not None:
            yield "Cara membobot", f"{chosen.title.id} ({chosen.name})"
        yield "Penilai", one.body
        until = one.valid.until.isoformat() if one.valid.until else "sekarang"
        yield "Berlaku", f"{one.valid.since.isoformat()} sampai {until}"
        for number, basis in enumerate(one.basis):
            yield "Dasar" if not number else "", f"{basis.regulation}: {basis.about}"
        publish = one.publish
        yield "Pembulatan", f"{publish.decimals} desimal, {RULES[publish.rule]}, sekali di akhir"
        for number, text in enumerate(self.estimates()):
            yield "Nilai ini taksiran" if not number else "", text
        for number, band in enumerate(one.bands):
            low, high = (
                format_fixed(end, publish.decimals).replace(".", ",")
                for end in (band.low, band.high)
            )
            zone = f", zona {band.zone}" if band.zone else ""
            text = f"{low} sampai {high}: {band.code} ({band.label.id}){zone}"
            yield "Kategori" if not number else "", text
        yield "Sidik berkas instrumen (SHA-256)", one.sha256

    def estimates(self) -> Iterator[str]:
        """What makes the figure an estimate, each reason once."""
        facts: dict[tuple[str, str], None] = {}

        def note(title: str, fact: Fact) -> None:
            if fact.label.is_estimate:
                reason = f"{LABELS[fact.label]}. {fact.note}".strip()
                facts.setdefault((title, reason))

        for node in self.layout.computed():
            note(node.name.title, node.name.fact)
            if isinstance(node, WeightedSum):
                if node.has_unknown_weights:
                    facts.setdefault((f"Bobot {node.name.title}", "tidak diterbitkan."))
                for part in node.parts:
                    if part.weight is not None:
                        note(f"Bobot {part.node.name.title}", part.fact)
        for band in self.instrument.bands:
            note(f"Kategori {band.code}", band.fact)
        reasons: dict[str, list[str]] = {}
        for title, reason in facts:
            reasons.setdefault(reason, []).append(title)
        if reasons:
            yield "Sebagian dasarnya belum pasti, jadi nilainya adalah taksiran:"
        for reason, titles in reasons.items():
            more = f" dan {len(titles) - 5} lagi" if len(titles) > 5 else ""
            yield f"• {', '.join(titles[:5])}{more}: {reason}"

    # -- Isian

    def entries(self, sheet: Any, heading: str) -> None:
        title = self.look(bold=True, font_size=14, font_color=GREEN)
        _text(sheet, 0, 0, self.instrument.title.id, title)
        _text(sheet, 1, 0, heading, self.look(font_size=11))
        for row, height in enumerate((22, 17, 17, 16, 16)):
            sheet.set_row(row, height)
        self.standing(sheet)
        if self.layout.by_respondent:
            self.respondents(sheet)
        else:
            self.indicators(sheet)

    def standing(self, sheet: Any) -> None:
        """The figure so far, above what is filled in."""
        shown = self.reckoning.grid.formulas
        bold = self.look(bold=True, font_size=11, align="left", num_format=self.fixed)
        places = at.RESULT_ROWS
        label = "Nilai (taksiran)" if any(self.estimates()) else "Nilai"
        _text(sheet, 2, 0, label, self.look(bold=True))
        value, low, high = (reference(WORKING, places[n], 1) for n in ("value", "low", "high"))
        # TEXT would take its mask in the language of the machine; FIXED has none.
        places_shown = self.instrument.publish.decimals
        ends = (f"FIXED({end},{places_shown},TRUE)" for end in (low, high))
        text = f'IF({value}<>"",{value},{SPAN.join(ends)})'
        now = shown[WORKING, places["value"], 1][1]
        if now == "":
            figures = (shown[WORKING, places[n], 1][1] for n in ("low", "high"))
            now = " sampai ".join(format_fixed(Fraction(repr(x)), places_shown) for x in figures)
        sheet.write_formula(2, 1, f"={text}", bold, now)
        rest: list[tuple[str, str]] = [("Belum diisi", "missing")]
        if self.instrument.bands:
            rest.append(("Kategori", "note"))
        for row, (label, name) in enumerate(rest, start=3):
            _text(sheet, row, 0, label, self.look(bold=True))
            source = reference(WORKING, places[name], 1)
            look = self.look(align="left")
            sheet.write_formula(row, 1, f"={source}", look, shown[WORKING, places[name], 1][1])

    def indicators(self, sheet: Any) -> None:
        for column, width in enumerate(ENTRY_WIDTHS):
            sheet.set_column(column, column, width)
        names = ("Kode", "Pertanyaan", "Jawaban", "Catatan", "Pedoman dan bukti yang diharapkan")
        for column, name in enumerate(names):
            _text(sheet, at.HEADER_ROW, column, name, self.head)
        for row, line in enumerate(self.layout.lines, start=at.HEADER_ROW + 1):
            if isinstance(line, str):
                for column in range(len(names)):
                    _text(sheet, row, column, "" if column else line, self.section)
            else:
                self.indicator(sheet, row, line)
        sheet.freeze_panes(at.HEADER_ROW + 1, 2)
        sheet.repeat_rows(at.HEADER_ROW)
        last = at.HEADER_ROW + len(self.layout.lines)
        sheet.print_area(0, 0, last, len(names) - 1)

    def indicator(self, sheet: Any, row: int, entry: Entry) -> None:
        name = written_key(entry.key)
        _text(sheet, row, at.CODE, name, self.plain())
        _text(sheet, row, at.QUESTION, _asked(entry), self.plain())
        self.answer(sheet, row, at.ANSWER, entry, self.reckoning.answers.get(name))
        note = self.notes.get(name, "")
        _text(sheet, row, at.NOTE, note, self.input())
        guidance = _guidance(entry)
        _text(sheet, row, at.GUIDANCE, guidance, self.plain())
        longest = max((option_word(option) for option in entry.options), key=len, default="")
        texts = (name, _asked(entry), longest, note[:600], guidance)
        sheet.set_row(row, _height(zip(texts, ENTRY_WIDTHS, strict=True)))
        sheet.data_validation(row, at.ANSWER, row, at.ANSWER, self.allowed(entry))

    def answer(
        self, sheet: Any, row: int, column: int, entry: Entry, value: Fraction | Answered | None
    ) -> None:
        align = "center" if self.layout.by_respondent else "left"
        look = self.input(align=align, num_format=_mask(entry.decimals))
        if value is None:
            sheet.write_blank(row, column, None, look)
        elif value is NA:
            _text(sheet, row, column, at.NOT_APPLICABLE, look)
        elif isinstance(value, Fraction):
            word = None if self.layout.by_respondent else entry.word(value)
            if word is None:
                sheet.write_number(row, column, float(value), look)
            else:
                _text(sheet, row, column, word, look)

    def allowed(self, entry: Entry) -> dict[str, Any]:
        """The validation of an answer cell."""
        low, high = in_words(entry.low), in_words(entry.high)
        rule: dict[str, Any] = {"error_title": "Periksa jawaban", "ignore_blank": True}
        if entry.options and not self.layout.by_respondent:
            first, last = self.reckoning.choices[entry.key]
            source = f"={CHOICES}!$A${first}:$A${last}"
            message = "Pilih salah satu dari daftar, atau kosongkan."
            return rule | {"validate": "list", "source": source, "error_message": message}
        message = f"Tulis angka dari {low} sampai {high}, atau kosongkan."
        if entry.decimals:
            message += f" Paling banyak {entry.decimals} desimal."
        rule |= {"error_message": message, "input_title": entry.code[:32], "input_message": message}
        if entry.takes_na:
            cell = self.layout.cell(entry).partition("!")[2]
            rule["input_message"] += f" Atau tulis: {at.NOT_APPLICABLE}."
            source = (
                f'=OR({cell}="{at.NOT_APPLICABLE}",AND(ISNUMBER({cell}),'
                f"{cell}>={float(entry.low)!r},{cell}<={float(entry.high)!r}))"
            )
            return rule | {"validate": "custom", "value": source}
        return rule | {
            "validate": "decimal" if entry.scale > 1 else "integer",
            "criteria": "between",
            "minimum": float(entry.low) if entry.scale > 1 else int(entry.low),
            "maximum": float(entry.high) if entry.scale > 1 else int(entry.high),
        }

    def respondents(self, sheet: Any) -> None:
        entries = self.layout.entries
        width = max(9, min(16, 150 // (len(entries) + 1)))
        sheet.set_column(0, 0, 13)
        sheet.set_column(1, len(entries), width)
        names = at.RESPONDENT_CODE_ROW
        sheet.set_row(names, _height((entry.code, width) for entry in entries))
        sheet.set_row(names + 1, _height((_asked(entry), width) for entry in entries))
        for row, label in (
            (names, "Kode"),
            (names + 1, "Pertanyaan"),
            (at.RESPONDENT_NOTE_ROW, "Catatan"),
            (at.RESPONDENT_CHECK_ROW, "Responden"),
        ):
            _text(sheet, row, 0, label, self.head)
        for entry in entries:
            first, column = self.layout.places[entry.key]
            _text(sheet, names, column, entry.code, self.head)
            _text(sheet, names + 1, column, _asked(entry), self.plain())
            if text := _choices(entry):
                sheet.write_comment(names, column, text, {"x_scale": 2, "y_scale": 1.4})
            _text(
                sheet, at.RESPONDENT_NOTE_ROW, column, self.notes.get(entry.code, ""), self.input()
            )
            cells = self.layout.cells(entry).replace(f"{ENTRY}!", "")
            check = f'IF(COUNTA({cells})=COUNT({cells}),"","Ada yang bukan angka")'
            sheet.write_formula(at.RESPONDENT_CHECK_ROW, column, f"={check}", self.head, "")
            last = first + MAX_RESPONDENTS - 1
            sheet.data_validation(first, column, last, column, self.allowed(entry))
        rows = max(len(self.reckoning.respondents), 0 if self.locked else MAX_RESPONDENTS)
        for number in range(rows):
            row = at.FIRST_RESPONDENT_ROW + number
            sheet.write_number(row, 0, number + 1, self.plain(align="center"))
            given = self.reckoning.respondents
            one = given[number] if number < len(given) else {}
            for entry in entries:
                column = self.layout.places[entry.key][1]
                self.answer(sheet, row, column, entry, one.get(entry.code))
        sheet.freeze_panes(at.FIRST_RESPONDENT_ROW, 1)
        sheet.repeat_rows(names, names + 1)
        shown = max(len(self.reckoning.respondents), 40)
        sheet.print_area(0, 0, at.FIRST_RESPONDENT_ROW + shown - 1, len(entries))

    # -- Hitungan

    @property
    def fixed(self) -> str:
        return _mask(self.instrument.publish.decimals)

    def working(self, sheet: Any) -> None:
        sheet.set_row(0, 22)
        _text(sheet, 0, 0, "Hitungan", self.look(bold=True, font_size=14, font_color=GREEN))
        _text(
            sheet,
            1,
            0,
            "Semua angka di sini dihitung dari lembar Isian dalam bilangan bulat, lalu dibagi "
            "sekali saat dibulatkan. Jangan diubah.",
            self.look(),
        )
        for name, label in (
            ("value", "Nilai"),
            ("low", "Terendah yang mungkin"),
            ("high", "Tertinggi yang mungkin"),
            ("missing", "Belum diisi"),
            ("category", "Kategori"),
            ("zone", "Zona"),
            ("note", "Sebutan"),
        ):
            _text(sheet, at.RESULT_ROWS[name], 0, label, self.look(bold=True))
        for column, width in enumerate((22, 22, 52, 14, 17, 12, 12, 11, 18)):
            sheet.set_column(column, column, width)
        sheet.set_column(at.ASIDE - 1, at.ASIDE - 1, 3)
        names = (
            "Tingkat", "Kode", "Uraian", "Bobot", "Nilai", "Terendah", "Tertinggi",
            "Belum diisi", "Keterangan",
        )  # fmt: skip
        for column, text in enumerate(names):
            _text(sheet, at.WORKING_HEADER, column, text, self.head)
        ends = [end for (where, _), end in self.reckoning.grid.ends.items() if where == WORKING]
        last_column = max(ends, default=at.ASIDE)
        aside = "Bilangan bulat pembentuknya"
        _text(sheet, at.WORKING_HEADER, at.ASIDE, aside, self.look(bold=True))
        sheet.set_column(at.ASIDE, last_column, 12, None, {"level": 1, "hidden": True})
        self.node(sheet, self.layout.root, None, 0)
        self.formulas_of_working(sheet)
        sheet.freeze_panes(at.WORKING_HEADER + 1, 3)
        sheet.repeat_rows(at.WORKING_HEADER)
        last = at.WORKING_HEADER + len(self.layout.nodes)
        sheet.print_area(0, 0, last, at.REMARK)

    def node(self, sheet: Any, node: Node, weight: Fraction | str | None, depth: int) -> None:
        key = (node.name.level, node.name.code)
        if key not in self.layout.rows:
            return
        row = self.layout.rows[key]
        look = self.plain() if isinstance(node, Indicator) else self.section
        _text(sheet, row, at.LEVEL, node.name.level, look)
        _text(sheet, row, at.NODE_CODE, node.name.code, look)
        indented = self.plain if isinstance(node, Indicator) else self.title
        _text(sheet, row, at.TITLE, node.name.title, indented(indent=min(depth, 8)))
        text = "" if depth == 0 else "tidak terbit" if weight is None else str(weight)
        if isinstance(weight, Fraction):
            text = in_words(weight)
        _text(sheet, row, at.WEIGHT, text, indented(align="right", indent=1))
        _text(sheet, row, at.REMARK, _how(node), indented(indent=1))
        if isinstance(node, WeightedSum):
            for part in node.parts:
                self.node(sheet, part.node, part.weight, depth + 1)
        elif not isinstance(node, Indicator):
            self.node(sheet, node.node, "", depth + 1)

    def title(self, **more: Any) -> Any:
        return self.look(
            bold=True, bg_color=PALE, border=1, border_color=LINE, text_wrap=True, **more
        )

    def formulas_of_working(self, sheet: Any) -> None:
        leaves = {
            self.layout.rows[key]: entry.decimals
            for key, entry in self.reckoning.entries.items()
            if key in self.layout.rows
            and any(isinstance(n, Indicator) and n.name.code == key[1] for n in self.layout.nodes)
        }
        result = self.look(bold=True, align="left", num_format=self.fixed)
        count = self.look(bold=True, align="left")
        for row, column, text, now in self.reckoning.grid.of(WORKING):
            look = self.look()
            if row < at.WORKING_HEADER:
                look = count if row == at.RESULT_ROWS["missing"] else result
            elif column <= at.REMARK:
                shape = {"border": 1, "border_color": LINE}
                if column in (at.VALUE, at.LOW, at.HIGH):
                    shape |= {"num_format": _mask(leaves[row]) if row in leaves else self.fixed}
                if row not in leaves:
                    shape |= {"bold": True, "bg_color": PALE}
                if column == at.REMARK:
                    shape |= {"indent": 1}
                look = self.look(**shape)
            sheet.write_formula(row, column, f"={text}", look, now)

    # -- the hidden sheets

    def choices(self, sheet: Any) -> None:
        row = 0
        for entry in self.layout.entries:
            for option in entry.options:
                _text(sheet, row, 0, option_word(option))
                sheet.write_number(row, 1, int(option.value * entry.scale))
                row += 1
            if entry.options and entry.takes_na:
                _text(sheet, row, 0, at.NOT_APPLICABLE)
                sheet.write_number(row, 1, IS_NA)
                row += 1

    def identity(
        self, sheet: Any, subject: str, round_name: str, identity: Mapping[str, str]
    ) -> None:
        lines = [
            ("jenis", KIND),
            ("instrumen", self.instrument.id),
            ("sidik", self.instrument.sha256),
            ("formulir", self.layout.form),
            ("konvensi", self.layout.convention or ""),
            ("subjek", subject),
            ("putaran", round_name),
            *((f"identitas:{name}", text) for name, text in identity.items()),
        ]
        for row, (name, text) in enumerate(lines):
            _text(sheet, row, 0, name)
            _text(sheet, row, 1, text, None)


def _text(sheet: Any, row: int, column: int, text: str, look: Any = None) -> None:
    """Write a text as the text that it is, whatever it looks like."""
    if not text:
        sheet.write_blank(row, column, None, look)
    elif _is_markup(text):
        looks = [] if look is None else [look]
        sheet.write_rich_string(row, column, text[0], text[1], text[2:], *looks)
    else:
        sheet.write_string(row, column, text, look)


def _is_markup(text: str) -> bool:
    """Whether XlsxWriter would take a text for markup of its own and pass it on unescaped."""
    return text.startswith("<r>") and text.endswith("</r>")


def _height(texts: Iterable[tuple[str, int]]) -> float:
    """The height of a row that shows these texts whole, each in a column so many digits wide."""
    lines = 1
    for text, width in texts:
        wrapped = (-(-max(len(line), 1) // int(width * 1.1)) for line in text.split("\n"))
        lines = max(lines, sum(wrapped))
    return min(lines * LINE_HEIGHT + 3, 400)


def _mask(decimals: int) -> str:
    return f"0.{'0' * decimals}" if decimals else "0"


def _asked(entry: Entry) -> str:
    question = entry.question
    if question is None or question.question.id == entry.title:
        text = entry.title
    else:
        text = f"{entry.title}\n{question.question.id}"
    if question is not None and question.unscored:
        text += f"\nTidak dinilai: {question.unscored}"
    return text


def _guidance(entry: Entry) -> str:
    question = entry.question
    parts = []
    if question is None and entry.title.startswith("Nilai jadi"):
        parts.append(
            "Bobot butirnya tidak diterbitkan, sehingga nilainya tidak dapat dihitung dari butir. "
            "Masukkan nilai jadinya bila sudah ada."
        )
    if question is not None:
        if question.asked_of == "users":
            parts.append("Dijawab oleh pengguna layanan.")
        parts.append(question.guidance.id)
        if question.evidence:
            parts.append("Bukti: " + "; ".join(text.id for text in question.evidence))
    if not entry.options:
        low, high = in_words(entry.low), in_words(entry.high)
        parts.append(f"Angka dari {low} sampai {high}.")
    return "\n".join(part for part in parts if part)


def _choices(entry: Entry) -> str:
    return "\n".join(option_word(option) for option in entry.options)


def _how(node: Node) -> str:
    match node:
        case WeightedSum():
            return "tertimbang"
        case Mean(group=group):
            return f"rerata {group}"
        case Scale(factor=factor):
            return f"× {in_words(factor)}"
        case Rounded(decimals=decimals):
            return f"{decimals} desimal"
        case _:
            return ""
