"""The template workbook: its sheets and columns, and writing it for a government's units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from hijau.organisation.models import Organisation
from hijau.services.components import TITLES, UNITS
from hijau.services.models import Nature

NATURES = {
    "barang": Nature.GOODS,
    "jasa": Nature.SERVICE,
    "administratif": Nature.ADMINISTRATION,
}
SPANS = [text.id for text in UNITS.values()]
EXAMPLE = "CONTOH"
"""What the first cell of a row begins with that is shown, and not taken in."""
ROWS = 2000
"""How far down the lists to choose from reach."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its key here, its heading, other headings that mean it, a hint."""

    key: str
    heading: str
    width: int = 20
    also: tuple[str, ...] = ()
    hint: str = ""
    example: str | int = ""
    choices: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SheetForm:
    name: str
    columns: tuple[Column, ...]


LINES = "Satu kalimat per baris; pindah baris dalam sel dengan Alt+Enter."


def _list(code: str, example: str, *also: str) -> Column:
    return Column(code, TITLES[code].id, 40, also, LINES, example)


SERVICES = SheetForm(
    "Layanan",
    (
        Column("unit", "Kode unit", 18, ("unit", "kode opd"), "Pilih dari lembar Unit.", EXAMPLE,
               needed=True),
        Column("code", "Kode layanan", 18, ("kode",),
               "Boleh kosong. Huruf kecil, angka, dan tanda hubung.", "kartu-hilang"),
        Column("name", "Nama layanan", 36, ("layanan", "jenis pelayanan", "nama pelayanan"),
               "Nama resmi, paling panjang 200 karakter.", "Penggantian kartu anggota yang hilang",
               needed=True),
        Column("nature", "Jenis", 16, ("jenis layanan",), "Barang, jasa, atau administratif.",
               "administratif", tuple(NATURES)),
        Column("about", "Penjelasan", 40, ("penjelasan untuk warga",), "Satu dua kalimat biasa.",
               "Kartu baru untuk anggota perpustakaan yang kehilangan kartunya."),
        Column("everyday", "Sebutan sehari-hari", 28, ("sebutan",), LINES,
               "kartu perpus ilang\nganti kartu perpus"),
        _list("persyaratan", "Kartu tanda penduduk\nSurat kehilangan", "syarat"),
        Column("time", "Jangka waktu", 14, ("jangka waktu penyelesaian", "waktu"),
               "Angka; “3 hari kerja” dalam satu sel juga dibaca.", 3),
        Column("time-unit", "Satuan waktu", 14, ("satuan", "satuan jangka waktu"),
               "Menit, jam, hari kerja, atau hari kalender.", "hari kerja", tuple(SPANS)),
        Column("time-note", "Catatan waktu", 24, ("dihitung sejak", "catatan jangka waktu"),
               "Dihitung sejak kapan.", "sejak berkas lengkap"),
        Column("free", "Gratis", 10, ("gratis?", "biaya", "biaya/tarif"),
               "Ya atau tidak. Tarif ditulis di lembar Biaya.", "tidak", ("ya", "tidak")),
        Column("basis", "Dasar tarif", 28, ("dasar biaya",), "Peraturan yang menetapkan tarifnya.",
               "Perda tentang retribusi"),
        Column("produk", TITLES["produk"].id, 28, ("produk",), "Apa yang diterima warga.",
               "Kartu anggota"),
        _list("dasar-hukum", "UU 43/2007 tentang Perpustakaan"),
        _list("sarana", "Ruang tunggu\nKursi roda", "sarana dan prasarana", "fasilitas",
              "sarana", "sarana, prasarana, dan fasilitas"),
        _list("kompetensi", "Terlatih melayani"),
        _list("pengawasan", "Oleh atasan langsung"),
        Column("number", "Jumlah pelaksana", 12, ("jumlah petugas",), "Berapa orang sekarang.", 2),
        Column("needed", "Kebutuhan pelaksana (ABK)", 14,
               ("kebutuhan (abk)", "kebutuhan pelaksana", "kebutuhan", "abk"),
               "Berapa orang menurut analisis beban kerja.", 3),
        Column("staff-note", "Catatan pelaksana", 24, (), "", ""),
        _list("jaminan-pelayanan", "Kartu diantar bila terlambat"),
        _list("jaminan-keamanan", "Data anggota disimpan aman",
              "jaminan keamanan", "jaminan keamanan dan keselamatan pelayanan"),
        _list("evaluasi-kinerja", "Setiap semester", "evaluasi kinerja", "evaluasi"),
    ),
)  # fmt: skip

_SERVICE = Column(
    "service", "Layanan", 40, ("nama layanan", "kode layanan", "nama/kode layanan"),
    "Nama atau kode layanan dari lembar Layanan.",
    f"{EXAMPLE}: Penggantian kartu anggota yang hilang", needed=True,
)  # fmt: skip
_UNIT = Column(
    "unit", "Kode unit", 18, ("unit", "kode opd"),
    "Hanya perlu bila dua unit punya layanan bernama sama.",
)  # fmt: skip

