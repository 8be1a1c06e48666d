"""Reminding people of what is due, once per step, by e-mail and in the platform."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from django.db import DatabaseError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from hijau.accounts.models import User
from hijau.assessments.actions.oversight import remind_owners
from hijau.assessments.actions.readiness import send_alarms
from hijau.assessments.due import Due, due_for
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from hijau.notices.models import Notice
from hijau.organisation.models import Organisation
from hijau.services.actions import remind_of_reviews

BEFORE = (5, 2, 0)
"""Working days before the last day on which a person is reminded."""
LATE_EVERY = 5
"""Working days between two reminders of what is late."""


@task()
def remind() -> int:
    """Remind everybody of what is due; how many reminders were new. Safe to run at any time."""
    count = 0
    people = User.objects.filter(is_active=True, memberships__isnull=False).distinct()
    for person in people.order_by("pk"):
        for due in due_for(person):
            if step := _step(due):
                count += _remind(person, due, step)
    # Readiness for the Ombudsman, open products, reviews: weekly, on the first day that it runs.
    week = timezone.localdate().strftime("%G-W%V")
    for government in Organisation.objects.filter(government=None):
        weekly = (
            ("alarms", send_alarms), ("products", remind_owners), ("reviews", remind_of_reviews),
        )  # fmt: skip
        for name, verb in weekly:
            key = f"{name}/{government.pk}/{week}"
            if Notice.objects.filter(key__startswith=key).exists():
                continue
            with suppress(Refused):  # nothing to tell
                count += verb(government, by=None, key=key)
    return count


def _step(due: Due) -> str:
    """Which reminder this is; nothing when today is no day for one."""
    if due.is_late:
        return f"late-{-due.left // LATE_EVERY}"
    reached = [days for days in BEFORE if due.left <= days]
    return str(min(reached)) if reached else ""


def _remind(person: User, due: Due, step: str) -> int:
    day: dt.date = due.by
    subject = _("Terlambat: %s") if due.is_late else _("Pengingat: %s")
    text = _("%(what)s. Tenggatnya %(day)s, %(left)s.") % {
        "what": due.detail,
        "day": date_format(day, "j F Y"),
        "left": due.left_in_words,
    }
    return tell(
        [person], subject % due.title, text, url=due.url, key=f"{due.key}/{day.isoformat()}/{step}"
    )


def remind_daily() -> bool:
    """Queue the reminders once a day; False when today's are on their way already."""
    from django.core.cache import cache

    today = timezone.localdate().isoformat()
    if not cache.add(f"reminded-{today}", True, timeout=2 * 24 * 60 * 60):
        return False
    try:
        remind.enqueue()
    except DatabaseError:
        cache.delete(f"reminded-{today}")  # the next look tries again
        raise
    return True
