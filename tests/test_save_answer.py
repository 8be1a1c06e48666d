"""Saving one answer: at once, scored, and never over a colleague's."""

from __future__ import annotations

import datetime as dt
import re
import threading
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import Answer, Assessment, Round
from hijau.audit.book import verify
from hijau.audit.models import Chain
from hijau.instruments.actions import add_instrument
from hijau.lib.refused import Refused
from tests.cast import Cast, gather
from tests.test_instruments_in_platform import OWN

CODE, OTHER, FIGURE = "1.a.Ak", "2.a.P", "f03a-1"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


def post(client: Client, assessment: Assessment, code: str, htmx: bool = True, **data: str) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    url = reverse("save_answer", args=[assessment.pk, code])
    return client.post(url, data, headers=headers)


def page(response: Any) -> str:
    return unescape(response.content.decode())


def colleague(cast: Cast) -> User:
    return give_role("rekan@contoh.go.id", "Rekan", Role.OFFICER, cast.disdukcapil, by=None).user


def test_it_is_saved_at_once_and_scored(cast: Cast, assessment: Assessment) -> None:
    assert assessment.low is None
    post(cast.client(cast.officer), assessment, CODE, value="5")
    saved = Answer.objects.get(assessment=assessment, code=CODE)
    assert (saved.value, saved.version, saved.by) == (5, 1, cast.officer)
    assessment.refresh_from_db()
    answers = list(assessment.answers.all())
    score = assessment.score(answers)
    assert assessment.answered == 1
    assert (assessment.low, assessment.high, assessment.value) == (score.low, score.high, None)
    assert 0 < assessment.low < assessment.high <= 5  # type: ignore[operator]


def test_a_full_form_has_a_value_and_a_category(cast: Cast, assessment: Assessment) -> None:
    for question in assessment.questions:
        actions.save_answer(assessment, question.code, question.high, by=cast.officer)
    assessment.refresh_from_db()
    assert (assessment.value, assessment.band, assessment.answered) == (5, "A", 45)


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        (CODE, "6", "harus dari 0 sampai 5"),
        (CODE, "-1", "harus dari 0 sampai 5"),
        (CODE, "3,5", "paling banyak 0 angka di belakang koma"),
        (CODE, "banyak", "“banyak” bukan angka"),
        (CODE, "1,2,3", "bukan angka"),
        (CODE, "=1+1", "tampak seperti rumus"),
        (CODE, "nan", "bukan angka"),
        (CODE, "1e3", "bukan angka"),
        (CODE, "٣", "bukan angka"),
        (CODE, "9" * 41, "40"),
        (CODE, "N/A", "Tidak berlaku"),
        (FIGURE, "3.12345", "paling banyak 4 angka di belakang koma"),
        (FIGURE, "5.0001", "harus dari 0 sampai 5"),
        ("tidak-ada", "3", "tidak ada pada instrumen ini"),
    ],
)
def test_it_refuses_what_is_no_answer_and_keeps_nothing(
    cast: Cast, assessment: Assessment, code: str, value: str, sentence: str
) -> None:
    response = post(cast.client(cast.officer), assessment, code, value=value)
    assert response.status_code == 409
    assert sentence in page(response)
    assert not assessment.answers.exists()
    assessment.refresh_from_db()
    assert (assessment.answered, assessment.low) == (0, None)


@pytest.mark.parametrize(
    ("typed", "kept"), [("4,25", "4.25"), ("4.25", "4.25"), (" 4,125 ", "4.125")]
)
def test_a_decimal_comma_is_read_as_people_write_it(
    cast: Cast, assessment: Assessment, typed: str, kept: str
) -> None:
    assert post(cast.client(cast.officer), assessment, FIGURE, value=typed).status_code == 200
    assert assessment.answers.get().value == Fraction(kept)


def test_a_colleagues_newer_answer_is_not_overwritten(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    post(client, assessment, CODE, value="2", seen="0")
    other = Client()
    other.force_login(colleague(cast))
    assert post(other, assessment, CODE, value="3", seen="1").status_code == 200

    response = post(client, assessment, CODE, value="5", seen="1")
    assert response.status_code == 409
    chosen = next(
        option.text.id
        for option in assessment.instrument.by_code[CODE].options
        if option.value == 3
    )
    assert f"{CODE} sudah diisi di tempat lain: “{chosen}”" in page(response)
    answer = assessment.answers.get()
    assert (answer.value, answer.version) == (3, 2)


def test_a_colleagues_not_applicable_is_not_overwritten_by_clearing(
    cast: Cast, assessment: Assessment
) -> None:
    Answer.objects.create(
        assessment=assessment, code=CODE, not_applicable=True, version=2, by=colleague(cast)
    )
    with pytest.raises(Refused, match="tidak berlaku"):
        actions.save_answer(assessment, CODE, None, seen=1, by=cast.officer)


def test_two_colleagues_who_say_the_same_do_not_disturb_each_other(
    cast: Cast, assessment: Assessment
) -> None:
    actions.save_answer(assessment, CODE, Fraction(4), seen=0, by=colleague(cast))
    assert post(cast.client(cast.officer), assessment, CODE, value="4", seen="0").status_code == 200


def test_clearing_takes_the_answer_and_its_score_away(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    post(client, assessment, CODE, value="5")
    post(client, assessment, CODE, value="")
    assessment.refresh_from_db()
    answer = assessment.answers.get()
    assert (answer.value, answer.version, answer.is_given) == (None, 2, False)
    assert (assessment.answered, assessment.low) == (0, 0)


def test_not_applicable_moves_the_weight_where_the_instrument_says_so(
    cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "uji.yaml"
    file.write_text(OWN, encoding="utf-8")
    version = add_instrument(file, cast.city, by=cast.administrator)
    today = timezone.localdate()
    opened = actions.open_round(
        cast.city,
        version,
        [cast.disdukcapil],
        name="Uji",
        year=today.year,
        opens_on=today,
        closes_on=today,
        by=cast.organiser,
    )
    assessment = cast.assessment(opened, cast.disdukcapil)
    post(cast.client(cast.officer), assessment, "satu", value="3")
    assert post(cast.client(cast.officer), assessment, "dua", value="N/A").status_code == 200
    assessment.refresh_from_db()
    assert (assessment.value, assessment.answered) == (3, 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"closed_at": timezone.now()}, "tidak sedang dibuka"),
        (
            {"opens_on": dt.date(2020, 1, 1), "closes_on": dt.date(2020, 2, 1)},
            "tidak sedang dibuka",
        ),
        (
            dict.fromkeys(
                ("opens_on", "closes_on", "verify_until", "object_until", "conclude_by"),
                dt.date(2999, 1, 1),
            ),
            "tidak sedang dibuka",
        ),
    ],
)
def test_a_round_that_is_not_open_takes_no_answer(
    cast: Cast, assessment: Assessment, change: dict[str, Any], sentence: str
) -> None:
    Round.objects.filter(pk=assessment.round_id).update(**change)
    response = post(cast.client(cast.officer), assessment, CODE, value="3")
    assert (response.status_code, sentence in page(response)) == (409, True)
    assert not assessment.answers.exists()


