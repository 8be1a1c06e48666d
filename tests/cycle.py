"""An assessment, brought as far through the cycle as a test needs, by the people who do it."""

from __future__ import annotations

from fractions import Fraction

from hijau.accounts.models import User
from hijau.assessments import actions
from hijau.assessments.models import Assessment, Round, Verification
from tests.cast import Cast

SHORT = "ombudsman/opini-2025"
"""Five figures from 0 to 100: the shortest instrument."""


def drafted(cast: Cast, name: str = "Opini", identifier: str = SHORT) -> Assessment:
    opened = cast.open_round(identifier, [cast.disdukcapil], name=name)
    return cast.assessment(opened, cast.disdukcapil)


def fresh(cast: Cast, assessment: Assessment) -> Assessment:
    """The assessment as the database has it now."""
    return Assessment.objects.visible_to(cast.organiser).get(pk=assessment.pk)


def submitted(
    cast: Cast, claim: int = 90, name: str = "Opini", identifier: str = SHORT
) -> Assessment:
    assessment = drafted(cast, name, identifier)
    cast.answer_all(assessment, cast.officer, Fraction(claim))
    actions.submit_assessment(assessment, by=cast.officer)
    return fresh(cast, assessment)


def tasks(cast: Cast, assessment: Assessment) -> list[Verification]:
    """The tasks of the two verifiers, in the order of the cast."""
    actions.name_verifiers([assessment], [cast.verifier, cast.second], by=cast.organiser)
    return [task(assessment, cast.verifier), task(assessment, cast.second)]


def task(assessment: Assessment, who: User) -> Verification:
    return Verification.objects.visible_to(who).get(assessment=assessment, verifier=who)


def mark_all(one: Verification, value: int | Fraction, **others: int) -> None:
    """Mark every indicator; `others` names those that get another value, with _ for -."""
    different = {code.replace("_", "-"): given for code, given in others.items()}
    for question in one.assessment.required:
        given = different.get(question.code, value)
        actions.save_mark(one, question.code, Fraction(given), by=one.verifier)


def marked(cast: Cast, first: int = 80, second: int = 80, **others: int) -> Assessment:
    """Both verifiers have finished; `others` is what the second marks differently."""
    assessment = submitted(cast)
    one, two = tasks(cast, assessment)
    mark_all(one, first)
    mark_all(two, second, **others)
    for each in (one, two):
        actions.complete_marks(each, by=each.verifier)
    return fresh(cast, assessment)


def verified(cast: Cast) -> Assessment:
    assessment = marked(cast)
    actions.announce_result(assessment, by=cast.verifier)
    return fresh(cast, assessment)


def final(cast: Cast) -> Assessment:
    assessment = verified(cast)
    actions.accept_result(assessment, by=cast.officer)
    actions.conclude_assessment(fresh(cast, assessment), by=cast.organiser)
    return fresh(cast, assessment)


def round_of(assessment: Assessment) -> Round:
    return Round.objects.select_related("government", "version").get(pk=assessment.round_id)
