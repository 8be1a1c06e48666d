"""The register of the Ombudsman's products: what is asked, of whom, until when, and the proof."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hijau.accounts.access import get_or_404, person, require
from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms.ombudsman import AcceptForm, AssignForm, FollowUpForm, ProductForm
from hijau.assessments.models import FollowUp, Product
from hijau.assessments.models.oversight import PERIODS, SOON_DAYS, ProductKind
from hijau.files.handing_out import as_download
from hijau.ui.on_form import first_error, refusals_on


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """The register: what presses first, then all of it."""
    user = person(request)
    require(user, Permission.SEE)
    seen = Product.objects.visible_to(user)
    products = list(seen.order_by("-received_on", "-pk"))
    context = {
        "products": products,
        "pressing": list(seen.pressing()),
        "unfinished": sum(product.is_unfinished for product in products),
        "periods": [(kind.label, PERIODS[kind]) for kind in ProductKind],
        "soon_days": SOON_DAYS,
        "may_keep": user.may_somewhere(Permission.KEEP_PRODUCTS),
    }
    return render(request, "assessments/product_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_product(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Permission.KEEP_PRODUCTS)
    form = ProductForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        given = form.product()
        with refusals_on(form):
            product = actions.record_product(
                given.pop("owner"), given.pop("kind"), by=user, **given
            )
            messages.success(request, _("Produk Ombudsman tercatat."))
            return redirect("product_page", pk=product.pk)
    status = 422 if form.errors else 200
    return render(request, "assessments/product_form.html", {"form": form}, status=status)


@require_safe
def product_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    product = get_or_404(user, Product, pk=pk)
    return _page(request, user, product)


def _page(
    request: HttpRequest, user: User, product: Product, form: FollowUpForm | None = None
) -> HttpResponse:
    """The page, with a form that was refused still filled in."""
    may_keep = user.may(Permission.KEEP_PRODUCTS, product) and product.is_unfinished
    may_follow = user.may(Permission.FOLLOW_UP, product) and product.is_unfinished
    context = {
        "product": product,
        "follow_ups": list(FollowUp.objects.visible_to(user).filter(product=product)),
        "form": form or (FollowUpForm() if may_follow else None),
        "assign_form": AssignForm(user=user, initial={"owner": product.owner})
        if may_keep
        else None,
        "accept_form": AcceptForm() if may_keep else None,
    }
    status = 422 if form else 200
    return render(request, "assessments/product_page.html", context, status=status)


@require_POST
def assign_product(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    product = get_or_404(user, Product, to=Permission.KEEP_PRODUCTS, pk=pk)
    form = AssignForm(request.POST, user=user)
    if not form.is_valid():
        raise first_error(form)
    actions.assign_product(product, form.cleaned_data["owner"], by=user)
    messages.success(request, _("Penanggung jawab tercatat dan diberi tahu."))
    return redirect("product_page", pk=pk)


@require_POST
def add_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    product = get_or_404(user, Product, to=Permission.FOLLOW_UP, pk=pk)
    form = FollowUpForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_on(form):
            actions.add_follow_up(product, by=user, **form.cleaned_data)
            messages.success(request, _("Tindak lanjut tercatat."))
            return redirect("product_page", pk=pk)
    return _page(request, user, product, form)


@require_POST
def close_product(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    product = get_or_404(user, Product, to=Permission.KEEP_PRODUCTS, pk=pk)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        raise first_error(form)
    actions.close_product(product, form.cleaned_data["accepted_on"], by=user)
    messages.success(request, _("Produk selesai: diterima Ombudsman."))
    return redirect("product_page", pk=pk)


@require_POST
def withdraw_product(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    product = get_or_404(user, Product, to=Permission.KEEP_PRODUCTS, pk=pk)
    actions.withdraw_product(product, by=user)
    messages.success(request, _("Produk ditarik; catatannya tetap ada."))
    return redirect("product_list")


@require_POST
def remind_owners(request: HttpRequest) -> HttpResponse:
    user = person(request)
    roots = user.roots(Permission.KEEP_PRODUCTS)
    if not roots:
        raise PermissionDenied
    sent = actions.remind_owners(roots[0], by=user)
    messages.success(
        request,
        ngettext("Pengingat untuk %d produk dikirim.", "Pengingat untuk %d produk dikirim.", sent)
        % sent,
    )
    return redirect("product_list")


@require_safe
def product_letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scanned letter, as a download."""
    product = get_or_404(person(request), Product, pk=pk)
    if product.letter is None:
        raise Http404
    return as_download(product.letter)


@require_safe
def follow_up_proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The proof of a follow-up, as a download."""
    return as_download(get_or_404(person(request), FollowUp, pk=pk).proof)