def test_a_submitted_assessment_takes_no_answer(cast: Cast, assessment: Assessment) -> None:
    cast.answer_all(assessment, cast.officer)
    actions.submit_assessment(assessment, by=cast.officer)
    response = post(cast.client(cast.officer), assessment, CODE, value="0")
    assert response.status_code == 409
    assert "sudah dikirim" in page(response)
    assert assessment.answers.get(code=CODE).value == 5


def test_htmx_gets_the_new_score_and_the_new_version(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    post(client, assessment, CODE, value="5", seen="0")
    response = post(client, assessment, CODE, value="4", seen="1")
    text = page(response)
    hidden = re.findall(r'<input type="hidden" name="seen"[^>]*>', text)
    assert len(hidden) == 2, "of the answer, and of its facts"
    assert all('value="2"' in one for one in hidden)
    assert 'id="standing"' in text
    assert "Tersimpan" in text
    assert "<html" not in text
    score = assessment.score(assessment.answers.all())
    assert f"{float(score.low):.2f}".replace(".", ",") in text


def test_without_javascript_it_leads_back_to_the_indicator(
    cast: Cast, assessment: Assessment
) -> None:
    response = post(cast.client(cast.officer), assessment, CODE, htmx=False, value="5", seen="0")
    page_url = reverse("answer_page", args=[assessment.pk])
    assert response["Location"] == f"{page_url}#{CODE}"
    text = page(cast.client(cast.officer).get(page_url))
    assert f"Jawaban {CODE} tersimpan" in text
    assert re.search(r'name="value" value="5" checked', text)


def test_without_javascript_a_refusal_is_said_on_the_page_it_came_from(
    cast: Cast, assessment: Assessment
) -> None:
    page_url = reverse("answer_page", args=[assessment.pk])
    client = cast.client(cast.officer)
    response = client.post(
        reverse("save_answer", args=[assessment.pk, CODE]),
        {"value": "6"},
        headers={"Referer": f"http://testserver{page_url}"},
    )
    assert response.status_code == 302
    assert "harus dari 0 sampai 5" in page(client.get(response["Location"]))


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_the_same_time_lose_nothing() -> None:
    cast = gather()
    assessment = cast.assessment(cast.open_round(), cast.disdukcapil)
    two = [cast.officer, colleague(cast)]
    codes = [question.code for question in assessment.required]
    halves = [codes[0::2], codes[1::2]]
    before = Chain.objects.get(name=cast.city.book).length
    together = threading.Barrier(2)
    faults: list[BaseException] = []

    def answer(user: User, mine: list[str]) -> None:
        try:
            own = cast.assessment(Round.objects.get(), cast.disdukcapil)
            together.wait(10)
            for code in mine:
                actions.save_answer(own, code, Fraction(4), by=user, seen=0)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer, args=pair) for pair in zip(two, halves, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not faults
    assert {a.code: a.value for a in assessment.answers.all()} == dict.fromkeys(codes, Fraction(4))
    assessment.refresh_from_db()
    score = assessment.score(assessment.answers.all())
    assert (assessment.answered, assessment.low, assessment.high) == (
        len(codes), score.low, score.high,
    )  # fmt: skip
    chain = Chain.objects.get(name=cast.city.book)
    assert chain.length == before + len(codes)
    assert list(verify(chain)) == []


@pytest.mark.django_db(transaction=True)
def test_two_officers_on_the_same_indicator_one_wins_and_the_other_is_told() -> None:
    cast = gather()
    assessment = cast.assessment(cast.open_round(), cast.disdukcapil)
    together = threading.Barrier(2)
    outcome: dict[int, str] = {}

    def answer(user: User, value: int) -> None:
        own = cast.assessment(Round.objects.get(), cast.disdukcapil)
        together.wait(10)
        try:
            actions.save_answer(own, CODE, Fraction(value), by=user, seen=0)
            outcome[value] = "saved"
        except Refused as refusal:
            outcome[value] = refusal.sentence
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=answer, args=pair)
        for pair in ((cast.officer, 2), (colleague(cast), 5))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (winner,) = [value for value, said in outcome.items() if said == "saved"]
    (told,) = [said for said in outcome.values() if said != "saved"]
    assert "sudah diisi di tempat lain" in told
    assert assessment.answers.get().value == winner
