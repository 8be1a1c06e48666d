"""Agreement of verifiers: exact, and the same as the published package computes."""

from __future__ import annotations

from fractions import Fraction
from html import unescape

import krippendorff
import numpy as np
import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from hijau.assessments import actions
from hijau.assessments.agreement import agreement_of
from hijau.assessments.models import Round
from scoring.agreement import krippendorff_alpha, quadratic_kappa
from tests import cycle
from tests.cast import Cast

# ---- The arithmetic ------------------------------------------------------------------------------

marks = st.integers(0, 20).map(lambda quarters: Fraction(quarters, 4))
pairs = st.lists(st.tuples(marks, marks), min_size=1, max_size=12)
sheets = st.lists(st.lists(marks, min_size=0, max_size=4), min_size=1, max_size=12)


def fractions(*rows: tuple[int, ...]) -> list[tuple[Fraction, ...]]:
    return [tuple(map(Fraction, row)) for row in rows]


def by_the_package(units: list[list[Fraction]]) -> float:
    """Raters as rows, items as columns, what is missing as NaN."""
    widest = max(len(one) for one in units)
    table = [
        [float(one[rater]) if rater < len(one) else np.nan for one in units]
        for rater in range(widest)
    ]
    return float(krippendorff.alpha(np.array(table), level_of_measurement="interval"))


@settings(max_examples=200, deadline=None)
@given(sheets)
def test_alpha_is_what_the_package_computes(units: list[list[Fraction]]) -> None:
    found = krippendorff_alpha(units)
    counted = [mark for one in units if len(one) > 1 for mark in one]
    if len(set(counted)) < 2:
        assert found is None, "undefined, where nothing differs"
    else:
        assert found == pytest.approx(by_the_package(units), abs=1e-9)


def test_alpha_of_a_small_table_by_hand() -> None:
    """Pairs (1,1) (2,2) (3,4): observed 2/6 = 1/3; expected, over all 30 ordered pairs of
    1,1,2,2,3,4: 2·(Σx²·6 - (Σx)²)/30 = 2·(35·6 - 169)/30 = 41/15; alpha = 1 - (1/3)/(41/15)."""
    assert krippendorff_alpha(fractions((1, 1), (2, 2), (3, 4))) == Fraction(36, 41)


def test_an_item_that_one_alone_marked_does_not_count() -> None:
    whole = fractions((1, 1), (2, 2), (3, 4))
    assert krippendorff_alpha([*whole, (Fraction(5),), ()]) == krippendorff_alpha(whole)
    assert krippendorff_alpha([(Fraction(5),), (Fraction(1),)]) is None
    assert krippendorff_alpha([]) is None


def by_the_table(given: list[tuple[Fraction, Fraction]]) -> float:
    """Cohen's weighted kappa from its definition: a table of observed against expected shares."""
    levels = sorted({mark for pair in given for mark in pair})
    place = {mark: number for number, mark in enumerate(levels)}
    observed = np.zeros((len(levels), len(levels)))
    for first, second in given:
        observed[place[first], place[second]] += 1 / len(given)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0))
    apart = np.array([[float(a - b) ** 2 for b in levels] for a in levels])
    return float(1 - (apart * observed).sum() / (apart * expected).sum())


@settings(max_examples=200, deadline=None)
@given(pairs)
def test_kappa_is_what_its_definition_says(given: list[tuple[Fraction, Fraction]]) -> None:
    found = quadratic_kappa(given)
    if len({mark for pair in given for mark in pair}) == 1:
        assert found is None
    else:
        assert found == pytest.approx(by_the_table(given), abs=1e-9)


@pytest.mark.parametrize(
    ("given", "kappa"),
    [
        # Σ(a-b)² = 1 of 3; E[a²] + E[b²] - 2·E[a]·E[b] = 14/3 + 21/3 - 2·2·7/3 = 7/3
        (fractions((1, 1), (2, 2), (3, 4)), Fraction(6, 7)),
        # always one apart the same way: observed 1; expected 2/3 + 2/3 + 1 = 7/3
        (fractions((1, 2), (2, 3), (3, 4)), Fraction(4, 7)),
        # opposite: observed 8/3; expected 4/3
        (fractions((1, 3), (2, 2), (3, 1)), Fraction(-1)),
        # one of them marks everything alike: no better than chance
        (fractions((1, 2), (2, 2), (3, 2)), Fraction(0)),
    ],
)
def test_kappa_of_small_cases_by_hand(
    given: list[tuple[Fraction, Fraction]], kappa: Fraction
) -> None:
    assert quadratic_kappa(given) == kappa


