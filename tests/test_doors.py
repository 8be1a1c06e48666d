"""Every door of the platform, and who may pass it. A door that is missing here fails."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.links import quiz_token
from hijau.assessments.models import Evidence, Perception
from hijau.assessments.models.oversight import ProductKind
from hijau.assessments.models.readiness import Certainty, Function, Reason
from hijau.assessments.quiz import ombudsman_quiz
from hijau.portal.doors import OPEN
from hijau.services import actions as promise
from hijau.services.actions.charters import FIRST_WORDS
from hijau.services.models import AttachmentKind, Group, Where
from hijau.workdays.actions import set_day
from scoring.provenance import Label
from tests import cycle, promises
from tests.cast import Cast
from tests.samples import photo, upload

LOGIN, OK, SEEN, NO, GONE, WRONG = 302, 200, 302, 403, 404, 405

PEOPLE = (
    "citizen", "officer", "neighbour", "organiser", "verifier", "leader", "assessor",
    "administrator", "stranger", "nobody",
)  # fmt: skip

# name: (method, statuses in the order of PEOPLE). The things behind the doors belong to
# Disdukcapil, where the officer works, and its assessment is still a draft.
DOORS: dict[str, tuple[str, tuple[int, ...]]] = {
    # pages                         citi offi neig orga veri lead asse admi stra nobo
    "dashboard":           ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    "unit_page":           ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "league":              ("get",  (302, 200, 200, 200, 200, 200, 403, 200, 200, 403)),
    "audit_book":          ("get",  (302, 403, 403, 403, 403, 403, 403, 200, 403, 403)),
    "round_list":          ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    "open_round":          ("get",  (302, 403, 403, 200, 403, 403, 403, 403, 403, 403)),
    "round_page":          ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 404, 404)),
    "targets":             ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    "answer_page":         ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "proof_page":          ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "evidence_file":       ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "verdict_list":        ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    "record_verdict":      ("get",  (302, 403, 403, 200, 403, 403, 403, 403, 403, 403)),
    "people":              ("get",  (302, 403, 403, 200, 403, 403, 403, 200, 403, 403)),
    "instrument_list":     ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    "instrument_page":     ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    "papers":              ("get",  (302, 403, 403, 302, 403, 403, 403, 302, 403, 403)),
    "paper_list":          ("get",  (302, 404, 404, 200, 403, 403, 404, 200, 404, 404)),
    "letterhead":          ("get",  (302, 404, 404, 200, 403, 403, 404, 200, 404, 404)),
    "paper_sample":        ("get",  (302, 404, 404, 200, 403, 403, 404, 200, 404, 404)),
    "paper_template":      ("get",  (302, 404, 404, 200, 403, 403, 404, 200, 404, 404)),
    "default_template":    ("get",  (302, 404, 404, 200, 403, 403, 404, 200, 404, 404)),
    "readiness_list":      ("get",  (302, 200, 200, 200, 200, 200, 403, 200, 200, 403)),
    "readiness_page":      ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "product_list":        ("get",  (302, 200, 200, 200, 200, 200, 403, 200, 200, 403)),
    "record_product":      ("get",  (302, 403, 403, 200, 403, 403, 403, 403, 403, 403)),
    "product_page":        ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "product_letter":      ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "follow_up_proof":     ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "verdict_letter":      ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "opinion":             ("get",  (302, 403, 403, 200, 200, 200, 403, 200, 403, 403)),
    "agenda_page":         ("get",  (302, 404, 404, 200, 200, 404, 404, 404, 404, 404)),
    "agreement_page":      ("get",  (302, 403, 403, 200, 200, 403, 403, 403, 404, 404)),
    "assign_indicators":   ("get",  (302, 200, 404, 403, 403, 403, 404, 403, 404, 404)),
    "copy_round":          ("get",  (302, 403, 403, 200, 403, 403, 403, 403, 404, 404)),
    "document_page":       ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "edition_file":        ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "evidence_page":       ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "evidence_picture":    ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "field_worker":        ("get",  (302, 403, 403, 403, 200, 403, 403, 403, 403, 403)),
    "import_workbook":     ("get",  (302, 200, 404, 403, 403, 403, 404, 403, 404, 404)),
    "notice_list":         ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    "objection_letter":    ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "perception_page":     ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "perception_template": ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "photo":               ("get",  (302, 404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "portal_list":         ("get",  (302, 200, 404, 200, 403, 403, 404, 403, 404, 404)),
    "portal_pack":         ("get",  (302, 200, 404, 200, 403, 403, 404, 403, 404, 404)),
    "print_assessment":    ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "print_evaluation":    ("get",  (302, 403, 403, 200, 403, 403, 403, 403, 404, 404)),
    "result_page":         ("get",  (302, 200, 404, 200, 200, 200, 200, 200, 404, 404)),
    "vault":               ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "verification_page":   ("get",  (302, 404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "verification_queue":  ("get",  (302, 403, 403, 403, 200, 403, 403, 403, 403, 403)),
    "verifiers_page":      ("get",  (302, 403, 403, 200, 403, 403, 403, 403, 404, 404)),
    "visit_page":          ("get",  (302, 404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "workbook":            ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "workdays":            ("get",  (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)),
    # what changes something
    "close_round":         ("post", (302, 403, 403, 302, 403, 403, 403, 403, 404, 404)),
    "save_answer":         ("post", (302, 302, 404, 403, 403, 403, 404, 403, 404, 404)),
    "attach_evidence":     ("post", (302, 302, 404, 403, 403, 403, 404, 403, 404, 404)),
    "withdraw_evidence":   ("post", (302, 302, 404, 403, 403, 403, 404, 403, 404, 404)),
    "submit":              ("post", (302, 409, 404, 403, 403, 403, 404, 403, 404, 404)),
    "withdraw_verdict":    ("post", (302, 403, 404, 302, 403, 403, 404, 403, 404, 404)),
    "give_role":           ("post", (302, 403, 403, 403, 403, 403, 403, 422, 403, 403)),
    "add_unit":            ("post", (302, 403, 403, 422, 403, 403, 403, 422, 403, 403)),
    "end_role":            ("post", (302, 404, 404, 404, 404, 404, 404, 302, 404, 404)),
    "replace_template":    ("post", (302, 404, 404, 422, 403, 403, 404, 422, 404, 404)),
    "restore_template":    ("post", (302, 404, 404, 409, 403, 403, 404, 409, 404, 404)),
    "name_respondent":     ("post", (302, 422, 404, 422, 403, 403, 404, 403, 404, 404)),
    "end_respondent":      ("post", (302, 409, 404, 409, 404, 404, 404, 403, 404, 404)),
    "remove_respondent":   ("post", (302, 409, 404, 409, 404, 404, 404, 403, 404, 404)),
    "record_absence":      ("post", (302, 409, 404, 409, 404, 404, 404, 403, 404, 404)),
    "cancel_absence":      ("post", (302, 302, 404, 409, 404, 404, 404, 403, 404, 404)),
    "record_visit":        ("post", (302, 422, 422, 422, 403, 403, 403, 403, 422, 403)),
    "cancel_visit":        ("post", (302, 302, 404, 409, 403, 403, 404, 403, 404, 404)),
    "send_alarms":         ("post", (302, 403, 403, 302, 403, 403, 403, 403, 403, 403)),
    "assign_product":      ("post", (302, 403, 404, 409, 403, 403, 404, 403, 404, 404)),
    "add_follow_up":       ("post", (302, 422, 404, 422, 403, 403, 404, 403, 404, 404)),
    "close_product":       ("post", (302, 403, 404, 409, 403, 403, 404, 403, 404, 404)),
    "withdraw_product":    ("post", (302, 403, 404, 302, 403, 403, 404, 403, 404, 404)),
    "remind_owners":       ("post", (302, 403, 403, 302, 403, 403, 403, 403, 403, 403)),
    "accept_result":       ("post", (302, 409, 404, 403, 403, 403, 403, 403, 404, 404)),
    "add_locus":           ("post", (302, 403, 403, 409, 403, 403, 403, 403, 404, 404)),
    "announce_result":     ("post", (302, 404, 404, 409, 409, 404, 404, 404, 404, 404)),
    "answer_objection":    ("post", (302, 403, 404, 409, 403, 403, 404, 403, 404, 404)),
    "apply_workbook":      ("post", (302, 409, 404, 403, 403, 403, 404, 403, 404, 404)),
    "ask_repair":          ("post", (302, 404, 404, 404, 409, 404, 404, 404, 404, 404)),
    "choose_example":      ("post", (302, 403, 404, 403, 409, 403, 403, 403, 404, 404)),
    "complete_marks":      ("post", (302, 404, 404, 404, 409, 404, 404, 404, 404, 404)),
    "conclude_assessment": ("post", (302, 403, 404, 409, 403, 403, 403, 403, 404, 404)),
    "conclude_round":      ("post", (302, 403, 403, 302, 403, 403, 403, 403, 404, 404)),
    "enter_perception":    ("post", (302, 409, 404, 403, 403, 403, 404, 403, 404, 404)),
    "import_legacy":       ("post", (302, 409, 404, 403, 403, 403, 404, 403, 404, 404)),
    "import_perceptions":  ("post", (302, 409, 404, 403, 403, 403, 404, 403, 404, 404)),
    "mark_read":           ("post", (302, 302, 302, 302, 302, 302, 302, 302, 302, 302)),
    "object_to":           ("post", (302, 409, 404, 403, 403, 403, 403, 403, 404, 404)),
    "receive_visit":       ("post", (302, 404, 404, 404, 409, 404, 404, 404, 404, 404)),
    "remove_day":          ("post", (302, 403, 403, 302, 403, 403, 403, 403, 404, 404)),
    "replace_document":    ("post", (302, 409, 404, 403, 403, 403, 404, 403, 404, 404)),
    "save_facts":          ("post", (302, 302, 404, 403, 403, 403, 404, 403, 404, 404)),
    "save_mark":           ("post", (302, 404, 404, 404, 302, 404, 404, 404, 404, 404)),
    "settle_difference":   ("post", (302, 404, 404, 409, 409, 404, 404, 404, 404, 404)),
    "spread_document":     ("post", (302, 409, 404, 403, 403, 403, 404, 403, 404, 404)),
    "tick_evidence":       ("post", (302, 302, 404, 403, 403, 403, 404, 403, 404, 404)),
    "release_verifier":    ("post", (302, 404, 404, 409, 403, 404, 404, 404, 404, 404)),
    # what we promise               citi offi neig orga veri lead asse admi stra nobo
    "service_list":        ("get",  (302, 200, 200, 200, 200, 200, 403, 200, 200, 403)),
    "add_service":         ("get",  (302, 200, 200, 200, 403, 403, 403, 403, 200, 403)),
    "services_import":     ("get",  (302, 200, 200, 200, 403, 403, 403, 403, 200, 403)),
    "services_template":   ("get",  (302, 200, 200, 200, 403, 403, 403, 403, 200, 403)),
    "services_import_apply": ("post", (302, 409, 409, 409, 403, 403, 403, 403, 409, 403)),
    "service_page":        ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "describe_service":    ("get",  (302, 200, 404, 200, 403, 403, 404, 403, 404, 404)),
    "standard_page":       ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "write_standard":      ("get",  (302, 200, 404, 200, 403, 403, 404, 403, 404, 404)),
    "standard_decree":     ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "promise_page":        ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "charter_page":        ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "print_standard":      ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "print_unit_annex":    ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "print_charter":       ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "sippn_sheet":         ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "charter_decree":      ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "call_consultation":   ("get",  (302, 200, 404, 200, 403, 403, 404, 403, 404, 404)),
    "consultation_page":   ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "print_consultation":  ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "attachment_file":     ("get",  (302, 200, 404, 200, 200, 200, 404, 200, 404, 404)),
    "end_service":         ("post", (302, 302, 404, 409, 403, 403, 404, 403, 404, 404)),
    "draft_standard":      ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "open_consultation":   ("post", (302, 302, 404, 409, 403, 403, 404, 403, 404, 404)),
    "decree_standard":     ("post", (302, 422, 404, 422, 403, 403, 404, 403, 404, 404)),
    "reopen_standard":     ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "reopen_charter":      ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "publish_standard":    ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "confirm_review":      ("post", (302, 422, 404, 422, 403, 403, 404, 403, 404, 404)),
    "drop_draft":          ("post", (302, 302, 404, 409, 403, 403, 404, 403, 404, 404)),
    "decree_charter":      ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "publish_charter":     ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "attach_to_consultation": ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "close_consultation":  ("post", (302, 409, 404, 409, 403, 403, 404, 403, 404, 404)),
    "record_posting":      ("post", (302, 422, 404, 422, 403, 403, 404, 403, 404, 404)),
    "remove_posting":      ("post", (302, 302, 404, 409, 403, 403, 404, 403, 404, 404)),
    "freeze_snapshot":     ("post", (302, 403, 403, 302, 403, 403, 403, 403, 403, 403)),
    "shelve_paper":        ("post", (302, 302, 404, 403, 403, 403, 404, 403, 404, 404)),
    # without a login
    "quiz":                ("get",  (200,) * 10),
    "health":              ("get",  (200,) * 10),
    "set_language":        ("post", (302,) * 10),
    "account_login":       ("get",  (200, *(302,) * 9)),
    "account_reset_password": ("get", (200,) * 10),
    "account_reset_password_done": ("get", (200,) * 10),
    "account_reset_password_from_key": ("get", (200,) * 10),
    "account_reset_password_from_key_done": ("get", (200,) * 10),
    "account_inactive":    ("get",  (200,) * 10),
    "mfa_authenticate":    ("get",  (302,) * 10),
    "mfa_login_webauthn":  ("get",  (302,) * 10),
    "perception_form":     ("get",  (200,) * 10),
    "perception_thanks":   ("get",  (200,) * 10),
    **dict.fromkeys(
        ("portal_city", "portal_search", "portal_service", "portal_unit", "portal_sitemap",
         "portal_data", "portal_data_csv", "portal_data_json", "portal_dcat", "portal_snapshot",
         "robots"),
        ("get", (200,) * 10),
    ),
    "portal_start":        ("get",  (302,) * 10),
    # one's own account
    "account_logout":      ("get",  (302, *(200,) * 9)),
    "account_change_password": ("get", (302, *(200,) * 9)),
    "account_reauthenticate": ("get", (302, *(200,) * 9)),
    "mfa_index":           ("get",  (302, *(200,) * 9)),
    "mfa_reauthenticate":  ("get",  (302,) * 10),
    "mfa_activate_totp":   ("get",  (302,) * 10),
    "mfa_deactivate_totp": ("get",  (302, *(404,) * 9)),
    "mfa_view_recovery_codes": ("get", (302, *(404,) * 9)),
    "mfa_generate_recovery_codes": ("get", (302,) * 10),
    "mfa_download_recovery_codes": ("get", (302, *(404,) * 9)),
    "mfa_list_webauthn":   ("get",  (302, *(200,) * 9)),
    "mfa_add_webauthn":    ("get",  (302,) * 10),
    "mfa_remove_webauthn": ("get",  (302,) * 10),
    "mfa_edit_webauthn":   ("get",  (302,) * 10),
    "mfa_reauthenticate_webauthn": ("get", (302,) * 10),
}  # fmt: skip


def doors() -> Iterator[URLPattern]:
    """Every pattern of the platform."""

    def walk(patterns: list[Any]) -> Iterator[URLPattern]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern

    yield from walk(get_resolver().url_patterns)


def test_every_door_is_in_the_table() -> None:
    names = {door.name for door in doors()}
    assert names == set(DOORS), f"not in the table, or not a door: {names ^ set(DOORS)}"


def test_only_portal_and_login_open_doors() -> None:
    allauth = {
        "account_login", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key", "account_reset_password_from_key_done",
        "account_inactive", "mfa_authenticate", "mfa_login_webauthn", "account_logout",
    }  # fmt: skip
    opened = {door.name for door in doors() if not getattr(door.callback, "login_required", True)}
    assert opened - allauth == {
        "health", "set_language", "quiz", "perception_form", "perception_thanks", "robots",
        "portal_start", "portal_city", "portal_search", "portal_service", "portal_unit", "portal_sitemap",
        "portal_data", "portal_data_csv", "portal_data_json", "portal_dcat", "portal_snapshot",
    }  # fmt: skip
    assert all(reason for reason in OPEN.values())


def put_away(response: Any) -> None:
    """Close what a response holds open, but not the test's own line to the database."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def at(names: tuple[str, ...], lookup: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Several doors that lead to the same thing."""
    return dict.fromkeys(names, lookup)


