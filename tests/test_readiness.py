"""Ready for the Ombudsman: named respondents, who is away, the alarm, and who may know the names."""

from __future__ import annotations

import datetime as dt
import json
import logging
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from hijau.accounts.actions import end_role, give_role
from hijau.accounts.models import Membership
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import Absence, KeyRespondent, Visit
from hijau.assessments.models.readiness import Certainty, Function, Reason
from hijau.assessments.quiz import ombudsman_quiz
from hijau.assessments.readiness import readiness_of
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from tests.cast import Cast
from tests.test_queries import grown
from tests.test_queries import page as queries_of

NAME = "Ningsih Puspa"


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def named(cast: Cast, function: Function = Function.FRONT, **changes: Any) -> KeyRespondent:
    given = {"name": NAME, "since": days(0), "decree": "SK 1", "by": cast.officer} | changes
    return actions.name_respondent(cast.disdukcapil, function, **given)


def all_named(cast: Cast, **changes: Any) -> list[KeyRespondent]:
    return [named(cast, function, **changes) for function in Function]


def visited(cast: Cast, day: int = 10, where: Organisation | None = None) -> Visit:
    return actions.record_visit(
        where or cast.disdukcapil, days(day), Certainty.KNOWN, "Surat", by=cast.organiser
    )


def alarms(cast: Cast) -> list[str]:
    (one,) = readiness_of([cast.disdukcapil])
    return [alarm.sentence for alarm in one.alarms]


def told() -> list[tuple[set[int], str, str]]:
    """What was queued to be told: to whom, subject, text."""
    queued = DBTaskResult.objects.order_by("enqueued_at")
    return [(set(q.args_kwargs["args"][0]), *q.args_kwargs["args"][1:]) for q in queued]


def read(cast: Cast, who: str, name: str, *args: Any) -> str:
    return unescape(cast.client(cast.people[who]).get(reverse(name, args=args)).content.decode())


# ---- The alarm ---------------------------------------------------------------------------------


def test_four_respondents_who_stay_raise_no_alarm(cast: Cast) -> None:
    all_named(cast)
    visited(cast)
    assert alarms(cast) == []
    assert told() == []


def test_functions_that_nobody_holds_are_named(cast: Cast) -> None:
    named(cast, Function.HEAD)
    assert alarms(cast) == []
    visited(cast)
    (sentence,) = alarms(cast)
    assert "Pelaksana layanan, Petugas depan, Penanggung jawab pengaduan" in sentence


@pytest.mark.parametrize(
    ("first", "last", "rings"),
    [(0, 2, False), (0, 3, True), (10, 12, True), (5, 6, True), (11, 20, False), (0, 30, True)],
)
def test_leave_rings_from_seven_days_before_until_the_day(
    cast: Cast, first: int, last: int, rings: bool
) -> None:
    front = all_named(cast)[list(Function).index(Function.FRONT)]
    visited(cast, 10)
    actions.record_absence(front, days(first), days(last), Reason.LEAVE, by=cast.officer)
    assert bool(alarms(cast)) is rings
    assert bool(told()) is rings


def test_an_absence_that_was_called_off_rings_no_more(cast: Cast) -> None:
    front = all_named(cast)[0]
    visited(cast)
    absence = actions.record_absence(front, days(9), days(10), Reason.MOVED, by=cast.officer)
    assert len(alarms(cast)) == 1
    actions.cancel_absence(absence, by=cast.officer)
    assert alarms(cast) == []
    with pytest.raises(Refused, match="sudah dibatalkan"):
        actions.cancel_absence(absence, by=cast.officer)


@pytest.mark.parametrize(
    ("last", "words"), [(10, "berakhir"), (3, "berakhir"), (2, "belum ada"), (11, "")]
)
def test_a_function_that_ends_near_a_visit_rings(cast: Cast, last: int, words: str) -> None:
    respondents = all_named(cast)
    visited(cast, 10)
    actions.end_respondent(respondents[0], days(last), by=cast.officer)
    assert (words in "".join(alarms(cast))) if words else alarms(cast) == []


def test_a_successor_named_in_time_keeps_it_quiet(cast: Cast) -> None:
    head, *_rest = all_named(cast)
    actions.end_respondent(head, days(1), by=cast.officer)
    visited(cast, 30)
    assert "belum ada narasumber" in alarms(cast)[0]
    named(cast, Function.HEAD, since=days(2))
    assert alarms(cast) == []


def test_a_visit_that_was_called_off_rings_no_more(cast: Cast) -> None:
    visit = visited(cast)
    assert len(alarms(cast)) == 1
    actions.cancel_visit(visit, by=cast.organiser)
    assert alarms(cast) == []


def test_an_account_that_lost_its_role_rings(cast: Cast) -> None:
    give_role("lain@contoh.go.id", "Lain", Role.OFFICER, cast.dinsos, by=None)
    named(cast, user=cast.officer)
    assert alarms(cast) == []
    membership = cast.officer.memberships.get()
    Membership.objects.filter(pk=membership.pk).update(since=days(-5))
    membership.refresh_from_db()
    end_role(membership, by=cast.administrator)
    assert "tidak lagi memegang peran" in alarms(cast)[0]


