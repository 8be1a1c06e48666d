"""Finding a service by the words that people use, mistype, shorten or have not finished."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.finding import plausible
from hijau.services import finding
from hijau.services.finding import Entry, Found, Index, slips, stem, words

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "hijau" / "demonstration" / "services_contoh.yaml"
QUESTIONS = ROOT / "tests" / "data" / "everyday-questions.csv"
SHARE = 0.90
"""Of the questions of everyday life, so many have the right service first."""


def entry(key: int, name: str, *everyday: str, **more: Any) -> Entry:
    fields = {"product": name, "about": "", "unit": "", "requirements": (), **more}
    return Entry(key, name, everyday, **fields)


KTP, KK, BORN, DEAD, PBG, MOVE, GRAVE, KIN, TREE, MOOD = range(1, 11)
FEW = (
    entry(KTP, "Penerbitan KTP elektronik", "bikin ktp", "ktp hilang", unit="Disdukcapil",
          about="Kartu tanda penduduk bagi warga yang sudah berusia 17 tahun"),
    entry(KK, "Penerbitan kartu keluarga", "kk baru", unit="Disdukcapil", requirements=("KTP-el",)),
    entry(BORN, "Pencatatan kelahiran", "akta lahir", unit="Disdukcapil", requirements=("KTP-el",)),
    entry(DEAD, "Pencatatan kematian", "akta kematian", unit="Disdukcapil"),
    entry(PBG, "Persetujuan bangunan gedung", "izin bangunan", unit="DPMPTSP"),
    entry(MOVE, "Surat keterangan pindah", "pindah domisili", unit="Disdukcapil"),
    entry(GRAVE, "Pemakaman umum", "lahan makam", unit="Dinas Perumahan"),
    entry(KIN, "Surat keterangan ahli waris", unit="Kecamatan", requirements=("KTP-el ahli waris",)),
    entry(TREE, "Pemangkasan pohon", "tebang pohon", unit="Dinas Lingkungan Hidup"),
    entry(MOOD, "Konsultasi psikologi", unit="RSUD", about="Menolong warga yang sedang berduka"),
)  # fmt: skip


@pytest.fixture(scope="module")
def few() -> Index:
    return Index(FEW)


def keys(found: Found) -> list[int]:
    return [hit.key for hit in found.hits]


def first(found: Found) -> int | None:
    return found.hits[0].key if found.hits else None


# ---- The words of people -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "service"),
    [
        ("bikin KTP", KTP),
        ("gimana cara ngurus e-KTP dong", KTP),
        ("kumaha cara ngadamel ktp", KTP),
        ("kartu tanda penduduk", KTP),
        ("ktp saya ilang", KTP),
        ("KTP leungit", KTP),
        ("kk", KK),
        ("imb", PBG),
        ("mau renovasi rumah, perlu IMB?", PBG),
        ("ibu saya meninggal", DEAD),
        ("akte lahiran", BORN),
        ("bade ngalih ka Bandung", MOVE),
        ("kuburan", GRAVE),
    ],
)
def test_it_knows_the_words_that_people_use(few: Index, question: str, service: int) -> None:
    assert first(few.find(question)) == service


@pytest.mark.parametrize(
    ("question", "service"),
    [
        ("bikn ktp", KTP),
        ("kpt elektronik", KTP),
        ("karu keluarga", KK),
        ("akta kelahian", BORN),
        ("kemtaian", DEAD),
        ("persetujan bangunn gedung", PBG),
        ("surat pinndah", MOVE),
        ("aktalahir", BORN),
        ("phon tumbang", TREE),
    ],
)
def test_it_forgives_typing_errors(few: Index, question: str, service: int) -> None:
    found = few.find(question)
    assert first(found) == service
    assert found.corrected
    assert found.corrected != question


def test_it_says_how_it_read_the_question_only_when_it_changed_it(few: Index) -> None:
    assert few.find("akta kelahian").corrected == "akta kelahiran"
    assert few.find("AKTA kelahiran!").corrected == ""
    assert few.find("imb").corrected == ""


@pytest.mark.parametrize(
    ("start", "service"),
    [("penerbitan kartu kel", KK), ("pemak", GRAVE), ("psik", MOOD), ("wa", KIN), ("kema", DEAD)],
)
def test_it_finds_while_the_last_word_is_typed(few: Index, start: str, service: int) -> None:
    found = few.find(start)
    assert service in keys(found)
    assert found.corrected == ""


def test_a_beginning_finds_all_that_begin_so(few: Index) -> None:
    assert {KTP, KK} <= set(keys(few.find("pener")))


def test_a_word_that_is_followed_by_a_space_is_finished(few: Index) -> None:
    assert few.find("zebr ").hits == ()


# ---- Affixes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "family",
    [
        "terbit penerbitan menerbitkan diterbitkan",
        "buat pembuatan membuat dibuat buatin",
        "urus pengurusan mengurus ngurus urusin",
        "izin perizinan",
        "mohon permohonan pemohon",
        "makam pemakaman dimakamkan",
        "pindah kepindahan perpindahan pemindahan",
        "duduk penduduk kependudukan",
        "rumah perumahan",
        "usaha perusahaan pengusaha",
        "lahir kelahiran dilahirkan",
        "mati kematian",
        "sah pengesahan disahkan",
        "sewa penyewaan menyewa menyewakan",
        "kirim pengiriman mengirim",
        "angkat pengangkatan mengangkat",
        "didik pendidikan",
        "milik kepemilikan pemilik",
        "ktp ktpnya ktpna",
        "daftar pendaftaran daftarin daftarkeun",
    ],
)
def test_the_forms_of_a_word_meet(family: str) -> None:
    assert {stem(word) for word in family.split()} == {family.split()[0]}


@pytest.mark.parametrize(
    "word", ["makan", "jalan", "mesin", "dinas", "keluarga", "kantin", "bulan"]
)
def test_what_only_looks_like_an_affix_stays(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    ("a", "b"),
    [("lahir", "mati"), ("makam", "makan"), ("usaha", "usia"), ("meninggal", "tinggal"),
     ("perumahan", "perubahan"), ("penduduk", "pendidikan")],
)  # fmt: skip
def test_words_that_differ_stay_apart(a: str, b: str) -> None:
    assert stem(a) != stem(b)


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [("ktp", "ktp", 0), ("ktp", "kpt", 1), ("akta", "akte", 1), ("surat", "sura", 1),
     ("surat", "suratt", 1), ("pesawat", "perawat", 2), ("surat", "kereta", 3)],
)  # fmt: skip
def test_a_slip_is_a_letter_nearby_missing_too_many_or_swapped(
    a: str, b: str, distance: int
) -> None:
    assert slips(a, b, 2) == slips(b, a, 2) == distance


# ---- What weighs more ----------------------------------------------------------------------------


def test_a_name_weighs_more_than_a_requirement(few: Index) -> None:
    found = keys(few.find("ktp"))
    assert found[0] == KTP
    assert BORN not in found


def test_a_field_near_the_name_weighs_more() -> None:
    fields = ("requirements", "unit", "about", "product")
    several = [
        entry(at, f"Layanan nomor {at}", **{"product": "", field: ("wayang",) if at == 0 else "wayang"})
        for at, field in enumerate(fields)
    ]  # fmt: skip
    several += [entry(4, "Pentas wayang"), entry(5, "Lain", "nonton wayang", product="")]
    several += [entry(9 + at, f"Hal {at}") for at in range(20)]
    found = keys(Index(several).find("wayang "))
    assert set(found[:2]) == {4, 5}
    assert found[2:] == [at for at in (3, 2, 1, 0) if at in found]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    several = [entry(at, f"Surat keterangan {at}") for at in range(30)]
    index = Index([*several, entry(99, "Surat visum")])
    assert first(index.find("surat keterangan visum")) == 99


def test_the_whole_phrase_wins_over_its_words() -> None:
    index = Index(
        [
            entry(1, "Izin tanah makam", about="pemakaman umum keluarga"),
            entry(2, "Pemakaman umum"),
            entry(3, "Pemakaman umum dengan perawatan jenazah dan mobil"),
        ]
    )
    assert keys(index.find("pemakaman umum"))[0] == 2


def test_a_long_story_still_finds_its_service(few: Index) -> None:
    story = (
        "assalamualaikum pak bu, saya mau tanya dong, kemarin waktu banjir dompet hanyut di sungai "
        "dan KTP saya ikut hilang, gimana cara bikin lagi ya, terima kasih"
    )
    assert first(few.find(story)) == KTP


def test_it_gives_no_more_than_were_asked_for(few: Index) -> None:
    assert len(few.find("penerbitan", limit=1).hits) == 1
    scores = [hit.score for hit in few.find("penerbitan ktp").hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


# ---- When nothing fits ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["harga bitcoin hari ini", "resep nasi goreng", "lirik lagu dangdut", "asdfghjkl qwerty",
     "pacar saya marah terus", "jadwal kereta", "tiket pesawat murah", "download film korea"],
)  # fmt: skip
def test_what_no_service_is_about_finds_nothing(few: Index, question: str) -> None:
    assert few.find(question).hits == ()


def test_when_nothing_fits_it_names_what_is_near(few: Index) -> None:
    found = few.find("surat tilang mobil bodong ")
    assert found.hits == ()
    assert "Surat keterangan pindah" in found.near
    assert len(found.near) <= 5


def test_it_suggests_a_word_that_looks_alike_but_not_enough() -> None:
    index = Index([entry(1, "Surat visum et repertum"), entry(2, "Imunisasi anak")])
    found = index.find("repretuum ekstra sekali ")
    assert found.hits == ()
    assert found.near == ("Surat visum et repertum",)


def test_what_fits_needs_no_suggestions(few: Index) -> None:
    assert few.find("ktp").near == ()


@pytest.mark.parametrize(
    "question",
    ["", " ", "???", "\U0001f600\U0001f389", "\x00\x00", "' OR 1=1 --", "<script>alert(1)</script>",
     "%s%n{0}", "\u202e\u200b", "१२३", "ﷺ" * 50, "-" * 10_000, "../../etc/passwd", "\ud800"],
)  # fmt: skip
def test_odd_input_finds_nothing_and_harms_nothing(few: Index, question: str) -> None:
    found = few.find(question)
    assert found.hits == ()
    assert found.corrected == ""


def test_ten_thousand_characters_are_read_to_the_two_hundredth(few: Index) -> None:
    long = "ktp " + "x" * 10_000
    assert few.find(long) == few.find(long[:200])
    assert first(few.find("bikin ktp " * 1000)) == KTP
    assert few.find("a " * 5_000 + "ktp").hits == ()


def test_accents_capitals_and_signs_do_not_matter(few: Index) -> None:
    assert words("Ngadamél  «E-KTP», AK1!") == ["ngadamel", "ktp", "ak", "1"]
    assert few.find("ＫＴＰ").hits == few.find("k\u0301tp").hits == few.find("(ktp)").hits


def test_no_services_find_nothing() -> None:
    assert Index([]).find("ktp") == Found((), "", ())


# ---- Always the same -----------------------------------------------------------------------------


def test_the_same_question_has_the_same_answer_in_any_process() -> None:
    program = (
        "from benchmarks.finding import plausible, questions\n"
        "from hijau.services.finding import Index\n"
        "entries = list(plausible(300)); index = Index(entries)\n"
        "for several in questions(entries).values():\n"
        "    for one in several[:12]: print(one, index.find(one))\n"
        "import sys; assert 'django' not in sys.modules\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
        ).stdout
        for seed in ("0", "4711")
    }  # fmt: skip
    assert len(said) == 1
    assert said.pop().count("Hit(") > 10


def test_the_order_of_the_services_decides_only_between_equals(few: Index) -> None:
    turned = Index(reversed(FEW))
    for question in ("bikin ktp", "akta kelahian", "pemak", "surat keterangan", "imb"):
        assert set(few.find(question).hits) == set(turned.find(question).hits)


# ---- The words as data ---------------------------------------------------------------------------


def test_no_phrase_has_two_names() -> None:
    data = yaml.safe_load((ROOT / "hijau/services/everyday.yaml").read_text(encoding="utf-8"))
    every = Counter(
        phrase
        for ways in data["same"]
        for phrase in {finding.stems(words(way)) for way in ways}
    )  # fmt: skip
    assert [phrase for phrase, count in every.items() if count > 1] == []


def test_every_word_is_spelled_as_it_is_compared() -> None:
    data = yaml.safe_load((ROOT / "hijau/services/everyday.yaml").read_text(encoding="utf-8"))
    for part in ("filler", "acts", "places", "roots", "whole"):
        for word in data[part].split():
            assert words(word) in ([word], []), (part, word)
    assert not set(data["filler"].split()) & set(data["acts"].split())


# ---- The measure ---------------------------------------------------------------------------------


def services() -> list[dict[str, Any]]:
    return list(yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))["services"])


def as_entry(key: int, service: dict[str, Any]) -> Entry:
    standard = service["standard"]
    return Entry(
        key=key,
        name=service["name"],
        everyday=tuple(service["everyday"]),
        product=str(standard["produk"]),
        about=service["about"],
        unit=service["unit"],
        requirements=tuple(map(str, standard["persyaratan"])),
    )


@cache
def sample() -> tuple[Entry, ...]:
    return tuple(as_entry(at, service) for at, service in enumerate(services()))


def missed(index: Index) -> list[str]:
    """The questions whose first hit is not the right service."""
    codes = [service["code"] for service in services()]
    wrong = []
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = first(index.find(row["question"]))
            if found is None or found >= len(codes) or codes[found] != row["service"]:
                wrong.append(row["question"])
    return wrong


def asked() -> int:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def test_every_question_is_about_a_service_of_the_demonstration() -> None:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        meant = {row["service"] for row in csv.DictReader(file)}
    assert meant - {service["code"] for service in services()} == set()


def test_nine_of_ten_everyday_questions_find_the_right_service_first() -> None:
    wrong = missed(Index(sample()))
    assert asked() >= 150
    assert len(wrong) <= (1 - SHARE) * asked(), wrong


def test_so_they_do_among_five_thousand_services() -> None:
    others = plausible(5_000 - len(sample()))
    wrong = missed(Index((*sample(), *others)))
    assert len(wrong) <= (1 - SHARE) * asked(), wrong
