"""Telling people: in the platform at once, by e-mail from the queue.

No page waits for a mail server, and the queue holds numbers, not addresses.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from hijau.accounts.models import User
from hijau.notices.models import SUBJECT, Notice


def _shortened(text: str, length: int) -> str:
    """The text, cut where a database that counts would refuse it."""
    return text if len(text) <= length else text[: length - 1] + "…"


def tell(people: Iterable[User], subject: str, text: str, *, url: str = "", key: str = "") -> int:
    """Tell each person once; the e-mail leaves when the change it speaks of is kept.

    With a `key`, whoever was told under it before is not told again. How many were told.
    """
    told = {person.pk for person in people}
    subject = _shortened(subject, SUBJECT)
    if key:
        told -= set(
            Notice.objects.filter(key=key, person__in=told).values_list("person", flat=True)
        )
    Notice.objects.bulk_create(
        [Notice(person_id=pk, subject=subject, text=text, url=url, key=key) for pk in sorted(told)],
        ignore_conflicts=bool(key),
    )
    if told:
        deliver.enqueue(sorted(told), subject, text)
    return len(told)


@task()
def deliver(numbers: list[int], subject: str, text: str) -> int:
    """Send the message to each person apart, so that no address is shown to another."""
    people = User.objects.filter(pk__in=numbers, is_active=True)
    onward = _("Untuk menindaklanjutinya, masuklah ke Hijau dan buka Pemberitahuan.")
    body = f"{text}\n\n{onward}"
    return sum(send_mail(subject, body, None, [person.email]) for person in people)


def mark_read(person: User) -> None:
    """A person has seen what they were told."""
    Notice.objects.visible_to(person).unread().update(read_at=timezone.now())
