"""The Excel round trip through its pages: out, filled in, looked at, taken in as a whole."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import Answer, Assessment, ColumnMapping
from hijau.audit.models import Entry
from scoring.interpret import NA
from scoring.workbook.reading import read_workbook
from scoring.workbook.writing import write_workbook
from tests import cycle
from tests.cast import Cast
from tests.test_workbook import BY_TITLE, old, place_of
from tests.workbooks import changed, typed

ONE, TWO, THREE = "1.a.Ak", "2.a.P", "3.a.T"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


def downloaded(cast: Cast, assessment: Assessment) -> bytes:
    response = cast.client(cast.officer).get(reverse("workbook", args=[assessment.pk]))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment;")
    return bytes(response.content)


def filled(
    assessment: Assessment,
    answers: Mapping[str, Any],
    notes: Mapping[str, str] | None = None,
    **changes: str,
) -> bytes:
    """The unit's workbook with such answers, as somebody brings it back."""
    identity = {"penilaian": str(assessment.pk), "unit": assessment.unit.code} | changes
    file = io.BytesIO()
    write_workbook(
        file, assessment.instrument, form=assessment.round.form or None, identity=identity,
        answers={k: v if v is NA else Fraction(v) for k, v in answers.items()}, notes=notes,
    )  # fmt: skip
    return file.getvalue()


def send(
    cast: Cast,
    assessment: Assessment,
    content: bytes,
    door: str = "import_workbook",
    user: User | None = None,
    **more: Any,
) -> Any:
    file = SimpleUploadedFile("isian.xlsx", content)
    client = cast.client(user or cast.officer)
    return client.post(reverse(door, args=[assessment.pk]), {"file": file, **more})


def hidden(response: Any) -> dict[str, str]:
    """The fields with which the preview sends back what it showed."""
    found = re.findall(
        r'<input type="hidden" name="((?:nilai|catatan|seen)-[^"]+)" value="([^"]*)"',
        response.content.decode(),
    )
    return {html.unescape(name): html.unescape(value) for name, value in found}


def rows(response: Any) -> dict[str, list[str]]:
    """What the preview shows: now, then, note, for each indicator."""
    table = re.findall(r"<tr><th scope=\"row\">.*?</tr>", response.content.decode(), re.DOTALL)
    shown = {}
    for row in table:
        code = re.search(r'class="code">([^<]+)<', row)
        assert code
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        shown[code[1]] = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    return shown


def apply(cast: Cast, assessment: Assessment, fields: Mapping[str, str]) -> Any:
    return cast.client(cast.officer).post(
        reverse("apply_workbook", args=[assessment.pk]), dict(fields)
    )


def kept(assessment: Assessment) -> dict[str, Any]:
    return {a.code: (a.value, a.note) for a in Answer.objects.filter(assessment=assessment)}


# ---- Out -----------------------------------------------------------------------------------------


def test_the_workbook_holds_what_was_answered_and_says_whose_it_is(
    cast: Cast, assessment: Assessment
) -> None:
    actions.save_answer(assessment, ONE, Fraction(4), by=cast.officer, note="SK ada")
    found = read_workbook(io.BytesIO(downloaded(cast, assessment)), assessment.instrument)
    assert found.answers == {ONE: 4}
    assert found.notes == {ONE: "SK ada"}
    assert found.identity == {"penilaian": str(assessment.pk), "unit": "disdukcapil"}
    assert found.subject == "Disdukcapil"
    assert found.form == assessment.round.form


def test_a_note_of_several_lines_as_browsers_send_it_goes_into_the_workbook(
    cast: Cast, assessment: Assessment
) -> None:
    cast.client(cast.officer).post(
        reverse("save_answer", args=[assessment.pk, ONE]),
        {"value": "4", "note": "SK ada\r\nmenyusul lampirannya"},
    )
    book = downloaded(cast, assessment)
    found = read_workbook(io.BytesIO(book), assessment.instrument)
    assert found.notes == {ONE: "SK ada\nmenyusul lampirannya"}
    fields = hidden(send(cast, assessment, filled(assessment, {}, {TWO: "satu\ndua"})))
    apply(cast, assessment, {name: value.replace("\n", "\r\n") for name, value in fields.items()})
    assert kept(assessment)[TWO] == (None, "satu\ndua")
    again = send(cast, assessment, downloaded(cast, assessment))
    assert "tidak mengubah apa pun" in again.content.decode()


# ---- Looked at -----------------------------------------------------------------------------------


