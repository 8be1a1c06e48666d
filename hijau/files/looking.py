"""Looking into what was uploaded: PDFs in a process apart, pictures made anew."""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from hijau.files.models import StoredFile
from hijau.files.pdf_reader import LOCKED
from hijau.lib.apart import run_apart
from hijau.lib.refused import Refused

READER = "hijau.files.pdf_reader"
TIMEOUT = 25
PIXELS = 60_000_000
"""No photograph of an office has more; a picture that claims more is a bomb."""
LONGEST = 2400
"""Pixels on the longest side that are kept: enough to read a decree by."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a PDF was found to hold."""

    pages: int
    words: str


def look_into(name: str, upload: File) -> Look:
    """Open a PDF. Refused when it is damaged, cut off, locked, or carries a script."""
    with _on_disk(upload) as path:
        done = _read("look", path)
    if done.returncode == LOCKED:
        raise Refused(
            _("Berkas “%s” dikunci kata sandi. Simpan ulang tanpa kata sandi, lalu kirim.") % name
        )
    if done.returncode:
        raise Refused(
            _("Berkas “%s” rusak atau terpotong saat dikirim. Periksa, lalu kirim ulang.") % name
        )
    found = json.loads(done.stdout)
    if found["script"]:
        raise Refused(
            _("Berkas “%s” berisi skrip. Cetak ulang ke PDF, lalu kirim hasil cetaknya.") % name
        )
    return Look(found["pages"], found["words"])


def looked_at_again(stored: StoredFile) -> Look | None:
    """What a PDF that is kept holds; None for any other kind."""
    if stored.kind != "application/pdf":
        return None
    with stored.content.open("rb") as content:
        return look_into(stored.name, content)


def page_picture(stored: StoredFile, number: int) -> bytes | None:
    """A page of a PDF, or an image, as a JPEG or PNG; None where there is nothing to show.

    Made once and kept: the content of a stored file never changes.
    """
    if stored.kind.startswith("image/"):
        with stored.content.open("rb") as content:
            return bytes(content.read())
    if stored.kind != "application/pdf":
        return None
    kept = f"pages/{stored.government_id}/{stored.sha256}-{number}.jpg"
    if default_storage.exists(kept):
        with default_storage.open(kept, "rb") as page:
            return bytes(page.read())
    with stored.content.open("rb") as content, _on_disk(content) as path:
        done = _read("picture", path, str(number))
    if done.returncode or not done.stdout:
        return None
    default_storage.save(kept, ContentFile(done.stdout))
    return done.stdout


def clean_picture(name: str, upload: File) -> ContentFile:
    """The picture made anew: no place, no camera, no foreign bytes behind it travel with it.

    Refused when it is damaged, cut off, or too large to be a photograph.
    """
    too_large = Refused(_("Gambar “%s” terlalu besar. Perkecil dahulu.") % name)
    upload.seek(0)
    try:
        image: Image.Image = Image.open(upload)
        if image.width * image.height > PIXELS:
            raise too_large
        kind = image.format or "JPEG"
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused(
            _("Gambar “%s” rusak atau terpotong saat dikirim. Periksa, lalu kirim ulang.") % name
        ) from error
    image = ImageOps.exif_transpose(image)
    image.thumbnail((LONGEST, LONGEST))
    out = io.BytesIO()
    if kind == "PNG":
        image.info.clear()
        image.save(out, "PNG", optimize=True)
    else:
        image.convert("RGB").save(out, "JPEG", quality=88)
    return ContentFile(out.getvalue(), name=name)


def _read(verb: str, path: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    told = [verb, str(path), *more]
    try:
        return run_apart(READER, told, home=str(path.parent), seconds=TIMEOUT)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(told, 1, b"", b"")


@contextmanager
def _on_disk(file: File) -> Iterator[Path]:
    """A path at which the content lies, alone in its folder, for as long as it is needed."""
    file.seek(0)
    with tempfile.TemporaryDirectory(prefix="hijau-") as folder:
        path = Path(folder) / "berkas.pdf"
        with path.open("wb") as copy:
            for piece in file.chunks():
                copy.write(piece)
        yield path
    file.seek(0)
