"""The register of the Ombudsman's products: entering, assigning, following up, closing."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments.models import FollowUp, Product
from hijau.assessments.models.oversight import PERIODS, UNFINISHED, ProductKind, ProductStatus
from hijau.assessments.readiness import officers_of
from hijau.audit import book
from hijau.files.intake import examine, keep
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from hijau.organisation.models import Organisation, under

book.declare(
    product_recorded=gettext_lazy("Produk Ombudsman dicatat"),
    product_assigned=gettext_lazy("Produk Ombudsman ditugaskan"),
    product_followed=gettext_lazy("Produk Ombudsman ditindaklanjuti"),
    product_closed=gettext_lazy("Produk Ombudsman selesai"),
    product_withdrawn=gettext_lazy("Produk Ombudsman ditarik"),
    products_reminded=gettext_lazy("Pengingat produk Ombudsman dikirim"),
)


def record_product(
    owner: Organisation,
    kind: ProductKind,
    *,
    number: str,
    title: str,
    received_on: dt.date,
    by: User,
    about: str = "",
    due_on: dt.date | None = None,
    letter: UploadedFile | None = None,
    is_example: bool = False,
) -> Product:
    """Enter what the Ombudsman asks for; without a day of its own it is due as its kind allows."""
    seen = examine(letter) if letter else None
    with book.recorded("product.recorded", owner, by=by, kind=str(kind)) as record:
        if received_on > timezone.localdate():
            raise Refused(_("Tanggal diterima belum tiba. Periksa tanggalnya."))
        due_on = due_on or received_on + dt.timedelta(days=PERIODS[kind].days)
        if due_on < received_on:
            raise Refused(_("Batas waktu harus sama dengan atau sesudah hari diterima."))
        again = Product.objects.of_government(owner.root).filter(kind=kind, number=number)
        if again.exists():
            raise Refused(_("Produk dengan nomor ini sudah dicatat."))
        product = Product.objects.create(
            owner=owner,
            kind=kind,
            number=number,
            title=title,
            about=about,
            received_on=received_on,
            due_on=due_on,
            letter=keep(seen, owner.root, by=by) if seen else None,
            recorded_by=by,
            is_example=is_example,
        )
        record.details |= {"product": product.pk, "due": due_on.isoformat()}
        _tell_owner(product, _("Produk Ombudsman untuk ditindaklanjuti"))
        return product


def assign_product(product: Product, owner: Organisation, *, by: User) -> None:
    """Say who must follow a product up, and tell them."""
    with book.recorded("product.assigned", product, by=by, owner=owner.pk):
        if owner.root != product.owner.root:
            raise Refused(_("Hanya perangkat daerah dan unit milik sendiri yang dapat ditugasi."))
        current = Product.objects.filter(pk=product.pk, status__in=UNFINISHED)
        if not current.update(owner=owner):
            raise Refused(_("Produk ini sudah selesai atau ditarik."))
        product.owner = owner
        _tell_owner(product, _("Produk Ombudsman untuk ditindaklanjuti"))


def add_follow_up(
    product: Product, *, done: str, day: dt.date, proof: UploadedFile, by: User
) -> FollowUp:
    """Add what was done, with its proof. What was added is never changed."""
    seen = examine(proof)
    with book.recorded("product.followed", product, by=by) as record:
        if day > timezone.localdate():
            raise Refused(_("Tanggal tindak lanjut belum tiba. Periksa tanggalnya."))
        if day < product.received_on:
            raise Refused(_("Tindak lanjut tidak mungkin sebelum produknya diterima."))
        current = Product.objects.filter(pk=product.pk, status__in=UNFINISHED)
        if not current.update(status=ProductStatus.FOLLOWED):
            raise Refused(_("Produk ini sudah selesai atau ditarik."))
        file = keep(seen, product.owner.root, by=by)
        added = FollowUp.objects.create(product=product, done=done, day=day, proof=file, by=by)
        record.details |= {"follow_up": added.pk, "file": file.pk, "sha256": file.sha256}
        return added


def close_product(product: Product, accepted_on: dt.date, *, by: User) -> None:
    """Close a product that the Ombudsman has accepted. Refused without a proof of follow-up."""
    with book.recorded("product.closed", product, by=by, accepted=accepted_on.isoformat()):
        if accepted_on > timezone.localdate():
            raise Refused(_("Tanggal diterima Ombudsman belum tiba. Periksa tanggalnya."))
        if accepted_on < product.received_on:
            raise Refused(_("Produk tidak mungkin selesai sebelum diterima."))
        if not product.follow_ups.exists():
            raise Refused(_("Belum ada tindak lanjut dengan bukti. Lampirkan buktinya dahulu."))
        current = Product.objects.filter(pk=product.pk, status__in=UNFINISHED)
        if not current.update(status=ProductStatus.ACCEPTED, accepted_on=accepted_on):
            raise Refused(_("Produk ini sudah selesai atau ditarik."))


def withdraw_product(product: Product, *, by: User) -> None:
    """Take out a product that was entered by mistake or taken back; it stays in the record."""
    with book.recorded("product.withdrawn", product, by=by):
        current = Product.objects.filter(pk=product.pk, status__in=UNFINISHED)
        if not current.update(status=ProductStatus.WITHDRAWN):
            raise Refused(_("Produk ini sudah selesai atau ditarik."))


def remind_owners(government: Organisation, *, by: User | None, key: str = "") -> int:
    """Tell the owners of products that are overdue or soon due; how many products.

    With a `key`, whoever was told under it before is not told again.
    """
    with book.recorded("products.reminded", government, by=by) as record:
        pressing = Product.objects.filter(under([government.place], "owner__path")).pressing()
        products = list(pressing.select_related("owner__government"))
        if not products:
            raise Refused(_("Tidak ada produk yang mendekati atau melewati batas waktu."))
        for product in products:
            _tell_owner(product, _("Batas waktu produk Ombudsman"), key)
        record.details["products"] = len(products)
        return len(products)


def _tell_owner(product: Product, subject: str, key: str = "") -> None:
    due = _("Batas waktu: %s") % date_format(product.due_on, "j F Y")
    lines = [str(product), product.title, due, "", _("Catat tindak lanjutnya di Hijau.")]
    owner = product.owner
    answering = (
        User.objects.holding(Role.ORGANISER, owner) if owner.is_root() else officers_of(owner)
    )
    tell(
        answering,
        subject,
        "\n".join(lines),
        key=key and f"{key}/product-{product.pk}",
    )
