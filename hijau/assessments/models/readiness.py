"""Being ready for the Ombudsman's interviews: who is called on, who is away, what they know.

Names of respondents are personal data: only their own unit, Bagian Organisasi and the
administrator see them, and they stand in no `__str__`, so in no log and no letter.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.organisation.models import Anchored, Organisation, under

CALL_DAYS = 7
"""The Ombudsman names its respondents this many days before a visit (H-7).

UNOFFICIAL: minutes of questions and answers with the Ombudsman, 22 June 2023, :data:`CALL_SOURCE`.
So are the four functions, and that replacing a named respondent lowers the score.
"""
CALL_SOURCE = (
    "https://id.scribd.com/document/655422361/RESUME-DISKUSI-DAN-TANYA-JAWAB-DENGAN-OMBUDSMAN-RI"
)


class Function(models.TextChoices):
    """Whom the Ombudsman asks for in each unit."""

    HEAD = "head", _("Kepala unit")
    PRACTITIONER = "practitioner", _("Pelaksana layanan")
    FRONT = "front", _("Petugas depan")
    COMPLAINTS = "complaints", _("Penanggung jawab pengaduan")


class Reason(models.TextChoices):
    LEAVE = "leave", _("Cuti")
    MOVED = "moved", _("Mutasi")
    DUTY = "duty", _("Tugas luar")
    OTHER = "other", _("Lainnya")


class Certainty(models.TextChoices):
    KNOWN = "known", _("Sudah pasti")
    EXPECTED = "expected", _("Diperkirakan")


class KeyRespondentQuerySet(models.QuerySet["KeyRespondent"]):
    def visible_to(self, user: User) -> KeyRespondentQuerySet:
        """Those of places where the person may know the names."""
        paths = user.seen_paths(Permission.SEE_RESPONDENTS)
        return self.filter(under(paths, "unit__path")).select_related("unit__government", "user")

    def from_today(self) -> KeyRespondentQuerySet:
        """Those who hold the function today or will."""
        return self.filter(Q(until=None) | Q(until__gte=timezone.localdate()))


class KeyRespondent(Anchored, models.Model):
    """A named person whom the Ombudsman calls on, from a day to a day (both included)."""

    anchor = "unit"

    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="respondents")
    function = models.CharField(_("tugas"), max_length=16, choices=Function)
    name = models.CharField(_("nama"), max_length=120)
    decree = models.CharField(_("nomor SK"), max_length=120, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    since = models.DateField(_("sejak"), default=timezone.localdate)
    until = models.DateField(_("sampai"), null=True)
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = KeyRespondentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["unit__path", "since", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "function"],
                condition=Q(until=None),
                name="one_open_respondent_per_function",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="respondents_end_after_they_begin",
            ),
            models.CheckConstraint(
                condition=~Q(function=Function.COMPLAINTS) | ~Q(decree=""),
                name="the_chief_of_complaints_has_a_decree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_function_display()} · {self.unit.short_name}"

    def holds_on(self, day: dt.date) -> bool:
        """Whether the person holds the function on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: User) -> AbsenceQuerySet:
        """Those of respondents whose names the person may know."""
        paths = user.seen_paths(Permission.SEE_RESPONDENTS)
        return self.filter(under(paths, "respondent__unit__path")).select_related(
            "respondent__unit__government"
        )

    def standing(self) -> AbsenceQuerySet:
        """Those that are not over and were not called off."""
        return self.filter(cancelled_at=None, until__gte=timezone.localdate())


class Absence(Anchored, models.Model):
    """Days on which a respondent cannot be called on (both included)."""

    anchor = "respondent"

    respondent = models.ForeignKey(KeyRespondent, on_delete=models.CASCADE, related_name="absences")
    since = models.DateField(_("dari"))
    until = models.DateField(_("sampai"))
    reason = models.CharField(_("alasan"), max_length=8, choices=Reason)
    cancelled_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["since", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="absences_end_after_they_begin"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} · {self.respondent}"

    def touches(self, first: dt.date, last: dt.date) -> bool:
        """Whether any day of the absence falls within these days."""
        return self.since <= last and first <= self.until


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> VisitQuerySet:
        """Those to places one sees, and those to the governments one works in."""
        return self.filter(
            under(user.seen_paths(), "organisation__path")
            | Q(organisation__in=user.roots(Permission.SEE))
        ).select_related("organisation__government")

    def coming(self) -> VisitQuerySet:
        """Those of today and later that were not called off."""
        return self.filter(cancelled_at=None, day__gte=timezone.localdate())


class Visit(Anchored, models.Model):
    """A day on which the Ombudsman comes, as far as it is known."""

    anchor = "organisation"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="visits")
    day = models.DateField(_("hari"))
    certainty = models.CharField(_("kepastian"), max_length=8, choices=Certainty)
    source = models.CharField(_("sumber"), max_length=200)
    cancelled_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "pk"]

    def __str__(self) -> str:
        return f"{self.organisation.short_name} {self.day.isoformat()}"

    @property
    def called_from(self) -> dt.date:
        """The first day of the days in which respondents must stay where they are."""
        return self.day - dt.timedelta(days=CALL_DAYS)

    @property
    def days_left(self) -> int:
        return (self.day - timezone.localdate()).days


class SittingQuerySet(models.QuerySet["Sitting"]):
    def visible_to(self, user: User) -> SittingQuerySet:
        """Those of respondents whose names the person may know."""
        paths = user.seen_paths(Permission.SEE_RESPONDENTS)
        return self.filter(under(paths, "respondent__unit__path"))


class Sitting(Anchored, models.Model):
    """A quiz as it was taken: what was asked, what was chosen, how many were right."""

    anchor = "respondent"

    respondent = models.ForeignKey(KeyRespondent, on_delete=models.CASCADE, related_name="sittings")
    at = models.DateTimeField(default=timezone.now)
    link = models.CharField(max_length=64, unique=True)
    answers = models.JSONField()
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(asked__gt=0, right__lte=F("asked")),
                name="no_more_is_right_than_was_asked",
            )
        ]

    def __str__(self) -> str:
        return f"{self.right}/{self.asked}"
