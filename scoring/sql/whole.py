"""Whole numbers in SQL that know how large they can get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, prod

from sqlglot import exp

from scoring.numbers import Rounding
from scoring.sql.expressions import binary, case, equal, inside, literal, own, total_of
from scoring.sql.plan import Engine, TooWide

NARROW_BITS = 62
NARROW = 2**NARROW_BITS
"""A BIGINT holds twice this on every engine, so one addition more never hurts."""

LIMIT = {Engine.DUCKDB: 2**126, Engine.SPARK: 10**37, Engine.POSTGRES: 10**1000}
"""HUGEINT and DECIMAL(38, 0) end there; NUMERIC goes on, but no sane rule is longer than this."""

WIDE_TYPE = {Engine.DUCKDB: "HUGEINT", Engine.SPARK: "DECIMAL(38, 0)", Engine.POSTGRES: "NUMERIC"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A non-negative whole number in SQL: its expression and the most it can be."""

    sql: exp.Expr
    most: int
    wide: bool = False

    @classmethod
    def of(cls, value: int) -> Whole:
        """A constant."""
        return cls(literal(value), value)

    @property
    def constant(self) -> int | None:
        return self.most if isinstance(self.sql, exp.Literal) else None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Addition, multiplication and the one division, widened where 64 bits do not do."""

    engine: Engine

    def cast(self, sql: exp.Expr, *, wide: bool = False) -> exp.Expr:
        name = WIDE_TYPE[self.engine] if wide else "BIGINT"
        return exp.cast(own(sql), exp.DataType.build(name, dialect="duckdb"))

    def _same_width(self, most: int, numbers: Sequence[Whole]) -> list[exp.Expr]:
        if most >= LIMIT[self.engine]:
            raise TooWide(
                f"Rumus ini memerlukan bilangan {len(str(most))} angka, lebih dari yang dimuat "
                f"{self.engine}. Hitung dengan --engine interpreter."
            )
        if most < NARROW:
            return [number.sql for number in numbers]
        return [n.sql if n.wide else self.cast(n.sql, wide=True) for n in numbers]

    def plus(self, *numbers: Whole) -> Whole:
        kept = [number for number in numbers if number.constant != 0] or [Whole.of(0)]
        if all(number.constant is not None for number in kept):
            return Whole.of(sum(number.most for number in kept))
        most = sum(number.most for number in kept)
        terms = self._same_width(most, kept)
        return kept[0] if len(kept) == 1 else Whole(total_of(terms), most, most >= NARROW)

    def times(self, *numbers: Whole) -> Whole:
        constant = prod(n.most for n in numbers if n.constant is not None)
        kept = [number for number in numbers if number.constant is None]
        if constant == 0 or not kept:
            return Whole.of(constant)
        if constant != 1:
            kept.append(Whole.of(constant))
        if len(kept) == 1:
            return kept[0]
        result = kept[0]
        for number in kept[1:]:
            most = result.most * number.most
            left, right = self._same_width(most, (result, number))
            result = Whole(binary(exp.Mul, left, right), most, most >= NARROW)
        return result

    def divide(self, a: exp.Expr, b: exp.Expr) -> exp.Expr:
        """The whole part of a / b."""
        if self.engine is Engine.POSTGRES:
            # NUMERIC / NUMERIC rounds to some 16 places; without the remainder it is exact.
            whole = binary(exp.Sub, a, binary(exp.Mod, a, b))
            return exp.Div(this=inside(whole), expression=inside(b), typed=True)
        return binary(exp.IntDiv, a, b)

    def rounded(
        self, value: Whole, scale: int, over: Whole, decimals: int, rule: Rounding, most: int
    ) -> Whole:
        """value / (scale × over), times 10**decimals, rounded by the rule; at most `most`."""
        common = gcd(10**decimals, scale)
        a = self.times(value, Whole.of(10**decimals // common))
        b = self.times(over, Whole.of(scale // common))
        if b.constant == 1:
            return a
        if rule is Rounding.HALF_UP:
            a, b = self.plus(self.times(a, Whole.of(2)), b), self.times(b, Whole.of(2))
        quotient = self.divide(a.sql, b.sql)
        if rule is Rounding.HALF_EVEN:
            quotient = self._to_even(quotient, a, b)
        if most >= NARROW:
            raise TooWide("Angka terbit terlalu panjang. Hitung dengan --engine interpreter.")
        return Whole(self.cast(quotient), most)

    def _to_even(self, quotient: exp.Expr, a: Whole, b: Whole) -> exp.Expr:
        rest = Whole(binary(exp.Mod, a.sql, b.sql), b.most, a.wide or b.wide)
        twice = self.times(rest, Whole.of(2)).sql
        odd = equal(binary(exp.Mod, quotient, literal(2)), 1)
        tie = exp.and_(binary(exp.EQ, twice, b.sql), odd)
        up = exp.or_(binary(exp.GT, twice, b.sql), exp.Paren(this=tie))
        return binary(exp.Add, quotient, case((up, literal(1)), otherwise=literal(0)))
