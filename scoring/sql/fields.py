"""Sums over the answers of a subject, side by side in the bits of few integers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.sql.plan import Engine, TooWide
from scoring.sql.whole import NARROW_BITS

WORD_BITS = {Engine.DUCKDB: 126, Engine.SPARK: NARROW_BITS, Engine.POSTGRES: NARROW_BITS}
"""Only DuckDB shifts 128-bit integers; the others fold into more and smaller words."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one leaf adds to a field: `answer` × its answer + `there`, or `na`, or an end."""

    answer: int = 0
    there: int = 0
    na: int = 0
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A sum over leaves. `ranges`: its ends differ where something is missing."""

    name: str
    most: int
    shares: Mapping[int, Share]
    ranges: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """Fields side by side in the bits of one integer."""

    number: int
    places: tuple[tuple[Field, int], ...]
    bits: int

    @property
    def wide(self) -> bool:
        """Whether it is longer than a BIGINT."""
        return self.bits > NARROW_BITS

    def packed(self, leaf: int) -> Share:
        """What a leaf adds to the whole word."""
        shares = [(f.shares[leaf], shift) for f, shift in self.places if leaf in f.shares]

        def together(part: str) -> int:
            total = 0
            for share, shift in shares:
                total += int(getattr(share, part)) << shift
            return total

        return Share(*map(together, ("answer", "there", "na", "low", "high")))


def pack(fields: Iterable[Field], capacity: int) -> list[Word]:
    """The fields in as few words as first fit finds."""
    words: list[tuple[list[tuple[Field, int]], int]] = []
    for item in sorted(fields, key=lambda f: -f.most.bit_length()):
        bits = item.most.bit_length()
        if bits > capacity:
            raise TooWide("Bobot rumus ini terlalu rinci. Hitung dengan --engine interpreter.")
        for i, (places, used) in enumerate(words):
            if used + bits <= capacity:
                places.append((item, used))
                words[i] = (places, used + bits)
                break
        else:
            words.append(([(item, 0)], bits))
    return [Word(i, tuple(places), used) for i, (places, used) in enumerate(words)]
