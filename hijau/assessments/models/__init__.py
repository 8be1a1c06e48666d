"""How we are judged: rounds, answers, evidence, verification, verdicts from outside, targets."""

from hijau.assessments.models.assessment import (
    WITH_THE_UNIT,
    Answer,
    Assessment,
    Assignee,
    Status,
)
from hijau.assessments.models.evidence import Document, Edition, Evidence, Example
from hijau.assessments.models.mapping import ColumnMapping
from hijau.assessments.models.oversight import FollowUp, Product
from hijau.assessments.models.perception import Perception, Response, Via
from hijau.assessments.models.readiness import Absence, KeyRespondent, Sitting, Visit
from hijau.assessments.models.round import Round, Stage
from hijau.assessments.models.target import Target
from hijau.assessments.models.verdict import Verdict
from hijau.assessments.models.verification import (
    Decision,
    FieldVisit,
    Ground,
    Mark,
    Objection,
    Photo,
    Repair,
    Verification,
)

__all__ = [
    "WITH_THE_UNIT",
    "Absence",
    "Answer",
    "Assessment",
    "Assignee",
    "ColumnMapping",
    "Decision",
    "Document",
    "Edition",
    "Evidence",
    "Example",
    "FieldVisit",
    "FollowUp",
    "Ground",
    "KeyRespondent",
    "Mark",
    "Objection",
    "Perception",
    "Photo",
    "Product",
    "Repair",
    "Response",
    "Round",
    "Sitting",
    "Stage",
    "Status",
    "Target",
    "Verdict",
    "Verification",
    "Via",
    "Visit",
]
