"""Untrusted input to typed values, for people and roles."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission, Role
from hijau.organisation.models import Kind, Organisation, under


class LoginForm(AllauthLoginForm):
    """Log in by e-mail, in the words of the other pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("login", gettext_lazy("Alamat surel")),
            ("password", gettext_lazy("Kata sandi")),
        ):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)


class UnitForm(forms.Form):
    """Add an agency, unit or counter to the tree."""

    parent = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("Di bawah"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Jenis"),
        choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.GOVERNMENT],
    )
    name = forms.CharField(label=gettext_lazy("Nama lengkap"), max_length=160)
    short_name = forms.CharField(label=gettext_lazy("Singkatan"), max_length=60)
    code = forms.SlugField(
        label=gettext_lazy("Kode"),
        max_length=60,
        help_text=gettext_lazy("Huruf kecil, angka, dan tanda hubung; tidak berubah lagi."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.filter(under(user.seen_paths(Permission.MANAGE_UNITS)))
        self.fields["parent"].queryset = places  # type: ignore[attr-defined]

    def place(self) -> dict[str, Any]:
        return {**self.cleaned_data, "kind": Kind(self.cleaned_data["kind"])}


class RoleForm(forms.Form):
    """Give a person a role; a new person gets a first password to hand over."""

    name = forms.CharField(label=gettext_lazy("Nama"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Alamat surel"), max_length=254)
    title = forms.CharField(label=gettext_lazy("Jabatan"), required=False, max_length=120)
    role = forms.ChoiceField(label=gettext_lazy("Peran"), choices=Role.choices)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Di mana")
    )
    password = forms.CharField(
        label=gettext_lazy("Kata sandi awal (untuk akun baru)"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Sekurang-kurangnya 12 karakter. Mintalah ia segera menggantinya."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.filter(under(user.seen_paths(Permission.MANAGE_PEOPLE)))
        self.fields["organisation"].queryset = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        email = data.get("email")
        if email and not data.get("password") and not User.objects.filter(email=email.lower()):
            self.add_error("password", _("Isi kata sandi awal: alamat surel ini belum punya akun."))
        return data

    def role_and_place(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["role"] = Role(data["role"])
        data["password"] = data["password"] or None
        return data
