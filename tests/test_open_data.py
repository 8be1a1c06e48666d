"""Open data: what is published as CSV, JSON and DCAT, and frozen copies that can be cited."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hijau.portal.views.data import FORMULA, _safe
from hijau.services import actions
from hijau.services.models import Snapshot
from tests.cast import Cast
from tests.test_portal import drafted, published


def got(cast: Cast, name: str, *args: object, **headers: Any) -> Any:
    return Client().get(reverse(name, args=[cast.city.code, *args]), headers=headers)


def rows(cast: Cast) -> list[dict[str, str]]:
    response = got(cast, "portal_data_csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_table_has_a_row_for_each_published_service_and_no_other(cast: Cast) -> None:
    published(cast.disdukcapil, "Penerbitan KTP-el")
    published(cast.foreign_agency, "Milik kota lain")
    drafted(cast.dinsos, "Baru rancangan")
    (row,) = rows(cast)
    assert row["layanan"] == "Penerbitan KTP-el"
    assert row["gratis"] == "ya"
    assert row["nomor_sk"] == "001/SK/2026"
    assert row["persyaratan"].startswith("Fotokopi kartu keluarga | ")


def test_fees_are_figures_in_the_table(cast: Cast) -> None:
    fees = {"free": False, "rows": [{"item": "A", "amount": 5000}, {"item": "B", "amount": 90000}]}
    published(cast.disdukcapil, biaya=fees)
    (row,) = rows(cast)
    assert (row["gratis"], row["biaya_terendah"], row["biaya_tertinggi"]) == (
        "tidak", "5000", "90000",
    )  # fmt: skip


def test_no_cell_of_the_table_is_a_formula(cast: Cast) -> None:
    published(cast.disdukcapil, '=HYPERLINK("http://jahat.example")', produk="@SUM(A1)")
    (row,) = rows(cast)
    assert row["layanan"].startswith("'=")
    assert row["produk"].startswith("'@")


@pytest.mark.parametrize("sign", FORMULA)
def test_each_sign_that_begins_a_formula_is_made_safe(sign: str) -> None:
    assert str(_safe(f"{sign}1")).startswith("'")
    assert str(_safe(f"  {sign}1")).startswith("'")
    assert _safe("A=1") == "A=1"


def test_json_has_the_same_services_in_the_shape_of_a_frozen_copy(cast: Cast) -> None:
    published(cast.disdukcapil)
    told = json.loads(got(cast, "portal_data_json").content)
    frozen = json.loads(actions.freeze_snapshot(cast.city, by=None).text)
    assert told["layanan"] == frozen["layanan"]
    assert told["lisensi"] == frozen["lisensi"]


def test_a_frozen_copy_is_served_as_the_bytes_of_its_hash_and_stays(cast: Cast) -> None:
    published(cast.disdukcapil)
    snapshot = actions.freeze_snapshot(cast.city, by=None)
    response = got(cast, "portal_snapshot", 1)
    sha = hashlib.sha256(response.content)
    assert sha.hexdigest() == snapshot.sha256 == response["X-Content-SHA256"]
    assert response["Repr-Digest"] == f"sha-256=:{base64.b64encode(sha.digest()).decode()}:"
    published(cast.disdukcapil, "Layanan lain")
    assert got(cast, "portal_snapshot", 1).content == response.content
    again = got(cast, "portal_snapshot", 1, **{"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", [0, 2, 10**30])
def test_a_copy_that_was_never_frozen_is_not_found(cast: Cast, number: int) -> None:
    published(cast.disdukcapil)
    actions.freeze_snapshot(cast.city, by=None)
    assert got(cast, "portal_snapshot", number).status_code == 404
    other = reverse("portal_snapshot", args=["kota-lain", 1])
    assert Client().get(other).status_code == 404


def test_the_page_says_how_to_cite_and_how_to_check(cast: Cast) -> None:
    published(cast.disdukcapil)
    text = got(cast, "portal_data").content.decode()
    assert "Belum ada salinan beku" in text
    snapshot = actions.freeze_snapshot(cast.city, by=None)
    text = got(cast, "portal_data").content.decode()
    assert snapshot.sha256 in text
    assert f"http://testserver{reverse('portal_snapshot', args=[cast.city.code, 1])}" in text
    assert "sha256sum kota-sukabumi-salinan-1.json" in text


def test_the_catalogue_for_satu_data_is_dcat(cast: Cast) -> None:
    published(cast.disdukcapil)
    snapshot = actions.freeze_snapshot(cast.city, by=None)
    response = got(cast, "portal_dcat")
    assert response["Content-Type"].startswith("application/ld+json")
    told = json.loads(response.content)
    assert told["@type"] == "dcat:Catalog"
    current, frozen = told["dcat:dataset"]
    kinds = [
        one["dcat:mediaType"]["@id"].rpartition("types/")[2] for one in current["dcat:distribution"]
    ]
    assert kinds == ["text/csv", "application/json"]
    assert frozen["dcat:isVersionOf"] == {"@id": current["@id"]}
    (file,) = frozen["dcat:distribution"]
    assert file["spdx:checksum"]["spdx:checksumValue"] == snapshot.sha256
    for one in (*current["dcat:distribution"], file):
        path = one["dcat:downloadURL"]["@id"].removeprefix("http://testserver")
        assert Client().get(path).status_code == 200


def test_without_anything_published_the_files_are_empty_and_sound(cast: Cast) -> None:
    drafted(cast.disdukcapil)
    assert rows(cast) == []
    assert json.loads(got(cast, "portal_data_json").content)["layanan"] == []
    assert len(json.loads(got(cast, "portal_dcat").content)["dcat:dataset"]) == 1
    assert not Snapshot.objects.exists()


def test_other_pages_may_read_the_data_and_nothing_is_written_through_it(cast: Cast) -> None:
    published(cast.disdukcapil)
    for name in ("portal_data_csv", "portal_data_json", "portal_dcat"):
        assert got(cast, name)["Access-Control-Allow-Origin"] == "*"
        url = reverse(name, args=[cast.city.code])
        assert Client().post(url).status_code == 405
