"""Standards from a file: the template out, a preview of what comes in, then all or nothing."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import person, require
from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.files.handing_out import XLSX, as_made
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.services.actions.imports import import_standards
from hijau.services.forms.imports import ImportForm, KeptForm
from hijau.services.forms.services import keepers_units
from hijau.services.importing.intake import forget, keep, kept, read_upload
from hijau.services.importing.planning import Planned, Verdict, plan
from hijau.services.importing.rows import Reading
from hijau.services.importing.template import write_template
from hijau.ui.on_form import first_error
from scoring.workbook.faults import BadWorkbook, Fault


def _place(user: User) -> tuple[Organisation, Any]:
    """The government whose services the person keeps, and its units that they keep."""
    require(user, Permission.KEEP_STANDARDS)
    government = user.roots(Permission.KEEP_STANDARDS)[0]
    units = keepers_units(user).filter(government=government)
    return government, units.select_related("government")


@require_safe
def services_template(request: HttpRequest) -> HttpResponse:
    """The empty workbook, with the units that the person may fill it for."""
    _government, units = _place(person(request))
    out = io.BytesIO()
    write_template(out, list(units))
    return as_made(out.getvalue(), "templat-standar-pelayanan.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def services_import(request: HttpRequest) -> HttpResponse:
    """Read a workbook or a Word document, and show what it would change."""
    user = person(request)
    government, units = _place(user)
    form = ImportForm(request.POST or None, request.FILES or None, units=units)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            reading = read_upload(given["file"], units, given["unit"])
            planned, wrong = plan(government, {unit.pk: unit for unit in units}, reading.rows)
            if wrong:
                raise BadWorkbook(wrong)
            return _preview(request, user, reading, planned)
        except BadWorkbook as error:
            faults = error.faults
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    status = 409 if faults else 422 if form.errors else 200
    context = {"form": form, "faults": faults}
    return render(request, "services/import.html", context, status=status)


def _preview(
    request: HttpRequest, user: User, reading: Reading, planned: list[Planned]
) -> HttpResponse:
    changing = sum(one.is_change for one in planned)
    counts = Counter(one.verdict for one in planned)
    context = {
        "groups": [
            (verdict, [one for one in planned if one.verdict is verdict])
            for verdict in Verdict
            if counts[verdict]
        ],
        "remarks": reading.remarks,
        "doubts": sum(bool(one.wanted.remarks) for one in planned),
        "changing": changing,
        "form": KeptForm(initial={"kept": keep(planned, user)}) if changing else None,
    }
    return render(request, "services/import_preview.html", context)


@require_POST
def services_import_apply(request: HttpRequest) -> HttpResponse:
    """Take in what the preview showed, all of it or nothing."""
    user = person(request)
    government, units = _place(user)
    form = KeptForm(request.POST)
    if not form.is_valid():
        raise first_error(form)
    told = kept(form.cleaned_data["kept"], user)
    if not {row.unit for row in told.rows} <= {unit.pk for unit in units}:
        raise Refused(_("Sebagian unit dalam impor ini tidak lagi Anda urus. Unggah sekali lagi."))
    done = import_standards(government, told.rows, seen=told.seen, by=user)
    forget(user)
    drafts = done.drafted + done.written
    messages.success(
        request,
        ngettext("%d layanan didaftarkan", "%d layanan didaftarkan", done.added) % done.added
        + ", "
        + ngettext("%d rancangan ditulis.", "%d rancangan ditulis.", drafts) % drafts,
    )
    return redirect("service_list")
