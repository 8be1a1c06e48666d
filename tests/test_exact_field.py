"""Exact numbers in the database: what goes in comes out, and what does not fit is said."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hijau.assessments.models import Target
from hijau.lib.exact import PLACES, SCALE, ExactField, FractionField
from tests.cast import Cast


def kept(cast: Cast, value: Fraction) -> Fraction | None:
    target, _made = Target.objects.update_or_create(
        organisation=cast.city, version=cast.version("pekppp/pedoman-2022"), year=2026,
        defaults={"floor": value, "aim": value, "floor_name": "x", "aim_name": "x"},
    )  # fmt: skip
    return Target.objects.get(pk=target.pk).floor


def test_what_a_real_would_lose_comes_back(cast: Cast) -> None:
    for text in ("4.125", "1.005", "68.825", "90.35", "0.000001", "0", "1000"):
        assert kept(cast, Fraction(text)) == Fraction(text)


def test_it_is_an_integer_in_the_database(cast: Cast) -> None:
    kept(cast, Fraction("4.125"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT floor FROM assessments_target")
        assert cursor.fetchone() == (4125000,)


def test_it_is_found_and_ordered_by_its_value(cast: Cast) -> None:
    kept(cast, Fraction("4.125"))
    found = Target.objects.filter(floor=Fraction("4.125"), aim__gte=Fraction(4), aim__lt=5)
    assert found.exists()
    assert not Target.objects.filter(floor__gt=Fraction("4.125")).exists()
    assert not Target.objects.filter(floor__in=[Fraction("4.12"), Fraction("4.13")]).exists()


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction("0.0000001"), Decimal("1.0000001")])
def test_more_decimals_than_six_are_an_error_and_are_not_rounded(value: Fraction) -> None:
    with pytest.raises(ValueError, match="more than 6 decimals"):
        ExactField().get_prep_value(value)


def test_unknown_is_not_nought() -> None:
    for field in (ExactField(), FractionField()):
        assert field.get_prep_value(None) is None
        assert field.from_db_value(None) is None


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_every_millionth_survives(millionths: int) -> None:
    field = ExactField()
    value = Fraction(millionths, SCALE)
    assert field.get_prep_value(value) == millionths
    assert field.from_db_value(millionths) == value
    assert field.to_python(str(value)) == value


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=dt.timedelta(seconds=2),
)
@given(st.decimals(0, 10**9, places=PLACES))
def test_every_figure_survives_the_database(cast: Cast, value: Decimal) -> None:
    assert kept(cast, Fraction(value)) == Fraction(value)


@given(st.fractions())
def test_an_unrounded_figure_survives_as_text(value: Fraction) -> None:
    field = FractionField()
    assert field.from_db_value(field.get_prep_value(value)) == value
