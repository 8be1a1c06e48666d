"""The pre-checks of evidence: each finds what it should, and a clean sheet has no finding."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from hijau.assessments import actions
from hijau.assessments.checks import Finding, Weight, findings, names_unit
from hijau.assessments.crosswalk import crosswalk
from hijau.assessments.models import Answer, Assessment, Document, Edition, Evidence, Round
from hijau.files.looking import Look
from hijau.files.models import StoredFile
from hijau.instruments.models import Version
from hijau.organisation.models import Organisation
from scoring.reading import read_instrument, shipped_paths
from tests.cast import Cast
from tests.samples import pdf, photo, upload

CODE, OTHER = "1.a.Ak", "2.a.P"
NAMED = "Keputusan Kepala Disdukcapil tentang standar pelayanan"
TODAY, DAY = timezone.localdate(), dt.timedelta(days=1)


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


def answer(cast: Cast, assessment: Assessment, value: int = 4, code: str = CODE) -> None:
    actions.save_answer(assessment, code, Fraction(value), by=cast.officer)


def attach(
    cast: Cast,
    assessment: Assessment,
    content: bytes | None = None,
    code: str = CODE,
    title: str = "SK",
    **said: Any,
) -> Evidence:
    said = {"issued_on": TODAY, "title": title} | said
    sent = upload("sk.pdf", pdf(NAMED) if content is None else content)
    return actions.attach_evidence(assessment, code, sent, by=cast.officer, **said)


def found(assessment: Assessment) -> list[Finding]:
    evidence = assessment.evidence.current().with_names()
    return findings(assessment, assessment.answers.all(), evidence)


def wrong(sentence: str, code: str = CODE) -> Finding:
    return Finding(code, Weight.WRONG, sentence)


def doubt(sentence: str, code: str = CODE) -> Finding:
    return Finding(code, Weight.DOUBT, sentence)


# ---- A clean sheet -------------------------------------------------------------------------------


def test_a_sheet_without_answers_has_no_finding(assessment: Assessment) -> None:
    assert found(assessment) == []


def test_a_clean_sheet_has_no_finding(cast: Cast, assessment: Assessment) -> None:
    """Every indicator answered above its lowest level and proven by a document that holds."""
    cast.answer_all(assessment, cast.officer)
    document = attach(cast, assessment, kind="sk-standar-pelayanan").document
    for question in assessment.required:
        if question.code != CODE:
            actions.link_evidence(assessment, question.code, document, by=cast.officer)
    assert found(assessment) == []


# ---- The answer and its evidence -----------------------------------------------------------------


def test_a_claim_without_evidence_is_wrong(cast: Cast, assessment: Assessment) -> None:
    answer(cast, assessment, 1)
    assert found(assessment) == [wrong("Belum ada bukti untuk jawaban ini.")]


def test_the_lowest_level_needs_no_evidence(cast: Cast, assessment: Assessment) -> None:
    answer(cast, assessment, 0)
    assert found(assessment) == []


def test_withdrawn_evidence_proves_nothing(cast: Cast, assessment: Assessment) -> None:
    answer(cast, assessment)
    actions.withdraw_evidence(attach(cast, assessment), by=cast.officer)
    assert found(assessment) == [wrong("Belum ada bukti untuk jawaban ini.")]


def test_evidence_at_the_lowest_level_is_doubtful(cast: Cast, assessment: Assessment) -> None:
    attach(cast, assessment)
    assert found(assessment) == [], "without an answer there is nothing to doubt"
    answer(cast, assessment, 0)
    assert found(assessment) == [
        doubt("Ada bukti, tetapi jawabannya tingkat terendah. Periksa jawabannya.")
    ]


# ---- The document's dates ------------------------------------------------------------------------


def test_an_expired_document_is_wrong(cast: Cast, assessment: Assessment) -> None:
    attach(cast, assessment, issued_on=TODAY - 9 * DAY, valid_until=TODAY - DAY)
    assert found(assessment) == [wrong("“SK” sudah habis masa berlakunya.")]


def test_a_document_that_ended_after_the_window_was_good_for_it(
    cast: Cast, assessment: Assessment
) -> None:
    """What was sent in its window is judged as of that window, whenever it is looked at."""
    opened = assessment.round
    attach(cast, assessment, issued_on=TODAY - 99 * DAY, valid_until=TODAY - DAY)
    Round.objects.filter(pk=opened.pk).update(
        opens_on=TODAY - 9 * DAY, closes_on=TODAY - 2 * DAY, conclude_by=TODAY - 2 * DAY,
        verify_until=TODAY - 2 * DAY, object_until=TODAY - 2 * DAY,
    )  # fmt: skip
    assessment = Assessment.objects.with_names().get(pk=assessment.pk)
    assert found(assessment) == []


@pytest.mark.parametrize(("days", "said"), [(0, False), (-1, True)])
def test_a_document_that_ends_before_the_figure_is_final_is_doubtful(
    cast: Cast, assessment: Assessment, days: int, said: bool
) -> None:
    attach(cast, assessment, valid_until=assessment.round.conclude_by + days * DAY)
    expected = [doubt("“SK” habis masa berlakunya sebelum penetapan.")] if said else []
    assert found(assessment) == expected


def test_a_document_without_a_date_is_doubtful(cast: Cast, assessment: Assessment) -> None:
    attach(cast, assessment, issued_on=None)
    assert found(assessment) == [doubt("Tanggal “SK” belum diisi.")]


@pytest.mark.parametrize(("days", "said"), [(0, False), (1, True)])
def test_a_document_dated_after_the_window_is_wrong(
    cast: Cast, assessment: Assessment, days: int, said: bool
) -> None:
    attach(cast, assessment, issued_on=assessment.round.closes_on + days * DAY)
    expected = [wrong("“SK” bertanggal sesudah masa penilaian.")] if said else []
    assert found(assessment) == expected


def test_a_document_past_its_usual_validity_is_doubtful(cast: Cast, assessment: Assessment) -> None:
    kind = crosswalk().kind("laporan-skm")
    assert kind.valid_months == 12
    closes = assessment.round.closes_on
    year_before = closes.replace(year=closes.year - 1, day=min(closes.day, 28))
    attach(cast, assessment, kind=kind.code, issued_on=year_before + DAY * 9, title="Baru")
    attach(cast, assessment, pdf(NAMED + " lama"), kind=kind.code, issued_on=year_before - DAY)
    assert found(assessment) == [
        doubt("“SK” biasanya dianggap berlaku 12 bulan; isi masa berlakunya.")
    ]


def test_an_end_that_was_filled_in_overrules_the_usual_validity(
    cast: Cast, assessment: Assessment
) -> None:
    old, end = TODAY - 800 * DAY, assessment.round.conclude_by
    attach(cast, assessment, kind="laporan-skm", issued_on=old, valid_until=end)
    attach(cast, assessment, pdf(NAMED + " dua"), kind="sk-standar-pelayanan", issued_on=old)
    assert found(assessment) == [], "and a decree holds until it is replaced"


def test_a_date_that_somebody_mistyped_is_checked_like_any_other(
    cast: Cast, assessment: Assessment
) -> None:
    attach(cast, assessment, kind="laporan-skm", issued_on=dt.date.max)
    assert found(assessment) == [wrong("“SK” bertanggal sesudah masa penilaian.")]


# ---- The document's words ------------------------------------------------------------------------


def test_a_document_that_does_not_name_the_unit_is_doubtful(
    cast: Cast, assessment: Assessment
) -> None:
    attach(cast, assessment, pdf("Keputusan Kepala Dinas Sosial tentang standar pelayanan"))
    assert found(assessment) == [doubt("“SK” tidak menyebut nama unit ini.")]


def test_a_kind_that_need_not_name_the_unit_is_not_doubted(
    cast: Cast, assessment: Assessment
) -> None:
    words = pdf("Peraturan Wali Kota tentang kode etik aparatur sipil negara")
    attach(cast, assessment, words, kind="sk-kode-etik")
    assert found(assessment) == []


def test_a_scan_or_a_picture_is_not_doubted_for_its_words(
    cast: Cast, assessment: Assessment
) -> None:
    scan = attach(cast, assessment, pdf("hal 1"), title="Pindaian")
    picture = attach(cast, assessment, photo(), title="Foto")
    assert (scan.edition.names_unit, picture.edition.names_unit) == (None, None)
    assert found(assessment) == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("KEPALA  DISDUKCAPIL\nmenetapkan standar pelayanan", True),
        ("Kepala Dinas Kependudukan dan Pencatatan Sipil menetapkan", True),
        ("Kepala Dinas Kependudukan\ndan Pencatatan-Sipil, menetapkan", True),
        ("Kepala Disdukcapilsosial menetapkan standar pelayanan", False),
        ("Kepala Dinas Sosial menetapkan standar pelayanan", False),
        ("Disdukcapil", None),
        ("   ", None),
    ],
)
def test_the_name_is_found_however_it_is_printed(words: str, named: bool | None) -> None:
    unit = Organisation(name="Dinas Kependudukan dan Pencatatan Sipil", short_name="Disdukcapil")
    assert names_unit(Look(1, words), unit) is named


# ---- One file that claims to be several things ---------------------------------------------------


def test_the_same_file_as_two_documents_is_wrong_at_both(
    cast: Cast, assessment: Assessment
) -> None:
    attach(cast, assessment, number="1/2026", title="SK satu")
    attach(cast, assessment, code=OTHER, number="2/2026", title="SK dua")
    sentence = "Berkas yang sama dipakai sebagai dokumen yang berbeda: “SK dua”, “SK satu”."
    assert found(assessment) == [wrong(sentence), wrong(sentence, OTHER)]


def test_one_document_under_two_indicators_is_no_contradiction(
    cast: Cast, assessment: Assessment
) -> None:
    document = attach(cast, assessment).document
    actions.link_evidence(assessment, OTHER, document, by=cast.officer)
    assert found(assessment) == []


def test_the_same_file_in_another_unit_is_doubtful(cast: Cast, assessment: Assessment) -> None:
    attach(cast, assessment)
    theirs = cast.assessment(assessment.round, cast.dinsos)
    sent = upload("lain.pdf", pdf(NAMED))
    actions.attach_evidence(theirs, OTHER, sent, by=cast.neighbour, issued_on=TODAY)
    sentence = "Berkas yang sama juga dipakai unit lain."
    assert found(assessment) == [doubt(sentence)]
    assert doubt(sentence, OTHER) in found(theirs)


def test_what_another_government_holds_is_never_told(cast: Cast, assessment: Assessment) -> None:
    mine = attach(cast, assessment)
    document = Document.objects.create(unit=cast.foreign_agency, title="SK")
    copy = StoredFile.objects.create(
        government=cast.foreign_city, content="x", name="sk.pdf", kind="application/pdf", size=1,
        sha256=mine.edition.file.sha256, by=cast.stranger,
    )  # fmt: skip
    Edition.objects.create(document=document, file=copy, by=cast.stranger)
    assert found(assessment) == []


# ---- Where they are shown ------------------------------------------------------------------------


def test_the_officer_sees_the_findings_before_sending(cast: Cast, assessment: Assessment) -> None:
    answer(cast, assessment)
    address = reverse("answer_page", args=[assessment.pk])
    sentence = "Belum ada bukti untuk jawaban ini."
    assert sentence in cast.client(cast.officer).get(address).content.decode()
    assert sentence not in cast.client(cast.verifier).get(address).content.decode()


# ---- Findings never raise ------------------------------------------------------------------------

DATES = st.dates() | st.sampled_from([dt.date.min, dt.date.max])
DAYS = st.none() | DATES
KINDS = ["", "surat-sakti", *(kind.code for kind in crosswalk().kinds)]
SHEET = next(path for path in shipped_paths() if path.stem == "pedoman-2022")
RULE = read_instrument(SHEET)
CODES = [question.code for question in RULE.questions]


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Assessment, list[Answer], list[Evidence]]:
    """An assessment, answers and documents with any dates, kinds, words and files."""
    windows = sorted(draw(st.lists(DATES, min_size=5, max_size=5)))
    names = ("opens_on", "closes_on", "verify_until", "object_until", "conclude_by")
    version = Version(text=SHEET.read_text(encoding="utf-8"), sha256=RULE.sha256)
    opened = Round(
        version=version, form=next(iter(RULE.forms)), **dict(zip(names, windows, strict=True))
    )
    unit = Organisation(pk=1, name=draw(st.text(max_size=9)), path="0001", depth=1)
    unit.government = unit
    one = Assessment(round=opened, unit=unit)
    answers = [
        Answer(code=code, value=draw(st.none() | st.sampled_from([Fraction(0), Fraction(5)])))
        for code in draw(st.lists(st.sampled_from(CODES), unique=True, max_size=4))
    ]
    uses = []
    for number in range(draw(st.integers(0, 4))):
        document = Document(
            pk=number, unit=unit, title=draw(st.text(max_size=9)), number=draw(st.text(max_size=3)),
            kind=draw(st.sampled_from(KINDS)), issued_on=draw(DAYS), valid_until=draw(DAYS),
        )  # fmt: skip
        stored = StoredFile(sha256=draw(st.sampled_from(["a", "b"])))
        edition = Edition(
            document=document, file=stored, names_unit=draw(st.none() | st.booleans())
        )
        code = draw(st.sampled_from(CODES))
        uses.append(Evidence(assessment=one, code=code, document=document, edition=edition))
    return one, answers, uses


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(sheets())
def test_findings_never_raise(sheet: tuple[Assessment, list[Answer], list[Evidence]]) -> None:
    assessment, answers, evidence = sheet
    for language in ("id", "en"):
        with translation.override(language):
            said = findings(assessment, answers, evidence)
            assert {one.code for one in said} <= set(CODES)
            assert all(one.sentence for one in said)
