"""What stands in the menu for whoever is looking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.notices.models import Notice
from hijau.ui.shapes import NavItem


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The menu and the names in the page's frame; nothing for a visitor without a login."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"nav_items": ()}
    manages = user.may_somewhere(Permission.MANAGE_PEOPLE) or user.may_somewhere(
        Permission.MANAGE_UNITS
    )
    sees = user.may_somewhere(Permission.SEE)
    verifies = user.may_somewhere(Permission.VERIFY)
    sees_whole = any(user.may(Permission.SEE, root) for root in user.roots(Permission.SEE))
    entries = [
        (_("Beranda"), "dashboard", "house", True),
        (_("Penilaian"), "round_list", "clipboard-check", True),
        (_("Verifikasi"), "verification_queue", "check2-square", verifies),
        (_("Peringkat"), "league", "list-ol", sees),
        (_("Standar pelayanan"), "service_list", "journal-check", sees),
        (_("Hasil dari luar"), "verdict_list", "award", sees),
        (_("Kesiapan"), "readiness_list", "shield-check", sees),
        (_("Produk Ombudsman"), "product_list", "flag", sees),
        (_("Opini hari ini"), "opinion", "compass", sees_whole),
        (_("Target"), "targets", "bullseye", sees),
        (_("Instrumen"), "instrument_list", "book", True),
        (_("Orang dan unit"), "people", "people", manages),
        (_("Hari kerja"), "workdays", "calendar3", sees),
        (_("Surat"), "papers", "printer", user.may_somewhere(Permission.MANAGE_PAPERS)),
        (_("Jejak"), "audit_book", "clock-history", user.may_somewhere(Permission.SEE_BOOK)),
    ]
    here = request.path
    items = []
    for title, name, icon, shown in entries:
        if shown:
            url = reverse(name)
            current = here == url if url == "/" else here.startswith(url)
            items.append(NavItem(title, url, icon, current))
    government = user.government
    return {
        "nav_items": items,
        "person_label": user.name,
        "role_label": user.roles_now[0].get_role_display() if user.roles_now else "",
        "government_name": government.name if government else "",
        "unread": SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread().count()),
    }
