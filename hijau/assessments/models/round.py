"""A round: one instrument, one year, the units that are judged by it."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.instruments.models import Version
from hijau.organisation.models import Organisation


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """Those of the governments in which the person has a role."""
        return self.filter(government__in=user.roots()).select_related("government", "version")

    def open(self, day: dt.date | None = None) -> RoundQuerySet:
        """Those whose window is open on a day; today when none is given."""
        day = day or timezone.localdate()
        return self.filter(opens_on__lte=day, closes_on__gte=day, closed_at=None)


class Round(models.Model):
    """An assessment round of a government. Its instrument is pinned by hash for good."""

    government = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="rounds")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="rounds")
    form = models.CharField(max_length=20, blank=True)
    name = models.CharField(_("nama putaran"), max_length=120)
    year = models.PositiveSmallIntegerField(_("tahun"))
    opens_on = models.DateField(_("dibuka"))
    closes_on = models.DateField(_("ditutup"))
    closed_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-year", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["government", "year", "name"], name="one_round_per_name_and_year"
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="rounds_close_after_they_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"

    @property
    def place(self) -> str:
        return self.government.place

    @property
    def book(self) -> str:
        return self.government.book

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.opens_on <= timezone.localdate() <= self.closes_on

    @property
    def days_left(self) -> int:
        """Days until the window closes; negative once it has."""
        return (self.closes_on - timezone.localdate()).days
