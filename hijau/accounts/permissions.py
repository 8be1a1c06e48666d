"""Roles, and what each may do. Whatever is not here is denied."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    ORGANISER = "organiser", _("Bagian Organisasi")
    OFFICER = "officer", _("Petugas perangkat daerah")
    VERIFIER = "verifier", _("Verifikator")
    LEADER = "leader", _("Pimpinan")
    ASSESSOR = "assessor", _("Penilai luar")


class Permission(StrEnum):
    """What can be allowed at a place of the tree, and everything under it."""

    SEE = "see"
    """See organisations, assessments, scores and verdicts."""
    SEE_SUBMITTED = "see-submitted"
    """See only assessments that were submitted."""
    ANSWER = "answer"
    """Answer a self-assessment, attach files, submit."""
    VERIFY = "verify"
    """Verify what units sent, when one was named as its verifier."""
    OPEN_ROUND = "open-round"
    """Open, steer and close rounds: verifiers, objections, final figures, the calendar."""
    RECORD_VERDICT = "record-verdict"
    """Enter results from outside, with their source."""
    SET_TARGET = "set-target"
    """Set floor and aim of a year."""
    MANAGE_PEOPLE = "manage-people"
    """Give and end roles, make accounts."""
    MANAGE_UNITS = "manage-units"
    """Change the tree of organisations."""
    MANAGE_PAPERS = "manage-papers"
    """Set the letterhead, change the templates of papers."""
    SEE_BOOK = "see-book"
    """Read the audit book of the government."""
    SEE_RESPONDENTS = "see-respondents"
    """Know the names of those whom the Ombudsman calls on, and their quiz results."""
    PREPARE_VISIT = "prepare-visit"
    """Name respondents, say who is away, enter visits of the Ombudsman, hand out quizzes."""
    KEEP_PRODUCTS = "keep-products"
    """Enter, assign and close products of the Ombudsman."""
    KEEP_STANDARDS = "keep-standards"
    """Write services, standards, charters and consultations; decree and publish them."""
    FREEZE_DATA = "freeze-data"
    """Freeze a citable copy of what the government has published."""
    FOLLOW_UP = "follow-up"
    """Add a follow-up with its proof to a product of the Ombudsman."""


ALLOWED: dict[str, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_UNITS,
            Permission.MANAGE_PAPERS,
            Permission.SEE_BOOK,
            Permission.SEE_RESPONDENTS,
        }
    ),
    Role.ORGANISER: frozenset(
        {
            Permission.SEE,
            Permission.OPEN_ROUND,
            Permission.RECORD_VERDICT,
            Permission.SET_TARGET,
            Permission.MANAGE_UNITS,
            Permission.MANAGE_PAPERS,
            Permission.SEE_RESPONDENTS,
            Permission.PREPARE_VISIT,
            Permission.KEEP_PRODUCTS,
            Permission.KEEP_STANDARDS,
            Permission.FREEZE_DATA,
            Permission.FOLLOW_UP,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Permission.SEE,
            Permission.ANSWER,
            Permission.SEE_RESPONDENTS,
            Permission.PREPARE_VISIT,
            Permission.KEEP_STANDARDS,
            Permission.FOLLOW_UP,
        }
    ),
    Role.VERIFIER: frozenset({Permission.SEE, Permission.VERIFY}),
    Role.LEADER: frozenset({Permission.SEE}),
    Role.ASSESSOR: frozenset({Permission.SEE_SUBMITTED}),
}

AT_THE_TOP = frozenset(
    {Role.ADMINISTRATOR, Role.ORGANISER, Role.VERIFIER, Role.LEADER, Role.ASSESSOR}
)
"""Roles that are held for a whole government; an officer's is held at an agency or a unit."""
