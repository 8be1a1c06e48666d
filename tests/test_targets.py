"""Targets: floor and aim of a year, the nearest one counts."""

from __future__ import annotations

from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Target
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from tests.cast import Cast


def aim_at(cast: Cast, organisation: Organisation, floor: str, aim: str) -> Target:
    return actions.set_target(
        organisation, version=cast.version("pekppp/pedoman-2022"), year=timezone.localdate().year,
        floor=floor, aim=aim, by=cast.organiser,
    )  # fmt: skip


def post(cast: Cast, **changes: Any) -> Any:
    version = cast.version("ombudsman/opini-2022").pk
    given = {"year": timezone.localdate().year, "floor": "B", "aim": "A"} | changes
    for name in ("floor", "aim"):
        given[name] = f"{version}:{given[name]}"
    return cast.client(cast.organiser).post(reverse("targets"), given)


def test_minimally_green_better_dark_green(cast: Cast) -> None:
    assert post(cast, source_name="Kick off").status_code == 302
    target = Target.objects.get()
    assert (target.floor, target.floor_name) == (78, "hijau")
    assert (target.aim, target.aim_name) == (88, "hijau pekat")
    page = unescape(cast.client(cast.officer).get(reverse("targets")).content.decode())
    assert "hijau pekat" in page
    assert "Kick off" in page


def test_the_nearest_target_wins_in_whatever_order_they_are_set(cast: Cast) -> None:
    opened = cast.open_round(units=[cast.disdukcapil, cast.puskesmas])
    dinkes = Organisation.objects.get_parent(cast.puskesmas)
    nearest = aim_at(cast, cast.puskesmas, "C", "B")
    of_agency = aim_at(cast, dinkes, "B", "A-")
    of_city = aim_at(cast, cast.city, "A-", "A")
    assert of_agency.place != nearest.place

    def target(unit: Organisation) -> Target | None:
        return Assessment.objects.get(round=opened, unit=unit).target

    assert target(cast.puskesmas) == nearest
    assert target(cast.disdukcapil) == of_city


def test_a_unit_without_its_own_takes_its_agencys(cast: Cast) -> None:
    dinkes = Organisation.objects.get_parent(cast.puskesmas)
    of_agency = aim_at(cast, dinkes, "B", "A-")
    aim_at(cast, cast.city, "A-", "A")
    opened = cast.open_round(units=[cast.puskesmas])
    assert cast.assessment(opened, cast.puskesmas).target == of_agency


def test_a_target_is_of_its_year_and_its_judge_only(cast: Cast) -> None:
    post(cast)
    opened = cast.open_round()
    assert cast.assessment(opened, cast.disdukcapil).target is None


def test_setting_it_again_changes_it_instead_of_adding_one(cast: Cast) -> None:
    first = aim_at(cast, cast.city, "B", "A")
    second = aim_at(cast, cast.city, "B-", "A-")
    assert first.pk == second.pk
    assert Target.objects.get().floor == Fraction("3.01")


def test_an_aim_below_the_floor_is_refused(cast: Cast) -> None:
    response = post(cast, floor="A", aim="B")
    assert response.status_code == 422
    assert "tidak boleh lebih rendah" in response.content.decode()
    assert not Target.objects.exists()


@pytest.mark.parametrize("changes", [{"floor": "Z"}, {"aim": "hijau pekat"}])
def test_a_category_that_the_instrument_does_not_have_is_refused(
    cast: Cast, changes: dict[str, str]
) -> None:
    response = post(cast, **changes)
    assert response.status_code == 422
    assert "Masukkan pilihan yang valid" in response.content.decode()


def test_an_instrument_without_categories_has_no_target(cast: Cast) -> None:
    version = cast.version("standar-pelayanan/uu-25-2009")
    given = {"year": 2026, "floor": f"{version.pk}:A", "aim": f"{version.pk}:A"}
    assert cast.client(cast.organiser).post(reverse("targets"), given).status_code == 422
    with pytest.raises(Refused):
        actions.set_target(
            cast.city, version=version, year=2026, floor="A", aim="A", by=cast.organiser
        )


def test_only_the_organiser_sets_one(cast: Cast) -> None:
    for person in (cast.officer, cast.administrator, cast.leader, cast.verifier, cast.stranger):
        response = cast.client(person).post(reverse("targets"), {"floor": "B", "aim": "A"})
        assert response.status_code == 403
        assert "Tetapkan target" not in cast.client(person).get(reverse("targets")).content.decode()
    assert not Target.objects.exists()


def test_the_dashboard_shows_where_the_unit_stands_against_it(cast: Cast) -> None:
    aim_at(cast, cast.city, "B", "A")
    cast.open_round()
    page = unescape(cast.client(cast.officer).get(reverse("dashboard")).content.decode())
    target = Target.objects.get()
    assert target.floor_name in page
