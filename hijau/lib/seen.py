"""What somebody saw when they began to write: of two writers the later one is told.

For what is written whole from a form and has no versions of its own. The form carries a mark of
what it showed; the verb compares it with what is there when its turn comes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hijau.lib.refused import Refused


def mark_of(thing: Any, *fields: str) -> str:
    """A mark of these values; of what is not there yet, the mark of nothing."""
    values = [] if thing is None else [getattr(thing, name) for name in fields]
    told = json.dumps(values, default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def must_be_as_seen(thing: Any, seen: str | None, *fields: str) -> None:
    """Refused when it is no longer what the writer saw; None where nobody looked at a form."""
    if seen is not None and seen != mark_of(thing, *fields):
        raise Refused(_("Isian ini sudah diubah orang lain. Muat ulang halaman, lalu isi kembali."))


class SeenForm(forms.Form):
    """A form that remembers what it showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def clean_seen(self) -> str | None:
        return self.cleaned_data["seen"] or None
