"""Evidence: a file that a unit attaches to an indicator."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hijau.accounts.models import User
from hijau.assessments.models.assessment import Assessment
from hijau.files.models import StoredFile


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        """Those of the assessments that the person sees."""
        return self.filter(
            assessment__in=Assessment.objects.visible_to(user).values("pk")
        ).select_related("file", "assessment__unit__government", "assessment__round")


class Evidence(models.Model):
    """A file under an indicator of an assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="evidence")
    code = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="evidence")
    withdrawn_at = models.DateTimeField(null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"{self.code}: {self.file}"

    @property
    def place(self) -> str:
        return self.assessment.place

    @property
    def book(self) -> str:
        return self.assessment.book
