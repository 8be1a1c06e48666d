"""Attaching files to indicators."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.conditions import must_be_open, question_of
from hijau.assessments.models import Assessment, Evidence
from hijau.audit import book
from hijau.files.intake import take_in
from hijau.lib.refused import Refused

book.declare(
    evidence_attached=gettext_lazy("Bukti dilampirkan"),
    evidence_withdrawn=gettext_lazy("Bukti ditarik"),
)


def attach_evidence(
    assessment: Assessment, code: str, upload: UploadedFile, *, by: User
) -> Evidence:
    """Attach a file to an indicator. Refused when its content is not an allowed kind."""
    question_of(assessment, code)
    with book.recorded("evidence.attached", assessment, by=by, code=code) as record:
        must_be_open(assessment)
        file = take_in(upload, assessment.unit.root, by=by)
        evidence = Evidence.objects.create(assessment=assessment, code=code, file=file)
        record.details |= {"file": file.pk, "sha256": file.sha256}
        return evidence


def withdraw_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a file out of the assessment; the file itself is kept."""
    with book.recorded("evidence.withdrawn", evidence, by=by, code=evidence.code):
        must_be_open(evidence.assessment)
        current = Evidence.objects.filter(pk=evidence.pk, withdrawn_at=None)
        if not current.update(withdrawn_at=timezone.now()):
            raise Refused(_("Bukti ini sudah ditarik."))
