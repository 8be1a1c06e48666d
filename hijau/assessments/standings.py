"""From scores, verdicts and targets to what the pictures of the pages show."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language

from hijau.assessments.models import Assessment, Target
from hijau.ui.shapes import Cut, Standing
from scoring.instrument import Band, Instrument
from scoring.score import Score


def cuts(bands: Iterable[Band]) -> tuple[Cut, ...]:
    """The categories of an instrument for a scale, best first."""
    language = get_language() or "id"
    return tuple(
        Cut(band.low, band.code, band.label.in_language(language), band.zone) for band in bands
    )


def scale(rule: Instrument) -> tuple[Fraction, Fraction]:
    """The ends of the published scale: those of its bands, or of its formula."""
    if rule.bands:
        return rule.bands[-1].low, rule.bands[0].high
    return rule.publish.low, rule.publish.high


def of_score(score: Score, title: str, target: Target | None = None, url: str = "") -> Standing:
    """The standing of a score that was just computed."""
    low, high = scale(score.instrument)
    return Standing(
        title=title,
        scale_low=low,
        scale_high=high,
        decimals=score.instrument.publish.decimals,
        value=score.value,
        low=score.low,
        high=score.high,
        band=score.band.code if score.band else "",
        label=score.label_in(get_language() or "id") or "",
        zone=score.zone or "",
        estimate=score.estimate,
        missing=len(score.missing),
        cuts=cuts(score.instrument.bands),
        possible=cuts(score.possible),
        url=url,
        **_target(target, score.instrument),
    )


def of_assessment(assessment: Assessment, title: str, url: str = "") -> Standing:
    """The standing of an assessment, from the figures kept beside it: no answers are read."""
    rule = assessment.instrument
    low, high = scale(rule)
    possible: tuple[Band, ...] = ()
    if assessment.low is not None and assessment.high is not None:
        possible = rule.bands_between(assessment.low, assessment.high)
    chosen = next((band for band in rule.bands if band.code == assessment.band), None)
    return Standing(
        title=title,
        scale_low=low,
        scale_high=high,
        decimals=rule.publish.decimals,
        value=assessment.value,
        low=assessment.low if assessment.answered else None,
        high=assessment.high if assessment.answered else None,
        band=assessment.band,
        label=chosen.label.in_language(get_language() or "id") if chosen else "",
        zone=assessment.zone,
        estimate=assessment.estimate and assessment.answered > 0,
        cuts=cuts(rule.bands),
        possible=cuts(possible) if assessment.answered else (),
        url=url,
        **_target(assessment.target, rule),
    )


def in_words(band: Band) -> str:
    """A category as a target names it: its zone, or its words in the reader's language."""
    return band.zone or band.label.in_language(get_language() or "id")


def target_words(target: Target, rule: Instrument) -> tuple[str, str]:
    """Floor and aim in words."""
    names = {band.low: in_words(band) for band in rule.bands}
    return names.get(target.floor, target.floor_name), names.get(target.aim, target.aim_name)


def _target(target: Target | None, rule: Instrument) -> dict[str, Any]:
    """The part of a standing that comes from the year's target."""
    if target is None:
        return {}
    floor_name, aim_name = target_words(target, rule)
    return {
        "floor": target.floor,
        "floor_name": floor_name,
        "aim": target.aim,
        "aim_name": aim_name,
    }
