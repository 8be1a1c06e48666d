"""The demonstration tells its logins on the login page; no other deployment loads this."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from hijau.demonstration.loading import logins


def demo_logins(request: HttpRequest) -> dict[str, Any]:
    """The accounts of the demonstration, for the login page."""
    del request
    return {"demo_logins": logins()}
