"""What machines read: GovernmentService of schema.org for search engines, DCAT for Satu Data."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.safestring import SafeString

from hijau.organisation.models import Organisation
from hijau.services.components import Span, TimeUnit
from hijau.services.models import Office, Snapshot, Standard
from hijau.services.open_data import LICENCE

Address = Callable[..., str]
"""The whole address of a page, by its name and arguments."""

EUROPE = "http://publications.europa.eu/resource/authority"
"""Where the words of DCAT-AP have their addresses."""
DURATIONS = {TimeUnit.MINUTES: "PT{}M", TimeUnit.HOURS: "PT{}H", TimeUnit.DAYS: "P{}D"}


def as_script(data: dict[str, Any]) -> SafeString:
    """JSON for the inside of a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return SafeString(text)


def duration(span: Span | None) -> str | None:
    """As ISO 8601; None for working days, which it does not know."""
    if span is None or span.unit not in DURATIONS:
        return None
    return DURATIONS[span.unit].format(span.amount)


def government_service(standard: Standard, office: Office | None, url: str) -> dict[str, Any]:
    """A published service as schema.org has it. What is not known is left out."""
    service, told = standard.service, standard.components
    government = {
        "@type": "GovernmentOrganization",
        "name": service.government.name,
    }
    place = (
        {
            "@type": "Place",
            "name": service.unit.name,
            "address": office.address,
            "telephone": office.phone,
            "hasMap": office.map_url,
        }
        if office
        else {}
    )
    offers: list[dict[str, Any]] = [
        {"@type": "Offer", "name": row.item, "price": str(row.amount), "priceCurrency": "IDR"}
        for row in told.fees.rows
    ]
    if told.fees.free:
        offers = [{"@type": "Offer", "price": "0", "priceCurrency": "IDR"}]
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentService",
            "@id": url,
            "url": url,
            "name": service.name,
            "alternateName": list(service.words),
            "description": service.about,
            "serviceOutput": {"@type": "Thing", "name": told.product} if told.product else None,
            "provider": {
                "@type": "GovernmentOrganization",
                "name": service.unit.name,
                "parentOrganization": government,
            },
            "areaServed": {"@type": "AdministrativeArea", "name": service.government.short_name},
            "availableChannel": {
                "@type": "ServiceChannel",
                "serviceUrl": url,
                "processingTime": duration(told.time),
                "serviceLocation": _known(place),
            },
            "offers": offers,
        }
    )


def _known(data: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, at every depth."""
    told = {key: _known(value) if isinstance(value, dict) else value for key, value in data.items()}
    return {key: value for key, value in told.items() if value not in (None, "", [], {})}


def catalog(
    government: Organisation,
    snapshots: Iterable[Snapshot],
    modified: dt.date | None,
    address: Address,
) -> dict[str, Any]:
    """The open data of a government as DCAT (JSON-LD): one dataset, and its frozen copies."""
    code = government.code
    page = address("portal_data", code)
    publisher = {
        "@id": address("portal_city", code),
        "@type": "foaf:Organization",
        "foaf:name": government.name,
    }
    common = {
        "dct:publisher": {"@id": publisher["@id"]},
        "dct:license": {"@id": LICENCE},
        "dct:language": {"@id": f"{EUROPE}/language/IND"},
        "dct:accessRights": {"@id": f"{EUROPE}/access-right/PUBLIC"},
        "dcat:theme": {"@id": f"{EUROPE}/data-theme/GOVE"},
        "dcat:landingPage": {"@id": page},
    }
    current = f"{page}#layanan"
    title = f"Standar pelayanan publik {government.name}"
    files = (("portal_data_csv", "CSV", "text/csv"), ("portal_data_json", "JSON", JSON))
    dataset = common | {
        "@id": current,
        "@type": "dcat:Dataset",
        "dct:title": {"@value": title, "@language": "id"},
        "dct:description": {
            "@value": "Layanan yang standarnya sedang berlaku: persyaratan, prosedur, jangka waktu,"
            " biaya, produk, dan pengaduan, beserta nomor dan tanggal keputusannya.",
            "@language": "id",
        },
        "dct:identifier": f"{code}/layanan",
        "dcat:keyword": ["pelayanan publik", "standar pelayanan", government.short_name],
        "dct:accrualPeriodicity": {"@id": f"{EUROPE}/frequency/CONT"},
        "dcat:distribution": [
            _distribution(address(name, code), title, kind, media) for name, kind, media in files
        ],
    }
    if modified:
        dataset["dct:modified"] = _date(modified)
    frozen = [_frozen(one, title, common, current, address) for one in snapshots]
    if frozen:
        dataset["dcat:hasVersion"] = [{"@id": one["@id"]} for one in frozen]
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": address("portal_dcat", code),
        "@type": "dcat:Catalog",
        "dct:title": {"@value": f"Data terbuka {government.name}", "@language": "id"},
        "dct:description": {
            "@value": "Data yang diterbitkan pemerintah daerah tentang pelayanannya.",
            "@language": "id",
        },
        "dct:publisher": publisher,
        "dct:license": {"@id": LICENCE},
        "dct:language": {"@id": f"{EUROPE}/language/IND"},
        "foaf:homepage": {"@id": page},
        "dcat:dataset": [dataset, *frozen],
    }


JSON = "application/json"


def _frozen(
    snapshot: Snapshot, title: str, common: dict[str, Any], current: str, address: Address
) -> dict[str, Any]:
    url = address("portal_snapshot", snapshot.government.code, snapshot.number)
    file = _distribution(url, title, "JSON", JSON) | {
        "dcat:byteSize": {"@value": str(snapshot.size), "@type": "xsd:integer"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": snapshot.sha256,
        },
    }
    return common | {
        "@id": f"{url}#salinan",
        "@type": "dcat:Dataset",
        "dct:title": {"@value": f"{title}, salinan {snapshot.number}", "@language": "id"},
        "dct:description": {
            "@value": "Salinan beku: isinya tidak pernah berubah.",
            "@language": "id",
        },
        "dct:identifier": f"{snapshot.government.code}/layanan/{snapshot.number}",
        "dct:issued": _date(snapshot.frozen_at.date()),
        "dcat:version": str(snapshot.number),
        "dcat:isVersionOf": {"@id": current},
        "dcat:distribution": [file],
    }


def _distribution(url: str, title: str, kind: str, media: str) -> dict[str, Any]:
    return {
        "@id": f"{url}#berkas",
        "@type": "dcat:Distribution",
        "dct:title": {"@value": f"{title} ({kind})", "@language": "id"},
        "dcat:accessURL": {"@id": url},
        "dcat:downloadURL": {"@id": url},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
        "dct:format": {"@id": f"{EUROPE}/file-type/{kind}"},
        "dct:license": {"@id": LICENCE},
    }


def _date(day: dt.date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}
