"""A round: one instrument, one year, the units that are judged by it, and its windows."""

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
from hijau.organisation.models import Anchored, Organisation

MINIMUM_RESPONDENTS = 10
"""The first value of a round's setting. The official minimum of F-03 is not published; the guide
to PEKPPP 2022 speaks of 10 to 20 people (unofficial)."""


class Stage(models.TextChoices):
    """The windows of a round, in their order."""

    WAITING = "waiting", _("Belum dibuka")
    FILLING = "filling", _("Penilaian mandiri")
    VERIFYING = "verifying", _("Verifikasi")
    OBJECTING = "objecting", _("Masa sanggah")
    CONCLUDING = "concluding", _("Penetapan")
    CLOSED = "closed", _("Selesai")


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """Those of the governments in which the person has a role."""
        return self.filter(government__in=user.roots()).select_related("government", "version")

    def open(self, day: dt.date | None = None) -> RoundQuerySet:
        """Those whose window for self-assessment is open on a day; today when none is given."""
        day = day or timezone.localdate()
        return self.running().filter(opens_on__lte=day, closes_on__gte=day)

    def running(self) -> RoundQuerySet:
        """Those that were not closed for good."""
        return self.filter(closed_at=None)

    def newest_first(self) -> RoundQuerySet:
        """The newest that has begun first; those that are still to come last."""
        to_come = models.Case(models.When(opens_on__gt=timezone.localdate(), then=1), default=0)
        return self.order_by(to_come, "-year", "-closes_on", "pk")


class Round(Anchored, models.Model):
    """An assessment round of a government. Its instrument is pinned by hash for good.

    Self-assessment runs from `opens_on` to `closes_on`; verification of what was sent until
    `verify_until`; units may object until `object_until`; the figures are final by `conclude_by`.
    """

    anchor = "government"

    government = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="rounds")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="rounds")
    form = models.CharField(max_length=20, blank=True)
    convention = models.CharField(_("cara menghitung"), max_length=40, blank=True)
    minimum_respondents = models.PositiveSmallIntegerField(
        _("responden paling sedikit"), default=MINIMUM_RESPONDENTS
    )
    name = models.CharField(_("nama putaran"), max_length=120)
    year = models.PositiveSmallIntegerField(_("tahun"))
    opens_on = models.DateField(_("dibuka"))
    closes_on = models.DateField(_("ditutup"))
    verify_until = models.DateField(_("verifikasi sampai"))
    object_until = models.DateField(_("sanggah sampai"))
    conclude_by = models.DateField(_("ditetapkan paling lambat"))
    closed_at = models.DateTimeField(null=True)
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="following"
    )
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
                condition=Q(closes_on__gte=F("opens_on"))
                & Q(verify_until__gte=F("closes_on"))
                & Q(object_until__gte=F("verify_until"))
                & Q(conclude_by__gte=F("object_until")),
                name="windows_follow_each_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"

    @property
    def is_running(self) -> bool:
        return self.closed_at is None

    @property
    def is_open(self) -> bool:
        """Whether units may answer today."""
        return self.is_running and self.opens_on <= timezone.localdate() <= self.closes_on

    @property
    def days_left(self) -> int:
        """Days until the window closes; negative once it has."""
        return (self.closes_on - timezone.localdate()).days

    @property
    def stage(self) -> Stage:
        """The window in which today falls."""
        if not self.is_running:
            return Stage.CLOSED
        today = timezone.localdate()
        if today < self.opens_on:
            return Stage.WAITING
        for stage, last in self.windows:
            if today <= last:
                return stage
        return Stage.CONCLUDING

    @property
    def windows(self) -> tuple[tuple[Stage, dt.date], ...]:
        """Each window with its last day."""
        return (
            (Stage.FILLING, self.closes_on),
            (Stage.VERIFYING, self.verify_until),
            (Stage.OBJECTING, self.object_until),
            (Stage.CONCLUDING, self.conclude_by),
        )
