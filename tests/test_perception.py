"""Users' perception (F-03): asked by link, on paper and by file; each counted once, exactly."""

from __future__ import annotations

import io
import json
import re
import uuid
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
import xlsxwriter
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Perception, Response, Round, Status, Via
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.portal.views import MOST_PER_HOUR
from tests import cycle
from tests.cast import Cast

PEKPPP = "pekppp/pedoman-2022"
ITEM, OTHER = "f03a-1", "f03a-2"


@pytest.fixture
def survey(cast: Cast) -> Perception:
    cache.clear()
    return survey_of(cycle.drafted(cast, "PEKPPP", PEKPPP))


def survey_of(assessment: Assessment) -> Perception:
    """The survey, as a new request finds it."""
    return Perception.objects.select_related(
        "assessment__round__version", "assessment__unit__government"
    ).get(assessment=assessment.pk)


def link(survey: Perception) -> str:
    return reverse("perception_form", args=[survey.token])


def filled(**answers: int) -> dict[str, str]:
    """What a phone sends: the form's key, and what was ticked; `f03a_1` is `f03a-1`."""
    given = {code.replace("_", "-"): str(value) for code, value in answers.items()}
    return {"key": str(uuid.uuid4())} | given


def hear(survey: Perception, *values: int) -> None:
    """So many respondents, each with one value for every item."""
    for value in values:
        fresh = survey_of(survey.assessment)
        answers = {q.code: value for q in fresh.assessment.asked_of_users}
        actions.give_perception(fresh, answers, key=uuid.uuid4(), via=Via.LINK)


def said(response: Any) -> str:
    return unescape(response.content.decode())


# ---- By link, without a login --------------------------------------------------------------------


def test_a_citizen_answers_on_a_phone_without_a_login_and_without_a_script(
    survey: Perception,
) -> None:
    phone = Client()
    page = said(phone.get(link(survey)))
    assert "width=device-width" in page
    assert page.count('type="radio"') == 14 * 6, "fourteen items, each from 0 to 5"
    assert "Persyaratan mudah dipenuhi" in page
    assert "required" not in page.split("<form")[1], "an item that was not met is left out"
    (key,) = re.findall(r'name="key" value="([0-9a-f-]{36})"', page)

    response = phone.post(link(survey), {"key": key, ITEM: "4", OTHER: "0"})
    assert response["Location"] == reverse("perception_thanks", args=[survey.token])
    assert phone.get(response["Location"]).status_code == 200
    kept = Response.objects.get()
    assert (str(kept.key), kept.via, kept.by, kept.answers) == (
        key, Via.LINK, None, {ITEM: 4, OTHER: 0},
    )  # fmt: skip
    fresh = survey_of(survey.assessment)
    assert fresh.respondents == 1
    assert dict(fresh.means) == {ITEM: Fraction(4), OTHER: Fraction(0)}


def test_the_same_form_that_arrives_twice_counts_once(survey: Perception) -> None:
    form = filled(f03a_1=3)
    for _ in range(2):
        assert Client().post(link(survey), form).status_code == 302
    assert Response.objects.count() == survey_of(survey.assessment).respondents == 1
    again = [entry.details.get("again") for entry in Entry.objects.filter(event="perception.given")]
    assert again == [None, True]


def test_an_unknown_link_leads_nowhere(survey: Perception) -> None:
    for token in ("0" * 32, "x", survey.token[:-1], survey.token.upper() + "?"):
        assert Client().get(reverse("perception_form", args=[token])).status_code == 404
        assert Client().post(reverse("perception_form", args=[token]), filled()).status_code == 404
    assert not Response.objects.exists()


def test_a_closed_round_asks_nobody(cast: Cast, survey: Perception) -> None:
    actions.close_round(survey.assessment.round, by=cast.organiser)
    for name in ("perception_form", "perception_thanks"):
        assert Client().get(reverse(name, args=[survey.token])).status_code == 404
    assert Client().post(link(survey), filled(f03a_1=3)).status_code == 404
    with pytest.raises(Refused, match="sudah ditetapkan"):
        actions.give_perception(survey, {ITEM: 3}, key=uuid.uuid4(), via=Via.LINK)


