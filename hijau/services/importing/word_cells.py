"""What the cells of a Word table say, component by component."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hijau.services.components import LISTS, LONGEST_LINE
from hijau.services.importing.word import Paragraph
from hijau.services.importing.word_names import name_in
from hijau.services.importing.words import FREE, SUM, Told, entries, span_from, sum_of

Remark = Callable[[str], None]


_BLANK = re.compile(r"[-–—.…\s:]*(?:\(?belum (?:diketahui|diisi|ada)\)?)?", re.IGNORECASE)


def is_blank(paragraphs: Sequence[Paragraph]) -> bool:
    return all(_BLANK.fullmatch(one.text) for one in paragraphs)


def listed(paragraphs: Sequence[Paragraph]) -> list[str]:
    """The entries of a list; what Word numbers below a line that ends with “:” goes into it."""
    found: list[str] = []
    above: int | None = None
    for paragraph in paragraphs:
        for entry in entries(paragraph.text):
            under = paragraph.level or 0
            if above is not None and paragraph.level is not None and under > above and found:
                joined = f"{found[-1]}{' ' if found[-1].endswith(':') else '; '}{entry}"
                if len(joined.rstrip(";. ")) <= LONGEST_LINE:
                    found[-1] = joined.rstrip(";. ")
                    continue
            found.append(entry)
            above = under if entry.endswith(":") and paragraph.level is not None else None
    return [entry for one in found if (entry := one.rstrip(";, "))]


def _list(paragraphs: Sequence[Paragraph], remark: Remark) -> list[str]:
    kept = []
    for entry in listed(paragraphs):
        if len(entry) <= LONGEST_LINE:
            kept.append(entry)
            continue
        kept += _in_pieces(entry)
        remark(_("satu baris lebih dari %d karakter dipecah per kalimat.") % LONGEST_LINE)
    return kept


def _in_pieces(text: str) -> list[str]:
    """A long text in lines that a standard can hold, broken between sentences, else words."""
    pieces = [""]
    for word in text.split():
        longer = f"{pieces[-1]} {word}".strip()
        ended = pieces[-1].endswith((".", ";")) and len(pieces[-1]) > LONGEST_LINE // 2
        if len(longer) > LONGEST_LINE or ended:
            pieces.append(word[:LONGEST_LINE])
        else:
            pieces[-1] = longer
    return pieces


_TAIL = re.compile(
    r"(?P<step>.+?)\s*(?:\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)?)\)|[–-]\s(?P<tail>[^–]+))\.?"
)


_ROLE = re.compile(
    r"(?:petugas|operator|pemohon|pelanggan|pasien|kepala|pejabat|verifikator|staf|pelaksana|admin"
    r"|camat|lurah|dokter|perawat|bidan|loket|tim)\b[^,]*",
    re.IGNORECASE,
)


def _steps(paragraphs: Sequence[Paragraph], remark: Remark) -> list[dict[str, Any]]:
    steps = []
    for entry in _list(paragraphs, remark):
        step: dict[str, Any] = {"step": entry, "who": "", "amount": None, "unit": ""}
        if found := _TAIL.fullmatch(entry):
            *who, last = (part.strip() for part in (found["inside"] or found["tail"]).split(","))
            told = _time_alone(last)
            if told and len(who) < 2:
                step |= told.data() | {"step": found["step"], "who": "".join(who)}
                if told.doubt:
                    remark(told.doubt)
            elif not who and _ROLE.fullmatch(last):
                step |= {"step": found["step"], "who": last}
        steps.append(step)
    return steps


def _time_alone(text: str) -> Told | None:
    """A time with nothing beside it."""
    try:
        told = span_from(text)
    except ValueError:
        return None
    return told if told and not told.note else None


def _span(paragraphs: Sequence[Paragraph], remark: Remark) -> dict[str, Any] | None:
    text = " ".join(listed(paragraphs))
    try:
        told = span_from(text)
    except ValueError as error:
        remark(_("%(why)s Isinya: “%(text)s”") % {"why": error, "text": text[:200]})
        return None
    if told is None:
        return None
    if told.doubt:
        remark(told.doubt)
    return told.data() | {"note": told.note[:LONGEST_LINE]}


_BASIS = re.compile(
    r"(?:^|[\s(,;])(?:dasar(?: hukum| biaya)?\s*:\s*(?P<said>.+)"
    r"|(?:(?:sesuai(?: dengan)?|berdasarkan)\s*)?"
    r"(?P<law>(?:perda|peraturan|uu|undang-undang|pp|perwal|perbup|keputusan|permen\w*|sk)\b.+))",
    re.IGNORECASE,
)


def _fees(paragraphs: Sequence[Paragraph], remark: Remark) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    free, basis, above = None, [], ""
    lines = [line for one in paragraphs for line in entries(one.text)]
    for entry in (part.strip() for line in lines for part in line.split(";")):
        law = _BASIS.search(entry)
        if law and not SUM.search(law[0]):  # “Pengurusan SK pindah: Rp…” is a fee
            basis.append((law["said"] or law["law"]).strip(" ().;"))
            entry = entry[: law.start()]
            if not FREE.search(entry) and FREE.search(law[0]):
                rows.append({"item": "", "amount": 0})
        sums = list(SUM.finditer(entry))
        if len(sums) == 1 and (amount := sum_of(sums[0])) is not None:
            before = name_in(entry[: sums[0].start()].rstrip(" :=–-("))
            after = name_in(entry[sums[0].end() :].strip(" )"))
            rows.append({"item": _item(before or above, after), "amount": amount})
            continue
        gratis = FREE.search(entry)
        if not sums and gratis:
            what = name_in(f"{entry[: gratis.start()]} {FREE.sub('', entry[gratis.start() :])}")
            what = name_in(re.sub(r"\(\s*\)|[/()]", " ", what))
            rows.append({"item": what, "amount": 0})
            continue
        if name_in(entry):
            above = name_in(entry) if entry.rstrip().endswith(":") else ""
            if not above:
                remark(_("tidak terbaca sebagai tarif: “%s”") % entry[:200])
    if any(row["amount"] for row in rows):
        rows = [row | {"item": row["item"] or _("Biaya pelayanan")} for row in rows]
        free = False
    elif rows:
        told = [row["item"] for row in rows if row["item"]]
        if told:
            remark(
                _("dibaca sebagai gratis; selebihnya tidak dibaca: “%s”") % "; ".join(told)[:200]
            )
        free, rows = True, []
    if free is None and not basis:
        return {}
    return {"free": free, "rows": rows, "basis": "; ".join(basis)[:LONGEST_LINE]}


def _item(before: str, after: str) -> str:
    if before and after:
        return f"{before} ({after})"[:LONGEST_LINE]
    return (before or after)[:LONGEST_LINE]


def _product(paragraphs: Sequence[Paragraph], remark: Remark) -> str:
    text = "; ".join(one.rstrip(".") for one in listed(paragraphs))
    if len(text) > LONGEST_LINE:
        remark(_("lebih dari %d karakter; kelebihannya tidak dibaca.") % LONGEST_LINE)
    return text[:LONGEST_LINE]


_CHANNEL = re.compile(
    r"(?P<channel>(?:no\.?\s*)?(?:telepon|telp\.?|tlp\.?|hp|wa|whats ?app|sms|e-?mail|surel"
    r"|web ?site|situs(?: web)?|instagram|facebook|twitter|faks?|sp4n[- ]?lapor!?)"
    r"(?:\s*(?:/|dan)\s*\w+)?)\s*[:\-–]?\s+(?P<address>\S.*)",
    re.IGNORECASE,
)


def _channels(paragraphs: Sequence[Paragraph], remark: Remark) -> list[dict[str, str]]:
    channels = []
    for entry in _list(paragraphs, remark):
        found = _CHANNEL.fullmatch(entry)
        if found:
            channel, address = found["channel"], found["address"]
        else:
            channel, address = [*re.split(r"\s*:\s+|\s+:\s*", entry, maxsplit=1), ""][:2]
        if address and not channel.strip():
            channel, address = address, ""
        channels.append({"channel": channel.strip(" :"), "address": address.strip(" .")})
    return [one for one in channels if one["channel"]]


_PEOPLE = re.compile(
    r"(?<![\d.,])(\d{1,5})\s*(?:\([^)\d]*\))?\s*(?:orang|petugas|pegawai|personi?e?l|pelaksana|staf)\b",
    re.IGNORECASE,
)


def _staff(paragraphs: Sequence[Paragraph], remark: Remark) -> dict[str, Any] | None:
    lines = listed(paragraphs)
    text = "; ".join(lines)
    numbers = [int(found[1]) for found in _PEOPLE.finditer(text)]
    if not numbers:
        alone = re.findall(r"(?<![\d.,])\d{1,5}(?![\d.,])", text)
        if len(alone) != 1:
            remark(_("jumlah orangnya tidak terbaca: “%s”") % text[:200])
            return None
        numbers = [int(alone[0])]
    total, parts = numbers[0], numbers[1:]
    if parts and total != sum(parts):
        total = sum(numbers)
        remark(_("dijumlahkan menjadi %d orang; periksa.") % total)
    single = not parts and re.fullmatch(r"[\d\s]*(?:\([^)]*\))?\s*(?:orang|petugas)?\.?", text)
    return {"number": total, "needed": None, "note": "" if single else text[:LONGEST_LINE]}


READERS: dict[str, Callable[[Sequence[Paragraph], Remark], Any]] = {
    **dict.fromkeys(LISTS, _list),
    "prosedur": _steps,
    "jangka-waktu": _span,
    "biaya": _fees,
    "produk": _product,
    "pengaduan": _channels,
    "jumlah-pelaksana": _staff,
}
