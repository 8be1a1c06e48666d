"""Floor and aim of a year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.standings import in_words
from hijau.instruments.models import Version
from hijau.ui.figures import written


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
            f"{band.code} · {in_words(band)} (≥ {written(band.low, places)})",
        )
        for band in version.rule.bands
    ]
