"""Untrusted input to typed values, for letterhead and templates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hijau.papers.kinds import Format, Kind
from hijau.papers.models import Letterhead


class LetterheadForm(forms.ModelForm):
    """The letterhead; the file is looked at in the action."""

    logo = forms.FileField(
        label=_("Lambang (PNG atau JPEG)"),
        required=False,
        help_text=_("Kosongkan bila lambang tidak berubah."),
    )
    without_logo = forms.BooleanField(label=_("Tanpa lambang"), required=False)

    class Meta:
        model = Letterhead
        fields = ("line_1", "line_2", "line_3", "line_4", "address", "place")

    def words(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "lines": tuple(data[f"line_{number}"] for number in range(1, 5)),
            "address": data["address"],
            "place": data["place"],
            "logo": data["logo"] or None,
            "without_logo": data["without_logo"],
        }


class TemplateForm(forms.Form):
    """A new template; its format is asked for, not guessed from its name."""

    format = forms.ChoiceField(
        label=_("Untuk"),
        choices=[(Format.DOCX.value, _("DOCX (Word)")), (Format.TYP.value, _("PDF (.typ)"))],
    )
    file = forms.FileField(label=_("Berkas templat"))

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{kind.code}_%s"} | kwargs)
        field: Any = self.fields["format"]
        field.choices = [(value, told) for value, told in field.choices if value in kind.forms]
