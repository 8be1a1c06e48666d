"""The second reader of a formula: one exact SQL query for millions of rows, on three engines.

Every number is an integer: answers come scaled by a power of ten, weights are brought to a common
denominator, and a node is a pair of numerators (lowest and highest) over one denominator. The one
division is the rounding. No engine divides or rounds by itself: DuckDB's DECIMAL / DECIMAL is a
DOUBLE, and so is Spark's BIGINT / BIGINT.

The long layout is folded by few sums. Each sum is a *word* of bit fields: a field for every
numerator, for every weight that counted, and one bit per answer that is there. One row adds
`answer * a + b`, where `a` and `b` are constants of its indicator, so a hundred indicators in six
aspects cost two sums, not eighteen. What is missing is read off the bits afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from math import gcd, lcm, prod

from sqlglot import exp

from scoring.formula import (
    Indicator,
    Mean,
    Node,
    NotApplicable,
    Part,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    bounds,
    children,
    walk,
)
from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import RefusedToScore, Step, evaluate, forbidden
from scoring.numbers import Rounding

MASK_BITS = 62
"""Answers per presence mask, so that a mask is a BIGINT on every engine."""


class TooWide(RefusedToScore):
    """The exact integers would not fit the engine, or the tree has no place in one query."""


class Engine(StrEnum):
    """Where a query runs."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


class Layout(StrEnum):
    """One row per subject with a column per code, or one row per answer."""

    WIDE = "wide"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the relation `answers` looks like.

    Wide: `subject`, `c0`, `c1`, ... in the order of `Plan.leaves`; NULL is missing and -1 is
    "not applicable". Long: `subject`, `indicator`, `answer`, and `na` where `na` is true.
    Answers are integers, scaled by 10**places. `folded`: a subject has up to `most_rows` rows
    per leaf, whose mean counts. `ordered`: there is a column `nr`, and the result follows it.
    """

    layout: Layout
    places: int = 0
    folded: bool = False
    most_rows: int = 1
    na: bool = True
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is answered or entered, and what the rule makes of its absence.

    `absent` is the step that the interpreter makes without it; None where that is a refusal.
    A leaf that does not take "not applicable" counts it as missing.
    """

    index: int
    node: Node
    key: tuple[str, str]
    low: Fraction
    high: Fraction
    absent: Step | None
    takes_na: bool = True
    refusal: str = ""

    @property
    def code(self) -> str:
        return self.key[1]


@dataclass(frozen=True, slots=True)
class Seen:
    """A node as the result shows it: the names of its columns, None where there is none.

    `low` and `high` are rounded and scaled; `high` is NULL where it equals `low`. `exact` says
    that both ends are equal before rounding. `applies` says that an indicator was applicable.
    `forbidden` is the refusal if this node is "not applicable" where the rule knows no such thing.
    """

    node: Node
    leaf: Leaf | None = None
    low: str | None = None
    high: str | None = None
    na: str | None = None
    exact: str | None = None
    applies: str | None = None
    forbidden: str = ""
    below: tuple[Seen, ...] = ()

    def walk(self) -> Iterator[Seen]:
        """This node and all below it, parents first."""
        yield self
        for seen in self.below:
            yield from seen.walk()


@dataclass(frozen=True, slots=True)
class Plan:
    """A query over the relation `answers`, and how to read its rows.

    `masks` are pairs of a column and the leaves of its bits; the columns are NULL where nothing
    is missing.
    """

    sql: str
    engine: Engine
    shape: Shape
    root: Seen
    leaves: tuple[Leaf, ...]
    columns: tuple[str, ...]
    masks: tuple[tuple[str, tuple[Leaf, ...]], ...]


def compile_plan(
    instrument: Instrument,
    shape: Shape,
    *,
    engine: Engine = Engine.DUCKDB,
    form: str | None = None,
    convention: str | None = None,
    level: str | None = None,
) -> Plan:
    """The query for an instrument. Raises TooWide, or RefusedToScore as the interpreter does."""
    publish = instrument.publish
    root = instrument.formula(form, convention)
    return compile_node(root, shape, publish.decimals, publish.rule, engine=engine, level=level)


def compile_node(
    root: Node,
    shape: Shape,
    decimals: int,
    rule: Rounding,
    *,
    engine: Engine = Engine.DUCKDB,
    level: str | None = None,
) -> Plan:
    """The query for one tree, its figures rounded to `decimals` by `rule`."""
    if any(bounds(node).low < 0 for node in walk(root)):
        raise TooWide("Rumus ini memuat nilai negatif. Hitung dengan --engine interpreter.")
    return _Compiler(root, shape, decimals, rule, engine, level).plan()


def leaves_of(root: Node, level: str | None = None, *, folded: bool = False) -> tuple[Leaf, ...]:
    """What is answered (or entered, at `level`) under a tree, in the order of the file."""
    return tuple(_leaf(i, node, level) for i, node in enumerate(_cut(root, level, folded)))


