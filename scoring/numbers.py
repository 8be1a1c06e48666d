"""Exact numbers: reading them from text, rounding them by a named rule, printing them.

Rounding happens once, where the instrument says so, and never through a float.
"""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction

_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
_RATIO = re.compile(r"[+-]?\d+/[1-9]\d*")
LONGEST = 40
"""No published figure is longer than this many characters; longer text is refused unread."""


class Rounding(StrEnum):
    """A named rule for the digit after the last one that is kept."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


def parse_decimal(text: str) -> Fraction:
    """Read `3.50` exactly. Raises ValueError with an Indonesian sentence saying what is wrong."""
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(f"“{text[:12]}…” terlalu panjang untuk sebuah angka")
    if text.isascii() and _DECIMAL.fullmatch(text):
        return Fraction(text)
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        raise ValueError(f"“{text}” bukan angka; kosongkan sel ini bila nilainya belum ada")
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        raise ValueError(f"“{text}” memakai koma; tulis “{text.replace(',', '.')}”")
    if text.startswith(("=", "+", "-", "@")):
        raise ValueError(f"“{text[:20]}” tampak seperti rumus; tulis angkanya saja")
    raise ValueError(f"“{text[:20]}” bukan angka")


def parse_weight(text: str) -> Fraction:
    """Read `1/9` or `0.111` exactly."""
    if _RATIO.fullmatch(text.strip()):
        return Fraction(text.strip())
    return parse_decimal(text)


def round_fraction(value: Fraction, decimals: int, rule: Rounding = Rounding.HALF_UP) -> Fraction:
    """Round to `decimals` places by the named rule, without leaving exact arithmetic.

    Half-up means away from zero, as in school: 68.825 gives 68.83.
    """
    ten = 10**decimals
    scaled = abs(value) * ten
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    if rule is Rounding.HALF_UP:
        whole += twice >= scaled.denominator
    elif rule is Rounding.HALF_EVEN:
        whole += twice > scaled.denominator or (twice == scaled.denominator and whole % 2 == 1)
    return Fraction(whole if value >= 0 else -whole, ten)


def format_fixed(value: Fraction, decimals: int, rule: Rounding = Rounding.HALF_UP) -> str:
    """Print with exactly `decimals` places and a full stop: `68.83`."""
    scaled = round_fraction(value, decimals, rule) * 10**decimals
    sign, digits = ("-", -scaled.numerator) if scaled < 0 else ("", scaled.numerator)
    text = str(digits).rjust(decimals + 1, "0")
    return f"{sign}{text[:-decimals]}.{text[-decimals:]}" if decimals else f"{sign}{text}"


def format_exact(value: Fraction) -> str:
    """Print without losing anything: `4.125` when the decimals end, `25/9` when they do not."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return format_fixed(value, max(twos, fives))
