"""The vault: files under indicators, documents with their editions, what they carry."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.carrying import Load, loads, together
from hijau.assessments.crosswalk import kind_of, served_by
from hijau.assessments.forms.evidence import DescriptionForm, EvidenceForm, ExampleForm, FileForm
from hijau.assessments.models import Assessment, Document, Edition, Evidence, Round
from hijau.assessments.promised import offered
from hijau.files.handing_out import as_download
from hijau.files.looking import page_picture
from hijau.files.models import StoredFile
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.ui.on_form import refusals_on

LARGEST_PREVIEW = 400
"""Pages of a document that can be looked at in the page; the rest is in the download."""


def _back(assessment_id: int, code: str) -> HttpResponse:
    return redirect(reverse("answer_page", args=[assessment_id]) + f"#{code}")


@require_POST
def attach_evidence(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Hand in one file or several, or put a document of the vault under the indicator."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    if chosen := request.POST.get("document"):
        number = int(chosen) if chosen.isdecimal() else 0
        document = get_or_404(user, Document, to=Permission.ANSWER, pk=number)
        actions.link_evidence(assessment, code, document, by=user)
        messages.success(request, _("“%s” terpasang.") % document)
        return _back(pk, code)
    form = EvidenceForm(request.POST, request.FILES)
    described = form.described()
    files: list[UploadedFile] = request.FILES.getlist("file")
    for upload in files:
        evidence = actions.attach_evidence(assessment, code, upload, by=user, **described)
        messages.success(request, _("Berkas “%s” terlampir.") % evidence.edition.file.name)
    return _back(pk, code)


@require_POST
def withdraw_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    evidence = get_or_404(user, Evidence, to=Permission.ANSWER, pk=pk)
    actions.withdraw_evidence(evidence, by=user)
    messages.success(request, _("“%s” ditarik dari indikator ini.") % evidence.document)
    return _back(evidence.assessment_id, evidence.code)


@require_POST
def tick_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """On the list for the national portal: this piece was uploaded again."""
    user = person(request)
    evidence = get_or_404(user, Evidence, to=Permission.ANSWER, pk=pk)
    actions.tick_evidence(evidence, "done" in request.POST, by=user)
    return redirect(reverse("portal_list", args=[evidence.assessment_id]) + f"#bukti-{pk}")


def picture(stored: StoredFile, number: int) -> HttpResponse:
    """A page as a picture that was made here; 404 where there is nothing to show."""
    made = page_picture(stored, number)
    if made is None:
        raise Http404
    kind = "image/png" if made.startswith(b"\x89PNG") else "image/jpeg"
    response = HttpResponse(made, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    current = Evidence.objects.current()
    return as_download(get_or_404(person(request), current, pk=pk).edition.file)


@require_safe
def evidence_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The evidence, page by page, as pictures."""
    evidence = get_or_404(person(request), Evidence.objects.current(), pk=pk)
    pages = min(evidence.edition.pages or 1, LARGEST_PREVIEW)
    asked = request.GET.get("hal", "1")
    number = min(max(int(asked), 1), pages) if asked.isdecimal() else 1
    context = {
        "evidence": evidence,
        "document": evidence.document,
        "kind": kind_of(evidence.document.kind),
        "number": number,
        "pages": pages,
        "can_show": evidence.edition.can_show,
    }
    return render(request, "assessments/evidence_page.html", context)


