"""What the papers of one assessment say: minutes, the unit's report, the handover.

Papers are in Indonesian whatever the language of the page; every figure is written for people, and
what is not known says so. The keys are those of docs/papers.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils import timezone

from hijau.accounts.models import User
from hijau.assessments.conditions import spoken
from hijau.assessments.due import late_in
from hijau.assessments.keeping import decided, in_force
from hijau.assessments.models import (
    Assessment,
    Decision,
    Document,
    Evidence,
    Ground,
    Mark,
    Objection,
)
from hijau.assessments.models.assessment import Valued
from hijau.papers.words import (
    UNKNOWN,
    day_in_words,
    day_written,
    figure_in_words,
    person,
)
from hijau.ui.figures import written, written_exact, written_range
from scoring.formula import Indicator, Scale, WeightedSum, bounds
from scoring.instrument import LEAF_LEVEL, Instrument, Question
from scoring.interpret import Step
from scoring.proof import LABELS, RULES
from scoring.provenance import Label
from scoring.score import Score

ESTIMATE = (
    "Sebagian bobot, aturan, atau batas kategori instrumen ini tidak diterbitkan secara resmi; "
    "nilainya karena itu taksiran. Rinciannya ada pada bukti hitungan."
)
MEANINGS = {
    Label.VERIFIED: "tertulis pada sumber yang disebut",
    Label.UNOFFICIAL: "dari sumber tidak resmi",
    Label.INFERRED: "disimpulkan dari sumber lain",
    Label.ASSUMED: "pengandaian untuk perencanaan",
}


# ---- Words and figures that all papers share -----------------------------------------------------


def unit_of(assessment: Assessment) -> dict[str, str]:
    unit = assessment.unit
    return {
        "nama": assessment.title,
        "singkatan": assessment.short_title,
        "induk": unit.above.name,
        "alamat": "–",
    }


def instrument_of(rule: Instrument) -> dict[str, str]:
    return {
        "judul": rule.title.id,
        "dasar": "; ".join(basis.regulation for basis in rule.basis),
        "sidik": rule.sha256,
    }


def figure(value: Fraction | None, low: Fraction | None, high: Fraction | None) -> str:
    """A figure, or its range where it is one, or that it is not known."""
    if value is not None:
        return written(value)
    if low is None or high is None:
        return UNKNOWN
    return written_range(low, high)


def category(score: Score) -> str:
    if score.band is None:
        return " atau ".join(f"{band.code}" for band in reversed(score.possible)) or UNKNOWN
    return f"{score.band.code} · {score.band.label.id}"


def valued(one: Valued | None) -> str:
    if one is None or not one.is_given:
        return UNKNOWN
    return "tidak berlaku" if one.not_applicable else written_exact(one.value)


def share(value: Fraction | None, low: Fraction, high: Fraction) -> str:
    """0 to 100 for a bar; empty where there is no figure."""
    if value is None or high == low:
        return ""
    return str(round((value - low) / (high - low) * 100))


def _aspects(score: Score) -> list[Step]:
    """The steps that hold indicators directly: aspects, dimensions."""
    return [
        step
        for step in score.step.walk()
        if any(isinstance(below.node, Indicator) for below in step.below)
    ]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a node counts for in the whole.

    `share` is its part of the weights, None where nobody published it; `factor` is what the
    weighted values are multiplied by on the way up; `label` is that of the least sure weight.
    """

    share: Fraction | None
    factor: Fraction
    label: Label

    def product(self, value: Fraction | None) -> Fraction | None:
        """What a value adds to the whole; None where it or the weight is not known."""
        return None if self.share is None or value is None else self.share * self.factor * value


Weights = Mapping[tuple[str, str], Weight]
"""The weight of each node in the whole, by level and code."""
SURENESS = list(Label)


def _key(step: Step) -> tuple[str, str]:
    return step.node.name.level, step.node.name.code


def _weights(score: Score) -> Weights:
    """The weight of each node in the whole."""
    result: dict[tuple[str, str], Weight] = {}

    def descend(step: Step, weight: Weight) -> None:
        result[_key(step)] = weight
        node, own = step.node, weight
        if isinstance(node, Scale):
            own = Weight(weight.share, weight.factor * node.factor, weight.label)
        for number, below in enumerate(step.below):
            if isinstance(node, WeightedSum):
                share, label = below.weight, node.parts[number].fact.label
            else:
                share, label = Fraction(1, len(step.below)), own.label
            descend(
                below,
                Weight(
                    None if own.share is None or share is None else own.share * share,
                    own.factor,
                    max(own.label, label, key=SURENESS.index),
                ),
            )

    descend(score.step, Weight(Fraction(1), Fraction(1), Label.VERIFIED))
    return result


