"""The pieces of a query: small expressions, closed in the brackets they need, and nesting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from sqlglot import exp

from scoring.sql.plan import Engine, Leaf, Shape


def literal(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def cell_of(leaf: Leaf) -> exp.Expr:
    """The answer to a leaf in the wide layout."""
    return exp.column(f"c{leaf.index}")


def own(sql: exp.Expr) -> exp.Expr:
    """An expression that may hang in a tree: itself the first time, then a copy."""
    return sql if sql.parent is None else sql.copy()


def inside(sql: exp.Expr) -> exp.Expr:
    """SQLGlot prints a tree as it stands; without these brackets a product of sums falls apart."""
    # For SQLGlot AND is a function too, so that what has two sides is asked for first.
    closed = isinstance(sql, exp.Column | exp.Literal | exp.Func | exp.Case | exp.Paren)
    closed = closed and not isinstance(sql, exp.Binary)
    return own(sql) if closed else exp.Paren(this=own(sql))


def binary(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return kind(this=inside(left), expression=inside(right))


def equal(left: exp.Expr, right: int) -> exp.Expr:
    return binary(exp.EQ, left, literal(right))


def is_null(sql: exp.Expr) -> exp.Expr:
    return exp.Is(this=inside(sql), expression=exp.Null())


def negated(sql: exp.Expr) -> exp.Expr:
    return exp.Not(this=inside(sql))


def case(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    ifs = [exp.If(this=own(when), true=own(then)) for when, then in branches]
    return exp.Case(ifs=ifs, default=None if otherwise is None else own(otherwise))


def total_of(terms: Sequence[exp.Expr]) -> exp.Expr:
    # A balanced tree: a chain of a hundred additions would exhaust the parsers' stacks.
    if len(terms) < 3:
        return reduce(lambda a, b: binary(exp.Add, a, b), terms)
    half = len(terms) // 2
    return binary(exp.Add, total_of(terms[:half]), total_of(terms[half:]))


# ---- Names, nesting and order ------------------------------------------------------------------


def named(item: tuple[str, exp.Expr]) -> exp.Expr:
    """An expression as a column of that name."""
    name, sql = item
    return exp.alias_(own(sql), name, copy=False)


def nest(engine: Engine, query: exp.Select, columns: dict[str, exp.Expr]) -> exp.Select:
    """One stage more on top of a query; its columns name what the next stage uses often."""
    if not columns:
        return query
    outer = exp.select("*", *map(named, columns.items())).from_(
        query.subquery("s", copy=False), copy=False
    )
    # PostgreSQL would pull the stages up into one expression that repeats each many times.
    return outer.offset(0, copy=False) if engine is Engine.POSTGRES else outer


def order_key(shape: Shape) -> list[exp.Expr]:
    """The place of a subject's first row, where the result follows it."""
    return [exp.alias_(exp.Min(this=exp.column("nr")), "nr")] if shape.ordered else []
