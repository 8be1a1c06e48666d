"""Charters, public consultations, what stands elsewhere, and frozen copies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.files.handing_out import as_download
from hijau.lib.seen import mark_of
from hijau.organisation.models import Organisation
from hijau.services import actions
from hijau.services.actions.charters import FIRST_WORDS, PROMISES
from hijau.services.actions.consultations import REPORTED
from hijau.services.forms.promises import (
    AttachmentForm,
    CallForm,
    CharterForm,
    PostingForm,
    ReportForm,
)
from hijau.services.forms.standards import CharterDecreeForm
from hijau.services.models import (
    Attachment,
    AttachmentKind,
    Charter,
    Consultation,
    Group,
    Service,
)
from hijau.services.views.services import page_context
from hijau.ui.on_form import first_error, refusals_on


@require_http_methods(["GET", "HEAD", "POST"])
def charter_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The charter of a unit: the coming one to write, the published one to read."""
    user = person(request)
    unit = get_or_404(user, Organisation, pk=pk)
    charters = Charter.objects.visible_to(user).filter(unit=unit)
    coming, published = charters.coming().first(), charters.published().first()
    start = coming or published
    initial = {name: getattr(start, name) if start else text for name, text in FIRST_WORDS.items()}
    initial["seen"] = mark_of(coming, *PROMISES)
    form = CharterForm(request.POST or None, initial=initial)
    if request.method == "POST":
        unit = get_or_404(user, Organisation, to=Permission.KEEP_STANDARDS, pk=pk)
        if form.is_valid():
            with refusals_on(form):
                actions.write_charter(unit, by=user, **form.cleaned_data)
                messages.success(request, _("Maklumat tersimpan."))
                return redirect("charter_page", pk=pk)
    context = {
        "unit": unit,
        "coming": coming,
        "published": published,
        "form": form,
        "decree_form": CharterDecreeForm(initial={"seen": mark_of(coming, *PROMISES)}),
        "may_keep": user.may(Permission.KEEP_STANDARDS, unit),
    }
    status = 422 if form.errors else 200
    return render(request, "services/charter_page.html", context, status=status)


@require_POST
def decree_charter(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    charter = get_or_404(user, Charter, to=Permission.KEEP_STANDARDS, pk=pk)
    form = CharterDecreeForm(request.POST, request.FILES)
    if not form.is_valid():
        raise first_error(form)
    actions.decree_charter(charter, by=user, **form.cleaned_data)
    messages.success(request, _("Maklumat ditetapkan. Terbitkan agar warga melihatnya."))
    return redirect("charter_page", pk=charter.unit_id)


@require_safe
def charter_decree(request: HttpRequest, pk: int) -> HttpResponseBase:
    charter = get_or_404(person(request), Charter, pk=pk)
    if charter.decree is None:
        raise Http404
    return as_download(charter.decree)


# ---- Public consultation -------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def call_consultation(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    unit = get_or_404(user, Organisation, to=Permission.KEEP_STANDARDS, pk=pk)
    form = CallForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            called = actions.call_consultation(unit, by=user, **form.given())
            messages.success(request, _("Forum tercatat. Catat hasilnya setelah berlangsung."))
            return redirect("consultation_page", pk=called.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "unit": unit}
    return render(request, "services/call_consultation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def consultation_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One forum: who was called, who came, what changed, its papers."""
    user = person(request)
    consultation = get_or_404(user, Consultation, pk=pk)
    initial: dict[str, Any] = {"minutes": consultation.minutes, "changes": consultation.changes}
    initial |= {group.value: consultation.attended.get(group.value) for group in Group}
    initial["seen"] = mark_of(consultation, *REPORTED)
    form = ReportForm(request.POST or None, initial=initial)
    if request.method == "POST":
        consultation = get_or_404(user, Consultation, to=Permission.KEEP_STANDARDS, pk=pk)
        if form.is_valid():
            with refusals_on(form):
                actions.report_consultation(consultation, by=user, **form.given())
                messages.success(request, _("Hasil forum tersimpan."))
                return redirect("consultation_page", pk=pk)
    may_keep = user.may(Permission.KEEP_STANDARDS, consultation) and not consultation.is_closed
    context = {
        "consultation": consultation,
        "standards": consultation.standards.with_names(),
        "attachments": list(Attachment.objects.visible_to(user).filter(consultation=consultation)),
        "form": form if may_keep else None,
        "attachment_form": AttachmentForm() if may_keep else None,
        "may_keep": may_keep,
    }
    status = 422 if form.errors else 200
    return render(request, "services/consultation_page.html", context, status=status)


@require_POST
def attach_to_consultation(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    consultation = get_or_404(user, Consultation, to=Permission.KEEP_STANDARDS, pk=pk)
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        raise first_error(form)
    kind = AttachmentKind(form.cleaned_data["kind"])
    actions.attach_to_consultation(consultation, kind, form.cleaned_data["file"], by=user)
    messages.success(request, _("Lampiran tersimpan."))
    return redirect("consultation_page", pk=pk)


@require_safe
def attachment_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    return as_download(get_or_404(person(request), Attachment, pk=pk).file)


# ---- What stands elsewhere, and frozen copies ----------------------------------------------------


@require_POST
def record_posting(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    service = get_or_404(user, Service, to=Permission.KEEP_STANDARDS, pk=pk)
    form = PostingForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_on(form):
            given = form.given()
            actions.record_posting(service, given.pop("where"), by=user, **given)
            messages.success(request, _("Pemeriksaan tercatat."))
            return redirect("service_page", pk=pk)
    context = page_context(user, service, posting_form=form)
    return render(request, "services/service_page.html", context, status=422)


@require_POST
def freeze_snapshot(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.FREEZE_DATA)
    snapshot = actions.freeze_snapshot(user.roots(Permission.FREEZE_DATA)[0], by=user)
    messages.success(request, _("Salinan nomor %d dibekukan.") % snapshot.number)
    return redirect("service_list")
