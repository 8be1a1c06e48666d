"""Form fields that people here need: a figure with a comma, a day of the browser's calendar."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms

from scoring.numbers import parse_decimal


def figure_from(text: str) -> Fraction:
    """`88,39` or `88.39`. Raises ValueError, with a sentence, for what is no number."""
    return parse_decimal(text.replace(",", ".") if text.count(",") == 1 else text)


class FigureField(forms.CharField):
    """A figure written with a comma or a full stop; a Fraction, or None when left empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return figure_from(text)
        except ValueError as error:
            raise forms.ValidationError(f"{error}.") from error


class DayInput(forms.DateInput):
    """The browser's own calendar, which takes and gives days as 2026-01-31 in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
