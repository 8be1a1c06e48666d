"""What the papers of service standards say: annex, charter, poster, leaflet, sheet for SIPPN.

One object, every paper: nothing is written here that the standard, its service, its office or the
unit's charter does not say. Papers are in Indonesian whatever the language of the page, and what is
not known says so. The keys are those of docs/papers.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from hijau.organisation.models import Organisation
from hijau.papers import kinds
from hijau.papers.codes import qr_svg
from hijau.papers.kinds import Format, Kind
from hijau.papers.words import TO_WRITE, UNKNOWN, day_named, day_written, person
from hijau.services.components import DELIVERY, MAKING, Channel, Components, rupiah
from hijau.services.models import (
    OPEN,
    Charter,
    CharterStage,
    Consultation,
    Group,
    Office,
    Stage,
    Standard,
)

FOLDER = Path(__file__).parent
EXAMPLE = "Data contoh: bukan standar pelayanan yang sebenarnya."
DRAFT, NO_LONGER = "RANCANGAN", "TIDAK BERLAKU"
MARKS = {
    "": "",
    DRAFT: "RANCANGAN: belum ditetapkan, jangan dijadikan pegangan.",
    NO_LONGER: "TIDAK BERLAKU: sudah digantikan atau dibatalkan.",
}
"""The word across the page, and the sentence that a screen reader finds."""
LAPOR = "https://www.lapor.go.id"
SIPPN_UNSURE = (
    "Daftar isian menurut PermenPANRB 13/2017 sendiri belum diketahui. Urutan di bawah ini "
    "mengikuti isian yang tampak pada halaman layanan yang sudah terbit di sippn.menpan.go.id; "
    "isian lain yang diminta SIPPN diisi sendiri."
)

Address = Callable[[Standard], str]
"""The public page of a standard's service, as a whole address; the view knows it."""


# ---- What all these papers share -----------------------------------------------------------------


def mark_of(standards: Iterable[Standard]) -> str:
    """A paper is a draft as soon as one of its standards is."""
    stages = {standard.stage for standard in standards}
    if stages & set(OPEN):
        return DRAFT
    return NO_LONGER if Stage.SUPERSEDED in stages else ""


def _marked(mark: str, *, example: bool) -> dict[str, str]:
    return {
        "tanda": mark,
        "keterangan_tanda": MARKS[mark],
        "contoh": EXAMPLE if example else "",
    }


def _unit(unit: Organisation) -> dict[str, str]:
    return {"nama": unit.name, "induk": unit.above.name}


def _office(unit: Organisation) -> dict[str, str]:
    """Where and when; what nobody wrote down is left out of posters, not guessed."""
    office = Office.objects.filter(unit=unit).first() or Office(unit=unit)
    return {
        "alamat": office.address,
        "jam": office.hours,
        "telepon": office.phone,
        "peta": office.map_url,
    }


def _code(address: str) -> dict[str, str]:
    return {"alamat": address, "gambar": str(qr_svg(address))}


def _known(lines: Sequence[str]) -> list[str]:
    return list(lines) or [UNKNOWN]


def _time(components: Components) -> str:
    return components.time.written() if components.time else UNKNOWN


def _fee(components: Components) -> dict[str, Any]:
    """In one line, and as a table where one line would not say it."""
    fees = components.fees
    rows = [{"nama": row.item, "jumlah": row.written} for row in fees.rows]
    amounts = sorted({row.amount for row in fees.rows})
    if not amounts:
        told = "Gratis" if fees.free else UNKNOWN
    elif len(amounts) == 1:
        told = rupiah(amounts[0])
    else:
        told = f"{rupiah(amounts[0])} sampai {rupiah(amounts[-1])}"
    return {"ringkas": told, "baris": rows, "dasar": fees.basis}


def _steps(components: Components) -> list[dict[str, str]]:
    """Each step, with who does it and how long it takes beneath."""
    steps = [
        {
            "isi": one.step,
            "rinci": " · ".join(
                part for part in (one.who, one.span.written() if one.span else "") if part
            ),
        }
        for one in components.procedure
    ]
    return steps or [{"isi": UNKNOWN, "rinci": ""}]


def _channels(channels: Iterable[Channel]) -> list[dict[str, str]]:
    """Each channel once; with several services most of them are the same."""
    told = [{"saluran": one.channel, "alamat": one.address} for one in dict.fromkeys(channels)]
    return told or [{"saluran": UNKNOWN, "alamat": ""}]


def _decree(number: str, day: dt.date | None) -> str:
    if not number:
        return UNKNOWN
    return f"{number} tanggal {day_written(day)}" if day else number


# ---- Annex of the decree -------------------------------------------------------------------------


def recorded_decree(standards: Sequence[Standard]) -> tuple[str, dt.date] | None:
    """The decree that all of them rest on; None where there is none, or more than one."""
    found = {(one.decree_number, one.decreed_on) for one in standards}
    number, day = found.pop() if len(found) == 1 else ("", None)
    return (number, day) if number and day else None


