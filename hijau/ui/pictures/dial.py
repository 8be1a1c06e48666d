"""The dial: half a circle of categories, with the value or its range, and the year's target."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hijau.ui.figures import written, written_range
from hijau.ui.pictures.reading import figure_of, known_range, share, spans, standing_in_words
from hijau.ui.pictures.svg import FILLS, INK, MUTED, PAPER, group, label, line, picture, shape
from hijau.ui.shapes import Cut, Standing
from hijau.ui.zones import cut_classes, short_code

X, Y, RADIUS, THICK = 200, 162, 132, 24
OUTER, INNER = RADIUS + THICK / 2, RADIUS - THICK / 2
ON_DARK = {"z-merah", "z-pekat", "z-r5"}
"""Where the letter is white."""

Place = tuple[float, float]


def _at(part: float, radius: float) -> Place:
    """A place on the half circle; 0 is left, 1 is right."""
    angle = math.pi * (1 - part)
    return X + radius * math.cos(angle), Y - radius * math.sin(angle)


def _arc(low: float, high: float, radius: float) -> str:
    (x1, y1), (x2, y2) = _at(low, radius), _at(high, radius)
    return f"M{x1:.1f} {y1:.1f}A{radius:g} {radius:g} 0 0 1 {x2:.1f} {y2:.1f}"


def _band(low: float, high: float, kind: str, *inside: str) -> SafeString:
    return shape(
        "path",
        f"dial-band {kind}",
        *inside,
        d=_arc(low, high, RADIUS),
        stroke=FILLS[kind],
        stroke_width=THICK,
        fill="none",
    )


def _letter(cut: Cut, part: float, kind: str) -> SafeString:
    x, y = _at(part, RADIUS)
    fill = PAPER if kind in ON_DARK else INK
    return label(
        f"dial-letter {kind}", x, y + 4.5, short_code(cut.code), size=13, fill=fill, font_weight=700
    )


@lru_cache(maxsize=128)
def _segments(standing: Standing, language: str) -> SafeString:
    """The categories along the arc, each with its letter: drawn once per scale and language."""
    del language  # the decimal sign of the hints
    if not standing.cuts:
        return _band(0, 1, "z-none")
    drawn = []
    kinds = cut_classes(standing.cuts)
    for cut, low, high in spans(standing):
        start, end = float(share(standing, low)), float(share(standing, high))
        kind, between = kinds[cut.code], written_range(low, high, standing.decimals)
        hint = shape("title", "", f"{cut.code}: {cut.label} ({between})")
        left, right = start + (0.004 if start else 0), end - (0.004 if end < 1 else 0)
        drawn.append(_band(left, right, kind, hint))
        if end - start > 0.045:
            drawn.append(_letter(cut, (start + end) / 2, kind))
    return format_html_join("", "{}", ((part,) for part in drawn))


def _mark(standing: Standing, value: Fraction, word: str, kind: str, lift: float) -> SafeString:
    """A tick across the arc with its word outside: the floor or the aim."""
    part = float(share(standing, value))
    x, y = _at(part, OUTER + 12)
    anchor = "start" if part > 0.55 else "end" if part < 0.45 else "middle"
    return group(
        f"dial-mark {kind}",
        line("dial-tick", _at(part, INNER), _at(part, OUTER + 7), stroke=INK, stroke_width=2),
        label("dial-word", x, y + lift, word, fill=MUTED, text_anchor=anchor, font_weight=600),
    )


def _marks(standing: Standing) -> list[SafeString]:
    """Floor and aim; when they lie close together their words step apart."""
    drawn, floor, aim = [], standing.floor, standing.aim
    close = (
        floor is not None
        and aim is not None
        and abs(share(standing, aim) - share(standing, floor)) < Fraction(3, 50)
    )
    if floor is not None and floor != aim:
        drawn.append(_mark(standing, floor, _("minimal"), "is-floor", -6 if close else 2))
    if aim is not None:
        drawn.append(_mark(standing, aim, _("sasaran"), "is-aim", 10 if close else 4))
    return drawn


def _range(low: float, high: float) -> SafeString:
    return shape(
        "path",
        "dial-range",
        d=_arc(low, max(high, low + 0.01), INNER - 9),
        stroke=INK,
        stroke_width=9,
        stroke_linecap="round",
        fill="none",
    )


def _needle(part: float) -> SafeString:
    """A line across the arc with a hand under it."""
    corners = (_at(part, INNER + 2), _at(part - 0.024, INNER - 13), _at(part + 0.024, INNER - 13))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return group(
        "dial-hand",
        line("dial-halo", _at(part, INNER), _at(part, OUTER), stroke=PAPER, stroke_width=7),
        line("dial-cut", _at(part, INNER), _at(part, OUTER), stroke=INK, stroke_width=3),
        shape("polygon", "dial-needle", points=points, fill=INK),
    )


def _pointer(standing: Standing) -> list[SafeString]:
    """A needle at the value, a thick band for a range, nothing while nothing is known."""
    if between := known_range(standing):
        low, high = (float(share(standing, end)) for end in between)
        return [_range(low, high)]
    if standing.value is None:
        return []
    return [_needle(float(share(standing, standing.value)))]


def _under(standing: Standing) -> str:
    """The words under the figure; a long label stands beside the picture alone."""
    if standing.value is not None:
        return standing.label if len(standing.label) < 26 else ""
    return _("kemungkinan") if known_range(standing) else _("belum diketahui")


def _centre(standing: Standing) -> list[SafeString]:
    """The figure in the middle of the dial, and the ends of the scale."""
    figure = figure_of(standing)
    size = 44 if len(figure) < 8 else 27 if len(figure) < 13 else 23
    ends = ((X - RADIUS, standing.scale_low), (X + RADIUS, standing.scale_high))
    return [
        label("dial-figure", X, Y - 22, figure, size=size, font_weight=800),
        label("dial-under", X, Y + 2, _under(standing), size=14, fill=MUTED),
        *(label("p-text", x, Y + 18, written(end, 0), fill=MUTED) for x, end in ends),
    ]


def draw_dial(standing: Standing) -> SafeString:
    """The dial of one instrument. Unknown: no needle, no band, and the words say so."""
    parts = [
        _segments(standing.bare, get_language() or ""),
        *_marks(standing),
        *_pointer(standing),
        *_centre(standing),
    ]
    return picture("dial", (400, 186), standing.title, standing_in_words(standing), parts)
