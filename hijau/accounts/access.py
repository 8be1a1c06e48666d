"""Asking at the door: may this person see it, and may they do this to it?"""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission

M = TypeVar("M", bound=models.Model)


def get_or_404(
    user: Any, source: type[M] | models.QuerySet[M], *, to: Permission | None = None, **lookup: Any
) -> M:
    """The object, when it is visible to the person; 403 when visible but `to` is not allowed.

    Raises Http404 for what is invisible, so that nobody learns whether it exists.
    """
    queryset: Any = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    found: M | None = queryset.visible_to(user).filter(**lookup).first()
    if found is None:
        raise Http404
    if to is not None and not user.may(to, found):
        raise PermissionDenied
    return found


def require(user: Any, permission: Permission) -> None:
    """Raise PermissionDenied unless the person has the permission anywhere at all."""
    if not user.may_somewhere(permission):
        raise PermissionDenied


def person(request: HttpRequest) -> User:
    """The person behind a request that passed the login."""
    assert isinstance(request.user, User)
    return request.user
