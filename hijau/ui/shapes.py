"""What the pictures and badges of the design system are given: plain facts, no models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Cut:
    """A category on a scale: from `low` to the next one's `low`."""

    low: Fraction
    code: str
    label: str
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands on the scale of one instrument.

    `value` is None while unknown; then `low` to `high` is what is possible (both None: nothing
    is known at all). `cuts` are best first. `floor` and `aim` are the year's target.
    """

    title: str
    scale_low: Fraction
    scale_high: Fraction
    decimals: int
    value: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    band: str = ""
    label: str = ""
    zone: str = ""
    estimate: bool = False
    missing: int = 0
    floor: Fraction | None = None
    floor_name: str = ""
    aim: Fraction | None = None
    aim_name: str = ""
    cuts: Sequence[Cut] = ()
    possible: Sequence[Cut] = ()
    url: str = ""

    @property
    def bare(self) -> Standing:
        """The scale alone, without anybody on it: the same for all who stand on it."""
        return Standing("", self.scale_low, self.scale_high, self.decimals, cuts=tuple(self.cuts))

    @property
    def gap(self) -> Fraction | None:
        """What is wanting to the aim; None while the value is unknown."""
        if self.value is None or self.aim is None:
            return None
        return max(self.aim - self.value, Fraction())

    @property
    def gap_range(self) -> tuple[Fraction, Fraction] | None:
        """What is wanting to the aim at the best and at the worst, while the value is a range."""
        if self.aim is None or self.low is None or self.high is None:
            return None
        return max(self.aim - self.high, Fraction()), max(self.aim - self.low, Fraction())


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat map; `share` is 0 to 1 of the scale, None while unknown."""

    text: str
    share: Fraction | None
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    label: str
    url: str
    cells: Sequence[Cell]
    total: Cell


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Units down, dimensions across; always printed as a table with the figures in it."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[HeatRow]
    note: str = ""
    corner: str = ""
    """What a row is, where it is not a unit."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A year; several `values` are sources that disagree. Without a value only the zone counts."""

    year: int
    values: Sequence[Fraction] = ()
    zone: str = ""
    label: str = ""
    sources: Sequence[str] = ()

    @property
    def conflict(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class TrendSegment:
    """Years judged by one instrument; between two segments the line is visibly broken."""

    title: str
    points: Sequence[TrendPoint]


@dataclass(frozen=True, slots=True)
class Trend:
    title: str
    scale_low: Fraction
    scale_high: Fraction
    decimals: int
    segments: Sequence[TrendSegment]
    target: tuple[int, Fraction, Fraction] | None = None
    """Year, floor and aim of the target, when there is one."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a trail; `state` is done, now or later."""

    title: str
    state: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    title: str
    url: str
    icon: str
    current: bool = False
    children: Sequence[NavItem] = field(default_factory=tuple)
