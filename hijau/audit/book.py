"""Writing to the book, and checking it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise

from hijau.audit.models import GENESIS, Chain, Entry

EVENTS: dict[str, str | Promise] = {}
"""Every event that any action records, with its sentence; filled by :func:`declare`."""


class Actor(Protocol):
    """Whoever does something: a person, known to the book by number only."""

    pk: Any


def declare(**events: str | Promise) -> None:
    """Name the events of an app (`round_opened="…"` is the event `round.opened`)."""
    for name, sentence in events.items():
        EVENTS[name.replace("_", ".", 1)] = sentence


@dataclass
class Record:
    """The entry that is being written; `details` may grow inside the block (codes only)."""

    details: dict[str, Any]


@contextmanager
def recorded(
    event: str,
    subject: models.Model | None,
    *,
    by: Actor | None,
    book: str | None = None,
    **details: Any,
) -> Iterator[Record]:
    """A change and its record in one transaction; a refusal or a fault leaves neither.

    `subject` is what it was done to; its `book` attribute names the government's chain (given
    apart when the subject is only made inside the block: then name it in `record.details`).
    """
    if event not in EVENTS:
        raise LookupError(f"audit event {event} is not declared")
    name = book if book is not None else str(getattr(subject, "book", ""))
    if not name:
        raise LookupError(f"audit event {event} has no government to be recorded for")
    with transaction.atomic():
        chain = Chain.objects.select_for_update().filter(name=name).first()
        if chain is None:
            chain, _ = Chain.objects.get_or_create(name=name)
            chain = Chain.objects.select_for_update().get(pk=chain.pk)
        record = Record(details)
        label = _label(subject)  # before the block: what is removed in it has no number after it
        yield record
        entry = Entry(
            chain=chain,
            number=chain.length + 1,
            at=_now(),
            actor=by.pk if by else None,
            event=event,
            subject=label or _label(subject),
            details=record.details,
            previous=chain.head,
        )
        entry.hash = entry.sealed()
        entry.save(force_insert=True)


def _now() -> dt.datetime:
    return timezone.now().astimezone(dt.UTC)


def _label(subject: models.Model | None) -> str:
    if subject is None or subject.pk is None:
        return ""
    return f"{subject._meta.label_lower}:{subject.pk}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain does not hold, and what was found there."""

    chain: str
    number: int
    sentence: str


def verify(chain: Chain) -> Iterator[Fault]:
    """Walk a chain from its first entry; yields a fault for each altered, removed, added one."""
    expected, previous = 1, GENESIS
    for entry in chain.entries.order_by("number").select_related("chain").iterator(2000):
        if entry.number != expected:
            yield Fault(chain.name, expected, f"sampai {entry.number - 1} hilang")
        elif entry.previous != previous:
            yield Fault(chain.name, entry.number, "tidak menyambung dengan catatan sebelumnya")
        if entry.sealed() != entry.hash:
            yield Fault(chain.name, entry.number, "isinya telah diubah")
        expected, previous = entry.number + 1, entry.hash
    if expected - 1 != chain.length or previous != chain.head:
        yield Fault(
            chain.name,
            chain.length,
            f"ujung buku seharusnya catatan {chain.length}, yang ada {expected - 1}",
        )