def test_the_preview_shows_only_what_differs_and_changes_nothing(
    cast: Cast, assessment: Assessment
) -> None:
    actions.save_answer(assessment, ONE, Fraction(4), by=cast.officer)
    actions.save_answer(assessment, TWO, Fraction(1), by=cast.officer)
    before = kept(assessment)
    content = filled(assessment, {ONE: 4, TWO: 3, THREE: 2}, {TWO: "notulen <ada>"})
    response = send(cast, assessment, content)
    assert response.status_code == 200
    assert rows(response) == {TWO: ["1", "3", "notulen &lt;ada&gt;"], THREE: ["–", "2", "–"]}
    assert "Simpan 2 perubahan" in response.content.decode()
    assert kept(assessment) == before
    assert not Entry.objects.filter(event="workbook.imported").exists()


def test_a_workbook_as_it_was_downloaded_changes_nothing(
    cast: Cast, assessment: Assessment
) -> None:
    cast.answer_all(assessment, cast.officer)
    response = send(cast, assessment, downloaded(cast, assessment))
    assert "tidak mengubah apa pun" in response.content.decode()
    assert hidden(response) == {}


def test_what_somebody_typed_into_the_sheet_is_shown(cast: Cast, assessment: Assessment) -> None:
    book = typed(downloaded(cast, assessment), **{place_of(ONE): "5"})
    assert rows(send(cast, assessment, book)) == {ONE: ["–", "5", "–"]}


# ---- Taken in ------------------------------------------------------------------------------------


def test_all_of_it_is_saved_with_one_entry_in_the_book(cast: Cast, assessment: Assessment) -> None:
    actions.save_answer(assessment, ONE, Fraction(4), by=cast.officer, note="lama")
    content = filled(assessment, {ONE: 5, TWO: 3}, {ONE: "baru", TWO: "ada"})
    response = apply(cast, assessment, hidden(send(cast, assessment, content)))
    assert response["Location"] == reverse("answer_page", args=[assessment.pk])
    assert kept(assessment) == {ONE: (5, "baru"), TWO: (3, "ada")}
    entry = Entry.objects.get(event="workbook.imported")
    assert entry.details == {"codes": [ONE, TWO], "answers": 2}
    assert entry.actor == cast.officer.pk
    fresh = cycle.fresh(cast, assessment)
    assert fresh.answered == 2
    assert (fresh.exact_low, fresh.exact_high) == (
        (score := fresh.score(fresh.answers.all())).step.low,
        score.step.high,
    )
    versions = dict(fresh.answers.values_list("code", "version"))
    assert versions == {ONE: 2, TWO: 1}


def test_a_whole_assessment_comes_from_a_workbook(cast: Cast, assessment: Assessment) -> None:
    answers = {question.code: question.high for question in assessment.required}
    apply(cast, assessment, hidden(send(cast, assessment, filled(assessment, answers))))
    fresh = cycle.fresh(cast, assessment)
    assert fresh.answered == len(assessment.required)
    assert not fresh.unanswered(fresh.answers.all())


def test_decimals_survive_the_way(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    codes = [question.code for question in assessment.required]
    values = {codes[0]: Fraction("88.88"), codes[1]: Fraction("0.01")}
    apply(cast, assessment, hidden(send(cast, assessment, filled(assessment, values))))
    assert {code: value for code, (value, _note) in kept(assessment).items()} == values


def test_empty_cells_clear_nothing(cast: Cast, assessment: Assessment) -> None:
    actions.save_answer(assessment, ONE, Fraction(4), by=cast.officer, note="SK ada")
    actions.save_answer(assessment, TWO, Fraction(2), by=cast.officer, note="notulen")
    response = send(cast, assessment, filled(assessment, {ONE: 5}))
    assert list(rows(response)) == [ONE]
    apply(cast, assessment, hidden(response))
    assert kept(assessment) == {ONE: (5, "SK ada"), TWO: (2, "notulen")}


def test_a_note_alone_travels(cast: Cast, assessment: Assessment) -> None:
    actions.save_answer(assessment, ONE, Fraction(4), by=cast.officer)
    response = send(cast, assessment, filled(assessment, {}, {ONE: "“SK” & lampiran"}))
    assert rows(response) == {ONE: ["4", "4", "“SK” &amp; lampiran"]}
    apply(cast, assessment, hidden(response))
    assert kept(assessment) == {ONE: (4, "“SK” & lampiran")}


def test_an_answer_that_a_colleague_gave_meanwhile_refuses_all(
    cast: Cast, assessment: Assessment
) -> None:
    fields = hidden(send(cast, assessment, filled(assessment, {ONE: 5, TWO: 3})))
    actions.save_answer(assessment, TWO, Fraction(1), by=cast.officer)
    before, entries = kept(assessment), Entry.objects.count()
    response = apply(cast, assessment, fields)
    assert response.status_code == 409
    assert "berubah sejak buku kerja dibaca" in response.content.decode()
    assert kept(assessment) == before == {TWO: (1, "")}
    assert Entry.objects.count() == entries
    assert cycle.fresh(cast, assessment).answered == 1

    again = hidden(send(cast, assessment, filled(assessment, {ONE: 5, TWO: 3})))
    assert apply(cast, assessment, again).status_code == 302
    assert kept(assessment) == {ONE: (5, ""), TWO: (3, "")}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (f"nilai-{TWO}", "9"),
        (f"nilai-{TWO}", "1,5"),
        (f"nilai-{TWO}", "banyak"),
        (f"seen-{TWO}", "x"),
        (f"seen-{TWO}", "7"),
    ],
)
def test_one_bad_field_refuses_all(
    cast: Cast, assessment: Assessment, name: str, value: str
) -> None:
    fields = hidden(send(cast, assessment, filled(assessment, {ONE: 5, TWO: 3})))
    assert name in fields
    assert apply(cast, assessment, fields | {name: value}).status_code == 409
    assert kept(assessment) == {}
    assert not Entry.objects.filter(event="workbook.imported").exists()


