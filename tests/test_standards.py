"""Service standards: written, decreed, published, reviewed, and never half of any of it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hijau.assessments.actions.reminders import remind
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.notices.models import Notice
from hijau.services import actions
from hijau.services.completeness import completeness
from hijau.services.components import LISTS, TITLES, Components, Malformed, rupiah
from hijau.services.models import Nature, Service, Stage, Standard
from tests.cast import Cast
from tests.promises import WHOLE, decree, drafted, later, published, service

pytestmark = pytest.mark.django_db


def read(cast: Cast, who: str, name: str, *args: Any) -> str:
    answer = cast.client(cast.people[who]).get(reverse(name, args=args))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


# ---- The fourteen components ---------------------------------------------------------------------


def test_the_components_are_those_of_the_checklist(cast: Cast) -> None:
    rule = cast.version("standar-pelayanan/uu-25-2009").rule
    assert [question.code for question in rule.questions] == list(TITLES)


def test_what_is_read_is_what_was_kept() -> None:
    components = Components.read(WHOLE)
    assert components.missing == ()
    assert Components.read(components.data()) == components


words = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=40)
spans = st.none() | st.fixed_dictionaries(
    {
        "amount": st.integers(1, 999),
        "unit": st.sampled_from(["minutes", "hours", "workdays", "days"]),
    }
)
contents = st.fixed_dictionaries(
    {},
    optional={
        **{code: st.lists(words, max_size=4) for code in LISTS},
        "jangka-waktu": spans,
        "produk": words,
        "biaya": st.fixed_dictionaries({"free": st.sampled_from([True, None])}),
        "jumlah-pelaksana": st.fixed_dictionaries({"number": st.none() | st.integers(0, 99)}),
    },
)


@given(contents)
def test_reading_twice_changes_nothing_and_what_is_missing_has_no_lines(content: Any) -> None:
    components = Components.read(content)
    assert Components.read(components.data()) == components
    for code in TITLES:
        assert bool(components.lines(code)) == components.has(code)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"persyaratan": 7}, "Persyaratan: seharusnya daftar kalimat"),
        ({"persyaratan": ["x" * 501]}, "500 karakter"),
        ({"jangka-waktu": {"amount": 0, "unit": "days"}}, "bukan bilangan bulat mulai 1"),
        ({"jangka-waktu": {"amount": 2, "unit": "bulan"}}, "pilih satuannya"),
        ({"biaya": {"free": True, "rows": [{"item": "A", "amount": 1}]}}, "Pilih salah satu"),
        ({"biaya": {"rows": [{"item": "", "amount": 1}]}}, "nama dan jumlah rupiahnya"),
        ({"prosedur": [{"who": "A"}]}, "ada langkah tanpa uraian"),
        ({"prosedur": "satu"}, "daftar baris"),
        ({"lainnya": []}, "“lainnya” tidak dikenal"),
        ({"jumlah-pelaksana": {"number": True}}, "bukan bilangan bulat"),
    ],
)
def test_what_is_no_standard_is_refused_with_its_component(content: Any, told: str) -> None:
    with pytest.raises(Malformed, match=re.escape(told)):
        Components.read(content)


def test_completeness_is_the_figure_of_the_checklist(cast: Cast) -> None:
    whole = completeness(Components.read(WHOLE))
    assert (whole.value, whole.estimate) == (100, whole.estimate)
    lacking = completeness(Components.read(WHOLE | {"sarana": []}))
    assert lacking.exact is not None
    assert lacking.exact * 14 == 1300


def test_money_is_written_as_people_write_it() -> None:
    assert rupiah(50_000) == "Rp50.000"


# ---- A version -----------------------------------------------------------------------------------


def test_a_standard_goes_from_draft_to_the_public(cast: Cast) -> None:
    standard = drafted(cast)
    actions.open_consultation(standard, by=cast.officer)
    decree(standard, cast)
    actions.publish_standard(standard, by=cast.officer)
    assert (standard.stage, standard.review_by) == (Stage.PUBLISHED, later(365))
    events = list(
        Entry.objects.filter(event__startswith="standard.").values_list("event", flat=True)
    )
    assert events == [
        "standard.drafted", "standard.consulted", "standard.decreed", "standard.published",
    ]  # fmt: skip


def test_a_new_version_takes_the_place_of_the_old_only_when_it_is_published(cast: Cast) -> None:
    first = published(cast)
    second = actions.draft_standard(first.service, by=cast.officer)
    first.refresh_from_db()
    assert (first.stage, second.content) == (Stage.REVIEW, first.content)
    decree(second, cast, number="13/SP/2026")
    assert Standard.objects.published().get() == first
    actions.publish_standard(second, by=cast.officer)
    first.refresh_from_db()
    assert (first.stage, first.superseded_on) == (Stage.SUPERSEDED, later(0))
    assert Standard.objects.published().get() == second


def test_a_dropped_draft_leaves_the_one_in_force(cast: Cast) -> None:
    first = published(cast)
    actions.drop_draft(actions.draft_standard(first.service, by=cast.officer), by=cast.officer)
    first.refresh_from_db()
    assert first.stage == Stage.PUBLISHED


def test_what_was_dropped_is_no_beginning(cast: Cast) -> None:
    first = published(cast)
    dropped = actions.draft_standard(first.service, by=cast.officer)
    changed = WHOLE | {"produk": "Kartu yang ditolak"}
    actions.write_standard(dropped, changed, by=cast.officer, revision=0)
    actions.drop_draft(dropped, by=cast.officer)
    again = actions.draft_standard(first.service, by=cast.officer)
    assert (again.number, again.content) == (3, first.content)


def test_a_decree_that_was_noted_wrongly_is_taken_back(cast: Cast) -> None:
    standard = decree(drafted(cast), cast, valid_from=later(9999))
    actions.reopen_standard(standard, by=cast.officer)
    standard.refresh_from_db()
    assert (standard.stage, standard.decree_number) == (Stage.DRAFT, "")
    actions.publish_standard(decree(standard, cast), by=cast.officer)
    with pytest.raises(Refused, match="belum diterbitkan"):
        actions.reopen_standard(standard, by=cast.officer)


def test_nobody_decrees_a_text_that_changed_under_their_eyes(cast: Cast) -> None:
    standard = drafted(cast)
    actions.write_standard(standard, WHOLE, by=cast.organiser, revision=0)
    with pytest.raises(Refused, match="sudah diubah orang lain"):
        decree(standard, cast, revision=0)


def test_a_form_whose_draft_is_gone_is_refused_in_a_sentence(cast: Cast) -> None:
    standard = drafted(cast)
    actions.drop_draft(standard, by=cast.officer)
    today = later(0).isoformat()
    client, sent = cast.client(cast.officer), {"number": "7", "decreed_on": today}
    for form in (sent, sent | {"valid_from": today, "revision": 0}):
        answer = client.post(reverse("decree_standard", args=[standard.pk]), form)
        assert answer.status_code == 409
    answer = client.post(reverse("confirm_review", args=[standard.pk]), {"note": ""})
    assert answer.status_code == 409


def test_there_is_one_draft_at_a_time(cast: Cast) -> None:
    standard = drafted(cast)
    with pytest.raises(Refused, match="Masih ada rancangan"):
        actions.draft_standard(standard.service, by=cast.officer)


def test_what_must_be_published_must_be_there(cast: Cast) -> None:
    standard = drafted(cast, biaya={}, produk="")
    with pytest.raises(Refused, match="belum terisi: biaya/tarif, produk pelayanan"):
        decree(standard, cast)
    standard.refresh_from_db()
    assert standard.stage == Stage.DRAFT


def test_a_component_of_the_making_may_be_missing(cast: Cast) -> None:
    assert published(cast, sarana=[]).components.missing == ("sarana",)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"decreed_on": later(1)}, "Tanggal SK belum tiba"),
        ({"valid_until": later(-1)}, "sudah lewat"),
        ({"valid_from": later(9), "valid_until": later(3)}, "berakhir sebelum dimulai"),
    ],
)
def test_the_days_of_a_decree_make_sense(cast: Cast, other: Any, told: str) -> None:
    with pytest.raises(Refused, match=told):
        decree(drafted(cast), cast, **other)


def test_what_is_decreed_changes_no_more(cast: Cast) -> None:
    standard = decree(drafted(cast), cast)
    for verb in (
        lambda: actions.write_standard(standard, WHOLE, by=cast.officer, revision=0),
        lambda: actions.drop_draft(standard, by=cast.officer),
        lambda: decree(standard, cast),
        lambda: actions.open_consultation(standard, by=cast.officer),
    ):
        with pytest.raises(Refused):
            verb()


def test_it_is_not_published_before_it_holds(cast: Cast) -> None:
    standard = decree(drafted(cast), cast, valid_from=later(3))
    with pytest.raises(Refused, match="berlaku mulai"):
        actions.publish_standard(standard, by=cast.officer)


def test_of_two_writers_the_later_one_is_told(cast: Cast) -> None:
    standard = drafted(cast)
    actions.write_standard(standard, WHOLE | {"produk": "Kartu"}, by=cast.officer, revision=0)
    with pytest.raises(Refused, match="sudah diubah orang lain"):
        actions.write_standard(standard, WHOLE, by=cast.organiser, revision=0)
    standard.refresh_from_db()
    assert standard.content["produk"] == "Kartu"


def test_a_review_is_due_after_a_year_and_moves_by_a_year(cast: Cast) -> None:
    standard = published(cast)
    Standard.objects.filter(pk=standard.pk).update(review_by=later(-1))
    assert "Peninjauan tahunan jatuh tempo" in read(cast, "officer", "service_list")
    with pytest.raises(Refused, match="satu kalimat"):
        actions.confirm_review(standard, note="ok", by=cast.officer)
    actions.confirm_review(standard, note="Waktu dan biaya masih sesuai.", by=cast.officer)
    standard.refresh_from_db()
    assert standard.review_by == later(365)
    assert "Peninjauan tahunan jatuh tempo" not in read(cast, "officer", "service_list")


def test_the_officers_of_the_unit_are_told_once_a_week(cast: Cast) -> None:
    standard = published(cast)
    assert remind.call() == 0
    Standard.objects.filter(pk=standard.pk).update(review_by=later(-1))
    assert remind.call() == 1
    assert remind.call() == 0
    told = Notice.objects.get(person=cast.officer)
    assert "Penerbitan KTP-el" in told.text


# ---- A service -----------------------------------------------------------------------------------


def test_a_service_has_an_address_of_its_own(cast: Cast) -> None:
    one, other = service(cast), service(cast, cast.dinsos)
    assert (one.code, other.code) == ("penerbitan-ktp-el", "penerbitan-ktp-el-2")


def test_a_unit_has_a_service_once(cast: Cast) -> None:
    service(cast)
    with pytest.raises(Refused, match="sudah terdaftar"):
        service(cast, name="penerbitan ktp-el")


def test_an_ended_service_leaves_the_list_and_takes_its_draft_along(cast: Cast) -> None:
    standard = drafted(cast)
    actions.end_service(standard.service, by=cast.officer)
    standard.refresh_from_db()
    assert standard.stage == Stage.SUPERSEDED
    assert "Penerbitan KTP-el" not in read(cast, "officer", "service_list")
    with pytest.raises(Refused, match="dihentikan"):
        actions.draft_standard(standard.service, by=cast.officer)


# ---- Pages ---------------------------------------------------------------------------------------


def fields(cast: Cast, standard: Standard) -> dict[str, str]:
    """What a browser would send from the form as it stands."""
    page = read(cast, "officer", "write_standard", standard.pk)
    form = page[page.index('class="standard-form"') :]
    sent = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>', form))
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            sent[name[1]] = value[1] if value else ""
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.S
    ):
        sent[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def test_the_form_sends_back_what_it_showed(cast: Cast) -> None:
    standard = drafted(cast)
    sent = fields(cast, standard)
    url = reverse("write_standard", args=[standard.pk])
    assert cast.client(cast.officer).post(url, sent).status_code == 302
    standard.refresh_from_db()
    assert standard.components == Components.read(WHOLE)
    assert standard.revision == 1


def test_a_step_is_added_in_a_spare_row_without_a_script(cast: Cast) -> None:
    standard = drafted(cast)
    sent = fields(cast, standard) | {"steps-2-step": "Pemohon mengambil kartu", "more": "1"}
    url = reverse("write_standard", args=[standard.pk])
    assert cast.client(cast.officer).post(url, sent)["Location"] == url
    standard.refresh_from_db()
    assert [one.step for one in standard.components.procedure][-1] == "Pemohon mengambil kartu"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": "2", "unit": ""}, "Pilih satuannya"),
        ({"steps-3-who": "Operator"}, "Tulis langkahnya"),
        ({"fees-0-item": "Kartu"}, "Isi nama tarif dan jumlah rupiahnya"),
        ({"fees-0-item": "Kartu", "fees-0-amount": "5000"}, "Pilih salah satu"),
        ({"channels-1-address": "Loket 1"}, "Tulis nama salurannya"),
        ({"revision": "9"}, "sudah diubah orang lain"),
    ],
)
def test_a_form_with_a_fault_comes_back_filled_in(cast: Cast, wrong: Any, told: str) -> None:
    standard = drafted(cast)
    sent = fields(cast, standard) | {"produk": "", "product": "Kartu baru"} | wrong
    answer = cast.client(cast.officer).post(reverse("write_standard", args=[standard.pk]), sent)
    text = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert told in text
    assert "Kartu baru" in text
    standard.refresh_from_db()
    assert standard.content["produk"] == "KTP-el"


def test_from_service_to_publication_by_pages_alone(cast: Cast) -> None:
    client = cast.client(cast.officer)
    client.post(
        reverse("add_service"),
        {"unit": cast.disdukcapil.pk, "name": "Akta kelahiran", "nature": "administration"},
    )
    made = Service.objects.get()
    client.post(reverse("draft_standard", args=[made.pk]))
    standard = made.standards.get()
    actions.write_standard(standard, WHOLE, by=cast.officer, revision=0)
    standard.refresh_from_db()
    today = later(0).isoformat()
    sent = {
        "number": "7/SP",
        "decreed_on": today,
        "valid_from": today,
        "revision": standard.revision,
    }
    assert client.post(reverse("decree_standard", args=[standard.pk]), sent).status_code == 302
    assert client.post(reverse("publish_standard", args=[standard.pk])).status_code == 302
    page = read(cast, "officer", "service_page", made.pk)
    assert "3 hari kerja, sejak berkas lengkap" in page
    assert "Kurang 1 orang menurut beban kerja" in page
    assert "belum ada ukuran" in page


def test_a_refused_decree_says_why_on_the_page(cast: Cast) -> None:
    standard = drafted(cast, produk="")
    today = later(0).isoformat()
    sent = {
        "number": "7/SP",
        "decreed_on": today,
        "valid_from": today,
        "revision": standard.revision,
    }
    answer = cast.client(cast.officer).post(reverse("decree_standard", args=[standard.pk]), sent)
    assert answer.status_code == 422
    assert "produk pelayanan" in answer.content.decode()


def test_the_list_costs_the_same_for_few_and_for_many(cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            read(cast, "organiser", "service_list")
        return len(seen)

    published(cast)
    read(cast, "organiser", "service_list")
    few = cost()
    for number in range(12):
        published(cast, actions.add_service(
            cast.dinsos, f"Layanan {number}", Nature.SERVICE, by=cast.officer
        ))  # fmt: skip
    assert cost() == few


def test_the_neighbour_sees_none_of_it(cast: Cast) -> None:
    standard = published(cast)
    client = cast.client(cast.neighbour)
    assert "KTP-el" not in client.get(reverse("service_list")).content.decode()
    for name, pk in (
        ("service_page", standard.service_id), ("standard_page", standard.pk),
        ("write_standard", standard.pk), ("promise_page", cast.disdukcapil.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[pk])).status_code == 404, name
