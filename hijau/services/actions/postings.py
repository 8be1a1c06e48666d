"""What stands elsewhere is looked at; what is published here is frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.services.drift import as_shown, normal
from hijau.services.models import Posting, Service, Snapshot, Standard, Where
from hijau.services.open_data import catalogue, frozen

book.declare(
    posting_seen=gettext_lazy("Terbitan standar di tempat lain diperiksa"),
    posting_removed=gettext_lazy("Terbitan standar di tempat lain dihapus dari daftar"),
    snapshot_frozen=gettext_lazy("Salinan data terbuka dibekukan"),
)


def record_posting(
    service: Service,
    where: Where,
    *,
    address: str,
    seen_on: dt.date,
    seen: Mapping[str, Any] | None = None,
    text: str = "",
    by: User | None,
) -> Posting:
    """Note what stands elsewhere: components as they were read, a text, or the same as here.

    With neither `seen` nor `text`, whoever looked confirms that it is what is in force now.
    """
    with book.recorded("posting.seen", service, by=by, where=str(where)) as record:
        if not Service.objects.offered().filter(pk=service.pk).exists():
            raise Refused(_("Layanan ini sudah dihentikan."))
        if seen_on > timezone.localdate():
            raise Refused(_("Tanggal pemeriksaan belum tiba. Periksa tanggalnya."))
        if seen is None and not text.strip():
            standard = Standard.objects.in_force().filter(service=service).first()
            if standard is None:
                raise Refused(_("Layanan ini belum punya standar yang diterbitkan."))
            kept: dict[str, Any] = as_shown(standard)
        else:
            # Kept as it is compared, so that no list has to make it plain again.
            kept = {"normal": normal(text)} if text.strip() else dict(seen or {})
        posting, _new = Posting.objects.update_or_create(
            service=service,
            where=where,
            address=address.strip(),
            defaults={
                "seen_on": seen_on,
                "seen": kept,
                "by": by,
                "at": timezone.now(),
                "removed_on": None,
            },
        )
        record.details["posting"] = posting.pk
        return posting


def remove_posting(posting: Posting, *, by: User) -> None:
    """Take a place off the list, where the standard no longer stands there."""
    with book.recorded("posting.removed", posting, by=by, where=posting.where):
        current = Posting.objects.current().filter(pk=posting.pk)
        if not current.update(removed_on=timezone.localdate()):
            raise Refused(_("Tempat ini sudah dihapus dari daftar."))


def freeze_snapshot(government: Organisation, *, by: User | None) -> Snapshot:
    """Freeze what is published now: a numbered text that can be cited by its hash."""
    with book.recorded("snapshot.frozen", government, by=by) as record:
        told = catalogue(government)
        if not told:
            raise Refused(_("Belum ada standar yang diterbitkan."))
        last = Snapshot.objects.filter(government=government).first()
        number = last.number + 1 if last else 1
        text = frozen(government, number, told)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        record.details |= {"number": number, "sha256": sha256}
        return Snapshot.objects.create(
            government=government,
            number=number,
            services=len(told),
            text=text,
            size=len(text.encode()),
            sha256=sha256,
        )
