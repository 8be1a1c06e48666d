"""Reminders: five, two and no working days before, and when late; each once, to those concerned."""

from __future__ import annotations

import datetime as dt
import threading
import time
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from hijau.accounts.models import User
from hijau.assessments import actions
from hijau.assessments.actions.reminders import remind
from hijau.assessments.models import Assessment, Round
from hijau.assessments.models.oversight import ProductKind
from hijau.assessments.models.readiness import Certainty
from hijau.lib.jobs import keep_looking
from hijau.notices.actions import deliver, tell
from hijau.notices.models import Notice
from tests import cycle
from tests.cast import Cast
from tests.samples import upload

MONDAY = dt.date(2026, 9, 7)
LAST = dt.date(2026, 9, 22)
"""A Tuesday, eleven working days later; no holiday lies between."""


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(dt.datetime(2026, 9, 7, 2, tzinfo=dt.UTC), tick=False) as found:
        yield found


def on(clock: Any, day: dt.date) -> int:
    """The reminders of a day, twice; how many were new the first time, and none the second."""
    clock.move_to(dt.datetime.combine(day, dt.time(2), dt.UTC))
    count = remind.call()
    assert remind.call() == 0, "the same reminder comes once"
    return count


def due_on(assessment: Assessment, day: dt.date = LAST) -> None:
    Round.objects.filter(pk=assessment.round_id).update(closes_on=day)


def subjects(user: User) -> list[str]:
    return list(Notice.objects.filter(person=user).order_by("pk").values_list("subject", flat=True))


def test_each_step_comes_once_on_its_day(cast: Cast, clock: Any) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    actions.ask_repair(one, {"input-nilai": "Lampirkan."}, by=cast.verifier)
    Round.objects.filter(pk=assessment.round_id).update(closes_on=MONDAY, verify_until=LAST)
    Notice.objects.all().delete()
    count = {}
    for number in range(1, 36):
        day = MONDAY + dt.timedelta(days=number)
        if day.weekday() < 5 and (new := on(clock, day)):
            count[day] = new
    assert count == {
        dt.date(2026, 9, 15): 1,  # five working days before
        dt.date(2026, 9, 18): 1,  # two
        LAST: 1,
        dt.date(2026, 9, 23): 1,  # late
        dt.date(2026, 9, 29): 1,  # and again after five working days
        dt.date(2026, 10, 6): 1,
    }
    told = Notice.objects.filter(person=cast.officer).order_by("pk")
    assert [one.subject.partition(":")[0] for one in told] == ["Pengingat"] * 3 + ["Terlambat"] * 3
    texts = [one.text for one in told]
    assert "Tenggatnya 22 September 2026, 5 hari kerja lagi" in texts[0]
    assert "hari ini hari terakhir" in texts[2]
    assert "terlambat 1 hari kerja" in texts[3]
    assert all(one.url.startswith("/penilaian/") for one in told)


def test_a_day_without_a_run_is_made_up_for(cast: Cast, clock: Any) -> None:
    due_on(cycle.drafted(cast))
    assert on(clock, dt.date(2026, 9, 16)) == 1, "the server stood still on the fifth day"
    assert on(clock, dt.date(2026, 9, 17)) == 0


def test_it_comes_in_the_platform_and_by_mail(
    cast: Cast, clock: Any, mailoutbox: list, django_capture_on_commit_callbacks: Any
) -> None:
    due_on(cycle.drafted(cast))
    before = DBTaskResult.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        on(clock, dt.date(2026, 9, 15))
    (job,) = DBTaskResult.objects.order_by("enqueued_at")[before:]
    deliver.call(*job.args_kwargs["args"])
    (letter,) = mailoutbox
    assert letter.to == [cast.officer.email]
    assert letter.subject == Notice.objects.get(person=cast.officer).subject
    page = cast.client(cast.officer).get(reverse("notice_list"))
    assert "Pengingat: Opini 2026 · Disdukcapil" in unescape(page.content.decode())


def test_nobody_else_and_nobody_who_left_is_told(cast: Cast, clock: Any) -> None:
    due_on(cycle.drafted(cast))
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert on(clock, dt.date(2026, 9, 15)) == 0
    assert not Notice.objects.exists()
    User.objects.filter(pk=cast.officer.pk).update(is_active=True)
    assert on(clock, dt.date(2026, 9, 15)) == 1
    assert set(Notice.objects.values_list("person", flat=True)) == {cast.officer.pk}


def test_what_is_done_is_not_reminded_of(cast: Cast, clock: Any) -> None:
    assessment = cycle.submitted(cast)
    due_on(assessment)
    cycle.tasks(cast, assessment)
    Notice.objects.all().delete()
    on(clock, dt.date(2026, 9, 15))
    assert subjects(cast.officer) == subjects(cast.organiser) == []


