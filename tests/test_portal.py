"""The portal of a city: a citizen without an account sees what is published, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions as judging
from hijau.organisation.actions import add_organisation
from hijau.organisation.models import Kind, Organisation
from hijau.portal.frame import sundanese
from hijau.portal.linked_data import duration
from hijau.portal.templatetags.portal import reach
from hijau.services import actions
from hijau.services.components import Span, TimeUnit
from hijau.services.models import Nature, Service, Standard
from scoring.provenance import Label
from tests.cast import Cast

CONTENT: dict[str, Any] = {
    "persyaratan": ["Fotokopi kartu keluarga", "Datang sendiri </script><b>"],
    "prosedur": [
        {"step": "Ambil nomor antrean", "who": "Petugas loket", "amount": 10, "unit": "minutes"},
        {"step": "Difoto"},
    ],
    "jangka-waktu": {"amount": 1, "unit": "workdays", "note": "sejak berkas lengkap"},
    "biaya": {"free": True, "rows": [], "basis": "UU 24/2013"},
    "produk": "Kartu tanda penduduk",
    "pengaduan": [{"channel": "SP4N-LAPOR!", "address": "lapor.go.id"}],
}
MARK = "Layanan rahasia"
TEMPLATES = Path(__file__).resolve().parent.parent / "hijau" / "portal" / "templates"


def drafted(
    unit: Organisation, name: str = "Penerbitan KTP-el", everyday: str = "bikin ktp", **content: Any
) -> Standard:
    """A new service with the draft of its standard."""
    service = actions.add_service(
        unit, name, Nature.ADMINISTRATION, by=None, about=f"{name}, untuk warga.", everyday=everyday
    )
    return actions.draft_standard(service, by=None, content=CONTENT | content)


def decreed(standard: Standard) -> Standard:
    today = timezone.localdate()
    actions.decree_standard(
        standard, number="001/SK/2026", decreed_on=today, valid_from=today, valid_until=None,
        decree=None, by=None,
    )  # fmt: skip
    return standard


def published(unit: Organisation, name: str = "Penerbitan KTP-el", **more: Any) -> Service:
    """A service whose standard is in force."""
    standard = decreed(drafted(unit, name, **more))
    actions.publish_standard(standard, by=None)
    return standard.service


def page(name: str, *args: object, status: int = 200, **query: str) -> str:
    response = Client().get(reverse(name, args=args), query)
    assert response.status_code == status, (name, args)
    return response.content.decode()


def city(cast: Cast) -> str:
    return cast.city.code


def every_list(code: str) -> str:
    """All that lists services, as one text."""
    names = ("portal_city", "portal_search", "portal_data_csv", "portal_data_json",
             "portal_sitemap")  # fmt: skip
    pages = [page(name, code) for name in names]
    pages += [page("portal_search", code, q="rahasia"), page("portal_unit", code, "disdukcapil")]
    return "\n".join(pages)


# ---- Only what is published ----------------------------------------------------------------------


def test_a_service_page_says_what_to_bring_the_steps_the_cost_and_the_time(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    actions.describe_office(
        cast.disdukcapil, by=None, address="Jalan Contoh 1", hours="Senin 08.00–15.00",
        phone="(0266) 123456", map_url="https://peta.example.go.id/1",
    )  # fmt: skip
    text = page("portal_service", city(cast), service.code)
    for said in (
        "Fotokopi kartu keluarga", "Ambil nomor antrean", "Petugas loket", "10 menit", "Gratis",
        "1 hari kerja", "Sejak berkas lengkap", "UU 24/2013", "Kartu tanda penduduk",
        'href="https://lapor.go.id"', "Jalan Contoh 1", "Senin 08.00–15.00", "tel:0266123456",
        "https://peta.example.go.id/1", "001/SK/2026",
    ):  # fmt: skip
        assert said in text, said
    assert "</script><b>" not in text


@pytest.mark.parametrize("stage", ["draft", "consultation", "decreed", "dropped"])
def test_what_is_not_yet_published_is_nowhere(cast: Cast, stage: str) -> None:
    standard = drafted(cast.disdukcapil, MARK, everyday="rahasia")
    if stage == "consultation":
        actions.open_consultation(standard, by=cast.officer)
    elif stage == "decreed":
        decreed(standard)
    elif stage == "dropped":
        actions.drop_draft(standard, by=cast.officer)
    before = page("portal_service", city(cast), standard.service.code, status=404)
    assert MARK not in before
    assert MARK not in every_list(city(cast))
    assert before == page("portal_service", city(cast), "tidak-ada", status=404).replace(
        "tidak-ada", standard.service.code
    )


def test_an_ended_service_leaves_the_portal(cast: Cast) -> None:
    service = published(cast.disdukcapil, MARK, everyday="rahasia")
    assert MARK in every_list(city(cast))
    actions.end_service(service, by=cast.officer)
    assert MARK not in every_list(city(cast))
    assert MARK not in page("portal_service", city(cast), service.code, status=404)


def test_another_governments_service_is_not_here(cast: Cast) -> None:
    service = published(cast.foreign_agency, MARK, everyday="rahasia")
    assert MARK in every_list("kota-lain")
    assert MARK not in every_list(city(cast))
    page("portal_service", city(cast), service.code, status=404)


def test_a_draft_changes_nothing_of_the_version_in_force(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    before = page("portal_service", city(cast), service.code)
    new = drafted_again(service, produk="Kartu baru")
    assert page("portal_service", city(cast), service.code) == before
    decreed(new)
    assert page("portal_service", city(cast), service.code) == before
    actions.publish_standard(new, by=None)
    after = page("portal_service", city(cast), service.code)
    assert "Kartu baru" in after
    assert "Kartu tanda penduduk" not in after


def drafted_again(service: Service, **content: Any) -> Standard:
    return actions.draft_standard(service, by=None, content=CONTENT | content)


def test_a_charter_is_seen_once_it_is_published(cast: Cast) -> None:
    words = {
        "promise": "Kami melayani sesuai standar yang ditetapkan.",
        "improvement": "Kami terus-menerus memperbaiki pelayanan kami.",
        "sanction": "Kami bersedia menerima sanksi bila melanggarnya.",
    }
    charter = actions.write_charter(cast.disdukcapil, by=None, **words)
    told = reverse("portal_unit", args=[city(cast), "disdukcapil"])
    assert words["promise"] not in Client().get(told).content.decode()
    actions.decree_charter(
        charter, number="MP/1", decreed_on=timezone.localdate(), decree=None, by=None
    )
    assert words["promise"] not in Client().get(told).content.decode()
    actions.publish_charter(charter, by=None)
    text = Client().get(told).content.decode()
    assert all(sentence in text for sentence in words.values())


def test_a_government_without_a_published_standard_says_so(cast: Cast) -> None:
    drafted(cast.disdukcapil)
    text = page("portal_city", city(cast))
    assert "Belum ada layanan yang diterbitkan" in text
    assert 'role="search"' not in text
    assert "Belum ada layanan" in page("portal_search", city(cast), q="ktp")


@pytest.mark.parametrize("code", ["tidak-ada", "disdukcapil"])
def test_an_unknown_government_is_not_found(cast: Cast, code: str) -> None:
    for name in ("portal_city", "portal_search", "portal_data", "portal_data_csv",
                 "portal_data_json", "portal_dcat", "portal_sitemap"):  # fmt: skip
        page(name, code, status=404)
    page("portal_snapshot", code, 1, status=404)


def test_a_counter_and_the_government_itself_have_no_unit_page(cast: Cast) -> None:
    add_organisation(cast.disdukcapil, Kind.COUNTER, "Loket 1", "Loket 1", "loket-1", by=None)
    for code in ("loket-1", city(cast), "tidak-ada"):
        page("portal_unit", city(cast), code, status=404)


def test_no_page_of_the_portal_names_a_person(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    standard = Standard.objects.get(service=service)
    Standard.objects.filter(pk=standard.pk).update(written_by=cast.officer)
    text = every_list(city(cast)) + page("portal_service", city(cast), service.code)
    assert cast.officer.name not in text
    assert cast.officer.email not in text


# ---- Quality, with source and date ---------------------------------------------------------------


def verdict(cast: Cast, place: Organisation, year: int, zone: str, **more: Any) -> Any:
    return judging.record_verdict(
        place, family="ombudsman", year=year, zone=zone, label=Label.VERIFIED,
        source_name=f"Sumber {year}", by=cast.organiser, **more,
    )  # fmt: skip


def test_the_city_shows_its_zones_with_their_sources_and_leaves_out_what_was_withdrawn(
    cast: Cast,
) -> None:
    verdict(cast, cast.city, 2021, "kuning")
    verdict(cast, cast.city, 2023, "hijau", value=Fraction("88.39"))
    judging.withdraw_verdict(verdict(cast, cast.city, 2022, "merah"), by=cast.organiser)
    text = page("portal_city", city(cast))
    assert "Dari zona kuning (2021) menjadi zona hijau (2023)." in text
    assert "88,39" in text
    assert "Sumber 2023" in text
    assert "Sumber 2022" not in text
    assert "Belum ada hasil survei kepuasan" in text


def test_a_service_shows_the_verdict_of_its_unit_or_says_that_it_is_the_citys(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    verdict(cast, cast.city, 2024, "hijau")
    assert "seluruhnya; untuk unit ini sendiri belum ada hasil" in page(
        "portal_service", city(cast), service.code
    )
    verdict(cast, cast.disdukcapil, 2023, "kuning")
    text = page("portal_service", city(cast), service.code)
    assert "Sumber 2023" in text
    assert "Sumber 2024" not in text


# ---- Machines and languages ----------------------------------------------------------------------


def test_search_engines_read_a_service_as_a_government_service(cast: Cast) -> None:
    service = published(cast.disdukcapil, "Penerbitan </script> KTP & akta")
    text = page("portal_service", city(cast), service.code)
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    told = json.loads(found[0])
    assert told["@type"] == "GovernmentService"
    assert told["name"] == "Penerbitan </script> KTP & akta"
    assert told["offers"] == [{"@type": "Offer", "price": "0", "priceCurrency": "IDR"}]
    assert told["url"] in re.findall(r'<link rel="canonical" href="(.*?)">', text)
    assert "processingTime" not in told["availableChannel"]
    assert '<meta name="description" content="Penerbitan' in text


def test_a_duration_is_told_only_where_the_norm_knows_its_unit() -> None:
    assert duration(Span(15, TimeUnit.MINUTES)) == "PT15M"
    assert duration(Span(3, TimeUnit.DAYS)) == "P3D"
    assert duration(Span(3, TimeUnit.WORKDAYS)) is None


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("lapor.go.id", "https://lapor.go.id"),
        ("aduan@contoh.go.id", "mailto:aduan@contoh.go.id"),
        ("0812-3456-7890", "tel:081234567890"),
        ("1708", "tel:1708"),
        ("javascript:alert(1)", None),
        ("Meja 3 dekat pintu", None),
        ('x"onclick=1.id', None),
    ],
)
def test_an_address_is_a_link_when_the_whole_of_it_is_one(address: str, link: str | None) -> None:
    told = reach(address)
    assert (f'href="{link}"' in told) if link else told == address


def test_the_sitemap_names_published_pages_and_robots_only_the_portal(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    text = page("portal_sitemap", city(cast))
    assert reverse("portal_service", args=[city(cast), service.code]) in text
    told = page("robots")
    assert "Disallow: /\n" in told
    assert reverse("portal_sitemap", args=[city(cast)]) in told


def test_the_frame_speaks_sundanese_where_the_words_are_sure_and_keeps_it(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    client = Client()
    url = reverse("portal_service", args=[city(cast), service.code])
    assert "Anu kedah" not in client.get(url).content.decode()
    assert (
        '<span lang="su">Anu kedah dicandak</span>'
        in client.get(url, {"bahasa": "su"}).content.decode()
    )
    text = client.get(url).content.decode()
    assert '<span lang="su">Waragad</span>' in text
    assert '<html lang="id"' in text
    client.get(url, {"bahasa": "id"})
    assert "Anu kedah" not in client.get(url).content.decode()


def test_an_english_page_marks_what_stays_indonesian(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    url = reverse("portal_service", args=[city(cast), service.code])
    text = Client().get(url, {"bahasa": "en"}).content.decode()
    assert '<html lang="en"' in text
    assert '<h1 lang="id">' in text
    assert '<html lang="id"' in Client().get(url, {"bahasa": "xx\0"}).content.decode()


def test_sundanese_words_are_words_of_the_frame() -> None:
    frame = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    for word in sundanese():
        assert f'_("{word}")' in frame, word


def test_a_standard_past_its_date_warns(cast: Cast) -> None:
    service = published(cast.disdukcapil)
    past = timezone.localdate() - dt.timedelta(days=1)
    assert "berlaku sampai" not in page("portal_service", city(cast), service.code)
    Standard.objects.filter(service=service).update(valid_until=past)
    assert "berlaku sampai" in page("portal_service", city(cast), service.code)


# ---- Queries -------------------------------------------------------------------------------------


def test_a_page_asks_as_often_for_many_services_as_for_few(cast: Cast) -> None:
    first = published(cast.disdukcapil)
    pages = {
        "portal_city": ({}, 4), "portal_search": ({"q": "ktp"}, 2),
        "portal_service": ({}, 3), "portal_unit": ({}, 6), "portal_data": ({}, 3),
    }  # fmt: skip

    def asked() -> dict[str, int]:
        told = {}
        for name, (query, _most) in pages.items():
            more = {"portal_service": [first.code], "portal_unit": ["disdukcapil"]}.get(name, [])
            url = reverse(name, args=[city(cast), *more])
            Client().get(url, query)  # the catalogue is built once
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert Client().get(url, query).status_code == 200
            told[name] = len(captured)
        return told

    few = asked()
    for number in range(25):
        published(cast.disdukcapil if number % 2 else cast.dinsos, f"Layanan {number}")
    assert asked() == few
    for name, (_query, most) in pages.items():
        assert few[name] <= most, (name, few[name])


def test_whoever_comes_to_the_server_is_led_to_the_portal(cast: Cast) -> None:
    client = Client()
    assert reverse("portal_start") in client.get(reverse("account_login")).content.decode()
    empty = client.get(reverse("portal_start"))
    assert "Belum ada standar pelayanan" in empty.content.decode()
    published(cast.disdukcapil, "Layanan satu")
    assert client.get(reverse("portal_start"))["Location"] == reverse(
        "portal_city", args=[cast.city.code]
    )
    published(cast.foreign_agency, "Layanan dua")
    both = client.get(reverse("portal_start")).content.decode()
    assert "Pemerintah Kota Sukabumi" in both
    assert "Pemerintah Kota Lain" in both