@pytest.fixture
def things(cast: Cast) -> dict[str, dict[str, Any]]:
    """What the doors lead to: a round, an assessment with evidence, a verdict, a role."""
    opened = cast.open_round()
    assessment = cast.assessment(opened, cast.disdukcapil)
    evidence = actions.attach_evidence(assessment, "1.a.Ak", upload(), by=cast.officer)
    verdict = actions.record_verdict(
        cast.disdukcapil,
        family="ombudsman",
        year=2023,
        label=Label.VERIFIED,
        zone="hijau",
        source_name="Surat hasil",
        letter=upload("surat.pdf"),
        by=cast.organiser,
    )
    readied = ready(cast)
    membership = cast.neighbour.memberships.get()
    verified = cycle.verified(cast)
    objection = actions.object_to(
        verified, "input-nilai", "Kami keberatan.", by=cast.officer, letter=upload("surat.pdf")
    )
    sent = cycle.submitted(cast, name="Opini kedua")
    task, _second = cycle.tasks(cast, sent)
    visit = actions.receive_visit(
        task,
        by=cast.verifier,
        key=uuid.uuid4(),
        made_at=timezone.now(),
        note="",
        marks={},
        photos=[("", upload("foto.jpg", photo()))],
    )
    special = set_day(
        cast.city,
        day=timezone.localdate(),
        name="Hari jadi kota",
        is_worked=False,
        by=cast.organiser,
    )
    perception = Perception.objects.get(assessment=assessment)
    one = {"pk": assessment.pk}
    coded = {"pk": assessment.pk, "code": "1.a.Ak"}
    city = {"pk": cast.city.pk}
    paper = city | {"kind": "rapor"}
    return {
        "unit_page": {"pk": cast.disdukcapil.pk},
        "round_page": {"pk": opened.pk},
        "close_round": {"pk": opened.pk},
        "answer_page": one,
        "proof_page": one,
        "submit": one,
        **at(
            (
                "assign_indicators",
                "perception_page",
                "perception_template",
                "enter_perception",
                "import_perceptions",
                "portal_list",
                "portal_pack",
                "workbook",
                "import_workbook",
                "import_legacy",
                "apply_workbook",
            ),
            one,
        ),
        "save_facts": coded,
        "print_assessment": one | {"kind": "rapor"},
        "perception_form": {"token": perception.token},
        "perception_thanks": {"token": perception.token},
        **at(
            (
                "add_locus",
                "copy_round",
                "verifiers_page",
                "agreement_page",
                "conclude_round",
                "print_evaluation",
            ),
            {"pk": opened.pk},
        ),
        "evidence_page": {"pk": evidence.pk},
        "evidence_picture": {"pk": evidence.pk, "number": 1},
        "tick_evidence": {"pk": evidence.pk},
        "vault": {"pk": cast.disdukcapil.pk},
        **at(
            ("document_page", "replace_document", "spread_document"), {"pk": evidence.document_id}
        ),
        "edition_file": {"pk": evidence.edition_id},
        "choose_example": {"pk": sent.pk, "code": "input-nilai"},
        **at(
            (
                "verification_page",
                "complete_marks",
                "ask_repair",
                "visit_page",
                "receive_visit",
                "release_verifier",
            ),
            {"pk": task.pk},
        ),
        "save_mark": {"pk": task.pk, "code": "input-nilai"},
        **at(("agenda_page", "announce_result"), {"pk": sent.pk}),
        "settle_difference": {"pk": sent.pk, "code": "input-nilai"},
        **at(("result_page", "accept_result", "conclude_assessment"), {"pk": verified.pk}),
        "object_to": {"pk": verified.pk, "code": "proses-nilai"},
        "answer_objection": {"pk": objection.pk},
        "objection_letter": {"pk": objection.pk},
        "photo": {"pk": visit.photos.get().pk},
        "remove_day": {"pk": special.pk},
        "save_answer": coded,
        "attach_evidence": coded,
        "evidence_file": {"pk": evidence.pk},
        "withdraw_evidence": {"pk": evidence.pk},
        "withdraw_verdict": {"pk": verdict.pk},
        "end_role": {"pk": membership.pk},
        "instrument_page": {"pk": cast.version("pekppp/pedoman-2022").pk},
        "paper_list": city,
        "letterhead": city,
        "paper_sample": paper | {"form": "pdf"},
        "paper_template": paper | {"form": "typ"},
        "default_template": paper | {"form": "docx"},
        "replace_template": paper,
        "restore_template": paper | {"form": "typ"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "salah"},
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
        "verdict_letter": {"pk": verdict.pk},
        **readied,
        **promised(cast),
    }


