"""`hijau score` and `hijau instruments`: what a person or a script gets, and how it says no."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from hijau.cli import main
from hijau.cli.lazy import LazyGroup
from scoring.reading import SHIPPED, shipped_paths

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).parent / "data"
SKM, OPINI, OPINI_2025 = (
    "skm/permenpanrb-14-2017",
    "ombudsman/opini-2022",
    "ombudsman/opini-2025",
)
STANDAR, PEKPPP = "standar-pelayanan/uu-25-2009", "pekppp/pedoman-2022"
UNITS = "institution,unit,value\nX,a,80.00\nX,b,70.01\nY,a,88.00\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def _write(content: str, name: str = "data.csv") -> str:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    return _write


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def score(*arguments: str) -> list[dict[str, Any]]:
    result = run("score", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    code = "import sys; from hijau.cli import main; main(prog_name='hijau')"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


# ---- Scores --------------------------------------------------------------------------------------


def test_json_is_one_list_in_the_order_of_the_file(write: Callable[..., str]) -> None:
    found = score(OPINI, write(UNITS), "--level", "unit")
    assert [(one["subject"], one["value"], one["category"]) for one in found] == [
        ("X", "75.01", "C"),
        ("Y", "88.00", "A"),
    ]


def test_csv_has_a_row_per_subject(write: Callable[..., str]) -> None:
    result = run("score", OPINI, write(UNITS), "--level", "unit", "--format", "csv")
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["subject"] for row in rows] == ["X", "Y"]
    assert rows[0]["value"] == "75.01"
    assert rows[0]["opinion"] == ""
    assert rows[0]["estimate"] in ("true", "false")


def test_the_table_says_what_is_missing_and_estimated(write: Callable[..., str]) -> None:
    path = write("subject,persyaratan,biaya\nKTP,1,1\nKK,,\n")
    lines = run("score", STANDAR, path).stdout.splitlines()
    assert lines[0].split() == ["SUBJEK", "NILAI", "KATEGORI", "LABEL", "ZONA", "CATATAN"]
    assert lines[1].index("14.29–100.00") == lines[2].index("0.00–100.00")
    assert "taksiran; belum lengkap: prosedur" in lines[1]
    assert "dan 6 lagi" in lines[2]


def test_what_is_missing_keeps_a_range_and_all_possible_categories(
    write: Callable[..., str],
) -> None:
    (one,) = score(OPINI, write("institution,unit,value\nX,a,80\nX,b,\n"), "--level", "unit")
    assert (one["value"], one["low"], one["high"]) == (None, "40.00", "90.00")
    assert one["category"] is None
    assert one["possible"] == ["A", "B", "C", "D"]
    assert one["missing"] == ["b"]


def test_a_unit_that_does_not_apply_is_left_out(write: Callable[..., str]) -> None:
    path = write("institution,unit,value\nX,a,80\nX,b,N/A\nY,a,TB\n")
    x, y = score(OPINI, path, "--level", "unit")
    assert x["value"] == "80.00"
    assert (y["value"], y["low"]) == (None, "0.00")


def test_a_subject_to_which_nothing_applies_has_no_figure(write: Callable[..., str]) -> None:
    code = "ipp"
    result = run("score", PEKPPP, write(f"{code}\nN/A\n"), "--level", "unit")
    assert "tidak berlaku" in result.stdout


def test_the_entered_figure_of_an_institution_is_classified(write: Callable[..., str]) -> None:
    (one,) = score(OPINI, write("subject,instansi\nX,53.99\n"), "--level", "instansi")
    assert one["category"] == "D"


def test_the_axis_of_the_file_wins_over_the_option(write: Callable[..., str]) -> None:
    path = write("institution,unit,value,kepatuhan\nX,a,90,lainnya\nY,a,90,\n")
    found = score(OPINI_2025, path, "--level", "unit", "--axis", "tinggi")
    assert [one["opinion"] for one in found] == [
        "Kualitas Tertinggi",
        "Kualitas Tertinggi Tanpa Maladministrasi",
    ]


def test_a_form_is_chosen_by_name(write: Callable[..., str]) -> None:
    path = write("f02b,f03b\n4.00,3.00\n")
    (one,) = score(PEKPPP, path, "--form", "B", "--level", "formulir")
    assert one["value"] == "3.75"


def test_an_instrument_may_be_a_file(write: Callable[..., str]) -> None:
    assert score(str(SHIPPED / f"{OPINI}.yaml"), write(UNITS), "--level", "unit")


# ---- Proofs --------------------------------------------------------------------------------------


def explained(*arguments: str) -> str:
    result = run("score", *arguments, "--explain")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_proof_of_a_survey_shows_sums_counts_weights_and_sources(
    write: Callable[..., str],
) -> None:
    text = explained(SKM, write(sekadau_with_codes(), "sekadau.csv"))
    assert text.startswith("sekadau – ")
    assert SKM in text
    assert "Rerata atas 49 responden: 138 ÷ 49." in text
    assert "× bobot 1/9" in text
    assert "Dikalikan 25." in text
    assert "Nilai terbit (terbit): 78.74" in text
    assert "Dibulatkan sekali ke 2 desimal, setengah ke atas." in text
    assert "Kategori (B): Baik" in text
    assert "Batas 76.61 sampai 88.30." in text
    assert "https://" in text


def sekadau_with_codes() -> str:
    """The raw answers under the codes of the instrument; the file's own titles are u1 to u9."""
    text = (DATA / "skm-sekadau-2019.csv").read_text(encoding="utf-8")
    codes = "persyaratan,prosedur,waktu,biaya,produk,kompetensi,perilaku,pengaduan,sarana"
    return text.replace("u1,u2,u3,u4,u5,u6,u7,u8,u9", codes)


