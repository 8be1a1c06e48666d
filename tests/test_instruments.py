"""Every shipped instrument reads, is cited, never changes, and its sentence tests hold."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.cases import run_case
from scoring.instrument import Case
from scoring.reading import SHIPPED, read_instrument, shipped_paths

PATHS = list(shipped_paths())
PUBLISHED = SHIPPED / "published.sha256"


def name_of(path: Path) -> str:
    return path.relative_to(SHIPPED).with_suffix("").as_posix()


each_file = pytest.mark.parametrize("path", PATHS, ids=name_of)


def all_cases() -> Iterator[Any]:
    for path in PATHS:
        for case in read_instrument(path).cases:
            yield pytest.param(path, case, id=f"{name_of(path)}: {case.name}")


@pytest.mark.parametrize(("path", "case"), list(all_cases()))
def test_case_holds(path: Path, case: Case) -> None:
    assert run_case(read_instrument(path), case) == []


# ---- What every file owes its readers ------------------------------------------------------------


def test_the_shipped_instruments_are_there() -> None:
    assert [name_of(path) for path in PATHS] == [
        "ombudsman/kepatuhan-2021",
        "ombudsman/opini-2022",
        "ombudsman/opini-2025",
        "pekppp/pedoman-2022",
        "skm/kep-25-2004",
        "skm/permenpanrb-14-2017",
        "standar-pelayanan/uu-25-2009",
    ]


@each_file
def test_id_is_the_path(path: Path) -> None:
    assert read_instrument(path).id == name_of(path)


@each_file
def test_sources_are_addresses_and_each_is_used(path: Path) -> None:
    instrument = read_instrument(path)
    assert all(url.startswith(("https://", "http://")) for url in instrument.sources.values())
    used = set(named_sources(yaml.safe_load(instrument.text)))
    assert used == set(instrument.sources)


def named_sources(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "source":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from named_sources(value)
    elif isinstance(data, list):
        for item in data:
            yield from named_sources(item)


@each_file
def test_six_options_are_in_both_languages(path: Path) -> None:
    for question in read_instrument(path).questions:
        assert question.title.en, f"{question.code} belum berjudul bahasa Inggris"
        if len(question.options) == 6:
            assert [option.value for option in question.options] == list(range(6))
            missing = [o.value for o in question.options if not (o.text.id and o.text.en)]
            assert not missing, f"{question.code}: pilihan {missing} belum dua bahasa"


@each_file
def test_case_names_are_unique_and_bands_cover_the_scale(path: Path) -> None:
    instrument = read_instrument(path)
    names = [case.name for case in instrument.cases]
    assert len(names) == len(set(names))
    if instrument.bands:
        assert instrument.bands[-1].low == instrument.publish.low
        assert instrument.bands[0].high == instrument.publish.high


@each_file
def test_complete_missing_and_refused_are_shown(path: Path) -> None:
    """A reader sees from the file alone what a full, a partial and a refused score look like."""
    instrument = read_instrument(path)
    expectations: list[Any] = [case.data["expect"] for case in instrument.cases]
    assert any("all" in case.data for case in instrument.cases)
    assert any(expect.get("missing") for expect in expectations)
    if instrument.row != "respondent":  # a respondent who skips a question is left out, not refused
        assert any("refused" in expect for expect in expectations)


def test_one_family_never_has_two_rules_on_one_day() -> None:
    """An open end lasts until a successor begins: a frozen file cannot learn of its successor."""
    instruments = sorted(map(read_instrument, PATHS), key=lambda i: (i.family, i.valid.since))
    for earlier, later in itertools.pairwise(instruments):
        if earlier.family == later.family:
            end = earlier.valid.until or earlier.valid.since
            assert end < later.valid.since, f"{earlier.id} dan {later.id}"


def test_a_published_file_never_changes() -> None:
    """A rule that changes is a new file; a score stays provable from the file it came from."""
    listed = {}
    for line in PUBLISHED.read_text(encoding="utf-8").splitlines():
        sha256, name = line.split("  ")
        listed[name] = sha256
    actual = {name_of(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in PATHS}
    assert set(listed) == set(actual), "daftarkan berkas baru di instruments/published.sha256"
    changed = sorted(name for name in actual if actual[name] != listed[name])
    assert not changed, f"{changed} sudah terbit dan tidak boleh berubah; buat berkas baru"


@each_file
def test_the_hash_of_an_instrument_is_that_of_its_file(path: Path) -> None:
    assert read_instrument(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
