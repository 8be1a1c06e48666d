"""What a paper needs that the platform does not keep: its number, its place, who signs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from hijau.papers.kinds import Format
from hijau.ui.fields import DayInput

SIGNERS = {
    "berita-acara": (
        ("head", gettext_lazy("Kepala unit")),
        ("witness", gettext_lazy("Mengetahui")),
    ),
    "rapor": (("head", gettext_lazy("Penanda tangan")),),
    "lhe": (("head", gettext_lazy("Penanda tangan")),),
    "serah-terima": (
        ("giver", gettext_lazy("Yang menyerahkan")),
        ("taker", gettext_lazy("Yang menerima")),
        ("witness", gettext_lazy("Mengetahui")),
    ),
}
FIELDS = (
    ("nama", gettext_lazy("nama")),
    ("jabatan", gettext_lazy("jabatan")),
    ("pangkat", gettext_lazy("pangkat")),
    ("nip", gettext_lazy("NIP")),
)
NUMBERED = ("berita-acara", "lhe", "serah-terima")


class PaperForm(forms.Form):
    """A paper to be printed. Names and NIP go onto the paper and are kept nowhere."""

    date = forms.DateField(label=gettext_lazy("Tanggal surat"), widget=DayInput())
    number = forms.CharField(label=gettext_lazy("Nomor surat"), max_length=80, required=False)
    place = forms.CharField(label=gettext_lazy("Tempat"), max_length=160, required=False)
    introduction = forms.CharField(
        label=gettext_lazy("Pendahuluan"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    notes = forms.CharField(
        label=gettext_lazy("Catatan, satu baris satu butir"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["date"].initial = timezone.localdate()
        if kind not in NUMBERED:
            del self.fields["number"]
        if kind != "berita-acara":
            del self.fields["place"]
        if kind != "lhe":
            del self.fields["introduction"]
        else:
            self.fields["notes"].label = gettext_lazy("Rekomendasi, satu baris satu butir")
        if kind == "rapor":
            del self.fields["notes"]
        for who, role in SIGNERS[kind]:
            for name, word in FIELDS:
                self.fields[f"{who}-{name}"] = forms.CharField(
                    label=f"{role}: {word}", max_length=120, required=False
                )
        self.fields["format"] = forms.ChoiceField(
            label=gettext_lazy("Bentuk"), choices=[("pdf", "PDF"), ("docx", "DOCX (Word)")]
        )

    @property
    def form(self) -> Format:
        return Format.TYP if self.cleaned_data["format"] == "pdf" else Format.DOCX

    def given(self) -> dict[str, Any]:
        """The dates and texts, and each signer as a dict of what was given."""
        data = self.cleaned_data
        common = {name: data.get(name, "") for name in ("number", "place", "introduction", "notes")}
        signers = {
            who: {name: data[f"{who}-{name}"] for name, _word in FIELDS}
            for who, _role in SIGNERS[self.kind]
        }
        return {"date": data["date"], **common, **signers}
