"""Verification: blind marks, settling, repair, objection, and the final figure."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments.agenda import agenda_of
from hijau.assessments.conditions import (
    check_value,
    must_be_able_to_verify,
    own_agency,
    question_of,
    spoken,
)
from hijau.assessments.keeping import VERIFIED, heard_now, in_force, keep_figures, score_or_refuse
from hijau.assessments.models import (
    Assessment,
    Decision,
    FieldVisit,
    Ground,
    Mark,
    Objection,
    Photo,
    Repair,
    Round,
    Status,
    Verification,
)
from hijau.assessments.models.assessment import Valued
from hijau.assessments.models.verification import FEWEST_VERIFIERS
from hijau.audit import book
from hijau.files.intake import examine, keep
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from scoring.instrument import Question
from scoring.numbers import format_exact
from scoring.proof import proof_rows
from scoring.score import as_json

book.declare(
    verifiers_named=gettext_lazy("Verifikator ditunjuk"),
    verifier_released=gettext_lazy("Tugas verifikasi ditarik dari verifikator"),
    mark_saved=gettext_lazy("Nilai verifikator disimpan"),
    visit_received=gettext_lazy("Kunjungan lapangan diterima"),
    marks_completed=gettext_lazy("Verifikator menyelesaikan penilaiannya"),
    repair_asked=gettext_lazy("Penilaian dikembalikan untuk diperbaiki"),
    difference_settled=gettext_lazy("Perbedaan nilai verifikator diputuskan"),
    result_announced=gettext_lazy("Hasil verifikasi diumumkan kepada unit"),
    result_accepted=gettext_lazy("Unit menerima hasil verifikasi"),
    objection_made=gettext_lazy("Sanggahan diajukan"),
    objection_answered=gettext_lazy("Sanggahan dijawab"),
    assessment_concluded=gettext_lazy("Nilai akhir ditetapkan"),
)


# ---- Naming verifiers, and their marks -----------------------------------------------------------


def name_verifiers(
    assessments: Iterable[Assessment], verifiers: Iterable[User], *, by: User
) -> int:
    """Give assessments of one round to verifiers; how many tasks are new.

    Nobody verifies their own agency: such a pair is refused, and nothing is given at all.
    """
    assessments, verifiers = list(assessments), list(verifiers)
    if not assessments or not verifiers:
        raise Refused(_("Pilih unit dan verifikatornya."))
    with book.recorded("verifiers.named", assessments[0].round, by=by) as record:
        clash = [
            f"{verifier} – {one.short_title}"
            for one in assessments
            for verifier in verifiers
            if own_agency(verifier, one.unit)
        ]
        if clash:
            raise Refused(_("Verifikator tidak boleh menilai perangkat daerahnya sendiri."), clash)
        for verifier in verifiers:
            for one in assessments:
                must_be_able_to_verify(verifier, one.unit)
        now = Assessment.objects.filter(pk__in=[one.pk for one in assessments])
        if over := now.filter(status__in=VERIFIED).with_names().first():
            raise Refused(_("%s sudah selesai diverifikasi.") % over.short_title)
        if now.exclude(round__in=Round.objects.running()).exists():
            raise Refused(_("Putaran ini sudah ditutup."))
        known = set(
            Verification.objects.filter(assessment__in=assessments).values_list(
                "assessment", "verifier"
            )
        )
        made = Verification.objects.bulk_create(
            Verification(assessment=one, verifier=verifier)
            for one in assessments
            for verifier in verifiers
            if (one.pk, verifier.pk) not in known
        )
        record.details |= {
            "assessments": [one.pk for one in assessments],
            "verifiers": [verifier.pk for verifier in verifiers],
        }
        for verifier in {task.verifier for task in made}:
            tell(
                [verifier],
                _("Anda ditunjuk sebagai verifikator"),
                _("Antrean verifikasi “%s” menunggu Anda di Hijau.") % assessments[0].round,
                url=reverse("verification_queue"),
            )
        return len(made)


def release_verifier(verification: Verification, *, by: User) -> None:
    """Take an assessment from a verifier who has not finished: ill, moved, or no longer apart."""
    with book.recorded("verifier.released", verification, by=by) as record:
        record.details["verifier"] = verification.verifier_id
        if not Verification.objects.filter(pk=verification.pk, completed_at=None).exists():
            raise Refused(_("Verifikator itu sudah selesai menilai."))
        if verification.visits.exists():
            raise Refused(_("Verifikator itu sudah mengirim kunjungan lapangan."))
        verification.delete()


def save_mark(
    verification: Verification,
    code: str,
    value: Fraction | None,
    *,
    by: User,
    not_applicable: bool = False,
    note: str | None = None,
    seen: int | None = None,
) -> Mark:
    """Save one verifier's mark of one indicator at once. A `value` of None clears it."""
    question = question_of(verification.assessment, code)
    with book.recorded("mark.saved", verification, by=by, code=code) as record:
        _must_be_theirs(verification, by)
        mark = _mark(verification, question.code)
        overtaken = seen is not None and seen != mark.version
        if overtaken and mark.given != (value, not_applicable):
            raise Refused(
                _("%(code)s sudah diisi di tempat lain: %(now)s. Muat ulang, lalu putuskan.")
                % {"code": code, "now": spoken(question, mark)},
                [mark],
            )
        _write(verification, mark, value, not_applicable, note)
        _count_marks(verification)
        record.details |= {"version": mark.version}  # the figure stays hidden until all are done
        return mark


