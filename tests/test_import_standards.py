"""The import of standards: a template filled in, or Word; every fault by its cell; all or nothing."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import docx
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hijau.audit import book
from hijau.audit.models import Chain, Entry
from hijau.lib.refused import Refused
from hijau.services import actions
from hijau.services.actions.imports import import_standards
from hijau.services.components import TITLES, Components, TimeUnit
from hijau.services.importing.planning import Verdict, merged, plan
from hijau.services.importing.rows import MOST_FAULTS, Wanted
from hijau.services.importing.template import EXAMPLE, SHEETS, write_template
from hijau.services.importing.word import Paragraph
from hijau.services.importing.word_names import component_named, name_before
from hijau.services.importing.word_tables import read_standards
from hijau.services.importing.words import entries, rupiah_from, span_from, whole_from, yes_from
from hijau.services.importing.workbook import read_workbook
from hijau.services.models import Nature, Service, Stage, Standard
from scoring.workbook.archive import Archive
from scoring.workbook.faults import BadWorkbook
from tests.cast import Cast
from tests.promises import WHOLE, decree, drafted, published, service
from tests.test_evidence import docx as plain_docx
from tests.test_evidence import zipped

pytestmark = pytest.mark.django_db

KTP = {
    "Kode unit": "disdukcapil", "Nama layanan": "Penerbitan KTP-el", "Jenis": "administratif",
    "Sebutan sehari-hari": "bikin KTP\nganti KTP", "Persyaratan": "1. Kartu keluarga\n2. Surat hilang",
    "Jangka waktu": 3.0, "Satuan waktu": "hari kerja", "Catatan waktu": "sejak berkas lengkap",
    "Gratis": "ya", "Dasar tarif": "UU 24/2013", "Produk pelayanan": "KTP-el",
    "Dasar hukum": "UU 25/2009", "Sarana, prasarana, dan/atau fasilitas": "Ruang tunggu",
    "Kompetensi pelaksana": "Terlatih", "Pengawasan internal": "Atasan langsung",
    "Jumlah pelaksana": 4, "Kebutuhan pelaksana (ABK)": 5, "Jaminan pelayanan": "Tepat waktu",
    "Jaminan keamanan dan keselamatan": "Data aman", "Evaluasi kinerja pelaksana": "Tiap semester",
}  # fmt: skip
STEPS = [
    {"Layanan": "Penerbitan KTP-el", "Urutan": 2, "Langkah": "Mencetak", "Pelaksana": "Operator"},
    {
        "Layanan": "penerbitan ktp-el",
        "Urutan": 1,
        "Langkah": "Menyerahkan berkas",
        "Jumlah": "10 menit",
    },
]
CHANNELS = [{"Layanan": "Penerbitan KTP-el", "Saluran": "SP4N-LAPOR!", "Alamat": "lapor.go.id"}]

Rows = Sequence[Mapping[str, Any]]


def book_of(
    services: Rows = (), steps: Rows = (), fees: Rows = (), channels: Rows = (), **other: Any
) -> bytes:
    """The template's sheets with such rows below their example, which stands in row 2."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as made:
        for form, rows in zip(SHEETS, (services, steps, fees, channels), strict=True):
            sheet = made.add_worksheet(form.name)
            headings = [column.heading for column in form.columns]
            headings += list(
                dict.fromkeys(key for row in rows for key in row if key not in headings)
            )
            sheet.write_row(0, 0, headings)
            sheet.write_row(1, 0, [column.example for column in form.columns])
            for number, row in enumerate(rows, start=2):
                for heading, value in row.items():
                    sheet.write(number, headings.index(heading), value)
        for name, rows in other.items():
            made.add_worksheet(name).write_row(0, 0, rows)
    return out.getvalue()


def faults_of(data: bytes, units: Mapping[str, int] | None = None) -> list[str]:
    with pytest.raises(BadWorkbook) as refused:
        read_workbook(io.BytesIO(data), units or {"disdukcapil": 1, "dinsos": 2})
    return [str(fault) for fault in refused.value.faults]


def reading_of(data: bytes, cast: Cast) -> tuple[Wanted, ...]:
    return read_workbook(
        io.BytesIO(data), {"disdukcapil": cast.disdukcapil.pk, "dinsos": cast.dinsos.pk}
    ).rows


def taken_in(cast: Cast, rows: Sequence[Wanted], **other: Any) -> Any:
    return import_standards(cast.city, rows, seen=None, by=cast.organiser, **other)


def sent(
    cast: Cast, data: bytes, who: str = "officer", name: str = "standar.xlsx", **other: Any
) -> Any:
    file = SimpleUploadedFile(name, data)
    client = cast.client(cast.people[who])
    return client.post(reverse("services_import"), {"file": file, **other})


def told(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def carried(answer: Any) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())
    assert found, told(answer)
    return found[1]


def applied(cast: Cast, answer: Any, who: str = "officer") -> Any:
    client = cast.client(cast.people[who])
    return client.post(reverse("services_import_apply"), {"kept": carried(answer)}, follow=True)


# ---- The template --------------------------------------------------------------------------------


def filled_template(cast: Cast, **sheets: Rows) -> bytes:
    """The template as it is downloaded, with rows typed below the example by a spreadsheet."""
    answer = cast.client(cast.officer).get(reverse("services_template"))
    assert answer.status_code == 200
    archive = Archive(io.BytesIO(answer.content))
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as made:
        for name in archive.sheets:
            values = archive.values(name)
            sheet = made.add_worksheet(name)
            for number, row in enumerate(values):
                sheet.write_row(number, 0, row)
            for number, given in enumerate(sheets.get(name, ()), start=len(values)):
                for heading, value in given.items():
                    sheet.write(number, values[0].index(heading), value)
    return out.getvalue()


