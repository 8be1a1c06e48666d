"""The workbook of a unit: what is written comes back, and what is wrong is named by its cell."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.formula import Indicator, Node, NotApplicable, Part, Scale, WeightedSum
from scoring.instrument import Instrument
from scoring.interpret import NA, RefusedToScore
from scoring.numbers import Rounding
from scoring.reading import find_instrument, read_instrument, shipped_paths
from scoring.score import score
from scoring.workbook import archive, layout
from scoring.workbook.faults import BadWorkbook, RefusedToWrite
from scoring.workbook.layout import Layout, option_word
from scoring.workbook.legacy import LegacyMapping, read_legacy, suggest
from scoring.workbook.reading import Filled, read_workbook
from scoring.workbook.reckoning import Reckoning
from scoring.workbook.writing import write_workbook
from tests.random_rules import instrument_of, trees
from tests.test_interpret import SURE, leaf, name
from tests.workbooks import (
    Sample,
    changed,
    filled,
    near_ties,
    over_respondents,
    shipped_samples,
    typed,
)

PEKPPP = find_instrument("pekppp/pedoman-2022")
STANDAR = find_instrument("standar-pelayanan/uu-25-2009")
OPINI = find_instrument("ombudsman/opini-2022")
SKM = find_instrument("skm/permenpanrb-14-2017")
SHIPPED = [read_instrument(path) for path in shipped_paths()]


def written(instrument: Instrument = PEKPPP, **more: Any) -> bytes:
    file = io.BytesIO()
    write_workbook(file, instrument, **more)
    return file.getvalue()


def read(data: bytes, instrument: Instrument = PEKPPP, **more: Any) -> Filled:
    return read_workbook(io.BytesIO(data), instrument, **more)


def part(data: bytes, path: str) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(path).decode()


def place_of(code: str, instrument: Instrument = PEKPPP, column: str = "C") -> str:
    entries = Layout(instrument, None, None)
    return f"{column}{entries.places[entries.by_code[code].key][0] + 1}"


def faults(data: bytes, instrument: Instrument = PEKPPP, **more: Any) -> dict[tuple[str, str], str]:
    with pytest.raises(BadWorkbook) as refusal:
        read(data, instrument, **more)
    return {(f.sheet, f.cell): f.sentence for f in refusal.value.faults}


def only_fault(data: bytes, instrument: Instrument = PEKPPP, **more: Any) -> str:
    (sentence,) = faults(data, instrument, **more).values()
    return sentence


# ---- There and back ----------------------------------------------------------------------------

words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
)
texts = st.one_of(
    words, st.sampled_from(["=1+1", " a ", "a\r\nb", "_x0041_", "<r>a</r>", "1", "'"])
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_all_that_was_written_comes_back(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(list(PEKPPP.forms)))
    entries = Layout(PEKPPP, form, None).by_code
    answers = {
        code: data.draw(
            st.sampled_from([option.value for option in entry.options])
            if entry.options
            else st.integers(0, 50000).map(lambda i: Fraction(i, 10000))
        )
        for code, entry in entries.items()
        if data.draw(st.integers(0, 3))
    }
    notes = data.draw(st.dictionaries(st.sampled_from(list(entries)), texts))
    identity = data.draw(st.dictionaries(texts, st.one_of(texts, st.just(""))))
    subject, round_name = data.draw(texts), data.draw(texts)
    book = written(
        form=form,
        answers=answers,
        notes=notes,
        identity=identity,
        subject=subject,
        round_name=round_name,
    )
    found = read(book, form=form, identity=identity)
    assert (found.answers, found.notes, found.identity) == (answers, notes, identity)
    assert (found.subject, found.round_name, found.form) == (subject, round_name, form)
    assert found.warnings == ()
    assert book == written(
        form=form,
        answers=found.answers,
        notes=found.notes,
        identity=found.identity,
        subject=found.subject,
        round_name=found.round_name,
    )


def test_respondents_come_back_in_their_rows() -> None:
    respondents = [{"waktu": Fraction(3)}, {}, {"waktu": Fraction(4), "biaya": Fraction(1)}]
    found = read(written(SKM, respondents=respondents, notes={"waktu": "loket 2"}), SKM)
    assert list(found.respondents) == respondents
    assert found.notes == {"waktu": "loket 2"}
    assert found.score_in_file.low == found.score(SKM).low


def test_equal_input_gives_equal_bytes() -> None:
    answers = {"1.a.Ak": Fraction(3)}
    first = written(answers=answers, notes={"1.a.Ak": "ya"}, identity={"unit": "7"})
    assert first == written(answers=answers, notes={"1.a.Ak": "ya"}, identity={"unit": "7"})
    assert first != written(answers=answers, notes={"1.a.Ak": "ya"}, identity={"unit": "8"})


def test_a_path_will_do_as_well_as_a_file(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", STANDAR, answers={"biaya": Fraction(1)})
    assert read_workbook(tmp_path / "a.xlsx", STANDAR).answers == {"biaya": 1}


def test_a_text_that_looks_like_a_formula_stays_text() -> None:
    book = written(notes={"1.a.Ak": '=HYPERLINK("http://x","klik")'}, subject="=1+1")
    assert "HYPERLINK" not in part(book, "xl/worksheets/sheet2.xml")
    found = read(book)
    assert found.notes["1.a.Ak"] == '=HYPERLINK("http://x","klik")'
    assert found.subject == "=1+1"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees(), st.integers(0, 2), st.sampled_from(list(Rounding)), st.booleans(), st.integers(0))
def test_the_third_reader_says_what_the_interpreter_says(
    root: Node, decimals: int, rule: Rounding, survey: bool, seed: int
) -> None:
    instrument = instrument_of(over_respondents(root) if survey else root, decimals, rule)
    instrument = replace(instrument, row="respondent" if survey else "unit")
    try:
        places = Layout(instrument, None, None)
        sample = filled(Sample("", instrument), places, 0.9, random.Random(seed))
        book = written(instrument, answers=sample.answers, respondents=sample.respondents)
    except RefusedToWrite:
        return
    found = read(book, instrument)
    assert found.warnings == ()
    same_figures(found, instrument)


def test_what_the_file_shows_before_any_recalculation_is_the_score() -> None:
    for sample in shipped_samples((1.0, 0.9)):
        book = written(
            sample.instrument,
            form=sample.form,
            convention=sample.convention,
            answers=sample.answers,
            respondents=sample.respondents,
        )
        same_figures(read(book, sample.instrument), sample.instrument)


def same_figures(found: Filled, instrument: Instrument) -> None:
    theirs = found.score_in_file
    try:
        ours = found.score(instrument)
    except RefusedToScore:
        assert (theirs.value, theirs.low, theirs.category) == (None, None, None)
        return
    assert (theirs.value, theirs.low, theirs.high) == (ours.value, ours.low, ours.high)
    assert theirs.category == (ours.band.code if ours.band else None)
    assert theirs.zone == ours.zone


def test_means_over_different_numbers_are_told_from_a_tie_by_long_division() -> None:
    seen = set()
    for sample in near_ties():
        one = sample.instrument
        found = Reckoning(Layout(one, None, None), {}, sample.respondents).grid.formulas
        shown = found["Hitungan", layout.RESULT_ROWS["value"], 1][1]
        exact = read(written(one, respondents=sample.respondents), one).score(one).exact
        assert exact is not None
        assert Fraction(repr(shown)) == one.publish.round(exact)
        seen.add((exact * 2 * 10**one.publish.decimals).denominator == 1)
    assert seen == {True, False}


# ---- What a person sees -------------------------------------------------------------------------


def test_a_person_is_told_what_to_do_and_on_what_it_rests() -> None:
    book = written(subject="Disdukcapil", round_name="PEKPPP 2026")
    strings = part(book, "xl/sharedStrings.xml")
    for text in (
        "Isi hanya sel berwarna kuning di lembar Isian.",
        "PermenPANRB 29/2022",
        "Disdukcapil · PEKPPP 2026",
        "3 · SP memuat 14 komponen dan sudah ditetapkan",
        "Empat belas komponen:",
        "Bukti: Daftar jenis layanan;",
        PEKPPP.sha256,
    ):
        assert text in strings


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: one.id)
def test_it_says_that_the_figure_is_an_estimate_where_it_is(instrument: Instrument) -> None:
    strings = part(written(instrument), "xl/sharedStrings.xml")
    assert ("Nilai ini taksiran" in strings) == score(instrument, {}).estimate
    assert ("Nilai (taksiran)" in strings) == score(instrument, {}).estimate


def test_only_what_is_filled_in_can_be_changed() -> None:
    def locks(book: bytes) -> tuple[bool, bool, bool]:
        sheet = part(book, "xl/worksheets/sheet2.xml")
        cells = part(book, "xl/styles.xml").partition("<cellXfs")[2].partition("</cellXfs>")[0]
        styles = cells.split("<xf ")[1:]

        def locked(cell: str) -> bool:
            found = re.search(rf'<c r="{cell}" s="(\d+)"', sheet)
            assert found is not None
            return 'protection locked="0"' not in styles[int(found[1])]

        return tuple(locked(f"{c}8") for c in "BCD")  # type: ignore[return-value]

    assert locks(written()) == (True, False, False)
    assert locks(written(locked=True)) == (True, True, True)
    for number in range(1, 7):
        sheet = part(written(), f"xl/worksheets/sheet{number}.xml")
        assert "<sheetProtection" in sheet
        assert "password" not in sheet


def test_it_prints_on_a4_across() -> None:
    for number in (1, 2, 3):
        sheet = part(written(), f"xl/worksheets/sheet{number}.xml")
        assert 'paperSize="9"' in sheet
        assert 'orientation="landscape"' in sheet
        assert 'fitToHeight="0"' in sheet


def test_no_function_is_newer_than_excel_2016() -> None:
    known = {
        "IF", "AND", "OR", "INT", "MIN", "MAX", "SUM", "COUNT", "COUNTA", "ROUND", "ABS", "TRIM",
        "SUBSTITUTE", "ISNUMBER", "IFERROR", "SUMPRODUCT", "CHOOSE", "FIXED", "NUMBERVALUE",
    }  # fmt: skip
    used: set[str] = set()
    for instrument in SHIPPED:
        book = written(instrument)
        for number in range(1, 7):
            for formula in re.findall(
                r"<f>(.*?)</f>", part(book, f"xl/worksheets/sheet{number}.xml")
            ):
                used |= set(
                    re.findall(r"([A-Z]+)\(", re.sub(r"&quot;.*?&quot;|\".*?\"", "", formula))
                )
                assert len(formula) < 8192
    assert used <= known


# ---- Answers as people type them ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("~3", 3),
        (" 3 ", 3),
        ("3,0", 3),
        ("3 · SP memuat 14 komponen dan sudah ditetapkan", 3),
        ("3  ·  sp memuat 14 KOMPONEN dan sudah ditetapkan", 3),
        ("SP memuat 14 komponen dan sudah ditetapkan", 3),
        ("   ", None),
    ],
)
def test_an_answer_is_understood_as_it_is_typed(text: str, value: int | None) -> None:
    found = read(typed(written(), **{place_of("1.a.Ak"): text}))
    assert found.answers.get("1.a.Ak") == value


@pytest.mark.parametrize(
    ("text", "value"), [("3,5", "7/2"), ("3.5", "7/2"), ("~3.5", "7/2"), ("~0.1", "1/10")]
)
def test_a_figure_may_have_a_comma(text: str, value: str) -> None:
    found = read(typed(written(), **{place_of("f03a-1"): text}))
    assert found.answers["f03a-1"] == Fraction(value)


def test_every_fault_is_named_at_once_with_its_cell_and_cure() -> None:
    book = typed(
        written(),
        **{
            place_of("1.a.Ak"): "~7",
            place_of("2.a.P"): "sebagian",
            place_of("3.a.T"): "Tidak berlaku",
            place_of("4.a.K"): "#N/A",
            place_of("5.a.K"): "!",
            place_of("6.a.B"): "~3.5",
            place_of("f03a-1"): "1,23456",
        },
    )
    found = faults(book)
    expected = {
        "1.a.Ak": "1.a.Ak: 7 di luar skala 0 sampai 5; periksa nilainya.",
        "2.a.P": "“sebagian” bukan salah satu pilihan; pilih dari daftar, atau tulis angkanya.",
        "3.a.T": "“tidak berlaku” tidak dikenal di sini; pilih jawaban atau kosongkan.",
        "4.a.K": "galat Excel",
        "5.a.K": "BENAR/SALAH",
        "6.a.B": "3,5 terlalu rinci; jawaban di sini bilangan bulat.",
        "f03a-1": "1,23456 terlalu rinci; jawaban di sini paling banyak 4 desimal.",
    }
    assert {cell for _, cell in found} == {place_of(code) for code in expected}
    for code, words in expected.items():
        assert words in found["Isian", place_of(code)]


def test_a_date_in_place_of_an_answer_is_refused() -> None:
    book = written(OPINI)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as other:
        sheet = other.add_worksheet("Nilai")
        sheet.write_row(0, 0, ["Kode", "Nilai"])
        sheet.write_row(1, 0, ["input-1"])
        sheet.write_datetime(1, 1, dt.date(2026, 1, 5), other.add_format({"num_format": "d/m"}))
    with pytest.raises(BadWorkbook, match="Lembar Nilai, sel B2: input-1: berisi tanggal"):
        read_legacy(io.BytesIO(file.getvalue()), OPINI, LegacyMapping("Nilai", 1, "code", "A", "B"))
    assert read(book, OPINI).answers == {}


def test_moved_rows_are_found_by_their_code() -> None:
    first, second = place_of("1.a.Ak", column="A"), place_of("2.a.P", column="A")
    answers = {"1.a.Ak": Fraction(1), "2.a.P": Fraction(2)}
    book = typed(written(answers=answers), **{first: "2.a.P", second: "1.a.Ak"})
    # The words of the options belong to their own indicator, so they no longer fit.
    assert set(faults(book)) == {("Isian", place_of("1.a.Ak")), ("Isian", place_of("2.a.P"))}
    numbers = {place_of("1.a.Ak"): "~1", place_of("2.a.P"): "~2"}
    assert read(typed(book, **numbers)).answers == {"1.a.Ak": 2, "2.a.P": 1}


def test_a_code_that_was_changed_or_doubled_is_named() -> None:
    place = place_of("1.a.Ak", column="A")
    assert "“1.a.X” tidak dikenal" in only_fault(typed(written(), **{place: "1.a.X"}))
    doubled = place_of("2.a.P", column="A")
    assert f"sudah ada di sel {place}" in only_fault(typed(written(), **{doubled: "1.a.Ak"}))
    sentence = only_fault(typed(written(), **{place: ""}))
    assert "Baris untuk kode “1.a.Ak” tidak ada" in sentence
    answered = typed(written(answers={"1.a.Ak": Fraction(1)}), **{place: ""})
    assert "Kembalikan kodenya" in only_fault(answered)


def test_a_respondent_who_is_off_the_scale_is_named() -> None:
    book = typed(written(SKM), C10="~5", D11="Tidak berlaku", E12="4 · x")
    assert {cell for _, cell in faults(book, SKM)} == {"C10", "D11", "E12"}
    word = option_word(SKM.by_code["persyaratan"].options[2])
    found = read(typed(written(SKM), B10=word, C12="2"), SKM)
    assert list(found.respondents) == [{"persyaratan": 3}, {}, {"prosedur": 2}]
    assert found.warnings  # the workbook's own formulas count numbers only


# ---- Whose workbook it is -----------------------------------------------------------------------


def test_a_workbook_of_another_instrument_is_refused() -> None:
    assert "untuk instrumen “pekppp/pedoman-2022”, bukan" in only_fault(written(), STANDAR)


def test_a_workbook_of_another_version_is_refused() -> None:
    assert "versi lain" in only_fault(written(), replace(PEKPPP, sha256="f" * 64))


def test_a_workbook_of_another_form_is_refused() -> None:
    assert "formulir “A”, bukan “B”" in only_fault(written(form="A"), form="B")


def test_a_workbook_of_another_unit_is_refused() -> None:
    book = written(identity={"unit": "7", "putaran": "2026"})
    assert read(book, identity={"unit": "7"}).identity == {"unit": "7", "putaran": "2026"}
    assert "untuk unit “7”, bukan “8”" in only_fault(book, identity={"unit": "8"})
    assert "untuk unit “tidak disebut”" in only_fault(written(), identity={"unit": "8"})


def test_a_workbook_that_is_not_ours_is_pointed_to_the_other_way() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Data")
    assert "impor sebagai buku kerja lama" in only_fault(file.getvalue())


# ---- What must not be trusted -------------------------------------------------------------------


def test_a_formula_that_was_overwritten_is_reported_and_changes_nothing() -> None:
    answers = {code: Fraction(3) for code in Layout(PEKPPP, "A", None).by_code}
    book = typed(written(answers=answers), Hitungan_E13="~5", Hitungan_B4="=5+0")
    found = read(book)
    assert found.score(PEKPPP).value == 3
    assert found.answers == answers
    assert {w.cell for w in found.warnings} == {"E13", "B4"}
    sentences = {w.cell: str(w) for w in found.warnings}
    assert sentences["E13"].startswith("Lembar Hitungan, sel E13: Rumus di sel ini sudah diganti")
    assert "“4”, sedangkan hitungan Hijau “3”" in sentences["B4"]


def test_a_formula_in_place_of_an_answer_is_read_with_a_warning() -> None:
    place = place_of("1.a.Ak")
    found = read(typed(written(), **{place: "=2+2"}))
    assert found.answers == {"1.a.Ak": 4}
    assert ("Isian", place) in {(w.sheet, w.cell) for w in found.warnings}


@pytest.mark.parametrize(
    "data",
    [
        changed(written(STANDAR), lambda _, c: c, **{"xl/vbaProject.bin": b"x"}),
        changed(written(STANDAR), lambda _, c: c, **{"xl/macrosheets/sheet1.xml": b"<x/>"}),
        changed(
            written(STANDAR),
            lambda p, c: (
                c.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
                if p == "[Content_Types].xml"
                else c
            ),
        ),
    ],
    ids=["project", "macro sheet", "type"],
)
def test_macros_are_refused(data: bytes) -> None:
    assert "memuat makro" in only_fault(data, STANDAR)


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_EXPANDED", 3_000_000)
    file = io.BytesIO(written(STANDAR))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/image1.png", b"\0" * 4_000_000)
    assert len(file.getvalue()) < 100_000
    assert "mengembang melebihi" in only_fault(file.getvalue(), STANDAR)


def test_a_bomb_of_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {f"xl/x{i}.xml": b"" for i in range(600)}
    data = changed(written(STANDAR), lambda _, c: c, **parts)
    assert "lebih dari 500 bagian" in only_fault(data, STANDAR)


def test_a_lone_cell_at_the_far_corner_is_refused() -> None:
    def change(path: str, content: bytes) -> bytes:
        corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ours = path == "xl/worksheets/sheet2.xml"
        return content.replace(b"</sheetData>", corner) if ours else content

    found = faults(changed(written(STANDAR), change), STANDAR)
    assert "membentang 1048576 baris × 16384 kolom" in found["Isian", ""]


def test_entities_are_refused() -> None:
    def change(path: str, content: bytes) -> bytes:
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
        ours = path == "xl/worksheets/sheet2.xml"
        return bomb + content.partition(b"?>")[2] if ours else content

    assert "yang utuh" in only_fault(changed(written(STANDAR), change), STANDAR)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "yang utuh"),
        (b"bukan excel", "yang utuh"),
        (written(STANDAR)[:-400], "yang utuh"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "terkunci kata sandi"),
        (b"PK" + b"\0" * 20_000_001, "melebihi 20 MB"),
    ],
    ids=["empty", "text", "cut", "locked", "large"],
)
def test_a_file_that_is_no_workbook_is_refused(data: bytes, words: str) -> None:
    assert words in only_fault(data, STANDAR)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWorkbook, match="tidak dapat dibaca"):
        read_workbook(tmp_path / "x.xlsx", STANDAR)


@settings(max_examples=60, deadline=None)
@given(st.integers(0), st.integers(0, 255))
def test_a_flipped_byte_gives_the_answers_or_a_sentence(where: int, byte: int) -> None:
    data = bytearray(DAMAGED)
    data[where % len(data)] = byte
    try:
        found = read(bytes(data), STANDAR)
    except BadWorkbook as refusal:
        said = str(refusal)
    else:
        said = " ".join(map(str, found.answers.values()))
    assert said in ("", "0", "1") or said.startswith(("Berkas: ", "Lembar "))


DAMAGED = written(STANDAR, answers={"biaya": Fraction(1)})


# ---- What cannot be written ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"answers": {"x": Fraction(1)}}, "“x” tidak ada"),
        ({"notes": {"x": "y"}}, "“x” tidak ada"),
        ({"answers": {"1.a.Ak": Fraction(7)}}, "7 bukan nilai dalam skala 0 sampai 5"),
        ({"answers": {"1.a.Ak": Fraction(1, 3)}}, "1/3 bukan nilai"),
        ({"answers": {"1.a.Ak": NA}}, "“Tidak berlaku” tidak dikenal untuk 1.a.Ak"),
        ({"answers": {"tambahan": NA}}, "“Tidak berlaku” tidak dikenal untuk tambahan"),
        ({"notes": {"1.a.Ak": "x" * 32_001}}, "lebih dari 32000 karakter"),
        ({"subject": "\ufffe"}, "karakter yang tidak dapat ditulis"),
        ({"respondents": [{}]}, "tidak diisi per responden"),
    ],
)
def test_what_would_be_lost_is_refused(more: Mapping[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedToWrite, match=re.escape(words)):
        write_workbook(tmp_path / "a.xlsx", PEKPPP, **more)
    assert not (tmp_path / "a.xlsx").exists()


def test_more_respondents_than_rows_are_refused() -> None:
    with pytest.raises(RefusedToWrite, match="paling banyak 1000 responden"):
        written(SKM, respondents=[{"waktu": Fraction(1)}] * 1001)
    with pytest.raises(RefusedToWrite, match="per responden"):
        written(SKM, answers={"waktu": Fraction(1)})


def test_a_rule_too_fine_for_a_spreadsheet_is_refused() -> None:
    weights = [Fraction(1, 10**8 + i) for i in range(3)]
    parts = tuple(
        Part(w, leaf(f"i{i}"), SURE) for i, w in enumerate([*weights, 1 - sum(weights, Fraction())])
    )
    with pytest.raises(RefusedToWrite, match="Hitung instrumen ini di Hijau"):
        written(instrument_of(WeightedSum(name("a", "aspek"), parts)))
    negative = Scale(name("b", "aspek"), Fraction(-1), leaf("i"))
    with pytest.raises(RefusedToWrite, match="negatif"):
        written(instrument_of(negative))


def test_a_rule_that_knows_not_applicable_offers_it() -> None:
    parts = tuple(Part(Fraction(1, 2), leaf(f"i{i}"), SURE) for i in range(2))
    root = WeightedSum(name("a", "aspek"), parts, not_applicable=NotApplicable.REDISTRIBUTE)
    instrument = instrument_of(root)
    book = written(instrument, answers={"i0": NA, "i1": Fraction(4)})
    assert "Tidak berlaku" in part(book, "xl/worksheets/sheet2.xml")
    found = read(book, instrument)
    assert found.answers == {"i0": NA, "i1": 4}
    assert found.score_in_file.value == 4
    assert read(typed(book, C9="n/a"), instrument).answers == {"i0": NA, "i1": NA}


def test_a_finished_figure_is_asked_where_the_rule_gives_none() -> None:
    figures = {
        f"aspek:{code}": Fraction(4)
        for code in ("kebijakan", "sdm", "sarpras", "sipp", "pengaduan", "inovasi")
    }
    users = {f"f03b-{i}": Fraction(4) for i in range(1, 12)}
    book = written(form="B", answers=figures | users)
    found = read(book)
    assert found.answers == figures | users
    assert found.score_in_file.value == found.score(PEKPPP).value == 4
    empty = read(written(form="B", answers=users))
    assert empty.score_in_file.value is None
    with pytest.raises(RefusedToScore):
        empty.score(PEKPPP)


# ---- A city's own workbook ----------------------------------------------------------------------


def old(rows: list[list[Any]], sheet: str = "Rekap 2025") -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Sampul").write_string(0, 0, "PEMERINTAH KOTA")
        lines = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            lines.write_row(number, 0, row)
    return io.BytesIO(file.getvalue())


BY_TITLE = [
    ["REKAPITULASI PENILAIAN MANDIRI"],
    [],
    ["No", "Indikator", "Bobot Nilai", "Nilai", "Keterangan"],
    ["A", "Kebijakan Pelayanan"],
    [1, "Ketersediaan Standar Pelayanan (SP)", 0.17, 4, "SK ada"],
    [2, "Pelibatan masyarakat dalam SP", 0.14, "3", ""],
    [3, "Media publikasi komponen  service delivery.", 0.07, "", "belum"],
    ["", "Jumlah", "", 7, ""],
]


def test_the_columns_of_an_old_workbook_are_guessed_then_kept() -> None:
    mapping = suggest(old(BY_TITLE), PEKPPP)
    assert mapping == LegacyMapping("Rekap 2025", 3, "title", "B", "D", "E")
    assert LegacyMapping.from_dict(mapping.as_dict()) == mapping
    found = read_legacy(old(BY_TITLE), PEKPPP, mapping)
    assert found.answers == {"1.a.Ak": 4, "2.a.P": 3}
    assert found.notes == {"1.a.Ak": "SK ada", "3.a.T": "belum"}
    (warning,) = found.warnings
    assert str(warning).startswith("Lembar Rekap 2025, sel B8: Baris ini bernilai “7”")


def test_an_old_workbook_may_tell_indicators_by_code_or_number() -> None:
    rows = [["Kode", "Skor"], ["1.a.ak", 5], ["10.B.As", "2"]]
    mapping = suggest(old(rows), PEKPPP)
    assert mapping == LegacyMapping("Rekap 2025", 1, "code", "A", "B", None)
    assert read_legacy(old(rows), PEKPPP, mapping).answers == {"1.a.Ak": 5, "10.b.As": 2}
    rows = [["No.", "Skor"], [1, 5], ["10.", 2]]
    mapping = suggest(old(rows), PEKPPP)
    assert mapping == LegacyMapping("Rekap 2025", 1, "number", "A", "B", None)
    assert read_legacy(old(rows), PEKPPP, mapping).answers == {"1.a.Ak": 5, "10.b.As": 2}
    found = read_legacy(old([["No", "Ada"], [1, 1], [3, 0]]), STANDAR, mapping)
    assert found.answers == {STANDAR.questions[0].code: 1, STANDAR.questions[2].code: 0}


def test_nothing_is_guessed_where_nothing_speaks_for_it() -> None:
    assert suggest(old([["Nama", "Nilai"], ["Budi", 4], ["Siti", 5]]), PEKPPP) is None


def test_every_fault_of_an_old_workbook_is_named() -> None:
    rows = [["Kode", "Nilai"], ["1.a.Ak", 9], ["2.a.P", "baik"], ["1.a.Ak", 3]]
    with pytest.raises(BadWorkbook) as refusal:
        read_legacy(old(rows), PEKPPP, LegacyMapping("Rekap 2025", 1, "code", "A", "B"))
    assert [fault.cell for fault in refusal.value.faults] == ["B2", "B3", "A4"]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (LegacyMapping("Lain", 1, "code", "A", "B"), "Yang ada: Sampul, Rekap 2025."),
        (LegacyMapping("Rekap 2025", 3, "code", "C", "D"), "Petakan ulang kolomnya."),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: LegacyMapping, words: str) -> None:
    with pytest.raises(BadWorkbook, match=re.escape(words)):
        read_legacy(old(BY_TITLE), PEKPPP, mapping)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sheet": "a"},
        {**LegacyMapping("a", 1, "code", "A", "B").as_dict(), "score": "1"},
        {**LegacyMapping("a", 1, "code", "A", "B").as_dict(), "score": "A"},
        {**LegacyMapping("a", 1, "code", "A", "B").as_dict(), "told_by": "x"},
        {**LegacyMapping("a", 1, "code", "A", "B").as_dict(), "header_row": 0},
    ],
)
def test_a_mapping_that_was_spoiled_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\."):
        LegacyMapping.from_dict(data)


def test_a_survey_has_no_old_workbook_of_this_kind() -> None:
    with pytest.raises(BadWorkbook, match="per responden"):
        suggest(old(BY_TITLE), SKM)


def test_a_rule_of_one_indicator_is_rounded_as_it_is_published() -> None:
    bare = instrument_of(Indicator(name("i"), Fraction(), Fraction(5), 1), 0)
    found = read(written(bare, answers={"i": Fraction("2.5")}), bare)
    assert found.score_in_file.value == found.score(bare).value == 3
