"""Where everything stands in the workbook, so that the writer and the reader agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from scoring.formula import (
    Indicator,
    Mean,
    Node,
    NotApplicable,
    UnknownWeights,
    WeightedSum,
    bounds,
    children,
    walk,
)
from scoring.instrument import LEAF_LEVEL, Instrument, Option, Question
from scoring.numbers import format_exact
from scoring.workbook.cells import reference
from scoring.workbook.faults import RefusedToWrite

GUIDE, ENTRY, WORKING, CHOICES, DIGITS, IDENTITY = (
    "Petunjuk",
    "Isian",
    "Hitungan",
    "Pilihan",
    "Ketelitian",
    "Hijau",
)
KIND = "hijau-buku-kerja-1"
"""The shape of this workbook. A change of the layout is another kind."""

NOT_APPLICABLE = "Tidak berlaku"
MAX_RESPONDENTS = 1000
LONGEST_TEXT = 32_000
"""A cell of Excel holds 32,767 characters."""

HEADER_ROW = 5
CODE, QUESTION, ANSWER, NOTE, GUIDANCE = range(5)
"""The columns of the entry sheet where a row is an indicator."""
RESPONDENT_CODE_ROW, RESPONDENT_NOTE_ROW, RESPONDENT_CHECK_ROW = 5, 7, 8
FIRST_RESPONDENT_ROW = 9

RESULT_ROWS = {
    "value": 3,
    "low": 4,
    "high": 5,
    "missing": 6,
    "category": 7,
    "zone": 8,
    "note": 9,
}
"""The rows of the working sheet that carry the result, in its column B."""
WORKING_HEADER = 11
LEVEL, NODE_CODE, TITLE, WEIGHT, VALUE, LOW, HIGH, MISSING, REMARK = range(9)
ASIDE = 10
"""The first column of the whole numbers that the figures are made of."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be filled in: an indicator, or the finished figure of a node.

    `scale` turns every value that it can take into a whole number.
    """

    key: Key
    title: str
    low: Fraction
    high: Fraction
    decimals: int
    section: str
    takes_na: bool = False
    options: tuple[Option, ...] = ()
    question: Question | None = None

    @property
    def code(self) -> str:
        return self.key[1]

    @property
    def scale(self) -> int:
        ends = [self.low, self.high, *(option.value for option in self.options)]
        return lcm(10**self.decimals, *(end.denominator for end in ends))

    def takes(self, value: Fraction) -> bool:
        """Whether this value is one of the scale."""
        if any(option.value == value for option in self.options):
            return True
        fine = (value * 10**self.decimals).denominator == 1
        return fine and self.low <= value <= self.high

    def word(self, value: Fraction) -> str | None:
        """The option for a value as the drop-down shows it."""
        for option in self.options:
            if option.value == value:
                return option_word(option)
        return None


def in_words(value: Fraction) -> str:
    """A figure with the decimal comma of Indonesian."""
    return format_exact(value).replace(".", ",")


def option_word(option: Option) -> str:
    return f"{in_words(option.value)} · {' '.join(option.text.id.split())}"


class Layout:
    """The entries of an instrument under a form and a convention, and the place of each."""

    def __init__(self, instrument: Instrument, form: str | None, convention: str | None) -> None:
        self.instrument = instrument
        self.form = form or next(iter(instrument.forms))
        chosen = instrument.convention(convention)
        self.convention = chosen.name if chosen else None
        self.root = instrument.formula(self.form, convention)
        self.by_respondent = instrument.row == "respondent"
        nodes = walk(self.root)
        # Where each row is a respondent, an indicator and its mean are one line.
        self.nodes = [n for n in nodes if not (self.by_respondent and isinstance(n, Indicator))]
        self.rows = {
            _key(node): WORKING_HEADER + 1 + number for number, node in enumerate(self.nodes)
        }

    def computed(self) -> Iterator[Node]:
        """The nodes that the figure is computed from: nothing below a finished figure or a mean."""

        def below(node: Node) -> Iterator[Node]:
            yield node
            if not isinstance(node, Mean) or not self.by_respondent:
                for part in children(node):
                    if not is_refused(part):
                        yield from below(part)

        return iter(()) if is_refused(self.root) else below(self.root)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        found = list(self._entries(self.root, None, self.root.name.title))
        for question in self.instrument.questions_of(self.form):
            if question.unscored:
                key = (LEAF_LEVEL, question.code)
                found.append(_asked(key, question, "Ditanyakan, tidak dinilai", takes_na=False))
        return tuple(found)

    @cached_property
    def by_code(self) -> dict[str, Entry]:
        """The indicators by code; a finished figure goes by its level and code."""
        return {written_key(entry.key): entry for entry in self.entries}

    def _entries(self, node: Node, above: WeightedSum | None, section: str) -> Iterator[Entry]:
        if isinstance(node, Indicator):
            if self.by_respondent:
                raise RefusedToWrite(
                    f"Butir {node.name.code} tidak dirata-ratakan atas responden. "
                    "Hitung instrumen ini di Hijau."
                )
            yield self.leaf(node, above, section)
            return
        if isinstance(node, Mean):
            if not isinstance(node.node, Indicator):
                raise RefusedToWrite(
                    f"{node.name.title} adalah rata-rata {node.group}, bukan rata-rata butir. "
                    "Hitung instrumen ini di Hijau."
                )
            yield self.leaf(node.node, None, section)
            return
        if isinstance(node, WeightedSum):
            above = node
            if node is not self.root:
                section = (
                    node.name.title
                    if section == self.root.name.title
                    else f"{section} · {node.name.title}"
                )
        if is_refused(node) and self.by_respondent:
            raise RefusedToWrite(
                f"Bobot butir {node.name.title} tidak diterbitkan, sehingga nilainya tidak dapat "
                "dihitung dari jawaban responden."
            )
        if is_refused(node):
            ends = bounds(node)
            places = max(self.instrument.publish.decimals, 4)
            title = f"Nilai jadi: {node.name.title}"
            yield Entry(_key(node), title, ends.low, ends.high, places, section)
        for below in children(node):
            yield from self._entries(below, above, section)

    def leaf(self, node: Indicator, above: WeightedSum | None, section: str) -> Entry:
        allowed = above is not None and above.not_applicable is not NotApplicable.FORBIDDEN
        question = self.instrument.by_code.get(node.name.code)
        if question is not None:
            return _asked(_key(node), question, section, takes_na=allowed)
        name = node.name
        return Entry(_key(node), name.title, node.low, node.high, node.decimals, section, allowed)

    @cached_property
    def lines(self) -> tuple[str | Entry, ...]:
        """The entry sheet downwards: a section's title, then its entries."""
        lines: list[str | Entry] = []
        section = None
        for entry in self.entries:
            if entry.section != section:
                section = entry.section
                lines.append(section)
            lines.append(entry)
        return tuple(lines)

    @cached_property
    def places(self) -> dict[Key, tuple[int, int]]:
        """Where each entry is filled in: its row and column, or the first of its column."""
        if self.by_respondent:
            return {e.key: (FIRST_RESPONDENT_ROW, 1 + i) for i, e in enumerate(self.entries)}
        return {
            line.key: (HEADER_ROW + 1 + i, ANSWER)
            for i, line in enumerate(self.lines)
            if isinstance(line, Entry)
        }

    def cell(self, entry: Entry) -> str:
        return reference(ENTRY, *self.places[entry.key])

    def cells(self, entry: Entry) -> str:
        """The range of all respondents' answers to an entry."""
        row, column = self.places[entry.key]
        last = reference(ENTRY, row + MAX_RESPONDENTS - 1, column).partition("!")[2]
        return f"{reference(ENTRY, row, column)}:{last}"


def _asked(key: Key, question: Question, section: str, *, takes_na: bool) -> Entry:
    return Entry(
        key,
        question.title.id,
        question.low,
        question.high,
        question.decimals,
        section,
        takes_na,
        question.options,
        question,
    )


def is_refused(node: Node) -> bool:
    """Whether the rule does not say how to compute this node, so that its figure is entered."""
    return (
        isinstance(node, WeightedSum)
        and node.unknown is UnknownWeights.REFUSE
        and node.has_unknown_weights
    )


def _key(node: Node) -> Key:
    return node.name.level, node.name.code


def written_key(key: Key) -> str:
    """How an entry is named in the sheet and in the mappings of the caller."""
    level, code = key
    return code if level == LEAF_LEVEL else f"{level}:{code}"
