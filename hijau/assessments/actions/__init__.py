"""The verbs of judging."""

from hijau.assessments.actions.answers import save_answer, submit_assessment
from hijau.assessments.actions.evidence import attach_evidence, withdraw_evidence
from hijau.assessments.actions.oversight import (
    add_follow_up,
    assign_product,
    close_product,
    record_product,
    remind_owners,
    withdraw_product,
)
from hijau.assessments.actions.readiness import (
    cancel_absence,
    cancel_visit,
    end_respondent,
    name_respondent,
    record_absence,
    record_visit,
    remove_respondent,
    send_alarms,
    take_quiz,
)
from hijau.assessments.actions.rounds import close_round, open_round
from hijau.assessments.actions.targets import set_target
from hijau.assessments.actions.verdicts import record_verdict, withdraw_verdict

__all__ = [
    "add_follow_up",
    "assign_product",
    "attach_evidence",
    "cancel_absence",
    "cancel_visit",
    "close_product",
    "close_round",
    "end_respondent",
    "name_respondent",
    "open_round",
    "record_absence",
    "record_product",
    "record_verdict",
    "record_visit",
    "remind_owners",
    "remove_respondent",
    "save_answer",
    "send_alarms",
    "set_target",
    "submit_assessment",
    "take_quiz",
    "withdraw_evidence",
    "withdraw_product",
    "withdraw_verdict",
]
