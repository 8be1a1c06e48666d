"""The presence masks: a bit per leaf of a subject, NULL where the subject answered everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from scoring.sql.expressions import binary, case, equal, literal, negated, total_of
from scoring.sql.plan import Leaf, Mask
from scoring.sql.whole import NARROW_BITS, Arithmetic

MASK_BITS = NARROW_BITS
"""Answers per presence mask, so that a mask is a BIGINT on every engine."""

FULL = "m0"
"""The first mask; NULL where the subject answered everything."""

INCOMPLETE = exp.Not(this=exp.Is(this=exp.column(FULL), expression=exp.Null()))


def masks_of(leaves: Sequence[Leaf]) -> tuple[Mask, ...]:
    """The masks of all leaves, in their order."""
    starts = range(0, len(leaves), MASK_BITS)
    return tuple((f"m{i // MASK_BITS}", tuple(leaves[i : i + MASK_BITS])) for i in starts)


def full_mask(leaves: Sequence[Leaf]) -> int:
    """What a mask is where all its leaves are there."""
    return int(2 ** len(leaves) - 1)


def mask_columns(
    masks: Sequence[Mask], math: Arithmetic, absent: Callable[[Leaf], exp.Expr]
) -> dict[str, exp.Expr]:
    """The masks, from what says of one leaf that it is not there."""
    found = {}
    for name, leaves in masks:
        bits = [
            case((absent(leaf), literal(0)), otherwise=literal(1 << i))
            for i, leaf in enumerate(leaves)
        ]
        found[name] = (full_mask(leaves), math.cast(total_of(bits)))
    return null_when_full(masks, found)


def null_when_full(
    masks: Sequence[Mask], found: Mapping[str, tuple[int, exp.Expr]]
) -> dict[str, exp.Expr]:
    """The columns of the masks, from what each is at most and what it is."""
    full = exp.and_(*(equal(sql, most) for most, sql in found.values()))
    return {name: case((negated(full), found[name][1])) for name, _ in masks}


def unless_full(sql: exp.Expr) -> exp.Expr:
    """The expression, or NULL for a subject that answered everything."""
    return case((INCOMPLETE, sql))


def missing(leaf: Leaf) -> exp.Expr:
    """Whether a mask lacks the bit of a leaf."""
    mask, bit = f"m{leaf.index // MASK_BITS}", 1 << leaf.index % MASK_BITS
    return equal(binary(exp.BitwiseAnd, exp.column(mask), literal(bit)), 0)
