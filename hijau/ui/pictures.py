"""Hijau's own pictures: the dial, the one-line gauge and the trend, drawn on the server as SVG.

Pure functions from shapes to markup. No style attribute (the security policy forbids it): colours
are classes of hijau.css, with presentation attributes underneath, so that a picture also stands
alone on paper. Each has a title and a description that say in words what it shows; what is not
known is never drawn as zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hijau.ui.figures import written, written_range
from hijau.ui.shapes import Cut, Standing, Trend, TrendPoint, TrendSegment
from hijau.ui.zones import cut_classes, zone_class

FILLS = {
    "z-merah": "#d9574a", "z-kuning": "#f0bf3f", "z-hijau": "#7cc78d", "z-pekat": "#17734c",
    "z-none": "#cfd6d0", "z-r1": "#d8dcd7", "z-r2": "#c3d6c8", "z-r3": "#9cc9a9",
    "z-r4": "#5fae7f", "z-r5": "#17734c",
}  # fmt: skip
LETTERS = {"z-merah": "#ffffff", "z-pekat": "#ffffff", "z-r5": "#ffffff"}
INK, MUTED, LINE = "#17251e", "#56645c", "#d5dcd6"


# ---- Writing SVG -------------------------------------------------------------------------------


def tag(name: str, attributes: Mapping[str, object], *inside: str) -> SafeString:
    """One element; everything that is not yet markup is escaped."""
    written_out = format_html_join("", ' {}="{}"', attributes.items())
    return format_html(
        "<{0}{1}>{2}</{0}>", name, written_out, format_html_join("", "{}", ((i,) for i in inside))
    )


def px(length: Fraction | float) -> str:
    """A length in the picture, to a tenth."""
    text = f"{float(length):.1f}"
    return text.removesuffix(".0")


def text(x: Fraction | float, y: Fraction | float, words: str, **more: str) -> SafeString:
    """Words at a place. `more` are attributes; `kind` is the class."""
    kind = more.pop("kind", "p-text")
    attributes = {"x": px(x), "y": px(y), "class": kind, "fill": more.pop("fill", MUTED)}
    attributes |= {name.replace("_", "-"): value for name, value in more.items()}
    return tag("text", attributes, words)


def line(x1: float, y1: float, x2: float, y2: float, kind: str, **more: str) -> SafeString:
    attributes = {"x1": px(x1), "y1": px(y1), "x2": px(x2), "y2": px(y2), "class": kind}
    attributes |= {name.replace("_", "-"): value for name, value in more.items()}
    return tag("line", {"stroke": LINE, **attributes})


def picture(
    kind: str, width: int, height: int, title: str, description: str, parts: Iterable[str]
) -> SafeString:
    """The frame: an image with a name and a description for those who do not see it."""
    return tag(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": width,
            "height": height,
            "class": f"picture {kind}",
            "role": "img",
            "font-family": "'Plus Jakarta Sans', sans-serif",
        },
        tag("title", {}, title),
        tag("desc", {}, description),
        *parts,
    )


# ---- What a standing says in words -------------------------------------------------------------


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


def standing_in_words(standing: Standing) -> str:
    """One sentence with every figure of the picture."""
    said = []
    if standing.value is not None:
        said.append(_("Nilai %s") % figure_of(standing))
    elif known_range(standing):
        said.append(_("Nilai antara %s") % figure_of(standing))
    else:
        said.append(_("Nilai belum diketahui"))
    scale = written_range(standing.scale_low, standing.scale_high, 0)
    said.append(_("skala %s") % scale)
    if standing.label:
        said.append(standing.label)
    if standing.floor is not None:
        said.append(
            _("batas minimal %(figure)s %(name)s")
            % {
                "figure": written(standing.floor, standing.decimals),
                "name": standing.floor_name,
            }
        )
    if standing.aim is not None:
        said.append(
            _("sasaran %(figure)s %(name)s")
            % {"figure": written(standing.aim, standing.decimals), "name": standing.aim_name}
        )
    if standing.estimate:
        said.append(_("taksiran"))
    return "; ".join(part.strip() for part in said) + "."


def spans(standing: Standing) -> list[tuple[Cut, Fraction, Fraction]]:
    """The categories from the lowest up, each with where it begins and ends on the scale."""
    ordered = sorted(standing.cuts, key=lambda cut: cut.low)
    ends = [max(cut.low, standing.scale_low) for cut in ordered] + [standing.scale_high]
    if ordered:
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


# ---- The dial ----------------------------------------------------------------------------------

CENTRE_X, CENTRE_Y, RADIUS, THICK = 200, 162, 132, 24


def _at(part: Fraction | float, radius: float) -> tuple[float, float]:
    """A place on the half circle; 0 is left, 1 is right."""
    angle = math.pi * (1 - float(part))
    return CENTRE_X + radius * math.cos(angle), CENTRE_Y - radius * math.sin(angle)


def _arc(low: Fraction | float, high: Fraction | float, radius: float) -> str:
    (x1, y1), (x2, y2) = _at(low, radius), _at(high, radius)
    return f"M{px(x1)} {px(y1)}A{px(radius)} {px(radius)} 0 0 1 {px(x2)} {px(y2)}"


def _segments(standing: Standing) -> list[SafeString]:
    """The categories along the arc, each with its letter."""
    drawn: list[SafeString] = []
    colours = cut_classes(standing.cuts)
    last = len(spans(standing)) - 1
    for place, (cut, low, high) in enumerate(spans(standing)):
        start, end = float(share(standing, low)), float(share(standing, high))
        kind = colours[cut.code]
        inner = (start + (0.004 if place else 0), end - (0.004 if place < last else 0))
        drawn.append(
            tag(
                "path",
                {
                    "d": _arc(*inner, RADIUS),
                    "class": f"dial-band {kind}",
                    "stroke": FILLS[kind],
                    "stroke-width": THICK,
                    "fill": "none",
                },
                tag("title", {}, f"{cut.label} ({written_range(low, high, standing.decimals)})"),
            )
        )
        if end - start > 0.045:
            x, y = _at((start + end) / 2, RADIUS)
            drawn.append(
                text(
                    x, y + 4.5, cut.code, kind=f"dial-letter {kind}", text_anchor="middle",
                    fill=LETTERS.get(kind, INK), font_size="13", font_weight="700",
                )  # fmt: skip
            )
    if not drawn:
        drawn.append(
            tag(
                "path",
                {
                    "d": _arc(0, 1, RADIUS), "class": "dial-band z-none", "fill": "none",
                    "stroke": FILLS["z-none"], "stroke-width": THICK,
                },
            )
        )  # fmt: skip
    return drawn


def _mark(standing: Standing, value: Fraction, word: str, kind: str, lift: float) -> SafeString:
    """A tick outside the arc with its word: the floor or the aim."""
    part = share(standing, value)
    edge = RADIUS + THICK / 2
    (x1, y1), (x2, y2) = _at(part, edge - THICK), _at(part, edge + 7)
    x, y = _at(part, edge + 12)
    anchor = "start" if part > Fraction(11, 20) else "end" if part < Fraction(9, 20) else "middle"
    return tag(
        "g",
        {"class": f"dial-mark {kind}"},
        line(x1, y1, x2, y2, "dial-tick", stroke=INK, stroke_width="2"),
        text(x, y + lift, word, kind="dial-word", text_anchor=anchor, font_size="12"),
    )


def _marks(standing: Standing) -> list[SafeString]:
    """Floor and aim; when they lie close together their words step apart."""
    close = (
        standing.floor is not None
        and standing.aim is not None
        and abs(share(standing, standing.aim) - share(standing, standing.floor)) < Fraction(3, 50)
    )
    drawn = []
    if standing.floor is not None and standing.floor != standing.aim:
        drawn.append(_mark(standing, standing.floor, _("minimal"), "is-floor", -6 if close else 2))
    if standing.aim is not None:
        drawn.append(_mark(standing, standing.aim, _("sasaran"), "is-aim", 10 if close else 4))
    return drawn


def _pointer(standing: Standing) -> list[SafeString]:
    """A needle at the value, a thick band for a range, nothing while nothing is known."""
    between = known_range(standing)
    inner = RADIUS - THICK / 2 - 9
    if between:
        low, high = (float(share(standing, end)) for end in between)
        return [
            tag(
                "path",
                {
                    "d": _arc(low, max(high, low + 0.01), inner), "class": "dial-range",
                    "stroke": INK, "stroke-width": "9", "fill": "none",
                },
            )
        ]  # fmt: skip
    if standing.value is None:
        return []
    part = share(standing, standing.value)
    tip_x, tip_y = _at(part, RADIUS - THICK / 2 + 3)
    (ax, ay), (bx, by) = (_at(float(part) + turn, inner - 2) for turn in (-0.021, 0.021))
    points = " ".join(f"{px(x)},{px(y)}" for x, y in ((tip_x, tip_y), (ax, ay), (bx, by)))
    x1, y1 = _at(part, RADIUS - THICK / 2)
    x2, y2 = _at(part, RADIUS + THICK / 2)
    return [
        line(x1, y1, x2, y2, "dial-cut", stroke=INK, stroke_width="3"),
        tag("polygon", {"points": points, "class": "dial-needle", "fill": INK}),
    ]


def _centre(standing: Standing) -> list[SafeString]:
    """The figure in the middle of the dial, and the ends of the scale."""
    between = known_range(standing)
    figure = figure_of(standing)
    size = "44" if not between else "27" if len(figure) < 13 else "23"
    under = standing.label
    if standing.value is None:
        under = _("kemungkinan") if between else _("belum diketahui")
    low, high = (written(end, 0) for end in (standing.scale_low, standing.scale_high))
    foot = CENTRE_Y + 18
    return [
        text(
            CENTRE_X, CENTRE_Y - 22, figure, kind="dial-figure", text_anchor="middle", fill=INK,
            font_size=size, font_weight="800",
        ),
        text(
            CENTRE_X, CENTRE_Y, under if len(under) < 26 else "", kind="dial-under",
            text_anchor="middle", font_size="14",
        ),
        text(CENTRE_X - RADIUS, foot, low, kind="p-text", text_anchor="middle", font_size="12"),
        text(CENTRE_X + RADIUS, foot, high, kind="p-text", text_anchor="middle", font_size="12"),
    ]  # fmt: skip


def draw_dial(standing: Standing) -> SafeString:
    """Half a circle of categories with the value, or its range, and the year's target."""
    parts = [
        *_segments(standing), *_marks(standing), *_pointer(standing), *_centre(standing),
    ]  # fmt: skip
    return picture("dial", 400, 186, standing.title, standing_in_words(standing), parts)


