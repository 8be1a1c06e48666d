"""The first reader of a formula: one score in exact fractions, with every step of its proof.

Unknown is a value. What is missing, and where weights are unpublished, the reader keeps the
lowest and the highest figure that the facts allow; it never fills in a nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from scoring.formula import (
    Indicator,
    Mean,
    Node,
    NotApplicable,
    Part,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    bounds,
)
from scoring.numbers import round_fraction

ZERO = Fraction()


class Answered(Enum):
    """An answer that is not a number."""

    NOT_APPLICABLE = "N/A"


NA = Answered.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class Tally:
    """The rows of a group, folded: their sum and how many of them carried a value."""

    total: Fraction
    count: int


Answer = Fraction | Answered | Tally
"""What a unit answered. A key that is absent is an answer that is missing."""

Figures = Mapping[tuple[str, str], Answer]
"""Answers by (level, code): an indicator's answer, or the entered figure of a node above it."""


class RefusedToScore(ValueError):
    """The instrument does not say how to compute this; the sentence says what can be done."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the proof: a node, what it came to, and from what.

    `value` is None while it is unknown; then `low` and `high` are the ends of what is possible.
    `weight` is the weight that counted here (after redistribution), None where it is unpublished.
    `given` says that the figure was entered, not computed. `rows` is what a mean was taken from.
    """

    node: Node
    value: Fraction | None
    low: Fraction
    high: Fraction
    weight: Fraction | None = None
    not_applicable: bool = False
    given: bool = False
    missing: tuple[str, ...] = ()
    below: tuple[Step, ...] = ()
    rows: Tally | None = None

    def walk(self) -> Iterator[Step]:
        """This step and all below it, parents first."""
        yield self
        for step in self.below:
            yield from step.walk()

    @property
    def is_estimate(self) -> bool:
        """Whether this rests on a fact that is inferred or assumed, or on unknown weights."""
        return any(step.rests_on_estimate for step in self.walk())

    @property
    def rests_on_estimate(self) -> bool:
        """Whether this very node does, leaving aside what is below it."""
        if self.given or self.not_applicable:
            return False
        if self.node.name.fact.label.is_estimate:
            return True
        if not isinstance(self.node, WeightedSum):
            return False
        return any(p.weight is None or p.fact.label.is_estimate for p in self.node.parts)


def evaluate(node: Node, figures: Figures) -> Step:
    """Score `node` from answers and entered figures, exactly.

    An entered figure of a node wins over the answers below it. Raises RefusedToScore where an
    answer says "not applicable" and the rule has no such answer, or where the file refuses.
    """
    name = node.name
    given = figures.get((name.level, name.code))
    if isinstance(given, Fraction):
        return Step(node, given, given, given, given=not isinstance(node, Indicator))
    if given is NA:
        return Step(node, None, ZERO, ZERO, not_applicable=True)
    match node:
        case Indicator(low=low, high=high):
            return Step(node, None, low, high, missing=(name.code,))
        case Mean(node=below):
            return _mean(node, below, given or figures.get((below.name.level, below.name.code)))
        case WeightedSum():
            return _weighted_sum(node, figures)
        case Scale(factor=factor, node=below):
            inner = evaluate(below, figures)
            value = None if inner.value is None else inner.value * factor
            return _wrap(node, inner, value, inner.low * factor, inner.high * factor)
        case Rounded(decimals=decimals, rule=rule, node=below):  # pragma: no branch
            inner = evaluate(below, figures)
            low, high = (round_fraction(v, decimals, rule) for v in (inner.low, inner.high))
            value = None if inner.value is None else round_fraction(inner.value, decimals, rule)
            return _wrap(node, inner, value, low, high)


def forbidden(part: Part) -> str:
    """What both readers say to a "not applicable" that the rule does not know."""
    name = part.node.name
    return (
        f"“Tidak berlaku” tidak dikenal untuk {name.code} ({name.title}). "
        "Pilih salah satu jawaban, atau kosongkan."
    )


