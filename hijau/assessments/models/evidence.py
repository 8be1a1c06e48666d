"""The vault: a unit's documents with their editions, and the indicators that they prove."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models.assessment import Assessment
from hijau.files.models import StoredFile
from hijau.organisation.models import Anchored, Organisation, under


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> DocumentQuerySet:
        """Those of the places one sees."""
        return self.filter(under(user.seen_paths(), "unit__path")).select_related(
            "unit__government"
        )


class Document(Anchored, models.Model):
    """A document of a unit: what it is, and from when to when it holds.

    Its content is in its editions: a new one replaces the one before, and none is overwritten.
    """

    anchor = "unit"

    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("jenis dokumen"), max_length=60, blank=True)
    title = models.CharField(_("judul"), max_length=200)
    number = models.CharField(_("nomor"), max_length=120, blank=True)
    issued_on = models.DateField(_("tanggal dokumen"), null=True, blank=True)
    valid_until = models.DateField(_("berlaku sampai"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def expired(self, day: dt.date) -> bool:
        """Whether it no longer holds on a day. A document without an end never expires."""
        return self.valid_until is not None and self.valid_until < day

    @property
    def is_expired(self) -> bool:
        return self.expired(timezone.localdate())


class Edition(models.Model):
    """One file of a document, as it was handed in, and what was found when it was looked at."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(default=1)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="editions")
    pages = models.PositiveSmallIntegerField(null=True)
    names_unit = models.BooleanField(null=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="editions_are_counted")
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.number})"

    @property
    def can_show(self) -> bool:
        """Whether its pages can be looked at here, as pictures."""
        return self.file.kind == "application/pdf" or self.file.kind.startswith("image/")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        """Those of the assessments that the person sees."""
        return self.filter(
            assessment__in=Assessment.objects.visible_to(user).values("pk")
        ).with_names()

    def with_names(self) -> EvidenceQuerySet:
        return self.select_related(
            "document__unit", "edition__file", "assessment__unit__government", "assessment__round"
        )

    def current(self) -> EvidenceQuerySet:
        return self.filter(withdrawn_at=None)


class Evidence(Anchored, models.Model):
    """A document under an indicator of an assessment, in the edition that was looked at."""

    anchor = "assessment"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="evidence")
    code = models.CharField(max_length=40)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="uses")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="uses")
    is_carried = models.BooleanField(default=False)
    uploaded_again_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        verbose_name_plural = "evidence"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "code", "document"],
                condition=models.Q(withdrawn_at=None),
                name="one_use_per_document_and_indicator",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.document}"


class ExampleQuerySet(models.QuerySet["Example"]):
    def visible_to(self, user: User) -> ExampleQuerySet:
        """Those that a verifier of one's own government chose."""
        return self.filter(government__in=user.roots(Permission.SEE))


class Example(models.Model):
    """What a verifier accepted or rejected, and why, without unit or person: for all to learn."""

    government = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    family = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    is_accepted = models.BooleanField()
    text = models.CharField(_("contoh"), max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ExampleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text
