"""Words of the instruments on pages."""

from __future__ import annotations

import re
from fractions import Fraction

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from scoring.numbers import format_exact
from scoring.proof import LABELS
from scoring.provenance import Label
from scoring.text import Text

register = template.Library()


@register.filter
def in_language(text: Text | str) -> str:
    """An instrument's text in the language of the page; the legal wording is Indonesian."""
    return text if isinstance(text, str) else text.in_language(get_language() or "id")


@register.filter
def plain(value: Fraction) -> str:
    """A figure as a form sends it: `4`, `0.5`."""
    return format_exact(value)


@register.filter
def decimal_sign(text: str) -> str:
    """Figures inside a text with the decimal sign of the page's language: `0,75` or `0.75`."""
    english = (get_language() or "id").startswith("en")
    return text if english else re.sub(r"(?<=\d)\.(?=\d)", ",", text)


@register.filter
def family_name(family: str) -> str:
    """Who judges by the instruments of a family."""
    names = {
        "ombudsman": _("Ombudsman RI"),
        "pekppp": _("PEKPPP, Kementerian PANRB"),
        "skm": _("Survei kepuasan masyarakat (SKM)"),
        "standar-pelayanan": _("Standar pelayanan"),
    }
    return names.get(family, family)


@register.filter
def label_text(label: Label) -> str:
    """How sure a fact is, in words."""
    return in_language(LABELS[label])
