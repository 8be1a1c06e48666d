"""What a query is asked for, and how to read its rows. Nothing here builds one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.formula import Indicator, Mean, Node, bounds, children, walk
from scoring.interpret import RefusedToScore, Step, evaluate


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


Mask = tuple[str, tuple[Leaf, ...]]
"""A column with a bit per answer that is there, and the leaves of its bits."""


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

    The columns of the masks are NULL where nothing is missing.
    """

    sql: str
    engine: Engine
    shape: Shape
    root: Seen
    leaves: tuple[Leaf, ...]
    columns: tuple[str, ...]
    masks: tuple[Mask, ...]


def leaves_of(root: Node, level: str | None = None, *, folded: bool = False) -> tuple[Leaf, ...]:
    """What is answered (or entered, at `level`) under a tree, in the order of the file."""
    return tuple(_leaf(i, node, level) for i, node in enumerate(_cut(root, level, folded)))


def _cut(node: Node, level: str | None, folded: bool) -> Iterator[Node]:
    if not is_leaf(node, level):
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


def is_leaf(node: Node, level: str | None) -> bool:
    """Whether a node is answered, or entered at `level`, rather than computed."""
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
