"""The services of a government, and one service with its standard."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.lib.seen import mark_of
from hijau.organisation.models import Organisation
from hijau.services import actions
from hijau.services.actions.services import DESCRIBED, PLACED
from hijau.services.completeness import completeness
from hijau.services.components import DELIVERY, MAKING, TITLES, Components
from hijau.services.drift import drifts
from hijau.services.forms.promises import PostingForm
from hijau.services.forms.services import NewServiceForm, OfficeForm, ServiceForm
from hijau.services.forms.standards import ReviewForm, StandardDecreeForm
from hijau.services.models import (
    COMING,
    IN_FORCE,
    Charter,
    Consultation,
    Office,
    Posting,
    Service,
    Stage,
    Standard,
)
from hijau.ui.on_form import refusals_on
from hijau.ui.shapes import Stage as TrailStage

PER_PAGE = 60


def _with_standards(services: Any) -> Any:
    return services.prefetch_related(
        Prefetch(
            "standards",
            queryset=Standard.objects.filter(stage__in=(*COMING, *IN_FORCE)),
            to_attr="current",
        ),
        Prefetch("postings", queryset=Posting.objects.current(), to_attr="posted"),
    )


class Row:
    """A service in the list: what is in force, what comes, what is wrong with it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        standards: list[Standard] = service.current  # type: ignore[attr-defined]
        self.in_force = next((one for one in standards if one.is_in_force), None)
        self.coming = next((one for one in standards if one.stage in COMING), None)
        shown = self.in_force or self.coming
        self.missing = len(shown.components.missing) if shown else len(TITLES)
        posted: list[Posting] = service.posted  # type: ignore[attr-defined]
        self.drifted = sum(bool(drifts(posting, self.in_force)) for posting in posted)


