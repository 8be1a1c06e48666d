"""Taking in a workbook that was filled away from the platform: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.conditions import (
    check_value,
    must_be_open,
    open_codes,
    open_to_the_unit,
    question_of,
)
from hijau.assessments.keeping import heard_now, keep_figures, score_or_refuse
from hijau.assessments.models import Answer, Assessment
from hijau.assessments.models.mapping import ColumnMapping
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation

book.declare(
    workbook_imported=gettext_lazy("Buku kerja diimpor"),
    columns_mapped=gettext_lazy("Kolom buku kerja lama dipetakan"),
)

Given = tuple[Fraction | None, bool, str]
"""A value, whether it does not apply, and the note."""


def import_answers(
    assessment: Assessment, given: Mapping[str, Given], seen: Mapping[str, int], *, by: User
) -> int:
    """Save many answers at once, each only if nobody changed it since; how many there were.

    Refused with every indicator that a colleague answered meanwhile; then nothing is taken in.
    """
    with book.recorded("workbook.imported", assessment, by=by) as record:
        must_be_open(assessment)
        heard_now(assessment)
        allowed = open_codes(assessment)
        answers = {answer.code: answer for answer in assessment.answers.all()}
        overtaken = []
        for code, (value, not_applicable, note) in given.items():
            question = question_of(assessment, code)
            check_value(question, value)
            if code not in allowed:
                must_be_open(assessment, code)
            if code in assessment.heard:
                raise Refused(_("%s dihitung dari jawaban responden, jadi tidak diketik.") % code)
            answer = answers.setdefault(code, Answer(assessment=assessment, code=code, version=0))
            if seen.get(code, 0) != answer.version:
                overtaken.append(question)
                continue
            answer.value, answer.not_applicable, answer.note = value, not_applicable, note
            answer.version, answer.by, answer.at = answer.version + 1, by, timezone.now()
            answer.save()
        if overtaken:
            raise Refused(
                _("Ada jawaban yang berubah sejak buku kerja dibaca. Impor sekali lagi."), overtaken
            )
        rows = list(answers.values())
        score = score_or_refuse(assessment, rows)
        done = sum(answer.is_given for answer in rows)
        if not keep_figures(assessment, score, open_to_the_unit(), answered=done):
            must_be_open(assessment)
        record.details |= {"codes": sorted(given), "answers": len(given)}
        return len(given)


def map_columns(
    government: Organisation, family: str, columns: Mapping[str, Any], *, by: User
) -> ColumnMapping:
    """Remember how this government's old workbook is read."""
    with book.recorded("columns.mapped", government, by=by, family=family):
        mapping, _made = ColumnMapping.objects.update_or_create(
            government=government, family=family, defaults={"columns": dict(columns)}
        )
        return mapping
