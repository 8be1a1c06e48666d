"""One formula, two readers: the query says the same as the interpreter, figure for figure."""

from __future__ import annotations

import itertools
import math
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
    walk,
)
from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import NA, Answer, RefusedToScore, Tally
from scoring.numbers import Rounding
from scoring.provenance import Fact
from scoring.reading import read_instrument, shipped_paths
from scoring.score import as_json, score
from scoring.sql import Engine, Layout, Leaf, Plan, Shape, TooWide, compile_node, compile_plan
from tests.random_rules import SURE, instrument_of, means, roundings, trees

Answers = Mapping[int, Answer | None]
REFUSED = "refused"
EXAMPLES = int(os.environ.get("HIJAU_EXAMPLES", "60"))


# ---- Both readers, side by side ---------------------------------------------------------------


def answer_of(leaf: Leaf, places: int, folded: bool = False) -> st.SearchStrategy[Answer | None]:
    """What can be answered: a step of the scale, "not applicable", or nothing."""
    ends = bounds(leaf.node)
    low, high = math.ceil(ends.low * 10**places), math.floor(ends.high * 10**places)
    values = st.integers(low, high).map(lambda n: Fraction(n, 10**places))
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
    return None if answer is None else int(answer * 10**places)


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
            if leaf.index not in answers:
                continue
            for number in long_cells(leaf, answers.get(leaf.index), shape):
                rows.append([subject, len(rows), leaf.code, number, number == -1])
    return "answers", names, rows


def wide_rows(leaves: Sequence[Leaf], answers: Answers, shape: Shape) -> Iterator[list[int | None]]:
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
    except RefusedToScore:  # weights that nobody may guess, or too wide: tested by themselves
        return
    subjects = {
        f"s{i}": {leaf.index: data.draw(answer_of(leaf, 1)) for leaf in plan.leaves}
        for i in range(data.draw(st.integers(1, 3)))
    }
    expected = [interpreted(one, plan, s, answers) for s, answers in subjects.items()]
    assert compiled(one, plan, subjects, duck) == expected


