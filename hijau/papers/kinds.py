"""The kinds of paper. An upper app that prints something of its own declares it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hijau.lib.refused import Refused
from hijau.papers.samples import sample

DEFAULTS = Path(__file__).parent / "defaults"


class Format(StrEnum):
    TYP = "typ"
    """Typeset to PDF; its template is text."""
    DOCX = "docx"
    """A Word document, from a Word document with tags."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper: what it is called, an example of its data, where its own templates lie.

    The data are plain dicts, lists and strings: every figure is written for people before it
    comes here, and what is not known is `– (belum diketahui)`.
    """

    code: str
    title: str | Promise
    about: str | Promise
    sample: Callable[[], dict[str, Any]]
    defaults: Path = DEFAULTS
    forms: tuple[Format, ...] = tuple(Format)
    """What it can be printed as. What hangs on a wall or is folded is typeset only."""

    @property
    def has_docx(self) -> bool:
        return Format.DOCX in self.forms

    def must_have(self, form: Format) -> None:
        """Refused when it is not printed in that form."""
        if form not in self.forms:
            raise Refused(gettext("“%s” hanya dicetak sebagai PDF.") % self.title)

    def default(self, form: Format) -> bytes:
        """The template that Hijau ships. Refused for a form that it does not have."""
        self.must_have(form)
        return (self.defaults / f"{self.code}.{form}").read_bytes()


KINDS: dict[str, Kind] = {}
"""Every kind that is declared, in the order of declaration."""


def declare(*kinds: Kind) -> None:
    """Name kinds of paper; a code names one kind."""
    for kind in kinds:
        if kind.code in KINDS:
            raise LookupError(f"the kind of paper {kind.code} is declared already")
        KINDS[kind.code] = kind


def missing(data: Any, example: Any, path: str = "") -> list[str]:
    """What the example has and the data have not, as paths: `unit.nama`, `aspek[].bobot`.

    An empty list says nothing about its rows, so nothing of it is missing.
    """
    if isinstance(example, Mapping):
        if not isinstance(data, Mapping):
            return [path or "."]
        return [
            fault
            for key, below in example.items()
            for fault in (
                missing(data[key], below, f"{path}.{key}".lstrip("."))
                if key in data
                else [f"{path}.{key}".lstrip(".")]
            )
        ]
    if isinstance(example, list):
        if not isinstance(data, list):
            return [path]
        rows = (missing(row, example[0], f"{path}[]") for row in data if example)
        return sorted({fault for row in rows for fault in row})
    return [] if isinstance(data, str) else [path]


declare(
    Kind(
        "berita-acara",
        _("Berita acara verifikasi"),
        _("Hasil verifikasi satu unit, dengan sanggahan dan tempat tanda tangan."),
        sample("berita-acara"),
    ),
    Kind(
        "rapor",
        _("Rapor unit"),
        _("Nilai satu unit, kekurangannya, buktinya, dan hitungannya."),
        sample("rapor"),
    ),
    Kind(
        "lhe",
        _("Laporan hasil evaluasi (LHE)"),
        _("Hasil semua unit pemerintah daerah, dengan rekomendasi."),
        sample("lhe"),
    ),
    Kind(
        "serah-terima",
        _("Serah terima pekerjaan"),
        _("Keadaan pekerjaan satu unit bagi petugas yang menggantikan."),
        sample("serah-terima"),
    ),
)
