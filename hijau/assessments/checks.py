"""What can be checked of evidence before it is sent, so that no verifier has to find it."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from hijau.assessments.crosswalk import kind_of
from hijau.assessments.models import Answer, Assessment, Edition, Evidence
from hijau.files.looking import Look
from hijau.organisation.models import Organisation

FEWEST_WORDS = 30
"""Characters below which a page holds no text to speak of: it is a scan."""


class Weight(StrEnum):
    """How much a finding matters."""

    WRONG = "wrong"
    """A verifier will most likely reject it."""
    DOUBT = "doubt"
    """A person should look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at an indicator, in a sentence that says what to do."""

    code: str
    weight: Weight
    sentence: str


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def names_unit(look: Look | None, unit: Organisation) -> bool | None:
    """Whether a document's text names the unit; None where there is no text to look at."""
    if look is None or len(look.words.strip()) < FEWEST_WORDS:
        return None
    text = f" {_plain(look.words)} "
    names = {unit.name, unit.short_name}
    return any(f" {_plain(name)} " in text for name in names if name)


def findings(
    assessment: Assessment, answers: Iterable[Answer], evidence: Iterable[Evidence]
) -> list[Finding]:
    """Everything that the pre-checks find, in the order of the form."""
    evidence = list(evidence)
    given = {answer.code: answer for answer in answers}
    by_code: dict[str, list[Evidence]] = defaultdict(list)
    for use in evidence:
        by_code[use.code].append(use)
    found: list[Finding] = []
    for question in assessment.required:
        answer, uses = given.get(question.code), by_code[question.code]
        claims = answer is not None and answer.value is not None and answer.value > question.low
        if claims and question.evidence and not uses:
            found.append(
                Finding(question.code, Weight.WRONG, _("Belum ada bukti untuk jawaban ini."))
            )
        if not claims and answer is not None and answer.value is not None and uses:
            found.append(
                Finding(
                    question.code,
                    Weight.DOUBT,
                    _("Ada bukti, tetapi jawabannya tingkat terendah. Periksa jawabannya."),
                )
            )
        for use in uses:
            found += _of_one(assessment, use)
    return found + _contradictions(assessment, evidence)


def _of_one(assessment: Assessment, use: Evidence) -> list[Finding]:
    document, edition, opened = use.document, use.edition, assessment.round
    said: list[tuple[Weight, str]] = []
    if document.expired(min(timezone.localdate(), opened.closes_on)):
        said.append((Weight.WRONG, _("“%s” sudah habis masa berlakunya.") % document))
    elif document.expired(opened.conclude_by):
        said.append((Weight.DOUBT, _("“%s” habis masa berlakunya sebelum penetapan.") % document))
    if document.issued_on is None:
        said.append((Weight.DOUBT, _("Tanggal “%s” belum diisi.") % document))
    elif document.issued_on > opened.closes_on:
        said.append((Weight.WRONG, _("“%s” bertanggal sesudah masa penilaian.") % document))
    kind = kind_of(document.kind)
    if kind and kind.valid_months and document.issued_on and document.valid_until is None:
        months = kind.valid_months
        if _months_after(document.issued_on, months) < opened.closes_on:
            said.append(
                (
                    Weight.DOUBT,
                    _("“%(title)s” biasanya dianggap berlaku %(n)d bulan; isi masa berlakunya.")
                    % {"title": document, "n": months},
                )
            )
    if edition.names_unit is False and (kind is None or kind.names_unit):
        said.append((Weight.DOUBT, _("“%s” tidak menyebut nama unit ini.") % document))
    return [Finding(use.code, weight, sentence) for weight, sentence in said]


def _months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the month's last day where it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    if day.year + year > dt.MAXYEAR:
        return dt.date.max
    last = monthrange(day.year + year, month + 1)[1]
    return dt.date(day.year + year, month + 1, min(day.day, last))


def _contradictions(assessment: Assessment, evidence: Iterable[Evidence]) -> list[Finding]:
    """The same file that claims to be two things, here or in another unit."""
    by_hash: dict[str, list[Evidence]] = defaultdict(list)
    for use in evidence:
        by_hash[use.edition.file.sha256].append(use)
    found = []
    for uses in by_hash.values():
        claims = {(u.document.kind, u.document.number, u.document.issued_on) for u in uses}
        if len(claims) > 1:
            names = ", ".join(sorted({f"“{use.document}”" for use in uses}))
            found += [
                Finding(
                    use.code,
                    Weight.WRONG,
                    _("Berkas yang sama dipakai sebagai dokumen yang berbeda: %s.") % names,
                )
                for use in uses
            ]
    elsewhere = set(
        Edition.objects.filter(file__sha256__in=by_hash, file__government=assessment.unit.root)
        .exclude(document__unit=assessment.unit)
        .values_list("file__sha256", flat=True)
    )
    return found + [
        Finding(use.code, Weight.DOUBT, _("Berkas yang sama juga dipakai unit lain."))
        for sha256 in sorted(elsewhere)
        for use in by_hash[sha256]
    ]
