"""The city's figure, its target and its league table: true to the units, and to who looks."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Round
from hijau.reports.city import city_standing
from hijau.reports.on_paper import evaluation
from scoring.score import score_institution
from tests import cycle
from tests.cast import Cast


def test_the_citys_range_comes_from_unrounded_units(cast: Cast) -> None:
    """The mean of rounded ends can hide a category that is still possible."""
    opened = cast.open_round()
    for unit, by, skipped in (
        (cast.disdukcapil, cast.officer, 1),
        (cast.dinsos, cast.neighbour, 0),
    ):
        assessment = cast.assessment(opened, unit)
        for number, question in enumerate(assessment.required[skipped:]):
            actions.save_answer(assessment, question.code, Fraction(number * 7 % 6), by=by)
    kept = list(Assessment.objects.visible_to(cast.organiser).filter(round=opened))
    shown = city_standing(opened, kept)
    wanted = score_institution(
        opened.version.rule, [unit.score(unit.answers.all()) for unit in kept]
    )
    assert shown is not None
    assert wanted is not None
    assert (shown.low, shown.high, shown.band) == (wanted.low, wanted.high, "")
    assert [cut.code for cut in shown.possible] == [band.code for band in wanted.possible]


def test_an_agencys_own_target_is_not_shown_as_the_citys(cast: Cast) -> None:
    opened = cast.open_round()
    actions.set_target(
        cast.disdukcapil, version=opened.version, year=opened.year, floor="F", aim="E",
        by=cast.organiser,
    )  # fmt: skip
    kept = list(Assessment.objects.visible_to(cast.organiser).filter(round=opened))
    shown = city_standing(opened, kept)
    assert shown is not None
    assert shown.floor is None


def test_who_sees_a_part_is_shown_no_place(cast: Cast) -> None:
    """The first among those one may see is not the first of the city."""
    opened = cast.open_round("ombudsman/opini-2025", name="Opini")
    for unit, by, value in (
        (cast.disdukcapil, cast.officer, Fraction(100)),
        (cast.dinsos, cast.neighbour, Fraction(50)),
    ):
        cast.answer_all(cast.assessment(opened, unit), by, value)
    place = '<span class="place">1</span>'
    assert place in cast.client(cast.leader).get(reverse("league")).content.decode()
    assert place not in cast.client(cast.neighbour).get(reverse("league")).content.decode()


def test_a_round_that_is_still_to_come_does_not_stand_first(cast: Cast) -> None:
    running = cast.open_round(name="Berjalan")
    ahead = timezone.localdate() + dt.timedelta(days=300)
    Round.objects.filter(pk=cast.open_round(name="Mendatang").pk).update(
        year=ahead.year + 1, opens_on=ahead, closes_on=ahead, verify_until=ahead,
        object_until=ahead, conclude_by=ahead,
    )  # fmt: skip
    names = [one.name for one in Round.objects.newest_first()]
    assert names == ["Berjalan", "Mendatang"]
    page = cast.client(cast.leader).get(reverse("league")).content.decode()
    assert f'value="{running.pk}" selected' in page


def test_the_report_ranks_only_what_was_verified(cast: Cast) -> None:
    opened = cast.open_round(cycle.SHORT, name="Opini")
    sent = cast.assessment(opened, cast.disdukcapil)
    cast.answer_all(sent, cast.officer, Fraction(50))
    actions.submit_assessment(sent, by=cast.officer)
    for one in cycle.tasks(cast, sent):
        cycle.mark_all(one, 50)
        actions.complete_marks(one, by=one.verifier)
    actions.announce_result(cycle.fresh(cast, sent), by=cast.verifier)
    cast.answer_all(cast.assessment(opened, cast.dinsos), cast.neighbour, Fraction(100))

    form = dict.fromkeys(("number", "introduction", "notes"), "")
    form |= {"date": timezone.localdate(), "head": {}}
    told = evaluation(Round.objects.get(pk=opened.pk), cast.organiser, form)
    first, second = told["unit"]
    assert (first["nomor"], first["nama"]) == ("1", sent.title)
    assert (second["nomor"], second["kategori"], second["target"]) == ("–", "–", "–")
    assert told["ringkasan"][0] == {"angka": "1 dari 2", "arti": "unit terverifikasi"}
