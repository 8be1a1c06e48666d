"""What was published comes out of the command line, and what does not follow stays visible."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hijau.cli import main

DATA = Path(__file__).parent / "data"
NINE = (
    "persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku",
    "pengaduan", "sarana",
)  # fmt: skip
QUESTIONNAIRE = (*NINE[:7], "sarana", "pengaduan")
SKM, SKM_2004 = "skm/permenpanrb-14-2017", "skm/kep-25-2004"

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hijau(*arguments: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, [*arguments, "--format", "json"])
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def table(path: Path, header: tuple[str, ...], *lines: tuple[str, ...]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *lines])
    return str(path)


# ---- Categories ----------------------------------------------------------------------------------


def published() -> Iterator[Any]:
    for row in rows("ombudsman-results.csv"):
        yield pytest.param(row, id=f"{row['year']} {row['institution']} {row['value']}")


@pytest.mark.parametrize("row", list(published()))
def test_a_published_ombudsman_figure_has_its_published_category_and_zone(row: Row) -> None:
    old = int(row["year"]) <= 2021
    instrument = "ombudsman/kepatuhan-2021" if old else "ombudsman/opini-2022"
    (found,) = hijau("classify", instrument, row["value"])
    assert found["zone"].startswith(row["zone"])
    if row["category"]:
        assert found["category"] == row["category"]


def test_all_published_ombudsman_figures_are_tested() -> None:
    assert len(rows("ombudsman-results.csv")) == 149


@pytest.mark.parametrize("row", [row for row in rows("ipp-results.csv") if row["category"]])
def test_a_published_ipp_has_its_published_category(row: Row) -> None:
    (found,) = hijau("classify", "pekppp/pedoman-2022", row["ipp"])
    assert found["category"] == row["category"]


# ---- Means of units ------------------------------------------------------------------------------


def institution(tmp_path: Path, name: str) -> tuple[dict[str, Any], str]:
    """The score of one set's units, and the total that was published."""
    units = [row for row in rows("ombudsman-units.csv") if row["set"] == name]
    lines = [(row["institution"], row["unit"], row["value"]) for row in units]
    file = table(tmp_path / "unit.csv", ("institution", "unit", "value"), *lines)
    instrument = "opini-2025" if units[0]["year"] == "2025" else "opini-2022"
    (found,) = hijau("score", f"ombudsman/{instrument}", file, "--level", "unit")
    assert found["subject"] == units[0]["institution"]
    return found, units[0]["published_total"]


@pytest.mark.parametrize("name", ["rembang-2024", "kota-yogyakarta-2025", "prov-gorontalo-2025"])
def test_the_mean_of_the_units_is_the_published_total(tmp_path: Path, name: str) -> None:
    found, total = institution(tmp_path, name)
    assert found["value"] == total


def test_lombok_timur_comes_within_a_hundredth(tmp_path: Path) -> None:
    found, total = institution(tmp_path, "lombok-timur-2022")
    assert abs(Decimal(found["value"]) - Decimal(total)) <= Decimal("0.01")


def test_batang_does_not_follow_from_its_units(tmp_path: Path) -> None:
    """A unit may be missing from the source. The difference is shown, never repaired."""
    found, total = institution(tmp_path, "batang-2024")
    assert total == "93.74"
    assert found["value"] == "93.70"


def test_a_compliance_column_gives_the_published_opinion(tmp_path: Path) -> None:
    units = [row for row in rows("ombudsman-units.csv") if row["set"] == "kota-yogyakarta-2025"]
    lines = [(row["institution"], row["unit"], row["value"], "tinggi") for row in units]
    header = ("institution", "unit", "value", "kepatuhan")
    file = table(tmp_path / "unit.csv", header, *lines)
    (found,) = hijau("score", "ombudsman/opini-2025", file, "--level", "unit")
    assert found["opinion"] == units[0]["published_category"]


