"""Writing SVG: elements, lengths, words, and the frame that gives a picture its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FILLS = {
    "z-merah": "#c9473a",
    "z-kuning": "#f0bf3f",
    "z-hijau": "#7cc78d",
    "z-pekat": "#17734c",
    "z-none": "#cfd6d0",
    "z-r1": "#d8dcd7",
    "z-r2": "#c3d6c8",
    "z-r3": "#9cc9a9",
    "z-r4": "#5fae7f",
    "z-r5": "#17734c",
}
"""The colours of styles/look.css in daylight, for a picture that stands alone."""
INK, MUTED, RULE, GREEN, PAPER = "#17251e", "#57665d", "#dbe2dc", "#17734c", "#ffffff"


def _length(value: object) -> object:
    """A number to a tenth; anything else as it is."""
    if isinstance(value, Fraction | float):
        return f"{float(value):.1f}".removesuffix(".0")
    return value


def tag(name: str, attributes: Mapping[str, object], *inside: str) -> SafeString:
    """One element; everything that is not yet markup is escaped."""
    written = format_html_join(
        "", ' {}="{}"', ((key, _length(value)) for key, value in attributes.items())
    )
    content = format_html_join("", "{}", ((part,) for part in inside))
    return format_html("<{0}{1}>{2}</{0}>", name, written, content)


def shape(name: str, kind: str, *inside: str, **attributes: object) -> SafeString:
    """An element of the class `kind`; `stroke_width=2` becomes `stroke-width="2"`."""
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    return tag(name, {**({"class": kind} if kind else {}), **named}, *inside)


def line(
    kind: str, start: tuple[float, float], end: tuple[float, float], **attributes: object
) -> SafeString:
    return shape("line", kind, x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)


def label(
    kind: str, x: float, y: float, words: str, *, size: float = 12, **attributes: object
) -> SafeString:
    """Words around a place."""
    given = {"text_anchor": "middle", "fill": INK, **attributes}
    return shape("text", kind, words, x=x, y=y, font_size=size, **given)


def group(kind: str, *inside: str) -> SafeString:
    return shape("g", kind, *inside)


def picture(
    kind: str, size: tuple[int, int], title: str, description: str, parts: Iterable[str]
) -> SafeString:
    """The frame: an image with a name and a description for those who do not see it."""
    width, height = size
    frame = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "class": f"picture {kind}",
        "role": "img",
        "font-family": "'Plus Jakarta Sans', sans-serif",
    }
    return tag("svg", frame, tag("title", {}, title), tag("desc", {}, description), *parts)
