"""The verbs that read instruments and score: no database, no Django."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import click

from hijau.cli.lazy import LazyGroup
from hijau.cli.refusal import Refusal, unknown
from scoring.cases import run_case
from scoring.formula import Indicator, Mean, Node, Part, Rounded, Scale, WeightedSum
from scoring.instrument import Instrument, Question
from scoring.interpret import RefusedToScore
from scoring.numbers import format_exact, format_fixed, parse_decimal
from scoring.proof import LABELS, RULES, proof_lines
from scoring.provenance import Fact
from scoring.reading import (
    SHIPPED,
    InvalidInstrument,
    find_instrument,
    read_instrument,
    shipped_paths,
)
from scoring.score import Score, as_json
from scoring.score import classify as classify_value
from scoring.subject import Subject, score_subjects

Result = dict[str, Any]

INSTRUMENT_VERBS: dict[str, tuple[str, str]] = {
    "add": ("hijau.cli.platform:instruments_add", "Pasang berkas instrumen ke basis data."),
}
ENGINES = ("interpreter", "duckdb", "spark", "postgres")


def instrument_named(name: str) -> Instrument:
    """The instrument of that id or file, or a refusal that lists what exists."""
    try:
        return find_instrument(name)
    except KeyError:
        known = [str(path.relative_to(SHIPPED).with_suffix("")) for path in shipped_paths()]
        raise unknown("Instrumen", name, known) from None
    except InvalidInstrument as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{name}: berkas tidak dapat dibaca ({error.strerror}).") from error


# ---- hijau instruments ---------------------------------------------------------------------------


@click.group(cls=LazyGroup, lazy=INSTRUMENT_VERBS)
def instruments() -> None:
    """Lihat dan periksa instrumen penilaian."""


@instruments.command("list")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def instruments_list(style: str) -> None:
    """Daftar instrumen yang tersedia."""
    found = [instrument_named(str(path)) for path in shipped_paths()]
    if style == "json":
        click.echo(json.dumps([_summary(one) for one in found], ensure_ascii=False, indent=1))
        return
    header = ("ID", "JUDUL", "BERLAKU", "PENILAI", "SHA-256")
    rows = [(i.id, i.title.id, _validity(i), i.body, i.sha256[:12]) for i in found]
    _print_aligned([header, *rows], sys.stdout)


def _summary(one: Instrument) -> Result:
    until = one.valid.until
    return {
        "id": one.id,
        "title": one.title.id,
        "family": one.family,
        "body": one.body,
        "valid_from": one.valid.since.isoformat(),
        "valid_to": until.isoformat() if until else None,
        "levels": list(one.levels()),
        "forms": [form for form in one.forms if form],
        "conventions": [convention.name for convention in one.conventions],
        "sha256": one.sha256,
    }


def _validity(one: Instrument) -> str:
    until = one.valid.until.isoformat() if one.valid.until else "sekarang"
    return f"{one.valid.since.isoformat()} s.d. {until}"


@instruments.command("show")
@click.argument("name", metavar="ID")
def instruments_show(name: str) -> None:
    """Tampilkan seluruh isi satu instrumen."""
    one = instrument_named(name)
    for line in _shown(one):
        click.echo(line)


def _fact(one: Instrument, fact: Fact) -> str:
    """The label, sources and reasoning of a fact on one line."""
    text = f"[{LABELS[fact.label]}"
    if fact.sources:
        text += ": " + ", ".join(fact.sources)
    return text + (f"; {fact.note}]" if fact.note else "]")


def _shown(one: Instrument) -> Iterator[str]:
    yield f"{one.title.id} ({one.id})"
    yield f"Penilai: {one.body}"
    yield f"Berlaku: {_validity(one)} {_fact(one, one.valid.fact)}"
    yield f"SHA-256: {one.sha256}"
    publish = one.publish
    yield (
        f"Terbit: {publish.decimals} desimal, {RULES[publish.rule]}, skala "
        f"{format_exact(publish.low)} sampai {format_exact(publish.high)} "
        f"{_fact(one, publish.fact)}"
    )
    yield from ("", "DASAR")
    for basis in one.basis:
        yield f"  {basis.regulation}: {basis.about} {_fact(one, basis.fact)}"
    yield from ("", "INDIKATOR")
    for question in one.questions:
        yield f"  {question.code}: {question.title.id} {_fact(one, question.fact)}"
        if question.question.id != question.title.id:
            yield f"      {question.question.id}"
        if question.unscored:
            yield f"      Tidak dinilai: {question.unscored}"
        yield f"      Skala {format_exact(question.low)} sampai {format_exact(question.high)}"
        for option in question.options:
            yield f"      {format_exact(option.value)} = {option.text.id}"
        yield from _asked(one, question)
    for form, root in one.forms.items():
        yield from ("", f"RUMUS {form}".rstrip())
        yield from _tree(one, root, 1, None)
    yield from _shown_rest(one)


def _asked(one: Instrument, question: Question) -> Iterator[str]:
    """What F-01 asks about an indicator, what each level asks of it, and examples of evidence."""
    for fact in question.facts:
        options = "; ".join(option.text.id for option in fact.options)
        yield f"      Fakta {fact.code}: {fact.text.id}{f' [{options}]' if options else ''}"
    if question.rules is not None:
        yield f"      Usulan tingkat {_fact(one, question.rules.fact)}"
        for rule in question.rules.levels:
            asks = rule.when.asks.id if rule.when else "selain itu"
            yield f"        {format_exact(rule.level)}: {asks}"
    if question.examples is not None:
        yield f"      Contoh bukti {_fact(one, question.examples.fact)}"
        for accepted in question.examples.accepted:
            yield f"        diterima: {accepted.id}"
        for rejected in question.examples.rejected:
            yield f"        ditolak: {rejected.text.id}. {rejected.why.id}"


def _shown_rest(one: Instrument) -> Iterator[str]:
    own = one.institution
    if own is not None:
        yield from ("", "NILAI LEMBAGA")
        group = own.group
        yield f"  {own.name.title}: rerata sederhana atas {group} {_fact(one, own.name.fact)}"
    if one.conventions:
        yield from ("", "KONVENSI")
    for convention in one.conventions:
        word = " (bawaan)" if convention.default else ""
        yield f"  {convention.name}{word}: {convention.title.id} {_fact(one, convention.fact)}"
    if one.bands:
        yield from ("", "KATEGORI")
    for band in one.bands:
        zone = f", zona {band.zone}" if band.zone else ""
        low, high = (format_fixed(end, one.publish.decimals) for end in (band.low, band.high))
        cut = f"{low} sampai {high}"
        yield f"  {band.code}: {cut}, {band.label.id}{zone} {_fact(one, band.fact)}"
    if one.axis is not None:
        yield from ("", f"SUMBU KEDUA: {one.axis.title.id} {_fact(one, one.axis.fact)}")
        for code, row in one.axis.matrix.items():
            for given, opinion in row.items():
                yield f"  {code} × {given}: {opinion or 'tidak diterbitkan'}"
    if one.notes:
        yield from ("", "CATATAN")
        yield from (f"  {note}" for note in one.notes)
    yield from ("", "SUMBER")
    yield from (f"  {name}: {url}" for name, url in one.sources.items())


def _tree(one: Instrument, node: Node, depth: int, part: Part | None) -> Iterator[str]:
    weight = ""
    if part is not None:
        exact = "tidak diterbitkan" if part.weight is None else format_exact(part.weight)
        weight = f"bobot {exact} {_fact(one, part.fact)} × "
    name = node.name
    indent = "  " * depth
    match node:
        case Indicator():
            yield f"{indent}{weight}{name.code}"
            return
        case WeightedSum():
            how = "jumlah tertimbang"
        case Mean(group=group):
            how = f"rerata atas {group}"
        case Scale(factor=factor):
            how = f"kali {format_exact(factor)}"
        case Rounded(decimals=decimals, rule=rule):
            how = f"dibulatkan ke {decimals} desimal, {RULES[rule]}"
    yield f"{indent}{weight}{name.title} ({name.level} {name.code}): {how} {_fact(one, name.fact)}"
    if isinstance(node, WeightedSum):
        for below in node.parts:
            yield from _tree(one, below.node, depth + 1, below)
    else:
        yield from _tree(one, node.node, depth + 1, None)


@instruments.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
def instruments_check(files: tuple[str, ...]) -> None:
    """Periksa berkas instrumen dan jalankan kasusnya."""
    problems = [problem for file in files for problem in _problems(Path(file))]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(2)
    for file in files:
        one = read_instrument(Path(file))
        click.echo(f"{file}: baik, {len(one.cases)} kasus cocok.")


def _problems(path: Path) -> list[str]:
    """What is wrong with a file, each as `file:line: sentence`."""
    try:
        one = read_instrument(path)
    except InvalidInstrument as error:
        return [str(problem) for problem in error.problems]
    except OSError as error:
        return [f"{path}:1: Berkas tidak dapat dibaca ({error.strerror})."]
    lines = one.text.splitlines()
    return [
        f"{path}:{_line_of(lines, case.name)}: {complaint}"
        for case in one.cases
        for complaint in run_case(one, case)
    ]


def _line_of(lines: Sequence[str], name: str) -> int:
    """The line of the cases that names this one; that of `cases:` when it is written otherwise."""
    start = next((i for i, line in enumerate(lines) if line.startswith("cases:")), 0)
    named = re.compile(rf"""\bname:\s*["']?{re.escape(name)}["']?\s*([,}}]|$)""")
    found = (i for i in range(start, len(lines)) if named.search(lines[i]))
    return next(found, start) + 1


# ---- hijau classify ------------------------------------------------------------------------------

CLASSIFY_SETTINGS = {"ignore_unknown_options": True}
"""So that a negative number reaches our own sentence instead of being taken for an option."""


@click.command(context_settings=CLASSIFY_SETTINGS)
@click.argument("instrument")
@click.argument("values", nargs=-1, required=True, metavar="NILAI...")
@click.option("--axis", help="Nilai sumbu kedua, misalnya tinggi atau lainnya.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def classify(instrument: str, values: tuple[str, ...], axis: str | None, style: str) -> None:
    """Kategori dari nilai yang sudah jadi."""
    one = instrument_named(instrument)
    _check_axis(one, axis)
    results = []
    for value in values:
        try:
            scored = classify_value(one, parse_decimal(value), axis_value=axis)
        except ValueError as error:
            raise Refusal(f"{value}: {str(error).rstrip('.')}.") from error
        results.append(as_json(value, scored))
    print_results(results, style, sys.stdout)


# ---- hijau score ---------------------------------------------------------------------------------


@click.command()
@click.argument("instrument")
@click.argument("file", type=click.Path())
@click.option("--level", help="Tingkat angka dalam berkas, misalnya unit atau unsur.")
@click.option("--convention", help="Konvensi bobot, misalnya 0.111.")
@click.option("--form", help="Formulir, bila instrumen memuat lebih dari satu.")
@click.option("--axis", help="Nilai sumbu kedua bagi subjek yang tidak menyebutkannya.")
@click.option("--explain", is_flag=True, help="Tampilkan bukti lengkap tiap subjek.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
@click.option("--engine", type=click.Choice(ENGINES), default="interpreter", show_default=True)
@click.option("--dsn", help="Alamat basis data untuk --engine postgres atau spark.")
@click.option("--memory-limit", help="Batas memori untuk --engine duckdb, misalnya 2GB.")
def score(
    instrument: str,
    file: str,
    level: str | None,
    convention: str | None,
    form: str | None,
    axis: str | None,
    explain: bool,
    style: str,
    engine: str,
    dsn: str | None,
    memory_limit: str | None,
) -> None:
    """Hitung nilai dari berkas jawaban atau angka."""
    from scoring.tables import BadTable

    one = instrument_named(instrument)
    check_names(one, level=level, convention=convention, form=form, axis=axis)
    path = Path(file)
    choices: dict[str, str | None] = {"level": level, "form": form, "convention": convention}
    try:
        if engine != "interpreter":
            if explain:
                raise Refusal("--explain hanya ada pada --engine interpreter.")
            further = {} if memory_limit is None else {"memory_limit": memory_limit}
            results = _bulk(
                one, path, engine=engine, dsn=dsn, axis_value=axis, **choices, **further
            )
            _print_results_whole(results, style)
        elif dsn is not None or memory_limit is not None:
            raise Refusal("--dsn dan --memory-limit tidak dipakai oleh --engine interpreter.")
        else:
            scored = _interpreted(one, path, axis, **choices)
            if explain:
                _print_whole(lambda out: _print_proofs(scored, out))
            else:
                results = (as_json(subject.name, result) for subject, result in scored)
                _print_results_whole(results, style)
    except (BadTable, RefusedToScore) as error:
        raise Refusal(str(error)) from error


def _interpreted(
    one: Instrument,
    path: Path,
    axis: str | None,
    *,
    level: str | None,
    form: str | None,
    convention: str | None,
) -> Iterator[tuple[Subject, Score]]:
    from scoring.tables import read_subjects

    subjects = read_subjects(path, one, level=level, form=form, convention=convention)
    return score_subjects(one, subjects, form=form, convention=convention, axis_value=axis)


def _bulk(one: Instrument, path: Path, **choices: Any) -> Iterator[Result]:
    """Score in an engine; what does not fit its integers is refused, never rounded."""
    from scoring.bulk import score_file
    from scoring.sql import TooWide

    try:
        yield from score_file(one, path, **choices)
    except TooWide as error:
        raise Refusal(f"{path.name}: {error}") from error


def check_names(
    one: Instrument,
    *,
    level: str | None = None,
    convention: str | None = None,
    form: str | None = None,
    axis: str | None = None,
) -> None:
    """Refuse a name that the instrument does not have."""
    forms = [name for name in one.forms if name]
    if form is not None and form not in forms:
        raise unknown("Formulir", form, forms)
    if level is not None and level not in one.levels(form):
        raise unknown("Tingkat", level, one.levels(form))
    names = [known.name for known in one.conventions]
    if convention is not None and convention not in names:
        raise unknown("Konvensi", convention, names)
    _check_axis(one, axis)


def _check_axis(one: Instrument, axis: str | None) -> None:
    values = one.axis.values if one.axis else ()
    if axis is not None and axis not in values:
        raise unknown("Nilai --axis", axis, values)


# ---- Printing ------------------------------------------------------------------------------------


def _print_whole(write: Callable[[TextIO], None]) -> None:
    """Print all or nothing: a fault in the last subject must not leave half a list behind."""
    with tempfile.SpooledTemporaryFile(
        max_size=64_000_000, mode="w+", encoding="utf-8", newline=""
    ) as out:
        write(out)  # type: ignore[arg-type]
        out.seek(0)
        shutil.copyfileobj(out, sys.stdout)


def _print_results_whole(results: Iterable[Result], style: str) -> None:
    _print_whole(lambda out: print_results(results, style, out))


def print_results(results: Iterable[Result], style: str, out: TextIO) -> None:
    """Results as a table, CSV or JSON."""
    {"json": _print_json, "csv": _print_csv, "table": _print_table}[style](results, out)


def _print_json(results: Iterable[Result], out: TextIO) -> None:
    """One list, one object per line."""
    before = "["
    for result in results:
        out.write(f"{before}\n{json.dumps(result, ensure_ascii=False)}")
        before = ","
    out.write("[]\n" if before == "[" else "\n]\n")


CSV_COLUMNS = (
    "subject", "value", "low", "high", "category", "label", "zone", "opinion", "possible",
    "estimate", "missing",
)  # fmt: skip


def _print_csv(results: Iterable[Result], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for result in results:
        writer.writerow([_csv_cell(result[column]) for column in CSV_COLUMNS])


def _csv_cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(map(str, value))
        case _:
            return str(value)


def _print_table(results: Iterable[Result], out: TextIO) -> None:
    rows = [("SUBJEK", "NILAI", "KATEGORI", "LABEL", "ZONA", "CATATAN")]
    rows.extend(_table_row(result) for result in results)
    _print_aligned(rows, out)


def _table_row(result: Result) -> tuple[str, str, str, str, str, str]:
    value = result["value"]
    if value is None:
        value = "tidak berlaku" if result["low"] is None else f"{result['low']}–{result['high']}"
    category = result["category"] or " / ".join(result["possible"])
    notes = []
    if result["estimate"]:
        notes.append("taksiran")
    if result["missing"]:
        notes.append(f"belum lengkap: {_some(result['missing'])}")
    return (
        result["subject"], value, category, result["label"] or "", result["zone"] or "",
        "; ".join(notes),
    )  # fmt: skip


def _some(codes: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(codes[:most])
    return shown if len(codes) <= most else f"{shown} dan {len(codes) - most} lagi"


def _print_aligned(rows: Sequence[Sequence[str]], out: TextIO) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        out.write("  ".join(cells).rstrip() + "\n")


def _print_proofs(scored: Iterable[tuple[Subject, Score]], out: TextIO) -> None:
    for number, (subject, result) in enumerate(scored):
        out.write("\n" if number else "")
        out.write(f"{subject.name} – {result.instrument.title.id} ({result.instrument.id})\n")
        out.writelines(f"  {line}\n" for line in proof_lines(result))
