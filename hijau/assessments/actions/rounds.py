"""Opening, widening, copying and closing a round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.keeping import assign_targets
from hijau.assessments.models import Assessment, Evidence, Perception, Round, Status
from hijau.assessments.models.round import MINIMUM_RESPONDENTS
from hijau.audit import book
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Kind, Organisation
from hijau.workdays.calendar import calendar_of
from scoring.interpret import RefusedToScore
from scoring.score import score as compute

book.declare(
    round_opened=gettext_lazy("Putaran dibuka"),
    round_widened=gettext_lazy("Unit atau produk ditambahkan ke putaran"),
    round_copied=gettext_lazy("Putaran disalin ke tahun berikutnya"),
    round_closed=gettext_lazy("Putaran ditutup"),
)

VERIFY_DAYS, OBJECT_DAYS, CONCLUDE_DAYS = 10, 5, 5
"""Working days that the later windows last, where the organiser gives no other number."""


def open_round(
    government: Organisation,
    version: Version,
    units: Iterable[Organisation],
    *,
    name: str,
    year: int,
    opens_on: dt.date,
    closes_on: dt.date,
    by: User | None,
    form: str = "",
    convention: str = "",
    minimum_respondents: int = MINIMUM_RESPONDENTS,
    verify_days: int = VERIFY_DAYS,
    object_days: int = OBJECT_DAYS,
    conclude_days: int = CONCLUDE_DAYS,
    follows: Sequence[Assessment] = (),
    is_example: bool = False,
) -> Round:
    """Open a round for these units. Refused without units, or with a name that is taken.

    The windows after `closes_on` are given in working days of the government's calendar. With
    `follows`, the loci are those of last year's assessments, each with its predecessor.
    """
    units = list(dict.fromkeys(units))
    with book.recorded("round.opened", government, by=by, instrument=version.identifier) as record:
        if not units:
            raise Refused(_("Pilih sekurang-kurangnya satu unit yang dinilai."))
        if closes_on < opens_on:
            raise Refused(_("Tanggal ditutup harus sama dengan atau sesudah tanggal dibuka."))
        for unit in units:
            _must_be_ours(unit, government)
        if version.government_id not in (None, government.pk):
            raise Refused(_("Instrumen ini milik pemerintah daerah lain."))
        if Round.objects.filter(government=government, year=year, name=name).exists():
            raise Refused(_("Sudah ada putaran “%s” pada tahun itu. Beri nama lain.") % name)
        if form and form not in version.rule.forms:
            raise Refused(_("Formulir “%s” tidak ada pada instrumen ini.") % form)
        if convention and convention not in {rule.name for rule in version.rule.conventions}:
            raise Refused(_("Cara menghitung “%s” tidak ada pada instrumen ini.") % convention)
        try:
            compute(version.rule, {}, form=form or None, as_asked=True)
        except RefusedToScore as error:
            raise Refused(str(error)) from error
        calendar = calendar_of(government)
        verify_until = calendar.after(closes_on, verify_days)
        object_until = calendar.after(verify_until, object_days)
        opened = Round.objects.create(
            government=government,
            version=version,
            form=form,
            convention=convention,
            minimum_respondents=minimum_respondents,
            name=name,
            year=year,
            opens_on=opens_on,
            closes_on=closes_on,
            verify_until=verify_until,
            object_until=object_until,
            conclude_by=calendar.after(object_until, conclude_days),
            opened_by=by,
            is_example=is_example,
        )
        loci = [(one.unit, one.product, one) for one in follows]
        _admit(opened, loci or [(unit, "", None) for unit in units])
        record.details |= {"round": opened.pk, "units": len(units)}
        return opened


def _must_be_ours(unit: Organisation, government: Organisation) -> None:
    if unit.root != government or unit.kind == Kind.GOVERNMENT:
        raise Refused(_("Hanya perangkat daerah dan unit milik sendiri yang dapat dinilai."))


def _admit(
    opened: Round, loci: Iterable[tuple[Organisation, str, Assessment | None]]
) -> list[Assessment]:
    """Make the assessments of a round, each with its survey where users are asked."""
    made = Assessment.objects.bulk_create(
        Assessment(round=opened, unit=unit, product=product, previous=previous)
        for unit, product, previous in loci
    )
    if any(q.asked_of == "users" for q in opened.version.rule.questions_of(opened.form or None)):
        Perception.objects.bulk_create(Perception(assessment=one) for one in made)
    assign_targets(opened.government, opened.version, opened.year)
    return made


def add_locus(opened: Round, unit: Organisation, product: str = "", *, by: User) -> Assessment:
    """Let a further unit, or one product of a unit, be judged in a round that is open.

    The first product that is named takes the place of the whole unit, if nothing was answered yet.
    """
    product = product.strip()
    with book.recorded("round.widened", opened, by=by) as record:
        if not Round.objects.running().filter(pk=opened.pk).exists():
            raise Refused(_("Putaran ini sudah ditutup."))
        _must_be_ours(unit, opened.government)
        if Assessment.objects.filter(round=opened, unit=unit, product=product).exists():
            raise Refused(_("%s sudah ada dalam putaran ini.") % (product or unit.short_name))
        whole = Assessment.objects.filter(
            Q(perception=None) | Q(perception__respondents=0),
            round=opened,
            unit=unit,
            product="",
            status=Status.DRAFT,
            answers=None,
        ).first()
        if product and whole is not None and not whole.evidence.exists():
            whole.product = product
            whole.save(update_fields=["product"])
            added = whole
        else:
            (added,) = _admit(opened, [(unit, product, None)])
        record.details["assessment"] = added.pk
        return added


def copy_round(
    old: Round, *, name: str, year: int, opens_on: dt.date, closes_on: dt.date, by: User
) -> Round:
    """Open the next round like an old one: same units and settings, nothing answered.

    Evidence goes along as a reference, in its newest edition, and last year's figures can be
    looked up beside each question. What has expired by `closes_on` is shown as expired.
    """
    before = list(
        Assessment.objects.filter(round=old).select_related("unit__government").order_by("pk")
    )
    calendar = calendar_of(old.government)
    lasts = [old.closes_on, old.verify_until, old.object_until, old.conclude_by]
    verify, objecting, conclude = (calendar.between(first, last) for first, last in pairwise(lasts))
    # Two entries, one after the other in one transaction: an entry follows the head of its chain.
    with transaction.atomic():
        opened = open_round(
            old.government,
            old.version,
            [one.unit for one in before],
            name=name,
            year=year,
            opens_on=opens_on,
            closes_on=closes_on,
            by=by,
            form=old.form,
            convention=old.convention,
            minimum_respondents=old.minimum_respondents,
            verify_days=verify,
            object_days=objecting,
            conclude_days=conclude,
            follows=before,
        )
        with book.recorded("round.copied", old, by=by) as record:
            carried = _carry_evidence(before, list(opened.assessments.all()))
            Round.objects.filter(pk=opened.pk).update(previous=old)
            opened.previous = old
            record.details |= {"round": opened.pk, "evidence": carried}
            return opened


def _carry_evidence(before: list[Assessment], made: list[Assessment]) -> int:
    """Put last year's documents under the same indicators, in their newest editions."""
    successor = {one.previous_id: one for one in made}
    uses = (
        Evidence.objects.filter(assessment__in=before)
        .current()
        .select_related("document")
        .prefetch_related("document__editions")
    )
    carried = [
        Evidence(
            assessment=successor[use.assessment_id],
            code=use.code,
            document=use.document,
            edition=max(use.document.editions.all(), key=lambda edition: edition.number),
            is_carried=True,
        )
        for use in uses
    ]
    return len(Evidence.objects.bulk_create(carried))


def close_round(opened: Round, *, by: User) -> None:
    """Close a round for good; nothing can be answered, verified or objected to in it any more."""
    with book.recorded("round.closed", opened, by=by):
        if not Round.objects.filter(pk=opened.pk, closed_at=None).update(closed_at=timezone.now()):
            raise Refused(_("Putaran ini sudah ditutup."))
