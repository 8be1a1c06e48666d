"""The Excel round trip: a workbook out, a filled one in, and a city's own old one."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms.answers import note_from
from hijau.assessments.forms.evidence import FileForm
from hijau.assessments.forms.valued import value_from
from hijau.assessments.forms.workbooks import MappingForm
from hijau.assessments.models import Answer, Assessment
from hijau.assessments.models.mapping import ColumnMapping
from hijau.files.handing_out import XLSX, as_made
from hijau.lib.refused import Refused
from scoring.instrument import Question
from scoring.interpret import NA, Answered
from scoring.numbers import format_exact
from scoring.workbook.faults import BadWorkbook, Fault, RefusedToWrite
from scoring.workbook.legacy import LegacyMapping, read_legacy, suggest
from scoring.workbook.reading import read_workbook
from scoring.workbook.writing import write_workbook


@require_safe
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's workbook, with what was answered so far."""
    assessment = get_or_404(person(request), Assessment, pk=pk)
    answers = list(assessment.answers.all())
    given: dict[str, Fraction | Answered] = {}
    for answer in answers:
        if answer.not_applicable:
            given[answer.code] = NA
        elif answer.value is not None:
            given[answer.code] = answer.value
    out = io.BytesIO()
    try:
        write_workbook(
            out,
            assessment.instrument,
            form=assessment.round.form or None,
            convention=assessment.round.convention or None,
            subject=assessment.title,
            round_name=str(assessment.round),
            answers=given,
            notes={answer.code: answer.note for answer in answers if answer.note},
            identity=_identity(assessment),
        )
    except RefusedToWrite as error:
        raise Refused(str(error)) from error
    name = f"{assessment.round.year}-{assessment.unit.code}-{assessment.pk}.xlsx"
    return as_made(out.getvalue(), name, XLSX)


def _identity(assessment: Assessment) -> dict[str, str]:
    """What tells whose workbook a file is, when it comes back."""
    return {"penilaian": str(assessment.pk), "unit": assessment.unit.code}


@dataclass(frozen=True)
class Change:
    """An indicator whose answer in the file differs from the one here."""

    question: Question
    before: Answer
    value: Fraction | None
    not_applicable: bool
    note: str

    @property
    def written(self) -> str:
        """The new value as the form sends it back."""
        if self.not_applicable:
            return "N/A"
        return "" if self.value is None else format_exact(self.value)


def _changes(
    assessment: Assessment,
    answers: Mapping[str, Fraction | Answered],
    notes: Mapping[str, str],
) -> list[Change]:
    """What the file would change. An empty cell is an answer that is missing: it clears nothing."""
    here = {answer.code: answer for answer in assessment.answers.all()}
    changes = []
    for question in assessment.questions:
        code = question.code
        if code not in answers and code not in notes:
            continue
        before = here.get(code) or Answer(code=code, version=0)
        found = answers.get(code)
        value = before.value if found is None else (None if found is NA else found)
        not_applicable = before.not_applicable if found is None else found is NA
        note = notes.get(code, before.note)
        if (value, not_applicable, note) != (*before.given, before.note):
            assert value is None or isinstance(value, Fraction)
            changes.append(Change(question, before, value, not_applicable, note))
    return changes


def _preview(
    request: HttpRequest,
    assessment: Assessment,
    changes: list[Change],
    warnings: Iterable[Fault],
) -> HttpResponse:
    context = {"assessment": assessment, "changes": changes, "warnings": list(warnings)}
    return render(request, "assessments/workbook_preview.html", context)


def _opened(upload: UploadedFile) -> io.BytesIO:
    return io.BytesIO(upload.read())


@require_http_methods(["GET", "HEAD", "POST"])
def import_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a workbook that was filled away from here, and show what it would change."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        upload = FileForm(request.POST, request.FILES).upload()
        try:
            filled = read_workbook(
                _opened(upload),
                assessment.instrument,
                form=assessment.round.form or None,
                identity=_identity(assessment),
            )
        except BadWorkbook as error:
            faults = error.faults
        else:
            changes = _changes(assessment, filled.answers, filled.notes)
            return _preview(request, assessment, changes, filled.warnings)
    context = {
        "assessment": assessment,
        "faults": faults,
        "form": MappingForm(initial=_kept(assessment)),
    }
    status = 409 if faults else 200
    return render(request, "assessments/workbook_import.html", context, status=status)


def _kept(assessment: Assessment) -> dict[str, Any]:
    """The mapping that was made once for this government's old workbook."""
    found = ColumnMapping.objects.filter(
        government=assessment.unit.root, family=assessment.instrument.family
    ).first()
    return dict(found.columns) if found else {}


@require_POST
def import_legacy(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a city's own old workbook by its columns; the mapping is remembered."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    upload = FileForm(request.POST, request.FILES).upload()
    file, rule, of = _opened(upload), assessment.instrument, assessment.round.form or None
    form = MappingForm(request.POST)
    faults: tuple[Fault, ...] = ()
    suggested = None
    try:
        mapping = form.mapping()
        if mapping is None:
            suggested = suggest(file, rule, form=of)
            if suggested is None:
                raise BadWorkbook([Fault("", "", _("Kolomnya tidak dikenali. Petakan sendiri."))])
            mapping = suggested
        file.seek(0)
        legacy = read_legacy(file, rule, mapping, form=of)
    except BadWorkbook as error:
        faults = error.faults
    except ValueError as error:
        form.add_error(None, str(error))
    else:
        if suggested is None:  # given by hand: remembered for the next time
            actions.map_columns(assessment.unit.root, rule.family, mapping.as_dict(), by=user)
        changes = _changes(assessment, legacy.answers, legacy.notes)
        return _preview(request, assessment, changes, legacy.warnings)
    if isinstance(suggested, LegacyMapping):
        form = MappingForm(initial=suggested.as_dict())
    context = {"assessment": assessment, "faults": faults, "form": form}
    return render(request, "assessments/workbook_import.html", context, status=409)


@require_POST
def apply_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what the preview showed, all of it or nothing."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    given, seen = {}, {}
    for question in assessment.questions:
        code = question.code
        if f"nilai-{code}" not in request.POST:
            continue
        value, not_applicable = value_from(request.POST[f"nilai-{code}"][:40])
        note = note_from(request.POST.get(f"catatan-{code}", "")[:2000])
        given[code] = (value, not_applicable, note)
        version = request.POST.get(f"seen-{code}", "0")
        seen[code] = int(version) if version.isdecimal() else -1
    if not given:
        raise Refused(_("Tidak ada yang diimpor."))
    count = actions.import_answers(assessment, given, seen, by=user)
    messages.success(
        request,
        ngettext(
            "%d indikator terisi dari buku kerja.",
            "%d indikator terisi dari buku kerja.",
            count,
        )
        % count,
    )
    return redirect("answer_page", pk=pk)
