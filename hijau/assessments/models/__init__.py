"""How we are judged: rounds, answers, evidence, verification, verdicts from outside, targets."""

from hijau.assessments.models.assessment import (
    WITH_THE_UNIT,
    Answer,
    Assessment,
    Assignee,
    Status,
)
from hijau.assessments.models.evidence import Document, Edition, Evidence, Example
from hijau.assessments.models.perception import Perception, Response, Via
from hijau.assessments.models.round import Round, Stage
from hijau.assessments.models.target import Target
from hijau.assessments.models.verdict import Verdict
from hijau.assessments.models.verification import (
    Decision,
    Ground,
    Mark,
    Objection,
    Photo,
    Repair,
    Verification,
    Visit,
)

__all__ = [
    "WITH_THE_UNIT",
    "Answer",
    "Assessment",
    "Assignee",
    "Decision",
    "Document",
    "Edition",
    "Evidence",
    "Example",
    "Ground",
    "Mark",
    "Objection",
    "Perception",
    "Photo",
    "Repair",
    "Response",
    "Round",
    "Stage",
    "Status",
    "Target",
    "Verdict",
    "Verification",
    "Via",
    "Visit",
]