def _mark(verification: Verification, code: str) -> Mark:
    found = Mark.objects.filter(verification=verification, code=code).first()
    return found or Mark(verification=verification, code=code, version=0)


def _write(
    verification: Verification,
    mark: Mark,
    value: Fraction | None,
    not_applicable: bool,
    note: str | None,
) -> None:
    question = _for_verifiers(verification.assessment, mark.code)
    check_value(question, value)
    mark.value, mark.not_applicable = value, not_applicable
    mark.note = mark.note if note is None else note.strip()
    mark.version, mark.at = mark.version + 1, timezone.now()
    mark.save()


def _count_marks(verification: Verification) -> None:
    """Keep how many of the indicators that must be marked are; of the others nobody waits."""
    required = {question.code for question in verification.assessment.required}
    done = sum(one.is_given and one.code in required for one in verification.marks.all())
    Verification.objects.filter(pk=verification.pk).update(marked=done)
    verification.marked = done


def _for_verifiers(assessment: Assessment, code: str) -> Question:
    """An indicator that verifiers mark; what users are asked is theirs alone."""
    question = question_of(assessment, code)
    if question.asked_of == "users":
        raise Refused(_("%s dijawab pengguna layanan, bukan verifikator.") % code)
    return question


def _must_be_theirs(verification: Verification, by: User) -> None:
    fresh = Verification.objects.select_related("assessment__round", "assessment__unit").get(
        pk=verification.pk
    )
    if fresh.verifier_id != by.pk:
        raise Refused(_("Lembar ini milik verifikator lain."))
    must_be_able_to_verify(by, fresh.assessment.unit)
    if fresh.completed_at:
        raise Refused(_("Penilaian Anda sudah selesai, jadi tidak dapat diubah lagi."))
    if fresh.assessment.status == Status.RETURNED:
        raise Refused(_("Unit sedang memperbaiki. Tunggu sampai dikirim kembali."))
    if fresh.assessment.status != Status.SUBMITTED or not fresh.assessment.round.is_running:
        raise Refused(_("Penilaian ini tidak sedang diverifikasi."))


@dataclass(frozen=True, slots=True)
class Noted:
    """What a visit says of an indicator: a value where one was chosen, a remark, and the version
    of the mark that the phone had before it."""

    value: Fraction | None
    not_applicable: bool
    remark: str
    seen: int


