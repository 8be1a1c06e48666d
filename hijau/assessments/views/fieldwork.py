"""The field visit: written down on a phone without a signal, sent later, once and whole."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.actions.verification import Noted
from hijau.assessments.forms.valued import value_from
from hijau.assessments.models import Verification
from hijau.assessments.sheet import Beside, sections
from hijau.lib.refused import Refused

MOST_PHOTOS = 30


@require_safe
def visit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The indicators as a phone keeps them; nothing of the unit's answers is stored on it."""
    user = person(request)
    task = get_or_404(user, Verification.objects.filter(verifier=user), to=Permission.VERIFY, pk=pk)
    beside = Beside(marks=task.marks.all())
    context = {
        "task": task,
        "assessment": task.assessment,
        "sections": [s for s in sections(task.assessment, beside) if not s.of_users],
        "editable": task.is_open and task.assessment.round.is_running,
    }
    return render(request, "assessments/visit_page.html", context)


@require_POST
def receive_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit from a phone: `data` as JSON, `photo-0`… with their codes. Answers in JSON, too."""
    user = person(request)
    task = get_or_404(user, Verification.objects.filter(verifier=user), to=Permission.VERIFY, pk=pk)
    try:
        visit = actions.receive_visit(task, by=user, **_visit(request))
    except Refused as refusal:
        said = {"sentence": refusal.sentence, "items": [str(item) for item in refusal.items]}
        return JsonResponse(said, status=409)
    return JsonResponse({"received": str(visit.key)})


def _visit(request: HttpRequest) -> dict[str, Any]:
    """Keyword arguments for `receive_visit`. Refused when the phone sent something else."""
    try:
        data = json.loads(request.POST.get("data", ""))
        made_at = dt.datetime.fromisoformat(data["made_at"])
        if made_at.tzinfo is None:
            made_at = timezone.make_aware(made_at)
        marks = {str(code): _noted(mark) for code, mark in data["marks"].items()}
        codes = [str(code) for code in data["photos"]]
        given = {
            "key": uuid.UUID(data["key"]),
            "made_at": made_at,
            "note": str(data.get("note", ""))[:4000],
            "marks": marks,
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            _("Kiriman dari perangkat tidak terbaca. Catatannya tetap tersimpan di sana.")
        ) from error
    if len(codes) > MOST_PHOTOS:
        raise Refused(_("Paling banyak %d foto dalam satu kunjungan.") % MOST_PHOTOS)
    photos = []
    for number, code in enumerate(codes):
        upload = request.FILES.get(f"photo-{number}")
        if upload is None:
            raise Refused(_("Kiriman terpotong: ada foto yang tidak sampai. Kirim sekali lagi."))
        photos.append((code, upload))
    return given | {"photos": photos}


def _noted(mark: dict[str, Any]) -> Noted:
    value, not_applicable = value_from(str(mark.get("value", "")))
    seen = int(mark.get("seen", 0))
    return Noted(value, not_applicable, str(mark.get("note", ""))[:2000], seen)


@require_safe
def field_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that lets the visit page open without a signal."""
    require(person(request), Permission.VERIFY)
    path = finders.find("ui/lapangan-worker.js")
    with open(str(path), encoding="utf-8") as file:
        response = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
