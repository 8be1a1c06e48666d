"""What is kept beside an assessment, so that lists need not compute it: figures and target."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from hijau.assessments.models import Answer, Assessment, Decision, Perception, Status, Target
from hijau.assessments.models.assessment import Valued
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation, under
from scoring.formula import Indicator, Node
from scoring.interpret import RefusedToScore
from scoring.numbers import format_exact
from scoring.score import Score

VERIFIED = (Status.VERIFIED, Status.FINAL)


def heard_now(assessment: Assessment) -> None:
    """Read anew what users said: a form may have come in since the assessment was read."""
    assessment.perception = Perception.objects.filter(assessment=assessment).first()
    assessment.__dict__.pop("heard", None)


def as_heard(assessment: Assessment) -> Q:
    """Assessments whose users have said what is counted here, and nothing since."""
    if not assessment.asked_of_users:
        return Q()
    try:
        return Q(perception__respondents=assessment.perception.respondents)
    except ObjectDoesNotExist:
        return Q(perception=None)


def score_or_refuse(assessment: Assessment, values: Iterable[Valued]) -> Score:
    try:
        return assessment.score(values)
    except RefusedToScore as error:
        raise Refused(str(error)) from error


def decided(assessment: Assessment) -> dict[str, Decision]:
    """What each indicator counts as after verification: the newest decision of each.

    Nothing before the result is announced: what verifiers settle is theirs until then.
    """
    if assessment.status not in VERIFIED:
        return {}
    return {decision.code: decision for decision in assessment.decisions.all()}


def in_force(assessment: Assessment, given: Iterable[Answer] | None = None) -> list[Valued]:
    """The values that the figure rests on now: the unit's answers, or what was decided.

    `given` are the answers, where they were read already. What users of the service said is the
    unit's to hand in, and is never decided anew.
    """
    answers: list[Valued] = list(assessment.answers.all() if given is None else given)
    if assessment.status not in VERIFIED:
        return answers
    of_users = {question.code for question in assessment.asked_of_users}
    return [*decided(assessment).values(), *(a for a in answers if a.code in of_users)]


def figures_of(score: Score) -> dict[str, Any]:
    """The columns that a score fills."""
    publish = score.instrument.publish
    return {
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "exact": score.exact,
        "exact_low": score.step.low,
        "exact_high": score.step.high,
        "band": score.band.code if score.band else "",
        "zone": score.zone or "",
        "estimate": score.estimate,
        "parts": {
            name: [
                None if figure is None else format_exact(publish.round(figure))
                for figure in (step.value, step.low, step.high)
            ]
            for step in score.step.walk()
            if (name := _part_of(step.node)) and not step.not_applicable
        },
    }


def _part_of(node: Node) -> str:
    """How a node above the questions is called, also where its figure itself is asked."""
    name = node.name
    if isinstance(node, Indicator):
        return name.code if ":" in name.code else ""
    return f"{name.level}:{name.code}"


def keep_figures(assessment: Assessment, score: Score, when: Q, **more: Any) -> bool:
    """Keep the figures of a score beside the assessment, and `more` with them.

    False, and nothing kept, when the assessment is not (any more) in the state that `when` asks.
    """
    kept = figures_of(score) | more
    if not Assessment.objects.filter(when, pk=assessment.pk).update(**kept):
        return False
    for name, figure in kept.items():
        setattr(assessment, name, figure)
    return True


def count_again(assessment: Assessment) -> Score:
    """Score what is in force, and keep it; for what arrives while an assessment is under way."""
    # It may have been verified between the request's first look and the lock of the book.
    assessment.refresh_from_db(fields=["status"])
    score = score_or_refuse(assessment, in_force(assessment))
    keep_figures(assessment, score, ~Q(status=Status.FINAL))
    return score


def assign_targets(government: Organisation, version: Version, year: int) -> None:
    """Give each assessment of the year its nearest target: its own, its agency's, or the city's."""
    targets = Target.objects.filter(
        under([government.place], "organisation__path"),
        version__identifier=version.identifier,
        year=year,
    ).select_related("organisation")
    for target in sorted(targets, key=lambda target: len(target.place)):
        Assessment.objects.filter(
            under([target.place], "unit__path"),
            round__version__identifier=version.identifier,
            round__year=year,
        ).update(target=target)
