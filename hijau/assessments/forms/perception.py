"""One respondent's answers (F-03): no name, nothing but the answers."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hijau.assessments.models import Assessment
from hijau.lib.refused import Refused


class PerceptionForm(forms.Form):
    """The items that the round's form asks of users, each on its scale."""

    key = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = assessment.asked_of_users
        self.fields["key"].initial = uuid.uuid4
        language = get_language() or "id"
        for question in self.questions:
            low, high = int(question.low), int(question.high)
            self.fields[question.code] = forms.TypedChoiceField(
                label=question.title.in_language(language),
                choices=[(str(value), str(value)) for value in range(low, high + 1)],
                coerce=int,
                required=False,
                empty_value=None,
                widget=forms.RadioSelect,
            )

    def given(self) -> tuple[uuid.UUID, dict[str, int]]:
        """The form's own key, and what was answered. Refused when nothing can be made of it."""
        if not self.is_valid():
            raise Refused(_("Ada jawaban yang tidak terbaca. Muat ulang, lalu isi lagi."))
        answers = {
            question.code: self.cleaned_data[question.code]
            for question in self.questions
            if self.cleaned_data[question.code] is not None
        }
        return self.cleaned_data["key"], answers
