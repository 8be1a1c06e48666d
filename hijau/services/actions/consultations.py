"""A public consultation (FKP) is called, reported, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.audit import book
from hijau.files.intake import examine, keep
from hijau.lib.refused import Refused
from hijau.lib.seen import must_be_as_seen
from hijau.organisation.models import Organisation
from hijau.services.models import (
    Attachment,
    AttachmentKind,
    Consultation,
    Group,
    Stage,
    Standard,
)

book.declare(
    consultation_called=gettext_lazy("Forum konsultasi publik diundang"),
    consultation_reported=gettext_lazy("Hasil forum konsultasi publik dicatat"),
    consultation_closed=gettext_lazy("Forum konsultasi publik ditutup"),
    attachment_added=gettext_lazy("Lampiran forum konsultasi publik ditambahkan"),
)


REPORTED = ("attended", "minutes", "changes")


def call_consultation(
    unit: Organisation,
    *,
    subject: str,
    held_on: dt.date,
    where: str,
    invited: Collection[Group],
    standards: Collection[Standard],
    by: User | None,
    is_example: bool = False,
) -> Consultation:
    """Call a forum on the drafts of a unit; they are in consultation from now on."""
    with book.recorded("consultation.called", unit, by=by, groups=len(invited)) as record:
        if not invited:
            raise Refused(_("Pilih unsur masyarakat yang diundang."))
        if any(standard.service.unit_id != unit.pk for standard in standards):
            raise Refused(_("Standar yang dibahas harus milik unit ini."))
        called = Consultation.objects.create(
            unit=unit,
            subject=subject.strip(),
            held_on=held_on,
            where=where.strip(),
            invited=[group.value for group in Group if group in invited],
            is_example=is_example,
        )
        called.standards.set(standards)
        Standard.objects.filter(
            pk__in=[standard.pk for standard in standards], stage=Stage.DRAFT
        ).update(stage=Stage.CONSULTATION)
        record.details["consultation"] = called.pk
        return called


def report_consultation(
    consultation: Consultation,
    *,
    attended: Mapping[Group, int],
    minutes: str,
    changes: str,
    by: User | None,
    seen: str | None = None,
) -> None:
    """Write down who came (by group, without names), what was said, what changed because of it."""
    with book.recorded("consultation.reported", consultation, by=by):
        if consultation.held_on > timezone.localdate():
            raise Refused(_("Forum ini belum berlangsung. Catat hasilnya sesudahnya."))
        must_be_as_seen(Consultation.objects.get(pk=consultation.pk), seen, *REPORTED)
        current = Consultation.objects.filter(pk=consultation.pk, is_closed=False)
        if not current.update(
            attended={group.value: count for group, count in attended.items() if count},
            minutes=minutes.strip(),
            changes=changes.strip(),
        ):
            raise Refused(_("Forum ini sudah ditutup; catatannya tidak berubah lagi."))
        consultation.refresh_from_db()


def attach_to_consultation(
    consultation: Consultation, kind: AttachmentKind, upload: UploadedFile, *, by: User
) -> Attachment:
    """Add the attendance list, the minutes, a photograph."""
    seen = examine(upload)
    with book.recorded("attachment.added", consultation, by=by, kind=str(kind)) as record:
        if not Consultation.objects.filter(pk=consultation.pk, is_closed=False).exists():
            raise Refused(_("Forum ini sudah ditutup; catatannya tidak berubah lagi."))
        file = keep(seen, consultation.unit.root, by=by)
        record.details["sha256"] = file.sha256
        return Attachment.objects.create(consultation=consultation, kind=kind, file=file)


def close_consultation(consultation: Consultation, *, by: User | None) -> None:
    """End a forum. Refused while it does not say who came and what changed because of it."""
    with book.recorded("consultation.closed", consultation, by=by):
        now = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if now.is_closed:
            raise Refused(_("Forum ini sudah ditutup."))
        if not now.attended or not now.minutes:
            raise Refused(_("Isi dahulu jumlah yang hadir dan notulanya."))
        if not now.changes:
            raise Refused(
                _("Tulis apa yang berubah karena forum ini; bila tidak ada, tulis alasannya.")
            )
        now.is_closed = True
        now.save(update_fields=["is_closed"])
        consultation.refresh_from_db()