def test_the_template_comes_back_filled_in_and_is_taken_in(cast: Cast) -> None:
    data = filled_template(cast, Layanan=[KTP], Prosedur=STEPS, Pengaduan=CHANNELS)
    preview = sent(cast, data)
    assert preview.status_code == 200
    assert "Layanan baru" in told(preview)
    assert not Service.objects.exists()
    assert "1 layanan didaftarkan, 1 rancangan ditulis." in told(applied(cast, preview))
    standard = Standard.objects.get()
    one = standard.service
    assert (one.name, one.unit, one.nature, one.code) == (
        "Penerbitan KTP-el", cast.disdukcapil, Nature.ADMINISTRATION, "penerbitan-ktp-el",
    )  # fmt: skip
    assert one.words == ("bikin KTP", "ganti KTP")
    assert (standard.stage, standard.number, standard.written_by) == (Stage.DRAFT, 1, cast.officer)
    components = standard.components
    assert components.missing == ()
    assert components.lists["persyaratan"] == ("Kartu keluarga", "Surat hilang")
    assert [step.step for step in components.procedure] == ["Menyerahkan berkas", "Mencetak"]
    assert components.procedure[0].span is not None
    assert components.time is not None
    assert components.time.written() == "3 hari kerja, sejak berkas lengkap"
    assert components.fees.free is True
    assert components.staff.short == 1


def test_the_template_lists_the_units_that_one_keeps_and_no_other(cast: Cast) -> None:
    for who, expected in (
        (cast.officer, {"disdukcapil"}),
        (cast.organiser, {"disdukcapil", "dinsos", "dinkes", "selabatu"}),
    ):
        answer = cast.client(who).get(reverse("services_template"))
        rows = Archive(io.BytesIO(answer.content)).values("Unit")
        assert {row[0] for row in rows[1:]} == expected


def test_the_template_as_it_is_has_nothing_to_take_in(cast: Cast) -> None:
    out = io.BytesIO()
    write_template(out, [cast.disdukcapil])
    assert faults_of(out.getvalue()) == [
        "Lembar Layanan, sel A3: Belum ada layanan di lembar ini. Isi mulai di bawah baris contoh."
    ]


def test_a_row_marked_as_an_example_is_passed_over_wherever_it_stands() -> None:
    rows = read_workbook(
        io.BytesIO(
            book_of([KTP, KTP | {"Kode unit": EXAMPLE}], [{"Layanan": f"{EXAMPLE}: apa saja"}])
        ),
        {"disdukcapil": 1},
    ).rows
    assert [row.name for row in rows] == ["Penerbitan KTP-el"]


# ---- As clerks type ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        (3.0, "hari kerja", (3, TimeUnit.WORKDAYS, "")),
        ("3 (tiga) hari kerja", None, (3, TimeUnit.WORKDAYS, "")),
        ("Paling lama 14 (empat belas) Hari Kerja sejak berkas lengkap", "", (14, TimeUnit.WORKDAYS, "sejak berkas lengkap")),
        ("3 hari kerja", "hari kerja", (3, TimeUnit.WORKDAYS, "")),
        ("1 x 24 jam", None, (24, TimeUnit.HOURS, "")),
        ("1,5 jam", None, (90, TimeUnit.MINUTES, "")),
        ("1 jam 30 menit", None, (90, TimeUnit.MINUTES, "")),
        ("2 minggu", None, (14, TimeUnit.DAYS, "")),
        ("Maks. 15 menit", None, (15, TimeUnit.MINUTES, "")),
        ("tiga hari kerja", None, (3, TimeUnit.WORKDAYS, "")),
        ("5 hari (kerja)", None, (5, TimeUnit.WORKDAYS, "")),
        ("1.440 menit", None, (1440, TimeUnit.MINUTES, "")),
        ("2 – 5 hari kerja", None, (5, TimeUnit.WORKDAYS, "")),
        ("7 hari", None, (7, TimeUnit.DAYS, "")),
    ],
)  # fmt: skip
def test_times_are_read_as_they_are_written(text: Any, unit: Any, expected: Any) -> None:
    found = span_from(text, unit)
    assert found is not None
    assert (found.amount, found.unit, found.note) == expected
    assert bool(found.doubt) == (text in ("7 hari", "2 – 5 hari kerja"))


@pytest.mark.parametrize(
    ("text", "unit", "sentence"),
    [
        (3.0, None, "Satuannya belum ada"),
        ("segera", None, "bukan jangka waktu"),
        ("2 bulan", None, "Satuan “bulan” tidak dipakai"),
        ("1 hari kerja (baru), 3 hari kerja (ulang)", None, "lebih dari satu jangka waktu"),
        ("0,5 hari kerja", None, "bukan bilangan bulat"),
        ("3 hari kerja", "jam", "tidak sama satuannya"),
        ("", "jam", "jumlahnya belum"),
    ],
)
def test_a_time_that_promises_nothing_definite_is_refused(
    text: Any, unit: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        span_from(text, unit)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        (50000.0, 50_000), ("Rp 50.000", 50_000), ("Rp. 50.000,-", 50_000), ("Rp50.000,00", 50_000),
        ("1.250.000", 1_250_000), ("50 ribu", 50_000), ("Rp1,5 juta", 1_500_000), ("gratis", 0),
        ("Rp 0", 0), (0, 0), ("", None), ("25000 rupiah", 25_000),
    ],
)  # fmt: skip
def test_sums_are_read_as_they_are_written(text: Any, amount: int | None) -> None:
    assert rupiah_from(text) == amount


@pytest.mark.parametrize(
    "text", ["50,000", "Rp 50.00", "sesuai perda", 12.5, "-5000", "Rp 5.000 - Rp 10.000"]
)
def test_a_sum_that_may_be_two_things_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match="bukan jumlah rupiah"):
        rupiah_from(text)


