"""What a unit states about itself (F-01): read from a form, kept, and the level it proposes."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from scoring.facts import (
    NONE,
    AskedFact,
    BadFact,
    Choice,
    Facts,
    Kind,
    Proposal,
    ReasonKind,
    as_json,
    from_json,
    propose,
    read_fact,
)
from scoring.instrument import Question
from scoring.provenance import Fact, Label
from scoring.reading import find_instrument
from scoring.text import AND, Text, listed

PEKPPP = find_instrument("pekppp/pedoman-2022")
GROUPS = ("pengguna", "ahli", "instansi-terkait", "oms", "media")


def asked(indicator: str, code: str) -> AskedFact:
    return next(fact for fact in PEKPPP.by_code[indicator].facts if fact.code == code)


def made(kind: Kind, **more: object) -> AskedFact:
    options = (Choice("a", Text("Arsip", "Archive")), Choice("b", Text("Laporan", "Report")))
    given = options if kind in (Kind.CHOICE, Kind.MULTI, Kind.CHAIN) else ()
    return AskedFact(
        "f", kind, Text("Apa?", "What?"), Text("hal", "thing"), Fact(Label.ASSUMED), given, **more
    )


def stated(indicator: str, **answers: str | list[str]) -> tuple[Question, Facts]:
    """Facts as a form sends them; a fact's code is written with a leading f: `f8_rencana`."""
    facts = {}
    for name, raw in answers.items():
        fact = asked(indicator, name.removeprefix("f").replace("_", "-"))
        value = read_fact(fact, [raw] if isinstance(raw, str) else raw)
        if value is not None:
            facts[fact.code] = value
    return PEKPPP.by_code[indicator], facts


def proposed(indicator: str, **answers: str | list[str]) -> Proposal:
    return propose(*stated(indicator, **answers))


def possible(proposal: Proposal) -> list[int]:
    return [int(level) for level in proposal.possible]


def sentences(proposal: Proposal, language: str = "id") -> list[str]:
    return [reason.in_language(language) for reason in proposal.because]


# ---- Reading a form ------------------------------------------------------------------------------

GOOD = [
    (Kind.YES_NO, ["ya"], True),
    (Kind.YES_NO, ["tidak"], False),
    (Kind.CHOICE, ["b"], "b"),
    (Kind.MULTI, ["a", "b"], frozenset({"a", "b"})),
    (Kind.MULTI, [NONE], frozenset()),
    (Kind.NUMBER, [" 12 "], Fraction(12)),
    (Kind.TEXT, ["  Antre Mudah "], "Antre Mudah"),
    (Kind.DATE, ["2026-05-31"], dt.date(2026, 5, 31)),
    (Kind.CHAIN, ["ya", "tidak"], (True, False)),
    (Kind.CHAIN, ["tidak", "tidak"], (False,)),
    (Kind.CHAIN, ["ya", ""], (True,)),
]


@pytest.mark.parametrize(("kind", "raw", "value"), GOOD)
def test_an_answer_is_read_and_kept_without_loss(kind: Kind, raw: list[str], value: object) -> None:
    fact = made(kind)
    assert read_fact(fact, raw) == value
    assert from_json(fact, as_json(value)) == value


@pytest.mark.parametrize("kind", Kind)
def test_nothing_sent_is_unknown_and_not_no(kind: Kind) -> None:
    assert read_fact(made(kind), []) is None
    assert read_fact(made(kind), ["", " "]) is None


BAD = [
    (Kind.YES_NO, ["mungkin"], "Pilih ya atau tidak", "Choose yes or no"),
    (Kind.YES_NO, ["ya", "tidak"], "beri satu jawaban saja", "one answer only"),
    (Kind.CHOICE, ["c"], "pilihan “c” tidak ada", "no option “c”"),
    (Kind.MULTI, ["a", "c"], "pilihan “c” tidak ada", "no option “c”"),
    (Kind.MULTI, ["a", NONE], "“tidak ada” dipilih bersama pilihan lain", "“none” is ticked"),
    (Kind.NUMBER, ["-1"], "tidak boleh kurang dari 0", "cannot be below 0"),
    (Kind.NUMBER, ["lima"], "bukan angka", "not a number"),
    (Kind.NUMBER, ["1e3"], "bukan angka", "not a number"),
    (Kind.NUMBER, ["1.250,5"], "bukan angka", "not a number"),
    (Kind.NUMBER, ["9" * 60], "bukan angka", "not a number"),
    (Kind.NUMBER, ["2,5"], "bukan bilangan bulat", "not a whole number"),
    (Kind.TEXT, ["x" * 501], "paling banyak 500 karakter", "at most 500 characters"),
    (Kind.TEXT, ["a\x00b"], "paling banyak", "at most"),
    (Kind.DATE, ["31-05-2026"], "bukan tanggal", "not a date"),
    (Kind.CHAIN, ["", "ya"], "langkah “arsip” dilewati", "“archive” was skipped"),
    (Kind.CHAIN, ["tidak", "ya"], "“laporan” dijawab ya", "“report” says yes"),
    (Kind.CHAIN, ["ya"] * 3, "lebih banyak dari langkahnya", "more answers than steps"),
    (Kind.CHAIN, ["mungkin"], "Pilih ya atau tidak", "Choose yes or no"),
]


