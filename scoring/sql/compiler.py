"""The walk down one tree, and the query that comes of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import gcd

from sqlglot import exp

from scoring.formula import (
    Indicator,
    Node,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    bounds,
    walk,
)
from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import evaluate
from scoring.numbers import Rounding
from scoring.sql.draft import Draft, Value
from scoring.sql.expressions import named, nest
from scoring.sql.long_rows import LongRows
from scoring.sql.masks import masks_of, unless_full
from scoring.sql.plan import Engine, Layout, Plan, Seen, Shape, TooWide, is_leaf, leaves_of
from scoring.sql.tallies import Tallies
from scoring.sql.weighted_sum import Sum
from scoring.sql.whole import Whole
from scoring.sql.wide_rows import WideRows


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
    return Compiler(root, shape, decimals, rule, engine, level).plan()


class Compiler:
    """Reads one tree into a draft, and writes the draft as one query."""

    def __init__(
        self,
        root: Node,
        shape: Shape,
        decimals: int,
        rule: Rounding,
        engine: Engine,
        level: str | None,
    ) -> None:
        self.root, self.shape, self.engine, self.level = root, shape, engine, level
        self.leaves = leaves_of(root, level, folded=shape.folded)
        self.asked = level or LEAF_LEVEL
        if all(leaf.key[0] != self.asked for leaf in self.leaves):
            raise TooWide(
                f"Tidak ada simpul yang dijawab pada tingkat “{self.asked}”. "
                "Hitung dengan --engine interpreter."
            )
        self.masks = masks_of(self.leaves)
        self.draft = Draft(root, shape, self.leaves, decimals, rule, engine)

    def plan(self) -> Plan:
        value, seen = self.node(self.root)
        if seen.low is None:
            seen = self.draft.published(value, seen)
        query = self.first_stage()
        for columns in self.draft.stages:
            query = nest(self.engine, query, columns)
        result = self.draft.result
        names = [name for name, _ in self.masks]
        last = exp.select("subject", *map(exp.column, names), *map(named, result.items()))
        last = last.from_(query.subquery("s", copy=False), copy=False)
        last = last.order_by("nr", copy=False) if self.shape.ordered else last
        return Plan(
            last.sql(dialect=self.engine.value),
            self.engine,
            self.shape,
            seen,
            self.leaves,
            ("subject", *names, *result),
            self.masks,
        )

    def first_stage(self) -> exp.Select:
        """One row per subject with all that the draft asks of its rows."""
        if self.shape.folded:
            return Tallies(self.engine, self.shape, self.leaves).with_masks(self.masks)
        if self.shape.layout is Layout.LONG:
            rows = LongRows(self.engine, self.shape, self.leaves, self.masks, self.asked)
            return rows.query(self.draft.fields)
        return WideRows(self.engine, self.shape, self.leaves, self.masks).query(self.draft.fields)

    # -- nodes

    def node(self, node: Node) -> tuple[Value, Seen]:
        if is_leaf(node, self.level):
            leaf, seen = self.draft.leaf()
            value = self.draft.single(leaf)
            if isinstance(node, Indicator):
                return value, self.draft.noting_estimate(self.draft.with_na(value, seen))
            return value, self.draft.published(value, seen)
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
            seen = self.draft.published(value, seen)
        return Seen(node, na=seen.na, below=(seen,))

    def scaled(self, value: Value, factor: Fraction) -> Value:
        common = gcd(factor.numerator, value.scale)
        by = Whole.of(factor.numerator // common)
        return replace(
            value,
            low=self.draft.math.times(value.low, by),
            high=self.draft.math.times(value.high, by),
            scale=value.scale // common * factor.denominator,
        )

    def rounded(self, value: Value, node: Node, decimals: int, rule: Rounding) -> Value:
        name, stage = self.draft.next_name(), value.stage + 1
        most = int(bounds(node).high * 10**decimals) + 1
        low, high = (
            self.draft.math.rounded(end, value.scale, value.over, decimals, rule, most)
            for end in (value.low, value.high)
        )
        shown = high.sql if value.free else unless_full(high.sql)
        return replace(
            value,
            low=self.draft.column(stage, f"{name}_lo", low),
            high=self.draft.column(stage, f"{name}_hi", replace(high, sql=shown)),
            scale=10**decimals,
            stage=stage,
            over=Whole.of(1),
        )

    def weighted_sum(self, node: WeightedSum) -> tuple[Value, Seen]:
        if node.unknown is UnknownWeights.REFUSE and node.has_unknown_weights:
            evaluate(node, {})  # raises RefusedToScore with its own sentence
        return Sum(self.draft, node, self.node).result()
