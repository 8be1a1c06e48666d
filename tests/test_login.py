"""Coming in and going out: by e-mail, with a second factor, never by signing up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from hijau.accounts.models import User
from tests.cast import PASSWORD, Cast


@pytest.fixture(autouse=True)
def forgotten(db: None) -> Iterator[None]:
    """Failures and codes of other tests are not counted here."""
    cache.clear()
    yield
    cache.clear()


def login(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    data = {"login": email, "password": password, **more}
    return client.post(reverse("account_login"), data)


def is_inside(client: Client) -> bool:
    return client.get(reverse("dashboard")).status_code == 200


def test_one_comes_in_by_email_in_whatever_case_it_is_typed(cast: Cast) -> None:
    client = Client()
    response = login(client, "Officer@Contoh.go.id")
    assert response["Location"] == reverse("dashboard")
    assert is_inside(client)


def test_one_is_led_to_where_one_wanted_to_go_but_never_outside(cast: Cast) -> None:
    wanted = reverse("league")
    assert login(Client(), cast.officer.email, next=wanted)["Location"] == wanted
    outside = login(Client(), cast.officer.email, next="https://jahat.example/")
    assert outside["Location"] == reverse("dashboard")


@pytest.mark.parametrize(
    ("email", "password"),
    [("officer@contoh.go.id", "salah-sama-sekali"), ("tiada@contoh.go.id", PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(
    cast: Cast, email: str, password: str
) -> None:
    client = Client()
    response = login(client, email, password)
    assert response.status_code == 200
    said = unescape(response.content.decode())
    assert "Alamat e-mail dan/atau kata sandi yang anda masukkan tidak benar." in said
    assert not is_inside(client)


def test_after_repeated_failures_even_the_right_password_waits(cast: Cast) -> None:
    client = Client()
    for _attempt in range(5):
        login(client, cast.officer.email, "salah-sama-sekali")
    response = login(client, cast.officer.email)
    assert "Terlalu banyak percobaan masuk yang gagal" in unescape(response.content.decode())
    assert not is_inside(client)
    other = Client(REMOTE_ADDR="10.0.0.9")
    login(other, cast.neighbour.email)
    assert is_inside(other), "another person elsewhere is not kept out"


def enrolled(cast: Cast) -> str:
    """Set a second factor up as a person does; the secret that is now on their phone."""
    client = Client()
    login(client, cast.officer.email)
    page = reverse("mfa_activate_totp")
    assert client.get(page).status_code == 302, "who sets up a factor proves the password again"
    again = client.post(f"{reverse('account_reauthenticate')}?next={page}", {"password": PASSWORD})
    assert again["Location"] == page
    shown = client.get(page)
    secret: str = client.session["mfa.totp.secret"]
    assert secret in shown.content.decode()
    assert client.post(page, {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists(), "a wrong code sets nothing up"
    client.post(page, {"code": code(secret)})
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    cache.clear()  # the code that was just used counts as used until its time is over
    return secret


def code(secret: str, step: int = 0) -> str:
    """What the person's phone shows now."""
    counter = int(time.time()) // app_settings.TOTP_PERIOD + step
    return format_hotp_value(hotp_value(secret, counter))


def test_a_second_factor_is_set_up_and_asked_for(cast: Cast) -> None:
    secret = enrolled(cast)
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    fresh = Client()
    response = login(fresh, cast.officer.email)
    assert response["Location"] == reverse("mfa_authenticate")
    assert not is_inside(fresh), "the password alone does not let in"
    wrong = fresh.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_inside(fresh)
    fresh.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert is_inside(fresh)


def test_a_code_lets_in_once(cast: Cast) -> None:
    shown = code(enrolled(cast))
    first, second = Client(), Client()
    for one in (first, second):
        login(one, cast.officer.email)
        one.post(reverse("mfa_authenticate"), {"code": shown})
    assert is_inside(first)
    assert not is_inside(second)


def test_the_secret_is_not_needed_when_a_recovery_code_is_at_hand(cast: Cast) -> None:
    enrolled(cast)
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (True, False):
        fresh = Client()
        login(fresh, cast.officer.email)
        fresh.post(reverse("mfa_authenticate"), {"code": spare})
        assert is_inside(fresh) is expected


def test_nobody_signs_up(cast: Cast) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    before = User.objects.count()
    for path in ("/akun/daftar/", "/akun/signup/", "/accounts/signup/"):
        response = Client().post(path, {"email": "x@contoh.go.id", "password1": PASSWORD})
        assert response.status_code in (302, 404)
    assert User.objects.count() == before
    assert "signup" not in Client().get(reverse("account_login")).content.decode()


def test_a_deactivated_person_is_out_at_the_next_request(cast: Cast) -> None:
    client = Client()
    login(client, cast.officer.email)
    assert is_inside(client)
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert not is_inside(client)
    login(client, cast.officer.email)
    assert not is_inside(client)


def test_a_new_password_ends_every_other_session(cast: Cast) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        login(client, cast.officer.email)
    response = here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "kata-sandi-yang-baru",
         "password2": "kata-sandi-yang-baru"},
    )  # fmt: skip
    assert response.status_code == 302
    assert not is_inside(elsewhere)
    fresh = Client()
    login(fresh, cast.officer.email, "kata-sandi-yang-baru")
    assert is_inside(fresh)


def test_logging_out_needs_a_form_and_is_final(cast: Cast) -> None:
    client = Client()
    login(client, cast.officer.email)
    client.get(reverse("account_logout"))
    assert is_inside(client), "a link that somebody sends logs nobody out"
    response = client.post(reverse("account_logout"))
    assert response["Location"] == reverse("account_login")
    assert not is_inside(client)


def test_a_forgotten_password_is_renewed_by_mail_and_tells_nobody_who_exists(cast: Cast) -> None:
    said = {
        Client().post(reverse("account_reset_password"), {"email": email})["Location"]
        for email in (cast.officer.email, "tiada@contoh.go.id")
    }
    assert said == {reverse("account_reset_password_done")}
    letters = {letter.to[0]: letter for letter in mail.outbox}
    link = next(
        word for word in letters[cast.officer.email].body.split() if "/akun/sandi/baru/" in word
    )
    client = Client()
    page = client.get(link.removeprefix("http://testserver"), follow=True)
    here = page.request["PATH_INFO"]
    new = {"password1": "kata-sandi-yang-baru", "password2": "kata-sandi-yang-baru"}
    client.post(here, new)
    fresh = Client()
    login(fresh, cast.officer.email, "kata-sandi-yang-baru")
    assert is_inside(fresh)
    again = Client().get(link.removeprefix("http://testserver"), follow=True)
    assert 'name="password1"' not in again.content.decode(), "the link works once"


def test_the_language_is_chosen_before_and_after_the_login(cast: Cast) -> None:
    client = Client()
    page = reverse("account_login")
    assert '<html lang="id"' in client.get(page).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": page})
    assert '<html lang="en"' in client.get(page).content.decode()
    login(client, cast.officer.email)
    assert '<html lang="en"' in client.get(reverse("dashboard")).content.decode()
    outside = client.post(reverse("set_language"), {"language": "id", "next": "https://x.example/"})
    assert "x.example" not in outside["Location"]
    assert '<html lang="id"' in client.get(reverse("dashboard")).content.decode()


def test_a_form_from_another_site_is_refused_with_a_sentence(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.organiser)
    response = client.post(reverse("open_round"), {})
    assert response.status_code == 403
    assert "terlalu lama terbuka" in unescape(response.content.decode())
