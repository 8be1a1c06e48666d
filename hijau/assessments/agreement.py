"""How far verifiers agree with each other, and units with their verifiers, in one round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from hijau.accounts.models import User
from hijau.assessments.models import Answer, Assessment, Decision, Mark, Round, Status
from scoring.agreement import krippendorff_alpha, quadratic_kappa


@dataclass(frozen=True)
class Pair:
    """Two verifiers of the same units: how many indicators, how many alike, and their kappa."""

    first: User
    second: User
    items: int
    same: int
    kappa: Fraction | None


@dataclass(frozen=True)
class Gap:
    """How far claims lay above (+) or below (−) what was verified, as a mean over the indicators:
    a verifier's own marks, and for a unit what was decided."""

    who: User | Assessment
    items: int
    mean: Fraction


@dataclass(frozen=True)
class Agreement:
    """The figures of a round; only of assessments whose verifiers have all finished."""

    assessments: int
    alpha: Fraction | None
    pairs: tuple[Pair, ...]
    by_verifier: tuple[Gap, ...]
    by_unit: tuple[Gap, ...]


def agreement_of(opened: Round) -> Agreement:
    """Four queries, whatever the number of units."""
    done = Assessment.objects.filter(
        round=opened, status__in=(Status.VERIFIED, Status.FINAL)
    ).with_names()
    assessments = {one.pk: one for one in done}
    marks = list(
        Mark.objects.filter(verification__assessment__in=assessments, value__isnull=False)
        .select_related("verification__verifier")
        .order_by("verification__verifier", "pk")
    )
    claims = {
        (answer.assessment_id, answer.code): answer.value
        for answer in Answer.objects.filter(assessment__in=assessments, value__isnull=False)
    }
    items: dict[tuple[int, str], dict[User, Fraction]] = defaultdict(dict)
    for mark in marks:
        key = (mark.verification.assessment_id, mark.code)
        items[key][mark.verification.verifier] = mark.value
    return Agreement(
        assessments=len(assessments),
        alpha=krippendorff_alpha(list(given.values()) for given in items.values()),
        pairs=tuple(_pairs(items.values())),
        by_verifier=tuple(_gaps(items, claims)),
        by_unit=tuple(_unit_gaps(_decided(assessments), claims, assessments)),
    )


def _pairs(items: Iterable[dict[User, Fraction]]) -> Iterable[Pair]:
    both: dict[tuple[User, User], list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for given in items:
        for first, second in combinations(sorted(given, key=lambda user: user.pk), 2):
            both[first, second].append((given[first], given[second]))
    for (first, second), pairs in both.items():
        same = sum(one == other for one, other in pairs)
        yield Pair(first, second, len(pairs), same, quadratic_kappa(pairs))


def _gaps(
    items: dict[tuple[int, str], dict[User, Fraction]], claims: dict[tuple[int, str], Fraction]
) -> Iterable[Gap]:
    """Per verifier: claim minus mark. Negative: this verifier marks above what units claim."""
    found: dict[User, list[Fraction]] = defaultdict(list)
    for key, given in items.items():
        if key in claims:
            for verifier, value in given.items():
                found[verifier].append(claims[key] - value)
    for verifier, gaps in found.items():
        yield Gap(verifier, len(gaps), sum(gaps, Fraction()) / len(gaps))


def _decided(assessments: Iterable[int]) -> dict[tuple[int, str], Fraction]:
    """What each indicator counts as: its newest decision."""
    found = Decision.objects.filter(assessment__in=assessments).order_by("pk")
    newest = {(one.assessment_id, one.code): one.value for one in found}
    return {key: value for key, value in newest.items() if value is not None}


def _unit_gaps(
    decided: dict[tuple[int, str], Fraction],
    claims: dict[tuple[int, str], Fraction],
    assessments: dict[int, Assessment],
) -> Iterable[Gap]:
    """Per unit: claim minus what was decided, widest first."""
    found: dict[int, list[Fraction]] = defaultdict(list)
    for key, value in decided.items():
        if key in claims:
            found[key[0]].append(claims[key] - value)
    gaps = [
        Gap(assessments[pk], len(values), sum(values, Fraction()) / len(values))
        for pk, values in found.items()
    ]
    return sorted(gaps, key=lambda gap: -abs(gap.mean))