@pytest.mark.parametrize(("kind", "raw", "indonesian", "english"), BAD)
def test_a_bad_answer_is_refused_in_a_sentence(
    kind: Kind, raw: list[str], indonesian: str, english: str
) -> None:
    with pytest.raises(BadFact) as refused:
        read_fact(made(kind), raw)
    assert str(refused.value).startswith("Apa? – ")
    assert indonesian in str(refused.value)
    assert english in refused.value.in_language("en")


def test_a_number_may_have_as_many_decimals_as_the_fact_says_and_no_more_than_its_top() -> None:
    index = made(Kind.NUMBER, decimals=2, high=Fraction(100))
    assert read_fact(index, ["87,28"]) == read_fact(index, ["87.28"]) == Fraction("87.28")
    with pytest.raises(BadFact, match="paling banyak 2 angka di belakang koma"):
        read_fact(index, ["87,281"])
    with pytest.raises(BadFact, match="paling tinggi 100"):
        read_fact(index, ["100,01"])


@pytest.mark.parametrize("kept", [None, 12, {}, "c", "", [], ["a", "z"]])
def test_what_was_kept_and_no_longer_fits_is_refused(kept: object) -> None:
    with pytest.raises(BadFact):
        from_json(made(Kind.CHOICE), kept)


# ---- The reason of a proposal --------------------------------------------------------------------


def test_the_reason_says_what_was_counted_and_what_the_next_level_asks() -> None:
    proposal = proposed("2.a.P", f2_unsur=list(GROUPS[:4]))
    assert proposal.level == 4
    assert sentences(proposal) == [
        "4 dari 5 unsur masyarakat dilibatkan: pengguna layanan; ahli, praktisi, atau akademisi; "
        "instansi terkait; organisasi masyarakat sipil.",
        "Tingkat 5 meminta lebih dari 4 unsur masyarakat dilibatkan.",
    ]
    assert (
        sentences(proposal, "en")[1]
        == "Level 5 asks for this: more than 4 groups of society that take part."
    )


def test_the_top_level_asks_for_nothing_more() -> None:
    proposal = proposed("2.a.P", f2_unsur=list(GROUPS))
    assert proposal.level == 5
    assert [reason.kind for reason in proposal.because] == [ReasonKind.MET]


def test_what_is_not_answered_leaves_a_range_and_is_named() -> None:
    proposal = proposed("1.a.Ak", f1_jumlah_sp="5", f1_komponen="ya", f1_penetapan="ya")
    assert proposal.level is None
    assert possible(proposal) == [3, 4, 5]
    assert proposal.missing == ("1-pelibatan", "1-monev")
    assert sentences(proposal)[-1] == (
        "Masih mungkin tingkat 3, 4, atau 5; yang belum dijawab: Apakah masyarakat dilibatkan?; "
        "Apakah SP dimonitor dan dievaluasi?"
    )


def test_a_fact_that_cannot_change_the_level_is_not_missing() -> None:
    """The form can stop asking: without involvement of the public, monitoring changes nothing."""
    proposal = proposed(
        "1.a.Ak", f1_jumlah_sp="5", f1_komponen="ya", f1_penetapan="ya", f1_pelibatan="tidak"
    )
    assert proposal.level == 3
    assert proposal.missing == ()


def test_no_facts_at_all_leave_every_level() -> None:
    question = PEKPPP.by_code["28.e.Ak"]
    assert possible(propose(question, {})) == [0, 1, 2, 3, 4, 5]
    top = question.option(Fraction(5))
    assert top is not None
    assert top.text.id.startswith("90 persen")
    assert question.option(None) is None


def test_an_indicator_without_rules_proposes_nothing() -> None:
    proposal = propose(PEKPPP.by_code["f03a-1"], {})
    assert proposal == Proposal(None, (), (), ())


