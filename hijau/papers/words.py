"""Numbers, days and people as papers write them, in Indonesian."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

UNKNOWN = "– (belum diketahui)"
TO_WRITE = "…………………………"
"""A blank line, to be written by hand."""
EMPTY_PERSON = {"nama": TO_WRITE, "jabatan": TO_WRITE, "pangkat": "", "nip": ""}
DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
LIMIT = 10**6


def in_words(number: int) -> str:
    """`2026` → `dua ribu dua puluh enam`; from 0 to below a million."""
    if not 0 <= number < LIMIT:
        raise ValueError(f"{number} is not written in words here")
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return {10: "sepuluh", 11: "sebelas"}.get(number, f"{DIGITS[number % 10]} belas")
    for size, word in ((1000, "ribu"), (100, "ratus"), (10, "puluh")):
        if number >= size:
            count, rest = divmod(number, size)
            # A single hundred or thousand is "se-": seratus, seribu.
            head = f"se{word}" if count == 1 else f"{in_words(count)} {word}"
            return f"{head} {in_words(rest)}" if rest else head
    raise AssertionError


def figure_in_words(figure: str) -> str:
    """`88,39` → `delapan puluh delapan koma tiga sembilan`: decimals digit by digit."""
    whole, _comma, decimals = figure.partition(",")
    spoken = in_words(int(whole.replace(".", "")))
    return f"{spoken} koma {' '.join(DIGITS[int(d)] for d in decimals)}" if decimals else spoken


def person(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Somebody who signs; what was not given stays a blank line on the paper."""
    return EMPTY_PERSON | {name: text for name, text in (given or {}).items() if text}


def day_named(day: dt.date) -> str:
    """`Selasa, 24 November 2026`."""
    return f"{DAYS[day.weekday()]}, {day_written(day)}"


def day_written(day: dt.date) -> str:
    """`24 November 2026`, whatever language the page is in."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_in_words(day: dt.date) -> str:
    """`Selasa, tanggal dua puluh empat bulan November tahun dua ribu dua puluh enam`."""
    return (
        f"{DAYS[day.weekday()]}, tanggal {in_words(day.day)} bulan {MONTHS[day.month - 1]} "
        f"tahun {in_words(day.year)}"
    )
