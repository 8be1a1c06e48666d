"""Papers of one assessment, and the pack for when the national portal is down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.permissions import Permission
from hijau.assessments.forms.papers import PaperForm
from hijau.assessments.models import Assessment, Evidence, Status, Verification
from hijau.assessments.on_paper import handover, minutes, report, valued
from hijau.lib.refused import Refused
from hijau.papers.handing_out import as_paper
from hijau.papers.kinds import KINDS
from hijau.papers.packing import Entry, pack

PAPERS: dict[str, Callable[[Assessment, Mapping[str, Any]], dict[str, Any]]] = {
    "berita-acara": minutes,
    "rapor": report,
    "serah-terima": handover,
}


def _may_print(request: HttpRequest, kind: str, pk: int) -> Assessment:
    """The minutes are the verifiers' and the organiser's, the handover the unit's own; the report
    is for whoever sees the assessment."""
    user = person(request)
    assessment = get_or_404(user, Assessment, pk=pk)
    if kind == "serah-terima":
        return get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    if kind == "berita-acara":
        verifies = Verification.objects.filter(assessment=assessment, verifier=user).exists()
        if not verifies:
            get_or_404(user, Assessment, to=Permission.OPEN_ROUND, pk=pk)
        if assessment.status not in (Status.VERIFIED, Status.FINAL):
            raise Refused(_("Berita acara dicetak setelah hasil verifikasi diumumkan."))
    return assessment


@require_http_methods(["GET", "HEAD", "POST"])
def print_assessment(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask what the platform does not know, then print."""
    if kind not in PAPERS:
        raise Http404
    assessment = _may_print(request, kind, pk)
    form = PaperForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        with translation.override("id"):
            data = PAPERS[kind](assessment, form.given())
            name = f"{kind}-{assessment.round.year}-{assessment.unit.code}"
            return as_paper(
                kind,
                form.form,
                data,
                assessment.unit.root,
                date=form.cleaned_data["date"],
                name=name,
            )
    context = {"assessment": assessment, "form": form, "kind": KINDS[kind]}
    status = 422 if form.errors else 200
    return render(request, "assessments/print_page.html", context, status=status)


# ---- The pack for when the national portal is down -----------------------------------------------


def _own(request: HttpRequest, pk: int) -> Assessment:
    """For the unit's officers, and for the organiser who helps them."""
    user = person(request)
    assessment = get_or_404(user, Assessment, pk=pk)
    if not user.may(Permission.OPEN_ROUND, assessment):
        return get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    return assessment


@require_safe
def portal_list(request: HttpRequest, pk: int) -> HttpResponse:
    """What has been uploaded again to the national portal, and what has not."""
    assessment = _own(request, pk)
    evidence = list(assessment.evidence.current().with_names())
    by_code = assessment.by_code
    context = {
        "assessment": assessment,
        "rows": [(piece, by_code[piece.code]) for piece in evidence],
        "done": sum(piece.uploaded_again_at is not None for piece in evidence),
        "may_tick": person(request).may(Permission.ANSWER, assessment),
    }
    return render(request, "assessments/portal_list.html", context)


@require_safe
def portal_pack(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A ZIP with a folder per indicator, an index, hashes and a checklist."""
    assessment = _own(request, pk)
    evidence = list(assessment.evidence.current().with_names())
    answers = {answer.code: answer for answer in assessment.answers.all()}
    asked = [q for q in assessment.questions if q.asked_of == "unit"]
    folders = {q.code: f"{number:02d} {q.code}" for number, q in enumerate(asked, start=1)}
    with translation.override("id"):
        index = [
            {
                "folder": folders[question.code],
                "Indikator": f"{question.code} {question.title.id}",
                "Jawaban": valued(answers.get(question.code)),
                "Bukti": str(sum(piece.code == question.code for piece in evidence)),
            }
            for question in asked
        ]
        checklist = [
            f"{piece.code}: {piece.document.title} ({piece.edition.file.name})"
            for piece in evidence
        ]
        packed = pack(
            _entries(evidence, folders),
            title=f"{assessment.title} · {assessment.round}",
            index=index,
            checklist=checklist,
        )
    name = f"paket-{assessment.round.year}-{assessment.unit.code}-{timezone.localdate()}.zip"
    response = FileResponse(packed, as_attachment=True, filename=name)
    response["Content-Type"] = "application/zip"
    response["Cache-Control"] = "private, no-store"
    return response


def _entries(evidence: list[Evidence], folders: Mapping[str, str]) -> Iterator[Entry]:
    for piece in evidence:
        with piece.edition.file.content.open("rb") as content:
            yield Entry(folders.get(piece.code, piece.code), piece.edition.file.name, content)