def test_contradictions_are_told_and_propose_nothing() -> None:
    proposal = proposed("5.a.K", f5_ada="ya", f5_publikasi="tidak", f5_media=["elektronik"])
    assert proposal.level is None
    assert possible(proposal) == [0, 1, 2, 3, 4, 5]
    assert [reason.kind for reason in proposal.because] == [ReasonKind.CONTRADICTION]
    assert sentences(proposal) == ["Media dipilih, padahal maklumat dijawab belum dipublikasikan."]
    assert proposed("8.a.Ak", f8_rencana="3", f8_selesai="4").level is None


@pytest.mark.parametrize(
    ("planned", "done", "level"),
    [
        ("0", "0", 0),
        ("9", "0", 1),
        ("10", "2", 2),
        ("10", "3", 3),
        ("10", "8", 3),
        ("81", "65", 4),
        ("9", "9", 5),
    ],
)
def test_the_share_of_the_follow_up_is_exact_at_its_edges(
    planned: str, done: str, level: int
) -> None:
    assert proposed("8.a.Ak", f8_rencana=planned, f8_selesai=done).level == level


def test_a_share_says_whether_its_percentage_is_exact() -> None:
    third = sentences(proposed("8.a.Ak", f8_rencana="9", f8_selesai="3"))
    assert third[0] == "RTL yang selesai: 3 dari 9 RTL yang direncanakan, kira-kira 33,33 persen."
    half = sentences(proposed("8.a.Ak", f8_rencana="8", f8_selesai="5"), "en")
    assert half[0] == "Follow-ups done: 5 of 8 follow-ups planned, 62.5 percent."


def test_a_share_of_nothing_is_unknown_and_not_zero() -> None:
    proposal = proposed(
        "28.e.Ak", f28_masuk="0", f28_selesai="0", f28_masuk_lapor="0", f28_selesai_lapor="0"
    )
    assert proposal.level is None
    assert possible(proposal) == [0, 1, 2]
    assert proposal.missing == ()
    assert "tidak dapat dihitung, karena pengaduan yang diterima: 0" in sentences(proposal)[0]
    assert "tidak dapat ditentukan" in sentences(proposal)[-1]


def test_a_chain_says_where_it_stopped() -> None:
    proposal = proposed("27.e.Ak", f27_tahap=["ya", "ya", "tidak", "", ""])
    assert proposal.level == 2
    assert sentences(proposal)[0] == (
        "2 dari 5 tahap pertanggungjawaban: diarsipkan, dilaporkan; belum dimonitor dan dievaluasi."
    )
    started = proposed("27.e.Ak", f27_tahap=["ya", "ya", "", "", ""])
    assert possible(started) == [2, 3, 4, 5]
    assert started.missing == ("27-tahap",)


def test_what_was_answered_is_said_by_its_kind() -> None:
    proposal = proposed(
        "29.f.B",
        f29_tahap="berjalan",
        f29_umur="14,5",
        f29_ikut_lomba="tidak",
        f29_prestasi="belum-ada",
    )
    assert sentences(proposal) == [
        "Tahap inovasi: sudah berjalan.",
        "Umur inovasi dalam bulan: 14,5.",
        "Inovasi pernah diikutkan lomba: tidak.",
        "Tingkat 4 meminta inovasi pernah diikutkan lomba.",
    ]


def test_required_elements_come_before_extras() -> None:
    proposal = proposed("16.c.As", f16_fasilitas=["kursi", "tv", "wifi"])
    assert proposal.level == 0
    assert sentences(proposal)[-1] == (
        "Tingkat 1 meminta fasilitas ruang tunggu (pendingin atau sirkulasi udara)."
    )


def test_words_inside_a_sentence_keep_their_own_capitals() -> None:
    words = ["Media sosial", "SIPPN", "TV", "PIN atau logo", "SP4N-LAPOR!", "24 jam"]
    assert [Text(word).lower.id for word in words] == ["media sosial", *words[1:]]
    assert listed([Text("a"), Text("b, c")], last=AND).id == "a; dan b, c"
    assert listed([Text("a")], last=AND).id == "a"


def test_what_is_wanting_is_named_even_where_it_was_not_answered() -> None:
    proposal = proposed("5.a.K", f5_ada="ya", f5_penetapan="ya", f5_isi="ya", f5_publikasi="tidak")
    assert proposal.level == 3
    assert sentences(proposal)[-1] == (
        "Tingkat 4 meminta maklumat dipublikasikan dan media publikasi maklumat (non-elektronik)."
    )


def test_a_time_asks_for_less() -> None:
    proposal = proposed("9.a.Ak", f9_selesai="ya", f9_lama="4")
    assert proposal.level == 3
    assert sentences(proposal)[-1].endswith("RTL selesai paling banyak 3.")
    assert proposed("9.a.Ak", f9_selesai="ya", f9_lama="13").level == 0
