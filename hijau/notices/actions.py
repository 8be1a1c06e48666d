"""Telling people by e-mail, from the job queue, so that no page waits for a mail server."""

from __future__ import annotations

from django.core.mail import send_mail
from django_tasks import task


@task(queue_name="default")
def send_notice(recipients: list[str], subject: str, text: str) -> int:
    """Send one message to each recipient apart, so that no address is shown to another."""
    return sum(send_mail(subject, text, None, [address]) for address in recipients)
