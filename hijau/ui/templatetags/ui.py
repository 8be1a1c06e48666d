"""The components of the design system, as tags and filters that every template has at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import forms, template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hijau.ui.figures import UNKNOWN, written, written_exact
from hijau.ui.pictures import draw_dial, draw_line, draw_trend
from hijau.ui.pictures.reading import figure_of, gap_of, known_range
from hijau.ui.shapes import Cell, HeatMap, Stage, Standing, Trend, TrendPoint
from hijau.ui.zones import short_code, zone_class

register = template.Library()

FILE_ICONS = {
    "pdf": "file-earmark-pdf",
    "image": "file-earmark-image",
    "jpg": "file-earmark-image",
    "jpeg": "file-earmark-image",
    "png": "file-earmark-image",
    "xlsx": "file-earmark-spreadsheet",
    "csv": "file-earmark-spreadsheet",
    "docx": "file-earmark-text",
    "link": "link-45deg",
}


# ---- Figures -----------------------------------------------------------------------------------


@register.filter
def figure(value: Fraction | int | None, decimals: int = 2) -> str:
    """`{{ score.value|figure }}` → `88,39`; `{{ score.value|figure:0 }}`; None → `–`."""
    return written(value, int(decimals))


@register.filter
def exact(value: Fraction | int | None) -> str:
    """`{{ weight|exact }}` → `4,125`, or `25/9` where the decimals do not end."""
    return written_exact(value)


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """`{{ means|at:code }}`: what a mapping holds at a key, None where it holds nothing."""
    return mapping.get(key)


@register.filter
def step(values: Sequence[Any] | None, place: int) -> Any:
    """`{{ value|step:0 }}`: one member of a sequence, None where it is shorter."""
    return values[place] if values is not None and place < len(values) else None


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "check-lg" %}`: a picture beside a word; with `label` it speaks for itself."""
    address = f"{static('ui/vendor/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


# ---- Badges ------------------------------------------------------------------------------------


@register.inclusion_tag("ui/zone_badge.html")
def zone_badge(zone: str | None, label: str = "", estimate: bool = False) -> dict[str, Any]:
    """A zone or category as a word on its colour. `label` replaces the zone's own name."""
    return {
        "kind": zone_class(zone),
        "words": label or zone or _("belum ada zona"),
        "estimate": estimate,
    }


@register.inclusion_tag("ui/estimate_badge.html")
def estimate_badge() -> dict[str, Any]:
    """Says that a figure rests on something that no source states."""
    return {}


@register.inclusion_tag("ui/example_badge.html")
def example_badge() -> dict[str, Any]:
    """Says that what is shown was invented for the demonstration."""
    return {}


# ---- Pictures ----------------------------------------------------------------------------------


@register.inclusion_tag("ui/score_dial.html")
def score_dial(standing: Standing) -> dict[str, Any]:
    """The dial with its figures as text beside it."""
    return {
        "standing": standing,
        "picture": draw_dial(standing),
        "figure": figure_of(standing),
        "ranged": known_range(standing) is not None,
        "gap": gap_of(standing),
        "key": _key(standing),
    }


def _key(standing: Standing) -> list[tuple[str, str]]:
    """What the initials on the arc stand for, where a category's code is a word."""
    ordered = sorted(standing.cuts, key=lambda cut: cut.low)
    return [(short_code(cut.code), cut.code) for cut in ordered if len(cut.code) > 2]


@register.inclusion_tag("ui/standing_line.html")
def standing_line(standing: Standing) -> dict[str, Any]:
    """The gauge in one line, with the figure before it and the zone behind it."""
    return {
        "standing": standing,
        "picture": draw_line(standing),
        "figure": figure_of(standing),
    }


@register.inclusion_tag("ui/score_bar.html")
def score_bar(
    standing: Standing, done: int, total: int, label: str = "", onward: str = ""
) -> dict[str, Any]:
    """On a phone the score in one line above the questions; on a desk the aside shows it.

    Its id is `score-bar`, so that the answer to an autosaved form can bring it anew.
    """
    return {
        "standing": standing,
        "done": done,
        "total": total,
        "label": label or _("indikator"),
        "onward": onward,
    }


