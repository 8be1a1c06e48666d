"""The interpreter: weights that move, figures that win, and ranges that never lie."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
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
    children,
    walk,
)
from scoring.interpret import NA, Answer, RefusedToScore, Tally, evaluate, mean_of
from scoring.numbers import Rounding
from scoring.provenance import Fact, Label

SURE = Fact(Label.VERIFIED, ("sumber",))
GUESS = Fact(Label.ASSUMED, note="dikira")


def name(code: str, level: str = "indikator", fact: Fact = SURE) -> Name:
    return Name(code, level, code, fact)


def leaf(code: str, high: int = 5) -> Indicator:
    return Indicator(name(code), Fraction(), Fraction(high))


def total(
    weights: list[Fraction | None],
    rule: NotApplicable = NotApplicable.FORBIDDEN,
    unknown: UnknownWeights = UnknownWeights.RANGE,
) -> WeightedSum:
    parts = tuple(Part(w, leaf(f"i{i}"), SURE) for i, w in enumerate(weights))
    return WeightedSum(name("jumlah", "aspek"), parts, Fraction(1), rule, unknown)


def answers(*values: Fraction | int | Any | None) -> dict[tuple[str, str], Answer]:
    return {
        ("indikator", f"i{i}"): Fraction(v) if isinstance(v, int) else v
        for i, v in enumerate(values)
        if v is not None
    }


points = st.integers(0, 5)
shares = st.lists(st.integers(1, 30), min_size=2, max_size=6).map(
    lambda raw: [Fraction(one, sum(raw)) for one in raw]
)


# ---- Weights -------------------------------------------------------------------------------------


@given(shares, st.data())
def test_redistribution_equals_counting_again_without_the_part(
    weights: list[Fraction], data: st.DataObject
) -> None:
    given_answers = [data.draw(st.one_of(st.just(NA), points)) for _ in weights]
    kept = [(w, a) for w, a in zip(weights, given_answers, strict=True) if isinstance(a, int)]
    step = evaluate(total([*weights], NotApplicable.REDISTRIBUTE), answers(*given_answers))
    if not kept:
        assert step.not_applicable
        assert step.value is None
        return
    assert step.value == sum(w * a for w, a in kept) / sum(w for w, _ in kept)
    counted = [below.weight for below in step.below if below.weight is not None]
    assert sum(counted) == 1
    assert len(counted) == len(kept)


@given(shares, st.data())
def test_full_and_nought_count_the_part_at_its_ends(
    weights: list[Fraction], data: st.DataObject
) -> None:
    given_answers = [data.draw(st.one_of(st.just(NA), points)) for _ in weights]
    for rule, instead in ((NotApplicable.FULL, 5), (NotApplicable.ZERO, 0)):
        step = evaluate(total([*weights], rule), answers(*given_answers))
        filled = [instead if a is NA else a for a in given_answers]
        assert step.value == sum(w * a for w, a in zip(weights, filled, strict=True))


def test_a_part_that_may_not_be_left_out_is_refused() -> None:
    with pytest.raises(RefusedToScore, match="“Tidak berlaku” tidak dikenal untuk i1"):
        evaluate(total([Fraction(1, 2)] * 2), answers(1, NA))


def test_parts_without_weight_left_make_the_whole_not_applicable() -> None:
    node = total([Fraction(1), Fraction(0)], NotApplicable.REDISTRIBUTE)
    assert evaluate(node, answers(NA, 3)).not_applicable


@given(st.lists(points, min_size=4, max_size=4), st.tuples(*[st.integers(0, 50)] * 3))
def test_the_range_holds_every_admissible_weight(
    given_answers: list[int], raw: tuple[int, ...]
) -> None:
    assume(sum(raw))
    step = evaluate(total([Fraction(2, 5), None, None, None]), answers(*given_answers))
    weights = [Fraction(2, 5), *(Fraction(3 * one, 5 * sum(raw)) for one in raw)]
    value = sum(w * a for w, a in zip(weights, given_answers, strict=True))
    assert step.low <= value <= step.high
    assert step.is_estimate


@given(points, points)
def test_the_range_is_no_wider_than_the_weights_allow(a: int, b: int) -> None:
    step = evaluate(total([None, None]), answers(a, b))
    assert step.low == min(a, b)
    assert step.high == max(a, b)
    assert step.value == (a if a == b else None)


def test_unpublished_weights_may_be_refused() -> None:
    node = total([Fraction(1, 2), None], unknown=UnknownWeights.REFUSE)
    with pytest.raises(RefusedToScore, match=r"tidak diterbitkan.*--level aspek"):
        evaluate(node, answers(1, 1))
    assert evaluate(total([Fraction(1)], unknown=UnknownWeights.REFUSE), answers(1)).value == 1


# ---- What is missing -----------------------------------------------------------------------------


@given(shares, st.data())
def test_every_completion_lies_between_low_and_high(
    weights: list[Fraction], data: st.DataObject
) -> None:
    rule = data.draw(st.sampled_from(NotApplicable))
    node = Scale(name("kali", "akar"), Fraction(20), total([*weights], rule))
    full = [data.draw(points) for _ in weights]
    hidden = [data.draw(st.booleans()) for _ in weights]
    seen = [None if h else a for h, a in zip(hidden, full, strict=True)]
    partly, wholly = evaluate(node, answers(*seen)), evaluate(node, answers(*full))
    assert wholly.value is not None
    assert partly.low <= wholly.value <= partly.high
    assert len(partly.missing) == sum(hidden)
    assert (partly.value is None) == any(hidden)
    ends = bounds(node)
    assert ends.low <= partly.low
    assert partly.high <= ends.high


def test_what_is_missing_is_never_nought() -> None:
    step = evaluate(total([Fraction(1, 2)] * 2), answers(5))
    assert (step.value, step.low, step.high) == (None, Fraction(5, 2), Fraction(5))
    assert step.missing == ("i1",)


# ---- Entered figures -----------------------------------------------------------------------------


@given(st.fractions(0, 5), st.lists(points, min_size=2, max_size=2))
def test_an_entered_figure_wins_over_the_answers(figure: Fraction, below: list[int]) -> None:
    node = total([Fraction(1, 2)] * 2)
    step = evaluate(node, {**answers(*below), ("aspek", "jumlah"): figure})
    assert step.value == figure
    assert step.given
    assert not step.below


def test_an_entered_figure_rests_on_no_weight() -> None:
    node = total([None, None])
    assert not evaluate(node, {("aspek", "jumlah"): Fraction(3)}).is_estimate


def test_a_node_that_does_not_apply_needs_no_answers() -> None:
    assert evaluate(total([Fraction(1)]), {("aspek", "jumlah"): NA}).not_applicable


# ---- Means, scales, rounding ---------------------------------------------------------------------


@given(st.lists(points, min_size=1, max_size=50))
def test_a_mean_is_taken_from_sum_and_count(rows: list[int]) -> None:
    node = Mean(name("nrr", "unsur"), "responden", leaf("i0"))
    tally = Tally(Fraction(sum(rows)), len(rows))
    below = evaluate(node, {("indikator", "i0"): tally})
    assert below.value == Fraction(sum(rows), len(rows))
    assert below.rows == tally
    assert evaluate(node, {("unsur", "nrr"): tally}).value == below.value


def test_a_mean_without_rows_is_unknown() -> None:
    node = Mean(name("nrr", "unsur"), "responden", leaf("i0"))
    for figures in (answers(), answers(Tally(Fraction(), 0)), answers(NA)):
        step = evaluate(node, figures)
        assert (step.value, step.low, step.high) == (None, Fraction(0), Fraction(5))
        assert step.missing == ("nrr",)


def test_a_mean_may_be_answered_by_one_figure() -> None:
    node = Mean(name("nrr", "unsur"), "responden", leaf("i0"))
    assert evaluate(node, answers(Fraction("3.5"))).value == Fraction("3.5")


def test_rounding_happens_where_the_tree_says_so() -> None:
    node = Rounded(name("bulat", "akar"), 1, Rounding.DOWN, total([Fraction(1, 3), Fraction(2, 3)]))
    assert evaluate(node, answers(5, 0)).value == Fraction("1.6")
    assert evaluate(node, answers(5)).high == 5
    assert evaluate(node, answers(5)).low == Fraction("1.6")
    assert evaluate(node, answers(5)).value is None


def test_a_wrapper_of_what_does_not_apply_does_not_apply() -> None:
    inner = total([Fraction(1)], NotApplicable.REDISTRIBUTE)
    for node in (
        Scale(name("kali", "akar"), Fraction(2), inner),
        Rounded(name("bulat", "akar"), 1, Rounding.DOWN, inner),
    ):
        assert evaluate(node, answers(NA)).not_applicable


@given(st.lists(st.one_of(st.none(), st.just(NA), points), min_size=1, max_size=8))
def test_a_mean_of_units_leaves_out_what_does_not_apply(units: list[Any]) -> None:
    one = leaf("i0")
    steps = [evaluate(one, answers(unit)) for unit in units]
    mean = mean_of(Mean(name("instansi", "instansi"), "unit", one), steps)
    counted = [unit for unit in units if unit is not NA]
    if not counted:
        assert (mean.value, mean.low, mean.high) == (None, Fraction(0), Fraction(5))
        assert mean.missing == ("instansi",)
        return
    known = [unit for unit in counted if unit is not None]
    assert mean.low == Fraction(sum(known), len(counted))
    assert (mean.value is None) == (len(known) < len(counted))
    if mean.value is not None:
        assert mean.value == Fraction(sum(known), len(known))


# ---- Trees ---------------------------------------------------------------------------------------


def test_the_bounds_of_a_tree_are_those_of_its_parts() -> None:
    mixed = total([Fraction(1, 2), None, None])
    ends = bounds(Rounded(name("b", "x"), 2, Rounding.DOWN, Mean(name("m", "y"), "unit", mixed)))
    assert (ends.low, ends.high) == (Fraction(0), Fraction(5))
    assert mixed.remainder == Fraction(1, 2)


def test_a_walk_meets_parents_first() -> None:
    node: Node = Scale(name("kali", "akar"), Fraction(2), total([Fraction(1)]))
    assert [one.name.code for one in walk(node)] == ["kali", "jumlah", "i0"]
    assert children(leaf("i0")) == ()
    step = evaluate(node, answers(1))
    assert [one.node.name.code for one in step.walk()] == ["kali", "jumlah", "i0"]


def test_an_estimate_anywhere_makes_the_whole_an_estimate() -> None:
    part = Part(Fraction(1), leaf("i0"), GUESS)
    assert evaluate(WeightedSum(name("a", "b"), (part,)), answers(1)).is_estimate
    guessed = Indicator(name("i0", fact=GUESS), Fraction(), Fraction(1))
    sure = WeightedSum(name("a", "b"), (Part(Fraction(1), guessed, SURE),))
    assert evaluate(sure, answers(1)).is_estimate
    assert not evaluate(total([Fraction(1)]), answers(1)).is_estimate
