"""Untrusted input to typed values, for the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hijau.ui.fields import DayInput


class DayForm(forms.Form):
    """A day that is a holiday here, or is worked here."""

    day = forms.DateField(label=gettext_lazy("Tanggal"), widget=DayInput())
    name = forms.CharField(label=gettext_lazy("Nama hari"), max_length=120)
    is_worked = forms.TypedChoiceField(
        label=gettext_lazy("Hari itu"),
        choices=[("", gettext_lazy("libur di daerah ini")), ("1", gettext_lazy("tetap bekerja"))],
        coerce=bool,
        required=False,
        empty_value="",
    )
    source_name = forms.CharField(
        label=gettext_lazy("Dasar"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Misalnya nomor surat edaran bupati atau wali kota."),
    )

    def given(self) -> dict[str, Any]:
        """Keyword arguments for `set_day`."""
        return self.cleaned_data | {"is_worked": bool(self.cleaned_data["is_worked"])}
