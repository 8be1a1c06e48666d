"""Reading what F-01 asks, how it proposes a level, and the examples of evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from scoring.facts import (
    NONE,
    All,
    AnyOf,
    AskedFact,
    Bound,
    Choice,
    Chosen,
    Condition,
    Contradiction,
    Count,
    Is,
    Kind,
    Larger,
    Not,
    Number,
    Rule,
    Rules,
    Share,
    Steps,
    Yes,
)
from scoring.facts.conditions import WORDS
from scoring.instrument import Examples, Rejected
from scoring.provenance import Fact, Label
from scoring.reading.lines import Path_, Reader, text

WITH_OPTIONS = (Kind.CHOICE, Kind.MULTI, Kind.CHAIN)


def facts(
    reader: Reader, data: Mapping[str, Any], path: Path_, inherited: Fact
) -> tuple[AskedFact, ...]:
    """The facts of an indicator."""
    result: list[AskedFact] = []
    for i, item in enumerate(data.get("facts", [])):
        here: Path_ = (*path, "facts", i)
        kind = Kind(item["kind"])
        options = tuple(Choice(o["code"], text(o["text"])) for o in item.get("options", []))
        codes = [option.code for option in options]
        if len(set(codes)) < len(codes):
            reader.problem(here, "Dua pilihan memakai kode yang sama.")
        if bool(options) is not (kind in WITH_OPTIONS):
            reader.problem(here, "“options” hanya dan selalu untuk choice, multi, dan chain.")
        if kind is Kind.MULTI and NONE in codes:
            reader.problem(here, f"“{NONE}” berarti tidak satu pun; pakai kode lain.")
        high = reader.number(item["at_most"], (*here, "at_most")) if "at_most" in item else None
        result.append(
            AskedFact(
                item["code"],
                kind,
                text(item["text"]),
                text(item["name"]),
                reader.fact(item, here, inherited),
                options,
                item.get("decimals", 0),
                high,
            )
        )
    return tuple(result)


def rules(
    reader: Reader,
    data: Mapping[str, Any],
    path: Path_,
    asked: Sequence[AskedFact],
    values: Sequence[Fraction],
) -> Rules | None:
    """How the facts propose a level; None where they do not."""
    if "propose" not in data:
        return None
    own, here = data["propose"], (*path, "propose")
    conditions = _Conditions(reader, {fact.code: fact for fact in asked})
    levels = tuple(
        Rule(
            reader.number(item["level"], (*here, "levels", i, "level")),
            conditions.read(item["when"], (*here, "levels", i, "when")) if "when" in item else None,
        )
        for i, item in enumerate(own["levels"])
    )
    if [rule.level for rule in levels] != sorted(values, reverse=True):
        reader.problem(here, "Tiap tingkat disebut sekali, dari yang tertinggi ke yang terendah.")
    if [rule.when is None for rule in levels] != [False] * (len(levels) - 1) + [True]:
        reader.problem(here, "Hanya tingkat terendah yang tanpa “when”.")
    against = tuple(
        Contradiction(
            conditions.read(item["when"], (*here, "contradictions", i, "when")),
            text(item["text"]),
        )
        for i, item in enumerate(own.get("contradictions", []))
    )
    return Rules(levels, against, reader.fact(own, here))


@dataclass(frozen=True, slots=True)
class _Conditions:
    """Reads conditions about the facts of one indicator."""

    reader: Reader
    known: Mapping[str, AskedFact]

    def read(self, data: Mapping[str, Any], path: Path_) -> Condition:
        ((word, value),) = data.items()
        here = (*path, word)
        return self._readers[word](self, value, here)

    def _fact(self, code: str, path: Path_, *kinds: Kind) -> AskedFact:
        fact = self.known.get(code)
        if fact is None:
            self.reader.problem(path, f"Fakta “{code}” tidak ada di “facts”. Periksa kodenya.")
        elif fact.kind not in kinds:
            wanted = " atau ".join(kinds)
            self.reader.problem(path, f"Fakta “{code}” bukan {wanted}. Pilih kata yang lain.")
        else:
            return fact
        return AskedFact(code, kinds[0], text(code), text(code), Fact(Label.ASSUMED))

    def _options(self, fact: AskedFact, codes: Sequence[str], path: Path_) -> tuple[str, ...]:
        known = {option.code for option in fact.options}
        for code in codes:
            if code not in known:
                self.reader.problem(path, f"Pilihan “{code}” tidak ada pada fakta “{fact.code}”.")
        return tuple(code for code in codes if code in known)

    def _bound(self, data: Mapping[str, Any], path: Path_) -> Bound:
        (word,) = [word for word in WORDS if word in data]
        return Bound(word, self.reader.number(data[word], (*path, word)))

    def yes(self, code: str, path: Path_) -> Condition:
        return Yes(self._fact(code, path, Kind.YES_NO))

    def chosen(self, data: Mapping[str, Any], path: Path_) -> Condition:
        fact = self._fact(data["fact"], path, Kind.MULTI)
        return Chosen(fact, self._options(fact, data["options"], path))

    def one_of(self, data: Mapping[str, Any], path: Path_) -> Condition:
        fact = self._fact(data["fact"], path, Kind.CHOICE)
        return Is(fact, self._options(fact, data["options"], path))

    def count(self, data: Mapping[str, Any], path: Path_) -> Condition:
        fact = self._fact(data["fact"], path, Kind.MULTI)
        left = self._options(fact, data.get("except", []), path)
        return Count(fact, self._bound(data, path), left)

    def number(self, data: Mapping[str, Any], path: Path_) -> Condition:
        return Number(self._fact(data["fact"], path, Kind.NUMBER), self._bound(data, path))

    def share(self, data: Mapping[str, Any], path: Path_) -> Condition:
        done = self._fact(data["done"], path, Kind.NUMBER)
        return Share(done, self._fact(data["of"], path, Kind.NUMBER), self._bound(data, path))

    def larger(self, data: Mapping[str, Any], path: Path_) -> Condition:
        one = self._fact(data["fact"], path, Kind.NUMBER)
        return Larger(one, self._fact(data["than"], path, Kind.NUMBER))

    def steps(self, data: Mapping[str, Any], path: Path_) -> Condition:
        fact = self._fact(data["chain"], path, Kind.CHAIN)
        if fact.options and data["at_least"] > len(fact.options):
            self.reader.problem(path, f"Rantai “{fact.code}” hanya {len(fact.options)} langkah.")
        return Steps(fact, data["at_least"])

    def all_of(self, data: Sequence[Any], path: Path_) -> Condition:
        return All(tuple(self._parts(data, path)))

    def any_of(self, data: Sequence[Any], path: Path_) -> Condition:
        return AnyOf(tuple(self._parts(data, path)))

    def opposite(self, data: Mapping[str, Any], path: Path_) -> Condition:
        return Not(self.read(data, path))

    def _parts(self, data: Sequence[Any], path: Path_) -> Iterator[Condition]:
        for i, item in enumerate(data):
            yield self.read(item, (*path, i))

    _readers: ClassVar[Mapping[str, Callable[..., Condition]]] = {
        "yes": yes,
        "chosen": chosen,
        "is": one_of,
        "count": count,
        "number": number,
        "share": share,
        "larger": larger,
        "steps": steps,
        "all": all_of,
        "any": any_of,
        "not": opposite,
    }


def examples(reader: Reader, data: Mapping[str, Any], path: Path_) -> Examples | None:
    """Evidence that would do, and evidence that would be sent back."""
    if "examples" not in data:
        return None
    own = data["examples"]
    return Examples(
        tuple(text(item) for item in own["accepted"]),
        tuple(Rejected(text(item["text"]), text(item["why"])) for item in own["rejected"]),
        reader.fact(own, (*path, "examples")),
    )
