"""What a citizen receives, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from hijau.organisation.models import Anchored, Organisation, Reaching, under


class Nature(models.TextChoices):
    GOODS = "goods", _("Barang")
    SERVICE = "service", _("Jasa")
    ADMINISTRATION = "administration", _("Administratif")


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, user: Reaching) -> ServiceQuerySet:
        """Those of the places one sees."""
        return self.filter(under(user.seen_paths(), "unit__path")).with_names()

    def with_names(self) -> ServiceQuerySet:
        return self.select_related("unit__government")

    def offered(self) -> ServiceQuerySet:
        return self.filter(ended_on=None)


class Service(Anchored, models.Model):
    """A service of a unit: goods, a service or an administrative act (UU 25/2009 art. 5)."""

    anchor = "unit"

    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    government = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", editable=False
    )
    code = models.SlugField(_("kode"), max_length=80)
    name = models.CharField(_("nama layanan"), max_length=200)
    nature = models.CharField(_("jenis"), max_length=16, choices=Nature)
    about = models.TextField(_("penjelasan"), max_length=1000, blank=True)
    everyday = models.TextField(_("sebutan sehari-hari"), max_length=1000, blank=True)
    """The words that citizens use, one to a line."""
    ended_on = models.DateField(null=True)
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["government", "code"], name="one_service_per_code")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.everyday.splitlines() if line.strip())


def free_code(name: str, taken: Iterable[str]) -> str:
    """A code for an address, made of the name; with a number where another has it."""
    first = slugify(name)[:72].strip("-") or "layanan"
    number, code = 1, first
    while code in taken:
        number += 1
        code = f"{first}-{number}"
    return code


class OfficeQuerySet(models.QuerySet["Office"]):
    def visible_to(self, user: Reaching) -> OfficeQuerySet:
        return self.filter(under(user.seen_paths(), "unit__path")).select_related(
            "unit__government"
        )


class Office(Anchored, models.Model):
    """Where a unit serves, and when it is open, as citizens are told."""

    anchor = "unit"

    unit = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="office")
    address = models.CharField(_("alamat"), max_length=300, blank=True)
    hours = models.CharField(_("jam layanan"), max_length=300, blank=True)
    phone = models.CharField(_("telepon"), max_length=40, blank=True)
    map_url = models.URLField(_("tautan peta"), max_length=500, blank=True)

    objects = OfficeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.unit}: {self.address}"
