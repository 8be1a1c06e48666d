"""Looks into one PDF and stops: run apart, so that a hostile file harms only this process.

    python -m hijau.files.pdf_reader look FILE            → pages, script, words (JSON)
    python -m hijau.files.pdf_reader picture FILE PAGE    → the page as a JPEG

PDFium is built without a script engine: nothing in a PDF ever runs here. Exit status 3 says that
the file cannot be read, 4 that it is locked by a password.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zlib

import pypdfium2

from hijau.lib.apart import limit

UNREADABLE, LOCKED = 3, 4
SECONDS, MEMORY, SIZE = 15, 2 * 1024**3, 1024**2
"""It writes no file at all: what it finds goes back through a pipe."""
PAGES_READ = 12
WORDS = 40_000
WIDTH = 1100
"""Pixels across: enough to read a decree on a desk, few enough for a phone."""
UNPACKED = 20 * 1024 * 1024

SCRIPT = re.compile(rb"/S\s*/JavaScript|/S\s*/Launch")
SPELLED = re.compile(rb"#([0-9A-Fa-f]{2})")
"""A letter of a name, written as its number: /J#61vaScript is /JavaScript."""
OBJECTS = re.compile(rb"/ObjStm\b[^>]{0,400}>>\s*stream\r?\n")


def carries_script(data: bytes) -> bool:
    """Whether an action of the file runs a script or starts a program, packed objects included."""
    if _runs(data):
        return True
    for match in OBJECTS.finditer(data):
        try:
            packed = zlib.decompressobj().decompress(data[match.end() :], UNPACKED)
        except zlib.error:
            continue
        if _runs(packed):
            return True
    return False


def _runs(data: bytes) -> bool:
    plain = SPELLED.sub(lambda match: bytes.fromhex(match[1].decode()), data)
    return SCRIPT.search(plain) is not None


def look(path: str) -> None:
    with open(path, "rb") as file:
        data = file.read()
    document = _opened(data)
    words = []
    for number in range(min(len(document), PAGES_READ)):
        text = document[number].get_textpage()
        words.append(text.get_text_bounded()[:WORDS])
    found = {
        "pages": len(document),
        "script": carries_script(data),
        "words": " ".join(words)[:WORDS],
    }
    sys.stdout.write(json.dumps(found))


def picture(path: str, number: int) -> None:
    with open(path, "rb") as file:
        document = _opened(file.read())
    if not 1 <= number <= len(document):
        sys.exit(UNREADABLE)
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(WIDTH / max(width, 1), 3 * WIDTH / max(height, 1), 4)
    image = page.render(scale=scale).to_pil().convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True)
    sys.stdout.buffer.write(out.getvalue())


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        sys.exit(LOCKED if "password" in str(error).lower() else UNREADABLE)
    if not len(document):
        sys.exit(UNREADABLE)
    return document


def work() -> None:
    limit(seconds=SECONDS, memory=MEMORY, size=SIZE)
    if sys.argv[1] == "look":
        look(sys.argv[2])
    else:
        picture(sys.argv[2], int(sys.argv[3]))


if __name__ == "__main__":
    work()
