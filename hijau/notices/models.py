"""What a person is told in the platform; the same words go out by e-mail."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from hijau.accounts.models import User

SUBJECT = 200
"""The longest subject, in characters."""


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        """One's own, and nobody else's."""
        return self.filter(person=user)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(models.Model):
    """A message to one person. `key` names what it reminds of, so that it comes once."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    subject = models.CharField(max_length=SUBJECT)
    text = models.TextField()
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["person", "read_at"], name="unread_of_a_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "key"],
                condition=~models.Q(key=""),
                name="one_reminder_per_person_and_key",
            )
        ]

    def __str__(self) -> str:
        return self.subject
