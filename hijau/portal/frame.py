"""What every page of the portal has: its government, its language, its own address."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString

from hijau.organisation.models import Kind, Organisation

SUNDANESE = "su"
LANGUAGES = {"id": "Indonesia", "en": "English", SUNDANESE: "Sunda"}
ASKED, COOKIE = "bahasa", "hijau_bahasa"
"""The parameter by which a language is chosen, and the cookie that keeps Sundanese."""
YEAR_IN_SECONDS = 365 * 24 * 60 * 60

View = Callable[..., HttpResponse]


@lru_cache(maxsize=1)
def sundanese() -> dict[str, str]:
    """The words of the frame that are sure in Sundanese, by their Indonesian."""
    told: dict[str, str] = yaml.safe_load(
        Path(__file__).with_name("sundanese.yaml").read_text(encoding="utf-8")
    )
    return told


def government_or_404(code: str) -> Organisation:
    """The government of an address."""
    found: Organisation | None = Organisation.objects.filter(
        kind=Kind.GOVERNMENT, code=code
    ).first()
    if found is None:
        raise Http404
    return found


def portal_page(view: View) -> View:
    """A page of a government's portal in the language of the reader.

    The view is given the government in the place of its code. The choice of a language is kept in
    a cookie: it is no word about a person.
    """

    @wraps(view)
    def shown(request: HttpRequest, gov: str, **more: Any) -> HttpResponse:
        asked = request.GET.get(ASKED, "")
        chosen = asked if asked in LANGUAGES else request.COOKIES.get(COOKIE, "")
        if chosen in LANGUAGES:
            translation.activate("id" if chosen == SUNDANESE else chosen)
        response = view(request, government_or_404(gov), **more)
        if asked in LANGUAGES:
            _keep(response, asked)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response

    return shown


def _keep(response: HttpResponse, language: str) -> None:
    safe = {"secure": settings.HTTPS, "samesite": "Lax", "max_age": YEAR_IN_SECONDS}
    if language == SUNDANESE:
        response.set_cookie(COOKIE, language, httponly=True, **safe)  # type: ignore[arg-type]
    else:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, **safe)  # type: ignore[arg-type]
        response.delete_cookie(COOKIE)


def show(
    request: HttpRequest,
    template: str,
    government: Organisation,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a page in the frame of the portal."""
    asked = request.GET.get(ASKED, "") or request.COOKIES.get(COOKIE, "")
    language = SUNDANESE if asked == SUNDANESE else (translation.get_language() or "id")[:2]
    frame = {
        "government": government,
        "reading": language,
        "languages": [
            {"code": code, "name": name, "url": _in(request, code), "chosen": code == language}
            for code, name in LANGUAGES.items()
        ],
        "sundanese": sundanese() if language == SUNDANESE else {},
        # What stands in a decree is Indonesian on an English page, too: readers aloud must know.
        "law": SafeString(' lang="id"') if language == "en" else "",
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, f"portal/{template}", frame | context, status=status)


def _in(request: HttpRequest, language: str) -> str:
    """The same page in another language."""
    query = request.GET.copy()
    query[ASKED] = language
    return f"?{query.urlencode()}"
