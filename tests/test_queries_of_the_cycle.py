"""The pages of the cycle: as many queries for two hundred units as for ten."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments.models import (
    Answer,
    Assessment,
    Decision,
    Document,
    Edition,
    Evidence,
    Ground,
    Mark,
    Round,
    Status,
    Verification,
)
from hijau.assessments.on_paper import minutes, report
from hijau.files.models import StoredFile
from hijau.notices.actions import tell
from hijau.reports.on_paper import evaluation
from tests.cast import Cast
from tests.test_queries import FEW, MANY, grown, page, queries

CODES = ("1.a.Ak", "2.a.P", "3.a.T")
FORM = {
    "date": timezone.localdate(), "number": "", "place": "", "introduction": "", "notes": "",
    "head": {}, "witness": {},
}  # fmt: skip


def fill(cast: Cast, opened: Round, first: int) -> None:
    """Verified assessments with marks, decisions, documents and evidence, from a place onwards."""
    ones = list(Assessment.objects.filter(round=opened).order_by("pk"))[first:]
    now = timezone.now()
    Assessment.objects.filter(pk__in=[one.pk for one in ones]).update(
        status=Status.VERIFIED, submitted_at=now, verified_at=now, answered=30,
        value=Fraction(4), low=Fraction(4), high=Fraction(4), self_value=Fraction(5),
    )  # fmt: skip
    tasks = Verification.objects.bulk_create(
        Verification(assessment=one, verifier=who, completed_at=now, marked=30)
        for one in ones
        for who in (cast.verifier, cast.second)
    )
    Mark.objects.bulk_create(
        Mark(verification=task, code=code, value=Fraction(3 + number % 3))
        for number, task in enumerate(tasks)
        for code in CODES
    )
    Answer.objects.bulk_create(
        Answer(assessment=one, code=code, value=Fraction(5)) for one in ones for code in CODES
    )
    Decision.objects.bulk_create(
        Decision(assessment=one, code=code, value=Fraction(4), ground=Ground.AGREED)
        for one in ones
        for code in CODES
    )
    stored = StoredFile.objects.create(
        government=cast.city, content="x", name="sk.pdf", kind="application/pdf", size=1,
        sha256="0" * 64, by=cast.officer,
    )  # fmt: skip
    mine = Assessment.objects.get(round=opened, unit=cast.disdukcapil)
    documents = Document.objects.bulk_create(
        Document(unit=cast.disdukcapil, kind="sk-standar-pelayanan", title=f"SK {first}-{n}")
        for n in range(len(ones))
    )
    editions = Edition.objects.bulk_create(
        Edition(document=document, file=stored, by=cast.officer) for document in documents
    )
    Evidence.objects.bulk_create(
        Evidence(assessment=mine, code="1.a.Ak", document=edition.document, edition=edition)
        for edition in editions
    )
    for number in range(len(ones)):
        tell([cast.organiser], f"Kabar {first}-{number}", "Isi.")


@pytest.fixture
def opened(cast: Cast) -> Round:
    made = cast.open_round(units=grown(cast, [cast.disdukcapil, cast.dinsos], FEW))
    fill(cast, made, 0)
    return made


def grow(cast: Cast, opened: Round) -> None:
    units = [one.unit for one in opened.assessments.select_related("unit")]
    more = grown(cast, list(units), MANY)[len(units) :]
    Assessment.objects.bulk_create(Assessment(round=opened, unit=unit) for unit in more)
    fill(cast, opened, FEW)


def asked(cast: Cast, opened: Round) -> dict[str, int]:
    """How often each page asks the database, by the people who open it."""
    mine = Assessment.objects.get(round=opened, unit=cast.disdukcapil)
    document = Document.objects.filter(unit=cast.disdukcapil).first()
    assert document is not None
    evidence = Evidence.objects.filter(assessment=mine).first()
    assert evidence is not None
    task = Verification.objects.get(assessment=mine, verifier=cast.verifier)
    pages: dict[str, tuple[object, tuple[int, ...]]] = {
        "dashboard": (cast.organiser, ()),
        "round_list": (cast.organiser, ()),
        "round_page": (cast.organiser, (opened.pk,)),
        "verifiers_page": (cast.organiser, (opened.pk,)),
        "agreement_page": (cast.organiser, (opened.pk,)),
        "copy_round": (cast.organiser, (opened.pk,)),
        "print_evaluation": (cast.organiser, (opened.pk,)),
        "notice_list": (cast.organiser, ()),
        "workdays": (cast.organiser, ()),
        "league": (cast.organiser, ()),
        "verification_queue": (cast.verifier, ()),
        "verification_page": (cast.verifier, (task.pk,)),
        "visit_page": (cast.verifier, (task.pk,)),
        "agenda_page": (cast.verifier, (mine.pk,)),
        "answer_page": (cast.officer, (mine.pk,)),
        "assign_indicators": (cast.officer, (mine.pk,)),
        "result_page": (cast.officer, (mine.pk,)),
        "perception_page": (cast.officer, (mine.pk,)),
        "import_workbook": (cast.officer, (mine.pk,)),
        "portal_list": (cast.officer, (mine.pk,)),
        "vault": (cast.officer, (cast.disdukcapil.pk,)),
        "document_page": (cast.officer, (document.pk,)),
        "evidence_page": (cast.officer, (evidence.pk,)),
    }
    counted = {
        name: len(page(cast, user, reverse(name, args=args)))  # type: ignore[arg-type]
        for name, (user, args) in pages.items()
    }
    seen = Assessment.objects.visible_to(cast.organiser).get(pk=mine.pk)
    papers: dict[str, Callable[[], object]] = {
        "lhe": lambda: evaluation(opened, cast.organiser, FORM),
        "rapor": lambda: report(seen, FORM),
        "berita-acara": lambda: minutes(seen, FORM),
    }
    return counted | {name: len(queries(make)) for name, make in papers.items()}


def test_no_page_asks_more_for_two_hundred_units_than_for_ten(cast: Cast, opened: Round) -> None:
    few = asked(cast, opened)
    grow(cast, opened)
    assert Assessment.objects.filter(round=opened).count() == MANY
    many = asked(cast, opened)
    assert many == few
    assert max(many.values()) <= 16, many
