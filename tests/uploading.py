"""Handing in a file at an indicator, and what stays of it on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Evidence
from tests.cast import Cast

CODE = "1.a.Ak"


def attach(cast: Cast, assessment: Assessment, name: str, content: bytes) -> Any:
    """By the page, as the officer of the unit."""
    return cast.client(cast.officer).post(
        reverse("attach_evidence", args=[assessment.pk, CODE]),
        {"file": SimpleUploadedFile(name, content)},
    )


def attached(cast: Cast, assessment: Assessment, name: str, content: bytes) -> Evidence:
    """By the action."""
    upload = SimpleUploadedFile(name, content)
    return actions.attach_evidence(assessment, CODE, upload, by=cast.officer)


def files_on_disk(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
