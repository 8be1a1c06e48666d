"""Telling people by e-mail, from the job queue, so that no page waits for a mail server."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.mail import send_mail
from django_tasks import task

from hijau.accounts.models import User


def tell(people: Iterable[User], subject: str, text: str) -> None:
    """Queue a message to people; it leaves once the change it speaks of is kept.

    The queue holds their numbers, not their addresses.
    """
    if numbers := sorted({person.pk for person in people}):
        deliver.enqueue(numbers, subject, text)


@task()
def deliver(numbers: list[int], subject: str, text: str) -> int:
    """Send the message to each person apart, so that no address is shown to another."""
    people = User.objects.filter(pk__in=numbers, is_active=True)
    return sum(send_mail(subject, text, None, [person.email]) for person in people)
