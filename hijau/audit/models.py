"""What was done: one append-only, hash-chained book per government.

The book holds no personal data: an actor is a number, details are codes. Triggers in the database
(see the first migration) let an entry be written only at the end of its chain, and let none be
changed or removed.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from django.db import models

GENESIS = "0" * 64
"""What the first entry of a chain follows."""


class Chain(models.Model):
    """A government's book: where its last entry stands."""

    name = models.CharField(max_length=80, unique=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One thing that was done, in one transaction with what it did."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.BigIntegerField(null=True)
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "number"], name="one_entry_per_number")
        ]
        indexes: ClassVar = [models.Index(fields=["chain", "subject"])]

    def __str__(self) -> str:
        return f"{self.number} {self.event} {self.subject}"

    def sealed(self) -> str:
        """The hash over everything in the entry and over the entry before it."""
        content: dict[str, Any] = {
            "chain": self.chain.name,
            "number": self.number,
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor,
            "event": self.event,
            "subject": self.subject,
            "details": self.details,
            "previous": self.previous,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