def test_yes_no_numbers_and_lists_are_read_as_they_are_written() -> None:
    assert [yes_from(x) for x in ("Ya", "TIDAK", True, False, "gratis", "Tidak dipungut biaya", "")] == [
        True, False, True, False, True, True, None,
    ]  # fmt: skip
    assert [whole_from(x) for x in (5.0, "5 (lima) orang", "5", "")] == [5, 5, 5, None]
    assert entries("1. KTP 2. KK 3. Akta lahir") == ["KTP", "KK", "Akta lahir"]
    assert entries("a) KTP\n• KK\n\n- Akta") == ["KTP", "KK", "Akta"]
    assert entries("UU 25/2009") == ["UU 25/2009"]


# ---- Faults by cell ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "cell", "sentence"),
    [
        ({"Kode unit": ""}, "A3", "Kode unit belum diisi"),
        ({"Kode unit": "dinas-gaib"}, "A3", "“dinas-gaib” tidak ada di antara unit yang Anda urus"),
        ({"Kode layanan": "KTP baru!"}, "B3", "bukan kode"),
        ({"Nama layanan": ""}, "C3", "belum diisi"),
        ({"Nama layanan": "x" * 201}, "C3", "Paling panjang 200"),
        ({"Jenis": "perizinan"}, "D3", "Pilih jenisnya: barang, jasa, administratif"),
        ({"Penjelasan": "x" * 1001}, "E3", "Paling panjang 1000"),
        ({"Persyaratan": "x" * 501}, "G3", "500 karakter"),
        ({"Persyaratan": "\n".join("abcdefghij" * 7)}, "G3", "Paling banyak 60 baris"),
        ({"Jangka waktu": "secepatnya"}, "H3", "bukan jangka waktu"),
        ({"Jangka waktu": ""}, "H3", "jumlahnya belum"),
        ({"Satuan waktu": ""}, "H3", "Satuannya belum ada"),
        ({"Jangka waktu": 0}, "H3", "bukan bilangan bulat mulai 1"),
        ({"Gratis": "mungkin"}, "K3", "bukan ya atau tidak"),
        ({"Produk pelayanan": "x" * 501}, "M3", "500 karakter"),
        ({"Jumlah pelaksana": "beberapa"}, "R3", "bukan bilangan bulat"),
        ({"Kebutuhan pelaksana (ABK)": 2.5}, "S3", "bukan bilangan bulat"),
    ],
)  # fmt: skip
def test_each_fault_of_a_service_is_named_at_its_cell(
    changed: Any, cell: str, sentence: str
) -> None:
    (fault,) = faults_of(book_of([KTP | changed], channels=[]))
    assert fault.startswith(f"Lembar Layanan, sel {cell}: ")
    assert sentence in fault


@pytest.mark.parametrize(
    ("sheets", "place", "sentence"),
    [
        ({"steps": [{"Layanan": "Tidak ada", "Langkah": "A"}]}, "Prosedur, sel A3", "Periksa ejaannya"),
        ({"steps": [{"Langkah": "A"}]}, "Prosedur, sel A3", "Isi nama atau kode layanannya"),
        ({"steps": [STEPS[0] | {"Urutan": "pertama"}]}, "Prosedur, sel B3", "bukan bilangan bulat"),
        ({"steps": [STEPS[0] | {"Langkah": ""}]}, "Prosedur, sel C3", "Ada langkah tanpa uraian"),
        ({"steps": [STEPS[0] | {"Jumlah": 5}]}, "Prosedur, sel E3", "Satuannya belum ada"),
        ({"fees": [{"Layanan": "Penerbitan KTP-el", "Uraian": "Cetak", "Rupiah": "mahal"}]}, "Biaya, sel C3", "bukan jumlah rupiah"),
        ({"fees": [{"Layanan": "Penerbitan KTP-el", "Uraian": "Cetak"}]}, "Biaya, sel C3", "Isi jumlah rupiahnya"),
        ({"fees": [{"Layanan": "Penerbitan KTP-el", "Rupiah": 5000}]}, "Biaya, sel B3", "untuk apa tarif"),
        ({"fees": [{"Layanan": "Penerbitan KTP-el", "Uraian": "A", "Rupiah": 5000}]}, "Layanan, sel K3", "Tertulis gratis"),
        ({"channels": [{"Layanan": "Penerbitan KTP-el", "Alamat": "x"}]}, "Pengaduan, sel B3", "nama salurannya"),
    ],
)  # fmt: skip
def test_each_fault_of_a_table_is_named_at_its_cell(sheets: Any, place: str, sentence: str) -> None:
    (fault,) = faults_of(book_of([KTP], **sheets))
    assert fault.startswith(f"Lembar {place}: ")
    assert sentence in fault


def test_doubles_are_named_with_the_row_that_came_first() -> None:
    rows = [
        KTP | {"Kode layanan": "ktp"},
        KTP | {"Nama layanan": "PENERBITAN KTP-EL", "Kode layanan": "ktp"},
    ]
    assert faults_of(book_of(rows)) == [
        "Lembar Layanan, sel C4: Layanan ini sudah ada di baris 3 untuk unit yang sama. Hapus satu.",
        "Lembar Layanan, sel B4: Kode ini sudah dipakai di baris 3.",
    ]


def test_two_units_may_have_a_service_of_one_name_when_the_tables_say_which() -> None:
    services = [KTP, KTP | {"Kode unit": "dinsos"}]
    assert "Isi kolom Kode unit" in faults_of(book_of(services, channels=CHANNELS))[0]
    data = book_of(services, channels=[CHANNELS[0] | {"Kode unit": "dinsos"}])
    first, second = read_workbook(io.BytesIO(data), {"disdukcapil": 1, "dinsos": 2}).rows
    assert "pengaduan" not in first.content
    assert second.content["pengaduan"] == [{"channel": "SP4N-LAPOR!", "address": "lapor.go.id"}]