def test_madiun_lies_among_the_means_of_unrounded_units_only(tmp_path: Path) -> None:
    units = [row for row in rows("ipp-results.csv") if row["level"] == "unit"]
    names = [row["institution"] for row in units]
    values = [Decimal(row["ipp"]) for row in units]
    (total,) = [
        row["ipp"] for row in rows("ipp-results.csv") if row["institution"] == "Kota Madiun"
    ]
    half = Decimal("0.005")

    def mean(shift: Decimal) -> Decimal:
        lines = [("Madiun", name, str(v + shift)) for name, v in zip(names, values, strict=True)]
        file = table(tmp_path / "unit.csv", ("institution", "unit", "value"), *lines)
        (found,) = hijau("score", "pekppp/pedoman-2022", file, "--level", "unit")
        return Decimal(found["value"])

    assert total == "4.67"
    assert mean(Decimal(0)) == Decimal("4.66")
    assert mean(-half) <= Decimal(total) <= mean(half - Decimal("0.000001"))


# ---- SKM -----------------------------------------------------------------------------------------


def index(tmp_path: Path, name: str, convention: str | None = None) -> str:
    """The index of a published table of means per unsur."""
    (row,) = [row for row in rows("skm-tables.csv") if row["set"] == name]
    instrument = SKM
    codes: tuple[str, ...] = NINE
    if row["instrument"] == "kep-25-2004":
        instrument, codes = SKM_2004, tuple(f"u{i}" for i in range(1, 15))
    elif row["order"] == "questionnaire":
        codes = QUESTIONNAIRE
    means = tuple(row[f"u{i}"] for i in range(1, len(codes) + 1))
    file = table(tmp_path / "unsur.csv", ("subject", *codes), (name, *means))
    choice = ("--convention", convention) if convention else ()
    (found,) = hijau("score", instrument, file, "--level", "unsur", *choice)
    return str(found["value"])


REPRODUCED = [("S1", "1/9", "87.28"), ("S2", "0.11", "90.56"), ("S4", "0.071", "74.67"),
              ("S5", "0.071", "74.51")]  # fmt: skip


@pytest.mark.parametrize(("name", "convention", "total"), REPRODUCED)
def test_a_published_index_comes_out_with_its_weight(
    tmp_path: Path, name: str, convention: str, total: str
) -> None:
    (row,) = [row for row in rows("skm-tables.csv") if row["set"] == name]
    assert (row["weight"], row["published_index"]) == (convention, total)
    assert index(tmp_path, name, convention) == total


def test_the_default_weight_is_one_ninth(tmp_path: Path) -> None:
    assert index(tmp_path, "S1") == "87.28"


WRONG = [("S1", "0.11", "87.28"), ("S1", "0.111", "87.28"), ("S2", "1/9", "90.56"),
         ("S2", "0.111", "90.56"), ("S4", "1/14", "74.67"), ("S5", "1/14", "74.51")]  # fmt: skip


@pytest.mark.parametrize(("name", "convention", "total"), WRONG)
def test_a_published_index_does_not_come_out_with_another_weight(
    tmp_path: Path, name: str, convention: str, total: str
) -> None:
    assert index(tmp_path, name, convention) != total


@pytest.mark.parametrize("convention", ["1/9", "0.111", "0.11"])
def test_bogor_2015_comes_out_with_no_weight(tmp_path: Path, convention: str) -> None:
    (row,) = [row for row in rows("skm-tables.csv") if row["set"] == "S8"]
    assert row["published_index"] == "75.98"
    assert index(tmp_path, "S8", convention) != "75.98"


@pytest.mark.parametrize(
    ("convention", "total"), [("1/9", "78.74"), ("0.111", "78.66"), ("0.11", "77.95")]
)
def test_the_raw_answers_of_sekadau(tmp_path: Path, convention: str, total: str) -> None:
    answers = [tuple(row.values()) for row in rows("skm-sekadau-2019.csv")]
    assert (len(answers), sum(int(a) for line in answers for a in line)) == (49, 1389)
    file = table(tmp_path / "sekadau.csv", NINE, *answers)
    (found,) = hijau("score", SKM, file, "--convention", convention)
    assert (found["subject"], found["value"], found["category"]) == ("sekadau", total, "B")


def test_a_reader_with_floats_would_be_caught() -> None:
    """The exact mean of Lombok Timur is a tie; binary numbers cannot hold it."""
    units = [row for row in rows("ombudsman-units.csv") if row["set"] == "lombok-timur-2022"]
    assert sum(Fraction(row["value"]) for row in units) / 4 == Fraction("68.825")
