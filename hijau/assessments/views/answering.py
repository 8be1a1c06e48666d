"""The answer page: answered indicator by indicator, each answer saved at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.checks import findings
from hijau.assessments.conditions import question_of
from hijau.assessments.forms.answers import AnswerForm, FactsForm
from hijau.assessments.keeping import decided, in_force
from hijau.assessments.models import Answer, Assessment, Decision, Document, Example, Status
from hijau.assessments.sheet import Beside, Item, sections
from hijau.assessments.standings import of_score
from hijau.ui.shapes import Standing
from scoring.proof import proof_rows
from scoring.score import Score


def standing(assessment: Assessment, score: Score) -> Standing:
    return of_score(score, assessment.short_title, assessment.target)


def _progress(assessment: Assessment, answers: Iterable[Answer]) -> dict[str, object]:
    """How far the unit is with what it must answer."""
    unanswered = assessment.unanswered(answers)
    total = len(assessment.required)
    return {
        "unanswered": unanswered,
        "total": total,
        "done": total - len(unanswered),
        "progress_label": _("terjawab"),
    }


def _editable(user: User, assessment: Assessment) -> bool:
    """Whether this person may change something on the sheet now."""
    if not user.may(Permission.ANSWER, assessment) or not assessment.round.is_running:
        return False
    if assessment.status == Status.DRAFT:
        return assessment.round.is_open
    return assessment.status == Status.RETURNED


def _before(user: User, assessment: Assessment) -> dict[str, Answer | Decision]:
    """Last year's values, where this round follows another."""
    if assessment.previous is None or not user.may(Permission.SEE, assessment):
        return {}
    before: dict[str, Answer | Decision] = {
        answer.code: answer for answer in assessment.previous.answers.all() if answer.is_given
    }
    return before | decided(assessment.previous)


@require_safe
def answer_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    seen = Assessment.objects.visible_to(user).select_related("previous")
    assessment = get_or_404(user, seen, pk=pk)
    answers = list(assessment.answers.select_related("by"))
    evidence = list(assessment.evidence.current().with_names())
    editable = _editable(user, assessment)
    assignees = {a.code: a.person for a in assessment.assignees.select_related("person")}
    examples = Example.objects.visible_to(user).filter(family=assessment.instrument.family)
    beside = Beside(
        answers=answers,
        evidence=evidence,
        repairs=assessment.repairs.all(),
        assignees=assignees,
        before=_before(user, assessment),
        findings=findings(assessment, answers, evidence) if editable else (),
        examples=examples,
    )
    score = assessment.score(in_force(assessment, answers))
    returned = assessment.status == Status.RETURNED
    sheet = sections(assessment, beside)
    for item in (item for section in sheet for item in section.items):
        item.editable = editable and (not returned or item.repair is not None)
    return render(
        request,
        "assessments/answer_page.html",
        {
            "assessment": assessment,
            "sections": sheet,
            "standing": standing(assessment, score),
            "score": score,
            **_progress(assessment, answers),
            "editable": editable,
            "returned": returned,
            "users_open": user.may(Permission.ANSWER, assessment)
            and assessment.round.is_running
            and not assessment.is_final,
            "documents": _documents(assessment) if editable else [],
            "mine": [code for code, who in assignees.items() if who == user],
        },
    )


def _documents(assessment: Assessment) -> list[Document]:
    """What the unit has in its vault, to be put under an indicator without a new upload."""
    return list(Document.objects.filter(unit=assessment.unit))


def _saved(
    request: HttpRequest, assessment: Assessment, code: str, score: Score, answers: list[Answer]
) -> HttpResponse:
    """What changes on the page when an answer was saved."""
    answer = next(answer for answer in answers if answer.code == code)
    item = Item(0, question_of(assessment, code), answer)
    context: dict[str, Any] = {
        "assessment": assessment,
        "answer": answer,
        "item": item,
        "standing": standing(assessment, score),
        "score": score,
        **_progress(assessment, answers),
        "editable": assessment.is_with_the_unit,
    }
    return render(request, "assessments/saved.html", context)


@require_POST
def save_answer(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Save one answer; the page's script gets the new score back, a plain form its page."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    given = AnswerForm(request.POST).answer()
    score, answers = actions.save_answer(assessment, code, by=user, **given)
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Jawaban %s tersimpan.") % code)
        return redirect(reverse("answer_page", args=[pk]) + f"#{code}")
    return _saved(request, assessment, code, score, answers)


@require_POST
def save_facts(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Save the facts of one indicator; what they propose comes back beside the question."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    form = FactsForm(request.POST, question=question_of(assessment, code))
    score, answers = actions.save_facts(assessment, code, by=user, **form.given())
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Data %s tersimpan.") % code)
        return redirect(reverse("answer_page", args=[pk]) + f"#{code}")
    return _saved(request, assessment, code, score, answers)


@require_http_methods(["GET", "HEAD", "POST"])
def assign_indicators(request: HttpRequest, pk: int) -> HttpResponse:
    """Who of the unit answers which indicator."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    people = {str(one.pk): one for one in User.objects.answering_for(assessment.unit)}
    if request.method == "POST":
        chosen = {
            question.code: people.get(request.POST[f"untuk-{question.code}"])
            for question in assessment.required
            if f"untuk-{question.code}" in request.POST
        }
        actions.assign_indicators(assessment, chosen, by=user)
        messages.success(request, _("Pembagian tugas tersimpan."))
        return redirect("answer_page", pk=pk)
    answers = list(assessment.answers.all())
    assignees = {a.code: a.person for a in assessment.assignees.select_related("person")}
    context = {
        "assessment": assessment,
        "sections": sections(assessment, Beside(answers=answers, assignees=assignees)),
        "people": people.values(),
    }
    return render(request, "assessments/assign_page.html", context)


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    actions.submit_assessment(assessment, by=user)
    messages.success(request, _("Penilaian mandiri sudah dikirim. Terima kasih."))
    return redirect("proof_page", pk=pk)


@require_safe
def proof_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The printable proof of a score: every indicator, weight, product, sum, rounding, source."""
    assessment = get_or_404(person(request), Assessment, pk=pk)
    convention = request.GET.get("konvensi") or assessment.round.convention or None
    names = {rule.name for rule in assessment.instrument.conventions}
    chosen = convention if convention in names else None
    score = assessment.score(in_force(assessment), chosen)
    return render(
        request,
        "assessments/proof_page.html",
        {
            "assessment": assessment,
            "score": score,
            "rows": proof_rows(score, get_language() or "id"),
            "standing": standing(assessment, score),
            "convention": assessment.instrument.convention(chosen),
        },
    )