def test_all_faults_come_at_once_up_to_two_hundred() -> None:
    found = faults_of(book_of([KTP | {"Nama layanan": f"L {n}", "Jenis": "?"} for n in range(300)]))
    assert len(found) == MOST_FAULTS + 1
    assert found[0].startswith("Lembar Layanan, sel D3")
    assert "Masih ada 100 kesalahan lain" in found[-1]


def test_a_lost_column_a_double_column_and_a_lost_sheet_are_named() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        made.add_worksheet("Layanan").write_row(0, 0, ["Kode unit", "Jenis", "Jenis layanan"])
    assert faults_of(out.getvalue()) == [
        "Lembar Layanan, sel C1: Ada dua kolom untuk “Jenis layanan”. Hapus salah satunya.",
        "Lembar Layanan, sel A1: Kolom ini tidak ada di baris 1: Nama layanan. Pakai templat dari Hijau.",
    ]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        made.add_worksheet("Lembar1")
    assert "Lembar “Layanan” tidak ada" in faults_of(out.getvalue())[0]


def test_an_error_of_a_formula_is_a_fault_and_a_date_is_no_time() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("Layanan")
        sheet.write_row(0, 0, ["Kode unit", "Nama layanan", "Produk", "Jangka waktu"])
        sheet.write_row(1, 0, ["disdukcapil", "KTP"])
        sheet.write_formula(1, 2, "=1/0", value="#DIV/0!")
        sheet.write(1, 3, 46000, made.add_format({"num_format": "dd/mm/yyyy"}))
    assert faults_of(out.getvalue()) == [
        "Lembar Layanan, sel C2: Sel ini berisi galat rumus Excel. Ketik isinya.",
        "Lembar Layanan, sel D2: Excel membaca isian ini sebagai tanggal atau jam. Ketik ulang angkanya saja.",
    ]


def test_what_is_not_known_is_told_and_not_dropped_in_silence() -> None:
    data = book_of(
        [KTP | {"Catatan": "penting", "Gratis": ""}],
        fees=[{"Layanan": "Penerbitan KTP-el", "Uraian": "Cetak", "Rupiah": 50}],
        Lain=["x"],
    )
    reading = read_workbook(io.BytesIO(data), {"disdukcapil": 1})
    assert reading.remarks == (
        "Lembar Layanan, kolom X (“Catatan”) tidak dikenal; tidak dibaca.",
        "Lembar “Lain” tidak dikenal; tidak dibaca.",
    )
    assert reading.rows[0].remarks == (
        "Lembar Biaya, sel C3: Rp50 terbaca sangat kecil. Apakah maksudnya Rp50.000?",
    )


# ---- What follows for each service ---------------------------------------------------------------


def verdicts(cast: Cast, rows: Sequence[Wanted]) -> list[Verdict]:
    units = {unit.pk: unit for unit in (cast.disdukcapil, cast.dinsos)}
    planned, faults = plan(cast.city, units, rows)
    assert not faults
    return [one.verdict for one in planned]


def test_a_second_import_of_the_same_file_changes_nothing(cast: Cast) -> None:
    data = book_of([KTP], STEPS, channels=CHANNELS)
    applied(cast, sent(cast, data))
    again = sent(cast, data)
    assert "Tidak berubah" in told(again)
    assert "tidak mengubah apa pun" in told(again)
    assert 'name="kept"' not in again.content.decode()
    with pytest.raises(Refused, match="Tidak ada yang berubah"):
        taken_in(cast, reading_of(data, cast))
    assert Entry.objects.filter(event="standards.imported").count() == 1


def test_a_published_standard_gets_a_new_draft_and_keeps_what_was_left_empty(cast: Cast) -> None:
    old = published(cast)
    row = Wanted(
        cast.disdukcapil.pk, "penerbitan ktp-el", content={"produk": "KTP-el baru"}, about="Kartu."
    )
    assert verdicts(cast, [row]) == [Verdict.DRAFT]
    done = taken_in(cast, [row])
    assert (done.added, done.drafted, done.written, done.described) == (0, 1, 0, 1)
    old.refresh_from_db()
    draft = old.service.standards.get(stage=Stage.DRAFT)
    assert (old.stage, draft.number) == (Stage.REVIEW, 2)
    assert draft.content == old.content | {"produk": "KTP-el baru"}
    kept = Service.objects.get(pk=old.service_id)
    assert (kept.name, kept.about, kept.everyday) == ("Penerbitan KTP-el", "Kartu.", "bikin ktp")


def test_an_open_draft_is_written_anew_and_a_decreed_one_waits(cast: Cast) -> None:
    open_one = drafted(cast)
    waiting = decree(drafted(cast, service(cast, name="Akta lahir")), cast)
    rows = [
        Wanted(cast.disdukcapil.pk, "Penerbitan KTP-el", content={"produk": "A"}),
        Wanted(cast.disdukcapil.pk, "Akta lahir", content={"produk": "B"}),
    ]
    assert verdicts(cast, rows) == [Verdict.WRITE, Verdict.WAITS]
    assert taken_in(cast, rows).written == 1
    open_one.refresh_from_db()
    waiting.refresh_from_db()
    assert (open_one.revision, open_one.components.product) == (1, "A")
    assert waiting.components.product == WHOLE["produk"]


def test_a_name_alone_registers_a_service_without_a_standard(cast: Cast) -> None:
    row = Wanted(cast.disdukcapil.pk, "Legalisir")
    assert taken_in(cast, [row]).drafted == 0
    assert verdicts(cast, [row]) == [Verdict.SAME]


def test_by_its_code_a_service_may_be_given_another_name(cast: Cast) -> None:
    one = service(cast)
    taken_in(cast, [Wanted(cast.disdukcapil.pk, "Penerbitan KTP elektronik", code=one.code)])
    one.refresh_from_db()
    assert one.name == "Penerbitan KTP elektronik"


