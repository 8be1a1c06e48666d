"""Services, and where they are given."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.audit import book
from hijau.audit.book import Actor
from hijau.lib.refused import Refused
from hijau.lib.seen import must_be_as_seen
from hijau.organisation.models import Kind, Organisation
from hijau.services.models import COMING, Nature, Office, Service, Stage
from hijau.services.models.service import free_code

book.declare(
    service_added=gettext_lazy("Layanan didaftarkan"),
    service_described=gettext_lazy("Keterangan layanan diubah"),
    service_ended=gettext_lazy("Layanan dihentikan"),
    office_described=gettext_lazy("Tempat dan jam layanan diubah"),
)


DESCRIBED = ("name", "nature", "about", "everyday")
PLACED = ("address", "hours", "phone", "map_url")


def add_service(
    unit: Organisation,
    name: str,
    nature: Nature,
    *,
    by: Actor | None,
    code: str = "",
    about: str = "",
    everyday: str = "",
    is_example: bool = False,
) -> Service:
    """Register a service of a unit. Refused for a name or a code that is there already."""
    with book.recorded("service.added", unit, by=by, nature=str(nature)) as record:
        if unit.kind not in (Kind.AGENCY, Kind.UNIT):
            raise Refused(_("Layanan didaftarkan pada perangkat daerah atau unit layanan."))
        if Service.objects.offered().filter(unit=unit, name__iexact=name.strip()).exists():
            raise Refused(_("Layanan “%s” sudah terdaftar pada unit ini.") % name.strip())
        taken = set(Service.objects.filter(government=unit.root).values_list("code", flat=True))
        if code and code in taken:
            raise Refused(_("Kode “%s” sudah dipakai layanan lain.") % code)
        added = Service.objects.create(
            unit=unit,
            government=unit.root,
            code=code or free_code(name, taken),
            name=name.strip(),
            nature=nature,
            about=about.strip(),
            everyday=everyday.strip(),
            is_example=is_example,
        )
        record.details["service"] = added.pk
        return added


def describe_service(
    service: Service,
    *,
    by: Actor,
    name: str,
    nature: Nature,
    about: str,
    everyday: str,
    seen: str | None = None,
) -> None:
    """Say anew what a service is; its address stays, for others may have linked to it."""
    with book.recorded("service.described", service, by=by):
        if not Service.objects.offered().filter(pk=service.pk).exists():
            raise Refused(_("Layanan ini sudah dihentikan."))
        must_be_as_seen(Service.objects.get(pk=service.pk), seen, *DESCRIBED)
        same = Service.objects.offered().filter(unit=service.unit, name__iexact=name.strip())
        if same.exclude(pk=service.pk).exists():
            raise Refused(_("Layanan “%s” sudah terdaftar pada unit ini.") % name.strip())
        service.name, service.nature = name.strip(), nature
        service.about, service.everyday = about.strip(), everyday.strip()
        service.save(update_fields=["name", "nature", "about", "everyday"])


def end_service(service: Service, *, by: Actor) -> None:
    """No longer offer a service: it leaves the portal, its standards stay for the record."""
    with book.recorded("service.ended", service, by=by):
        current = Service.objects.filter(pk=service.pk, ended_on=None)
        if not current.update(ended_on=timezone.localdate()):
            raise Refused(_("Layanan ini sudah dihentikan."))
        service.standards.filter(stage__in=COMING).update(
            stage=Stage.SUPERSEDED, superseded_on=timezone.localdate()
        )


def describe_office(
    unit: Organisation,
    *,
    by: Actor | None,
    address: str,
    hours: str,
    phone: str,
    map_url: str,
    seen: str | None = None,
) -> Office:
    """Say where a unit serves and when."""
    with book.recorded("office.described", unit, by=by):
        must_be_as_seen(Office.objects.filter(unit=unit).first(), seen, *PLACED)
        office, _new = Office.objects.update_or_create(
            unit=unit,
            defaults={"address": address, "hours": hours, "phone": phone, "map_url": map_url},
        )
        return office