def _percent(weight: Fraction | None) -> str:
    return UNKNOWN if weight is None else f"{written(weight * 100)} %"


def _percent_exact(weight: Fraction | None) -> str:
    """A weight that one can count with: `1,98 %`, or `1/14` where the decimals do not end."""
    if weight is None:
        return UNKNOWN
    percent = written_exact(weight * 100)
    return written_exact(weight) if "/" in percent else f"{percent} %"


def _next_level(question: Question, now: Valued | None) -> str:
    """What the next level asks."""
    if now is None or now.value is None:
        return "Jawab dahulu indikator ini."
    above = sorted(
        (option for option in question.options if option.value > now.value),
        key=lambda option: option.value,
    )
    if above:
        return above[0].text.id
    if now.value >= question.high:
        return "Sudah di tingkat tertinggi."
    return f"Sampai {written_exact(question.high)}."


def _said(question: Question, one: Valued | None) -> str:
    return UNKNOWN if one is None else spoken(question, one).strip("“”")


def validity(document: Document, today: dt.date) -> tuple[str, str]:
    """Until when a document holds, and how that stands today."""
    if document.valid_until is None:
        return "– (tidak dibatasi)", "Berlaku"
    left = (document.valid_until - today).days
    if left < 0:
        return day_written(document.valid_until), "Kedaluwarsa"
    if left < 90:
        return day_written(document.valid_until), f"Habis dalam {left} hari"
    return day_written(document.valid_until), "Berlaku"


def _evidence(assessment: Assessment) -> list[Evidence]:
    return list(assessment.evidence.current().with_names().order_by("pk"))


# ---- Minutes of the verification -----------------------------------------------------------------


def minutes(assessment: Assessment, form: Mapping[str, Any]) -> dict[str, Any]:
    """Berita acara: what was claimed, what was verified, and why."""
    day: dt.date = form["date"]
    answers = {answer.code: answer for answer in assessment.answers.all()}
    decisions = decided(assessment)
    claimed = assessment.score(answers.values())
    found = assessment.score(in_force(assessment))
    changed = [
        (question, answers.get(question.code), decisions[question.code])
        for question in assessment.questions
        if question.code in decisions
        and _differs(answers.get(question.code), decisions[question.code])
    ]
    opinions = _opinions(assessment)
    settled = {d.code: d for d in assessment.decisions.all() if d.ground == Ground.SETTLED}
    by_code = assessment.by_code
    return {
        "judul": "Berita Acara Verifikasi Penilaian Mandiri",
        "nomor": form["number"],
        "putaran": str(assessment.round),
        "hari_tanggal": day_in_words(day),
        "tanggal": day_written(day),
        "tempat": form["place"] or assessment.unit.name,
        "dikirim": day_written(timezone.localdate(assessment.submitted_at))
        if assessment.submitted_at
        else UNKNOWN,
        "unit": unit_of(assessment),
        "instrumen": instrument_of(assessment.instrument),
        "verifikator": [
            person({"nama": task.verifier.name, "jabatan": _title(task.verifier)})
            for task in assessment.verifications.select_related("verifier")
        ],
        "aspek": _compared(claimed, found),
        "nilai": {
            "mandiri": figure(assessment.self_value, assessment.self_low, assessment.self_high),
            "kategori_mandiri": category(claimed),
            "terverifikasi": figure(found.value, found.low, found.high),
            "terbilang": figure_in_words(written(found.value))
            if found.value is not None
            else UNKNOWN,
            "kategori": category(found),
        },
        "taksiran": ESTIMATE if found.estimate else "",
        "perubahan": [
            {
                "kode": question.code,
                "indikator": question.title.id,
                "mandiri": valued(before),
                "terverifikasi": valued(now),
                "alasan": now.reason or _notes(opinions.get(question.code, [])),
            }
            for question, before, now in changed
        ],
        "kesepakatan": [
            {
                "kode": one.code,
                "indikator": by_code[one.code].title.id,
                "pendapat": "; ".join(
                    f"{mark.verification.verifier.name}: {valued(mark)}"
                    for mark in opinions.get(one.code, [])
                ),
                "disepakati": valued(one),
                "alasan": one.reason,
            }
            for one in settled.values()
        ],
        "keberatan": [objection_row(one) for one in assessment.objections.all()],
        "catatan": [line for line in form["notes"].splitlines() if line.strip()],
        "kepala_unit": person(form["head"]),
        "mengetahui": person(form["witness"]),
    }