def test_a_role_at_the_agency_above_is_enough(cast: Cast) -> None:
    above = Organisation.objects.get(code="dinkes", government=cast.city)
    head = give_role("dinkes@contoh.go.id", "Kepala", Role.OFFICER, above, by=None).user
    actions.name_respondent(
        cast.puskesmas, Function.HEAD, name="X", since=days(0), user=head, by=cast.organiser
    )
    (one,) = readiness_of([cast.puskesmas])
    assert one.alarms == []


def test_a_visit_to_the_city_concerns_the_units_that_prepare(cast: Cast) -> None:
    named(cast)
    visited(cast, where=cast.city)
    assert len(alarms(cast)) == 1
    text = read(cast, "organiser", "readiness_list")
    assert "Disdukcapil" in text
    assert "1 hal perlu dibereskan" in text


# ---- The notice --------------------------------------------------------------------------------


def test_officers_and_bagian_organisasi_are_told_and_no_name_is_written(cast: Cast) -> None:
    front = all_named(cast)[2]
    visited(cast)
    actions.record_absence(front, days(8), days(9), Reason.LEAVE, by=cast.officer)
    (to_officers, _subject, text), (to_organisers, _other, all_of_it) = told()
    assert to_officers == {cast.officer.pk}
    assert to_organisers == {cast.organiser.pk}
    for written in (text, all_of_it):
        assert "Petugas depan: narasumber berhalangan" in written
        assert NAME not in written


def test_a_second_absence_tells_only_what_is_new(cast: Cast) -> None:
    head, practitioner, *_rest = all_named(cast)
    visited(cast)
    actions.record_absence(head, days(8), days(9), Reason.DUTY, by=cast.officer)
    actions.record_absence(practitioner, days(8), days(9), Reason.DUTY, by=cast.officer)
    assert "Kepala unit" not in told()[-1][2]


def test_bagian_organisasi_can_tell_all_units_again(cast: Cast) -> None:
    with pytest.raises(Refused, match="Tidak ada peringatan"):
        actions.send_alarms(cast.city, by=cast.organiser)
    visited(cast)
    before = len(told())
    assert actions.send_alarms(cast.city, by=cast.organiser) == 1
    assert len(told()) == before + 2


# ---- Naming ------------------------------------------------------------------------------------


def test_a_function_is_held_by_one_person_at_a_time(cast: Cast) -> None:
    first = named(cast)
    with pytest.raises(Refused, match="sudah dipegang orang lain"):
        named(cast)
    actions.end_respondent(first, days(5), by=cast.officer)
    with pytest.raises(Refused, match="sudah dipegang orang lain"):
        named(cast, since=days(5))
    named(cast, since=days(6))


def test_the_chief_of_complaints_has_a_decree(cast: Cast) -> None:
    with pytest.raises(Refused, match="nomor SK"):
        named(cast, Function.COMPLAINTS, decree="")
    named(cast, Function.FRONT, decree="")


def test_somebody_entered_by_mistake_is_removed_but_not_after_a_quiz(cast: Cast) -> None:
    actions.remove_respondent(named(cast), by=cast.officer)
    assert not KeyRespondent.objects.exists()
    respondent = named(cast)
    quizzed(respondent, 10)
    with pytest.raises(Refused, match="sudah mengerjakan kuis"):
        actions.remove_respondent(respondent, by=cast.officer)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "tidak boleh kosong"),
        ({"function": "mayor"}, "valid"),
        ({"function": "complaints", "decree": ""}, "nomor SK"),
        ({"until": days(-1).isoformat()}, "sesudah tanggal mulai"),
        ({"user": "foreign"}, "valid"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, changes: dict[str, str], sentence: str) -> None:
    if changes.get("user") == "foreign":
        changes = {"user": str(cast.stranger.pk)}
    data = {"function": "front", "name": NAME, "since": days(0).isoformat()} | changes
    url = reverse("name_respondent", args=[cast.disdukcapil.pk])
    response = cast.client(cast.officer).post(url, data)
    assert response.status_code == 422
    assert sentence in unescape(response.content.decode())
    assert not KeyRespondent.objects.exists()
    assert cast.client(cast.officer).post(url, data | {
        "name": NAME, "function": "front", "until": "", "user": str(cast.officer.pk),
    }).status_code == 302  # fmt: skip


