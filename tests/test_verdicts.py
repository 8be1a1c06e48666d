"""Results from outside: as their source has them, and never averaged."""

from __future__ import annotations

import re
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from hijau.assessments import actions
from hijau.assessments.models import Verdict
from hijau.assessments.models.verdict import by_year
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from scoring.provenance import Label
from tests.cast import Cast


def record(cast: Cast, **changes: Any) -> Verdict:
    given: dict[str, Any] = {
        "family": "ombudsman", "year": 2023, "label": Label.VERIFIED, "source_name": "Surat",
        "value": Fraction("90.35"), "zone": "hijau pekat", "by": cast.organiser,
    }  # fmt: skip
    return actions.record_verdict(cast.city, **(given | changes))


def conflict(cast: Cast) -> None:
    record(cast, source_name="Artikel Dokpim")
    record(cast, source_name="Sukabumi Berita", value=Fraction("93.35"))


def page(cast: Cast, name: str = "verdict_list", **kwargs: Any) -> str:
    response = cast.client(cast.organiser).get(reverse(name, kwargs=kwargs))
    return unescape(response.content.decode())


def post(cast: Cast, **changes: Any) -> Any:
    given = {
        "organisation": cast.city.pk, "family": "ombudsman", "year": 2023, "value": "90,35",
        "label": "verified", "source_name": "Surat hasil",
    }  # fmt: skip
    return cast.client(cast.organiser).post(reverse("record_verdict"), given | changes)


def test_the_two_figures_of_2023_stand_side_by_side_and_are_not_averaged(cast: Cast) -> None:
    conflict(cast)
    assert sorted(v.value for v in Verdict.objects.all()) == [Fraction("90.35"), Fraction("93.35")]  # type: ignore[type-var]
    text = page(cast)
    assert "90,35" in text
    assert "93,35" in text
    assert "91,85" not in text
    (year,) = by_year(Verdict.objects.all())
    assert year.conflict
    assert year.zone == "hijau pekat"


@pytest.mark.parametrize("name", ["dashboard", "unit_page"])
def test_the_conflict_is_shown_wherever_the_year_is(cast: Cast, name: str) -> None:
    conflict(cast)
    text = page(cast, name, **({"pk": cast.city.pk} if name == "unit_page" else {}))
    assert "90,35" in text
    assert "93,35" in text
    assert "91,85" not in text
    assert "dua sumber berbeda" in text


def test_two_sources_that_agree_are_no_conflict(cast: Cast) -> None:
    record(cast, source_name="Artikel Dokpim")
    record(cast, source_name="Surat hasil")
    (year,) = by_year(Verdict.objects.all())
    assert not year.conflict
    assert "sumber berbeda" not in page(cast, "unit_page", pk=cast.city.pk)


def test_sources_that_disagree_on_the_zone_give_no_zone(cast: Cast) -> None:
    record(cast, source_name="A", value=None)
    record(cast, source_name="B", value=None, zone="hijau")
    (year,) = by_year(Verdict.objects.all())
    assert year.zone == ""


def test_the_same_source_twice_is_refused(cast: Cast) -> None:
    assert post(cast).status_code == 302
    response = post(cast)
    assert response.status_code == 422
    assert "sudah dicatat" in response.content.decode()
    assert Verdict.objects.count() == 1


def test_what_is_not_published_stays_unknown_and_is_not_nought(cast: Cast) -> None:
    assert post(cast, value="", zone="hijau").status_code == 302
    assert Verdict.objects.get().value is None
    text = page(cast)
    assert "tidak terbit" in text
    assert not re.search(r">\s*0(,00)?\s*<", text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": "100,01"}, "harus dari 0 sampai 100"),
        ({"value": "-1"}, "harus dari 0 sampai 100"),
        ({"value": "900"}, "harus dari 0 sampai 100"),
        ({"value": "4,9", "family": "pekppp", "year": 2024, "zone": "ungu"}, "valid"),
        ({"value": "5,01", "family": "pekppp", "year": 2024}, "harus dari 0 sampai 5"),
        ({"value": "tinggi"}, "bukan angka"),
        ({"value": "90,1234567"}, "6 angka di belakang koma"),
        ({"value": "9" * 20, "year": 2001}, "harus dari 0"),
        ({"value": "-5", "year": 2001}, "harus dari 0"),
        ({"value": ""}, "Isi nilainya, kategorinya, atau zonanya"),
        ({"source_name": ""}, "tidak boleh kosong"),
        ({"source_url": "javascript:alert(1)"}, "URL"),
        ({"label": "assumed"}, "valid"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, changes: dict[str, Any], sentence: str) -> None:
    response = post(cast, **changes)
    assert response.status_code == 422
    assert sentence in unescape(response.content.decode())
    assert not Verdict.objects.exists()


def test_a_year_before_every_instrument_takes_a_figure_without_a_rule(cast: Cast) -> None:
    assert post(cast, value="612,5", year=2013).status_code == 302
    verdict = Verdict.objects.get()
    assert (verdict.value, verdict.version) == (Fraction("612.5"), None)


def test_the_instrument_of_the_year_is_found(cast: Cast) -> None:
    years = {2016: "kepatuhan-2021", 2023: "opini-2022", 2025: "opini-2025"}
    for year, name in years.items():
        verdict = record(cast, year=year, zone="")
        assert verdict.version is not None
        assert verdict.version.identifier == f"ombudsman/{name}"


def test_a_withdrawn_result_disappears_from_the_pages_and_stays_in_the_book(cast: Cast) -> None:
    verdict = record(cast, value=Fraction("12.34"), zone="")
    cast.client(cast.organiser).post(reverse("withdraw_verdict", args=[verdict.pk]))
    assert "12,34" not in page(cast)
    assert "12,34" not in page(cast, "dashboard")
    assert Verdict.objects.filter(pk=verdict.pk).exists()
    assert Entry.objects.get(event="verdict.withdrawn").subject.endswith(f":{verdict.pk}")
    with pytest.raises(Refused, match="sudah ditarik"):
        actions.withdraw_verdict(verdict, by=cast.organiser)
    assert record(cast, value=Fraction("12.34"), zone="").pk != verdict.pk


def test_its_source_stands_beside_it_with_how_sure_it_is(cast: Cast) -> None:
    record(cast, source_url="https://contoh.go.id/surat", label=Label.UNOFFICIAL)
    text = page(cast)
    assert 'href="https://contoh.go.id/surat"' in text
    assert "sumber tidak resmi" in text


def test_a_year_that_has_not_come_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="Tahun 2999 belum berlangsung"):
        record(cast, year=2999)


def test_a_zone_that_its_figure_contradicts_needs_an_explanation(cast: Cast) -> None:
    with pytest.raises(Refused, match="90,35 adalah zona hijau pekat, bukan kuning"):
        record(cast, zone="kuning")
    record(cast, zone="kuning", note="Demikian tertulis pada piagamnya.")


def test_hijau_alone_is_right_for_hijau_pekat(cast: Cast) -> None:
    record(cast, zone="hijau")