def test_nothing_is_taken_in_once_it_was_sent(cast: Cast, assessment: Assessment) -> None:
    cast.answer_all(assessment, cast.officer)
    fields = hidden(send(cast, assessment, filled(assessment, {ONE: 1})))
    actions.submit_assessment(assessment, by=cast.officer)
    assert apply(cast, assessment, fields).status_code == 409
    assert kept(assessment)[ONE] == (5, "")
    assert apply(cast, assessment, {}).status_code == 409


# ---- Refused -------------------------------------------------------------------------------------


def test_another_units_workbook_is_refused(cast: Cast, assessment: Assessment) -> None:
    theirs = cast.assessment(assessment.round, cast.dinsos)
    page = refused(cast, assessment, filled(theirs, {ONE: 5}))
    assert "Lembar Hijau, sel B" in page
    assert "“dinsos”, bukan “disdukcapil”" in page


def test_another_rounds_workbook_of_the_same_unit_is_refused(
    cast: Cast, assessment: Assessment
) -> None:
    page = refused(cast, assessment, filled(assessment, {ONE: 5}, penilaian="999999"))
    assert "“999999”, bukan" in page


def test_another_instruments_workbook_is_refused(cast: Cast, assessment: Assessment) -> None:
    other = cycle.drafted(cast)
    page = refused(cast, assessment, filled(other, {}))
    assert "“ombudsman/opini-2025”, bukan “pekppp/pedoman-2022”" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"bukan buku kerja", "Berkas: "),
        (b"", "Berkas: "),
        (b"PK\x03\x04" + b"\0" * 40, "Berkas: "),
        (old(BY_TITLE).getvalue(), "bukan buku kerja Hijau"),
    ],
    ids=["text", "empty", "cut off", "an old one"],
)
def test_a_file_that_is_no_workbook_of_ours_is_refused(
    cast: Cast, assessment: Assessment, content: bytes, sentence: str
) -> None:
    assert sentence in refused(cast, assessment, content)


def test_a_macro_workbook_is_refused(cast: Cast, assessment: Assessment) -> None:
    book = changed(
        filled(assessment, {ONE: 5}), lambda _, part: part, **{"xl/vbaProject.bin": b"\xd0\xcf"}
    )
    assert "memuat makro" in refused(cast, assessment, book)


def test_each_fault_is_named_by_sheet_and_cell(cast: Cast, assessment: Assessment) -> None:
    first, second = place_of(ONE), place_of(TWO)
    book = typed(downloaded(cast, assessment), **{first: "9", second: "banyak sekali"})
    page = refused(cast, assessment, book)
    assert f"Lembar Isian, sel {first}:" in page
    assert f"Lembar Isian, sel {second}:" in page
    assert "tidak ada yang berubah" in page


def test_without_a_file_it_asks_for_one(cast: Cast, assessment: Assessment) -> None:
    client = cast.client(cast.officer)
    for door in ("import_workbook", "import_legacy"):
        response = client.post(reverse(door, args=[assessment.pk]))
        assert response.status_code == 409
        assert "Pilih berkas dahulu" in response.content.decode()


def refused(cast: Cast, assessment: Assessment, content: bytes) -> str:
    """The page that refuses a workbook, after which nothing has changed."""
    response = send(cast, assessment, content)
    assert response.status_code == 409
    assert kept(assessment) == {}
    return html.unescape(response.content.decode())


# ---- A city's own old workbook -------------------------------------------------------------------

GUESSED: dict[str, Any] = {
    "sheet": "Rekap 2025", "header_row": 3, "told_by": "title",
    "indicator": "B", "score": "D", "note": "E",
}  # fmt: skip
BY_HAND = GUESSED | {"indicator": "b", "score": "d", "note": ""}


