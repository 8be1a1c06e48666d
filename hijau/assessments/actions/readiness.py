"""Being ready for the Ombudsman: naming respondents, absences, visits, the quiz, the alarm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.links import fingerprint
from hijau.assessments.models import Absence, KeyRespondent, Sitting, Visit
from hijau.assessments.models.readiness import Certainty, Function, Reason
from hijau.assessments.quiz import Question, Sheet
from hijau.assessments.readiness import (
    Alarm,
    concerned,
    officers_of,
    organisers_of,
    readiness_of,
)
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from hijau.organisation.models import Kind, Organisation

book.declare(
    respondent_named=gettext_lazy("Narasumber ditunjuk"),
    respondent_ended=gettext_lazy("Tugas narasumber diakhiri"),
    respondent_removed=gettext_lazy("Narasumber salah catat dihapus"),
    absence_recorded=gettext_lazy("Halangan narasumber dicatat"),
    absence_cancelled=gettext_lazy("Halangan narasumber dibatalkan"),
    visit_recorded=gettext_lazy("Kunjungan Ombudsman dicatat"),
    visit_cancelled=gettext_lazy("Kunjungan Ombudsman dibatalkan"),
    quiz_taken=gettext_lazy("Kuis dikerjakan"),
    alarms_sent=gettext_lazy("Peringatan kesiapan dikirim"),
)


def name_respondent(
    unit: Organisation,
    function: Function,
    *,
    name: str,
    since: dt.date,
    by: User | None,
    until: dt.date | None = None,
    decree: str = "",
    user: User | None = None,
    is_example: bool = False,
) -> KeyRespondent:
    """Name whom the Ombudsman calls on. Refused while somebody else holds the function."""
    with book.recorded("respondent.named", unit, by=by, function=str(function)) as record:
        if unit.kind not in (Kind.AGENCY, Kind.UNIT):
            raise Refused(_("Narasumber ditunjuk pada perangkat daerah atau unit layanan."))
        if until is not None and until < since:
            raise Refused(_("Tanggal akhir harus sama dengan atau sesudah tanggal mulai."))
        if function == Function.COMPLAINTS and not decree:
            raise Refused(_("Isi nomor SK penanggung jawab pengaduan; Ombudsman memeriksanya."))
        others = KeyRespondent.objects.filter(unit=unit, function=function).filter(
            Q(until=None) | Q(until__gte=since)
        )
        if until is not None:
            others = others.filter(since__lte=until)
        if others.exists():
            raise Refused(
                _("Tugas “%s” sudah dipegang orang lain pada hari-hari itu. Akhiri dahulu.")
                % function.label
            )
        respondent = KeyRespondent.objects.create(
            unit=unit,
            function=function,
            name=name,
            decree=decree,
            user=user,
            since=since,
            until=until,
            is_example=is_example,
        )
        record.details["respondent"] = respondent.pk
        return respondent


def end_respondent(respondent: KeyRespondent, until: dt.date, *, by: User) -> None:
    """Set the last day on which a person is called on; tell when that is near a visit."""
    with book.recorded("respondent.ended", respondent, by=by), _telling([respondent.unit]):
        if until < respondent.since:
            raise Refused(_("Tanggal akhir harus sama dengan atau sesudah tanggal mulai."))
        held = KeyRespondent.objects.filter(pk=respondent.pk).from_today()
        if not held.update(until=until):
            raise Refused(_("Tugas narasumber ini sudah berakhir."))


def remove_respondent(respondent: KeyRespondent, *, by: User) -> None:
    """Remove a person who was entered by mistake. Refused once a quiz was taken."""
    with book.recorded("respondent.removed", respondent, by=by):
        if respondent.sittings.exists():
            raise Refused(_("Narasumber ini sudah mengerjakan kuis. Akhiri tugasnya saja."))
        respondent.delete()


def record_absence(
    respondent: KeyRespondent,
    since: dt.date,
    until: dt.date,
    reason: Reason,
    *,
    by: User | None,
    is_example: bool = False,
) -> Absence:
    """Say on which days a respondent is away; tell when that is near a visit."""
    with book.recorded("absence.recorded", respondent, by=by) as record:
        if until < since:
            raise Refused(_("Tanggal akhir harus sama dengan atau sesudah tanggal mulai."))
        with _telling([respondent.unit]):
            absence = Absence.objects.create(
                respondent=respondent,
                since=since,
                until=until,
                reason=reason,
                is_example=is_example,
            )
        record.details["absence"] = absence.pk
        return absence


def cancel_absence(absence: Absence, *, by: User) -> None:
    """Call an absence off; it stays in the record."""
    with book.recorded("absence.cancelled", absence, by=by):
        current = Absence.objects.filter(pk=absence.pk, cancelled_at=None)
        if not current.update(cancelled_at=timezone.now()):
            raise Refused(_("Halangan ini sudah dibatalkan."))


def record_visit(
    organisation: Organisation,
    day: dt.date,
    certainty: Certainty,
    source: str,
    *,
    by: User | None,
    is_example: bool = False,
) -> Visit:
    """Enter the day of a visit; the units that it concerns are told what is wanting."""
    with book.recorded("visit.recorded", organisation, by=by, certainty=str(certainty)) as record:
        if day < timezone.localdate():
            raise Refused(_("Hari kunjungan sudah lewat. Periksa tanggalnya."))
        again = Visit.objects.coming().filter(organisation=organisation, day=day)
        if again.exists():
            raise Refused(_("Kunjungan pada hari itu sudah dicatat."))
        # The unit that is visited is concerned, even if nobody there was named yet.
        units = {unit.pk: unit for unit in concerned([organisation.place])}
        if organisation.kind in (Kind.AGENCY, Kind.UNIT):
            units[organisation.pk] = organisation
        with _telling(list(units.values())):
            visit = Visit.objects.create(
                organisation=organisation,
                day=day,
                certainty=certainty,
                source=source,
                is_example=is_example,
            )
        record.details |= {"visit": visit.pk, "day": day.isoformat()}
        return visit


def cancel_visit(visit: Visit, *, by: User) -> None:
    """Call a visit off; it stays in the record."""
    with book.recorded("visit.cancelled", visit, by=by):
        current = Visit.objects.filter(pk=visit.pk, cancelled_at=None)
        if not current.update(cancelled_at=timezone.now()):
            raise Refused(_("Kunjungan ini sudah dibatalkan."))


def take_quiz(
    respondent: KeyRespondent,
    token: str,
    sheet: Sheet,
    chosen: Mapping[str, int],
    *,
    by: User | None,
    is_example: bool = False,
) -> Sitting:
    """Keep a quiz that was filled in by a personal link; each link serves once.

    The book is told that it was taken, not how it went: a result is about a person.
    """
    with book.recorded("quiz.taken", respondent, by=by, asked=len(sheet.questions)) as record:
        if Sitting.objects.filter(link=fingerprint(token)).exists():
            raise Refused(_("Tautan ini sudah dipakai. Mintalah tautan baru untuk berlatih lagi."))
        if missing := [q for q, _order in sheet.questions if q.code not in chosen]:
            raise Refused(_("Masih ada %d pertanyaan yang belum dijawab.") % len(missing))
        answers = [
            {
                "question": question.code,
                "topic": question.topic,
                "chosen": chosen[question.code],
                "right": chosen[question.code] == Question.RIGHT,
            }
            for question, _order in sheet.questions
        ]
        sitting = Sitting.objects.create(
            respondent=respondent,
            link=fingerprint(token),
            answers=answers,
            right=sum(bool(answer["right"]) for answer in answers),
            asked=len(answers),
            is_example=is_example,
        )
        record.details["sitting"] = sitting.pk
        return sitting


def send_alarms(government: Organisation, *, by: User | None, key: str = "") -> int:
    """Tell every unit, and Bagian Organisasi, what may go wrong now; how many things.

    With a `key`, whoever was told under it before is not told again.
    """
    with book.recorded("alarms.sent", government, by=by) as record:
        alarms = _alarms_of(concerned([government.place]))
        if not alarms:
            raise Refused(_("Tidak ada peringatan yang perlu dikirim."))
        _tell(alarms, key)
        record.details["alarms"] = len(alarms)
        return len(alarms)


@contextmanager
def _telling(units: Sequence[Organisation]) -> Iterator[None]:
    """Tell what may go wrong after the change that could not go wrong before it."""
    before = set(_alarms_of(units))
    yield
    _tell([alarm for alarm in _alarms_of(units) if alarm not in before])


def _alarms_of(units: Sequence[Organisation]) -> list[Alarm]:
    return [alarm for one in readiness_of(units) for alarm in one.alarms]


def _tell(alarms: Sequence[Alarm], key: str = "") -> None:
    """To the officers what concerns their unit, to Bagian Organisasi all of it in one letter."""
    if not alarms:
        return
    by_unit: dict[Organisation, list[str]] = {}
    for alarm in alarms:
        by_unit.setdefault(alarm.unit, []).append(f"- {alarm.sentence}")
    subject = _("Kesiapan wawancara Ombudsman")
    advice = _("Buka halaman Kesiapan di Hijau untuk menunjuk pengganti atau mengatur jadwal.")
    for unit, lines in by_unit.items():
        text = "\n".join([unit.name, *lines, "", advice])
        tell(
            officers_of(unit),
            f"{subject}: {unit.short_name}",
            text,
            key=key and f"{key}/unit-{unit.pk}",
        )
    parts = [line for unit, lines in by_unit.items() for line in (unit.name, *lines, "")]
    tell(organisers_of(alarms[0].unit.root), subject, "\n".join([*parts, advice]), key=key)
