"""Rounds: opened for a city's own units, closed by day or by hand."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Round
from hijau.lib.refused import Refused
from tests.cast import Cast


def form(cast: Cast, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "instrument": f"{cast.version('ombudsman/opini-2022').pk}:",
        "name": "Latihan",
        "year": today.year,
        "opens_on": today.isoformat(),
        "closes_on": (today + dt.timedelta(days=7)).isoformat(),
        "units": [cast.disdukcapil.pk, cast.puskesmas.pk],
        "verify_days": 10,
        "object_days": 5,
        "conclude_days": 5,
        "minimum_respondents": 10,
    } | changes


def post(cast: Cast, **changes: Any) -> Any:
    return cast.client(cast.organiser).post(reverse("open_round"), form(cast, **changes))


def test_it_is_opened_for_the_units_that_were_chosen(cast: Cast) -> None:
    response = post(cast)
    opened = Round.objects.get()
    assert response["Location"] == reverse("round_page", args=[opened.pk])
    assert (opened.name, opened.government, opened.opened_by) == (
        "Latihan", cast.city, cast.organiser,
    )  # fmt: skip
    assert [a.unit for a in opened.assessments.all()] == [cast.disdukcapil, cast.puskesmas]
    page = cast.client(cast.organiser).get(response["Location"]).content.decode()
    assert "Puskesmas Selabatu" in page
    assert "sisa 7 hari" in page


def test_an_officer_sees_the_round_but_only_their_own_unit(cast: Cast) -> None:
    opened = cast.open_round()
    page = cast.client(cast.officer).get(reverse("round_page", args=[opened.pk])).content.decode()
    assert "Disdukcapil" in page
    assert "Dinsos" not in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"units": []}, "Bidang ini tidak boleh kosong"),
        ({"closes_on": "2020-01-01"}, "harus sama dengan atau sesudah tanggal dibuka"),
        ({"year": 1999}, "2000"),
        ({"name": ""}, "Bidang ini tidak boleh kosong"),
        ({"instrument": "999999:"}, "Masukkan pilihan yang valid"),
    ],
)
def test_the_form_says_what_is_wrong_and_opens_nothing(
    cast: Cast, changes: dict[str, Any], sentence: str
) -> None:
    response = post(cast, **changes)
    assert response.status_code == 422
    assert sentence in unescape(response.content.decode())
    assert not Round.objects.exists()


def test_a_name_is_used_once_a_year(cast: Cast) -> None:
    post(cast)
    response = post(cast)
    assert response.status_code == 422
    assert "Sudah ada putaran “Latihan”" in unescape(response.content.decode())
    assert post(cast, year=timezone.localdate().year - 1).status_code == 302


def test_a_government_itself_and_foreign_units_cannot_be_assessed(cast: Cast) -> None:
    for unit in (cast.city, cast.foreign_agency):
        assert post(cast, units=[unit.pk]).status_code == 422
        with pytest.raises(Refused, match="milik sendiri"):
            cast.open_round(units=[unit])
    assert not Round.objects.exists()


def test_a_form_of_the_instrument_must_exist(cast: Cast) -> None:
    today = timezone.localdate()
    with pytest.raises(Refused, match="Formulir “C” tidak ada"):
        actions.open_round(
            cast.city,
            cast.version("pekppp/pedoman-2022"),
            [cast.dinsos],
            name="x",
            year=2026,
            opens_on=today,
            closes_on=today,
            form="C",
            by=cast.organiser,
        )


def test_a_unit_named_twice_is_judged_once(cast: Cast) -> None:
    opened = cast.open_round(units=[cast.dinsos, cast.dinsos])
    assert opened.assessments.count() == 1


def test_closing_ends_the_answering_at_once_and_once(cast: Cast) -> None:
    opened = cast.open_round()
    url = reverse("close_round", args=[opened.pk])
    page = cast.client(cast.organiser).post(url, follow=True).content.decode()
    assert "ditutup" in page
    assert "Sekarang tidak dibuka" in page
    opened.refresh_from_db()
    assert not opened.is_open
    again = cast.client(cast.organiser).post(url)
    assert (again.status_code, "sudah ditutup" in again.content.decode()) == (409, True)


def test_the_last_day_still_counts(cast: Cast) -> None:
    opened = cast.open_round()
    today = timezone.localdate()
    Round.objects.filter(pk=opened.pk).update(opens_on=today, closes_on=today)
    opened.refresh_from_db()
    assert opened.is_open
    assert Round.objects.open().get() == opened
    assert not Round.objects.open(today + dt.timedelta(days=1)).exists()


def test_the_city_sees_who_has_not_started(cast: Cast) -> None:
    opened = cast.open_round()
    one = cast.assessment(opened, cast.disdukcapil)
    actions.save_answer(one, "1.a.Ak", one.questions[0].high, by=cast.officer)
    assert [a.unit for a in Assessment.objects.not_started()] == [cast.dinsos]
    page = unescape(cast.client(cast.organiser).get(reverse("dashboard")).content.decode())
    assert f'<a href="{reverse("unit_page", args=[cast.dinsos.pk])}">Dinsos</a>' in page
