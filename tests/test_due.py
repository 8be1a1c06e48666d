"""What waits for a person: in the right state, gone when done, and nobody else's."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from hijau.accounts.models import User
from hijau.assessments import actions
from hijau.assessments.due import Due, due_for
from hijau.assessments.models import Assessment, Round
from hijau.workdays.actions import set_day
from tests import cycle
from tests.cast import Cast

CODE = "input-nilai"
MONDAY = dt.date(2026, 9, 7)


@pytest.fixture(autouse=True)
def clock() -> Any:
    """A Monday before three weeks without holidays; the clock stands still."""
    with time_machine.travel(dt.datetime(2026, 9, 7, 2, tzinfo=dt.UTC), tick=False) as found:
        yield found


def keys(user: User) -> list[str]:
    """What waits: the kind of each thing, in the order shown."""
    return [due.key.partition("-")[0] for due in due_for(user)]


def only(user: User) -> Due:
    (due,) = due_for(user)
    return due


def dated(assessment: Assessment, **days: dt.date) -> None:
    Round.objects.filter(pk=assessment.round_id).update(**days)


def days(cast: Cast, assessment: Assessment, name: str) -> dt.date:
    return getattr(cycle.fresh(cast, assessment).round, name)


# ---- The officer ---------------------------------------------------------------------------------


def test_an_officer_has_to_fill_in_what_is_open(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    due = only(cast.officer)
    assert due.key == f"fill-{assessment.pk}"
    assert due.detail == "Mulai mengisi"
    assert due.url == reverse("answer_page", args=[assessment.pk])
    assert due.by == assessment.round.closes_on
    actions.save_answer(assessment, CODE, assessment.required[0].high, by=cast.officer)
    assert only(cast.officer).detail == "Lanjutkan mengisi"
    cast.answer_all(assessment, cast.officer)
    actions.submit_assessment(assessment, by=cast.officer)
    assert due_for(cast.officer) == []


def test_nothing_waits_before_a_round_opens_or_after_it_was_closed(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    dated(assessment, opens_on=MONDAY + dt.timedelta(days=1))
    assert due_for(cast.officer) == []
    dated(assessment, opens_on=MONDAY)
    assert keys(cast.officer) == ["fill"]
    actions.close_round(cycle.round_of(assessment), by=cast.organiser)
    assert due_for(cast.officer) == []


def test_an_officer_repairs_what_was_sent_back_until_the_end_of_verification(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    actions.ask_repair(one, {CODE: "Lampirkan."}, by=cast.verifier)
    due = only(cast.officer)
    assert due.key == f"repair-{assessment.pk}"
    assert due.by == days(cast, assessment, "verify_until")
    assert keys(cast.verifier) == [], "while the unit repairs, its verifier waits"
    actions.submit_assessment(cycle.fresh(cast, assessment), by=cast.officer)
    assert keys(cast.officer) == []
    assert keys(cast.verifier) == ["mark"]


def test_an_officer_looks_at_the_result_until_it_is_accepted(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    due = only(cast.officer)
    assert due.key == f"result-{assessment.pk}"
    assert due.url == reverse("result_page", args=[assessment.pk])
    assert due.by == days(cast, assessment, "object_until")
    actions.accept_result(assessment, by=cast.officer)
    assert due_for(cast.officer) == []


# ---- The verifier --------------------------------------------------------------------------------


def test_a_verifier_marks_and_then_settles_with_the_others(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    assert due_for(cast.verifier) == []
    one, two = cycle.tasks(cast, assessment)
    due = only(cast.verifier)
    assert due.key == f"mark-{one.pk}"
    assert due.url == reverse("verification_page", args=[one.pk])
    assert due.by == days(cast, assessment, "verify_until")
    cycle.mark_all(one, 80)
    actions.complete_marks(one, by=cast.verifier)
    assert (keys(cast.verifier), keys(cast.second)) == ([], ["mark"]), "not before both are done"
    cycle.mark_all(two, 70)
    actions.complete_marks(two, by=cast.second)
    for who in (cast.verifier, cast.second):
        assert only(who).key == f"settle-{assessment.pk}"
        assert only(who).url == reverse("agenda_page", args=[assessment.pk])
    for question in assessment.required:
        actions.settle_difference(
            cycle.fresh(cast, assessment), question.code, question.high, "Sepakat.",
            by=cast.verifier,
        )  # fmt: skip
    actions.announce_result(cycle.fresh(cast, assessment), by=cast.verifier)
    assert keys(cast.verifier) == keys(cast.second) == []


def test_a_verifier_who_is_alone_has_nothing_to_settle(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    actions.name_verifiers([assessment], [cast.verifier], by=cast.organiser)
    one = cycle.task(assessment, cast.verifier)
    cycle.mark_all(one, 80)
    actions.complete_marks(one, by=cast.verifier)
    assert due_for(cast.verifier) == []
    assert keys(cast.organiser) == ["name"], "a second one is still to be named"


# ---- The organiser -------------------------------------------------------------------------------


def test_the_organiser_names_answers_and_concludes(cast: Cast, clock: Any) -> None:
    assessment = cycle.submitted(cast)
    due = only(cast.organiser)
    assert due.key == f"name-{assessment.pk}"
    assert due.url == reverse("verifiers_page", args=[assessment.round_id])
    one, two = cycle.tasks(cast, assessment)
    assert due_for(cast.organiser) == []
    for task in (one, two):
        cycle.mark_all(task, 80)
        actions.complete_marks(task, by=task.verifier)
    actions.announce_result(cycle.fresh(cast, assessment), by=cast.verifier)
    assert due_for(cast.organiser) == [], "the unit may still object"

    objection = actions.object_to(
        cycle.fresh(cast, assessment), CODE, "Kami keberatan.", by=cast.officer
    )
    assert only(cast.organiser).key == f"object-{assessment.pk}"
    assert only(cast.organiser).by == days(cast, assessment, "conclude_by")
    actions.answer_objection(objection, is_upheld=False, answer="Tidak.", by=cast.organiser)
    assert due_for(cast.organiser) == []
    late = days(cast, assessment, "object_until") + dt.timedelta(days=1)
    clock.move_to(dt.datetime.combine(late, dt.time(3), dt.UTC))
    assert only(cast.organiser).key == f"conclude-{assessment.pk}", "the time to object is over"
    actions.conclude_assessment(cycle.fresh(cast, assessment), by=cast.organiser)
    assert due_for(cast.organiser) == []
    assert due_for(cast.officer) == []


def test_what_was_accepted_early_is_concluded_early(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    actions.accept_result(assessment, by=cast.officer)
    assert keys(cast.organiser) == ["conclude"]


# ---- In order, in working days, and only one's own -----------------------------------------------


def test_the_most_pressing_comes_first(cast: Cast) -> None:
    far, near = cycle.drafted(cast, "Jauh"), cycle.drafted(cast, "Dekat")
    dated(near, closes_on=MONDAY + dt.timedelta(days=2))
    assert [due.key for due in due_for(cast.officer)] == [f"fill-{near.pk}", f"fill-{far.pk}"]


def test_what_is_left_is_counted_in_working_days(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    dated(assessment, closes_on=dt.date(2026, 9, 14))
    assert only(cast.officer).left == 5, "a weekend lies between"
    set_day(cast.city, day=dt.date(2026, 9, 9), name="HUT", is_worked=False, by=cast.organiser)
    set_day(cast.foreign_city, day=dt.date(2026, 9, 10), name="X", is_worked=False, by=None)
    due = only(cast.officer)
    assert (due.left, due.is_late) == (4, False)
    page = unescape(cast.client(cast.officer).get(reverse("dashboard")).content.decode())
    assert "sampai 14 September 2026 (4 hari kerja lagi)" in page


def test_what_is_late_says_by_how_much(cast: Cast, clock: Any) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    actions.ask_repair(one, {CODE: "Lampirkan."}, by=cast.verifier)
    dated(assessment, closes_on=MONDAY, verify_until=dt.date(2026, 9, 9))
    assert not only(cast.officer).is_late
    clock.move_to(dt.datetime(2026, 9, 14, 2, tzinfo=dt.UTC))
    due = only(cast.officer)
    assert (due.is_late, due.days_late) == (True, 3)
    page = unescape(cast.client(cast.officer).get(reverse("dashboard")).content.decode())
    assert "terlambat 3 hari kerja (tenggat 9 September 2026)" in page


def test_what_its_window_no_longer_lets_a_unit_do_is_not_asked_of_it(
    cast: Cast, clock: Any
) -> None:
    cycle.drafted(cast)
    assert keys(cast.officer) == ["fill"]
    clock.move_to(dt.datetime(2027, 9, 7, 2, tzinfo=dt.UTC))
    assert due_for(cast.officer) == []


def test_nothing_of_another_agency_or_government_waits_for_anybody(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    cycle.tasks(cast, assessment)
    cycle.drafted(cast, "Lagi")
    for who in (
        cast.neighbour, cast.stranger, cast.nobody, cast.leader, cast.assessor, cast.administrator,
    ):  # fmt: skip
        assert due_for(who) == [], who.name
    assert keys(cast.second) == keys(cast.verifier) == ["mark"]


def test_the_dashboard_shows_it_with_its_door(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    page = unescape(cast.client(cast.officer).get(reverse("dashboard")).content.decode())
    mine = page.split("Yang menunggu Anda")[1].split("</section>")[0]
    assert f'href="{reverse("answer_page", args=[assessment.pk])}"' in mine
    assert "Mulai mengisi" in mine
    other = cast.client(cast.neighbour).get(reverse("dashboard")).content.decode()
    assert "Yang menunggu Anda" not in other
