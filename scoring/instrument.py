"""An instrument: what the law asks, how it is scored, and where each number comes from.

Instruments are read by :func:`scoring.reading.read_instrument`; here is only what they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from scoring.facts import AskedFact, Rules
from scoring.formula import (
    Indicator,
    Mean,
    Name,
    Node,
    Part,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    bounds,
    walk,
)
from scoring.numbers import Rounding, round_fraction
from scoring.provenance import Fact
from scoring.text import EMPTY, Text

LEAF_LEVEL = "indikator"
"""The level of the answers themselves."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that an indicator offers, and the value it stands for."""

    value: Fraction
    text: Text


@dataclass(frozen=True, slots=True)
class Rejected:
    """Evidence that would be sent back, and why."""

    text: Text
    why: Text


@dataclass(frozen=True, slots=True)
class Examples:
    """Evidence that would do and evidence that would not: Hijau's own advice, not the law's."""

    accepted: tuple[Text, ...]
    rejected: tuple[Rejected, ...]
    fact: Fact


@dataclass(frozen=True, slots=True)
class Question:
    """An indicator as a person sees it: question, options, guidance, expected evidence.

    `facts` are what F-01 asks and `rules` how they propose a level (:func:`scoring.facts.propose`).
    `unscored` gives the reason where the indicator is asked but not in the formula. `asked_of`
    says who answers: the unit itself, or the users of the service, whose answers may come later.
    """

    code: str
    title: Text
    question: Text
    low: Fraction
    high: Fraction
    decimals: int
    options: tuple[Option, ...]
    fact: Fact
    guidance: Text = EMPTY
    evidence: tuple[Text, ...] = ()
    facts: tuple[AskedFact, ...] = ()
    rules: Rules | None = None
    examples: Examples | None = None
    unscored: str = ""
    asked_of: str = "unit"

    def option(self, level: Fraction | None) -> Option | None:
        """The option that stands for a level."""
        return next((option for option in self.options if option.value == level), None)


@dataclass(frozen=True, slots=True)
class Band:
    """A published category: from `low` to `high`, both included, on the rounded figure."""

    low: Fraction
    high: Fraction
    code: str
    label: Text
    zone: str | None
    fact: Fact


@dataclass(frozen=True, slots=True)
class SecondAxis:
    """A given second axis (compliance with Ombudsman products) and the opinions it leads to.

    `matrix[band code][axis value]` is the opinion; None is a cell that nobody has published.
    """

    code: str
    title: Text
    values: tuple[str, ...]
    matrix: Mapping[str, Mapping[str, str | None]]
    fact: Fact

    def opinions(self, band: str, given: str | None = None) -> tuple[str | None, ...]:
        """The opinions that a band can lead to; one when the axis is given."""
        row = self.matrix[band]
        return tuple(row.values()) if given not in row or given is None else (row[given],)


@dataclass(frozen=True, slots=True)
class Convention:
    """A named way of weighing, where practice or planning has more than one.

    `weights` gives, per node code, one weight for all parts, a weight per part code, or None
    for "share the unpublished weight equally".
    """

    name: str
    title: Text
    weights: Mapping[str, Fraction | Mapping[str, Fraction] | None]
    fact: Fact
    default: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """A regulation that the instrument follows."""

    regulation: str
    about: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when the instrument is in force; `until` None means that no end is known."""

    since: dt.date
    until: dt.date | None
    fact: Fact

    def __contains__(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Publishing:
    """How the figure is published: decimals, the rounding rule, and its scale."""

    decimals: int
    rule: Rounding
    low: Fraction
    high: Fraction
    fact: Fact

    def round(self, value: Fraction) -> Fraction:
        return round_fraction(value, self.decimals, self.rule)


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence test that travels with the instrument."""

    name: str
    data: Mapping[str, object]


