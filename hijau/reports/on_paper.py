"""What the city's report says (LHE): every unit, the distribution, agreement, recommendations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hijau.accounts.models import User
from hijau.assessments.agreement import Agreement, agreement_of
from hijau.assessments.models import (
    Answer,
    Assessment,
    Decision,
    Mark,
    Objection,
    Round,
    Status,
)
from hijau.assessments.on_paper import ESTIMATE, figure, objection_row, share
from hijau.papers.words import UNKNOWN, day_written, person
from hijau.reports.city import city_score, dimensions
from hijau.ui.figures import written
from scoring.instrument import Instrument, Question
from scoring.numbers import parse_decimal

WEAKEST = 5
"""How many indicators stand under “strongest” and “weakest”."""


def evaluation(opened: Round, user: User, form: Mapping[str, Any]) -> dict[str, Any]:
    """Laporan hasil evaluasi of a round, with a fixed number of queries."""
    rule = opened.version.rule
    assessments = list(Assessment.objects.visible_to(user).filter(round=opened))
    score = city_score(rule, assessments)
    means = _means(rule, assessments)
    agreement = agreement_of(opened)
    objections = list(
        Objection.objects.visible_to(user).filter(assessment__round=opened).order_by("pk")
    )
    low, high = rule.publish.low, rule.publish.high
    ranked = sorted(means, key=lambda pair: (pair[1], pair[0].code))
    final = [one for one in assessments if one.status == Status.FINAL]
    return {
        "judul": f"Laporan Hasil Evaluasi {opened.name}",
        "program": opened.name,
        "tahun": str(opened.year),
        "nomor": form["number"],
        "tanggal": day_written(form["date"]),
        "instansi": opened.government.name,
        "pendahuluan": _lines(form["introduction"])
        or [
            f"Laporan ini memuat hasil {opened.name} tahun {opened.year} pada "
            f"{opened.government.name}, yang dinilai dengan {rule.title.id}."
        ],
        "dasar_hukum": [f"{basis.regulation} – {basis.about}" for basis in rule.basis],
        "metode": [
            "Unit menjawab setiap indikator dan melampirkan bukti. Sekurang-kurangnya dua "
            "verifikator dari luar perangkat daerahnya menilai sendiri-sendiri, lalu memutuskan "
            "perbedaannya bersama. Unit dapat menyanggah sebelum nilainya ditetapkan.",
            f"Penilaian mandiri {day_written(opened.opens_on)} sampai "
            f"{day_written(opened.closes_on)}; verifikasi sampai "
            f"{day_written(opened.verify_until)}; sanggah sampai "
            f"{day_written(opened.object_until)}.",
        ],
        "taksiran": ESTIMATE if any(one.estimate for one in assessments) else "",
        "ringkasan": [
            {
                "angka": f"{sum(map(_is_verified, assessments))} dari {len(assessments)}",
                "arti": "unit terverifikasi",
            },
            {"angka": str(len(final)), "arti": "nilai akhir ditetapkan"},
            {
                "angka": UNKNOWN if score is None else figure(score.value, score.low, score.high),
                "arti": f"nilai {opened.government.short_name}"
                + (
                    ""
                    if all(map(_is_verified, assessments))
                    else ", termasuk yang belum diverifikasi"
                ),
            },
            {"angka": str(len(objections)), "arti": "sanggahan"},
        ],
        "sebaran": _spread(rule, assessments),
        "unit": [_unit_row(rule, number, one) for number, one in _ordered(assessments)],
        "terkuat": [_mean_row(pair, low, high) for pair in reversed(ranked[-WEAKEST:])],
        "terlemah": [_mean_row(pair, low, high) for pair in ranked[:WEAKEST]],
        "kesepakatan": _agreed(opened, agreement),
        "keberatan_uraian": _told(objections),
        "keberatan": [
            {"unit": one.assessment.short_title, **objection_row(one)} for one in objections
        ],
        "rekomendasi": _recommendations(ranked, form),
        "penutup": ["Demikian laporan ini disusun sebagai bahan perbaikan pelayanan publik."],
        "penandatangan": person(form["head"]),
        "lampiran": [_appendix(opened, rule, assessments)],
    }


def _cell(value: Fraction | None, low: Fraction | None, high: Fraction | None) -> str:
    """A figure in a narrow cell, where a dash says that it is not known."""
    told = figure(value, low, high)
    return "–" if told == UNKNOWN else told


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _is_verified(one: Assessment) -> bool:
    return one.status in (Status.VERIFIED, Status.FINAL)


def _ordered(assessments: Sequence[Assessment]) -> list[tuple[str, Assessment]]:
    """What was verified, best first; then, without a place, what is still a claim."""
    ranked = sorted(
        assessments,
        key=lambda a: (not _is_verified(a), a.value is None, -(a.value or 0), a.title),
    )
    return [
        (str(place) if _is_verified(one) else "–", one) for place, one in enumerate(ranked, start=1)
    ]


def _unit_row(rule: Instrument, number: str, one: Assessment) -> dict[str, str]:
    band = None
    if _is_verified(one):
        band = next((band for band in rule.bands if band.code == one.band), None)
    reached = "–"
    if one.target is not None and one.value is not None and _is_verified(one):
        if one.value >= one.target.aim:
            reached = "Sasaran"
        else:
            reached = "Minimal" if one.value >= one.target.floor else "Belum"
    return {
        "nomor": number,
        "nama": one.title,
        "mandiri": _cell(one.self_value, one.self_low, one.self_high),
        "terverifikasi": _cell(one.verified_value, one.verified_low, one.verified_high),
        "akhir": _cell(one.value, one.low, one.high) if one.is_final else "–",
        "kategori": f"{band.code} · {band.label.id}" if band else "–",
        "target": reached,
    }


def _spread(rule: Instrument, assessments: Sequence[Assessment]) -> list[dict[str, str]]:
    """How many units in each category, best first; those without one last."""
    count: dict[str | None, int] = defaultdict(int)
    for one in assessments:
        count[one.band if _is_verified(one) else None] += 1
    total = len(assessments) or 1
    rows = [(f"{band.code} · {band.label.id}", count[band.code]) for band in rule.bands]
    rows += [("Belum diketahui", count[""]), ("Belum terverifikasi", count[None])]
    return [
        {"kategori": name, "jumlah": str(number), "porsi": str(round(100 * number / total))}
        for name, number in rows
        if number
    ]


def _means(rule: Instrument, assessments: Sequence[Assessment]) -> list[tuple[Question, Fraction]]:
    """The mean of each indicator over the verified units: as decided, or else as all agreed."""
    decided: dict[tuple[int, str], Fraction | None] = {}
    verified = [one for one in assessments if _is_verified(one)]
    for answer in Answer.objects.filter(assessment__in=verified):
        decided[answer.assessment_id, answer.code] = answer.value
    for one in Decision.objects.filter(assessment__in=verified).order_by("pk"):
        decided[one.assessment_id, one.code] = one.value
    by_code: dict[str, list[Fraction]] = defaultdict(list)
    for (_pk, code), value in decided.items():
        if value is not None:
            by_code[code].append(value)
    return [
        (question, sum(values, Fraction()) / len(values))
        for question in rule.questions
        if question.asked_of == "unit"
        and not question.unscored
        and (values := by_code.get(question.code))
    ]


def _mean_row(pair: tuple[Question, Fraction], low: Fraction, high: Fraction) -> dict[str, str]:
    question, mean = pair
    return {
        "kode": question.code,
        "indikator": question.title.id,
        "rata": written(mean),
        "porsi": share(mean, question.low, question.high),
    }


def _agreed(opened: Round, agreement: Agreement) -> dict[str, str]:
    """How far verifiers agreed before they talked."""
    marks: dict[tuple[int, str], list[Fraction]] = defaultdict(list)
    found = Mark.objects.filter(
        verification__assessment__round=opened,
        verification__assessment__status__in=(Status.VERIFIED, Status.FINAL),
    ).values_list("verification__assessment", "code", "value")
    for assessment, code, value in found:
        if value is not None:
            marks[assessment, code].append(value)
    both = [values for values in marks.values() if len(values) > 1]
    same = sum(len(set(values)) == 1 for values in both)
    part = f" ({written(Fraction(100 * same, len(both)), 1)} %)" if both else ""
    kappas = [pair.kappa for pair in agreement.pairs if pair.kappa is not None]
    mean = sum(kappas, Fraction()) / len(kappas) if kappas else None
    return {
        "uraian": "Dihitung dari nilai tiap verifikator sebelum dibahas bersama. 1 berarti selalu "
        "sama, 0 berarti seperti kebetulan. Kappa berbobot kuadrat, rata-rata antarpasangan; alfa "
        "Krippendorff untuk skala interval.",
        "pasangan": str(len(both)),
        "sama": f"{same} dari {len(both)}{part}",
        "kappa": UNKNOWN if mean is None else written(mean),
        "alfa": UNKNOWN if agreement.alpha is None else written(agreement.alpha),
    }


def _told(objections: Sequence[Objection]) -> str:
    if not objections:
        return "Tidak ada sanggahan."
    upheld = sum(one.is_upheld is True for one in objections)
    rejected = sum(one.is_upheld is False for one in objections)
    units = len({one.assessment_id for one in objections})
    return (
        f"{len(objections)} sanggahan diajukan oleh {units} unit: {upheld} diterima, "
        f"{rejected} ditolak, {len(objections) - upheld - rejected} belum dijawab."
    )


def _recommendations(
    ranked: Sequence[tuple[Question, Fraction]], form: Mapping[str, Any]
) -> list[dict[str, str]]:
    """What the organiser wrote; without it, the weakest indicators are named."""
    if own := _lines(form["notes"]):
        return [{"untuk": "Semua unit", "isi": line, "batas": "–"} for line in own]
    return [
        {
            "untuk": "Semua unit",
            "isi": f"Memperbaiki {question.title.id} ({question.code}), rata-rata {written(mean)}.",
            "batas": "–",
        }
        for question, mean in ranked[:3]
    ]


def _appendix(opened: Round, rule: Instrument, assessments: Sequence[Assessment]) -> dict[str, Any]:
    """The figures of each aspect, as they are kept beside the assessments."""
    nodes = dimensions(rule.formula(opened.form or None), rule)
    rows = []
    for one in sorted(assessments, key=lambda a: a.title):
        cells = [one.title]
        for node in nodes:
            kept = one.parts.get(f"{node.name.level}:{node.name.code}") if one.answered else None
            parts = [None if text is None else parse_decimal(text) for text in kept or ()]
            cells.append(_cell(*parts) if len(parts) == 3 else "–")
        rows.append(cells)
    return {
        "judul": "Nilai tiap aspek",
        "kepala": ["Unit", *(node.name.title for node in nodes)],
        "baris": rows,
    }