def annex(standards: Sequence[Standard], form: Mapping[str, Any]) -> dict[str, Any]:
    """Lampiran keputusan: every component of every standard, in two parts as the rule has them."""
    unit = standards[0].service.unit
    number, day = recorded_decree(standards) or (form["number"], form["date"])
    signer = person(form["head"])
    return {
        "judul": f"Standar Pelayanan pada {unit.name}",
        **_marked(mark_of(standards), example=any(s.service.is_example for s in standards)),
        "penetap": signer["jabatan"],
        "nomor": number or TO_WRITE,
        "tanggal": day_written(day) if day else TO_WRITE,
        "unit": _unit(unit),
        "layanan": [
            {
                "nomor": str(place),
                "nama": standard.service.name,
                "jenis": str(standard.service.get_nature_display()),
                "penyampaian": _rows(standard.components, DELIVERY),
                "pengelolaan": _rows(standard.components, MAKING),
            }
            for place, standard in enumerate(standards, start=1)
        ],
        "penandatangan": signer,
    }


def _rows(components: Components, part: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "nomor": str(place),
            "komponen": title.id,
            "uraian": _known(components.lines(code)),
        }
        for place, (code, title) in enumerate(part.items(), start=1)
    ]


# ---- Charter -------------------------------------------------------------------------------------

CHARTER_MARKS = {CharterStage.DRAFT: DRAFT, CharterStage.SUPERSEDED: NO_LONGER}


def charter(written: Charter, form: Mapping[str, Any]) -> dict[str, Any]:
    """Maklumat: the three promises that the law asks for, in its order."""
    number = written.decree_number or form["number"] or TO_WRITE
    day = written.decreed_on or form["date"]
    signer = person(form["head"])
    return {
        "judul": "Maklumat Pelayanan",
        **_marked(CHARTER_MARKS.get(CharterStage(written.stage), ""), example=written.is_example),
        "unit": _unit(written.unit),
        "janji": [text or UNKNOWN for _name, text in written.promises],
        "nomor": number,
        "tanggal": day_written(day) if day else TO_WRITE,
        "penandatangan": signer,
    }


# ---- The public consultation ---------------------------------------------------------------------


def _forum(consultation: Consultation, form: Mapping[str, Any]) -> dict[str, Any]:
    """What the invitation and the report of a forum share. Nobody but the signer is named."""
    standards = consultation.standards.with_names().order_by("service__name")
    return {
        "pokok": consultation.subject,
        "contoh": EXAMPLE if consultation.is_example else "",
        "keterangan_tanda": "",
        "tanda": "",
        "unit": _unit(consultation.unit),
        "nomor": form["number"] or TO_WRITE,
        "tanggal": day_written(form["date"]) if form["date"] else TO_WRITE,
        "hari": day_named(consultation.held_on),
        "tempat": consultation.where,
        "rancangan": [standard.service.name for standard in standards],
        "penandatangan": person(form["head"]),
    }


def invitation(consultation: Consultation, form: Mapping[str, Any]) -> dict[str, Any]:
    """Undangan FKP: to the groups of society that are called."""
    return {
        "judul": "Undangan Forum Konsultasi Publik",
        **_forum(consultation, form),
        "unsur": [str(group.label) for group in Group if group.value in consultation.invited],
    }


def forum_report(consultation: Consultation, form: Mapping[str, Any]) -> dict[str, Any]:
    """Laporan FKP: who came by group, what was said, what changed because of it."""
    return {
        "judul": "Laporan Forum Konsultasi Publik",
        **_forum(consultation, form),
        "hadir": [
            {
                "unsur": str(group.label),
                "jumlah": str(consultation.attended.get(group.value, 0))
                if consultation.attended
                else UNKNOWN,
            }
            for group in Group
        ],
        "notula": _known(consultation.minutes.splitlines()),
        "perubahan": _known(consultation.changes.splitlines()),
    }


# ---- Poster, leaflet -----------------------------------------------------------------------------


def poster(standard: Standard, form: Mapping[str, Any], address: Address) -> dict[str, Any]:
    """What a citizen reads while standing: what to bring, the steps, how long, how much."""
    components, service = standard.components, standard.service
    return {
        "judul": service.name,
        **_marked(mark_of([standard]), example=service.is_example),
        "unit": _unit(service.unit),
        "kantor": _office(service.unit),
        "syarat": _known(components.lists["persyaratan"]),
        "langkah": _steps(components),
        "waktu": _time(components),
        "biaya": _fee(components),
        "produk": components.product or UNKNOWN,
        "pengaduan": _channels(components.complaints),
        "sk": _decree(standard.decree_number, standard.decreed_on),
        "tanggal": day_written(form["date"]),
        "qr": _code(address(standard)),
    }


