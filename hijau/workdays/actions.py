"""The verbs of the calendar."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.workdays.models import SpecialDay

book.declare(
    day_set=gettext_lazy("Hari kerja atau hari libur daerah ditetapkan"),
    day_removed=gettext_lazy("Hari khusus daerah dihapus"),
)


def set_day(
    government: Organisation,
    *,
    day: dt.date,
    name: str,
    is_worked: bool,
    source_name: str = "",
    by: User | None,
) -> SpecialDay:
    """Say that a day is a holiday here, or is worked here. Refused for a day that is named."""
    with book.recorded("day.set", government, by=by, day=day.isoformat(), worked=is_worked):
        if SpecialDay.objects.filter(government=government, day=day).exists():
            raise Refused(_("Tanggal itu sudah tercatat. Hapus dahulu catatannya."))
        return SpecialDay.objects.create(
            government=government,
            day=day,
            name=name,
            is_worked=is_worked,
            source_name=source_name,
        )


def remove_day(special: SpecialDay, *, by: User) -> None:
    """Return a day to what the national calendar says of it."""
    with book.recorded("day.removed", special, by=by, day=special.day.isoformat()):
        special.delete()