# ---- The one-line gauge ------------------------------------------------------------------------

GAUGE_WIDTH, GAUGE_HEIGHT = 200, 22


def _along(standing: Standing, value: Fraction) -> Fraction:
    return 6 + share(standing, value) * (GAUGE_WIDTH - 12)


def _gauge_track(standing: Standing) -> list[SafeString]:
    colours = cut_classes(standing.cuts)
    drawn = []
    for cut, low, high in spans(standing) or [
        (Cut(standing.scale_low, "", ""), standing.scale_low, standing.scale_high)
    ]:
        kind = colours.get(cut.code, "z-none")
        left, right = _along(standing, low), _along(standing, high)
        drawn.append(
            tag(
                "rect",
                {
                    "x": px(left + Fraction(1, 2)), "y": "9", "width": px(right - left - 1),
                    "height": "6", "rx": "1.5", "class": f"gauge-band {kind}",
                    "fill": FILLS[kind],
                },
            )
        )  # fmt: skip
    return drawn


def _gauge_value(standing: Standing) -> list[SafeString]:
    between = known_range(standing)
    if between:
        left, right = (_along(standing, end) for end in between)
        return [
            tag(
                "rect",
                {
                    "x": px(left - 2), "y": "7.5", "width": px(right - left + 4), "height": "9",
                    "rx": "4.5", "class": "gauge-range", "fill": INK,
                },
            )
        ]  # fmt: skip
    if standing.value is None:
        return []
    return [
        tag(
            "circle",
            {
                "cx": px(_along(standing, standing.value)), "cy": "12", "r": "6",
                "class": "gauge-dot", "fill": INK, "stroke": "#ffffff", "stroke-width": "2.5",
            },
        )
    ]  # fmt: skip


