"""One formula, two readers: the query says the same as the interpreter, figure for figure."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scoring.bulk import Reader
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
from scoring.instrument import Band, Instrument, Publishing, Text, Validity
from scoring.interpret import NA, Answer, RefusedToScore, Tally
from scoring.numbers import Rounding
from scoring.provenance import Fact, Label
from scoring.score import as_json, score
from scoring.sql import Layout, Leaf, Plan, Shape, TooWide, compile_plan

Answers = Mapping[int, Answer | None]
SURE, GUESS = Fact(Label.VERIFIED, ("x",)), Fact(Label.ASSUMED, (), "x")
REFUSED = "refused"
EXAMPLES = int(os.environ.get("HIJAU_EXAMPLES", "60"))


# ---- Small random instruments --------------------------------------------------------------------

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


# ---- Both readers, side by side ------------------------------------------------------------------


def answer_of(leaf: Leaf, places: int, folded: bool = False) -> st.SearchStrategy[Answer | None]:
    """What can be answered: a step of the scale, "not applicable", or nothing."""
    ends = bounds(leaf.node)
    low, high = int(ends.low * 10**places), int(ends.high * 10**places)
    values = st.integers(-(-ends.low * 10**places // 1), max(low, high)).map(
        lambda n: Fraction(n, 10**places)
    )
    values = st.integers(min(-int(-ends.low * 10**places // 1), high), high).map(
        lambda n: Fraction(n, 10**places)
    )
    if folded:
        counts = st.lists(values, max_size=4)
        return counts.map(lambda v: Tally(sum(v, Fraction()), len(v)) if v else None)
    return st.one_of(values, values, values, values, st.just(NA), st.none())


def interpreted(
    one: Instrument, plan: Plan, subject: str, answers: Answers, **choice: Any
) -> dict[str, object] | str:
    figures = {plan.leaves[i].key: a for i, a in answers.items() if a is not None}
    try:
        return as_json(subject, score(one, figures, **choice))
    except RefusedToScore:
        return REFUSED


def cell(leaf: Leaf, answer: Answer | None, places: int) -> int | None:
    """The integer of a wide cell."""
    if answer is NA:
        return -1 if leaf.takes_na else None
    return None if answer is None else int(answer * 10**places)  # type: ignore[operator]


def rows_of(
    plan: Plan, subjects: Mapping[str, Answers]
) -> tuple[str, list[str], list[list[object]]]:
    """The columns and rows of `answers` for the plan's shape; a tally becomes rows again."""
    shape, leaves = plan.shape, plan.leaves
    rows: list[list[object]] = []
    if shape.layout is Layout.WIDE:
        names = ["subject text", "nr bigint", *(f"c{leaf.index} integer" for leaf in leaves)]
        for subject, answers in subjects.items():
            for cells in wide_rows(leaves, answers, shape):
                rows.append([subject, len(rows), *cells])
        return "answers", names, rows
    names = ["subject text", "nr bigint", "indicator text", "answer integer", "na boolean"]
    for subject, answers in subjects.items():
        rows.append([subject, len(rows), "tidak-dinilai", 1, False])
        for leaf in leaves:
            for number in long_cells(leaf, answers.get(leaf.index), shape):
                rows.append([subject, len(rows), leaf.code, number, number == -1])
    return "answers", names, rows


def wide_rows(
    leaves: Sequence[Leaf], answers: Answers, shape: Shape
) -> Iterator[list[int | None]]:
    columns = [long_cells(leaf, answers.get(leaf.index), shape) for leaf in leaves]
    height = max(len(column) for column in columns) if shape.folded else 1
    for i in range(max(height, 1)):
        yield [column[i] if i < len(column) else None for column in columns]


def long_cells(leaf: Leaf, answer: Answer | None, shape: Shape) -> list[int | None]:
    if not isinstance(answer, Tally):
        return [cell(leaf, answer, shape.places)]
    whole = int(answer.total * 10**shape.places)
    share = whole // answer.count
    return [*([share] * (answer.count - 1)), whole - share * (answer.count - 1)]


def compiled(
    one: Instrument, plan: Plan, subjects: Mapping[str, Answers], run: Any
) -> list[dict[str, object] | str]:
    """What the engine and the reader of its rows say about each subject."""
    reader = Reader(one, plan)
    rows = run(plan.sql, *rows_of(plan, subjects))
    results: list[dict[str, object] | str] = []
    forbidden = [s.leaf for s in plan.root.walk() if s.forbidden and s.leaf and s.leaf.takes_na]
    for row in rows:
        if any(subjects[row[0]].get(leaf.index) is NA for leaf in forbidden):
            results.append(REFUSED)
            continue
        try:
            results.append(reader.read(row))
        except RefusedToScore:
            results.append(REFUSED)
    return results


@pytest.fixture(scope="session")
def duck() -> Iterator[Any]:
    connection = duckdb.connect()

    def run(sql: str, table: str, names: list[str], rows: list[list[object]]) -> list[Any]:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({', '.join(names)})")
        marks = ", ".join("?" for _ in names)
        values = ", ".join(f"({marks})" for _ in rows)
        flat = [value for row in rows for value in row]
        connection.execute(f"INSERT INTO {table} VALUES {values}", flat)
        return connection.execute(sql).fetchall()

    yield run
    connection.close()


quick = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking a tree takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(data=st.data())
@settings(quick, max_examples=EXAMPLES)
@pytest.mark.parametrize("layout", list(Layout))
def test_a_random_tree_on_duckdb(layout: Layout, duck: Any, data: st.DataObject) -> None:
    root = data.draw(trees())
    decimals, rule = data.draw(st.integers(0, 3)), data.draw(roundings)
    one = instrument_of(root, decimals, rule)
    shape = Shape(layout, places=1)
    try:
        plan = compile_plan(one, shape)
    except TooWide:
        return
    except RefusedToScore:
        return
    subjects = {
        f"s{i}": {leaf.index: data.draw(answer_of(leaf, 1)) for leaf in plan.leaves}
        for i in range(data.draw(st.integers(1, 3)))
    }
    expected = [interpreted(one, plan, s, answers) for s, answers in subjects.items()]
    assert compiled(one, plan, subjects, duck) == expected
