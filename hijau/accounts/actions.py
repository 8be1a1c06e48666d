"""Giving people accounts and roles, and taking them away."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import Membership, User
from hijau.accounts.permissions import AT_THE_TOP, Role
from hijau.audit import book
from hijau.lib.refused import Refused
from hijau.organisation.models import Kind, Organisation

book.declare(
    role_given=gettext_lazy("Peran diberikan"),
    role_ended=gettext_lazy("Peran diakhiri"),
)


def give_role(
    email: str,
    name: str,
    role: Role,
    organisation: Organisation,
    *,
    by: User | None,
    password: str | None = None,
    title: str = "",
) -> Membership:
    """Give a person a role at a place; make their account when there is none.

    Refused when the role does not belong at such a place, when it is held already, or when the
    e-mail belongs to somebody of another government.
    """
    with book.recorded(
        "role.given", organisation, by=by, role=str(role), kind=organisation.kind
    ) as record:
        if (role in AT_THE_TOP) != (organisation.kind == Kind.GOVERNMENT):
            raise Refused(
                _("Peran %(role)s dipegang di %(place)s, bukan di %(name)s.")
                % {
                    "role": role.label,
                    "place": _("tingkat pemerintah daerah")
                    if role in AT_THE_TOP
                    else _("perangkat daerah atau unit"),
                    "name": organisation.name,
                }
            )
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            if password is not None:
                _check_password(password, User(email=email, name=name))
            user = User.objects.create_user(email, password, name=name)
        elif _belongs_elsewhere(user, organisation):
            raise Refused(_("Alamat surel ini sudah dipakai. Gunakan alamat surel lain."))
        current = Membership.objects.current().filter(user=user, organisation=organisation)
        if current.filter(role=role).exists():
            raise Refused(_("Orang ini sudah memegang peran tersebut di sini."))
        membership, _made = Membership.objects.update_or_create(
            user=user,
            organisation=organisation,
            role=role,
            since=timezone.localdate(),
            defaults={"title": title, "until": None},
        )
        record.details["user"] = user.pk
        return membership


def end_role(membership: Membership, *, by: User) -> None:
    """End a role as of yesterday; the record of having held it stays."""
    with book.recorded(
        "role.ended", membership, by=by, role=membership.role, user=membership.user_id
    ):
        if membership.user_id == by.pk and membership.role == Role.ADMINISTRATOR:
            raise Refused(
                _("Peran administrator sendiri tidak dapat diakhiri. Mintalah administrator lain.")
            )
        if membership.role == Role.ADMINISTRATOR and not _others(membership):
            raise Refused(_("Ini administrator terakhir. Angkat administrator lain dahulu."))
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        if membership.since > yesterday:
            membership.delete()
            return
        ended = Membership.objects.filter(Q(until=None) | Q(until__gt=yesterday), pk=membership.pk)
        if not ended.update(until=yesterday):
            raise Refused(_("Peran ini sudah berakhir."))


def _others(membership: Membership) -> bool:
    """Whether somebody else holds the same role at the same place today."""
    current = Membership.objects.current().filter(
        organisation=membership.organisation, role=membership.role, user__is_active=True
    )
    return current.exclude(user=membership.user_id).exists()


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


def _belongs_elsewhere(user: User, organisation: Organisation) -> bool:
    held = user.memberships.select_related("organisation")
    return any(m.organisation.root != organisation.root for m in held)
