"""The windows of a round: counted in working days, widened, carried into the next year."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from hijau.assessments import actions
from hijau.assessments.due import late_in
from hijau.assessments.models import Assessment, Evidence, Perception, Round, Stage, Status
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.workdays.actions import remove_day, set_day
from hijau.workdays.calendar import calendar_of
from hijau.workdays.models import SpecialDay
from tests import cycle
from tests.cast import Cast
from tests.samples import pdf, upload

FRIDAY = dt.date(2026, 3, 13)
"""Before the week of Nyepi (19 March 2026) and Lebaran (20 March, with collective leave)."""
YEAR_END = dt.date(2026, 12, 23)


@pytest.fixture(autouse=True)
def in_march() -> Any:
    """The morning of a Monday in Sukabumi (WIB)."""
    with time_machine.travel(dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def opened(
    cast: Cast,
    closes_on: dt.date = FRIDAY,
    units: list[Organisation] | None = None,
    name: str = "PEKPPP Mandiri",
    identifier: str = cycle.SHORT,
    **more: Any,
) -> Round:
    version = cast.version(identifier)
    return actions.open_round(
        cast.city,
        version,
        units or [cast.disdukcapil, cast.dinsos],
        name=name,
        year=2026,
        opens_on=dt.date(2026, 3, 2),
        closes_on=closes_on,
        form=next(iter(version.rule.forms)),
        by=cast.organiser,
        **more,
    )


def windows(one: Round) -> tuple[dt.date, dt.date, dt.date]:
    return one.verify_until, one.object_until, one.conclude_by


# ---- Working days --------------------------------------------------------------------------------


def test_windows_skip_weekends_and_national_holidays(cast: Cast) -> None:
    """16 to 18 March may be worked or on collective leave; both ends are beyond doubt."""
    calendar = calendar_of(cast.city)
    for holiday in (dt.date(2026, 3, 19), dt.date(2026, 12, 25), dt.date(2026, 8, 17)):
        assert not calendar.is_workday(holiday)
    one = opened(cast, YEAR_END, verify_days=1, object_days=1, conclude_days=1)
    assert one.verify_until not in (dt.date(2026, 12, 25), dt.date(2026, 12, 26))
    plain = opened(cast, dt.date(2026, 9, 4), name="September", verify_days=5, object_days=3,
                   conclude_days=2)  # fmt: skip
    assert windows(plain) == (
        dt.date(2026, 9, 11), dt.date(2026, 9, 16), dt.date(2026, 9, 18),
    )  # fmt: skip
    august = opened(cast, dt.date(2026, 8, 14), name="Agustus", verify_days=1)
    assert august.verify_until == dt.date(2026, 8, 18), "Monday the 17th is no working day"


def test_a_local_holiday_makes_a_window_longer_and_a_worked_saturday_shorter(cast: Cast) -> None:
    set_day(cast.city, day=dt.date(2026, 9, 7), name="HUT Kota", is_worked=False, by=cast.organiser)
    set_day(cast.city, day=dt.date(2026, 9, 12), name="Ganti", is_worked=True, by=cast.organiser)
    set_day(cast.foreign_city, day=dt.date(2026, 9, 8), name="Lain", is_worked=False, by=None)
    one = opened(cast, dt.date(2026, 9, 4), verify_days=4, object_days=1, conclude_days=1)
    assert windows(one) == (
        dt.date(2026, 9, 11), dt.date(2026, 9, 12), dt.date(2026, 9, 14),
    )  # fmt: skip
    assert calendar_of(cast.disdukcapil).special == calendar_of(cast.city).special


def test_a_national_holiday_may_be_worked_here(cast: Cast) -> None:
    day = dt.date(2026, 8, 17)
    special = set_day(cast.city, day=day, name="Layanan", is_worked=True, by=cast.organiser)
    assert calendar_of(cast.city).is_workday(day)
    assert not calendar_of(cast.foreign_city).is_workday(day)
    remove_day(special, by=cast.organiser)
    assert not calendar_of(cast.city).is_workday(day)


def test_counting_back_and_forth_agrees(cast: Cast) -> None:
    calendar = calendar_of(cast.city)
    for days in (1, 5, 17):
        last = calendar.after(FRIDAY, days)
        assert calendar.between(FRIDAY, last) == days
        assert calendar.between(last, FRIDAY) == -days
    assert calendar.after(FRIDAY, 0) == FRIDAY
    assert calendar.between(FRIDAY, FRIDAY + dt.timedelta(days=2)) == 0, "a weekend is no time"


# ---- The page of the calendar --------------------------------------------------------------------


def test_the_organiser_sets_a_day_and_takes_it_back(cast: Cast) -> None:
    client, url = cast.client(cast.organiser), reverse("workdays")
    form = {"day": "2026-04-01", "name": "Hari Jadi Kota", "source_name": "SE 1/2026"}
    assert client.post(url, form).status_code == 302
    special = SpecialDay.objects.get()
    assert (special.government, special.is_worked) == (cast.city, False)
    again = client.post(url, form)
    assert again.status_code == 422
    assert "sudah tercatat" in unescape(again.content.decode())
    page = unescape(client.get(url).content.decode())
    assert "Hari Jadi Kota" in page
    assert "Hari Suci Nyepi" in page
    for who in (cast.officer, cast.stranger):
        assert cast.client(who).post(url, form | {"day": "2026-04-02"}).status_code == 403
    foreign = unescape(cast.client(cast.stranger).get(url).content.decode())
    assert "Hari Jadi Kota" not in foreign
    assert client.post(reverse("remove_day", args=[special.pk])).status_code == 302
    assert not SpecialDay.objects.exists()
    events = list(Entry.objects.filter(event__startswith="day.").values_list("event", flat=True))
    assert events == ["day.set", "day.removed"]


def test_a_worked_day_is_chosen_in_the_form(cast: Cast) -> None:
    form = {"day": "2026-04-04", "name": "Sabtu bekerja", "is_worked": "1"}
    assert cast.client(cast.organiser).post(reverse("workdays"), form).status_code == 302
    assert SpecialDay.objects.get().is_worked
    bad = cast.client(cast.organiser).post(reverse("workdays"), {"day": "kapan", "name": ""})
    assert bad.status_code == 422


# ---- The stage, and who is late ------------------------------------------------------------------


def test_the_stage_follows_the_days_of_wib(cast: Cast, in_march: Any) -> None:
    one = opened(cast, dt.date(2026, 9, 4), verify_days=5, object_days=3, conclude_days=2)
    stages = {
        dt.date(2026, 3, 1): Stage.WAITING,
        dt.date(2026, 3, 2): Stage.FILLING,
        dt.date(2026, 9, 4): Stage.FILLING,
        dt.date(2026, 9, 5): Stage.VERIFYING,
        dt.date(2026, 9, 11): Stage.VERIFYING,
        dt.date(2026, 9, 12): Stage.OBJECTING,
        dt.date(2026, 9, 16): Stage.OBJECTING,
        dt.date(2026, 9, 17): Stage.CONCLUDING,
        dt.date(2026, 12, 1): Stage.CONCLUDING,
    }
    for day, stage in stages.items():
        # The first and the last minute of that day in Sukabumi, seven hours before UTC.
        for minutes in (1, 24 * 60 - 1):
            midnight = dt.datetime.combine(day, dt.time(), dt.timezone(dt.timedelta(hours=7)))
            in_march.move_to(midnight + dt.timedelta(minutes=minutes))
            assert one.stage == stage, (day, minutes)
    actions.close_round(one, by=cast.organiser)
    one.refresh_from_db()
    assert one.stage == Stage.CLOSED


def test_who_is_late_follows_from_the_window_of_its_state(cast: Cast, in_march: Any) -> None:
    one = opened(cast, dt.date(2026, 9, 4), verify_days=5, object_days=3, conclude_days=2)
    assessment = Assessment.objects.filter(round=one).with_names()[0]
    last = {
        Status.DRAFT: one.closes_on,
        Status.SUBMITTED: one.verify_until,
        Status.RETURNED: one.verify_until,
        Status.VERIFIED: one.conclude_by,
    }
    for status, day in last.items():
        assessment.status = status
        in_march.move_to(dt.datetime.combine(day, dt.time(9), dt.UTC))
        assert late_in(one, [assessment]) == [], status
        in_march.move_to(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(9), dt.UTC))
        assert late_in(one, [assessment]) == [assessment], status
    assessment.status = Status.FINAL
    assert late_in(one, [assessment]) == []
    assessment.status = Status.DRAFT
    one.closed_at = dt.datetime.now(dt.UTC)
    assert late_in(one, [assessment]) == [], "a closed round waits for nobody"


# ---- A further unit, or one product --------------------------------------------------------------


def test_a_unit_is_added_once(cast: Cast) -> None:
    one = opened(cast, identifier="pekppp/pedoman-2022")
    url = reverse("add_locus", args=[one.pk])
    client = cast.client(cast.organiser)
    form = {"unit": cast.puskesmas.pk, "product": ""}
    assert client.post(url, form).status_code == 302
    added = one.assessments.get(unit=cast.puskesmas)
    assert Perception.objects.filter(assessment=added).exists(), "its users are asked as well"
    again = client.post(url, form)
    assert again.status_code == 409
    assert "Puskesmas Selabatu sudah ada dalam putaran ini" in unescape(again.content.decode())
    assert one.assessments.count() == 3


def test_the_first_product_takes_the_place_of_the_whole_unit(cast: Cast) -> None:
    one = opened(cast)
    whole = cast.assessment(one, cast.disdukcapil)
    first = actions.add_locus(one, cast.disdukcapil, " KTP-el ", by=cast.organiser)
    assert (first.pk, first.product) == (whole.pk, "KTP-el")
    second = actions.add_locus(one, cast.disdukcapil, "Akta", by=cast.organiser)
    assert one.assessments.filter(unit=cast.disdukcapil).count() == 2
    assert cycle.fresh(cast, second).title == "Disdukcapil · Akta"
    with pytest.raises(Refused, match="Akta sudah ada"):
        actions.add_locus(one, cast.disdukcapil, "Akta", by=cast.organiser)


@pytest.mark.parametrize("begun", ["answered", "evidence"])
def test_a_whole_unit_that_was_begun_keeps_its_place(cast: Cast, begun: str) -> None:
    one = opened(cast)
    whole = cast.assessment(one, cast.disdukcapil)
    if begun == "answered":
        actions.save_answer(whole, "input-nilai", Fraction(80), by=cast.officer)
    else:
        actions.attach_evidence(whole, "input-nilai", upload(), by=cast.officer)
    added = actions.add_locus(one, cast.disdukcapil, "KTP-el", by=cast.organiser)
    assert added.pk != whole.pk
    assert cycle.fresh(cast, whole).product == ""


def test_foreign_units_and_closed_rounds_are_refused(cast: Cast) -> None:
    one = opened(cast)
    for unit in (cast.foreign_agency, cast.city):
        with pytest.raises(Refused, match="milik sendiri"):
            actions.add_locus(one, unit, by=cast.organiser)
        response = cast.client(cast.organiser).post(
            reverse("add_locus", args=[one.pk]), {"unit": unit.pk}
        )
        assert response.status_code == 409
    actions.close_round(one, by=cast.organiser)
    with pytest.raises(Refused, match="sudah ditutup"):
        actions.add_locus(one, cast.puskesmas, by=cast.organiser)
    assert one.assessments.count() == 2


# ---- The next year -------------------------------------------------------------------------------


def copied(cast: Cast, old: Round) -> Round:
    form = {
        "name": "PEKPPP Mandiri", "year": 2027, "opens_on": "2027-03-01", "closes_on": "2027-03-31",
    }  # fmt: skip
    response = cast.client(cast.organiser).post(reverse("copy_round", args=[old.pk]), form)
    assert response.status_code == 302
    return Round.objects.select_related("version", "government").get(year=2027)


def test_the_next_round_has_the_same_units_and_settings(cast: Cast) -> None:
    old = opened(
        cast, dt.date(2026, 9, 4), identifier="pekppp/pedoman-2022", convention="butir",
        minimum_respondents=17, verify_days=3, object_days=7, conclude_days=4,
    )  # fmt: skip
    actions.add_locus(old, cast.disdukcapil, "KTP-el", by=cast.organiser)
    actions.add_locus(old, cast.disdukcapil, "Akta", by=cast.organiser)
    new = copied(cast, old)
    assert new.previous == old
    for name in ("version", "form", "convention", "minimum_respondents", "government"):
        assert getattr(new, name) == getattr(old, name), name
    calendar = calendar_of(cast.city)
    steps = [new.closes_on, *windows(new)]
    lasts = [calendar.between(a, b) for a, b in pairwise(steps)]
    assert lasts == [3, 7, 4], "the windows last as long as they did"
    assert sorted(new.assessments.values_list("unit", "product")) == sorted(
        old.assessments.values_list("unit", "product")
    )
    for one in new.assessments.select_related("previous"):
        assert one.previous is not None
        assert (one.previous.round, one.previous.unit_id, one.previous.product) == (
            old, one.unit_id, one.product,
        )  # fmt: skip
        assert one.status == Status.DRAFT
    tokens = set(Perception.objects.values_list("token", flat=True))
    assert len(tokens) == 6, "each survey has a link of its own"


def test_nothing_of_last_year_is_answered_but_it_stands_beside_the_question(
    cast: Cast, in_march: Any
) -> None:
    old = opened(cast, dt.date(2026, 9, 4), [cast.disdukcapil])
    before = cast.assessment(old, cast.disdukcapil)
    cast.answer_all(before, cast.officer, Fraction("61.5"))
    actions.submit_assessment(before, by=cast.officer)
    new = cast.assessment(copied(cast, old), cast.disdukcapil)
    assert (new.answered, new.value, new.low, new.status) == (0, None, None, Status.DRAFT)
    assert not new.answers.exists()
    assert new.submitted_at is None
    in_march.move_to(dt.datetime(2027, 3, 2, 3, tzinfo=dt.UTC))
    cast.clients.clear()
    page = unescape(
        cast.client(cast.officer).get(reverse("answer_page", args=[new.pk])).content.decode()
    )
    assert page.count("Putaran sebelumnya:") == len(new.required)
    assert "<strong>61,5</strong>" in page
    assert cycle.fresh(cast, before).answered == len(before.required), "the old one is untouched"


def test_evidence_goes_along_in_its_newest_edition(cast: Cast, in_march: Any) -> None:
    old = opened(cast, dt.date(2026, 9, 4), [cast.disdukcapil])
    before = cast.assessment(old, cast.disdukcapil)
    use = actions.attach_evidence(
        before, "input-nilai", upload("sk.pdf", pdf("Edisi satu")), by=cast.officer,
        title="SK Standar", issued_on=dt.date(2026, 1, 5), valid_until=dt.date(2026, 12, 31),
    )  # fmt: skip
    taken_out = actions.attach_evidence(
        before, "output-nilai", upload("lain.pdf", pdf("Lain")), by=cast.officer
    )
    actions.withdraw_evidence(taken_out, by=cast.officer)
    cast.answer_all(before, cast.officer, Fraction(60))
    actions.submit_assessment(before, by=cast.officer)
    second = actions.replace_document(
        use.document, upload("sk-2.pdf", pdf("Edisi dua")), by=cast.officer
    )
    use.refresh_from_db()
    assert use.edition_id != second.pk, "what was sent keeps the edition that was sent"

    new = cast.assessment(copied(cast, old), cast.disdukcapil)
    carried = Evidence.objects.get(assessment=new)
    assert (carried.document, carried.edition, carried.is_carried, carried.code) == (
        use.document, second, True, "input-nilai",
    )  # fmt: skip
    in_march.move_to(dt.datetime(2027, 3, 2, 3, tzinfo=dt.UTC))
    cast.clients.clear()
    page = unescape(
        cast.client(cast.officer).get(reverse("answer_page", args=[new.pk])).content.decode()
    )
    assert "“SK Standar” sudah habis masa berlakunya." in page


def test_a_copy_leaves_the_other_government_alone(cast: Cast) -> None:
    version = cast.version(cycle.SHORT)
    foreign = actions.open_round(
        cast.foreign_city, version, [cast.foreign_agency], name="Lain", year=2026,
        opens_on=dt.date(2026, 3, 2), closes_on=FRIDAY, form=next(iter(version.rule.forms)),
        by=None,
    )  # fmt: skip
    url = reverse("copy_round", args=[foreign.pk])
    assert cast.client(cast.organiser).get(url).status_code == 404
    assert cast.client(cast.organiser).post(url, {"name": "X", "year": 2027}).status_code == 404
    copied(cast, opened(cast))
    assert list(Round.objects.filter(government=cast.foreign_city)) == [foreign]
    assert not Entry.objects.filter(
        chain__name=cast.foreign_city.book, event="round.copied"
    ).exists()


def test_the_form_of_a_copy_says_what_is_wrong_and_opens_nothing(cast: Cast) -> None:
    old = opened(cast)
    url, client = reverse("copy_round", args=[old.pk]), cast.client(cast.organiser)
    same = {
        "name": old.name, "year": 2026, "opens_on": "2026-03-02", "closes_on": "2026-03-31",
    }  # fmt: skip
    response = client.post(url, same)
    assert response.status_code == 422
    assert "Sudah ada putaran" in unescape(response.content.decode())
    backwards = same | {"year": 2027, "closes_on": "2026-03-01"}
    assert client.post(url, backwards).status_code == 422
    assert Round.objects.count() == 1
    assert Assessment.objects.count() == 2
