"""A paper as a download, in the form that was asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from hijau.files.handing_out import DOCX, PDF, as_made
from hijau.organisation.models import Organisation
from hijau.papers.kinds import Format
from hijau.papers.printing import print_paper

TYPES = {Format.TYP: ("pdf", PDF), Format.DOCX: ("docx", DOCX)}
"""What each form ends with, and what it is."""


def as_paper(
    code: str,
    form: Format,
    data: Mapping[str, Any],
    government: Organisation,
    *,
    date: dt.date,
    name: str,
) -> HttpResponse:
    """A paper of a kind, printed and handed out under a name without its ending."""
    ending, kind = TYPES[form]
    content = print_paper(code, form, data, government, date=date)
    return as_made(content, f"{name}.{ending}", kind)
