"""`hijau classify`: a finished figure is rounded as it is published, then finds its category."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hijau.cli import main

OPINI, OPINI_2025, SKM = "ombudsman/opini-2022", "ombudsman/opini-2025", "skm/permenpanrb-14-2017"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["classify", *arguments])


def found(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    objects: list[dict[str, Any]] = json.loads(result.stdout)
    return objects


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2
    assert not result.stdout
    return result.stderr


def test_an_object_has_the_fields_of_a_score() -> None:
    (one,) = found(OPINI, "88.5")
    assert one == {
        "subject": "88.5", "value": "88.50", "low": "88.50", "high": "88.50", "category": "A",
        "label": "Kualitas Tertinggi", "zone": one["zone"], "opinion": None, "possible": ["A"],
        "estimate": one["estimate"], "missing": [], "parts": [],
    }  # fmt: skip


def test_values_come_out_in_the_order_given() -> None:
    assert [one["subject"] for one in found(OPINI, "90", "10", "60")] == ["90", "10", "60"]


@pytest.mark.parametrize(
    ("value", "category"),
    [("77.99", "C"), ("77.994", "C"), ("77.995", "B"), ("78", "B"), ("31.994999", "E"),
     ("31.995", "D"), ("100.004", "A")],
)  # fmt: skip
def test_the_figure_is_rounded_before_it_is_classified(value: str, category: str) -> None:
    assert found(OPINI, value)[0]["category"] == category


def test_a_band_that_is_inferred_makes_an_estimate() -> None:
    assert found(OPINI_2025, "80")[0]["estimate"] is True
    assert found(SKM, "80")[0]["estimate"] is False


def test_the_second_axis_gives_the_opinion() -> None:
    (one,) = found(OPINI_2025, "88.39", "--axis", "tinggi")
    assert one["opinion"] == one["label"] == "Kualitas Tertinggi Tanpa Maladministrasi"


def test_an_unpublished_cell_gives_no_opinion() -> None:
    assert found(OPINI_2025, "50", "--axis", "tinggi")[0]["opinion"] is None


def test_the_table_is_aligned_and_says_estimate() -> None:
    lines = run(OPINI_2025, "80", "9.5").stdout.splitlines()
    assert lines[0].startswith("SUBJEK")
    assert lines[1].index("80.00") == lines[2].index("9.50")
    assert all("taksiran" in line for line in lines[1:])


@pytest.mark.parametrize("value", ["100.005", "101", "-1", "-0.01"])
def test_a_figure_outside_the_table_is_refused(value: str) -> None:
    assert "di luar skala 0 sampai 100" in refused(OPINI, "50", value)


def test_an_index_below_its_scale_is_refused() -> None:
    assert "di luar skala 25 sampai 100" in refused(SKM, "24.99")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [("7,5", "memakai koma; tulis “7.5”"), ("nan", "bukan angka"), ("inf", "bukan angka"),
     ("abc", "bukan angka"), ("=1+1", "rumus"), ("1e3", "bukan angka"), ("", "bukan angka"),
     ("9" * 50, "terlalu panjang")],
)  # fmt: skip
def test_what_is_no_decimal_is_refused(value: str, sentence: str) -> None:
    assert sentence in refused(OPINI, value)


def test_an_unknown_instrument_is_refused_with_what_exists() -> None:
    text = refused("ombudsman/opini-2222", "50")
    assert "Mungkin maksudnya “ombudsman/opini-2022”" in text
    assert SKM in text


def test_an_unknown_axis_value_is_refused_with_what_exists() -> None:
    assert "tinggi, lainnya" in refused(OPINI_2025, "50", "--axis", "rendah")
    assert "tidak ada" in refused(OPINI, "50", "--axis", "tinggi")


def test_an_instrument_without_categories_is_refused() -> None:
    assert "tidak menerbitkan kategori" in refused("standar-pelayanan/uu-25-2009", "50")