def receive_visit(
    verification: Verification,
    *,
    by: User,
    key: uuid.UUID,
    made_at: dt.datetime,
    note: str,
    marks: Mapping[str, Noted],
    photos: Iterable[tuple[str, UploadedFile]],
) -> FieldVisit:
    """Take in a field visit that was written down without a signal: once, and whole.

    The same `key` again changes nothing. A fault in one part refuses all of it, and the phone
    keeps it. What was marked at a desk since is not overwritten: the visit's value stands in the
    note beside it.
    """
    examined = [(code, examine(upload, only="image/")) for code, upload in photos]
    with book.recorded("visit.received", verification, by=by) as record:
        again = FieldVisit.objects.filter(key=key).first()
        if again is not None:
            if again.verification_id != verification.pk:
                raise Refused(_("Kunjungan ini sudah dicatat untuk unit lain."))
            record.details["again"] = True
            return again
        _must_be_theirs(verification, by)
        visit = FieldVisit.objects.create(
            verification=verification, key=key, made_at=made_at, note=note.strip()
        )
        known = {mark.code: mark for mark in verification.marks.all()}
        for code, noted in marks.items():
            mark = known.get(code) or Mark(verification=verification, code=code, version=0)
            _take_note(verification, mark, noted, made_at)
        _count_marks(verification)
        for code, _photo in examined:
            if code:
                question_of(verification.assessment, code)
        for code, photo in examined:
            stored = keep(photo, verification.assessment.unit.root, by=by)
            Photo.objects.create(visit=visit, code=code, file=stored)
        record.details |= {"visit": visit.pk, "marks": len(marks), "photos": len(examined)}
        return visit


def _take_note(verification: Verification, mark: Mark, noted: Noted, made_at: dt.datetime) -> None:
    """Put a visit's value and remark into the mark, or beside a newer one."""
    code = mark.code
    question = _for_verifiers(verification.assessment, code)
    value, not_applicable, remark = noted.value, noted.not_applicable, noted.remark.strip()
    if value is None and not not_applicable:
        value, not_applicable = mark.given
    elif mark.version > noted.seen and mark.given != (value, not_applicable):
        check_value(question, value)
        found = spoken(question, Mark(code=code, value=value, not_applicable=not_applicable))
        on = date_format(timezone.localtime(made_at), "j F Y")
        visited = _("Pada kunjungan %s:") % on
        remark = f"{visited} {found}. {remark}".strip()
        value, not_applicable = mark.given
    note = " ".join(filter(None, (mark.note, remark))) if remark else None
    _write(verification, mark, value, not_applicable, note)


def complete_marks(verification: Verification, *, by: User) -> None:
    """Close one's own marks. When all verifiers have, they see each other's."""
    with book.recorded("marks.completed", verification, by=by):
        _must_be_theirs(verification, by)
        assessment = verification.assessment
        marks = list(verification.marks.all())
        given = {mark.code for mark in marks if mark.is_given}
        left = [q for q in assessment.required if q.code not in given]
        if left:
            raise Refused(_("%d indikator belum dinilai.") % len(left), left)
        of_users = {question.code for question in assessment.asked_of_users}
        theirs: list[Valued] = [*marks]
        theirs += [answer for answer in assessment.answers.all() if answer.code in of_users]
        score_or_refuse(assessment, theirs)
        Verification.objects.filter(pk=verification.pk).update(completed_at=timezone.now())
        tasks = list(assessment.verifications.select_related("verifier"))
        if len(tasks) >= FEWEST_VERIFIERS and all(task.completed_at for task in tasks):
            tell(
                [task.verifier for task in tasks],
                _("Semua verifikator selesai: %s") % assessment.short_title,
                _("Lihat bersama perbedaan nilainya, lalu putuskan."),
                url=reverse("agenda_page", args=[assessment.pk]),
            )


# ---- Repair --------------------------------------------------------------------------------------


