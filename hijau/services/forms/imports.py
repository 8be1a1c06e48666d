"""A file of standards, and the unit that a Word document is for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hijau.organisation.models import Organisation


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Berkas Excel atau Word"),
        max_length=255,
        allow_empty_file=True,
        error_messages={"required": _("Pilih berkas dahulu.")},
        help_text=_("Templat yang sudah diisi (.xlsx), atau dokumen standar pelayanan (.docx)."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.docx"}),
    )
    unit = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Unit"),
        required=False,
        help_text=_("Perlu untuk Word. Di templat Excel setiap baris menyebut unitnya."),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk


class KeptForm(forms.Form):
    """Which preview is agreed to."""

    kept = forms.CharField(widget=forms.HiddenInput, max_length=40)
