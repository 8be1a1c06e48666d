"""Loading instruments: the shipped ones, and a city's own."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.audit import book
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from scoring.cases import run_case
from scoring.instrument import Instrument
from scoring.reading import InvalidInstrument, read_instrument, shipped_paths

book.declare(instrument_added=gettext_lazy("Instrumen daerah ditambahkan"))


def load_shipped() -> int:
    """Bring the shipped instrument files into the database; how many were new.

    Runs at every start. A text that is there already is left alone.
    """
    known = set(Version.objects.filter(government=None).values_list("sha256", flat=True))
    rules = [
        rule for path in shipped_paths() if (rule := read_instrument(path)).sha256 not in known
    ]
    with transaction.atomic():
        for rule in rules:
            _version(rule, None).save(force_insert=True)
    return len(rules)


def add_instrument(file: Path, government: Organisation, *, by: User | None) -> Version:
    """Add a city's own instrument. Refused when the file is invalid or is there already."""
    with book.recorded("instrument.added", government, by=by) as record:
        try:
            rule = read_instrument(file)
        except InvalidInstrument as error:
            raise Refused(str(error), error.problems) from error
        if faults := [f for case in rule.cases for f in run_case(rule, case)]:
            raise Refused(_("Kasus di dalam berkas tidak cocok: %s") % "; ".join(faults), faults)
        if Version.objects.filter(sha256=rule.sha256, government__in=[government]).exists():
            raise Refused(_("Instrumen ini sudah ada."))
        if Version.objects.filter(identifier=rule.id, government=None).exists():
            raise Refused(
                _("Kode “%s” dipakai instrumen bawaan. Beri kode lain pada “id”.") % rule.id
            )
        version = _version(rule, government)
        version.save(force_insert=True)
        record.details |= {"instrument": rule.id, "sha256": rule.sha256}
        return version


def _version(rule: Instrument, government: Organisation | None) -> Version:
    return Version(
        identifier=rule.id,
        sha256=rule.sha256,
        text=rule.text,
        title=rule.title.id,
        family=rule.family,
        valid_from=rule.valid.since,
        valid_until=rule.valid.until,
        government=government,
    )
