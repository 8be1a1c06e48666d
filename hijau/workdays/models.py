"""The days that differ from the national calendar: a local holiday, or a day that is worked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.organisation.models import Anchored, Organisation


class SpecialDayQuerySet(models.QuerySet["SpecialDay"]):
    def visible_to(self, user: User) -> SpecialDayQuerySet:
        """Those of the governments in which the person has a role."""
        return self.filter(government__in=user.roots()).select_related("government")


class SpecialDay(Anchored, models.Model):
    """A day on which this government rests, or works, otherwise than the nation does."""

    anchor = "government"

    government = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="special_days"
    )
    day = models.DateField(_("tanggal"))
    name = models.CharField(_("nama"), max_length=120)
    is_worked = models.BooleanField(_("hari kerja"), default=False)
    source_name = models.CharField(_("dasar"), max_length=200, blank=True)

    objects = SpecialDayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["government", "day"], name="one_special_day_per_date")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"
