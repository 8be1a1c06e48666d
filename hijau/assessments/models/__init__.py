"""How we are judged: rounds, assessments, answers, evidence, verdicts from outside, targets."""

from hijau.assessments.models.assessment import Answer, Assessment, Status
from hijau.assessments.models.evidence import Evidence
from hijau.assessments.models.oversight import FollowUp, Product
from hijau.assessments.models.readiness import Absence, KeyRespondent, Sitting, Visit
from hijau.assessments.models.round import Round
from hijau.assessments.models.target import Target
from hijau.assessments.models.verdict import Verdict

__all__ = [
    "Absence",
    "Answer",
    "Assessment",
    "Evidence",
    "FollowUp",
    "KeyRespondent",
    "Product",
    "Round",
    "Sitting",
    "Status",
    "Target",
    "Verdict",
    "Visit",
]