def test_a_figure_that_is_final_asks_nobody(survey: Perception) -> None:
    Assessment.objects.filter(pk=survey.assessment_id).update(
        status=Status.FINAL, submitted_at=timezone.now(), proof={}
    )
    assert Client().get(link(survey)).status_code == 404
    assert Client().post(link(survey), filled(f03a_1=3)).status_code == 404
    with pytest.raises(Refused, match="sudah ditetapkan"):
        actions.give_perception(survey, {ITEM: 3}, key=uuid.uuid4(), via=Via.LINK)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "sekurang-kurangnya satu pertanyaan"),
        ({ITEM: "6"}, "tidak terbaca"),
        ({ITEM: "-1"}, "tidak terbaca"),
        ({ITEM: "4,5"}, "tidak terbaca"),
        ({ITEM: "baik"}, "tidak terbaca"),
        ({ITEM: "4", "key": "bukan-kunci"}, "tidak terbaca"),
        ({ITEM: "4", "key": ""}, "tidak terbaca"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence(
    survey: Perception, form: dict[str, str], sentence: str
) -> None:
    response = Client().post(link(survey), filled() | form)
    assert response.status_code == 409
    assert sentence in said(response)
    assert not Response.objects.exists()
    assert survey_of(survey.assessment).respondents == 0


def test_what_was_ticked_is_still_there_after_a_refusal(survey: Perception) -> None:
    page = said(Client().post(link(survey), filled(f03a_1=4) | {OTHER: "9"}))
    (ticked,) = re.findall(r"<input[^>]*checked[^>]*>", page)
    assert f'name="{ITEM}"' in ticked
    assert 'value="4"' in ticked


@pytest.mark.parametrize(("code", "value"), [(ITEM, 6), (ITEM, -1), ("1.a.Ak", 5), ("x", 1)])
def test_no_caller_gets_past_the_scale(survey: Perception, code: str, value: int) -> None:
    with pytest.raises(Refused, match=r"harus dari 0 sampai 5|tidak ada pada survei ini"):
        actions.give_perception(survey, {code: value}, key=uuid.uuid4(), via=Via.LINK)
    assert not Response.objects.exists()


def test_a_flood_is_stopped_and_other_units_are_still_heard(cast: Cast, survey: Perception) -> None:
    other = survey_of(cast.assessment(cast.open_round(name="Lain"), cast.dinsos))
    for _ in range(MOST_PER_HOUR):
        assert Client().post(link(survey), filled(f03a_1=5)).status_code == 302
    stopped = Client().post(link(survey), filled(f03a_1=5))
    assert stopped.status_code == 409
    assert "Terlalu banyak jawaban dalam satu jam" in said(stopped)
    assert Response.objects.count() == MOST_PER_HOUR
    assert Client().post(link(other), filled(f03a_1=5)).status_code == 302
    actions.give_perception(survey, {ITEM: 1}, key=uuid.uuid4(), via=Via.PAPER, by=cast.officer)


def test_what_is_kept_of_a_respondent_holds_nothing_personal(survey: Perception) -> None:
    sent = filled(f03a_1=4) | {"name": "Siti Rahasia", "email": "siti@contoh.id"}
    phone = Client(REMOTE_ADDR="203.0.113.77", headers={"user-agent": "Telepon Siti"})
    assert phone.post(link(survey), sent).status_code == 302
    assert {field.name for field in Response._meta.get_fields()} == {
        "id", "perception", "key", "via", "answers", "at", "by",
    }  # fmt: skip
    entry = Entry.objects.get(event="perception.given")
    assert entry.actor is None
    kept = json.dumps([Response.objects.get().answers, entry.details, list(phone.cookies)])
    for trace in ("Siti", "siti@", "203.0.113", "Telepon"):
        assert trace not in kept
    assert "sessionid" not in phone.cookies, "nothing follows a respondent"


# ---- On paper, and by file -----------------------------------------------------------------------


def test_a_paper_form_is_typed_in_by_the_officer(cast: Cast, survey: Perception) -> None:
    url = reverse("perception_page", args=[survey.assessment_id])
    page = said(cast.client(cast.officer).get(url))
    (key,) = re.findall(r'name="key" value="([0-9a-f-]{36})"', page)
    enter = reverse("enter_perception", args=[survey.assessment_id])
    for _ in range(2):
        response = cast.client(cast.officer).post(enter, {"key": key, ITEM: "2"})
        assert response["Location"] == url + "#kertas"
    kept = Response.objects.get()
    assert (kept.via, kept.by, kept.answers) == (Via.PAPER, cast.officer, {ITEM: 2})
    again = said(cast.client(cast.officer).get(url))
    assert "Satu formulir kertas tercatat" in again
    assert key not in again, "the next form has a key of its own"


def table(*rows: list[object]) -> bytes:
    return "\n".join(";".join(map(str, row)) for row in rows).encode()


def sheet(*rows: list[object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


def bring(cast: Cast, survey: Perception, content: bytes, name: str = "jawaban.csv") -> Any:
    url = reverse("import_perceptions", args=[survey.assessment_id])
    return cast.client(cast.officer).post(url, {"file": SimpleUploadedFile(name, content)})


def headers(survey: Perception, by: str) -> list[object]:
    asked = survey.assessment.asked_of_users
    if by == "number":
        return list(range(1, len(asked) + 1))
    return [q.code if by == "code" else q.title.id.upper() for q in asked]


@pytest.mark.parametrize("by", ["code", "number", "title"])
@pytest.mark.parametrize(("make", "name"), [(table, "f03.csv"), (sheet, "f03.xlsx")])
def test_a_file_is_taken_in_by_code_number_or_title(
    cast: Cast, survey: Perception, by: str, make: Any, name: str
) -> None:
    rows = [[5] * 14, [4] * 13 + [""], [""] * 14]
    response = bring(cast, survey, make(headers(survey, by), *rows), name)
    assert response.status_code == 302
    assert Response.objects.filter(via=Via.FILE, by=cast.officer).count() == 2
    fresh = survey_of(survey.assessment)
    assert fresh.respondents == 2, "an empty row is nobody"
    assert (fresh.means[ITEM], fresh.means["f03a-14"]) == (Fraction(9, 2), Fraction(5))


def test_the_template_can_be_filled_and_brought_back(cast: Cast, survey: Perception) -> None:
    url = reverse("perception_template", args=[survey.assessment_id])
    empty = cast.client(cast.officer).get(url).content
    assert bring(cast, survey, empty + table([3] * 14)).status_code == 302
    assert survey_of(survey.assessment).means[ITEM] == 3


def test_faults_are_told_by_row_and_column_and_nothing_is_taken_in(
    cast: Cast, survey: Perception
) -> None:
    rows = [[5] * 14, [5, 9] + [5] * 12, [5] * 13 + ["baik"], ["4,5"] + [1] * 13]
    response = bring(cast, survey, table(headers(survey, "code"), *rows))
    assert response.status_code == 409
    text = said(response)
    assert "tidak ada yang disimpan" in text
    for fault in (
        "Baris 3, kolom f03a-2: “9”", "Baris 4, kolom f03a-14: “baik”",
        "Baris 5, kolom f03a-1: “4,5”",
    ):  # fmt: skip
        assert fault in text
    assert not Response.objects.exists()
    assert survey_of(survey.assessment).respondents == 0


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "f03.csv", "kosong"),
        (b"f03a-1;f03a-2\n5;5\n", "f03.csv", "tidak ditemukan di baris judul: f03a-3"),
        (b"PK\x03\x04 bukan buku kerja", "f03.xlsx", "f03.xlsx"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_its_name_for_people(
    cast: Cast, survey: Perception, content: bytes, name: str, sentence: str
) -> None:
    response = bring(cast, survey, content, name)
    assert response.status_code == 409
    assert sentence in said(response)
    assert "/tmp" not in said(response)
    assert not Response.objects.exists()


def test_headings_alone_are_no_answers(cast: Cast, survey: Perception) -> None:
    response = bring(cast, survey, table(headers(survey, "code")))
    assert "Tidak ada baris jawaban" in said(response)


def test_the_same_file_again_counts_once(cast: Cast, survey: Perception) -> None:
    content = table(headers(survey, "code"), [5] * 14, [5] * 14)
    assert bring(cast, survey, content).status_code == 302
    again = bring(cast, survey, content, "nama-lain.csv")
    assert again.status_code == 409
    assert "sudah pernah diimpor" in said(again)
    assert survey_of(survey.assessment).respondents == 2, "two who said the same are two"


# ---- What it counts for --------------------------------------------------------------------------


def test_means_are_exact(survey: Perception) -> None:
    hear(survey, 5, 5, 4)
    means = survey_of(survey.assessment).means
    assert set(means.values()) == {Fraction(14, 3)}


def test_below_the_minimum_the_figure_is_a_range_and_at_it_one_figure(
    cast: Cast, survey: Perception
) -> None:
    Round.objects.update(minimum_respondents=3)
    cast.answer_all(survey.assessment, cast.officer)
    hear(survey, 4, 4)
    before = cycle.fresh(cast, survey.assessment)
    assert before.value is None
    assert before.low is not None
    assert before.high is not None
    assert before.low < before.high == 5, "unknown is not nought: the best is still possible"
    page = said(cast.client(cast.officer).get(reverse("perception_page", args=[before.pk])))
    assert "Kurang 1 lagi" in page

    hear(survey, 3)
    after = cycle.fresh(cast, survey.assessment)
    share = before.exact_high - before.exact_low  # type: ignore[operator]
    mean = Fraction(11, 3)
    assert after.exact == before.exact_low + share * mean / 5  # type: ignore[operator]
    assert after.value == after.low == after.high
    assert after.exact.denominator % 3 == 0, "a third is kept as a third"  # type: ignore[union-attr]


def test_a_typed_figure_holds_only_while_respondents_are_too_few(
    cast: Cast, survey: Perception
) -> None:
    Round.objects.update(minimum_respondents=2)
    cast.answer_all(survey.assessment, cast.officer)
    for question in survey.assessment.asked_of_users:
        actions.save_answer(
            cycle.fresh(cast, survey.assessment), question.code, Fraction(5), by=cast.officer
        )
    assert cycle.fresh(cast, survey.assessment).value == 5
    hear(survey, 0)
    assert cycle.fresh(cast, survey.assessment).value == 5, "one respondent is too few"
    hear(survey, 0)
    heard = cycle.fresh(cast, survey.assessment)
    assert heard.value is not None
    assert heard.value < 5
    url = reverse("save_answer", args=[heard.pk, ITEM])
    refused = cast.client(cast.officer).post(url, {"value": "5"}, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert "dihitung dari jawaban responden, jadi tidak diketik" in said(refused)
    assert cycle.fresh(cast, survey.assessment).value == heard.value


def test_both_conventions_give_the_two_figures_of_the_instrument(cast: Cast) -> None:
    """Five aspects of 4, 3, 4, 2 and 1 items: only the last is bad."""
    figures = {}
    for convention in ("aspek", "butir"):
        assessment = cycle.drafted(cast, f"PEKPPP {convention}", PEKPPP)
        Round.objects.filter(pk=assessment.round_id).update(
            convention=convention, minimum_respondents=1
        )
        assessment = cycle.fresh(cast, assessment)
        cast.answer_all(assessment, cast.officer)
        answers = {q.code: 5 for q in assessment.asked_of_users} | {"f03a-14": 0}
        actions.give_perception(survey_of(assessment), answers, key=uuid.uuid4(), via=Via.LINK)
        figures[convention] = cycle.fresh(cast, assessment)
    means = {name: one.parts["formulir:f03"] for name, one in figures.items()}
    assert means["aspek"] == ["4"] * 3
    assert means["butir"][0] != "4"
    lost = {name: 5 - one.exact for name, one in figures.items()}  # type: ignore[operator]
    assert lost["aspek"] / lost["butir"] == Fraction(1, 5) / Fraction(1, 14)


def test_answers_that_arrive_late_change_the_kept_figure_until_it_is_concluded(cast: Cast) -> None:
    survey = survey_of(cycle.drafted(cast, "PEKPPP", PEKPPP))
    Round.objects.update(minimum_respondents=1)
    assessment = cycle.fresh(cast, survey.assessment)
    cast.answer_all(assessment, cast.officer)
    hear(survey, 5)
    actions.submit_assessment(cycle.fresh(cast, assessment), by=cast.officer)
    sent = cycle.fresh(cast, assessment)
    assert (sent.value, sent.self_value) == (5, 5)

    hear(survey, 3)
    late = cycle.fresh(cast, assessment)
    assert late.self_value == 5, "what was sent stays as it was sent"
    assert late.value is not None
    assert late.value < 5

    one, two = cycle.tasks(cast, late)
    for task in (one, two):
        cycle.mark_all(task, 4)
        actions.complete_marks(task, by=task.verifier)
    actions.announce_result(cycle.fresh(cast, assessment), by=cast.verifier)
    verified = cycle.fresh(cast, assessment)
    assert verified.value == 4, "marks of 4, and a mean of 5 and 3"
    hear(survey, 0)
    now = cycle.fresh(cast, assessment)
    assert now.value is not None
    assert now.value < 4
    assert (now.verified_value, now.status) == (4, Status.VERIFIED)

    actions.accept_result(now, by=cast.officer)
    actions.conclude_assessment(cycle.fresh(cast, assessment), by=cast.organiser)
    final = cycle.fresh(cast, assessment)
    assert final.value == now.value
    assert Client().post(link(survey), filled(f03a_1=5)).status_code == 404
    assert cycle.fresh(cast, assessment).value == final.value


def test_a_respondent_at_the_moment_of_the_announcement_does_not_bring_the_claims_back(
    cast: Cast,
) -> None:
    """The request found the assessment as sent; it was verified before the answer was kept."""
    drafted = cycle.drafted(cast, "PEKPPP", PEKPPP)
    Round.objects.update(minimum_respondents=1)
    cast.answer_all(cycle.fresh(cast, drafted), cast.officer)
    hear(survey_of(drafted), 5)
    actions.submit_assessment(cycle.fresh(cast, drafted), by=cast.officer)
    for task in cycle.tasks(cast, cycle.fresh(cast, drafted)):
        cycle.mark_all(task, 2)
        actions.complete_marks(task, by=task.verifier)
    found = survey_of(drafted)
    actions.announce_result(cycle.fresh(cast, drafted), by=cast.verifier)
    verified = cycle.fresh(cast, drafted).exact
    answers = dict.fromkeys((q.code for q in found.assessment.asked_of_users), 5)
    actions.give_perception(found, answers, key=uuid.uuid4(), via=Via.LINK)
    assert cycle.fresh(cast, drafted).exact == verified


def test_a_respondent_between_the_look_and_the_saving_is_not_uncounted(cast: Cast) -> None:
    """A request read the assessment; somebody answered the survey before it held the lock."""
    drafted = cycle.drafted(cast, "PEKPPP", PEKPPP)
    Round.objects.update(minimum_respondents=1)
    cast.answer_all(cycle.fresh(cast, drafted), cast.officer)
    read = [cycle.fresh(cast, drafted) for _ in range(2)]
    hear(survey_of(drafted), 0)
    heard = cycle.fresh(cast, drafted).exact
    code = next(q.code for q in read[0].required if q.asked_of == "unit")
    same = drafted.answers.get(code=code).value
    actions.save_answer(read[0], code, same, by=cast.officer)
    assert cycle.fresh(cast, drafted).exact == heard
    actions.submit_assessment(read[1], by=cast.officer)
    sent = cycle.fresh(cast, drafted)
    assert (sent.exact, sent.self_value) == (heard, sent.value)


# ---- Whose link ----------------------------------------------------------------------------------


def test_no_link_of_another_unit_is_shown(cast: Cast) -> None:
    opened = cast.open_round()
    mine, theirs = (
        survey_of(cast.assessment(opened, unit)) for unit in (cast.disdukcapil, cast.dinsos)
    )
    url = reverse("perception_page", args=[mine.assessment_id])
    page = said(cast.client(cast.officer).get(url))
    assert f"http://testserver{link(mine)}" in page
    assert theirs.token not in page
    assert cast.client(cast.neighbour).get(url).status_code == 404
    assert theirs.token not in said(Client().get(link(mine)))


def test_an_instrument_that_asks_nobody_has_no_survey(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    assert not Perception.objects.exists()
    url = reverse("perception_page", args=[assessment.pk])
    assert cast.client(cast.officer).get(url).status_code == 404
