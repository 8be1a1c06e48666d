"""Papers of standards and charters: a page that asks what is not known, then the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.papers.handing_out import as_paper
from hijau.papers.kinds import KINDS
from hijau.services import on_paper
from hijau.services.forms.papers import StandardPaperForm
from hijau.services.models import COMING, IN_FORCE, Charter, Consultation, Service, Standard

OF_A_STANDARD = ("lampiran-sk", "poster", "brosur", "lembar-sippn")
OF_A_UNIT = {"lampiran-sk": (*IN_FORCE, *COMING), "brosur": IN_FORCE}
"""An annex is printed before its decree, so it may hold drafts; citizens get what is in force."""
LINE = 70
"""Letters of one line in a box of the sheet for SIPPN, roughly."""


def public_path(service: Service) -> str:
    """Where citizens find a service; it is the portal's door, known here by name only."""
    return reverse("portal_service", args=[service.unit.root.code, service.code])


def _address(request: HttpRequest) -> on_paper.Address:
    return lambda standard: request.build_absolute_uri(public_path(standard.service))


def _printed(
    kind: str,
    form: StandardPaperForm,
    data: Mapping[str, Any],
    government: Organisation,
    name: str,
) -> HttpResponse:
    return as_paper(kind, form.form, data, government, date=form.printed_on, name=name)


def _asked(
    request: HttpRequest, kind: str, form: StandardPaperForm, about: str, back: str
) -> HttpResponse:
    context = {"kind": KINDS[kind], "form": form, "about": about, "back": back}
    status = 422 if form.errors else 200
    return render(request, "services/print_page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def print_standard(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One version as annex, poster, leaflet, or sheet for SIPPN."""
    if kind not in OF_A_STANDARD:
        raise Http404
    standard = get_or_404(person(request), Standard, pk=pk)
    form = StandardPaperForm(
        request.POST or None,
        kind=KINDS[kind],
        decreed=on_paper.recorded_decree([standard]) is not None,
    )
    if request.method == "POST" and form.is_valid():
        with translation.override("id"):
            data = _of_standards(request, kind, [standard], form)
            name = f"{kind}-{standard.service.code}-{standard.number}"
            return _printed(kind, form, data, standard.service.unit.root, name)
    back = reverse("standard_page", args=[standard.pk])
    return _asked(request, kind, form, standard.service.name, back)


def _of_standards(
    request: HttpRequest, kind: str, standards: list[Standard], form: StandardPaperForm
) -> dict[str, Any]:
    given = form.given()
    if kind == "lampiran-sk":
        return on_paper.annex(standards, given)
    if kind == "brosur":
        return on_paper.leaflet(standards, given, _address(request))
    if kind == "poster":
        return on_paper.poster(standards[0], given, _address(request))
    return on_paper.sippn_sheet(standards[0], given)


@require_http_methods(["GET", "HEAD", "POST"])
def print_unit_annex(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Several standards of one unit in one annex, or in one leaflet."""
    if kind not in OF_A_UNIT:
        raise Http404
    user = person(request)
    unit = get_or_404(user, Organisation.objects.select_related("government"), pk=pk)
    found = Standard.objects.visible_to(user).filter(
        service__unit=unit, service__ended_on=None, stage__in=OF_A_UNIT[kind]
    )
    standards = list(found.order_by("service__name", "service_id", "number"))
    if not standards:
        raise Refused(_("Belum ada standar pelayanan unit ini yang dapat dicetak."))
    form = StandardPaperForm(
        request.POST or None,
        kind=KINDS[kind],
        standards=standards,
        decreed=on_paper.recorded_decree(standards) is not None,
    )
    if request.method == "POST" and form.is_valid():
        with translation.override("id"):
            data = _of_standards(request, kind, form.chosen, form)
            return _printed(kind, form, data, unit.root, f"{kind}-{unit.code}")
    return _asked(request, kind, form, unit.name, reverse("promise_page", args=[unit.pk]))


OF_A_FORUM = {"undangan-fkp": on_paper.invitation, "laporan-fkp": on_paper.forum_report}


@require_http_methods(["GET", "HEAD", "POST"])
def print_consultation(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The invitation to a forum, or the report of it."""
    if kind not in OF_A_FORUM:
        raise Http404
    consultation = get_or_404(person(request), Consultation, pk=pk)
    form = StandardPaperForm(request.POST or None, kind=KINDS[kind], decreed=False)
    if request.method == "POST" and form.is_valid():
        with translation.override("id"):
            data = OF_A_FORUM[kind](consultation, form.given())
            name = f"{kind}-{consultation.unit.code}-{consultation.held_on}"
            return _printed(kind, form, data, consultation.unit.root, name)
    back = reverse("consultation_page", args=[pk])
    return _asked(request, kind, form, consultation.subject, back)


@require_http_methods(["GET", "HEAD", "POST"])
def print_charter(request: HttpRequest, pk: int) -> HttpResponse:
    """The charter, to be signed and hung up."""
    charter = get_or_404(person(request), Charter, pk=pk)
    form = StandardPaperForm(
        request.POST or None,
        kind=KINDS["maklumat"],
        decreed=bool(charter.decree_number and charter.decreed_on),
    )
    if request.method == "POST" and form.is_valid():
        with translation.override("id"):
            data = on_paper.charter(charter, form.given())
            name = f"maklumat-{charter.unit.code}"
            return _printed("maklumat", form, data, charter.unit.root, name)
    back = reverse("charter_page", args=[charter.unit.pk])
    return _asked(request, "maklumat", form, charter.unit.name, back)


@require_safe
def sippn_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Field by field, each in a box whose text is selected and copied as a whole."""
    standard = get_or_404(person(request), Standard, pk=pk)
    with translation.override("id"):
        fields = [
            {
                "name": field["nama"],
                "text": "\n".join(field["isi"]),
                "rows": min(sum(1 + len(line) // LINE for line in field["isi"]), 20),
            }
            for field in on_paper.sippn_fields(standard)
        ]
    context = {
        "standard": standard,
        "service": standard.service,
        "fields": fields,
        "mark": on_paper.mark_of([standard]),
    }
    return render(request, "services/print_sippn.html", context)
