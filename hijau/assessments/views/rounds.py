"""Rounds: what is being judged now, by which instrument, until when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.due import late_in
from hijau.assessments.forms.rounds import LocusForm, NextRoundForm, RoundForm
from hijau.assessments.forms.targets import TargetForm
from hijau.assessments.models import Assessment, Round, Stage, Status, Target
from hijau.assessments.standings import of_assessment, target_words
from hijau.organisation.models import Organisation
from hijau.ui.on_form import first_error, refusals_on
from hijau.ui.shapes import Stage as Trail


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
    """A round: its windows, its units, what is late, and what the organiser can do."""
    user = person(request)
    opened = get_or_404(user, Round, pk=pk)
    assessments = list(Assessment.objects.visible_to(user).filter(round=opened))
    late = {one.pk for one in late_in(opened, assessments)}
    steers = user.may(Permission.OPEN_ROUND, opened)
    return render(
        request,
        "assessments/round_page.html",
        {
            "round": opened,
            "rows": [(a, of_assessment(a, a.short_title), a.pk in late) for a in assessments],
            "stages": _stages(opened),
            "steers": steers,
            "may_see_agreement": steers or user.may(Permission.VERIFY, opened),
            "ready": sum(
                one.status == Status.VERIFIED and not one.awaits_unit for one in assessments
            ),
            "locus_form": LocusForm(user=user) if steers and opened.is_running else None,
            "follows": opened.previous,
        },
    )


def _stages(opened: Round) -> list[Trail]:
    """The windows as a trail: done, now, later."""
    order = [Stage.FILLING, Stage.VERIFYING, Stage.OBJECTING, Stage.CONCLUDING]
    now = opened.stage
    place = order.index(now) if now in order else (len(order) if now == Stage.CLOSED else -1)
    states = ["done" if n < place else "now" if n == place else "later" for n in range(len(order))]
    return [
        Trail(str(stage.label), state, _("sampai %s") % date_format(last, "j M Y"))
        for (stage, last), state in zip(opened.windows, states, strict=True)
    ]


@require_POST
def add_locus(request: HttpRequest, pk: int) -> HttpResponse:
    """A further unit, or one product of a unit."""
    user = person(request)
    opened = get_or_404(user, Round, to=Permission.OPEN_ROUND, pk=pk)
    form = LocusForm(request.POST, user=user)
    if not form.is_valid():
        raise first_error(form)
    data = form.cleaned_data
    added = actions.add_locus(opened, data["unit"], data["product"], by=user)
    judged = Assessment.objects.filter(round=opened, unit=added.unit).with_names().order_by("pk")
    messages.success(
        request,
        _("Yang sekarang dinilai pada %(unit)s: %(judged)s.")
        % {
            "unit": added.unit.name,
            "judged": ", ".join(one.product or _("seluruh unit") for one in judged),
        },
    )
    return redirect("round_page", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def copy_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The next year's round, made from this one."""
    user = person(request)
    old = get_or_404(user, Round, to=Permission.OPEN_ROUND, pk=pk)
    initial = {"name": old.name, "year": old.year + 1, "opens_on": timezone.localdate()}
    form = NextRoundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            opened = actions.copy_round(old, by=user, **form.cleaned_data)
            messages.success(request, _("Putaran “%s” dibuka.") % opened)
            return redirect("round_page", pk=opened.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "old": old}
    return render(request, "assessments/round_copy.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.OPEN_ROUND)
    form = RoundForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        units: list[Organisation] = list(form.cleaned_data.pop("units"))
        with refusals_on(form):
            opened = actions.open_round(
                units[0].root, form.cleaned_data.pop("version"), units, by=user, **form.cleaned_data
            )
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
            with refusals_on(form):
                actions.set_target(government, by=user, **form.cleaned_data)
                messages.success(request, _("Target tersimpan."))
                return redirect("targets")
    known = Target.objects.visible_to(user).order_by(
        "-year", "version__family", "version__identifier", "organisation__path"
    )
    named = [(target, *target_words(target, target.version.rule)) for target in known]
    context = {"targets": named, "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "assessments/targets.html", context, status=status)
