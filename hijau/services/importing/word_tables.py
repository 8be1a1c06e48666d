"""Standards from a Word document: tables of “No | Komponen | Uraian”, one or more services.

What cannot be understood is told as a remark beside the service, and never left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hijau.services.components import TITLES, Components, Malformed
from hijau.services.importing.rows import Reading, Wanted, shortened
from hijau.services.importing.word import Cell, Paragraph, Table, read_document
from hijau.services.importing.word_cells import READERS, Remark, is_blank
from hijau.services.importing.word_names import (
    HEADER,
    NAME_ROW,
    SECTION,
    component_named,
    component_of,
    name_before,
    name_in,
    plain,
)
from scoring.workbook.faults import BadWorkbook, Fault


@dataclass
class _Found:
    where: str
    name: str = ""
    parts: dict[str, list[Cell]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)


def read_standards(file: BinaryIO, unit: int) -> Reading:
    """The services of a document, for one unit. Raises BadWorkbook when there is none to find."""
    gathering = _Gathering()
    before: list[Paragraph] = []
    outside = 0
    for block in read_document(file):
        if isinstance(block, Table):
            gathering.table(block, before)
            before = []
        elif block.text:
            before.append(block)
            outside += 1
    if not gathering.found:
        raise BadWorkbook(
            [
                Fault(
                    "",
                    "",
                    _(
                        "Tabel standar pelayanan tidak ditemukan. Tabelnya perlu kolom Komponen "
                        "dan Uraian; atau pakai templat Excel."
                    ),
                )
            ]
        )
    faults = [
        Fault("", "", f"{one.where}: {sentence}")
        for one in gathering.found
        if (sentence := _wrong_name(one))
    ]
    rows = [_wanted(one, unit) for one in gathering.found]
    seen: dict[str, str] = {}
    for row in rows:
        first = seen.setdefault(row.name.casefold(), row.where)
        if row.name and first != row.where:
            sentence = _("Layanan “%(name)s” sudah ada di %(where)s. Hapus satu.")
            told = sentence % {"name": row.name, "where": first}
            faults.append(Fault("", "", f"{row.where}: {told}"))
    if faults:
        raise BadWorkbook(shortened(faults))
    remarks = gathering.remarks
    if outside > len(rows):
        told = ngettext(
            "%d alinea di luar tabel hanya dipakai untuk mencari nama layanan.",
            "%d alinea di luar tabel hanya dipakai untuk mencari nama layanan.",
            outside,
        )
        remarks.append(told % outside)
    return Reading(tuple(rows), tuple(remarks))


def _wrong_name(one: _Found) -> str:
    if not one.name:
        return _(
            "nama layanannya tidak ditemukan. Tulis “Jenis Pelayanan: …” dalam satu alinea di atas "
            "tabelnya."
        )
    if len(one.name) > 200:
        return _("nama layanannya lebih dari 200 karakter. Persingkat.")
    return ""


class _Gathering:
    """Goes from table to table and puts together what belongs to one service."""

    def __init__(self) -> None:
        self.found: list[_Found] = []
        self.remarks: list[str] = []
        self.number = 0

    def table(self, table: Table, before: Sequence[Paragraph]) -> None:
        self.number += 1
        where = _("Tabel %d") % self.number
        column, codes = _column_of_names(table)
        if column is None:
            texts = [in_cells(row) for row in table.rows]
            if any(texts):
                first = next(text for text in texts if text)
                self.remarks.append(
                    _("%(where)s (“%(text)s”) bukan tabel standar pelayanan; tidak dibaca.")
                    % {"where": where, "text": first[:60]}
                )
            return
        name, supposed = name_before(before)
        current = self._service(where, name, supposed, codes)
        part = ""
        for row in table.rows:
            current, part = self._row(row, column, current, part, where)

    def _service(self, where: str, name: str, supposed: bool, codes: set[str]) -> _Found:
        """The service that a table tells about: the one before it goes on where nothing repeats."""
        last = self.found[-1] if self.found else None
        if last and (not name or supposed) and not codes & set(last.parts):
            return last
        one = _Found(where, name)
        if supposed:
            one.remark(_("Nama layanan diambil dari baris di atas tabel; periksa."))
        self.found.append(one)
        return one

    def _row(
        self, row: list[Cell], column: int, current: _Found, part: str, where: str
    ) -> tuple[_Found, str]:
        names = [cell for cell in row if cell.column <= column]
        cells = [cell for cell in row if cell.column > column and cell.text.strip(" :")]
        label = next((c for c in reversed(names) if c.column == column), None)
        label = label or (names[-1] if names else None)
        text = " ".join(label.text.split()) if label and not label.continues else ""
        if not text or (not cells and re.fullmatch(r"[\d.]+", text)):
            if cells and part:
                current.parts[part] += cells
            elif cells:
                _strange(current, "", cells)
            return current, part
        if NAME_ROW.fullmatch(plain(text)) and cells:
            return self._renamed(current, name_in(cells[0].text), where), ""
        code, guessed = component_named(text)
        if code:
            if guessed:
                current.remark(
                    _("Baris “%(text)s” dibaca sebagai %(title)s.")
                    % {"text": text[:60], "title": TITLES[code].id}
                )
            if code in current.parts:
                current.remark(
                    _("%s tertulis lebih dari sekali; isinya digabungkan.") % TITLES[code].id
                )
            current.parts.setdefault(code, []).extend(cells)
            return current, code
        name = plain(text)
        if not SECTION.fullmatch(name) and not (HEADER.fullmatch(name) and len(text) < 40):
            _strange(current, text, cells)
        return current, ""

    def _renamed(self, current: _Found, name: str, where: str) -> _Found:
        """A row that names the service; a second one in a table begins the next service."""
        if current.parts:
            current = _Found(where)
            self.found.append(current)
        current.name = name
        current.remarks.clear()
        return current


def in_cells(row: Sequence[Cell]) -> str:
    return " ".join(" ".join(cell.text.split()) for cell in row).strip()


def _strange(current: _Found, name: str, cells: Sequence[Cell]) -> None:
    text = in_cells(cells)
    short = f"{text[:200]}…" if len(text) > 200 else text
    if name:
        current.remark(
            _("Baris “%(name)s” tidak dikenal; isinya tidak dibaca: %(text)s")
            % {"name": name[:60], "text": short or "–"}
        )
    else:
        current.remark(_("Baris tanpa nama komponen tidak dibaca: %s") % short)


def _column_of_names(table: Table) -> tuple[int | None, set[str]]:
    """The column in which the components stand, and which they are; None in another table."""
    named: dict[int, set[str]] = {}
    for row in table.rows:
        for cell in row[:3]:
            code = component_of(cell.text)
            if code and len(row) > 1:
                named.setdefault(cell.column, set()).add(code)
    best = max(named, key=lambda column: len(named[column]), default=None)
    if best is None or len(named[best]) < 2:
        return None, set()
    return best, named[best]


def _wanted(one: _Found, unit: int) -> Wanted:
    content: dict[str, Any] = {}
    for code, cells in one.parts.items():
        paragraphs = [paragraph for cell in cells for paragraph in cell.paragraphs()]
        if not paragraphs or is_blank(paragraphs):
            continue
        read = READERS[code]
        value = read(paragraphs, _remark_on(one, code))
        if value in (None, "", [], {}):
            continue
        try:
            Components.read({code: value})
        except Malformed as fault:
            one.remark(_("%s Tidak dibaca.") % fault)
        else:
            content[code] = value
    lacking = [TITLES[code].id.lower() for code in TITLES if code not in content]
    if 0 < len(lacking) < len(TITLES):
        one.remark(_("Tidak ada di dokumen: %s.") % ", ".join(lacking))
    return Wanted(
        unit=unit, name=one.name, content=content, where=one.where, remarks=tuple(one.remarks)
    )


def _remark_on(one: _Found, code: str) -> Remark:
    return lambda sentence: one.remark(f"{TITLES[code].id}: {sentence}")