def _differs(before: Valued | None, now: Decision) -> bool:
    return before is None or before.given != now.given


def _opinions(assessment: Assessment) -> dict[str, list[Mark]]:
    marks = Mark.objects.filter(verification__assessment=assessment)
    result: dict[str, list[Mark]] = {}
    for mark in marks.select_related("verification__verifier").order_by("verification_id"):
        result.setdefault(mark.code, []).append(mark)
    return result


def _notes(marks: Iterable[Mark]) -> str:
    return " ".join(mark.note for mark in marks if mark.note) or "– (tanpa catatan)"


def _title(user: User) -> str:
    held = user.memberships.current().exclude(title="").first()
    return held.title if held else "Verifikator"


def _compared(claimed: Score, found: Score) -> list[dict[str, str]]:
    before = {step.node.name.code: step for step in _aspects(claimed)}
    weights = _weights(found)
    rows = []
    for step in _aspects(found):
        old = before[step.node.name.code]
        gap = None if None in (step.value, old.value) else step.value - old.value  # type: ignore[operator]
        rows.append(
            {
                "nama": step.node.name.title,
                "bobot": _percent(weights[_key(step)].share),
                "mandiri": figure(old.value, old.low, old.high),
                "terverifikasi": figure(step.value, step.low, step.high),
                "selisih": UNKNOWN if gap is None else written(gap),
            }
        )
    return rows


def objection_row(objection: Objection) -> dict[str, str]:
    result = {None: "Belum dijawab", True: "Diterima", False: "Ditolak"}
    return {
        "kode": objection.code,
        "isi": objection.text,
        "jawaban": objection.answer or UNKNOWN,
        "hasil": result[objection.is_upheld],
    }


# ---- The unit's report ---------------------------------------------------------------------------


def report(assessment: Assessment, form: Mapping[str, Any]) -> dict[str, Any]:
    """Rapor: the figure, its gaps, its evidence, and its whole proof."""
    day: dt.date = form["date"]
    rule = assessment.instrument
    answers = {answer.code: answer for answer in assessment.answers.all()}
    decisions = decided(assessment)
    score = assessment.score(in_force(assessment))
    weights = _weights(score)
    aspects = _aspects(score)
    verified = assessment.verified_at is not None
    of_aspect = {
        below.node.name.code: step.node.name.title for step in aspects for below in step.below
    }
    low, high = rule.publish.low, rule.publish.high
    claimed = {s.node.name.code: s for s in _aspects(assessment.score(answers.values()))}
    now: dict[str, Valued] = {**answers, **decisions}
    return {
        "judul": "Rapor Pelayanan Publik",
        "putaran": str(assessment.round),
        "tanggal": day_written(day),
        "unit": unit_of(assessment),
        "instrumen": instrument_of(rule),
        "keadaan": str(assessment.get_status_display()),
        "nilai": {
            "angka": figure(score.value, score.low, score.high),
            "dari": written(high),
            "terbilang": figure_in_words(written(score.value))
            if score.value is not None
            else UNKNOWN,
            "kategori": category(score),
            "rentang": "" if score.value is not None else figure(None, score.low, score.high),
            "porsi": share(score.value, low, high),
        },
        "target": _target(assessment, score),
        "taksiran": ESTIMATE if score.estimate else "",
        "aspek": [
            {
                "nama": step.node.name.title,
                "bobot": _percent(weights[_key(step)].share),
                "mandiri": figure(*_ends(claimed[step.node.name.code])),
                "terverifikasi": figure(*_ends(step)) if verified else UNKNOWN,
                "porsi": share(step.value, ends.low, ends.high),
            }
            for step in aspects
            for ends in (bounds(step.node),)
        ],
        "prioritas": _priorities(assessment, score, weights, now),
        "indikator": [
            {
                "kode": question.code,
                "aspek": of_aspect.get(question.code, "Tidak dinilai"),
                "judul": question.title.id,
                "jawaban": _said(question, now.get(question.code)),
                "mandiri": valued(answers.get(question.code)),
                "terverifikasi": valued(decisions.get(question.code)),
                "berikutnya": _next_level(question, now.get(question.code)),
            }
            for question in assessment.questions
            if question.asked_of == "unit" and not question.unscored
        ]
        + [
            {
                "kode": question.code,
                "aspek": of_aspect.get(question.code, "Tidak dinilai"),
                "judul": question.title.id,
                "jawaban": "Dijawab pengguna layanan.",
                "mandiri": "–",
                "terverifikasi": _heard(assessment, question.code, answers),
                "berikutnya": "–",
            }
            for question in assessment.asked_of_users
        ],
        "bukti": [_evidence_row(use, day) for use in _evidence(assessment)],
        "hitungan": _counted(score, weights),
        "hitungan_uraian": COUNTED_AGAIN if _sums_up(score, weights) else "",
        "jumlah": UNKNOWN if score.exact is None else written_exact(score.exact),
        "pembulatan": f"{rule.publish.decimals} desimal, {RULES[rule.publish.rule]} "
        f"({LABELS[rule.publish.fact.label]})",
        "label": [{"nama": LABELS[label].id, "arti": text} for label, text in MEANINGS.items()],
        "penandatangan": person(form["head"]),
    }


