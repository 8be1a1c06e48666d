"""The search of the portal: by everyday words, useful when nothing fits, never stale."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hijau.audit.models import Entry
from hijau.portal import catalogue
from hijau.portal.catalogue import HARMLESS, WATCHED, catalogue_of
from hijau.services import actions
from hijau.services.models import Nature
from tests.cast import Cast
from tests.test_portal import published

APPS = Path(__file__).resolve().parent.parent / "hijau"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    catalogue._KEPT.clear()


def search(cast: Cast, question: str) -> str:
    url = reverse("portal_search", args=[cast.city.code])
    response = Client().get(url, {"q": question})
    assert response.status_code == 200
    return response.content.decode()


def address(cast: Cast, code: str) -> str:
    return f'href="{reverse("portal_service", args=[cast.city.code, code])}"'


def test_everyday_words_find_the_service(cast: Cast) -> None:
    ktp = published(cast.disdukcapil, "Penerbitan KTP-el", everyday="bikin ktp\nktp hilang")
    akta = published(cast.disdukcapil, "Pencatatan kelahiran", everyday="akta lahir")
    text = search(cast, "ktp hilang")
    assert address(cast, ktp.code) in text
    assert address(cast, akta.code) not in text


def test_when_nothing_fits_the_page_says_how_to_ask_and_names_the_units(cast: Cast) -> None:
    published(cast.disdukcapil)
    text = search(cast, "zzqqxx")
    assert "Belum ketemu untuk “zzqqxx”" in text
    assert "Pakai kata yang pendek" in text
    assert reverse("portal_unit", args=[cast.city.code, "disdukcapil"]) in text


def test_without_a_question_all_services_are_there(cast: Cast) -> None:
    names = [published(cast.dinsos, f"Layanan {n}").code for n in range(5)]
    text = search(cast, "")
    assert all(address(cast, name) in text for name in names)


@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script>", "\0", "%", "'; DROP TABLE x; --", "🙂" * 50, "a" * 10_000, " \t ",
     "ktp " * 200, "\u202eptk", "1234567890123456789012345678901234567890"],
)  # fmt: skip
def test_odd_questions_are_answered_politely(cast: Cast, question: str) -> None:
    published(cast.disdukcapil)
    text = search(cast, question)
    assert "<script>alert" not in text
    assert 'role="search"' in text


def test_a_changed_everyday_word_is_found_at_once(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    assert address(cast, service.code) not in search(cast, "kartu sakti")
    actions.describe_service(
        service, by=cast.officer, name=service.name, nature=Nature.ADMINISTRATION, about="",
        everyday="kartu sakti",
    )  # fmt: skip
    assert address(cast, service.code) in search(cast, "kartu sakti")


def test_a_new_and_an_ended_service_are_noticed_at_once(cast: Cast) -> None:
    published(cast.disdukcapil)
    search(cast, "pindah")
    service = published(cast.disdukcapil, "Surat pindah", everyday="pindah rumah")
    assert address(cast, service.code) in search(cast, "pindah")
    actions.end_service(service, by=cast.officer)
    assert address(cast, service.code) not in search(cast, "pindah")


def test_a_search_costs_two_queries_and_work_elsewhere_builds_nothing_anew(cast: Cast) -> None:
    published(cast.disdukcapil)
    search(cast, "ktp")
    kept = catalogue_of(cast.city)
    actions.describe_office(
        cast.disdukcapil, by=None, address="Jalan 1", hours="", phone="", map_url=""
    )
    with CaptureQueriesContext(connection) as captured:
        search(cast, "ktp")
    assert len(captured) == 2, [query["sql"] for query in captured]
    assert catalogue_of(cast.city) is kept


def test_a_database_put_back_from_a_copy_is_noticed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(cast.disdukcapil)
    kept = catalogue_of(cast.city)
    now = catalogue._KEPT[cast.city.pk]
    assert Entry.objects.filter(chain__name=cast.city.book).count() == now.number
    for wrong in (
        catalogue._Kept(now.number, "f" * 64, kept),
        catalogue._Kept(now.number + 7, now.hash, kept),
        catalogue._Kept(0, catalogue.GENESIS, kept),
    ):
        catalogue._KEPT[cast.city.pk] = wrong
        assert catalogue_of(cast.city) is not kept
    monkeypatch.setattr(catalogue, "MOST_NEWS", 0)
    assert catalogue_of(cast.city).services == kept.services


def declared(file: Path) -> set[str]:
    """The events that a file of actions declares."""
    calls: list[Any] = [node for node in ast.walk(ast.parse(file.read_text("utf-8")))
                        if isinstance(node, ast.Call)]  # fmt: skip
    return {
        str(keyword.arg).replace("_", ".", 1)
        for call in calls
        if getattr(call.func, "attr", "") == "declare"
        for keyword in call.keywords
    }


def test_every_event_of_services_and_units_is_known_to_matter_or_not() -> None:
    files = [*(APPS / "services" / "actions").glob("*.py"), APPS / "organisation" / "actions.py"]
    events = set().union(*(declared(file) for file in files))
    no_matter = {"charter", "consultation", "attachment", "posting", "snapshot", "office",
                 "government", "reviews"}  # fmt: skip
    unknown = {e for e in events if e.partition(".")[0] not in WATCHED | no_matter}
    assert not unknown, f"does it change what citizens see? see portal/catalogue.py: {unknown}"
    assert events >= HARMLESS