def test_the_pages_take_absences_ends_and_visits(cast: Cast) -> None:
    respondent, client = named(cast), cast.client(cast.officer)
    away = {"since": days(1).isoformat(), "until": days(2).isoformat(), "reason": "leave"}
    assert client.post(reverse("record_absence", args=[respondent.pk]), away).status_code == 302
    assert Absence.objects.get().until == days(2)
    end = {"until": days(4).isoformat()}
    assert client.post(reverse("end_respondent", args=[respondent.pk]), end).status_code == 302
    respondent.refresh_from_db()
    assert respondent.until == days(4)
    visit = {
        "organisation": cast.disdukcapil.pk, "day": days(9).isoformat(), "certainty": "expected",
        "source": "Kabar",
    }  # fmt: skip
    assert client.post(reverse("record_visit"), visit).status_code == 302
    assert client.post(reverse("record_visit"), visit).status_code == 422
    assert client.post(reverse("record_visit"), visit | {"day": days(-1)}).status_code == 422
    for place in (cast.dinsos, cast.city, cast.foreign_agency):
        refused = client.post(reverse("record_visit"), visit | {"organisation": place.pk})
        assert refused.status_code == 422
    assert Visit.objects.count() == 1


# ---- What is known -----------------------------------------------------------------------------


def quizzed(respondent: KeyRespondent, right: int, token: str = "satu") -> None:
    sheet = ombudsman_quiz().sheet("sama")
    chosen = {q.code: int(n >= right) for n, (q, _order) in enumerate(sheet.questions)}
    actions.take_quiz(respondent, f"{respondent.pk}/{token}", sheet, chosen, by=None)


def test_who_took_no_quiz_is_unknown_and_not_nought(cast: Cast) -> None:
    named(cast)
    (one,) = readiness_of([cast.disdukcapil])
    assert not one.result.is_known
    assert (one.named, one.practised) == (1, 0)
    text = read(cast, "officer", "readiness_page", cast.disdukcapil.pk)
    assert "Belum pernah mengerjakan kuis" in text
    assert "heat-table" not in text


def test_the_latest_quiz_counts_by_topic(cast: Cast) -> None:
    respondent = named(cast)
    quizzed(respondent, 10)
    quizzed(respondent, 4, "dua")
    (one,) = readiness_of([cast.disdukcapil])
    assert (one.result.right, one.result.asked) == (4, 10)
    post = one.posts[list(Function).index(Function.FRONT)]
    wrong = {
        q.topic for n, (q, _o) in enumerate(ombudsman_quiz().sheet("sama").questions) if n >= 4
    }
    assert {topic.code for topic in post.weak} == wrong
    text = read(cast, "officer", "readiness_page", cast.disdukcapil.pk)
    assert "4 dari 10 benar" in text
    assert "4/10" in text


# ---- Who may know ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "knows"),
    [
        ("officer", True),
        ("organiser", True),
        ("administrator", True),
        ("leader", False),
        ("verifier", False),
    ],
)
def test_names_and_results_are_for_the_unit_the_organiser_and_the_administrator(
    cast: Cast, who: str, knows: bool
) -> None:
    quizzed(named(cast), 7)
    text = read(cast, who, "readiness_page", cast.disdukcapil.pk)
    listed = read(cast, who, "readiness_list")
    assert (NAME in text) is knows
    assert ("7 dari 10" in text) is knows
    assert ("7/10" in listed) is knows
    assert NAME not in listed
    assert ("/kuis/" in text) is (who in ("officer", "organiser"))


@pytest.mark.parametrize("who", ["neighbour", "stranger", "assessor", "nobody"])
def test_others_learn_nothing_of_the_unit(cast: Cast, who: str) -> None:
    named(cast)
    visited(cast)
    client = cast.client(cast.people[who])
    assert client.get(reverse("readiness_page", args=[cast.disdukcapil.pk])).status_code == 404
    assert "Disdukcapil</a>" not in client.get(reverse("readiness_list")).content.decode()


def test_neither_the_book_nor_a_log_holds_a_name(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        respondent = named(cast)
        visited(cast)
        absence = actions.record_absence(
            respondent, days(1), days(9), Reason.LEAVE, by=cast.officer
        )
        quizzed(respondent, 5)
        actions.end_respondent(respondent, days(9), by=cast.officer)
    book = json.dumps(list(Entry.objects.values("event", "subject", "details")))
    # The database itself is spoken to with the name; its log is for developers alone.
    logged = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    for word in NAME.split():
        assert word not in book
        assert word not in logged
        assert word not in f"{respondent!r} {absence!r} {respondent} {absence}"


# ---- Queries -----------------------------------------------------------------------------------


def test_the_list_costs_no_more_for_many_units(cast: Cast) -> None:
    def enter(units: list[Organisation]) -> None:
        for unit in units:
            respondent = actions.name_respondent(
                unit, Function.HEAD, name="X", since=days(0), user=cast.officer, by=cast.organiser
            )
            quizzed(respondent, 5)
            actions.record_absence(respondent, days(1), days(5), Reason.DUTY, by=cast.organiser)

    visited(cast, where=cast.city)
    units = grown(cast, [cast.disdukcapil], 20)
    enter(units[:2])
    urls = [reverse("readiness_list"), reverse("readiness_page", args=[cast.disdukcapil.pk])]
    few = [len(queries_of(cast, cast.organiser, url)) for url in urls]
    enter(units[2:])
    assert [len(queries_of(cast, cast.organiser, url)) for url in urls] == few
    assert max(few) <= 12
