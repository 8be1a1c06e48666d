"""What is kept beside an assessment, so that lists need not compute it: figures and target."""

from __future__ import annotations

from collections.abc import Iterable

from hijau.assessments.models import Answer, Assessment, Round, Status, Target
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation, under
from scoring.formula import Indicator
from scoring.interpret import RefusedToScore
from scoring.numbers import format_exact
from scoring.score import Score


def score_or_refuse(assessment: Assessment, answers: Iterable[Answer]) -> Score:
    try:
        return assessment.score(answers)
    except RefusedToScore as error:
        raise Refused(str(error)) from error


def keep_figures(assessment: Assessment, score: Score, answered: int) -> bool:
    """Keep the figures beside the assessment, so that lists need not score again.

    False, and nothing kept, when the assessment is not open (any more) for its unit.
    """
    publish = score.instrument.publish
    kept = {
        "answered": answered,
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
            f"{step.node.name.level}:{step.node.name.code}": [
                None if figure is None else format_exact(publish.round(figure))
                for figure in (step.value, step.low, step.high)
            ]
            for step in score.step.walk()
            if not isinstance(step.node, Indicator) and not step.not_applicable
        },
    }
    open_now = Assessment.objects.filter(
        pk=assessment.pk, status=Status.DRAFT, round__in=Round.objects.open()
    )
    if not open_now.update(**kept):
        return False
    for name, figure in kept.items():
        setattr(assessment, name, figure)
    return True


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
