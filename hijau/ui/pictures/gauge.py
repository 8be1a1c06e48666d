"""The dial in one line, for tables and lists on a phone."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from hijau.ui.pictures.reading import known_range, share, spans, standing_in_words
from hijau.ui.pictures.svg import FILLS, INK, PAPER, line, picture, shape
from hijau.ui.shapes import Standing
from hijau.ui.zones import cut_classes

WIDTH, HEIGHT, EDGE, MIDDLE = 200, 22, 8, 12


def _along(part: Fraction) -> float:
    return EDGE + float(part) * (WIDTH - 2 * EDGE)


def _track(left: float, right: float, kind: str) -> SafeString:
    return shape(
        "rect",
        f"gauge-band {kind}",
        x=left + 0.5,
        y=MIDDLE - 3,
        width=right - left - 1,
        height=6,
        rx=1.5,
        fill=FILLS[kind],
    )


@lru_cache(maxsize=128)
def _tracks(standing: Standing) -> SafeString:
    """The categories along the line: drawn once per scale, for a list has many lines."""
    if not standing.cuts:
        return _track(EDGE, WIDTH - EDGE, "z-none")
    kinds = cut_classes(standing.cuts)
    tracks = (
        _track(_along(share(standing, low)), _along(share(standing, high)), kinds[cut.code])
        for cut, low, high in spans(standing)
    )
    return format_html_join("", "{}", ((track,) for track in tracks))


def _ticks(standing: Standing) -> list[SafeString]:
    drawn = []
    for value, kind in ((standing.floor, "is-floor"), (standing.aim, "is-aim")):
        if value is not None:
            x = _along(share(standing, value))
            tick = line(f"gauge-tick {kind}", (x, 3), (x, 21), stroke=INK, stroke_width=1.5)
            drawn.append(tick)
    return drawn


def _value(standing: Standing) -> list[SafeString]:
    """A dot at the value, a bar for a range, nothing while nothing is known."""
    if between := known_range(standing):
        left, right = (_along(share(standing, end)) for end in between)
        width = right - left + 6
        return [
            shape("rect", "gauge-range", x=left - 3, y=7.5, width=width, height=9, rx=4.5, fill=INK)
        ]
    if standing.value is None:
        return []
    x = _along(share(standing, standing.value))
    ring = {"stroke": PAPER, "stroke_width": 2.5}
    return [shape("circle", "gauge-dot", cx=x, cy=MIDDLE, r=6, fill=INK, **ring)]


def draw_line(standing: Standing) -> SafeString:
    """Where somebody stands, in one line. Unknown: the scale alone."""
    parts = [_tracks(standing.bare), *_ticks(standing), *_value(standing)]
    return picture("gauge", (WIDTH, HEIGHT), standing.title, standing_in_words(standing), parts)