def ask_repair(verification: Verification, notes: Mapping[str, str], *, by: User) -> None:
    """Send an assessment back to its unit, with a note for each indicator to repair."""
    assessment = verification.assessment
    with book.recorded("repair.asked", verification, by=by, codes=sorted(notes)) as record:
        _must_be_theirs(verification, by)
        if not notes:
            raise Refused(
                _("Tulis apa yang perlu diperbaiki pada sekurang-kurangnya satu indikator.")
            )
        for code, note in notes.items():
            question_of(assessment, code)
            if not note.strip():
                raise Refused(_("Tulis apa yang perlu diperbaiki pada %s.") % code)
            Repair.objects.create(assessment=assessment, code=code, note=note.strip(), by=by)
        sent_back = Assessment.objects.filter(pk=assessment.pk, status=Status.SUBMITTED)
        if not sent_back.update(status=Status.RETURNED):
            raise Refused(_("Penilaian ini tidak sedang diverifikasi."))
        # What the unit changes, every verifier looks at again, and what was settled is open again.
        assessment.verifications.update(completed_at=None)
        undone, _each = assessment.decisions.all().delete()
        record.details |= {"repairs": len(notes), "undone": undone}
        tell(
            User.objects.answering_for(assessment.unit),
            _("Perlu diperbaiki: %s") % assessment.short_title,
            _("Verifikator mengembalikan %(n)d indikator pada “%(round)s” dengan catatan.")
            % {"n": len(notes), "round": assessment.round},
            url=reverse("answer_page", args=[assessment.pk]),
        )


# ---- Settling, and the result --------------------------------------------------------------------


def settle_difference(
    assessment: Assessment,
    code: str,
    value: Fraction | None,
    reason: str,
    *,
    by: User,
    not_applicable: bool = False,
) -> Decision:
    """Decide, with a reason, an indicator on which the verifiers differ."""
    question = _for_verifiers(assessment, code)
    with book.recorded("difference.settled", assessment, by=by, code=code) as record:
        _must_be_at_the_table(assessment, by)
        if value is None and not not_applicable:
            raise Refused(_("Pilih nilai yang disepakati."))
        check_value(question, value)
        if not reason.strip():
            raise Refused(_("Tulis alasan keputusannya; alasan itu tercetak dalam berita acara."))
        record.details["value"] = None if value is None else format_exact(value)
        return Decision.objects.create(
            assessment=assessment,
            code=code,
            value=value,
            not_applicable=not_applicable,
            ground=Ground.SETTLED,
            reason=reason.strip(),
            by=by,
        )


def _must_be_at_the_table(assessment: Assessment, by: User) -> None:
    """The verifiers of an assessment settle it, once each of them has finished alone."""
    # Read anew: one may just have been named, or have finished.
    tasks = list(Verification.objects.filter(assessment=assessment).select_related("verifier"))
    if by.pk not in {task.verifier_id for task in tasks}:
        raise Refused(_("Hanya verifikator unit ini yang memutuskan."))
    must_be_able_to_verify(by, assessment.unit)
    if len(tasks) < FEWEST_VERIFIERS:
        raise Refused(_("Tunjuk sekurang-kurangnya dua verifikator untuk unit ini."))
    waiting = [str(task.verifier) for task in tasks if task.completed_at is None]
    if waiting:
        raise Refused(_("Masih ada verifikator yang belum selesai."), waiting)
    fresh = Assessment.objects.select_related("round").get(pk=assessment.pk)
    if fresh.status != Status.SUBMITTED or not fresh.round.is_running:
        raise Refused(_("Penilaian ini tidak sedang diverifikasi."))


