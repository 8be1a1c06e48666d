"""Changing what papers look like: the letterhead, and the templates."""

from __future__ import annotations

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.audit import book
from hijau.files.intake import ALLOWED, Examined, examine, keep, sniff
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.papers.kinds import KINDS, Format, Kind
from hijau.papers.letterhead import Head
from hijau.papers.models import TEXT_LIMIT, Letterhead, Template, head_of
from hijau.papers.printing import printed

book.declare(
    letterhead_set=gettext_lazy("Kop surat diubah"),
    template_replaced=gettext_lazy("Templat surat diganti"),
    template_restored=gettext_lazy("Templat surat dikembalikan ke bawaan"),
)

LOGO_LIMIT = 2 * 2**20
"""A coat of arms larger than this makes each paper as large."""


def set_letterhead(
    government: Organisation,
    *,
    lines: tuple[str, str, str, str],
    address: str,
    place: str,
    by: User,
    logo: UploadedFile | None = None,
    without_logo: bool = False,
) -> Letterhead:
    """Set the letterhead; an earlier logo stays unless a new one comes, or none is wanted.

    A paper is tried with it first, so that no picture can spoil all of them.
    """
    head = head_of(government)
    seen = _examined(logo) if logo and not without_logo else None
    picture = b"" if without_logo else _bytes_of(seen.content) if seen else head.logo
    trial = Head(tuple(line for line in lines if line), address, place, picture)
    kind = next(iter(KINDS.values()))
    for form in Format:
        printed(kind.default(form), form, kind.sample(), head=trial, date=timezone.localdate())
    with book.recorded("letterhead.set", government, by=by) as record:
        fields = {f"line_{number}": line for number, line in enumerate(lines, 1)}
        fields |= {"address": address, "place": place}
        stored = {"logo": keep(seen, government, by=by)} if seen else {}
        if without_logo:
            stored = {"logo": None}  # type: ignore[dict-item]
        letterhead, _new = Letterhead.objects.update_or_create(
            government=government, defaults=fields | stored
        )
        record.details["logo"] = letterhead.logo.sha256 if letterhead.logo else ""
        return letterhead


def _examined(logo: UploadedFile) -> Examined:
    if sniff(logo) not in ("image/png", "image/jpeg"):
        raise Refused(_("Kirim lambang sebagai PNG atau JPEG."))
    if (logo.size or 0) > LOGO_LIMIT:
        raise Refused(
            _("Gambar lambang paling besar %d MB. Perkecil dahulu.") % (LOGO_LIMIT // 2**20)
        )
    return examine(logo)


def replace_template(
    government: Organisation, kind: Kind, form: Format, upload: UploadedFile, *, by: User
) -> Template:
    """Use a template of the government's own from now on. It must print the example first.

    The trial comes before the transaction: a template that never ends must not hold the book.
    """
    kind.must_have(form)
    content = _checked(upload, form)
    seen = examine(upload) if form is Format.DOCX else None
    printed(content, form, kind.sample(), head=head_of(government), date=timezone.localdate())
    with book.recorded(
        "template.replaced", government, by=by, kind=kind.code, format=form.value
    ) as record:
        stored = keep(seen, government, by=by) if seen else None
        template = Template.objects.create(
            government=government,
            kind=kind.code,
            format=form,
            text="" if stored else content.decode(),
            file=stored,
            by=by,
        )
        record.details["template"] = template.pk
        return template


def _checked(upload: UploadedFile, form: Format) -> bytes:
    """The bytes of an upload that is what it should be."""
    if form is Format.DOCX:
        if ALLOWED.get(sniff(upload) or "") != "DOCX":
            raise Refused(_("Templat ini harus berupa berkas DOCX."))
        return _bytes_of(upload)
    if (upload.size or 0) > 4 * TEXT_LIMIT:
        raise Refused(_("Templat ini terlalu panjang."))
    content = _bytes_of(upload)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(_("Templat ini harus berupa teks (.typ, UTF-8).")) from error
    if not text.strip() or "\0" in text:
        raise Refused(_("Templat ini harus berupa teks (.typ, UTF-8)."))
    if len(text) > TEXT_LIMIT:
        raise Refused(_("Templat ini terlalu panjang."))
    return text.encode()


def _bytes_of(upload: File) -> bytes:
    upload.seek(0)
    content: bytes = upload.read()
    upload.seek(0)
    return content


def restore_template(government: Organisation, kind: Kind, form: Format, *, by: User) -> None:
    """Go back to the shipped template; the government's own stays in the record."""
    with book.recorded("template.restored", government, by=by, kind=kind.code, format=form.value):
        latest = Template.objects.latest_of(government, kind, form)
        if latest is None or latest.restores:
            raise Refused(_("Templat bawaan memang sedang dipakai."))
        Template.objects.create(government=government, kind=kind.code, format=form, by=by)