def test_a_code_or_a_name_of_another_service_is_a_fault_at_its_cell(cast: Cast) -> None:
    service(cast)
    other = service(cast, cast.dinsos, "Bantuan sosial")
    ended = service(cast, name="Lama")
    actions.end_service(ended, by=cast.officer)
    for row, sentence in (
        (
            KTP | {"Kode layanan": other.code},
            "sel B3: Kode ini sudah dipakai layanan di unit lain.",
        ),
        (KTP | {"Kode layanan": "baru"}, "sudah terdaftar dengan kode “penerbitan-ktp-el”"),
        (KTP | {"Kode layanan": "lama", "Nama layanan": "Lama"}, "sudah dihentikan"),
    ):
        answer = sent(cast, book_of([row]))
        assert answer.status_code == 409
        assert sentence in told(answer)


def test_what_was_given_is_laid_over_what_is_there() -> None:
    whole = Components.read(WHOLE)
    assert merged(whole, Components()) == whole
    assert merged(Components(), whole) == whole
    paid = {"biaya": {"free": False, "rows": [{"item": "Cetak", "amount": 5000}]}}
    after = merged(whole, Components.read(paid))
    assert (after.fees.free, after.fees.basis) == (False, "UU 24/2013")
    assert merged(after, Components.read({"biaya": {"free": True}})).fees.rows == ()
    faster = merged(whole, Components.read({"jangka-waktu": {"amount": 1, "unit": "hours"}}))
    assert faster.time is not None
    assert faster.time.written() == "1 jam, sejak berkas lengkap"
    assert merged(whole, Components.read({"jumlah-pelaksana": {"needed": 9}})).staff.short == 5


# ---- All or nothing ------------------------------------------------------------------------------


def test_nothing_is_written_when_one_row_is_wrong(cast: Cast) -> None:
    answer = sent(cast, book_of([KTP, KTP | {"Nama layanan": "Lain", "Jenis": "?"}]))
    assert answer.status_code == 409
    assert "Lembar Layanan, sel D4" in told(answer)
    assert "tidak ada yang tersimpan" in told(answer)
    taken_in(cast, [Wanted(cast.dinsos.pk, "Santunan", code="santunan")])
    with pytest.raises(Refused):
        taken_in(
            cast,
            [Wanted(cast.disdukcapil.pk, "A"), Wanted(cast.disdukcapil.pk, "B", code="santunan")],
        )
    assert list(Service.objects.values_list("name", flat=True)) == ["Santunan"]
    assert Entry.objects.filter(event="standards.imported").count() == 1


def test_the_import_is_refused_when_somebody_wrote_since_the_preview(cast: Cast) -> None:
    standard = drafted(cast)
    preview = sent(cast, book_of([KTP | {"Produk pelayanan": "Lain"}]))
    actions.write_standard(standard, WHOLE | {"produk": "Dari rekan"}, by=cast.officer, revision=0)
    assert "sudah diubah orang lain" in told(applied(cast, preview))
    standard.refresh_from_db()
    assert standard.components.product == "Dari rekan"


def test_applying_a_preview_twice_writes_once(cast: Cast) -> None:
    preview = sent(cast, book_of([KTP]))
    applied(cast, preview)
    assert "kedaluwarsa" in told(applied(cast, preview))
    assert Standard.objects.count() == 1


def test_the_unit_of_another_agency_is_refused_as_if_it_were_not_there(cast: Cast) -> None:
    answer = sent(cast, book_of([KTP | {"Kode unit": "dinsos"}]))
    assert answer.status_code == 409
    assert "Kode unit “dinsos” tidak ada di antara unit yang Anda urus" in told(answer)
    assert sent(cast, book_of([KTP | {"Kode unit": "dinsos"}]), "organiser").status_code == 200


def test_a_preview_is_of_no_use_to_somebody_else_nor_when_it_was_changed(cast: Cast) -> None:
    preview = sent(cast, book_of([KTP]))
    assert "kedaluwarsa" in told(applied(cast, preview, "neighbour"))
    client = cast.client(cast.officer)
    answer = client.post(
        reverse("services_import_apply"), {"kept": carried(preview)[:-2] + "xx"}, follow=True
    )
    assert "kedaluwarsa" in told(answer)
    assert not Service.objects.exists()


def test_a_role_that_ended_after_the_preview_takes_nothing_in(cast: Cast) -> None:
    preview = sent(cast, book_of([KTP]))
    membership = cast.officer.memberships.get()
    membership.organisation = cast.dinsos
    membership.save()
    assert "tidak lagi Anda urus" in told(applied(cast, preview))


def test_who_keeps_no_standards_has_no_door(cast: Cast) -> None:
    for name in ("services_import", "services_template"):
        assert cast.client(cast.leader).get(reverse(name)).status_code == 403
        assert cast.client(None).get(reverse(name)).status_code == 302
    assert cast.client(cast.officer).get(reverse("services_import_apply")).status_code == 405


def test_one_entry_in_the_book_holds_the_whole(cast: Cast) -> None:
    taken_in(cast, [Wanted(cast.disdukcapil.pk, f"Layanan {n}", content=WHOLE) for n in range(3)])
    entry = Entry.objects.get(event="standards.imported")
    assert set(entry.details) == {"added", "drafted", "written", "described"}
    assert len(entry.details["added"]) == len(entry.details["drafted"]) == 3
    assert not list(book.verify(Chain.objects.get(name=cast.city.book)))


# ---- Many ----------------------------------------------------------------------------------------


def many(count: int) -> bytes:
    names = [f"Layanan nomor {n}" for n in range(count)]
    return book_of(
        [KTP | {"Nama layanan": name, "Persyaratan": f"Syarat {name}\nKartu keluarga"} for name in names],
        [{"Layanan": name, "Langkah": f"Langkah {n} {name}", "Jumlah": n + 1, "Satuan": "menit"} for name in names for n in range(6)],
        channels=[{"Layanan": name, "Saluran": "SP4N-LAPOR!", "Alamat": "lapor.go.id"} for name in names],
    )  # fmt: skip


