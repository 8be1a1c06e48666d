"""One weighted sum over one denominator: indicators in one bundle, nodes one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from sqlglot import exp

from scoring.formula import Indicator, Node, NotApplicable, Part, WeightedSum, bounds
from scoring.interpret import forbidden
from scoring.sql.draft import Draft, Value
from scoring.sql.expressions import binary, case, equal, literal
from scoring.sql.masks import unless_full
from scoring.sql.plan import Leaf, Seen, TooWide
from scoring.sql.whole import NARROW, Whole


@dataclass(slots=True)
class Term:
    """A part, or all indicators among the parts at once; its weights are in it already if so."""

    value: Value
    weight: int
    counted: Whole
    """The weight that counts for this subject: 0 where the part is not applicable."""


class Sum:
    """One weighted sum; `below` makes the SQL of a node among its parts."""

    def __init__(
        self, draft: Draft, node: WeightedSum, below: Callable[[Node], tuple[Value, Seen]]
    ) -> None:
        self.draft, self.math, self.of, self.below = draft, draft.math, node, below
        self.name = draft.next_name()
        self.known: list[Term] = []
        self.free: list[Term] = []
        self.redistributes = node.not_applicable is NotApplicable.REDISTRIBUTE
        weights = [part.weight for part in node.parts if part.weight is not None]
        self.unit = lcm(*(weight.denominator for weight in (*weights, node.remainder)))
        whole = [int(weight * self.unit) for weight in weights]
        self.shrink = 1 if node.has_unknown_weights else gcd(*whole)
        if not self.shrink or not node.total:
            raise TooWide(
                f"Semua bobot di “{node.name.title}” nol. Hitung dengan --engine interpreter."
            )
        if node.has_unknown_weights and node.not_applicable is not NotApplicable.FORBIDDEN:
            raise TooWide(
                f"“{node.name.title}” mengenal “tidak berlaku” dengan bobot yang tidak "
                "diterbitkan. Hitung dengan --engine interpreter."
            )
        self.weight = sum(whole) // self.shrink

    def result(self) -> tuple[Value, Seen]:
        below = tuple(self.read_parts())
        value = self.together()
        exact = None
        if value.free:
            exact = f"{self.name}_x"
            self.draft.result[exact] = binary(exp.EQ, value.low.sql, value.high.sql)
        return value, Seen(self.of, exact=exact, below=below)

    # -- the parts

    def read_parts(self) -> Iterator[Seen]:
        bundled: list[tuple[Leaf, int]] = []
        for part in self.of.parts:
            if isinstance(part.node, Indicator):
                leaf, seen = self.draft.leaf()
                if part.weight is None:
                    value = self.draft.bundle([(leaf, 1)], NotApplicable.FORBIDDEN)
                    self.free.append(Term(value, 1, Whole.of(0)))
                else:
                    bundled.append((leaf, self.whole_weight(part.weight)))
                if self.redistributes:
                    seen = self.draft.noting_estimate(seen)
            else:
                value, seen = self.below(part.node)
                if seen.low is None:
                    seen = self.draft.published(value, seen)
                self.add(part, value)
            yield replace(seen, forbidden=self.refusal(part))
        if bundled:
            self.add_bundle(bundled)

    def whole_weight(self, weight: Fraction) -> int:
        return int(weight * self.unit) // self.shrink

    def refusal(self, part: Part) -> str:
        """What the interpreter says when this part is "not applicable" and must not be."""
        if self.of.not_applicable is not NotApplicable.FORBIDDEN:
            return ""
        return forbidden(part)

    def add_bundle(self, items: Sequence[tuple[Leaf, int]]) -> None:
        value = self.draft.bundle(items, self.of.not_applicable)
        counted = value.over
        if counted.constant is not None:
            counted = Whole.of(sum(weight for _, weight in items))
        self.known.append(Term(replace(value, over=Whole.of(1)), 1, counted))

    def add(self, part: Part, value: Value) -> None:
        if self.of.not_applicable is NotApplicable.FULL and value.na is not None:
            value = self.full(value, bounds(part.node).high)
        if part.weight is None:
            self.free.append(Term(value, 1, Whole.of(0)))
            return
        weight = self.whole_weight(part.weight)
        counted = Whole.of(weight)
        if self.redistributes and value.na is not None and weight:
            sql = case((value.na, literal(0)), otherwise=literal(weight))
            counted = Whole(self.math.cast(sql), weight)
        self.known.append(Term(value, weight, counted))

    def full(self, value: Value, highest: Fraction) -> Value:
        """The value, where "not applicable" counts as the highest; `over` is 1 there."""
        assert value.na is not None
        finer = (highest * value.scale).denominator
        scale = value.scale * finer
        ends = []
        for end in (value.low, value.high):
            number = self.math.times(end, Whole.of(finer))
            sql = case((value.na, literal(int(highest * scale))), otherwise=number.sql)
            most = max(number.most, int(highest * scale))
            ends.append(Whole(self.math.cast(sql, wide=most >= NARROW), most, most >= NARROW))
        return replace(value, low=ends[0], high=ends[1], scale=scale)

    # -- the sum

    def together(self) -> Value:
        terms = [*self.known, *self.free]
        stage = 1 + max(term.value.stage for term in terms)
        free = bool(self.free) or any(term.value.free for term in terms)
        scale = lcm(*(term.value.scale for term in terms))
        others = self.others(terms, stage)
        low, high = (
            self.end(end, terms, [scale // t.value.scale for t in terms], others, free)
            for end in ("low", "high")
        )
        over = self.math.times(*(term.value.over for term in terms))
        factor = Fraction(1, self.unit) if self.free else self.of.total / self.weight
        na = None
        counted = self.math.plus(*(term.counted for term in self.known))
        if self.redistributes and counted.constant is None:
            counted = self.draft.column(stage, f"{self.name}_a", counted)
            factor = self.of.total
            none = equal(counted.sql, 0)
            product = self.math.times(over, counted)
            over = replace(product, sql=case((none, literal(1)), otherwise=product.sql))
            na = none if all(t.counted.constant in (None, 0) for t in self.known) else None
        low, high = (self.math.times(end, Whole.of(factor.numerator)) for end in (low, high))
        shown = high.sql if free else unless_full(high.sql)
        column = self.draft.column
        return Value(
            column(stage + 1, f"{self.name}_lo", low),
            column(stage + 1, f"{self.name}_hi", replace(high, sql=shown)),
            scale * factor.denominator,
            stage + 1,
            column(stage + 1, f"{self.name}_over", over),
            na,
            free,
        )

    def others(self, terms: Sequence[Term], stage: int) -> list[Whole]:
        """For each term the product of the other terms' denominators."""
        overs = [term.value.over for term in terms]
        return [
            self.draft.column(
                stage, f"{self.name}_o{i}", self.math.times(*overs[:i], *overs[i + 1 :])
            )
            for i in range(len(terms))
        ]

    def end(
        self,
        which: str,
        terms: Sequence[Term],
        finer: Sequence[int],
        others: Sequence[Whole],
        free: bool,
    ) -> Whole:
        numbers = []
        for term, times, other in zip(terms, finer, others, strict=True):
            number: Whole = getattr(term.value, which)
            if which == "high" and free and not term.value.free:
                filled = exp.Coalesce(
                    this=number.sql.copy(), expressions=[term.value.low.sql.copy()]
                )
                number = replace(number, sql=filled)
            numbers.append(self.math.times(number, Whole.of(times * term.weight), other))
        known, shared = numbers[: len(self.known)], numbers[len(self.known) :]
        if shared:
            known.append(
                self.math.times(
                    self.extreme(which, shared), Whole.of(int(self.of.remainder * self.unit))
                )
            )
        return self.math.plus(*known)

    def extreme(self, which: str, numbers: Sequence[Whole]) -> Whole:
        """The lowest of the low ends or the highest of the high ends; none of them is NULL."""
        most = max(number.most for number in numbers)
        kind = exp.Least if which == "low" else exp.Greatest
        first, *rest = (number.sql.copy() for number in numbers)
        sql = kind(this=first, expressions=rest, ignore_nulls=True) if rest else first
        return Whole(sql, most, any(number.wide for number in numbers))
