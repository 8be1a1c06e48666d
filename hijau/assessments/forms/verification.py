"""Naming verifiers, settling, sending back, objecting and answering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments.forms.valued import ValuedForm
from hijau.assessments.models import Assessment, Round


class UnitsField(forms.ModelMultipleChoiceField):
    """Assessments of one round, called by their units."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title)


class VerifiersForm(forms.Form):
    """Which units of a round are given to which verifiers."""

    assessments = UnitsField(
        Assessment.objects.none(),
        label=gettext_lazy("Unit"),
        widget=forms.CheckboxSelectMultiple,
    )
    verifiers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("Verifikator"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, opened: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessments"].queryset = Assessment.objects.visible_to(user).filter(  # type: ignore[attr-defined]
            round=opened
        )
        self.fields["verifiers"].queryset = User.objects.holding(  # type: ignore[attr-defined]
            Role.VERIFIER, opened.government
        ).order_by("name")


class DecidedForm(ValuedForm):
    """A value that was decided, with its reason."""

    reason = forms.CharField(required=False, max_length=4000)

    def decided(self) -> dict[str, Any]:
        """`value`, `not_applicable` and `reason`. Refused when it is not a number."""
        return self.valued() | {"reason": self.cleaned_data["reason"]}


class ObjectionForm(forms.Form):
    """An objection, with a letter where there is one."""

    text = forms.CharField(max_length=4000)
    letter = forms.FileField(required=False, max_length=255, allow_empty_file=True)


class ObjectionAnswerForm(DecidedForm):
    """The answer to an objection."""

    is_upheld = forms.BooleanField(required=False)
