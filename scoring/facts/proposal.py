"""From the facts to the level of F-02 that they propose, with the reason.

It is a proposal: the person who answers chooses the level, and the evaluator judges it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from scoring.facts.asked import AskedFact
from scoring.facts.conditions import Condition, Said
from scoring.facts.values import Facts, figure
from scoring.provenance import Fact
from scoring.text import AND, OR, Text, listed

if TYPE_CHECKING:
    from scoring.instrument import Question


@dataclass(frozen=True, slots=True)
class Rule:
    """A level, and what it asks; None on the lowest level, which asks nothing."""

    level: Fraction
    when: Condition | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Answers that cannot be true together, and the sentence that says so."""

    when: Condition
    text: Text


@dataclass(frozen=True, slots=True)
class Rules:
    """The levels of an indicator from the highest down: the first that holds is proposed."""

    levels: tuple[Rule, ...]
    contradictions: tuple[Contradiction, ...]
    fact: Fact


class ReasonKind(StrEnum):
    """What a reason is about."""

    MET = "met"
    """What was answered."""
    NEXT = "next"
    """What the next level would ask."""
    OPEN = "open"
    """Why no single level can be proposed yet."""
    CONTRADICTION = "contradiction"
    """Answers that cannot be true together."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of the reasoning."""

    kind: ReasonKind
    text: Text

    def in_language(self, language: str) -> str:
        return self.text.in_language(language)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The level that the facts propose, or the levels that they leave possible, and why.

    `level` is None as long as more than one is possible, when answers contradict each other, and
    where the indicator has no rules. `missing` are the facts that would decide it.
    """

    level: Fraction | None
    possible: tuple[Fraction, ...]
    because: tuple[Reason, ...]
    missing: tuple[str, ...]


def propose(question: Question, facts: Facts) -> Proposal:
    """The level of the indicator that the facts propose. Unknown stays unknown."""
    rules = question.rules
    if rules is None:
        return Proposal(None, (), (), ())
    against = [c.text for c in rules.contradictions if c.when.holds(facts)]
    if against:
        because = tuple(Reason(ReasonKind.CONTRADICTION, text.sentence) for text in against)
        return Proposal(None, tuple(sorted(rule.level for rule in rules.levels)), because, ())
    reached = tuple(_reached(rules, facts))
    possible = tuple(sorted(rule.level for rule in reached))
    if len(possible) == 1:
        return Proposal(possible[0], possible, tuple(_why(rules, reached[0], facts)), ())
    missing = _missing(reached, facts)
    because = tuple(_why_open(reached, missing, facts))
    return Proposal(None, possible, because, tuple(fact.code for fact in missing))


def _reached(rules: Rules, facts: Facts) -> Iterator[Rule]:
    """Every level that the facts leave possible, from the highest down."""
    for rule in rules.levels:
        holds = True if rule.when is None else rule.when.holds(facts)
        if holds is not False:
            yield rule
        if holds:
            return


def _missing(reached: tuple[Rule, ...], facts: Facts) -> tuple[AskedFact, ...]:
    found = {
        fact.code: fact
        for rule in reached
        if rule.when is not None
        for fact in rule.when.open(facts)
    }
    return tuple(found.values())


def _why(rules: Rules, reached: Rule, facts: Facts) -> Iterator[Reason]:
    place = rules.levels.index(reached)
    better = rules.levels[place - 1] if place else None
    conditions = [rule.when for rule in (reached, better) if rule and rule.when]
    yield from _answered(conditions, facts)
    if better is not None and better.when is not None:
        wanting = listed(list(better.when.unmet(facts)), last=AND)
        level = figure(better.level)
        text = Text(
            f"tingkat {level.id} meminta {wanting.id}",
            f"level {level.english} asks for this: {wanting.english}",
        )
        yield Reason(ReasonKind.NEXT, text.sentence)


def _why_open(
    reached: tuple[Rule, ...], missing: tuple[AskedFact, ...], facts: Facts
) -> Iterator[Reason]:
    yield from _answered([rule.when for rule in reached if rule.when], facts)
    levels = listed([figure(rule.level) for rule in reversed(reached)], last=OR)
    asked = Text("; ".join(f.text.id for f in missing), "; ".join(f.text.english for f in missing))
    if missing:
        text = Text(
            f"masih mungkin tingkat {levels.id}; yang belum dijawab: {asked.id}",
            f"level {levels.english} is still possible; not yet answered: {asked.english}",
        )
    else:
        text = Text(
            f"tingkatnya tidak dapat ditentukan dari jawaban ini; masih mungkin {levels.id}",
            f"these answers do not decide the level; {levels.english} is still possible",
        )
    yield Reason(ReasonKind.OPEN, text.sentence)


def _answered(conditions: list[Condition], facts: Facts) -> Iterator[Reason]:
    """What was answered, each fact once: a sentence on two facts stands for those on one."""
    found: list[Said] = []
    for condition in conditions:
        for one in condition.says(facts):
            if one not in found:
                found.append(one)
    for codes, text in found:
        if not any(codes < others for others, _text in found):
            yield Reason(ReasonKind.MET, text.sentence)
