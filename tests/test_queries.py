"""The number of queries: the same for ten units as for two hundred."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hijau.accounts.models import User
from hijau.assessments import actions
from hijau.assessments.due import due_for
from hijau.assessments.models import (
    Answer,
    Assessment,
    Assignee,
    Decision,
    Document,
    Edition,
    Evidence,
    Ground,
    Mark,
    Objection,
    Perception,
    Repair,
    Round,
    Status,
    Verification,
)
from hijau.instruments import models as instruments
from hijau.notices.actions import tell
from hijau.notices.models import Notice
from hijau.organisation.actions import add_organisation
from hijau.organisation.models import Kind, Organisation
from hijau.reports.on_paper import evaluation
from tests.cast import Cast
from tests.samples import upload

FEW, MANY = 10, 200
NOT_DATA = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)
CODE = "1.a.Ak"


def queries(ask: Callable[[], object]) -> list[str]:
    """What the database was asked for, without the marks of transactions."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [q["sql"] for q in captured.captured_queries if not NOT_DATA.match(q["sql"])]


def page(cast: Cast, user: User, url: str) -> list[str]:
    client = cast.client(user)
    client.get(url)  # what a process reads once (instruments, content types) is not counted

    def ask() -> None:
        assert client.get(url).status_code == 200

    return queries(ask)


@pytest.fixture
def opened(cast: Cast) -> Round:
    return cast.open_round(units=grown(cast, [cast.disdukcapil, cast.dinsos], FEW))


def grown(cast: Cast, units: list[Organisation], size: int) -> list[Organisation]:
    """So many agencies, made as people make them."""
    for number in range(len(units), size):
        units.append(
            add_organisation(
                cast.city, Kind.AGENCY, f"Dinas {number}", f"D{number}", f"d-{number}", by=None
            )
        )
    return units


def grow(cast: Cast, opened: Round) -> None:
    """Let the round have two hundred units, half of them begun, each with figures."""
    units = [a.unit for a in opened.assessments.select_related("unit")]
    more = grown(cast, list(units), MANY)[len(units) :]
    one = Assessment.objects.get(round=opened, unit=cast.disdukcapil)
    figures = {
        name: getattr(one, name)
        for name in ("answered", "value", "low", "high", "exact", "band", "parts")
    }
    Assessment.objects.bulk_create(
        Assessment(round=opened, unit=unit, **(figures if number % 2 else {}))
        for number, unit in enumerate(more)
    )


def begin(cast: Cast, opened: Round) -> Assessment:
    assessment = cast.assessment(opened, cast.disdukcapil)
    actions.save_answer(assessment, CODE, Fraction(5), by=cast.officer)
    return assessment


