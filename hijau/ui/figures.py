"""Figures as a person reads them: exact, with a comma in Indonesian and a point in English."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import get_language

from scoring.numbers import format_exact, format_fixed

UNKNOWN = "–"
"""What stands where a figure is not known; never 0."""


def _in_language(text: str) -> str:
    """A point for English readers, a comma for all others; the minus sign of a typesetter."""
    english = (get_language() or "").startswith("en")
    return text.replace("-", "−").replace(".", "." if english else ",")


def written(value: Fraction | int | None, decimals: int = 2) -> str:
    """With exactly `decimals` places, half up, never through a float: `88,39`."""
    if value is None:
        return UNKNOWN
    return _in_language(format_fixed(Fraction(value), decimals))


def written_exact(value: Fraction | int | None) -> str:
    """Without losing anything: `4,125`, or `25/9` where the decimals do not end."""
    return UNKNOWN if value is None else _in_language(format_exact(Fraction(value)))


def written_range(low: Fraction | None, high: Fraction | None, decimals: int = 2) -> str:
    """`81,20–90,15`; one figure when both ends are the same."""
    first, last = written(low, decimals), written(high, decimals)
    return first if first == last else f"{first}–{last}"
