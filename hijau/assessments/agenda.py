"""What the verifiers must talk about: every indicator, those they differ on most first."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hijau.assessments.models import Assessment, Decision, Mark
from scoring.instrument import Question


@dataclass(frozen=True)
class Point:
    """One indicator on the agenda: all marks, what the unit claimed, and what was decided."""

    question: Question
    marks: tuple[Mark, ...]
    claimed: Fraction | None
    decision: Decision | None

    @property
    def is_agreed(self) -> bool:
        return len({mark.given for mark in self.marks}) == 1

    @property
    def is_decided(self) -> bool:
        return self.decision is not None or self.is_agreed

    @property
    def spread(self) -> Fraction:
        """How far the marks lie apart, as a share of the scale; a "not applicable" is all of it."""
        values = [mark.value for mark in self.marks if mark.value is not None]
        if len(values) < len(self.marks):
            return Fraction() if self.is_agreed else Fraction(1)
        scale = self.question.high - self.question.low
        return Fraction(max(values) - min(values)) / scale


def agenda_of(assessment: Assessment) -> list[Point]:
    """Every indicator that verifiers mark, by disagreement; then in the order of the form."""
    marks: dict[str, list[Mark]] = {}
    found = Mark.objects.filter(verification__assessment=assessment).select_related(
        "verification__verifier"
    )
    for mark in found.order_by("verification_id"):
        if mark.is_given:
            marks.setdefault(mark.code, []).append(mark)
    decisions = {decision.code: decision for decision in assessment.decisions.select_related("by")}
    claims = dict(assessment.answers.values_list("code", "value"))
    points = [
        Point(
            question,
            tuple(marks[question.code]),
            claims.get(question.code),
            decisions.get(question.code),
        )
        for question in assessment.questions
        if question.asked_of == "unit" and question.code in marks
    ]
    return sorted(points, key=lambda point: -point.spread)