@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    """Every service that one sees, by unit, with what is missing."""
    user = person(request)
    require(user, Permission.SEE)
    asked = request.GET.get("q", "").replace("\0", " ").strip()[:100]
    seen = Service.objects.visible_to(user).offered().order_by("unit__path", "name")
    found = seen.filter(name__icontains=asked) if asked else seen
    page = Paginator(_with_standards(found), PER_PAGE).get_page(request.GET.get("hal"))
    standards = Standard.objects.visible_to(user).filter(service__ended_on=None)
    context = {
        "rows": [Row(service) for service in page],
        "page": page,
        "asked": asked,
        "total": seen.count(),
        "published": standards.in_force().count(),
        "due": list(standards.due_for_review(timezone.localdate()).order_by("review_by")[:8]),
        "may_keep": user.may_somewhere(Permission.KEEP_STANDARDS),
        "may_freeze": user.may_somewhere(Permission.FREEZE_DATA),
        "government": user.government,
    }
    return render(request, "services/service_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_service(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.KEEP_STANDARDS)
    form = NewServiceForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        given = form.given()
        with refusals_on(form):
            service = actions.add_service(given.pop("unit"), by=user, **given)
            messages.success(request, _("Layanan terdaftar. Sekarang tulis standarnya."))
            return redirect("service_page", pk=service.pk)
    status = 422 if form.errors else 200
    return render(request, "services/service_form.html", {"form": form}, status=status)


@require_safe
def service_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One service: its standard, the versions, where it stands elsewhere, promise and capacity."""
    user = person(request)
    service = get_or_404(user, Service, pk=pk)
    return render(request, "services/service_page.html", page_context(user, service))


def page_context(user: User, service: Service, **more: Any) -> dict[str, Any]:
    """What the page of a service shows; `more` are forms that were refused."""
    standards = list(Standard.objects.visible_to(user).filter(service=service))
    in_force = next((one for one in standards if one.is_in_force), None)
    coming = next((one for one in standards if one.stage in COMING), None)
    shown = coming or in_force
    may_keep = user.may(Permission.KEEP_STANDARDS, service) and service.ended_on is None
    postings = [
        (posting, drifts(posting, in_force))
        for posting in Posting.objects.visible_to(user).current().filter(service=service)
    ]
    return {
        "service": service,
        "standards": standards,
        "in_force": in_force,
        "coming": coming,
        "shown": shown,
        "trail": trail(shown),
        "sections": sections(shown.components) if shown else (),
        "score": completeness(shown.components) if shown else None,
        "postings": postings,
        "drifted": sum(bool(found) for _posting, found in postings),
        "posting_form": PostingForm() if may_keep and in_force else None,
        "decree_form": StandardDecreeForm(initial={"revision": coming.revision})
        if may_keep and coming and coming.is_open
        else None,
        "review_form": ReviewForm() if may_keep and in_force and not coming else None,
        "staff": shown.components.staff if shown else None,
        "office": Office.objects.filter(unit=service.unit).first(),
        "may_keep": may_keep,
        **more,
    }


TRAIL = (Stage.DRAFT, Stage.CONSULTATION, Stage.DECREED, Stage.PUBLISHED)


def trail(standard: Standard | None) -> list[TrailStage]:
    """The way of a version, from draft to publication."""
    titles = (_("Rancangan"), _("Konsultasi publik"), _("Ditetapkan"), _("Diterbitkan"))
    if standard is None:
        return []
    # What is in force has its whole way behind it; what was superseded is on no way any more.
    reached = len(TRAIL) if standard.is_in_force else 0
    if standard.stage in COMING:
        reached = TRAIL.index(Stage(standard.stage))
    return [
        TrailStage(title, "done" if place < reached else "now" if place == reached else "later")
        for place, title in enumerate(titles)
    ]


def sections(components: Components) -> list[tuple[str, list[tuple[str, Any, tuple[str, ...]]]]]:
    """The components in their two groups, as the law has them."""
    return [
        (
            title,
            [(code, text, components.lines(code)) for code, text in group.items()],
        )
        for title, group in (
            (_("Yang diumumkan (6 komponen)"), DELIVERY),
            (_("Pengelolaan di dalam unit (8 komponen)"), MAKING),
        )
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def describe_service(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    service = get_or_404(user, Service, to=Permission.KEEP_STANDARDS, pk=pk)
    shown = {name: getattr(service, name) for name in DESCRIBED}
    form = ServiceForm(request.POST or None, initial=shown | {"seen": mark_of(service, *DESCRIBED)})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.describe_service(service, by=user, **form.given())
            messages.success(request, _("Keterangan layanan tersimpan."))
            return redirect("service_page", pk=pk)
    status = 422 if form.errors else 200
    context = {"form": form, "service": service}
    return render(request, "services/service_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's side of the promise: where and when, its charter, its consultations."""
    user = person(request)
    unit = get_or_404(user, Organisation, pk=pk)
    office = Office.objects.filter(unit=unit).first()
    shown = {name: getattr(office, name, "") for name in PLACED}
    form = OfficeForm(request.POST or None, initial=shown | {"seen": mark_of(office, *PLACED)})
    if request.method == "POST":
        unit = get_or_404(user, Organisation, to=Permission.KEEP_STANDARDS, pk=pk)
        if form.is_valid():
            with refusals_on(form):
                actions.describe_office(unit, by=user, **form.cleaned_data)
                messages.success(request, _("Tempat dan jam layanan tersimpan."))
                return redirect("promise_page", pk=pk)
    may_keep = user.may(Permission.KEEP_STANDARDS, unit)
    charters = Charter.objects.visible_to(user).filter(unit=unit)
    context = {
        "unit": unit,
        "office": office,
        "office_form": form if may_keep else None,
        "charter": charters.published().first(),
        "next_charter": charters.coming().first(),
        "consultations": list(Consultation.objects.visible_to(user).filter(unit=unit)),
        "services": [
            Row(service)
            for service in _with_standards(
                Service.objects.visible_to(user).offered().filter(unit=unit)
            )
        ],
        "may_keep": may_keep,
    }
    status = 422 if form.errors else 200
    return render(request, "services/promise_page.html", context, status=status)
