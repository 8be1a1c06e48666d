"""Pages without a login. In this version: only the health of the server."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hijau.portal.doors import open_door


@open_door("a watchman without an account asks whether the server answers")
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`ok` when the server and its database answer; nothing else is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
