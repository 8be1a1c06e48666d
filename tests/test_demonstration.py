"""The demonstration: published facts with their source, and made-up things marked as such."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from hijau.accounts.models import User
from hijau.assessments.models import (
    Absence,
    Answer,
    Assessment,
    KeyRespondent,
    Product,
    Round,
    Sitting,
    Target,
    Verdict,
    Visit,
)
from hijau.audit.models import Entry
from hijau.demonstration import loading
from hijau.organisation.models import Organisation
from hijau.services.models import Standard

CITY = "kota-sukabumi"


@pytest.fixture(scope="module")
def demonstration(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Loaded once for all the tests here, and undone after the last of them."""
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=tmp_path_factory.mktemp("files"),
    )
    with django_db_blocker.unblock(), transaction.atomic():
        with quick:
            assert loading.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(demonstration: None, db: None) -> None:
    """The demonstration; what a test changes in it is undone."""


def page(email: str, url: str) -> str:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return unescape(client.get(url).content.decode())


def test_a_second_load_changes_nothing(loaded: None) -> None:
    tables = (Organisation, User, Round, Assessment, Answer, Verdict, Target, Entry)
    before = [model.objects.count() for model in tables]
    assert loading.load() is False
    assert [model.objects.count() for model in tables] == before


def test_everything_made_up_is_marked(loaded: None) -> None:
    assert all(r.is_example for r in Round.objects.all())
    assert all(o.is_example for o in Organisation.objects.all() if o.root.code != CITY)
    made_up = Target.objects.filter(source_url="")
    assert made_up.exists()
    assert all(target.is_example for target in made_up)
    assert all("(contoh)" in user.name for user in User.objects.all())
    assert all(user.email.endswith("@contoh.go.id") for user in User.objects.all())


def test_every_published_fact_has_a_source(loaded: None) -> None:
    for organisation in Organisation.objects.filter(is_example=False):
        assert organisation.source.startswith("https://"), organisation
    for verdict in Verdict.objects.all():
        assert not verdict.is_example
        assert verdict.source_name
        assert verdict.source_url.startswith("https://"), verdict
    for target in Target.objects.filter(is_example=False):
        assert target.source_url.startswith("https://"), target


def test_a_verdict_that_was_inferred_says_so(loaded: None) -> None:
    (inferred,) = Verdict.objects.filter(label="inferred")
    assert (inferred.year, inferred.value) == (2023, Fraction("4.28"))
    assert "disimpulkan" in page("organisasi@contoh.go.id", reverse("verdict_list"))


def test_both_figures_of_2023_are_there(loaded: None) -> None:
    values = Verdict.objects.filter(family="ombudsman", year=2023).values_list("value", flat=True)
    assert set(values) == {Fraction("90.35"), Fraction("93.35")}


@pytest.mark.parametrize("email", [login.email for login in loading.logins()])
def test_every_login_works_and_sees_something(loaded: None, email: str) -> None:
    client = Client()
    response = client.post(reverse("account_login"), {"login": email, "password": loading.PASSWORD})
    assert response["Location"] == reverse("dashboard")
    assert "PEKPPP Mandiri" in client.get(reverse("dashboard")).content.decode()


@pytest.mark.parametrize("name", ["dashboard", "league", "round_list", "targets"])
def test_the_pages_say_that_it_is_an_example(loaded: None, name: str) -> None:
    assert "data contoh" in page("organisasi@contoh.go.id", reverse(name)).lower()


def test_the_pages_of_an_assessment_say_that_it_is_an_example(loaded: None) -> None:
    assessment = Assessment.objects.filter(unit__government__code=CITY, answered__gt=0).first()
    assert assessment is not None
    for name in ("answer_page", "proof_page"):
        url = reverse(name, args=[assessment.pk])
        assert "data contoh" in page("organisasi@contoh.go.id", url).lower()


def test_it_shows_each_state_of_an_assessment(loaded: None) -> None:
    states = {(a.status, a.answered > 0, a.value is not None) for a in Assessment.objects.all()}
    assert {("draft", False, False), ("draft", True, False), ("submitted", True, True)} <= states


def test_the_other_government_is_invisible(loaded: None) -> None:
    for login in loading.logins()[:-1]:
        client = Client()
        client.force_login(User.objects.get(email=login.email))
        for name in ("dashboard", "league", "round_list", "verdict_list", "targets"):
            assert "Kota Contoh" not in client.get(reverse(name)).content.decode()


def test_the_answers_are_the_same_on_every_machine(loaded: None) -> None:
    rows = Assessment.objects.filter(unit__government__code=CITY, value__isnull=False)
    figures = {(a.round.name, a.unit.code): a.value for a in rows.select_related("round", "unit")}
    recomputed = {
        (a.round.name, a.unit.code): a.score(a.answers.all()).value
        for a in rows.select_related("round__version", "unit")
    }
    assert figures == recomputed
    assert len(figures) >= 3


def test_the_login_page_tells_the_accounts_only_in_the_demonstration(
    loaded: None, tmp_path: Path
) -> None:
    shown = (
        "from django.test import Client; import django; django.setup(); "
        "print(Client().get('/akun/masuk/').content.decode())"
    )
    for switch, expected in (("0", False), ("1", True)):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", shown], capture_output=True, text=True, check=True,
            env=os.environ | {
                "DJANGO_SETTINGS_MODULE": "hijau.settings", "HIJAU_DATA": str(tmp_path),
                "HIJAU_DEMONSTRATION": switch, "HIJAU_DEBUG": "1", "HIJAU_HOSTS": "testserver",
            },
        )  # fmt: skip
        assert (loading.PASSWORD in done.stdout) is expected
        assert "<form" in done.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("readiness_list", ["Dinas Sosial", "berhalangan"]),
        ("product_list", ["Waktu tunggu verifikasi", "lewat 4 hari"]),
        ("opinion", ["Kualitas", "3 produk belum diterima"]),
    ],
)
def test_the_pages_of_the_ombudsman_have_examples_that_are_marked(
    loaded: None, name: str, words: list[str]
) -> None:
    text = page("organisasi@contoh.go.id", reverse(name))
    assert "data contoh" in text
    assert all(word in text for word in words)
    for table in (KeyRespondent, Absence, Visit, Sitting, Product):
        assert table.objects.exists()
        assert not table.objects.filter(is_example=False).exists()


def test_fifty_services_are_promised_and_marked_as_made_up(loaded: None) -> None:
    standards = Standard.objects.published().filter(service__government__code=CITY)
    assert standards.count() == 50
    assert {one.service.unit.code for one in standards.with_names()} >= {
        "disdukcapil", "dpmptsp", "dinkes", "puskesmas-sukabumi", "puskesmas-selabatu", "dinsos",
        "disdik", "rsud", "citamiang",
    }  # fmt: skip
    assert all(one.service.is_example for one in standards)
    assert sum(not one.components.missing for one in standards) == 48
    page = Client().get(reverse("portal_service", args=[CITY, "penerbitan-ktp-el"]))
    assert "data contoh" in page.content.decode()
