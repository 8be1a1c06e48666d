"""A file of any size, scored in an engine, says the same as by the interpreter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from scoring.bulk import score_file
from scoring.formula import Indicator, walk
from scoring.instrument import Instrument
from scoring.interpret import RefusedToScore
from scoring.reading import find_instrument
from scoring.score import as_json
from scoring.subject import score_subjects
from scoring.tables import BadTable, read_subjects


def by_interpreter(one: Instrument, path: Path, **choice: Any) -> object:
    axis = choice.pop("axis_value", None)
    further = {key: choice[key] for key in ("form", "convention") if key in choice}
    try:
        scored = score_subjects(one, read_subjects(path, one, **choice), axis_value=axis, **further)
        return [as_json(subject.name, result) for subject, result in scored]
    except (BadTable, RefusedToScore) as error:
        return str(error)


def by_engine(one: Instrument, path: Path, **choice: Any) -> object:
    try:
        return list(score_file(one, path, **choice))
    except (BadTable, RefusedToScore) as error:
        return str(error)


PEKPPP, OMBUDSMAN, SKM = (
    "pekppp/pedoman-2022", "ombudsman/opini-2025", "skm/permenpanrb-14-2017"
)  # fmt: skip


def codes(one: Instrument) -> list[str]:
    return [n.name.code for n in walk(one.formula()) if isinstance(n, Indicator)]


def table_text(name: str, one: Instrument) -> str:
    """A table by its name: sound ones, and one for each fault that a person makes."""
    first, second, *_ = codes(one)
    head = f"subject,{first},{second}\n"
    return {
        "wide": f"{head}Unit A,2,3\nUnit B,,4\n",
        "spaces": f"{head} Unit A , 2 ,3\n“Dinas” Ké-1,4,\n",
        "trailing": f"{head}A,2,3\n,,\n",
        "nameless": f"{first},{second}\n2,3\n4,1\n",
        "long": f"subject,indicator,answer\nB,{first},3\nA,{second},2\nB,{second},4\n",
        "long-semicolon": f"subject;indicator;answer\nB;{first};3\n",
        "not-applicable": f"{head}A,N/A,3\nB,2,tb\n",
        "unknown-column": "subject,ngawur\nA,2\n",
        "unknown-code": "subject,indicator,answer\nA,ngawur,2\n",
        "off-scale": f"{head}A,2,3\nB,9,1\n",
        "text": f"{head}A,2,3\nB,baik,1\n",
        "comma": f'{head}A,"3,5",1\n',
        "nan": f"{head}A,nan,1\n",
        "infinite": f"{head}A,2,-inf\n",
        "formula": f"{head}A,=1+1,2\n",
        "formula-name": f"{head}=A,1,2\n",
        "no-name": f"{head}A,1,2\n,3,4\n",
        "repeated-pair": f"subject,indicator,answer\nA,{first},2\nB,{first},2\nA,{first},3\n",
        "repeated-subject": f"{head}A,1,2\nB,1,2\nA,3,4\n",
        "empty-middle": f"{head}A,1,2\n,,\nB,1,2\n",
        "only-header": head,
        "two-faults": f"{head}A,1,salah\nB,salah,2\n",
    }[name]


TABLES = [
    "wide", "spaces", "trailing", "nameless", "long", "long-semicolon", "not-applicable",
    "unknown-column", "unknown-code", "off-scale", "text", "comma", "nan", "infinite", "formula",
    "formula-name", "no-name", "repeated-pair", "repeated-subject", "empty-middle", "only-header",
    "two-faults",
]  # fmt: skip


@pytest.mark.parametrize("id_", [PEKPPP, SKM])
@pytest.mark.parametrize("name", TABLES)
def test_a_file_says_the_same_by_both_ways(name: str, id_: str, tmp_path: Path) -> None:
    one = find_instrument(id_)
    path = tmp_path / "tabel.csv"
    path.write_text(table_text(name, one), encoding="utf-8")
    assert by_engine(one, path) == by_interpreter(one, path)


@pytest.mark.parametrize("text", ["subject,x\nA,1,2\n", 'subject,x\n"A,1\n', "", "\0"])
def test_a_broken_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rusak.csv"
    path.write_text(text, encoding="utf-8")
    assert isinstance(by_engine(find_instrument(PEKPPP), path), str)


def test_parquet_and_excel_are_read_too(tmp_path: Path) -> None:
    one = find_instrument(PEKPPP)
    first, second, *_ = codes(one)
    parquet = tmp_path / "tabel.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM (VALUES ('A', 2, 3.0::DOUBLE), ('B', NULL, 4.0)) "
        f't(subject, "{first}", "{second}")) TO \'{parquet}\' (FORMAT parquet)'
    )
    book = tmp_path / "tabel.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        sheet = workbook.add_worksheet()
        for i, row in enumerate([("subject", first, second), ("A", 2, 3), ("B", "", 4)]):
            sheet.write_row(i, 0, row)
    for path in (parquet, book):
        assert by_engine(one, path) == by_interpreter(one, path)
    parquet.write_bytes(b"PAR1 rusak")
    assert by_engine(one, parquet) == by_interpreter(one, parquet)
    assert "tidak ditemukan" in str(by_engine(one, tmp_path / "tiada.csv"))


def test_an_institution_is_the_mean_of_its_units(tmp_path: Path) -> None:
    one = find_instrument(PEKPPP)
    level = one.formula().name.level
    path = tmp_path / "lembaga.csv"
    path.write_text(f"institution,{level},value\nKota,A,4.73\nKota,B,4.63\nKota,C,4.63\n")
    assert by_engine(one, path, level=level) == by_interpreter(one, path, level=level)


def test_thousands_of_respondents_are_finished_by_the_interpreter(tmp_path: Path) -> None:
    one = find_instrument(SKM)
    names = codes(one)
    row = ",".join("4" for _ in names)
    short = ",".join(["", *("3" for _ in names[1:])])
    path = tmp_path / "kota.csv"
    lines = [f"Kota,{row}"] * 30_000 + [f"Kota,{short}"] * 3 + [f"Dinas,{short}"]
    path.write_text("\n".join([f"subject,{','.join(names)}", *lines]) + "\n")
    assert by_engine(one, path) == by_interpreter(one, path)
    path.write_text(
        "subject,indicator,answer\n"
        + "".join(f"Kota,{code},{i % 4 + 1}\n" for i in range(5_000) for code in names)
    )
    assert by_engine(one, path) == by_interpreter(one, path)


def test_compliance_leads_to_an_opinion_by_both_ways(tmp_path: Path) -> None:
    one = find_instrument(OMBUDSMAN)
    assert one.axis is not None
    root, axis = one.formula(), one.axis
    path = tmp_path / "opini.csv"
    path.write_text(f"subject,{root.name.code},{axis.code}\nA,90,{axis.values[0]}\nB,80,\n")
    choice = {"level": root.name.level, "axis_value": axis.values[-1]}
    assert by_engine(one, path, **choice) == by_interpreter(one, path, **choice)
    path.write_text(f"subject,{root.name.code},{axis.code}\nA,90,ngawur\n")
    assert by_engine(one, path, **choice) == by_interpreter(one, path, **choice)


def test_a_file_on_postgres(postgres_dsn: str, tmp_path: Path) -> None:
    one = find_instrument(PEKPPP)
    path = tmp_path / "tabel.csv"
    path.write_text(table_text("long", one))
    found = by_engine(one, path, engine="postgres", dsn=postgres_dsn)
    assert found == by_interpreter(one, path)


def test_a_file_on_spark(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    one = find_instrument(PEKPPP)
    path = tmp_path / "tabel.csv"
    path.write_text(table_text("long", one))
    assert by_engine(one, path, engine="spark", dsn="local[1]") == by_interpreter(one, path)


def test_spark_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    one = find_instrument(PEKPPP)
    path = tmp_path / "tabel.csv"
    path.write_text(table_text("wide", one))
    assert "pip install pyspark" in str(by_engine(one, path, engine="spark"))
