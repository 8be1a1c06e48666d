"""A charter is written, decreed, published."""

from __future__ import annotations

import datetime as dt

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
from hijau.services.models import Charter, CharterStage

book.declare(
    charter_written=gettext_lazy("Maklumat pelayanan ditulis"),
    charter_decreed=gettext_lazy("Maklumat pelayanan ditetapkan"),
    charter_reopened=gettext_lazy("Penetapan maklumat pelayanan dibatalkan"),
    charter_published=gettext_lazy("Maklumat pelayanan diterbitkan"),
)

FIRST_WORDS = {
    "promise": "Dengan ini kami menyatakan sanggup menyelenggarakan pelayanan sesuai standar "
    "pelayanan yang telah ditetapkan.",
    "improvement": "Kami melayani sesuai dengan kewajiban kami dan terus-menerus memperbaiki diri.",
    "sanction": "Apabila pelayanan kami tidak sesuai standar, kami bersedia menerima sanksi "
    "menurut peraturan dan/atau memberikan kompensasi.",
}
"""Where a unit begins: the three promises in plain words, for it to make its own."""


PROMISES = tuple(FIRST_WORDS)


def write_charter(
    unit: Organisation,
    *,
    promise: str,
    improvement: str,
    sanction: str,
    by: User | None,
    is_example: bool = False,
    seen: str | None = None,
) -> Charter:
    """Write the coming charter of a unit; what is published stays until the new one is."""
    with book.recorded("charter.written", unit, by=by) as record:
        coming = unit.charters.coming().first()
        if coming is not None and coming.stage != CharterStage.DRAFT:
            raise Refused(_("Maklumat ini sudah ditetapkan; terbitkan dahulu."))
        must_be_as_seen(coming, seen, *PROMISES)
        charter = coming or Charter(unit=unit, is_example=is_example)
        charter.promise, charter.improvement = promise.strip(), improvement.strip()
        charter.sanction = sanction.strip()
        charter.save()
        record.details["charter"] = charter.pk
        return charter


def decree_charter(
    charter: Charter,
    *,
    number: str,
    decreed_on: dt.date,
    decree: UploadedFile | None,
    by: User | None,
    seen: str | None = None,
) -> None:
    """Note its decree. Refused while one of the three promises that the law asks for is missing."""
    looked = examine(decree) if decree else None
    with book.recorded("charter.decreed", charter, by=by):
        if decreed_on > timezone.localdate():
            raise Refused(_("Tanggal penetapan belum tiba. Periksa tanggalnya."))
        now = Charter.objects.select_for_update().get(pk=charter.pk)
        if now.stage != CharterStage.DRAFT:
            raise Refused(_("Maklumat ini sudah ditetapkan."))
        must_be_as_seen(now, seen, *PROMISES)
        if lacking := now.lacking:
            raise Refused(
                _("Maklumat harus memuat ketiga janjinya. Belum ada: %s.") % ", ".join(lacking)
            )
        now.stage = CharterStage.DECREED
        now.decree_number, now.decreed_on = number.strip(), decreed_on
        if looked and by:
            now.decree = keep(looked, now.unit.root, by=by)
        now.save()
        charter.refresh_from_db()


def reopen_charter(charter: Charter, *, by: User) -> None:
    """Take back a decree that was noted wrongly, before it is published."""
    with book.recorded("charter.reopened", charter, by=by):
        current = Charter.objects.filter(pk=charter.pk, stage=CharterStage.DECREED)
        if not current.update(
            stage=CharterStage.DRAFT, decree_number="", decreed_on=None, decree=None
        ):
            raise Refused(_("Hanya penetapan yang belum diterbitkan yang dapat dibatalkan."))


def publish_charter(charter: Charter, *, by: User | None) -> None:
    """Show it on the portal in the place of the one before."""
    with book.recorded("charter.published", charter, by=by):
        now = Charter.objects.select_for_update().get(pk=charter.pk)
        if now.stage != CharterStage.DECREED:
            raise Refused(_("Yang diterbitkan ialah maklumat yang sudah ditetapkan."))
        now.unit.charters.published().update(stage=CharterStage.SUPERSEDED)
        now.stage, now.published_on = CharterStage.PUBLISHED, timezone.localdate()
        now.save(update_fields=["stage", "published_on"])
        charter.refresh_from_db()
