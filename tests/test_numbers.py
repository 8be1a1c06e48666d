"""Numbers are read, rounded and printed exactly."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.numbers import (
    Rounding,
    format_exact,
    format_fixed,
    parse_decimal,
    parse_weight,
    round_fraction,
)

decimals = st.decimals(
    min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=6
)
fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6)
places = st.integers(0, 8)
rules = st.sampled_from(Rounding)
SAME = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}


@given(decimals)
def test_a_decimal_is_read_exactly(value: Decimal) -> None:
    assert parse_decimal(f" {value:f} ") == Fraction(value)


@given(decimals, st.integers(0, 5), rules)
def test_rounding_agrees_with_decimal(value: Decimal, digits: int, rule: Rounding) -> None:
    expected = value.quantize(Decimal(1).scaleb(-digits), rounding=SAME[rule])
    assert round_fraction(Fraction(value), digits, rule) == Fraction(expected)


@given(fractions, places, rules)
def test_rounding_twice_changes_nothing(value: Fraction, digits: int, rule: Rounding) -> None:
    once = round_fraction(value, digits, rule)
    assert round_fraction(once, digits, rule) == once
    assert abs(once - value) < Fraction(1, 10**digits)


@given(fractions, fractions, places, rules)
def test_rounding_keeps_the_order(a: Fraction, b: Fraction, digits: int, rule: Rounding) -> None:
    low, high = sorted((a, b))
    assert round_fraction(low, digits, rule) <= round_fraction(high, digits, rule)


@given(fractions, places, rules)
def test_what_is_printed_is_the_rounded_figure(
    value: Fraction, digits: int, rule: Rounding
) -> None:
    text = format_fixed(value, digits, rule)
    assert Fraction(text) == round_fraction(value, digits, rule)
    assert len(text.partition(".")[2]) == digits


@given(fractions)
def test_an_exact_figure_is_read_back_without_loss(value: Fraction) -> None:
    assert Fraction(format_exact(value)) == value


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_weight_may_be_a_ratio(top: int, bottom: int) -> None:
    assert parse_weight(f"{top}/{bottom}") == Fraction(top, bottom)
    assert parse_weight(f"{top}.5") == Fraction(2 * top + 1, 2)


def test_a_tie_goes_up_to_even_or_down() -> None:
    tie = Fraction("68.825")
    assert [format_fixed(tie, 2, rule) for rule in Rounding] == ["68.83", "68.82", "68.82"]
    assert format_fixed(-tie, 2) == "-68.83"
    assert format_fixed(Fraction(1, 3), 0) == "0"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "bukan angka"), ("3,5", "tulis “3.5”"), ("nan", "kosongkan"), ("-Infinity", "kosongkan"),
     ("=1", "rumus"), ("@a", "rumus"), ("1e3", "bukan angka"), ("1 000", "bukan angka"),
     ("１", "bukan angka"), ("1/2", "bukan angka"), (".5", "bukan angka"), ("5.", "bukan angka"),
     ("1" * 41, "terlalu panjang")],
)  # fmt: skip
def test_what_is_no_decimal_is_refused_with_the_reason(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_decimal(text)
