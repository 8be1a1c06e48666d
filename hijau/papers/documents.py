"""Papers as DOCX, from a template that a clerk changes in Word. The only file that knows docxtpl.

A template is a program in a foreign hand: its tags run in a sandbox that reaches the data and
nothing else, in a process of its own, and what is filled in is text, never markup.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hijau.papers.letterhead import Head
from hijau.papers.press import Fault, pressed

LOGO_HEIGHT = 22
"""Millimetres, as in dasar.typ."""


def to_docx(template: bytes, data: Mapping[str, Any], *, letterhead: Head, date: dt.date) -> bytes:
    """The paper as DOCX. Refused when a tag is broken, reaches for what it may not, or never ends.

    Its bytes are the same for the same data and date.
    """
    told = {**data, "kop": letterhead.told(), "berkas_tanggal": date.isoformat()}
    files = {"data.json": json.dumps(told, ensure_ascii=False).encode(), "template.docx": template}
    if letterhead.logo:
        files[letterhead.logo_name] = letterhead.logo
    return pressed(fill, files)


class Picture:
    """A picture that a tag can place, and nothing more.

    docxtpl's own object would lead a tag to the document and to its `save`.
    """

    __slots__ = ("_draw",)

    def __init__(self, draw: Callable[[], str]) -> None:
        self._draw = draw

    def __html__(self) -> str:
        return self._draw()

    __str__ = __html__


def fill(folder: Path) -> None:
    """In the child process: fill the folder's template."""
    from docx.image.exceptions import UnrecognizedImageError
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from lxml.etree import LxmlError

    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    sandbox.globals.clear()
    try:
        template = DocxTemplate(folder / "template.docx")
        template.init_docx()
        if logo := data["kop"]["logo"]:
            image = InlineImage(template, str(folder / logo), height=Mm(LOGO_HEIGHT))
            data["kop"]["logo"] = Picture(image.__html__)
        template.render(data, sandbox, autoescape=True)
        described = template.docx.core_properties
        day = dt.datetime.fromisoformat(data["berkas_tanggal"])
        described.title, described.language = str(data["judul"])[:255], "id"
        described.author = described.last_modified_by = " ".join(data["kop"]["baris"][:2])[:255]
        described.created = described.modified = day
        written = io.BytesIO()
        template.save(written)
    except TemplateSyntaxError as error:
        raise Fault(error.message or "syntax") from error
    except (TemplateError, LxmlError, UnrecognizedImageError) as error:
        raise Fault(str(error)) from error
    except (ArithmeticError, AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
        # A tag may do to the data whatever an expression can: divide, index, call.
        raise Fault(f"{type(error).__name__}: {error}") from error
    (folder / "result").write_bytes(timeless(written.getvalue()))


def timeless(document: bytes) -> bytes:
    """The same archive without the minute in which it was packed."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename), old.read(part), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
