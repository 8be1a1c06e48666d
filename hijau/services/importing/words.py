"""Times, sums and numbers as clerks write them: “3 (tiga) hari kerja”, “Rp. 50.000,-”, 50000.0."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from hijau.services.components import TimeUnit

# ---- Cells ---------------------------------------------------------------------------------------


def cell_text(value: Any) -> str:
    """A cell as one would read it aloud; lines stay lines, a whole number has no “.0”."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%d-%m-%Y")
    if isinstance(value, dt.time):
        return value.strftime("%H.%M")
    return clean(str(value))


def _line(value: Any) -> str:
    return " ".join(cell_text(value).split())


def clean(text: str) -> str:
    """Without the characters that nobody typed on purpose."""
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u000b", "\n").replace("\u2028", "\n").replace("\xa0", " ")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))
    return "\n".join(" ".join(line.split()) for line in kept.splitlines()).strip()


_MARK = re.compile(
    r"(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,5})[.)]|[-–—•●▪■□○◦*·✓✔➢➤❖\uf0b7\uf0a7\uf0d8\uf0fc])\s+"
)


def without_mark(line: str) -> str:
    """An entry of a list without the number or the bullet that was typed before it."""
    line = line.strip()
    mark = _MARK.match(line)
    return line[mark.end() :].strip() if mark else line


def entries(text: str) -> list[str]:
    """The entries of a list: one on each line, or numbered within one line (“1. KTP 2. KK”)."""
    found = []
    for line in text.splitlines():
        found += [entry for part in _numbered(line.strip()) if (entry := without_mark(part))]
    return found


def _numbered(line: str) -> list[str]:
    """The parts of a line that counts 1., 2., 3. in it; the line itself when it does not."""
    if not (start := re.match(r"1(?P<sign>[.)])\s+", line)):
        return [line]
    sign, parts, number, begun = re.escape(start["sign"]), [], 2, 0
    while found := re.search(rf"(?<=[\s;,.]){number}{sign}\s+", line[begun + 2 :]):
        end = begun + 2 + found.start()
        parts.append(line[begun:end].rstrip(" ;,"))
        begun, number = end, number + 1
    return [*parts, line[begun:]]


# ---- Whole numbers, yes and no -------------------------------------------------------------------


def whole_from(value: Any) -> int | None:
    """A whole number; “5 orang” and “5 (lima)” are 5. Raises ValueError."""
    text = _line(value)
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,12})(?:\s*\([^)]*\))?(?:\s*orang)?", text, re.IGNORECASE)
    if found is None:
        raise ValueError(_("“%s” bukan bilangan bulat. Tulis angkanya saja.") % text[:60])
    return int(found[1])


_FREE = (
    r"gratis|bebas biaya|tanpa (?:di)?(?:pungut )?biaya|tidak (?:di)?(?:pungut|kenakan|kenai)"
    r"(?: (?:biaya|bayaran))?(?: (?:apa ?pun|sepeser ?pun))?|tidak ada (?:biaya|tarif)|nihil"
    r"|rp\.?\s*0(?:,00|,-)?(?:\s*rupiah)?"
)
FREE = re.compile(rf"(?<![\w.,])(?:{_FREE})(?![\w.,]*\d)", re.IGNORECASE)
_YES = re.compile(rf"ya|y|yes|v|✓|✔|benar|{_FREE}", re.IGNORECASE)
_NO = re.compile(r"tidak|tdk|t|no|bukan|berbayar|ada tarif", re.IGNORECASE)


def yes_from(value: Any) -> bool | None:
    """Whether it is free. Raises ValueError."""
    text = _line(value).rstrip(".")
    if not text or text in ("-", "–"):
        return None
    if _NO.fullmatch(text):
        return False
    if _YES.fullmatch(text):
        return True
    raise ValueError(
        _("“%s” bukan ya atau tidak. Isi ya bila gratis; tarif ditulis di lembar Biaya.")
        % text[:60]
    )


# ---- Rupiah --------------------------------------------------------------------------------------