def announce_result(assessment: Assessment, *, by: User) -> None:
    """Close the verification: the unit sees the verified figure, and may object to it."""
    with book.recorded("result.announced", assessment, by=by) as record:
        _must_be_at_the_table(assessment, by)
        agenda = agenda_of(assessment)
        if open_points := [point.question for point in agenda if not point.is_decided]:
            raise Refused(_("%d perbedaan belum diputuskan.") % len(open_points), open_points)
        Decision.objects.bulk_create(
            Decision(
                assessment=assessment,
                code=point.question.code,
                value=point.marks[0].value,
                not_applicable=point.marks[0].not_applicable,
                ground=Ground.AGREED,
            )
            for point in agenda
            if point.is_agreed and point.decision is None
        )
        assessment.status = Status.VERIFIED
        heard_now(assessment)
        score = score_or_refuse(assessment, in_force(assessment))
        when = Q(status=Status.SUBMITTED)
        kept = keep_figures(
            assessment,
            score,
            when,
            status=Status.VERIFIED,
            verified_at=timezone.now(),
            verified_value=score.value,
            verified_low=score.low,
            verified_high=score.high,
        )
        if not kept:
            raise Refused(_("Penilaian ini tidak sedang diverifikasi."))
        record.details["value"] = None if score.value is None else format_exact(score.value)
        tell(
            [
                *User.objects.answering_for(assessment.unit),
                *User.objects.holding(Role.ORGANISER, assessment.unit.root),
            ],
            _("Hasil verifikasi: %s") % assessment.short_title,
            _("Hasil verifikasi “%(round)s” dapat dilihat. Sanggahan diterima sampai %(day)s.")
            % {
                "round": assessment.round,
                "day": date_format(assessment.round.object_until, "j F Y"),
            },
            url=reverse("result_page", args=[assessment.pk]),
        )


# ---- Objection, and the final figure -------------------------------------------------------------


def object_to(
    assessment: Assessment, code: str, text: str, *, by: User, letter: UploadedFile | None = None
) -> Objection:
    """Object to what was decided on an indicator, once, within the window."""
    _for_verifiers(assessment, code)
    seen = examine(letter) if letter else None
    with book.recorded("objection.made", assessment, by=by, code=code) as record:
        fresh = Assessment.objects.select_related("round").get(pk=assessment.pk)
        if fresh.status != Status.VERIFIED or not fresh.round.is_running:
            raise Refused(_("Sanggahan diterima setelah hasil verifikasi diumumkan."))
        if not fresh.awaits_unit:
            raise Refused(_("Masa sanggah sudah berakhir."))
        if len(text.strip()) < 10:
            raise Refused(_("Jelaskan sanggahan Anda dan buktinya."))
        if Objection.objects.filter(assessment=assessment, code=code).exists():
            raise Refused(_("%s sudah disanggah.") % code)
        stored = keep(seen, assessment.unit.root, by=by) if seen else None
        objection = Objection.objects.create(
            assessment=assessment, code=code, text=text.strip(), letter=stored, by=by
        )
        record.details["objection"] = objection.pk
        tasks = assessment.verifications.select_related("verifier")
        tell(
            [
                *User.objects.holding(Role.ORGANISER, assessment.unit.root),
                *(task.verifier for task in tasks),
            ],
            _("Sanggahan dari %s") % assessment.short_title,
            _("Satu indikator pada “%s” disanggah dan perlu dijawab.") % assessment.round,
            url=reverse("result_page", args=[assessment.pk]),
        )
        return objection


def accept_result(assessment: Assessment, *, by: User) -> None:
    """The unit accepts what was decided; after this it objects to nothing more."""
    with book.recorded("result.accepted", assessment, by=by):
        if assessment.objections.filter(answered_at=None).exists():
            raise Refused(_("Masih ada sanggahan yang belum dijawab."))
        current = Assessment.objects.filter(
            pk=assessment.pk,
            status=Status.VERIFIED,
            accepted_at=None,
            round__in=Round.objects.running(),
        )
        if not current.update(accepted_at=timezone.now()):
            raise Refused(_("Hasil ini tidak sedang menunggu persetujuan unit."))


