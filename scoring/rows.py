"""Rows of text cells from a CSV, XLSX or Parquet file, or a sentence saying why not.

Every cell comes out as text that holds its number exactly, so what follows needs one rule only.
A row's number is the one a person sees in a spreadsheet: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import glob
import itertools
import math
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from scoring.archives import DAMAGED, chunks
from scoring.numbers import format_exact

MAX_CSV_BYTES = 200_000_000
MAX_XLSX_BYTES = 50_000_000
MAX_XLSX_EXPANDED = 500_000_000
MAX_XLSX_CELLS = 20_000_000
"""A sheet is read into one rectangle; a lone cell at its far corner must not fill the memory."""

Row = tuple[int, list[str]]

TOO_LARGE = (
    "Simpan sebagai CSV atau Parquet dan hitung dengan --engine duckdb, yang tidak memuat "
    "seluruh berkas ke memori."
)


class BadTable(ValueError):
    """A table that cannot be used; the sentence names file, row, column and cure."""


def bad_table(
    path: Path, sentence: str, *, row: int | None = None, column: str | None = None
) -> BadTable:
    """The error for one place in a file, worded the same everywhere."""
    where = path.name
    if row is not None:
        where += f", baris {row}"
    if column is not None:
        where += f", kolom “{column}”"
    return BadTable(f"{where}: {sentence}")


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, the header first. Raises BadTable, also half-way."""
    if path.is_dir():
        raise bad_table(path, "Ini folder. Sebutkan satu berkas CSV, XLSX atau Parquet.")
    if not path.exists():
        raise bad_table(path, "Berkas tidak ditemukan. Periksa nama dan foldernya.")
    if not path.is_file():
        raise bad_table(path, "Ini bukan berkas biasa. Simpan datanya sebagai berkas dahulu.")
    readers = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise bad_table(path, "Jenis berkas tidak dikenal. Pakai berkas .csv, .xlsx atau .parquet.")
    try:
        if path.stat().st_size == 0:
            raise bad_table(path, "Berkas kosong. Isi judul kolom dan sekurangnya satu baris.")
        yield from reader(path)
    except OSError as error:
        reason = error.strerror or "gangguan perangkat"
        raise bad_table(path, f"Berkas tidak dapat dibaca ({reason}). Periksa izinnya.") from error


# ---- CSV ---------------------------------------------------------------------------------------


def _csv(path: Path) -> Iterator[Row]:
    if path.stat().st_size > MAX_CSV_BYTES:
        raise bad_table(path, f"Berkas melebihi {MAX_CSV_BYTES // 10**6} MB. {TOO_LARGE}")
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _text_lines(file, path)
            first = next(lines, "")
            delimiter = delimiter_of(first, path)
            reader = csv.reader(_chain(first, lines), delimiter=delimiter, strict=True)
            for cells in reader:
                yield number, cells
                number += 1
    except UnicodeDecodeError as error:
        sentence = "Bukan teks UTF-8. Simpan ulang sebagai “CSV UTF-8”."
        raise bad_table(path, sentence, row=_undecodable_row(path)) from error
    except csv.Error as error:
        sentence = (
            f"Susunan CSV rusak ({error}). Periksa tanda kutip pada baris ini, atau simpan ulang."
        )
        raise bad_table(path, sentence, row=number) from error