HEAT_STEPS = 5


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell with the class of its colour."""

    cell: Cell
    kind: str


def heat_class(share: Fraction | None) -> str:
    """`heat-1` (lowest fifth) to `heat-5`; `heat-unknown` is hatched."""
    if share is None:
        return "heat-unknown"
    step = int(min(max(share, Fraction()), Fraction(1)) * HEAT_STEPS)
    return f"heat-{min(step + 1, HEAT_STEPS)}"


@register.inclusion_tag("ui/heat_map.html")
def heat_map(heatmap: HeatMap) -> dict[str, Any]:
    """Units down, dimensions across: a table, coloured in five steps, with a legend."""
    rows = [
        {
            "row": row,
            "cells": [HeatCell(cell, heat_class(cell.share)) for cell in row.cells],
            "total": HeatCell(row.total, heat_class(row.total.share)),
        }
        for row in heatmap.rows
    ]
    width = 100 // HEAT_STEPS
    legend = [
        {"kind": f"heat-{step + 1}", "low": step * width, "high": (step + 1) * width}
        for step in range(HEAT_STEPS)
    ]
    return {"heatmap": heatmap, "rows": rows, "legend": legend}


@register.inclusion_tag("ui/trend_chart.html")
def trend_chart(trend: Trend) -> dict[str, Any]:
    """The years as a picture, and below it as a table with the sources."""
    rows = [
        {
            "instrument": segment.title,
            "point": point,
            "figures": _figures(point, trend.decimals),
            "kind": zone_class(point.zone),
        }
        for segment in trend.segments
        for point in segment.points
    ]
    return {
        "trend": trend,
        "picture": draw_trend(trend) if rows else "",
        "rows": rows,
        "breaks": len([segment for segment in trend.segments if segment.points]) > 1,
    }


def _figures(point: TrendPoint, decimals: int) -> list[str]:
    return [written(value, decimals) for value in dict.fromkeys(point.values)] or [UNKNOWN]


# ---- Small components --------------------------------------------------------------------------


@register.inclusion_tag("ui/step_trail.html")
def step_trail(stages: Sequence[Stage]) -> dict[str, Any]:
    """The steps of a path: done, now, later; each state also in words."""
    return {"stages": stages}


@register.inclusion_tag("ui/evidence_card.html", takes_context=True)
def evidence_card(
    context: template.Context,
    name: str,
    kind: str = "",
    size: int | str = "",
    url: str = "",
    withdraw_url: str = "",
) -> dict[str, Any]:
    """A piece of evidence. `size` is in bytes, or text; `withdraw_url` is posted to."""
    return {
        "name": name,
        "kind": kind,
        "size": size,
        "counted": isinstance(size, int),
        "url": url,
        "withdraw_url": withdraw_url,
        "icon_name": FILE_ICONS.get(kind.lower().rpartition("/")[2], _by_family(kind)),
        "csrf_token": context.get("csrf_token"),
    }


def _by_family(kind: str) -> str:
    return FILE_ICONS.get(kind.lower().partition("/")[0], "file-earmark")


@register.inclusion_tag("ui/empty_state.html")
def empty_state(
    title: str, text: str = "", url: str = "", action: str = "", icon: str = "journal-text"
) -> dict[str, Any]:
    """Nothing here yet: what will be here, and what to do for it."""
    return {"title": title, "text": text, "url": url, "action": action, "icon_name": icon}


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int, label: str = "") -> dict[str, Any]:
    """How many of how many, as a bar and in words."""
    return {
        "done": done,
        "total": total,
        "label": label,
        "percent": done * 100 // total if total else 0,
        "complete": bool(total) and done >= total,
    }


@register.inclusion_tag("ui/field.html")
def field(bound: forms.BoundField, hint: str = "") -> dict[str, Any]:
    """A form field with label, help, error; choices as cards, ticks as a clickable row."""
    widget = bound.field.widget
    return {
        "field": bound,
        "hint": hint or bound.help_text,
        "options": isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple),
        "tick": isinstance(widget, forms.CheckboxInput),
        "drop": isinstance(widget, forms.FileInput),
    }