def test_a_window_that_is_moved_is_reminded_of_anew(cast: Cast, clock: Any) -> None:
    assessment = cycle.drafted(cast)
    due_on(assessment)
    assert on(clock, dt.date(2026, 9, 15)) == 1
    due_on(assessment, LAST + dt.timedelta(days=1))
    assert on(clock, dt.date(2026, 9, 16)) == 1


# ---- Weekly, and once a day ----------------------------------------------------------------------


def test_readiness_and_products_are_told_of_once_a_week(cast: Cast, clock: Any) -> None:
    visit = MONDAY + dt.timedelta(days=20)
    actions.record_visit(cast.disdukcapil, visit, Certainty.KNOWN, "Surat", by=cast.organiser)
    actions.record_product(
        cast.disdukcapil, ProductKind.SUGGESTION, number="1/2026", title="Saran",
        received_on=dt.date(2026, 1, 5), letter=upload("saran.pdf"), by=cast.organiser,
    )  # fmt: skip
    Notice.objects.all().delete()
    for day in (15, 16):  # the worker was away on Monday
        clock.move_to(dt.datetime(2026, 9, day, 2, tzinfo=dt.UTC))
        remind.call()
    told = subjects(cast.officer)
    assert sorted(told) == [
        "Batas waktu produk Ombudsman", "Kesiapan wawancara Ombudsman: Disdukcapil",
    ]  # fmt: skip
    assert subjects(cast.organiser).count("Kesiapan wawancara Ombudsman") == 1
    assert subjects(cast.stranger) == []
    clock.move_to(dt.datetime(2026, 9, 21, 2, tzinfo=dt.UTC))
    remind.call()
    assert len(subjects(cast.officer)) == 4, "and again the week after"


def jobs() -> int:
    return DBTaskResult.objects.filter(task_path__endswith="reminders.remind").count()


def test_the_reminders_are_queued_once_a_day(cast: Cast, clock: Any) -> None:
    cache.clear()
    assert [actions.remind_daily() for _ in range(3)] == [True, False, False]
    assert jobs() == 1
    clock.move_to(dt.datetime(2026, 9, 7, 16, 59, tzinfo=dt.UTC))
    assert not actions.remind_daily(), "still the same day in Sukabumi"
    clock.move_to(dt.datetime(2026, 9, 7, 17, 1, tzinfo=dt.UTC))
    assert actions.remind_daily()
    assert jobs() == 2


def test_a_day_whose_queue_did_not_answer_is_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()

    def fail(*_args: object) -> None:
        raise DatabaseError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(type(remind), "enqueue", fail)
        with pytest.raises(DatabaseError):
            actions.remind_daily()
    assert actions.remind_daily()


def test_the_duties_go_on_after_the_database_failed_once(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    done, turns = threading.Event(), []

    def duty() -> None:
        turns.append(threading.current_thread().name)
        if len(turns) == 1:
            raise DatabaseError("the server closed the connection")
        if len(turns) == 2:
            done.set()
        time.sleep(0.01 if len(turns) < 3 else 3600)  # a daemon: it ends with the tests

    keep_looking(duty, every=0.01)
    assert done.wait(10)
    assert turns[:2] == ["duties", "duties"]
    assert "trying again" in caplog.text


# ---- The page ------------------------------------------------------------------------------------


def test_one_reads_ones_own_notices_and_nobody_elses(cast: Cast) -> None:
    tell([cast.officer, cast.neighbour], "Untuk berdua", "Isi", url="/putaran/")
    tell([cast.neighbour], "Hanya tetangga", "Rahasia delima")
    client = cast.client(cast.officer)
    page = unescape(client.get(reverse("notice_list")).content.decode())
    assert "Untuk berdua" in page
    assert 'href="/putaran/"' in page
    assert "Hanya tetangga" not in page
    assert "Rahasia delima" not in page
    assert '<span class="bell-count">1</span>' in page
    assert client.get(reverse("mark_read")).status_code == 405
    assert client.post(reverse("mark_read"))["Location"] == reverse("notice_list")
    page = unescape(client.get(reverse("notice_list")).content.decode())
    assert "bell-count" not in page
    assert "is-unread" not in page
    assert Notice.objects.visible_to(cast.neighbour).unread().count() == 2
    read = Notice.objects.get(person=cast.officer)
    assert read.read_at == timezone.now()


def test_under_one_key_one_is_told_once(cast: Cast) -> None:
    assert tell([cast.officer], "A", "a", key="k") == 1
    assert tell([cast.officer, cast.neighbour], "A", "a", key="k") == 1
    assert tell([cast.officer], "A", "a") == tell([cast.officer], "A", "a") == 1
    assert Notice.objects.filter(person=cast.officer).count() == 3
