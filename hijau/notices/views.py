"""What one was told, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hijau.accounts.access import person
from hijau.notices import actions
from hijau.notices.models import Notice


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(person(request))
    page = Paginator(notices, 30).get_page(request.GET.get("hal"))
    return render(request, "notices/notice_list.html", {"page": page})


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    actions.mark_read(person(request))
    return redirect("notice_list")
