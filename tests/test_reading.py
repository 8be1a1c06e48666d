"""Bad instrument files: what is said names the file, the line, and the cure."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from scoring.reading import (
    MAX_BYTES,
    InvalidInstrument,
    find_instrument,
    parse_instrument,
    read_instrument,
)

GOOD = """\
id: contoh/satu
title: {id: Contoh, en: Example}
family: contoh
body: Lembaga
row: unit
valid: {from: 2022-01-01, to: null, label: verified, source: satu}
basis:
  - {regulation: Peraturan 1, about: Contoh, label: verified, source: satu}
sources:
  satu: https://example.go.id/satu
publish: {decimals: 2, rounding: half_up, label: verified, source: satu}
indicators:
  - code: a
    title: {id: Butir A, en: Item A}
    scale: {low: 0, high: 1}
    options:
      - {value: 0, text: Tidak ada}
      - {value: 1, text: Ada}
    label: verified
    source: satu
  - code: b
    title: {id: Butir B, en: Item B}
    scale: {low: 0, high: 1}
    label: verified
    source: satu
formula:
  code: nilai
  level: unit
  title: Nilai
  label: verified
  source: satu
  weights_in: percent
  weighted_sum:
    - {weight: 60, of: a}
    - {weight: 40, of: b}
conventions:
  - {name: sama, title: Sama, default: true, weights: {nilai: 1/2}, label: assumed, note: Contoh}
  - {name: lain, title: Lain, weights: {nilai: {a: 0.7, b: 0.3}}, label: assumed, note: Contoh}
bands:
  - {from: 0.00, to: 0.49, code: R, label_text: Rendah, label: verified, source: satu}
  - {from: 0.50, to: 1.00, code: T, label_text: Tinggi, label: verified, source: satu}
cases:
  - {name: Semua, all: 1, expect: {value: "1.00"}}
