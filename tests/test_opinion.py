"""Which opinion would we get today: two axes, nothing guessed, and what would change it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Product, Round
from hijau.assessments.models.oversight import ProductKind
from hijau.instruments.models import Version
from hijau.reports.opinion import Opinion, opinion_of
from tests.cast import Cast
from tests.samples import pdf
from tests.test_queries import grown
from tests.test_queries import page as queries_of

INSTRUMENT = "ombudsman/opini-2025"
DIMENSIONS = ("input-nilai", "proses-nilai", "output-nilai", "pengaduan-nilai")


@pytest.fixture
def opened(cast: Cast) -> Round:
    return cast.open_round(INSTRUMENT, name="Taksiran")


def answered(cast: Cast, opened: Round, figure: str, trust: str | None = None) -> None:
    """Both units get the same figure in each dimension, so that unknown weights do not matter."""
    for unit, by in ((cast.disdukcapil, cast.officer), (cast.dinsos, cast.neighbour)):
        assessment = cast.assessment(opened, unit)
        for code in DIMENSIONS:
            actions.save_answer(assessment, code, Fraction(figure), by=by)
        if trust is not None:
            actions.save_answer(assessment, "kepercayaan-nilai", Fraction(trust), by=by)


def product(cast: Cast, number: str = "1", accepted: bool = False) -> Product:
    today = timezone.localdate()
    made = actions.record_product(
        cast.disdukcapil, ProductKind.SUGGESTION, number=number, title=f"Saran {number}",
        received_on=today, by=cast.organiser,
    )  # fmt: skip
    if accepted:
        proof = SimpleUploadedFile("bukti.pdf", pdf())
        actions.add_follow_up(made, done="Selesai.", day=today, proof=proof, by=cast.officer)
        actions.close_product(made, today, by=cast.organiser)
    return made


def estimated(cast: Cast, supposed: str | None = None) -> Opinion:
    found = opinion_of(cast.organiser, cast.city, supposed)
    assert found is not None
    return found


def page(cast: Cast, query: str = "") -> str:
    response = cast.client(cast.organiser).get(reverse("opinion") + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_high_quality_and_every_product_accepted_is_without_maladministration(
    cast: Cast, opened: Round
) -> None:
    answered(cast, opened, "89", "88")
    product(cast, accepted=True)
    found = estimated(cast)
    assert found.compliance == "tinggi"
    assert found.certain is not None
    assert found.certain.opinion == "Kualitas Tertinggi Tanpa Maladministrasi"
    text = page(cast)
    assert "Kualitas Tertinggi Tanpa Maladministrasi" in text
    assert "taksiran" in text


def test_one_open_product_takes_the_suffix_away(cast: Cast, opened: Round) -> None:
    answered(cast, opened, "89", "88")
    product(cast, accepted=True)
    product(cast, "2")
    found = estimated(cast)
    assert found.compliance == "lainnya"
    assert found.certain is not None
    assert found.certain.opinion == "Kualitas Tertinggi"
    assert "Saran 2" in page(cast)


def test_without_any_product_compliance_is_unknown_and_both_opinions_stay_possible(
    cast: Cast, opened: Round
) -> None:
    answered(cast, opened, "80", "80")
    found = estimated(cast)
    assert found.compliance is None
    assert found.certain is None
    assert [p.opinion for p in found.possible] == [
        "Kualitas Tinggi Tanpa Maladministrasi", "Kualitas Tinggi",
    ]  # fmt: skip
    assert "tidak diterbitkan" in page(cast)


def test_a_withdrawn_product_counts_for_nothing(cast: Cast, opened: Round) -> None:
    actions.withdraw_product(product(cast), by=cast.organiser)
    assert estimated(cast).compliance is None


def test_a_product_of_another_government_counts_for_nothing(cast: Cast, opened: Round) -> None:
    actions.record_product(
        cast.foreign_agency, ProductKind.SUGGESTION, number="1", title="X",
        received_on=timezone.localdate(), by=cast.stranger,
    )  # fmt: skip
    assert estimated(cast).compliance is None


def test_the_organiser_may_suppose_another_compliance(cast: Cast, opened: Round) -> None:
    answered(cast, opened, "80", "80")
    product(cast)
    assert [p.opinion for p in estimated(cast).possible] == ["Kualitas Tinggi"]
    assert [p.opinion for p in estimated(cast, "tinggi").possible] == [
        "Kualitas Tinggi Tanpa Maladministrasi"
    ]
    text = page(cast, "?kepatuhan=tinggi")
    assert "pengandaian: kepatuhan tinggi" in text
    assert "Kualitas Tinggi Tanpa Maladministrasi" in text
    assert estimated(cast, "setengah").supposed is None


def test_a_range_of_quality_gives_a_range_of_opinions(cast: Cast, opened: Round) -> None:
    answered(cast, opened, "90")
    product(cast)
    found = estimated(cast)
    assert (found.score.low, found.score.high) == (Fraction(63), Fraction(93))
    assert [p.opinion for p in found.possible] == [
        "Kualitas Tertinggi", "Kualitas Tinggi", "Kualitas Sedang",
    ]  # fmt: skip
    step = found.next_step
    assert step is not None
    assert (step.band.code, step.least, step.most) == ("Baik", Fraction(0), Fraction(15))
    assert "masih kurang 0,00 sampai 15,00" in page(cast)


def test_the_distance_to_the_next_category_is_exact(cast: Cast, opened: Round) -> None:
    answered(cast, opened, "87.99", "87.99")
    step = estimated(cast).next_step
    assert step is not None
    assert (step.band.code, step.least, step.most) == (
        "Sangat Baik",
        Fraction("0.01"),
        Fraction("0.01"),
    )
    assert "masih kurang 0,01" in page(cast)


def test_at_the_top_nothing_is_above(cast: Cast, opened: Round) -> None:
    answered(cast, opened, "95", "95")
    assert estimated(cast).next_step is None
    assert "sudah pada kategori tertinggi" in page(cast)


def test_an_opinion_that_nobody_published_is_not_invented(cast: Cast, opened: Round) -> None:
    answered(cast, opened, "40", "40")
    product(cast, accepted=True)
    found = estimated(cast)
    assert [p.opinion for p in found.possible] == [None]
    assert found.certain is None
    assert "belum pernah terbit" in page(cast)


def test_nothing_answered_estimates_nothing(cast: Cast, opened: Round) -> None:
    found = estimated(cast)
    assert found.possible == []
    assert found.next_step is None
    assert "belum ada yang dapat ditaksir" in page(cast)


def test_the_figure_is_the_one_of_the_dashboard(cast: Cast, opened: Round) -> None:
    answered(cast, opened, "81.30", "77.10")
    dashboard = cast.client(cast.organiser).get(reverse("dashboard")).content.decode()
    value = estimated(cast).score.value
    assert value == Fraction("80.04")
    assert "80,04" in dashboard
    assert "80,04" in page(cast)


def test_an_instrument_that_is_over_is_not_taken(cast: Cast) -> None:
    cast.open_round("ombudsman/opini-2022", name="Latihan lama")
    assert opinion_of(cast.organiser, cast.city, None) is None
    assert "Belum dapat ditaksir" in page(cast)
    cast.open_round(INSTRUMENT, name="Taksiran")
    assert estimated(cast).round.name == "Taksiran"


def test_an_instrument_with_one_axis_gives_its_own_word(cast: Cast) -> None:
    version = cast.version("ombudsman/opini-2022")
    Version.objects.filter(pk=version.pk).update(valid_until=None)
    opened = cast.open_round("ombudsman/opini-2022", name="Latihan", units=[cast.disdukcapil])
    assessment = cast.assessment(opened, cast.disdukcapil)
    for question in assessment.questions:
        actions.save_answer(assessment, question.code, question.high, by=cast.officer)
    text = page(cast)
    assert "Kualitas Tertinggi" in text
    assert "Sumbu kepatuhan" not in text


def test_it_costs_no_more_for_many_units_and_products(cast: Cast) -> None:
    units = grown(cast, [cast.disdukcapil, cast.dinsos], 20)
    opened = cast.open_round(INSTRUMENT, name="Taksiran", units=units[:2])
    product(cast)
    few = len(queries_of(cast, cast.organiser, reverse("opinion")))
    Assessment.objects.bulk_create(Assessment(round=opened, unit=unit) for unit in units[2:])
    for number in range(2, 12):
        product(cast, str(number))
    assert len(queries_of(cast, cast.organiser, reverse("opinion"))) == few
    assert few <= 8


def test_a_day_in_the_year_of_the_round_is_enough(cast: Cast, opened: Round) -> None:
    version = opened.version
    Version.objects.filter(pk=version.pk).update(valid_until=dt.date(opened.year, 12, 31))
    assert opinion_of(cast.organiser, cast.city, None) is not None
    Version.objects.filter(pk=version.pk).update(valid_until=dt.date(opened.year, 12, 30))
    assert opinion_of(cast.organiser, cast.city, None) is None
