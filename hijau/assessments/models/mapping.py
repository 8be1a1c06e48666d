"""How a government's own old workbook is read: its columns, mapped once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hijau.accounts.models import User
from hijau.organisation.models import Organisation


class ColumnMappingQuerySet(models.QuerySet["ColumnMapping"]):
    def visible_to(self, user: User) -> ColumnMappingQuerySet:
        """Those of the governments in which the person has a role."""
        return self.filter(government__in=user.roots())


class ColumnMapping(models.Model):
    """The columns of a legacy workbook, per government and family of instruments."""

    government = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    family = models.CharField(max_length=40)
    columns = models.JSONField()

    objects = ColumnMappingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["government", "family"], name="one_mapping_per_government_and_family"
            )
        ]

    def __str__(self) -> str:
        return f"{self.government_id}: {self.family}"
