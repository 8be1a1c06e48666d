"""What a document carries: exactly what the figure would lose without it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.carrying import Load, loads, together
from hijau.assessments.models import Assessment, Document
from hijau.ui.figures import written
from scoring.instrument import LEAF_LEVEL
from scoring.score import score
from tests import cycle
from tests.cast import Cast
from tests.samples import pdf, upload

TODAY, DAY = timezone.localdate(), dt.timedelta(days=1)


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    found = cast.assessment(cast.open_round(), cast.disdukcapil)
    cast.answer_all(found, cast.officer)
    return cycle.fresh(cast, found)


def prove(cast: Cast, assessment: Assessment, title: str, *codes: str, **said: Any) -> Document:
    """A document under these indicators."""
    sent = upload(f"{title}.pdf", pdf(title))
    first, *rest = codes
    document = actions.attach_evidence(
        assessment, first, sent, by=cast.officer, title=title, **said
    ).document
    for code in rest:
        actions.link_evidence(assessment, code, document, by=cast.officer)
    return document


def carried(assessment: Assessment) -> dict[str, Load]:
    found = loads(assessment, assessment.evidence.current().with_names())
    return {load.document.title: load for load in found}


def low_end(assessment: Assessment, *lowest: str) -> Fraction:
    """The low end of the figure, scored anew with these indicators at their lowest level."""
    rule = assessment.instrument
    figures = {(LEAF_LEVEL, a.code): a.value for a in assessment.answers.all() if a.is_given}
    figures |= {(LEAF_LEVEL, code): rule.by_code[code].low for code in lowest}
    opened = assessment.round
    return score(
        rule, figures, form=opened.form or None, convention=opened.convention or None
    ).step.low


def test_a_document_carries_the_fall_of_the_figure_without_it(
    cast: Cast, assessment: Assessment
) -> None:
    one, two, three = "1.a.Ak", "2.a.P", "4.a.K"
    prove(cast, assessment, "SK", one, two)
    prove(cast, assessment, "Notulen", three)
    whole, found = low_end(assessment), carried(assessment)
    assert found["SK"].points == whole - low_end(assessment, one, two)
    assert found["Notulen"].points == whole - low_end(assessment, three)
    assert found["SK"].points > 0
    assert found["SK"].codes == found["SK"].alone == (one, two)


@pytest.mark.parametrize(
    ("identifier", "claim"), [("ombudsman/opini-2022", None), (cycle.SHORT, Fraction("71.25"))]
)
def test_it_holds_for_every_instrument(cast: Cast, identifier: str, claim: Fraction | None) -> None:
    assessment = cycle.drafted(cast, identifier=identifier)
    cast.answer_all(assessment, cast.officer, claim)
    assessment = cycle.fresh(cast, assessment)
    for question in assessment.required[:4]:
        prove(cast, assessment, f"Bukti {question.code}", question.code)
    for load in carried(assessment).values():
        assert load.points == low_end(assessment) - low_end(assessment, *load.codes)


def test_two_documents_at_one_indicator_carry_nothing_alone(
    cast: Cast, assessment: Assessment
) -> None:
    prove(cast, assessment, "SK", "1.a.Ak")
    prove(cast, assessment, "Notulen", "1.a.Ak")
    for load in carried(assessment).values():
        assert (load.codes, load.alone) == (("1.a.Ak",), ())
        assert load.points == 0


def test_of_a_shared_and_an_own_indicator_only_the_own_one_counts(
    cast: Cast, assessment: Assessment
) -> None:
    prove(cast, assessment, "SK", "1.a.Ak", "2.a.P")
    prove(cast, assessment, "Notulen", "1.a.Ak")
    found = carried(assessment)
    assert found["SK"].alone == ("2.a.P",)
    assert found["SK"].points == low_end(assessment) - low_end(assessment, "2.a.P")
    assert found["Notulen"].points == 0


def test_what_is_withdrawn_leaves_the_other_alone(cast: Cast, assessment: Assessment) -> None:
    prove(cast, assessment, "SK", "1.a.Ak")
    document = prove(cast, assessment, "Notulen", "1.a.Ak")
    actions.withdraw_evidence(document.uses.get(), by=cast.officer)
    found = carried(assessment)
    assert set(found) == {"SK"}
    assert found["SK"].points == low_end(assessment) - low_end(assessment, "1.a.Ak") > 0


def test_an_indicator_without_an_answer_or_at_its_lowest_carries_nothing(
    cast: Cast, assessment: Assessment
) -> None:
    actions.save_answer(assessment, "1.a.Ak", None, by=cast.officer)
    actions.save_answer(assessment, "2.a.P", Fraction(0), by=cast.officer)
    prove(cast, assessment, "SK", "1.a.Ak", "2.a.P")
    load = carried(cycle.fresh(cast, assessment))["SK"]
    assert load.alone == ("1.a.Ak", "2.a.P")
    assert load.points == 0


def test_after_the_verification_it_is_the_verified_figure_that_falls(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    cast.answer_all(assessment, cast.officer, Fraction(90))
    code = assessment.required[0].code
    prove(cast, assessment, "SK", code)
    before = carried(cycle.fresh(cast, assessment))["SK"].points
    actions.submit_assessment(assessment, by=cast.officer)
    one, two = cycle.tasks(cast, assessment)
    for task in (one, two):
        cycle.mark_all(task, 45)
        actions.complete_marks(task, by=task.verifier)
    actions.announce_result(cycle.fresh(cast, assessment), by=cast.verifier)
    assert carried(cycle.fresh(cast, assessment))["SK"].points == before / 2 > 0


def test_the_heaviest_document_comes_first_and_equals_by_title(
    cast: Cast, assessment: Assessment
) -> None:
    prove(cast, assessment, "C ringan", "1.a.Ak")
    prove(cast, assessment, "B tanpa beban", "2.a.P")
    prove(cast, assessment, "A tanpa beban", "2.a.P")
    prove(cast, assessment, "D berat", "4.a.K", *(q.code for q in assessment.required[5:12]))
    found = loads(assessment, assessment.evidence.current().with_names())
    titles = [load.document.title for load in found]
    assert titles == ["D berat", "C ringan", "A tanpa beban", "B tanpa beban"]


def test_loads_of_two_scales_are_compared_by_their_share(
    cast: Cast, assessment: Assessment
) -> None:
    """One point of five weighs more than five points of a hundred."""
    opened = cast.open_round(cycle.SHORT, [cast.disdukcapil], name="Opini")
    opinion = cast.assessment(opened, cast.disdukcapil)
    document = Document(title="SK")
    of_five = Load(document, assessment, (), (), Fraction(1))
    of_hundred = Load(document, opinion, (), (), Fraction(5))
    assert assessment.instrument.publish.high == 5
    assert opinion.instrument.publish.high == 100
    assert together([of_hundred, of_five]) == [of_five, of_hundred]


# ---- The page of the vault -----------------------------------------------------------------------


def lists(cast: Cast, assessment: Assessment) -> tuple[str, str]:
    """The lists “most decisive” and “when they expire” of the vault's page."""
    response = cast.client(cast.officer).get(reverse("vault", args=[assessment.unit_id]))
    page = response.content.decode()
    decisive, _, rest = page.partition("Bila kedaluwarsa")
    return decisive.partition("Paling menentukan")[2], rest.partition("Semua dokumen")[0]


