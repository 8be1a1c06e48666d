"""The rules of every shipped indicator: complete facts give one level, and more is never less.

Facts that many a unit could state are tried one and all; the rest is drawn by hypothesis.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.facts import AskedFact, Facts, FactValue, Kind, ReasonKind, propose
from scoring.formula import Indicator, walk
from scoring.instrument import Question
from scoring.provenance import Label
from scoring.reading import find_instrument, read_instrument, shipped_paths

INSTRUMENTS = [read_instrument(path) for path in shipped_paths()]
RULED = [q for one in INSTRUMENTS for q in one.questions if q.rules is not None]
BY_CODE = {question.code: question for question in RULED}
each = pytest.mark.parametrize("question", RULED, ids=lambda q: q.code)

FEWER_IS_BETTER = {"9-lama", "b-respons-hari"}
"""Time: the law's text asks for less of it."""

NEITHER = {"8-rencana", "28-masuk", "28-masuk-lapor"}
"""Denominators: more of them is neither better nor worse in itself."""

UNDECIDED = {"28.e.Ak": "tanpa pengaduan, bagian yang selesai tidak dapat dihitung"}
"""Where complete facts may leave more than one level, and why."""


def ruling(question: Question) -> tuple[AskedFact, ...]:
    """The facts that the rules look at; the others only inform."""
    rules = question.rules
    assert rules is not None
    conditions = [rule.when for rule in rules.levels if rule.when]
    conditions += [contradiction.when for contradiction in rules.contradictions]
    used = {fact.code for condition in conditions for fact in condition.rests_on()}
    return tuple(fact for fact in question.facts if fact.code in used)


def values(fact: AskedFact) -> list[FactValue]:
    """Everything that can be answered; for a number, what lies at the edges of any rule."""
    codes = [option.code for option in fact.options]
    match fact.kind:
        case Kind.YES_NO:
            return [False, True]
        case Kind.CHOICE:
            return list(codes)
        case Kind.MULTI:
            return [
                frozenset(some)
                for size in range(len(codes) + 1)
                for some in itertools.combinations(codes, size)
            ]
        case Kind.CHAIN:
            stops = [(True,) * n + (False,) for n in range(len(codes))]
            return [*stops, (True,) * len(codes)]
        case _:
            assert fact.kind is Kind.NUMBER, f"{fact.code}: aturan tidak dapat melihat {fact.kind}"
            return [Fraction(n) for n in (0, 1, 2, 3, 4, 5, 6, 9, 10, 12, 14, 15)]


@cache
def sound(code: str) -> list[Facts]:
    """Every set of complete facts that does not contradict itself."""
    question = BY_CODE[code]
    facts = ruling(question)
    everything = (
        {fact.code: value for fact, value in zip(facts, chosen, strict=True)}
        for chosen in itertools.product(*map(values, facts))
    )
    return [one for one in everything if not contradicts(question, one)]


def contradicts(question: Question, facts: Facts) -> bool:
    kinds = {reason.kind for reason in propose(question, facts).because}
    return ReasonKind.CONTRADICTION in kinds


# ---- What is shipped -----------------------------------------------------------------------------


def test_every_indicator_of_pekppp_that_has_levels_asks_facts_and_proposes() -> None:
    pekppp = find_instrument("pekppp/pedoman-2022")
    leveled = {question.code for question in pekppp.questions if question.options}
    for form in pekppp.forms:
        asked = {n.name.code for n in walk(pekppp.formula(form)) if isinstance(n, Indicator)}
        units = {code for code in asked if pekppp.by_code[code].asked_of == "unit"}
        assert units <= leveled
    assert leveled == {question.code for question in RULED}
    assert len(leveled) == 40
    assert all(question.facts and question.examples for question in RULED)


@each
def test_the_rules_and_their_words_are_whole(question: Question) -> None:
    assert question.rules is not None
    assert question.rules.fact.label is not Label.VERIFIED, "usulan adalah bacaan, bukan kutipan"
    assert question.rules.fact.note
    texts = [text for fact in question.facts for text in (fact.text, fact.name)]
    texts += [option.text for fact in question.facts for option in fact.options]
    texts += [contradiction.text for contradiction in question.rules.contradictions]
    assert all(text.id and text.en for text in texts)


def test_examples_are_advice_in_both_languages() -> None:
    shown = [(one.id, q) for one in INSTRUMENTS for q in one.questions if q.examples]
    assert {name for name, _question in shown} == {"pekppp/pedoman-2022", "ombudsman/opini-2022"}
    for _name, question in shown:
        assert question.examples is not None
        assert question.examples.fact.label is Label.ASSUMED
        texts = list(question.examples.accepted)
        texts += [t for one in question.examples.rejected for t in (one.text, one.why)]
        assert all(text.id and text.en for text in texts), question.code


# ---- What holds for every indicator --------------------------------------------------------------


@each
def test_complete_facts_give_one_level_and_every_level_is_reached(question: Question) -> None:
    reached: set[Fraction] = set()
    for facts in sound(question.code):
        proposal = propose(question, facts)
        assert not proposal.missing, facts
        if proposal.level is None:
            assert question.code in UNDECIDED, facts
        else:
            assert proposal.because, facts
            reached.add(proposal.level)
    assert reached == {option.value for option in question.options}


@each
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_partial_facts_never_exclude_what_a_completion_reaches(
    question: Question, data: st.DataObject
) -> None:
    facts = data.draw(st.sampled_from(sound(question.code)))
    partial = dict(facts)
    for code, value in facts.items():
        if data.draw(st.booleans()):
            del partial[code]
        elif isinstance(value, tuple):
            partial[code] = value[: data.draw(st.integers(1, len(value)))]
    whole, part = propose(question, facts), propose(question, partial)
    assert set(whole.possible) <= set(part.possible)
    assert set(part.missing) <= {fact.code for fact in ruling(question)}
    assert (part.level is None) == (len(part.possible) > 1)


def better(fact: AskedFact, value: FactValue) -> list[FactValue]:
    """The answers that are one step better for the same fact."""
    match value:
        case bool():
            return [True]
        case frozenset():
            return [value | {option.code} for option in fact.options]
        case tuple():
            return [one for one in values(fact) if isinstance(one, tuple) and sum(one) > sum(value)]
        case str():
            codes = [option.code for option in fact.options]
            return list(codes[codes.index(value) :])
        case Fraction() if fact.code in FEWER_IS_BETTER:
            return [Fraction(math.floor(value) - 1)] if value >= 1 else []
        case Fraction() if fact.code not in NEITHER:
            return [value + 1]
    return []


@each
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_more_is_never_less(question: Question, data: st.DataObject) -> None:
    """No text of F-02 takes a level away for an element more, and no rule does."""
    facts = data.draw(st.sampled_from(sound(question.code)))
    fact = data.draw(st.sampled_from(ruling(question)))
    steps = better(fact, facts[fact.code])
    if not steps:
        return
    more = {**facts, fact.code: data.draw(st.sampled_from(steps))}
    if contradicts(question, more):
        return
    before, after = propose(question, facts), propose(question, more)
    assert max(after.possible) >= max(before.possible), (facts, more)
    assert min(after.possible) >= min(before.possible), (facts, more)
