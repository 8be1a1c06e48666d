"""The drift alarm: where what stands elsewhere is no longer what the standard says.

Two ways of looking. What was confirmed or read field by field is compared component by component.
A page or file that was read whole is searched for each sentence that has to stand there: what is
not found is an alarm, and what it says besides cannot be judged.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from hijau.services.components import TITLES, Components, charges, rupiah
from hijau.services.models import Posting, Standard

COMPARED = ("persyaratan", "jangka-waktu", "biaya")
"""What hurts a citizen most when it is wrong: what to bring, how long, how much."""
DECREE = "sk"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference: in which component, what is promised, what stands there."""

    code: str
    title: str
    promised: tuple[str, ...]
    shown: tuple[str, ...]
    """Empty when it was looked for in a whole page and not found."""


def as_shown(standard: Standard) -> dict[str, Any]:
    """What a place shows that was confirmed to be the same as here."""
    told: dict[str, Any] = {code: list(compared(standard.components, code)) for code in COMPARED}
    told[DECREE] = decree_of(standard)
    return told


def decree_of(standard: Standard) -> str:
    """Number and date of the decree, as a place that shows the standard names them."""
    day = standard.decreed_on
    return f"{standard.decree_number}, {day:%d-%m-%Y}" if day else standard.decree_number


def compared(components: Components, code: str) -> tuple[str, ...]:
    """What a citizen reads of a component: of the fee the sums, not the rule they rest on."""
    return charges(components.fees) if code == "biaya" else components.lines(code)


def normal(text: str) -> str:
    """A sentence for comparison: case, accents, dots and spaces make no difference."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join(
        re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=\d)[.,](?=\d{3}\b)", "", plain)).split()
    )


def drifts(posting: Posting, standard: Standard | None) -> list[Drift]:
    """Every difference between a place outside and the standard in force."""
    if standard is None:
        return []
    components = standard.components
    if "normal" in posting.seen:
        return _in_text(posting.seen["normal"], components, standard)
    found = []
    for code in COMPARED:
        if code not in posting.seen:
            continue
        promised, shown = compared(components, code), tuple(posting.seen[code])
        if sorted(map(normal, promised)) != sorted(map(normal, shown)):
            found.append(Drift(code, TITLES[code].id, promised, shown))
    decree = posting.seen.get(DECREE, "")
    if decree and normal(decree) != normal(decree_of(standard)):
        found.append(Drift(DECREE, "Nomor dan tanggal SK", (decree_of(standard),), (decree,)))
    return found


def _in_text(text: str, components: Components, standard: Standard) -> list[Drift]:
    padded = f" {text} "
    found = []
    for code in COMPARED:
        missing = tuple(
            sentence
            for sentence, needles in _needles(code, components)
            if not any(f" {normal(needle)} " in padded for needle in needles)
        )
        if missing:
            found.append(Drift(code, TITLES[code].id, missing, ()))
    return found


def _needles(code: str, components: Components) -> list[tuple[str, list[str]]]:
    """What has to stand in a page, and the ways in which it may be written there."""
    if code == "jangka-waktu":
        time = components.time
        if time is None:
            return []
        bare = time.written().split(",")[0]
        return [(bare, [bare, f"{time.amount} ({time.amount}) {bare.split(' ', 1)[1]}"])]
    if code == "biaya":
        if components.fees.free:
            ways = ["gratis", "tidak dipungut biaya", "tanpa biaya", "bebas biaya"]
            return [("Gratis", ways)]
        return [
            (
                f"{row.item}: {row.written}",
                [rupiah(row.amount), f"Rp {row.amount}", str(row.amount)],
            )
            for row in components.fees.rows
        ]
    return [(line, [line]) for line in components.lines(code)]
