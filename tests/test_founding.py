"""Founding a government from a workbook: every fault is named, nothing is half done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from hijau.accounts.founding import PEOPLE, UNITS, found_from_workbook, write_template
from hijau.accounts.models import User
from hijau.cli import main
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation

CITY = ("kota-uji", "Pemerintah Kota Uji", "Kota Uji", "pemerintah", "")
AGENCY = ("dinkes", "Dinas Kesehatan", "Dinkes", "perangkat daerah", "")
CLINIC = ("puskesmas", "Puskesmas Satu", "Puskesmas", "unit", "dinkes")
COUNTER = ("loket-1", "Loket Satu", "Loket 1", "loket", "puskesmas")
ADMIN = ("Ani", "ani@contoh.go.id", "Kepala", "administrator", "kota-uji")
OFFICER = ("Budi", "Budi@contoh.go.id", "", "petugas", "puskesmas")

Row = Sequence[str]


def workbook(
    file: Path,
    units: Sequence[Row] = (CITY, AGENCY, CLINIC, COUNTER),
    people: Sequence[Row] = (ADMIN, OFFICER),
    columns: Row = UNITS,
) -> Path:
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
        for name, header, rows in (("Unit", columns, units), ("Orang", PEOPLE, people)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate([header, *rows]):
                sheet.write_row(number, 0, row)
    return file


def init(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["init", *arguments])
    return done.exit_code, done.output


def found(file: Path) -> str:
    """What the refusal says; an empty sentence when the government was founded."""
    try:
        found_from_workbook(file, first_password=lambda: "sandi-pertama-sekali")
    except Refused as refusal:
        assert not Organisation.objects.exists()
        assert not User.objects.exists()
        return refusal.sentence
    return ""


def test_the_template_is_written_with_its_choices(tmp_path: Path) -> None:
    file = tmp_path / "kota.xlsx"
    assert init("--template", str(file))[0] == 0
    book = CalamineWorkbook.from_path(str(file))
    assert book.sheet_names == ["Unit", "Orang"]
    assert book.get_sheet_by_name("Unit").to_python()[0] == list(UNITS)
    assert book.get_sheet_by_name("Orang").to_python()[0] == list(PEOPLE)


def test_the_template_does_not_overwrite_anything(tmp_path: Path) -> None:
    file = tmp_path / "kota.xlsx"
    file.write_text("isi saya")
    status, said = init("--template", str(file))
    assert (status, "sudah ada" in said) == (2, True)
    assert file.read_text() == "isi saya"


def test_the_template_is_not_founded_with_its_example_rows(db: None, tmp_path: Path) -> None:
    file = tmp_path / "kota.xlsx"
    write_template(file)
    told = found(file)
    assert "ganti dengan kode daerah Anda" in told
    assert "ganti dengan alamat surel Anda" in told
    assert not Organisation.objects.exists()


def test_it_is_founded_with_its_tree_and_its_people(db: None, tmp_path: Path) -> None:
    shuffled = workbook(tmp_path / "kota.xlsx", units=(COUNTER, CLINIC, AGENCY, CITY))
    assert found(shuffled) == ""
    root = Organisation.objects.get(code="kota-uji")
    clinic = Organisation.objects.get(code="puskesmas")
    assert [o.code for o in Organisation.objects.get_ancestors(clinic)] == ["kota-uji", "dinkes"]
    assert clinic.root == root
    officer = User.objects.get(email="budi@contoh.go.id")
    assert officer.check_password("sandi-pertama-sekali")
    assert officer.memberships.get().organisation == clinic


@pytest.mark.django_db(transaction=True)
def test_the_command_shows_each_first_password_once(tmp_path: Path) -> None:
    status, said = init(str(workbook(tmp_path / "kota.xlsx")))
    assert status == 0, said
    assert "Pemerintah Kota Uji: 3 unit, 2 orang" in said
    (line,) = [line for line in said.splitlines() if "ani@contoh.go.id" in line]
    assert User.objects.get(email="ani@contoh.go.id").check_password(line.split()[-1])


def test_a_second_time_is_refused(db: None, tmp_path: Path) -> None:
    file = workbook(tmp_path / "kota.xlsx")
    found(file)
    with pytest.raises(Refused, match="sudah terdaftar"):
        found_from_workbook(file, first_password=lambda: "sandi-pertama-sekali")
    assert Organisation.objects.count() == 4


@pytest.mark.parametrize(
    ("units", "people", "sentence"),
    [
        ([CITY, ("di nkes", *AGENCY[1:])], [ADMIN],
         "Lembar Unit, baris 3, kolom kode: pakai huruf, angka, dan tanda hubung saja."),
        ([CITY, AGENCY, AGENCY], [ADMIN], "Lembar Unit, baris 4, kolom kode: “dinkes” sudah"),
        ([CITY, (*AGENCY[:3], "badan", "")], [ADMIN], "Lembar Unit, baris 3, kolom jenis: pilih"),
        ([CITY, ("dinkes", "", "Dinkes", "perangkat daerah", "")], [ADMIN],
         "Lembar Unit, baris 3, kolom nama: isi dahulu."),
        ([CITY, ("dinkes", "=1+1", "Dinkes", "perangkat daerah", "")], [ADMIN],
         "Lembar Unit, baris 3, kolom nama: tidak boleh dimulai dengan ="),
        ([CITY, CLINIC], [ADMIN], "Lembar Unit, baris 3, kolom induk: “dinkes” tidak ada"),
        ([CITY, AGENCY, ("a", "A", "A", "unit", "b"), ("b", "B", "B", "unit", "a")], [ADMIN],
         "Lembar Unit, baris 4, kolom induk: “b” tidak ada, atau unit-unit ini saling menginduk."),
        ([AGENCY], [ADMIN], "tepat satu baris berjenis “pemerintah”; sekarang 0"),
        ([CITY, ("lain", *CITY[1:])], [ADMIN], "sekarang 2"),
        ([CITY], [("Ani", "bukan surel", "", "administrator", "kota-uji")],
         "Lembar Orang, baris 2, kolom surel: “bukan surel” bukan alamat surel."),
        ([CITY], [ADMIN, ("", "b@contoh.go.id", "", "pimpinan", "kota-uji")],
         "Lembar Orang, baris 3, kolom nama: isi dahulu."),
        ([CITY], [ADMIN, ("B", "b@contoh.go.id", "", "raja", "kota-uji")],
         "Lembar Orang, baris 3, kolom peran: pilih administrator"),
        ([CITY], [ADMIN, ("B", "b@contoh.go.id", "", "pimpinan", "tiada")],
         "Lembar Orang, baris 3, kolom unit: kode “tiada” tidak ada"),
        ([CITY], [("B", "b@contoh.go.id", "", "pimpinan", "kota-uji")],
         "sekurang-kurangnya satu orang berperan administrator"),
        ([CITY, AGENCY], [ADMIN, ("B", "b@contoh.go.id", "", "petugas", "kota-uji")],
         "dipegang di perangkat daerah atau unit"),
        ([CITY, (*CLINIC[:4], "")], [ADMIN], "tidak dapat berada langsung di bawah"),
        ([], [], "tepat satu baris"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_sheet_row_and_column(
    db: None, tmp_path: Path, units: list[Row], people: list[Row], sentence: str
) -> None:
    assert sentence in found(workbook(tmp_path / "kota.xlsx", units, people))


def test_all_faults_are_told_at_once(db: None, tmp_path: Path) -> None:
    said = found(
        workbook(
            tmp_path / "kota.xlsx",
            [CITY, ("di nkes", "", "Dinkes", "badan", "")],
            [("", "x", "", "raja", "tiada")],
        )
    )
    assert all(f"baris 3, kolom {column}" in said for column in ("kode", "nama", "jenis"))
    assert all(f"baris 2, kolom {c}" in said for c in ("nama", "surel", "peran", "unit"))
    assert "tidak ada yang disimpan" in said


def test_rows_left_empty_do_not_shift_the_numbers(db: None, tmp_path: Path) -> None:
    empty = ("", "", "", "", "")
    said = found(workbook(tmp_path / "kota.xlsx", [CITY, empty, empty, CLINIC], [ADMIN]))
    assert "baris 5, kolom induk" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"bukan buku kerja", "bukan buku kerja XLSX yang utuh"),
        (b"", "bukan buku kerja"),
        (b"PK\x03\x04" + b"\0" * 64, "bukan buku kerja"),
        (b"0" * (5 * 2**20 + 1), "melebihi 5 MB"),
    ],
    ids=["text", "empty", "broken archive", "too large"],
)
def test_a_broken_file_is_refused(db: None, tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "kota.xlsx"
    file.write_bytes(content)
    assert sentence in found(file)


def test_a_missing_file_sheet_or_column_is_named(db: None, tmp_path: Path) -> None:
    assert "tidak ada" in found(tmp_path / "tiada.xlsx")
    file = tmp_path / "satu.xlsx"
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Lembar1")
    assert "Lembar “Unit” tidak ada" in found(file)
    short = workbook(tmp_path / "kota.xlsx", columns=("kode", "nama", "singkatan", "jenis", "?"))
    assert "Lembar Unit: kolom induk tidak ada di baris 1" in found(short)
