"""Rounds: what is being judged now, by which instrument, until when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms import RoundForm, TargetForm
from hijau.assessments.models import Assessment, Round, Target
from hijau.assessments.standings import of_assessment
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    seen = Assessment.objects.visible_to(user).values("round")
    rounds = Round.objects.filter(pk__in=seen).select_related("version", "government")
    return render(
        request,
        "assessments/round_list.html",
        {"rounds": rounds, "may_open": user.may_somewhere(Permission.OPEN_ROUND)},
    )


@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    opened = get_or_404(user, Round, pk=pk)
    assessments = list(Assessment.objects.visible_to(user).filter(round=opened))
    return render(
        request,
        "assessments/round_page.html",
        {
            "round": opened,
            "rows": [(a, of_assessment(a, a.unit.short_name)) for a in assessments],
            "may_close": user.may(Permission.OPEN_ROUND, opened) and opened.closed_at is None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.OPEN_ROUND)
    form = RoundForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        units: list[Organisation] = list(form.cleaned_data.pop("units"))
        try:
            opened = actions.open_round(
                units[0].root, form.cleaned_data.pop("version"), units, by=user, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Putaran “%s” dibuka.") % opened.name)
            return redirect("round_page", pk=opened.pk)
    status = 422 if form.errors else 200
    return render(request, "assessments/round_form.html", {"form": form}, status=status)


@require_POST
def close_round(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    opened = get_or_404(user, Round, to=Permission.OPEN_ROUND, pk=pk)
    actions.close_round(opened, by=user)
    messages.success(request, _("Putaran “%s” ditutup.") % opened.name)
    return redirect("round_page", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """The targets of the years, and the form that sets one."""
    user = person(request)
    may_set = user.may_somewhere(Permission.SET_TARGET)
    form = TargetForm(request.POST or None, user=user) if may_set else None
    if request.method == "POST":
        require(user, Permission.SET_TARGET)
        assert form is not None
        if form.is_valid():
            government = user.roots(Permission.SET_TARGET)[0]
            try:
                actions.set_target(government, by=user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("Target tersimpan."))
                return redirect("targets")
    known = Target.objects.visible_to(user).order_by(
        "-year", "version__family", "version__identifier", "organisation__path"
    )
    context = {"targets": known, "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "assessments/targets.html", context, status=status)
