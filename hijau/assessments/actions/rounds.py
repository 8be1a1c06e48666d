"""Opening and closing a round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.keeping import assign_targets
from hijau.assessments.models import Assessment, Round
from hijau.audit import book
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Kind, Organisation
from scoring.interpret import RefusedToScore
from scoring.score import score as compute

book.declare(
    round_opened=gettext_lazy("Putaran dibuka"),
    round_closed=gettext_lazy("Putaran ditutup"),
)


def open_round(
    government: Organisation,
    version: Version,
    units: Iterable[Organisation],
    *,
    name: str,
    year: int,
    opens_on: dt.date,
    closes_on: dt.date,
    by: User | None,
    form: str = "",
    is_example: bool = False,
) -> Round:
    """Open a round for these units. Refused without units, or with a name that is taken."""
    units = list(dict.fromkeys(units))
    with book.recorded("round.opened", government, by=by, instrument=version.identifier) as record:
        if not units:
            raise Refused(_("Pilih sekurang-kurangnya satu unit yang dinilai."))
        if closes_on < opens_on:
            raise Refused(_("Tanggal ditutup harus sama dengan atau sesudah tanggal dibuka."))
        if any(unit.root != government or unit.kind == Kind.GOVERNMENT for unit in units):
            raise Refused(_("Hanya perangkat daerah dan unit milik sendiri yang dapat dinilai."))
        if version.government_id not in (None, government.pk):
            raise Refused(_("Instrumen ini milik pemerintah daerah lain."))
        if Round.objects.filter(government=government, year=year, name=name).exists():
            raise Refused(_("Sudah ada putaran “%s” pada tahun itu. Beri nama lain.") % name)
        if form and form not in version.rule.forms:
            raise Refused(_("Formulir “%s” tidak ada pada instrumen ini.") % form)
        try:
            compute(version.rule, {}, form=form or None)
        except RefusedToScore as error:
            raise Refused(str(error)) from error
        opened = Round.objects.create(
            government=government,
            version=version,
            form=form,
            name=name,
            year=year,
            opens_on=opens_on,
            closes_on=closes_on,
            opened_by=by,
            is_example=is_example,
        )
        Assessment.objects.bulk_create(Assessment(round=opened, unit=unit) for unit in units)
        assign_targets(government, version, year)
        record.details |= {"round": opened.pk, "units": len(units)}
        return opened


def close_round(opened: Round, *, by: User) -> None:
    """Close a round before its day; nothing can be answered in it any more."""
    with book.recorded("round.closed", opened, by=by):
        if not Round.objects.filter(pk=opened.pk, closed_at=None).update(closed_at=timezone.now()):
            raise Refused(_("Putaran ini sudah ditutup."))
