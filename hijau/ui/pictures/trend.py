"""The trend: years from left to right, broken where the rules changed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hijau.ui.figures import written
from hijau.ui.pictures.svg import (
    FILLS,
    GREEN,
    INK,
    MUTED,
    PAPER,
    RULE,
    group,
    label,
    line,
    picture,
    shape,
)
from hijau.ui.shapes import Trend, TrendPoint, TrendSegment
from hijau.ui.zones import zone_class

TOP, PLOT, LEFT, RIGHT, BOTTOM = 64, 200, 46, 112, 34
FOOT = TOP + PLOT


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where years and values lie."""

    trend: Trend
    first: int
    last: int

    @property
    def step(self) -> int:
        """The room for one year: more when the years are few."""
        return max(68, min(120, 640 // (self.last - self.first + 1)))

    @property
    def right(self) -> int:
        return LEFT + (self.last - self.first + 1) * self.step

    @property
    def width(self) -> int:
        return self.right + RIGHT

    def x(self, year: int) -> float:
        return LEFT + (year - self.first + 0.5) * self.step

    def y(self, value: Fraction) -> float:
        whole = self.trend.scale_high - self.trend.scale_low
        part = (value - self.trend.scale_low) / whole if whole else Fraction()
        return float(FOOT - part * PLOT)

    def figure(self, value: Fraction) -> str:
        return written(value, self.trend.decimals)


def _plane(trend: Trend) -> _Plane:
    years = [point.year for segment in trend.segments for point in segment.points]
    if trend.target:
        years.append(trend.target[0])
    return _Plane(trend, min(years, default=0), max(years, default=0))


# ---- The ground --------------------------------------------------------------------------------


def _grid(plane: _Plane) -> list[SafeString]:
    """The scale in five steps, and the years."""
    trend, drawn = plane.trend, []
    step = (trend.scale_high - trend.scale_low) / 5
    places = 0 if step.denominator == 1 and trend.scale_low.denominator == 1 else 1
    for number in range(6):
        value = trend.scale_low + step * number
        y, words = plane.y(value), written(value, places)
        drawn.append(line("trend-grid", (LEFT, y), (plane.right, y), stroke=RULE))
        drawn.append(label("p-text", LEFT - 8, y + 4, words, fill=MUTED, text_anchor="end"))
    for year in range(plane.first, plane.last + 1):
        drawn.append(label("p-year", plane.x(year), FOOT + 22, str(year), font_weight=600))
    return drawn


def _fitting(words: str, room: float) -> str:
    """The words, or as much of them as there is room for."""
    letters = max(int(room / 6.4), 4)
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _headings(plane: _Plane) -> list[SafeString]:
    """Above each stretch the instrument's name; between two stretches a zigzag."""
    kept = [segment for segment in plane.trend.segments if segment.points]
    half = plane.step / 2
    starts = [plane.x(min(p.year for p in segment.points)) - half for segment in kept]
    ends = [plane.x(max(p.year for p in segment.points)) + half for segment in kept]
    drawn = []
    for place, (segment, start) in enumerate(zip(kept, starts, strict=True)):
        height = 18 + 17 * (place % 2)
        until = starts[place + 2] if place + 2 < len(kept) else plane.width
        name = _fitting(segment.title, until - start - 14)
        drawn.append(_name(start + 8, height, name))
        if place:
            drawn.append(_zigzag((ends[place - 1] + start) / 2, height))
    return drawn


def _name(x: float, y: float, words: str) -> SafeString:
    return label("trend-name", x, y, words, size=11.5, text_anchor="start", font_weight=600)


def _zigzag(x: float, top: int) -> SafeString:
    """The break: from here on another instrument judged, and the figures do not compare."""
    heights = enumerate(range(top - 8, FOOT + 1, 8))
    points = " ".join(f"{x + (3 if number % 2 else -3):.1f},{y}" for number, y in heights)
    hint = _("Instrumen berganti: angka sebelum dan sesudahnya tidak sebanding")
    return group(
        "trend-break",
        shape("title", "", hint),
        shape("polyline", "trend-zigzag", points=points, fill="none", stroke=MUTED),
    )


def _targets(plane: _Plane) -> list[SafeString]:
    """The year's floor and aim as lines, with their words at the right."""
    if not plane.trend.target:
        return []
    year, floor, aim = plane.trend.target
    named = [(aim, _("sasaran"), "is-aim")]
    if floor != aim:
        named.append((floor, _("minimal"), "is-floor"))
    drawn, lowest, start = [], 0.0, plane.x(year) - plane.step / 2
    for value, word, kind in named:
        y = plane.y(value)
        foot = max(y + 4, lowest)
        lowest = foot + 14
        drawn.append(
            line(
                f"trend-target {kind}",
                (start, y),
                (plane.right + 4, y),
                stroke=INK,
                stroke_width=2,
                stroke_dasharray="7 4",
            )
        )
        drawn.append(_small(plane.right + 10, foot, f"{word} {plane.figure(value)}", "start"))
    return drawn


# ---- The years ---------------------------------------------------------------------------------


def _small(x: float, y: float, words: str, anchor: str = "middle") -> SafeString:
    return label("trend-small", x, y, words, size=11, text_anchor=anchor, font_weight=550)


def _column(x: float, y: float, words: str) -> list[SafeString]:
    """A few small words, each on its own line."""
    return [_small(x, y + 13 * row, word) for row, word in enumerate(words.split())]


def _figure(x: float, y: float, words: str) -> SafeString:
    return label("trend-figure", x, y, words, size=12.5, font_weight=700)


def _zone_block(plane: _Plane, point: TrendPoint) -> SafeString:
    """A year of which only the zone is known: the word in its colour, at no height at all."""
    kind, x = zone_class(point.zone), plane.x(point.year)
    names = (point.zone or point.label).split()[:3]
    return group(
        "trend-zone",
        shape(
            "rect",
            f"trend-block {kind}",
            x=x - 26,
            y=TOP,
            width=52,
            height=PLOT,
            rx=8,
            fill=FILLS[kind],
            fill_opacity="0.2",
            stroke=FILLS[kind],
            stroke_dasharray="4 4",
        ),
        *(
            label("trend-word", x, TOP + PLOT / 2 - 4 + 15 * row, word, font_weight=700)
            for row, word in enumerate(names)
        ),
        *_column(x, FOOT - 24, _("tanpa angka")),
    )


def _bracket(x: float, top: float, bottom: float, aside: int) -> SafeString:
    return shape(
        "rect",
        "trend-bracket",
        x=x - 12 - aside,
        y=top - 10,
        width=24 + 2 * aside,
        height=bottom - top + 20,
        rx=12,
        fill="none",
        stroke=INK,
        stroke_width=1.5,
        stroke_dasharray="4 3",
    )


def _hollow(x: float, y: float) -> SafeString:
    ring = {"fill": PAPER, "stroke": INK, "stroke_width": 2}
    return shape("circle", "trend-hollow", cx=x, cy=y, r=4.5, **ring)


def _conflict(plane: _Plane, point: TrendPoint) -> SafeString:
    """Sources that disagree: every figure hollow, in one dashed bracket, none preferred."""
    x = plane.x(point.year)
    heights = [(plane.y(value), value) for value in sorted(set(point.values), reverse=True)]
    top, bottom = heights[0][0], heights[-1][0]
    aside = 7 if any(lower[0] - upper[0] < 12 for upper, lower in pairwise(heights)) else 0
    first, *rest = [plane.figure(value) for _y, value in heights]
    words = _("dua sumber berbeda") if len(heights) == 2 else _("sumber berbeda")
    return group(
        "trend-conflict",
        _bracket(x, top, bottom, aside),
        *(
            _hollow(x + (aside if place % 2 else -aside), y)
            for place, (y, _value) in enumerate(heights)
        ),
        _figure(x, top - 16, first),
        *(_figure(x, bottom + 24 + 14 * row, figure) for row, figure in enumerate(rest)),
        *_column(x, bottom + 26 + 14 * len(rest), words),
    )


def _dot(plane: _Plane, point: TrendPoint) -> SafeString:
    x, y, figure = plane.x(point.year), plane.y(point.values[0]), plane.figure(point.values[0])
    ring = {"fill": GREEN, "stroke": PAPER, "stroke_width": 2}
    hint = shape("title", "", f"{point.year}: {figure} {point.label}".strip())
    return group(
        "trend-year",
        shape("circle", "trend-dot", hint, cx=x, cy=y, r=5.5, **ring),
        _figure(x, y - 12, figure),
    )


def _point(plane: _Plane, point: TrendPoint) -> SafeString:
    if point.conflict:
        return _conflict(plane, point)
    return _dot(plane, point) if point.values else _zone_block(plane, point)


def _is_single(point: TrendPoint) -> bool:
    return bool(point.values) and not point.conflict


def _links(plane: _Plane, segment: TrendSegment) -> list[SafeString]:
    """Lines between neighbouring single figures; dashed where years between are missing."""
    drawn = []
    for one, two in pairwise(sorted(segment.points, key=lambda point: point.year)):
        if _is_single(one) and _is_single(two):
            dashes = {} if two.year - one.year == 1 else {"stroke_dasharray": "5 5"}
            start, end = ((plane.x(point.year), plane.y(point.values[0])) for point in (one, two))
            drawn.append(line("trend-line", start, end, stroke=GREEN, stroke_width=2.5, **dashes))
    return drawn


# ---- In words ----------------------------------------------------------------------------------


def point_in_words(trend: Trend, point: TrendPoint) -> str:
    """`2023: 90,35 atau 93,35 (sumber berbeda), A`."""
    figures = [written(value, trend.decimals) for value in dict.fromkeys(point.values)]
    said = _(" atau ").join(figures) if figures else _("angka tidak diketahui")
    if point.conflict:
        said += " " + _("(sumber berbeda)")
    rest = [part for part in (point.zone, point.label) if part]
    return ", ".join([f"{point.year}: {said}", *dict.fromkeys(rest)])


def trend_in_words(trend: Trend) -> str:
    """Every year in a sentence, grouped by instrument."""
    said = []
    for segment in trend.segments:
        if segment.points:
            years = "; ".join(point_in_words(trend, point) for point in segment.points)
            said.append(f"{segment.title}: {years}.")
    if len(said) > 1:
        said.append(_("Angka dari instrumen yang berbeda tidak sebanding."))
    return " ".join(said)


def draw_trend(trend: Trend) -> SafeString:
    """Years from left to right; each instrument its own line."""
    plane = _plane(trend)
    links = [link for segment in trend.segments for link in _links(plane, segment)]
    points = [_point(plane, point) for segment in trend.segments for point in segment.points]
    parts = [*_grid(plane), *_headings(plane), *_targets(plane), *links, *points]
    return picture("trend", (plane.width, FOOT + BOTTOM), trend.title, trend_in_words(trend), parts)