def leaflet(
    standards: Sequence[Standard], form: Mapping[str, Any], address: Address
) -> dict[str, Any]:
    """A sheet folded in three, of one service or of several of a unit."""
    unit = standards[0].service.unit
    one = standards[0].service if len(standards) == 1 else None
    promised = unit.charters.published().first()
    channels = [channel for s in standards for channel in s.components.complaints]
    return {
        "judul": one.name if one else f"Layanan {unit.name}",
        "pengantar": one.about if one else "",
        **_marked(mark_of(standards), example=any(s.service.is_example for s in standards)),
        "unit": _unit(unit),
        "kantor": _office(unit),
        "janji": [text for _name, text in promised.promises] if promised else [],
        "pengaduan": _channels(channels),
        "layanan": [
            {
                "nama": standard.service.name,
                "syarat": _known(components.lists["persyaratan"]),
                "langkah": _steps(components),
                "waktu": _time(components),
                "biaya": _fee(components),
                "produk": components.product or UNKNOWN,
                "sk": _decree(standard.decree_number, standard.decreed_on),
                "qr": _code(address(standard)),
            }
            for standard in standards
            for components in (standard.components,)
        ],
        "tanggal": day_written(form["date"]),
    }


# ---- Sheet for SIPPN -----------------------------------------------------------------------------


def sippn_fields(standard: Standard) -> list[dict[str, Any]]:
    """The fields that published pages of SIPPN show, each with what to type into it."""
    components = standard.components
    lapor = [line for line in components.lines("pengaduan") if "lapor" in line.casefold()]
    return [
        {"nama": "Nama layanan", "isi": [standard.service.name]},
        {"nama": "Nomor SK", "isi": [standard.decree_number or UNKNOWN]},
        *(
            {"nama": title.id, "isi": _known(_numbered(components.lines(code)))}
            for code, title in DELIVERY.items()
        ),
        {"nama": "SP4N-LAPOR!", "isi": lapor or [LAPOR]},
    ]


def _numbered(lines: Sequence[str]) -> list[str]:
    """Numbers stand in the text itself, so that they are copied with it."""
    if len(lines) < 2:
        return list(lines)
    return [f"{place}. {line}" for place, line in enumerate(lines, start=1)]


def sippn_sheet(standard: Standard, form: Mapping[str, Any]) -> dict[str, Any]:
    """Lembar isian SIPPN: field by field, in the order in which it is typed."""
    return {
        "judul": "Lembar Isian SIPPN",
        **_marked(mark_of([standard]), example=standard.service.is_example),
        "unit": _unit(standard.service.unit),
        "layanan": standard.service.name,
        "versi": str(standard.number),
        "keterangan": SIPPN_UNSURE,
        "isian": sippn_fields(standard),
        "tanggal": day_written(form["date"]),
    }


# ---- The kinds -----------------------------------------------------------------------------------


def _sample(code: str) -> dict[str, Any]:
    """A complete example, with the code drawn as on a paper that is printed."""
    file = FOLDER / "paper_samples" / f"{code}.yaml"
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    for place in (data, *data.get("layanan", ())):
        if isinstance(place, dict) and "qr" in place:
            place["qr"] = _code(place["qr"])
    return data


def _kind(code: str, title: Any, about: Any, *forms: Format) -> Kind:
    return Kind(
        code,
        title,
        about,
        partial(_sample, code),
        FOLDER / "paper_defaults",
        forms or tuple(Format),
    )


kinds.declare(
    _kind(
        "lampiran-sk",
        _("Lampiran keputusan standar pelayanan"),
        _("Empat belas komponen tiap layanan dalam tabel, dengan tempat tanda tangan."),
    ),
    _kind(
        "maklumat",
        _("Maklumat pelayanan"),
        _("Tiga janji unit, untuk ditandatangani dan dipasang."),
    ),
    _kind(
        "undangan-fkp",
        _("Undangan forum konsultasi publik"),
        _("Hari, tempat, rancangan yang dibahas, dan unsur yang diundang."),
        Format.TYP,
    ),
    _kind(
        "laporan-fkp",
        _("Laporan forum konsultasi publik"),
        _("Yang hadir menurut unsur, notula, dan yang berubah karenanya."),
        Format.TYP,
    ),
    _kind(
        "poster",
        _("Poster layanan (A3)"),
        _("Syarat, langkah, waktu, dan biaya satu layanan, terbaca dari dua meter."),
        Format.TYP,
    ),
    _kind(
        "brosur",
        _("Brosur lipat tiga"),
        _("Dua halaman A4 mendatar untuk satu layanan atau beberapa layanan satu unit."),
        Format.TYP,
    ),
    _kind(
        "lembar-sippn",
        _("Lembar isian SIPPN"),
        _("Isi layanan per isian, untuk diketik di SIPPN."),
        Format.TYP,
    ),
)
