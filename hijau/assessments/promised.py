"""Papers of a unit's promise that prove something: decrees, charters, public consultations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hijau.assessments.models import Edition
from hijau.files.models import StoredFile
from hijau.organisation.models import Organisation
from hijau.services.models import (
    Attachment,
    AttachmentKind,
    Charter,
    CharterStage,
    Stage,
    Standard,
)

KINDS = {
    AttachmentKind.ATTENDANCE: "undangan-daftar-hadir",
    AttachmentKind.MINUTES: "berita-acara-fkp",
    AttachmentKind.PHOTO: "foto-kegiatan",
    AttachmentKind.OTHER: "laporan-fkp",
}


@dataclass(frozen=True)
class Offered:
    """A file of the promise that is not in the vault yet, and what it would be there."""

    file: StoredFile
    kind: str
    title: str
    number: str = ""
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None


def offered(unit: Organisation) -> list[Offered]:
    """What a unit may take into its vault, with three queries and one for what is there."""
    found = [
        Offered(
            one.decree,
            "sk-standar-pelayanan",
            f"SK standar pelayanan: {one.service.name}",
            one.decree_number,
            one.decreed_on,
            one.valid_until,
        )
        for one in Standard.objects.with_names()
        .filter(service__unit=unit, decree__isnull=False)
        .exclude(stage=Stage.SUPERSEDED)
        if one.decree
    ]
    found += [
        Offered(one.decree, "maklumat", "Maklumat pelayanan", one.decree_number, one.decreed_on)
        for one in Charter.objects.filter(unit=unit, decree__isnull=False)
        .exclude(stage=CharterStage.SUPERSEDED)
        .select_related("decree")
        if one.decree
    ]
    found += [
        Offered(
            one.file,
            KINDS[AttachmentKind(one.kind)],
            f"{one.get_kind_display()}: {one.consultation.subject}"[:200],
            issued_on=one.consultation.held_on,
        )
        for one in Attachment.objects.filter(consultation__unit=unit).select_related(
            "file", "consultation"
        )
    ]
    there = set(
        Edition.objects.filter(document__unit=unit, file__in=[one.file for one in found])
        .values_list("file", flat=True)
    )  # fmt: skip
    return [one for one in found if one.file.pk not in there]