def promised(cast: Cast) -> dict[str, dict[str, Any]]:
    """A service with a standard in force and a draft, a charter, a forum, a place elsewhere."""
    officer = cast.officer
    first = promises.decree(promises.drafted(cast), cast, decree=upload("sk.pdf"))
    promise.publish_standard(first, by=officer)
    draft = promise.draft_standard(first.service, by=officer)
    charter = promise.write_charter(cast.disdukcapil, by=officer, **FIRST_WORDS)
    decree = upload("maklumat.pdf")
    promise.decree_charter(
        charter, number="1", decreed_on=timezone.localdate(), decree=decree, by=officer
    )
    promise.publish_charter(charter, by=officer)
    forum = promise.call_consultation(
        cast.disdukcapil, subject="Standar", held_on=timezone.localdate(), where="Aula",
        invited=[Group.USERS], standards=[], by=officer,
    )  # fmt: skip
    attached = promise.attach_to_consultation(
        forum, AttachmentKind.ATTENDANCE, upload("hadir.pdf"), by=officer
    )
    posting = promise.record_posting(
        first.service, Where.SIPPN, address="", seen_on=timezone.localdate(), by=officer
    )
    snapshot = promise.freeze_snapshot(cast.city, by=cast.organiser)
    unit, portal = {"pk": cast.disdukcapil.pk}, {"gov": cast.city.code}
    of_service, of_forum = {"pk": first.service_id}, {"pk": forum.pk}
    return {
        **at(
            ("service_page", "describe_service", "end_service", "draft_standard",
             "record_posting"),
            of_service,
        ),
        **at(
            ("write_standard", "open_consultation", "decree_standard", "publish_standard",
                "reopen_standard",
             "drop_draft"),
            {"pk": draft.pk},
        ),
        **at(
            ("standard_page", "standard_decree", "confirm_review", "sippn_sheet"),
            {"pk": first.pk},
        ),
        "print_standard": {"pk": first.pk, "kind": "poster"},
        "print_unit_annex": unit | {"kind": "lampiran-sk"},
        "print_charter": {"pk": charter.pk},
        **at(("promise_page", "charter_page", "call_consultation"), unit),
        **at(("decree_charter", "publish_charter", "reopen_charter", "charter_decree"), {"pk": charter.pk}),
        **at(("consultation_page", "attach_to_consultation", "close_consultation"), of_forum),
        "attachment_file": {"pk": attached.pk},
        "print_consultation": of_forum | {"kind": "undangan-fkp"},
        "remove_posting": {"pk": posting.pk},
        **at(
            ("portal_city", "portal_search", "portal_sitemap", "portal_data", "portal_data_csv",
             "portal_data_json", "portal_dcat"),
            portal,
        ),
        "portal_service": portal | {"code": first.service.code},
        "portal_unit": portal | {"code": cast.disdukcapil.code},
        "portal_snapshot": portal | {"number": snapshot.number},
        "shelve_paper": unit | {"file": attached.file_id},
    }  # fmt: skip