@dataclass(frozen=True)
class Instrument:
    """A dated, cited and frozen rule: it never changes, a new rule is a new file."""

    id: str
    title: Text
    family: str
    body: str
    row: str
    valid: Validity
    basis: tuple[Basis, ...]
    sources: Mapping[str, str]
    publish: Publishing
    questions: tuple[Question, ...]
    forms: Mapping[str, Node]
    institution: Mean | None
    conventions: tuple[Convention, ...]
    bands: tuple[Band, ...]
    axis: SecondAxis | None
    cases: tuple[Case, ...]
    sha256: str
    notes: tuple[str, ...] = ()
    text: str = field(default="", repr=False)

    def __hash__(self) -> int:
        return hash(self.sha256)

    @cached_property
    def by_code(self) -> Mapping[str, Question]:
        return {question.code: question for question in self.questions}

    @cached_property
    def default_convention(self) -> Convention | None:
        return next((c for c in self.conventions if c.default), None)

    @cached_property
    def _asked(self) -> dict[tuple[str | None, str | None], Node]:
        """The formulas that were asked for, by form and convention; the rule never changes."""
        return {}

    @cached_property
    def _questions_asked(self) -> dict[str | None, tuple[Question, ...]]:
        return {}

    def questions_of(self, form: str | None = None) -> tuple[Question, ...]:
        """The questions that a form asks: those in its formula, and the unscored ones."""
        root = self.forms[form or next(iter(self.forms))]
        asked = {node.name.code for node in walk(root) if isinstance(node, Indicator)}
        return tuple(q for q in self.questions if q.code in asked or q.unscored)

    def asked(self, form: str | None = None, convention: str | None = None) -> Node:
        """The formula down to what can be asked and counted.

        Where the rule refuses to count from items whose weights nobody published, the figure of
        the node itself is asked; its leaf is called `level:code`, as in a workbook.
        """
        if (form, convention) not in self._asked:
            formula = self.formula(form, convention)
            self._asked[form, convention] = _asked(formula, self.publish.decimals)
        return self._asked[form, convention]

    def questions_asked(self, form: str | None = None) -> tuple[Question, ...]:
        """The questions of a form, in its order; the unscored ones last."""
        if form not in self._questions_asked:
            self._questions_asked[form] = self._questions_in_order(form)
        return self._questions_asked[form]

    def _questions_in_order(self, form: str | None) -> tuple[Question, ...]:
        leaves = [node for node in walk(self.asked(form)) if isinstance(node, Indicator)]
        scored = [self.by_code.get(leaf.name.code) or _question_of(leaf) for leaf in leaves]
        unscored = [q for q in self.questions if q.unscored]
        return tuple(dict.fromkeys((*scored, *unscored)))

    def convention(self, name: str | None) -> Convention | None:
        """The named convention, or the default one. Raises KeyError for an unknown name."""
        if name is None:
            return self.default_convention
        for convention in self.conventions:
            if convention.name == name:
                return convention
        raise KeyError(name)

    def formula(self, form: str | None = None, convention: str | None = None) -> Node:
        """The formula of one row's subject under a form (the first by default) and convention."""
        root = self.forms[form or next(iter(self.forms))]
        chosen = self.convention(convention)
        return root if chosen is None else _weighed(root, chosen)

    def nodes(self, form: str | None = None) -> Iterator[Node]:
        """Every node that a figure can be given for, the institution's first."""
        if self.institution is not None:
            yield self.institution
        yield from walk(self.forms[form or next(iter(self.forms))])

    def levels(self, form: str | None = None) -> tuple[str, ...]:
        """The levels from which the instrument can be scored, from the top down."""
        return tuple(dict.fromkeys(node.name.level for node in self.nodes(form)))

    def band(self, rounded: Fraction) -> Band | None:
        """The category of a rounded figure. A figure below the table belongs to its lowest row."""
        for band in self.bands:
            if rounded >= band.low:
                return band
        return self.bands[-1] if self.bands else None

    def bands_between(self, low: Fraction, high: Fraction) -> tuple[Band, ...]:
        """Every category that a rounded figure from `low` to `high` can have, best first."""
        best, worst = self.band(high), self.band(low)
        if best is None or worst is None:
            return ()
        return self.bands[self.bands.index(best) : self.bands.index(worst) + 1]


def _asked(node: Node, decimals: int) -> Node:
    match node:
        case WeightedSum() if node.has_unknown_weights and node.unknown is UnknownWeights.REFUSE:
            name = node.name
            ends = bounds(node)
            leaf = Name(f"{name.level}:{name.code}", LEAF_LEVEL, name.title, name.fact)
            return Indicator(leaf, ends.low, ends.high, decimals)
        case WeightedSum():
            parts = (replace(part, node=_asked(part.node, decimals)) for part in node.parts)
            return replace(node, parts=tuple(parts))
        case Mean() | Scale() | Rounded():
            return replace(node, node=_asked(node.node, decimals))
        case Indicator():  # pragma: no branch
            return node


def _question_of(leaf: Indicator) -> Question:
    """What is asked where only the figure of a whole node can be given."""
    return Question(
        code=leaf.name.code,
        title=Text(leaf.name.title),
        question=Text(
            f"Berapa nilai {leaf.name.title}?", f"What is the figure of {leaf.name.title}?"
        ),
        low=leaf.low,
        high=leaf.high,
        decimals=leaf.decimals,
        options=(),
        fact=leaf.name.fact,
        guidance=Text(
            "Bobot butir di bawahnya tidak diterbitkan, jadi nilainya tidak dihitung dari butir. "
            "Isi nilai dari evaluator.",
            "The weights of its items are not published, so it is not counted from them. Enter the "
            "evaluator's figure.",
        ),
    )


def _weighed(node: Node, convention: Convention) -> Node:
    """The tree with the weights of the convention in place of its own."""
    match node:
        case Indicator():
            return node
        case Mean() | Scale() | Rounded():
            return replace(node, node=_weighed(node.node, convention))
        case WeightedSum():  # pragma: no branch
            parts = tuple(replace(p, node=_weighed(p.node, convention)) for p in node.parts)
            if node.name.code not in convention.weights:
                return replace(node, parts=parts)
            parts = _reweighed(node, parts, convention)
            total = sum((p.weight for p in parts if p.weight is not None), Fraction())
            return replace(node, parts=parts, total=total)


def _reweighed(
    node: WeightedSum, parts: tuple[Part, ...], convention: Convention
) -> tuple[Part, ...]:
    rule, fact = convention.weights[node.name.code], convention.fact
    if rule is None:
        unknown = sum(part.weight is None for part in parts)
        share = node.remainder / unknown if unknown else Fraction()
        return tuple(replace(p, weight=share, fact=fact) if p.weight is None else p for p in parts)
    if isinstance(rule, Fraction):
        return tuple(replace(p, weight=rule, fact=fact) for p in parts)
    return tuple(replace(p, weight=rule[p.node.name.code], fact=fact) for p in parts)
