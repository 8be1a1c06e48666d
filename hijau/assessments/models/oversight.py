"""The register of the Ombudsman's products: what it asked of whom, until when, and the proof."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.files.models import StoredFile
from hijau.organisation.models import Anchored, Kind, Organisation, under
from scoring.provenance import Fact, Label

SOON_DAYS = 7
"""A product that is due within this many days is named among the first."""


class ProductKind(models.TextChoices):
    CORRECTIVE = "corrective", _("Tindakan korektif (LAHP)")
    SUGGESTION = "suggestion", _("Saran")
    RECOMMENDATION = "recommendation", _("Rekomendasi")


class ProductStatus(models.TextChoices):
    OPEN = "open", _("Belum ditindaklanjuti")
    FOLLOWED = "followed", _("Sudah ditindaklanjuti")
    ACCEPTED = "accepted", _("Diterima Ombudsman")
    WITHDRAWN = "withdrawn", _("Ditarik")


UNFINISHED = (ProductStatus.OPEN, ProductStatus.FOLLOWED)


@dataclass(frozen=True, slots=True)
class Period:
    """How many calendar days there are to comply, and how sure that is."""

    days: int
    fact: Fact


PERIODS: dict[str, Period] = {
    ProductKind.CORRECTIVE: Period(
        30,
        Fact(
            Label.UNOFFICIAL,
            ("https://sonora.id/read/422266622/tingkat-kepatuhan-terlapor-melaksanakan-lahp-ombudsman-tinggi",),
            "Diberitakan; pasalnya belum dibaca.",
        ),
    ),
    ProductKind.SUGGESTION: Period(
        30, Fact(Label.ASSUMED, (), "Tidak ada sumber; disamakan dengan tindakan korektif.")
    ),
    ProductKind.RECOMMENDATION: Period(
        60,
        Fact(
            Label.VERIFIED,
            ("https://www.genpi.co/polhukam/137808/ternyata-jokowi-hanya-punya-waktu-60-hari-siap-siap-saja?page=2",),
            "UU 37/2008 pasal 38 ayat (2), sebagaimana dikutip.",
        ),
    ),
}  # fmt: skip
"""From the day of receipt. The day written in the Ombudsman's letter goes before all of these."""


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user: User) -> ProductQuerySet:
        """Those that places one sees have to follow up."""
        return self.filter(under(user.seen_paths(), "owner__path")).select_related(
            "owner__government", "letter"
        )

    def of_government(self, government: Organisation) -> ProductQuerySet:
        """All of a government's, but for those that were withdrawn."""
        return self.filter(under([government.place], "owner__path")).exclude(
            status=ProductStatus.WITHDRAWN
        )

    def unfinished(self) -> ProductQuerySet:
        """Those that the Ombudsman has not accepted yet."""
        return self.filter(status__in=UNFINISHED)

    def pressing(self) -> ProductQuerySet:
        """The unfinished ones that are overdue or soon will be, the oldest day first."""
        last = timezone.localdate() + dt.timedelta(days=SOON_DAYS)
        return self.unfinished().filter(due_on__lte=last).order_by("due_on", "pk")


class Product(Anchored, models.Model):
    """A corrective action, a suggestion or a recommendation of the Ombudsman.

    Its owner is who must follow it up: the government itself until it was assigned.
    """

    anchor = "owner"

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="products")
    kind = models.CharField(_("jenis"), max_length=16, choices=ProductKind)
    number = models.CharField(_("nomor surat"), max_length=120)
    title = models.CharField(_("perihal"), max_length=200)
    about = models.TextField(_("yang diminta"), blank=True)
    received_on = models.DateField(_("diterima"))
    due_on = models.DateField(_("batas waktu"))
    letter = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="product_letters"
    )
    status = models.CharField(max_length=12, choices=ProductStatus, default=ProductStatus.OPEN)
    accepted_on = models.DateField(_("diterima Ombudsman"), null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("received_on")), name="products_are_due_after_receipt"
            ),
            models.CheckConstraint(
                condition=Q(status=ProductStatus.ACCEPTED, accepted_on__isnull=False)
                | (~Q(status=ProductStatus.ACCEPTED) & Q(accepted_on=None)),
                name="accepted_products_have_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def is_assigned(self) -> bool:
        return self.owner.kind != Kind.GOVERNMENT

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    @property
    def days_left(self) -> int:
        """Days until it is due; negative once that day has passed."""
        return (self.due_on - timezone.localdate()).days

    @property
    def days_over(self) -> int:
        return max(-self.days_left, 0)

    @property
    def period(self) -> Period:
        """What is known of the time that this kind allows."""
        return PERIODS[self.kind]


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User) -> FollowUpQuerySet:
        """Those of the products that one sees."""
        return self.filter(under(user.seen_paths(), "product__owner__path")).select_related(
            "product__owner__government", "proof", "by"
        )


class FollowUp(Anchored, models.Model):
    """What was done about a product, with its proof. It is never changed; another is added."""

    anchor = "product"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="follow_ups")
    done = models.TextField(_("yang dilakukan"))
    day = models.DateField(_("hari"))
    proof = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="follow_ups")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "pk"]

    def __str__(self) -> str:
        return f"{self.product}, {self.day.isoformat()}"
