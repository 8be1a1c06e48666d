"""A verdict from outside, as its source has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.files.models import StoredFile
from hijau.instruments.models import Version
from hijau.lib.exact import ExactField
from hijau.organisation.models import Anchored, Organisation, Reaching, under
from scoring.provenance import Label

LABELS = [
    (Label.VERIFIED.value, _("tercetak pada sumbernya")),
    (Label.UNOFFICIAL.value, _("sumber tidak resmi")),
    (Label.INFERRED.value, _("disimpulkan")),
]


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def visible_to(self, user: Reaching) -> VerdictQuerySet:
        return self.filter(under(user.seen_paths(), "organisation__path")).select_related(
            "organisation__government", "version", "letter"
        )


class Verdict(Anchored, models.Model):
    """One published result. Two sources that disagree are two rows, and a conflict."""

    anchor = "organisation"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="verdicts"
    )
    family = models.CharField(_("rumpun"), max_length=40)
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, related_name="verdicts"
    )
    year = models.PositiveSmallIntegerField(_("tahun"))
    value = ExactField(_("nilai"), null=True)
    category = models.CharField(_("kategori"), max_length=80, blank=True)
    zone = models.CharField(_("zona"), max_length=20, blank=True)
    label = models.CharField(_("keyakinan"), max_length=12, choices=LABELS)
    source_name = models.CharField(_("sumber"), max_length=200)
    source_url = models.URLField(_("alamat sumber"), max_length=500, blank=True)
    note = models.TextField(_("catatan"), blank=True)
    letter = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="verdict_letters"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["year", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(category="") | ~Q(zone=""),
                name="verdicts_say_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name} {self.year}"


class Year:
    """What the sources say of one year: in agreement, or not."""

    def __init__(self, year: int, verdicts: list[Verdict]) -> None:
        self.year, self.verdicts = year, verdicts

    @property
    def values(self) -> list[Verdict]:
        return [v for v in self.verdicts if v.value is not None]

    @property
    def conflict(self) -> bool:
        """Whether two sources give different figures. They are shown, not averaged."""
        return len({v.value for v in self.values}) > 1

    @property
    def family_version(self) -> Version | None:
        return next((v.version for v in self.verdicts if v.version), None)

    @property
    def zone(self) -> str:
        zones = {v.zone for v in self.verdicts if v.zone}
        return zones.pop() if len(zones) == 1 else ""


def by_year(verdicts: Iterable[Verdict]) -> Iterator[Year]:
    """The verdicts of one organisation and family, year by year."""
    for year, group in groupby(sorted(verdicts, key=lambda v: (v.year, v.pk)), lambda v: v.year):
        yield Year(year, list(group))
