"""What waits for a person, until when, and what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models import Assessment, Objection, Round, Status, Verification
from hijau.assessments.models.verification import FEWEST_VERIFIERS
from hijau.organisation.models import under
from hijau.workdays.calendar import Calendar, calendar_of


@dataclass(frozen=True)
class Due:
    """One thing to do: what, where, by when; `left` is in working days, negative when late."""

    key: str
    title: str
    detail: str
    url: str
    by: dt.date
    left: int
    assessment: Assessment

    @property
    def days_late(self) -> int:
        return -self.left

    @property
    def is_late(self) -> bool:
        return self.by < timezone.localdate()

    @property
    def left_in_words(self) -> str:
        """How long there is time; after the deadline, how late it is."""
        if self.is_late:
            if not self.days_late:
                return _("sudah lewat")
            return _("terlambat %d hari kerja") % self.days_late
        if self.by == timezone.localdate():
            return _("hari ini hari terakhir")
        return _("%d hari kerja lagi") % self.left


class _Calendars(dict[int, Calendar]):
    """The calendars of the governments at hand, each read once."""

    def of(self, opened: Round) -> Calendar:
        if opened.government_id not in self:
            self[opened.government_id] = calendar_of(opened.government)
        return self[opened.government_id]


def due_for(user: User) -> list[Due]:
    """What waits for this person, the most pressing first."""
    calendars = _Calendars()
    today = timezone.localdate()

    def due(key: str, title: str, detail: str, url: str, by: dt.date, one: Assessment) -> Due:
        left = calendars.of(one.round).between(today, by)
        return Due(key, title, detail, url, by, left, one)

    found = [
        due(*parts) for source in (_answering, _verifying, _steering) for parts in source(user)
    ]
    return sorted(found, key=lambda item: (item.by, item.key))


Parts = tuple[str, str, str, str, dt.date, Assessment]


def _answering(user: User) -> Iterator[Parts]:
    """What an officer's units have to fill in, repair, or look at."""
    paths = user.seen_paths(Permission.ANSWER)
    if not paths:
        return
    today = timezone.localdate()
    # What its window no longer lets the unit do is not asked of it any more.
    waiting = (
        Q(status=Status.DRAFT, round__closes_on__gte=today)
        | Q(status=Status.RETURNED)
        | Q(status=Status.VERIFIED, accepted_at=None, round__object_until__gte=today)
    )
    mine = (
        Assessment.objects.filter(under(paths, "unit__path"), waiting)
        .filter(round__in=Round.objects.running(), round__opens_on__lte=timezone.localdate())
        .with_names()
    )
    for one in mine:
        name = f"{one.round} · {one.short_title}"
        if one.status == Status.VERIFIED:
            url, by = reverse("result_page", args=[one.pk]), one.round.object_until
            yield f"result-{one.pk}", name, _("Lihat hasil verifikasi"), url, by, one
            continue
        url = reverse("answer_page", args=[one.pk])
        if one.status == Status.RETURNED:
            by = one.round.verify_until
            yield f"repair-{one.pk}", name, _("Perbaiki yang dikembalikan"), url, by, one
        else:
            detail = _("Lanjutkan mengisi") if one.answered else _("Mulai mengisi")
            yield f"fill-{one.pk}", name, detail, url, one.round.closes_on, one


def _verifying(user: User) -> Iterator[Parts]:
    """What a verifier has to mark, or to settle with the others."""
    if not user.may_somewhere(Permission.VERIFY):
        return
    tasks = (
        Verification.objects.visible_to(user)
        .filter(verifier=user, assessment__status=Status.SUBMITTED)
        .filter(assessment__round__in=Round.objects.running())
        .annotate(
            others=Count("assessment__verifications"),
            finished=Count(
                "assessment__verifications",
                filter=Q(assessment__verifications__completed_at__isnull=False),
            ),
        )
    )
    for task in tasks:
        one = task.assessment
        name, by = f"{one.round} · {one.short_title}", one.round.verify_until
        if task.completed_at is None:
            url = reverse("verification_page", args=[task.pk])
            yield f"mark-{task.pk}", name, _("Periksa dan beri nilai"), url, by, one
        elif task.finished == task.others and task.others >= FEWEST_VERIFIERS:
            url = reverse("agenda_page", args=[one.pk])
            yield f"settle-{one.pk}", name, _("Putuskan perbedaan nilai"), url, by, one


def _steering(user: User) -> Iterator[Parts]:
    """What waits for the organiser: verifiers to name, objections, figures to conclude."""
    paths = user.seen_paths(Permission.OPEN_ROUND)
    if not paths:
        return
    running = Assessment.objects.filter(
        under(paths, "unit__path"), round__in=Round.objects.running()
    ).with_names()
    unnamed = running.filter(status=Status.SUBMITTED).annotate(tasks=Count("verifications"))
    one: Assessment
    for one in unnamed.filter(tasks__lt=FEWEST_VERIFIERS):
        url = reverse("verifiers_page", args=[one.round_id])
        name = f"{one.round} · {one.short_title}"
        yield f"name-{one.pk}", name, _("Tunjuk verifikator"), url, one.round.verify_until, one
    objections = Objection.objects.filter(
        assessment__in=running.filter(status=Status.VERIFIED), answered_at=None
    )
    open_objections = set(objections.values_list("assessment", flat=True))
    today = timezone.localdate()
    ready = Q(accepted_at__isnull=False) | Q(round__object_until__lt=today)
    for one in running.filter(status=Status.VERIFIED).filter(Q(pk__in=open_objections) | ready):
        url, name = reverse("result_page", args=[one.pk]), f"{one.round} · {one.short_title}"
        if one.pk in open_objections:
            by = one.round.conclude_by
            yield f"object-{one.pk}", name, _("Jawab sanggahan"), url, by, one
        else:
            by = one.round.conclude_by
            yield f"conclude-{one.pk}", name, _("Tetapkan nilai akhir"), url, by, one


def late_in(opened: Round, assessments: Iterable[Assessment]) -> list[Assessment]:
    """Those that should be further than they are, by the round's windows."""
    today = timezone.localdate()
    late = []
    for one in assessments:
        by = {
            Status.DRAFT: opened.closes_on,
            Status.SUBMITTED: opened.verify_until,
            Status.RETURNED: opened.verify_until,
            Status.VERIFIED: opened.conclude_by,
        }.get(Status(one.status))
        if by is not None and by < today and opened.is_running:
            late.append(one)
    return late
