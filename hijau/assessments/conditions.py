"""What the verbs ask before they write."""

from __future__ import annotations

from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models import Assessment, Round, Status
from hijau.assessments.models.assessment import Valued
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.ui.figures import written_exact
from scoring.instrument import Question


def question_of(assessment: Assessment, code: str) -> Question:
    for question in assessment.questions:
        if question.code == code:
            return question
    raise Refused(_("Indikator “%s” tidak ada pada instrumen ini.") % code)


def open_to_the_unit() -> Q:
    """Assessments that their unit may change now: in the window, or sent back for repair."""
    return Q(status=Status.DRAFT, round__in=Round.objects.open()) | Q(
        status=Status.RETURNED, round__in=Round.objects.running()
    )


def must_be_open(assessment: Assessment, code: str = "") -> None:
    """Read again inside the transaction: a colleague may just have sent it.

    What was sent back may be changed only where a repair was asked for.
    """
    fresh = Assessment.objects.select_related("round").get(pk=assessment.pk)
    if fresh.status == Status.RETURNED and fresh.round.is_running:
        if code and not fresh.repairs.filter(code=code, done_at=None).exists():
            raise Refused(
                _("Yang dikembalikan hanya indikator yang diminta diperbaiki; %s tidak termasuk.")
                % code
            )
        return
    if fresh.status != Status.DRAFT:
        raise Refused(_("Penilaian ini sudah dikirim, jadi tidak dapat diubah lagi."))
    if not fresh.round.is_open:
        raise Refused(_("Putaran ini tidak sedang dibuka. Hubungi Bagian Organisasi."))


def open_codes(assessment: Assessment) -> set[str]:
    """The indicators that the unit may change in an assessment that is open to it."""
    if assessment.status == Status.RETURNED:
        return set(assessment.repairs.filter(done_at=None).values_list("code", flat=True))
    return {question.code for question in assessment.questions}


def must_not_be_final(assessment: Assessment) -> None:
    """What users of the service say may come in until the figure is final."""
    fresh = Assessment.objects.select_related("round").get(pk=assessment.pk)
    if fresh.is_final or not fresh.round.is_running:
        raise Refused(_("Nilainya sudah ditetapkan, jadi tidak dapat diubah lagi."))


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


def spoken(question: Question, valued: Valued) -> str:
    """A value in words: the text of its option, or the figure."""
    if valued.value is None:
        return _("tidak berlaku") if valued.not_applicable else _("dikosongkan")
    for option in question.options:
        if option.value == valued.value:
            return f"“{option.text}”"
    return written_exact(valued.value)


AGENCY_STEPS = 2
"""How deep an agency stands in the tree: below its government."""


def agency_path(unit: Organisation) -> str:
    """The path of the agency that a unit belongs to."""
    return str(unit.path)[: AGENCY_STEPS * unit.steplen]


def own_agency(user: User, unit: Organisation) -> bool:
    """Whether the person holds a role in the unit's agency, and so may not verify it."""
    agency = agency_path(unit)
    return any(m.organisation.place.startswith(agency) for m in user.roles_now)


def must_be_able_to_verify(user: User, unit: Organisation) -> None:
    """Refused for whoever is no verifier here, or works in the agency that is verified."""
    if not user.may(Permission.VERIFY, unit):
        raise Refused(_("%s bukan verifikator pemerintah daerah ini.") % user)
    if own_agency(user, unit):
        raise Refused(_("Verifikator tidak boleh menilai perangkat daerahnya sendiri."))
