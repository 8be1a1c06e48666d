"""Reading tables: every shape that is taken, and every fault with its row, column and cure."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from scoring import rows, tables
from scoring.instrument import Instrument
from scoring.interpret import NA, Tally
from scoring.reading import SHIPPED, read_instrument
from scoring.subject import Subject, Unit
from scoring.tables import BadTable, read_subjects


def shipped(name: str) -> Instrument:
    return read_instrument(SHIPPED / f"{name}.yaml")


SKM = shipped("skm/permenpanrb-14-2017")
STANDAR = shipped("standar-pelayanan/uu-25-2009")
OPINI = shipped("ombudsman/opini-2022")
OPINI_2025 = shipped("ombudsman/opini-2025")
KEPATUHAN = shipped("ombudsman/kepatuhan-2021")
PEKPPP = shipped("pekppp/pedoman-2022")


def leaf(code: str) -> tuple[str, str]:
    return ("indikator", code)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def _write(content: str | bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def read(path: Path, instrument: Instrument = STANDAR, level: str | None = None) -> list[Subject]:
    return read_subjects(path, instrument, level=level)


def fault(path: Path, instrument: Instrument = STANDAR, level: str | None = None) -> str:
    with pytest.raises(BadTable) as error:
        read(path, instrument, level)
    sentence = str(error.value)
    assert sentence.startswith(f"{path.name}")
    return sentence


# ---- Shapes that are taken -----------------------------------------------------------------------


def test_a_wide_table_has_a_column_per_code(write: Callable[..., Path]) -> None:
    path = write("subject,persyaratan,biaya\nKTP,1,0\nKK,N/A,\n")
    assert read(path) == [
        Subject("KTP", {leaf("persyaratan"): Fraction(1), leaf("biaya"): Fraction(0)}),
        Subject("KK", {leaf("persyaratan"): NA}),
    ]


def test_without_a_name_subjects_are_numbered(write: Callable[..., Path]) -> None:
    assert [s.name for s in read(write("biaya\n1\n0\n"))] == ["1", "2"]


@pytest.mark.parametrize("token", ["N/A", "n/a", "TB", "tb", "Tidak Berlaku", " N/A "])
def test_not_applicable_has_three_words(write: Callable[..., Path], token: str) -> None:
    assert read(write(f"biaya\n{token}\n"))[0].figures == {leaf("biaya"): NA}


def test_a_long_table_has_one_answer_per_row(write: Callable[..., Path]) -> None:
    path = write("indicator,subject,answer\nbiaya,KTP,1\nbiaya,KK,\nproduk,KTP,N/A\n")
    assert read(path) == [
        Subject("KTP", {leaf("biaya"): Fraction(1), leaf("produk"): NA}),
        Subject("KK", {}),
    ]


def test_respondents_are_folded_per_subject(write: Callable[..., Path]) -> None:
    path = write("subject,biaya,waktu\nA,4,1\nB,2,\nA,3,TB\nA,,2\n")
    assert read(path, SKM) == [
        Subject("A", {leaf("biaya"): Tally(Fraction(7), 2), leaf("waktu"): Tally(Fraction(3), 2)}),
        Subject("B", {leaf("biaya"): Tally(Fraction(2), 1)}),
    ]


def test_respondents_without_a_name_are_one_subject(write: Callable[..., Path]) -> None:
    path = write("biaya\n4\n3\n", "dukcapil.csv")
    assert read(path, SKM) == [Subject("dukcapil", {leaf("biaya"): Tally(Fraction(7), 2)})]


def test_respondents_may_answer_again_in_a_long_table(write: Callable[..., Path]) -> None:
    path = write("subject,indicator,answer\nA,biaya,4\nA,biaya,1\n")
    assert read(path, SKM) == [Subject("A", {leaf("biaya"): Tally(Fraction(5), 2)})]


def test_figures_of_a_level_are_taken_as_they_are(write: Callable[..., Path]) -> None:
    path = write("subject,biaya,waktu\nA,3.45678901,4.0000\n")
    assert read(path, SKM, "unsur") == [
        Subject("A", {("unsur", "biaya"): Fraction("3.45678901"), ("unsur", "waktu"): Fraction(4)})
    ]


def test_an_institution_has_its_units_in_order(write: Callable[..., Path]) -> None:
    path = write("institution,unit,value\nX,a,80\nY,a,70\nX,b,\nX,c,N/A\n")
    assert read(path, OPINI, "unit") == [
        Subject("X", {}, None, (Unit("a", Fraction(80)), Unit("b", None), Unit("c", NA))),
        Subject("Y", {}, None, (Unit("a", Fraction(70)),)),
    ]


@pytest.mark.parametrize("column", ["unit", "produk"])
def test_the_product_of_the_old_rule_may_be_called_unit(
    write: Callable[..., Path], column: str
) -> None:
    path = write(f"institution,{column},value\nX,a,80\n")
    assert read(path, KEPATUHAN, "produk")[0].units == (Unit("a", Fraction(80)),)


def test_the_level_of_the_root_may_be_wide_too(write: Callable[..., Path]) -> None:
    code = OPINI.formula().name.code
    assert read(write(f"subject,{code}\nA,80.5\n"), OPINI, "unit") == [
        Subject("A", {("unit", code): Fraction("80.5")})
    ]
    assert read(write(f"{code}\n80.5\n"), OPINI, "unit")[0].name == "1"


def test_the_figure_of_an_institution_can_be_entered(write: Callable[..., Path]) -> None:
    assert OPINI.institution is not None
    name = OPINI.institution.name
    path = write(f"subject,{name.code}\nA,80.5\n")
    assert read(path, OPINI, name.level)[0].figures == {(name.level, name.code): Fraction("80.5")}


def test_a_second_axis_may_stand_in_a_wide_table(write: Callable[..., Path]) -> None:
    code = OPINI_2025.formula().name.code
    path = write(f"subject,{code},kepatuhan\nA,80,tinggi\nB,80,\n")
    assert [s.axis_value for s in read(path, OPINI_2025, "unit")] == ["tinggi", None]


def test_a_second_axis_may_stand_with_an_institution(write: Callable[..., Path]) -> None:
    path = write(
        "institution,unit,value,kepatuhan\nX,a,80,\nX,b,81,tinggi\nX,c,82,tinggi\nY,a,1,\n"
    )
    assert [s.axis_value for s in read(path, OPINI_2025, "unit")] == ["tinggi", None]


def test_an_indicator_that_is_not_scored_may_have_a_column(write: Callable[..., Path]) -> None:
    (code,) = [q.code for q in PEKPPP.questions if q.unscored]
    assert read(write(f"{code},1.a.Ak\n5,5\n"), PEKPPP)[0].figures[leaf("1.a.Ak")] == 5
    assert "di luar skala" in fault(write(f"{code},1.a.Ak\n6,5\n"), PEKPPP)


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_three_separators_are_known(write: Callable[..., Path], mark: str) -> None:
    path = write(f"subject{mark}biaya\nKTP{mark}1\n")
    assert read(path) == [Subject("KTP", {leaf("biaya"): Fraction(1)})]


def test_byte_order_mark_spaces_and_empty_end_do_not_matter(write: Callable[..., Path]) -> None:
    path = write("\ufeffsubject , biaya\r\n KTP , 1 \r\n,\r\n\r\n")
    assert read(path) == [Subject("KTP", {leaf("biaya"): Fraction(1)})]


def test_a_name_may_be_quoted(write: Callable[..., Path]) -> None:
    assert read(write('subject,"biaya"\n"KTP, KK",1\n'))[0].name == "KTP, KK"


# ---- Faults in the header ------------------------------------------------------------------------

HEADERS = [
    ("subject,biya\nA,1\n", "baris 1, kolom “biya”: ", "Mungkin maksudnya “biaya”"),
    ("subject,zzz\nA,1\n", "baris 1, kolom “zzz”: ", "Yang ada: subject, persyaratan"),
    ("biaya,biaya\n1,1\n", "baris 1, kolom “biaya”: ", "dua kali"),
    ("subject,,biaya\nA,1,1\n", "baris 1, kolom “2”: ", "tidak berjudul"),
    ("subject\nA\n", "baris 1: ", "Tidak ada kolom nilai"),
    ("subject,biaya\n", "baris 1: ", "Hanya ada judul"),
    (",\n", "baris 1: ", "Judul kolom tidak ada"),
    ("subject,biaya;produk\nA,1\n", "baris 1: ", "Pemisah kolom tidak jelas"),
    ("indicator,answer\nbiaya,1\n", "baris 1, kolom “subject”: ", "belum ada"),
    ("subject,indicator,answer,x\nA,biaya,1,1\n", "baris 1, kolom “x”: ", "tidak dikenal"),
    ("institution,unit,value\nA,a,1\n", "“institution”: ", "tidak memuat aturan nilai lembaga"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "place", "cure"), HEADERS)
def test_a_fault_in_the_header_is_named(
    write: Callable[..., Path], content: str, place: str, cure: str
) -> None:
    sentence = fault(write(content))
    assert place in sentence
    assert cure in sentence


def test_an_institution_needs_the_level_of_the_root(write: Callable[..., Path]) -> None:
    assert "--level unit" in fault(write("institution,unit,value\nA,a,1\n"), OPINI)


def test_an_indicator_of_another_form_points_to_the_form(write: Callable[..., Path]) -> None:
    other = next(q.code for q in PEKPPP.questions if q.code.startswith("f03b"))
    with pytest.raises(BadTable, match=r"pilih dengan --form \(A, B\)"):
        read_subjects(write(f"{other}\n5\n"), PEKPPP, form="A")


def test_a_level_that_does_not_exist_is_a_key_error(write: Callable[..., Path]) -> None:
    with pytest.raises(KeyError):
        read(write("a\n1\n"), OPINI, "dinas")


# ---- Faults in the rows --------------------------------------------------------------------------

CELLS = [
    ("2", "2 di luar skala 0 sampai 1"),
    ("-1", "-1 di luar skala 0 sampai 1"),
    ("0.5", "jawaban di sini bilangan bulat"),
    ("ada", "“ada” bukan angka"),
    ("nan", "kosongkan sel ini"),
    ("inf", "kosongkan sel ini"),
    ("1e0", "bukan angka"),
    ("=1+0", "tampak seperti rumus"),
    ("+1", "tampak seperti rumus"),
    ("-SUM(A1)", "tampak seperti rumus"),
    ("@SUM(A1)", "tampak seperti rumus"),
    ('"\t1"', "tampak seperti rumus"),
    ('"0,5"', "tulis “0.5”"),
    ("0" * 60, "terlalu panjang"),
]


@pytest.mark.parametrize(("cell", "cure"), CELLS)
def test_a_bad_cell_is_named_by_row_and_column(
    write: Callable[..., Path], cell: str, cure: str
) -> None:
    sentence = fault(write(f"subject,produk,biaya\nA,1,1\nB,1,{cell}\n"))
    assert sentence.startswith("data.csv, baris 3, kolom “biaya”: ")
    assert cure in sentence


@pytest.mark.parametrize(("cell", "cure"), CELLS[1:2] + CELLS[3:])
def test_a_bad_cell_of_a_respondent_is_named_too(
    write: Callable[..., Path], cell: str, cure: str
) -> None:
    sentence = fault(write(f"subject,indicator,answer\nA,biaya,4\nA,biaya,{cell}\n"), SKM)
    assert sentence.startswith("data.csv, baris 3, kolom “answer”: ")
    assert cure.replace("0 sampai 1", "1 sampai 4") in sentence


def test_an_answer_may_not_be_finer_than_its_scale(write: Callable[..., Path]) -> None:
    code = OPINI.questions[0].code
    assert read(write(f"{code}\n79.12\n"), OPINI)
    assert "paling banyak 2 desimal" in fault(write(f"{code}\n79.123\n"), OPINI)


def test_figures_are_bound_by_the_convention(write: Callable[..., Path]) -> None:
    """Nine times 0.11 cannot reach more than 99."""
    path = write("subject,ikm\nA,99.00\nB,99.01\n")
    assert len(read_subjects(path, SKM, level="indeks", convention="1/9")) == 2
    with pytest.raises(BadTable, match=r"kolom “ikm”: 99\.01 di luar skala 24\.75 sampai 99"):
        read_subjects(path, SKM, level="indeks", convention="0.11")


NAMES = [
    ("=A1", "tampak seperti rumus"), ("+62", "tampak seperti rumus"), ("-x", "tampak seperti"),
    ("@x", "tampak seperti rumus"), (" =x", "tampak seperti rumus"), ('"\tx"', "tampak seperti"),
    ("", "Nama belum diisi"), ('"a\nb"', "tanda kendali"), ("a\x1b[2J", "tanda kendali"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cure"), NAMES)
def test_a_name_that_a_spreadsheet_would_run_is_refused(
    write: Callable[..., Path], name: str, cure: str
) -> None:
    sentence = fault(write(f"subject,biaya\nA,1\n{name},1\n"))
    assert sentence.startswith("data.csv, baris 3, kolom “subject”: ")
    assert cure in sentence
    for line in (f"{name},a,1", f"X,{name},1"):
        sentence = fault(write(f"institution,unit,value\n{line}\n"), OPINI, "unit")
        assert "baris 2" in sentence
        assert cure in sentence


@pytest.mark.parametrize("zero_width", ["\u200b", "\u00a0x"])
def test_a_name_with_odd_letters_is_kept(write: Callable[..., Path], zero_width: str) -> None:
    assert read(write(f"subject,biaya\nA{zero_width},1\n"))[0].name == f"A{zero_width}"


def test_a_repeated_subject_names_both_rows(write: Callable[..., Path]) -> None:
    sentence = fault(write("subject,biaya\nA,1\nB,1\nA,0\n"))
    assert "baris 4" in sentence
    assert "sudah ada di baris 2" in sentence


def test_a_repeated_answer_names_both_rows(write: Callable[..., Path]) -> None:
    sentence = fault(write("subject,indicator,answer\nA,biaya,1\nA,biaya,1\n"))
    assert "baris 3" in sentence
    assert "di baris 2" in sentence


def test_a_repeated_subject_is_a_fault_for_respondents_above_the_answers(
    write: Callable[..., Path],
) -> None:
    assert "baris 2" in fault(write("subject,biaya\nA,3\nA,3\n"), SKM, "unsur")


def test_a_repeated_unit_names_both_rows(write: Callable[..., Path]) -> None:
    path = write("institution,unit,value\nX,a,1\nY,a,1\nX,a,1\n")
    assert "baris 4, kolom “unit”: “a” sudah ada di baris 2" in fault(path, OPINI, "unit")


def test_compliance_must_agree_within_an_institution(write: Callable[..., Path]) -> None:
    path = write("institution,unit,value,kepatuhan\nX,a,1,tinggi\nX,b,1,lainnya\n")
    sentence = fault(path, OPINI_2025, "unit")
    assert "baris 3, kolom “kepatuhan”: “X” tertulis “tinggi” di baris 2" in sentence


def test_an_unknown_compliance_is_refused(write: Callable[..., Path]) -> None:
    path = write("institution,unit,value,kepatuhan\nX,a,1,rendah\n")
    assert "baris 2, kolom “kepatuhan”: “rendah”" in fault(path, OPINI_2025, "unit")


def test_an_unknown_indicator_in_a_long_table_is_named(write: Callable[..., Path]) -> None:
    sentence = fault(write("subject,indicator,answer\nA,biya,1\n"))
    assert sentence.startswith("data.csv, baris 2, kolom “indicator”: “biya” tidak dikenal")


def test_a_ragged_row_is_named(write: Callable[..., Path]) -> None:
    assert "baris 3: Baris ini berisi 1 sel" in fault(write("subject,biaya\nA,1\nB\n"))
    assert "baris 2: Baris ini berisi 3 sel" in fault(write("subject,biaya\nA,1,1\n"))


def test_an_empty_row_in_the_middle_is_named(write: Callable[..., Path]) -> None:
    assert "baris 3: Baris kosong" in fault(write("subject,biaya\nA,1\n,\n\nB,1\n"))


# ---- Files that are no table ---------------------------------------------------------------------


def test_a_missing_file_a_folder_and_a_device_are_named(tmp_path: Path) -> None:
    assert "tidak ditemukan" in fault(tmp_path / "tiada.csv")
    folder = tmp_path / "map.csv"
    folder.mkdir()
    assert "folder" in fault(folder)
    assert "bukan berkas biasa" in fault(Path("/dev/null"))


FILES = [
    ("", "data.csv", "Berkas kosong"),
    ("a", "data.pdf", "Jenis berkas tidak dikenal"),
    ("subject,biaya\nA,\0\n", "data.csv", "baris 2: Ini berkas biner"),
    ("subject,biaya\nA,1\nÉ,1\n".encode("latin-1"), "data.csv", "baris 3: Bukan teks UTF-8"),
    ("subject,biaya\n".encode("utf-16"), "data.csv", "Bukan teks UTF-8"),
    ('subject,biaya\n"A"x,1\n', "data.csv", "baris 2: Susunan CSV rusak"),
    ('subject,biaya\n"A,1\n', "data.csv", "Susunan CSV rusak"),
    ("subject,biaya\n" + "A" * 200_000 + ",1\n", "data.csv", "Susunan CSV rusak"),
    ("bukan zip", "data.xlsx", "Bukan buku kerja Excel"),
    ("bukan parquet", "data.parquet", "Bukan berkas Parquet"),
    (b"PAR1" + b"\0" * 50 + b"PAR1", "data.parquet", "Bukan berkas Parquet"),
]


@pytest.mark.parametrize(("content", "name", "cure"), FILES)
def test_a_file_that_is_no_table_is_named(
    write: Callable[..., Path], content: str | bytes, name: str, cure: str
) -> None:
    assert cure in fault(write(content, name))


def test_a_file_that_cannot_be_opened_is_named(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("biaya\n1\n")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "tidak dapat dibaca (Permission denied)" in fault(path)


@pytest.mark.parametrize(
    ("limit", "name"), [("MAX_CSV_BYTES", "data.csv"), ("MAX_XLSX_BYTES", "data.xlsx")]
)
def test_a_file_that_is_too_large_points_to_the_compiled_path(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, limit: str, name: str
) -> None:
    monkeypatch.setattr(rows, limit, 3)
    assert "--engine duckdb" in fault(write("biaya\n1\n", name))


@pytest.mark.parametrize("limit", ["MAX_SUBJECTS", "MAX_FIGURES"])
def test_too_many_subjects_point_to_the_compiled_path(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(tables, limit, 2)
    assert "--engine duckdb" in fault(write("biaya\n1\n1\n1\n"))


def test_too_many_units_point_to_the_compiled_path(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_SUBJECTS", 2)
    path = write("institution,unit,value\nX,a,1\nX,b,1\n")
    assert "--engine duckdb" in fault(path, OPINI, "unit")


# ---- XLSX ----------------------------------------------------------------------------------------


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    def _workbook(*lines: tuple[object, ...], formula: str = "") -> Path:
        path = tmp_path / "data.xlsx"
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet()
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
            if formula:
                sheet.write_formula(1, 1, formula, None, "#N/A")
        return path

    return _workbook


def test_a_workbook_gives_exact_numbers(workbook: Callable[..., Path]) -> None:
    path = workbook(("subject", "biaya", "waktu"), (101, 3.1, "2.00"), ("B", 4, None))
    assert read(path, SKM, "unsur") == [
        Subject("101", {("unsur", "biaya"): Fraction("3.1"), ("unsur", "waktu"): Fraction(2)}),
        Subject("B", {("unsur", "biaya"): Fraction(4)}),
    ]


def test_a_workbook_may_have_empty_rows_at_its_end(workbook: Callable[..., Path]) -> None:
    assert len(read(workbook(("biaya",), (1,), ("",), (" ",)))) == 1


def test_an_empty_workbook_has_no_header(workbook: Callable[..., Path]) -> None:
    assert "Judul kolom tidak ada" in fault(workbook())


@pytest.mark.parametrize(
    ("cell", "cure"),
    [(True, "benar/salah"), (dt.date(2024, 1, 2), "tanggal"), (0.1 + 0.2, "bilangan bulat"),
     ("0,5", "tulis “0.5”"), (2.0, "2 di luar skala"), (1e300, "terlalu panjang"),
     (1e-7, "bilangan bulat")],
)  # fmt: skip
def test_a_bad_cell_in_a_workbook_is_named(
    workbook: Callable[..., Path], cell: object, cure: str
) -> None:
    sentence = fault(workbook(("subject", "biaya"), ("A", 1), ("B", cell)))
    assert sentence.startswith("data.xlsx, baris 3, kolom “biaya”: ")
    assert cure in sentence


def test_an_error_in_a_workbook_is_not_taken_for_an_empty_cell(
    workbook: Callable[..., Path],
) -> None:
    sentence = fault(workbook(("subject", "biaya"), ("A", 1), formula="=NA()"))
    assert "baris 2, kolom “B”: Sel ini berisi galat Excel" in sentence


def test_a_lone_cell_far_away_does_not_fill_the_memory(workbook: Callable[..., Path]) -> None:
    path = workbook(("biaya",), (1,))
    patch(path, "xl/worksheets/sheet1.xml", b'r="A2"', b'r="XFD1048576"')
    assert "1048576 baris × 16384 kolom" in fault(path)


def test_a_workbook_that_grows_too_large_is_refused(
    workbook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_XLSX_EXPANDED", 1000)
    assert "mengembang" in fault(workbook(("biaya",), (1,)))


def test_a_workbook_that_lies_about_its_size_is_measured(
    workbook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(("biaya",), (1,))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bom.xml", b"0" * 1_000_000)
    content = path.read_bytes()
    stated = (1_000_000).to_bytes(4, "little")
    assert stated in content
    path.write_bytes(content.replace(stated, (10).to_bytes(4, "little")))
    monkeypatch.setattr(rows, "MAX_XLSX_EXPANDED", 500_000)
    assert "mengembang" in fault(path)


def test_a_workbook_without_its_sheet_is_broken(workbook: Callable[..., Path]) -> None:
    path = workbook(("biaya",), (1,))
    patch(path, "xl/workbook.xml", b"<sheets>", b"<sheet")
    assert "rusak" in fault(path)


def test_stopping_the_program_is_not_a_broken_workbook(
    workbook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import python_calamine

    class Stopped:
        @staticmethod
        def from_path(_: Path) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Stopped)
    with pytest.raises(KeyboardInterrupt):
        read(workbook(("biaya",), (1,)))


def test_an_error_cell_without_a_place_is_still_refused(workbook: Callable[..., Path]) -> None:
    path = workbook(("subject", "biaya"), ("A", 1), formula="=NA()")
    patch(path, "xl/worksheets/sheet1.xml", b'<c r="B2"', b"<c")
    assert "kolom “?”: Sel ini berisi galat" in fault(path)


def patch(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Change one part of a workbook in place."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


# ---- Parquet -------------------------------------------------------------------------------------


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[[str], Path]:
    def _parquet(select: str) -> Path:
        path = tmp_path / "data.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
        return path

    return _parquet


def test_parquet_gives_exact_numbers(parquet: Callable[[str], Path]) -> None:
    path = parquet(
        "SELECT 'A' AS subject, 3::UTINYINT AS persyaratan, 3.10::DECIMAL(5,2) AS prosedur, "
        "3.1::DOUBLE AS waktu, '4' AS biaya, NULL::INTEGER AS produk"
    )
    assert read(path, SKM, "unsur")[0].figures == {
        ("unsur", "persyaratan"): Fraction(3), ("unsur", "prosedur"): Fraction("3.1"),
        ("unsur", "waktu"): Fraction("3.1"), ("unsur", "biaya"): Fraction(4),
    }  # fmt: skip


def test_a_name_with_stars_is_one_file(parquet: Callable[[str], Path]) -> None:
    path = parquet("SELECT 1 AS biaya")
    assert read(path.rename(path.with_name("a[1]*?.parquet")))


@pytest.mark.parametrize("value", ["'nan'::DOUBLE", "'inf'::DOUBLE", "'-inf'::DOUBLE"])
def test_parquet_has_no_infinity(parquet: Callable[[str], Path], value: str) -> None:
    assert "baris 2, kolom “biaya”: " in fault(parquet(f"SELECT {value} AS biaya"))


@pytest.mark.parametrize("value", ["DATE '2024-01-01'", "true", "1::FLOAT", "[1]", "'a'::BLOB"])
def test_other_types_of_parquet_are_named(parquet: Callable[[str], Path], value: str) -> None:
    sentence = fault(parquet(f"SELECT {value} AS biaya"))
    assert "kolom “biaya”: Jenis " in sentence


def test_parquet_without_rows_is_only_a_header(parquet: Callable[[str], Path]) -> None:
    assert "Hanya ada judul" in fault(parquet("SELECT 1 AS biaya WHERE false"))