def test_five_hundred_services_are_in_well_under_a_minute(cast: Cast) -> None:
    data = many(500)
    begun = time.perf_counter()
    done = applied(cast, sent(cast, data))
    assert time.perf_counter() - begun < 30
    assert "500 layanan didaftarkan, 500 rancangan ditulis." in told(done)
    assert Standard.objects.count() == 500


def test_the_number_of_queries_does_not_grow_with_the_number_of_services(cast: Cast) -> None:
    def queries(count: int, name: str) -> int:
        rows = [Wanted(cast.disdukcapil.pk, f"{name} {n}", content=WHOLE) for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            taken_in(cast, rows)
        return len(seen)

    queries(1, "A")  # from now on there is a service to compare with
    assert queries(2, "B") == queries(20, "C")


# ---- Word ----------------------------------------------------------------------------------------

ROWS = [
    ("1", "Dasar Hukum", ["UU 24/2013", "Perda 5/2020"]),
    ("2", "Persyaratan Pelayanan", ["a. Kartu keluarga", "b. Surat hilang"]),
    ("3", "Sistem, mekanisme dan prosedur", ["1. Pemohon datang (5 menit)", "2. Operator mencetak (Operator, 10 menit)", "3. Selesai"]),
    ("4", "Jangka Waktu Penyelesaian", ["3 (tiga) hari kerja sejak berkas lengkap"]),
    ("5", "Biaya / Tarif", ["Tidak dipungut biaya (gratis)"]),
    ("6", "Produk Pelayanan", ["KTP-el"]),
    ("7", "Penanganan Pengaduan, Saran dan Masukan", ["Telepon: (0266) 123", "SP4N-LAPOR!: lapor.go.id", "Kotak saran"]),
    ("8", "Sarana, Prasarana dan/atau Fasilitas", ["Ruang tunggu"]),
    ("9", "Kompetensi Pelaksana", ["D3"]),
    ("10", "Pengawasan Internal", ["Atasan"]),
    ("11", "Jumlah Pelaksana", ["4 (empat) orang"]),
    ("12", "Jaminan Pelayanan", ["Tepat waktu"]),
    ("13", "Jaminan Keamanan dan Keselamatan Pelayanan", ["Data aman"]),
    ("14", "Evaluasi Kinerja Pelaksana", ["Tiap semester"]),
]  # fmt: skip


class Paper:
    """A Word document, made as the word processor makes it."""

    def __init__(self) -> None:
        self.made = docx.Document()

    def line(self, text: str, style: str | None = None) -> Paper:
        self.made.add_paragraph(text, style)
        return self

    def table(self, rows: Sequence[Any], header: bool = True) -> Paper:
        table = self.made.add_table(0, 3)
        for number, name, lines in ([("No", "Komponen", ["Uraian"])] if header else []) + list(
            rows
        ):
            cells = table.add_row().cells
            cells[0].text, cells[1].text = number, name
            cells[2].text = lines[0] if lines else ""
            for line in lines[1:]:
                cells[2].add_paragraph(line)
        return self

    def data(self) -> bytes:
        out = io.BytesIO()
        self.made.save(out)
        return out.getvalue()


def word(paper: Paper | bytes) -> Any:
    return read_standards(io.BytesIO(paper if isinstance(paper, bytes) else paper.data()), 1)


def of_row(name: str, *lines: str) -> Any:
    """What is read of one row, beside two that make it a table of standards."""
    rows = [("1", "Produk", ["KTP"]), ("2", "Dasar hukum", ["UU"]), ("3", name, list(lines))]
    (row,) = word(Paper().line("Jenis Pelayanan: KTP").table(rows)).rows
    return row


def test_the_usual_table_is_read_whole() -> None:
    (row,) = word(Paper().line("STANDAR PELAYANAN PENERBITAN KTP-EL").table(ROWS)).rows
    assert row.name == "PENERBITAN KTP-EL"
    assert row.remarks == ()
    read = Components.read(row.content)
    assert read.missing == ()
    assert read.lists["persyaratan"] == ("Kartu keluarga", "Surat hilang")
    assert read.lines("prosedur") == (
        "Pemohon datang (5 menit)", "Operator mencetak (Operator, 10 menit)", "Selesai",
    )  # fmt: skip
    assert read.lines("jangka-waktu") == ("3 hari kerja, sejak berkas lengkap",)
    assert read.fees.free is True
    assert read.lines("pengaduan") == (
        "Telepon: (0266) 123",
        "SP4N-LAPOR!: lapor.go.id",
        "Kotak saran",
    )
    assert (read.staff.number, read.staff.note) == (4, "")


def test_one_document_holds_several_services_and_a_standard_in_two_tables() -> None:
    paper = (
        Paper()
        .line("STANDAR PELAYANAN PADA DINAS KEPENDUDUKAN", "Title")
        .line("Bab ini menerangkan dasar penyusunannya.")
        .line("Jenis Pelayanan : Akta Kelahiran")
        .line("A. Proses Penyampaian Pelayanan (Service Delivery)")
        .table(ROWS[1:7])
        .line("B. Proses Pengelolaan Pelayanan (Manufacturing)")
        .table([ROWS[0], *ROWS[7:]])
        .line("2. Kartu Keluarga", "Heading 2")
        .table(ROWS)
    )
    reading = word(paper)
    assert [row.name for row in reading.rows] == ["Akta Kelahiran", "Kartu Keluarga"]
    for row in reading.rows:
        assert Components.read(row.content).missing == ()
    assert reading.remarks == ("6 alinea di luar tabel hanya dipakai untuk mencari nama layanan.",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Persyaratan", "persyaratan"), ("2. Persyaratan Pelayanan", "persyaratan"),
        ("SISTEM, MEKANISME DAN PROSEDUR", "prosedur"), ("Prosedur", "prosedur"),
        ("Mekanisme pengaduan", "pengaduan"), ("Sarana Pengaduan", "pengaduan"),
        ("Waktu penyelesaian", "jangka-waktu"), ("Biaya/Tarif", "biaya"), ("Retribusi", "biaya"),
        ("Produk layanan", "produk"), ("Hasil pelayanan", "produk"),
        ("Pengelolaan pengaduan pelayanan", "pengaduan"), ("Landasan hukum", "dasar-hukum"),
        ("Sarana dan prasarana", "sarana"), ("Fasilitas", "sarana"),
        ("Kompetensi pelaksana", "kompetensi"), ("Pengawasan internal", "pengawasan"),
        ("Jumlah petugas", "jumlah-pelaksana"), ("Jaminan pelayanan", "jaminan-pelayanan"),
        ("Jaminan keamanan dan keselamatan pelayanan", "jaminan-keamanan"),
        ("Evaluasi kinerja pelaksana", "evaluasi-kinerja"), ("Catatan", ""), ("Keterangan", ""),
    ],
)  # fmt: skip
def test_components_are_known_in_their_many_spellings(text: str, code: str) -> None:
    assert component_named(text) == (code, False)