@given(data=st.data())
@settings(quick, max_examples=EXAMPLES // 2)
@pytest.mark.parametrize("layout", list(Layout))
def test_means_over_respondents_on_duckdb(layout: Layout, duck: Any, data: st.DataObject) -> None:
    numbers = itertools.count()
    below = data.draw(st.lists(means(numbers), min_size=1, max_size=4))
    share = Fraction(1, len(below))
    name = Name("ikm", "indeks", "Indeks", SURE)
    root: Node = WeightedSum(name, tuple(Part(share, node, SURE) for node in below))
    if data.draw(st.booleans()):
        root = Scale(Name("skala", "skala", "Skala", SURE), Fraction(25), root)
    one = instrument_of(root, 2, data.draw(roundings))
    na = data.draw(st.booleans())
    shape = Shape(layout, places=1, folded=True, most_rows=20, na=na)
    plan = compile_plan(one, shape)
    subjects = {
        f"s{i}": {leaf.index: data.draw(answer_of(leaf, 1, folded=True)) for leaf in plan.leaves}
        for i in range(2)
    }
    rows = rows_of(plan, subjects)[2]
    present = {row[0] for row in rows}
    expected = [interpreted(one, plan, s, a) for s, a in subjects.items() if s in present]
    assert compiled(one, plan, subjects, duck) == expected


# ---- What is known about single trees ---------------------------------------------------------


def leaf_node(code: str, fact: Fact = SURE, high: int = 5) -> Indicator:
    return Indicator(Name(code, "indikator", code, fact), Fraction(), Fraction(high))


def sum_node(
    *parts: tuple[Fraction | None, Node],
    code: str = "jumlah",
    policy: NotApplicable = NotApplicable.FORBIDDEN,
    **further: Any,
) -> WeightedSum:
    made = tuple(Part(weight, node, SURE) for weight, node in parts)
    return WeightedSum(Name(code, code, code, SURE), made, not_applicable=policy, **further)


HALF = Fraction(1, 2)


def agree(one: Instrument, plan: Plan, subjects: Mapping[str, Answers], run: Any) -> None:
    expected = [interpreted(one, plan, s, answers) for s, answers in subjects.items()]
    assert compiled(one, plan, subjects, run) == expected


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("rule", list(Rounding))
def test_it_renders_for_each_engine(engine: Engine, rule: Rounding) -> None:
    root = sum_node(
        (HALF, leaf_node("a")), (HALF, leaf_node("b")), policy=NotApplicable.REDISTRIBUTE
    )
    plan = compile_node(root, Shape(Layout.LONG), 2, rule, engine=engine)
    assert ("AS DOUBLE" in plan.sql) is False
    assert ("OFFSET 0" in plan.sql) is (engine is Engine.POSTGRES)
    assert ("//" in plan.sql) is (engine is Engine.DUCKDB)


def test_many_fields_share_few_words(duck: Any) -> None:
    parts = [(Fraction(1, 100), leaf_node(f"k{i}")) for i in range(100)]
    root = sum_node(*parts, policy=NotApplicable.REDISTRIBUTE)
    one = instrument_of(root)
    plan = compile_plan(one, Shape(Layout.LONG, ordered=False))
    assert plan.sql.count("SUM(") == 1
    assert [len(leaves) for _, leaves in plan.masks] == [62, 38]
    answers: dict[int, Answer | None] = {i: Fraction(i % 6) for i in range(100)}
    answers[63], answers[99], answers[0] = None, NA, None
    agree(one, plan, {"a": answers}, duck)


def test_numbers_past_64_bits_stay_exact(duck: Any) -> None:
    """Six sums that each redistribute over weights like 1/9973 multiply to 80 digits and more."""
    primes = (9973, 9967, 9949, 9941, 9931, 9929)
    below = [
        sum_node(
            (Fraction(1, p), leaf_node(f"a{p}")),
            (Fraction(p - 1, p), leaf_node(f"b{p}")),
            code=f"s{p}",
            policy=NotApplicable.REDISTRIBUTE,
        )
        for p in primes
    ]
    root = sum_node(*((Fraction(1, 6), node) for node in below))
    one = instrument_of(root, 6, Rounding.HALF_EVEN)
    answers: dict[int, Answer | None] = {i: Fraction(i % 5) for i in range(12)}
    answers[3] = None
    for layout in Layout:
        plan = compile_plan(one, Shape(layout))
        assert "INT128" in plan.sql
        agree(one, plan, {"x": answers, "y": {**answers, 3: Fraction(2)}}, duck)


def refuses(root: Node, shape: Shape, sentence: str, **choice: Any) -> None:
    with pytest.raises(TooWide, match=sentence):
        compile_node(root, shape, choice.pop("decimals", 2), Rounding.HALF_UP, **choice)


def test_it_refuses_what_is_too_long() -> None:
    shape = Shape(Layout.LONG, folded=True, most_rows=10**6)
    below = [
        (Fraction(1, 9), Mean(Name(f"u{i}", "unsur", "u", SURE), "responden", leaf_node(f"k{i}")))
        for i in range(9)
    ]
    refuses(sum_node(*below), shape, "bilangan .* angka")
    weight = Fraction(1, 2**70 + 1)
    long = sum_node((weight, leaf_node("a")), (1 - weight, leaf_node("b")))
    refuses(long, Shape(Layout.LONG), "terlalu rinci", engine=Engine.SPARK)
    third = sum_node((Fraction(1, 3), leaf_node("a")), (Fraction(2, 3), leaf_node("b")))
    refuses(third, Shape(Layout.WIDE), "Angka terbit", decimals=30)


def test_it_refuses_what_has_no_place() -> None:
    shape = Shape(Layout.WIDE)
    below = Indicator(Name("a", "indikator", "a", SURE), Fraction(-1), Fraction(1))
    refuses(below, shape, "negatif")
    refuses(leaf_node("a"), replace(shape, folded=True), "bukan rata-rata")
    refuses(sum_node((Fraction(), leaf_node("a"))), shape, "nol")
    inner = sum_node((Fraction(1), leaf_node("a")), code="aspek")
    outer = Rounded(Name("b", "aspek", "b", SURE), 1, Rounding.DOWN, inner)
    refuses(outer, shape, "bersusun", level="aspek")
    hidden = Mean(Name("u", "unsur", "u", SURE), "responden", inner)
    refuses(hidden, shape, "Tidak ada simpul")
    unknown = sum_node((None, leaf_node("a")), policy=NotApplicable.FULL)
    refuses(unknown, shape, "tidak diterbitkan")


def test_it_refuses_as_the_interpreter_does() -> None:
    hidden = sum_node((None, leaf_node("a")), unknown=UnknownWeights.REFUSE)
    with pytest.raises(RefusedToScore, match="--level jumlah"):
        compile_node(hidden, Shape(Layout.WIDE), 2, Rounding.HALF_UP)


def test_an_entered_level_shows_what_is_below_a_missing_figure(duck: Any) -> None:
    first = sum_node((HALF, leaf_node("a")), (HALF, leaf_node("b")), code="aspek")
    hidden = sum_node((None, leaf_node("c")), code="aspek", unknown=UnknownWeights.REFUSE)
    hidden = replace(hidden, name=replace(hidden.name, code="lain"))
    one = instrument_of(sum_node((HALF, first), (HALF, hidden)))
    for layout in Layout:
        plan = compile_plan(one, Shape(layout, places=1), level="aspek")
        value = Fraction(7, 2)
        subjects: dict[str, Answers] = {
            "penuh": {0: value, 1: value},
            "kurang": {0: None, 1: value},
            "ditolak": {0: value, 1: None},
        }
        agree(one, plan, subjects, duck)


# ---- Every shipped instrument ------------------------------------------------------------------

SHIPPED = [
    (path, form, level, convention)
    for path in shipped_paths()
    for one in [read_instrument(path)]
    for form in one.forms
    for level in [None, *dict.fromkeys(node.name.level for node in walk(one.formula(form or None)))]
    for convention in [None, *(known.name for known in one.conventions)]
]


def shipped_case(
    case: tuple[Any, str, str | None, str | None], layout: Layout, data: st.DataObject, run: Any,
    engine: Engine = Engine.DUCKDB,
) -> None:  # fmt: skip
    path, form, level, convention = case
    one = read_instrument(path)
    choice = {"form": form or None, "convention": convention}
    folded = one.row == "respondent" and level is None
    places = 0 if level in (None, LEAF_LEVEL) else 2
    shape = Shape(layout, places, folded, 100, na=not folded)
    try:
        plan = compile_plan(one, shape, engine=engine, level=level, **choice)
    except RefusedToScore:
        return
    subjects = {
        f"s{i}": {
            leaf.index: data.draw(answer_of(leaf, places, folded))
            for leaf in plan.leaves
            if leaf.key[0] == (level or LEAF_LEVEL)
        }
        for i in range(2)
    }
    present = {row[0] for row in rows_of(plan, subjects)[2]}
    expected = [interpreted(one, plan, s, a, **choice) for s, a in subjects.items() if s in present]
    assert compiled(one, plan, subjects, run) == expected


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("case", SHIPPED, ids=str)
def test_a_shipped_instrument_on_duckdb(case: Any, layout: Layout, duck: Any) -> None:
    @settings(quick, max_examples=5)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        shipped_case(case, layout, data, duck)

    check()


# ---- PostgreSQL --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres(postgres_dsn: str) -> Iterator[Any]:
    import psycopg

    with psycopg.connect(postgres_dsn, autocommit=True) as connection:

        def run(sql: str, table: str, names: list[str], rows: list[list[object]]) -> list[Any]:
            connection.execute(f"DROP TABLE IF EXISTS {table}")
            connection.execute(f"CREATE TEMP TABLE {table} ({', '.join(names)})".encode())
            with connection.cursor() as cursor:
                marks = ", ".join("%s" for _ in names)
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})".encode(), rows)
                return cursor.execute(sql.encode()).fetchall()

        yield run


@given(data=st.data())
@settings(quick, max_examples=max(EXAMPLES // 2, 1))
@pytest.mark.parametrize("layout", list(Layout))
def test_a_random_tree_on_postgres(layout: Layout, postgres: Any, data: st.DataObject) -> None:
    root = data.draw(trees())
    one = instrument_of(root, 2, data.draw(roundings))
    try:
        plan = compile_plan(one, Shape(layout, places=1), engine=Engine.POSTGRES)
    except RefusedToScore:
        return
    subjects = {
        f"s{i}": {leaf.index: data.draw(answer_of(leaf, 1)) for leaf in plan.leaves}
        for i in range(2)
    }
    agree(one, plan, subjects, postgres)


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("case", SHIPPED[::5], ids=str)
def test_a_shipped_instrument_on_postgres(case: Any, layout: Layout, postgres: Any) -> None:
    @settings(quick, max_examples=3)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        shipped_case(case, layout, data, postgres, Engine.POSTGRES)

    check()
