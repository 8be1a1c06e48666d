"""Names in a Word document: of the components, in their many spellings, and of the services."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from hijau.services.importing.word import Paragraph
from hijau.services.importing.words import without_mark

# ---- Names of components -------------------------------------------------------------------------

_NAMES: tuple[tuple[str, str], ...] = (
    ("persyaratan", r"(?:per)?syarat(?:an)?\b"),
    ("prosedur", r"sistem\b.*\b(?:mekanisme|prosedur)|(?:mekanisme|prosedur|alur)\b"),
    ("jangka-waktu", r"(?:jangka )?waktu (?:penyelesaian|pe?layanan|proses)|jangka waktu\b"
                     r"|lama (?:waktu|penyelesaian|pelayanan)|waktu$"),
    ("biaya", r"(?:besaran )?(?:biaya|tarif|retribusi)\b"),
    ("produk", r"(?:produk|hasil|output)(?: dan)?(?: (?:jenis )?(?:pe)?layanan| akhir)?\b"),
    ("pengaduan", r"(?:penanganan|pengelolaan|sarana|saluran|mekanisme|layanan|unit)? ?"
                  r"(?:dan )?pengaduan\b"),
    ("dasar-hukum", r"(?:dasar|landasan) hukum\b"),
    ("sarana", r"(?:sarana|prasarana|fasilitas)\b"),
    ("kompetensi", r"kompetensi\b"),
    ("pengawasan", r"pengawasan\b"),
    ("jumlah-pelaksana", r"jumlah (?:pelaksana|petugas|personi?e?l|pegawai|sdm)\b"),
    ("jaminan-keamanan", r"jaminan\b.*\b(?:keamanan|keselamatan)|keamanan\b"),
    ("jaminan-pelayanan", r"jaminan (?:pe)?layanan\b|jaminan$"),
    ("evaluasi-kinerja", r"evaluasi\b"),
)  # fmt: skip
_PATTERNS = {code: re.compile(pattern) for code, pattern in _NAMES}
# “Sarana pengaduan” is no facility, and “mekanisme pengaduan” no procedure: the narrower one first.
_ORDER = ("pengaduan", *(code for code in _PATTERNS if code != "pengaduan"))
_SPELT = {
    "persyaratan pelayanan": "persyaratan", "persyaratan": "persyaratan",
    "sistem mekanisme dan prosedur": "prosedur", "prosedur": "prosedur",
    "jangka waktu penyelesaian": "jangka-waktu", "jangka waktu pelayanan": "jangka-waktu",
    "biaya/tarif": "biaya", "biaya tarif": "biaya", "produk pelayanan": "produk",
    "penanganan pengaduan saran dan masukan": "pengaduan", "pengaduan": "pengaduan",
    "dasar hukum": "dasar-hukum", "sarana prasarana dan/atau fasilitas": "sarana",
    "sarana dan prasarana": "sarana", "kompetensi pelaksana": "kompetensi",
    "pengawasan internal": "pengawasan", "jumlah pelaksana": "jumlah-pelaksana",
    "jaminan pelayanan": "jaminan-pelayanan",
    "jaminan keamanan dan keselamatan pelayanan": "jaminan-keamanan",
    "evaluasi kinerja pelaksana": "evaluasi-kinerja",
}  # fmt: skip
HEADER = re.compile(r"(?:no|nomor|komponen|unsur|uraian|keterangan|isi|deskripsi|standar)\b.*")
SECTION = re.compile(
    r".*(?:service ?delivery|manufacturing|penyampaian pelayanan|pengelolaan pelayanan"
    r"|komponen standar pelayanan).*"
)
NAME_ROW = re.compile(r"(?:jenis|nama) (?:pe)?layanan\b.*")
LONGEST_NAME = 120
"""A cell with more characters than this is no name of a component."""


def plain(text: str) -> str:
    """A name without numbers, signs and capitals."""
    text = without_mark(re.sub(r"^[A-Z0-9]{1,3}[.)]\s*", "", " ".join(text.split())))
    return " ".join(re.sub(r"[^a-z0-9/ ]", " ", text.casefold()).split())


def component_of(text: str) -> str:
    """The component that a cell names; "" for none."""
    name = plain(text) if len(text) <= LONGEST_NAME else ""
    return next((code for code in _ORDER if name and _PATTERNS[code].match(name)), "")


def component_named(text: str) -> tuple[str, bool]:
    """The component that a cell names, and whether its spelling had to be guessed; "" for none."""
    if code := component_of(text):
        return code, False
    name = plain(text) if len(text) <= LONGEST_NAME else ""
    close = get_close_matches(name, _SPELT, n=1, cutoff=0.85)
    return (_SPELT[close[0]], True) if close else ("", False)


# ---- The name of a service -----------------------------------------------------------------------

_LABEL = re.compile(
    r"(?:jenis|nama)\s+(?:pe)?layanan\s*(?P<sign>[:\-–])?\s*(?P<name>.*)|layanan\s*:\s*(?P<more>.+)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"standar\s+(?:pe)?layanan(?:\s+publik)?\s*(?:\(SPP?\)\s*)?[:\-–]?\s*(?P<name>.+)",
    re.IGNORECASE,
)
_NATURE = re.compile(
    r"(?:pelayanan |layanan )?(?:barang|jasa|administrati[fv]\w*|administrasi)", re.I
)
"""“Jenis pelayanan: administratif” tells the nature of a service, not its name."""
_PLACE = re.compile(
    r"(?:pada|di|untuk lingkungan|dinas|badan|kecamatan|kelurahan|desa|puskesmas|kantor|rsud|rumah"
    r"|kota|kabupaten|pemerintah|uptd?|bagian|sekretariat|inspektorat|satuan|unit|tahun|nomor"
    r"|yang|ini)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:lampiran|keputusan|nomor|tanggal|tentang|bab|pasal|daftar isi|halaman|komponen|tabel"
    r"|standar pelayanan$|mengetahui|ditetapkan|kepala|walikota|wali kota|bupati)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def name_in(text: str) -> str:
    return " ".join(text.split()).strip(" .:;–-“”\"'")


def name_before(paragraphs: Sequence[Paragraph]) -> tuple[str, bool]:
    """The name of the service in what stands before a table, and whether it was only supposed.

    What says so (“Jenis pelayanan: …”, “Standar pelayanan …”) comes before a heading, and that
    before the nearest short line.
    """
    lines = [
        (without_mark(re.sub(r"^[A-Z]\.\s+", "", line)), one.is_heading)
        for one in paragraphs
        for line in one.text.splitlines()
        if line.strip()
    ]
    for at in range(len(lines) - 1, -1, -1):
        if found := _LABEL.fullmatch(lines[at][0]):
            name = name_in(found["name"] or found["more"] or "")
            if not name and at + 1 < len(lines):
                name = name_in(lines[at + 1][0])
            if name and not _NATURE.fullmatch(name):
                return name, False
    for line, _heading in reversed(lines):
        found = _TITLE.fullmatch(line)
        if found and not _PLACE.match(found["name"]):
            return name_in(found["name"]), False
    for wanted in (True, False):
        for line, heading in reversed(lines):
            if heading >= wanted and _may_be_name(line):
                return name_in(line), not wanted
    return "", False


def _may_be_name(line: str) -> bool:
    return (
        3 < len(line) <= 150
        and not line.endswith((".", ";", ","))
        and not _NO_NAME.fullmatch(line)
        and not SECTION.fullmatch(line.casefold())
        and not _TITLE.fullmatch(line)
        and not _LABEL.fullmatch(line)
    )
