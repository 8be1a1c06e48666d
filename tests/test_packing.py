"""Packs: a ZIP that opens anywhere, can be read without the net, and proves itself."""

from __future__ import annotations

import csv
import io
import re
import string
import subprocess
import tracemalloc
import unicodedata
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from hijau.papers.codes import qr_svg
from hijau.papers.packing import Entry, pack, safe_name

INDEX = [
    {"folder": "1.a.Ak", "Kode": "1.a.Ak", "Indikator": "Standar <b>pelayanan</b>", "Nilai": "4"},
    {"folder": "2.a.P", "Kode": "2.a.P", "Indikator": "=HYPERLINK(\"x\")", "Nilai": "– (belum dijawab)"},
]  # fmt: skip
ENTRIES = [
    Entry("1.a.Ak", "SK Standar Pelayanan.pdf", b"%PDF-1.7 satu"),
    Entry("1.a.Ak", "sk standar pelayanan.PDF", b"%PDF-1.7 dua"),
    Entry("1.a.Ak", "foto & denah #1.jpg", io.BytesIO(b"foto")),
    Entry("", "rapor.pdf", b"%PDF-1.7 rapor"),
]


def packed(**changed: Any) -> bytes:
    for entry in ENTRIES:
        if not isinstance(entry.content, bytes):
            entry.content.seek(0)
    words: dict[str, Any] = {"title": "Puskesmas <Selabatu>", "index": INDEX}
    return read(pack(ENTRIES, **(words | {"checklist": ["Simpan di flashdisk."]} | changed)))


def read(file: IO[bytes]) -> bytes:
    with file:
        return file.read()


def archive_of(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_a_pack_has_a_folder_per_indicator_an_index_and_sums() -> None:
    with archive_of(packed()) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "1.a.Ak/SK Standar Pelayanan.pdf", "1.a.Ak/sk standar pelayanan (2).PDF",
            "1.a.Ak/foto & denah #1.jpg", "rapor.pdf", "INDEKS.html", "INDEKS.csv", "SHA256SUMS",
        ]  # fmt: skip
        assert archive.read("1.a.Ak/foto & denah #1.jpg") == b"foto"


def test_the_sums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    with archive_of(packed()) as archive:
        archive.extractall(tmp_path)

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = check()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK") == 6
    (tmp_path / "rapor.pdf").write_bytes(b"lain")
    assert "rapor.pdf: FAILED" in check().stdout


class Page(HTMLParser):
    """The links, the text and the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_index_opens_without_the_net_and_leads_to_every_file() -> None:
    with translation.override("en"), archive_of(packed()) as archive:
        html, names = archive.read("INDEKS.html").decode(), archive.namelist()
    page = Page(html)
    assert {unquote(link) for link in page.links} == set(names) - {
        "INDEKS.html", "INDEKS.csv", "SHA256SUMS",
    }  # fmt: skip
    assert not page.tags & {"script", "b", "selabatu", "link", "img"}
    assert "Puskesmas <Selabatu>" in page.text
    assert "– (belum ada berkas)" in page.text
    assert "Simpan di flashdisk." in page.text
    assert "Daftar periksa" in page.text
    assert "://" not in re.sub(r"<!doctype[^>]*>", "", html)


def test_the_table_has_a_line_per_file_and_no_formula() -> None:
    with archive_of(packed()) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("INDEKS.csv").decode("utf-8-sig"))))
    assert rows[0] == ["Kode", "Indikator", "Nilai", "berkas", "ukuran", "sha256"]
    assert [row[3] for row in rows[1:]] == [
        "1.a.Ak/SK Standar Pelayanan.pdf", "1.a.Ak/sk standar pelayanan (2).PDF",
        "1.a.Ak/foto & denah #1.jpg", "", "rapor.pdf",
    ]  # fmt: skip
    assert rows[4][1] == '\'=HYPERLINK("x")'
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_the_same_content_gives_the_same_bytes() -> None:
    assert packed() == packed()
    with archive_of(packed()) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\x.exe", "C__Windows_x.exe"),
        ("CON", "_CON"),
        ("com1.pdf", "_com1.pdf"),
        ("laporan?.pdf", "laporan_.pdf"),
        ("a\nb\x00c.pdf", "abc.pdf"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("titik. . .", "titik"),
        ("...", "berkas"),
        ("-rf", "_-rf"),
        ("x" * 300 + ".pdf", "x" * 76 + ".pdf"),
    ],
)
def test_a_name_is_safe_on_every_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.lists(st.tuples(st.text(max_size=120), st.text(max_size=120)), max_size=12))
def test_no_name_leads_outside_or_falls_on_another(names: list[tuple[str, str]]) -> None:
    entries = [Entry(folder, name, b"x") for folder, name in names]
    with archive_of(read(pack(entries, title="Uji", index=[]))) as archive:
        paths = archive.namelist()
    # Windows and macOS take these for one another.
    assert len({unicodedata.normalize("NFC", path).casefold() for path in paths}) == len(paths)
    folders = {path.split("/")[0].casefold() for path in paths if "/" in path}
    assert folders.isdisjoint(path.casefold() for path in paths)
    for path in paths:
        parts = path.split("/")
        assert len(parts) <= 2
        for part in parts:
            assert part not in ("", ".", "..")
            assert not part.endswith((" ", "."))
            assert not set(part) & set('<>:"\\|?*')
            assert all(ord(c) >= 32 for c in part)
            assert len(part) <= 90


def test_a_large_file_streams_through() -> None:
    class Endless(io.RawIOBase):
        left = 60 * 2**20

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return b"\0" * size

    tracemalloc.start()
    result = pack([Entry("1", "besar.bin", Endless())], title="Uji", index=[])
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20
    with result, zipfile.ZipFile(result) as archive:
        assert archive.getinfo("1/besar.bin").file_size == 60 * 2**20


# ---- QR codes ------------------------------------------------------------------------------------


def test_a_code_says_its_address_and_carries_no_markup_of_others() -> None:
    url = 'https://hijau.contoh.go.id/?a=1&b="><script>alert(1)</script>'
    drawn = qr_svg(url)
    assert drawn.startswith("<svg ")
    assert 'role="img"' in drawn
    assert "<title>Kode QR: https://hijau" in drawn
    assert "<script" not in drawn
    assert "style=" not in drawn
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawn)
    assert size is not None
    assert size[1] == size[2]
    assert set(re.sub(r"[^a-z]", "", "".join(re.findall(r' d="([^"]*)"', drawn)).lower())) <= set(
        string.ascii_lowercase
    )


def test_a_code_is_the_one_that_a_telephone_reads() -> None:
    """The squares drawn are those of the code for this address, quiet zone included."""
    import segno

    url = "https://hijau.contoh.go.id/s/1"
    expected = [
        [bool(module) for module in row]
        for row in segno.make(url, error="m", micro=False).matrix_iter(border=4)
    ]
    size = len(expected)
    found = [[False] * size for _row in range(size)]
    path = re.findall(r' d="([^"]*)"', qr_svg(url))[-1]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([mMhv])([^mMhvz]*)", path):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for step in range(int(values[0])):
                found[int(y)][int(x) + step] = True
            x += values[0]
    assert found == expected
