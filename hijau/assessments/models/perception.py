"""What users of the service said of a unit (F-03): raw answers, and their sums."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hijau.assessments.models.assessment import Assessment


def new_token() -> str:
    return uuid.uuid4().hex


class Perception(models.Model):
    """The survey of one unit in one round. `sums` holds, per item, total and count."""

    assessment = models.OneToOneField(
        Assessment, on_delete=models.CASCADE, related_name="perception"
    )
    token = models.CharField(max_length=32, unique=True, default=new_token)
    respondents = models.PositiveIntegerField(default=0)
    sums = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"F-03 · {self.assessment}"

    @property
    def means(self) -> Mapping[str, Fraction]:
        """The exact mean per item over those who answered it."""
        return {code: Fraction(total, count) for code, (total, count) in self.sums.items() if count}


class Via(models.TextChoices):
    LINK = "link", _("tautan atau kode QR")
    PAPER = "paper", _("formulir kertas")
    FILE = "file", _("berkas impor")


class Response(models.Model):
    """One respondent's answers; no name, nothing but the answers. Never changed.

    `key` is made where the form was opened: the same form that arrives twice is counted once.
    """

    perception = models.ForeignKey(Perception, on_delete=models.CASCADE, related_name="responses")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    via = models.CharField(max_length=8, choices=Via)
    answers = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.key)
