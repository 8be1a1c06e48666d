"""People and roles: given at the right place, ended at once."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hijau.accounts import actions
from hijau.accounts.models import Membership, User
from hijau.accounts.permissions import AT_THE_TOP, Role
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from tests.cast import PASSWORD, Cast

NEW = "baru@contoh.go.id"


def post(cast: Cast, **changes: Any) -> Any:
    given = {
        "name": "Orang Baru", "email": NEW, "role": "officer", "title": "Analis",
        "organisation": cast.dinsos.pk, "password": PASSWORD,
    }  # fmt: skip
    data = {f"peran-{name}": value for name, value in (given | changes).items()}
    return cast.client(cast.administrator).post(reverse("give_role"), data)


def test_a_new_person_gets_an_account_and_sees_their_place(cast: Cast) -> None:
    assert post(cast, email="Baru@Contoh.go.id").status_code == 302
    user = User.objects.get(email=NEW)
    assert user.check_password(PASSWORD)
    client = Client()
    client.force_login(user)
    assert client.get(reverse("unit_page", args=[cast.dinsos.pk])).status_code == 200
    assert client.get(reverse("unit_page", args=[cast.disdukcapil.pk])).status_code == 404
    listed = cast.client(cast.administrator).get(reverse("people")).content.decode()
    assert NEW in listed


def test_the_list_shows_no_other_governments_people(cast: Cast) -> None:
    listed = cast.client(cast.administrator).get(reverse("people")).content.decode()
    assert cast.officer.email in listed
    assert cast.stranger.email not in listed


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_held_where_it_belongs(cast: Cast, role: Role) -> None:
    right, wrong = (cast.city, cast.dinsos) if role in AT_THE_TOP else (cast.puskesmas, cast.city)
    response = post(cast, role=role.value, organisation=wrong.pk)
    assert response.status_code == 422
    assert "dipegang di" in unescape(response.content.decode())
    assert not User.objects.filter(email=NEW).exists()
    assert post(cast, role=role.value, organisation=right.pk).status_code == 302


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "pendek"}, "12"),
        ({"password": "password1234"}, "umum"),
        ({"email": "bukan surel"}, "surel"),
        ({"role": "raja"}, "valid"),
        ({"name": ""}, "tidak boleh kosong"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    before = User.objects.count()
    response = post(cast, **changes)
    assert (response.status_code, sentence in unescape(response.content.decode())) == (422, True)
    assert User.objects.count() == before


def test_a_person_of_another_government_is_refused(cast: Cast) -> None:
    response = post(cast, email=cast.stranger.email)
    assert response.status_code == 422
    said = unescape(response.content.decode())
    assert "Alamat surel ini sudah dipakai" in said
    assert cast.foreign_city.name not in said
    assert cast.stranger.memberships.count() == 1


def test_a_colleague_gets_a_second_role_and_keeps_their_password(cast: Cast) -> None:
    post(cast, email=cast.officer.email, password="kata-sandi-orang-lain")
    cast.officer.refresh_from_db()
    assert cast.officer.check_password(PASSWORD)
    assert cast.officer.memberships.count() == 2


def test_the_same_role_twice_is_refused(cast: Cast) -> None:
    response = post(cast, email=cast.neighbour.email)
    assert "sudah memegang peran tersebut" in unescape(response.content.decode())


def end(cast: Cast, membership: Membership) -> Any:
    return cast.client(cast.administrator).post(reverse("end_role", args=[membership.pk]))


def test_ending_ones_own_administrator_role_is_refused(cast: Cast) -> None:
    response = end(cast, cast.administrator.memberships.get())
    assert response.status_code == 409
    assert "Mintalah administrator lain" in response.content.decode()
    assert cast.administrator.memberships.current().exists()


@pytest.mark.parametrize("since", [0, 30])
def test_who_lost_their_role_sees_nothing_at_the_next_request(cast: Cast, since: int) -> None:
    membership = cast.officer.memberships.get()
    Membership.objects.filter(pk=membership.pk).update(
        since=timezone.localdate() - dt.timedelta(days=since)
    )
    page = reverse("unit_page", args=[cast.disdukcapil.pk])
    client = cast.client(cast.officer)
    assert client.get(page).status_code == 200
    end(cast, membership)
    assert client.get(page).status_code == 404
    assert client.get(reverse("league")).status_code == 403
    assert "Disdukcapil" not in client.get(reverse("dashboard")).content.decode()
    entry = Entry.objects.get(event="role.ended")
    assert entry.subject == f"accounts.membership:{membership.pk}"
    assert entry.details == {"role": "officer", "user": cast.officer.pk}


def test_a_role_that_was_held_stays_in_the_record(cast: Cast) -> None:
    membership = cast.officer.memberships.get()
    Membership.objects.update(since=timezone.localdate() - dt.timedelta(days=30))
    end(cast, membership)
    membership.refresh_from_db()
    assert membership.until == timezone.localdate() - dt.timedelta(days=1)
    with pytest.raises(Refused, match="sudah berakhir"):
        actions.end_role(membership, by=cast.administrator)


def test_a_role_begins_and_ends_on_its_days(cast: Cast) -> None:
    today = timezone.localdate()
    page = reverse("unit_page", args=[cast.disdukcapil.pk])
    for since, until, status in ((-9, 0, 200), (-9, -1, 404), (0, None, 200), (1, None, 404)):
        Membership.objects.filter(user=cast.officer).update(
            since=today + dt.timedelta(days=since),
            until=None if until is None else today + dt.timedelta(days=until),
        )
        assert cast.client(cast.officer).get(page).status_code == status, (since, until)


def test_a_role_ended_today_can_be_given_again_today(cast: Cast) -> None:
    end(cast, cast.neighbour.memberships.get())
    assert post(cast, email=cast.neighbour.email).status_code == 302
    assert cast.client(cast.neighbour).get(
        reverse("unit_page", args=[cast.dinsos.pk])
    ).status_code == 200  # fmt: skip


def add_unit(cast: Cast, user: User, **changes: Any) -> Any:
    given = {
        "parent": cast.city.pk, "kind": "agency", "name": "Dinas Baru", "short_name": "Baru",
        "code": "baru",
    }  # fmt: skip
    data = {f"unit-{name}": value for name, value in (given | changes).items()}
    return cast.client(user).post(reverse("add_unit"), data)


def test_the_tree_grows_by_the_hand_of_the_organiser_and_the_administrator(cast: Cast) -> None:
    assert add_unit(cast, cast.organiser).status_code == 302
    agency = Organisation.objects.get(code="baru", government=cast.city)
    below = {"parent": agency.pk, "kind": "unit", "code": "baru-1"}
    assert add_unit(cast, cast.administrator, **below).status_code == 302
    agency.refresh_from_db()
    assert [unit.code for unit in Organisation.objects.get_children(agency)] == ["baru-1"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "dinsos"}, "sudah dipakai"),
        ({"code": "di nsos"}, "valid"),
        ({"kind": "unit"}, "tidak dapat berada langsung di bawah"),
        ({"kind": "government"}, "valid"),
        ({"name": ""}, "tidak boleh kosong"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    before = Organisation.objects.count()
    response = add_unit(cast, cast.organiser, **changes)
    assert (response.status_code, sentence in unescape(response.content.decode())) == (422, True)
    assert Organisation.objects.count() == before


def test_the_last_administrator_stays(cast: Cast) -> None:
    """Even when the one who ends it is an administrator no longer."""
    membership = cast.administrator.memberships.get()
    with pytest.raises(Refused, match="administrator terakhir"):
        actions.end_role(membership, by=cast.organiser)
    assert Membership.objects.current().filter(pk=membership.pk).exists()
