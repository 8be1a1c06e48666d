"""Which opinion of the Ombudsman would we get today, and what would change it?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hijau.accounts.models import User
from hijau.assessments.models import Assessment, Product, Round
from hijau.assessments.models.oversight import ProductStatus
from hijau.organisation.models import Organisation
from hijau.reports.city import city_score, city_standing
from hijau.ui.shapes import Standing
from scoring.instrument import Band, SecondAxis
from scoring.score import Score

HIGH, OTHER = "tinggi", "lainnya"
"""The values of the second axis that `instruments/ombudsman/opini-2025` knows."""


@dataclass(frozen=True)
class Possible:
    """An opinion that can still come out; None is a cell that nobody has published."""

    band: Band
    axis_value: str
    opinion: str | None


@dataclass(frozen=True)
class Step:
    """A way to the next category: its name, and how much the city's figure is wanting."""

    band: Band
    least: Fraction
    most: Fraction


@dataclass
class Opinion:
    """The two axes and what comes of them."""

    round: Round
    assessments: list[Assessment]
    score: Score
    standing: Standing
    products: list[Product]
    compliance: str | None
    """What the register says: `tinggi`, `lainnya`, or None without any product."""
    supposed: str | None
    """What is supposed instead, in a what-if."""

    @property
    def axis(self) -> SecondAxis | None:
        return self.score.instrument.axis

    @property
    def axis_value(self) -> str | None:
        return self.supposed or self.compliance

    @property
    def is_begun(self) -> bool:
        return any(assessment.answered for assessment in self.assessments)

    @property
    def possible(self) -> list[Possible]:
        """Every opinion that figures, register and published cells leave, best first."""
        if self.axis is None or not self.is_begun:
            return []
        return [
            Possible(band, value, self.axis.matrix[band.code][value])
            for band in self.score.possible
            for value in self.axis.values
            if self.axis_value in (None, value)
        ]

    @property
    def certain(self) -> Possible | None:
        """The one opinion, when nothing else is possible and its cell is published."""
        found = self.possible
        return found[0] if len(found) == 1 and found[0].opinion else None

    @property
    def unfinished(self) -> list[Product]:
        return [product for product in self.products if product.is_unfinished]

    @property
    def unanswered(self) -> list[Assessment]:
        """The units that have not answered all, which keep the city's figure a range."""
        return [a for a in self.assessments if a.answered < len(a.required)]

    @property
    def next_step(self) -> Step | None:
        """The category above the lowest possible one; None at the top or without figures."""
        score = self.score
        if not self.is_begun or not score.possible or score.low is None or score.high is None:
            return None
        bands = score.instrument.bands
        place = bands.index(score.possible[-1])
        if place == 0:
            return None
        above = bands[place - 1]
        return Step(
            above,
            max(above.low - score.high, Fraction()),
            max(above.low - score.low, Fraction()),
        )


def compliance_of(products: Sequence[Product]) -> str | None:
    """Our reading of the second axis: high when the Ombudsman accepted every product.

    No threshold is published. Without any product the outcome is unknown, so it stays None.
    """
    if not products:
        return None
    return HIGH if all(p.status == ProductStatus.ACCEPTED for p in products) else OTHER


def opinion_of(user: User, government: Organisation, supposed: str | None) -> Opinion | None:
    """The opinion by the newest round whose instrument of the Ombudsman was in force in its year.

    None when there is no such round.
    """
    opened = _newest(government)
    if opened is None:
        return None
    assessments = list(Assessment.objects.visible_to(user).filter(round=opened))
    products = list(
        Product.objects.of_government(government).select_related("owner").order_by("due_on", "pk")
    )
    axis = opened.version.rule.axis
    known = axis.values if axis else ()
    given = supposed if supposed in known else None
    compliance = compliance_of(products)
    compliance = compliance if compliance in known else None
    score = city_score(opened.version.rule, assessments, given or compliance)
    standing = city_standing(opened, assessments)
    if score is None or standing is None:
        return None
    return Opinion(opened, assessments, score, standing, products, compliance, given)


def _newest(government: Organisation) -> Round | None:
    rounds = Round.objects.filter(government=government, version__family="ombudsman")
    for opened in rounds.select_related("version", "government").newest_first():
        last = dt.date(opened.year, 12, 31)
        version = opened.version
        if version.valid_from <= last and (version.valid_until or last) >= last:
            return opened
    return None