def ready(cast: Cast) -> dict[str, dict[str, Any]]:
    """A respondent who will be away when the Ombudsman comes, and a product that presses."""
    today = timezone.localdate()
    respondent = actions.name_respondent(
        cast.disdukcapil, Function.FRONT, name="Ningsih", since=today, by=cast.officer
    )
    sheet = ombudsman_quiz().sheet("tautan lain")
    chosen = {question.code: 0 for question, _order in sheet.questions}
    actions.take_quiz(respondent, "tautan lain", sheet, chosen, by=None)
    absence = actions.record_absence(respondent, today, today, Reason.LEAVE, by=cast.officer)
    visit = actions.record_visit(
        cast.disdukcapil, today, Certainty.KNOWN, "Surat", by=cast.organiser
    )
    product = actions.record_product(
        cast.disdukcapil,
        ProductKind.CORRECTIVE,
        number="LAHP/1",
        title="Perbaiki antrean",
        received_on=today,
        due_on=today,
        letter=upload("lahp.pdf"),
        by=cast.organiser,
    )
    follow_up = actions.add_follow_up(
        product,
        done="Antrean dibenahi.",
        day=today,
        proof=upload("foto.pdf"),
        by=cast.officer,
    )
    unit, person = {"pk": cast.disdukcapil.pk}, {"pk": respondent.pk}
    of_product = {"pk": product.pk}
    return {
        "readiness_page": unit,
        "name_respondent": unit,
        "end_respondent": person,
        "record_absence": person,
        "remove_respondent": person,
        "cancel_absence": {"pk": absence.pk},
        "cancel_visit": {"pk": visit.pk},
        "product_page": of_product,
        "product_letter": of_product,
        "follow_up_proof": {"pk": follow_up.pk},
        "assign_product": of_product,
        "add_follow_up": of_product,
        "close_product": of_product,
        "withdraw_product": of_product,
        "quiz": {"token": quiz_token(respondent)},
    }


