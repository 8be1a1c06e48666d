"""The field of an indicator: an option's value or a figure, `N/A`, or nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms

from hijau.lib.refused import Refused
from hijau.ui.fields import figure_from
from hijau.ui.on_form import first_error


class ValuedForm(forms.Form):
    """A form that says, among other things, what an indicator counts as."""

    value = forms.CharField(required=False, max_length=40)

    def valued(self) -> dict[str, Any]:
        """`value` and `not_applicable`. Refused when the form is wrong or it is no number."""
        if not self.is_valid():
            raise first_error(self)
        value, not_applicable = value_from(self.cleaned_data["value"])
        return {"value": value, "not_applicable": not_applicable}


def value_from(text: str) -> tuple[Fraction | None, bool]:
    """What stands in the field of an indicator: a value, or that it does not apply."""
    text = text.strip()
    if text.upper() == "N/A":
        return None, True
    if not text:
        return None, False
    try:
        return figure_from(text), False
    except ValueError as error:
        raise Refused(f"{error}.") from error
