"""What an option asks of the facts: a small closed vocabulary, judged yes, no or unknown.

A condition holds (True), does not (False), or is not yet known (None). It never guesses: a fact
without an answer is unknown, and so is a share of nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from scoring.facts.asked import AskedFact
from scoring.facts.values import Facts, figure, said
from scoring.numbers import format_exact, format_fixed
from scoring.text import AND, OR, Text, listed

Word = Literal["at_least", "more_than", "at_most", "less_than"]
WORDS: tuple[Word, ...] = ("at_least", "more_than", "at_most", "less_than")
Truth = bool | None
Said = tuple[frozenset[str], Text]
"""A sentence on what was answered, with the codes of the facts that it covers."""


@dataclass(frozen=True, slots=True)
class Bound:
    """From where on a number is enough."""

    word: Word
    value: Fraction

    def takes(self, number: Fraction | int) -> bool:
        match self.word:
            case "at_least":
                return number >= self.value
            case "more_than":
                return number > self.value
            case "at_most":
                return number <= self.value
            case "less_than":
                return number < self.value

    @property
    def text(self) -> Text:
        words = {
            "at_least": Text("paling sedikit", "at least"),
            "more_than": Text("lebih dari", "more than"),
            "at_most": Text("paling banyak", "at most"),
            "less_than": Text("kurang dari", "less than"),
        }[self.word]
        number = figure(self.value)
        return Text(f"{words.id} {number.id}", f"{words.english} {number.english}")


class Condition(ABC):
    """Something that the facts meet, do not meet, or leave open."""

    __slots__ = ()

    @abstractmethod
    def holds(self, facts: Facts) -> Truth:
        """Whether the facts meet it; None while that is not known."""

    @property
    @abstractmethod
    def asks(self) -> Text:
        """What it demands, as a part of a sentence."""

    @abstractmethod
    def rests_on(self) -> Iterator[AskedFact]:
        """The facts that it looks at."""

    def unmet(self, facts: Facts) -> Iterator[Text]:
        """What is still wanting, part by part."""
        if self.holds(facts) is not True:
            yield self.asks

    def says(self, facts: Facts) -> Iterator[Said]:
        """What was answered to the facts that it looks at."""
        for fact in self.rests_on():
            if fact.code in facts:
                yield frozenset({fact.code}), said(fact, facts[fact.code])

    def open(self, facts: Facts) -> Iterator[AskedFact]:
        """The unanswered facts that keep it unknown."""
        if self.holds(facts) is None:
            yield from (fact for fact in self.rests_on() if _is_open(fact, facts))


def _is_open(fact: AskedFact, facts: Facts) -> bool:
    match facts.get(fact.code):
        case None:
            return True
        case tuple() as steps:
            return False not in steps and len(steps) < len(fact.options)
    return False


@dataclass(frozen=True, slots=True)
class Yes(Condition):
    """A yes_no is answered with yes."""

    fact: AskedFact

    def holds(self, facts: Facts) -> Truth:
        match facts.get(self.fact.code):
            case bool() as answer:
                return answer
        return None

    @property
    def asks(self) -> Text:
        return self.fact.name

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.fact


@dataclass(frozen=True, slots=True)
class Chosen(Condition):
    """All of these options of a multi are ticked."""

    fact: AskedFact
    options: tuple[str, ...]

    def holds(self, facts: Facts) -> Truth:
        match facts.get(self.fact.code):
            case frozenset() as ticked:
                return ticked.issuperset(self.options)
        return None

    def unmet(self, facts: Facts) -> Iterator[Text]:
        match facts.get(self.fact.code):
            case frozenset() as ticked:
                wanting = tuple(code for code in self.options if code not in ticked)
            case _:
                wanting = self.options
        if wanting:
            yield Chosen(self.fact, wanting).asks

    @property
    def asks(self) -> Text:
        return _named(self.fact, self.options, AND)

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.fact


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """The answer to a choice is one of these."""

    fact: AskedFact
    options: tuple[str, ...]

    def holds(self, facts: Facts) -> Truth:
        match facts.get(self.fact.code):
            case str() as answer:
                return answer in self.options
        return None

    @property
    def asks(self) -> Text:
        return _named(self.fact, self.options, OR)

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.fact


def _named(fact: AskedFact, codes: tuple[str, ...], last: Text) -> Text:
    options = listed([fact.option(code).text.lower for code in codes], last=last)
    return Text(f"{fact.name.id} ({options.id})", f"{fact.name.english} ({options.english})")


@dataclass(frozen=True, slots=True)
class Count(Condition):
    """So many options of a multi are ticked, without those in `leave_out`."""

    fact: AskedFact
    bound: Bound
    leave_out: tuple[str, ...] = ()

    def holds(self, facts: Facts) -> Truth:
        match facts.get(self.fact.code):
            case frozenset() as ticked:
                return self.bound.takes(len(ticked.difference(self.leave_out)))
        return None

    @property
    def asks(self) -> Text:
        bound, name = self.bound.text, self.fact.name
        one = self.bound == Bound("at_least", Fraction(1))
        english = f"{'at least one of the' if one else bound.english} {name.english}"
        if not self.leave_out:
            return Text(f"{bound.id} {name.id}", english)
        options = [self.fact.option(code).text.lower for code in self.leave_out]
        left = listed(options, last=AND)
        return Text(
            f"{bound.id} {name.id} selain {left.id}",
            f"{english} besides {left.english}",
        )

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.fact


@dataclass(frozen=True, slots=True)
class Number(Condition):
    """A number lies within a bound."""

    fact: AskedFact
    bound: Bound

    def holds(self, facts: Facts) -> Truth:
        match facts.get(self.fact.code):
            case Fraction() as number:
                return self.bound.takes(number)
        return None

    @property
    def asks(self) -> Text:
        bound, name = self.bound.text, self.fact.name
        return Text(f"{name.id} {bound.id}", f"{name.english} {bound.english}")

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.fact


@dataclass(frozen=True, slots=True)
class Share(Condition):
    """One number is such a percentage of another. A share of nothing is unknown."""

    done: AskedFact
    of: AskedFact
    percent: Bound

    def _share(self, facts: Facts) -> Fraction | None:
        match facts.get(self.done.code), facts.get(self.of.code):
            case Fraction() as done, Fraction() as of if of:
                return 100 * done / of
        return None

    def holds(self, facts: Facts) -> Truth:
        share = self._share(facts)
        return None if share is None else self.percent.takes(share)

    @property
    def asks(self) -> Text:
        bound = self.percent.text
        return Text(
            f"{self.done.name.id} {bound.id} persen dari {self.of.name.id}",
            f"{self.done.name.english} {bound.english} percent of {self.of.name.english}",
        )

    def says(self, facts: Facts) -> Iterator[Said]:
        share, codes = self._share(facts), frozenset({self.done.code, self.of.code})
        match facts.get(self.done.code), facts.get(self.of.code):
            case Fraction() as done, Fraction() as of if share is not None:
                part, whole, percent = figure(done), figure(of), _percent(share)
                yield (
                    codes,
                    Text(
                        f"{self.done.name.id}: {part.id} dari {whole.id} {self.of.name.id}, "
                        f"{percent.id} persen",
                        f"{self.done.name.english}: {part.english} of {whole.english} "
                        f"{self.of.name.english}, {percent.english} percent",
                    ),
                )
            case _, Fraction():
                if facts[self.of.code] == 0:
                    yield (
                        codes,
                        Text(
                            f"bagian {self.done.name.id} tidak dapat dihitung, karena "
                            f"{self.of.name.id}: 0",
                            f"the share of {self.done.name.english} cannot be computed, because "
                            f"{self.of.name.english}: 0",
                        ),
                    )

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.done
        yield self.of


def _percent(share: Fraction) -> Text:
    """To two decimals; what does not end there is called near, so that 79,998 is not 80."""
    exact = format_exact(share)
    if "/" not in exact and len(exact.partition(".")[2]) <= 2:
        return figure(share)
    near = format_fixed(share, 2)
    return Text(f"kira-kira {near.replace('.', ',')}", f"about {near}")


@dataclass(frozen=True, slots=True)
class Larger(Condition):
    """One number is larger than another."""

    fact: AskedFact
    than: AskedFact

    def holds(self, facts: Facts) -> Truth:
        match facts.get(self.fact.code), facts.get(self.than.code):
            case Fraction() as one, Fraction() as other:
                return one > other
        return None

    @property
    def asks(self) -> Text:
        return Text(
            f"{self.fact.name.id} lebih besar dari {self.than.name.id}",
            f"{self.fact.name.english} larger than {self.than.name.english}",
        )

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.fact
        yield self.than


@dataclass(frozen=True, slots=True)
class Steps(Condition):
    """So many steps of a chain are taken."""

    fact: AskedFact
    at_least: int

    def holds(self, facts: Facts) -> Truth:
        match facts.get(self.fact.code):
            case tuple() as steps:
                if sum(steps) >= self.at_least:
                    return True
                return False if False in steps else None
        return None

    @property
    def asks(self) -> Text:
        step = self.fact.options[self.at_least - 1].text.lower
        return Text(
            f"{self.fact.name.id} sampai “{step.id}”",
            f"{self.fact.name.english} up to “{step.english}”",
        )

    def rests_on(self) -> Iterator[AskedFact]:
        yield self.fact


@dataclass(frozen=True, slots=True)
class _Several(Condition):
    """A condition made of others."""

    parts: tuple[Condition, ...]

    def rests_on(self) -> Iterator[AskedFact]:
        for part in self.parts:
            yield from part.rests_on()

    def says(self, facts: Facts) -> Iterator[Said]:
        for part in self.parts:
            yield from part.says(facts)

    def open(self, facts: Facts) -> Iterator[AskedFact]:
        if self.holds(facts) is None:
            for part in self.parts:
                yield from part.open(facts)


class All(_Several):
    """Each part holds."""

    __slots__ = ()

    def holds(self, facts: Facts) -> Truth:
        return _all(part.holds(facts) for part in self.parts)

    @property
    def asks(self) -> Text:
        return listed([part.asks for part in self.parts], last=AND)

    def unmet(self, facts: Facts) -> Iterator[Text]:
        for part in self.parts:
            yield from part.unmet(facts)


class AnyOf(_Several):
    """At least one part holds."""

    __slots__ = ()

    def holds(self, facts: Facts) -> Truth:
        none = _all(_opposite(part.holds(facts)) for part in self.parts)
        return _opposite(none)

    @property
    def asks(self) -> Text:
        return listed([part.asks for part in self.parts], last=OR)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part does not hold."""

    part: Condition

    def holds(self, facts: Facts) -> Truth:
        return _opposite(self.part.holds(facts))

    @property
    def asks(self) -> Text:
        return Text(f"tidak: {self.part.asks.id}", f"not: {self.part.asks.english}")

    def rests_on(self) -> Iterator[AskedFact]:
        yield from self.part.rests_on()


def _opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _all(truths: Iterable[Truth]) -> Truth:
    """No if one is no; unknown if one is unknown; else yes."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result
