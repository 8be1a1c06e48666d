"""The facts of a unit (F-01) on its page, what they propose, and who of the unit answers what."""

from __future__ import annotations

import re
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import Answer, Assessment, Assignee
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.notices.models import Notice
from tests import cycle
from tests.cast import Cast

# yes/no and number · multi · choice · several kinds, with text · chain
STANDARDS, GROUPS, REVIEW, SURVEY, STEPS = "1.a.Ak", "2.a.P", "4.a.K", "6.a.B", "27.e.Ak"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cycle.drafted(cast, "PEKPPP", "pekppp/pedoman-2022")


@pytest.fixture
def colleague(cast: Cast) -> User:
    return give_role(
        "rekan@contoh.go.id", "Rekan Kerja", Role.OFFICER, cast.disdukcapil, by=None
    ).user


def state(client: Client, assessment: Assessment, code: str, htmx: bool = True, **more: Any) -> Any:
    """Send the form of the facts; `f2_unsur` is the field `fakta-2-unsur`."""
    data = {
        f"fakta-{name[1:].replace('_', '-')}" if name != "seen" else name: value
        for name, value in more.items()
    }
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse("save_facts", args=[assessment.pk, code]), data, headers=headers)


def text(response: Any) -> str:
    return unescape(response.content.decode())


def sheet(cast: Cast, user: User, assessment: Assessment) -> str:
    client = Client()  # a further machine: nothing is remembered in this browser
    client.force_login(user)
    return text(client.get(reverse("answer_page", args=[assessment.pk])))


def part(page: str, code: str) -> str:
    """The part of the page about one indicator."""
    return page.split(f'id="{code}"')[1].split("</article>")[0]


def ticked(page: str, name: str) -> list[str]:
    fields = [tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag]
    return [re.findall(r'value="([^"]*)"', tag)[0] for tag in fields if "checked" in tag]