def _cut(node: Node, level: str | None, folded: bool) -> Iterator[Node]:
    if not _is_leaf(node, level):
        for below in children(node):
            yield from _cut(below, level, folded)
        return
    if folded and not isinstance(node, Mean):
        raise TooWide(
            f"“{node.name.title}” bukan rata-rata baris. Hitung dengan --engine interpreter."
        )
    if sum(inner.name.level == level for inner in walk(node)) > 1:
        raise TooWide(
            f"Tingkat “{level}” bersusun di rumus ini. Hitung dengan --engine interpreter."
        )
    yield node


def _is_leaf(node: Node, level: str | None) -> bool:
    return isinstance(node, Indicator | Mean) or node.name.level == level


def _leaf(index: int, node: Node, level: str | None) -> Leaf:
    name, ends, takes_na = node.name, bounds(node), True
    if isinstance(node, Mean) and name.level != level:
        # The interpreter looks for the mean's rows under the name of what is averaged.
        name, takes_na = node.node.name, False
    try:
        absent = evaluate(node, {})
    except RefusedToScore as error:
        key = (name.level, name.code)
        return Leaf(index, node, key, ends.low, ends.high, None, takes_na, str(error))
    return Leaf(index, node, (name.level, name.code), absent.low, absent.high, absent, takes_na)


# ---- Whole numbers that know how large they can get ---------------------------------------------

NARROW = 2**62
"""A BIGINT holds twice this, so one addition more never hurts."""

LIMIT = {Engine.DUCKDB: 2**126, Engine.SPARK: 10**37, Engine.POSTGRES: 10**1000}
"""HUGEINT and DECIMAL(38, 0) end there; NUMERIC goes on, but no sane rule is longer than this."""

WIDE_TYPE = {Engine.DUCKDB: "HUGEINT", Engine.SPARK: "DECIMAL(38, 0)", Engine.POSTGRES: "NUMERIC"}

WORD_BITS = {Engine.DUCKDB: 126, Engine.SPARK: 62, Engine.POSTGRES: 62}
"""Only DuckDB shifts 128-bit integers; the others fold into more and smaller words."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A non-negative whole number in SQL: its expression and the most it can be."""

    sql: exp.Expr
    most: int
    wide: bool = False

    @property
    def constant(self) -> int | None:
        return self.most if isinstance(self.sql, exp.Literal) else None


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _whole(value: int) -> Whole:
    return Whole(_number(value), value)


def _own(sql: exp.Expr) -> exp.Expr:
    """An expression that may hang in a tree: itself the first time, then a copy."""
    return sql if sql.parent is None else sql.copy()


def _inside(sql: exp.Expr) -> exp.Expr:
    """SQLGlot prints a tree as it stands; without these brackets a product of sums falls apart."""
    # For SQLGlot AND is a function too, so that what has two sides is asked for first.
    closed = isinstance(sql, exp.Column | exp.Literal | exp.Func | exp.Case | exp.Paren)
    closed = closed and not isinstance(sql, exp.Binary)
    return _own(sql) if closed else exp.Paren(this=_own(sql))


