"""What goes on paper: see each kind with an example, change its template, set the letterhead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.files.handing_out import as_made
from hijau.lib.refused import Refused
from hijau.organisation.models import Kind as Place
from hijau.organisation.models import Organisation
from hijau.papers import actions
from hijau.papers.forms import LetterheadForm, TemplateForm
from hijau.papers.handing_out import TYPES, as_paper
from hijau.papers.kinds import KINDS, Format, Kind
from hijau.papers.models import Letterhead, Template
from hijau.papers.printing import current_template
from hijau.ui.on_form import refusals_on


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of paper on the page, with the government's own templates of it."""

    kind: Kind
    own: tuple[Template, ...]
    form: TemplateForm


def _government(request: HttpRequest, pk: int) -> Organisation:
    governments = Organisation.objects.filter(kind=Place.GOVERNMENT)
    found: Organisation = get_or_404(
        person(request), governments, to=Permission.MANAGE_PAPERS, pk=pk
    )
    return found


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _format(value: str) -> Format:
    try:
        return Format(value)
    except ValueError as error:
        raise Http404 from error


@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """To the papers of the government whose papers one looks after."""
    user = person(request)
    require(user, Permission.MANAGE_PAPERS)
    return redirect("paper_list", pk=user.roots(Permission.MANAGE_PAPERS)[0].pk)


@require_safe
def paper_list(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _government(request, pk))


def _page(
    request: HttpRequest, government: Organisation, refused: tuple[str, TemplateForm] | None = None
) -> HttpResponse:
    """The page, with a form that was refused still on it."""
    own, lines = list(Template.objects.in_use(government)), []
    for kind in KINDS.values():
        form = TemplateForm(kind=kind)
        if refused and refused[0] == kind.code:
            form = refused[1]
        lines.append(Line(kind, tuple(t for t in own if t.kind == kind.code), form))
    others = [g for g in person(request).roots(Permission.MANAGE_PAPERS) if g != government]
    context = {
        "government": government,
        "others": others,
        "lines": lines,
        "letterhead": Letterhead.objects.filter(government=government).first(),
    }
    return render(request, "papers/paper_list.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def letterhead(request: HttpRequest, pk: int) -> HttpResponse:
    """The letterhead: look at it, and set it."""
    government = _government(request, pk)
    current = Letterhead.objects.filter(government=government).select_related("logo").first()
    form = LetterheadForm(
        request.POST or None,
        request.FILES or None,
        instance=current,
        initial={} if current else {"line_1": government.name, "place": government.short_name},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_letterhead(government, by=person(request), **form.words())
            messages.success(request, _("Kop surat tersimpan."))
            return redirect("paper_list", pk=pk)
    context = {"government": government, "form": form, "current": current}
    status = 422 if request.method == "POST" else 200
    return render(request, "papers/letterhead.html", context, status=status)


@require_safe
def paper_sample(request: HttpRequest, pk: int, kind: str, form: str) -> HttpResponse:
    """The example of a kind, printed with the government's own template and letterhead."""
    government, wanted, as_form = _government(request, pk), _kind(kind), _of_output(form)
    return as_paper(
        wanted.code, as_form, wanted.sample(), government,
        date=timezone.localdate(), name=f"contoh-{wanted.code}",
    )  # fmt: skip


def _of_output(extension: str) -> Format:
    for form, (name, _kind_of_file) in TYPES.items():
        if name == extension:
            return form
    raise Http404


@require_safe
def paper_template(request: HttpRequest, pk: int, kind: str, form: str) -> HttpResponse:
    """The template in use."""
    government, wanted, as_form = _government(request, pk), _kind(kind), _format(form)
    content = current_template(wanted, as_form, government)
    return as_made(content, f"{wanted.code}.{as_form}")


@require_safe
def default_template(request: HttpRequest, pk: int, kind: str, form: str) -> HttpResponse:
    """The template that Hijau ships, to begin one's own with."""
    _government(request, pk)
    wanted, as_form = _kind(kind), _format(form)
    return as_made(wanted.default(as_form), f"{wanted.code}-bawaan.{as_form}")


@require_POST
def replace_template(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Take in a template of the government's own."""
    government, wanted = _government(request, pk), _kind(kind)
    form = TemplateForm(request.POST, request.FILES, kind=wanted)
    if form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            actions.replace_template(
                government, wanted, Format(given["format"]), given["file"], by=person(request)
            )
        except Refused as refusal:
            form.add_error("file", refusal.sentence)
        else:
            messages.success(
                request, _("Templat “%s” diganti. Contohnya sudah dapat dicetak.") % wanted.title
            )
            return redirect("paper_list", pk=pk)
    return _page(request, government, (wanted.code, form))


@require_POST
def restore_template(request: HttpRequest, pk: int, kind: str, form: str) -> HttpResponse:
    """Back to the shipped template."""
    government, wanted = _government(request, pk), _kind(kind)
    actions.restore_template(government, wanted, _format(form), by=person(request))
    messages.success(request, _("Templat bawaan dipakai kembali."))
    return redirect("paper_list", pk=pk)
