"""Where a city's own old workbook holds what."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from scoring.workbook.legacy import LegacyMapping


class MappingForm(forms.Form):
    """Columns by letter. Left empty as a whole, the columns are guessed from their headings."""

    sheet = forms.CharField(label=gettext_lazy("Lembar"), max_length=60, required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Baris judul"), min_value=1, max_value=1000, required=False
    )
    told_by = forms.ChoiceField(
        label=gettext_lazy("Indikator dikenali dari"),
        choices=[
            ("", "—"),
            ("code", gettext_lazy("kodenya")),
            ("number", gettext_lazy("nomornya")),
            ("title", gettext_lazy("judulnya")),
        ],
        required=False,
    )
    indicator = forms.CharField(label=gettext_lazy("Kolom indikator"), max_length=3, required=False)
    score = forms.CharField(label=gettext_lazy("Kolom nilai"), max_length=3, required=False)
    note = forms.CharField(label=gettext_lazy("Kolom catatan"), max_length=3, required=False)

    def mapping(self) -> LegacyMapping | None:
        """The mapping as given; None when it was left to be guessed. Raises ValueError."""
        if not self.is_valid():
            raise ValueError("; ".join(str(e) for errors in self.errors.values() for e in errors))
        data = self.cleaned_data
        if not any(data.values()):
            return None
        return LegacyMapping(
            sheet=data["sheet"],
            header_row=data["header_row"] or 1,
            told_by=data["told_by"] or "code",
            indicator=data["indicator"].upper(),
            score=data["score"].upper(),
            note=data["note"].upper() or None,
        )
