"""What every verb asks before it writes."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext as _

from hijau.assessments.models import Answer, Assessment, Status
from hijau.lib.refused import Refused
from hijau.ui.figures import written_exact
from scoring.instrument import Question


def question_of(assessment: Assessment, code: str) -> Question:
    for question in assessment.questions:
        if question.code == code:
            return question
    raise Refused(_("Indikator “%s” tidak ada pada instrumen ini.") % code)


def must_be_open(assessment: Assessment) -> None:
    """Read again inside the transaction: a colleague may just have submitted."""
    now = Assessment.objects.select_related("round").only(
        "status", "round__closed_at", "round__opens_on", "round__closes_on"
    )
    fresh = now.get(pk=assessment.pk)
    if fresh.status != Status.DRAFT:
        raise Refused(_("Penilaian ini sudah dikirim, jadi tidak dapat diubah lagi."))
    if not fresh.round.is_open:
        raise Refused(_("Putaran ini tidak sedang dibuka. Hubungi Bagian Organisasi."))


def check_value(question: Question, value: Fraction | None) -> None:
    if value is None:
        return
    if not question.low <= value <= question.high:
        raise Refused(
            _("Nilai %(code)s harus dari %(low)s sampai %(high)s.")
            % {
                "code": question.code,
                "low": written_exact(question.low),
                "high": written_exact(question.high),
            }
        )
    if (value * 10**question.decimals).denominator != 1:
        raise Refused(
            _("Nilai %(code)s paling banyak %(decimals)d angka di belakang koma.")
            % {"code": question.code, "decimals": question.decimals}
        )


def spoken(question: Question, answer: Answer) -> str:
    if answer.value is None:
        return _("tidak berlaku") if answer.not_applicable else _("dikosongkan")
    for option in question.options:
        if option.value == answer.value:
            return f"“{option.text}”"
    return written_exact(answer.value)
