"""Workbooks and Word documents of standards as clerks send them, for the tests of the import."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import docx
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hijau.services.actions.imports import import_standards
from hijau.services.importing.rows import Wanted
from hijau.services.importing.template import SHEETS
from hijau.services.importing.word_tables import read_standards
from hijau.services.importing.workbook import read_workbook
from scoring.workbook.faults import BadWorkbook
from tests.cast import Cast
from tests.test_evidence import docx as plain_docx

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