def test_the_columns_of_an_old_workbook_are_guessed_and_a_guess_is_not_remembered(
    cast: Cast, assessment: Assessment
) -> None:
    response = send(cast, assessment, old(BY_TITLE).getvalue(), "import_legacy")
    assert response.status_code == 200
    assert {code: cells[1:] for code, cells in rows(response).items()} == {
        ONE: ["4", "SK ada"], TWO: ["3", "–"], THREE: ["–", "belum"],
    }  # fmt: skip
    apply(cast, assessment, hidden(response))
    assert kept(assessment) == {ONE: (4, "SK ada"), TWO: (3, ""), THREE: (None, "belum")}
    assert not ColumnMapping.objects.exists()


def test_the_columns_are_mapped_by_hand_where_a_guess_does_not_do(
    cast: Cast, assessment: Assessment
) -> None:
    lines: list[list[Any]] = [
        ["", "Indikator", "", "X"],
        ["", "Ketersediaan standar pelayanan (SP)", "", 4],
        ["", "Pelibatan masyarakat dalam SP", "", "3"],
    ]
    book = old(lines).getvalue()
    response = send(cast, assessment, book, "import_legacy")
    assert response.status_code == 409
    assert "Petakan sendiri" in response.content.decode()
    assert not ColumnMapping.objects.exists()
    by_hand = BY_HAND | {"header_row": 1}
    response = send(cast, assessment, book, "import_legacy", **by_hand)
    assert {code: cells[1] for code, cells in rows(response).items()} == {ONE: "4", TWO: "3"}
    mapping = ColumnMapping.objects.get()
    assert (mapping.government, mapping.family) == (cast.city, "pekppp")
    assert mapping.columns == GUESSED | {"header_row": 1, "note": None}


def test_a_second_mapping_replaces_the_first(cast: Cast, assessment: Assessment) -> None:
    book = old(BY_TITLE).getvalue()
    send(cast, assessment, book, "import_legacy", **(BY_HAND | {"note": "E"}))
    assert ColumnMapping.objects.get().columns == GUESSED
    send(cast, assessment, book, "import_legacy", **BY_HAND)
    assert ColumnMapping.objects.get().columns == GUESSED | {"note": None}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"score": "4"}, "bukan nama kolom"),
        ({"score": "B"}, "dipakai dua kali"),
        ({"sheet": "Tidak Ada"}, "“Tidak Ada” tidak ada"),
        ({"header_row": "nol"}, "angka bilangan"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_with_a_sentence(
    cast: Cast, assessment: Assessment, said: dict[str, str], sentence: str
) -> None:
    book = old(BY_TITLE).getvalue()
    response = send(cast, assessment, book, "import_legacy", **(BY_HAND | said))
    assert response.status_code == 409
    assert sentence in html.unescape(response.content.decode())
    assert not ColumnMapping.objects.exists()


def mapped_page(cast: Cast, assessment: Assessment, user: User) -> str:
    address = reverse("import_workbook", args=[assessment.pk])
    return cast.client(user).get(address).content.decode()


def test_a_mapping_is_remembered_for_the_government_and_for_no_other(
    cast: Cast, assessment: Assessment
) -> None:
    send(cast, assessment, old(BY_TITLE).getvalue(), "import_legacy", **BY_HAND)
    colleague = cast.assessment(assessment.round, cast.dinsos)
    assert 'value="Rekap 2025"' in mapped_page(cast, colleague, cast.neighbour)

    foreign = give_role(
        "organiser@lain.go.id", "Organiser", Role.ORGANISER, cast.foreign_city, by=None,
        password="sandi-untuk-uji-coba",
    ).user  # fmt: skip
    today = timezone.localdate()
    opened = actions.open_round(
        cast.foreign_city, cast.version("pekppp/pedoman-2022"), [cast.foreign_agency],
        name="Mandiri", year=today.year, opens_on=today, closes_on=today, form="A", by=foreign,
    )  # fmt: skip
    theirs = Assessment.objects.visible_to(foreign).get(round=opened)
    assert "Rekap 2025" not in mapped_page(cast, theirs, cast.stranger)
    assert not ColumnMapping.objects.visible_to(cast.stranger).exists()


def test_a_mapping_is_remembered_per_family_of_instruments(
    cast: Cast, assessment: Assessment
) -> None:
    send(cast, assessment, old(BY_TITLE).getvalue(), "import_legacy")
    send(cast, assessment, old(BY_TITLE).getvalue(), "import_legacy", **BY_HAND)
    opinion = cycle.drafted(cast)
    assert "Rekap 2025" in mapped_page(cast, assessment, cast.officer)
    assert "Rekap 2025" not in mapped_page(cast, opinion, cast.officer)
