"""The proof of a score: every answer, weight, product, rounding and source is on it."""

from __future__ import annotations

from fractions import Fraction

from scoring.instrument import Instrument
from scoring.interpret import NA, Answer
from scoring.proof import ProofRow, proof_lines, proof_rows
from scoring.reading import parse_instrument
from scoring.score import score

SMALL = """
id: uji/kecil
title: Instrumen uji
family: uji
body: Penguji
row: unit
valid: {from: 2024-01-01, label: verified, source: uu}
basis: [{regulation: UU 1/2024, about: uji, label: verified, source: uu}]
sources: {uu: https://contoh.go.id/uu, unused: https://contoh.go.id/lain}
publish: {decimals: 1, rounding: half_even, label: assumed, note: Kata penguji.}
indicators:
  - code: a
    title: Papan
    scale: {low: 0, high: 10}
    options: [{value: 0, text: Tidak ada}, {value: 10, text: Ada}]
    label: verified
    source: uu
  - {code: b, title: Loket, scale: {low: 0, high: 10}, label: verified, source: uu}
  - {code: c, title: Kursi, scale: {low: 0, high: 10}, label: verified, source: uu}
formula:
  code: bulat
  level: akar
  title: Nilai bulat
  rounded: {decimals: 2, rule: down}
  label: verified
  source: uu
  of:
    code: jumlah
    level: jumlah
    title: Jumlah
    label: verified
    source: uu
    not_applicable: redistribute
    weights: {label: inferred, note: Dari tabel lain.}
    weighted_sum:
      - {weight: "0.5", of: a}
      - {weight: "0.25", of: b}
      - {weight: "0.25", of: {code: pengguna, level: survei, title: Survei, mean_over: pengguna, of: c, label: verified, source: uu}}
bands:
  - {from: "5.1", to: "10.0", code: A, label_text: Baik, zone: hijau, label: verified, source: uu}
  - {from: "0.0", to: "5.0", code: B, label_text: Kurang, zone: merah, label: inferred, note: Sisanya.}
cases: []
"""


def small() -> Instrument:
    return parse_instrument(SMALL)


def rows(**answers: int | Answer) -> dict[str, ProofRow]:
    """The proof by code."""
    figures = {
        ("indikator", code): Fraction(value) if isinstance(value, int) else value
        for code, value in answers.items()
    }
    return {row.code: row for row in proof_rows(score(small(), figures))}


def test_every_node_and_the_conclusion_are_on_it() -> None:
    proof = rows(a=10, b=3, c=7)
    assert list(proof) == ["bulat", "jumlah", "a", "b", "pengguna", "terbit", "A", "taksiran"]
    assert [row.depth for row in proof.values()] == [0, 1, 2, 2, 2, 0, 0, 0]


def test_a_leaf_shows_answer_option_weight_product_and_sources() -> None:
    row = rows(a=10, b=3, c=7)["a"]
    assert (row.title, row.value, row.option, row.weight, row.product) == (
        "Papan", "10", "Ada", "0.5", "5",
    )  # fmt: skip
    assert (row.label, row.sources) == ("tercetak pada sumbernya", ("https://contoh.go.id/uu",))
    assert (row.weight_label, row.weight_sources) == ("disimpulkan", ())
    assert "Catatan bobot: Dari tabel lain." in row.note


def test_an_answer_between_two_options_has_no_option_text() -> None:
    assert rows(a=4, b=3, c=7)["a"].option == ""


def test_redistribution_is_told_with_both_weights() -> None:
    proof = rows(a=10, b=NA, c=7)
    assert (proof["b"].value, proof["b"].weight, proof["b"].product) == ("tidak berlaku", "", "")
    assert proof["a"].weight == "2/3"
    assert "Bobot asal 0.5;" in proof["a"].note
    assert "Jumlah dari 2 bagian" in proof["jumlah"].note
    assert proof["jumlah"].value == "9"


def test_rounding_is_told_where_it_happens_and_at_the_end() -> None:
    proof = rows(a=10, b=1, c=0)
    assert proof["jumlah"].value == "5.25"
    assert "Dibulatkan ke 2 desimal, ke bawah." in proof["bulat"].note
    assert proof["terbit"].value == "5.2"
    assert proof["terbit"].note == (
        "Dibulatkan sekali ke 1 desimal, setengah ke genap. Catatan: Kata penguji."
    )
    assert proof["A"].value == "Baik, zona hijau"
    assert proof["A"].note == "Batas 5.1 sampai 10.0."


def test_what_is_missing_leaves_a_range_and_the_categories_it_allows() -> None:
    proof = rows(a=10, c=0)
    assert proof["bulat"].value == "antara 5 dan 7.5"
    assert proof["b"].value == "belum dijawab, antara 0 dan 10"
    assert proof["b"].product == "antara 0 dan 2.5"
    assert [proof[code].title for code in ("A", "B")] == ["Kategori yang mungkin"] * 2
    assert proof["kurang"].value == "b"


def test_where_nothing_applies_there_is_no_figure_to_publish() -> None:
    proof = rows(a=NA, b=NA, c=0)
    assert "terbit" in proof
    figures: dict[tuple[str, str], Answer] = {("akar", "bulat"): NA}
    codes = [row.code for row in proof_rows(score(small(), figures))]
    assert codes == ["bulat", "taksiran"]


def test_an_entered_figure_names_no_source_of_a_computation() -> None:
    figures: dict[tuple[str, str], Answer] = {("jumlah", "jumlah"): Fraction(3)}
    row = proof_rows(score(small(), figures))[1]
    assert (row.value, row.label, row.sources) == ("3", "", ())
    assert row.note == "Nilai dimasukkan, tidak dihitung dari bagiannya."


def test_a_mean_that_was_given_as_one_figure_says_so_without_a_count() -> None:
    assert "Rerata atas pengguna." in rows(a=10, b=1, c=0)["pengguna"].note


def test_lines_are_indented_and_carry_their_sources() -> None:
    figures: dict[tuple[str, str], Answer] = {("indikator", "a"): Fraction(10)}
    lines = proof_lines(score(small(), figures))
    assert lines[0].startswith("Nilai bulat (bulat): antara 5 dan 10")
    assert "    Papan (a): 10 – “Ada” × bobot 0.5 = 5" in lines
    assert "        sumber bobot: disimpulkan" in lines
    assert "        sumber: tercetak pada sumbernya · https://contoh.go.id/uu" in lines


def test_the_english_page_has_the_same_proof_in_english() -> None:
    figures: dict[tuple[str, str], Answer] = {("indikator", "a"): Fraction(10)}
    kept = score(small(), figures)
    english, indonesian = proof_rows(kept, "en"), proof_rows(kept)
    assert [(row.code, row.weight, row.sources) for row in english] == [
        (row.code, row.weight, row.sources) for row in indonesian
    ]
    by_code = {row.code: row for row in english}
    assert (by_code["a"].label, by_code["a"].weight_label) == ("printed in its source", "inferred")
    assert by_code["b"].value == "not answered yet, between 0 and 10"
    assert by_code["A"].title == "Possible category"
    lines = proof_lines(kept, "en")
    assert "        source of the weight: inferred" in lines
    own = ("Jumlah dari", "Rerata", "Dibulatkan", "Catatan", "antara", "Batas", "disimpulkan")
    assert not any(word in line for word in own for line in lines)
