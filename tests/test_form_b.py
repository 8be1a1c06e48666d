"""PEKPPP form B: item weights are not published, so the figures of the aspects are asked instead."""

from __future__ import annotations

import io
import uuid
from fractions import Fraction
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Perception, Via
from scoring.workbook.reading import read_workbook
from tests.cast import Cast

ASPECTS = {
    "aspek:kebijakan": "4", "aspek:sdm": "4", "aspek:sarpras": "4.5", "aspek:sipp": "5",
    "aspek:pengaduan": "3", "aspek:inovasi": "4",
}  # fmt: skip


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    today = timezone.localdate()
    opened = actions.open_round(
        cast.city, cast.version("pekppp/pedoman-2022"), [cast.disdukcapil], name="Daring",
        year=today.year, opens_on=today, closes_on=today, form="B", minimum_respondents=5,
        by=cast.organiser,
    )  # fmt: skip
    return cast.assessment(opened, cast.disdukcapil)


def test_it_is_offered_when_a_round_is_opened(cast: Cast) -> None:
    page = cast.client(cast.organiser).get(reverse("open_round")).content.decode()
    assert f'value="{cast.version("pekppp/pedoman-2022").pk}:B"' in page


def test_six_aspects_and_users_make_the_published_example(
    cast: Cast, assessment: Assessment
) -> None:
    """The instrument's own case: 4.13, A−; users' mean of 4.2 comes from five respondents."""
    for code, value in ASPECTS.items():
        actions.save_answer(assessment, code, Fraction(value), by=cast.officer)
    perception = Perception.objects.get(assessment=assessment)
    for number in range(5):
        given = {q.code: 5 if number == 0 else 4 for q in assessment.asked_of_users}
        actions.give_perception(perception, given, key=uuid.uuid4(), via=Via.LINK)
    now = cast.assessment(assessment.round, cast.disdukcapil)
    assert (now.value, now.band) == (Fraction("4.13"), "A-")
    assert now.parts["aspek:sarpras"][0] == "4.5"
    actions.submit_assessment(now, by=cast.officer)


def test_the_page_asks_for_the_aspects_and_says_why(cast: Cast, assessment: Assessment) -> None:
    url = reverse("answer_page", args=[assessment.pk])
    page = unescape(cast.client(cast.officer).get(url).content.decode())
    assert "Bobot butir di bawahnya tidak diterbitkan" in page
    assert 'id="aspek:kebijakan"' in page
    assert 'id="1.a.Ak"' not in page
    save = reverse("save_answer", args=[assessment.pk, "aspek:sdm"])
    assert cast.client(cast.officer).post(save, {"value": "3,75"}).status_code == 302
    assert assessment.answers.get().value == Fraction("3.75")


def test_its_workbook_brings_the_same_answers_back(cast: Cast, assessment: Assessment) -> None:
    actions.save_answer(assessment, "aspek:sdm", Fraction("3.75"), by=cast.officer)
    url = reverse("workbook", args=[assessment.pk])
    content = cast.client(cast.officer).get(url).content
    filled = read_workbook(io.BytesIO(content), assessment.instrument, form="B")
    assert filled.answers == {"aspek:sdm": Fraction("3.75")}
