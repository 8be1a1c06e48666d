"""The public consultation (FKP) on a unit's standards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hijau.files.models import StoredFile
from hijau.organisation.models import Anchored, Organisation, Reaching, under
from hijau.services.models.standard import Standard


class Group(models.TextChoices):
    """The five groups of society (PermenPANRB 16/2017, as PEKPPP 2.a.P names them)."""

    USERS = "users", _("Pengguna layanan")
    EXPERTS = "experts", _("Ahli, praktisi, dan akademisi")
    AGENCIES = "agencies", _("Instansi terkait")
    SOCIETY = "society", _("Organisasi masyarakat sipil")
    MEDIA = "media", _("Media massa")


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: Reaching) -> ConsultationQuerySet:
        return self.filter(under(user.seen_paths(), "unit__path")).select_related(
            "unit__government"
        )


class Consultation(Anchored, models.Model):
    """One forum: to what it was called, who came by group, what was said, what changed.

    Nobody is named here: the attendance list is one of the attached papers.
    """

    anchor = "unit"

    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="consultations")
    subject = models.CharField(_("pokok bahasan"), max_length=200)
    held_on = models.DateField(_("tanggal"))
    where = models.CharField(_("tempat"), max_length=200)
    invited = models.JSONField(default=list)
    """The groups that are called, by code."""
    attended = models.JSONField(default=dict)
    """How many came, by the code of their group; empty until it was held."""
    minutes = models.TextField(_("notula"), max_length=8000, blank=True)
    changes = models.TextField(_("yang berubah karenanya"), max_length=4000, blank=True)
    is_closed = models.BooleanField(default=False)
    standards = models.ManyToManyField(Standard, related_name="consultations")
    is_example = models.BooleanField(_("data contoh"), default=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.subject

    @property
    def called(self) -> list[tuple[Group, int | None]]:
        """Each of the five groups that was called or came, and how many came of it."""
        return [
            (group, self.attended.get(group.value))
            for group in Group
            if group.value in self.invited or group.value in self.attended
        ]

    @property
    def absent(self) -> list[Group]:
        """The groups of which nobody came; all five while nothing is known."""
        return [group for group in Group if not self.attended.get(group.value)]


class AttachmentKind(models.TextChoices):
    ATTENDANCE = "attendance", _("Daftar hadir")
    MINUTES = "minutes", _("Notula atau berita acara")
    PHOTO = "photo", _("Foto")
    OTHER = "other", _("Lainnya")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Reaching) -> AttachmentQuerySet:
        return self.filter(under(user.seen_paths(), "consultation__unit__path")).select_related(
            "consultation__unit__government", "file"
        )


class Attachment(Anchored, models.Model):
    """A paper or photograph of a consultation."""

    anchor = "consultation"

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="attachments"
    )
    kind = models.CharField(_("jenis"), max_length=12, choices=AttachmentKind)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "pk"]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.file}"
