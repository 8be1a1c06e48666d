"""The doorman: knows who comes in, with their roles, in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from hijau.accounts.models import Membership, User


class Doorman(AuthenticationBackend):
    """Log in by e-mail; on every request bring the person and their roles together."""

    def get_user(self, user_id: Any) -> User | None:
        """The active person of a session, or None; their roles come in the same query."""
        found = list(
            Membership.objects.current()
            .filter(user_id=user_id)
            .select_related("user", "organisation__government")
            .order_by("organisation__path", "pk")
        )
        user = found[0].user if found else User.objects.filter(pk=user_id).first()
        if user is None or not user.is_active:
            return None
        user.roles_now = tuple(found)
        return user
