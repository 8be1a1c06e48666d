"""People and units: who holds which role, and the tree that roles are held in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from hijau.accounts import actions
from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.forms import RoleForm, UnitForm
from hijau.accounts.models import Membership, User
from hijau.accounts.permissions import Permission
from hijau.organisation.actions import add_organisation
from hijau.organisation.models import Organisation
from hijau.ui.on_form import refusals_on


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which role, and the tree that the roles are held in."""
    user = person(request)
    if not user.may_somewhere(Permission.MANAGE_PEOPLE):
        require(user, Permission.MANAGE_UNITS)
    return _people(request, user)


def _people(
    request: HttpRequest,
    user: User,
    role_form: RoleForm | None = None,
    unit_form: UnitForm | None = None,
) -> HttpResponse:
    """The page, with a form that was refused still filled in."""
    memberships = (
        Membership.objects.visible_to(user)
        .current()
        .select_related("user", "organisation__government")
        .order_by("organisation__path", "role", "user__name")
    )
    may_people = user.may_somewhere(Permission.MANAGE_PEOPLE)
    may_units = user.may_somewhere(Permission.MANAGE_UNITS)
    context = {
        "memberships": memberships,
        "tree": Organisation.objects.visible_to(user).order_by("path"),
        "role_form": role_form or (RoleForm(user=user, prefix="peran") if may_people else None),
        "unit_form": unit_form or (UnitForm(user=user, prefix="unit") if may_units else None),
    }
    status = 422 if role_form or unit_form else 200
    return render(request, "accounts/people.html", context, status=status)


@sensitive_post_parameters("peran-password")
@require_POST
def give_role(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.MANAGE_PEOPLE)
    form = RoleForm(request.POST, user=user, prefix="peran")
    if form.is_valid():
        with refusals_on(form):
            membership = actions.give_role(by=user, **form.role_and_place())
            messages.success(request, _("%s tercatat.") % membership)
            return redirect("people")
    return _people(request, user, role_form=form)


@require_POST
def add_unit(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.MANAGE_UNITS)
    form = UnitForm(request.POST, user=user, prefix="unit")
    if form.is_valid():
        with refusals_on(form):
            added = add_organisation(by=user, **form.place())
            messages.success(request, _("%s ditambahkan.") % added.name)
            return redirect("people")
    return _people(request, user, unit_form=form)


@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    membership = get_or_404(user, Membership, to=Permission.MANAGE_PEOPLE, pk=pk)
    actions.end_role(membership, by=user)
    messages.success(request, _("Peran diakhiri."))
    return redirect("people")
