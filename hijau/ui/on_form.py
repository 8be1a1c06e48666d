"""Where a refusal and a form meet: the one sentence by which the platform says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from hijau.lib.refused import Refused


def first_error(form: forms.BaseForm) -> Refused:
    """The first thing that is wrong with a form, as a sentence."""
    field, errors = next(iter(form.errors.items()))
    label = form.fields[field].label if field in form.fields else None
    return Refused(f"{label}: {errors[0]}" if label else str(errors[0]))


@contextmanager
def refusals_on(form: forms.BaseForm) -> Iterator[None]:
    """What is refused inside is said on the form, which stays filled in; then the view goes on."""
    try:
        yield
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
