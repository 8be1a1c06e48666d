"""The search of services at 5,000 of them: to build, to hold, and to answer.

    python -m benchmarks.finding

The services are made up: kinds of a real counter, things, and places that sound Sundanese; always
the same ones. Writes `var/bench-finding.json`.
"""

from __future__ import annotations

import gc
import itertools
import json
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from hijau.services.finding import Entry, Index, stem, terms_of  # noqa: E402

SERVICES, SEED = 5_000, 25

# What is done; how people say it; what comes of it.
KINDS = (
    ("Penerbitan izin {}", "bikin izin {}", "Keputusan izin {}"),
    ("Perpanjangan izin {}", "perpanjang izin {}", "Izin {} yang diperpanjang"),
    ("Rekomendasi {}", "minta rekomendasi {}", "Surat rekomendasi {}"),
    ("Surat keterangan {}", "surat {}", "Surat keterangan {}"),
    ("Pendaftaran {}", "daftar {}", "Tanda daftar {}"),
    ("Peminjaman {}", "pinjam {}", "Berita acara peminjaman {}"),
    ("Penyewaan {}", "sewa {}", "Perjanjian sewa {}"),
    ("Perbaikan {}", "benerin {}", "{} yang berfungsi kembali"),
    ("Pemeliharaan {}", "rawat {}", "Laporan pemeliharaan {}"),
    ("Pengaduan {}", "lapor {}", "Jawaban atas pengaduan {}"),
    ("Permohonan hibah {}", "minta hibah {}", "Berita acara hibah {}"),
    ("Pemeriksaan {}", "periksa {}", "Hasil pemeriksaan {}"),
    ("Pengujian {}", "uji {}", "Sertifikat uji {}"),
    ("Penyuluhan {}", "penyuluhan {}", "Laporan kegiatan penyuluhan {}"),
    ("Pembayaran retribusi {}", "bayar retribusi {}", "Bukti bayar retribusi {}"),
    ("Penyediaan data {}", "data {}", "Salinan data {}"),
    ("Penggantian kartu {} yang hilang", "kartu {} ilang", "Kartu {} pengganti"),
    ("Pencabutan izin {}", "cabut izin {}", "Keputusan pencabutan izin {}"),
    ("Penataan {}", "tata {}", "{} yang tertata"),
    ("Pengangkutan {}", "angkut {}", "{} yang terangkut"),
)

# Things that other services are about than those of the demonstration; and the unit that has them.
THINGS = {
    "Dinas Pertanian": (
        "bibit padi", "pupuk bersubsidi", "traktor tangan", "kelompok tani", "lumbung pangan",
        "saluran irigasi", "kebun hidroponik", "hama tanaman", "rumah kaca", "kopi rakyat",
    ),
    "Dinas Peternakan dan Perikanan": (
        "ternak sapi", "kambing perah", "ayam petelur", "kolam lele", "benih nila", "vaksin rabies",
        "rumah potong hewan", "pakan ternak", "tambak udang", "pasar ikan",
    ),
    "Dinas Perpustakaan dan Arsip": (
        "buku bacaan", "perpustakaan keliling", "taman baca", "arsip statis", "ruang diskusi",
        "naskah kuno",
    ),
    "Dinas Pemuda, Olahraga dan Pariwisata": (
        "lapangan futsal", "kolam renang", "gelanggang", "stadion", "pemandu wisata",
        "hotel melati", "sanggar tari", "pementasan wayang", "desa wisata", "arung jeram",
        "pertunjukan musik",
    ),
    "Dinas Lingkungan Hidup": (
        "sampah pasar", "bank sampah", "pohon tumbang", "limbah cair", "kompos", "taman kota",
        "hutan bambu", "udara ambien",
    ),
    "Dinas Pekerjaan Umum": (
        "jalan lingkungan", "jembatan gantung", "drainase", "alat berat", "trotoar", "lampu taman",
        "gorong", "tembok penahan", "aspal", "sumur resapan",
    ),
    "Dinas Perhubungan": (
        "parkir tepi jalan", "trayek angkutan", "rambu", "marka", "halte", "bus pariwisata",
        "terminal barang", "kapal danau", "penutupan jalan", "zebra cross",
    ),
    "Dinas Perdagangan": (
        "kios pasar", "timbangan", "pompa ukur", "gudang beras", "pameran kriya", "minyak goreng",
        "gas elpiji", "pasar murah", "ekspor", "sentra batik",
    ),
    "Dinas Pemadam Kebakaran": (
        "alat pemadam api", "hidran", "sarang tawon", "evakuasi ular", "proteksi gedung",
    ),
    "Dinas Komunikasi dan Informatika": (
        "menara telekomunikasi", "wifi publik", "surel dinas", "situs web", "videotron",
        "tanda tangan elektronik", "siaran radio",
    ),
    "Badan Pendapatan Daerah": (
        "pajak hotel", "pajak hiburan", "pajak sarang walet", "pajak air tanah", "tapping box",
    ),
    "Dinas Perumahan": (
        "rusunawa", "makam umum", "taman makam", "perumahan subsidi", "septik komunal",
    ),
    "Badan Kesatuan Bangsa": ("organisasi massa", "pawai", "kirab", "unjuk rasa", "partai politik"),
}  # fmt: skip

