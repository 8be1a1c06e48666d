"""Founding a government, and growing its tree."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.audit import book
from hijau.audit.book import Actor
from hijau.lib.refused import Refused
from hijau.organisation.models import Kind, Organisation

book.declare(
    government_founded=gettext_lazy("Pemerintah daerah didaftarkan"),
    organisation_added=gettext_lazy("Perangkat daerah atau unit ditambahkan"),
)

PARENTS = {
    Kind.AGENCY: {Kind.GOVERNMENT},
    Kind.UNIT: {Kind.AGENCY, Kind.UNIT},
    Kind.COUNTER: {Kind.AGENCY, Kind.UNIT},
}


def found_government(
    name: str, short_name: str, code: str, *, source: str = "", is_example: bool = False
) -> Organisation:
    """Register a government. Refused when its code is taken."""
    if Organisation.objects.filter(government=None, code=code).exists():
        raise Refused(_("Pemerintah daerah dengan kode “%s” sudah terdaftar.") % code)
    with book.recorded("government.founded", None, by=None, book="deployment", code=code) as record:
        root: Organisation = Organisation.objects.add_root(
            instance=Organisation(
                kind=Kind.GOVERNMENT,
                name=name,
                short_name=short_name,
                code=code,
                source=source,
                is_example=is_example,
            )
        )
        record.details["organisation"] = root.pk
        return root


def add_organisation(
    parent: Organisation,
    kind: Kind,
    name: str,
    short_name: str,
    code: str,
    *,
    by: Actor | None,
    source: str = "",
    is_example: bool = False,
) -> Organisation:
    """Add an agency, unit or counter. Refused under the wrong kind, or with a taken code."""
    with book.recorded("organisation.added", parent, by=by, kind=str(kind), code=code) as record:
        # The number of children is kept in the row: read it anew, a colleague may have added one.
        parent = Organisation.objects.select_for_update().get(pk=parent.pk)
        if parent.kind not in PARENTS.get(kind, set()):
            raise Refused(
                _("%(kind)s tidak dapat berada langsung di bawah %(parent)s.")
                % {"kind": kind.label, "parent": parent.get_kind_display()}
            )
        if parent.root.members.filter(code=code).exists():
            raise Refused(_("Kode “%s” sudah dipakai unit lain.") % code)
        added: Organisation = Organisation.objects.add_child(
            parent,
            instance=Organisation(
                kind=kind,
                name=name,
                short_name=short_name,
                code=code,
                government=parent.root,
                source=source,
                is_example=is_example,
            ),
        )
        record.details["organisation"] = added.pk
        return added
