"""The city, its services and its units, as a citizen sees them: only what is published."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hijau.organisation.models import Kind, Organisation
from hijau.portal.catalogue import catalogue_of
from hijau.portal.doors import open_door
from hijau.portal.frame import government_or_404, portal_page, show
from hijau.portal.linked_data import as_script, government_service
from hijau.portal.quality import aims, histories, quality
from hijau.services.actions.standards import YEAR
from hijau.services.finding import LONGEST_QUESTION
from hijau.services.models import Charter, Office, Standard

MOST_UNITS_WITH_NAMES, MOST_NAMES = 30, 300
"""With more units (or services) than this a page names only the units: it must stay light.
`shown` is the part of a unit's services that stands beside its name."""

SURVEY = "skm"
"""The family of the survey of satisfaction."""


@open_door("citizens look for a service of their city; they have no account")
@require_safe
@portal_page
def portal_city(request: HttpRequest, government: Organisation) -> HttpResponse:
    """The city: a search, the units with their services, how it is judged, its open data."""
    catalogue = catalogue_of(government)
    context = {
        "catalogue": catalogue,
        "shown": ":3" if len(catalogue.shelves) <= MOST_UNITS_WITH_NAMES else "",
        "histories": histories([government]),
        "aims": aims(government),
    }
    return show(request, "city.html", government, context)


@open_door("citizens search the services of their city by everyday words")
@require_safe
@portal_page
def portal_search(request: HttpRequest, government: Organisation) -> HttpResponse:
    """What fits a question; where nothing does, what could be meant and where to ask."""
    catalogue = catalogue_of(government)
    question = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_QUESTION]
    context = {
        "catalogue": catalogue,
        "question": question,
        "shown": ":" if not question and len(catalogue.services) <= MOST_NAMES else "",
        "answer": catalogue.find(question) if question else None,
    }
    return show(request, "search.html", government, context)


@open_door("citizens read what a service asks of them and promises them")
@require_safe
@portal_page
def portal_service(request: HttpRequest, government: Organisation, code: str) -> HttpResponse:
    """A service by its standard in force; whatever else has its code looks like nothing."""
    standard = (
        Standard.objects.published()
        .filter(service__government=government, service__code=code)
        .select_related("service__unit__office", "service__government")
        .first()
    )
    if standard is None:
        return _missing(request, government)
    unit = standard.service.unit
    office = getattr(unit, "office", None)
    url = request.build_absolute_uri(request.path)
    judged = quality(unit, government)
    context = {
        "standard": standard,
        "service": standard.service,
        "unit": unit,
        "office": office,
        "told": standard.components,
        "reviewed_on": standard.review_by - YEAR
        if standard.review_by and standard.review_note
        else None,
        "quality": judged,
        "surveyed": any(history.family == SURVEY for history in judged),
        "linked": as_script(government_service(standard, office, url)),
    }
    return show(request, "service.html", government, context)


@open_door("citizens read what a unit promises, where it is and when it is open")
@require_safe
@portal_page
def portal_unit(request: HttpRequest, government: Organisation, code: str) -> HttpResponse:
    """A unit: its services, its charter, its hours, how it was judged."""
    unit = Organisation.objects.filter(
        government=government, code=code, kind__in=(Kind.AGENCY, Kind.UNIT)
    ).first()
    if unit is None:
        return _missing(request, government)
    judged = histories([unit])
    context = {
        "unit": unit,
        "services": catalogue_of(government).shelf(unit),
        "office": Office.objects.filter(unit=unit).first(),
        "charter": Charter.objects.published().filter(unit=unit).first(),
        "histories": judged,
        "surveyed": any(history.family == SURVEY for history in judged),
    }
    return show(request, "unit.html", government, context)


def _missing(request: HttpRequest, government: Organisation) -> HttpResponse:
    """Not here: the same whether it never was, is not yet published, or has ended."""
    context = {"catalogue": catalogue_of(government)}
    return show(request, "missing.html", government, context, status=404)


@open_door("citizens who come to the server itself are led to the portal of their government")
@require_safe
def portal_start(request: HttpRequest) -> HttpResponse:
    """The governments that have published something here; where it is one, its portal."""
    published = Standard.objects.published().values("service__government")
    governments = list(
        Organisation.objects.filter(kind=Kind.GOVERNMENT, pk__in=published).order_by("name")
    )
    if len(governments) == 1:
        return redirect("portal_city", gov=governments[0].code)
    return render(request, "portal/start.html", {"governments": governments})


@open_door("search engines ask which pages there are")
@require_safe
def portal_sitemap(request: HttpRequest, gov: str) -> HttpResponse:
    """The addresses of all pages of a government, for search engines."""
    government = government_or_404(gov)
    catalogue = catalogue_of(government)
    paths = [
        reverse("portal_city", args=[gov]),
        reverse("portal_data", args=[gov]),
        *(reverse("portal_unit", args=[gov, one.place.code]) for one in catalogue.shelves),
        *(reverse("portal_service", args=[gov, one.code]) for one in catalogue.services),
    ]
    rows = "".join(f"<url><loc>{request.build_absolute_uri(path)}</loc></url>\n" for path in paths)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@open_door("search engines ask what they may read")
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The portal may be read, the rest of the platform is for people with an account."""
    governments = Organisation.objects.filter(kind=Kind.GOVERNMENT).values_list("code", flat=True)
    maps = [
        f"Sitemap: {request.build_absolute_uri(reverse('portal_sitemap', args=[code]))}"
        for code in governments
    ]
    lines = ["User-agent: *", "Allow: /p/", "Allow: /static/", "Disallow: /", "", *maps, ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
