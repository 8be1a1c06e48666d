"""What a unit answered: read from a form, kept as JSON, and said in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from scoring.facts.asked import AskedFact, Kind
from scoring.numbers import LONGEST, format_exact
from scoring.text import Text, listed

FactValue = bool | Fraction | str | dt.date | frozenset[str] | tuple[bool, ...]
"""yes_no: bool; number: Fraction; choice and text: str; date: date; multi: the codes that were
ticked; chain: one bool per step that was answered, and none behind the first False."""

Facts = Mapping[str, FactValue]
"""What is known, by the code of the fact. A code that is absent is unknown, never “no”."""

NONE = "tidak-ada"
"""What a form sends for “none of these”: an empty multi-select is not yet answered."""

LONGEST_TEXT = 500


class BadFact(ValueError):
    """An answer that cannot be taken; `text` says why and what to do, in both languages."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.id)

    def in_language(self, language: str) -> str:
        return self.text.in_language(language)


def read_fact(fact: AskedFact, raw: Sequence[str]) -> FactValue | None:
    """What a form sent, as a value; None when nothing was answered. Raises BadFact.

    A chain has one word per step, in order: `ya`, `tidak`, or nothing.
    """
    words = [word.strip() for word in raw]
    if fact.kind is Kind.CHAIN:
        return _chain(fact, words)
    given = [word for word in words if word]
    if not given:
        return None
    if fact.kind is Kind.MULTI:
        return _multi(fact, given)
    if len(given) > 1:
        raise _bad(fact, "beri satu jawaban saja", "give one answer only")
    return _single(fact, given[0])


def _single(fact: AskedFact, word: str) -> FactValue:
    match fact.kind:
        case Kind.YES_NO:
            return _yes_no(fact, word)
        case Kind.CHOICE:
            return _known(fact, word)
        case Kind.NUMBER:
            return _number(fact, word)
        case Kind.DATE:
            try:
                return dt.date.fromisoformat(word)
            except ValueError:
                raise _bad(
                    fact,
                    f"“{word[:20]}” bukan tanggal. Tulis seperti 2026-05-31",
                    f"“{word[:20]}” is not a date. Write it like 2026-05-31",
                ) from None
        case _:
            if len(word) > LONGEST_TEXT or "\x00" in word:
                raise _bad(
                    fact,
                    f"tulis paling banyak {LONGEST_TEXT} karakter",
                    f"write at most {LONGEST_TEXT} characters",
                )
            return word


def _yes_no(fact: AskedFact, word: str) -> bool:
    if word not in ("ya", "tidak"):
        raise _bad(
            fact,
            f"“{word[:20]}” bukan jawaban. Pilih ya atau tidak",
            f"“{word[:20]}” is no answer. Choose yes or no",
        )
    return word == "ya"


def _known(fact: AskedFact, word: str) -> str:
    try:
        return fact.option(word).code
    except KeyError:
        raise _bad(
            fact,
            f"pilihan “{word[:20]}” tidak ada. Pilih dari daftar",
            f"there is no option “{word[:20]}”. Choose from the list",
        ) from None


def _multi(fact: AskedFact, words: list[str]) -> frozenset[str]:
    if NONE not in words:
        return frozenset(_known(fact, word) for word in words)
    if set(words) != {NONE}:
        raise _bad(
            fact,
            "“tidak ada” dipilih bersama pilihan lain. Hapus salah satu",
            "“none” is ticked together with another option. Clear one of them",
        )
    return frozenset()


def _number(fact: AskedFact, word: str) -> Fraction:
    """A number as clerks write it: a decimal comma or a full stop, no separators of thousands."""
    written = word.replace(",", ".")
    if len(word) > LONGEST or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", written):
        raise _bad(
            fact,
            f"“{word[:20]}” bukan angka. Tulis angkanya saja, misalnya 12",
            f"“{word[:20]}” is not a number. Write only the number, for example 12",
        )
    value = Fraction(written)
    if value < 0:
        raise _bad(fact, "angkanya tidak boleh kurang dari 0", "the number cannot be below 0")
    if (value * 10**fact.decimals).denominator != 1:
        if fact.decimals:
            raise _bad(
                fact,
                f"paling banyak {fact.decimals} angka di belakang koma",
                f"at most {fact.decimals} decimals",
            )
        raise _bad(
            fact,
            f"“{word[:20]}” bukan bilangan bulat",
            f"“{word[:20]}” is not a whole number",
        )
    if fact.high is not None and value > fact.high:
        most = figure(fact.high)
        raise _bad(fact, f"paling tinggi {most.id}", f"at most {most.english}")
    return value