def test_the_proof_of_an_answer_shows_its_option(write: Callable[..., str]) -> None:
    text = explained(STANDAR, write("persyaratan,biaya\n1,\n"))
    assert "Persyaratan (persyaratan): 1 – “" in text
    assert "× bobot 1/6 = 0.1667 (tepatnya 1/6)" in text
    assert "Biaya/tarif (biaya): belum dijawab, antara 0 dan 1" in text
    assert "= antara 0 dan 0.1667 (tepatnya 1/6)" in text
    assert "Belum lengkap (kurang): prosedur" in text
    assert "Taksiran (taksiran): " in text


def test_the_proof_of_an_institution_names_its_units(write: Callable[..., str]) -> None:
    text = explained(OPINI, write(UNITS), "--level", "unit")
    assert "b (" in text
    assert "Nilai dimasukkan" in text
    assert "Rerata atas 2 unit." in text
    assert "\n\nY – " in text


def test_the_proof_of_an_opinion_says_what_is_unpublished(write: Callable[..., str]) -> None:
    path = write("institution,unit,value,kepatuhan\nX,a,50,tinggi\nY,a,50,\nZ,a,,\n")
    text = explained(OPINI_2025, path, "--level", "unit")
    assert "tidak diterbitkan" in text
    assert "tidak diterbitkan / Kualitas Rendah" in text
    assert "Kategori yang mungkin (Cukup)" in text


def test_the_proof_shows_weights_that_nobody_published(write: Callable[..., str]) -> None:
    path = write("input,proses,output,pengaduan\n75,85,80,90\n")
    text = explained(OPINI_2025, path, "--level", "dimensi")
    assert "× bobot tidak diterbitkan" in text
    assert "dibagi menurut aturan yang tidak diterbitkan" in text


# ---- Refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_a_bad_row_at_the_end_prints_nothing(write: Callable[..., str], style: str) -> None:
    path = write("institution,unit,value\nX,a,80\nX,b,abc\n")
    text = refused("score", OPINI, path, "--level", "unit", "--format", style)
    assert "data.csv, baris 3, kolom “value”" in text


def test_a_subject_that_cannot_be_scored_is_named_and_nothing_is_printed(
    write: Callable[..., str],
) -> None:
    path = write("subject,1.a.Ak\nDukcapil,5\nDinsos,N/A\n")
    text = refused("score", PEKPPP, path)
    assert text.startswith("Dinsos: “Tidak berlaku”")


