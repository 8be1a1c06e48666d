"""Opening a door: the only way to a page without a login."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required

View = TypeVar("View", bound=Callable[..., Any])

OPEN: dict[str, str] = {}
"""Every open door by the name of its view, with the reason why it is open."""


def open_door(reason: str) -> Callable[[View], View]:
    """Let a view be seen without a login, for a reason that the list of doors prints."""

    def opened(view: View) -> View:
        OPEN[f"{view.__module__}.{view.__qualname__}"] = reason
        result: View = login_not_required(view)
        return result

    return opened