"""


def problems(source: str) -> list[str]:
    with pytest.raises(InvalidInstrument) as invalid:
        parse_instrument(source, "contoh.yaml")
    return [str(problem) for problem in invalid.value.problems]


def line_of(source: str, marker: str) -> int:
    return source[: source.index(marker)].count("\n") + 1


def test_the_good_file_is_good() -> None:
    instrument = parse_instrument(GOOD, "contoh.yaml")
    assert instrument.id == "contoh/satu"
    assert [band.code for band in instrument.bands] == ["T", "R"]
    assert instrument.default_convention is instrument.convention("sama")


def test_numbers_are_read_exactly() -> None:
    """0.7 is seven tenths, not the nearest float."""
    lain = parse_instrument(GOOD).convention("lain")
    assert lain is not None
    assert lain.weights["nilai"] == {"a": Fraction(7, 10), "b": Fraction(3, 10)}


# each row: what is replaced, by what, a marker on the line that must be named, words of the cure
BAD = {
    "unknown key": (
        "row: unit",
        "row: unit\nbobot: 3",
        "id: contoh",
        "“bobot” tidak dikenal. Hapus atau periksa ejaannya.",
    ),
    "unknown key in an indicator": (
        "    scale: {low: 0, high: 1}\n    options",
        "    scale: {low: 0, high: 1}\n    evidences: [Foto]\n    options",
        "code: a",
        "“evidences” tidak dikenal. Hapus atau periksa ejaannya.",
    ),
    "missing key": ("family: contoh\n", "", "id: contoh", "“family” belum ada. Tambahkan."),
    "missing label of an indicator": (
        "      - {value: 1, text: Ada}\n    label: verified\n",
        "      - {value: 1, text: Ada}\n",
        "code: a",
        "“label” belum ada. Tambahkan.",
    ),
    "missing label of the formula": (
        "  title: Nilai\n  label: verified\n",
        "  title: Nilai\n",
        "code: nilai",
        "Label sumber belum ada. Tambahkan “label” dan “source”.",
    ),
    "unknown label": (
        "label: verified, source: satu}\nbasis",
        "label: pasti, source: satu}\nbasis",
        "valid: ",
        "Pilih: verified, unofficial, inferred, assumed.",
    ),
    "weights that do not sum to 1": (
        "{weight: 40, of: b}",
        "{weight: 30, of: b}",
        "- {weight: 60",
        "berjumlah 9/10, seharusnya 1 (100 persen). Periksa tiap bobot.",
    ),
    "unknown weight with nothing left for it": (
        "- {weight: 60, of: a}\n    - {weight: 40, of: b}",
        "- {weight: 100, of: a}\n    - {weight: unknown, of: b}",
        "- {weight: 100",
        "seharusnya kurang dari 1 (100 persen). Periksa tiap bobot.",
    ),
    "bands with a gap": (
        "to: 0.49",
        "to: 0.48",
        "- {from: 0.00",
        "ada celah atau tumpang tindih. Selisihnya harus 1/100.",
    ),
    "bands that overlap": (
        "to: 0.49",
        "to: 0.50",
        "- {from: 0.00",
        "ada celah atau tumpang tindih. Selisihnya harus 1/100.",
    ),
    "unknown indicator in the formula": (
        "of: b}",
        "of: c}",
        "of: c}",
        "Indikator “c” tidak ada di “indicators”. Periksa kodenya.",
    ),
    "indicator outside the formula": (
        "    - {weight: 60, of: a}\n    - {weight: 40, of: b}",
        "    - {weight: 100, of: a}",
        "  - code: a",
        "Indikator “b” tidak dipakai di rumus. Pakai, atau beri “unscored”.",
    ),
    "indicator twice in the formula": (
        "of: b}",
        "of: a}",
        "code: nilai",
        "muncul dua kali di rumus",
    ),
    "duplicate code": (
        "code: b",
        "code: a",
        "code: a\n    title: {id: Butir B",
        "dipakai dua kali",
    ),
    "duplicate key": ("row: unit", "row: unit\nrow: product", "row: product", "Hapus salah satu."),
    "not YAML": ("title: {id: Contoh", "title: [id: Contoh", "title: [", "Periksa spasi"),
    "tab for indentation": ("  satu: https", "\tsatu: https", "\tsatu", "Periksa spasi"),
    "options that stop short of the scale": (
        "      - {value: 0, text: Tidak ada}\n",
        "",
        "- {value: 1",
        None,
    ),
    "options off the scale": (
        "{value: 1, text: Ada}",
        "{value: 2, text: Ada}",
        "- {value: 0",
        "Pilihan harus mulai dari “low” dan sampai “high”.",
    ),
    "options that repeat": (
        "{value: 1, text: Ada}",
        "{value: 0, text: Ada}",
        "- {value: 0",
        "Nilai pilihan harus naik dan tidak boleh berulang.",
    ),
    "scale upside down": (
        "scale: {low: 0, high: 1}\n    label",
        "scale: {low: 1, high: 1}\n    label",
        "scale: {low: 1",
        "“low” harus lebih kecil daripada “high”.",
    ),
    "source that is not listed": (
        "label: verified, source: satu}\nbasis",
        "label: verified, source: dua}\nbasis",
        "valid: ",
        "Sumber “dua” tidak ada di “sources”. Tambahkan alamatnya.",
    ),
    "verified without a source": (
        "label: verified, source: satu}\nbasis",
        "label: verified}\nbasis",
        "valid: ",
        "Fakta berlabel “verified” perlu “source”.",
    ),
    "inferred without a note": (
        "label: verified, source: satu}\nbasis",
        "label: inferred}\nbasis",
        "valid: ",
        "perlu “note” yang memuat alasannya.",
    ),
    "bad date": (
        "from: 2022-01-01",
        "from: 31-01-2022",
        "from: 31-01-2022",
        "“31-01-2022” bukan tanggal. Tulis seperti 2022-05-31.",
    ),
    "decimal comma": ("{value: 1, text: Ada}", '{value: "0,5", text: Ada}', '{value: "0,5"', None),
    "two defaults": (
        "{name: lain, title: Lain,",
        "{name: lain, title: Lain, default: true,",
        "- {name: sama",
        "Hanya satu konvensi boleh “default”.",
    ),
    "convention for an unknown node": (
        "weights: {nilai: 1/2}",
        "weights: {jumlah: 1/2}",
        "weights: {jumlah",
        "Tidak ada jumlah tertimbang berkode “jumlah”.",
    ),
    "convention that forgets a part": (
        "{a: 0.7, b: 0.3}",
        "{a: 1}",
        "{a: 1}",
        "Sebutkan bobot untuk tiap bagian dari “nilai”.",
    ),
    "an alias": (
        "cases:\n",
        "notes: [&a x, *a]\ncases:\n",
        "id: contoh",
        "Alias YAML (*) tidak dipakai di sini.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_says_where_and_how_to_cure_it(name: str) -> None:
    old, new, marker, cure = BAD[name]
    assert old in GOOD
    source = GOOD.replace(old, new, 1)
    found = problems(source)
    start = f"contoh.yaml:{line_of(source, marker)}: "
    assert any(text.startswith(start) and (cure or "") in text for text in found), found


def test_every_problem_is_told_at_once() -> None:
    source = GOOD.replace("to: 0.49", "to: 0.48").replace("{weight: 40", "{weight: 30")
    assert len(problems(source)) == 2


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 40)]
    found = problems("\n".join(["l0: &l0 [x, x]", *levels]))
    assert found == ["contoh.yaml:1: Alias YAML (*) tidak dipakai di sini."]


@pytest.mark.parametrize("source", ["", "hai", "- a\n- b\n", "id: \x00"])
def test_what_is_no_instrument_at_all_is_refused(source: str) -> None:
    assert all(text.startswith("contoh.yaml:1: ") for text in problems(source))


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gambar.yaml"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe\x00")
    with pytest.raises(InvalidInstrument, match=r"gambar\.yaml:1: Bukan berkas teks UTF-8\."):
        read_instrument(path)


def test_an_oversized_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "besar.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InvalidInstrument, match=r"besar\.yaml:1: Berkas melebihi 2 MB"):
        read_instrument(path)


def test_an_instrument_is_found_by_id_or_by_path(tmp_path: Path) -> None:
    path = tmp_path / "contoh.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert find_instrument(str(path)).id == "contoh/satu"
    assert find_instrument("skm/permenpanrb-14-2017").family == "skm"


@pytest.mark.parametrize("name", ["skm/tidak-ada", "../pyproject", "/etc/passwd", "tak-ada.yaml"])
def test_what_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(KeyError):
        find_instrument(name)


# ---- What F-01 asks, and how it proposes ---------------------------------------------------------

ASKING = GOOD.replace(
    """      - {value: 1, text: Ada}