@given(st.lists(marks, min_size=2, max_size=12))
def test_full_agreement_is_one_and_no_difference_at_all_is_unknown(same: list[Fraction]) -> None:
    expected = None if len(set(same)) == 1 else 1
    assert quadratic_kappa([(mark, mark) for mark in same]) == expected
    assert krippendorff_alpha([[mark] * 3 for mark in same]) == expected


@given(pairs)
def test_it_does_not_matter_who_is_named_first(given: list[tuple[Fraction, Fraction]]) -> None:
    turned = [(second, first) for first, second in given]
    assert quadratic_kappa(turned) == quadratic_kappa(given)
    assert krippendorff_alpha(turned) == krippendorff_alpha(given)
    assert krippendorff_alpha(list(reversed(given))) == krippendorff_alpha(given)


@given(pairs, st.integers(1, 9), st.integers(-5, 5))
def test_another_scale_changes_nothing(
    given: list[tuple[Fraction, Fraction]], factor: int, shift: int
) -> None:
    scaled = [(a * factor + shift, b * factor + shift) for a, b in given]
    assert quadratic_kappa(scaled) == quadratic_kappa(given)
    assert krippendorff_alpha(scaled) == krippendorff_alpha(given)


@given(pairs)
def test_they_are_exact_and_never_above_one(given: list[tuple[Fraction, Fraction]]) -> None:
    for found in (quadratic_kappa(given), krippendorff_alpha(given)):
        assert found is None or (isinstance(found, Fraction) and found <= 1)


# ---- The page ------------------------------------------------------------------------------------


def test_the_page_tells_the_figures_of_the_round(cast: Cast) -> None:
    """Claims of 90; the first marks 70 throughout, the second 80 and once 60."""
    marked = cycle.marked(cast, 70, 80, proses_nilai=60)
    for question in marked.required:
        actions.settle_difference(marked, question.code, Fraction(75), "Sepakat.", by=cast.verifier)
    opened = cycle.round_of(marked)
    assert agreement_of(opened).assessments == 0, "only what is verified counts"
    actions.announce_result(marked, by=cast.verifier)
    found = agreement_of(opened)
    table = [[Fraction(70), Fraction(60 if q.code == "proses-nilai" else 80)]
             for q in marked.required]  # fmt: skip
    count = len(table)
    assert found.alpha == krippendorff_alpha(table)
    assert float(found.alpha or 9) == pytest.approx(by_the_package(table), abs=1e-9)
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.items) == (cast.verifier, cast.second, count)
    assert pair.kappa == quadratic_kappa([(a, b) for a, b in table])
    gaps = {gap.who: gap.mean for gap in found.by_verifier}
    second = 90 - Fraction(80 * (count - 1) + 60, count)
    assert gaps == {cast.verifier: 20, cast.second: second}
    (unit,) = found.by_unit
    assert (unit.who, unit.mean) == (marked, 15), "90 was claimed and 75 settled"
    page = unescape(
        cast.client(cast.organiser)
        .get(reverse("agreement_page", args=[opened.pk]))
        .content.decode()
    )
    assert "1 dari 1 penilaian sudah diverifikasi" in page
    for figure in (found.alpha, pair.kappa):
        assert figure is not None
        assert f"{abs(float(figure)):.3f}".replace(".", ",") in page
    assert "20,00" in page
    assert "Verifier – Second" in page


def test_what_is_not_verified_does_not_count(cast: Cast) -> None:
    marked = cycle.marked(cast, 80, 60)
    found = agreement_of(Round.objects.get(pk=marked.round_id))
    assert (found.assessments, found.alpha) == (0, None)
    assert [found.pairs, found.by_verifier, found.by_unit] == [()] * 3  # type: ignore[comparison-overlap]
    page = cast.client(cast.verifier).get(reverse("agreement_page", args=[marked.round_id]))
    assert "0 dari 1 penilaian" in unescape(page.content.decode())


def test_marks_that_are_all_the_same_give_no_figure(cast: Cast) -> None:
    verified = cycle.verified(cast)
    found = agreement_of(cycle.round_of(verified))
    assert found.alpha is None
    assert [pair.kappa for pair in found.pairs] == [None], "unknown is not nought, nor one"