def test_every_component_is_known_by_its_own_title_and_by_a_slip_of_the_pen() -> None:
    for code, title in TITLES.items():
        assert component_named(title.id)[0] == code
    assert component_named("Persaratan pelayanan") == ("persyaratan", True)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Jenis Pelayanan: Akta Lahir"], "Akta Lahir"),
        (["Nama Layanan", "Akta Lahir"], "Akta Lahir"),
        (["1. Standar Pelayanan Akta Lahir"], "Akta Lahir"),
        (["STANDAR PELAYANAN PUBLIK DINAS SOSIAL", "Akta Lahir"], "Akta Lahir"),
        (["Layanan: Akta Lahir", "B. Komponen Standar Pelayanan"], "Akta Lahir"),
        (["Lampiran Keputusan", "Nomor 5"], ""),
    ],
)
def test_the_name_is_found_in_what_stands_before_the_table(lines: list[str], name: str) -> None:
    assert name_before([Paragraph(line) for line in lines])[0] == name


def test_the_annex_of_a_decree_that_hijau_printed_is_read_back(cast: Cast) -> None:
    steps = [
        {"step": "Serahkan berkas", "who": "Pemohon", "amount": 5, "unit": "minutes"},
        {"step": "Kartu dicetak", "who": "", "amount": None, "unit": ""},
    ]
    fees = {
        "free": False,
        "rows": [{"item": "Cetak ulang", "amount": 50_000}],
        "basis": "Perda 5/2020",
    }
    standard = drafted(cast, prosedur=steps)
    other = drafted(cast, service(cast, name="Akta lahir"), biaya=fees, sarana=[])
    for one in (standard, other):
        answer = cast.client(cast.officer).post(
            reverse("print_standard", args=[one.pk, "lampiran-sk"]),
            {"date": "2026-12-01", "format": "docx"},
        )
        (row,) = word(answer.content).rows
        assert row.name == one.service.name
        before, after = one.components, Components.read(row.content)
        assert after.missing == before.missing
        # The paper does not tell how many the workload asks for; an import leaves it as it is.
        assert merged(before, after) == before


def test_a_fee_for_a_decree_is_no_legal_basis() -> None:
    rows = of_row("Biaya", "Pengurusan SK pindah: Rp 10.000", "Dasar: kesepakatan").content["biaya"]
    assert rows["rows"] == [{"item": "Pengurusan SK pindah", "amount": 10_000}]
    assert rows["basis"] == "kesepakatan"


def test_what_is_not_understood_stays_as_a_remark() -> None:
    row = of_row("Catatan khusus", "Bawa materai")
    assert "Baris “Catatan khusus” tidak dikenal; isinya tidak dibaca: Bawa materai" in row.remarks
    row = of_row("Jangka waktu", "Baru 1 hari kerja, ulang 3 hari kerja")
    assert "jangka-waktu" not in row.content
    assert any("lebih dari satu jangka waktu" in remark for remark in row.remarks)
    row = of_row("Biaya", "Sesuai kesepakatan")
    assert "Biaya/tarif: tidak terbaca sebagai tarif: “Sesuai kesepakatan”" in row.remarks
    row = of_row("Persaratan", "KK")
    assert row.content["persyaratan"] == ["KK"]
    assert "Baris “Persaratan” dibaca sebagai Persyaratan." in row.remarks


def test_fees_of_a_document_are_read_into_a_table() -> None:
    row = of_row(
        "Biaya/tarif",
        "Baru: Rp. 50.000,-",
        "Penggantian karena hilang Rp100.000",
        "KTP rusak: gratis",
        "Perda Nomor 5 Tahun 2020",
    )
    assert row.content["biaya"] == {
        "free": False,
        "rows": [
            {"item": "Baru", "amount": 50_000},
            {"item": "Penggantian karena hilang", "amount": 100_000},
            {"item": "KTP rusak", "amount": 0},
        ],
        "basis": "Perda Nomor 5 Tahun 2020",
    }
    row = of_row("Biaya", "Rp. 0,- (gratis) sesuai UU 24 Tahun 2013")
    assert row.content["biaya"] == {"free": True, "rows": [], "basis": "UU 24 Tahun 2013"}
    assert of_row("Tarif", "Rp 25.000 per lembar").content["biaya"]["rows"] == [
        {"item": "per lembar", "amount": 25_000}
    ]


def test_staff_of_a_document_are_counted() -> None:
    row = of_row("Jumlah pelaksana", "Loket: 2 orang", "Operator: 3 orang")
    assert row.content["jumlah-pelaksana"]["number"] == 5
    row = of_row("Jumlah pelaksana", "5 orang terdiri dari:", "Loket 2 orang", "Operator 3 orang")
    assert row.content["jumlah-pelaksana"]["number"] == 5
    assert "jumlah-pelaksana" not in of_row("Jumlah pelaksana", "cukup").content


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def raw(body: str, before: str = "") -> bytes:
    """A document written by hand, for what the library does not write."""
    return plain_docx(
        **{"word/document.xml": f"{before}<w:document {W}><w:body>{body}</w:body></w:document>"}
    )


