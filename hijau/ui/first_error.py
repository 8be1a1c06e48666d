"""What is wrong with a form, as the platform says no."""

from __future__ import annotations

from django import forms

from hijau.lib.refused import Refused


def first_error(form: forms.BaseForm) -> Refused:
    """The first thing that is wrong with a form, as a sentence."""
    field, errors = next(iter(form.errors.items()))
    label = form.fields[field].label if field in form.fields else None
    return Refused(f"{label}: {errors[0]}" if label else str(errors[0]))
