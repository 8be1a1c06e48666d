"""Submitting a self-assessment: complete, once, and told to the organiser."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import Assessment, Status
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from tests.cast import Cast, gather

CODE = "1.a.Ak"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


def submit(cast: Cast, assessment: Assessment) -> Any:
    return cast.client(cast.officer).post(reverse("submit", args=[assessment.pk]))


def test_it_refuses_while_something_is_unanswered_and_says_how_much(
    cast: Cast, assessment: Assessment
) -> None:
    for question in assessment.required[2:]:
        actions.save_answer(assessment, question.code, question.high, by=cast.officer)
    response = submit(cast, assessment)
    assert response.status_code == 409
    assert "2 indikator belum dijawab" in unescape(response.content.decode())
    with pytest.raises(Refused) as refusal:
        actions.submit_assessment(assessment, by=cast.officer)
    assert refusal.value.items == list(assessment.required[:2])
    assessment.refresh_from_db()
    assert assessment.status == Status.DRAFT


def test_a_cleared_answer_is_an_unanswered_one(cast: Cast, assessment: Assessment) -> None:
    cast.answer_all(assessment, cast.officer)
    actions.save_answer(assessment, CODE, None, by=cast.officer)
    assert "1 indikator belum dijawab" in unescape(submit(cast, assessment).content.decode())


def test_what_users_are_asked_may_be_missing_and_the_score_stays_a_range(
    cast: Cast, assessment: Assessment
) -> None:
    cast.answer_all(assessment, cast.officer)
    assert submit(cast, assessment).status_code == 302
    assessment.refresh_from_db()
    assert assessment.status == Status.SUBMITTED
    assert assessment.submitted_by == cast.officer
    assert assessment.value is None
    assert assessment.low < assessment.high == 5  # type: ignore[operator]


def test_the_count_of_answers_leaves_cleared_ones_out(cast: Cast, assessment: Assessment) -> None:
    cast.answer_all(assessment, cast.officer)
    for value in (assessment.questions[-1].high, None):
        actions.save_answer(assessment, assessment.questions[-1].code, value, by=cast.officer)
    submit(cast, assessment)
    assessment.refresh_from_db()
    assert assessment.answered == len(assessment.required)


def test_it_is_frozen_afterwards(cast: Cast, assessment: Assessment) -> None:
    cast.answer_all(assessment, cast.officer)
    submit(cast, assessment)
    again = submit(cast, assessment)
    assert again.status_code == 409
    assert "sudah dikirim" in unescape(again.content.decode())
    page = cast.client(cast.officer).get(reverse("answer_page", args=[assessment.pk]))
    text = unescape(page.content.decode())
    assert "Jawaban tidak dapat diubah lagi" in text
    assert 'action="' + reverse("submit", args=[assessment.pk]) not in text
    assert 'type="file"' not in text


def test_a_closed_round_takes_no_submission(cast: Cast, assessment: Assessment) -> None:
    cast.answer_all(assessment, cast.officer)
    actions.close_round(assessment.round, by=cast.organiser)
    response = submit(cast, assessment)
    assert (response.status_code, "tidak sedang dibuka" in response.content.decode()) == (409, True)


def test_the_outside_assessor_sees_it_only_once_it_is_submitted(
    cast: Cast, assessment: Assessment
) -> None:
    page = reverse("proof_page", args=[assessment.pk])
    assert cast.client(cast.assessor).get(page).status_code == 404
    cast.answer_all(assessment, cast.officer)
    submit(cast, assessment)
    assert cast.client(cast.assessor).get(page).status_code == 200


def test_it_is_written_in_the_book(cast: Cast, assessment: Assessment) -> None:
    cast.answer_all(assessment, cast.officer)
    submit(cast, assessment)
    entry = Entry.objects.get(event="assessment.submitted")
    assert entry.subject == f"assessments.assessment:{assessment.pk}"
    assert entry.actor == cast.officer.pk
    assert entry.details == {"answers": len(assessment.required), "again": False}


@pytest.mark.django_db(transaction=True)
def test_the_organiser_gets_an_email_through_the_queue() -> None:
    cast = gather()
    assessment = cast.assessment(cast.open_round(), cast.disdukcapil)
    cast.answer_all(assessment, cast.officer)
    submit(cast, assessment)
    assert mail.outbox == []
    job = DBTaskResult.objects.get()
    assert cast.organiser.email not in str(job.args_kwargs)

    call_command("db_worker", "--no-reload", "--verbosity=0", "--batch", "--no-startup-delay")
    (letter,) = mail.outbox
    assert letter.to == [cast.organiser.email]
    assert letter.subject == "Disdukcapil mengirim penilaian mandiri"
    assert "PEKPPP Mandiri" in letter.body

    call_command("db_worker", "--no-reload", "--verbosity=0", "--batch", "--no-startup-delay")
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_refused_submission_queues_nothing() -> None:
    cast = gather()
    assessment = cast.assessment(cast.open_round(), cast.disdukcapil)
    assert submit(cast, assessment).status_code == 409
    assert not DBTaskResult.objects.exists()


def test_only_those_who_hold_the_role_today_are_told(cast: Cast) -> None:
    from hijau.accounts.models import User

    assert list(User.objects.holding(Role.ORGANISER, cast.city)) == [cast.organiser]
    User.objects.filter(pk=cast.organiser.pk).update(is_active=False)
    assert not User.objects.holding(Role.ORGANISER, cast.city).exists()
