"""Being ready for the Ombudsman's interviews, unit by unit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms.ombudsman import AbsenceForm, EndForm, RespondentForm, VisitForm
from hijau.assessments.links import DAYS, quiz_token
from hijau.assessments.models import Absence, KeyRespondent, Visit
from hijau.assessments.models.readiness import CALL_DAYS, CALL_SOURCE, Certainty, Reason
from hijau.assessments.quiz import ombudsman_quiz
from hijau.assessments.readiness import Post, Readiness, Result, concerned, readiness_of
from hijau.organisation.models import Organisation
from hijau.ui.on_form import first_error, refusals_on
from hijau.ui.shapes import Cell, HeatMap, HeatRow


@dataclass
class Desk:
    """A function as its page shows it: with its forms, for those who may use them."""

    post: Post
    quiz_url: str
    absence_form: AbsenceForm
    end_form: EndForm


@require_safe
def readiness_list(request: HttpRequest) -> HttpResponse:
    """All units that the Ombudsman may call on: who is named, what they know, what may go wrong."""
    user = person(request)
    require(user, Permission.SEE)
    return _list(request, user)


def _list(request: HttpRequest, user: User, visit_form: VisitForm | None = None) -> HttpResponse:
    """The page, with a form that was refused still filled in."""
    units = readiness_of(concerned(user.seen_paths()))
    may_prepare = user.may_somewhere(Permission.PREPARE_VISIT)
    known = [one for one in units if user.may(Permission.SEE_RESPONDENTS, one.unit)]
    listed = {one.unit.pk for one in units}
    context = {
        "units": units,
        "alarms": [alarm for one in units for alarm in one.alarms],
        "others": [
            unit
            for unit in Organisation.objects.visible_to(user).assessable()
            if unit.pk not in listed
        ],
        "visits": [
            (visit, user.may(Permission.PREPARE_VISIT, visit))
            for visit in Visit.objects.visible_to(user).coming()
        ],
        "knowledge": _knowledge([(one.unit.short_name, _url(one), one.results) for one in known]),
        "visit_form": visit_form or (VisitForm(user=user) if may_prepare else None),
        "may_send": bool(_whole(user)),
        "call_days": CALL_DAYS,
        "call_source": CALL_SOURCE,
    }
    status = 422 if visit_form else 200
    return render(request, "assessments/readiness_list.html", context, status=status)


def _whole(user: User) -> list[Organisation]:
    """The governments for all of which the person prepares visits."""
    roots = user.roots(Permission.PREPARE_VISIT)
    return [root for root in roots if user.may(Permission.PREPARE_VISIT, root)]


def _url(one: Readiness) -> str:
    return reverse("readiness_page", args=[one.unit.pk])


def _knowledge(rows: list[tuple[str, str, dict[str, Result]]], corner: str = "") -> HeatMap | None:
    """What was right in the latest quizzes, by topic; those who took none are left out."""
    language = get_language() or "id"
    topics = ombudsman_quiz().topics

    def cell(result: Result, title: str) -> Cell:
        if not result.is_known:
            return Cell("–", None, title)
        return Cell(f"{result.right}/{result.asked}", Fraction(result.right, result.asked), title)

    taken = [(label, url, results) for label, url, results in rows if results]
    if not taken:
        return None
    return HeatMap(
        caption=_("Jawaban benar pada kuis terakhir"),
        corner=corner,
        columns=[topic.title.in_language(language) for topic in topics],
        rows=[
            HeatRow(
                label,
                url,
                [
                    cell(results.get(topic.code, Result()), topic.title.in_language(language))
                    for topic in topics
                ],
                cell(sum(results.values(), Result()), label),
            )
            for label, url, results in taken
        ],
        note=_("Yang belum mengerjakan kuis tidak ditampilkan.") if len(taken) < len(rows) else "",
    )


@require_safe
def readiness_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: its four functions, their absences and quizzes."""
    user = person(request)
    unit = _unit(user, pk)
    return _page(request, user, unit)


def _unit(user: User, pk: int, to: Permission | None = None) -> Organisation:
    units = Organisation.objects.select_related("government").assessable()
    unit: Organisation = get_or_404(user, units, to=to, pk=pk)
    return unit


