"""Verification: the queue, a verifier's own sheet, the common agenda."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.agenda import agenda_of
from hijau.assessments.agreement import agreement_of
from hijau.assessments.checks import findings
from hijau.assessments.forms.answers import AnswerForm
from hijau.assessments.forms.verification import DecidedForm, VerifiersForm
from hijau.assessments.models import (
    Assessment,
    Example,
    Photo,
    Round,
    Status,
    Verification,
)
from hijau.assessments.sheet import Beside, sections
from hijau.lib.refused import Refused


@require_safe
def verification_queue(request: HttpRequest) -> HttpResponse:
    """A verifier's own tasks, the most pressing first."""
    user = person(request)
    require(user, Permission.VERIFY)
    tasks = (
        Verification.objects.visible_to(user)
        .filter(verifier=user)
        .order_by("assessment__round__verify_until", "assessment__unit__path")
    )
    return render(request, "assessments/verification_queue.html", {"tasks": tasks})


@require_http_methods(["GET", "HEAD", "POST"])
def verifiers_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who verifies which units of a round; how far each is, never what they marked."""
    user = person(request)
    opened = get_or_404(user, Round, to=Permission.OPEN_ROUND, pk=pk)
    form = VerifiersForm(request.POST or None, user=user, opened=opened)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.name_verifiers(
                form.cleaned_data["assessments"], form.cleaned_data["verifiers"], by=user
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            for item in refusal.items[:12]:
                form.add_error(None, str(item))
        else:
            messages.success(
                request,
                ngettext("%d tugas verifikasi dibuat.", "%d tugas verifikasi dibuat.", count)
                % count,
            )
            return redirect("verifiers_page", pk=pk)
    assessments = (
        Assessment.objects.visible_to(user)
        .filter(round=opened)
        .prefetch_related("verifications__verifier")
    )
    context = {"round": opened, "assessments": assessments, "form": form}
    status = 422 if form.errors else 200
    return render(request, "assessments/verifiers_page.html", context, status=status)


@require_POST
def release_verifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a task from a verifier who has not finished."""
    user = person(request)
    task = get_or_404(user, Verification, pk=pk)
    opened = task.assessment.round
    get_or_404(user, Round, to=Permission.OPEN_ROUND, pk=opened.pk)
    actions.release_verifier(task, by=user)
    messages.success(request, _("Tugasnya ditarik."))
    return redirect("verifiers_page", pk=opened.pk)


def _own(request: HttpRequest, pk: int) -> Verification:
    """One's own task; a verifier never gets at another's marks."""
    user = person(request)
    return get_or_404(user, Verification.objects.filter(verifier=user), to=Permission.VERIFY, pk=pk)


@require_safe
def verification_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The verifier's sheet: the evidence beside each question, and one's own mark."""
    user = person(request)
    task = _own(request, pk)
    assessment = task.assessment
    answers = list(assessment.answers.select_related("by"))
    evidence = list(assessment.evidence.current().with_names())
    beside = Beside(
        answers=answers,
        evidence=evidence,
        marks=task.marks.all(),
        repairs=assessment.repairs.all(),
        findings=findings(assessment, answers, evidence),
        examples=Example.objects.visible_to(user).filter(family=assessment.instrument.family),
        photos=Photo.objects.filter(visit__verification=task).select_related("file"),
    )
    required = len(assessment.required)
    context = {
        "task": task,
        "assessment": assessment,
        "sections": [s for s in sections(assessment, beside) if not s.of_users],
        "visits": task.visits.all(),
        "done": task.marked,
        "total": required,
        "editable": task.is_open and assessment.round.is_running,
    }
    return render(request, "assessments/verification_page.html", context)


@require_POST
def save_mark(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    user = person(request)
    task = _own(request, pk)
    mark = actions.save_mark(task, code, by=user, **AnswerForm(request.POST).answer())
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Nilai %s tersimpan.") % code)
        return redirect(reverse("verification_page", args=[pk]) + f"#{code}")
    context = {"mark": mark, "done": task.marked, "total": len(task.assessment.required)}
    return render(request, "assessments/mark_saved.html", context)


@require_POST
def complete_marks(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    task = _own(request, pk)
    actions.complete_marks(task, by=user)
    messages.success(request, _("Penilaian Anda selesai. Terima kasih."))
    return redirect("agenda_page", pk=task.assessment_id)


@require_POST
def ask_repair(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the assessment back, with the notes that were written beside the indicators."""
    user = person(request)
    task = _own(request, pk)
    notes = {
        question.code: note
        for question in task.assessment.questions
        if (note := request.POST.get(f"perbaiki-{question.code}", "").strip())
    }
    actions.ask_repair(task, notes, by=user)
    messages.success(request, _("Penilaian dikembalikan kepada unitnya dengan catatan Anda."))
    return redirect("verification_queue")


def _at_the_table(request: HttpRequest, pk: int) -> Assessment:
    """An assessment whose differences one may see: its verifiers when all are done, and the
    organiser. To anybody else there is no agenda."""
    user = person(request)
    assessment = get_or_404(
        user, Assessment.objects.visible_to(user).prefetch_related("verifications__verifier"), pk=pk
    )
    tasks = list(assessment.verifications.all())
    mine = user.pk in {task.verifier_id for task in tasks} and user.may(
        Permission.VERIFY, assessment
    )
    if not mine and not user.may(Permission.OPEN_ROUND, assessment):
        raise Http404
    return assessment


@require_safe
def agenda_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The indicators on which verifiers differ, widest first; each is settled with a reason."""
    user = person(request)
    assessment = _at_the_table(request, pk)
    tasks = list(assessment.verifications.all())
    waiting = [task for task in tasks if task.completed_at is None]
    points = [] if waiting or len(tasks) < 2 else agenda_of(assessment)
    context = {
        "assessment": assessment,
        "tasks": tasks,
        "waiting": waiting,
        "own": next((task for task in tasks if task.verifier_id == user.pk), None),
        "differing": [point for point in points if not point.is_agreed or point.decision],
        "agreed": [point for point in points if point.is_agreed and not point.decision],
        "left": sum(not point.is_decided for point in points),
        "may_settle": assessment.status == Status.SUBMITTED
        and user.pk in {task.verifier_id for task in tasks},
    }
    return render(request, "assessments/agenda_page.html", context)


@require_POST
def settle_difference(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    user = person(request)
    assessment = _at_the_table(request, pk)
    actions.settle_difference(assessment, code, by=user, **DecidedForm(request.POST).decided())
    messages.success(request, _("Keputusan untuk %s tersimpan.") % code)
    return redirect(reverse("agenda_page", args=[pk]) + f"#{code}")


@require_POST
def announce_result(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    assessment = _at_the_table(request, pk)
    actions.announce_result(assessment, by=user)
    messages.success(request, _("Hasil verifikasi diumumkan kepada unitnya."))
    return redirect("result_page", pk=pk)


@require_safe
def agreement_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far verifiers agree, and how far claims lay from marks, in one round."""
    user = person(request)
    opened = get_or_404(user, Round, pk=pk)
    if not user.may(Permission.OPEN_ROUND, opened):
        opened = get_or_404(user, Round, to=Permission.VERIFY, pk=pk)
    units = Assessment.objects.filter(round=opened).aggregate(count=Count("pk"))["count"]
    context = {"round": opened, "agreement": agreement_of(opened), "units": units}
    return render(request, "assessments/agreement_page.html", context)
