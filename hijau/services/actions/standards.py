"""A standard is drafted, written, consulted on, decreed, published, reviewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.audit import book
from hijau.files.intake import examine, keep
from hijau.lib.refused import Refused
from hijau.services.components import DELIVERY, Components, Malformed
from hijau.services.models import COMING, IN_FORCE, OPEN, Service, Stage, Standard

book.declare(
    standard_drafted=gettext_lazy("Rancangan standar pelayanan dibuat"),
    standard_written=gettext_lazy("Rancangan standar pelayanan diubah"),
    standard_dropped=gettext_lazy("Rancangan standar pelayanan dibatalkan"),
    standard_consulted=gettext_lazy("Rancangan standar pelayanan dibuka untuk konsultasi publik"),
    standard_decreed=gettext_lazy("Standar pelayanan ditetapkan"),
    standard_reopened=gettext_lazy("Penetapan standar pelayanan dibatalkan"),
    standard_published=gettext_lazy("Standar pelayanan diterbitkan"),
    standard_reviewed=gettext_lazy("Standar pelayanan ditinjau"),
)

YEAR = dt.timedelta(days=365)
"""A standard is looked through at least once a year (monitoring and review, PP 96/2012 art. 33;
the interval follows the yearly review that PEKPPP 4.a.K asks for)."""


def draft_standard(
    service: Service, *, by: User | None, content: Mapping[str, Any] | None = None
) -> Standard:
    """Begin a version: empty, with given content, or as a copy of the one in force."""
    with book.recorded("standard.drafted", service, by=by) as record:
        if not Service.objects.offered().filter(pk=service.pk).exists():
            raise Refused(_("Layanan ini sudah dihentikan."))
        if service.standards.filter(stage__in=COMING).exists():
            raise Refused(_("Masih ada rancangan untuk layanan ini. Lanjutkan yang itu."))
        last = service.standards.first()
        # What was dropped is no beginning, unless there is nothing else.
        begun = service.standards.filter(stage__in=IN_FORCE).first() or last
        given = _components(content if content is not None else (begun.content if begun else {}))
        drafted = Standard.objects.create(
            service=service,
            number=last.number + 1 if last else 1,
            content=given.data(),
            written_by=by,
        )
        service.standards.filter(stage=Stage.PUBLISHED).update(stage=Stage.REVIEW)
        record.details["standard"] = drafted.pk
        return drafted


def _components(content: Mapping[str, Any]) -> Components:
    try:
        return Components.read(content)
    except Malformed as fault:
        raise Refused(str(fault)) from fault


def write_standard(
    standard: Standard, content: Mapping[str, Any], *, by: User, revision: int
) -> None:
    """Write the text anew. Refused when somebody else wrote since it was read."""
    given = _components(content)
    with book.recorded("standard.written", standard, by=by) as record:
        current = Standard.objects.filter(pk=standard.pk, stage__in=OPEN, revision=revision)
        if not current.update(
            content=given.data(),
            revision=F("revision") + 1,
            written_at=timezone.now(),
            written_by=by,
        ):
            standard.refresh_from_db()
            if standard.stage not in OPEN:
                raise Refused(_("Standar ini sudah ditetapkan; isinya tidak berubah lagi."))
            raise Refused(
                _("Rancangan ini sudah diubah orang lain. Muat ulang halaman, lalu isi kembali.")
            )
        record.details["missing"] = list(given.missing)


def drop_draft(standard: Standard, *, by: User) -> None:
    """Give a version up before it is decreed; the one in force stays."""
    with book.recorded("standard.dropped", standard, by=by):
        current = Standard.objects.filter(pk=standard.pk, stage__in=OPEN)
        if not current.update(stage=Stage.SUPERSEDED, superseded_on=timezone.localdate()):
            raise Refused(_("Yang sudah ditetapkan tidak dapat dibatalkan."))
        Standard.objects.filter(service=standard.service, stage=Stage.REVIEW).update(
            stage=Stage.PUBLISHED
        )


def open_consultation(standard: Standard, *, by: User) -> None:
    """Put a draft before the public (FKP). It may still be written on, for that is the purpose."""
    with book.recorded("standard.consulted", standard, by=by):
        current = Standard.objects.filter(pk=standard.pk, stage=Stage.DRAFT)
        if not current.update(stage=Stage.CONSULTATION):
            raise Refused(_("Hanya rancangan yang dapat dibuka untuk konsultasi publik."))


def decree_standard(
    standard: Standard,
    *,
    number: str,
    decreed_on: dt.date,
    valid_from: dt.date,
    valid_until: dt.date | None,
    decree: UploadedFile | None,
    by: User | None,
    revision: int | None = None,
) -> None:
    """Note the decree (SK) by which the head of the unit set it; from now on its text is fixed.

    Refused when the text was written on since `revision`, which is what the decreer has read.
    """
    seen = examine(decree) if decree else None
    with book.recorded("standard.decreed", standard, by=by) as record:
        if decreed_on > timezone.localdate():
            raise Refused(_("Tanggal SK belum tiba. Periksa tanggalnya."))
        if valid_until and valid_until < timezone.localdate():
            raise Refused(_("Masa berlakunya sudah lewat. Periksa tanggalnya."))
        if valid_until and valid_until < valid_from:
            raise Refused(_("Masa berlaku berakhir sebelum dimulai. Periksa keduanya."))
        now = Standard.objects.select_for_update().get(pk=standard.pk)
        if now.stage not in OPEN:
            raise Refused(_("Standar ini sudah ditetapkan."))
        if revision is not None and revision != now.revision:
            raise Refused(
                _("Rancangan ini sudah diubah orang lain. Muat ulang halaman, lalu baca kembali.")
            )
        if lacking := [code for code in now.components.missing if code in DELIVERY]:
            raise Refused(
                _("Komponen yang wajib diumumkan belum terisi: %s.")
                % ", ".join(DELIVERY[code].id.lower() for code in lacking)
            )
        now.stage = Stage.DECREED
        now.decree_number, now.decreed_on = number.strip(), decreed_on
        now.valid_from, now.valid_until = valid_from, valid_until
        if seen and by:
            now.decree = keep(seen, now.service.government, by=by)
        now.save()
        record.details |= {"number": number.strip(), "missing": list(now.components.missing)}
        standard.refresh_from_db()


def reopen_standard(standard: Standard, *, by: User) -> None:
    """Take back a decree that was noted wrongly, before it is published: the text opens again."""
    with book.recorded("standard.reopened", standard, by=by):
        current = Standard.objects.filter(pk=standard.pk, stage=Stage.DECREED)
        if not current.update(
            stage=Stage.DRAFT,
            decree_number="",
            decreed_on=None,
            valid_from=None,
            valid_until=None,
            decree=None,
        ):
            raise Refused(_("Hanya penetapan yang belum diterbitkan yang dapat dibatalkan."))


def publish_standard(standard: Standard, *, by: User | None) -> None:
    """Show it to the public; the version before is superseded, and a year begins to its review."""
    today = timezone.localdate()
    with book.recorded("standard.published", standard, by=by):
        now = Standard.objects.select_for_update().get(pk=standard.pk)
        if now.stage != Stage.DECREED:
            raise Refused(_("Yang diterbitkan ialah standar yang sudah ditetapkan dengan SK."))
        if now.service.ended_on:
            raise Refused(_("Layanan ini sudah dihentikan."))
        if now.valid_from and now.valid_from > today:
            raise Refused(
                _("Standar ini berlaku mulai %s. Terbitkan pada hari itu atau sesudahnya.")
                % now.valid_from.strftime("%d-%m-%Y")
            )
        Standard.objects.filter(service=now.service, stage__in=IN_FORCE).update(
            stage=Stage.SUPERSEDED, superseded_on=today
        )
        now.stage, now.published_on, now.review_by = Stage.PUBLISHED, today, today + YEAR
        now.save(update_fields=["stage", "published_on", "review_by"])
        standard.refresh_from_db()


def confirm_review(standard: Standard, *, note: str, by: User) -> None:
    """It was reviewed and stays as it is: the next review is due in a year."""
    with book.recorded("standard.reviewed", standard, by=by, note_length=len(note.strip())):
        if len(note.strip()) < 10:
            raise Refused(_("Tulis dalam satu kalimat apa yang ditinjau dan hasilnya."))
        if standard.service.standards.filter(stage__in=COMING).exists():
            raise Refused(
                _("Ada rancangan pengganti. Tetapkan atau batalkan dahulu rancangan itu.")
            )
        current = Standard.objects.filter(pk=standard.pk, stage__in=IN_FORCE)
        if not current.update(review_by=timezone.localdate() + YEAR, review_note=note.strip()):
            raise Refused(_("Yang ditinjau ialah standar yang sedang berlaku."))
