"""The charter, the public consultation, what stands elsewhere, and the frozen copy."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hijau.lib.refused import Refused
from hijau.services import actions
from hijau.services.actions.charters import FIRST_WORDS
from hijau.services.drift import drifts, normal
from hijau.services.models import (
    AttachmentKind,
    Charter,
    CharterStage,
    Consultation,
    Group,
    Posting,
    Stage,
    Where,
)
from tests.cast import Cast
from tests.promises import drafted, later, published, service
from tests.samples import pdf
from tests.test_papers import words_of

pytestmark = pytest.mark.django_db


# ---- The charter ---------------------------------------------------------------------------------


def charter(cast: Cast, **other: str) -> Charter:
    return actions.write_charter(cast.disdukcapil, by=cast.officer, **FIRST_WORDS | other)


def decreed(cast: Cast, one: Charter) -> Charter:
    actions.decree_charter(one, number="5/MP", decreed_on=later(0), decree=None, by=cast.officer)
    return one


@pytest.mark.parametrize("lacking", ["promise", "improvement", "sanction"])
def test_a_charter_without_one_of_its_three_promises_is_not_decreed(
    cast: Cast, lacking: str
) -> None:
    one = charter(cast, **{lacking: "Siap."})
    with pytest.raises(Refused, match="ketiga janjinya"):
        decreed(cast, one)
    one.refresh_from_db()
    assert one.stage == CharterStage.DRAFT


def test_a_new_charter_takes_the_place_of_the_old_when_it_is_published(cast: Cast) -> None:
    first = decreed(cast, charter(cast))
    actions.publish_charter(first, by=cast.officer)
    second = charter(cast, promise="Kami berjanji melayani lebih baik daripada tahun lalu.")
    assert Charter.objects.published().get() == first
    actions.publish_charter(decreed(cast, second), by=cast.officer)
    assert Charter.objects.published().get() == second


def test_a_charter_is_written_decreed_and_published_by_pages(cast: Cast) -> None:
    client, unit = cast.client(cast.officer), cast.disdukcapil.pk
    page = client.get(reverse("charter_page", args=[unit]))
    assert "sanggup menyelenggarakan pelayanan" in page.content.decode(), "words to begin with"
    client.post(reverse("charter_page", args=[unit]), FIRST_WORDS)
    one = Charter.objects.get()
    sent = {"number": "5/MP", "decreed_on": later(0).isoformat()}
    client.post(reverse("decree_charter", args=[one.pk]), sent)
    client.post(reverse("publish_charter", args=[one.pk]))
    one.refresh_from_db()
    assert one.stage == CharterStage.PUBLISHED
    assert "5/MP" in client.get(reverse("promise_page", args=[unit])).content.decode()


def test_of_two_who_write_the_later_one_is_told(cast: Cast) -> None:
    """The form carries a mark of what it showed: charter, forum, office and description."""
    client, other = cast.client(cast.officer), cast.client(cast.organiser)
    one, made = forum(cast), service(cast)
    unit = cast.disdukcapil.pk
    for name, pk, sent in (
        ("charter_page", unit, FIRST_WORDS),
        ("consultation_page", one.pk, {"minutes": "Dibahas.", "changes": "", "users": "3"}),
        ("promise_page", unit, {"address": "Jalan Satu"}),
        ("describe_service", made.pk, {"name": "KTP", "nature": "service", "about": "A"}),
    ):
        url = reverse(name, args=[pk])
        page = client.get(url).content.decode()
        marks = re.findall(r'name="seen"[^>]*value="([0-9a-f]{16})"', page)
        assert marks, name
        seen = {"seen": marks[0]}
        assert other.post(url, sent | seen).status_code == 302, name
        late = client.post(
            url,
            {key: f"{value} lain" for key, value in sent.items()}
            | seen
            | ({"users": "9"} if name == "consultation_page" else {"nature": "service"}),
        )
        assert late.status_code == 422, name
        assert "sudah diubah orang lain" in late.content.decode()


# ---- The public consultation ---------------------------------------------------------------------


def forum(cast: Cast, day: int = 0, **other: Any) -> Consultation:
    given: dict[str, Any] = {"invited": list(Group), "standards": [], "by": cast.officer}
    return actions.call_consultation(
        cast.disdukcapil,
        subject="Standar KTP-el",
        held_on=later(day),
        where="Aula",
        **given | other,
    )


def report(cast: Cast, one: Consultation, **other: Any) -> None:
    given: dict[str, Any] = {
        "attended": {Group.USERS: 9, Group.MEDIA: 1},
        "minutes": "Dibahas waktu penyelesaian.",
        "changes": "Waktu menjadi tiga hari.",
    }
    actions.report_consultation(one, by=cast.officer, **given | other)


def test_a_forum_puts_its_drafts_before_the_public(cast: Cast) -> None:
    standard = drafted(cast)
    forum(cast, standards=[standard])
    standard.refresh_from_db()
    assert standard.stage == Stage.CONSULTATION


def test_a_forum_speaks_of_the_units_own_standards(cast: Cast) -> None:
    other = drafted(cast, service(cast, cast.dinsos))
    with pytest.raises(Refused, match="milik unit ini"):
        forum(cast, standards=[other])


def test_a_forum_that_was_not_held_has_no_result(cast: Cast) -> None:
    with pytest.raises(Refused, match="belum berlangsung"):
        report(cast, forum(cast, day=2))


def test_a_forum_is_closed_only_when_it_says_who_came_and_what_changed(cast: Cast) -> None:
    one = forum(cast)
    with pytest.raises(Refused, match="jumlah yang hadir"):
        actions.close_consultation(one, by=cast.officer)
    report(cast, one, changes="")
    with pytest.raises(Refused, match="apa yang berubah"):
        actions.close_consultation(one, by=cast.officer)
    report(cast, one)
    actions.close_consultation(one, by=cast.officer)
    with pytest.raises(Refused, match="sudah ditutup"):
        report(cast, one)


def test_the_page_names_the_groups_of_which_nobody_came(cast: Cast) -> None:
    one = forum(cast)
    report(cast, one)
    text = cast.client(cast.officer).get(reverse("consultation_page", args=[one.pk]))
    told = unescape(text.content.decode())
    assert "Belum ada yang hadir dari:" in told
    assert "organisasi masyarakat sipil" in told


def test_the_papers_of_a_forum_are_the_units(cast: Cast) -> None:
    one = forum(cast)
    kept = actions.attach_to_consultation(
        one, AttachmentKind.ATTENDANCE, SimpleUploadedFile("hadir.pdf", pdf()), by=cast.officer
    )
    url = reverse("attachment_file", args=[kept.pk])
    assert cast.client(cast.officer).get(url).getvalue() == pdf()
    assert cast.client(cast.neighbour).get(url).status_code == 404


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("undangan-fkp", ("Media massa", "Penerbitan KTP-el", "Aula")),
        ("laporan-fkp", ("Waktu menjadi tiga hari.", "9", "Dra. Ningsih")),
    ],
)
def test_a_forum_prints_its_invitation_and_its_report(
    cast: Cast, kind: str, told: tuple[str, ...]
) -> None:
    one = forum(cast, standards=[drafted(cast)])
    report(cast, one)
    sent = {"number": "90", "date": later(0).isoformat(), "head-nama": "Dra. Ningsih"}
    url = reverse("print_consultation", args=[one.pk, kind])
    paper = cast.client(cast.officer).post(url, sent)
    assert paper["Content-Type"] == "application/pdf"
    words = words_of(paper.content)
    assert all(word in words for word in told)


# ---- What stands elsewhere -----------------------------------------------------------------------


def look(cast: Cast, **given: Any) -> Posting:
    standard = published(cast)
    return actions.record_posting(
        standard.service, Where.SIPPN, address="", seen_on=later(0), by=cast.officer, **given
    )


def found(posting: Posting) -> list[str]:
    standard = posting.service.standards.in_force().get()
    return [drift.code for drift in drifts(posting, standard)]


def test_what_was_confirmed_is_no_alarm_until_the_standard_changes(cast: Cast) -> None:
    posting = look(cast)
    assert found(posting) == []
    first = posting.service.standards.get()
    second = actions.draft_standard(
        posting.service,
        content=first.content | {"jangka-waktu": {"amount": 1, "unit": "days", "note": ""}},
        by=cast.officer,
    )
    assert found(posting) == [], "what is only drafted alarms nobody"
    actions.decree_standard(
        second, number="13/SP/2026", decreed_on=later(0), valid_from=later(0), valid_until=None,
        decree=None, by=cast.officer,
    )  # fmt: skip
    actions.publish_standard(second, by=cast.officer)
    assert found(posting) == ["jangka-waktu", "sk"]


PAGE = """Persyaratan: 1. Kartu Keluarga asli; 2. surat keterangan hilang dari kepolisian.
Waktu: 3 (3) hari kerja. Biaya: tidak dipungut biaya."""


def test_a_page_that_says_the_same_in_its_own_layout_is_no_alarm(cast: Cast) -> None:
    assert found(look(cast, text=PAGE)) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("3 (3) hari kerja", "14 hari kerja", "jangka-waktu"),
        ("tidak dipungut biaya", "Rp 50.000", "biaya"),
        ("Kartu Keluarga asli", "Fotokopi KK", "persyaratan"),
    ],
)
def test_a_page_that_says_something_else_is_an_alarm(
    cast: Cast, old: str, new: str, code: str
) -> None:
    assert found(look(cast, text=PAGE.replace(old, new))) == [code]


def test_thirteen_days_do_not_pass_for_three(cast: Cast) -> None:
    assert "jangka-waktu" in found(look(cast, text=PAGE.replace("3 (3)", "13")))


def test_a_sentence_is_compared_without_its_dots_and_capitals() -> None:
    assert normal("Rp 50.000,– per Lembar") == normal("rp 50000 per lembar")


def test_a_saved_page_is_read_without_its_scripts(cast: Cast) -> None:
    standard = published(cast)
    page = f"<html><script>var biaya='Rp 9.000'</script><p>{PAGE}</p></html>"
    sent = {
        "where": "website", "address": "", "seen_on": later(0).isoformat(), "how": "page",
        "file": SimpleUploadedFile("layanan.html", page.encode()),
    }  # fmt: skip
    url = reverse("record_posting", args=[standard.service_id])
    assert cast.client(cast.officer).post(url, sent).status_code == 302
    kept = Posting.objects.get()
    assert "9000" not in kept.seen["normal"]
    assert found(kept) == []


def test_a_file_is_read_by_its_words(cast: Cast) -> None:
    standard = published(cast)
    sent = {
        "where": "leaflet", "address": "", "seen_on": later(0).isoformat(), "how": "page",
        "file": SimpleUploadedFile("brosur.pdf", pdf("Waktu 3 hari kerja. Gratis.")),
    }  # fmt: skip
    cast.client(cast.officer).post(reverse("record_posting", args=[standard.service_id]), sent)
    assert found(Posting.objects.get()) == ["persyaratan"]


def test_nothing_to_compare_with_is_said_on_the_page(cast: Cast) -> None:
    standard = published(cast)
    sent = {"where": "sippn", "seen_on": later(0).isoformat(), "how": "page"}
    url = reverse("record_posting", args=[standard.service_id])
    answer = cast.client(cast.officer).post(url, sent)
    assert answer.status_code == 422
    assert "Tempelkan isi halamannya" in answer.content.decode()


def test_the_alarm_is_on_the_list_and_on_the_page(cast: Cast) -> None:
    posting = look(cast, text=PAGE.replace("3 (3)", "14"))
    client = cast.client(cast.officer)
    assert "berbeda di 1 tempat" in client.get(reverse("service_list")).content.decode()
    page = client.get(reverse("service_page", args=[posting.service_id])).content.decode()
    assert "tidak ditemukan di sana:" in page


# ---- The frozen copy -----------------------------------------------------------------------------


def test_a_frozen_copy_never_changes(cast: Cast) -> None:
    standard = published(cast)
    first = actions.freeze_snapshot(cast.city, by=cast.organiser)
    actions.end_service(standard.service, by=cast.officer)
    first.refresh_from_db()
    assert hashlib.sha256(first.text.encode()).hexdigest() == first.sha256
    told = json.loads(first.text)
    assert [row["kode"] for row in told["layanan"]] == ["penerbitan-ktp-el"]
    assert "sarana" not in told["layanan"][0], "only what must be published"
    with pytest.raises(Refused, match="Belum ada standar"):
        actions.freeze_snapshot(cast.city, by=cast.organiser)
