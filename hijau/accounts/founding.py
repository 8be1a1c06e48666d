"""Starting a government from a workbook: its units and its people.

All or nothing: the whole workbook is read and checked, every fault is named by sheet and cell,
and only then anything is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.lib.refused import Refused
from hijau.organisation.actions import add_organisation, found_government
from hijau.organisation.models import Kind, Organisation

UNITS = ("kode", "nama", "singkatan", "jenis", "induk")
PEOPLE = ("nama", "surel", "jabatan", "peran", "unit")
KINDS = {
    "pemerintah": Kind.GOVERNMENT,
    "perangkat daerah": Kind.AGENCY,
    "unit": Kind.UNIT,
    "loket": Kind.COUNTER,
}
ROLES = {
    "administrator": Role.ADMINISTRATOR,
    "bagian organisasi": Role.ORGANISER,
    "petugas": Role.OFFICER,
    "verifikator": Role.VERIFIER,
    "pimpinan": Role.LEADER,
    "penilai luar": Role.ASSESSOR,
}
EXAMPLE_CODE, EXAMPLE_EMAIL = "kota-x", "nama@contoh.go.id"
"""What the template carries as an example, and a real government must replace."""
LARGEST = 5 * 1024 * 1024


@dataclass
class Founded:
    """What came of a workbook; a password of None belongs to an account that was there."""

    government: Organisation
    units: int
    people: list[tuple[str, str | None]]


@dataclass
class Sheet:
    """A sheet's rows, each with the number that the workbook shows for it."""

    name: str
    rows: list[tuple[int, dict[str, str]]]
    faults: list[str] = field(default_factory=list)

    def fault(self, row: int, column: str, sentence: str) -> None:
        self.faults.append(f"Lembar {self.name}, baris {row}, kolom {column}: {sentence}")


def write_template(file: Path) -> None:
    """An empty workbook with the two sheets, drop-downs for kinds and roles, and an example row."""
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#e6f2ec"})
        for name, columns, example, (column, choices) in (
            (
                "Unit",
                UNITS,
                ("kota-x", "Pemerintah Kota X", "Kota X", "pemerintah", ""),
                (3, list(KINDS)),
            ),
            (
                "Orang",
                PEOPLE,
                ("Nama Anda", "nama@contoh.go.id", "Administrator", "administrator", "kota-x"),
                (3, list(ROLES)),
            ),
        ):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, columns, bold)
            sheet.write_row(1, 0, example)
            sheet.set_column(0, len(columns), 26)
            sheet.freeze_panes(1, 0)
            sheet.data_validation(1, column, 2000, column, {"validate": "list", "source": choices})


def found_from_workbook(file: Path, *, first_password: Callable[[], str]) -> Founded:
    """Found a government with its units and people. Refused with every fault, nothing half done."""
    units, people = _read(file)
    tree = _checked_units(units)
    cast = _checked_people(people, {code for code, *_ in tree})
    if faults := units.faults + people.faults:
        listed = "\n".join(f"- {fault}" for fault in faults[:50])
        raise Refused(f"Buku kerja belum dapat dipakai; tidak ada yang disimpan:\n{listed}", faults)
    with transaction.atomic():
        return _write(tree, cast, first_password)


def _read(file: Path) -> tuple[Sheet, Sheet]:
    if not file.is_file():
        raise Refused(f"Berkas {file} tidak ada.")
    if file.stat().st_size > LARGEST:
        raise Refused(f"Berkas {file} melebihi 5 MB. Buku kerja ini tidak mungkin sebesar itu.")
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(file))
    except Exception as error:
        raise Refused(f"Berkas {file} bukan buku kerja XLSX yang utuh.") from error
    return _sheet(book, "Unit", UNITS), _sheet(book, "Orang", PEOPLE)


def _sheet(book: Any, name: str, columns: tuple[str, ...]) -> Sheet:
    if name not in book.sheet_names:
        raise Refused(f"Lembar “{name}” tidak ada. Buat dengan: hijau init --template BERKAS.")
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    header = [str(cell).strip().lower() for cell in rows[0]] if rows else []
    if wanted := [column for column in columns if column not in header]:
        raise Refused(f"Lembar {name}: kolom {', '.join(wanted)} tidak ada di baris 1.")
    result = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {header[i]: str(cell).strip() for i, cell in enumerate(row) if i < len(header)}
        if any(cells.values()):
            result.append((number, cells))
    return Sheet(name, result)


