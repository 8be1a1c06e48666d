"""How a place was judged from outside, as the portal tells it: with source and date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import get_language

from hijau.assessments.models import Target, Verdict
from hijau.assessments.models.verdict import Year, by_year
from hijau.assessments.standings import target_words
from hijau.organisation.models import Organisation
from hijau.ui.figures import written_exact
from hijau.ui.zones import zone_class

LEVELS = {"z-merah": 1, "z-kuning": 2, "z-hijau": 3, "z-pekat": 4}


@dataclass(frozen=True, slots=True)
class Judged:
    """One year of one place by one judge; sources that disagree all stand in it."""

    year: int
    zone: str
    words: str
    """The zone or the category; empty where only a figure was published."""
    kind: str
    figures: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    breaks: bool
    """Judged by another instrument than the year before."""

    @property
    def conflict(self) -> bool:
        return len(self.figures) > 1

    @property
    def is_example(self) -> bool:
        return any(verdict.is_example for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class History:
    """The years of one place by one family of instruments, the latest first."""

    organisation: Organisation
    family: str
    years: tuple[Judged, ...]

    @property
    def latest(self) -> Judged:
        return self.years[0]

    @property
    def zones(self) -> tuple[Judged, Judged] | None:
        """The first and the last year with a zone, when there are two."""
        known = [year for year in self.years if year.kind in LEVELS]
        return (known[-1], known[0]) if len(known) > 1 else None


def histories(places: Sequence[Organisation]) -> list[History]:
    """What was published about the places, by place and family. One query."""
    verdicts = (
        Verdict.objects.filter(withdrawn_at=None, organisation__in=places)
        .select_related("organisation", "version")
        .defer("version__text", "note")
        .order_by("organisation__path", "family", "year", "pk")
    )
    return [
        History(place, family, tuple(_judged(by_year(group))))
        for (place, family), group in groupby(verdicts, lambda v: (v.organisation, v.family))
    ]


def _judged(years: Iterable[Year]) -> list[Judged]:
    told: list[Judged] = []
    before: int | None = None
    for year in years:
        version = year.family_version
        changed = bool(version and before and version.pk != before)
        before = version.pk if version else before
        said = list(dict.fromkeys(v.category for v in year.verdicts if v.category))
        told.append(
            Judged(
                year=year.year,
                zone=year.zone,
                words=year.zone or " / ".join(said),
                kind=zone_class(year.zone),
                figures=tuple(dict.fromkeys(written_exact(v.value) for v in year.values)),
                verdicts=tuple(year.verdicts),
                breaks=changed,
            )
        )
    return told[::-1]


def quality(unit: Organisation, government: Organisation) -> list[History]:
    """The last judgement of a unit by each judge; where there is none, that of its government."""
    found = histories([unit, government])
    own = [history for history in found if history.organisation == unit]
    judged = {history.family for history in own}
    return own + [one for one in found if one.organisation != unit and one.family not in judged]


@dataclass(frozen=True, slots=True)
class Aim:
    target: Target
    floor: str
    aim: str


def aims(government: Organisation) -> list[Aim]:
    """The latest targets of the government that rest on a source."""
    found = list(
        Target.objects.filter(organisation=government)
        .exclude(source_name="")
        .select_related("version")
        .defer("version__text")
        .order_by("-year", "version__family", "-version__valid_from")
    )
    latest = [target for target in found if target.year == found[0].year]
    return [Aim(target, *_words(target)) for target in latest]


def _words(target: Target) -> tuple[str, str]:
    """Floor and aim in the language of the reader; the instrument is read only for a translation,
    for a process takes half a second to read its first ones."""
    if get_language() == "id":
        return target.floor_name, target.aim_name
    return target_words(target, target.version.rule)