def draw_line(standing: Standing) -> SafeString:
    """The dial in one line, for tables and lists on a phone."""
    targets = [
        line(
            float(_along(standing, end)), 3, float(_along(standing, end)), 19, f"gauge-tick {kind}",
            stroke=INK, stroke_width="1.5",
        )
        for end, kind in ((standing.floor, "is-floor"), (standing.aim, "is-aim"))
        if end is not None
    ]  # fmt: skip
    parts = [*_gauge_track(standing), *targets, *_gauge_value(standing)]
    return picture(
        "gauge", GAUGE_WIDTH, GAUGE_HEIGHT, standing.title, standing_in_words(standing), parts
    )


# ---- The trend ---------------------------------------------------------------------------------

TOP, PLOT, LEFT, RIGHT, BOTTOM = 64, 200, 46, 112, 34


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where years and values lie in the picture of a trend."""

    trend: Trend
    first: int
    last: int

    @property
    def step(self) -> int:
        """The room for one year: more when the years are few."""
        return max(68, min(120, 640 // (self.last - self.first + 1)))

    @property
    def width(self) -> int:
        return LEFT + (self.last - self.first + 1) * self.step + RIGHT

    @property
    def right(self) -> int:
        return self.width - RIGHT

    def x(self, year: int) -> float:
        return LEFT + (year - self.first + 0.5) * self.step

    def y(self, value: Fraction) -> float:
        whole = self.trend.scale_high - self.trend.scale_low
        part = (value - self.trend.scale_low) / whole if whole else Fraction()
        return float(TOP + PLOT - part * PLOT)

    def figure(self, value: Fraction) -> str:
        return written(value, self.trend.decimals)


def _plane(trend: Trend) -> _Plane:
    years = [point.year for segment in trend.segments for point in segment.points]
    if trend.target:
        years.append(trend.target[0])
    return _Plane(trend, min(years, default=0), max(years, default=0))


def _grid(plane: _Plane) -> list[SafeString]:
    """The scale in five steps, and the years."""
    trend = plane.trend
    step = (trend.scale_high - trend.scale_low) / 5
    places = 0 if step.denominator == 1 else 1
    drawn = []
    for number in range(6):
        value = trend.scale_low + step * number
        y = plane.y(value)
        drawn.append(line(LEFT, y, plane.right, y, "trend-grid"))
        drawn.append(
            text(
                LEFT - 8, y + 4, written(value, places), text_anchor="end", font_size="12",
            )
        )  # fmt: skip
    drawn.extend(
        text(
            plane.x(year), TOP + PLOT + 22, str(year), kind="p-year", text_anchor="middle",
            font_size="12", font_weight="600",
        )
        for year in range(plane.first, plane.last + 1)
    )  # fmt: skip
    return drawn


def _zone_block(plane: _Plane, point: TrendPoint) -> SafeString:
    """A year of which only the zone is known: the word in its colour, at no height at all."""
    kind, middle = zone_class(point.zone), plane.x(point.year)
    words = point.zone or point.label
    return tag(
        "g",
        {"class": f"trend-zone {kind}"},
        tag(
            "rect",
            {
                "x": px(middle - 25), "y": px(TOP), "width": "50", "height": px(PLOT), "rx": "6",
                "class": f"trend-block {kind}", "fill": FILLS[kind], "fill-opacity": "0.22",
                "stroke": FILLS[kind], "stroke-dasharray": "4 4",
            },
        ),
        *(
            text(
                middle, TOP + PLOT / 2 - 4 + 15 * row, word, kind="trend-word",
                text_anchor="middle", fill=INK, font_size="12", font_weight="700",
            )
            for row, word in enumerate(words.split()[:3])
        ),
        _lines(middle, TOP + PLOT - 24, _("tanpa angka")),
    )  # fmt: skip


def _lines(x: float, y: float, words: str) -> SafeString:
    """A few small words, each on its own line."""
    rows = (
        text(
            x, y + 13 * row, word, kind="trend-small", text_anchor="middle", font_size="11",
            fill=INK,
        )
        for row, word in enumerate(words.split())
    )  # fmt: skip
    return tag("g", {}, *rows)


def _conflict(plane: _Plane, point: TrendPoint) -> SafeString:
    """Sources that disagree: every figure hollow, in one dashed bracket, none preferred."""
    x = plane.x(point.year)
    heights = sorted((plane.y(value), value) for value in set(point.values))
    top, bottom = heights[0][0], heights[-1][0]
    words = _("dua sumber berbeda") if len(heights) == 2 else _("sumber berbeda")
    bracket = tag(
        "rect",
        {
            "x": px(x - 12), "y": px(top - 10), "width": "24", "height": px(bottom - top + 20),
            "rx": "12", "class": "trend-bracket", "fill": "none", "stroke": INK,
            "stroke-width": "1.5", "stroke-dasharray": "4 3",
        },
    )  # fmt: skip
    markers = (
        tag(
            "circle",
            {
                "cx": px(x), "cy": px(y), "r": "4.5", "class": "trend-hollow", "fill": "#ffffff",
                "stroke": INK, "stroke-width": "2",
            },
        )
        for y, _value in heights
    )  # fmt: skip
    figures = [plane.figure(value) for _y, value in heights]
    below = bottom + 24
    return tag(
        "g",
        {"class": "trend-conflict"},
        bracket,
        *markers,
        _figure(x, top - 16, figures[0]),
        *(_figure(x, below + 14 * row, figure) for row, figure in enumerate(figures[1:])),
        _lines(x, below + 14 * len(figures) - 12, words),
    )


def _figure(x: float, y: float, words: str) -> SafeString:
    return text(
        x, y, words, kind="trend-figure", text_anchor="middle", fill=INK, font_size="12.5",
        font_weight="700",
    )  # fmt: skip


def _dot(plane: _Plane, point: TrendPoint) -> SafeString:
    x, y = plane.x(point.year), plane.y(point.values[0])
    return tag(
        "g",
        {},
        tag(
            "circle",
            {
                "cx": px(x), "cy": px(y), "r": "5.5", "class": "trend-dot",
                "fill": FILLS["z-pekat"], "stroke": "#ffffff", "stroke-width": "2",
            },
            tag("title", {}, f"{point.year}: {plane.figure(point.values[0])} {point.label}".strip()),
        ),
        _figure(x, y - 12, plane.figure(point.values[0])),
    )  # fmt: skip


def _point(plane: _Plane, point: TrendPoint) -> SafeString:
    if point.conflict:
        return _conflict(plane, point)
    return _dot(plane, point) if point.values else _zone_block(plane, point)


def _single(point: TrendPoint) -> bool:
    return bool(point.values) and not point.conflict


def _links(plane: _Plane, segment: TrendSegment) -> list[SafeString]:
    """Lines between neighbouring single figures; dashed where years between are missing."""
    drawn = []
    for one, two in pairwise(sorted(segment.points, key=lambda point: point.year)):
        if not (_single(one) and _single(two)):
            continue
        more = {} if two.year - one.year == 1 else {"stroke_dasharray": "5 5"}
        drawn.append(
            line(
                plane.x(one.year), plane.y(one.values[0]),
                plane.x(two.year), plane.y(two.values[0]), "trend-line",
                **{"stroke": FILLS["z-pekat"], "stroke_width": "2.5", **more},
            )
        )  # fmt: skip
    return drawn


def _fitting(words: str, room: float) -> str:
    """The words, or as much of them as there is room for."""
    letters = max(int(room / 6.4), 4)
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _headings(plane: _Plane) -> list[SafeString]:
    """Above each stretch the instrument's name; between two stretches a zigzag."""
    kept = [segment for segment in plane.trend.segments if segment.points]
    starts = [plane.x(min(p.year for p in s.points)) - plane.step / 2 for s in kept]
    ends = [plane.x(max(p.year for p in s.points)) + plane.step / 2 for s in kept]
    drawn = []
    for place, segment in enumerate(kept):
        row = 18 + 17 * (place % 2)
        room = (starts[place + 2] if place + 2 < len(kept) else plane.width) - starts[place] - 14
        drawn.append(
            text(
                starts[place] + 8, row, _fitting(segment.title, room), kind="trend-name",
                font_size="11.5", font_weight="600", fill=INK,
            )
        )  # fmt: skip
        if place:
            drawn.append(_zigzag((ends[place - 1] + starts[place]) / 2, row))
    return drawn


