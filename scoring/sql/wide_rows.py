"""One row per subject with a column per code becomes one row per subject with all fields."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from scoring.sql.expressions import binary, case, cell_of, equal, is_null, literal, nest, total_of
from scoring.sql.fields import Field
from scoring.sql.masks import mask_columns, unless_full
from scoring.sql.plan import Engine, Leaf, Mask, Shape
from scoring.sql.whole import NARROW, Arithmetic


class WideRows:
    """The first stage of the wide layout."""

    def __init__(
        self, engine: Engine, shape: Shape, leaves: Sequence[Leaf], masks: Sequence[Mask]
    ) -> None:
        self.engine, self.shape = engine, shape
        self.leaves, self.masks = leaves, masks
        self.math = Arithmetic(engine)

    def query(self, fields: Sequence[Field]) -> exp.Select:
        def unanswered(leaf: Leaf) -> exp.Expr:
            return is_null(cell_of(leaf))

        query = exp.select("*").from_("answers")
        query = nest(self.engine, query, mask_columns(self.masks, self.math, unanswered))
        columns = {}
        for item in fields:
            columns[item.name] = self.cells(item, "low")
            if item.ranges:
                high = unless_full(self.cells(item, "high"))
                columns[item.name.replace("_lo", "_hi")] = high
        return nest(self.engine, query, columns)

    def cells(self, item: Field, end: str) -> exp.Expr:
        terms = []
        for leaf in self.leaves:
            share = item.shares.get(leaf.index)
            if share is None:
                continue
            cell = cell_of(leaf)
            number = self.math.cast(cell, wide=item.most >= NARROW)
            answered: exp.Expr = binary(exp.Mul, number, literal(share.answer))
            if not share.answer:
                answered = literal(share.there)
            branches = [(is_null(cell), literal(getattr(share, end)))]
            if self.shape.na:
                branches.append((equal(cell, -1), literal(share.na)))
            term = case(*branches, otherwise=answered)
            terms.append(self.math.cast(term, wide=item.most >= NARROW))
        return self.math.cast(total_of(terms), wide=item.most >= NARROW)
