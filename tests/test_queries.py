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
from hijau.assessments.models import Assessment, Round
from hijau.organisation.actions import add_organisation
from hijau.organisation.models import Kind, Organisation
from tests.cast import Cast

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
    assert len(asked) <= 10, "\n".join(asked)


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
