"""Answering: each answer is saved at once; sending closes the self-assessment."""

from __future__ import annotations

from fractions import Fraction

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments.conditions import check_value, must_be_open, question_of, spoken
from hijau.assessments.keeping import keep_figures, score_or_refuse
from hijau.assessments.models import Answer, Assessment, Status
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from scoring.numbers import format_exact
from scoring.score import Score

book.declare(
    answer_saved=gettext_lazy("Jawaban disimpan"),
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
    None clears the answer.
    """
    question = question_of(assessment, code)
    with book.recorded("answer.saved", assessment, by=by, code=code) as record:
        check_value(question, value)
        answers = {answer.code: answer for answer in assessment.answers.all()}
        answer = answers.setdefault(code, Answer(assessment=assessment, code=code, version=0))
        overtaken = seen is not None and seen != answer.version
        if overtaken and (answer.value, answer.not_applicable) != (value, not_applicable):
            raise Refused(
                _("%(code)s sudah diisi di tempat lain: %(now)s. Muat ulang, lalu putuskan.")
                % {"code": code, "now": spoken(question, answer)},
                [answer],
            )
        answer.value, answer.not_applicable, answer.by = value, not_applicable, by
        answer.note = answer.note if note is None else note.strip()
        answer.version, answer.at = answer.version + 1, timezone.now()
        answer.save()
        given = list(answers.values())
        score = score_or_refuse(assessment, given)
        if not keep_figures(assessment, score, sum(answer.is_given for answer in given)):
            must_be_open(assessment)
        record.details |= {
            "value": None if value is None else format_exact(value),
            "not_applicable": not_applicable,
            "version": answer.version,
        }
        return score, given


def submit_assessment(assessment: Assessment, *, by: User) -> None:
    """Close the self-assessment; from now on the unit cannot change it."""
    with book.recorded("assessment.submitted", assessment, by=by) as record:
        must_be_open(assessment)
        answers = list(assessment.answers.all())
        if unanswered := assessment.unanswered(answers):
            raise Refused(
                _("%d indikator belum dijawab. Lengkapi dahulu, lalu kirim.") % len(unanswered),
                unanswered,
            )
        given = sum(answer.is_given for answer in answers)
        keep_figures(assessment, score_or_refuse(assessment, answers), given)
        done = Assessment.objects.filter(pk=assessment.pk, status=Status.DRAFT).update(
            status=Status.SUBMITTED, submitted_at=timezone.now(), submitted_by=by
        )
        if not done:
            raise Refused(_("Penilaian ini sudah dikirim."))
        assessment.refresh_from_db(fields=["status", "submitted_at"])
        record.details["answers"] = given
        organisers = User.objects.holding(Role.ORGANISER, assessment.unit.root)
        tell(
            organisers,
            _("%(unit)s mengirim penilaian mandiri") % {"unit": assessment.unit.short_name},
            _("%(unit)s telah mengirim “%(round)s”. Jawaban dan buktinya dapat dilihat di Hijau.")
            % {"unit": assessment.unit.name, "round": assessment.round},
        )
