"""The import of standards from the template: every fault by its cell, all or nothing."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hijau.audit import book
from hijau.audit.models import Chain, Entry
from hijau.lib.refused import Refused
from hijau.services import actions
from hijau.services.components import Components, TimeUnit
from hijau.services.importing.planning import Verdict, merged, plan
from hijau.services.importing.rows import MOST_FAULTS, Wanted
from hijau.services.importing.template import EXAMPLE, write_template
from hijau.services.importing.words import entries, rupiah_from, span_from, whole_from, yes_from
from hijau.services.importing.workbook import read_workbook
from hijau.services.models import Nature, Service, Stage, Standard
from scoring.workbook.archive import Archive
from tests.cast import Cast
from tests.importing import (
    CHANNELS,
    KTP,
    STEPS,
    Rows,
    applied,
    book_of,
    carried,
    faults_of,
    reading_of,
    sent,
    taken_in,
    told,
)
from tests.promises import WHOLE, decree, drafted, published, service

pytestmark = pytest.mark.django_db


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