def _chain(fact: AskedFact, words: list[str]) -> tuple[bool, ...] | None:
    if len(words) > len(fact.options):
        raise _bad(
            fact, "jawabannya lebih banyak dari langkahnya", "there are more answers than steps"
        )
    steps: list[bool] = []
    for number, word in enumerate(words):
        if not word:
            if any(words[number:]):
                here = fact.options[number].text.lower
                raise _bad(
                    fact,
                    f"langkah “{here.id}” dilewati. Jawab berurutan",
                    f"the step “{here.english}” was skipped. Answer in order",
                )
            break
        yes = _yes_no(fact, word)
        if yes and False in steps:
            here, stop = fact.options[number].text.lower, fact.options[steps.index(False)].text
            raise _bad(
                fact,
                f"langkah “{here.id}” dijawab ya, padahal “{stop.lower.id}” dijawab tidak. "
                "Berhenti pada jawaban “tidak” yang pertama",
                f"the step “{here.english}” says yes although “{stop.lower.english}” says no. "
                "Stop at the first “no”",
            )
        if False not in steps:
            steps.append(yes)
    return tuple(steps) or None


def _bad(fact: AskedFact, indonesian: str, english: str) -> BadFact:
    return BadFact(
        Text(f"{fact.text.id.rstrip('.')} – {indonesian}.", f"{fact.text.english} – {english}.")
    )


# ---- Kept as JSON --------------------------------------------------------------------------------


def as_json(value: FactValue) -> bool | str | list[str] | list[bool]:
    """A value as JSON keeps it; numbers as text, so that nothing is lost."""
    match value:
        case bool() | str():
            return value
        case Fraction():
            return format_exact(value)
        case dt.date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case tuple():
            return list(value)


def from_json(fact: AskedFact, kept: object) -> FactValue:
    """The value that :func:`as_json` kept. Raises BadFact when the fact no longer takes it."""
    match kept:
        case bool():
            words = ["ya" if kept else "tidak"]
        case str():
            words = [kept]
        case [] if fact.kind is Kind.MULTI:
            words = [NONE]
        case list():
            words = [
                ("ya" if word else "tidak") if isinstance(word, bool) else str(word)
                for word in kept
            ]
        case _:
            words = []
    value = read_fact(fact, words)
    if value is None:
        raise _bad(fact, "belum ada isinya", "nothing is kept here")
    return value


# ---- Said in words -------------------------------------------------------------------------------


def figure(value: Fraction) -> Text:
    """A number with the decimal sign of each language."""
    exact = format_exact(value)
    return Text(exact.replace(".", ","), exact)


def said(fact: AskedFact, value: FactValue) -> Text:
    """What was answered: “4 dari 5 unsur masyarakat dilibatkan: pengguna layanan, …”."""
    name = fact.name
    match value:
        case bool():
            answer = Text("ya", "yes") if value else Text("tidak", "no")
        case frozenset():
            return _ticked(fact, value)
        case tuple():
            return _walked(fact, value)
        case Fraction():
            answer = figure(value)
        case dt.date():
            answer = Text(value.isoformat())
        case str():
            answer = fact.option(value).text.lower if fact.kind is Kind.CHOICE else Text(value)
    return Text(f"{name.id}: {answer.id}", f"{name.english}: {answer.english}")


def _ticked(fact: AskedFact, codes: frozenset[str]) -> Text:
    chosen = listed([option.text.lower for option in fact.options if option.code in codes])
    total = len(fact.options)
    colon = ": " if codes else ""
    return Text(
        f"{len(codes)} dari {total} {fact.name.id}{colon}{chosen.id}",
        f"{len(codes)} of {total} {fact.name.english}{colon}{chosen.english}",
    )


def _walked(fact: AskedFact, steps: tuple[bool, ...]) -> Text:
    done = listed([o.text.lower for o, yes in zip(fact.options, steps, strict=False) if yes])
    total, count = len(fact.options), sum(steps)
    colon = ": " if count else ""
    stop = (
        fact.options[count].text.lower if count < len(steps) else None
    )  # the first no ends the answers, so it stands right behind the yeses
    end_id = f"; belum {stop.id}" if stop else ""
    end_en = f"; not yet {stop.english}" if stop else ""
    return Text(
        f"{count} dari {total} {fact.name.id}{colon}{done.id}{end_id}",
        f"{count} of {total} {fact.name.english}{colon}{done.english}{end_en}",
    )
