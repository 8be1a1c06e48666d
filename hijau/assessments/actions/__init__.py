"""The verbs of judging."""

from hijau.assessments.actions.answers import (
    assign_indicators,
    save_answer,
    save_facts,
    submit_assessment,
)
from hijau.assessments.actions.evidence import (
    attach_evidence,
    choose_example,
    describe_document,
    link_evidence,
    replace_document,
    spread_document,
    tick_evidence,
    withdraw_evidence,
)
from hijau.assessments.actions.perception import give_perception, import_perceptions
from hijau.assessments.actions.reminders import remind, remind_daily
from hijau.assessments.actions.rounds import add_locus, close_round, copy_round, open_round
from hijau.assessments.actions.targets import set_target
from hijau.assessments.actions.verdicts import record_verdict, withdraw_verdict
from hijau.assessments.actions.verification import (
    accept_result,
    announce_result,
    answer_objection,
    ask_repair,
    complete_marks,
    conclude_assessment,
    name_verifiers,
    object_to,
    receive_visit,
    save_mark,
    settle_difference,
)

__all__ = [
    "accept_result",
    "add_locus",
    "announce_result",
    "answer_objection",
    "ask_repair",
    "assign_indicators",
    "attach_evidence",
    "choose_example",
    "close_round",
    "complete_marks",
    "conclude_assessment",
    "copy_round",
    "describe_document",
    "give_perception",
    "import_perceptions",
    "link_evidence",
    "name_verifiers",
    "object_to",
    "open_round",
    "receive_visit",
    "record_verdict",
    "remind",
    "remind_daily",
    "replace_document",
    "save_answer",
    "save_facts",
    "save_mark",
    "set_target",
    "settle_difference",
    "spread_document",
    "submit_assessment",
    "tick_evidence",
    "withdraw_evidence",
    "withdraw_verdict",
]
