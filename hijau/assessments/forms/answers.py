"""Answers and marks: an option, a figure, or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language

from hijau.assessments.forms.valued import ValuedForm
from hijau.lib.refused import Refused
from hijau.ui.on_form import first_error
from scoring.facts import BadFact, as_json, read_fact
from scoring.instrument import Question


def note_from(text: str) -> str:
    """A note as it is kept: its lines end as those of a workbook do, not as browsers send them."""
    return "\n".join(text.splitlines())


class AnswerForm(ValuedForm):
    """One answer; an empty value clears it."""

    note = forms.CharField(required=False, max_length=2000)
    seen = forms.IntegerField(required=False, min_value=0)

    def answer(self) -> dict[str, Any]:
        """Keyword arguments for `save_answer`. Refused when it is not a number."""
        return self.valued() | {
            "note": note_from(self.cleaned_data["note"]) if "note" in self.data else None,
            "seen": self.cleaned_data["seen"],
        }


class FactsForm(forms.Form):
    """The facts of one indicator, each in a field of its own; what is left empty is unknown."""

    seen = forms.IntegerField(required=False, min_value=0)

    def __init__(self, raw: QueryDict, *, question: Question) -> None:
        super().__init__(raw)
        self.raw = raw
        self.question = question

    def given(self) -> dict[str, Any]:
        """Keyword arguments for `save_facts`. Refused when a fact cannot be read."""
        if not self.is_valid():
            raise first_error(self)
        facts: dict[str, Any] = {}
        for fact in self.question.facts:
            try:
                value = read_fact(fact, self.raw.getlist(f"fakta-{fact.code}"))
            except BadFact as error:
                raise Refused(error.in_language(get_language() or "id")) from error
            if value is not None:
                facts[fact.code] = as_json(value)
        return {"facts": facts, "seen": self.cleaned_data["seen"]}
