"""The verbs of judging."""

from hijau.assessments.actions.answers import save_answer, submit_assessment
from hijau.assessments.actions.evidence import attach_evidence, withdraw_evidence
from hijau.assessments.actions.rounds import close_round, open_round
from hijau.assessments.actions.targets import set_target
from hijau.assessments.actions.verdicts import record_verdict, withdraw_verdict

__all__ = [
    "attach_evidence",
    "close_round",
    "open_round",
    "record_verdict",
    "save_answer",
    "set_target",
    "submit_assessment",
    "withdraw_evidence",
    "withdraw_verdict",
]