""",
    """      - {value: 1, text: Ada}
    facts:
      - {code: a-ada, kind: yes_no, name: ada, text: "Ada?"}
      - {code: a-isi, kind: multi, name: isi, text: "Isi apa?", options: [{code: x, text: X}, {code: y, text: Y}]}
      - {code: a-tempat, kind: choice, name: tempat, text: "Di mana?", options: [{code: x, text: X}, {code: y, text: Y}]}
      - {code: a-tahap, kind: chain, name: tahap, text: "Sampai mana?", options: [{code: x, text: X}, {code: y, text: Y}]}
      - {code: a-masuk, kind: number, name: masuk, text: "Berapa masuk?"}
      - {code: a-selesai, kind: number, name: selesai, text: "Berapa selesai?", decimals: 1, at_most: 100}
    propose:
      label: inferred
      note: Contoh
      levels:
        - {level: 1, when: {all: [{yes: a-ada}, {any: [{count: {fact: a-isi, at_least: 1, except: [y]}}, {chosen: {fact: a-isi, options: [x, y]}}]}, {not: {is: {fact: a-tempat, options: [y]}}}, {steps: {chain: a-tahap, at_least: 2}}, {number: {fact: a-masuk, less_than: 9}}, {share: {done: a-selesai, of: a-masuk, more_than: 50}}]}}
        - {level: 0}
      contradictions:
        - {when: {larger: {fact: a-selesai, than: a-masuk}}, text: Terlalu banyak.}
    examples:
      label: assumed
      note: Contoh
      accepted: [SK]
      rejected: [{text: Rancangan, why: Belum ditandatangani.}]