def chosen(page: str, name: str) -> list[str]:
    selects = re.findall(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    found = [re.findall(r'value="([^"]*)" selected', one) for one in selects]
    return [one[0] if one else "" for one in found]


# ---- Every kind, through the form ----------------------------------------------------------------


def test_yes_no_and_a_number_are_kept_and_shown_again(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    given = {"f1_jumlah_layanan": "4", "f1_komponen": "ya", "f1_monev": "tidak"}
    assert state(client, assessment, STANDARDS, seen="0", **given).status_code == 200
    answer = assessment.answers.get()
    assert set(answer.facts) == {"1-jumlah-layanan", "1-komponen", "1-monev"}
    assert (answer.facts["1-komponen"], answer.facts["1-monev"]) == (True, False)
    assert (answer.value, answer.version, answer.by) == (None, 1, cast.officer)
    page = part(sheet(cast, cast.officer, assessment), STANDARDS)
    assert ticked(page, "fakta-1-komponen") == ["ya"]
    assert ticked(page, "fakta-1-monev") == ["tidak"]
    assert ticked(page, "fakta-1-penetapan") == [], "what was not answered is unknown, not no"
    assert re.search(r'name="fakta-1-jumlah-layanan"[^>]*value="4"', page)


def test_several_are_ticked_and_none_of_them_is_an_answer(
    cast: Cast, assessment: Assessment
) -> None:
    client = cast.client(cast.officer)
    state(client, assessment, GROUPS, f2_unsur=["ahli", "media"])
    page = part(sheet(cast, cast.officer, assessment), GROUPS)
    assert ticked(page, "fakta-2-unsur") == ["ahli", "media"]
    assert "Usulan tingkat: 2" in page.replace("<strong>", "").replace("</strong>", "")
    state(client, assessment, GROUPS, f2_unsur=["tidak-ada"])
    assert assessment.answers.get().facts == {"2-unsur": []}
    page = part(sheet(cast, cast.officer, assessment), GROUPS)
    assert ticked(page, "fakta-2-unsur") == ["tidak-ada"]
    state(client, assessment, GROUPS)
    assert assessment.answers.get().facts == {}, "nothing ticked is not yet answered"
    assert ticked(part(sheet(cast, cast.officer, assessment), GROUPS), "fakta-2-unsur") == []


def test_one_is_chosen_from_a_list(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    state(client, assessment, REVIEW, f4_frekuensi="dua-tahun-semua")
    assert assessment.answers.get().facts == {"4-frekuensi": "dua-tahun-semua"}
    page = part(sheet(cast, cast.officer, assessment), REVIEW)
    assert chosen(page, "fakta-4-frekuensi") == ["dua-tahun-semua"]


def test_a_chain_stops_at_its_first_no(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    state(client, assessment, STEPS, f27_tahap=["ya", "ya", "tidak", "", ""])
    assert assessment.answers.get().facts["27-tahap"] == [True, True, False]
    page = part(sheet(cast, cast.officer, assessment), STEPS)
    assert chosen(page, "fakta-27-tahap") == ["ya", "ya", "tidak", "", ""]


def test_words_of_ones_own_are_shown_as_words(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    state(client, assessment, SURVEY, f6_periode='Semester I <b>"2026"</b>', f6_kali="2")
    client = cast.client(cast.officer)
    raw = client.get(reverse("answer_page", args=[assessment.pk])).content.decode()
    assert "<b>" not in part(raw, SURVEY)
    assert "Semester I &lt;b&gt;&quot;2026&quot;&lt;/b&gt;" in raw


def test_without_javascript_it_leads_back_to_the_indicator(
    cast: Cast, assessment: Assessment
) -> None:
    client = cast.client(cast.officer)
    response = state(client, assessment, GROUPS, htmx=False, f2_unsur=["ahli"])
    url = reverse("answer_page", args=[assessment.pk])
    assert response["Location"] == f"{url}#{GROUPS}"
    assert f"Data {GROUPS} tersimpan" in text(client.get(url))


# ---- What they propose ---------------------------------------------------------------------------


def test_the_proposed_level_appears_with_its_reason(cast: Cast, assessment: Assessment) -> None:
    page = text(state(cast.client(cast.officer), assessment, GROUPS, f2_unsur=["ahli", "media"]))
    assert f'id="usulan-{GROUPS}"' in page
    assert re.search(r"Usulan tingkat:\s*2", re.sub("<[^>]*>", "", page))
    assert "unsur masyarakat dilibatkan" in page
    assert "berbeda dari jawaban" not in page, "nothing was claimed yet"
    answer = assessment.answers.get()
    assert not answer.is_given, "a proposal is never an answer"
    assert cycle.fresh(cast, assessment).answered == 0


def test_too_few_facts_leave_what_is_still_possible(cast: Cast, assessment: Assessment) -> None:
    page = text(state(cast.client(cast.officer), assessment, STANDARDS, f1_komponen="ya"))
    assert "Tingkat yang masih mungkin" in page
    assert "Usulan tingkat" not in page


def test_facts_that_contradict_each_other_are_told(cast: Cast, assessment: Assessment) -> None:
    page = text(
        state(
            cast.client(cast.officer), assessment, STANDARDS,
            f1_jumlah_layanan="4", f1_jumlah_sp="0", f1_komponen="ya", f1_pelibatan="ya",
            f1_penetapan="ya", f1_monev="ya",
        )
    )  # fmt: skip
    assert "Jumlah SP diisi 0, padahal" in page
    assert "Usulan tingkat" not in page
    assert "1-jumlah-sp" in assessment.answers.get().facts, "kept all the same: a person decides"


def test_an_answer_that_differs_from_the_proposal_is_marked(
    cast: Cast, assessment: Assessment
) -> None:
    state(cast.client(cast.officer), assessment, GROUPS, f2_unsur=["ahli", "media"])
    actions.save_answer(assessment, GROUPS, Fraction(4), by=cast.officer)
    assert "berbeda dari jawaban" in part(sheet(cast, cast.officer, assessment), GROUPS)
    actions.save_answer(assessment, GROUPS, Fraction(2), by=cast.officer)
    assert "berbeda dari jawaban" not in part(sheet(cast, cast.officer, assessment), GROUPS)


def test_facts_stay_when_the_answer_changes_and_the_answer_when_the_facts_do(
    cast: Cast, assessment: Assessment
) -> None:
    client = cast.client(cast.officer)
    state(client, assessment, GROUPS, f2_unsur=["ahli"])
    url = reverse("save_answer", args=[assessment.pk, GROUPS])
    client.post(url, {"value": "3", "note": "Ada daftar hadir.", "seen": "1"})
    answer = assessment.answers.get()
    assert (answer.value, answer.facts) == (3, {"2-unsur": ["ahli"]})
    figures = cycle.fresh(cast, assessment).low
    state(client, assessment, GROUPS, f2_unsur=["ahli", "media", "oms"], seen="2")
    answer = assessment.answers.get()
    assert (answer.value, answer.note, answer.version) == (3, "Ada daftar hadir.", 3)
    assert sorted(answer.facts["2-unsur"]) == ["ahli", "media", "oms"]
    assert cycle.fresh(cast, assessment).low == figures, "facts carry no score of their own"


# ---- What cannot be taken ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "given", "sentence"),
    [
        (STANDARDS, {"f1_jumlah_layanan": "empat"}, "Berapa jenis layanan di unit ini?"),
        (STANDARDS, {"f1_jumlah_layanan": "-3"}, "Berapa jenis layanan di unit ini?"),
        (STANDARDS, {"f1_komponen": "mungkin"}, "Apakah SP memuat 14 komponen?"),
        (GROUPS, {"f2_unsur": ["ahli", "dukun"]}, "Unsur mana yang dilibatkan?"),
        (GROUPS, {"f2_unsur": ["ahli", "tidak-ada"]}, "Unsur mana yang dilibatkan?"),
        (REVIEW, {"f4_frekuensi": "kadang"}, "Seberapa sering SP ditinjau ulang?"),
        (STEPS, {"f27_tahap": ["ya", "", "ya", "", ""]}, "Sampai tahap mana?"),
        (STEPS, {"f27_tahap": ["tidak", "ya", "", "", ""]}, "Sampai tahap mana?"),
        ("tidak-ada", {"fx": "1"}, "tidak ada pada instrumen ini"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_kept_is_lost(
    cast: Cast, assessment: Assessment, code: str, given: dict[str, Any], sentence: str
) -> None:
    state(cast.client(cast.officer), assessment, STANDARDS, f1_monev="ya")
    response = state(cast.client(cast.officer), assessment, code, **given)
    assert response.status_code == 409
    assert sentence in text(response)
    answer = assessment.answers.get()
    assert (answer.code, answer.facts, answer.version) == (STANDARDS, {"1-monev": True}, 1)


def test_facts_of_what_was_sent_stay_as_they_were(cast: Cast, assessment: Assessment) -> None:
    state(cast.client(cast.officer), assessment, GROUPS, f2_unsur=["ahli"])
    cast.answer_all(assessment, cast.officer)
    actions.submit_assessment(assessment, by=cast.officer)
    response = state(cast.client(cast.officer), assessment, GROUPS, f2_unsur=["media"])
    assert response.status_code == 409
    assert "sudah dikirim" in text(response)
    assert assessment.answers.get(code=GROUPS).facts == {"2-unsur": ["ahli"]}


def test_the_second_of_two_officers_on_the_same_facts_is_told(
    cast: Cast, assessment: Assessment, colleague: User
) -> None:
    state(cast.client(cast.officer), assessment, GROUPS, f2_unsur=["ahli"], seen="0")
    response = state(cast.client(colleague), assessment, GROUPS, f2_unsur=["media"], seen="0")
    assert response.status_code == 409
    assert f"Data {GROUPS} sudah diisi di tempat lain. Muat ulang" in text(response)
    assert assessment.answers.get().facts == {"2-unsur": ["ahli"]}
    same = state(cast.client(colleague), assessment, GROUPS, f2_unsur=["ahli"], seen="0")
    assert same.status_code == 200, "who says the same disturbs nobody"


def test_a_half_finished_unit_is_taken_up_on_another_machine(
    cast: Cast, assessment: Assessment, colleague: User
) -> None:
    client = cast.client(cast.officer)
    state(client, assessment, GROUPS, f2_unsur=["ahli"])
    client.post(
        reverse("save_answer", args=[assessment.pk, GROUPS]),
        {"value": "1", "seen": "1"},
    )
    state(client, assessment, STEPS, f27_tahap=["ya", "", "", "", ""])
    client.logout()
    for user in (cast.officer, colleague):
        page = sheet(cast, user, assessment)
        assert ticked(part(page, GROUPS), "fakta-2-unsur") == ["ahli"]
        assert ticked(part(page, GROUPS), "value") == ["1"]
        assert chosen(part(page, STEPS), "fakta-27-tahap")[:2] == ["ya", ""]
        assert re.search(r'name="seen" value="2"', part(page, GROUPS))


# ---- Who answers what ----------------------------------------------------------------------------


def share(cast: Cast, assessment: Assessment, **people: str | int) -> Any:
    """Send the form that shares out; `u2_a_P` is the indicator 2.a.P."""
    data = {f"untuk-{name[1:].replace('_', '.')}": pk for name, pk in people.items()}
    url = reverse("assign_indicators", args=[assessment.pk])
    return cast.client(cast.officer).post(url, data)


def test_only_the_units_own_officers_are_offered(
    cast: Cast, assessment: Assessment, colleague: User
) -> None:
    url = reverse("assign_indicators", args=[assessment.pk])
    page = text(cast.client(cast.officer).get(url))
    assert set(re.findall(r'<option value="(\d+)"', page)) == {
        str(cast.officer.pk), str(colleague.pk),
    }  # fmt: skip
    assert cast.neighbour.name not in page


def test_an_indicator_is_given_to_a_colleague_who_is_told_once(
    cast: Cast, assessment: Assessment, colleague: User
) -> None:
    response = share(cast, assessment, u2_a_P=colleague.pk, u4_a_K=colleague.pk)
    assert response["Location"] == reverse("answer_page", args=[assessment.pk])
    assert {(one.code, one.person) for one in Assignee.objects.all()} == {
        (GROUPS, colleague), (REVIEW, colleague),
    }  # fmt: skip
    notice = Notice.objects.get(person=colleague)
    assert "Anda diminta mengisi penilaian Disdukcapil" in notice.subject
    assert notice.url == reverse("answer_page", args=[assessment.pk])
    assert "Diisi oleh Rekan Kerja" in re.sub(
        r"\s+", " ", re.sub("<[^>]*>", "", part(sheet(cast, cast.officer, assessment), GROUPS))
    )
    share(cast, assessment, u2_a_P=colleague.pk, u4_a_K=colleague.pk)
    assert Notice.objects.filter(person=colleague).count() == 1, "nothing new was given"
    share(cast, assessment, u6_a_B=colleague.pk)
    assert Notice.objects.filter(person=colleague).count() == 2


def test_who_takes_it_on_is_not_told_by_the_platform(cast: Cast, assessment: Assessment) -> None:
    share(cast, assessment, u2_a_P=cast.officer.pk)
    assert Assignee.objects.get().person == cast.officer
    assert not Notice.objects.filter(person=cast.officer).exists()


def test_it_is_taken_away_again(cast: Cast, assessment: Assessment, colleague: User) -> None:
    share(cast, assessment, u2_a_P=colleague.pk, u4_a_K=colleague.pk)
    share(cast, assessment, u2_a_P="")
    assert Assignee.objects.get().code == REVIEW, "only what the form named"
    entry = Entry.objects.filter(event="indicator.assigned").last()
    assert entry is not None
    assert entry.details["people"] == {GROUPS: None}


def test_nobody_from_outside_is_given_anything(
    cast: Cast, assessment: Assessment, colleague: User
) -> None:
    for outsider in (cast.neighbour, cast.stranger, cast.organiser, cast.nobody):
        with pytest.raises(Refused, match="bukan petugas unit ini"):
            actions.assign_indicators(
                assessment, {REVIEW: colleague, GROUPS: outsider}, by=cast.officer
            )
        share(cast, assessment, u2_a_P=outsider.pk)
        assert not Assignee.objects.exists()
        assert not Notice.objects.filter(person=outsider).exists()


def test_whoever_is_named_others_may_still_answer(
    cast: Cast, assessment: Assessment, colleague: User
) -> None:
    share(cast, assessment, u2_a_P=colleague.pk)
    state(cast.client(cast.officer), assessment, GROUPS, f2_unsur=["ahli"])
    assert Answer.objects.get().by == cast.officer
