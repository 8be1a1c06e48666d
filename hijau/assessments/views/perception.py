"""Users' perception (F-03): the link and QR code, what came in, paper forms and files."""

from __future__ import annotations

import csv
import io
import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms.evidence import FileForm
from hijau.assessments.forms.perception import PerceptionForm
from hijau.assessments.models import Assessment, Perception, Via
from hijau.assessments.perception_file import read_perceptions
from hijau.files.handing_out import CSV, as_made
from hijau.papers.codes import qr_svg


def _perception(request: HttpRequest, pk: int, to: Permission | None = None) -> Perception:
    assessment = get_or_404(person(request), Assessment, to=to, pk=pk)
    found = Perception.objects.filter(assessment=assessment).first()
    if found is None:
        raise Http404  # this instrument asks nothing of users
    found.assessment = assessment
    return found


@require_safe
def perception_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How many answered, what each question got, and the ways to answer."""
    user = person(request)
    perception = _perception(request, pk)
    assessment = perception.assessment
    address = request.build_absolute_uri(reverse("perception_form", args=[perception.token]))
    means = perception.means
    counts = {code: count for code, (_total, count) in perception.sums.items()}
    context = {
        "assessment": assessment,
        "perception": perception,
        "address": address,
        "code": qr_svg(address),
        "rows": [
            (question, means.get(question.code), counts.get(question.code, 0))
            for question in assessment.asked_of_users
        ],
        "left": max(assessment.round.minimum_respondents - perception.respondents, 0),
        "may_change": user.may(Permission.ANSWER, assessment)
        and not assessment.is_final
        and assessment.round.is_running,
        "form": PerceptionForm(assessment=assessment),
        "key": uuid.uuid4(),
    }
    return render(request, "assessments/perception_page.html", context)


@require_POST
def enter_perception(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper form, typed in by an officer."""
    user = person(request)
    perception = _perception(request, pk, Permission.ANSWER)
    form = PerceptionForm(request.POST, assessment=perception.assessment)
    key, answers = form.given()
    if actions.give_perception(perception, answers, key=key, via=Via.PAPER, by=user):
        messages.success(request, _("Satu formulir kertas tercatat."))
    return redirect(reverse("perception_page", args=[pk]) + "#kertas")


@require_POST
def import_perceptions(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    perception = _perception(request, pk, Permission.ANSWER)
    upload = FileForm(request.POST, request.FILES).upload()
    rows, source = read_perceptions(upload, perception.assessment.asked_of_users)
    count = actions.import_perceptions(perception, rows, by=user, source=source)
    messages.success(request, ngettext("%d jawaban diimpor.", "%d jawaban diimpor.", count) % count)
    return redirect("perception_page", pk=pk)


@require_safe
def perception_template(request: HttpRequest, pk: int) -> HttpResponse:
    """An empty file with the right columns, to be filled and imported."""
    perception = _perception(request, pk)
    out = io.StringIO("\ufeff")
    out.seek(0, io.SEEK_END)
    csv.writer(out, delimiter=";").writerow(
        [question.title.id for question in perception.assessment.asked_of_users]
    )
    return as_made(out.getvalue().encode(), "f03.csv", CSV)
