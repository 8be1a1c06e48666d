"""How complete a standard is: the figure of the checklist `standar-pelayanan/uu-25-2009`."""

from __future__ import annotations

from fractions import Fraction

from hijau.instruments.models import Version
from hijau.services.components import TITLES, Components
from scoring.instrument import LEAF_LEVEL
from scoring.score import Score, score

INSTRUMENT = "standar-pelayanan/uu-25-2009"


def checklist() -> Version:
    """The shipped checklist."""
    return Version.objects.filter(identifier=INSTRUMENT, government=None).defer("text").latest("pk")


def completeness(components: Components) -> Score:
    """The score of a standard with its proof."""
    rule = checklist().rule
    figures = {(LEAF_LEVEL, code): Fraction(components.has(code)) for code in TITLES}
    return score(rule, figures)