""",
    1,
)


def test_facts_rules_and_examples_are_read() -> None:
    question = parse_instrument(ASKING).by_code["a"]
    assert [fact.code for fact in question.facts][:2] == ["a-ada", "a-isi"]
    assert question.facts[0].fact == question.fact, (
        "tanpa label sendiri, label indikatornya berlaku"
    )
    assert question.rules is not None
    assert question.rules.levels[0].when is not None
    assert question.rules.levels[0].when.asks.id == (
        "ada, paling sedikit 1 isi selain y atau isi (x dan y), tidak: tempat (y), tahap sampai "
        "“y”, masuk kurang dari 9, dan selesai lebih dari 50 persen dari masuk"
    )
    assert question.rules.contradictions[0].when.asks.id == "selesai lebih besar dari masuk"
    assert question.examples is not None
    assert question.examples.rejected[0].why.id == "Belum ditandatangani."


BAD_FACTS = {
    "a fact that nobody asks": (
        "{yes: a-ada}",
        "{yes: a-lain}",
        "{level: 1",
        "tidak ada di “facts”",
    ),
    "a word for another kind": ("{yes: a-ada}", "{yes: a-isi}", "{level: 1", "bukan yes_no"),
    "an unknown word": ("{yes: a-ada}", "{ya: a-ada}", "{level: 1", "“ya” tidak dikenal"),
    "two words in one": (
        "{yes: a-ada}",
        "{yes: a-ada, not: {yes: a-ada}}",
        "{level: 1",
        "tidak lengkap atau tidak dikenal",
    ),
    "two bounds": ("less_than: 9", "less_than: 9, at_least: 1", "{level: 1", None),
    "an unknown option": ("options: [x, y]}}]", "options: [z]}}]", "{level: 1", "Pilihan “z”"),
    "an unknown option left out": ("except: [y]", "except: [z]", "{level: 1", "Pilihan “z”"),
    "more steps than the chain has": (
        "chain: a-tahap, at_least: 2",
        "chain: a-tahap, at_least: 3",
        "{level: 1",
        "hanya 2 langkah",
    ),
    "a level that is no option": (
        "- {level: 0}",
        "- {level: 2}",
        "label: inferred\n      note",
        "Tiap tingkat",
    ),
    "a lowest level that asks": (
        "- {level: 0}",
        "- {level: 0, when: {yes: a-ada}}",
        "label: inferred\n      note",
        "Hanya tingkat terendah",
    ),
    "rules without a reason": (
        "      note: Contoh\n      levels",
        "      levels",
        "label: inferred\n      levels",
        "perlu “note”",
    ),
    "options where none belong": (
        'text: "Ada?"}',
        'text: "Ada?", options: [{code: x, text: X}]}',
        "{code: a-ada",
        "“options” hanya dan selalu",
    ),
    "no options where they belong": (
        'kind: chain, name: tahap, text: "Sampai mana?", options: [{code: x, text: X}, {code: y, text: Y}]}',
        'kind: chain, name: tahap, text: "Sampai mana?"}',
        "{code: a-tahap",
        "“options” hanya dan selalu",
    ),
    "an option twice": (
        "{code: x, text: X}, {code: y, text: Y}",
        "{code: x, text: X}, {code: x, text: Y}",
        "{code: a-isi",
        "Dua pilihan memakai kode yang sama",
    ),
    "the word for none as an option": (
        "{code: x, text: X}, {code: y, text: Y}",
        "{code: tidak-ada, text: X}, {code: y, text: Y}",
        "{code: a-isi",
        "berarti tidak satu pun",
    ),
    "a fact twice": ("{code: a-masuk", "{code: a-ada", "- {code: a-ada", "ditanyakan dua kali"),
    "an example without why": (
        ", why: Belum ditandatangani.",
        "",
        "{text: Rancangan",
        "“why” belum ada",
    ),
}


@pytest.mark.parametrize("name", BAD_FACTS)
def test_bad_facts_say_where_and_how_to_cure_them(name: str) -> None:
    old, new, marker, cure = BAD_FACTS[name]
    assert old in ASKING
    source = ASKING.replace(old, new, 1)
    found = problems(source)
    start = f"contoh.yaml:{line_of(source, marker)}: "
    assert any(text.startswith(start) and (cure or "") in text for text in found), found
