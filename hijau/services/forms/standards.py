"""The fourteen components as a form: lists as lines, tables as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hijau.lib.seen import SeenForm
from hijau.services.components import LISTS, MAKING, TITLES, UNITS, Components, Span
from hijau.ui.fields import DayInput

ROWS = {"persyaratan": 6}
SPARE = 3
UNIT_CHOICES = [("", "–"), *((unit.value, text.id) for unit, text in UNITS.items())]
HINTS = {
    "persyaratan": _("Satu syarat per baris, seperti yang perlu dibawa warga."),
    "dasar-hukum": _("Satu peraturan per baris."),
    "jaminan-pelayanan": _("Misalnya apa yang diberikan bila janji waktu tidak dipenuhi."),
}


def _units() -> list[tuple[str, str]]:
    language = get_language() or "id"
    return [("", "–"), *((unit.value, text.in_language(language)) for unit, text in UNITS.items())]


class StandardForm(forms.Form):
    """Every component but those that are tables."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    amount = forms.IntegerField(label=_("Lama"), min_value=1, required=False)
    unit = forms.ChoiceField(label=_("Satuan"), choices=UNIT_CHOICES, required=False)
    note = forms.CharField(
        label=_("Dihitung sejak"),
        max_length=200,
        required=False,
        help_text=_("Misalnya: sejak berkas lengkap."),
    )
    free = forms.ChoiceField(
        label=_("Biaya"),
        choices=[("", _("Belum diisi")), ("yes", _("Gratis")), ("no", _("Ada tarif"))],
        required=False,
    )
    basis = forms.CharField(
        label=_("Dasar biaya"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    product = forms.CharField(label=_("Produk pelayanan"), max_length=500, required=False)
    number = forms.IntegerField(label=_("Jumlah pelaksana"), min_value=0, required=False)
    needed = forms.IntegerField(
        label=_("Kebutuhan menurut analisis beban kerja (ABK)"), min_value=0, required=False
    )
    staff_note = forms.CharField(label=_("Catatan pelaksana"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "id"
        for code in LISTS:
            self.fields[code] = forms.CharField(
                label=TITLES[code].in_language(language),
                required=False,
                max_length=30_000,
                widget=forms.Textarea(attrs={"rows": ROWS.get(code, 3)}),
                help_text=HINTS.get(code, _("Satu per baris.")),
            )
        self.fields["unit"].choices = _units()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("amount") and not given.get("unit"):
            self.add_error("unit", _now("Pilih satuannya."))
        return given


class StepForm(forms.Form):
    step = forms.CharField(
        label=_("Langkah"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    who = forms.CharField(label=_("Pelaksana"), max_length=200, required=False)
    amount = forms.IntegerField(label=_("Lama"), min_value=1, required=False)
    unit = forms.ChoiceField(label=_("Satuan"), choices=UNIT_CHOICES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = _units()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("step") and any(given.get(name) for name in ("who", "amount")):
            self.add_error("step", _now("Tulis langkahnya."))
        if given.get("amount") and not given.get("unit"):
            self.add_error("unit", _now("Pilih satuannya."))
        return given


class FeeForm(forms.Form):
    item = forms.CharField(label=_("Untuk"), max_length=300, required=False)
    amount = forms.IntegerField(label=_("Rupiah"), min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("item")) != (given.get("amount") is not None):
            self.add_error("item", _now("Isi nama tarif dan jumlah rupiahnya."))
        return given


class ChannelForm(forms.Form):
    channel = forms.CharField(label=_("Saluran"), max_length=200, required=False)
    address = forms.CharField(label=_("Alamat atau letak"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("address") and not given.get("channel"):
            self.add_error("channel", _now("Tulis nama salurannya."))
        return given


def _set(form: type[forms.Form]) -> type[BaseFormSet[forms.Form]]:
    return formset_factory(form, extra=SPARE, max_num=60, absolute_max=70)


class StandardForms:
    """The form and its three tables, filled in from what is kept or from what was sent."""

    def __init__(self, components: Components, revision: int, data: Any = None) -> None:
        told = components.data()
        self.form = StandardForm(data, initial=_initial(components, revision))
        self.steps = _set(StepForm)(data, prefix="steps", initial=told["prosedur"])
        self.fees = _set(FeeForm)(data, prefix="fees", initial=told["biaya"]["rows"])
        self.channels = _set(ChannelForm)(data, prefix="channels", initial=told["pengaduan"])

    @property
    def parts(self) -> tuple[Any, ...]:
        return self.form, self.steps, self.fees, self.channels

    @property
    def making(self) -> list[Any]:
        """The fields of the making that are plain lists, in the order of a decree's annex."""
        return [self.form[code] for code in LISTS if code in MAKING]

    def is_valid(self) -> bool:
        found = [part.is_valid() for part in self.parts]  # each, so that each says its faults
        return all(found)

    @property
    def revision(self) -> int:
        return int(self.form.cleaned_data["revision"])

    def content(self) -> dict[str, Any]:
        """What was sent, as a standard is kept; `Components.read` judges it."""
        given = self.form.cleaned_data
        content: dict[str, Any] = {code: given[code] for code in LISTS}
        content["prosedur"] = _rows(self.steps, "step")
        content["jangka-waktu"] = {key: given[key] for key in ("amount", "unit", "note")}
        content["biaya"] = {
            "free": {"yes": True, "no": False}.get(given["free"]),
            "rows": _rows(self.fees, "item"),
            "basis": given["basis"],
        }
        content["produk"] = given["product"]
        content["pengaduan"] = _rows(self.channels, "channel")
        content["jumlah-pelaksana"] = {
            "number": given["number"],
            "needed": given["needed"],
            "note": given["staff_note"],
        }
        return content


def _rows(forms_: Iterable[Any], key: str) -> list[dict[str, Any]]:
    return [form.cleaned_data for form in forms_ if form.cleaned_data.get(key)]


def _initial(components: Components, revision: int) -> Mapping[str, Any]:
    time: Span | None = components.time
    free = {True: "yes", False: "no", None: ""}[components.fees.free]
    return {
        **{code: "\n".join(components.lists.get(code, ())) for code in LISTS},
        "revision": revision,
        "amount": time.amount if time else None,
        "unit": time.unit.value if time else "",
        "note": time.note if time else "",
        "free": "no" if components.fees.rows else free,
        "basis": components.fees.basis,
        "product": components.product,
        "number": components.staff.number,
        "needed": components.staff.needed,
        "staff_note": components.staff.note,
    }


class DecreeForm(forms.Form):
    """The decree by which the head of the unit set it."""

    number = forms.CharField(label=_("Nomor SK"), max_length=120)
    decreed_on = forms.DateField(label=_("Tanggal SK"), widget=DayInput())
    decree = forms.FileField(
        label=_("SK yang sudah ditandatangani (pindaian)"),
        required=False,
        max_length=255,
        allow_empty_file=True,
    )


class CharterDecreeForm(SeenForm, DecreeForm):
    """The decree of a charter, of the words that were shown."""


class StandardDecreeForm(DecreeForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    valid_from = forms.DateField(label=_("Berlaku mulai"), widget=DayInput())
    valid_until = forms.DateField(
        label=_("Berlaku sampai"),
        required=False,
        widget=DayInput(),
        help_text=_("Kosongkan bila tidak ada batasnya."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = timezone.localdate()


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("Apa yang ditinjau dan hasilnya"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