STEPS = SheetForm(
    "Prosedur",
    (
        _SERVICE,
        Column("order", "Urutan", 10, ("no", "nomor"), "1, 2, 3, dan seterusnya.", 1),
        Column("step", "Langkah", 48, ("prosedur", "uraian"), "Apa yang terjadi.",
               "Pemohon menyerahkan berkas", needed=True),
        Column("who", "Pelaksana", 24, (), "Siapa yang mengerjakan.", "Petugas loket"),
        Column("time", "Jumlah", 10, ("waktu", "lama"), "Lamanya langkah ini.", 10),
        Column("time-unit", "Satuan", 14, ("satuan waktu",), "", "menit", tuple(SPANS)),
        _UNIT,
    ),
)  # fmt: skip
FEES = SheetForm(
    "Biaya",
    (
        _SERVICE,
        Column("item", "Uraian", 40, ("untuk", "tarif"), "Untuk apa.", "Kartu pengganti",
               needed=True),
        Column("amount", "Rupiah", 16, ("jumlah", "biaya", "tarif (rp)"),
               "50000 atau Rp50.000.", 10000, needed=True),
        _UNIT,
    ),
)  # fmt: skip
CHANNELS = SheetForm(
    "Pengaduan",
    (
        _SERVICE,
        Column("channel", "Saluran", 28, (), "Misalnya SP4N-LAPOR!, telepon, loket.",
               "SP4N-LAPOR!", needed=True),
        Column("address", "Alamat", 40, ("alamat atau letak", "letak"), "", "lapor.go.id"),
        _UNIT,
    ),
)  # fmt: skip
SHEETS = (SERVICES, STEPS, FEES, CHANNELS)

GUIDE = (
    "Templat standar pelayanan",
    "1. Isi lembar Layanan: satu baris untuk satu layanan. Kode unit ada di lembar Unit.",
    "2. Isi lembar Prosedur, Biaya, dan Pengaduan: satu baris untuk satu langkah, tarif, atau "
    "saluran. Kolom Layanan berisi nama atau kode dari lembar Layanan.",
    "3. Kolom yang berupa daftar: satu kalimat per baris di dalam sel. Pindah baris dengan "
    "Alt+Enter.",
    f"4. Baris yang diawali {EXAMPLE} hanya contoh dan tidak diimpor; boleh dihapus.",
    "5. Layanan yang sudah terdaftar (nama sama di unit yang sama, atau kodenya sama) mendapat "
    "rancangan baru. Sel kosong tidak menghapus isi yang sudah ada.",
    "6. Jangan mengubah nama lembar dan judul kolom. Urutan kolom boleh berubah.",
    "7. Unggah di Hijau, menu Standar pelayanan, Impor. Yang akan berubah ditampilkan dahulu. Bila "
    "ada kesalahan, selnya disebut satu per satu dan tidak ada yang tersimpan.",
)


def write_template(out: BinaryIO, units: Sequence[Organisation]) -> None:
    """Write the workbook, with the units that the person may fill it for."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        title = book.add_format({"bold": True, "font_size": 14})
        guide = book.add_worksheet("Petunjuk")
        guide.hide_gridlines(2)
        guide.set_column(0, 0, 100, wrapped)
        for row, sentence in enumerate(GUIDE):
            guide.write(row, 0, sentence, title if row == 0 else wrapped)
        for form in SHEETS:
            _write_sheet(book, form, len(units))
        _write_units(book, units)


def _write_sheet(book: Any, form: SheetForm, units: int) -> None:
    head = book.add_format({"bold": True, "bg_color": "#e6f2ec", "text_wrap": True, "border": 1})
    needed = book.add_format({"bold": True, "bg_color": "#bfe0cf", "text_wrap": True, "border": 1})
    free = book.add_format({"text_wrap": True, "valign": "top"})
    grey = book.add_format(
        {"italic": True, "font_color": "#6b6b6b", "text_wrap": True, "valign": "top"}
    )
    sheet = book.add_worksheet(form.name)
    for place, column in enumerate(form.columns):
        sheet.set_column(place, place, column.width, free)
        sheet.write(0, place, column.heading, needed if column.needed else head)
        sheet.write(1, place, column.example, grey)
        if column.hint:
            sheet.write_comment(0, place, column.hint)
        source: Any = None
        if column.key == "unit" and units:
            source = f"=Unit!$A$2:$A${units + 1}"
        elif column.key == "service":
            name = xl_col_to_name(_place(SERVICES, "name"))
            source = f"=Layanan!${name}$3:${name}${ROWS}"
        elif column.choices:
            source = list(column.choices)
        if source is not None:
            # A code may stand for the name, and “3 hari kerja” for both cells: reading decides.
            rule = {"validate": "list", "source": source, "show_error": False}
            sheet.data_validation(2, place, ROWS, place, rule)
    sheet.freeze_panes(1, 3 if form is SERVICES else 1)


def _place(form: SheetForm, key: str) -> int:
    return next(place for place, column in enumerate(form.columns) if column.key == key)


def _write_units(book: Any, units: Iterable[Organisation]) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#e6f2ec", "border": 1})
    sheet = book.add_worksheet("Unit")
    sheet.write_row(0, 0, ("Kode unit", "Nama unit"), bold)
    for row, unit in enumerate(units, start=1):
        sheet.write_row(row, 0, (unit.code, unit.name))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.freeze_panes(1, 0)
