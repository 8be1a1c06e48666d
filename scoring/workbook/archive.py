"""Opening a workbook from outside: bounded in size, without macros, its values and its formulas."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from xlsxwriter.utility import xl_cell_to_rowcol

from scoring.archives import DAMAGED, chunks
from scoring.workbook.faults import BadWorkbook, Fault

MAX_BYTES = 20_000_000
MAX_EXPANDED = 100_000_000
MAX_PARTS = 500
MAX_CELLS = 2_000_000
"""A sheet is read into one rectangle; a lone cell at its far corner must not fill the memory."""

NOT_WHOLE = "Bukan buku kerja Excel (.xlsx) yang utuh. Simpan ulang dari Excel atau Calc."
MACROS = (
    "Buku kerja ini memuat makro, yang tidak dijalankan dan tidak diterima di sini. Simpan sebagai "
    "“Buku Kerja Excel (.xlsx)” tanpa makro, lalu unggah lagi."
)
_OLE = b"\xd0\xcf\x11\xe0"
_MACRO_PART = re.compile(r"vbaProject|vbaData|/macrosheets/|/dialogsheets/|activeX", re.IGNORECASE)
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)


def _no(sentence: str, sheet: str = "", cell: str = "") -> BadWorkbook:
    return BadWorkbook([Fault(sheet, cell, sentence)])


@dataclass
class Marks:
    """What the values do not tell: which cells hold formulas, and which hold Excel's errors."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)


class Archive:
    """A workbook that was looked over; nothing in it is run. Raises BadWorkbook."""

    def __init__(self, file: BinaryIO | Path) -> None:
        self.data = _bytes(file)
        self.parts = self._checked()

    def _checked(self) -> dict[str, bytes]:
        """The parts that are read here, once all of them were unpacked within bounds."""
        if self.data[:4] == _OLE:
            raise _no(
                "Berkas ini terkunci kata sandi atau masih .xls lama. Buka kuncinya dan simpan "
                "sebagai .xlsx."
            )
        kept, expanded = {}, 0
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                if len(archive.infolist()) > MAX_PARTS:
                    raise _no(f"Berkas ini terdiri atas lebih dari {MAX_PARTS} bagian. {NOT_WHOLE}")
                for info in archive.infolist():
                    name = info.filename
                    if _MACRO_PART.search(name):
                        raise _no(MACROS)
                    content = io.BytesIO()
                    for chunk in chunks(archive, info):
                        expanded += len(chunk)
                        if expanded > MAX_EXPANDED:
                            size = MAX_EXPANDED // 10**6
                            raise _no(
                                f"Isi berkas mengembang melebihi {size} MB, jadi tidak dibuka. "
                                "Salin isiannya ke buku kerja baru dari Hijau."
                            )
                        if name.endswith((".xml", ".rels")):
                            content.write(chunk)
                    if name.endswith((".xml", ".rels")):
                        kept[name] = content.getvalue()
        except DAMAGED as e:
            raise _no(NOT_WHOLE) from e
        if "[Content_Types].xml" not in kept or "xl/workbook.xml" not in kept:
            raise _no(NOT_WHOLE)
        if _MACRO_TYPE.search(kept["[Content_Types].xml"]):
            raise _no(MACROS)
        return kept

    # -- values

    @cached_property
    def _book(self) -> Any:
        import python_calamine

        try:
            return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # a panic of the Rust library is no Exception
            raise _no(NOT_WHOLE) from error

    @property
    def sheets(self) -> list[str]:
        """The sheets with cells, in their order; charts have none."""
        names = list(self._book.sheet_names)
        return [name for name in names if "worksheets" in self._paths.get(name, "")]

    def values(self, sheet: str) -> list[list[Any]]:
        """The rows of a sheet from its cell A1 on."""
        self.marks(sheet)  # refuses one that spans too far, before it is laid out
        try:
            rows: list[list[Any]] = self._book.get_sheet_by_name(sheet).to_python(
                skip_empty_area=False
            )
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:
            raise _no(NOT_WHOLE, sheet) from error
        return rows

    # -- formulas

    @cached_property
    def _paths(self) -> Mapping[str, str]:
        """The part of each sheet by its name."""
        targets: dict[str, str] = {}
        sheets: dict[str, str] = {}

        def relation(name: str, attributes: Mapping[str, str]) -> None:
            if name == "Relationship":
                target = attributes.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                targets[attributes.get("Id", "")] = posixpath.normpath(path)

        def sheet(name: str, attributes: Mapping[str, str]) -> None:
            if name == "sheet":
                ids = [v for key, v in attributes.items() if key.rpartition("|")[2] == "id"]
                sheets[attributes.get("name", "")] = ids[0] if ids else ""

        _walk(self.parts.get("xl/_rels/workbook.xml.rels", b"<x/>"), relation)
        _walk(self.parts["xl/workbook.xml"], sheet)
        return {name: targets.get(number, "") for name, number in sheets.items()}

    def marks(self, sheet: str) -> Marks:
        """Where the sheet holds formulas and errors. Refuses a sheet that spans too far."""
        found = self._marks.get(sheet)
        if found is not None:
            return found
        marks, here = Marks(), [(0, 0)]
        ends = [0, 0]

        def element(name: str, attributes: Mapping[str, str]) -> None:
            if name == "c":
                place = attributes.get("r", "A1")
                try:
                    here[0] = xl_cell_to_rowcol(place)
                except (AttributeError, ValueError) as error:
                    raise _no(NOT_WHOLE, sheet) from error
                ends[0], ends[1] = max(ends[0], here[0][0]), max(ends[1], here[0][1])
                if attributes.get("t") == "e":
                    marks.errors.add(here[0])
            elif name == "f":
                marks.formulas.add(here[0])

        content = self.parts.get(self._paths.get(sheet, ""))
        if content is None:
            raise _no(NOT_WHOLE, sheet)
        _walk(content, element)
        rows, columns = ends[0] + 1, ends[1] + 1
        if rows * columns > MAX_CELLS:
            raise _no(
                f"Lembar ini membentang {rows} baris × {columns} kolom. Hapus sel yang jauh di "
                "luar isian, lalu simpan lagi.",
                sheet,
            )
        self._marks[sheet] = marks
        return marks

    @cached_property
    def _marks(self) -> dict[str, Marks]:
        return {}


def _bytes(file: BinaryIO | Path) -> bytes:
    try:
        if isinstance(file, Path):
            with file.open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)
        else:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "gangguan perangkat"
        raise _no(f"Berkas tidak dapat dibaca ({reason}). Periksa nama dan izinnya.") from error
    if len(data) > MAX_BYTES:
        raise _no(
            f"Berkas melebihi {MAX_BYTES // 10**6} MB. Hapus gambar dan lembar lain, lalu simpan "
            "lagi."
        )
    return data


def _walk(xml: bytes, element: Any) -> None:
    """Call `element` with the local name and attributes of each element; no entities, no DTD."""

    def start(name: str, attributes: dict[str, str]) -> None:
        element(name.rpartition("|")[2], attributes)

    def refuse(*_: object) -> None:
        raise _no(NOT_WHOLE)

    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise _no(NOT_WHOLE) from error