def _zigzag(x: float, top: float) -> SafeString:
    """The break: from here on another instrument judged, and the figures do not compare."""
    steps = range(int(top) - 8, TOP + PLOT + 1, 8)
    places = [f"{px(x + (3 if number % 2 else -3))},{y}" for number, y in enumerate(steps)]
    return tag(
        "g",
        {"class": "trend-break"},
        tag("title", {}, _("Instrumen berganti: angka sebelum dan sesudahnya tidak sebanding")),
        tag(
            "polyline",
            {
                "points": " ".join(places), "class": "trend-zigzag", "fill": "none",
                "stroke": MUTED, "stroke-width": "1.5",
            },
        ),
    )  # fmt: skip


def _targets(plane: _Plane) -> list[SafeString]:
    """The year's floor and aim as lines, with their words at the right."""
    if not plane.trend.target:
        return []
    year, floor, aim = plane.trend.target
    heights = [(plane.y(aim), _("sasaran"), aim, "is-aim")]
    if floor != aim:
        heights.append((plane.y(floor), _("minimal"), floor, "is-floor"))
    drawn = []
    lowest = 0.0
    for y, word, value, kind in heights:
        words_y = max(y + 4, lowest)
        lowest = words_y + 14
        drawn.append(
            line(
                plane.x(year) - plane.step / 2, y, plane.right + 4, y, f"trend-target {kind}",
                stroke=INK, stroke_width="2", stroke_dasharray="7 4",
            )
        )
        drawn.append(
            text(
                plane.right + 10, words_y, f"{word} {plane.figure(value)}", kind="trend-small",
                font_size="11.5", font_weight="600", fill=INK,
            )
        )  # fmt: skip
    return drawn


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
    said = [
        f"{segment.title}: "
        + "; ".join(point_in_words(trend, point) for point in segment.points)
        + "."
        for segment in trend.segments
        if segment.points
    ]
    if len(said) > 1:
        said.append(_("Angka dari instrumen yang berbeda tidak sebanding."))
    return " ".join(said)


def draw_trend(trend: Trend) -> SafeString:
    """Years from left to right; each instrument its own line, broken where the rules changed."""
    plane = _plane(trend)
    links: list[SafeString] = []
    points: list[SafeString] = []
    for segment in trend.segments:
        links += _links(plane, segment)
        points += [_point(plane, point) for point in segment.points]
    parts: Sequence[SafeString] = [
        *_grid(plane), *_headings(plane), *_targets(plane), *links, *points,
    ]  # fmt: skip
    height = TOP + PLOT + BOTTOM
    return picture("trend", plane.width, height, trend.title, trend_in_words(trend), parts)
