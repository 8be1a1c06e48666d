"""The charter (maklumat) of a unit, with the three promises that it must contain."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hijau.files.models import StoredFile
from hijau.organisation.models import Anchored, Organisation, Reaching, under

SHORTEST = 20


class CharterStage(models.TextChoices):
    DRAFT = "draft", _("Rancangan")
    DECREED = "decreed", _("Ditetapkan")
    PUBLISHED = "published", _("Diterbitkan")
    SUPERSEDED = "superseded", _("Digantikan")


class CharterQuerySet(models.QuerySet["Charter"]):
    def visible_to(self, user: Reaching) -> CharterQuerySet:
        return self.filter(under(user.seen_paths(), "unit__path")).select_related(
            "unit__government", "decree"
        )

    def published(self) -> CharterQuerySet:
        return self.filter(stage=CharterStage.PUBLISHED)

    def coming(self) -> CharterQuerySet:
        """The one that is written or decreed and not yet shown; a unit has at most one."""
        return self.filter(stage__in=(CharterStage.DRAFT, CharterStage.DECREED))


class Charter(Anchored, models.Model):
    """A charter: what the unit promises, what it does to keep it, what follows when it does not."""

    anchor = "unit"

    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="charters")
    stage = models.CharField(max_length=12, choices=CharterStage, default=CharterStage.DRAFT)
    promise = models.TextField(_("janji melayani sesuai standar"), max_length=600, blank=True)
    improvement = models.TextField(
        _("kewajiban dan perbaikan terus-menerus"), max_length=600, blank=True
    )
    sanction = models.TextField(
        _("kesediaan menerima sanksi atau memberi kompensasi"), max_length=600, blank=True
    )
    decree_number = models.CharField(_("nomor penetapan"), max_length=120, blank=True)
    decreed_on = models.DateField(_("tanggal penetapan"), null=True)
    decree = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="charter_decrees"
    )
    published_on = models.DateField(null=True)
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(stage="published"), name="one_charter_in_force"
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(stage__in=["draft", "decreed"]),
                name="one_charter_coming",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: maklumat"

    @property
    def promises(self) -> tuple[tuple[str, str], ...]:
        """The three promises that the law asks for, each with its name."""
        return (
            (str(_("janji melayani sesuai standar")), self.promise),
            (str(_("kewajiban dan perbaikan terus-menerus")), self.improvement),
            (str(_("kesediaan menerima sanksi atau memberi kompensasi")), self.sanction),
        )

    @property
    def lacking(self) -> list[str]:
        """The promises that are not there; a few letters are no promise."""
        return [name for name, text in self.promises if len(text) < SHORTEST]
