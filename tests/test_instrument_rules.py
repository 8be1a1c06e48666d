"""What an instrument answers about itself, and what a score says for later use."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest

from scoring.formula import Indicator, Rounded, WeightedSum, walk
from scoring.instrument import Instrument
from scoring.numbers import Rounding
from scoring.reading import SHIPPED, read_instrument
from scoring.score import score, score_institution
from scoring.text import Text


def shipped(name: str) -> Instrument:
    return read_instrument(SHIPPED / f"{name}.yaml")


OPINI, SKM, PEKPPP = (
    shipped("ombudsman/opini-2022"),
    shipped("skm/permenpanrb-14-2017"),
    shipped("pekppp/pedoman-2022"),
)


def test_a_text_falls_back_to_the_legal_wording() -> None:
    assert str(Text("Biaya", "Fee")) == "Biaya"
    assert Text("Biaya", "Fee").in_language("en-gb") == "Fee"
    assert Text("Biaya", "Fee").in_language("id") == Text("Biaya").in_language("en") == "Biaya"


def test_a_day_is_within_the_validity() -> None:
    assert dt.date(2022, 1, 1) in OPINI.valid
    assert dt.date(2024, 12, 31) in OPINI.valid
    assert dt.date(2025, 1, 1) not in OPINI.valid
    assert dt.date(2016, 1, 1) not in SKM.valid
    assert dt.date(2099, 1, 1) in replace(SKM.valid, until=None)


def test_instruments_are_told_apart_by_their_hash() -> None:
    assert len({OPINI, SKM, OPINI}) == 2


def test_an_unknown_convention_is_a_key_error() -> None:
    default = SKM.convention(None)
    assert default is not None
    assert SKM.convention(default.name) is default
    with pytest.raises(KeyError):
        SKM.convention("0.2")


def test_a_form_asks_its_own_questions_and_the_unscored_ones() -> None:
    asked = {question.code for question in PEKPPP.questions_of("A")}
    assert "f03a-1" in asked
    assert "f03b-1" not in asked
    assert {q.code for q in PEKPPP.questions if q.unscored} <= asked
    assert PEKPPP.questions_of() == PEKPPP.questions_of("A")


def test_a_convention_reaches_below_every_kind_of_node() -> None:
    root = SKM.formula()
    name = replace(root.name, code="bulat", level="akar")
    wrapped = replace(SKM, forms={"": Rounded(name, 2, Rounding.DOWN, root)})
    sums = [n for n in walk(wrapped.formula(convention="0.111")) if isinstance(n, WeightedSum)]
    assert sums[0].parts[0].weight == Fraction("0.111")
    assert sums[0].total == Fraction("0.999")


def test_a_convention_may_weigh_each_part_or_share_what_is_left() -> None:
    (root,) = [n for n in walk(SKM.formula()) if isinstance(n, WeightedSum)]
    codes = [part.node.name.code for part in root.parts]
    free = replace(root, parts=tuple(replace(p, weight=None) for p in root.parts))
    base = SKM.conventions[0]
    each = replace(
        base, name="tiap", weights={root.name.code: dict.fromkeys(codes, Fraction(1, 9))}
    )
    equal = replace(base, name="sama", weights={root.name.code: None})
    other = replace(base, name="lain", weights={})
    made = replace(SKM, forms={"": free}, conventions=(each, equal, other))
    for name in ("tiap", "sama"):
        weighed = made.formula(convention=name)
        assert isinstance(weighed, WeightedSum)
        assert {part.weight for part in weighed.parts} == {Fraction(1, 9)}
    untouched = made.formula(convention="lain")
    assert isinstance(untouched, WeightedSum)
    assert untouched.has_unknown_weights
    known = replace(made, forms={"": root}).formula(convention="sama")
    assert isinstance(known, WeightedSum)
    assert known.parts[0].weight == root.parts[0].weight


def test_without_a_table_there_is_no_category() -> None:
    bare = replace(OPINI, bands=())
    assert bare.band(Fraction(50)) is None
    assert bare.bands_between(Fraction(), Fraction(100)) == ()


def test_a_figure_below_the_table_belongs_to_its_lowest_row() -> None:
    """Nine times 0.11 lets an index come out below 25.00, the lowest figure of the table."""
    lowest = SKM.band(Fraction("24.75"))
    assert lowest is not None
    assert lowest.code == "D"


def test_a_score_tells_how_much_is_wanting() -> None:
    root = OPINI.formula().name
    result = score(OPINI, {(root.level, root.code): Fraction("87.994")})
    assert result.exact == Fraction("87.994")
    assert result.gap_to(Fraction(88)) == Fraction("0.01")
    assert result.gap_to(Fraction(80)) == 0
    assert score(OPINI, {}).gap_to(Fraction(88)) is None
    assert result.opinions == ()


def test_an_institution_is_scored_from_unrounded_units() -> None:
    root = OPINI.formula().name
    units = [score(OPINI, {(root.level, root.code): Fraction(v)}) for v in ("77.994", "77.996")]
    total = score_institution(OPINI, units)
    assert total is not None
    assert total.exact == Fraction("77.995")
    assert total.published(total.value) == "78.00"
    assert score_institution(replace(OPINI, institution=None), units) is None


def test_every_leaf_of_a_form_is_a_question() -> None:
    for form in PEKPPP.forms:
        leaves = [n for n in walk(PEKPPP.formula(form)) if isinstance(n, Indicator)]
        assert {leaf.name.code for leaf in leaves} <= set(PEKPPP.by_code)
