"""Which documents carry most: what the figure would lose without each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from hijau.assessments.keeping import in_force
from hijau.assessments.models import Assessment, Document, Evidence
from scoring.instrument import LEAF_LEVEL


@dataclass(frozen=True)
class Load:
    """What one document carries in one assessment.

    `alone` are the indicators that nothing else proves; `points` is how much the figure falls when
    those count as their lowest level: the lower end of the range falls where the figure is one.
    """

    document: Document
    assessment: Assessment
    codes: tuple[str, ...]
    alone: tuple[str, ...]
    points: Fraction


def loads(assessment: Assessment, evidence: Iterable[Evidence]) -> list[Load]:
    """Every document of an assessment, the one that carries most first."""
    uses: dict[Document, list[str]] = defaultdict(list)
    provers: dict[str, set[int]] = defaultdict(set)
    for use in evidence:
        uses[use.document].append(use.code)
        provers[use.code].add(use.document_id)
    figures = dict(assessment.figures(in_force(assessment)))
    whole = _low(assessment, figures)
    result = []
    for document, codes in uses.items():
        alone = tuple(code for code in codes if provers[code] == {document.pk})
        fallen = dict(figures)
        for code in alone:
            if isinstance(fallen.get((LEAF_LEVEL, code)), Fraction):
                fallen[LEAF_LEVEL, code] = assessment.by_code[code].low
        points = whole - _low(assessment, fallen) if alone else Fraction()
        result.append(Load(document, assessment, tuple(codes), alone, points))
    return sorted(result, key=lambda load: (-load.points, load.document.title))


def _low(assessment: Assessment, figures: dict) -> Fraction:
    return assessment.score_of(figures).step.low


def together(all_loads: Iterable[Load]) -> list[Load]:
    """The loads of several assessments, the heaviest first, each as a share of its own scale."""

    def share(load: Load) -> Fraction:
        publish = load.assessment.instrument.publish
        return load.points / (publish.high - publish.low)

    return sorted(all_loads, key=lambda load: (-share(load), load.document.title))
