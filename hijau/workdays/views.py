"""The calendar of working days that every window and clock counts by."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.ui.on_form import refusals_on
from hijau.workdays import actions
from hijau.workdays.calendar import national
from hijau.workdays.forms import DayForm
from hijau.workdays.models import SpecialDay


@require_http_methods(["GET", "HEAD", "POST"])
def workdays(request: HttpRequest) -> HttpResponse:
    """The holidays of a year: the nation's, and those of one's own government."""
    user = person(request)
    may_set = user.may_somewhere(Permission.OPEN_ROUND)
    form = DayForm(request.POST or None) if may_set else None
    if request.method == "POST":
        require(user, Permission.OPEN_ROUND)
        assert form is not None
        if form.is_valid():
            with refusals_on(form):
                actions.set_day(user.roots(Permission.OPEN_ROUND)[0], by=user, **form.given())
                messages.success(request, _("Kalender diperbarui."))
                return redirect("workdays")
    this_year = timezone.localdate().year
    asked = request.GET.get("tahun", "")
    year = int(asked) if asked in {str(this_year - 1), str(this_year + 1)} else this_year
    own = list(SpecialDay.objects.visible_to(user).filter(day__year=year))
    rows: list[tuple[dt.date, str, SpecialDay | None]] = [
        (day, name, None) for day, name in national(year, get_language() or "id").items()
    ]
    rows += [(special.day, special.name, special) for special in own]
    context = {
        "year": year,
        "years": (this_year - 1, this_year, this_year + 1),
        "rows": sorted(rows, key=lambda row: row[0]),
        "form": form,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "workdays/workdays.html", context, status=status)


@require_POST
def remove_day(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    special = get_or_404(user, SpecialDay, to=Permission.OPEN_ROUND, pk=pk)
    actions.remove_day(special, by=user)
    messages.success(request, _("Kalender diperbarui."))
    return redirect("workdays")
