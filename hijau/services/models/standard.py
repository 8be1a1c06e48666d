"""The standard of a service: fourteen components, in versions that are decreed and published."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hijau.files.models import StoredFile
from hijau.organisation.models import Anchored, Reaching, under
from hijau.services.components import Components
from hijau.services.models.service import Service


class Stage(models.TextChoices):
    DRAFT = "draft", _("Rancangan")
    CONSULTATION = "consultation", _("Konsultasi publik")
    DECREED = "decreed", _("Ditetapkan")
    PUBLISHED = "published", _("Diterbitkan")
    REVIEW = "review", _("Ditinjau")
    SUPERSEDED = "superseded", _("Digantikan")


OPEN = (Stage.DRAFT, Stage.CONSULTATION)
"""The stages in which the text may change."""
COMING = (*OPEN, Stage.DECREED)
IN_FORCE = (Stage.PUBLISHED, Stage.REVIEW)


class StandardQuerySet(models.QuerySet["Standard"]):
    def visible_to(self, user: Reaching) -> StandardQuerySet:
        return self.filter(under(user.seen_paths(), "service__unit__path")).with_names()

    def with_names(self) -> StandardQuerySet:
        return self.select_related("service__unit__government", "decree")

    def in_force(self) -> StandardQuerySet:
        """What citizens may hold the unit to; nothing else is ever shown to them."""
        return self.filter(stage__in=IN_FORCE)

    def published(self) -> StandardQuerySet:
        """In force, of a service that is still offered."""
        return self.in_force().filter(service__ended_on=None)

    def coming(self) -> StandardQuerySet:
        return self.filter(stage__in=COMING)

    def due_for_review(self, day: dt.date) -> StandardQuerySet:
        return self.published().filter(review_by__lte=day)


class Standard(Anchored, models.Model):
    """One version. It is written, consulted on, decreed, published, reviewed, superseded."""

    anchor = "service"

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="standards")
    number = models.PositiveSmallIntegerField(default=1)
    stage = models.CharField(_("tahap"), max_length=12, choices=Stage, default=Stage.DRAFT)
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    """Counts what was written, so that of two writers the later one is told."""
    decree_number = models.CharField(_("nomor SK"), max_length=120, blank=True)
    decreed_on = models.DateField(_("tanggal SK"), null=True)
    valid_from = models.DateField(_("berlaku mulai"), null=True)
    valid_until = models.DateField(_("berlaku sampai"), null=True)
    decree = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="standard_decrees"
    )
    published_on = models.DateField(null=True)
    review_by = models.DateField(null=True)
    review_note = models.TextField(max_length=1000, blank=True)
    superseded_on = models.DateField(null=True)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "number"], name="standards_are_counted"),
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(stage__in=[stage.value for stage in IN_FORCE]),
                name="one_standard_in_force",
            ),
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(stage__in=[stage.value for stage in COMING]),
                name="one_standard_coming",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} ({self.number})"

    @cached_property
    def components(self) -> Components:
        """Its text in structured form, read once; whoever writes the text makes a new object."""
        return Components.read(self.content)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("components", None)
        super().refresh_from_db(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN

    @property
    def is_in_force(self) -> bool:
        return self.stage in IN_FORCE

    @property
    def is_review_due(self) -> bool:
        return (
            self.is_in_force
            and self.review_by is not None
            and self.review_by <= timezone.localdate()
        )

    @property
    def is_expired(self) -> bool:
        """In force, while the decree says that it no longer is."""
        return (
            self.is_in_force
            and self.valid_until is not None
            and self.valid_until < timezone.localdate()
        )
