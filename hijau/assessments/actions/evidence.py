"""The vault: documents are handed in, put under indicators, replaced, described, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.checks import names_unit
from hijau.assessments.conditions import must_be_open, open_codes, open_to_the_unit, question_of
from hijau.assessments.crosswalk import kind_of, served_by
from hijau.assessments.keeping import VERIFIED
from hijau.assessments.models import (
    Assessment,
    Document,
    Edition,
    Evidence,
    Example,
    Round,
    Status,
)
from hijau.assessments.promised import offered
from hijau.audit import book
from hijau.files.intake import Examined, examine, keep
from hijau.files.looking import looked_at_again
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation

book.declare(
    evidence_attached=gettext_lazy("Bukti dilampirkan"),
    evidence_linked=gettext_lazy("Dokumen dipasang pada indikator"),
    evidence_withdrawn=gettext_lazy("Bukti ditarik"),
    document_shelved=gettext_lazy("Dokumen dari standar atau forum dimasukkan"),
    document_replaced=gettext_lazy("Dokumen diganti dengan edisi baru"),
    document_described=gettext_lazy("Keterangan dokumen diubah"),
    document_spread=gettext_lazy("Dokumen dipasang pada semua indikator yang dibuktikannya"),
    evidence_ticked=gettext_lazy("Bukti ditandai sudah diunggah ulang ke portal nasional"),
    example_chosen=gettext_lazy("Contoh bukti dicatat"),
)


def attach_evidence(
    assessment: Assessment,
    code: str,
    upload: UploadedFile,
    *,
    by: User,
    kind: str = "",
    title: str = "",
    number: str = "",
    issued_on: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> Evidence:
    """Hand in a new document and put it under an indicator.

    Refused when its content is not an allowed kind, is damaged or carries a script.
    """
    question_of(assessment, code)
    seen = examine(upload)
    with book.recorded("evidence.attached", assessment, by=by, code=code) as record:
        must_be_open(assessment, code)
        _must_make_sense(kind, issued_on, valid_until)
        unit = assessment.unit
        edition = _new_edition(
            Document(
                unit=unit,
                kind=kind,
                title=title.strip(),
                number=number.strip(),
                issued_on=issued_on,
                valid_until=valid_until,
            ),
            seen,
            unit,
            by,
        )
        evidence = Evidence.objects.create(
            assessment=assessment, code=code, document=edition.document, edition=edition
        )
        record.details |= {"file": edition.file_id, "sha256": edition.file.sha256}
        return evidence


def _new_edition(
    document: Document, seen: Examined, unit: Organisation, by: User, number: int = 1
) -> Edition:
    stored = keep(seen, unit.root, by=by)
    if document.pk is None:
        document.title = document.title or stored.name.rsplit(".", 1)[0]
        document.save()
    return Edition.objects.create(
        document=document,
        number=number,
        file=stored,
        pages=stored.look.pages if stored.look else None,
        names_unit=names_unit(stored.look, unit),
        by=by,
    )


def _must_make_sense(kind: str, issued_on: dt.date | None, valid_until: dt.date | None) -> None:
    if kind and kind_of(kind) is None:
        raise Refused(_("Jenis dokumen itu tidak dikenal. Pilih dari daftar."))
    if issued_on and valid_until and valid_until < issued_on:
        raise Refused(_("Masa berlaku berakhir sebelum tanggal dokumennya. Periksa keduanya."))


def shelve_paper(unit: Organisation, file: int, *, by: User) -> Document:
    """Take a decree, a charter or a paper of a public consultation into the vault as it is kept."""
    # Reading a file takes its time: nobody waits for it at the book.
    asked = next((one for one in offered(unit) if one.file.pk == file), None)
    look = looked_at_again(asked.file) if asked else None
    with book.recorded("document.shelved", unit, by=by, file=file) as record:
        paper = next((one for one in offered(unit) if one.file.pk == file), None)
        if paper is None:
            raise Refused(_("Dokumen ini sudah ada di daftar, atau bukan milik unit ini."))
        document = Document.objects.create(
            unit=unit,
            kind=paper.kind,
            title=paper.title[:200],
            number=paper.number,
            issued_on=paper.issued_on,
            valid_until=paper.valid_until,
        )
        Edition.objects.create(
            document=document,
            file=paper.file,
            pages=look.pages if look else None,
            names_unit=names_unit(look, unit),
            by=by,
        )
        record.details |= {"document": document.pk, "kind": paper.kind}
        return document


def link_evidence(assessment: Assessment, code: str, document: Document, *, by: User) -> Evidence:
    """Put a document that is in the vault under one more indicator."""
    question_of(assessment, code)
    with book.recorded("evidence.linked", assessment, by=by, code=code) as record:
        must_be_open(assessment, code)
        record.details["document"] = document.pk
        return _link(assessment, code, document)


def _link(assessment: Assessment, code: str, document: Document) -> Evidence:
    if document.unit_id != assessment.unit_id:
        raise Refused(_("Dokumen itu milik unit lain."))
    uses = assessment.evidence.current()
    if uses.filter(code=code, document=document).exists():
        raise Refused(_("Dokumen itu sudah terpasang pada %s.") % code)
    edition = _newest(document)
    return Evidence.objects.create(
        assessment=assessment, code=code, document=document, edition=edition
    )


def _newest(document: Document) -> Edition:
    edition = document.editions.first()
    assert edition is not None  # a document comes with its first edition
    return edition


def spread_document(
    document: Document, only: Collection[tuple[int, str]] | None = None, *, by: User
) -> int:
    """Put a document under the indicators that its kind proves, in all that its unit has open.

    A fact is proven once for all instruments (`instruments/crosswalk.yaml`). `only` are the ones
    that were chosen, as assessment and code; without it they are all meant. How many there were.
    """
    with book.recorded("document.spread", document, by=by, kind=document.kind) as record:
        if not document.kind:
            raise Refused(_("Pilih dahulu jenis dokumennya."))
        if only is not None and not only:
            raise Refused(_("Centang indikator yang dibuktikan dokumen ini."))
        open_now = Assessment.objects.filter(open_to_the_unit(), unit=document.unit)
        done = set(document.uses.current().values_list("assessment", "code"))
        count = 0
        edition = _newest(document)
        for assessment in open_now.with_names():
            allowed = open_codes(assessment)
            for code in served_by(document.kind, assessment):
                place = (assessment.pk, code)
                if code in allowed and place not in done and (only is None or place in only):
                    Evidence.objects.create(
                        assessment=assessment, code=code, document=document, edition=edition
                    )
                    count += 1
        record.details["indicators"] = count
        if not count:
            raise Refused(_("Dokumen ini sudah terpasang pada semua indikator yang terbuka."))
        return count


def replace_document(document: Document, upload: UploadedFile, *, by: User) -> Edition:
    """Hand in a new edition. What was sent keeps the one it had; what is open takes the new one."""
    seen = examine(upload)
    with book.recorded("document.replaced", document, by=by) as record:
        newest = _newest(document)
        if seen.sha256 == newest.file.sha256:
            raise Refused(_("Isi berkas ini sama dengan edisi yang sekarang."))
        edition = _new_edition(document, seen, document.unit, by, newest.number + 1)
        uses = document.uses.current()
        open_now = Assessment.objects.filter(open_to_the_unit(), evidence__in=uses).distinct()
        for assessment in open_now.with_names():
            uses.filter(assessment=assessment, code__in=open_codes(assessment)).update(
                edition=edition, is_carried=False
            )
        record.details |= {"edition": edition.number, "sha256": edition.file.sha256}
        return edition


def describe_document(
    document: Document,
    *,
    by: User,
    title: str,
    kind: str = "",
    number: str = "",
    issued_on: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> None:
    """Say what a document is, and from when to when it holds."""
    with book.recorded("document.described", document, by=by) as record:
        _must_make_sense(kind, issued_on, valid_until)
        looked_at = document.uses.current().filter(
            assessment__status__in=(Status.SUBMITTED, Status.VERIFIED),
            assessment__round__in=Round.objects.running(),
        )
        if looked_at.exists():
            raise Refused(
                _("Dokumen ini sedang dilihat verifikator. Keterangannya dapat diubah sesudahnya.")
            )
        document.title, document.kind, document.number = title, kind, number
        document.issued_on, document.valid_until = issued_on, valid_until
        document.save(update_fields=["title", "kind", "number", "issued_on", "valid_until"])
        record.details |= {
            "kind": kind,
            "valid_until": valid_until.isoformat() if valid_until else None,
        }


def withdraw_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a document from an indicator; the document stays in the vault."""
    with book.recorded("evidence.withdrawn", evidence, by=by, code=evidence.code):
        must_be_open(evidence.assessment, evidence.code)
        current = Evidence.objects.filter(pk=evidence.pk, withdrawn_at=None)
        if not current.update(withdrawn_at=timezone.now()):
            raise Refused(_("Bukti ini sudah ditarik."))


def tick_evidence(evidence: Evidence, done: bool, *, by: User) -> None:
    """Note that a piece was uploaded again to the national portal, or was not after all."""
    with book.recorded("evidence.ticked", evidence, by=by, code=evidence.code, done=done):
        evidence.uploaded_again_at = timezone.now() if done else None
        evidence.save(update_fields=["uploaded_again_at"])


def choose_example(
    assessment: Assessment, code: str, *, text: str, is_accepted: bool, by: User
) -> Example:
    """Keep, for all units to learn from, what was accepted or rejected and why.

    Only after the result is announced: before, it would tell other verifiers what one thinks.
    """
    question_of(assessment, code)
    with book.recorded("example.chosen", assessment, by=by, code=code, accepted=is_accepted):
        if assessment.status not in VERIFIED:
            raise Refused(_("Contoh dicatat setelah hasil verifikasi diumumkan."))
        if len(text.strip()) < 10:
            raise Refused(_("Jelaskan contohnya dalam satu kalimat, tanpa nama orang atau unit."))
        return Example.objects.create(
            government=assessment.unit.root,
            family=assessment.instrument.family,
            code=code,
            text=text.strip(),
            is_accepted=is_accepted,
            by=by,
        )
