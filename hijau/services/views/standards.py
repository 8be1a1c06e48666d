"""A version of a standard: written, put before the public, decreed, published, reviewed."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.permissions import Permission
from hijau.files.handing_out import as_download
from hijau.services import actions
from hijau.services.completeness import completeness
from hijau.services.forms.standards import ReviewForm, StandardDecreeForm, StandardForms
from hijau.services.models import Service, Standard
from hijau.services.views.services import page_context, sections, trail
from hijau.ui.on_form import first_error, refusals_on


@require_POST
def draft_standard(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    service = get_or_404(user, Service, to=Permission.KEEP_STANDARDS, pk=pk)
    standard = actions.draft_standard(service, by=user)
    return redirect("write_standard", pk=standard.pk)


@require_safe
def standard_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, as it is or was, with the proof of its completeness."""
    standard = get_or_404(person(request), Standard, pk=pk)
    context = {
        "standard": standard,
        "service": standard.service,
        "trail": trail(standard),
        "sections": sections(standard.components),
        "score": completeness(standard.components),
        "consultations": standard.consultations.all(),
    }
    return render(request, "services/standard_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write_standard(request: HttpRequest, pk: int) -> HttpResponse:
    """The fourteen components as a form; what is sent with a fault comes back filled in."""
    user = person(request)
    standard = get_or_404(user, Standard, to=Permission.KEEP_STANDARDS, pk=pk)
    forms = StandardForms(standard.components, standard.revision, request.POST or None)
    if request.method == "POST" and forms.is_valid():
        with refusals_on(forms.form):
            actions.write_standard(standard, forms.content(), by=user, revision=forms.revision)
            messages.success(request, _("Rancangan tersimpan."))
            if "more" in request.POST:
                return redirect("write_standard", pk=pk)
            return redirect("service_page", pk=standard.service_id)
    context = {"standard": standard, "service": standard.service, "forms": forms}
    wrong = request.method == "POST"
    return render(request, "services/write_standard.html", context, status=422 if wrong else 200)


def _again(
    request: HttpRequest, standard: Standard, name: str, form: Form, *, there: bool
) -> HttpResponse:
    """The page with a form that was refused, still filled in; where a colleague has meanwhile gone
    further and the page no longer has this form, its sentence alone."""
    if not there:
        raise first_error(form)
    context = page_context(person(request), standard.service, **{name: form})
    return render(request, "services/service_page.html", context, status=422)


@require_POST
def decree_standard(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    standard = get_or_404(user, Standard, to=Permission.KEEP_STANDARDS, pk=pk)
    form = StandardDecreeForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_on(form):
            actions.decree_standard(standard, by=user, **form.cleaned_data)
            messages.success(request, _("Standar ditetapkan. Terbitkan agar warga melihatnya."))
            return redirect("service_page", pk=standard.service_id)
    standard.refresh_from_db()
    return _again(request, standard, "decree_form", form, there=standard.is_open)


@require_POST
def confirm_review(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    standard = get_or_404(user, Standard, to=Permission.KEEP_STANDARDS, pk=pk)
    form = ReviewForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.confirm_review(standard, note=form.cleaned_data["note"], by=user)
            messages.success(request, _("Peninjauan tercatat; yang berikut setahun lagi."))
            return redirect("service_page", pk=standard.service_id)
    standard.refresh_from_db()
    return _again(request, standard, "review_form", form, there=standard.is_in_force)


@require_safe
def standard_decree(request: HttpRequest, pk: int) -> HttpResponseBase:
    standard = get_or_404(person(request), Standard, pk=pk)
    if standard.decree is None:
        raise Http404
    return as_download(standard.decree)
