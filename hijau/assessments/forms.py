"""Untrusted input to typed values, for the pages of judging."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models.verdict import LABELS
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation, under
from hijau.ui.figures import written
from scoring.interpret import RefusedToScore
from scoring.numbers import parse_decimal
from scoring.score import score


def first_error(form: forms.BaseForm) -> Refused:
    """The first thing that is wrong with a form, as a sentence."""
    field, errors = next(iter(form.errors.items()))
    label = form.fields[field].label if field in form.fields else None
    return Refused(f"{label}: {errors[0]}" if label else str(errors[0]))


class FigureField(forms.CharField):
    """A figure written with a comma or a full stop; a Fraction, or None when left empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return parse_decimal(text.replace(",", ".") if text.count(",") == 1 else text)
        except ValueError as error:
            raise forms.ValidationError(f"{error}.") from error


class DayInput(forms.DateInput):
    """The browser's own calendar, which takes and gives days as 2026-01-31 in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AnswerForm(forms.Form):
    """One answer: an option's value or a figure, `N/A`, or nothing to clear it."""

    value = forms.CharField(required=False, max_length=40)
    note = forms.CharField(required=False, max_length=2000)
    seen = forms.IntegerField(required=False, min_value=0)

    def answer(self) -> dict[str, Any]:
        """Keyword arguments for `save_answer`. Refused when it is not a number."""
        if not self.is_valid():
            raise first_error(self)
        text = self.cleaned_data["value"].strip()
        not_applicable = text.upper() == "N/A"
        value: Fraction | None = None
        if text and not not_applicable:
            try:
                value = parse_decimal(text.replace(",", ".") if text.count(",") == 1 else text)
            except ValueError as error:
                raise Refused(_("Isian tidak tersimpan: %s.") % error) from error
        return {
            "value": value,
            "not_applicable": not_applicable,
            "note": self.cleaned_data["note"] if "note" in self.data else None,
            "seen": self.cleaned_data["seen"],
        }


class EvidenceForm(forms.Form):
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


class RoundForm(forms.Form):
    """Open a round: instrument, name, year, window, units."""

    instrument = forms.ChoiceField(label=gettext_lazy("Instrumen"))
    name = forms.CharField(label=gettext_lazy("Nama putaran"), max_length=120)
    year = forms.IntegerField(label=gettext_lazy("Tahun"), min_value=2000, max_value=2100)
    opens_on = forms.DateField(label=gettext_lazy("Dibuka"), widget=DayInput())
    closes_on = forms.DateField(label=gettext_lazy("Ditutup"), widget=DayInput())
    units = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Unit yang dinilai"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["year"].initial = today.year
        self.fields["opens_on"].initial = today
        self.versions = {
            str(v.pk): v for v in Version.objects.visible_to(user) if v.rule.row != "respondent"
        }
        self.fields["instrument"].choices = [  # type: ignore[attr-defined]
            (f"{version.pk}:{form}", f"{version} · {form}" if form else str(version))
            for version in self.versions.values()
            for form in scorable_forms(version)
        ]
        places = under(user.seen_paths(Permission.OPEN_ROUND))
        units = Organisation.objects.filter(places).assessable()
        self.fields["units"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "instrument" in data:
            number, data["form"] = data.pop("instrument").split(":", 1)
            data["version"] = self.versions[number]
        return data


def scorable_forms(version: Version) -> list[str]:
    """The forms of an instrument that can be scored from answers; the others are not opened."""
    forms_of_it = []
    for form in version.rule.forms:
        try:
            score(version.rule, {}, form=form)
        except RefusedToScore:
            continue
        forms_of_it.append(form)
    return forms_of_it


class VerdictForm(forms.Form):
    """A result from outside, with its source."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Yang dinilai")
    )
    family = forms.ChoiceField(
        label=gettext_lazy("Penilai"),
        choices=[
            ("ombudsman", gettext_lazy("Ombudsman RI")),
            ("pekppp", gettext_lazy("Kementerian PANRB (PEKPPP)")),
            ("skm", gettext_lazy("Survei kepuasan masyarakat (SKM)")),
        ],
    )
    year = forms.IntegerField(label=gettext_lazy("Tahun"), min_value=2000, max_value=2100)
    value = FigureField(label=gettext_lazy("Nilai"), required=False, max_length=20)
    category = forms.CharField(
        label=gettext_lazy("Kategori atau opini"), required=False, max_length=80
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Zona"),
        required=False,
        choices=[("", "—"), *((z, z) for z in ("merah", "kuning", "hijau", "hijau pekat"))],
    )
    label = forms.ChoiceField(label=gettext_lazy("Keyakinan"), choices=LABELS)
    source_name = forms.CharField(label=gettext_lazy("Sumber"), max_length=200)
    source_url = forms.URLField(
        label=gettext_lazy("Alamat sumber"), required=False, max_length=500, assume_scheme="https"
    )
    note = forms.CharField(
        label=gettext_lazy("Catatan"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    letter = forms.FileField(
        label=gettext_lazy("Surat atau piagam (pindaian)"),
        required=False,
        max_length=255,
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.filter(under(user.seen_paths(Permission.RECORD_VERDICT)))
        self.fields["organisation"].queryset = places  # type: ignore[attr-defined]


class TargetForm(forms.Form):
    """Floor and aim of a year, each a category of an instrument."""

    year = forms.IntegerField(label=gettext_lazy("Tahun"), min_value=2000, max_value=2100)
    floor = forms.ChoiceField(label=gettext_lazy("Batas minimal"))
    aim = forms.ChoiceField(label=gettext_lazy("Sasaran"))
    source_name = forms.CharField(
        label=gettext_lazy("Dasar target"), required=False, max_length=200
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year
        self.versions = {str(v.pk): v for v in Version.objects.visible_to(user) if v.rule.bands}
        choices = [("", "—"), *((str(v), _bands(v)) for v in self.versions.values())]
        for name in ("floor", "aim"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "floor" not in data or "aim" not in data:
            return data
        (version, data["floor"]), (other, data["aim"]) = (
            data[name].split(":", 1) for name in ("floor", "aim")
        )
        if version != other:
            raise forms.ValidationError(
                _("Batas minimal dan sasaran harus dari instrumen yang sama.")
            )
        data["version"] = self.versions[version]
        return data


def _bands(version: Version) -> list[tuple[str, str]]:
    """The categories of an instrument as choices, best first."""
    places = version.rule.publish.decimals
    return [
        (
            f"{version.pk}:{band.code}",
            f"{band.code} · {band.zone or band.label.id} (≥ {written(band.low, places)})",
        )
        for band in version.rule.bands
    ]
