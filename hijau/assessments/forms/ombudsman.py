"""Untrusted input to typed values: respondents, absences, visits, the quiz, products."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import Membership, User
from hijau.accounts.permissions import Permission
from hijau.assessments.models.oversight import PERIODS, ProductKind
from hijau.assessments.models.readiness import Certainty, Function, Reason
from hijau.assessments.quiz import Sheet
from hijau.assessments.readiness import desks_of
from hijau.organisation.models import Kind, Organisation, under
from hijau.ui.fields import DayInput


class RespondentForm(forms.Form):
    """Name whom the Ombudsman calls on."""

    function = forms.ChoiceField(label=_("Tugas"), choices=Function.choices)
    name = forms.CharField(label=_("Nama"), max_length=120)
    decree = forms.CharField(
        label=_("Nomor SK"),
        required=False,
        max_length=120,
        help_text=_("Wajib untuk penanggung jawab pengaduan."),
    )
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Akun Hijau"),
        required=False,
        help_text=_("Bila ia punya akun, Hijau memperingatkan saat perannya di unit ini berakhir."),
    )
    since = forms.DateField(label=_("Sejak"), widget=DayInput())
    until = forms.DateField(label=_("Sampai"), required=False, widget=DayInput())

    def __init__(self, *args: Any, unit: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = timezone.localdate()
        here = Membership.objects.current().filter(organisation__path__in=desks_of(unit))
        people = User.objects.filter(is_active=True, memberships__in=here).distinct()
        self.fields["user"].queryset = people.order_by("name")  # type: ignore[attr-defined]

    def respondent(self) -> dict[str, Any]:
        return {**self.cleaned_data, "function": Function(self.cleaned_data["function"])}


class EndForm(forms.Form):
    """The last day on which a respondent is called on."""

    until = forms.DateField(label=_("Hari terakhir"), widget=DayInput())


class AbsenceForm(forms.Form):
    """On which days a respondent is away, and why."""

    since = forms.DateField(label=_("Dari"), widget=DayInput())
    until = forms.DateField(label=_("Sampai"), widget=DayInput())
    reason = forms.ChoiceField(label=_("Alasan"), choices=Reason.choices)


class VisitForm(forms.Form):
    """The day of a visit, and how one knows of it."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Yang dikunjungi"))
    day = forms.DateField(label=_("Tanggal kunjungan"), widget=DayInput())
    certainty = forms.ChoiceField(label=_("Kepastian"), choices=Certainty.choices)
    source = forms.CharField(
        label=_("Sumber"), max_length=200, help_text=_("Nomor surat, telepon, atau kabar.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.filter(under(user.seen_paths(Permission.PREPARE_VISIT)))
        self.fields["organisation"].queryset = places.exclude(kind=Kind.COUNTER)  # type: ignore[attr-defined]


class QuizForm(forms.Form):
    """One sitting: every question of a sheet with its choices in the order of the sheet."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "id"
        for question, order in sheet.questions:
            self.fields[question.code] = forms.TypedChoiceField(
                label=question.ask.in_language(language),
                choices=[(n, question.choices[n].in_language(language)) for n in order],
                coerce=int,
                widget=forms.RadioSelect,
            )


class ProductForm(forms.Form):
    """A product of the Ombudsman, as its letter has it."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=ProductKind.choices)
    number = forms.CharField(label=_("Nomor surat"), max_length=120)
    title = forms.CharField(label=_("Perihal"), max_length=200)
    about = forms.CharField(
        label=_("Yang diminta"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Jangan menulis nama pelapor."),
    )
    owner = forms.ModelChoiceField(Organisation.objects.none(), label=_("Penanggung jawab"))
    received_on = forms.DateField(label=_("Tanggal surat diterima"), widget=DayInput())
    due_on = forms.DateField(
        label=_("Batas waktu"),
        required=False,
        widget=DayInput(),
        help_text=_(
            "Isi bila tertulis pada suratnya. Bila kosong, dihitung %(corrective)d hari sejak "
            "diterima, atau %(recommendation)d hari untuk rekomendasi."
        ),
    )
    letter = forms.FileField(
        label=_("Surat (pindaian)"), required=False, max_length=255, allow_empty_file=True
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {kind: PERIODS[kind].days for kind in PERIODS}
        self.fields["due_on"].help_text = str(self.fields["due_on"].help_text) % days
        self.fields["received_on"].initial = timezone.localdate()
        self.fields["owner"].queryset = owners(user)  # type: ignore[attr-defined]

    def product(self) -> dict[str, Any]:
        return {**self.cleaned_data, "kind": ProductKind(self.cleaned_data["kind"])}


class AssignForm(forms.Form):
    """Who must follow a product up."""

    owner = forms.ModelChoiceField(Organisation.objects.none(), label=_("Penanggung jawab"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners(user)  # type: ignore[attr-defined]


class FollowUpForm(forms.Form):
    """What was done, when, and the proof."""

    done = forms.CharField(label=_("Yang dilakukan"), widget=forms.Textarea(attrs={"rows": 3}))
    day = forms.DateField(label=_("Tanggal tindak lanjut"), widget=DayInput())
    proof = forms.FileField(
        label=_("Bukti"),
        max_length=255,
        allow_empty_file=True,
        error_messages={"required": _("Pilih berkas dahulu.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()


class AcceptForm(forms.Form):
    """The day on which the Ombudsman accepted what was done."""

    accepted_on = forms.DateField(label=_("Diterima Ombudsman pada"), widget=DayInput())


def owners(user: User) -> Any:
    """Who may be charged with a product: the government, its agencies and units."""
    places = Organisation.objects.filter(under(user.seen_paths(Permission.KEEP_PRODUCTS)))
    return places.exclude(kind=Kind.COUNTER)
