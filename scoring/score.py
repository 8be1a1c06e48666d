"""From answers to a published figure: value or range, category, zone, opinion, and the proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from scoring.formula import Indicator
from scoring.instrument import Band, Instrument
from scoring.interpret import Figures, Step, evaluate, mean_of
from scoring.numbers import format_exact, format_fixed


@dataclass(frozen=True, slots=True)
class Score:
    """A scored subject. `value`, `low` and `high` are rounded as the instrument publishes them.

    `value` is None while something is missing or a weight is unpublished; then the figure lies
    between `low` and `high`. `band` is given only when the facts leave no other one.
    """

    instrument: Instrument
    step: Step
    value: Fraction | None
    low: Fraction | None
    high: Fraction | None
    band: Band | None
    possible: tuple[Band, ...]
    estimate: bool
    missing: tuple[str, ...]
    axis_value: str | None = None

    @property
    def exact(self) -> Fraction | None:
        """The unrounded value, from which a city's mean is taken."""
        return self.step.value

    @property
    def zone(self) -> str | None:
        """The zone, in lower case, when all categories that are possible share it."""
        return self.band.zone if self.band else None

    @property
    def opinions(self) -> tuple[str | None, ...]:
        """The opinions (since 2025) that category and compliance allow; None is unpublished."""
        axis = self.instrument.axis
        if axis is None or self.band is None:
            return ()
        return axis.opinions(self.band.code, self.axis_value)

    @property
    def opinion(self) -> str | None:
        """The one opinion, when compliance is given and its cell is published."""
        return self.opinions[0] if len(self.opinions) == 1 else None

    @property
    def label(self) -> str | None:
        """The words of the category; with compliance given, the opinion, None if unpublished."""
        return self.label_in("id")

    def label_in(self, language: str) -> str | None:
        """The same in a language; an opinion has only its Indonesian words."""
        if self.band is None:
            return None
        return self.opinion if self.axis_value else self.band.label.in_language(language)

    def published(self, value: Fraction | None) -> str | None:
        """A figure with the decimals of the instrument; None stays None."""
        if value is None:
            return None
        return format_fixed(value, self.instrument.publish.decimals, self.instrument.publish.rule)

    def gap_to(self, target: Fraction) -> Fraction | None:
        """How much is wanting to a target, 0 when reached; None while the value is unknown."""
        return None if self.value is None else max(target - self.value, Fraction())


def score(
    instrument: Instrument,
    figures: Figures,
    *,
    form: str | None = None,
    convention: str | None = None,
    axis_value: str | None = None,
    as_asked: bool = False,
) -> Score:
    """Score one subject. Raises RefusedToScore where the instrument does not say how.

    With `as_asked`, nothing is refused: figures of nodes that cannot be counted are leaves.
    """
    formula = instrument.asked if as_asked else instrument.formula
    step = evaluate(formula(form, convention), figures)
    return conclude(instrument, step, axis_value)


def score_institution(
    instrument: Instrument, units: Iterable[Score], *, axis_value: str | None = None
) -> Score | None:
    """The institution's figure from its units' unrounded ones; None where the rule has none."""
    if instrument.institution is None:
        return None
    step = mean_of(instrument.institution, [unit.step for unit in units])
    return conclude(instrument, step, axis_value)


def classify(instrument: Instrument, value: Fraction, *, axis_value: str | None = None) -> Score:
    """Round a finished figure as the instrument publishes it, then find its category.

    Raises ValueError, with a sentence, for a figure outside the table or where there is no table.
    """
    if not instrument.bands:
        raise ValueError(f"Instrumen {instrument.id} tidak menerbitkan kategori.")
    rounded = instrument.publish.round(value)
    low, high = instrument.bands[-1].low, instrument.bands[0].high
    if not low <= rounded <= high:
        ends = f"{format_exact(low)} sampai {format_exact(high)}"
        raise ValueError(f"{format_exact(value)} di luar skala {ends}. Periksa nilainya.")
    root = instrument.formula()
    return conclude(instrument, Step(root, value, value, value, given=True), axis_value)


def conclude(instrument: Instrument, step: Step, axis_value: str | None = None) -> Score:
    """Round once, classify the rounded figure, and say what it rests on."""
    publish = instrument.publish
    missing = tuple(dict.fromkeys(step.missing))
    if step.not_applicable:
        return Score(instrument, step, None, None, None, None, (), True, missing, axis_value)
    low, high = publish.round(step.low), publish.round(step.high)
    value = None if step.value is None else publish.round(step.value)
    possible = instrument.bands_between(low, high)
    band = possible[0] if len(possible) == 1 and not missing else None
    estimate = step.is_estimate or any(b.fact.label.is_estimate for b in possible)
    return Score(instrument, step, value, low, high, band, possible, estimate, missing, axis_value)


def as_json(subject: str, result: Score) -> dict[str, object]:
    """The object that `hijau score` prints; figures are strings, for no reader may round them."""
    return {
        "subject": subject,
        "value": result.published(result.value),
        "low": result.published(result.low),
        "high": result.published(result.high),
        "category": result.band.code if result.band else None,
        "label": result.label,
        "zone": result.zone,
        "opinion": result.opinion,
        "possible": [band.code for band in result.possible],
        "estimate": result.estimate,
        "missing": list(result.missing),
        "parts": [
            {
                "level": step.node.name.level,
                "code": step.node.name.code,
                "title": step.node.name.title,
                "value": result.published(step.value),
                "low": result.published(step.low),
                "high": result.published(step.high),
            }
            for step in result.step.walk()
            if not isinstance(step.node, Indicator)
            and step is not result.step
            and not step.not_applicable
        ],
    }
