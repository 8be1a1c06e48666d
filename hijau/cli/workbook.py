"""The Excel round trip on the command line: write a workbook, read a filled one. No database."""

from __future__ import annotations

import csv
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from hijau.cli.refusal import Refusal
from hijau.cli.scoring import check_names, instrument_named, print_results
from scoring.instrument import Instrument
from scoring.interpret import NA, Answered, RefusedToScore
from scoring.numbers import format_exact
from scoring.score import as_json

SHOWN = 50


@click.group()
def workbook() -> None:
    """Tulis buku kerja Excel untuk diisi, dan baca yang sudah diisi."""


@workbook.command("write")
@click.argument("instrument")
@click.argument("file", metavar="OUT.xlsx", type=click.Path(path_type=Path))
@click.option("--answers", type=click.Path(path_type=Path), help="Berkas jawaban satu subjek.")
@click.option("--form", help="Formulir, bila instrumen memuat lebih dari satu.")
@click.option("--convention", help="Konvensi bobot, misalnya 0.111.")
def write(
    instrument: str, file: Path, answers: Path | None, form: str | None, convention: str | None
) -> None:
    """Tulis buku kerja untuk diisi, kosong atau dengan jawaban."""
    from scoring.tables import BadTable
    from scoring.workbook.faults import RefusedToWrite
    from scoring.workbook.writing import write_workbook

    one = instrument_named(instrument)
    check_names(one, form=form, convention=convention)
    _must_be_new(file)
    try:
        given = {} if answers is None else _given(one, answers, form, convention)
        write_workbook(file, one, form=form, convention=convention, **given)
    except (BadTable, RefusedToWrite) as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{file}: berkas tidak dapat ditulis ({error.strerror}).") from error
    click.echo(f"{file} ditulis.")


def _must_be_new(file: Path) -> None:
    if file.exists():
        raise Refusal(f"{file} sudah ada dan tidak ditimpa. Pilih nama lain atau hapus dahulu.")


def _given(one: Instrument, path: Path, form: str | None, convention: str | None) -> dict[str, Any]:
    """The answers of a file's one subject, as the writer takes them."""
    from scoring.tables import read_respondents, read_subjects

    subjects = read_subjects(path, one, form=form, convention=convention)
    if len(subjects) != 1:
        raise Refusal(
            f"{path.name}: memuat {len(subjects)} subjek, sedangkan satu buku kerja untuk satu "
            "subjek. Pisahkan berkasnya."
        )
    subject = subjects[0]
    if one.row == "respondent":
        rows = read_respondents(path, one, form=form, convention=convention)
        return {"subject": subject.name, "respondents": rows}
    answers = {code: value for (_, code), value in subject.figures.items()}
    return {"subject": subject.name, "answers": answers}


@workbook.command("read")
@click.argument("instrument")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@click.option("--answers", type=click.Path(path_type=Path), help="Simpan jawabannya ke CSV ini.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def read(instrument: str, file: Path, answers: Path | None, style: str) -> None:
    """Baca buku kerja yang sudah diisi, dan hitung nilainya."""
    from scoring.workbook.faults import BadWorkbook
    from scoring.workbook.reading import read_workbook

    one = instrument_named(instrument)
    if answers is not None:
        _must_be_new(answers)
    try:
        filled = read_workbook(file, one)
    except BadWorkbook as error:
        listed = [f"{file.name}: {fault}" for fault in error.faults[:SHOWN]]
        if len(error.faults) > SHOWN:
            listed.append(f"{file.name}: dan {len(error.faults) - SHOWN} hal lain.")
        raise Refusal("\n".join(listed)) from error
    for warning in filled.warnings[:SHOWN]:
        click.echo(f"{file.name}: {warning}", err=True)
    if len(filled.warnings) > SHOWN:
        click.echo(f"{file.name}: dan {len(filled.warnings) - SHOWN} peringatan lain.", err=True)
    name = filled.subject or file.stem
    if answers is not None:
        _write_answers(answers, name, filled.answers, filled.respondents)
    try:
        result = filled.score(one)
    except RefusedToScore as error:
        raise Refusal(f"{file.name}: {error}") from error
    print_results([as_json(name, result)], style, sys.stdout)


def _write_answers(
    path: Path,
    name: str,
    answers: Any,
    respondents: tuple[Any, ...],
) -> None:
    """The answers as `hijau score` reads them: one row per answer, or one per respondent."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if respondents:
                codes = list(dict.fromkeys(code for one in respondents for code in one))
                writer.writerow(["subject", *codes])
                for one in respondents:
                    writer.writerow([name, *(_cell(one.get(code)) for code in codes)])
                return
            writer.writerow(["subject", "indicator", "answer"])
            for code, value in answers.items():
                if ":" in code:
                    click.echo(f"Nilai jadi {code} = {_cell(value)} tidak ikut ke CSV.", err=True)
                else:
                    writer.writerow([name, code, _cell(value)])
    except OSError as error:
        raise Refusal(f"{path}: berkas tidak dapat ditulis ({error.strerror}).") from error


def _cell(value: Fraction | Answered | None) -> str:
    if isinstance(value, Fraction):
        return format_exact(value)
    return "N/A" if value is NA else ""
