"""Verification: blind, by two who are of another agency, then settled with a reason."""

from __future__ import annotations

from fractions import Fraction
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.accounts.actions import give_role
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.agenda import agenda_of
from hijau.assessments.models import Assessment, Decision, Ground, Mark, Status, Verification
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.notices.models import Notice
from tests import cycle
from tests.cast import Cast

CODE = "input-nilai"


def text(cast: Cast, user: object, name: str, *args: object) -> str:
    response = cast.client(user).get(reverse(name, args=args))  # type: ignore[arg-type]
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_verifier_is_told_of_the_task_and_finds_it_in_the_queue(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    cycle.tasks(cast, assessment)
    assert Notice.objects.filter(person=cast.verifier).exists()
    assert "Disdukcapil" in text(cast, cast.verifier, "verification_queue")
    assert "Antrean verifikasi" in text(cast, cast.verifier, "notice_list")


def test_nobody_verifies_their_own_agency(cast: Cast) -> None:
    give_role(
        cast.verifier.email, "V", Role.OFFICER, cast.disdukcapil, by=None
    )  # a verifier who also works there
    assessment = cycle.submitted(cast)
    with pytest.raises(Refused, match="perangkat daerahnya sendiri") as refusal:
        actions.name_verifiers([assessment], [cast.verifier, cast.second], by=cast.organiser)
    assert "Disdukcapil" in refusal.value.items[0]
    assert not Verification.objects.exists()


def test_who_joins_the_agency_later_can_no_longer_mark(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    give_role(cast.verifier.email, "V", Role.OFFICER, cast.disdukcapil, by=None)
    cast.verifier.__dict__.pop("roles_now", None)
    with pytest.raises(Refused, match="perangkat daerahnya sendiri"):
        actions.save_mark(one, CODE, Fraction(80), by=cast.verifier)


def test_only_verifiers_of_the_government_are_named(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    with pytest.raises(Refused, match="bukan verifikator"):
        actions.name_verifiers([assessment], [cast.leader], by=cast.organiser)


def test_marks_stay_hidden_until_all_have_finished(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, two = cycle.tasks(cast, assessment)
    cycle.mark_all(one, Fraction("71.25"))
    actions.complete_marks(one, by=cast.verifier)
    for who in (cast.second, cast.organiser):
        assert "71,25" not in text(cast, who, "agenda_page", assessment.pk)
        assert "Masih menilai" in text(cast, who, "agenda_page", assessment.pk)
    assert "71,25" not in text(cast, cast.second, "verification_page", two.pk)
    assert (
        cast.client(cast.second).get(reverse("verification_page", args=[one.pk])).status_code == 404
    )
    assert (
        cast.client(cast.officer).get(reverse("agenda_page", args=[assessment.pk])).status_code
        == 404
    )
    entry = Entry.objects.filter(event="mark.saved").first()
    assert entry is not None
    assert "71" not in str(entry.details)

    cycle.mark_all(two, 80)
    actions.complete_marks(two, by=cast.second)
    assert "71,25" in text(cast, cast.second, "agenda_page", assessment.pk)


def test_the_agenda_begins_with_the_widest_difference(cast: Cast) -> None:
    assessment = cycle.marked(cast, 80, 80, proses_nilai=60, output_nilai=75)
    spreads = [(point.question.code, point.spread) for point in agenda_of(assessment)]
    assert spreads[:2] == [("proses-nilai", Fraction(1, 5)), ("output-nilai", Fraction(1, 20))]
    assert all(spread == 0 for _code, spread in spreads[2:])


def test_a_difference_needs_a_reason_before_the_result_is_announced(cast: Cast) -> None:
    assessment = cycle.marked(cast, 80, 80, proses_nilai=60)
    with pytest.raises(Refused, match="1 perbedaan belum diputuskan"):
        actions.announce_result(assessment, by=cast.verifier)
    with pytest.raises(Refused, match="Tulis alasan"):
        actions.settle_difference(assessment, "proses-nilai", Fraction(70), " ", by=cast.second)
    actions.settle_difference(
        assessment, "proses-nilai", Fraction(70), "Surveinya lengkap.", by=cast.second
    )
    actions.announce_result(assessment, by=cast.verifier)
    now = cycle.fresh(cast, assessment)
    assert now.status == Status.VERIFIED
    assert (now.self_low, now.self_high) == (90, 90)
    assert (now.low, now.high) == (Fraction("73"), Fraction("80")), (
        "70 % are shared by unknown weights"
    )
    grounds = dict(Decision.objects.values_list("code", "ground"))
    assert grounds.pop("proses-nilai") == Ground.SETTLED
    assert set(grounds.values()) == {Ground.AGREED}


def test_only_its_verifiers_settle(cast: Cast) -> None:
    assessment = cycle.marked(cast, 80, 70)
    for who in (cast.organiser, cast.leader):
        with pytest.raises(Refused, match="Hanya verifikator unit ini"):
            actions.settle_difference(assessment, CODE, Fraction(75), "Begitu.", by=who)


def test_one_verifier_alone_announces_nothing(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    actions.name_verifiers([assessment], [cast.verifier], by=cast.organiser)
    one = cycle.task(assessment, cast.verifier)
    cycle.mark_all(one, 80)
    actions.complete_marks(one, by=cast.verifier)
    with pytest.raises(Refused, match="dua verifikator"):
        actions.announce_result(assessment, by=cast.verifier)


def test_it_is_not_finished_while_something_is_unmarked(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    actions.save_mark(one, CODE, Fraction(80), by=cast.verifier)
    with pytest.raises(Refused, match="4 indikator belum dinilai"):
        actions.complete_marks(one, by=cast.verifier)


def test_a_draft_is_not_verified(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    one, _two = cycle.tasks(cast, assessment)
    with pytest.raises(Refused, match="tidak sedang diverifikasi"):
        actions.save_mark(one, CODE, Fraction(80), by=cast.verifier)
    assert not Mark.objects.exists()


def test_a_mark_outside_the_scale_is_refused_and_nothing_is_lost(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    actions.save_mark(one, CODE, Fraction(80), by=cast.verifier, note="Baik.")
    url = reverse("save_mark", args=[one.pk, CODE])
    response = cast.client(cast.verifier).post(url, {"value": "101", "seen": "1"})
    assert response.status_code == 409
    mark = Mark.objects.get()
    assert (mark.value, mark.note) == (80, "Baik.")


def test_the_same_sheet_in_two_tabs_loses_nothing(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    actions.save_mark(one, CODE, Fraction(80), by=cast.verifier, seen=0)
    with pytest.raises(Refused, match="sudah diisi di tempat lain: 80"):
        actions.save_mark(one, CODE, Fraction(60), by=cast.verifier, seen=0)


# ---- Repair --------------------------------------------------------------------------------------


def test_it_is_sent_back_with_notes_and_only_there_it_may_be_changed(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, two = cycle.tasks(cast, assessment)
    actions.save_mark(one, CODE, Fraction(60), by=cast.verifier)
    actions.ask_repair(one, {CODE: "Lampirkan berita acara."}, by=cast.verifier)
    assert "Lampirkan berita acara." in text(cast, cast.officer, "answer_page", assessment.pk)
    assert Notice.objects.filter(person=cast.officer, subject__contains="Perlu diperbaiki").exists()
    with pytest.raises(Refused, match="Unit sedang memperbaiki"):
        actions.save_mark(two, CODE, Fraction(80), by=cast.second)

    back = cycle.fresh(cast, assessment)
    with pytest.raises(Refused, match="proses-nilai tidak termasuk"):
        actions.save_answer(back, "proses-nilai", Fraction(99), by=cast.officer)
    actions.save_answer(back, CODE, Fraction(95), by=cast.officer)
    actions.submit_assessment(back, by=cast.officer)
    assert cycle.fresh(cast, assessment).status == Status.SUBMITTED
    assert one.marks.get().value == 60, "what was marked is not lost"
    assert "Sudah diperbaiki" in text(cast, cast.verifier, "verification_page", one.pk)
    assert Notice.objects.filter(person=cast.verifier, subject__contains="memperbaiki").exists()


def test_after_a_repair_every_verifier_looks_again(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, two = cycle.tasks(cast, assessment)
    cycle.mark_all(two, 70)
    actions.complete_marks(two, by=cast.second)
    actions.ask_repair(one, {CODE: "Lengkapi."}, by=cast.verifier)
    actions.submit_assessment(cycle.fresh(cast, assessment), by=cast.officer)
    again = cycle.task(assessment, cast.second)
    assert (again.completed_at, again.marked) == (None, 5), (
        "the marks stay, the sheet is open again"
    )
    actions.save_mark(again, CODE, Fraction(75), by=cast.second)


def test_repair_is_possible_after_the_window_of_filling(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    opened = cycle.round_of(assessment)
    opened.opens_on = opened.closes_on = timezone.localdate() - timezone.timedelta(days=1)
    opened.save(update_fields=["opens_on", "closes_on"])
    actions.ask_repair(one, {CODE: "Perbaiki."}, by=cast.verifier)
    actions.save_answer(cycle.fresh(cast, assessment), CODE, Fraction(95), by=cast.officer)


def test_sending_back_needs_a_note(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    with pytest.raises(Refused, match="Tulis apa yang perlu diperbaiki"):
        actions.ask_repair(one, {}, by=cast.verifier)
    assert cycle.fresh(cast, assessment).status == Status.SUBMITTED


def test_verifiers_are_named_neither_after_the_result_nor_in_a_closed_round(cast: Cast) -> None:
    stale = cycle.submitted(cast)
    for task in cycle.tasks(cast, stale):
        cycle.mark_all(task, 80)
        actions.complete_marks(task, by=task.verifier)
    actions.announce_result(cycle.fresh(cast, stale), by=cast.verifier)
    with pytest.raises(Refused, match="sudah selesai diverifikasi"):
        actions.name_verifiers([stale], [cast.verifier], by=cast.organiser)
    other = cycle.submitted(cast, name="Lagi")
    actions.close_round(cycle.round_of(other), by=cast.organiser)
    with pytest.raises(Refused, match="sudah ditutup"):
        actions.name_verifiers([other], [cast.verifier], by=cast.organiser)


def test_one_who_was_named_in_the_meantime_is_waited_for(cast: Cast) -> None:
    marked = cycle.marked(cast)
    read = Assessment.objects.prefetch_related("verifications__verifier").get(pk=marked.pk)
    assert len(read.verifications.all()) == 2
    third = give_role(
        "ketiga@contoh.go.id", "Ketiga", Role.VERIFIER, cast.city, by=None,
        password="sandi-untuk-uji-coba",
    ).user  # fmt: skip
    actions.name_verifiers([marked], [third], by=cast.organiser)
    with pytest.raises(Refused, match="belum selesai"):
        actions.announce_result(read, by=cast.verifier)


def test_the_words_of_a_colleagues_repair_are_seen_only_after_ones_own_marks(cast: Cast) -> None:
    assessment = cycle.submitted(cast)
    one, two = cycle.tasks(cast, assessment)
    actions.ask_repair(one, {CODE: "Tanda tangannya belum ada."}, by=cast.verifier)
    actions.submit_assessment(cycle.fresh(cast, assessment), by=cast.officer)

    def page(task: Verification) -> str:
        address = reverse("verification_page", args=[task.pk])
        return unescape(cast.client(task.verifier).get(address).content.decode())

    assert "Tanda tangannya belum ada." in page(one)
    assert "Tanda tangannya belum ada." not in page(two)
    assert "oleh verifikator lain" in page(two)
    cycle.mark_all(two, 80)
    actions.complete_marks(two, by=cast.second)
    assert "Tanda tangannya belum ada." in page(two)


def test_the_progress_counts_what_has_to_be_marked(cast: Cast) -> None:
    assessment = cycle.submitted(cast, claim=4, identifier="pekppp/pedoman-2022")
    one, _two = cycle.tasks(cast, assessment)
    free = {q.code for q in assessment.questions if q.asked_of == "unit"} - {
        q.code for q in assessment.required
    }
    assert free, "PEKPPP asks for one indicator that it does not count"
    for code in free:
        actions.save_mark(one, code, Fraction(3), by=cast.verifier)
    assert cycle.task(assessment, cast.verifier).marked == 0
    actions.save_mark(one, assessment.required[0].code, Fraction(3), by=cast.verifier)
    assert cycle.task(assessment, cast.verifier).marked == 1
