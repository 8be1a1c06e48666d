"""People and units: who holds which role, and the tree that roles are held in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hijau.accounts import actions
from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.forms import RoleForm
from hijau.accounts.models import Membership
from hijau.accounts.permissions import Permission
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.MANAGE_PEOPLE)
    form = RoleForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.give_role(by=user, **form.role_and_place())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("%s tercatat.") % membership)
            return redirect("people")
    memberships = (
        Membership.objects.visible_to(user)
        .current()
        .select_related("user", "organisation__government")
        .order_by("organisation__path", "role", "user__name")
    )
    tree = Organisation.objects.visible_to(user).order_by("path")
    context = {"form": form, "memberships": memberships, "tree": tree}
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    membership = get_or_404(user, Membership, to=Permission.MANAGE_PEOPLE, pk=pk)
    actions.end_role(membership, by=user)
    messages.success(request, _("Peran diakhiri."))
    return redirect("people")
