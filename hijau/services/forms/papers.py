"""What a paper of a standard needs that the platform does not keep: who signs, what to print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from hijau.papers.kinds import Format, Kind
from hijau.services.models import Standard
from hijau.ui.fields import DayInput

SIGNED = ("lampiran-sk", "maklumat", "undangan-fkp", "laporan-fkp")
LETTERS = ("undangan-fkp", "laporan-fkp")
SIGNER = gettext_lazy("Yang menetapkan")
PERSON = (
    ("nama", gettext_lazy("nama")),
    ("jabatan", gettext_lazy("jabatan")),
    ("pangkat", gettext_lazy("pangkat")),
    ("nip", gettext_lazy("NIP")),
)


class StandardPaperForm(forms.Form):
    """A paper to be printed. Names and NIP go onto the paper and are kept nowhere.

    A decree that is on record is printed as it is recorded; only without one are its number and
    date asked for, and left empty they become blank lines.
    """

    standards = forms.MultipleChoiceField(
        label=gettext_lazy("Layanan yang dicetak"), widget=forms.CheckboxSelectMultiple
    )
    number = forms.CharField(
        label=gettext_lazy("Nomor keputusan"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "Bila semua layanan yang dipilih bersandar pada satu keputusan yang tercatat, "
            "nomor dan tanggal itulah yang dicetak."
        ),
    )
    date = forms.DateField(label=gettext_lazy("Tanggal cetak"), widget=DayInput())

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        decreed: bool,
        standards: Sequence[Standard] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(standard.pk): standard for standard in standards or ()}
        self.signed = kind.code in SIGNED
        if standards is None:
            del self.fields["standards"]
        else:
            choices: Any = self.fields["standards"]
            choices.choices = [(pk, _told(one)) for pk, one in self.offered.items()]
            choices.initial = [pk for pk, one in self.offered.items() if one.is_in_force]
        if self.signed and decreed:
            del self.fields["number"], self.fields["date"]
        elif self.signed:
            self.fields["date"].label = gettext_lazy("Tanggal keputusan")
            self.fields["date"].required = False
        else:
            self.fields["date"].initial = timezone.localdate()
            del self.fields["number"]
        for name, word in PERSON if self.signed else ():
            self.fields[f"head-{name}"] = forms.CharField(
                label=f"{SIGNER}: {word}", max_length=160, required=False
            )
        if kind.code in LETTERS:
            self.fields["number"].label = gettext_lazy("Nomor surat")
            self.fields["number"].help_text = ""
            self.fields["date"].label = gettext_lazy("Tanggal surat")
        if kind.has_docx:
            self.fields["format"] = forms.ChoiceField(
                label=gettext_lazy("Bentuk"), choices=[("pdf", "PDF"), ("docx", "DOCX (Word)")]
            )

    @property
    def form(self) -> Format:
        return Format.DOCX if self.cleaned_data.get("format") == "docx" else Format.TYP

    @property
    def chosen(self) -> list[Standard]:
        """In the order in which they were offered."""
        return [one for pk, one in self.offered.items() if pk in self.cleaned_data["standards"]]

    @property
    def printed_on(self) -> dt.date:
        """The date that the file itself carries."""
        given: dt.date | None = self.cleaned_data.get("date")
        return given or timezone.localdate()

    def given(self) -> dict[str, Any]:
        """The number and date of the decree as far as they were given, and who signs."""
        data = self.cleaned_data
        return {
            "number": data.get("number", ""),
            "date": data.get("date"),
            "head": {name: data.get(f"head-{name}", "") for name, _word in PERSON},
        }


def _told(standard: Standard) -> str:
    return f"{standard.service.name} · {standard.get_stage_display()}"