def _chain(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _text_lines(file: Iterator[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        if "\0" in line:
            sentence = "Ini berkas biner, bukan CSV. Simpan ulang sebagai “CSV UTF-8”."
            raise bad_table(path, sentence, row=number)
        yield line


def _undecodable_row(path: Path) -> int:
    """The line of the first byte that is no UTF-8; the decoder itself counts from its buffer."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        return 1 + sum(1 for _ in itertools.takewhile(lambda line: _decodes(decoder, line), file))


def _decodes(decoder: codecs.IncrementalDecoder, line: bytes) -> bool:
    try:
        decoder.decode(line)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(header: str, path: Path) -> str:
    """The one separator that the header uses; a header with two kinds is refused."""
    outside = re.sub(r'"[^"]*"', "", header)
    found = [mark for mark in ",;\t" if mark in outside]
    if len(found) > 1:
        sentence = "Pemisah kolom tidak jelas. Pakai satu jenis saja: koma, titik koma, atau tab."
        raise bad_table(path, sentence, row=1)
    return found[0] if found else ","


# ---- XLSX --------------------------------------------------------------------------------------

_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d{1,8})["']""")
_ERROR_CELL = re.compile(rb"""<c\b[^>]*\bt=["']e["'][^>]*>""")


def _xlsx(path: Path) -> Iterator[Row]:
    if path.stat().st_size > MAX_XLSX_BYTES:
        raise bad_table(path, f"Berkas melebihi {MAX_XLSX_BYTES // 10**6} MB. {TOO_LARGE}")
    _check_archive(path)
    rows = _sheet(path)
    header = [_excel_text(cell, path, 1, str(i)) for i, cell in enumerate(next(rows, []), 1)]
    yield 1, header
    for number, cells in enumerate(rows, start=2):
        yield (
            number,
            [
                _excel_text(cell, path, number, name)
                for cell, name in zip(cells, header, strict=True)
            ],
        )


def _sheet(path: Path) -> Iterator[list[Any]]:
    """The first sheet from its cell A1 on."""
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the Rust library is no Exception
        sentence = "Buku kerja Excel rusak atau terkunci. Simpan ulang tanpa kata sandi."
        raise bad_table(path, sentence) from error
    yield from rows


def _check_archive(path: Path) -> None:
    """Refuse an archive that grows too large, whatever sizes it states about itself."""
    expanded, rows, columns = 0, 0, 0
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                tail = b""
                for chunk in chunks(archive, info):
                    expanded += len(chunk)
                    if expanded > MAX_XLSX_EXPANDED:
                        size = MAX_XLSX_EXPANDED // 10**6
                        sentence = f"Isi berkas mengembang melebihi {size} MB. {TOO_LARGE}"
                        raise bad_table(path, sentence)
                    for letters, digits in _REFERENCE.findall(tail + chunk):
                        rows = max(rows, int(digits))
                        columns = max(columns, _column_number(letters))
                    _refuse_error_cell(tail + chunk, path)
                    tail = chunk[-256:]
    except DAMAGED as error:
        sentence = "Bukan buku kerja Excel (.xlsx) yang utuh. Simpan ulang dari Excel atau Calc."
        raise bad_table(path, sentence) from error
    if rows * columns > MAX_XLSX_CELLS:
        sentence = (
            f"Lembar ini membentang {rows} baris × {columns} kolom. Hapus sel yang jauh di luar "
            f"tabel. {TOO_LARGE}"
        )
        raise bad_table(path, sentence)


def _refuse_error_cell(xml: bytes, path: Path) -> None:
    """The reader would hand over #N/A and #DIV/0! as empty cells, as if nobody had answered."""
    found = _ERROR_CELL.search(xml)
    if found is None:
        return
    place = _REFERENCE.search(found[0])
    letters, digits = (place[1].decode(), int(place[2])) if place else ("?", None)
    sentence = "Sel ini berisi galat Excel seperti #N/A atau #DIV/0!. Isi angkanya atau kosongkan."
    raise bad_table(path, sentence, row=digits, column=letters)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _excel_text(cell: object, path: Path, row: int, column: str) -> str:
    match cell:
        case bool():
            kind = "nilai benar/salah"
        case str():
            return cell
        case int() | float():
            return _float_text(cell)
        case _:
            kind = "tanggal atau waktu"
    sentence = f"Sel ini berisi {kind}. Ubah format selnya menjadi angka, lalu tulis ulang."
    raise bad_table(path, sentence, row=row, column=column)


def _float_text(value: float) -> str:
    """The shortest decimal that stands for this float: what a person typed into the cell."""
    return format_exact(Fraction(repr(value))) if math.isfinite(value) else repr(value)


# ---- Parquet -----------------------------------------------------------------------------------

_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")


def _parquet(path: Path) -> Iterator[Row]:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(config=settings) as connection:
            name = glob.escape(str(path))
            found = connection.execute("SELECT * FROM read_parquet(?)", [name])
            header = [column[0] for column in found.description]
            check_types(header, [str(column[1]) for column in found.description], path)
            yield 1, header
            number = 1
            while batch := found.fetchmany(10_000):
                for cells in batch:
                    number += 1
                    yield number, [parquet_text(cell) for cell in cells]
    except duckdb.Error as error:
        sentence = "Bukan berkas Parquet yang utuh. Buat ulang berkasnya."
        raise bad_table(path, sentence) from error


def check_types(header: list[str], types: list[str], path: Path) -> None:
    for column, kind in zip(header, types, strict=True):
        known = kind in ("VARCHAR", "DOUBLE") or kind.startswith("DECIMAL")
        if not known and not _WHOLE.fullmatch(kind):
            sentence = (
                f"Jenis {kind} tidak dipakai di sini. Simpan sebagai bilangan bulat, DECIMAL, "
                "DOUBLE atau teks."
            )
            raise bad_table(path, sentence, row=1, column=column)


def parquet_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case float():
            return _float_text(cell)
        case Decimal():
            return format(cell, "f")
        case _:
            return str(cell)
