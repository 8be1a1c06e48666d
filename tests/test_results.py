"""The result: seen by the unit, objected to, answered, accepted, and frozen with its proof."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Objection, Status
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.notices.models import Notice
from tests import cycle
from tests.cast import Cast
from tests.samples import upload
from tests.test_doors import put_away

CODE = "input-nilai"


def page(cast: Cast, user: Any, assessment: Assessment) -> str:
    response = cast.client(user).get(reverse("result_page", args=[assessment.pk]))
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_the_unit_sees_claim_and_decision_side_by_side(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    text = page(cast, cast.officer, assessment)
    assert "Nilai mandiri" in text
    assert "90,00" in text
    assert "80,00" in text
    assert Notice.objects.filter(person=cast.officer, subject__contains="Hasil verifikasi").exists()


def test_there_is_no_result_before_it_is_announced(cast: Cast) -> None:
    assessment = cycle.marked(cast)
    for who in (cast.officer, cast.organiser, cast.verifier):
        response = cast.client(who).get(reverse("result_page", args=[assessment.pk]))
        assert response.status_code == 404


def test_an_objection_that_is_upheld_changes_the_figure(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    url = reverse("object_to", args=[assessment.pk, CODE])
    data = {"text": "Surat keputusannya terlampir.", "letter": upload("sk.pdf")}
    assert cast.client(cast.officer).post(url, data).status_code == 302
    objection = Objection.objects.get()
    letter = cast.client(cast.organiser).get(reverse("objection_letter", args=[objection.pk]))
    assert letter.status_code == 200
    put_away(letter)
    with pytest.raises(Refused, match="belum dijawab"):
        actions.accept_result(assessment, by=cast.officer)
    answer = reverse("answer_objection", args=[objection.pk])
    data = {"is_upheld": "1", "reason": "Suratnya sah.", "value": "90"}
    assert cast.client(cast.organiser).post(answer, data).status_code == 302
    now = cycle.fresh(cast, assessment)
    assert (now.low, now.high) == (80, 87), "30 % of trust at 80, 70 % between 80 and 90"
    assert "Suratnya sah." in page(cast, cast.officer, assessment)


def test_an_objection_that_is_rejected_changes_nothing(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    objection = actions.object_to(assessment, CODE, "Kami keberatan.", by=cast.officer)
    actions.answer_objection(
        objection, is_upheld=False, answer="Tidak terbukti.", by=cast.organiser
    )
    now = cycle.fresh(cast, assessment)
    assert now.value == 80
    with pytest.raises(Refused, match="sudah dijawab"):
        actions.answer_objection(
            objection, is_upheld=True, answer="Ya.", value=Fraction(90), by=cast.organiser
        )
    with pytest.raises(Refused, match="sudah disanggah"):
        actions.object_to(assessment, CODE, "Sekali lagi keberatan.", by=cast.officer)


def test_after_the_window_or_after_accepting_nothing_is_objected_to(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    opened = cycle.round_of(assessment)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    dates = ("opens_on", "closes_on", "verify_until", "object_until")
    type(opened).objects.filter(pk=opened.pk).update(**dict.fromkeys(dates, yesterday))
    with pytest.raises(Refused, match="Masa sanggah sudah berakhir"):
        actions.object_to(assessment, CODE, "Terlambat sekali.", by=cast.officer)


def test_it_is_final_only_when_accepted_or_when_the_window_is_over(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    with pytest.raises(Refused, match="Masa sanggah sampai"):
        actions.conclude_assessment(assessment, by=cast.organiser)
    url = reverse("accept_result", args=[assessment.pk])
    assert cast.client(cast.officer).post(url).status_code == 302
    with pytest.raises(Refused, match="Masa sanggah sudah berakhir"):
        actions.object_to(assessment, CODE, "Sesudah menerima.", by=cast.officer)
    url = reverse("conclude_assessment", args=[assessment.pk])
    assert cast.client(cast.organiser).post(url).status_code == 302
    assert cycle.fresh(cast, assessment).status == Status.FINAL


def test_the_final_figure_is_frozen_with_its_proof_and_its_hash(cast: Cast) -> None:
    assessment = cycle.final(cast)
    assert assessment.proof is not None
    kept = json.dumps(assessment.proof, sort_keys=True).encode()
    assert assessment.proof_sha256 == hashlib.sha256(kept).hexdigest()
    assert assessment.proof["score"]["value"] == "80.00"
    assert assessment.proof["instrument"] == assessment.instrument.sha256
    assert (
        Entry.objects.get(event="assessment.concluded").details["proof"] == assessment.proof_sha256
    )
    for change in (
        lambda: actions.save_answer(assessment, CODE, Fraction(1), by=cast.officer),
        lambda: actions.submit_assessment(assessment, by=cast.officer),
        lambda: actions.announce_result(assessment, by=cast.verifier),
        lambda: actions.accept_result(assessment, by=cast.officer),
        lambda: actions.conclude_assessment(assessment, by=cast.organiser),
        lambda: actions.object_to(assessment, CODE, "Masih keberatan.", by=cast.officer),
    ):
        with pytest.raises(Refused):
            change()
    assert cycle.fresh(cast, assessment).proof_sha256 == assessment.proof_sha256


def test_all_that_is_ready_in_a_round_is_made_final_at_once(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    url = reverse("conclude_round", args=[assessment.round_id])
    text = cast.client(cast.organiser).post(url, follow=True).content.decode()
    assert "Masa sanggah sampai" in unescape(text)
    actions.accept_result(assessment, by=cast.officer)
    text = cast.client(cast.organiser).post(url, follow=True).content.decode()
    assert "1 nilai akhir ditetapkan" in unescape(text)
    assert cycle.fresh(cast, assessment).is_final


def test_a_closed_round_takes_no_further_step(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    actions.close_round(cycle.round_of(assessment), by=cast.organiser)
    for change in (
        lambda: actions.object_to(assessment, CODE, "Kami keberatan.", by=cast.officer),
        lambda: actions.accept_result(assessment, by=cast.officer),
        lambda: actions.conclude_assessment(assessment, by=cast.organiser),
    ):
        with pytest.raises(Refused):
            change()
