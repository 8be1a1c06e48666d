"""Results from outside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models.verdict import LABELS
from hijau.organisation.models import Organisation, under
from hijau.ui.fields import FigureField


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
    label = forms.ChoiceField(label=gettext_lazy("Kepastian sumber"), choices=LABELS)
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
