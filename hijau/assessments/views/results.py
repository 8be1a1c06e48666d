"""The result of a verification: seen by the unit, objected to, accepted, made final."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms.verification import ObjectionAnswerForm, ObjectionForm
from hijau.assessments.keeping import VERIFIED, in_force
from hijau.assessments.models import Assessment, Objection, Photo, Round, Status
from hijau.assessments.sheet import Beside, sections
from hijau.assessments.standings import of_score
from hijau.assessments.views.evidence import picture
from hijau.files.handing_out import as_download
from hijau.lib.refused import Refused
from hijau.ui.on_form import first_error


@require_safe
def result_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim and decision side by side, with the reasons, the objections and their answers."""
    user = person(request)
    verified = Assessment.objects.visible_to(user).filter(status__in=VERIFIED)
    assessment = get_or_404(user, verified, pk=pk)
    answers = list(assessment.answers.all())
    decisions = {one.code: one for one in assessment.decisions.select_related("by")}
    objections = {one.code: one for one in Objection.objects.visible_to(user).filter(assessment=pk)}
    beside = Beside(answers=answers, decisions=decisions)
    score = assessment.score(in_force(assessment, answers))
    rows = [
        (section, [(item, objections.get(item.question.code)) for item in section.items])
        for section in sections(assessment, beside)
        if not section.of_users
    ]
    open_to_objection = assessment.awaits_unit and assessment.round.is_running
    answers_for = user.may(Permission.ANSWER, assessment)
    context = {
        "assessment": assessment,
        "rows": rows,
        "standing": of_score(score, assessment.short_title, assessment.target),
        "objections": objections,
        "may_object": answers_for and open_to_objection,
        "may_accept": answers_for
        and open_to_objection
        and all(one.answered_at for one in objections.values()),
        "may_answer": user.may(Permission.OPEN_ROUND, assessment)
        and assessment.status == Status.VERIFIED,
        "may_conclude": user.may(Permission.OPEN_ROUND, assessment)
        and assessment.status == Status.VERIFIED
        and not assessment.awaits_unit
        and all(one.answered_at for one in objections.values()),
        "may_print_minutes": user.may(Permission.OPEN_ROUND, assessment)
        or assessment.verifications.filter(verifier=user).exists(),
        "verifiers": [t.verifier for t in assessment.verifications.select_related("verifier")],
        "photos": Photo.objects.visible_to(user).filter(visit__verification__assessment=assessment),
    }
    return render(request, "assessments/result_page.html", context)


def _result(request: HttpRequest, pk: int, to: Permission) -> Assessment:
    user = person(request)
    verified = Assessment.objects.visible_to(user).filter(status__in=VERIFIED)
    return get_or_404(user, verified, to=to, pk=pk)


@require_POST
def object_to(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    assessment = _result(request, pk, Permission.ANSWER)
    form = ObjectionForm(request.POST, request.FILES)
    if not form.is_valid():
        raise first_error(form)
    data = form.cleaned_data
    actions.object_to(
        assessment, code, data["text"], by=person(request), letter=data["letter"] or None
    )
    messages.success(request, _("Sanggahan terkirim. Jawabannya akan diberitahukan kepada Anda."))
    return redirect(reverse("result_page", args=[pk]) + f"#{code}")


@require_POST
def accept_result(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _result(request, pk, Permission.ANSWER)
    actions.accept_result(assessment, by=person(request))
    messages.success(request, _("Hasil verifikasi diterima. Terima kasih."))
    return redirect("result_page", pk=pk)


@require_POST
def answer_objection(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    objection = get_or_404(user, Objection, to=Permission.OPEN_ROUND, pk=pk)
    form = ObjectionAnswerForm(request.POST)
    decided = form.decided()
    actions.answer_objection(
        objection,
        by=user,
        is_upheld=form.cleaned_data["is_upheld"],
        answer=decided["reason"],
        value=decided["value"],
        not_applicable=decided["not_applicable"],
    )
    messages.success(request, _("Sanggahan dijawab."))
    return redirect(reverse("result_page", args=[objection.assessment_id]) + f"#{objection.code}")


@require_safe
def objection_letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    objection = get_or_404(person(request), Objection.objects.filter(letter__isnull=False), pk=pk)
    assert objection.letter is not None
    return as_download(objection.letter)


@require_POST
def conclude_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _result(request, pk, Permission.OPEN_ROUND)
    actions.conclude_assessment(assessment, by=person(request))
    messages.success(request, _("Nilai akhir ditetapkan dan dikunci beserta bukti hitungannya."))
    return redirect("result_page", pk=pk)


@require_POST
def conclude_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Make final all that is ready in a round; what is not ready is named."""
    user = person(request)
    opened = get_or_404(user, Round, to=Permission.OPEN_ROUND, pk=pk)
    left = []
    done = 0
    for one in Assessment.objects.visible_to(user).filter(round=opened, status=Status.VERIFIED):
        try:
            actions.conclude_assessment(one, by=user)
            done += 1
        except Refused as refusal:
            left.append(f"{one.short_title}: {refusal.sentence}")
    if done:
        messages.success(request, _("%d nilai akhir ditetapkan.") % done)
    for sentence in left[:12]:
        messages.warning(request, sentence)
    return redirect("round_page", pk=pk)


@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A photograph of a field visit."""
    found = get_or_404(person(request), Photo, pk=pk)
    return picture(found.file, 1)