_MONEY = (
    r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<cents>\d{1,2})(?!\d))?"
    r"(?:\s*(?P<scale>ribu|rb|juta|jt)\b)?(?P<word>\s*rupiah)?(?:\s*,?\s*[-–](?!\s*(?:rp|\d)))?"
)
_ALONE = re.compile(rf"(?P<sign>rp\.?|idr)?\s*{_MONEY}\.?", re.IGNORECASE)
SUM = re.compile(rf"(?:\brp\.?|\bidr)\s*{_MONEY}", re.IGNORECASE)
"""A sum within a sentence, told by its sign."""
_SCALES = {"ribu": 1000, "rb": 1000, "juta": 10**6, "jt": 10**6}
LEAST_LIKELY = 100
"""A sum below it is rather “50.000” that a spreadsheet took for 50 with three decimals."""


def rupiah_from(value: Any) -> int | None:
    """A sum in rupiah, from a number or from words. Raises ValueError."""
    text = _line(value)
    if not text:
        return None
    if FREE.fullmatch(text):
        return 0
    found = _ALONE.fullmatch(text)
    amount = sum_of(found) if found else None
    if amount is None:
        raise ValueError(
            _("“%s” bukan jumlah rupiah. Tulis misalnya 50000 atau Rp50.000.") % text[:60]
        )
    return amount


def sum_of(found: re.Match[str]) -> int | None:
    """What a sum that was found comes to; None where it has a part of a rupiah."""
    whole, cents, scale = found["whole"].replace(".", ""), found["cents"], found["scale"]
    amount = Fraction(f"{whole}.{cents}" if cents else whole) * _SCALES.get(
        (scale or "").lower(), 1
    )
    return int(amount) if amount.denominator == 1 else None


# ---- Times ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A time that was read, what else stood there, and what is doubtful about it."""

    amount: int
    unit: TimeUnit
    note: str = ""
    doubt: str = ""

    def data(self) -> dict[str, Any]:
        return {"amount": self.amount, "unit": self.unit.value}


_UNIT_WORDS = {
    "menit": (TimeUnit.MINUTES, 1), "jam": (TimeUnit.HOURS, 1),
    "hari kerja": (TimeUnit.WORKDAYS, 1), "hari kalender": (TimeUnit.DAYS, 1),
    "hari": (TimeUnit.DAYS, 1), "minggu": (TimeUnit.DAYS, 7),
}  # fmt: skip
_UNIT_AT = (
    r"(?P<unit>menit|mnt|jam|hari\s*\(?\s*kerja\)?|hari\s*\(?\s*kalender\)?|hari|minggu|bulan|tahun"
    r"|detik)\b"
)
_NUMBER_AT = r"\d+(?:[.,]\d+)?"
_SPAN = re.compile(
    rf"(?<![\w.,])(?:(?P<times>\d+)\s*[x×]\s*)?(?P<low>{_NUMBER_AT})\s*(?:\([^)\d]*\))?\s*"
    rf"(?:(?:-|–|—|s\.?\s?/?d\.?|sampai(?: dengan)?|hingga)\s*(?P<high>{_NUMBER_AT})\s*"
    rf"(?:\([^)\d]*\))?\s*)?{_UNIT_AT}",
    re.IGNORECASE,
)
_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "satu",
            "dua",
            "tiga",
            "empat",
            "lima",
            "enam",
            "tujuh",
            "delapan",
            "sembilan",
            "sepuluh",
            "sebelas",
        ],
        start=1,
    )
} | {"dua belas": 12, "empat belas": 14, "lima belas": 15, "dua puluh": 20, "tiga puluh": 30}
_IN_WORDS = re.compile(
    rf"\b({'|'.join(sorted(_WORDS, key=len, reverse=True))})\s+(?=(?:menit|jam|hari|minggu)\b)",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:paling (?:lama|lambat)|maksimal|maksimum|maks\.?|selambat-lambatnya|selama|kurang lebih"
    r"|adalah|jangka waktu(?: (?:penyelesaian|pelayanan))*|waktu (?:penyelesaian|pelayanan)"
    r"|lama(?:nya)?|dalam waktu)(?!\w)|±|[≤<]",
    re.IGNORECASE,
)


