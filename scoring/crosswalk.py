"""Which kind of document serves which indicator: one decree proves many things at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scoring.provenance import Fact
from scoring.reading.lines import InvalidFile, Path_, Reader, parse, text, text_of
from scoring.reading.schema import SHIPPED, faults
from scoring.text import Text

CROSSWALK = SHIPPED / "crosswalk.yaml"
"""The crosswalk that comes with Hijau."""


class InvalidCrosswalk(InvalidFile):
    """The file is no crosswalk that can be used; `problems` says why, line by line."""


@dataclass(frozen=True, slots=True)
class Link:
    """Indicators of one instrument that a kind of document serves, and how sure that is."""

    instrument: str
    indicators: tuple[str, ...]
    fact: Fact


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document that evidence lists name.

    `valid_months` is for how long it is usually good after its date, None until it is replaced;
    `validity` says how sure that is. `names_unit` is whether the unit's name must be in it.
    """

    code: str
    title: Text
    shows: Text
    names_unit: bool
    valid_months: int | None
    validity: Fact
    links: tuple[Link, ...]

    def serves(self, instrument: str) -> tuple[str, ...]:
        """The indicators of an instrument that it serves; none for one that it does not."""
        codes = (
            code for link in self.links if link.instrument == instrument for code in link.indicators
        )
        return tuple(dict.fromkeys(codes))


@dataclass(frozen=True)
class Crosswalk:
    """The kinds of document, in the order of the file."""

    kinds: tuple[DocumentKind, ...]

    @cached_property
    def _by_code(self) -> dict[str, DocumentKind]:
        return {kind.code: kind for kind in self.kinds}

    def kind(self, code: str) -> DocumentKind:
        """The kind with that code. Raises KeyError."""
        return self._by_code[code]

    def serves(self, code: str, instrument: str) -> tuple[str, ...]:
        """The indicators of an instrument that a kind serves. Raises KeyError for no such kind."""
        return self.kind(code).serves(instrument)

    def kinds_for(self, instrument: str, indicator: str) -> tuple[DocumentKind, ...]:
        """The kinds of document that serve an indicator."""
        return tuple(kind for kind in self.kinds if indicator in kind.serves(instrument))


def read_crosswalk(path: Path = CROSSWALK) -> Crosswalk:
    """Read a crosswalk. Raises InvalidCrosswalk, whose problems name line and cure."""
    try:
        source = text_of(path)
    except InvalidFile as error:
        raise InvalidCrosswalk(error.problems) from error
    return parse_crosswalk(source, str(path))


def parse_crosswalk(source: str, file: str = "berkas") -> Crosswalk:
    """Read a crosswalk from text. Raises InvalidCrosswalk."""
    try:
        data, lines = parse(source, file)
    except InvalidFile as error:
        raise InvalidCrosswalk(error.problems) from error
    reader = Reader(data, lines, file)
    for path, sentence in faults(data, "crosswalk.schema.json"):
        reader.problem(path, sentence)
    kinds: tuple[DocumentKind, ...] = ()
    if not reader.problems:
        kinds = tuple(_kind(reader, item, ("kinds", i)) for i, item in enumerate(data["kinds"]))
    for i, kind in enumerate(kinds):
        if kind.code in {other.code for other in kinds[:i]}:
            reader.problem(("kinds", i, "code"), f"Kode “{kind.code}” dipakai dua kali.")
    if reader.problems:
        raise InvalidCrosswalk(sorted(set(reader.problems), key=lambda p: p.line))
    return Crosswalk(kinds)


def _kind(reader: Reader, data: dict[str, Any], path: Path_) -> DocumentKind:
    return DocumentKind(
        data["code"],
        text(data["title"]),
        text(data["shows"]),
        data["names_unit"],
        data["valid"]["months"],
        reader.fact(data["valid"], (*path, "valid")),
        tuple(
            Link(
                link["instrument"],
                tuple(link["indicators"]),
                reader.fact(link, (*path, "serves", i)),
            )
            for i, link in enumerate(data["serves"])
        ),
    )
