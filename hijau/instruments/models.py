"""Frozen versions of the instrument files; an assessment pins the one it was opened with."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.organisation.models import Organisation
from scoring.instrument import Instrument
from scoring.reading import parse_instrument

_READ: dict[str, Instrument] = {}
"""What this process has read, by the hash of its text: frozen, and a handful."""


class VersionQuerySet(models.QuerySet["Version"]):
    def visible_to(self, user: User) -> VersionQuerySet:
        """The shipped ones, and those that the person's own governments added."""
        return self.filter(models.Q(government=None) | models.Q(government__in=user.roots()))

    def in_force(self, day: dt.date | None = None) -> VersionQuerySet:
        """Those valid on a day; today when none is given."""
        day = day or timezone.localdate()
        return self.filter(valid_from__lte=day).filter(
            models.Q(valid_until=None) | models.Q(valid_until__gte=day)
        )


class Version(models.Model):
    """One instrument file as it was when it was loaded. Its text never changes."""

    identifier = models.CharField(_("kode"), max_length=80)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    title = models.CharField(_("judul"), max_length=200)
    family = models.CharField(_("rumpun"), max_length=40)
    valid_from = models.DateField(_("berlaku sejak"))
    valid_until = models.DateField(_("berlaku sampai"), null=True)
    government = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    loaded_at = models.DateTimeField(default=timezone.now)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sha256", "government"], name="one_version_per_text_and_government"
            ),
            models.UniqueConstraint(
                fields=["sha256"],
                condition=models.Q(government=None),
                name="one_shipped_version_per_text",
            ),
        ]
        ordering: ClassVar = ["family", "-valid_from", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> Instrument:
        """The instrument itself, read once per process.

        Lists leave the text in the database: only the first look at a version asks for it.
        """
        if self.sha256 not in _READ:
            _READ[self.sha256] = parse_instrument(self.text)
        return _READ[self.sha256]
