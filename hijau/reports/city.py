"""The dashboard's questions, each answered with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from hijau.accounts.models import User
from hijau.assessments.models import Assessment, Round, Target, Verdict
from hijau.assessments.models.round import RoundQuerySet
from hijau.assessments.models.verdict import Year, by_year
from hijau.assessments.standings import of_assessment, of_score, scale
from hijau.instruments.models import Version
from hijau.instruments.templatetags.instruments import family_name
from hijau.organisation.models import Organisation
from hijau.ui.figures import written, written_range
from hijau.ui.shapes import Cell, HeatMap, HeatRow, Standing, Trend, TrendPoint, TrendSegment
from scoring.formula import Indicator, Node, bounds, children, walk
from scoring.instrument import Instrument
from scoring.interpret import Step, mean_of
from scoring.score import Score, conclude


@dataclass
class RoundSummary:
    """One open or recent round, as the people of a city ask about it."""

    round: Round
    assessments: list[Assessment]
    city: Standing | None
    standings: list[tuple[Assessment, Standing]]

    @property
    def not_started(self) -> list[Assessment]:
        return [a for a in self.assessments if a.answered == 0 and a.is_draft]

    @property
    def submitted(self) -> int:
        return sum(not a.is_with_the_unit for a in self.assessments)

    @property
    def heat_map(self) -> HeatMap | None:
        return heat_map(self.round, self.assessments)


def summaries(user: User, rounds: RoundQuerySet, limit: int = 6) -> list[RoundSummary]:
    """The rounds that the person sees, newest first, each with its units and the city's mean."""
    chosen = list(rounds.newest_first()[:limit])
    seen = Assessment.objects.visible_to(user).filter(round__in=chosen)
    grouped: dict[int, list[Assessment]] = {}
    for assessment in seen:
        grouped.setdefault(assessment.round_id, []).append(assessment)
    whole = {path for path in user.seen_paths() if len(path) == Organisation.steplen}
    result = []
    for opened in chosen:
        assessments = grouped.get(opened.pk, [])
        if not assessments:
            continue
        city = None
        if opened.government.place in whole:
            city = city_standing(opened, assessments)
        standings = [
            (a, of_assessment(a, a.short_title, reverse("answer_page", args=[a.pk])))
            for a in assessments
        ]
        result.append(RoundSummary(opened, assessments, city, standings))
    return result


def city_standing(opened: Round, assessments: Sequence[Assessment]) -> Standing | None:
    """Where the institution stands; a range while one of its units is open."""
    result = city_score(opened.version.rule, assessments)
    if result is None:
        return None
    whole = opened.government_id
    targets = (a.target for a in assessments if a.target)
    target = next((t for t in targets if t.organisation_id == whole), None)
    url = reverse("round_page", args=[opened.pk])
    standing = of_score(result, opened.government.short_name, target, url)
    if any(a.answered for a in assessments):
        return replace(standing, missing=0)
    return replace(standing, missing=0, low=None, high=None, possible=())


def city_score(
    rule: Instrument, assessments: Sequence[Assessment], axis_value: str | None = None
) -> Score | None:
    """The institution's figure from its units' unrounded ones; None where the rule has none."""
    if rule.institution is None:
        return None
    step = mean_of(rule.institution, [_unit(a, rule) for a in assessments])
    return conclude(rule, step, axis_value)


def _unit(assessment: Assessment, rule: Instrument) -> Step:
    """A unit as the city's mean takes it: its unrounded figure, or all that it may still be."""
    node = rule.formula(assessment.round.form or None)
    low, high = assessment.exact_low, assessment.exact_high
    if low is None or high is None:
        ends = bounds(node)
        low, high = ends.low, ends.high
    scored = sum(not question.unscored for question in assessment.questions)
    missing = (assessment.unit.code,) if assessment.answered < scored else ()
    return Step(node, assessment.exact, low, high, missing=missing)


def dimensions(root: Node, rule: Instrument) -> list[Node]:
    """The columns of a heat map: the lowest nodes above what the unit itself answers.

    What the users of a service answer is one column, however many items it has.
    """
    leaves = [node for node in walk(root) if isinstance(node, Indicator)]
    if all(rule.by_code[leaf.name.code].asked_of == "users" for leaf in leaves):
        return [root]
    below = [node for node in children(root) if not isinstance(node, Indicator)]
    return [column for node in below for column in dimensions(node, rule)] or [root]


