"""The formula of an instrument: a small closed tree of frozen nodes.

There are no expression strings: what a rule can say is what these five classes can say, so both
readers (the interpreter and the SQL compiler) and every proof can be complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from scoring.numbers import Rounding
from scoring.provenance import Fact


class NotApplicable(StrEnum):
    """What a weighted node does with a part that does not apply to the unit."""

    REDISTRIBUTE = "redistribute"
    """Its weight goes to the other parts, in proportion."""
    FULL = "full"
    """It counts as its highest value."""
    ZERO = "zero"
    """It counts as nought."""
    FORBIDDEN = "forbidden"
    """The rule knows no such answer, or nobody published what it does with it."""


class UnknownWeights(StrEnum):
    """What a weighted node does where its weights are not published."""

    RANGE = "range"
    """Give the range over all weights that the published facts allow."""
    REFUSE = "refuse"
    """Do not score this part; its figure can be entered."""


@dataclass(frozen=True, slots=True)
class Name:
    """How a node is addressed and called: `level` and `code` together are unique."""

    code: str
    level: str
    title: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf: what was answered, on a scale from `low` to `high`.

    `decimals` is how many places an answer may have; 0 means whole steps.
    """

    name: Name
    low: Fraction
    high: Fraction
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One child of a weighted node; `weight` is None where nobody published it."""

    weight: Fraction | None
    node: Node
    fact: Fact


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """The sum of weight × value over the parts.

    `total` is what the weights sum to: 1, or less in conventions that lose points (9 × 0.11).
    """

    name: Name
    parts: tuple[Part, ...]
    total: Fraction = Fraction(1)
    not_applicable: NotApplicable = NotApplicable.FORBIDDEN
    unknown: UnknownWeights = UnknownWeights.RANGE

    @property
    def has_unknown_weights(self) -> bool:
        return any(part.weight is None for part in self.parts)

    @property
    def remainder(self) -> Fraction:
        """The weight that the parts without a published weight share."""
        return self.total - sum((p.weight for p in self.parts if p.weight is not None), Fraction())


@dataclass(frozen=True, slots=True)
class Mean:
    """The plain mean of one node over the rows of a group (respondents, products, units).

    A row without a value is left out of its own mean; a group without any value is unknown.
    """

    name: Name
    group: str
    node: Node


@dataclass(frozen=True, slots=True)
class Scale:
    """The value times a factor: a mean answer from 1 to 4, times 25."""

    name: Name
    factor: Fraction
    node: Node


@dataclass(frozen=True, slots=True)
class Rounded:
    """The value rounded here, because the text of the rule says so."""

    name: Name
    decimals: int
    rule: Rounding
    node: Node


Node = Indicator | WeightedSum | Mean | Scale | Rounded


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order of the file."""
    match node:
        case Indicator():
            return ()
        case WeightedSum(parts=parts):
            return tuple(part.node for part in parts)
        case Mean(node=below) | Scale(node=below) | Rounded(node=below):  # pragma: no branch
            return (below,)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for below in children(node):
        yield from walk(below)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and highest value that a node can take, given its scales and weights."""

    low: Fraction = field(default_factory=Fraction)
    high: Fraction = field(default_factory=Fraction)


def bounds(node: Node) -> Bounds:
    """What the node could be at the worst and at the best."""
    match node:
        case Indicator(low=low, high=high):
            return Bounds(low, high)
        case WeightedSum(parts=parts):
            low, high = Fraction(), Fraction()
            free = [bounds(part.node) for part in parts if part.weight is None]
            for part in parts:
                if part.weight is not None:
                    below = bounds(part.node)
                    low, high = low + part.weight * below.low, high + part.weight * below.high
            if free:
                low += node.remainder * min(b.low for b in free)
                high += node.remainder * max(b.high for b in free)
            return Bounds(low, high)
        case Mean(node=below):
            return bounds(below)
        case Scale(factor=factor, node=below):
            inner = bounds(below)
            return Bounds(inner.low * factor, inner.high * factor)
        case Rounded(node=below):  # pragma: no branch
            return bounds(below)
