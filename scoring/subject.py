"""A subject, which is what one result is about, and the way from its figures to its score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.formula import Node, bounds
from scoring.instrument import Instrument
from scoring.interpret import NA, Answered, Figures, RefusedToScore, Step, evaluate, mean_of
from scoring.score import Score, conclude


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of an institution's mean; `value` is None where the cell is empty."""

    name: str
    value: Fraction | Answered | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What one result is about: its name, its figures, and the given second axis if any.

    `units` is filled where the subject is an institution whose figure is the mean of its units.
    """

    name: str
    figures: Figures
    axis_value: str | None = None
    units: tuple[Unit, ...] = ()


def score_subjects(
    instrument: Instrument,
    subjects: Iterable[Subject],
    *,
    form: str | None = None,
    convention: str | None = None,
    axis_value: str | None = None,
) -> Iterator[tuple[Subject, Score]]:
    """Score each subject in order. Raises RefusedToScore with the name of the subject.

    `axis_value` counts for the subjects that state none themselves.
    """
    root = instrument.formula(form, convention)
    for subject in subjects:
        try:
            result = score_subject(instrument, root, subject, axis_value)
        except RefusedToScore as error:
            raise RefusedToScore(f"{subject.name}: {error}") from error
        yield subject, result


def score_subject(
    instrument: Instrument, root: Node, subject: Subject, axis_value: str | None = None
) -> Score:
    """Score one subject by `root`, the formula of the chosen form and convention."""
    step = _step(instrument, root, subject)
    return conclude(instrument, step, subject.axis_value or axis_value)


def _step(instrument: Instrument, root: Node, subject: Subject) -> Step:
    own = instrument.institution
    if own is not None and subject.units:
        return mean_of(own, [_unit_step(root, unit) for unit in subject.units])
    if own is not None and (own.name.level, own.name.code) in subject.figures:
        return evaluate(own, subject.figures)
    return evaluate(root, subject.figures)


def _unit_step(root: Node, unit: Unit) -> Step:
    """The entered figure of a unit, under the unit's own name, so that a proof can show it."""
    node = replace(root, name=replace(root.name, title=unit.name))
    if unit.value is NA:
        return Step(node, None, Fraction(), Fraction(), not_applicable=True)
    if isinstance(unit.value, Fraction):
        return Step(node, unit.value, unit.value, unit.value, given=True)
    ends = bounds(root)
    return Step(node, None, ends.low, ends.high, missing=(unit.name,))