Unit = tuple[str, str, str, Kind, str]


def _checked_units(sheet: Sheet) -> list[Unit]:
    """The tree in an order in which every parent comes before its children."""
    rows: dict[str, tuple[int, Unit]] = {}
    for number, cells in sheet.rows:
        code, kind = cells["kode"].lower(), KINDS.get(cells["jenis"].lower())
        if code == EXAMPLE_CODE:
            sheet.fault(number, "kode", "ini masih contoh; ganti dengan kode daerah Anda.")
        try:
            validate_slug(code)
        except ValidationError:
            sheet.fault(number, "kode", "pakai huruf, angka, dan tanda hubung saja.")
        if code in rows:
            sheet.fault(number, "kode", f"“{code}” sudah dipakai di baris {rows[code][0]}.")
        if kind is None:
            sheet.fault(number, "jenis", f"pilih {', '.join(KINDS)}.")
        for column in ("nama", "singkatan"):
            if not cells[column]:
                sheet.fault(number, column, "isi dahulu.")
            elif cells[column][0] in "=+-@":
                sheet.fault(number, column, "tidak boleh dimulai dengan =, +, -, atau @.")
        if kind is not None:
            rows[code] = (
                number,
                (code, cells["nama"], cells["singkatan"], kind, cells["induk"].lower()),
            )
    roots = [code for code, (_, unit) in rows.items() if unit[3] == Kind.GOVERNMENT]
    if len(roots) != 1:
        sheet.faults.append(
            f"Lembar {sheet.name}: harus ada tepat satu baris berjenis “pemerintah”; "
            f"sekarang {len(roots)}."
        )
        return []
    return _ordered(sheet, rows, roots[0])


def _ordered(sheet: Sheet, rows: dict[str, tuple[int, Unit]], root: str) -> list[Unit]:
    done = {root: rows[root][1]}
    waiting = {code: row for code, row in rows.items() if code != root}
    while ready := [c for c, (_, unit) in waiting.items() if (unit[4] or root) in done]:
        for code in ready:
            unit = waiting.pop(code)[1]
            done[code] = (*unit[:4], unit[4] or root)
    for number, unit in waiting.values():
        sheet.fault(number, "induk", f"“{unit[4]}” tidak ada, atau unit-unit ini saling menginduk.")
    return list(done.values())


Person = tuple[str, str, str, Role, str]


def _checked_people(sheet: Sheet, codes: set[str]) -> list[Person]:
    result: list[Person] = []
    for number, cells in sheet.rows:
        role, unit = ROLES.get(cells["peran"].lower()), cells["unit"].lower()
        if cells["surel"].lower() == EXAMPLE_EMAIL:
            sheet.fault(number, "surel", "ini masih contoh; ganti dengan alamat surel Anda.")
        try:
            validate_email(cells["surel"])
        except ValidationError:
            sheet.fault(number, "surel", f"“{cells['surel']}” bukan alamat surel.")
        if not cells["nama"]:
            sheet.fault(number, "nama", "isi dahulu.")
        if role is None:
            sheet.fault(number, "peran", f"pilih {', '.join(ROLES)}.")
        if unit not in codes:
            sheet.fault(number, "unit", f"kode “{unit}” tidak ada di lembar Unit.")
        if role is not None:
            result.append((cells["nama"], cells["surel"].lower(), cells["jabatan"], role, unit))
    if not any(role == Role.ADMINISTRATOR for *_, role, _unit in result):
        sheet.faults.append("Lembar Orang: sekurang-kurangnya satu orang berperan administrator.")
    return result


def _write(tree: list[Unit], cast: list[Person], first_password: Callable[[], str]) -> Founded:
    (code, name, short_name, _kind, _parent), *units = tree
    root = found_government(name, short_name, code)
    places = {code: root}
    for code, name, short_name, kind, parent in units:
        places[code] = add_organisation(places[parent], kind, name, short_name, code, by=None)
    people: list[tuple[str, str | None]] = []
    for name, email, title, role, unit in cast:
        password = None if User.objects.filter(email=email).exists() else first_password()
        give_role(email, name, role, places[unit], by=None, password=password, title=title)
        if password is not None or email not in dict(people):
            people.append((email, password))
    return Founded(root, len(units), people)
