"""Files, and what is said of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy

from hijau.assessments.crosswalk import crosswalk
from hijau.ui.fields import DayInput
from hijau.ui.on_form import first_error


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of document of the crosswalk, in the language of the page."""
    language = get_language() or "id"
    kinds = sorted(crosswalk().kinds, key=lambda kind: kind.title.in_language(language))
    return [
        ("", str(gettext_lazy("belum ditentukan"))),
        *((kind.code, kind.title.in_language(language)) for kind in kinds),
    ]


class FileForm(forms.Form):
    """One file, as it was handed in."""

    file = forms.FileField(
        label=gettext_lazy("Berkas"),
        max_length=255,
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Pilih berkas dahulu.")},
    )

    def upload(self) -> UploadedFile:
        if not self.is_valid():
            raise first_error(self)
        upload: UploadedFile = self.cleaned_data["file"]
        return upload


class DescriptionForm(forms.Form):
    """What a document is, and from when to when it holds."""

    title = forms.CharField(label=gettext_lazy("Judul dokumen"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Jenis dokumen"), required=False)
    number = forms.CharField(label=gettext_lazy("Nomor"), max_length=120, required=False)
    issued_on = forms.DateField(
        label=gettext_lazy("Tanggal dokumen"), required=False, widget=DayInput()
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Berlaku sampai"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("Kosongkan bila tidak ada batasnya."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]


class EvidenceForm(FileForm):
    """A new document for an indicator; what it is may be said now or later."""

    kind = forms.CharField(required=False, max_length=60)
    title = forms.CharField(required=False, max_length=200)
    number = forms.CharField(required=False, max_length=120)
    issued_on = forms.DateField(required=False)
    valid_until = forms.DateField(required=False)

    def described(self) -> dict[str, Any]:
        """Keyword arguments for `attach_evidence`, without the file."""
        if not self.is_valid():
            raise first_error(self)
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class ExampleForm(forms.Form):
    """What was accepted or rejected, and why."""

    text = forms.CharField(max_length=400)
    is_accepted = forms.BooleanField(required=False)