WHO = ("warga", "pelaku", "pengelola", "kelompok", "panitia", "koperasi", "yayasan", "pengurus")
ABOUT = (
    "Melayani {who} {group} yang perlu {thing} di {place}, sejak berkas lengkap sampai diserahkan.",
    "Membantu {who} {group} di {place} memperoleh {thing} dengan aman, tertib, dan tercatat.",
    "Petugas meninjau {who} {group} di {place} dan memastikan {thing} memenuhi ketentuan.",
)
NEEDS = (
    "Fotokopi KTP-el pemohon", "Fotokopi kartu keluarga", "Surat permohonan bermeterai",
    "Surat pengantar RT dan RW", "Foto lokasi", "Denah lokasi", "Nomor induk berusaha",
    "Surat kuasa bila diwakilkan", "Bukti lunas pajak bumi dan bangunan", "Akta pendirian",
    "Surat keterangan tidak mampu bila ada", "Proposal kegiatan", "Pas foto berwarna",
)  # fmt: skip
# Names of places and of groups by the thousand, for a vocabulary as wide as a real portal has.
FIRST = (
    "Ci", "Pasir", "Leuwi", "Su", "Ranca", "Baro", "Kebon", "Parung", "Situ", "Karang", "Tegal",
    "Gunung", "Lembur", "Muara", "Warung", "Cu", "Cika", "Bojong",
)  # fmt: skip
SECOND = (
    "beureum", "kole", "gede", "laku", "mekar", "panjang", "hideung", "karang", "jati", "wangi",
    "saat", "hurip", "sari", "tengah", "malang", "kidul", "kaler", "munding", "kujang", "randu",
    "waru", "limus", "nangka", "manggu", "awi", "lengsir", "mulya", "asih", "kadu", "pari",
)  # fmt: skip
SYLLABLES = (
    "ba", "di", "ka", "ra", "mu", "la", "ti", "su", "wi", "nda", "ngga", "ri", "ja", "yu", "pra",
)  # fmt: skip


def plausible(count: int, seed: int = SEED, first_key: int = 1_000_000) -> Iterator[Entry]:
    """So many services of other things than the demonstration's, no two of one name."""
    chance = random.Random(seed)
    places = [f"{a}{b}" for a in FIRST for b in SECOND]
    things = [(unit, thing) for unit, several in THINGS.items() for thing in several]
    every = list(itertools.product(range(len(KINDS)), range(len(things)), range(len(places))))
    for key, (kind, thing, place) in enumerate(chance.sample(every, count), first_key):
        unit, what = things[thing]
        name, spoken, product = KINDS[kind]
        where, who = places[place], chance.choice(WHO)
        group = "".join(chance.choices(SYLLABLES, k=chance.randrange(3, 5))).capitalize()
        yield Entry(
            key=key,
            name=f"{name.format(what)} di {where}",
            everyday=(spoken.format(what), f"{what} {where.lower()}", f"urus {what}"),
            product=product.format(what).capitalize(),
            about=chance.choice(ABOUT).format(who=who, group=group, thing=what, place=where),
            unit=unit,
            requirements=tuple(chance.sample(NEEDS, 4)),
        )


def wrong(word: str, chance: random.Random) -> str:
    """A word as a thumb types it: a letter swapped, lost, doubled or replaced."""
    if len(word) < 4:
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("aeionrt") + word[at + 1 :],
        )
    )


def questions(entries: list[Entry], seed: int = SEED) -> dict[str, list[str]]:
    """200 of each kind; the last of words that no service has."""
    chance = random.Random(seed)
    some = chance.sample(entries, 200)
    said = [f"gimana cara {entry.everyday[0]}" for entry in some]
    mistyped = [" ".join(wrong(word, chance) for word in one.split()) for one in said]
    unfinished = [entry.name[: chance.randrange(3, 12)] for entry in some]
    long = [
        " ".join(
            wrong(word, chance) if chance.random() < 0.5 else word
            for word in f"{entry.about} {entry.everyday[1]} {entry.product} {entry.name}".split()
        )
        for entry in some
    ]
    letters = "abcdefghijklmnoprstuwy"
    nothing = [
        " ".join(
            "".join(chance.choices(letters, k=chance.randrange(4, 11)))
            for _ in range(chance.randrange(2, 26))
        )
        for _ in some
    ]
    return {
        "as people say it": said,
        "every word mistyped": mistyped,
        "unfinished": unfinished,
        "200 characters, half mistyped": long,
        "words of no language": nothing,
    }


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    entries = list(plausible(SERVICES))
    written = [
        len(" ".join((e.name, *e.everyday, e.product, e.about, e.unit, *e.requirements)).split())
        for e in entries
    ]
    build = timed(lambda: Index(entries))
    stem.cache_clear()
    terms_of.cache_clear()
    gc.collect()
    tracemalloc.start()
    index = Index(entries)
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    print(f"{SERVICES:,} services of {statistics.mean(written):.0f} words on average")
    print(f"built in {build / 1000:.2f} s, {held:.0f} MB held (with its caches)\n")
    print("| question | p50 | p95 | most |")
    print("|---|---:|---:|---:|")
    found: dict[str, object] = {"services": SERVICES, "build_s": build / 1000, "held_mb": held}
    every: list[float] = []
    for kind, asked in questions(entries).items():
        times = sorted(timed(lambda one=one: index.find(one)) for one in asked)  # type: ignore[misc]
        every += times
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"| {kind} | {p50:.1f} ms | {p95:.1f} ms | {times[-1]:.1f} ms |")
        found[kind] = {"p50_ms": p50, "p95_ms": p95}
    every.sort()
    p50, p95 = every[len(every) // 2], every[int(len(every) * 0.95)]
    print(f"| all | {p50:.1f} ms | {p95:.1f} ms | {every[-1]:.1f} ms |")
    found["all"] = {"p50_ms": p50, "p95_ms": p95}
    var = HERE.parent / "var"
    var.mkdir(exist_ok=True)
    (var / "bench-finding.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