def _heard(assessment: Assessment, code: str, answers: Mapping[str, Valued]) -> str:
    """What users said, as a mean; what was typed where too few answered here."""
    if code in assessment.heard:
        return written(assessment.heard[code])
    return valued(answers.get(code))


def _ends(step: Step) -> tuple[Fraction | None, Fraction, Fraction]:
    return step.value, step.low, step.high


def _target(assessment: Assessment, score: Score) -> dict[str, str]:
    target = assessment.target
    if target is None:
        return {"minimal": UNKNOWN, "sasaran": UNKNOWN, "selisih": "Target belum ditetapkan."}
    gap = score.gap_to(target.aim)
    if gap is None:
        said = "Selisih ke sasaran belum diketahui."
    elif gap:
        said = f"Selisih ke sasaran: {written(gap)}."
    else:
        said = "Sasaran tercapai."
    return {"minimal": target.floor_name, "sasaran": target.aim_name, "selisih": said}


PRIORITIES = 5


def _priorities(
    assessment: Assessment,
    score: Score,
    weights: Weights,
    now: Mapping[str, Valued],
) -> list[str]:
    """The indicators whose next level adds most; only where the weight is published."""
    gains = []
    for question in assessment.questions:
        weight, one = weights.get((LEAF_LEVEL, question.code)), now.get(question.code)
        if weight is None or one is None or one.value is None:
            continue
        value = one.value
        above = [option.value for option in question.options if option.value > value]
        gain = weight.product(min(above) - value) if above else None
        if gain is not None:
            gains.append((gain, question))
    gains.sort(key=lambda pair: (-pair[0], pair[1].code))
    places = score.instrument.publish.decimals
    return [
        f"{question.code} {question.title.id}: naik satu tingkat menambah "
        f"{written(gain, places)} pada nilai."
        for gain, question in gains[:PRIORITIES]
    ]


def _evidence_row(use: Evidence, today: dt.date) -> dict[str, str]:
    until, state = validity(use.document, today)
    issued = use.document.issued_on
    return {
        "kode": use.code,
        "nama": use.document.title,
        "tanggal": day_written(issued) if issued else UNKNOWN,
        "berlaku": until,
        "keadaan": state,
    }


COUNTED_AGAIN = "Setiap nilai di atas dapat dihitung ulang dari tabel ini."


def _leaves(score: Score) -> list[Step]:
    """What the figure is counted from: the answers, and figures that were entered whole."""
    return [step for step in score.step.walk() if not step.below and step is not score.step]


def _sums_up(score: Score, weights: Weights) -> bool:
    """Whether the products of the table come to exactly the sum that is printed under it."""
    total = Fraction()
    for step in _leaves(score):
        product = weights[_key(step)].product(step.value)
        if product is None and not step.not_applicable:
            return False
        total += product or 0
    return total == score.exact


