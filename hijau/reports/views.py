"""Who sees it: the city's dashboard, a unit's page, the league table, the audit book."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.due import due_for
from hijau.assessments.forms.papers import PaperForm
from hijau.assessments.models import Assessment, Round, Verdict
from hijau.assessments.models.verdict import by_year
from hijau.assessments.standings import of_assessment
from hijau.audit.book import EVENTS
from hijau.audit.models import Entry
from hijau.organisation.models import Organisation
from hijau.papers.handing_out import as_paper
from hijau.papers.kinds import KINDS
from hijau.reports import city
from hijau.reports.on_paper import evaluation
from hijau.reports.opinion import opinion_of

MOST_WAITING = 20
"""Tasks that the first page lists; the rest is in the rounds."""


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Where we stand: zone against target, trend, heat map, who has not started, what is due."""
    user = person(request)
    rounds = city.summaries(user, Round.objects.visible_to(user))
    waiting = due_for(user)
    return render(
        request,
        "reports/dashboard.html",
        {
            "rounds": rounds,
            "waiting": [
                (due, of_assessment(due.assessment, due.title)) for due in waiting[:MOST_WAITING]
            ],
            "more_waiting": max(len(waiting) - MOST_WAITING, 0),
            "trends": city.trends(user),
            "may_open": user.may_somewhere(Permission.OPEN_ROUND),
            "may_see": user.may_somewhere(Permission.SEE),
        },
    )


@require_safe
def unit_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    unit = get_or_404(user, Organisation.objects.select_related("government"), pk=pk)
    assessments = Assessment.objects.visible_to(user).filter(unit=unit).order_by("-round__year")
    verdicts = Verdict.objects.visible_to(user).filter(organisation=unit, withdrawn_at=None)
    return render(
        request,
        "reports/unit_page.html",
        {
            "unit": unit,
            "assessments": [
                (a, of_assessment(a, str(a.round), reverse("answer_page", args=[a.pk])))
                for a in assessments
            ],
            "verdicts": list(by_year(verdicts)),
            "ancestors": [
                o for o in Organisation.objects.get_ancestors(unit) if user.may(Permission.SEE, o)
            ],
            "children": Organisation.objects.get_children(unit),
            "people": _people(user, unit),
        },
    )


def _people(user: User, unit: Organisation) -> list[str]:
    if not user.may(Permission.MANAGE_PEOPLE, unit):
        return []
    return [str(m.user) for m in unit.memberships.current().select_related("user")]


@require_safe
def league(request: HttpRequest) -> HttpResponse:
    """The units of a round, best first; those without a figure below, by what is possible."""
    user = person(request)
    require(user, Permission.SEE)
    rounds = list(Round.objects.visible_to(user).newest_first())
    chosen = None
    if rounds:
        wanted = request.GET.get("putaran", str(rounds[0].pk))
        chosen = next((r for r in rounds if str(r.pk) == wanted), None)
        if chosen is None:
            raise Http404
    assessments = Assessment.objects.visible_to(user).filter(round=chosen) if chosen else []
    ranked = sorted(
        assessments,
        key=lambda a: (a.value is None, -(a.value or 0), -(a.high or 0) if a.answered else 1),
    )
    # Whoever sees only a part of the government is shown no place: it would be one among few.
    sees_all = chosen is not None and user.may(Permission.SEE, chosen)
    rows, place, last = [], 0, None
    for number, assessment in enumerate(ranked, start=1):
        if assessment.value is None or not sees_all:
            place = 0
        elif assessment.value != last:
            place, last = number, assessment.value
        url = reverse("proof_page", args=[assessment.pk])
        rows.append((place, assessment, of_assessment(assessment, assessment.title, url)))
    template = "reports/league_rows.html" if request.htmx else "reports/league.html"  # type: ignore[attr-defined]
    return render(request, template, {"rounds": rounds, "chosen": chosen, "rows": rows})


@require_safe
def audit_book(request: HttpRequest) -> HttpResponse:
    """The government's book, newest first: what was done, by whom (a number), to what."""
    user = person(request)
    require(user, Permission.SEE_BOOK)
    books = [root.book for root in user.roots(Permission.SEE_BOOK)]
    entries = Entry.objects.filter(chain__name__in=books).order_by("-chain", "-number")
    page = Paginator(entries, 50).get_page(request.GET.get("hal"))
    names = dict(User.objects.filter(pk__in={e.actor for e in page}).values_list("pk", "name"))
    rows = [
        (entry, EVENTS.get(entry.event, entry.event), names.get(entry.actor or 0)) for entry in page
    ]
    return render(request, "reports/audit_book.html", {"page": page, "rows": rows})


@require_safe
def opinion(request: HttpRequest) -> HttpResponse:
    """Which opinion of the Ombudsman we would get today; `kepatuhan` supposes the second axis."""
    user = person(request)
    governments = [root for root in user.roots(Permission.SEE) if user.may(Permission.SEE, root)]
    if not governments:
        raise PermissionDenied
    found = opinion_of(user, governments[0], request.GET.get("kepatuhan"))
    return render(request, "reports/opinion.html", {"opinion": found, "government": governments[0]})


@require_http_methods(["GET", "HEAD", "POST"])
def print_evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """The city's report of a round (LHE)."""
    user = person(request)
    opened = get_or_404(user, Round, to=Permission.OPEN_ROUND, pk=pk)
    form = PaperForm(request.POST or None, kind="lhe")
    if request.method == "POST" and form.is_valid():
        with translation.override("id"):
            data = evaluation(opened, user, form.given())
            name = f"lhe-{opened.year}-{opened.pk}"
            day = form.cleaned_data["date"]
            return as_paper("lhe", form.form, data, opened.government, date=day, name=name)
    context = {"round": opened, "form": form, "kind": KINDS["lhe"]}
    status = 422 if form.errors else 200
    return render(request, "reports/print_evaluation.html", context, status=status)