def para(text: str, level: int | None = None) -> str:
    numbered = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    return f"<w:p>{'' if level is None else numbered}<w:r><w:t>{text}</w:t></w:r></w:p>"


def raw_table(*rows: Sequence[str]) -> str:
    cells = ["".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def test_numbers_of_word_itself_make_entries_and_what_is_below_goes_into_its_line() -> None:
    needs = para("Fotokopi:", 0) + para("KTP;", 1) + para("KK;", 1) + para("Surat hilang", 0)
    merged_cell = "<w:tcPr><w:vMerge/></w:tcPr><w:p/>"
    body = para("Jenis Pelayanan: Akta") + raw_table(
        (para("1", 0), para("Persyaratan"), needs),
        ("<w:p/>", merged_cell, para("Meterai", 0)),
        ("<w:p/>", para("Produk"), '<w:p><w:del><w:r><w:t>Lama</w:t></w:r></w:del><w:ins><w:r><w:t>Akta</w:t></w:r></w:ins></w:p>'),
        ("<w:p/>", para("Biaya"), raw_table((para("Baru"), para("Rp 5.000")), (para("Ganti"), para("Rp 7.000")))),
    )  # fmt: skip
    (row,) = word(raw(body)).rows
    assert row.content["persyaratan"] == ["Fotokopi: KTP; KK", "Surat hilang", "Meterai"]
    assert row.content["produk"] == "Akta"
    assert row.content["biaya"]["rows"] == [
        {"item": "Baru", "amount": 5000}, {"item": "Ganti", "amount": 7000},
    ]  # fmt: skip


def test_a_table_of_two_columns_without_a_heading_and_with_its_name_in_a_row_is_read() -> None:
    body = raw_table(
        (para("Jenis Pelayanan"), para("Akta Kematian")),
        (para("Persyaratan"), para("KK")),
        (para("Produk"), para("Akta")),
    )
    (row,) = word(raw(body)).rows
    assert (row.name, row.content["persyaratan"]) == ("Akta Kematian", ["KK"])


def test_a_document_without_a_table_or_without_a_name_says_what_to_do() -> None:
    for paper, sentence in (
        (Paper().line("Standar Pelayanan KTP"), "Tabel standar pelayanan tidak ditemukan"),
        (Paper().table(ROWS), "Tabel 1: nama layanannya tidak ditemukan"),
        (Paper().line("Jenis Pelayanan: A").table(ROWS).line("Jenis Pelayanan: A").table(ROWS), "Tabel 2: Layanan “A” sudah ada di Tabel 1"),
    ):  # fmt: skip
        with pytest.raises(BadWorkbook, match=re.escape(sentence)):
            word(paper)


def test_a_document_is_taken_in_for_the_unit_that_was_chosen(cast: Cast) -> None:
    data = Paper().line("Jenis Pelayanan: Penerbitan KTP-el").table(ROWS).data()
    assert "Pilih unit" in told(sent(cast, data, "organiser", "standar.docx"))
    other = sent(cast, data, "officer", "standar.docx", unit=cast.dinsos.pk)
    assert other.status_code == 422
    preview = sent(cast, data, "officer", "standar.docx", unit=cast.disdukcapil.pk)
    applied(cast, preview)
    assert Standard.objects.get().components.missing == ()
    again = sent(cast, data, "officer", "standar.docx", unit=cast.disdukcapil.pk)
    assert "tidak mengubah apa pun" in told(again)


# ---- Files that are none -------------------------------------------------------------------------

ENTITIES = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.pdf", b"%PDF-1.7\n", "PDF tidak dapat diimpor"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "terkunci kata sandi"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "terkunci kata sandi"),
        ("a.docx", raw("")[:-40], "tidak dikenal atau tidak utuh"),
        ("a.docx", zipped({"a.txt": "a"}), "tidak dikenal atau tidak utuh"),
        ("a.docx", plain_docx(**{"word/vbaProject.bin": b"\xd0\xcf"}), "tanpa makro"),
        ("a.docx", raw(para("&b;"), ENTITIES), "tidak utuh"),
        ("a.docx", raw("<w:p>"), "tidak utuh"),
        ("a.csv", b"a;b;c\n", "tidak dikenal"),
        ("a.xlsx", b"", "kosong"),
    ],
    ids=["pdf", "locked xlsx", "locked docx", "cut off", "zip", "macro", "entities", "xml", "csv", "empty"],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_what_to_send(
    cast: Cast, name: str, data: bytes, sentence: str
) -> None:
    answer = sent(cast, data, "officer", name, unit=cast.disdukcapil.pk)
    assert answer.status_code in (409, 422)
    assert sentence in told(answer)
    assert not Service.objects.exists()


def test_a_bomb_is_not_unpacked(cast: Cast) -> None:
    bomb = raw(f"<!--{' ' * (31 * 1024 * 1024)}-->")
    assert len(bomb) < 200_000
    assert "mengembang melebihi 30 MB" in told(
        sent(cast, bomb, name="a.docx", unit=cast.disdukcapil.pk)
    )
    lying = bomb.replace(  # the size that the archive states is no measure
        (31 * 1024 * 1024 + len(raw(""))).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )
    assert zipfile.ZipFile(io.BytesIO(lying))
    assert sent(cast, lying, name="a.docx", unit=cast.disdukcapil.pk).status_code in (409, 422)
    assert not Service.objects.exists()


def test_tables_within_tables_end_somewhere() -> None:
    deep = para("x")
    for _level in range(30):
        deep = raw_table((deep,))
    with pytest.raises(BadWorkbook, match="bersarang terlalu dalam"):
        word(raw(deep))
