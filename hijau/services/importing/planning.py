"""What an import would do to each service: the preview shows it, and the import does just that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.lib.seen import mark_of
from hijau.organisation.models import Organisation
from hijau.services.components import LISTS, TITLES, Components, Fees, Span, Staff
from hijau.services.importing.rows import Wanted
from hijau.services.models import COMING, IN_FORCE, OPEN, Service, Standard
from scoring.workbook.faults import Fault


class Verdict(models.TextChoices):
    NEW = "new", gettext_lazy("Layanan baru")
    DRAFT = "draft", gettext_lazy("Rancangan baru")
    WRITE = "write", gettext_lazy("Rancangan ditulis ulang")
    DESCRIBE = "describe", gettext_lazy("Keterangan diubah")
    SAME = "same", gettext_lazy("Tidak berubah")
    WAITS = "waits", gettext_lazy("Dilewati: versi yang ditetapkan menunggu terbit")


CHANGING = (Verdict.NEW, Verdict.DRAFT, Verdict.WRITE, Verdict.DESCRIBE)


@dataclass(frozen=True)
class Planned:
    """A row, the service that it means, and what follows."""

    wanted: Wanted
    unit: Organisation
    verdict: Verdict
    service: Service | None
    coming: Standard | None
    components: Components
    changed: tuple[str, ...]
    described: Mapping[str, Any]
    """The fields of the service that change."""

    @property
    def is_change(self) -> bool:
        return self.verdict in CHANGING

    @property
    def seen(self) -> list[Any]:
        """What the preview rested on; another list at the import means that somebody was faster."""
        service = self.service
        coming = [self.coming.pk, self.coming.stage, self.coming.revision] if self.coming else []
        said = mark_of(service, "name", "nature", "about", "everyday") if self.described else ""
        return [self.verdict.value, service.pk if service else 0, said, *coming]

    @property
    def titles(self) -> list[Any]:
        """The components that change, for the preview."""
        return [TITLES[code] for code in self.changed]

    @property
    def missing(self) -> int:
        return len(self.components.missing)


def plan(
    government: Organisation, units: Mapping[int, Organisation], rows: Sequence[Wanted]
) -> tuple[list[Planned], list[Fault]]:
    """What each row comes to, and what is wrong with it here; three queries for any number."""
    here = _Registered(government, {row.unit for row in rows})
    planned, faults = [], []
    meant: dict[int, Wanted] = {}
    for row in rows:
        service, fault = here.meant(row)
        if fault:
            faults.append(fault)
            continue
        if service is not None and meant.setdefault(service.pk, row) is not row:
            other = meant[service.pk].where
            faults.append(row.fault("name", _("Layanan ini sama dengan yang di %s.") % other))
            continue
        planned.append(_planned(row, units[row.unit], service))
    return planned, faults


class _Registered:
    """The services of a government that rows may mean."""

    def __init__(self, government: Organisation, units: Iterable[int]) -> None:
        versions = Standard.objects.order_by("service", "-number")
        services = Service.objects.filter(government=government, unit__in=units)
        self.by_name: dict[tuple[int, str], Service] = {}
        self.by_code: dict[str, Service] = {}
        for one in services.prefetch_related(
            Prefetch("standards", queryset=versions, to_attr="versions")
        ):
            self.by_code[one.code] = one
            if one.ended_on is None:
                self.by_name[one.unit_id, one.name.casefold()] = one
        self.taken = set(
            Service.objects.filter(government=government).values_list("code", flat=True)
        )

    def meant(self, row: Wanted) -> tuple[Service | None, Fault | None]:
        named = self.by_name.get((row.unit, row.name.casefold()))
        if not row.code:
            return named, None
        coded = self.by_code.get(row.code)
        if (coded is None and row.code in self.taken) or (coded and coded.unit_id != row.unit):
            return None, row.fault("code", _("Kode ini sudah dipakai layanan di unit lain."))
        if coded is None and named is not None:
            return None, row.fault(
                "code",
                _("Layanan ini sudah terdaftar dengan kode “%s”. Pakai kode itu, atau kosongkan.")
                % named.code,
            )
        if coded is not None and coded.ended_on:
            return None, row.fault("code", _("Layanan dengan kode ini sudah dihentikan."))
        if coded is not None and named is not None and named.pk != coded.pk:
            return None, row.fault(
                "name", _("Nama ini milik layanan lain di unit itu (kode “%s”).") % named.code
            )
        return coded, None


def _planned(row: Wanted, unit: Organisation, service: Service | None) -> Planned:
    given = Components.read(row.content)
    if service is None:
        return Planned(row, unit, Verdict.NEW, None, None, given, _told(given), {})
    versions: list[Standard] = service.versions  # type: ignore[attr-defined]
    coming = next((one for one in versions if one.stage in COMING), None)
    in_force = next((one for one in versions if one.stage in IN_FORCE), None)
    start = coming or in_force
    before = start.components if start else Components()
    after = merged(before, given)
    old, new = before.data(), after.data()
    changed = tuple(code for code in TITLES if old[code] != new[code])
    described = _described(row, service)
    if changed:
        waits = coming is not None and coming.stage not in OPEN
        verdict = Verdict.WAITS if waits else Verdict.WRITE if coming else Verdict.DRAFT
    else:
        verdict = Verdict.DESCRIBE if described else Verdict.SAME
    return Planned(row, unit, verdict, service, coming, after, changed, described)


def _told(given: Components) -> tuple[str, ...]:
    return tuple(code for code in TITLES if given.has(code))


def _described(row: Wanted, service: Service) -> dict[str, Any]:
    """What the row says anew about a service. By its code alone may it be given another name."""
    told = {"nature": row.nature, "about": row.about, "everyday": row.everyday}
    if row.name.casefold() != service.name.casefold():
        told["name"] = row.name
    return {key: text for key, text in told.items() if text and text != getattr(service, key)}


def merged(before: Components, given: Components) -> Components:
    """A standard with what was given; what was left empty stays as it is."""
    return Components(
        lists={code: given.lists.get(code) or before.lists.get(code, ()) for code in LISTS},
        procedure=given.procedure or before.procedure,
        time=_time(before.time, given.time),
        fees=_fees(before.fees, given.fees),
        product=given.product or before.product,
        complaints=given.complaints or before.complaints,
        staff=Staff(
            before.staff.number if given.staff.number is None else given.staff.number,
            before.staff.needed if given.staff.needed is None else given.staff.needed,
            given.staff.note or before.staff.note,
        ),
    )


def _time(before: Span | None, given: Span | None) -> Span | None:
    if given is None or before is None or given.note:
        return given or before
    return Span(given.amount, given.unit, before.note)


def _fees(before: Fees, given: Fees) -> Fees:
    basis = given.basis or before.basis
    if given.rows:  # “not free” is said by the table itself
        return Fees(before.free if before.rows else False, given.rows, basis)
    if given.free is None or (given.free is False and before.rows):
        return Fees(before.free, before.rows, basis)
    return Fees(given.free, (), basis)