def _page(
    request: HttpRequest, user: User, unit: Organisation, form: RespondentForm | None = None
) -> HttpResponse:
    """The page, with a form that was refused still filled in."""
    (one,) = readiness_of([unit])
    may_know = user.may(Permission.SEE_RESPONDENTS, unit)
    may_prepare = user.may(Permission.PREPARE_VISIT, unit)
    desks = []
    for post in one.posts:
        # The signed link is made only for those who may hand it out.
        url = reverse("quiz", args=[quiz_token(post.holder)]) if may_prepare and post.holder else ""
        number = post.function.value
        desks.append(
            Desk(
                post,
                request.build_absolute_uri(url) if url else "",
                AbsenceForm(auto_id=f"{number}-halangan-%s"),
                EndForm(auto_id=f"{number}-akhir-%s"),
            )
        )
    rows = [(str(post.function.label), "", post.results) for post in one.posts]
    context = {
        "one": one,
        "unit": unit,
        "desks": desks,
        "may_know": may_know,
        "may_prepare": may_prepare,
        "knowledge": _knowledge(rows, _("Tugas")) if may_know else None,
        "form": form or (RespondentForm(unit=unit) if may_prepare else None),
        "link_days": DAYS,
        "call_days": CALL_DAYS,
        "call_source": CALL_SOURCE,
    }
    status = 422 if form else 200
    return render(request, "assessments/readiness_page.html", context, status=status)


@require_POST
def name_respondent(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    unit = _unit(user, pk, to=Permission.PREPARE_VISIT)
    form = RespondentForm(request.POST, unit=unit)
    if form.is_valid():
        with refusals_on(form):
            actions.name_respondent(unit, by=user, **form.respondent())
            messages.success(request, _("Narasumber tercatat."))
            return redirect("readiness_page", pk=pk)
    return _page(request, user, unit, form)


@require_POST
def end_respondent(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    respondent = get_or_404(user, KeyRespondent, to=Permission.PREPARE_VISIT, pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        raise first_error(form)
    actions.end_respondent(respondent, form.cleaned_data["until"], by=user)
    messages.success(request, _("Hari terakhir narasumber tercatat."))
    return redirect("readiness_page", pk=respondent.unit_id)


@require_POST
def remove_respondent(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    respondent = get_or_404(user, KeyRespondent, to=Permission.PREPARE_VISIT, pk=pk)
    unit = respondent.unit_id
    actions.remove_respondent(respondent, by=user)
    messages.success(request, _("Narasumber yang salah catat dihapus."))
    return redirect("readiness_page", pk=unit)


@require_POST
def record_absence(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    respondent = get_or_404(user, KeyRespondent, to=Permission.PREPARE_VISIT, pk=pk)
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        raise first_error(form)
    given = form.cleaned_data
    actions.record_absence(
        respondent, given["since"], given["until"], Reason(given["reason"]), by=user
    )
    messages.success(request, _("Halangan tercatat."))
    return redirect("readiness_page", pk=respondent.unit_id)


@require_POST
def cancel_absence(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    absence = get_or_404(user, Absence, to=Permission.PREPARE_VISIT, pk=pk)
    actions.cancel_absence(absence, by=user)
    messages.success(request, _("Halangan dibatalkan."))
    return redirect("readiness_page", pk=absence.respondent.unit_id)


@require_POST
def record_visit(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.PREPARE_VISIT)
    form = VisitForm(request.POST, user=user)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            actions.record_visit(
                given["organisation"],
                given["day"],
                Certainty(given["certainty"]),
                given["source"],
                by=user,
            )
            messages.success(request, _("Kunjungan tercatat; unit yang belum siap diberi tahu."))
            return redirect("readiness_list")
    return _list(request, user, form)


@require_POST
def cancel_visit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    visit = get_or_404(user, Visit, to=Permission.PREPARE_VISIT, pk=pk)
    actions.cancel_visit(visit, by=user)
    messages.success(request, _("Kunjungan dibatalkan."))
    return redirect("readiness_list")


@require_POST
def send_alarms(request: HttpRequest) -> HttpResponse:
    user = person(request)
    roots = _whole(user)
    if not roots:
        raise PermissionDenied
    sent = actions.send_alarms(roots[0], by=user)
    messages.success(
        request,
        ngettext("%d peringatan dikirim.", "%d peringatan dikirim.", sent) % sent,
    )
    return redirect("readiness_list")