def span_from(value: Any, unit: Any = None) -> Told | None:
    """A time: a number with its unit beside it, or both in one text. Raises ValueError."""
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        raise ValueError(
            _("Excel membaca isian ini sebagai tanggal atau jam. Ketik ulang angkanya saja.")
        )
    text, beside = _line(value), _line(unit).lower()
    if not text:
        if beside:
            raise ValueError(_("Satuannya ada, jumlahnya belum. Isi jumlahnya."))
        return None
    number = re.fullmatch(rf"{_NUMBER_AT}(?:\s*\([^)\d]*\))?", text)
    if number and not beside:
        raise ValueError(_("Satuannya belum ada: menit, jam, hari kerja, atau hari kalender."))
    told = _told(f"{text} {beside}" if number else text)
    if beside and not number:
        stated = _told(f"1 {beside}")
        if (stated.unit, "hari kerja" in beside) != (told.unit, told.unit == TimeUnit.WORKDAYS):
            raise ValueError(
                _("“%(text)s” tidak sama satuannya dengan “%(unit)s”. Tulis satu saja.")
                % {"text": text[:60], "unit": beside[:30]}
            )
    return told


def _told(text: str) -> Told:
    text = " ".join(text.split())
    if not _SPAN.search(text):
        text = _IN_WORDS.sub(lambda m: f"{_WORDS[m[1].lower()]} ", text)
    found = list(_SPAN.finditer(text))
    if not found:
        raise ValueError(
            _(
                "“%s” bukan jangka waktu. Tulis jumlah dan satuannya: menit, jam, hari kerja, atau "
                "hari kalender."
            )
            % text[:60]
        )
    begin, end = found[0].start(), found[-1].end()
    measured = [_measured(one) for one in found]
    amount, unit, doubt = measured[0]
    if len(found) == 2 and (unit, measured[1][1]) == (TimeUnit.HOURS, TimeUnit.MINUTES):
        between = text[found[0].end() : found[1].start()]
        if between.strip() in ("", "dan", ","):
            amount, unit = amount * 60 + measured[1][0], TimeUnit.MINUTES
            measured = [(amount, unit, "")]
    if len(set(measured)) > 1:
        raise ValueError(
            _("“%s” memuat lebih dari satu jangka waktu. Tulis satu, yang dijanjikan kepada warga.")
            % text[:60]
        )
    before = _AT_MOST.sub(" ", text[:begin])
    return Told(amount, unit, _rest(f"{before} {text[end:]}"), doubt)


def _rest(text: str) -> str:
    text = " ".join(text.split()).strip(" .,;:()–-")
    return text if re.search(r"[a-z0-9]", text, re.IGNORECASE) else ""


def _measured(found: re.Match[str]) -> tuple[int, TimeUnit, str]:
    word = re.sub(r"[\s()]+", " ", found["unit"].lower()).strip().replace("mnt", "menit")
    if word not in _UNIT_WORDS:
        raise ValueError(
            _("Satuan “%s” tidak dipakai. Ubah menjadi menit, jam, hari kerja, atau hari kalender.")
            % word
        )
    unit, times = _UNIT_WORDS[word]
    doubt = ""
    if found["high"]:
        doubt = _("“%s” ialah rentang; dibaca waktu yang terlama.") % found[0].strip()
    elif word == "hari":
        doubt = _("“%s” dibaca sebagai hari kalender, karena tidak tertulis hari kerja.") % (
            found[0].strip()
        )
    number = re.sub(r"\.(?=\d{3}$)", "", found["high"] or found["low"])
    amount = Fraction(number.replace(",", "."))
    amount *= times * int(found["times"] or 1)
    if amount.denominator != 1 and unit == TimeUnit.HOURS:
        amount, unit = amount * 60, TimeUnit.MINUTES
    if amount.denominator != 1:
        raise ValueError(_("“%s” bukan bilangan bulat. Pakai satuan yang lebih kecil.") % found[0])
    return int(amount), unit, doubt
