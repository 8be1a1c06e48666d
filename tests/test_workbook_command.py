"""`hijau workbook`: what a clerk without the platform writes, fills in and reads."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hijau.cli import main
from scoring.reading import find_instrument
from scoring.workbook.writing import write_workbook

PEKPPP, SKM = "pekppp/pedoman-2022", "skm/permenpanrb-14-2017"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["workbook", *map(str, arguments)])


def refusal(*arguments: object) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "jawaban.csv"
    path.write_text("subject,indicator,answer\nPuskesmas A,1.a.Ak,4\nPuskesmas A,f03a-1,3.25\n")
    return path


def test_it_writes_and_reads_the_answers_of_a_unit(tmp_path: Path, answers: Path) -> None:
    book, out = tmp_path / "a.xlsx", tmp_path / "out.csv"
    assert run("write", PEKPPP, book, "--answers", answers, "--convention", "butir").exit_code == 0
    result = run("read", PEKPPP, book, "--answers", out, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert out.read_text() == answers.read_text()
    (ours,) = json.loads(result.stdout)
    score = ["score", PEKPPP, str(out), "--convention", "butir", "--format", "json"]
    (theirs,) = json.loads(CliRunner().invoke(main, score).stdout)
    assert ours == theirs
    assert (ours["subject"], ours["value"]) == ("Puskesmas A", None)


def test_it_writes_and_reads_respondents(tmp_path: Path) -> None:
    source, book, out = tmp_path / "s.csv", tmp_path / "s.xlsx", tmp_path / "out.csv"
    source.write_text("subject,waktu,biaya\nLoket,4,3\nLoket,,2\nLoket,1,\n")
    assert run("write", SKM, book, "--answers", source).exit_code == 0
    assert run("read", SKM, book, "--answers", out).exit_code == 0
    assert out.read_text() == source.read_text()


def test_it_scores_a_whole_survey_from_its_workbook(tmp_path: Path) -> None:
    rows = ["persyaratan,prosedur,waktu,biaya,produk,kompetensi,perilaku,pengaduan,sarana"]
    rows += [",".join(str(1 + (n * k) % 4) for k in range(1, 10)) for n in range(49)]
    source, book = tmp_path / "survei.csv", tmp_path / "s.xlsx"
    source.write_text("\n".join(rows) + "\n")
    assert run("write", SKM, book, "--answers", source).exit_code == 0
    result = run("read", SKM, book, "--format", "json")
    theirs = CliRunner().invoke(main, ["score", SKM, str(source), "--format", "json"])
    assert json.loads(result.stdout) == json.loads(theirs.stdout)


def test_a_finished_figure_does_not_fit_into_the_csv_and_it_says_so(tmp_path: Path) -> None:
    book, out = tmp_path / "b.xlsx", tmp_path / "out.csv"
    figures = {"aspek:sdm": Fraction(4)}
    write_workbook(book, find_instrument(PEKPPP), form="B", answers=figures)
    result = run("read", PEKPPP, book, "--answers", out)
    assert result.exit_code == 2
    assert "Nilai jadi aspek:sdm = 4 tidak ikut ke CSV." in result.stderr
    assert "tidak diterbitkan" in result.stderr


def test_it_overwrites_nothing(tmp_path: Path, answers: Path) -> None:
    book = tmp_path / "a.xlsx"
    assert run("write", PEKPPP, book).exit_code == 0
    before = book.read_bytes()
    assert "sudah ada dan tidak ditimpa" in refusal("write", PEKPPP, book)
    assert "sudah ada dan tidak ditimpa" in refusal("read", PEKPPP, book, "--answers", answers)
    assert book.read_bytes() == before


def test_it_refuses_what_it_does_not_know(tmp_path: Path, answers: Path) -> None:
    book = tmp_path / "a.xlsx"
    assert "Formulir “C” tidak dikenal" in refusal("write", PEKPPP, book, "--form", "C")
    assert "Konvensi “x” tidak dikenal" in refusal("write", PEKPPP, book, "--convention", "x")
    assert "Instrumen “x” tidak dikenal" in refusal("write", "x", book)
    assert "“1.a.Ak” tidak dikenal" in refusal("write", SKM, book, "--answers", answers)
    answers.write_text("subject,waktu\nA,1\nB,2\n")
    assert "memuat 2 subjek" in refusal("write", SKM, book, "--answers", answers)
    answers.write_text("subject,indicator,answer\nA,waktu,1\n")
    assert "satu baris untuk satu responden" in refusal("write", SKM, book, "--answers", answers)
    assert "tidak dapat ditulis" in refusal("write", PEKPPP, tmp_path / "x" / "a.xlsx")
    assert not book.exists()


def test_it_names_every_fault_of_a_workbook(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    book.write_bytes(b"bukan buku kerja")
    assert refusal("read", PEKPPP, book).startswith("a.xlsx: Berkas: Bukan buku kerja Excel")
    assert "tidak dapat dibaca" in refusal("read", PEKPPP, tmp_path / "b.xlsx")
    other = tmp_path / "c.xlsx"
    run("write", SKM, other)
    assert "Lembar Hijau, sel B2: Buku kerja ini untuk instrumen" in refusal("read", PEKPPP, other)
