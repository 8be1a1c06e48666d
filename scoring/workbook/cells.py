"""Whole numbers that stand in cells: the formula, what it comes to now, and the most it can be.

A spreadsheet computes in doubles, and its programs blur the last bits: LibreOffice takes a
difference that is small against its terms for nought, Excel compares fifteen digits. So every
number here is whole and stays below `LIMIT`, where both are exact; nothing else is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from xlsxwriter.utility import xl_rowcol_to_cell

from scoring.workbook.faults import RefusedToWrite

LIMIT = 10**14
"""Where 1 is still seen beside the number by every program, and INT(a / b) is never too high."""

LONGEST_FORMULA = 8000
"""Excel takes 8,192 characters."""

_ATOM = re.compile(r"[\w$!.]+|[A-Z]+\([^()]*\)")

Shown = int | float | str


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number: its formula without “=”, its value now, and the most it can be."""

    text: str
    now: int
    most: int

    @property
    def is_constant(self) -> bool:
        return self.text.isdigit()


def whole(value: int) -> Whole:
    return Whole(str(value), value, value)


ZERO, ONE = whole(0), whole(1)


def _inside(number: Whole) -> str:
    return number.text if _ATOM.fullmatch(number.text) else f"({number.text})"


def bounded(text: str, now: int, most: int) -> Whole:
    """The number, or a refusal where a spreadsheet would not hold it exactly."""
    if most >= LIMIT or len(text) > LONGEST_FORMULA:
        raise RefusedToWrite(
            "Rumus instrumen ini memerlukan bilangan yang lebih panjang daripada yang dihitung "
            "tepat oleh Excel. Hitung instrumen ini di Hijau."
        )
    return Whole(text, now, most)


def plus(*numbers: Whole) -> Whole:
    kept = [number for number in numbers if number.text != "0"]
    if all(number.is_constant for number in kept):
        return bounded_constant(sum(number.now for number in kept))
    if len(kept) == 1:
        return kept[0]
    now, most = sum(n.now for n in kept), sum(n.most for n in kept)
    return bounded("+".join(_inside(n) for n in kept), now, most)


def bounded_constant(value: int) -> Whole:
    return bounded(str(value), value, value)


def times(*numbers: Whole) -> Whole:
    kept = [number for number in numbers if number.text != "1"]
    if any(number.text == "0" for number in kept):
        return ZERO
    if all(number.is_constant for number in kept):
        return bounded_constant(prod(number.now for number in kept))
    if len(kept) == 1:
        return kept[0]
    now, most = prod(n.now for n in kept), prod(n.most for n in kept)
    return bounded("*".join(_inside(n) for n in kept), now, most)


def over(a: Whole, b: Whole) -> Whole:
    """The whole part of a / b."""
    if b.text == "1":
        return a
    # The least that a divisor can be is 1.
    most = a.most // b.now if b.is_constant else a.most
    return bounded(f"INT({_inside(a)}/{_inside(b)})", a.now // b.now, most)


def rest(a: Whole, b: Whole, quotient: Whole) -> Whole:
    """What is left of a after `quotient` times b."""
    text = f"{_inside(a)}-{_inside(quotient)}*{_inside(b)}"
    return bounded(text, a.now - quotient.now * b.now, max(b.most - 1, 0))


def least(numbers: Sequence[Whole]) -> Whole:
    text = f"MIN({','.join(n.text for n in numbers)})"
    return bounded(text, min(n.now for n in numbers), max(n.most for n in numbers))


def greatest(numbers: Sequence[Whole]) -> Whole:
    text = f"MAX({','.join(n.text for n in numbers)})"
    return bounded(text, max(n.now for n in numbers), max(n.most for n in numbers))


# ---- Flags: whole numbers that are 0 or 1 -------------------------------------------------------


def choose(flag: Whole, then: Whole, otherwise: Whole) -> Whole:
    text = f"IF({_inside(flag)}=1,{then.text},{otherwise.text})"
    now = then.now if flag.now else otherwise.now
    return bounded(text, now, max(then.most, otherwise.most))


def either(flags: Sequence[Whole]) -> Whole:
    kept = [flag for flag in flags if flag.text != "0"]
    return ZERO if not kept else kept[0] if len(kept) == 1 else greatest(kept)


def both(*flags: Whole) -> Whole:
    return flags[0] if len(flags) == 1 else least(flags)


def opposite(flag: Whole) -> Whole:
    if flag.is_constant:
        return whole(1 - flag.now)
    return Whole(f"1-{_inside(flag)}", 1 - flag.now, 1)


def same(pairs: Sequence[tuple[Whole, Whole]]) -> Whole:
    """Whether the two of each pair are equal."""
    tests = ",".join(f"{_inside(a)}={_inside(b)}" for a, b in pairs)
    return bounded(f"IF(AND({tests}),1,0)", int(all(a.now == b.now for a, b in pairs)), 1)


def at_least(a: Whole, b: Whole) -> Whole:
    return Whole(f"IF({_inside(a)}>={_inside(b)},1,0)", int(a.now >= b.now), 1)


# ---- The cells ----------------------------------------------------------------------------------

Place = tuple[str, int, int]


def reference(sheet: str, row: int, column: int) -> str:
    return f"{sheet}!{xl_rowcol_to_cell(row, column, True, True)}"


class Grid:
    """Every formula of a workbook by sheet, row and column (from 0), with what it comes to."""

    def __init__(self) -> None:
        self.formulas: dict[Place, tuple[str, Shown]] = {}
        self.ends: dict[tuple[str, int], int] = {}

    def put(self, place: Place, text: str, now: Shown) -> str:
        """Write a formula into a cell; gives the reference to it."""
        sheet, row, column = place
        if len(text) > LONGEST_FORMULA:
            raise RefusedToWrite(
                "Rumus instrumen ini terlalu panjang untuk satu sel Excel. Hitung di Hijau."
            )
        self.formulas[place] = (text, now)
        self.ends[sheet, row] = max(self.ends.get((sheet, row), 0), column + 1)
        return reference(sheet, row, column)

    def keep(self, place: Place, number: Whole) -> Whole:
        """The number in a cell of its own, so that what follows names it in a word."""
        return Whole(self.put(place, number.text, number.now), number.now, number.most)

    def beside(self, sheet: str, row: int, number: Whole, first: int) -> Whole:
        """The number in the next free cell of a row, from column `first` on."""
        if number.is_constant:
            return number
        column = max(self.ends.get((sheet, row), 0), first)
        return self.keep((sheet, row, column), number)

    def of(self, sheet: str) -> Iterator[tuple[int, int, str, Shown]]:
        """The formulas of one sheet, without naming it in each."""
        for (where, row, column), (text, now) in self.formulas.items():
            if where == sheet:
                yield row, column, text.replace(f"{sheet}!", ""), now
