"""The letterhead of a government, and the templates that it uses instead of the shipped ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.files.models import StoredFile
from hijau.organisation.models import Organisation
from hijau.papers.kinds import Format, Kind
from hijau.papers.letterhead import Head

TEXT_LIMIT = 200_000
"""Characters of a .typ template; the longest shipped one has a fortieth."""


class Letterhead(models.Model):
    """What stands at the top of every paper of a government."""

    government = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    line_1 = models.CharField(_("baris 1"), max_length=80)
    line_2 = models.CharField(_("baris 2"), max_length=80, blank=True)
    line_3 = models.CharField(_("baris 3"), max_length=80, blank=True)
    line_4 = models.CharField(_("baris 4"), max_length=80, blank=True)
    address = models.CharField(_("alamat"), max_length=240, blank=True)
    place = models.CharField(_("tempat penandatanganan"), max_length=60)
    logo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.line_1

    @property
    def book(self) -> str:
        return self.government.book

    def head(self) -> Head:
        """The letterhead as it is printed."""
        lines = (self.line_1, self.line_2, self.line_3, self.line_4)
        return Head(
            lines=tuple(line for line in lines if line),
            address=self.address,
            place=self.place,
            logo=read(self.logo) if self.logo else b"",
        )


def head_of(government: Organisation) -> Head:
    """The government's letterhead; its name alone when none was set yet."""
    letterhead = Letterhead.objects.filter(government=government).select_related("logo").first()
    if letterhead:
        return letterhead.head()
    return Head(lines=(government.name,), place=government.short_name)


class TemplateQuerySet(models.QuerySet["Template"]):
    def latest_of(self, government: Organisation, kind: Kind, form: Format) -> Template | None:
        """The last row for a kind and a format; it decides."""
        return (
            self.filter(government=government, kind=kind.code, format=form)
            .select_related("file", "by")
            .order_by("-pk")
            .first()
        )

    def in_use(self, government: Organisation) -> TemplateQuerySet:
        """The government's own templates that have taken the place of shipped ones."""
        latest = self.filter(government=government).values("kind", "format")
        return (
            self.filter(pk__in=latest.annotate(last=models.Max("pk")).values("last"))
            .exclude(text="", file=None)
            .defer("text")
            .select_related("by")
            .order_by("kind", "format")
        )


class Template(models.Model):
    """A government's own template. A row is never changed: a new one takes its place.

    A row with neither text nor file says: back to the one that is shipped.
    """

    government = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("jenis surat"), max_length=40)
    format = models.CharField(max_length=4, choices=[(f.value, f.value) for f in Format])
    text = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = TemplateQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["government", "kind", "format", "-id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(format=Format.TYP, file=None) | Q(format=Format.DOCX, text=""),
                name="a_template_is_text_or_a_document",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.format}"

    @property
    def book(self) -> str:
        return self.government.book

    @property
    def restores(self) -> bool:
        """Whether this row leads back to the shipped template."""
        return not self.text and self.file is None

    def content(self) -> bytes:
        """The template itself."""
        return read(self.file) if self.file else self.text.encode()


def read(stored: StoredFile) -> bytes:
    """The whole content of a stored file."""
    with stored.content.open("rb") as handle:
        content: bytes = handle.read()
    return content