def answer_objection(
    objection: Objection,
    *,
    is_upheld: bool,
    answer: str,
    by: User,
    value: Fraction | None = None,
    not_applicable: bool = False,
) -> None:
    """Answer an objection with a reason; where it is upheld, with the new value."""
    assessment, code = objection.assessment, objection.code
    question = _for_verifiers(assessment, code)
    with book.recorded("objection.answered", objection, by=by, upheld=is_upheld) as record:
        fresh = Assessment.objects.select_related("round").get(pk=assessment.pk)
        if fresh.status != Status.VERIFIED or not fresh.round.is_running:
            raise Refused(_("Nilainya sudah ditetapkan, jadi tidak dapat diubah lagi."))
        if own_agency(by, assessment.unit):
            raise Refused(_("Sanggahan dijawab oleh orang di luar perangkat daerahnya."))
        if not answer.strip():
            raise Refused(_("Tulis jawaban dan alasannya."))
        answered = Objection.objects.filter(pk=objection.pk, answered_at=None).update(
            answer=answer.strip(), is_upheld=is_upheld, answered_by=by, answered_at=timezone.now()
        )
        if not answered:
            raise Refused(_("Sanggahan ini sudah dijawab."))
        if is_upheld:
            if value is None and not not_applicable:
                raise Refused(_("Pilih nilai yang baru."))
            check_value(question, value)
            Decision.objects.create(
                assessment=assessment,
                code=code,
                value=value,
                not_applicable=not_applicable,
                ground=Ground.OBJECTION,
                reason=answer.strip(),
                by=by,
            )
            heard_now(assessment)
            score = score_or_refuse(assessment, in_force(assessment))
            keep_figures(assessment, score, Q(status=Status.VERIFIED))
            record.details["value"] = None if value is None else format_exact(value)
        tell(
            User.objects.answering_for(assessment.unit),
            _("Sanggahan dijawab: %s") % assessment.short_title,
            _("Sanggahan Anda pada “%s” sudah dijawab.") % assessment.round,
            url=reverse("result_page", args=[assessment.pk]),
        )


def conclude_assessment(assessment: Assessment, *, by: User) -> None:
    """Make the figure final. It is frozen with its whole proof, and the proof with its hash."""
    with book.recorded("assessment.concluded", assessment, by=by) as record:
        fresh = Assessment.objects.select_related("round").get(pk=assessment.pk)
        if fresh.status != Status.VERIFIED or not fresh.round.is_running:
            raise Refused(_("Yang ditetapkan hanya penilaian yang sudah diverifikasi."))
        waiting = list(assessment.objections.filter(answered_at=None))
        if waiting:
            raise Refused(_("Masih ada sanggahan yang belum dijawab."), waiting)
        if fresh.awaits_unit:
            raise Refused(
                _("Masa sanggah sampai %s, kecuali unit menerima hasilnya lebih dahulu.")
                % date_format(fresh.round.object_until, "j F Y")
            )
        heard_now(assessment)
        score = score_or_refuse(assessment, in_force(assessment))
        proof = {
            "score": as_json(assessment.short_title, score),
            "instrument": assessment.instrument.sha256,
            "rows": [_row(row) for row in proof_rows(score)],
        }
        sealed = hashlib.sha256(json.dumps(proof, sort_keys=True).encode()).hexdigest()
        kept = keep_figures(
            assessment,
            score,
            Q(status=Status.VERIFIED),
            status=Status.FINAL,
            concluded_at=timezone.now(),
            proof=proof,
            proof_sha256=sealed,
        )
        if not kept:
            raise Refused(_("Yang ditetapkan hanya penilaian yang sudah diverifikasi."))
        record.details |= {"proof": sealed, "value": proof["score"]["value"]}  # type: ignore[index]
        tell(
            User.objects.answering_for(assessment.unit),
            _("Nilai akhir: %s") % assessment.short_title,
            _("Nilai akhir “%s” sudah ditetapkan.") % assessment.round,
            url=reverse("result_page", args=[assessment.pk]),
        )


def _row(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}  # type: ignore[attr-defined]