def _binary(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return kind(this=_inside(left), expression=_inside(right))


def _equal(left: exp.Expr, right: int) -> exp.Expr:
    return _binary(exp.EQ, left, _number(right))


def _is_null(sql: exp.Expr) -> exp.Expr:
    return exp.Is(this=_inside(sql), expression=exp.Null())


def _not(sql: exp.Expr) -> exp.Expr:
    return exp.Not(this=_inside(sql))


def _case(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    ifs = [exp.If(this=_own(when), true=_own(then)) for when, then in branches]
    return exp.Case(ifs=ifs, default=None if otherwise is None else _own(otherwise))


def _sum(terms: Sequence[exp.Expr]) -> exp.Expr:
    # A balanced tree: a chain of a hundred additions would exhaust the parsers' stacks.
    if len(terms) < 3:
        return reduce(lambda a, b: _binary(exp.Add, a, b), terms)
    half = len(terms) // 2
    return _binary(exp.Add, _sum(terms[:half]), _sum(terms[half:]))


@dataclass(frozen=True, slots=True)
class _Arithmetic:
    """Addition, multiplication and the one division, widened where 64 bits do not do."""

    engine: Engine

    def cast(self, sql: exp.Expr, *, wide: bool = False) -> exp.Expr:
        name = WIDE_TYPE[self.engine] if wide else "BIGINT"
        return exp.cast(_own(sql), exp.DataType.build(name, dialect="duckdb"))

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
        kept = [number for number in numbers if number.constant != 0] or [_whole(0)]
        if all(number.constant is not None for number in kept):
            return _whole(sum(number.most for number in kept))
        most = sum(number.most for number in kept)
        terms = self._same_width(most, kept)
        return kept[0] if len(kept) == 1 else Whole(_sum(terms), most, most >= NARROW)

    def times(self, *numbers: Whole) -> Whole:
        constant = prod(n.most for n in numbers if n.constant is not None)
        kept = [number for number in numbers if number.constant is None]
        if constant == 0 or not kept:
            return _whole(constant)
        if constant != 1:
            kept.append(_whole(constant))
        if len(kept) == 1:
            return kept[0]
        result = kept[0]
        for number in kept[1:]:
            most = result.most * number.most
            left, right = self._same_width(most, (result, number))
            result = Whole(_binary(exp.Mul, left, right), most, most >= NARROW)
        return result

    def divide(self, a: exp.Expr, b: exp.Expr) -> exp.Expr:
        """The whole part of a / b."""
        if self.engine is Engine.POSTGRES:
            # NUMERIC / NUMERIC rounds to some 16 places; without the remainder it is exact.
            whole = _binary(exp.Sub, a, _binary(exp.Mod, a, b))
            return exp.Div(this=_inside(whole), expression=_inside(b), typed=True)
        return _binary(exp.IntDiv, a, b)

    def rounded(
        self, value: Whole, scale: int, over: Whole, decimals: int, rule: Rounding, most: int
    ) -> Whole:
        """value / (scale × over), times 10**decimals, rounded by the rule; at most `most`."""
        common = gcd(10**decimals, scale)
        a = self.times(value, _whole(10**decimals // common))
        b = self.times(over, _whole(scale // common))
        if b.constant == 1:
            return a
        if rule is Rounding.HALF_UP:
            a, b = self.plus(self.times(a, _whole(2)), b), self.times(b, _whole(2))
        quotient = self.divide(a.sql, b.sql)
        if rule is Rounding.HALF_EVEN:
            quotient = self._to_even(quotient, a, b)
        if most >= NARROW:
            raise TooWide("Angka terbit terlalu panjang. Hitung dengan --engine interpreter.")
        return Whole(self.cast(quotient), most)

    def _to_even(self, quotient: exp.Expr, a: Whole, b: Whole) -> exp.Expr:
        rest = Whole(_binary(exp.Mod, a.sql, b.sql), b.most, a.wide or b.wide)
        twice = self.times(rest, _whole(2)).sql
        odd = _equal(_binary(exp.Mod, quotient, _number(2)), 1)
        tie = exp.and_(_binary(exp.EQ, twice, b.sql), odd)
        up = exp.or_(_binary(exp.GT, twice, b.sql), exp.Paren(this=tie))
        return _binary(exp.Add, quotient, _case((up, _number(1)), otherwise=_number(0)))


# ---- Stage one: the rows of a subject become one row of fields ----------------------------------


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

    def packed(self, leaf: int) -> Share:
        """What a leaf adds to the whole word."""
        shares = [(f.shares[leaf], shift) for f, shift in self.places if leaf in f.shares]

        def together(part: str) -> int:
            total = 0
            for share, shift in shares:
                total += int(getattr(share, part)) << shift
            return total

        return Share(*map(together, ("answer", "there", "na", "low", "high")))


def _packed(fields: Iterable[Field], capacity: int) -> list[Word]:
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


FULL = "m0"
"""The first mask; NULL where the subject answered everything."""

INCOMPLETE = exp.Not(this=exp.Is(this=exp.column(FULL), expression=exp.Null()))


@dataclass(slots=True)
class Value:
    """A node in SQL: from `low`/(scale × over) to `high`/(scale × over).

    Where `na` is true, the ends are 0 and `over` is 1. Unless `free` (an unpublished weight is
    somewhere below), `high` is NULL for a subject that answered everything: it equals `low`.
    `stage` is the nested query whose columns it uses.
    """

    low: Whole
    high: Whole
    scale: int
    stage: int
    over: Whole = field(default_factory=lambda: _whole(1))
    na: exp.Expr | None = None
    free: bool = False


def _cell(leaf: Leaf) -> exp.Expr:
    return exp.column(f"c{leaf.index}")


class _Tallies:
    """Sums and counts of a subject's many rows."""

    def __init__(self, engine: Engine, shape: Shape, leaves: Sequence[Leaf]) -> None:
        self.engine, self.shape, self.leaves = engine, shape, tuple(leaves)
        self.math = _Arithmetic(engine)

    def order_key(self) -> list[exp.Expr]:
        return [exp.alias_(exp.Min(this=exp.column("nr")), "nr")] if self.shape.ordered else []

    def tally_columns(self, rows: Mapping[int, tuple[exp.Expr, exp.Expr]]) -> exp.Select:
        columns: list[exp.Expr] = []
        for i, (number, counted) in rows.items():
            where = exp.Where(this=counted)
            total = exp.Filter(this=exp.Sum(this=number.copy()), expression=where.copy())
            count = exp.Filter(this=exp.Count(this=exp.Star()), expression=where)
            filled = exp.Coalesce(this=total, expressions=[_number(0)])
            columns.append(exp.alias_(self.math.cast(filled), f"t{i}"))
            columns.append(exp.alias_(count, f"k{i}"))
        query = exp.select("subject", *self.order_key(), *columns).from_("answers")
        return query.group_by("subject")

    def wide_rows(self) -> exp.Select:
        """Sum and count per code, from one row per respondent with a column per code."""
        cells = {leaf.index: _cell(leaf) for leaf in self.leaves}
        return self.tally_columns(
            {i: (cell, _binary(exp.GTE, cell, _number(0))) for i, cell in cells.items()}
        )

    def long_rows(self) -> exp.Select:
        """Sum and count per code, from one row per answer of a respondent."""
        answer, rows = exp.column("answer"), {}
        for leaf in self.leaves:
            code = exp.Literal.string(leaf.code)
            tests = [_binary(exp.EQ, exp.column("indicator"), code), _not(_is_null(answer))]
            if self.shape.na:
                tests.append(_not(exp.column("na")))
            rows[leaf.index] = (answer, exp.and_(*tests))
        return self.tally_columns(rows)


class _Compiler(_Tallies):
    """Gathers fields and stages while it walks down one tree."""

    def __init__(
        self,
        root: Node,
        shape: Shape,
        decimals: int,
        rule: Rounding,
        engine: Engine,
        level: str | None,
    ) -> None:
        super().__init__(engine, shape, leaves_of(root, level, folded=shape.folded))
        self.root, self.decimals, self.rule, self.level = root, decimals, rule, level
        self.asked = level or LEAF_LEVEL
        if all(leaf.key[0] != self.asked for leaf in self.leaves):
            raise TooWide(
                f"Tidak ada simpul yang dijawab pada tingkat “{self.asked}”. "
                "Hitung dengan --engine interpreter."
            )
        self.ahead = iter(self.leaves)
        self.fields: list[Field] = []
        self.stages: list[dict[str, exp.Expr]] = [{}]
        self.result: dict[str, exp.Expr] = {}
        self.numbers = 0
        self.masks = [
            (f"m{i // MASK_BITS}", self.leaves[i : i + MASK_BITS])
            for i in range(0, len(self.leaves), MASK_BITS)
        ]

    def plan(self) -> Plan:
        value, seen = self.node(self.root)
        if seen.low is None:
            seen = self.published(value, seen)
        first = self.long() if self.shape.layout is Layout.LONG else self.wide()
        if self.shape.folded:
            first = self.tallied(first)
        query = reduce(self.nest, self.stages, first)
        names = ["subject", *(name for name, _ in self.masks), *self.result]
        keys = [exp.column(name) for name, _ in self.masks]
        last = exp.select("subject", *keys, *map(self.alias, self.result.items()))
        last = last.from_(query.subquery("s", copy=False), copy=False)
        last = last.order_by("nr", copy=False) if self.shape.ordered else last
        return Plan(
            last.sql(dialect=self.engine.value),
            self.engine,
            self.shape,
            seen,
            self.leaves,
            tuple(names),
            tuple(self.masks),
        )

    # -- names and nesting

    @staticmethod
    def alias(item: tuple[str, exp.Expr]) -> exp.Expr:
        name, sql = item
        return exp.alias_(_own(sql), name, copy=False)

    def nest(self, query: exp.Select, columns: dict[str, exp.Expr]) -> exp.Select:
        """One stage more on top of a query; its columns name what the next stage uses often."""
        if not columns:
            return query
        outer = exp.select("*", *map(self.alias, columns.items())).from_(
            query.subquery("s", copy=False), copy=False
        )
        # PostgreSQL would pull the stages up into one expression that repeats each many times.
        return outer.offset(0, copy=False) if self.engine is Engine.POSTGRES else outer

    def put(self, stage: int, name: str, sql: exp.Expr) -> exp.Expr:
        while len(self.stages) <= stage:
            self.stages.append({})
        self.stages[stage][name] = sql
        return exp.column(name)

    def column(self, stage: int, name: str, number: Whole) -> Whole:
        if number.constant is not None:
            return number
        # A CASE over small literals is a 32-bit integer, and its products would overflow.
        sql = number.sql if number.wide else self.math.cast(number.sql)
        return Whole(self.put(stage, name, sql), number.most, number.wide)

    def unless_full(self, sql: exp.Expr) -> exp.Expr:
        return _case((INCOMPLETE, sql))

    def next_name(self) -> str:
        self.numbers += 1
        return f"n{self.numbers}"

    # -- leaves

    @property
    def ten(self) -> int:
        return int(10**self.shape.places)

    def bundle(self, items: Sequence[tuple[Leaf, int]], policy: NotApplicable) -> Value:
        """Leaves times their whole weights, summed by stage one."""
        name = self.next_name()
        ends = [end for leaf, _ in items for end in (leaf.low, leaf.high, bounds(leaf.node).high)]
        scale = lcm(self.ten, *(end.denominator for end in ends))
        shares = {
            leaf.index: Share(
                answer=weight * scale // self.ten,
                na=self.full(leaf, weight * scale) if policy is NotApplicable.FULL else 0,
                low=int(leaf.low * weight * scale),
                high=int(leaf.high * weight * scale),
            )
            for leaf, weight in items
        }
        most = sum(self.full(leaf, weight * scale) for leaf, weight in items)
        self.fields.append(Field(f"{name}_lo", most, shares, ranges=True))
        low = Whole(exp.column(f"{name}_lo"), most, most >= NARROW)
        high = Whole(exp.column(f"{name}_hi"), most, most >= NARROW)
        value = Value(low, high, scale, 0)
        if self.shape.na and policy is NotApplicable.REDISTRIBUTE:
            counts = {
                leaf.index: Share(there=weight, low=weight, high=weight) for leaf, weight in items
            }
            most = sum(weight for _, weight in items)
            self.fields.append(Field(f"{name}_w", most, counts))
            value.over = Whole(exp.column(f"{name}_w"), most)
        return value

    @staticmethod
    def full(leaf: Leaf, times: int) -> int:
        return int(max(bounds(leaf.node).high, leaf.high) * times)

    def tally(self, leaf: Leaf) -> Value:
        """The mean over the rows of a subject: their sum over their count."""
        rows, ten, i = self.shape.most_rows, self.ten, leaf.index
        scale = lcm(ten, leaf.low.denominator, leaf.high.denominator)
        most = self.full(leaf, scale) * rows
        name, count = self.next_name(), exp.column(f"k{i}")
        none = _equal(count, 0)
        total = Whole(exp.column(f"t{i}"), most // (scale // ten))
        total = self.math.times(total, _whole(scale // ten))
        low, high = (
            Whole(_case((none, _number(int(end * scale))), otherwise=total.sql), most, total.wide)
            for end in (leaf.low, leaf.high)
        )
        over = Whole(_case((none, _number(1)), otherwise=count), rows)
        return Value(
            self.column(0, f"{name}_lo", low),
            self.column(0, f"{name}_hi", replace(high, sql=self.unless_full(high.sql))),
            scale,
            0,
            self.column(0, f"{name}_w", over),
        )

    def single(self, leaf: Leaf) -> Value:
        """One leaf by itself, with its own "not applicable"."""
        if self.shape.folded:
            return self.tally(leaf)
        if not self.shape.na or not leaf.takes_na:
            return self.bundle([(leaf, 1)], NotApplicable.FORBIDDEN)
        value = self.bundle([(leaf, 1)], NotApplicable.REDISTRIBUTE)
        value.na = _equal(value.over.sql, 0)
        value.over = _whole(1)
        return value

    def leaf(self) -> tuple[Leaf, Seen]:
        leaf = next(self.ahead)
        return leaf, Seen(leaf.node, leaf)

    def noting_estimate(self, seen: Seen) -> Seen:
        """Keep in a field whether an estimated indicator applied, for then the figure is one."""
        assert seen.leaf is not None
        estimated = seen.node.name.fact.label.is_estimate
        already = self.root.name.fact.label.is_estimate
        if not estimated or already or not self.shape.na or self.shape.folded:
            return seen
        name = f"e{seen.leaf.index}"
        self.fields.append(Field(name, 1, {seen.leaf.index: Share(there=1, low=1, high=1)}))
        self.result[name] = _equal(exp.column(name), 1)
        return replace(seen, applies=name)

    # -- nodes

    def node(self, node: Node) -> tuple[Value, Seen]:
        if _is_leaf(node, self.level):
            leaf, seen = self.leaf()
            value = self.single(leaf)
            if isinstance(node, Indicator):
                return value, self.noting_estimate(self.with_na(value, seen))
            return value, self.published(value, seen)
        if isinstance(node, WeightedSum):
            return self.weighted_sum(node)
        assert isinstance(node, Scale | Rounded)
        value, seen = self.node(node.node)
        if isinstance(node, Scale):
            result = self.scaled(value, node.factor)
        else:
            result = self.rounded(value, node, node.decimals, node.rule)
        return result, self.above(value, node, seen, node.node)

    def above(self, value: Value, node: Node, seen: Seen, below: Node) -> Seen:
        if not isinstance(below, Indicator) and seen.low is None:
            seen = self.published(value, seen)
        return Seen(node, na=seen.na, below=(seen,))

    def with_na(self, value: Value, seen: Seen) -> Seen:
        """The leaf or node with the column that says that it is not applicable."""
        if value.na is None or seen.na is not None:
            return seen
        name = f"{self.next_name()}_na"
        self.result[name] = value.na
        return replace(seen, na=name)

    def published(self, value: Value, seen: Seen) -> Seen:
        """The node with the columns of its published figures."""
        name = self.next_name()
        most = int(bounds(seen.node).high * 10**self.decimals) + 1
        low, high = (
            self.math.rounded(end, value.scale, value.over, self.decimals, self.rule, most)
            for end in (value.low, value.high)
        )
        self.result[f"{name}_lo"] = low.sql
        self.result[f"{name}_hi"] = high.sql if value.free else self.unless_full(high.sql)
        return replace(self.with_na(value, seen), low=f"{name}_lo", high=f"{name}_hi")

    def scaled(self, value: Value, factor: Fraction) -> Value:
        common = gcd(factor.numerator, value.scale)
        by = _whole(factor.numerator // common)
        return replace(
            value,
            low=self.math.times(value.low, by),
            high=self.math.times(value.high, by),
            scale=value.scale // common * factor.denominator,
        )

    def rounded(self, value: Value, node: Node, decimals: int, rule: Rounding) -> Value:
        name, stage = self.next_name(), value.stage + 1
        most = int(bounds(node).high * 10**decimals) + 1
        low, high = (
            self.math.rounded(end, value.scale, value.over, decimals, rule, most)
            for end in (value.low, value.high)
        )
        shown = high.sql if value.free else self.unless_full(high.sql)
        return replace(
            value,
            low=self.column(stage, f"{name}_lo", low),
            high=self.column(stage, f"{name}_hi", replace(high, sql=shown)),
            scale=10**decimals,
            stage=stage,
            over=_whole(1),
        )

    def weighted_sum(self, node: WeightedSum) -> tuple[Value, Seen]:
        if node.unknown is UnknownWeights.REFUSE and node.has_unknown_weights:
            evaluate(node, {})  # raises RefusedToScore with its own sentence
        return _Sum(self, node).result()

    # -- stage one

    def long(self) -> exp.Select:
        return self.long_rows() if self.shape.folded else self.long_words()

    def long_words(self) -> exp.Select:
        """One row per subject with all fields, from one row per answer."""
        presence = [
            Field(name, 2 ** len(some) - 1, {
                leaf.index: Share(there=1 << i, na=1 << i) for i, leaf in enumerate(some)
            })
            for name, some in self.masks
        ]  # fmt: skip
        words = self.words(presence)
        query = self.word_sums(words)
        query = self.nest(query, self.mask_columns(words))
        query = self.nest(query, self.filled_words(words))
        return self.nest(query, self.unpacked(words))

    def words(self, presence: Sequence[Field]) -> list[Word]:
        """All fields in words; a word with nothing but presence needs no multiplication."""
        capacity = WORD_BITS[self.engine]
        together = _packed([*self.fields, *presence], capacity)
        apart = [*_packed(self.fields, capacity), *_packed(presence, capacity)]
        if len(apart) > len(together):
            return together
        return [replace(word, number=i) for i, word in enumerate(apart)]

    def word_sums(self, words: Sequence[Word]) -> exp.Select:
        packed = [[word.packed(leaf.index) for word in words] for leaf in self.leaves]
        names = [f"{part}{word.number}" for word in words for part in "abz"]
        rows: list[exp.Expr] = []
        for leaf, shares in zip(self.leaves, packed, strict=True):
            if leaf.key[0] != self.asked:
                continue  # no row answers it, though one of another level may share its code
            numbers = [n for share in shares for n in (share.answer, share.there, share.na)]
            cells = [_number(number) for number in numbers]
            if not rows:  # the first row gives each column its type
                wides = [word.bits > MASK_BITS for word in words for _ in "abz"]
                cells = [self.math.cast(c, wide=w) for c, w in zip(cells, wides, strict=True)]
            rows.append(exp.Tuple(expressions=[exp.Literal.string(leaf.code), *cells]))
        alias = exp.TableAlias(
            this=exp.to_identifier("leaf"), columns=[exp.to_identifier(n) for n in ["code", *names]]
        )
        table = exp.Values(expressions=rows, alias=alias)
        sums = [
            exp.alias_(
                self.word_sum(word, [shares[word.number] for shares in packed]), f"w{word.number}"
            )
            for word in words
        ]
        query = exp.select("subject", *self.order_key(), *sums).from_("answers")
        matched = _binary(exp.EQ, exp.column("indicator"), exp.column("code", table="leaf"))
        # A subject that answered only what is not scored still belongs in the result.
        return query.join(table, on=matched, join_type="left").group_by("subject")

    def word_sum(self, word: Word, shares: Sequence[Share]) -> exp.Expr:
        a, b, z = (exp.column(f"{part}{word.number}") for part in "abz")
        answer = exp.column("answer")
        answered: exp.Expr = _case((_not(_is_null(answer)), b))
        if any(share.answer for share in shares):
            answered = _binary(exp.Mul, answer, a)
            if any(share.there for share in shares):
                answered = _binary(exp.Add, answered, b)
        if self.shape.na:
            answered = _case((exp.column("na"), z), otherwise=answered)
        total = exp.Coalesce(this=exp.Sum(this=answered), expressions=[_number(0)])
        return self.math.cast(total, wide=word.bits > MASK_BITS)

    def extract(self, word: Word, of: str, item: Field, shift: int) -> exp.Expr:
        bits = exp.column(of)
        shifted = _binary(exp.BitwiseRightShift, bits, _number(shift)) if shift else bits
        only = _binary(exp.BitwiseAnd, shifted, _number(2 ** item.most.bit_length() - 1))
        return self.math.cast(only) if item.most < NARROW else only

    def mask_columns(self, words: Sequence[Word]) -> dict[str, exp.Expr]:
        names = {name for name, _ in self.masks}
        masks = {
            item.name: (item.most, self.extract(word, f"w{word.number}", item, shift))
            for word in words
            for item, shift in word.places
            if item.name in names
        }
        return self.null_when_full(masks)

    def null_when_full(self, masks: Mapping[str, tuple[int, exp.Expr]]) -> dict[str, exp.Expr]:
        full = exp.and_(*(_equal(sql, most) for most, sql in masks.values()))
        return {name: _case((_not(full), masks[name][1])) for name, _ in self.masks}

    def missing(self, leaf: Leaf) -> exp.Expr:
        mask, bit = f"m{leaf.index // MASK_BITS}", 1 << leaf.index % MASK_BITS
        return _equal(_binary(exp.BitwiseAnd, exp.column(mask), _number(bit)), 0)

    def filled_words(self, words: Sequence[Word]) -> dict[str, exp.Expr]:
        """The words with the ends of what is missing added; only done where something is."""
        columns = {}
        for word in words:
            name = f"w{word.number}"
            for end in ("low", "high"):
                terms: list[exp.Expr] = [exp.column(name)]
                for leaf in self.leaves:
                    share = getattr(word.packed(leaf.index), end)
                    if share:
                        absent = self.missing(leaf)
                        number = self.math.cast(_number(share), wide=word.bits > MASK_BITS)
                        terms.append(_case((absent, number), otherwise=_number(0)))
                total = self.unless_full(_sum(terms))
                if end == "low":
                    total = _case((INCOMPLETE, _sum(terms)), otherwise=exp.column(name))
                columns[f"{name}_{end}"] = total
        return columns

    def unpacked(self, words: Sequence[Word]) -> dict[str, exp.Expr]:
        columns = {}
        ours = {item.name for item in self.fields}
        for word in words:
            for item, shift in word.places:
                if item.name in ours:
                    low = self.extract(word, f"w{word.number}_low", item, shift)
                    columns[item.name] = low
                if item.ranges:
                    high = self.extract(word, f"w{word.number}_high", item, shift)
                    columns[item.name.replace("_lo", "_hi")] = self.unless_full(high)
        return columns

    def wide(self) -> exp.Select:
        return self.wide_rows() if self.shape.folded else self.wide_columns()

    def wide_columns(self) -> exp.Select:
        """One row per subject with all fields, from one row per subject with a column per code."""
        masks = {}
        for name, some in self.masks:
            bits = [
                _case((_is_null(_cell(leaf)), _number(0)), otherwise=_number(1 << i))
                for i, leaf in enumerate(some)
            ]
            masks[name] = (2 ** len(some) - 1, self.math.cast(_sum(bits)))
        query = exp.select("*").from_("answers")
        query = self.nest(query, self.null_when_full(masks))
        columns = {}
        for item in self.fields:
            columns[item.name] = self.cells(item, "low")
            if item.ranges:
                high = self.unless_full(self.cells(item, "high"))
                columns[item.name.replace("_lo", "_hi")] = high
        return self.nest(query, columns)

    def cells(self, item: Field, end: str) -> exp.Expr:
        terms = []
        for leaf in self.leaves:
            share = item.shares.get(leaf.index)
            if share is None:
                continue
            cell = _cell(leaf)
            number = self.math.cast(cell, wide=item.most >= NARROW)
            answered: exp.Expr = _binary(exp.Mul, number, _number(share.answer))
            if not share.answer:
                answered = _number(share.there)
            branches = [(_is_null(cell), _number(getattr(share, end)))]
            if self.shape.na:
                branches.append((_equal(cell, -1), _number(share.na)))
            term = _case(*branches, otherwise=answered)
            terms.append(self.math.cast(term, wide=item.most >= NARROW))
        return self.math.cast(_sum(terms), wide=item.most >= NARROW)

    # -- stage one where a subject has many rows

    def tallied(self, query: exp.Select) -> exp.Select:
        masks = {}
        for name, some in self.masks:
            bits = [
                _case(
                    (_equal(exp.column(f"k{leaf.index}"), 0), _number(0)), otherwise=_number(1 << i)
                )
                for i, leaf in enumerate(some)
            ]
            masks[name] = (2 ** len(some) - 1, self.math.cast(_sum(bits)))
        return self.nest(query, self.null_when_full(masks))


# ---- A weighted sum ---------------------------------------------------------------------------


@dataclass(slots=True)
class Term:
    """A part, or all indicators among the parts at once; its weights are in it already if so."""

    value: Value
    weight: int
    counted: Whole
    """The weight that counts for this subject: 0 where the part is not applicable."""


class _Sum:
    """One weighted sum over one denominator: indicators in one bundle, nodes one by one."""

    def __init__(self, compiler: _Compiler, node: WeightedSum) -> None:
        self.compiler, self.math, self.of = compiler, compiler.math, node
        self.name = compiler.next_name()
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
            self.compiler.result[exact] = _binary(exp.EQ, value.low.sql, value.high.sql)
        return value, Seen(self.of, exact=exact, below=below)

    # -- the parts

    def read_parts(self) -> Iterator[Seen]:
        bundled: list[tuple[Leaf, int]] = []
        for part in self.of.parts:
            if isinstance(part.node, Indicator):
                leaf, seen = self.compiler.leaf()
                if part.weight is None:
                    value = self.compiler.bundle([(leaf, 1)], NotApplicable.FORBIDDEN)
                    self.free.append(Term(value, 1, _whole(0)))
                else:
                    bundled.append((leaf, self.whole_weight(part.weight)))
                if self.redistributes:
                    seen = self.compiler.noting_estimate(seen)
            else:
                value, seen = self.compiler.node(part.node)
                if seen.low is None:
                    seen = self.compiler.published(value, seen)
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
        value = self.compiler.bundle(items, self.of.not_applicable)
        counted = value.over
        if counted.constant is not None:
            counted = _whole(sum(weight for _, weight in items))
        self.known.append(Term(replace(value, over=_whole(1)), 1, counted))

    def add(self, part: Part, value: Value) -> None:
        if self.of.not_applicable is NotApplicable.FULL and value.na is not None:
            value = self.full(value, bounds(part.node).high)
        if part.weight is None:
            self.free.append(Term(value, 1, _whole(0)))
            return
        weight = self.whole_weight(part.weight)
        counted = _whole(weight)
        if self.redistributes and value.na is not None and weight:
            sql = _case((value.na, _number(0)), otherwise=_number(weight))
            counted = Whole(self.math.cast(sql), weight)
        self.known.append(Term(value, weight, counted))

    def full(self, value: Value, highest: Fraction) -> Value:
        """The value, where "not applicable" counts as the highest; `over` is 1 there."""
        assert value.na is not None
        finer = (highest * value.scale).denominator
        scale = value.scale * finer
        ends = []
        for end in (value.low, value.high):
            number = self.math.times(end, _whole(finer))
            sql = _case((value.na, _number(int(highest * scale))), otherwise=number.sql)
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
            counted = self.compiler.column(stage, f"{self.name}_a", counted)
            factor = self.of.total
            none = _equal(counted.sql, 0)
            product = self.math.times(over, counted)
            over = replace(product, sql=_case((none, _number(1)), otherwise=product.sql))
            na = none if all(t.counted.constant in (None, 0) for t in self.known) else None
        low, high = (self.math.times(end, _whole(factor.numerator)) for end in (low, high))
        shown = high.sql if free else self.compiler.unless_full(high.sql)
        column = self.compiler.column
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
            self.compiler.column(
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
            numbers.append(self.math.times(number, _whole(times * term.weight), other))
        known, shared = numbers[: len(self.known)], numbers[len(self.known) :]
        if shared:
            known.append(
                self.math.times(
                    self.extreme(which, shared), _whole(int(self.of.remainder * self.unit))
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


# ---- Where the means do not fit ----------------------------------------------------------------


def compile_tallies(leaves: Sequence[Leaf], shape: Shape, engine: Engine) -> str:
    """Only `subject` and the sum and count per leaf; the interpreter finishes from there."""
    tallies = _Tallies(engine, shape, leaves)
    query = tallies.long_rows() if shape.layout is Layout.LONG else tallies.wide_rows()
    query = query.order_by("nr") if shape.ordered else query
    names = [f"{part}{leaf.index}" for leaf in leaves for part in "tk"]
    return (
        exp.select("subject", *names)
        .from_(query.subquery("s", copy=False), copy=False)
        .sql(dialect=engine.value)
    )
