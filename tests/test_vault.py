"""The vault: a document with its editions proves many indicators, and nothing is overwritten."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.crosswalk import crosswalk
from hijau.assessments.models import Assessment, Document, Evidence
from hijau.audit.models import Entry
from hijau.files.models import StoredFile
from hijau.lib.refused import Refused
from tests.cast import Cast
from tests.samples import pdf, upload

CODE, OTHER = "1.a.Ak", "2.a.P"
DECREE = "sk-standar-pelayanan"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


@pytest.fixture
def use(cast: Cast, assessment: Assessment) -> Evidence:
    return attached(cast, assessment)


def attached(cast: Cast, assessment: Assessment, text: str = "edisi satu", **said: Any) -> Evidence:
    return actions.attach_evidence(
        assessment, CODE, upload("SK.pdf", pdf(text)), by=cast.officer, **said
    )


def post(cast: Cast, name: str, pk: int, *more: str, who: str = "officer", **data: Any) -> Any:
    client = cast.client(getattr(cast, who))
    return client.post(reverse(name, args=[pk, *more]), data)


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# ---- Handing in ----------------------------------------------------------------------------------


def test_several_files_are_handed_in_at_once(cast: Cast, assessment: Assessment) -> None:
    files = [upload("satu.pdf", pdf("satu")), upload("dua.pdf", pdf("dua"))]
    response = post(cast, "attach_evidence", assessment.pk, CODE, file=files)
    assert response.status_code == 302
    assert response["Location"].endswith(f"#{CODE}")
    uses = list(Evidence.objects.filter(assessment=assessment, code=CODE))
    assert [use.document.title for use in uses] == ["satu", "dua"]
    assert len({use.edition.file.sha256 for use in uses}) == 2
    assert Entry.objects.filter(event="evidence.attached").count() == 2
    page = cast.client(cast.officer).get(reverse("answer_page", args=[assessment.pk]))
    assert "satu.pdf" in page.content.decode()
    assert "dua.pdf" in page.content.decode()


def test_of_several_files_the_refusal_names_the_bad_one(cast: Cast, assessment: Assessment) -> None:
    files = [upload("baik.pdf"), upload("jelek.pdf", b"bukan pdf")]
    response = post(cast, "attach_evidence", assessment.pk, CODE, file=files)
    assert response.status_code == 409
    assert "“jelek.pdf” tidak dikenal" in response.content.decode()
    assert [one.name for one in StoredFile.objects.all()] == ["baik.pdf"]


def test_what_is_said_of_a_file_when_it_is_handed_in_is_kept(
    cast: Cast, assessment: Assessment
) -> None:
    said = {"kind": DECREE, "title": " SK SP ", "number": "188/1", "issued_on": "2026-01-05"}
    post(cast, "attach_evidence", assessment.pk, CODE, file=upload(), **said)
    document = Document.objects.get()
    assert (document.kind, document.title, document.number) == (DECREE, "SK SP", "188/1")
    assert (document.issued_on, document.valid_until) == (dt.date(2026, 1, 5), None)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "surat-sakti"}, "Jenis dokumen itu tidak dikenal"),
        (
            {"issued_on": "2026-05-01", "valid_until": "2026-04-30"},
            "Masa berlaku berakhir sebelum tanggal dokumennya",
        ),
        ({"issued_on": "kemarin"}, "tanggal"),
    ],
)
def test_what_cannot_be_true_of_a_file_is_refused_with_the_file(
    cast: Cast, assessment: Assessment, said: dict[str, str], sentence: str
) -> None:
    response = post(cast, "attach_evidence", assessment.pk, CODE, file=upload(), **said)
    assert response.status_code == 409
    assert sentence in response.content.decode()
    assert not StoredFile.objects.exists()


# ---- Editions ------------------------------------------------------------------------------------


def test_a_new_edition_replaces_the_old_one_and_overwrites_nothing(
    cast: Cast, use: Evidence
) -> None:
    response = post(cast, "replace_document", use.document_id, file=upload("SK2.pdf", pdf("dua")))
    assert response["Location"] == reverse("document_page", args=[use.document_id])
    newest, oldest = use.document.editions.all()
    assert (oldest.number, newest.number) == (1, 2)
    with oldest.file.content.open("rb") as kept:
        assert kept.read() == pdf("edisi satu")
    with newest.file.content.open("rb") as kept:
        assert kept.read() == pdf("dua")
    use.refresh_from_db()
    assert use.edition == newest
    entry = Entry.objects.get(event="document.replaced")
    assert entry.details == {"edition": 2, "sha256": newest.file.sha256}


def test_what_was_sent_keeps_its_edition_and_what_is_open_takes_the_new_one(
    cast: Cast, assessment: Assessment, use: Evidence
) -> None:
    opened = cast.open_round("ombudsman/opini-2022", [cast.disdukcapil], name="Opini")
    still_open = cast.assessment(opened, cast.disdukcapil)
    linked = actions.link_evidence(still_open, "input-12", use.document, by=cast.officer)
    cast.answer_all(assessment, cast.officer)
    actions.submit_assessment(assessment, by=cast.officer)

    actions.replace_document(use.document, upload("SK2.pdf", pdf("dua")), by=cast.officer)
    for one in (use, linked):
        one.refresh_from_db()
    assert (use.edition.number, linked.edition.number) == (1, 2)
    page = cast.client(cast.verifier).get(reverse("evidence_file", args=[use.pk]))
    assert content_of(page) == pdf("edisi satu")


def test_a_withdrawn_use_keeps_the_edition_that_it_had(
    cast: Cast, assessment: Assessment, use: Evidence
) -> None:
    actions.withdraw_evidence(use, by=cast.officer)
    actions.replace_document(use.document, upload("SK2.pdf", pdf("dua")), by=cast.officer)
    use.refresh_from_db()
    assert use.edition.number == 1
    again = actions.link_evidence(assessment, CODE, use.document, by=cast.officer)
    assert again.edition.number == 2


def test_the_same_content_is_no_new_edition(cast: Cast, use: Evidence, settings: Any) -> None:
    same = upload("lain-nama.pdf", pdf("edisi satu"))
    response = post(cast, "replace_document", use.document_id, file=same)
    assert response.status_code == 409
    assert "sama dengan edisi yang sekarang" in response.content.decode()
    assert use.document.editions.count() == 1
    assert StoredFile.objects.count() == 1
    kept = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert len(kept) == 1, "what was refused does not stay on the disk"


def test_an_edition_that_is_no_file_is_refused(cast: Cast, use: Evidence) -> None:
    assert post(cast, "replace_document", use.document_id).status_code == 409
    bad = upload("SK.pdf", b"bukan")
    assert post(cast, "replace_document", use.document_id, file=bad).status_code == 409
    assert use.document.editions.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 200),
        ("organiser", 200),
        ("verifier", 200),
        ("leader", 200),
        ("neighbour", 404),
        ("assessor", 404),
        ("stranger", 404),
        ("nobody", 404),
    ],
)
def test_older_editions_are_handed_out_to_those_who_see_the_unit(
    cast: Cast, use: Evidence, who: str, status: int
) -> None:
    oldest = use.edition
    actions.replace_document(use.document, upload("SK2.pdf", pdf("dua")), by=cast.officer)
    client = cast.client(getattr(cast, who))
    response = client.get(reverse("edition_file", args=[oldest.pk]))
    assert response.status_code == status
    if status == 200:
        assert response["Content-Disposition"].startswith("attachment;")
        assert content_of(response) == pdf("edisi satu")


def test_a_document_lists_its_editions_newest_first(cast: Cast, use: Evidence) -> None:
    actions.replace_document(use.document, upload("SK2.pdf", pdf("dua", pages=3)), by=cast.officer)
    response = cast.client(cast.officer).get(reverse("document_page", args=[use.document_id]))
    page = response.content.decode()
    assert page.index("edisi 2") < page.index("SK.pdf")
    assert "3 halaman" in page
    for edition in use.document.editions.all():
        assert reverse("edition_file", args=[edition.pk]) in page


# ---- What a document is --------------------------------------------------------------------------


def test_a_document_is_described(cast: Cast, use: Evidence) -> None:
    said = {
        "title": "SK Standar Pelayanan", "kind": DECREE, "number": "188/2",
        "issued_on": "2026-01-05", "valid_until": "2027-01-05",
    }  # fmt: skip
    assert post(cast, "document_page", use.document_id, **said).status_code == 302
    document = Document.objects.get(pk=use.document_id)
    assert (document.title, document.kind, document.number) == (said["title"], DECREE, "188/2")
    assert document.issued_on == dt.date(2026, 1, 5)
    assert document.valid_until == dt.date(2027, 1, 5)
    entry = Entry.objects.get(event="document.described")
    assert entry.details == {"kind": DECREE, "valid_until": "2027-01-05"}


def test_an_end_before_the_date_is_refused(cast: Cast, use: Evidence) -> None:
    said = {"title": "SK", "issued_on": "2026-05-02", "valid_until": "2026-05-01"}
    response = post(cast, "document_page", use.document_id, **said)
    assert response.status_code == 422
    assert "Masa berlaku berakhir sebelum tanggal dokumennya" in response.content.decode()
    assert Document.objects.get().valid_until is None
    said["valid_until"] = "2026-05-02"
    assert post(cast, "document_page", use.document_id, **said).status_code == 302


def test_a_kind_that_nobody_knows_is_refused(cast: Cast, use: Evidence) -> None:
    response = post(cast, "document_page", use.document_id, title="SK", kind="surat-sakti")
    assert response.status_code == 422
    with pytest.raises(Refused, match="tidak dikenal"):
        actions.describe_document(use.document, by=cast.officer, title="SK", kind="surat-sakti")
    assert Document.objects.get().kind == ""


def test_who_only_looks_changes_nothing(cast: Cast, use: Evidence) -> None:
    address = reverse("document_page", args=[use.document_id])
    page = cast.client(cast.verifier).get(address).content.decode()
    assert "Simpan keterangan" not in page
    assert reverse("replace_document", args=[use.document_id]) not in page
    assert (
        post(cast, "document_page", use.document_id, who="verifier", title="x").status_code == 403
    )
    assert Document.objects.get().title == "SK"


# ---- One document, many indicators ---------------------------------------------------------------


def test_a_document_is_put_under_many_indicators_without_a_new_upload(
    cast: Cast, assessment: Assessment, use: Evidence
) -> None:
    for code in (OTHER, "4.a.K"):
        sent = post(cast, "attach_evidence", assessment.pk, code, document=use.document_id)
        assert sent.status_code == 302
    assert list(use.document.uses.values_list("code", flat=True)) == [CODE, OTHER, "4.a.K"]
    assert StoredFile.objects.count() == 1


def test_a_document_is_not_put_twice_under_one_indicator(
    cast: Cast, assessment: Assessment, use: Evidence
) -> None:
    response = post(cast, "attach_evidence", assessment.pk, CODE, document=use.document_id)
    assert response.status_code == 409
    assert f"sudah terpasang pada {CODE}" in response.content.decode()
    assert use.document.uses.count() == 1


def test_a_document_of_another_unit_proves_nothing_here(
    cast: Cast, assessment: Assessment, use: Evidence
) -> None:
    theirs = cast.assessment(assessment.round, cast.dinsos)
    sent = post(cast, "attach_evidence", theirs.pk, CODE, who="neighbour", document=use.document_id)
    assert sent.status_code == 404, "for the neighbour it does not exist"
    with pytest.raises(Refused, match="milik unit lain"):
        actions.link_evidence(theirs, CODE, use.document, by=cast.neighbour)
    assert not theirs.evidence.exists()


def test_a_number_that_is_no_document_is_not_found(cast: Cast, assessment: Assessment) -> None:
    for chosen in ("0", "abc", "9" * 30):
        sent = post(cast, "attach_evidence", assessment.pk, CODE, document=chosen)
        assert sent.status_code == 404, chosen


def test_a_document_is_spread_over_all_that_its_kind_proves_in_two_instruments(
    cast: Cast, assessment: Assessment
) -> None:
    opened = cast.open_round("ombudsman/opini-2022", [cast.disdukcapil], name="Opini")
    opinion = cast.assessment(opened, cast.disdukcapil)
    document = attached(cast, assessment, kind=DECREE).document

    page = cast.client(cast.officer).get(reverse("document_page", args=[document.pk]))
    ticked = re.findall(r'name="place" value="([^"]+)" checked', page.content.decode())
    assert len(ticked) == 7
    assert post(cast, "spread_document", document.pk, place=ticked).status_code == 302

    expected = {
        (one.pk, code)
        for one, instrument in (
            (assessment, "pekppp/pedoman-2022"),
            (opinion, "ombudsman/opini-2022"),
        )
        for code in crosswalk().serves(DECREE, instrument)
    }
    assert len(expected) == 8
    assert set(document.uses.values_list("assessment", "code")) == expected
    assert Entry.objects.get(event="document.spread").details["indicators"] == 7
    page = cast.client(cast.officer).get(reverse("document_page", args=[document.pk]))
    assert 'name="place"' not in page.content.decode()

    again = post(cast, "spread_document", document.pk, place=ticked)
    assert again.status_code == 409
    assert "sudah terpasang pada semua indikator yang terbuka" in again.content.decode()
    assert document.uses.count() == 8


def test_it_is_spread_only_over_what_was_ticked(cast: Cast, assessment: Assessment) -> None:
    document = attached(cast, assessment, kind=DECREE).document
    page = cast.client(cast.officer).get(reverse("document_page", args=[document.pk]))
    ticked = re.findall(r'name="place" value="([^"]+)" checked', page.content.decode())
    assert post(cast, "spread_document", document.pk).status_code == 409, "nothing is ticked"
    assert document.uses.count() == 1
    wrong = [ticked[0], f"{assessment.pk}:9.x", "abc", f"{10**9}:{CODE}"]
    assert post(cast, "spread_document", document.pk, place=wrong).status_code == 302
    assert {f"{use.assessment_id}:{use.code}" for use in document.uses.all()} == {
        f"{assessment.pk}:{CODE}", ticked[0],
    }  # fmt: skip


def test_it_is_spread_only_over_what_its_own_unit_has_open(
    cast: Cast, assessment: Assessment
) -> None:
    opened = cast.open_round("ombudsman/opini-2022", [cast.disdukcapil], name="Opini")
    opinion = cast.assessment(opened, cast.disdukcapil)
    document = attached(cast, assessment, kind=DECREE).document
    actions.close_round(opened, by=cast.organiser)
    actions.spread_document(document, by=cast.officer)
    assert {use.assessment_id for use in document.uses.all()} == {assessment.pk}
    assert not opinion.evidence.exists()


def test_a_document_without_a_kind_is_not_spread(cast: Cast, use: Evidence) -> None:
    response = post(cast, "spread_document", use.document_id)
    assert response.status_code == 409
    assert "Pilih dahulu jenis dokumennya" in response.content.decode()


# ---- Withdrawing, and the vault's page -----------------------------------------------------------


def test_a_withdrawn_use_disappears_and_the_document_stays(
    cast: Cast, assessment: Assessment, use: Evidence
) -> None:
    other = actions.link_evidence(assessment, OTHER, use.document, by=cast.officer)
    assert post(cast, "withdraw_evidence", use.pk).status_code == 302
    client = cast.client(cast.officer)
    for name in ("evidence_page", "evidence_file"):
        assert client.get(reverse(name, args=[use.pk])).status_code == 404
    assert client.get(reverse("evidence_picture", args=[use.pk, 1])).status_code == 404
    assert client.get(reverse("evidence_page", args=[other.pk])).status_code == 200
    page = client.get(reverse("vault", args=[assessment.unit_id])).content.decode()
    assert reverse("document_page", args=[use.document_id]) in page
    page = client.get(reverse("document_page", args=[use.document_id])).content.decode()
    assert reverse("evidence_page", args=[use.pk]) not in page
    assert reverse("evidence_page", args=[other.pk]) in page


def test_what_was_sent_loses_no_evidence(cast: Cast, assessment: Assessment, use: Evidence) -> None:
    cast.answer_all(assessment, cast.officer)
    actions.submit_assessment(assessment, by=cast.officer)
    assert post(cast, "withdraw_evidence", use.pk).status_code == 409
    linked = post(cast, "attach_evidence", assessment.pk, OTHER, document=use.document_id)
    assert linked.status_code == 409
    assert list(assessment.evidence.current()) == [use]


def test_the_vault_holds_what_the_unit_handed_in_and_nothing_of_others(
    cast: Cast, assessment: Assessment, use: Evidence
) -> None:
    theirs = cast.assessment(assessment.round, cast.dinsos)
    actions.attach_evidence(theirs, CODE, upload("rahasia.pdf", pdf("rahasia")), by=cast.neighbour)
    response = cast.client(cast.officer).get(reverse("vault", args=[assessment.unit_id]))
    page = response.content.decode()
    assert use.document.title in page
    assert "rahasia" not in page
    assert f"PEKPPP Mandiri {timezone.localdate().year}: {CODE}" in page
