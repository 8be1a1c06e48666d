"""One document serves many indicators and instruments: the crosswalk, as data."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scoring.crosswalk import CROSSWALK, InvalidCrosswalk, parse_crosswalk, read_crosswalk
from scoring.reading import read_instrument, shipped_paths
from tests.test_instruments import named_sources

INSTRUMENTS = {one.id: one for one in map(read_instrument, shipped_paths())}
CROSS = read_crosswalk()

GOOD = """\
sources:
  satu: https://example.go.id/satu
kinds:
  - code: sk
    title: {id: SK, en: Decree}
    shows: {id: Tanda tangan, en: A signature}
    names_unit: true
    valid: {months: 12, label: assumed, note: Contoh}
    serves:
      - {instrument: contoh/satu, indicators: [a, b], label: verified, source: satu}
      - {instrument: contoh/dua, indicators: [c], label: inferred, note: Contoh}
      - {instrument: contoh/satu, indicators: [b], label: inferred, note: Contoh}
"""


def test_the_decree_of_the_standard_serves_the_ministry_and_the_ombudsman() -> None:
    assert "1.a.Ak" in CROSS.serves("sk-standar-pelayanan", "pekppp/pedoman-2022")
    process = CROSS.serves("sk-standar-pelayanan", "ombudsman/opini-2022")
    assert {f"proses-{number}" for number in range(1, 6)} <= set(process)
    assert len(CROSS.serves("sk-standar-pelayanan", "standar-pelayanan/uu-25-2009")) == 14


def test_every_link_leads_to_an_indicator_that_exists() -> None:
    for kind in CROSS.kinds:
        for link in kind.links:
            known = INSTRUMENTS[link.instrument].by_code
            assert set(link.indicators) <= set(known), (kind.code, link.indicators)


def test_every_indicator_that_asks_evidence_is_served() -> None:
    unserved = [
        (one.id, question.code)
        for one in INSTRUMENTS.values()
        for question in one.questions
        if question.evidence and not CROSS.kinds_for(one.id, question.code)
    ]
    assert unserved == []


def test_every_link_and_validity_says_how_sure_it_is() -> None:
    for kind in CROSS.kinds:
        assert kind.links
        for fact in (kind.validity, *(link.fact for link in kind.links)):
            assert fact.sources or fact.note, kind.code


def test_every_source_is_used() -> None:
    data = yaml.safe_load(CROSSWALK.read_text(encoding="utf-8"))
    assert set(named_sources(data)) == set(data["sources"])


def test_a_kind_answers_what_it_serves_and_an_indicator_by_what() -> None:
    cross = parse_crosswalk(GOOD)
    assert cross.serves("sk", "contoh/satu") == ("a", "b")
    assert cross.serves("sk", "contoh/tiga") == ()
    assert [kind.code for kind in cross.kinds_for("contoh/dua", "c")] == ["sk"]
    assert cross.kinds_for("contoh/dua", "a") == ()
    assert cross.kind("sk").title.in_language("en") == "Decree"
    assert cross.kind("sk").valid_months == 12
    with pytest.raises(KeyError):
        cross.kind("sop")


@pytest.mark.parametrize(
    ("old", "new", "line", "cure"),
    [
        ("months: 12", "months: setahun", 8, "jenis isinya keliru"),
        ("label: assumed, note: Contoh", "label: assumed", 8, "perlu “note”"),
        ("source: satu}", "source: dua}", 10, "Sumber “dua” tidak ada"),
        ("    names_unit: true\n", "", 4, "“names_unit” belum ada"),
        ("kinds:", "kinds: []\nlain:", 1, "“lain” tidak dikenal"),
        ("title: {id: SK", "title: [id: SK", 5, "YAML tidak terbaca"),
    ],
)
def test_a_bad_file_says_where_and_how_to_cure_it(
    tmp_path: Path, old: str, new: str, line: int, cure: str
) -> None:
    path = tmp_path / "silang.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidCrosswalk) as invalid:
        read_crosswalk(path)
    told = [str(problem) for problem in invalid.value.problems]
    assert any(one.startswith(f"{path}:{line}: ") and cure in one for one in told), told


def test_a_code_twice_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    twice = GOOD + GOOD[GOOD.index("  - code") :]
    with pytest.raises(InvalidCrosswalk, match="“sk” dipakai dua kali"):
        parse_crosswalk(twice)
    path = tmp_path / "gambar.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidCrosswalk, match="Bukan berkas teks"):
        read_crosswalk(path)
