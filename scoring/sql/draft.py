"""What is gathered on the walk down one tree: fields, stages, and columns of the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import lcm

from sqlglot import exp

from scoring.formula import Node, NotApplicable, bounds
from scoring.numbers import Rounding
from scoring.sql.expressions import case, equal, literal
from scoring.sql.fields import Field, Share
from scoring.sql.masks import unless_full
from scoring.sql.plan import Engine, Leaf, Seen, Shape
from scoring.sql.whole import NARROW, Arithmetic, Whole


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
    over: Whole = field(default_factory=lambda: Whole.of(1))
    na: exp.Expr | None = None
    free: bool = False


class Draft:
    """A query in the making: `fields` for the first stage, `stages` above it, and the `result`.

    Figures of the result are rounded to `decimals` by `rule`. The leaves come in their order.
    """

    def __init__(
        self,
        root: Node,
        shape: Shape,
        leaves: Sequence[Leaf],
        decimals: int,
        rule: Rounding,
        engine: Engine,
    ) -> None:
        self.root, self.shape = root, shape
        self.decimals, self.rule = decimals, rule
        self.math = Arithmetic(engine)
        self.ahead = iter(leaves)
        self.fields: list[Field] = []
        self.stages: list[dict[str, exp.Expr]] = [{}]
        self.result: dict[str, exp.Expr] = {}
        self.numbers = 0

    # -- names and columns

    def next_name(self) -> str:
        self.numbers += 1
        return f"n{self.numbers}"

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
        none = equal(count, 0)
        total = Whole(exp.column(f"t{i}"), most // (scale // ten))
        total = self.math.times(total, Whole.of(scale // ten))
        low, high = (
            Whole(case((none, literal(int(end * scale))), otherwise=total.sql), most, total.wide)
            for end in (leaf.low, leaf.high)
        )
        over = Whole(case((none, literal(1)), otherwise=count), rows)
        return Value(
            self.column(0, f"{name}_lo", low),
            self.column(0, f"{name}_hi", replace(high, sql=unless_full(high.sql))),
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
        value.na = equal(value.over.sql, 0)
        value.over = Whole.of(1)
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
        self.result[name] = equal(exp.column(name), 1)
        return replace(seen, applies=name)

    # -- what the result shows

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
        self.result[f"{name}_hi"] = high.sql if value.free else unless_full(high.sql)
        return replace(self.with_na(value, seen), low=f"{name}_lo", high=f"{name}_hi")
