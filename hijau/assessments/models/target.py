"""A target: the floor that must be reached and the aim that is better, for one year."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.instruments.models import Version
from hijau.lib.exact import ExactField
from hijau.organisation.models import Anchored, Organisation, under


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User) -> TargetQuerySet:
        """Those of places one sees, and those of the governments one works in."""
        return self.filter(
            under(user.seen_paths(), "organisation__path") | Q(organisation__in=user.roots())
        ).select_related("organisation__government", "version")


class Target(Anchored, models.Model):
    """Floor and aim ("minimal hijau, lebih baik hijau pekat") as figures of an instrument.

    The words are those of the instrument's bands: a zone, a category or, from 2025, an opinion.
    """

    anchor = "organisation"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="targets")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField(_("tahun"))
    floor = ExactField(_("minimal"))
    floor_name = models.CharField(max_length=80)
    aim = ExactField(_("sasaran"))
    aim_name = models.CharField(max_length=80)
    source_name = models.CharField(_("dasar target"), max_length=200, blank=True)
    source_url = models.URLField(_("alamat sumber"), max_length=500, blank=True)
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "version", "year"], name="one_target_per_year"
            ),
            models.CheckConstraint(
                condition=Q(aim__gte=models.F("floor")), name="the_aim_is_not_below_the_floor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name} {self.year}: {self.floor_name} / {self.aim_name}"
