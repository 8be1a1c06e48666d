"""Where else a standard stands, and what stood there when somebody last looked."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.organisation.models import Anchored, Organisation, Reaching, under
from hijau.services.models.service import Service


class Where(models.TextChoices):
    SIPPN = "sippn", _("SIPPN")
    WEBSITE = "website", _("Situs perangkat daerah")
    POSTER = "poster", _("Poster atau banner di ruang layanan")
    LEAFLET = "leaflet", _("Brosur")
    OTHER = "other", _("Lainnya")


class PostingQuerySet(models.QuerySet["Posting"]):
    def visible_to(self, user: Reaching) -> PostingQuerySet:
        return self.filter(under(user.seen_paths(), "service__unit__path")).select_related(
            "service__unit__government", "by"
        )

    def current(self) -> PostingQuerySet:
        return self.filter(removed_on=None)


class Posting(Anchored, models.Model):
    """One place outside, with its latest reading. A later look replaces it; the book keeps both."""

    anchor = "service"

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="postings")
    where = models.CharField(_("tempat"), max_length=12, choices=Where)
    address = models.CharField(_("alamat atau letak"), max_length=500, blank=True)
    seen_on = models.DateField(_("dilihat pada"))
    seen = models.JSONField(default=dict)
    """What stands there: components by code, as lines; or `text` of a page or file."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    removed_on = models.DateField(null=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["where", "pk"]

    def __str__(self) -> str:
        return f"{self.service}: {self.get_where_display()}"


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: Reaching) -> SnapshotQuerySet:
        return self.filter(under(user.seen_paths(), "government__path")).select_related(
            "government"
        )


class Snapshot(Anchored, models.Model):
    """What was published on a day, frozen and citable: its text never changes."""

    anchor = "government"

    government = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField(default=timezone.now)
    services = models.PositiveIntegerField()
    text = models.TextField()
    size = models.PositiveIntegerField()
    """Bytes of the text, so that a catalogue need not read it."""
    sha256 = models.CharField(max_length=64)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["government", "number"], name="snapshots_are_counted")
        ]

    def __str__(self) -> str:
        return f"{self.government} {self.number}"
