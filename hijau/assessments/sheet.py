"""The sheet: an assessment's indicators under their aspects, with all that is known of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from hijau.accounts.models import User
from hijau.assessments.checks import Finding
from hijau.assessments.crosswalk import kinds_for
from hijau.assessments.models import (
    Answer,
    Assessment,
    Decision,
    Evidence,
    Example,
    Mark,
    Photo,
    Repair,
)
from scoring.crosswalk import DocumentKind
from scoring.facts import AskedFact, FactValue, Proposal, from_json, propose
from scoring.formula import Indicator, Node, WeightedSum, children, walk
from scoring.instrument import Question


@dataclass
class Item:
    """An indicator on the sheet, with everything that stands beside it."""

    number: int
    question: Question
    answer: Answer
    evidence: list[Evidence] = field(default_factory=list)
    not_applicable_allowed: bool = False
    mark: Mark | None = None
    repairs: list[Repair] = field(default_factory=list)
    assignee: User | None = None
    before: Answer | Decision | None = None
    findings: list[Finding] = field(default_factory=list)
    decision: Decision | None = None
    examples: list[Example] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    editable: bool = False
    kinds: tuple[DocumentKind, ...] = ()

    @property
    def repair(self) -> Repair | None:
        """What must still be repaired here."""
        return next((repair for repair in self.repairs if repair.done_at is None), None)

    @cached_property
    def facts(self) -> list[tuple[AskedFact, FactValue | None]]:
        """The facts that the instrument asks, with what the unit said."""
        given = self.answer.facts
        return [
            (fact, from_json(fact, given[fact.code]) if fact.code in given else None)
            for fact in self.question.facts
        ]

    @cached_property
    def proposal(self) -> Proposal | None:
        """The level that the facts lead to; None where no fact was stated or no rule is known."""
        stated = {fact.code: value for fact, value in self.facts if value is not None}
        return propose(self.question, stated) if stated and self.question.rules else None

    @property
    def differs_from_proposal(self) -> bool:
        proposed = self.proposal and self.proposal.level
        return proposed is not None and self.answer.is_given and self.answer.value != proposed


@dataclass
class Section:
    """The indicators under one node of the formula (an aspect, a dimension)."""

    code: str
    title: str
    items: list[Item]

    @property
    def of_users(self) -> bool:
        """Whether the users of the service answer this, not the unit."""
        return all(item.question.asked_of == "users" for item in self.items)

    @property
    def answered(self) -> int:
        return sum(item.answer.is_given for item in self.items)

    @property
    def marked(self) -> int:
        return sum(item.mark is not None and item.mark.is_given for item in self.items)


@dataclass(frozen=True)
class Beside:
    """What stands beside the questions; each is given only where a page shows it."""

    answers: Iterable[Answer] = ()
    evidence: Iterable[Evidence] = ()
    marks: Iterable[Mark] = ()
    repairs: Iterable[Repair] = ()
    assignees: Mapping[str, User] = field(default_factory=dict)
    before: Mapping[str, Answer | Decision] = field(default_factory=dict)
    findings: Iterable[Finding] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    examples: Iterable[Example] = ()
    photos: Iterable[Photo] = ()


def sections(assessment: Assessment, beside: Beside) -> list[Section]:
    """The sheet's sections, in the order of the form; what is unscored comes last."""
    given = {answer.code: answer for answer in beside.answers}
    marks = {mark.code: mark for mark in beside.marks}
    lists: dict[str, dict[str, list]] = {
        name: _by_code(getattr(beside, name))
        for name in ("evidence", "repairs", "findings", "examples", "photos")
    }
    root = assessment.instrument.asked(assessment.round.form or None)
    allowed = {
        part.node.name.code
        for node in walk(root)
        if isinstance(node, WeightedSum) and node.not_applicable != "forbidden"
        for part in node.parts
    }
    numbers = iter(range(1, len(assessment.questions) + 1))

    def item(question: Question) -> Item:
        code = question.code
        return Item(
            number=next(numbers),
            question=question,
            answer=given.get(code) or Answer(code=code, version=0),
            not_applicable_allowed=code in allowed,
            kinds=kinds_for(assessment.instrument.id, code),
            mark=marks.get(code),
            assignee=beside.assignees.get(code),
            before=beside.before.get(code),
            decision=beside.decisions.get(code),
            evidence=lists["evidence"].get(code, []),
            repairs=lists["repairs"].get(code, []),
            findings=lists["findings"].get(code, []),
            examples=lists["examples"].get(code, []),
            photos=lists["photos"].get(code, []),
        )

    by_code = assessment.by_code
    result = [
        Section(node.name.code, node.name.title, [item(by_code[leaf.name.code]) for leaf in leaves])
        for node, leaves in _groups(root)
    ]
    if unscored := [question for question in assessment.questions if question.unscored]:
        rest = [item(question) for question in unscored]
        result.append(Section("tambahan", _("Pertanyaan tambahan (tidak dinilai)"), rest))
    return result


def _by_code(things: Iterable) -> dict[str, list]:
    result: dict[str, list] = defaultdict(list)
    for thing in things:
        result[thing.code].append(thing)
    return result


def _leaves(root: Node) -> list[Indicator]:
    return [node for node in walk(root) if isinstance(node, Indicator)]


def _groups(root: Node) -> Iterator[tuple[Node, list[Indicator]]]:
    """The lowest nodes that hold more than one indicator, with what they hold."""
    below = children(root)
    if all(isinstance(node, Indicator) or len(_leaves(node)) == 1 for node in below):
        yield root, _leaves(root)
        return
    for node in below:
        yield from _groups(node)
