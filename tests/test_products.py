"""The register of the Ombudsman's products: owner, clock, proof, and who may do what."""

from __future__ import annotations

import datetime as dt
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from hijau.assessments import actions
from hijau.assessments.models import FollowUp, Product, Verdict
from hijau.assessments.models.oversight import PERIODS, ProductKind, ProductStatus
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from tests.cast import Cast
from tests.samples import pdf
from tests.test_queries import grown
from tests.test_queries import page as queries_of

PDF = pdf()


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def file(name: str = "bukti.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def recorded(cast: Cast, owner: Organisation | None = None, **changes: Any) -> Product:
    given: dict[str, Any] = {
        "kind": ProductKind.CORRECTIVE, "number": "LAHP/1", "title": "Perbaiki antrean",
        "received_on": days(-3), "by": cast.organiser,
    } | changes  # fmt: skip
    return actions.record_product(owner or cast.disdukcapil, given.pop("kind"), **given)


def followed(cast: Cast, product: Product, **changes: Any) -> FollowUp:
    given = {"done": "Antrean dibenahi.", "day": days(0), "proof": file(), "by": cast.officer}
    return actions.add_follow_up(product, **(given | changes))


def read(cast: Cast, who: str, name: str, *args: Any) -> str:
    return unescape(cast.client(cast.people[who]).get(reverse(name, args=args)).content.decode())


# ---- The clock ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number"),
    [(ProductKind.CORRECTIVE, 30), (ProductKind.SUGGESTION, 30), (ProductKind.RECOMMENDATION, 60)],
)
def test_it_is_due_as_its_kind_allows(cast: Cast, kind: ProductKind, number: int) -> None:
    product = recorded(cast, kind=kind)
    assert product.due_on == product.received_on + dt.timedelta(days=number)
    assert recorded(cast, kind=kind, number="2", due_on=days(1)).due_on == days(1)


def test_each_period_says_how_sure_it_is(cast: Cast) -> None:
    assert set(PERIODS) == set(ProductKind)
    text = read(cast, "officer", "product_list")
    for period in PERIODS.values():
        assert period.fact.sources or period.fact.label == "assumed"
        assert all(url in text for url in period.fact.sources)
    assert "tidak resmi" in text
    assert "diasumsikan" in text


@pytest.mark.parametrize(
    ("due", "words"), [(-2, "lewat 2 hari"), (0, "hari ini"), (7, "sisa 7 hari"), (8, "")]
)
def test_what_presses_stands_first(cast: Cast, due: int, words: str) -> None:
    recorded(cast, received_on=days(-9), due_on=days(due))
    text = read(cast, "officer", "product_list")
    assert ("jatuh tempo dalam" in text) is bool(words)
    assert words in text
    product = Product.objects.get()
    assert (product.days_left, product.days_over) == (due, max(-due, 0))


def test_an_accepted_product_presses_no_more(cast: Cast) -> None:
    product = recorded(cast, due_on=days(-1))
    followed(cast, product)
    actions.close_product(product, days(0), by=cast.organiser)
    assert "jatuh tempo dalam" not in read(cast, "officer", "product_list")


def test_owners_are_told_and_reminded(cast: Cast) -> None:
    product = recorded(cast, cast.city, due_on=days(2))
    actions.assign_product(product, cast.disdukcapil, by=cast.organiser)
    assert actions.remind_owners(cast.city, by=cast.organiser) == 1
    queued = [q.args_kwargs["args"] for q in DBTaskResult.objects.all()]
    told = [numbers for numbers, _subject, _text in queued]
    assert told == [[cast.organiser.pk], [cast.officer.pk], [cast.officer.pk]]
    assert all("Perbaiki antrean" in text for _numbers, _subject, text in queued)
    with pytest.raises(Refused, match="Tidak ada produk"):
        actions.remind_owners(cast.foreign_city, by=cast.organiser)


# ---- Its life ----------------------------------------------------------------------------------