@pytest.mark.parametrize("name", DOORS)
def test_each_door_lets_in_whom_the_table_says(
    name: str, cast: Cast, things: dict[str, dict[str, Any]]
) -> None:
    method, expected = DOORS[name]
    url = reverse(name, kwargs=things.get(name, {}))
    data = {"value": "3"} if name == "save_answer" else {}
    found = {}
    # Those who may do it come last, for after them the thing is no longer as it was.
    order = sorted(zip(PEOPLE, expected, strict=True), key=lambda pair: pair[1] in (302, 409))
    for who, _status in order:
        if name == "attach_evidence":
            data = {"file": upload()}
        client = cast.client(cast.people[who])
        response = getattr(client, method)(url, data)
        found[who] = response.status_code
        put_away(response)
    assert found == dict(zip(PEOPLE, expected, strict=True))


@pytest.mark.parametrize("name", [name for name, (method, _) in DOORS.items() if method == "post"])
def test_what_changes_something_rejects_get(
    name: str, cast: Cast, things: dict[str, dict[str, Any]]
) -> None:
    url = reverse(name, kwargs=things.get(name, {}))
    before = Evidence.objects.filter(withdrawn_at=None).count()
    status = cast.client(cast.officer).get(url).status_code
    assert status == (302 if name == "set_language" else 405)
    assert Evidence.objects.filter(withdrawn_at=None).count() == before


def test_a_page_without_login_leads_to_the_login(cast: Cast) -> None:
    response = cast.client(None).get(reverse("dashboard"))
    assert response["Location"].startswith(reverse("account_login"))
