"""What a standing says: its figure, its range, its categories, and all of it in one sentence."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from django.utils.translation import gettext as _

from hijau.ui.figures import written, written_range
from hijau.ui.shapes import Cut, Standing


def known_range(standing: Standing) -> tuple[Fraction, Fraction] | None:
    """From where to where the value may lie, when it is not one figure."""
    if standing.value is not None or standing.low is None or standing.high is None:
        return None
    return standing.low, standing.high


def figure_of(standing: Standing) -> str:
    """`86,40`, `81,20–90,15`, or `–`."""
    if standing.value is not None:
        return written(standing.value, standing.decimals)
    return written_range(standing.low, standing.high, standing.decimals)


def gap_of(standing: Standing) -> str:
    """What is wanting to the aim, as one figure or as a range; empty while nothing is known."""
    if standing.gap is not None:
        return written(standing.gap, standing.decimals)
    if standing.gap_range is not None:
        return written_range(*standing.gap_range, standing.decimals)
    return ""


def spans(standing: Standing) -> list[tuple[Cut, Fraction, Fraction]]:
    """The categories from the lowest up, each with where it begins and ends on the scale."""
    ordered = sorted(standing.cuts, key=lambda cut: cut.low)
    ends = [max(cut.low, standing.scale_low) for cut in ordered] + [standing.scale_high]
    ends[0] = standing.scale_low
    return [
        (cut, low, high)
        for cut, (low, high) in zip(ordered, pairwise(ends), strict=True)
        if high > low
    ]


def share(standing: Standing, value: Fraction) -> Fraction:
    """Where on the scale, from 0 to 1."""
    whole = standing.scale_high - standing.scale_low
    if not whole:
        return Fraction()
    return min(max((value - standing.scale_low) / whole, Fraction()), Fraction(1))


def _value_in_words(standing: Standing) -> str:
    if standing.value is not None:
        return _("Nilai %s") % figure_of(standing)
    if known_range(standing):
        return _("Nilai antara %s") % figure_of(standing)
    return _("Nilai belum diketahui")


def _target_in_words(standing: Standing) -> list[str]:
    named = (
        (_("batas minimal"), standing.floor, standing.floor_name),
        (_("sasaran"), standing.aim, standing.aim_name),
    )
    return [
        f"{word} {written(value, standing.decimals)} {name}".strip()
        for word, value, name in named
        if value is not None
    ]


def standing_in_words(standing: Standing) -> str:
    """One sentence with every figure of the picture."""
    said = [
        _value_in_words(standing),
        _("skala %s") % written_range(standing.scale_low, standing.scale_high, 0),
        standing.label,
        *_target_in_words(standing),
        _("taksiran") if standing.estimate else "",
    ]
    return "; ".join(part for part in said if part) + "."
