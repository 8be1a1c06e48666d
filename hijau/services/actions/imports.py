"""The standards that a government has already, taken in as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.organisation.models import Kind, Organisation
from hijau.services.importing.planning import Planned, Verdict, plan
from hijau.services.importing.rows import Wanted
from hijau.services.models import OPEN, Nature, Service, Stage, Standard
from hijau.services.models.service import free_code

book.declare(standards_imported=gettext_lazy("Standar pelayanan diimpor dari berkas"))


@dataclass(frozen=True, slots=True)
class Imported:
    """How many services were registered, drafts begun, drafts rewritten, services described."""

    added: int
    drafted: int
    written: int
    described: int


def import_standards(
    government: Organisation,
    rows: Sequence[Wanted],
    *,
    seen: Sequence[Sequence[Any]] | None,
    by: User | None,
) -> Imported:
    """Register services and draft their standards, all rows or none.

    A service that is there gets a new draft, or its open one is written anew; it is left as it is
    where nothing changes, and where a decreed version waits. Refused when what the preview showed
    (`seen`) is no longer so. One entry in the book holds the whole.
    """
    with book.recorded("standards.imported", government, by=by) as record:
        units = _units(government, rows)
        planned, faults = plan(government, units, rows)
        if faults:
            raise Refused(_("Impor belum dapat dijalankan; tidak ada yang disimpan."), faults)
        if seen is not None and [list(one) for one in seen] != [one.seen for one in planned]:
            raise Refused(
                _(
                    "Sejak pratinjau dibuat, sebagian standar sudah diubah orang lain. Tidak ada "
                    "yang disimpan; unggah berkasnya sekali lagi."
                )
            )
        if not any(one.is_change for one in planned):
            raise Refused(_("Tidak ada yang berubah, jadi tidak ada yang diimpor."))
        added = _add(government, [one for one in planned if one.verdict is Verdict.NEW])
        drafted = _draft(planned, added, by)
        written = [one for one in planned if one.verdict is Verdict.WRITE]
        for one in written:
            _write(one, by)
        described = [one for one in planned if one.service and one.described and one.is_change]
        for one in described:
            Service.objects.filter(pk=one.service.pk).update(**one.described)  # type: ignore[union-attr]
        record.details |= {
            "added": [service.pk for service in added],
            "drafted": [standard.pk for standard in drafted],
            "written": [one.coming.pk for one in written if one.coming],
            "described": [one.service.pk for one in described if one.service],
        }
        return Imported(len(added), len(drafted), len(written), len(described))


def _units(government: Organisation, rows: Sequence[Wanted]) -> dict[int, Organisation]:
    wanted = {row.unit for row in rows}
    found: dict[int, Organisation] = Organisation.objects.filter(
        government=government, kind__in=(Kind.AGENCY, Kind.UNIT)
    ).in_bulk(wanted)
    if len(found) != len(wanted):
        raise Refused(_("Layanan didaftarkan pada perangkat daerah atau unit layanan."))
    return found


def _add(government: Organisation, rows: Sequence[Planned]) -> list[Service]:
    """Register the new ones, each with a code of its own."""
    taken = set(Service.objects.filter(government=government).values_list("code", flat=True))
    taken |= {one.wanted.code for one in rows if one.wanted.code}
    new = []
    for one in rows:
        row = one.wanted
        code = row.code or free_code(row.name, taken)
        taken.add(code)
        new.append(
            Service(
                unit=one.unit,
                government=government,
                code=code,
                name=row.name,
                nature=row.nature or Nature.ADMINISTRATION,
                about=row.about,
                everyday=row.everyday,
            )
        )
    return Service.objects.bulk_create(new)


def _draft(planned: Sequence[Planned], added: Sequence[Service], by: User | None) -> list[Standard]:
    """Begin the versions: the first of a new service that says anything, the next of another."""
    new = [one for one in planned if one.verdict is Verdict.NEW]
    first = [
        Standard(service=service, number=1, content=one.components.data(), written_by=by)
        for one, service in zip(new, added, strict=True)
        if one.changed
    ]
    following = []
    for one in planned:
        if one.verdict is Verdict.DRAFT and one.service:
            versions: list[Standard] = one.service.versions  # type: ignore[attr-defined]
            following.append(
                Standard(
                    service=one.service,
                    number=versions[0].number + 1 if versions else 1,
                    content=one.components.data(),
                    written_by=by,
                )
            )
    Standard.objects.filter(
        service__in=[one.service_id for one in following], stage=Stage.PUBLISHED
    ).update(stage=Stage.REVIEW)
    return Standard.objects.bulk_create([*first, *following])


def _write(one: Planned, by: User | None) -> None:
    assert one.coming is not None
    current = Standard.objects.filter(
        pk=one.coming.pk, stage__in=OPEN, revision=one.coming.revision
    )
    if not current.update(
        content=one.components.data(),
        revision=F("revision") + 1,
        written_at=timezone.now(),
        written_by=by,
    ):
        raise Refused(
            _("Rancangan ini sudah diubah orang lain. Muat ulang halaman, lalu isi kembali.")
        )
