"""What a service is, and where it is given."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.lib.seen import SeenForm
from hijau.organisation.models import Kind, Organisation, under
from hijau.services.models import Nature


def keepers_units(user: User) -> Any:
    """The agencies and units for which the person may keep standards."""
    paths = user.seen_paths(Permission.KEEP_STANDARDS)
    return Organisation.objects.filter(under(paths), kind__in=(Kind.AGENCY, Kind.UNIT))


class ServiceForm(SeenForm):
    """A service in the words of the office, and in those of citizens."""

    name = forms.CharField(
        label=_("Nama layanan"), max_length=200, help_text=_("Misalnya: Penerbitan KTP elektronik.")
    )
    nature = forms.ChoiceField(
        label=_("Jenis"), choices=Nature.choices, initial=Nature.ADMINISTRATION
    )
    about = forms.CharField(
        label=_("Penjelasan untuk warga"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Satu atau dua kalimat biasa."),
    )
    everyday = forms.CharField(
        label=_("Sebutan sehari-hari"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Satu per baris, misalnya: bikin KTP. Dipakai untuk pencarian."),
    )

    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "nature": Nature(self.cleaned_data["nature"])}


class NewServiceForm(ServiceForm):
    seen = None  # type: ignore[assignment]
    unit = forms.ModelChoiceField(Organisation.objects.none(), label=_("Unit"))
    field_order = ("unit", "name", "nature", "about", "everyday")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = keepers_units(user)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk


class OfficeForm(SeenForm):
    """Where a unit serves, and when."""

    address = forms.CharField(label=_("Alamat"), max_length=300, required=False)
    hours = forms.CharField(
        label=_("Jam layanan"),
        max_length=300,
        required=False,
        help_text=_("Misalnya: Senin sampai Jumat 08.00–15.00."),
    )
    phone = forms.CharField(label=_("Telepon kantor"), max_length=40, required=False)
    map_url = forms.URLField(
        label=_("Tautan peta"), max_length=500, required=False, assume_scheme="https"
    )
