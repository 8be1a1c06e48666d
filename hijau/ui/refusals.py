"""How the platform says no on a page: with the sentence of the refusal, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from hijau.lib.refused import Refused

FORM_LIMIT = 1024 * 1024
"""What a form may carry beside its file, in bytes."""


class RefusalMiddleware:
    """Turn a Refused that no view handled into a message on the page it came from.

    It also turns away what is larger than any form of ours, before a byte of it is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if int(request.headers.get("Content-Length") or 0) > settings.FILE_LIMIT + FORM_LIMIT:
            sentence = _("Kiriman ini terlalu besar. Batas satu berkas %d MB.") % (
                settings.FILE_LIMIT // 2**20
            )
            return HttpResponse(sentence, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        if request.headers.get("HX-Request"):
            return render(request, "ui/refusal.html", {"refusal": error}, status=409)
        messages.error(request, error.sentence)
        back = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return redirect(back)
        return render(request, "ui/refused.html", {"refusal": error}, status=409)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long: say so, and what to do."""
    sentence = _("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim sekali lagi.")
    return render(request, "ui/refused.html", {"refusal": Refused(sentence)}, status=403)
