"""The import of standards from Word, and files that are none."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.urls import reverse

from hijau.services.components import TITLES, Components
from hijau.services.importing.planning import merged
from hijau.services.importing.word import Paragraph
from hijau.services.importing.word_names import component_named, name_before
from hijau.services.models import Service, Standard
from scoring.workbook.faults import BadWorkbook
from tests.cast import Cast
from tests.importing import (
    ROWS,
    Paper,
    applied,
    of_row,
    para,
    raw,
    raw_table,
    sent,
    told,
    word,
)
from tests.promises import drafted, service
from tests.test_evidence import docx as plain_docx
from tests.test_evidence import zipped

pytestmark = pytest.mark.django_db


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
