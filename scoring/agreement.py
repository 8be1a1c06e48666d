"""How far raters agree: quadratic-weighted kappa and Krippendorff's alpha, in exact fractions.

Cohen, J. (1968), Weighted kappa, Psychological Bulletin 70(4). Krippendorff, K. (2011), Computing
Krippendorff's alpha-reliability. Both are 1 for full agreement and about 0 for what chance alone
would give; both are undefined (None) where all marks are the same, or too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations


def quadratic_kappa(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Agreement of two raters over the items that both marked, weighted by squared distance."""
    pairs = list(pairs)
    if not pairs:
        return None
    count = len(pairs)
    observed = sum(((a - b) ** 2 for a, b in pairs), Fraction()) / count
    # The mean of (a - b)² over all combinations of the two raters' marks.
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    expected = _mean_square(first) + _mean_square(second) - 2 * _mean(first) * _mean(second)
    return None if not expected else 1 - observed / expected


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction()) / len(values)


def _mean_square(values: Sequence[Fraction]) -> Fraction:
    return sum((value**2 for value in values), Fraction()) / len(values)


def krippendorff_alpha(units: Iterable[Sequence[Fraction]]) -> Fraction | None:
    """Agreement of any number of raters, some marks missing, with the interval metric.

    `units` gives, per item, the marks that it got; items with fewer than two do not count.
    """
    marked = [list(marks) for marks in units if len(marks) > 1]
    every = [mark for marks in marked for mark in marks]
    if len(every) < 2:
        return None
    observed = sum(
        (
            2 * sum((a - b) ** 2 for a, b in combinations(marks, 2)) / Fraction(len(marks) - 1)
            for marks in marked
        ),
        Fraction(),
    ) / len(every)
    # Twice the variance with n - 1: the mean squared distance of two different marks.
    count = len(every)
    expected = 2 * (_mean_square(every) - _mean(every) ** 2) * Fraction(count, count - 1)
    return None if not expected else 1 - observed / expected
