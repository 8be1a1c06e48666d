"""Instruments in the platform: loaded once, pinned for good, a city's own seen by its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment
from hijau.cli import main
from hijau.instruments.actions import add_instrument, load_shipped
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from scoring.reading import shipped_paths
from tests.cast import Cast

OWN = """
id: kota/uji-na
title: {id: Instrumen rahasia Sukabumi, en: An instrument of Sukabumi}
family: kota
body: Bagian Organisasi
row: unit
valid: {from: 2020-01-01, to: null, label: assumed, note: Uji}
basis:
  - {regulation: Aturan uji, about: Butir uji, label: assumed, note: Uji}
sources: {}
publish: {decimals: 2, rounding: half_up, label: assumed, note: Uji}
indicators:
  - {code: satu, title: {id: Satu}, scale: {low: 0, high: 4}, label: assumed, note: Uji}
  - {code: dua, title: {id: Dua}, scale: {low: 0, high: 4}, label: assumed, note: Uji}
formula:
  code: nilai
  level: nilai
  title: Nilai
  label: assumed
  note: Uji
  not_applicable: redistribute
  weights: {label: assumed, note: Uji}
  weighted_sum:
    - {weight: "1/4", of: satu}
    - {weight: "3/4", of: dua}
bands:
  - {from: 2, to: 4, code: A, label_text: {id: Baik}, label: assumed, note: Uji}
  - {from: 0, to: "1.99", code: B, label_text: {id: Kurang}, label: assumed, note: Uji}
cases:
  - {name: Keduanya penuh, answers: {satu: 4, dua: 4}, expect: {value: "4.00"}}
"""
"""A city's own instrument of two indicators; "not applicable" moves the weight."""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "uji.yaml"
    file.write_text(OWN, encoding="utf-8")
    return file


def open_with(cast: Cast, version: Version, name: str) -> Assessment:
    today = timezone.localdate()
    opened = actions.open_round(
        cast.city, version, [cast.disdukcapil], name=name, year=today.year, opens_on=today,
        closes_on=today, by=cast.organiser,
    )  # fmt: skip
    return cast.assessment(opened, cast.disdukcapil)


def test_the_shipped_ones_are_loaded_once(db: None) -> None:
    assert load_shipped() == len(list(shipped_paths()))
    assert load_shipped() == 0
    assert Version.objects.count() == len(list(shipped_paths()))


def test_an_assessment_keeps_the_version_it_was_opened_with(cast: Cast, own: Path) -> None:
    first = add_instrument(own, cast.city, by=cast.administrator)
    before = open_with(cast, first, "Sebelum")
    own.write_text(
        OWN.replace('"1/4"', '"3/4"', 1)
        .replace('"3/4", of: dua', '"1/4", of: dua')
        .replace("id: Satu", "id: Satu yang baru"),
        encoding="utf-8",
    )
    second = add_instrument(own, cast.city, by=cast.administrator)
    assert (first.identifier, first.sha256 == second.sha256) == (second.identifier, False)

    actions.save_answer(before, "satu", before.questions[0].high, by=cast.officer)
    before = cast.assessment(before.round, cast.disdukcapil)
    assert before.round.version == first
    assert before.low == 1, "the weight of the version that was pinned"
    after = open_with(cast, second, "Sesudah")
    actions.save_answer(after, "satu", after.questions[0].high, by=cast.officer)
    assert after.low == 3
    page = cast.client(cast.officer).get(reverse("answer_page", args=[before.pk]))
    assert "Satu yang baru" not in page.content.decode()


def test_a_citys_own_instrument_is_invisible_to_another_government(cast: Cast, own: Path) -> None:
    version = add_instrument(own, cast.city, by=cast.administrator)
    url, name = reverse("instrument_page", args=[version.pk]), "Instrumen rahasia Sukabumi"
    assert name in cast.client(cast.officer).get(reverse("instrument_list")).content.decode()
    assert cast.client(cast.officer).get(url).status_code == 200
    for other in (cast.stranger, cast.nobody):
        listed = cast.client(other).get(reverse("instrument_list")).content.decode()
        assert name not in listed
        assert cast.client(other).get(url).status_code == 404
    today = timezone.localdate()
    with pytest.raises(Refused, match="milik pemerintah daerah lain"):
        actions.open_round(
            cast.foreign_city, version, [cast.foreign_agency], name="x", year=today.year,
            opens_on=today, closes_on=today, by=None,
        )  # fmt: skip


def test_two_governments_may_add_the_same_text(cast: Cast, own: Path) -> None:
    add_instrument(own, cast.city, by=cast.administrator)
    add_instrument(own, cast.foreign_city, by=None)
    with pytest.raises(Refused, match="sudah ada"):
        add_instrument(own, cast.city, by=cast.administrator)


def test_an_own_instrument_cannot_take_the_code_of_a_shipped_one(
    cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "tiruan.yaml"
    file.write_text(OWN.replace("kota/uji-na", "pekppp/pedoman-2022"), encoding="utf-8")
    with pytest.raises(Refused, match="dipakai instrumen bawaan"):
        add_instrument(file, cast.city, by=cast.administrator)


def add(file: Path, code: str = "kota-sukabumi") -> tuple[int, str]:
    done = CliRunner().invoke(main, ["instruments", "add", str(file), "--government", code])
    return done.exit_code, done.output


def test_the_command_adds_one(cast: Cast, own: Path) -> None:
    status, said = add(own)
    assert (status, "kota/uji-na ditambahkan" in said) == (0, True)
    assert Version.objects.get(identifier="kota/uji-na").government == cast.city


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OWN.replace("high: 4", "high: empat", 1), ":13:"),
        (OWN.replace("of: dua", "of: tiga"), "tiga"),
        (OWN.replace("4.00", "3.00"), "Keduanya penuh"),
        ("satu: [", "YAML"),
        ("", ""),
    ],
    ids=["scale", "unknown indicator", "case", "not yaml", "empty"],
)
def test_a_bad_file_is_refused_with_its_line_and_nothing_is_kept(
    cast: Cast, own: Path, text: str, sentence: str
) -> None:
    own.write_text(text, encoding="utf-8")
    status, said = add(own)
    assert status == 2
    assert sentence in said
    assert "Traceback" not in said
    assert not Version.objects.exclude(government=None).exists()


def test_a_file_that_is_not_there_and_a_government_that_is_not_there(cast: Cast, own: Path) -> None:
    assert add(own.with_name("tiada.yaml"))[0] == 2
    status, said = add(own, "kota-tiada")
    assert status == 2
    assert "Yang ada: " in said
    assert {
        code
        for code in Organisation.objects.filter(depth=1).values_list("code", flat=True)
        if code not in said
    } == set()
