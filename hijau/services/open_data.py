"""What is published, as data: the same for the portal, for downloads and for frozen copies."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from hijau.organisation.models import Organisation
from hijau.services.components import DELIVERY
from hijau.services.models import Standard

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def row_of(standard: Standard) -> dict[str, Any]:
    """One published standard: its service, its decree, the six components that are published."""
    service, content = standard.service, standard.content
    return {
        "kode": service.code,
        "layanan": service.name,
        "jenis": service.nature,
        "penjelasan": service.about,
        "unit": service.unit.name,
        "kode_unit": service.unit.code,
        "versi": standard.number,
        "nomor_sk": standard.decree_number,
        "tanggal_sk": standard.decreed_on.isoformat() if standard.decreed_on else None,
        "berlaku_mulai": standard.valid_from.isoformat() if standard.valid_from else None,
        "berlaku_sampai": standard.valid_until.isoformat() if standard.valid_until else None,
        "diterbitkan": standard.published_on.isoformat() if standard.published_on else None,
        "data_contoh": service.is_example,
        **{code.replace("-", "_"): content.get(code) for code in DELIVERY},
    }


def catalogue(government: Organisation) -> list[dict[str, Any]]:
    """Everything that the government has published, by code."""
    found = (
        Standard.objects.published()
        .filter(service__government=government)
        .with_names()
        .order_by("service__code")
    )
    return [row_of(standard) for standard in found]


def frozen(government: Organisation, number: int, told: list[dict[str, Any]]) -> str:
    """The text of a frozen copy; the same data give the same bytes."""
    return json.dumps(
        {
            "pemerintah_daerah": government.name,
            "kode": government.code,
            "salinan": number,
            "dibekukan": timezone.now().isoformat(timespec="seconds"),
            "lisensi": LICENCE,
            "layanan": told,
        },
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    )
