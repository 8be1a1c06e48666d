"""The quiz before the Ombudsman's interviews: cited questions, fair choice, one personal link."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import Any

import pytest
import yaml
from django.core import mail, signing
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from hijau.assessments import actions, links
from hijau.assessments.links import fingerprint, quiz_token, respondent_of
from hijau.assessments.models import KeyRespondent, Sitting
from hijau.assessments.models.readiness import Function
from hijau.assessments.quiz import FILE, Question, ombudsman_quiz
from hijau.audit.models import Entry
from tests.cast import Cast

QUIZ = ombudsman_quiz()
each_question = pytest.mark.parametrize("question", QUIZ.questions, ids=lambda q: q.code)


# ---- The questions -----------------------------------------------------------------------------


@each_question
def test_every_question_cites(question: Question) -> None:
    addresses = QUIZ.addresses(question.fact)
    assert addresses
    assert all(address.startswith(("https://", "http://")) for address in addresses)


@each_question
def test_every_question_speaks_both_languages_and_has_one_right_answer(question: Question) -> None:
    texts = [question.ask, question.why, *question.choices]
    assert all(text.id and text.en for text in texts)
    assert len(question.choices) >= 3
    assert len({text.id for text in question.choices}) == len(question.choices)
    assert len({text.en for text in question.choices}) == len(question.choices)


def test_every_source_is_used() -> None:
    used = {name for question in QUIZ.questions for name in question.fact.sources}
    assert set(QUIZ.sources) == used | set(QUIZ.fact.sources)


def test_there_are_about_thirty_questions_on_every_topic() -> None:
    counted = Counter(question.topic for question in QUIZ.questions)
    assert sum(counted.values()) >= 30
    assert set(counted) == {topic.code for topic in QUIZ.topics}
    assert min(counted.values()) >= 5


def test_the_right_answer_is_the_one_that_the_file_calls_right() -> None:
    rows = {row["code"]: row for row in yaml.safe_load(FILE.read_text("utf-8"))["questions"]}
    for question in QUIZ.questions:
        assert question.choices[Question.RIGHT].id == rows[question.code]["right"]["id"]


@given(st.text())
def test_a_sheet_is_fair_to_every_topic(seed: str) -> None:
    sheet = QUIZ.sheet(seed)
    assert sheet == QUIZ.sheet(seed)
    asked = [question.code for question, _order in sheet.questions]
    assert len(asked) == len(set(asked)) == 10
    counted = Counter(question.topic for question, _order in sheet.questions)
    assert set(counted) == {topic.code for topic in QUIZ.topics}
    assert max(counted.values()) - min(counted.values()) <= 1
    assert all(sorted(order) == list(range(len(q.choices))) for q, order in sheet.questions)


def test_the_right_answer_does_not_stand_at_one_place() -> None:
    places = {
        order.index(Question.RIGHT) for n in range(20) for _q, order in QUIZ.sheet(str(n)).questions
    }
    assert len(places) > 2


# ---- The link ----------------------------------------------------------------------------------


@pytest.fixture
def respondent(cast: Cast) -> KeyRespondent:
    return actions.name_respondent(
        cast.disdukcapil,
        Function.HEAD,
        name="Ningsih Puspa",
        since=timezone.localdate(),
        by=cast.officer,
    )


def page(cast: Cast, token: str) -> Any:
    return cast.client(None).get(reverse("quiz", args=[token]))


def right_answers(token: str) -> dict[str, int]:
    questions = QUIZ.sheet(fingerprint(token)).questions
    return {question.code: Question.RIGHT for question, _order in questions}


def test_a_respondent_without_an_account_takes_it_and_sees_at_once_what_was_right(
    cast: Cast, respondent: KeyRespondent
) -> None:
    token = quiz_token(respondent)
    url = reverse("quiz", args=[token])
    answers = right_answers(token)
    assert page(cast, token).content.decode().count("<fieldset") == 10
    wrong = next(iter(answers))
    response = cast.client(None).post(url, answers | {wrong: 1}, follow=True)
    text = unescape(response.content.decode())
    assert "9 dari 10 benar" in text
    assert QUIZ.by_code[wrong].choices[0].id in text
    assert all(QUIZ.by_code[code].why.id in text for code in answers)
    sitting = Sitting.objects.get()
    assert (sitting.right, sitting.asked) == (9, 10)
    assert [a["question"] for a in sitting.answers if not a["right"]] == [wrong]


def test_the_pages_behind_the_link_tell_no_name(cast: Cast, respondent: KeyRespondent) -> None:
    token = quiz_token(respondent)
    before = page(cast, token)
    cast.client(None).post(reverse("quiz", args=[token]), right_answers(token))
    for response in (before, page(cast, token)):
        assert response.status_code == 200
        assert "Ningsih" not in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        links_on_it = set(re.findall(r'href="(/[^"]*)"', response.content.decode()))
        assert {link for link in links_on_it if not link.startswith("/static/")} == {"/"}


def test_a_link_serves_once(cast: Cast, respondent: KeyRespondent) -> None:
    token = quiz_token(respondent)
    url = reverse("quiz", args=[token])
    cast.client(None).post(url, right_answers(token) | {next(iter(right_answers(token))): 2})
    again = cast.client(None).post(url, right_answers(token))
    assert "9 dari 10 benar" in again.content.decode()
    assert Sitting.objects.get().right == 9


def test_what_is_left_open_is_not_kept_as_wrong(cast: Cast, respondent: KeyRespondent) -> None:
    token = quiz_token(respondent)
    answers = right_answers(token)
    answers.pop(next(iter(answers)))
    response = cast.client(None).post(reverse("quiz", args=[token]), answers)
    assert response.status_code == 422
    assert "belum dijawab" in response.content.decode()
    assert not Sitting.objects.exists()


@pytest.mark.parametrize("change", ["altered", "foreign", "old", "ended", "nonsense"])
def test_no_other_link_opens_anything(
    cast: Cast, respondent: KeyRespondent, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = quiz_token(respondent)
    assert respondent_of(token) == respondent
    match change:
        case "altered":
            token = token[:-1] + ("a" if token[-1] != "a" else "b")
        case "foreign":
            token = signing.dumps(respondent.pk, salt="something else")
        case "old":
            monkeypatch.setattr(links, "DAYS", -1)
        case "ended":
            KeyRespondent.objects.update(since="2020-01-01", until="2020-01-02")
        case "nonsense":
            token = "x"
    response = page(cast, token)
    assert response.status_code == 404
    assert "Disdukcapil" not in response.content.decode()
    assert cast.client(None).post(reverse("quiz", args=[token]), {}).status_code == 404


def test_the_book_is_told_that_it_was_taken_and_not_how_it_went(
    cast: Cast, respondent: KeyRespondent
) -> None:
    token = quiz_token(respondent)
    cast.client(None).post(reverse("quiz", args=[token]), right_answers(token))
    entry = Entry.objects.get(event="quiz.taken")
    assert entry.actor is None
    assert entry.details == {"asked": 10, "sitting": Sitting.objects.get().pk}
    assert not mail.outbox


def test_it_is_in_english_for_who_wants_it(cast: Cast, respondent: KeyRespondent) -> None:
    client = cast.client(None)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    token = quiz_token(respondent)
    text = unescape(page(cast, token).content.decode())
    translation.activate("id")
    assert all(QUIZ.by_code[code].ask.en in text for code in right_answers(token))
