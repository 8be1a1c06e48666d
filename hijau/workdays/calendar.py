"""Counting in working days: Monday to Friday, without holidays and days of collective leave.

National holidays and collective leave (cuti bersama) come from the `holidays` package, which
follows the yearly joint decree (SKB 3 Menteri). Its days after the last published decree are its
own computation: an estimate. What differs locally is a `SpecialDay`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

import holidays

from hijau.organisation.models import Organisation
from hijau.workdays.models import SpecialDay

ONE_DAY = dt.timedelta(days=1)


@lru_cache(maxsize=64)
def national(year: int, language: str = "id") -> dict[dt.date, str]:
    """The national holidays and days of collective leave of a year, with their names."""
    found = holidays.country_holidays(
        "ID",
        years=year,
        language="en_US" if language.startswith("en") else "id",
        categories=("public", "government"),
    )
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Calendar:
    """A government's working days: the nation's, and what differs here."""

    special: dict[dt.date, bool] = field(default_factory=dict)

    def is_workday(self, day: dt.date) -> bool:
        if day in self.special:
            return self.special[day]
        return day.weekday() < 5 and day not in national(day.year)

    def after(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after a day, which itself does not count; 0 is the day."""
        while count > 0:
            day += ONE_DAY
            count -= self.is_workday(day)
        return day

    def between(self, first: dt.date, last: dt.date) -> int:
        """Working days after `first` up to and with `last`; negative when `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        days = (first + ONE_DAY * n for n in range(1, (last - first).days + 1))
        return sum(self.is_workday(day) for day in days)


def calendar_of(government: Organisation) -> Calendar:
    """The calendar of a government; one query."""
    days = SpecialDay.objects.filter(government=government.root)
    return Calendar(dict(days.values_list("day", "is_worked")))
