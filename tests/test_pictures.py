"""The pictures of the design system: what they draw, what they leave out, and what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.template import engines
from django.utils.safestring import SafeString
from django.utils.translation import override

from hijau.ui.pictures import draw_dial, draw_line, draw_trend
from hijau.ui.shapes import (
    Cell,
    Cut,
    HeatMap,
    HeatRow,
    Stage,
    Standing,
    Trend,
    TrendPoint,
    TrendSegment,
)
from hijau.ui.zones import cut_classes, zone_class

CUTS = (
    Cut(Fraction(88), "A", "Hijau pekat", "hijau pekat"),
    Cut(Fraction(78), "B", "Hijau", "hijau"),
    Cut(Fraction(54), "C", "Kuning", "kuning"),
    Cut(Fraction(0), "D", "Merah", "merah"),
)
UNKNOWN = Standing("Kepatuhan", Fraction(0), Fraction(100), 2, cuts=CUTS)
KNOWN = replace(
    UNKNOWN,
    value=Fraction("86.40"),
    label="Hijau",
    zone="hijau",
    floor=Fraction(78),
    floor_name="hijau",
    aim=Fraction(88),
    aim_name="hijau pekat",
)
RANGED = replace(KNOWN, value=None, low=Fraction("71.2"), high=Fraction("90.15"), estimate=True)
TREND = Trend(
    "Hasil Ombudsman",
    Fraction(0),
    Fraction(100),
    2,
    (
        TrendSegment(
            "Survei lama", (TrendPoint(2015, zone="merah"), TrendPoint(2016, zone="kuning"))
        ),
        TrendSegment(
            "Penilaian 2022",
            (
                TrendPoint(2021, (Fraction("72.5"),), "kuning", sources=("surat kabar",)),
                TrendPoint(2022, (Fraction("78.9"),), "hijau"),
                TrendPoint(2023, (Fraction("90.35"), Fraction("93.35")), "hijau pekat"),
            ),
        ),
    ),
    (2024, Fraction(78), Fraction(88)),
)
HEAT = HeatMap(
    "Capaian per dimensi",
    ("Input", "Proses"),
    (
        HeatRow(
            "Disdukcapil",
            "/unit/1",
            (Cell("0,0", Fraction(0)), Cell("", None)),
            Cell("50,0", Fraction(1, 2)),
        ),
    ),
)
STAGES = (Stage("Mengisi", "done"), Stage("Verifikasi", "now"), Stage("Rencana", "later"))


def rendered(source: str, **context: object) -> str:
    """A template in Indonesian, with the components at hand."""
    with override("id"):
        return str(engines["django"].from_string(source).render(context))


def classes(picture: SafeString) -> list[str]:
    found: list[str] = []
    for element in ElementTree.fromstring(picture).iter():
        found += element.get("class", "").split()
    return found


def words(picture: SafeString) -> str:
    return " ".join(ElementTree.fromstring(picture).itertext())


@pytest.fixture(autouse=True)
def _indonesian() -> object:
    with override("id"):
        yield


def test_a_known_value_has_a_needle_and_its_figure_in_words() -> None:
    dial = draw_dial(KNOWN)
    assert "dial-needle" in classes(dial)
    assert "dial-range" not in classes(dial)
    assert "86,40" in words(dial)


def test_a_range_is_drawn_from_its_low_to_its_high_end_and_has_no_needle() -> None:
    dial, line = draw_dial(RANGED), draw_line(RANGED)
    assert "dial-range" in classes(dial)
    assert "dial-needle" not in classes(dial)
    assert "71,20–90,15" in words(dial)
    assert "gauge-range" in classes(line)
    assert "gauge-dot" not in classes(line)


def test_the_unknown_is_not_drawn_as_zero() -> None:
    dial, line = draw_dial(UNKNOWN), draw_line(UNKNOWN)
    assert not {"dial-needle", "dial-range"} & set(classes(dial))
    assert not {"gauge-dot", "gauge-range"} & set(classes(line))
    assert "belum diketahui" in words(dial)
    figures = re.findall(r'class="dial-figure"[^>]*>([^<]*)<', dial)
    assert figures == ["–"]


def test_every_category_has_its_letter_beside_its_colour() -> None:
    letters = re.findall(r'class="dial-letter[^>]*>([A-D])<', draw_dial(KNOWN))
    assert sorted(letters) == ["A", "B", "C", "D"]


def test_floor_and_aim_are_marked_with_words() -> None:
    assert {"is-floor", "is-aim"} <= set(classes(draw_dial(KNOWN)))
    assert {"minimal", "sasaran"} <= set(words(draw_dial(KNOWN)).split())


def test_categories_without_zones_run_from_neutral_to_green() -> None:
    cuts = [
        Cut(Fraction(low), code, code) for low, code in ((4, "A"), (3, "B"), (2, "C"), (0, "F"))
    ]
    assert cut_classes(cuts)["F"] == "z-r1"
    assert cut_classes(cuts)["A"] == "z-r5"


@pytest.mark.parametrize(
    ("zone", "kind"),
    [
        ("merah", "z-merah"),
        ("kuning", "z-kuning"),
        ("hijau", "z-hijau"),
        ("hijau muda", "z-hijau"),
        ("hijau pekat", "z-pekat"),
        ("", "z-none"),
        (None, "z-none"),
    ],
)
def test_each_zone_has_one_colour(zone: str | None, kind: str) -> None:
    assert zone_class(zone) == kind


def test_the_line_of_a_trend_breaks_where_the_instrument_changed() -> None:
    drawn = draw_trend(TREND)
    assert classes(drawn).count("trend-break") == 1
    assert "Survei lama" in words(drawn)
    assert "Penilaian 2022" in words(drawn)
    assert "tidak sebanding" in words(drawn)


def test_no_line_leads_to_or_from_a_year_whose_sources_disagree() -> None:
    assert classes(draw_trend(TREND)).count("trend-line") == 1


def test_sources_that_disagree_are_both_drawn_hollow_and_named() -> None:
    drawn = draw_trend(TREND)
    assert classes(drawn).count("trend-hollow") == 2
    assert {"90,35", "93,35"} <= set(words(drawn).split())
    assert "dua sumber berbeda" in " ".join(words(drawn).split())


def test_a_year_with_only_a_zone_is_a_block_with_its_word_and_no_point() -> None:
    drawn = draw_trend(TREND)
    assert classes(drawn).count("trend-block") == 2
    assert classes(drawn).count("trend-dot") == 2
    assert "2015: angka tidak diketahui, merah" in words(drawn)


def test_the_target_of_the_year_is_drawn_with_both_figures() -> None:
    drawn = draw_trend(TREND)
    assert classes(drawn).count("trend-target") == 2
    assert "minimal 78,00" in words(drawn)
    assert "sasaran 88,00" in words(drawn)


def test_every_picture_has_a_name_and_a_description() -> None:
    for drawn in (draw_dial(KNOWN), draw_line(RANGED), draw_line(UNKNOWN), draw_trend(TREND)):
        root = ElementTree.fromstring(drawn)
        names = [child.tag.rpartition("}")[2] for child in root][:2]
        assert root.get("role") == "img"
        assert names == ["title", "desc"]
        assert all(child.text for child in root[:2])


def test_what_people_wrote_is_escaped_in_pictures() -> None:
    drawn = draw_dial(replace(KNOWN, title="<script>&", label='"><b>'))
    assert "<script>" not in drawn
    assert "<b>" not in drawn


def test_a_trend_is_followed_by_its_table_with_the_sources() -> None:
    page = rendered("{% trend_chart trend %}", trend=TREND)
    assert page.index("</svg>") < page.index("<table")
    assert "surat kabar" in page
    assert "90,35<br>93,35" in page


def test_an_empty_trend_says_what_will_be_here() -> None:
    page = rendered("{% trend_chart trend %}", trend=replace(TREND, segments=(), target=None))
    assert "Belum ada hasil dari luar" in page


def test_an_unknown_cell_of_the_heat_map_is_hatched_and_not_zero() -> None:
    page = rendered("{% heat_map heat %}", heat=HEAT)
    unknown = re.search(r'<td class="heat-unknown">(.*?)</td>', page)
    assert unknown is not None
    assert unknown[1].startswith("–")
    assert "belum diketahui" in unknown[1]
    assert '<td class="heat-1">0,0</td>' in page


def test_no_component_carries_a_style_attribute_or_a_script() -> None:
    source = """{% score_dial known %}{% score_dial ranged %}{% standing_line known %}
        {% heat_map heat %}{% trend_chart trend %}{% step_trail stages %}
        {% evidence_card "SK.pdf" "PDF" 2048 "/x" "/y" %}{% zone_badge "hijau" "Hijau" True %}
        {% estimate_badge %}{% example_badge %}{% progress 3 7 "unit" %}{% icon "check-lg" %}
        {% empty_state "Kosong" "Belum ada" "/z" "Mulai" %}{% score_bar known 3 7 %}"""
    page = rendered(source, known=KNOWN, ranged=RANGED, heat=HEAT, trend=TREND, stages=STAGES)
    assert not re.search(r"\sstyle\s*=|<style|<script|\son\w+\s*=", page)


def test_the_zone_badge_always_has_a_word() -> None:
    assert "Merah" in rendered('{% zone_badge "merah" "Merah" %}')
    assert "merah" in rendered('{% zone_badge "merah" %}')
    assert "belum ada zona" in rendered('{% zone_badge "" %}')
    assert "taksiran" in rendered('{% zone_badge "hijau" "Hijau" True %}')


def test_figures_are_exact_and_follow_the_language() -> None:
    value = Fraction("68.825")
    assert rendered("{{ value|figure }}", value=value) == "68,83"
    assert rendered("{{ value|figure:3 }}", value=value) == "68,825"
    assert rendered("{{ value|exact }}", value=Fraction(25, 9)) == "25/9"
    assert rendered("{{ value|exact }}", value=Fraction("4.125")) == "4,125"
    assert rendered("{{ value|figure }}", value=None) == "–"
    with override("en"):
        assert engines["django"].from_string("{{ v|figure }}").render({"v": value}) == "68.83"


def test_the_trail_says_every_state_in_words() -> None:
    page = rendered("{% step_trail stages %}", stages=STAGES)
    assert all(word in page for word in ("selesai", "sedang berjalan", "nanti"))
    assert page.count('aria-current="step"') == 1