def test_unknown_names_are_refused_with_what_exists(write: Callable[..., str]) -> None:
    path = write(UNITS)
    assert "Mungkin maksudnya “unit”" in refused("score", OPINI, path, "--level", "units")
    assert "Yang ada: instansi, unit" in refused("score", OPINI, path, "--level", "x")
    assert "Yang ada: 1/9, 0.111, 0.11." in refused("score", SKM, path, "--convention", "9")
    assert "Yang ada: A, B." in refused("score", PEKPPP, path, "--form", "C")
    assert "Yang ada: tidak ada." in refused("score", SKM, path, "--form", "C")
    assert "Yang ada: tinggi, lainnya." in refused("score", OPINI_2025, path, "--axis", "x")
    assert f"Yang ada: {OPINI_2025.split('/')[0]}" in refused("score", "zz/zz", path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "tidak ditemukan" in refused("score", SKM, str(tmp_path / "x.csv"))


def test_options_of_other_engines_are_refused(write: Callable[..., str]) -> None:
    path = write(UNITS)
    assert "--dsn" in refused("score", OPINI, path, "--dsn", "x")
    assert "--memory-limit" in refused("score", OPINI, path, "--memory-limit", "1GB")
    text = refused("score", OPINI, path, "--engine", "duckdb", "--explain")
    assert "--explain hanya ada" in text


def test_an_instrument_that_is_broken_is_refused(write: Callable[..., str]) -> None:
    broken = write("id: x", "x.yaml")
    assert f"{broken}:1: " in refused("score", broken, write(UNITS))
    # A name that is a folder of instruments is no instrument.
    assert "tidak dikenal" in refused("score", "ombudsman", write(UNITS))


def test_another_engine_gets_the_same_choices(
    write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import types

    asked: dict[str, Any] = {}

    def score_file(_: object, path: Path, **choices: Any) -> Any:
        asked.update(choices, name=path.name)
        return iter([])

    stand_in = types.ModuleType("scoring.bulk")
    stand_in.score_file = score_file  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "scoring.bulk", stand_in)
    found = score(OPINI, write(UNITS), "--engine", "duckdb", "--memory-limit", "1GB")
    assert found == []
    assert asked == {
        "engine": "duckdb", "dsn": None, "axis_value": None, "level": None, "form": None,
        "convention": None, "memory_limit": "1GB", "name": "data.csv",
    }  # fmt: skip
    score(OPINI, write(UNITS), "--engine", "duckdb")


def test_what_does_not_fit_another_engine_is_refused(
    write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import types

    from scoring.sql import TooWide

    def score_file(*_: object, **__: object) -> Any:
        raise TooWide("terlalu lebar.")

    stand_in = types.ModuleType("scoring.bulk")
    stand_in.score_file = score_file  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "scoring.bulk", stand_in)
    text = refused("score", OPINI, write(UNITS), "--engine", "duckdb")
    assert text == "data.csv: terlalu lebar.\n"


def test_an_instrument_that_cannot_be_opened_is_refused(
    write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hijau.cli import scoring as verbs

    def denied(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(verbs, "find_instrument", denied)
    assert "tidak dapat dibaca (Permission denied)" in refused("score", OPINI, write(UNITS))


# ---- Real processes ------------------------------------------------------------------------------


def test_a_real_process_scores_without_django(write: Callable[..., str]) -> None:
    path = write(UNITS)
    code = (
        "import sys; from hijau.cli import main\n"
        "try: main(['score', sys.argv[1], sys.argv[2], '--level', 'unit'])\n"
        "finally: assert 'django' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, OPINI, path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "75.01" in done.stdout


def test_a_real_process_says_no_in_one_line(write: Callable[..., str]) -> None:
    done = process("score", OPINI, write("institution,unit,value\nX,a,x\n"), "--level", "unit")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_a_closed_pipe_is_quiet(write: Callable[..., str]) -> None:
    lines = "".join(f"X{i},a,80\n" for i in range(20_000))
    path = write("institution,unit,value\n" + lines)
    code = "import sys; from hijau.cli import main; main()"
    command = [sys.executable, "-c", code, "score", OPINI, path, "--level", "unit"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""


# ---- hijau instruments ---------------------------------------------------------------------------


def test_the_list_has_every_shipped_instrument() -> None:
    found = json.loads(run("instruments", "list", "--format", "json").stdout)
    assert len(found) == len(list(shipped_paths()))
    assert {"id", "title", "body", "valid_from", "valid_to", "sha256"} <= set(found[0])
    table = run("instruments", "list").stdout
    assert all(one["id"] in table and one["sha256"][:12] in table for one in found)


@pytest.mark.parametrize("path", list(shipped_paths()), ids=lambda path: path.stem)
def test_an_instrument_is_shown_whole(path: Path) -> None:
    name = str(path.relative_to(SHIPPED).with_suffix(""))
    result = run("instruments", "show", name)
    assert result.exit_code == 0, result.output
    for word in ("DASAR", "INDIKATOR", "RUMUS", "SUMBER", "https://", "SHA-256"):
        assert word in result.stdout


def test_what_is_shown_names_facts_what_levels_ask_and_examples() -> None:
    text = run("instruments", "show", "pekppp/pedoman-2022").stdout
    assert "Fakta 2-unsur: Unsur mana yang dilibatkan? [Pengguna layanan; Ahli" in text
    assert "        5: lebih dari 4 unsur masyarakat dilibatkan\n" in text
    assert "        0: selain itu\n" in text
    assert "ditolak: Rancangan SK yang belum ditandatangani. Belum ditandatangani, jadi" in text
    assert "Contoh bukti [diasumsikan; Saran Hijau, bukan bunyi pedoman.]" in text


def test_what_is_shown_names_weights_cuts_and_unpublished_cells() -> None:
    text = run("instruments", "show", OPINI_2025).stdout
    assert "bobot tidak diterbitkan" in text
    assert "Sangat Baik: 88.00 sampai 100.00, Kualitas Tertinggi" in text
    assert "Kurang × tinggi: tidak diterbitkan" in text
    assert "0.11: " in run("instruments", "show", SKM).stdout


def test_the_shipped_files_are_checked_with_their_cases() -> None:
    result = run("instruments", "check", *map(str, shipped_paths()))
    assert result.exit_code == 0, result.output
    assert result.stdout.count("kasus cocok") == len(list(shipped_paths()))


def test_a_case_that_does_not_hold_is_named_with_its_line(write: Callable[..., str]) -> None:
    text = (SHIPPED / f"{STANDAR}.yaml").read_text(encoding="utf-8")
    start = text.index("\ncases:")
    head = text[:start].rstrip("\n")
    cases = """
cases:
  - {name: satu, all: 1, expect: {value: "100.00"}}
  - {name: dua, all: 1, expect: {value: "99.00"}}
  - {name: tiga, all: 1, expect: {not: "100.00"}}
  - {name: empat, answers: {tiada: 1}, expect: {value: "1"}}
  - {name: lima, level: indeks, figures: {tiada: 1}, expect: {value: "1"}}
  - {name: enam, units: [1], expect: {value: "1"}}
  - {name: tujuh, all: 1, expect: {refused: apa saja}}
  - {name: delapan, all: N/A, expect: {refused: kalimat lain}}
"""
    path = write(head + cases, "rusak.yaml")
    problems = refused("instruments", "check", path)
    line = head.count("\n") + 2
    assert "“satu”" not in problems
    assert f"{path}:{line + 2}: Kasus “dua”: value seharusnya 99.00, hasilnya 100.00." in problems
    assert f"{path}:{line + 3}: Kasus “tiga”: nilainya tidak boleh 100.00" in problems
    for number, word in [(4, "tiada"), (5, "tiada"), (6, "nilai lembaga"), (7, "seharusnya")]:
        assert any(
            one.startswith(f"{path}:{line + number}: ") and word in one
            for one in problems.splitlines()
        )
    assert "“delapan”: " in problems


def test_a_refusal_that_nobody_expected_is_a_complaint(write: Callable[..., str]) -> None:
    text = (SHIPPED / f"{STANDAR}.yaml").read_text(encoding="utf-8")
    head = text[: text.index("\ncases:")]
    path = write(head + "\ncases: [{name: satu, all: N/A, expect: {value: '1'}}]\n", "x.yaml")
    assert "ditolak dengan kalimat ““Tidak berlaku”" in refused("instruments", "check", path)


def test_every_problem_of_every_file_is_named(write: Callable[..., str], tmp_path: Path) -> None:
    broken, good = write("id: x", "x.yaml"), str(SHIPPED / f"{SKM}.yaml")
    text = refused("instruments", "check", good, broken, str(tmp_path / "tiada.yaml"))
    assert f"{broken}:1: " in text
    assert "tiada.yaml:1: Berkas tidak dapat dibaca" in text


# ---- Verbs that are loaded when asked ------------------------------------------------------------


def test_help_lists_a_lazy_verb_without_importing_it() -> None:
    group = LazyGroup("x", lazy={"serve": ("tiada.modul:perintah", "Jalankan.")})
    result = CliRunner().invoke(group, ["--help"])
    assert "serve  Jalankan." in result.stdout
    assert "Perintah" not in CliRunner().invoke(LazyGroup("y"), ["--help"]).stdout


def test_a_lazy_verb_is_imported_when_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    @click.command()
    def serve() -> None:
        click.echo("jalan")

    module = types.ModuleType("verba_percobaan")
    module.serve = serve  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "verba_percobaan", module)
    group = LazyGroup("x", lazy={"serve": ("verba_percobaan:serve", "Jalankan.")})
    assert CliRunner().invoke(group, ["serve"]).stdout == "jalan\n"
    assert "No such command" in CliRunner().invoke(group, ["tiada"]).stderr
