"""Opening and widening a round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models.round import MINIMUM_RESPONDENTS
from hijau.instruments.models import Version
from hijau.organisation.models import Organisation, under
from hijau.ui.fields import DayInput
from scoring.interpret import RefusedToScore
from scoring.score import score


class NextRoundForm(forms.Form):
    """Open the next round like one that was: only what is new is asked."""

    name = forms.CharField(label=gettext_lazy("Nama putaran"), max_length=120)
    year = forms.IntegerField(label=gettext_lazy("Tahun"), min_value=2000, max_value=2100)
    opens_on = forms.DateField(label=gettext_lazy("Dibuka"), widget=DayInput())
    closes_on = forms.DateField(label=gettext_lazy("Ditutup"), widget=DayInput())


class LocusForm(forms.Form):
    """A further unit, or one product of a unit, to be judged."""

    unit = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Perangkat daerah atau unit")
    )
    product = forms.CharField(
        label=gettext_lazy("Produk layanan"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "Isi bila instrumennya menilai tiap produk, misalnya KTP-el. Bila unitnya belum mulai "
            "mengisi, produk pertama menggantikan seluruh unit; yang lain ditambahkan."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = under(user.seen_paths(Permission.OPEN_ROUND))
        units = Organisation.objects.filter(places).assessable()
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class RoundForm(forms.Form):
    """Open a round: instrument, name, year, window, units."""

    instrument = forms.ChoiceField(label=gettext_lazy("Instrumen"))
    name = forms.CharField(label=gettext_lazy("Nama putaran"), max_length=120)
    year = forms.IntegerField(label=gettext_lazy("Tahun"), min_value=2000, max_value=2100)
    opens_on = forms.DateField(label=gettext_lazy("Dibuka"), widget=DayInput())
    closes_on = forms.DateField(label=gettext_lazy("Ditutup"), widget=DayInput())
    verify_days = forms.IntegerField(
        label=gettext_lazy("Lama verifikasi (hari kerja)"), min_value=1, max_value=120, initial=10
    )
    object_days = forms.IntegerField(
        label=gettext_lazy("Masa sanggah (hari kerja)"), min_value=1, max_value=60, initial=5
    )
    conclude_days = forms.IntegerField(
        label=gettext_lazy("Lama penetapan (hari kerja)"), min_value=1, max_value=60, initial=5
    )
    minimum_respondents = forms.IntegerField(
        label=gettext_lazy("Responden F-03 paling sedikit"),
        min_value=1,
        max_value=10_000,
        initial=MINIMUM_RESPONDENTS,
        help_text=gettext_lazy(
            "Angka resminya tidak diterbitkan. Di bawah jumlah ini nilai F-03 dianggap belum "
            "diketahui, bukan nol."
        ),
    )
    convention = forms.ChoiceField(
        label=gettext_lazy("Cara menghitung"),
        required=False,
        help_text=gettext_lazy("Biarkan kosong untuk memakai aturan instrumennya."),
    )
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
        self.fields["convention"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("aturan instrumen")),
            *(
                (f"{version.pk}:{rule.name}", f"{version} · {rule.title}")
                for version in self.versions.values()
                for rule in version.rule.conventions
                if not rule.default
            ),
        ]
        places = under(user.seen_paths(Permission.OPEN_ROUND))
        units = Organisation.objects.filter(places).assessable()
        self.fields["units"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "instrument" in data:
            number, data["form"] = data.pop("instrument").split(":", 1)
            data["version"] = self.versions[number]
            of, _colon, data["convention"] = data.get("convention", "").rpartition(":")
            if of and of != number:
                self.add_error("convention", _("Cara menghitung ini milik instrumen lain."))
        return data


def scorable_forms(version: Version) -> list[str]:
    """The forms of an instrument that can be scored from answers; the others are not opened."""
    forms_of_it = []
    for form in version.rule.forms:
        try:
            score(version.rule, {}, form=form, as_asked=True)
        except RefusedToScore:
            continue
        forms_of_it.append(form)
    return forms_of_it
