"""Results from outside, as their sources have them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.models import Verdict
from hijau.audit import book
from hijau.files.intake import examine, keep
from hijau.instruments.models import Version
from hijau.lib.exact import PLACES
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.ui.figures import written_exact
from scoring.provenance import Label
from scoring.score import classify

book.declare(
    verdict_recorded=gettext_lazy("Hasil dari luar dicatat"),
    verdict_withdrawn=gettext_lazy("Hasil dari luar ditarik"),
)


def record_verdict(
    organisation: Organisation,
    *,
    family: str,
    year: int,
    label: Label,
    source_name: str,
    by: User | None,
    value: Fraction | None = None,
    category: str = "",
    zone: str = "",
    source_url: str = "",
    note: str = "",
    letter: UploadedFile | None = None,
    is_example: bool = False,
) -> Verdict:
    """Enter a result from outside with its source; a second source stands beside the first.

    Its letter is kept as it was scanned, by whoever enters it.
    """
    seen = examine(letter) if letter and by else None
    with book.recorded("verdict.recorded", organisation, by=by, family=family, year=year) as record:
        if value is None and not category and not zone:
            raise Refused(_("Isi nilainya, kategorinya, atau zonanya."))
        if not source_name:
            raise Refused(_("Sebutkan sumbernya: surat, piagam, atau berita."))
        if year > timezone.localdate().year:
            raise Refused(_("Tahun %d belum berlangsung. Periksa tahunnya.") % year)
        version = _version_for(organisation, family, year)
        if value is not None:
            _must_be_plausible(version, value)
            if zone and not note:
                _must_agree(version, value, zone)
        again = Verdict.objects.filter(
            organisation=organisation,
            family=family,
            year=year,
            value=value,
            category=category,
            zone=zone,
            source_name=source_name,
            source_url=source_url,
            withdrawn_at=None,
        )
        if again.exists():
            raise Refused(_("Hasil dari sumber ini sudah dicatat."))
        verdict = Verdict.objects.create(
            organisation=organisation,
            family=family,
            version=version,
            year=year,
            value=value,
            category=category,
            zone=zone,
            label=label,
            source_name=source_name,
            source_url=source_url,
            note=note,
            letter=keep(seen, organisation.root, by=by) if seen and by else None,
            recorded_by=by,
            is_example=is_example,
        )
        record.details["verdict"] = verdict.pk
        return verdict


def withdraw_verdict(verdict: Verdict, *, by: User) -> None:
    """Withdraw a result that was entered by mistake; it stays in the record."""
    with book.recorded("verdict.withdrawn", verdict, by=by):
        current = Verdict.objects.filter(pk=verdict.pk, withdrawn_at=None)
        if not current.update(withdrawn_at=timezone.now()):
            raise Refused(_("Hasil ini sudah ditarik."))


def _version_for(organisation: Organisation, family: str, year: int) -> Version | None:
    """The instrument of a family that was in force in a year; its last day decides.

    The government's own comes before the one that is shipped.
    """
    return (
        Version.objects.filter(family=family)
        .filter(Q(government=organisation.root) | Q(government=None))
        .in_force(dt.date(year, 12, 31))
        .order_by(F("government").asc(nulls_last=True), "-valid_from")
        .first()
    )


HIGHEST = 1000
"""No figure from before the first known instrument is higher; it keeps a slip of the hand out."""


def _must_be_plausible(version: Version | None, value: Fraction) -> None:
    if (value * 10**PLACES).denominator != 1:
        raise Refused(_("Nilai paling banyak %d angka di belakang koma.") % PLACES)
    if version is None:
        if not 0 <= value <= HIGHEST:
            raise Refused(_("Nilai harus dari 0 sampai %d.") % HIGHEST)
        return
    publish = version.rule.publish
    if not publish.low <= value <= publish.high:
        raise Refused(
            _("Nilai harus dari %(low)s sampai %(high)s menurut %(title)s.")
            % {
                "low": written_exact(publish.low),
                "high": written_exact(publish.high),
                "title": version.title,
            }
        )


def _must_agree(version: Version | None, value: Fraction, zone: str) -> None:
    """A zone that its own figure contradicts is most likely a slip; a note says that it is not.

    "Hijau" alone is right for "hijau pekat", too: the Ombudsman's own papers know only the former.
    """
    if version is None or not version.rule.bands:
        return
    right = classify(version.rule, value).zone or ""
    if right and not right.startswith(zone):
        raise Refused(
            _(
                "Nilai %(value)s adalah zona %(right)s, bukan %(zone)s. Bila sumbernya memang "
                "menyebut demikian, jelaskan pada catatan."
            )
            % {"value": written_exact(value), "right": right, "zone": zone}
        )
