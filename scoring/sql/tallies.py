"""A subject of many rows, like the respondents of a survey: the sum and the count of each code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from scoring.sql.expressions import (
    binary,
    cell_of,
    equal,
    is_null,
    literal,
    negated,
    nest,
    order_key,
)
from scoring.sql.masks import mask_columns
from scoring.sql.plan import Engine, Layout, Leaf, Mask, Shape
from scoring.sql.whole import Arithmetic


def compile_tallies(leaves: Sequence[Leaf], shape: Shape, engine: Engine) -> str:
    """Only `subject` and the sum and count per leaf; the interpreter finishes from there."""
    query = Tallies(engine, shape, leaves).query()
    query = query.order_by("nr") if shape.ordered else query
    names = [f"{part}{leaf.index}" for leaf in leaves for part in "tk"]
    return (
        exp.select("subject", *names)
        .from_(query.subquery("s", copy=False), copy=False)
        .sql(dialect=engine.value)
    )


class Tallies:
    """Sums and counts of a subject's many rows: `t0` and `k0` for the first leaf, and so on."""

    def __init__(self, engine: Engine, shape: Shape, leaves: Sequence[Leaf]) -> None:
        self.engine, self.shape, self.leaves = engine, shape, leaves
        self.math = Arithmetic(engine)

    def query(self) -> exp.Select:
        return self.long_rows() if self.shape.layout is Layout.LONG else self.wide_rows()

    def with_masks(self, masks: Sequence[Mask]) -> exp.Select:
        """The same with the presence masks: a leaf is missing where nobody answered it."""

        def unanswered(leaf: Leaf) -> exp.Expr:
            return equal(exp.column(f"k{leaf.index}"), 0)

        return nest(self.engine, self.query(), mask_columns(masks, self.math, unanswered))

    def tally_columns(self, rows: Mapping[int, tuple[exp.Expr, exp.Expr]]) -> exp.Select:
        columns: list[exp.Expr] = []
        for i, (number, counted) in rows.items():
            where = exp.Where(this=counted)
            total = exp.Filter(this=exp.Sum(this=number.copy()), expression=where.copy())
            count = exp.Filter(this=exp.Count(this=exp.Star()), expression=where)
            filled = exp.Coalesce(this=total, expressions=[literal(0)])
            columns.append(exp.alias_(self.math.cast(filled), f"t{i}"))
            columns.append(exp.alias_(count, f"k{i}"))
        query = exp.select("subject", *order_key(self.shape), *columns).from_("answers")
        return query.group_by("subject")

    def wide_rows(self) -> exp.Select:
        """Sum and count per code, from one row per respondent with a column per code."""
        cells = {leaf.index: cell_of(leaf) for leaf in self.leaves}
        return self.tally_columns(
            {i: (cell, binary(exp.GTE, cell, literal(0))) for i, cell in cells.items()}
        )

    def long_rows(self) -> exp.Select:
        """Sum and count per code, from one row per answer of a respondent."""
        answer, rows = exp.column("answer"), {}
        for leaf in self.leaves:
            code = exp.Literal.string(leaf.code)
            tests = [binary(exp.EQ, exp.column("indicator"), code), negated(is_null(answer))]
            if self.shape.na:
                tests.append(negated(exp.column("na")))
            rows[leaf.index] = (answer, exp.and_(*tests))
        return self.tally_columns(rows)
