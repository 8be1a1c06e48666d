"""Doors that do one thing to one object of the promise and say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hijau.accounts.access import get_or_404, person
from hijau.accounts.permissions import Permission
from hijau.services import actions
from hijau.services.models import Charter, Consultation, Posting, Service, Standard

Door = Callable[[HttpRequest, int], HttpResponse]


def door(
    source: type[models.Model], verb: Callable[..., object], said: Any, page: str, at: str
) -> Door:
    """Whoever keeps standards there does it; then they see `page`, whose number is `at`."""

    @require_POST
    def done(request: HttpRequest, pk: int) -> HttpResponse:
        user = person(request)
        thing: Any = get_or_404(user, source, to=Permission.KEEP_STANDARDS, pk=pk)
        verb(thing, by=user)
        messages.success(request, said)
        return redirect(page, *([getattr(thing, at)] if at else []))

    return done


TAKEN_BACK = _("Penetapan dibatalkan; rancangannya dapat diubah lagi.")

end_service = door(
    Service,
    actions.end_service,
    _("Layanan dihentikan dan tidak tampil lagi di portal."),
    "service_list",
    "",
)
open_consultation = door(
    Standard,
    actions.open_consultation,
    _("Rancangan dibuka untuk konsultasi publik."),
    "service_page",
    "service_id",
)
drop_draft = door(
    Standard, actions.drop_draft, _("Rancangan dibatalkan."), "service_page", "service_id"
)
reopen_standard = door(Standard, actions.reopen_standard, TAKEN_BACK, "service_page", "service_id")
publish_standard = door(
    Standard,
    actions.publish_standard,
    _("Standar diterbitkan; warga melihatnya di portal."),
    "service_page",
    "service_id",
)
reopen_charter = door(Charter, actions.reopen_charter, TAKEN_BACK, "charter_page", "unit_id")
publish_charter = door(
    Charter, actions.publish_charter, _("Maklumat diterbitkan."), "charter_page", "unit_id"
)
close_consultation = door(
    Consultation, actions.close_consultation, _("Forum ditutup."), "consultation_page", "pk"
)
remove_posting = door(
    Posting, actions.remove_posting, _("Dihapus dari daftar."), "service_page", "service_id"
)
