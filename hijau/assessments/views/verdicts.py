"""Results from outside, each with its source; disagreeing sources stay side by side."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms.verdicts import VerdictForm
from hijau.assessments.models import Verdict
from hijau.assessments.models.verdict import by_year
from hijau.files.handing_out import as_download
from hijau.ui.on_form import refusals_on


@require_safe
def verdict_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    verdicts = Verdict.objects.visible_to(user).filter(withdrawn_at=None)
    ordered = verdicts.order_by("organisation__path", "family", "year", "pk")
    groups = [
        (organisation, family, list(reversed(list(by_year(group)))))
        for (organisation, family), group in groupby(ordered, lambda v: (v.organisation, v.family))
    ]
    may_record = user.may_somewhere(Permission.RECORD_VERDICT)
    context = {"groups": groups, "may_record": may_record}
    return render(request, "assessments/verdict_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_verdict(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.RECORD_VERDICT)
    form = VerdictForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.record_verdict(
                form.cleaned_data.pop("organisation"), by=user, **form.cleaned_data
            )
            messages.success(request, _("Hasil dari luar tercatat."))
            return redirect("verdict_list")
    status = 422 if form.errors else 200
    return render(request, "assessments/verdict_form.html", {"form": form}, status=status)


@require_POST
def withdraw_verdict(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    verdict = get_or_404(user, Verdict, to=Permission.RECORD_VERDICT, pk=pk)
    actions.withdraw_verdict(verdict, by=user)
    messages.success(request, _("Hasil ditarik; catatannya tetap ada di jejak."))
    return redirect("verdict_list")


@require_safe
def verdict_letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scanned letter of a result, as a download."""
    verdict = get_or_404(person(request), Verdict.objects.filter(withdrawn_at=None), pk=pk)
    if verdict.letter is None:
        raise Http404
    return as_download(verdict.letter)