def heat_map(opened: Round, assessments: Sequence[Assessment]) -> HeatMap | None:
    """Units down, dimensions across, from the figures kept beside each assessment."""
    rule = opened.version.rule
    columns = dimensions(rule.formula(opened.form or None), rule)
    started = [a for a in assessments if a.answered]
    if not started or len(columns) < 2:
        return None
    decimals = rule.publish.decimals
    ends = {f"{node.name.level}:{node.name.code}": bounds(node) for node in columns}

    def cell(assessment: Assessment, node: Node) -> Cell:
        key = f"{node.name.level}:{node.name.code}"
        value, low, high = assessment.parts.get(key, (None, None, None))
        end = ends[key]
        if value is None and (low is None or Fraction(low) == end.low):
            return Cell("–", None, _("%s: belum diketahui") % node.name.title)
        if value is None:
            text = written_range(Fraction(low), Fraction(high), decimals)
            return Cell(text, None, _("%s: rentang yang mungkin") % node.name.title)
        figure = Fraction(value)
        share = (figure - end.low) / (end.high - end.low)
        return Cell(written(figure, decimals), share, node.name.title)

    rows = []
    low, high = scale(rule)
    for assessment in started:
        total = Cell("–", None)
        if assessment.value is not None:
            share = (assessment.value - low) / (high - low)
            total = Cell(written(assessment.value, decimals), share, assessment.band)
        elif assessment.low is not None and assessment.high is not None:
            text = written_range(assessment.low, assessment.high, decimals)
            total = Cell(text, None, _("rentang"))
        rows.append(
            HeatRow(
                assessment.unit.short_name,
                reverse("answer_page", args=[assessment.pk]),
                [cell(assessment, node) for node in columns],
                total,
            )
        )
    return HeatMap(
        caption=_("Peta nilai: %s") % opened,
        columns=[node.name.title for node in columns],
        rows=rows,
        note=_("Unit yang belum mulai tidak ditampilkan.")
        if len(started) < len(assessments)
        else "",
    )


# ---- Results from outside, over the years ------------------------------------------------------


def trends(user: User) -> list[Trend]:
    """The yearly results of the governments one sees, one picture per family.

    Years that were judged by different instruments stand in different segments, so that nobody
    reads a line across the break.
    """
    verdicts = (
        Verdict.objects.visible_to(user)
        .filter(withdrawn_at=None, organisation__depth=1)
        .order_by("organisation__path", "family", "year", "pk")
    )
    targets = {
        (t.organisation_id, t.version.family): t
        for t in Target.objects.visible_to(user)
        .filter(organisation__depth=1)
        .order_by("year", "version__valid_from")
    }
    result = []
    for (place, family), group in groupby(verdicts, lambda v: (v.organisation, v.family)):
        years = list(by_year(group))
        target = targets.get((place.pk, family))
        result.append(_trend(place, family, years, target))
    return result


def _trend(place: Organisation, family: str, years: Sequence[Year], target: Target | None) -> Trend:
    rules = [year.family_version for year in years if year.family_version]
    low, high = scale(rules[-1].rule) if rules else (Fraction(), Fraction(100))
    decimals = rules[-1].rule.publish.decimals if rules else 2
    segments = [
        TrendSegment(version.title if version else _("Instrumen tidak diketahui"), [*points])
        for version, points in _segments(years)
    ]
    return Trend(
        title=f"{family_name(family)} · {place.short_name}",
        scale_low=low,
        scale_high=high,
        decimals=decimals,
        segments=segments,
        target=(target.year, target.floor, target.aim) if target else None,
        note=_(
            "Garis terputus di tahun instrumennya berganti: angka sebelum dan sesudahnya "
            "tidak dapat dibandingkan."
        )
        if len(segments) > 1
        else "",
    )


def _segments(years: Iterable[Year]) -> Iterable[tuple[Version | None, Iterable[TrendPoint]]]:
    for _key, group in groupby(years, lambda y: y.family_version.pk if y.family_version else None):
        members = list(group)
        yield members[0].family_version, [_point(year) for year in members]


def _point(year: Year) -> TrendPoint:
    said = {v.category for v in year.verdicts if v.category}
    values = list(dict.fromkeys(v.value for v in year.values if v.value is not None))
    return TrendPoint(
        year=year.year,
        values=values,
        zone=year.zone,
        label=said.pop() if len(said) == 1 else "",
        sources=[v.source_name for v in year.verdicts],
    )
