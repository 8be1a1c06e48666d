"""Verification (F-02): blind marks, what was settled, what was sent back, what was objected to."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models.assessment import Assessment, Status, Valued
from hijau.files.models import StoredFile
from hijau.organisation.models import Anchored, under

FEWEST_VERIFIERS = 2
"""How many judge an assessment at the least, each without seeing the others."""


class VerificationQuerySet(models.QuerySet["Verification"]):
    def visible_to(self, user: User) -> VerificationQuerySet:
        """One's own, where one still verifies; the organiser sees all tasks, never their marks."""
        own = Q(verifier=user) & under(user.seen_paths(Permission.VERIFY), "assessment__unit__path")
        led = under(user.seen_paths(Permission.OPEN_ROUND), "assessment__unit__path")
        return (
            self.filter(own | led)
            .select_related(
                "verifier",
                "assessment__unit__government",
                "assessment__round__version",
                "assessment__round__government",
                "assessment__target",
                "assessment__perception",
            )
            .defer("assessment__proof", "assessment__round__version__text")
        )


class Verification(Anchored, models.Model):
    """One verifier's task: to mark every indicator of an assessment without seeing the others'."""

    anchor = "assessment"

    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="verifications"
    )
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="verifications"
    )
    marked = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "verifier"], name="one_task_per_verifier")
        ]

    def __str__(self) -> str:
        return f"{self.assessment} · {self.verifier}"

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.assessment.status == Status.SUBMITTED


class Mark(Valued):
    """One verifier's mark of one indicator. `version` counts the saves."""

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="marks")
    note = models.TextField(_("catatan"), blank=True)
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["verification", "code"], name="one_mark_per_indicator"),
            models.CheckConstraint(
                condition=Q(not_applicable=False) | Q(value=None),
                name="a_mark_not_applicable_has_no_value",
            ),
        ]


class Ground(models.TextChoices):
    AGREED = "agreed", _("verifikator sependapat")
    SETTLED = "settled", _("diputuskan dalam musyawarah")
    OBJECTION = "objection", _("sanggahan diterima")


class Decision(Valued):
    """What an indicator counts as after verification, and why. The newest one holds."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="decisions")
    ground = models.CharField(max_length=12, choices=Ground)
    reason = models.TextField(_("alasan"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]


class Repair(models.Model):
    """What a verifier sent back to the unit, and when the unit had done it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="repairs")
    code = models.CharField(max_length=40)
    note = models.TextField(_("yang perlu diperbaiki"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.code


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: User) -> ObjectionQuerySet:
        return (
            self.filter(under(user.seen_paths(), "assessment__unit__path"))
            .select_related(
                "assessment__unit__government", "assessment__round__version", "letter", "by"
            )
            .defer("assessment__proof", "assessment__round__version__text")
        )


class Objection(Anchored, models.Model):
    """A unit's objection to what was decided on an indicator, and its answer."""

    anchor = "assessment"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="objections")
    code = models.CharField(max_length=40)
    text = models.TextField(_("isi sanggahan"))
    letter = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("jawaban"), blank=True)
    is_upheld = models.BooleanField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "code"], name="one_objection_per_indicator"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.assessment_id}"


class FieldVisit(models.Model):
    """A field visit, as it was written down on a phone and sent later. `key` makes it come once."""

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="visits")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    made_at = models.DateTimeField(_("dicatat"))
    received_at = models.DateTimeField(default=timezone.now)
    note = models.TextField(_("catatan kunjungan"), blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return str(self.key)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, user: User) -> PhotoQuerySet:
        """A verifier's own; everybody's who sees the assessment once it is verified."""
        own = Q(visit__verification__verifier=user)
        done = Q(visit__verification__assessment__status__in=(Status.VERIFIED, Status.FINAL))
        return self.filter(
            under(user.seen_paths(), "visit__verification__assessment__unit__path") & (own | done)
        ).select_related("file", "visit__verification__assessment__unit__government")


class Photo(Anchored, models.Model):
    """A photograph of a visit, of an indicator or of the whole."""

    anchor = "visit.verification"

    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="photos")
    code = models.CharField(max_length=40, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    objects = PhotoQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code or str(self.pk)