def _counted(score: Score, weights: Weights) -> list[dict[str, str]]:
    """Every leaf with its weight in the whole, its value and their product."""
    rows = []
    for step in _leaves(score):
        weight = weights[_key(step)]
        row = {
            "kode": step.node.name.code,
            "uraian": step.node.name.title,
            "label": LABELS[weight.label].id,
        }
        if step.not_applicable:
            rows.append(row | {"bobot": "–", "nilai": "tidak berlaku", "hasil": "–"})
            continue
        product = weight.product(step.value)
        row["bobot"] = _percent_exact(weight.share)
        row["nilai"] = UNKNOWN if step.value is None else written_exact(step.value)
        row["hasil"] = UNKNOWN if product is None else written_exact(product)
        rows.append(row)
    return rows


# ---- Handover ------------------------------------------------------------------------------------


def handover(assessment: Assessment, form: Mapping[str, Any]) -> dict[str, Any]:
    """Serah terima: where things stand for whoever takes over the work of a unit in mid-year."""
    day: dt.date = form["date"]
    opened = assessment.round
    answers = list(assessment.answers.all())
    given = {answer.code: answer for answer in answers if answer.is_given}
    assignees = {a.code: a.person.name for a in assessment.assignees.select_related("person")}
    repairs = {r.code: r.note for r in assessment.repairs.filter(done_at=None)}
    uses = _evidence(assessment)
    proven = {use.code for use in uses}
    score = assessment.score(in_force(assessment))
    late = bool(late_in(opened, [assessment]))
    still_open = [
        (question, _state(question, given, proven, repairs)) for question in assessment.required
    ]
    target = _target(assessment, score)
    done = sum(question.code in given for question in assessment.required)
    return {
        "judul": "Berita Acara Serah Terima Pekerjaan",
        "nomor": form["number"],
        "putaran": str(opened),
        "tanggal": day_written(day),
        "unit": unit_of(assessment),
        "dari": person(form["giver"]),
        "kepada": person(form["taker"]),
        "mengetahui": person(form["witness"]),
        "ringkasan": [
            {
                "hal": "Keadaan",
                "isi": str(assessment.get_status_display()) + (" (terlambat)" if late else ""),
            },
            {
                "hal": "Indikator yang sudah dijawab",
                "isi": f"{done} dari {len(assessment.required)}",
            },
            {"hal": "Nilai sementara", "isi": figure(score.value, score.low, score.high)},
            {"hal": "Bukti terlampir", "isi": f"{len(uses)} dokumen"},
            {
                "hal": "Target minimal dan sasaran",
                "isi": f"{target['minimal']} dan {target['sasaran']}",
            },
        ],
        "tenggat": [
            {"tanggal": day_written(last), "hal": str(stage.label), "petugas": "– (unit)"}
            for stage, last in opened.windows
        ],
        "terbuka": [
            {
                "kode": question.code,
                "indikator": question.title.id,
                "keadaan": state,
                "petugas": assignees.get(question.code, "– (belum ditunjuk)"),
                "tenggat": day_written(opened.closes_on),
                "catatan": repairs.get(question.code, "– (tidak ada)"),
            }
            for question, state in still_open
            if state
        ],
        "bukti": [
            {
                "kode": row["kode"],
                "nama": row["nama"],
                "berlaku": row["berlaku"],
                "keadaan": row["keadaan"],
            }
            for row in (_evidence_row(use, day) for use in uses)
            if row["keadaan"] != "Berlaku"
        ],
        "catatan": [
            {"tanggal": day_written(day), "oleh": form["giver"].get("nama", ""), "isi": line}
            for line in form["notes"].splitlines()
            if line.strip()
        ],
        "kontak": [
            {
                "nama": one.name,
                "jabatan": _title(one),
                "surel": one.email,
                "telepon": "",
                "untuk": "Penilaian unit ini",
            }
            for one in User.objects.answering_for(assessment.unit)
        ],
        "periksa": [
            "Akun Hijau penerima sudah aktif dan dapat membuka penilaian ini.",
            "Berkas asli bukti sudah diterima.",
            "Jadwal dan tenggat sudah dibahas bersama.",
        ],
    }


def _state(
    question: Question,
    given: Mapping[str, Valued],
    proven: set[str],
    repairs: Mapping[str, str],
) -> str:
    """What is still open at an indicator; nothing when it is done."""
    if question.code in repairs:
        return "Perlu diperbaiki"
    if question.code not in given:
        return "Belum dijawab"
    return "" if question.code in proven or not question.evidence else "Bukti belum ada"
