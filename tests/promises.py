"""A whole standard, and the way to its publication, for the tests of the promise."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from hijau.organisation.models import Organisation
from hijau.services import actions
from hijau.services.models import Nature, Service, Standard
from tests.cast import Cast

WHOLE: dict[str, Any] = {
    "persyaratan": ["Kartu keluarga asli", "Surat keterangan hilang dari kepolisian"],
    "prosedur": [
        {"step": "Pemohon menyerahkan berkas", "who": "Petugas loket", "amount": 10, "unit": "minutes"},
        {"step": "Operator mencetak kartu", "who": "Operator", "amount": None, "unit": ""},
    ],
    "jangka-waktu": {"amount": 3, "unit": "workdays", "note": "sejak berkas lengkap"},
    "biaya": {"free": True, "rows": [], "basis": "UU 24/2013"},
    "produk": "KTP-el",
    "pengaduan": [{"channel": "SP4N-LAPOR!", "address": "lapor.go.id"}],
    "dasar-hukum": ["UU 25/2009"],
    "sarana": ["Ruang tunggu"],
    "kompetensi": ["Terlatih melayani"],
    "pengawasan": ["Oleh atasan langsung"],
    "jumlah-pelaksana": {"number": 4, "needed": 5, "note": ""},
    "jaminan-pelayanan": ["Diselesaikan hari itu bila terlambat"],
    "jaminan-keamanan": ["Data disimpan aman"],
    "evaluasi-kinerja": ["Setiap semester"],
}  # fmt: skip


def service(
    cast: Cast, unit: Organisation | None = None, name: str = "Penerbitan KTP-el"
) -> Service:
    return actions.add_service(
        unit or cast.disdukcapil, name, Nature.ADMINISTRATION, everyday="bikin ktp", by=cast.officer
    )


def drafted(cast: Cast, of: Service | None = None, **other: Any) -> Standard:
    content = WHOLE | {code.replace("_", "-"): value for code, value in other.items()}
    return actions.draft_standard(of or service(cast), content=content, by=cast.officer)


def decree(standard: Standard, cast: Cast, number: str = "12/SP/2026", **other: Any) -> Standard:
    today = timezone.localdate()
    given: dict[str, Any] = {
        "number": number, "decreed_on": today, "valid_from": today, "valid_until": None,
        "decree": None, "by": cast.officer,
    }  # fmt: skip
    actions.decree_standard(standard, **given | other)
    return standard


def published(cast: Cast, of: Service | None = None, **other: Any) -> Standard:
    standard = decree(drafted(cast, of, **other), cast)
    actions.publish_standard(standard, by=cast.officer)
    return standard


def later(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)
