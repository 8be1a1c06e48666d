"""Answering: each answer is saved at once; sending hands the assessment over."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission, Role
from hijau.assessments.conditions import (
    check_value,
    must_be_open,
    must_not_be_final,
    open_to_the_unit,
    question_of,
    spoken,
)
from hijau.assessments.keeping import (
    VERIFIED,
    as_heard,
    heard_now,
    in_force,
    keep_figures,
    score_or_refuse,
)
from hijau.assessments.models import Answer, Assessment, Assignee, Status
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from scoring.numbers import format_exact
from scoring.score import Score

book.declare(
    answer_saved=gettext_lazy("Jawaban disimpan"),
    facts_saved=gettext_lazy("Data fakta (F-01) disimpan"),
    indicator_assigned=gettext_lazy("Indikator dibagi kepada petugas"),
    assessment_submitted=gettext_lazy("Penilaian mandiri dikirim"),
)


def save_answer(
    assessment: Assessment,
    code: str,
    value: Fraction | None,
    *,
    by: User,
    not_applicable: bool = False,
    note: str | None = None,
    seen: int | None = None,
) -> tuple[Score, list[Answer]]:
    """Save one answer at once; the score that the answers now make, and the answers.

    `seen` is the version of the answer that the officer had before them; when another was saved
    since, by a colleague or in another tab, this one is refused and that one stays. A `value` of
    None clears the answer. What users of the service are asked may come in until the figure is
    final, unless Hijau itself asked them.
    """
    question = question_of(assessment, code)
    of_users = question.asked_of == "users"
    with book.recorded("answer.saved", assessment, by=by, code=code) as record:
        check_value(question, value)
        if of_users:
            # It may have been verified, or heard, between the first look and the lock of the book.
            assessment.refresh_from_db(fields=["status"])
            heard_now(assessment)
        if of_users and assessment.status in VERIFIED:
            raise Refused(_("Hasilnya sudah diumumkan; F-03 hanya diterima dari responden."))
        if of_users and code in assessment.heard:
            raise Refused(_("%s dihitung dari jawaban responden, jadi tidak diketik.") % code)
        answers, answer = _taken(assessment, code)
        if _overtaken(answer, seen) and answer.given != (value, not_applicable):
            raise Refused(
                _("%(code)s sudah diisi di tempat lain: %(now)s. Muat ulang, lalu putuskan.")
                % {"code": code, "now": spoken(question, answer)},
                [answer],
            )
        answer.value, answer.not_applicable = value, not_applicable
        answer.note = answer.note if note is None else note.strip()
        score, given = _kept(assessment, answers, answer, by, of_users)
        record.details |= {
            "value": None if value is None else format_exact(value),
            "not_applicable": not_applicable,
            "version": answer.version,
        }
        return score, given


def save_facts(
    assessment: Assessment,
    code: str,
    facts: Mapping[str, Any],
    *,
    by: User,
    seen: int | None = None,
) -> tuple[Score, list[Answer]]:
    """Save the facts (F-01) of an indicator; the level stays what the unit says it is."""
    question_of(assessment, code)
    with book.recorded("facts.saved", assessment, by=by, code=code) as record:
        answers, answer = _taken(assessment, code)
        if _overtaken(answer, seen) and answer.facts != dict(facts):
            raise Refused(
                _("Data %s sudah diisi di tempat lain. Muat ulang, lalu putuskan.") % code
            )
        answer.facts = dict(facts)
        score, given = _kept(assessment, answers, answer, by, of_users=False)
        record.details |= {"facts": len(answer.facts), "version": answer.version}
        return score, given


def _taken(assessment: Assessment, code: str) -> tuple[dict[str, Answer], Answer]:
    answers = {answer.code: answer for answer in assessment.answers.all()}
    answer = answers.setdefault(code, Answer(assessment=assessment, code=code, version=0))
    return answers, answer


def _overtaken(answer: Answer, seen: int | None) -> bool:
    return seen is not None and seen != answer.version


def _kept(
    assessment: Assessment, answers: dict[str, Answer], answer: Answer, by: User, of_users: bool
) -> tuple[Score, list[Answer]]:
    """Write the answer and the figures it makes, when the assessment is open to it."""
    if not of_users and not assessment.is_draft:
        must_be_open(assessment, answer.code)
    answer.by, answer.version, answer.at = by, answer.version + 1, timezone.now()
    answer.save()
    given = list(answers.values())
    late = of_users and not assessment.is_with_the_unit
    values = in_force(assessment) if late else given
    score = score_or_refuse(assessment, values)
    done = sum(answer.is_given for answer in given)
    when = ~Q(status=Status.FINAL) if of_users else open_to_the_unit()
    if not keep_figures(assessment, score, when & as_heard(assessment), answered=done):
        must_be_open(assessment)
        heard_now(assessment)  # it is open, so a respondent came in since it was read
        score = score_or_refuse(assessment, values)
        keep_figures(assessment, score, when, answered=done)
    if of_users:
        must_not_be_final(assessment)
    return score, given


def assign_indicators(
    assessment: Assessment, chosen: Mapping[str, User | None], *, by: User
) -> None:
    """Say who of the unit answers which indicators; None takes the name away.

    Who gets something new is told so.
    """
    with book.recorded("indicator.assigned", assessment, by=by) as record:
        before = dict(assessment.assignees.values_list("code", "person"))
        changed = {
            code: person
            for code, person in chosen.items()
            if (person.pk if person else None) != before.get(code)
        }
        for code, person in changed.items():
            question_of(assessment, code)
            if person is None:
                Assignee.objects.filter(assessment=assessment, code=code).delete()
                continue
            if not person.may(Permission.ANSWER, assessment):
                raise Refused(_("%s bukan petugas unit ini.") % person)
            Assignee.objects.update_or_create(
                assessment=assessment, code=code, defaults={"person": person}
            )
        record.details["people"] = {
            code: person.pk if person else None for code, person in changed.items()
        }
        for person in {person for person in changed.values() if person} - {by}:
            tell(
                [person],
                _("Anda diminta mengisi penilaian %s") % assessment.short_title,
                _("Beberapa indikator “%s” dibagikan kepada Anda.") % assessment.round,
                url=reverse("answer_page", args=[assessment.pk]),
            )


def submit_assessment(assessment: Assessment, *, by: User) -> None:
    """Hand the assessment over; from now on the unit cannot change it.

    What was sent back for repair goes back to its verifiers.
    """
    with book.recorded("assessment.submitted", assessment, by=by) as record:
        must_be_open(assessment)
        heard_now(assessment)
        again = assessment.status == Status.RETURNED
        answers = list(assessment.answers.all())
        if unanswered := assessment.unanswered(answers):
            raise Refused(
                _("%d indikator belum dijawab. Lengkapi dahulu, lalu kirim.") % len(unanswered),
                unanswered,
            )
        score = score_or_refuse(assessment, answers)
        kept = keep_figures(
            assessment,
            score,
            open_to_the_unit(),
            answered=sum(answer.is_given for answer in answers),
            status=Status.SUBMITTED,
            submitted_at=timezone.now(),
            submitted_by=by,
            self_value=score.value,
            self_low=score.low,
            self_high=score.high,
        )
        if not kept:
            raise Refused(_("Penilaian ini sudah dikirim."))
        assessment.repairs.filter(done_at=None).update(done_at=timezone.now())
        record.details |= {"answers": len(answers), "again": again}
        _tell_of_submission(assessment, again)


def _tell_of_submission(assessment: Assessment, again: bool) -> None:
    unit = {"unit": assessment.short_title, "round": assessment.round}
    if again:
        subject = _("%(unit)s sudah memperbaiki") % unit
        text = _("%(unit)s mengirim kembali “%(round)s” setelah diperbaiki.") % unit
    else:
        subject = _("%(unit)s mengirim penilaian mandiri") % unit
        text = _(
            "%(unit)s telah mengirim “%(round)s”. Jawaban dan buktinya dapat dilihat di Hijau."
        ) % {"unit": assessment.title, "round": assessment.round}
    organisers = User.objects.holding(Role.ORGANISER, assessment.unit.root)
    tell(organisers, subject, text, url=reverse("proof_page", args=[assessment.pk]))
    for task in assessment.verifications.select_related("verifier"):
        tell([task.verifier], subject, text, url=reverse("verification_page", args=[task.pk]))
