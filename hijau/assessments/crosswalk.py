"""The crosswalk of evidence, as the platform asks it: which document proves which indicator."""

from __future__ import annotations

from functools import lru_cache

from hijau.assessments.models import Assessment
from scoring.crosswalk import Crosswalk, DocumentKind, read_crosswalk


@lru_cache(maxsize=1)
def crosswalk() -> Crosswalk:
    """The shipped crosswalk, read once per process."""
    return read_crosswalk()


def kind_of(code: str) -> DocumentKind | None:
    """A kind of document by its code; None when there is no such kind."""
    try:
        return crosswalk().kind(code)
    except KeyError:
        return None


@lru_cache(maxsize=1024)
def kinds_for(instrument: str, code: str) -> tuple[DocumentKind, ...]:
    """The kinds of document that prove an indicator."""
    return crosswalk().kinds_for(instrument, code)


def served_by(kind: str, assessment: Assessment) -> list[str]:
    """The indicators of an assessment's form that a kind of document proves."""
    asked = {question.code for question in assessment.questions}
    codes = crosswalk().serves(kind, assessment.round.version.identifier)
    return [code for code in codes if code in asked]