@require_safe
def evidence_picture(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    evidence = get_or_404(person(request), Evidence.objects.current(), pk=pk)
    return picture(evidence.edition.file, number)


@require_safe
def edition_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An edition of a document, the older ones too."""
    edition = Edition.objects.filter(
        document__in=Document.objects.visible_to(person(request)), pk=pk
    ).select_related("file")
    found = edition.first()
    if found is None:
        raise Http404
    return as_download(found.file)


# ---- Documents -----------------------------------------------------------------------------------


@require_safe
def vault(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's documents: what they prove, what they carry, and which expiry will hurt most."""
    user = person(request)
    unit = get_or_404(user, Organisation.objects.select_related("government"), pk=pk)
    documents = list(
        Document.objects.visible_to(user).filter(unit=unit).prefetch_related("editions__file")
    )
    heaviest = _heaviest(user, unit)
    carried: dict[int, list[Load]] = {}
    for load in heaviest:
        carried.setdefault(load.document.pk, []).append(load)
    expiring = [load for load in heaviest if load.points and load.document.valid_until]
    context = {
        "unit": unit,
        "rows": [(one, kind_of(one.kind), carried.get(one.pk, [])) for one in documents],
        "heaviest": [load for load in heaviest if load.points][:8],
        "expiring": sorted(expiring, key=_soonest)[:8],
        "may_change": user.may(Permission.ANSWER, unit),
        "offered": offered(unit) if user.may(Permission.ANSWER, unit) else (),
    }
    return render(request, "assessments/vault.html", context)


@require_POST
def shelve_paper(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    user = person(request)
    unit = get_or_404(user, Organisation, to=Permission.ANSWER, pk=pk)
    document = actions.shelve_paper(unit, file, by=user)
    messages.success(request, _("“%s” masuk ke daftar dokumen.") % document)
    return redirect("document_page", pk=document.pk)


def _soonest(load: Load) -> tuple[dt.date, Fraction]:
    """What expires first comes first, and of one day what carries most."""
    return load.document.valid_until or dt.date.max, -load.points


def _heaviest(user: User, unit: Organisation) -> list[Load]:
    running = list(
        Assessment.objects.visible_to(user)
        .filter(unit=unit, round__in=Round.objects.running())
        .prefetch_related("answers", "decisions")
    )
    uses: dict[int, list[Evidence]] = {one.pk: [] for one in running}
    for use in Evidence.objects.filter(assessment__in=running).current().with_names():
        uses[use.assessment_id].append(use)
    return together(load for one in running for load in loads(one, uses[one.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def document_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: what it is, its editions, where it is used, where else it would serve."""
    user = person(request)
    document = get_or_404(user, Document, pk=pk)
    may_change = user.may(Permission.ANSWER, document)
    form = DescriptionForm(
        request.POST or None,
        initial={
            name: getattr(document, name)
            for name in ("title", "kind", "number", "issued_on", "valid_until")
        },
    )
    if request.method == "POST":
        document = get_or_404(user, Document, to=Permission.ANSWER, pk=pk)
        if form.is_valid():
            with refusals_on(form):
                actions.describe_document(document, by=user, **form.cleaned_data)
                messages.success(request, _("Keterangan dokumen tersimpan."))
                return redirect("document_page", pk=pk)
    uses = list(
        Evidence.objects.visible_to(user)
        .filter(document=document)
        .current()
        .select_related("assessment__round__version", "edition")
        .order_by("pk")
    )
    running = Assessment.objects.visible_to(user).filter(
        unit=document.unit, round__in=Round.objects.running()
    )
    used = {(use.assessment_id, use.code) for use in uses}
    serves = [
        (one, one.by_code[code], (one.pk, code) in used)
        for one in (running if document.kind else ())
        for code in served_by(document.kind, one)
    ]
    context = {
        "document": document,
        "kind": kind_of(document.kind),
        "editions": document.editions.select_related("file", "by"),
        "uses": [(use, use.assessment.by_code.get(use.code)) for use in uses],
        "serves": serves,
        "more": any(not done and one.is_with_the_unit for one, _question, done in serves),
        "form": form if may_change else None,
        "may_change": may_change,
    }
    status = 422 if form.errors else 200
    return render(request, "assessments/document_page.html", context, status=status)


@require_POST
def replace_document(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    document = get_or_404(user, Document, to=Permission.ANSWER, pk=pk)
    edition = actions.replace_document(
        document, FileForm(request.POST, request.FILES).upload(), by=user
    )
    messages.success(request, _("Edisi %d tersimpan; edisi sebelumnya tetap ada.") % edition.number)
    return redirect("document_page", pk=pk)


@require_POST
def spread_document(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    document = get_or_404(user, Document, to=Permission.ANSWER, pk=pk)
    chosen = set()
    for place in request.POST.getlist("place"):
        number, _colon, code = place.partition(":")
        chosen.add((int(number) if number.isdecimal() else 0, code))
    count = actions.spread_document(document, chosen, by=user)
    messages.success(
        request,
        ngettext("Terpasang pada %d indikator lagi.", "Terpasang pada %d indikator lagi.", count)
        % count,
    )
    return redirect("document_page", pk=pk)


@require_POST
def choose_example(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A verifier keeps an example for all units to learn from."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.VERIFY, pk=pk)
    form = ExampleForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Tulis contohnya, paling panjang 400 karakter."))
    actions.choose_example(assessment, code, by=user, **form.cleaned_data)
    messages.success(request, _("Contoh tercatat; petugas semua unit akan melihatnya."))
    task = assessment.verifications.filter(verifier=user).first()
    if task is None:
        return redirect("result_page", pk=pk)
    return redirect(reverse("verification_page", args=[task.pk]) + f"#{code}")