def mean_of(node: Mean, steps: Iterable[Step]) -> Step:
    """The plain mean of steps that are scored already: units of a city, products of a unit.

    Takes the unrounded values. Missing ones keep the mean unknown, and its range wide.
    """
    steps = tuple(step for step in steps if not step.not_applicable)
    if not steps:
        return Step(node, None, *_ends(node), missing=(node.name.code,))
    count = len(steps)
    missing = tuple(code for step in steps for code in step.missing)
    low = sum((s.low for s in steps), ZERO) / count
    high = sum((s.high for s in steps), ZERO) / count
    value = low if low == high and not missing else None
    return Step(node, value, low, high, missing=missing, below=steps)


def _ends(node: Node) -> tuple[Fraction, Fraction]:
    ends = bounds(node)
    return ends.low, ends.high


def _wrap(node: Node, inner: Step, value: Fraction | None, low: Fraction, high: Fraction) -> Step:
    return Step(
        node,
        value,
        low,
        high,
        not_applicable=inner.not_applicable,
        missing=inner.missing,
        below=(inner,),
    )


def _mean(node: Mean, below: Node, rows: Answer | None) -> Step:
    if isinstance(rows, Tally) and rows.count:
        value = rows.total / rows.count
        return Step(node, value, value, value, rows=rows)
    if isinstance(rows, Fraction):
        return Step(node, rows, rows, rows)
    return Step(node, None, *_ends(below), missing=(node.name.code,))


def _weighted_sum(node: WeightedSum, figures: Figures) -> Step:
    pairs = [(part, evaluate(part.node, figures)) for part in node.parts]
    if node.unknown is UnknownWeights.REFUSE and node.has_unknown_weights:
        title = node.name.title
        raise RefusedToScore(
            f"Bobot butir {title} tidak diterbitkan, sehingga {title} tidak dapat dihitung dari "
            f"butirnya. Masukkan nilai {title} sendiri (--level {node.name.level})."
        )
    kept = [_not_applicable(node, part, step) for part, step in pairs]
    if all(step.not_applicable for _, step in kept):
        return Step(node, None, ZERO, ZERO, not_applicable=True, below=tuple(s for _, s in kept))
    missing = tuple(code for _, step in kept for code in step.missing)
    known = [(w, step) for w, step in kept if w is not None and not step.not_applicable]
    free = [step for w, step in kept if w is None]
    weights = sum((w for w, _ in known), ZERO)
    if not free and weights != node.total:
        if not weights:
            return Step(node, None, ZERO, ZERO, not_applicable=True)
        ratio = node.total / weights
        known = [(w * ratio, step) for w, step in known]
    low = sum((w * step.low for w, step in known), ZERO)
    high = sum((w * step.high for w, step in known), ZERO)
    if free:
        low += node.remainder * min(step.low for step in free)
        high += node.remainder * max(step.high for step in free)
    counted = iter(known)
    below = tuple(
        _weighed(step, None if w is None or step.not_applicable else next(counted)[0])
        for w, step in kept
    )
    value = low if low == high and not missing else None
    return Step(node, value, low, high, missing=missing, below=below)


def _not_applicable(node: WeightedSum, part: Part, step: Step) -> tuple[Fraction | None, Step]:
    """What the part counts as, when its answer is "not applicable"."""
    if not step.not_applicable:
        return part.weight, step
    match node.not_applicable:
        case NotApplicable.REDISTRIBUTE:
            return part.weight, step
        case NotApplicable.FULL:
            full = bounds(part.node).high
            return part.weight, Step(part.node, full, full, full)
        case NotApplicable.ZERO:
            return part.weight, Step(part.node, ZERO, ZERO, ZERO)
        case NotApplicable.FORBIDDEN:  # pragma: no branch
            raise RefusedToScore(forbidden(part))


def _weighed(step: Step, weight: Fraction | None) -> Step:
    return replace(step, weight=weight)
