"""Which colour class a zone or a category wears. The words beside it say the same."""

from __future__ import annotations

from collections.abc import Sequence

from hijau.ui.shapes import Cut

RAMP = 5
"""Steps of the neutral-to-green ramp for categories that have no zone."""


def zone_class(zone: str | None) -> str:
    """`z-merah`, `z-kuning`, `z-hijau`, `z-pekat`; `z-none` where there is no zone."""
    name = (zone or "").strip().lower().replace("_", " ")
    if name.startswith("merah"):
        return "z-merah"
    if name.startswith("kuning"):
        return "z-kuning"
    if name in ("hijau pekat", "hijau tua"):
        return "z-pekat"
    return "z-hijau" if name.startswith("hijau") else "z-none"


def ramp_class(position: int, total: int) -> str:
    """The step for the category at `position` (0 is the worst) of `total`: `z-r1` to `z-r5`."""
    return f"z-r{1 + position * (RAMP - 1) // max(total - 1, 1)}"


def short_code(code: str) -> str:
    """What fits on a picture: `A-` as it is, `Sangat Baik` as `SB`."""
    if len(code) <= 2:
        return code
    return "".join(word[0] for word in code.split())[:3].upper()


def cut_classes(cuts: Sequence[Cut]) -> dict[str, str]:
    """The class of each category by its code: by zone, or else by its place on the ramp."""
    ordered = sorted(cuts, key=lambda cut: cut.low)
    return {
        cut.code: zone_class(cut.zone) if cut.zone else ramp_class(place, len(ordered))
        for place, cut in enumerate(ordered)
    }