def test_it_goes_from_open_to_accepted_with_its_proof(cast: Cast) -> None:
    product = recorded(cast, letter=file("lahp.pdf"))
    assert product.status == ProductStatus.OPEN
    with pytest.raises(Refused, match="Belum ada tindak lanjut dengan bukti"):
        actions.close_product(product, days(0), by=cast.organiser)
    added = followed(cast, product)
    product.refresh_from_db()
    assert product.status == ProductStatus.FOLLOWED
    actions.close_product(product, days(0), by=cast.organiser)
    product.refresh_from_db()
    assert (product.status, product.accepted_on) == (ProductStatus.ACCEPTED, days(0))
    for again in (
        lambda: followed(cast, product),
        lambda: actions.close_product(product, days(0), by=cast.organiser),
        lambda: actions.withdraw_product(product, by=cast.organiser),
        lambda: actions.assign_product(product, cast.dinsos, by=cast.organiser),
    ):
        with pytest.raises(Refused, match="sudah selesai atau ditarik"):
            again()
    entry = Entry.objects.get(event="product.followed")
    assert entry.details["sha256"] == added.proof.sha256
    assert "Perbaiki" not in str(list(Entry.objects.values_list("details", flat=True)))


def test_a_follow_up_without_a_readable_proof_leaves_nothing(cast: Cast) -> None:
    product = recorded(cast)
    with pytest.raises(Refused, match="tidak dikenal"):
        followed(cast, product, proof=file("bukti.pdf", b"<script>"))
    product.refresh_from_db()
    assert product.status == ProductStatus.OPEN
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        (lambda c: recorded(c, received_on=days(1)), "belum tiba"),
        (lambda c: recorded(c, due_on=days(-4)), "Batas waktu"),
        (lambda c: (recorded(c), recorded(c, c.dinsos)), "sudah dicatat"),
        (lambda c: followed(c, recorded(c), day=days(1)), "belum tiba"),
        (lambda c: followed(c, recorded(c), day=days(-4)), "sebelum produknya diterima"),
        (lambda c: actions.close_product(recorded(c), days(1), by=c.organiser), "belum tiba"),
        (
            lambda c: actions.close_product(recorded(c), days(-4), by=c.organiser),
            "sebelum diterima",
        ),
        (
            lambda c: actions.assign_product(recorded(c), c.foreign_agency, by=c.organiser),
            "milik sendiri",
        ),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, verb: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        verb(cast)


def test_what_was_withdrawn_may_be_entered_again(cast: Cast) -> None:
    actions.withdraw_product(recorded(cast), by=cast.organiser)
    recorded(cast)
    assert Product.objects.count() == 2


# ---- The pages ---------------------------------------------------------------------------------


def test_the_organiser_enters_one_and_the_unit_follows_it_up(cast: Cast) -> None:
    organiser, officer = cast.client(cast.organiser), cast.client(cast.officer)
    data = {
        "kind": "recommendation", "number": "REK/1", "title": "Tetapkan kompensasi", "about": "",
        "owner": cast.city.pk, "received_on": days(-1).isoformat(), "due_on": "",
        "letter": file("rekomendasi.pdf"),
    }  # fmt: skip
    assert organiser.post(reverse("record_product"), data).status_code == 302
    product = Product.objects.get()
    assert officer.get(reverse("product_page", args=[product.pk])).status_code == 404
    owner = {"owner": cast.disdukcapil.pk}
    organiser.post(reverse("assign_product", args=[product.pk]), owner)
    assert "Tetapkan kompensasi" in read(cast, "officer", "product_page", product.pk)
    letter = officer.get(reverse("product_letter", args=[product.pk]))
    assert letter.getvalue() == PDF
    assert 'attachment; filename="rekomendasi.pdf"' in letter["Content-Disposition"]
    url = reverse("add_follow_up", args=[product.pk])
    given = {"done": "SK kompensasi terbit.", "day": days(0).isoformat()}
    refused = officer.post(url, given)
    assert refused.status_code == 422
    assert "SK kompensasi terbit." in refused.content.decode()
    assert officer.post(url, given | {"proof": file("sk.pdf")}).status_code == 302
    assert "sk.pdf" in read(cast, "leader", "product_page", product.pk)
    close = {"accepted_on": days(0).isoformat()}
    organiser.post(reverse("close_product", args=[product.pk]), close)
    assert "Diterima Ombudsman" in read(cast, "officer", "product_page", product.pk)


