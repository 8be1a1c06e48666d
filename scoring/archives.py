"""Going through an archive from outside: to its real end, whatever it states about itself."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator

DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError,
)  # fmt: skip
"""What zipfile raises where the bytes do not hold together; a RuntimeError also where they are
locked, or packed in a way that it does not know."""

_CHUNK = 1 << 20


def chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part, a piece of at most one MiB after the other."""
    # The stated size may lie; with this one the reader goes on to the real end.
    part.file_size = 1 << 62
    with archive.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk
