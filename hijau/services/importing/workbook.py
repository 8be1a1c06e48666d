"""Reading the template workbook back: every fault by sheet and cell, all of them at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from hijau.services.components import LISTS, Components, Malformed
from hijau.services.importing.rows import Reading, Wanted, shortened
from hijau.services.importing.template import (
    CHANNELS,
    EXAMPLE,
    FEES,
    NATURES,
    SERVICES,
    SHEETS,
    STEPS,
    SheetForm,
)
from hijau.services.importing.words import (
    LEAST_LIKELY,
    cell_text,
    entries,
    rupiah_from,
    span_from,
    whole_from,
    yes_from,
)
from hijau.services.models import Service
from scoring.workbook.archive import Archive, Marks
from scoring.workbook.faults import BadWorkbook, Fault

IGNORED = ("petunjuk", "unit")
COMMON = {"biaya": "free", "jangka-waktu": "time", "jumlah-pelaksana": "number"}
"""The column that answers for a component which is spread over several."""
SLUG = re.compile(r"[-a-z0-9_]+")
T = TypeVar("T")


@dataclass
class _Row:
    """A filled row of a sheet: its cells by the keys of their columns."""

    sheet: _Sheet
    number: int
    cells: dict[str, Any]

    def text(self, key: str) -> str:
        return cell_text(self.cells.get(key))

    def line(self, key: str) -> str:
        return " ".join(self.text(key).split())

    def at(self, key: str) -> Fault:
        """The place of a cell; of the first needed one where the sheet has no such column."""
        columns = self.sheet.columns
        column = columns.get(key, min(columns.values()))
        return Fault(self.sheet.name, xl_rowcol_to_cell(self.number - 1, column), "")

    def fault(self, key: str, sentence: str) -> None:
        at = self.at(key)
        self.sheet.faults.append(Fault(at.sheet, at.cell, sentence))

    def remark(self, key: str, sentence: str) -> str:
        at = self.at(key)
        return str(Fault(at.sheet, at.cell, sentence))

    def tried(self, key: str, read: Callable[..., T], *more: Any) -> T | None:
        """What a cell says; None, and a fault at it, for what cannot be read."""
        try:
            return read(self.cells.get(key), *more)
        except ValueError as error:
            self.fault(key, str(error))
            return None


@dataclass
class _Sheet:
    """One sheet of the template as it was handed in."""

    name: str
    form: SheetForm
    faults: list[Fault]
    remarks: list[str]
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[_Row] = field(default_factory=list)

    def read(self, values: list[list[Any]], marks: Marks) -> None:
        header = [cell_text(cell) for cell in values[0]] if values else []
        unknown = self._find_columns(header)
        if missing := [c.heading for c in self.form.columns if c.needed and c.key not in self.keys]:
            self.faults.append(
                Fault(
                    self.name,
                    "A1",
                    _("Kolom ini tidak ada di baris 1: %s. Pakai templat dari Hijau.")
                    % ", ".join(missing),
                )
            )
            return
        first = self.form.columns[0].key
        strange: set[int] = set()
        for number, row in enumerate(values[1:], start=2):
            cells = {key: row[at] for key, at in self.columns.items() if at < len(row)}
            strange |= {at for at in range(len(row)) if at not in self.places and row[at] != ""}
            wrong = [at for at in self.places if (number - 1, at) in marks.errors]
            self.faults += [
                Fault(
                    self.name,
                    xl_rowcol_to_cell(number - 1, at),
                    _("Sel ini berisi galat rumus Excel. Ketik isinya."),
                )
                for at in wrong
            ]
            if wrong or any(cell_text(cell) for cell in cells.values()):
                one = _Row(self, number, cells)
                mark = one.line(first)
                if mark != EXAMPLE and not mark.startswith(f"{EXAMPLE}:"):
                    self.rows.append(one)
            self._tell_empty_formulas(number, cells, marks)
        for at in sorted(strange):
            self.remarks.append(
                _("Lembar %(sheet)s, kolom %(column)s (“%(heading)s”) tidak dikenal; tidak dibaca.")
                % {
                    "sheet": self.name,
                    "column": xl_col_to_name(at),
                    "heading": unknown.get(at, ""),
                }
            )

    @property
    def keys(self) -> set[str]:
        return set(self.columns)

    @property
    def places(self) -> set[int]:
        return set(self.columns.values())

    def _find_columns(self, header: list[str]) -> dict[int, str]:
        """Know the columns by their headings; gives those that are not known."""
        names = {
            _plain(name): column.key
            for column in self.form.columns
            for name in (*column.also, column.heading)
        }
        unknown = {}
        for at, heading in enumerate(header):
            key = names.get(_plain(heading))
            if key is None:
                unknown[at] = heading
            elif key in self.columns:
                self.faults.append(
                    Fault(
                        self.name,
                        xl_rowcol_to_cell(0, at),
                        _("Ada dua kolom untuk “%s”. Hapus salah satunya.") % heading,
                    )
                )
            else:
                self.columns[key] = at
        return unknown

    def _tell_empty_formulas(self, number: int, cells: dict[str, Any], marks: Marks) -> None:
        for key, at in self.columns.items():
            place = (number - 1, at)
            if place in marks.formulas and place not in marks.errors and cells.get(key, "") == "":
                sentence = _("Rumus ini tidak punya hasil; selnya dianggap kosong.")
                self.remarks.append(str(Fault(self.name, xl_rowcol_to_cell(*place), sentence)))


def _plain(heading: str) -> str:
    return " ".join(heading.casefold().replace("*", " ").split()).strip(" :.")


@dataclass
class _Draft:
    """A row of the sheet of services, while the other sheets are read into it."""

    row: _Row
    unit: int
    name: str
    code: str
    content: dict[str, Any]
    remarks: list[str]
    fields: dict[str, str]
    free: bool | None = None
    steps: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


class _Reader:
    def __init__(self, archive: Archive, units: Mapping[str, int], default: int | None) -> None:
        self.faults: list[Fault] = []
        self.remarks: list[str] = []
        self.units, self.default = units, default
        self.sheets = {form.name: sheet for form, sheet in self._opened(archive)}
        self.drafts: list[_Draft] = []

    def _opened(self, archive: Archive) -> Iterator[tuple[SheetForm, _Sheet]]:
        there = {name.strip().casefold(): name for name in archive.sheets}
        for form in SHEETS:
            name = there.pop(form.name.casefold(), None)
            if name is None and form is SERVICES:
                sentence = _("Lembar “Layanan” tidak ada. Unduh templatnya, lalu isi di sana.")
                raise BadWorkbook([Fault("", "", sentence)])
            sheet = _Sheet(name or form.name, form, self.faults, self.remarks)
            if name is None:
                self.remarks.append(_("Lembar “%s” tidak ada; tidak dibaca.") % form.name)
            else:
                marks = archive.marks(name)
                sheet.read(archive.values(name), marks)
            yield form, sheet
        for folded, name in there.items():
            if folded not in IGNORED:
                self.remarks.append(_("Lembar “%s” tidak dikenal; tidak dibaca.") % name)

    def read(self) -> Reading:
        for row in self.sheets[SERVICES.name].rows:
            self._service(row)
        self._refuse_doubles()
        self._tables()
        rows = tuple(self._finished(draft) for draft in self.drafts)
        if not rows and not self.faults:
            sentence = _("Belum ada layanan di lembar ini. Isi mulai di bawah baris contoh.")
            self.faults.append(Fault(SERVICES.name, "A3", sentence))
        if self.faults:
            raise BadWorkbook(shortened(self.faults))
        return Reading(rows, tuple(self.remarks))

    # -- one service

    def _service(self, row: _Row) -> None:
        unit = self._unit(row)
        name, code = row.line("name"), row.line("code").lower()
        if not name:
            row.fault("name", _("Nama layanan belum diisi."))
        _short_enough(row, "name", name)
        if code and not SLUG.fullmatch(code):
            row.fault(
                "code", _("“%s” bukan kode. Pakai huruf, angka, dan tanda hubung.") % code[:40]
            )
        _short_enough(row, "code", code)
        about, everyday = row.line("about"), "\n".join(entries(row.text("everyday")))
        _short_enough(row, "about", about)
        _short_enough(row, "everyday", everyday)
        draft = _Draft(row, unit, name, code, {}, [], {"nature": self._nature(row), "about": about})
        draft.fields["everyday"] = everyday
        for key in LISTS:
            if found := entries(row.text(key)):
                _kept(draft, row, key, key, found)
        if product := row.line("produk"):
            _kept(draft, row, "produk", "produk", product)
        self._time(draft, row)
        draft.free = row.tried("free", yes_from)
        if basis := row.line("basis"):
            _kept(draft, row, "basis", "biaya", {"basis": basis})
        staff = {
            "number": row.tried("number", whole_from),
            "needed": row.tried("needed", whole_from),
            "note": row.line("staff-note"),
        }
        if any(value not in (None, "") for value in staff.values()):
            _kept(draft, row, "number", "jumlah-pelaksana", staff)
        self.drafts.append(draft)

    def _unit(self, row: _Row) -> int:
        text = row.line("unit")
        found = self.default if not text else self.units.get(text.casefold())
        if found is None:
            row.fault(
                "unit",
                _("Kode unit “%s” tidak ada di antara unit yang Anda urus. Pilih dari lembar Unit.")
                % text[:60]
                if text
                else _("Kode unit belum diisi. Pilih dari lembar Unit."),
            )
        return found or 0

    def _nature(self, row: _Row) -> str:
        text = re.sub(r"^(pelayanan|layanan)\s+|\.$", "", row.line("nature").casefold())
        if not text:
            return ""
        found = NATURES.get({"administrasi": "administratif"}.get(text, text))
        if found is None:
            row.fault("nature", _("Pilih jenisnya: %s.") % ", ".join(NATURES))
        return str(found or "")

    def _time(self, draft: _Draft, row: _Row) -> None:
        told = row.tried("time", span_from, row.cells.get("time-unit"))
        note = row.line("time-note")
        if told is None:
            if note and not row.text("time") and not row.text("time-unit"):
                row.fault("time", _("Catatan waktunya ada, jangka waktunya belum. Isi dahulu."))
            return
        both = ", ".join(part for part in (told.note, note) if part)
        _kept(draft, row, "time", "jangka-waktu", told.data() | {"note": both})
        if told.doubt:
            draft.remarks.append(row.remark("time", told.doubt))

    def _refuse_doubles(self) -> None:
        names: dict[tuple[int, str], _Draft] = {}
        codes: dict[str, _Draft] = {}
        for draft in self.drafts:
            if draft.name and draft.unit:
                first = names.setdefault((draft.unit, draft.name.casefold()), draft)
                if first is not draft:
                    draft.row.fault(
                        "name",
                        _("Layanan ini sudah ada di baris %d untuk unit yang sama. Hapus satu.")
                        % first.row.number,
                    )
            if draft.code:
                first = codes.setdefault(draft.code, draft)
                if first is not draft:
                    draft.row.fault(
                        "code", _("Kode ini sudah dipakai di baris %d.") % first.row.number
                    )

    # -- the tables beside it

    def _tables(self) -> None:
        self._names: dict[str, list[_Draft]] = {}
        for draft in self.drafts:
            for word in {draft.name.casefold(), draft.code} - {""}:
                self._names.setdefault(word, []).append(draft)
        for row in self.sheets[STEPS.name].rows:
            self._step(row)
        for row in self.sheets[FEES.name].rows:
            self._fee(row)
        for row in self.sheets[CHANNELS.name].rows:
            self._channel(row)
        for draft in self.drafts:
            if draft.steps:
                ordered = sorted(draft.steps, key=lambda one: one[0])
                draft.content["prosedur"] = [step for _order, step in ordered]
            self._free(draft)

    def _of(self, row: _Row) -> _Draft | None:
        """The service that a row of another sheet belongs to."""
        text, unit = row.line("service"), row.line("unit").casefold()
        if not text:
            row.fault("service", _("Isi nama atau kode layanannya."))
            return None
        found = self._names.get(text.casefold(), [])
        if unit:
            found = [draft for draft in found if draft.unit == self.units.get(unit, -1)]
        if len(found) == 1:
            return found[0]
        row.fault(
            "service",
            _("Ada beberapa layanan “%s”. Isi kolom Kode unit di baris ini.") % text[:60]
            if found
            else _("Layanan “%s” tidak ada di lembar Layanan. Periksa ejaannya.") % text[:60],
        )
        return None

    def _step(self, row: _Row) -> None:
        draft = self._of(row)
        order = row.tried("order", whole_from)
        told = row.tried("time", span_from, row.cells.get("time-unit"))
        step = {
            "step": row.line("step"),
            "who": row.line("who"),
            "amount": told.amount if told else None,
            "unit": told.unit.value if told else "",
        }
        if draft is None or not _read(row, "step", "prosedur", [step]):
            return
        if told and (told.doubt or told.note):
            doubt = told.doubt or _("“%s” tidak ikut terbaca.") % told.note
            draft.remarks.append(row.remark("time", doubt))
        draft.steps.append((len(draft.steps) + 1 if order is None else order, step))

    def _fee(self, row: _Row) -> None:
        draft = self._of(row)
        amount = row.tried("amount", rupiah_from)
        item = row.line("item")
        if not item:
            row.fault("item", _("Tulis untuk apa tarif ini."))
        if amount is None:
            if not row.text("amount"):
                row.fault("amount", _("Isi jumlah rupiahnya; 0 bila tidak dipungut."))
            return
        if draft is None or not item:
            return
        fee = {"item": item, "amount": amount}
        if not _read(row, "amount", "biaya", {"rows": [fee]}):
            return
        if 0 < amount < LEAST_LIKELY:
            draft.remarks.append(
                row.remark(
                    "amount",
                    _("Rp%(n)d terbaca sangat kecil. Apakah maksudnya Rp%(n)d.000?")
                    % {"n": amount},
                )
            )
        draft.content.setdefault("biaya", {}).setdefault("rows", []).append(fee)

    def _channel(self, row: _Row) -> None:
        draft = self._of(row)
        channel = {"channel": row.line("channel"), "address": row.line("address")}
        if not channel["channel"]:
            row.fault("channel", _("Tulis nama salurannya."))
        elif draft is not None and _read(row, "channel", "pengaduan", [channel]):
            draft.content.setdefault("pengaduan", []).append(channel)

    def _free(self, draft: _Draft) -> None:
        """Free, or with fees: the two sheets must not say both."""
        fees = draft.content.get("biaya", {})
        if fees.get("rows"):
            if draft.free:
                draft.row.fault(
                    "free", _("Tertulis gratis, tetapi ada tarif di lembar Biaya. Pilih satu.")
                )
            fees["free"] = False
        elif draft.free is not None:
            draft.content["biaya"] = fees | {"free": draft.free}
            if not draft.free:
                draft.remarks.append(
                    draft.row.remark("free", _("Tidak gratis, tetapi belum ada tarif."))
                )

    def _finished(self, draft: _Draft) -> Wanted:
        row = draft.row
        try:
            Components.read(draft.content)
        except Malformed as fault:  # more rows than a standard holds
            row.fault(COMMON.get(fault.code, fault.code), str(fault))
        return Wanted(
            unit=draft.unit,
            name=draft.name,
            code=draft.code,
            content=draft.content,
            where=_("Lembar %(sheet)s, baris %(row)d")
            % {"sheet": row.sheet.name, "row": row.number},
            cells={key: row.at(key) for key in ("name", "code")},
            remarks=tuple(draft.remarks),
            **draft.fields,
        )


def _short_enough(row: _Row, key: str, text: str) -> None:
    longest = getattr(Service._meta.get_field(key), "max_length", None)
    if longest and len(text) > longest:
        row.fault(key, _("Paling panjang %d karakter. Persingkat.") % longest)


def _read(row: _Row, key: str, code: str, value: Any) -> bool:
    """Whether a component may be so; otherwise there is a fault at the cell."""
    try:
        Components.read({code: value})
    except Malformed as fault:
        row.fault(key, fault.sentence[0].upper() + fault.sentence[1:])
        return False
    return True


def _kept(draft: _Draft, row: _Row, key: str, code: str, value: Any) -> None:
    if _read(row, key, code, value):
        draft.content[code] = value


def read_workbook(file: BinaryIO, units: Mapping[str, int], default: int | None = None) -> Reading:
    """The services of a workbook. Raises BadWorkbook with every fault; nothing is kept here.

    `units` are those that the person keeps, by their codes in lower case; `default` is taken where
    a row names none.
    """
    return _Reader(Archive(file), units, default).read()
