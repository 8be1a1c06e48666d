"""An upload becomes rows, by what its content is; and the preview carries them to the import."""

from __future__ import annotations

import io
import json
import secrets
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from hijau.accounts.models import User
from hijau.files.intake import clean_name, sniff
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.services.importing.planning import Planned
from hijau.services.importing.rows import Reading, Wanted
from hijau.services.importing.word_tables import read_standards
from hijau.services.importing.workbook import read_workbook

LOCKED = b"\xd0\xcf\x11\xe0"
HOURS = 4
MOST_SERVICES = 2000
"""In one file; what a person can still look through before agreeing to it."""


def read_upload(
    upload: UploadedFile, units: Iterable[Organisation], unit: Organisation | None
) -> Reading:
    """The services of a workbook or of a Word document.

    A row of a workbook names its unit; a Word document is for `unit`. Refused, or BadWorkbook with
    every fault.
    """
    name, size = clean_name(upload.name or ""), upload.size or 0
    if not size:
        raise Refused(_("Berkas “%s” kosong. Pilih berkas yang benar.") % name)
    if size > settings.FILE_LIMIT:
        raise Refused(
            _("Berkas “%(name)s” berukuran %(size)d MB. Batasnya %(limit)d MB; perkecil dahulu.")
            % {"name": name, "size": -(-size // 2**20), "limit": settings.FILE_LIMIT // 2**20}
        )
    reading = _read(upload, name, units, unit)
    if len(reading.rows) > MOST_SERVICES:
        raise Refused(
            _(
                "Berkas ini memuat %(n)d layanan; paling banyak %(most)d sekali impor. Bagi "
                "berkasnya."
            )
            % {"n": len(reading.rows), "most": MOST_SERVICES}
        )
    return reading


def _read(
    upload: UploadedFile, name: str, units: Iterable[Organisation], unit: Organisation | None
) -> Reading:
    kind = sniff(upload) or ""
    if kind.endswith("spreadsheetml.sheet"):
        codes = {one.code.casefold(): one.pk for one in units}
        return read_workbook(io.BytesIO(upload.read()), codes, unit.pk if unit else None)
    if kind.endswith("wordprocessingml.document"):
        if unit is None:
            raise Refused(_("Pilih unit yang memberi layanan dalam dokumen Word ini."))
        return read_standards(io.BytesIO(upload.read()), unit.pk)
    raise Refused(_why_not(upload, name, kind))


def _why_not(upload: UploadedFile, name: str, kind: str) -> str:
    upload.seek(0)
    head = upload.read(8)
    if kind == "application/pdf" or head.startswith(b"%PDF"):
        return _(
            "PDF tidak dapat diimpor, karena tabelnya hanya tersimpan sebagai letak huruf. Kirim "
            "berkas Word asalnya, atau isi templat Excel."
        )
    if head.startswith(LOCKED):
        return (
            _(
                "Berkas “%s” terkunci kata sandi, atau masih .doc atau .xls lama. Buka, lepaskan "
                "kuncinya, dan simpan sebagai .docx atau .xlsx."
            )
            % name
        )
    return (
        _(
            "Isi berkas “%s” tidak dikenal atau tidak utuh. Kirim templat Excel (.xlsx) atau "
            "dokumen Word (.docx) tanpa makro."
        )
        % name
    )


# ---- From the preview to the import --------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """What a preview showed, as it comes back."""

    rows: tuple[Wanted, ...]
    seen: list[list[Any]]


def _place(user: User) -> str:
    return f"standards-preview-{user.pk}"


def keep(planned: Sequence[Planned], user: User) -> str:
    """Keep what a preview shows until the person agrees to it; gives the token that names it.

    Hundreds of standards are more than a form may carry back. One preview is kept for each person,
    for some hours; a newer one takes its place.
    """
    token = secrets.token_urlsafe(16)
    told = {
        "token": token,
        "rows": [one.wanted.kept() for one in planned],
        "seen": [one.seen for one in planned],
    }
    cache.set(_place(user), zlib.compress(json.dumps(told).encode()), HOURS * 60 * 60)
    return token


def kept(token: str, user: User) -> Kept:
    """What was kept. Refused when it is gone, or is not what was shown to this person."""
    packed = cache.get(_place(user))
    told: dict[str, Any] = json.loads(zlib.decompress(packed)) if packed else {"token": ""}
    if not told["token"] or not secrets.compare_digest(told["token"].encode(), token.encode()):
        raise Refused(
            _("Pratinjau ini sudah kedaluwarsa atau diganti yang baru. Unggah berkasnya lagi.")
        )
    return Kept(tuple(Wanted(**row) for row in told["rows"]), told["seen"])


def forget(user: User) -> None:
    """The preview was taken in."""
    cache.delete(_place(user))
