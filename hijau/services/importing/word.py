"""A Word document as paragraphs and tables; nothing in it is run, and nothing outside is read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from hijau.services.importing.words import clean
from scoring.archives import DAMAGED, chunks
from scoring.workbook.faults import BadWorkbook, Fault

LARGEST = 30 * 1024 * 1024
"""What the text of a document may unpack to, in bytes; pictures are not unpacked at all."""
DEEPEST = 8
"""So many tables may stand within each other."""
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main|"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main|"
_SKIPPED = {
    "http://schemas.openxmlformats.org/markup-compatibility/2006|Fallback",
    *(f"{space}{name}" for space in (_WORD, _STRICT) for name in ("del", "moveFrom", "pPrChange")),
}
"""What stands there a second time, or no longer."""
_HEADING = re.compile(r"(heading|judul|title|subtitle|subjudul)\d*", re.IGNORECASE)


@dataclass
class Paragraph:
    """A paragraph; `level` counts from 0 when Word numbers or bullets it."""

    text: str = ""
    level: int | None = None
    is_heading: bool = False


@dataclass
class Cell:
    column: int
    continues: bool = False
    """Whether it is the lower part of a cell that spans several rows."""
    blocks: list[Paragraph | Table] = field(default_factory=list)

    def paragraphs(self) -> Iterator[Paragraph]:
        """Its paragraphs with text; a row of a table within it is one paragraph."""
        for block in self.blocks:
            if isinstance(block, Table):
                yield from (Paragraph(text) for row in block.rows if (text := in_one_line(row)))
            elif block.text:
                yield block

    @property
    def text(self) -> str:
        return "\n".join(one.text for one in self.paragraphs())


@dataclass
class Table:
    rows: list[list[Cell]] = field(default_factory=list)


def in_one_line(row: list[Cell]) -> str:
    """The cells of a row, without the one that only counts."""
    texts = [" ".join(cell.text.split()) for cell in row]
    kept = [text for text in texts if text and not re.fullmatch(r"\d{1,2}\.?|:", text)]
    return " – ".join(kept)


def _no(sentence: str) -> BadWorkbook:
    return BadWorkbook([Fault("", "", sentence)])


def read_document(file: BinaryIO) -> list[Paragraph | Table]:
    """The document from its beginning to its end. Raises BadWorkbook with what to do."""
    broken = _("Berkas Word ini tidak utuh. Buka di Word, simpan sebagai .docx, lalu unggah lagi.")
    try:
        with zipfile.ZipFile(file) as archive:
            part = archive.getinfo("word/document.xml")
            builder = _Builder()
            for chunk in chunks(archive, part):
                builder.feed(chunk)
            return builder.done()
    except (*DAMAGED, KeyError, OSError, ValueError, expat.ExpatError) as error:
        if isinstance(error, BadWorkbook):
            raise
        raise _no(broken) from error


class _Builder:
    """Follows the elements of a document and keeps what a reader sees."""

    def __init__(self) -> None:
        self.blocks: list[Paragraph | Table] = []
        self.into: list[list[Paragraph | Table]] = [self.blocks]
        self.tables: list[Table] = []
        self.columns: list[int] = []
        self.paragraphs: list[tuple[Paragraph, list[str]]] = []
        self.skipped = self.read = 0
        self.in_text = False
        self.parser = expat.ParserCreate(namespace_separator="|")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> None:
        self.read += len(chunk)
        if self.read > LARGEST:
            raise _no(
                _("Isi dokumen ini mengembang melebihi %d MB, jadi tidak dibuka. Bagi dokumennya.")
                % (LARGEST // 2**20)
            )
        self.parser.Parse(chunk, False)

    def done(self) -> list[Paragraph | Table]:
        self.parser.Parse(b"", True)
        return self.blocks

    def _refuse(self, *_ignored: object) -> None:
        raise expat.ExpatError("a document type is declared")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.skipped or name in _SKIPPED:
            self.skipped += 1
            return
        space, _bar, local = name.rpartition("|")
        if f"{space}|" not in (_WORD, _STRICT):
            return
        value = attributes.get(f"{space}|val", "")
        match local:
            case "p":
                self.paragraphs.append((Paragraph(), []))
            case "tbl":
                self._open_table()
            case "tr" if self.tables:
                self.tables[-1].rows.append([])
            case "tc" if self.tables and self.tables[-1].rows:
                self._open_cell()
            case "gridSpan" if self.tables and value.isdecimal():
                self.columns[-1] += min(int(value), 64) - 1
            case "vMerge" if self.tables and value != "restart":
                self._cell.continues = True
            case "t":
                self.in_text = True
            case "tab" | "br" | "cr" | "noBreakHyphen" | "numId" | "ilvl" | "pStyle":
                self._mark(local, value)
            case "outlineLvl" if self.paragraphs and value != "9":
                self.paragraphs[-1][0].is_heading = True

    def _open_table(self) -> None:
        if len(self.tables) >= DEEPEST:
            raise _no(_("Tabel di dokumen ini bersarang terlalu dalam. Sederhanakan tabelnya."))
        table = Table()
        self.into[-1].append(table)
        self.tables.append(table)
        self.columns.append(0)

    def _open_cell(self) -> None:
        row = self.tables[-1].rows[-1]
        if not row:
            self.columns[-1] = 0
        row.append(Cell(self.columns[-1]))
        self.columns[-1] += 1
        self.into.append(row[-1].blocks)

    @property
    def _cell(self) -> Cell:
        rows = self.tables[-1].rows
        return rows[-1][-1] if rows and rows[-1] else Cell(0)

    def _mark(self, local: str, value: str) -> None:
        if not self.paragraphs:
            return
        paragraph, pieces = self.paragraphs[-1]
        match local:
            case "tab":
                pieces.append(" ")
            case "br" | "cr":
                pieces.append("\n")
            case "noBreakHyphen":
                pieces.append("-")
            case "numId":  # 0 takes the number away again
                paragraph.level = None if value == "0" else paragraph.level or 0
            case "ilvl":
                paragraph.level = int(value) if value.isdecimal() else 0
            case "pStyle":
                paragraph.is_heading = bool(_HEADING.fullmatch(value))

    def _end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        space, _bar, local = name.rpartition("|")
        if f"{space}|" not in (_WORD, _STRICT):
            return
        if local == "p" and self.paragraphs:
            paragraph, pieces = self.paragraphs.pop()
            paragraph.text = clean("".join(pieces))
            self.into[-1].append(paragraph)
        elif local == "t":
            self.in_text = False
        elif local == "tc" and len(self.into) > 1:
            self.into.pop()
        elif local == "tbl" and self.tables:
            self.tables.pop()
            self.columns.pop()

    def _characters(self, text: str) -> None:
        if self.in_text and not self.skipped and self.paragraphs:
            self.paragraphs[-1][1].append(text)
