"""Printing a paper: the government's template and letterhead, and the data of whoever asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hijau.organisation.models import Organisation
from hijau.papers.documents import to_docx
from hijau.papers.kinds import KINDS, Format, Kind, missing
from hijau.papers.letterhead import Head
from hijau.papers.models import Template, head_of
from hijau.papers.typesetting import to_pdf


def print_paper(
    code: str, form: Format, data: Mapping[str, Any], government: Organisation, *, date: dt.date
) -> bytes:
    """A paper of a kind for a government: PDF from its .typ, DOCX from its .docx.

    Raises LookupError when the data lack something that the kind's example has: that is a fault
    of ours, while whatever is wrong with a template is Refused.
    """
    kind = KINDS[code]
    if faults := missing(data, kind.sample()):
        raise LookupError(f"data of {code} lack {', '.join(faults)}")
    template = current_template(kind, form, government)
    return printed(template, form, data, head=head_of(government), date=date)


def current_template(kind: Kind, form: Format, government: Organisation) -> bytes:
    """The government's own template, or else the shipped one."""
    own = Template.objects.latest_of(government, kind, form)
    return kind.default(form) if own is None or own.restores else own.content()


def printed(
    template: bytes, form: Format, data: Mapping[str, Any], *, head: Head, date: dt.date
) -> bytes:
    """A paper from the bytes of any template."""
    if form is Format.TYP:
        return to_pdf(template.decode(), data, letterhead=head, date=date)
    return to_docx(template, data, letterhead=head, date=date)
