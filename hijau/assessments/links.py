"""Personal links to a quiz: signed, good for a week, for one sitting, and they tell no name."""

from __future__ import annotations

import hashlib

from django.core import signing

from hijau.assessments.models import KeyRespondent

SALT = "hijau.assessments.quiz"
DAYS = 7
"""A link is for the days before an interview, not for ever."""


def quiz_token(respondent: KeyRespondent) -> str:
    """A link for the respondent; another one for every second in which it is made."""
    return signing.dumps(respondent.pk, salt=SALT)


def respondent_of(token: str) -> KeyRespondent | None:
    """Whose link it is; None when it was altered, is too old, or the person was replaced."""
    try:
        number = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return None
    current = KeyRespondent.objects.from_today().select_related("unit__government")
    return current.filter(pk=number).first()


def fingerprint(token: str) -> str:
    """What a sitting keeps of its link, so that each link serves once."""
    return hashlib.sha256(token.encode()).hexdigest()
