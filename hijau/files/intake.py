"""Taking a file in: its content is looked at, its name is not believed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import filetype
from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from hijau.accounts.models import User
from hijau.files.handing_out import DOCX, XLSX
from hijau.files.looking import Look, clean_picture, look_into
from hijau.files.models import StoredFile
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from scoring.archives import DAMAGED

ALLOWED = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    DOCX: "DOCX",
    XLSX: "XLSX",
    "application/vnd.oasis.opendocument.text": "ODT",
}
"""What may be attached. Macro workbooks, archives, scripts and pages are not in it."""

UNPACKED_LIMIT = 300 * 1024 * 1024
"""No honest document of the allowed size unpacks to more than this many bytes."""

UNWANTED = ("/", "..", "Basic/", "Scripts/")
"""How the names of parts begin that lead outside, or that are the macros of an ODT."""

TYPES_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Examined:
    """An upload that may be kept: what it is, and its content as it will be kept."""

    name: str
    kind: str
    content: File
    sha256: str
    look: Look | None


def examine(upload: UploadedFile, *, only: str = "") -> Examined:
    """Look at an upload. Refused with a sentence that says what to send instead.

    Opening a PDF takes a while: do it before the transaction, which others wait for. `only`
    narrows what is allowed by the beginning of its kind ("image/").
    """
    name = clean_name(upload.name or "")
    size = upload.size or 0
    if not size:
        raise Refused(_("Berkas “%s” kosong. Pilih berkas yang benar.") % name)
    if size > settings.FILE_LIMIT:
        raise Refused(
            _("Berkas “%(name)s” berukuran %(size)d MB. Batasnya %(limit)d MB; perkecil dahulu.")
            % {
                "name": name,
                "size": -(-size // 2**20),
                "limit": settings.FILE_LIMIT // 2**20,
            }
        )
    kind = sniff(upload)
    if kind is None or (only and not kind.startswith(only)):
        wanted = [word for mime, word in ALLOWED.items() if mime.startswith(only)]
        raise Refused(
            _("Isi berkas “%(name)s” tidak dikenal. Kirim sebagai %(kinds)s.")
            % {"name": name, "kinds": ", ".join(wanted)}
        )
    look = look_into(name, upload) if kind == "application/pdf" else None
    content = clean_picture(name, upload) if kind.startswith("image/") else upload
    return Examined(name, kind, content, hashed(content), look)


def keep(examined: Examined, government: Organisation, *, by: User) -> StoredFile:
    """Write an examined upload to the disk, and its row beside it."""
    stored = StoredFile.objects.create(
        government=government,
        content=examined.content,
        name=examined.name,
        kind=examined.kind,
        size=examined.content.size or 0,
        sha256=examined.sha256,
        by=by,
    )
    stored.look = examined.look
    return stored


def clean_name(name: str) -> str:
    """What the file was called, without folders and without characters that deceive."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    return re.sub(r"\s+", " ", name).strip(" .")[-180:] or "berkas"


def sniff(upload: UploadedFile) -> str | None:
    """The kind of the content, when it is one of those allowed and holds together."""
    upload.seek(0)
    head = upload.read(8192)
    guess = filetype.guess(head)
    kind: str | None = guess.mime if guess else None
    if kind == "application/zip":
        kind = _office_kind(upload)
    upload.seek(0)
    if kind not in ALLOWED:
        return None
    if kind == "application/pdf" and not head.startswith(b"%PDF-"):
        return None
    if "officedocument" in kind or "opendocument" in kind:
        return kind if _holds_together(upload, kind) else None
    return kind


def _office_kind(upload: UploadedFile) -> str | None:
    """Tell office documents apart from a plain archive by their parts."""
    upload.seek(0)
    try:
        names = set(zipfile.ZipFile(upload).namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    for part, word in (
        ("word/document.xml", "wordprocessingml.document"),
        ("xl/workbook.xml", "spreadsheetml.sheet"),
    ):
        if part in names:
            return f"application/vnd.openxmlformats-officedocument.{word}"
    return None


def _holds_together(upload: UploadedFile, kind: str) -> bool:
    """Whether an office document is what it says, carries no macro, and is no bomb."""
    upload.seek(0)
    try:
        archive = zipfile.ZipFile(upload)
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > UNPACKED_LIMIT:
            return False
        if any("vbaProject" in p.filename or p.filename.startswith(UNWANTED) for p in parts):
            return False
        if "opendocument" in kind:
            return "content.xml" in archive.namelist()
        with archive.open("[Content_Types].xml") as contents:
            types = contents.read(TYPES_LIMIT)
    except (*DAMAGED, KeyError, OSError, ValueError):
        return False
    finally:
        upload.seek(0)
    # The list of parts tells a macro that was renamed, and an archive that only looks like one.
    return f"{kind}.main+xml".encode() in types and b"vbaProject" not in types


def hashed(upload: File) -> str:
    """The SHA-256 of the content, read in pieces."""
    digest = hashlib.sha256()
    for piece in _pieces(upload):
        digest.update(piece)
    upload.seek(0)
    return digest.hexdigest()


def _pieces(upload: File) -> Iterator[bytes]:
    upload.seek(0)
    yield from upload.chunks()
