"""The yearly review falls due by itself: whoever keeps the standards is told."""

from __future__ import annotations

from collections import defaultdict

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hijau.accounts.models import User
from hijau.audit import book
from hijau.audit.book import Actor
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from hijau.organisation.models import Organisation
from hijau.services.models import Standard

book.declare(reviews_reminded=gettext_lazy("Pengingat peninjauan standar pelayanan dikirim"))


def remind_of_reviews(government: Organisation, *, by: Actor | None, key: str = "") -> int:
    """Tell each unit's officers which standards are due; how many people. Refused when none is."""
    with book.recorded("reviews.reminded", government, by=by) as record:
        due: dict[Organisation, list[Standard]] = defaultdict(list)
        standards = Standard.objects.due_for_review(timezone.localdate()).with_names()
        for standard in standards.filter(service__government=government):
            due[standard.service.unit].append(standard)
        if not due:
            raise Refused(_("Tidak ada standar yang jatuh tempo peninjauannya."))
        record.details["standards"] = sum(map(len, due.values()))
        return sum(
            tell(
                User.objects.answering_for(unit),
                _("Standar pelayanan perlu ditinjau: %s") % unit.short_name,
                ngettext(
                    "%(n)d standar jatuh tempo peninjauan tahunannya: %(names)s.",
                    "%(n)d standar jatuh tempo peninjauan tahunannya: %(names)s.",
                    len(found),
                )
                % {"n": len(found), "names": ", ".join(one.service.name for one in found[:5])},
                url=reverse("service_list"),
                key=f"{key}/{unit.pk}" if key else "",
            )
            for unit, found in due.items()
        )