@pytest.mark.parametrize("who", ["neighbour", "stranger", "assessor", "nobody"])
def test_others_see_neither_the_product_nor_its_files(cast: Cast, who: str) -> None:
    product = recorded(cast, letter=file("lahp.pdf"))
    added = followed(cast, product)
    client = cast.client(cast.people[who])
    for name, pk in (
        ("product_page", product.pk), ("product_letter", product.pk), ("follow_up_proof", added.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[pk])).status_code == 404
    assert "Perbaiki antrean" not in client.get(reverse("product_list")).content.decode()


def test_a_product_is_charged_to_no_foreign_agency(cast: Cast) -> None:
    data = {
        "kind": "suggestion", "number": "1", "title": "X", "received_on": days(0).isoformat(),
        "owner": cast.foreign_agency.pk,
    }  # fmt: skip
    assert cast.client(cast.organiser).post(reverse("record_product"), data).status_code == 422
    product = recorded(cast)
    url = reverse("assign_product", args=[product.pk])
    assert (
        cast.client(cast.organiser).post(url, {"owner": cast.foreign_agency.pk}).status_code == 409
    )
    product.refresh_from_db()
    assert product.owner == cast.disdukcapil


def test_the_register_costs_no_more_for_many(cast: Cast) -> None:
    units = grown(cast, [cast.disdukcapil], 20)

    def enter(owners: list[Organisation]) -> None:
        for owner in owners:
            product = recorded(cast, owner, number=str(owner.pk), due_on=days(1), letter=file())
            followed(cast, product)

    enter(units[:2])
    urls = [
        reverse("product_list"),
        reverse("product_page", args=[Product.objects.values_list("pk", flat=True)[0]]),
    ]
    few = [len(queries_of(cast, cast.organiser, url)) for url in urls]
    enter(units[2:])
    for _number in range(5):
        followed(cast, Product.objects.first())
    assert [len(queries_of(cast, cast.organiser, url)) for url in urls] == few
    assert max(few) <= 8


# ---- The letter of a verdict -------------------------------------------------------------------


def test_a_verdict_keeps_its_scanned_letter(cast: Cast, tmp_path: Path) -> None:
    data = {
        "organisation": cast.city.pk, "family": "ombudsman", "year": 2023, "value": "90,35",
        "label": "verified", "source_name": "Surat hasil", "letter": file("surat-hasil.pdf"),
    }  # fmt: skip
    organiser = cast.client(cast.organiser)
    assert organiser.post(reverse("record_verdict"), data).status_code == 302
    verdict = Verdict.objects.get()
    url = reverse("verdict_letter", args=[verdict.pk])
    assert url in read(cast, "leader", "verdict_list")
    assert cast.client(cast.leader).get(url).getvalue() == PDF
    assert cast.client(cast.officer).get(url).status_code == 404
    actions.withdraw_verdict(verdict, by=cast.organiser)
    assert organiser.get(url).status_code == 404


def test_a_second_source_with_a_letter_leaves_the_conflict_visible(cast: Cast) -> None:
    data = {"organisation": cast.city.pk, "family": "ombudsman", "year": 2023, "label": "verified"}
    client = cast.client(cast.organiser)
    article = data | {"value": "90,35", "source_name": "Artikel"}
    letter = data | {"value": "93,35", "source_name": "Surat", "letter": file()}
    assert client.post(reverse("record_verdict"), article).status_code == 302
    assert client.post(reverse("record_verdict"), letter).status_code == 302
    text = read(cast, "organiser", "verdict_list")
    assert "dua sumber berbeda" in text
    assert "90,35" in text
    assert "93,35" in text


def test_a_letter_that_is_no_document_is_refused(cast: Cast) -> None:
    data = {
        "organisation": cast.city.pk, "family": "ombudsman", "year": 2023, "value": "90,35",
        "label": "verified", "source_name": "Surat", "letter": file("surat.pdf", b"MZ"),
    }  # fmt: skip
    response = cast.client(cast.organiser).post(reverse("record_verdict"), data)
    assert response.status_code == 422
    assert not Verdict.objects.exists()


def test_a_verdict_without_a_letter_has_no_door(cast: Cast) -> None:
    verdict = actions.record_verdict(
        cast.city, family="ombudsman", year=2023, label="verified", source_name="X", zone="hijau",
        by=cast.organiser,
    )  # fmt: skip
    url = reverse("verdict_letter", args=[verdict.pk])
    assert cast.client(cast.organiser).get(url).status_code == 404
    assert url not in read(cast, "organiser", "verdict_list")