def test_the_vault_says_what_carries_most_and_what_expires_first(
    cast: Cast, assessment: Assessment
) -> None:
    later, sooner = TODAY + 90 * DAY, TODAY + 20 * DAY
    codes = [question.code for question in assessment.required[4:10]]
    prove(cast, assessment, "Berat kemudian", *codes, valid_until=later)
    prove(cast, assessment, "Ringan dahulu", "1.a.Ak", valid_until=sooner)
    prove(cast, assessment, "Sudah lewat", "4.a.K", valid_until=TODAY - DAY)
    prove(cast, assessment, "Tanpa batas", "2.a.P")
    decisive, expiring = lists(cast, assessment)

    points = {title: load.points for title, load in carried(assessment).items()}
    order = sorted(points, key=lambda title: -points[title])
    assert order[0] == "Berat kemudian"
    places = [decisive.index(title) for title in order]
    assert places == sorted(places)
    for title in order:
        assert f"−{written(points[title])}" in decisive

    places = [expiring.index(one) for one in ("Sudah lewat", "Ringan dahulu", "Berat kemudian")]
    assert places == sorted(places)
    assert "kedaluwarsa" in expiring
    assert "Tanpa batas" not in expiring


def test_of_one_day_the_heavier_expiry_comes_first(cast: Cast, assessment: Assessment) -> None:
    end = TODAY + 30 * DAY
    prove(cast, assessment, "A ringan", "1.a.Ak", valid_until=end)
    codes = [question.code for question in assessment.required[4:10]]
    prove(cast, assessment, "B berat", *codes, valid_until=end)
    _decisive, expiring = lists(cast, assessment)
    assert expiring.index("B berat") < expiring.index("A ringan")


def test_what_carries_nothing_alone_is_on_neither_list(cast: Cast, assessment: Assessment) -> None:
    for title in ("Satu", "Dua"):
        prove(cast, assessment, title, "1.a.Ak", valid_until=TODAY + DAY)
    decisive, expiring = lists(cast, assessment)
    assert "Satu" not in decisive + expiring
    assert "Dua" not in decisive + expiring


def test_a_closed_round_weighs_no_more(cast: Cast, assessment: Assessment) -> None:
    prove(cast, assessment, "SK", "1.a.Ak", valid_until=TODAY + DAY)
    actions.close_round(assessment.round, by=cast.organiser)
    response = cast.client(cast.officer).get(reverse("vault", args=[assessment.unit_id]))
    page = response.content.decode()
    assert "Paling menentukan" not in page
    assert "SK" in page
