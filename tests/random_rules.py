"""Small rules by chance: every kind of node, every policy, weights that nobody published."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from scoring.formula import (
    Indicator,
    Mean,
    Name,
    Node,
    NotApplicable,
    Part,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    bounds,
)
from scoring.instrument import Band, Instrument, Publishing, Validity
from scoring.numbers import Rounding
from scoring.provenance import Fact, Label
from scoring.text import Text

SURE, GUESS = Fact(Label.VERIFIED, ("x",)), Fact(Label.ASSUMED, (), "x")

facts = st.sampled_from([SURE, SURE, SURE, SURE, SURE, SURE, GUESS])
roundings = st.sampled_from(list(Rounding))
small = st.integers(0, 12)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> Node:
    """Any tree of the five kinds, as deep as `depth`, each node with a code of its own."""
    numbers = itertools.count()
    return draw(nodes(numbers, depth))


def nodes(numbers: Iterator[int], depth: int) -> st.SearchStrategy[Node]:
    kinds = [indicators(numbers)]
    if depth:
        kinds += [sums(numbers, depth), sums(numbers, depth), wrapped(numbers, depth)]
        kinds += [means(numbers)]
    return st.one_of(kinds)


@st.composite
def names(draw: st.DrawFn, numbers: Iterator[int], level: str) -> Name:
    code = f"k{next(numbers)}"
    return Name(code, level, code.upper(), draw(facts))


@st.composite
def indicators(draw: st.DrawFn, numbers: Iterator[int]) -> Node:
    low = Fraction(draw(st.integers(0, 2)), draw(st.sampled_from([1, 1, 1, 2])))
    high = low + draw(st.integers(1, 5))
    places = draw(st.integers(0, 1))
    return Indicator(draw(names(numbers, "indikator")), low, high, places)


@st.composite
def means(draw: st.DrawFn, numbers: Iterator[int]) -> Node:
    return Mean(draw(names(numbers, "unsur")), "responden", draw(indicators(numbers)))


@st.composite
def wrapped(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Node:
    name = draw(names(numbers, "bungkus"))
    below = draw(nodes(numbers, depth - 1))
    if draw(st.booleans()):
        factor = Fraction(draw(st.integers(0, 25)), draw(st.integers(1, 3)))
        return Scale(name, factor, below)
    return Rounded(name, draw(st.integers(0, 2)), draw(roundings), below)


@st.composite
def sums(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Node:
    name = draw(names(numbers, draw(st.sampled_from(["aspek", "dimensi"]))))
    count = draw(st.integers(1, 4))
    shares = draw(st.lists(small, min_size=count, max_size=count).filter(any))
    below = [draw(nodes(numbers, depth - 1)) for _ in range(count)]
    unknown = draw(st.booleans()) and draw(st.booleans())
    hidden = draw(st.sets(st.integers(0, count - 1), min_size=1)) if unknown else set()
    parts = tuple(
        Part(None if i in hidden else Fraction(share, sum(shares)), node, draw(facts))
        for i, (share, node) in enumerate(zip(shares, below, strict=True))
    )
    policy = NotApplicable.FORBIDDEN if unknown else draw(st.sampled_from(list(NotApplicable)))
    refuse = draw(st.sampled_from([UnknownWeights.RANGE] * 5 + [UnknownWeights.REFUSE]))
    total = Fraction(1) if unknown else draw(st.sampled_from([Fraction(1), Fraction(99, 100)]))
    if total != 1 and draw(st.booleans()):
        parts = tuple(replace(p, weight=(p.weight or Fraction()) * total) for p in parts)
    return WeightedSum(name, parts, total, policy, refuse)


def instrument_of(root: Node, decimals: int = 2, rule: Rounding = Rounding.HALF_UP) -> Instrument:
    """An instrument around a tree, with two bands that split its scale."""
    ends = bounds(root)
    middle = Fraction(int((ends.low + ends.high) / 2 * 10**decimals), 10**decimals)
    step = Fraction(1, 10**decimals)
    bands = (
        Band(middle, ends.high, "A", Text("Baik"), "hijau", GUESS),
        Band(ends.low, middle - step, "B", Text("Kurang"), "merah", SURE),
    )
    return Instrument(
        id="uji/acak",
        title=Text("Acak"),
        family="uji",
        body="uji",
        row="unit",
        valid=Validity(dt.date(2026, 1, 1), None, SURE),
        basis=(),
        sources={},
        publish=Publishing(decimals, rule, ends.low, ends.high, SURE),
        questions=(),
        forms={"": root},
        institution=None,
        conventions=(),
        bands=bands,
        axis=None,
        cases=(),
        sha256="0",
    )
