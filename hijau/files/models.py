"""Uploads: kept under a name of our own, known by their content, never changed."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from hijau.organisation.models import Organisation


def storage_name(stored: StoredFile, name: str) -> str:
    """A name that tells nothing and collides with nothing."""
    del name
    return f"{stored.government_id}/{uuid.uuid4().hex}"


class StoredFile(models.Model):
    """One uploaded file. `kind` comes from its content, `name` is only what it was called."""

    government = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    content = models.FileField(upload_to=storage_name, max_length=120)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    look: Any = None
    """What its content was found to hold when it was taken in; not kept."""

    def __str__(self) -> str:
        return self.name