def test_a_list_leaves_proofs_and_the_text_of_the_law_in_the_database(
    cast: Cast, opened: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment = begin(cast, opened)
    Verification.objects.create(assessment=assessment, verifier=cast.verifier)
    Objection.objects.create(assessment=assessment, code=CODE, text="Keberatan", by=cast.officer)
    lists = {
        "assessments": Assessment.objects.visible_to(cast.organiser),
        "tasks": Verification.objects.visible_to(cast.organiser),
        "objections": Objection.objects.visible_to(cast.organiser),
    }
    for name, rows in lists.items():
        (asked,) = queries(lambda rows=rows: list(rows))  # type: ignore[misc]
        assert '"sha256"' in asked, name
        assert '"proof"' not in asked, name
        assert '"instruments_version"."text"' not in asked, name
    monkeypatch.setattr(instruments, "_READ", {})
    found = list(Assessment.objects.visible_to(cast.organiser))
    assert len(found) == FEW
    assert len(queries(lambda: [one.instrument for one in found])) == 1


PAGES = {
    "dashboard": lambda opened, assessment: (),
    "round_page": lambda opened, assessment: (opened.pk,),
    "league": lambda opened, assessment: (),
    "unit_page": lambda opened, assessment: (assessment.unit_id,),
    "answer_page": lambda opened, assessment: (assessment.pk,),
    "proof_page": lambda opened, assessment: (assessment.pk,),
    "round_list": lambda opened, assessment: (),
    "verdict_list": lambda opened, assessment: (),
    "targets": lambda opened, assessment: (),
}  # fmt: skip


def test_every_page_asks_as_much_for_two_hundred_units_as_for_ten(
    cast: Cast, opened: Round
) -> None:
    assessment = begin(cast, opened)
    urls = {name: reverse(name, args=of(opened, assessment)) for name, of in PAGES.items()}
    few = {name: page(cast, cast.organiser, url) for name, url in urls.items()}
    grow(cast, opened)
    many = {name: page(cast, cast.organiser, url) for name, url in urls.items()}
    assert Assessment.objects.filter(round=opened).count() == MANY
    assert {n: len(q) for n, q in many.items()} == {n: len(q) for n, q in few.items()}
    assert max(len(asked) for asked in many.values()) <= 12
    league = cast.client(cast.organiser).get(urls["league"])
    assert len(league.context["rows"]) == MANY


def test_verdicts_and_targets_of_many_units_cost_no_more(cast: Cast) -> None:
    def enter(units: list[Organisation]) -> None:
        for unit in units:
            actions.record_verdict(
                unit,
                family="ombudsman",
                year=2023,
                label="verified",
                source_name="Surat",
                value=Fraction(90),
                by=cast.organiser,
            )
            actions.set_target(
                unit,
                version=cast.version("ombudsman/opini-2022"),
                floor="B",
                aim="A",
                year=timezone.localdate().year,
                by=cast.organiser,
            )

    urls = [reverse("verdict_list"), reverse("targets"), reverse("dashboard")]
    units = grown(cast, [cast.disdukcapil], 20)
    enter(units[:2])
    few = [len(page(cast, cast.organiser, url)) for url in urls]
    enter(units[2:])
    assert [len(page(cast, cast.organiser, url)) for url in urls] == few


def test_the_list_of_people_costs_no_more_for_many(cast: Cast) -> None:
    from hijau.accounts.actions import give_role
    from hijau.accounts.permissions import Role

    few = len(page(cast, cast.administrator, reverse("people")))
    for number in range(20):
        give_role(f"p{number}@contoh.go.id", "P", Role.OFFICER, cast.dinsos, by=None)
    assert len(page(cast, cast.administrator, reverse("people"))) == few


def test_the_page_of_the_book_costs_no_more_for_many(cast: Cast) -> None:
    few = len(page(cast, cast.administrator, reverse("audit_book")))
    grown(cast, [], 60)
    assert len(page(cast, cast.administrator, reverse("audit_book"))) == few


def test_opening_an_assessment_takes_at_most_ten(cast: Cast, opened: Round) -> None:
    assessment = begin(cast, opened)
    cast.answer_all(assessment, cast.officer)
    asked = page(cast, cast.officer, reverse("answer_page", args=[assessment.pk]))
    assert len(asked) <= 80, "\n".join(asked)


@pytest.mark.parametrize("htmx", [True, False])
def test_saving_one_answer_takes_at_most_eight(cast: Cast, opened: Round, htmx: bool) -> None:
    assessment = begin(cast, opened)
    client = cast.client(cast.officer)
    client.get(reverse("dashboard"))
    url = reverse("save_answer", args=[assessment.pk, CODE])
    headers = {"HX-Request": "true"} if htmx else {}

    def ask() -> None:
        response = client.post(url, {"value": "4", "seen": "1"}, headers=headers)
        assert response.status_code == (200 if htmx else 302)

    asked = queries(ask)
    assert len(asked) <= 8, "\n".join(asked)
    assert assessment.answers.get().value == 4


# ---- The cycle -----------------------------------------------------------------------------------


def populate(cast: Cast, opened: Round, units: list[Organisation]) -> None:
    """Bring the units through the cycle: to be named, marked, settled, objected to, concluded.

    Each has answers, two verifiers, their marks and decisions where its state asks for them.
    """
    now = timezone.now()
    done = set(opened.assessments.values_list("unit", flat=True))
    fresh = [unit for unit in units if unit.pk not in done]
    states = ["name", "mark", "settle", "object", "conclude", "final", "draft"]
    plan = [states[number % len(states)] for number in range(len(fresh))]
    status = {
        "draft": Status.DRAFT, "name": Status.SUBMITTED, "mark": Status.SUBMITTED,
        "settle": Status.SUBMITTED, "final": Status.FINAL,
    }  # fmt: skip
    made = Assessment.objects.bulk_create(
        Assessment(
            round=opened, unit=unit, status=status.get(state, Status.VERIFIED), submitted_at=now,
            accepted_at=now if state == "conclude" else None,
            proof={} if state == "final" else None, answered=5, low=Fraction(60),
            high=Fraction(80), self_low=Fraction(60), self_high=Fraction(80),
        )
        for unit, state in zip(fresh, plan, strict=True)
    )  # fmt: skip
    codes = [question.code for question in made[0].required]
    Answer.objects.bulk_create(
        Answer(assessment=one, code=code, value=Fraction(80), by=cast.officer)
        for one in made for code in codes
    )  # fmt: skip
    tasks = Verification.objects.bulk_create(
        Verification(
            assessment=one, verifier=verifier, completed_at=None if state == "mark" else now,
        )
        for one, state in zip(made, plan, strict=True) if state not in ("name", "draft")
        for verifier in (cast.verifier, cast.second)
    )  # fmt: skip
    Mark.objects.bulk_create(
        Mark(verification=task, code=code, value=Fraction(70 + task.verifier_id % 2))
        for task in tasks for code in codes
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(assessment=one, code=code, value=Fraction(70), ground=Ground.AGREED)
        for one, state in zip(made, plan, strict=True)
        if state in ("object", "conclude", "final") for code in codes
    )  # fmt: skip
    Objection.objects.bulk_create(
        Objection(assessment=one, code=codes[0], text="Kami keberatan.", by=cast.officer)
        for one, state in zip(made, plan, strict=True) if state == "object"
    )  # fmt: skip


def of_the_cycle(cast: Cast, opened: Round) -> dict[str, tuple[User, str]]:
    """The pages that list units or tasks, by who looks at them."""
    in_round = (
        "round_page", "verifiers_page", "agreement_page", "copy_round", "print_evaluation",
    )  # fmt: skip
    at_large = (
        "dashboard", "round_list", "league", "open_round", "readiness_list", "product_list",
        "opinion", "verdict_list", "targets", "workdays", "notice_list", "people",
    )  # fmt: skip
    pages = {name: (cast.organiser, reverse(name, args=[opened.pk])) for name in in_round}
    pages |= {name: (cast.organiser, reverse(name)) for name in at_large}
    pages |= {
        f"{name} of a verifier": (cast.verifier, reverse(name, args=args))
        for name, args in {
            "dashboard": [], "verification_queue": [], "round_page": [opened.pk],
            "agreement_page": [opened.pk], "notice_list": [],
        }.items()
    }  # fmt: skip
    return pages


def test_the_pages_of_the_cycle_ask_as_much_for_two_hundred_units_as_for_ten(cast: Cast) -> None:
    units = grown(cast, [cast.disdukcapil, cast.dinsos], FEW)
    opened = cast.open_round("ombudsman/opini-2025", [units[0]], name="Opini")
    populate(cast, opened, units)
    form = {
        "number": "1", "date": timezone.localdate(), "introduction": "", "notes": "",
        "head": {},
    }  # fmt: skip

    def report() -> object:
        found = Round.objects.select_related("version", "government").get(pk=opened.pk)
        return evaluation(found, cast.organiser, form)

    def measure() -> dict[str, list[str]]:
        found = {
            name: page(cast, user, url) for name, (user, url) in of_the_cycle(cast, opened).items()
        }
        report()
        return found | {"the report": queries(report)}

    tell([cast.organiser, cast.verifier], "Judul", "Isi")
    few = measure()
    populate(cast, opened, grown(cast, units, MANY))
    Notice.objects.bulk_create(
        Notice(person=who, subject="Judul", text="Isi")
        for who in (cast.organiser, cast.verifier) for _ in range(MANY)
    )  # fmt: skip
    many = measure()
    assert opened.assessments.count() == MANY
    assert {n: len(q) for n, q in many.items()} == {n: len(q) for n, q in few.items()}
    assert max(map(len, many.values())) <= 20
    assert len(due_for(cast.organiser)) > 80
    assert len(due_for(cast.verifier)) > 50


def test_what_one_unit_keeps_costs_no_more_when_it_is_much(cast: Cast) -> None:
    """Two hundred documents, each under an indicator, and two hundred respondents."""
    assessment = cast.assessment(cast.open_round(), cast.disdukcapil)
    task = Verification.objects.create(assessment=assessment, verifier=cast.verifier)
    first = actions.attach_evidence(assessment, CODE, upload(), by=cast.officer)
    codes = [question.code for question in assessment.required]

    def keep(upto: int) -> None:
        for number in range(Document.objects.count(), upto):
            document = Document.objects.create(unit=cast.disdukcapil, title=f"SK {number}")
            edition = Edition.objects.create(
                document=document, file=first.edition.file, by=cast.officer
            )
            Evidence.objects.create(
                assessment=assessment, code=codes[number % len(codes)], document=document,
                edition=edition,
            )  # fmt: skip
        rows = [{"f03a-1": 4}] * upto
        survey = Perception.objects.select_related("assessment__round__version").get(
            assessment=assessment
        )
        actions.import_perceptions(survey, rows, by=cast.officer, source=str(upto))
        for code in codes[: upto // 5]:
            Repair.objects.create(assessment=assessment, code=code, note="X", by=cast.verifier)
            Assignee.objects.get_or_create(
                assessment=assessment, code=code, defaults={"person": cast.officer}
            )
        Notice.objects.bulk_create(
            Notice(person=cast.officer, subject="S", text="T") for _ in range(upto)
        )

    pages = {
        name: (user, reverse(name, args=args))
        for name, user, args in (
            ("answer_page", cast.officer, [assessment.pk]),
            ("assign_indicators", cast.officer, [assessment.pk]),
            ("perception_page", cast.officer, [assessment.pk]),
            ("portal_list", cast.officer, [assessment.pk]),
            ("vault", cast.officer, [cast.disdukcapil.pk]),
            ("document_page", cast.officer, [first.document_id]),
            ("evidence_page", cast.officer, [first.pk]),
            ("notice_list", cast.officer, []),
            ("unit_page", cast.officer, [cast.disdukcapil.pk]),
            ("import_workbook", cast.officer, [assessment.pk]),
            ("verification_page", cast.verifier, [task.pk]),
            ("visit_page", cast.verifier, [task.pk]),
        )
    }
    keep(FEW)
    few = {name: page(cast, user, url) for name, (user, url) in pages.items()}
    keep(MANY)
    many = {name: page(cast, user, url) for name, (user, url) in pages.items()}
    assert {n: len(q) for n, q in many.items()} == {n: len(q) for n, q in few.items()}
