"""What is published, as data that others may take: tables, JSON, DCAT, frozen copies."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from hijau.organisation.models import Organisation
from hijau.portal.catalogue import catalogue_of
from hijau.portal.doors import open_door
from hijau.portal.frame import government_or_404, portal_page, show
from hijau.portal.linked_data import catalog
from hijau.services.components import DELIVERY, Components
from hijau.services.models import Snapshot, Standard
from hijau.services.open_data import LICENCE, catalogue, row_of

BOM = "\ufeff"
"""So that Excel reads the letters rightly."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so could be run by a spreadsheet."""
BETWEEN = " | "
NOT_IN_TABLE = frozenset(code.replace("-", "_") for code in DELIVERY)


@open_door("whoever wants it may take what is published as data")
@require_safe
@portal_page
def portal_data(request: HttpRequest, government: Organisation) -> HttpResponse:
    """Open data: files of today, and frozen copies with how to cite and check them."""
    snapshots = [
        {
            "one": snapshot,
            "url": request.build_absolute_uri(
                reverse("portal_snapshot", args=[government.code, snapshot.number])
            ),
            "file": _file_name(government, f"salinan-{snapshot.number}", "json"),
        }
        for snapshot in Snapshot.objects.filter(government=government).defer("text")
    ]
    context = {
        "snapshots": snapshots,
        "published": len(catalogue_of(government).services),
        "licence": LICENCE,
    }
    return show(request, "data.html", government, context)


@open_door("open data for spreadsheets")
@require_safe
def portal_data_csv(request: HttpRequest, gov: str) -> HttpResponse:
    """What is published as a table: CSV in UTF-8, one row per service, safe to open."""
    government = government_or_404(gov)
    lines = io.StringIO()
    writer = csv.writer(lines)
    head: list[str] = []
    for standard in _published(government):
        row = _flat(standard)
        if not head:
            head = list(row)
            writer.writerow(head)
        writer.writerow([_safe(value) for value in row.values()])
    response = HttpResponse(BOM + lines.getvalue(), content_type="text/csv; charset=utf-8")
    return _open(response, _file_name(government, "layanan", "csv"))


@open_door("open data for programs")
@require_safe
def portal_data_json(request: HttpRequest, gov: str) -> HttpResponse:
    """What is published as JSON, in the shape of a frozen copy."""
    government = government_or_404(gov)
    told = {
        "pemerintah_daerah": government.name,
        "kode": government.code,
        "diambil": timezone.now().isoformat(timespec="seconds"),
        "lisensi": LICENCE,
        "layanan": catalogue(government),
    }
    return _open(_json(told), _file_name(government, "layanan", "json"))


@open_door("the catalogue of Satu Data asks which data there are")
@require_safe
def portal_dcat(request: HttpRequest, gov: str) -> HttpResponse:
    """The data catalogue as DCAT in JSON-LD."""
    government = government_or_404(gov)

    def address(name: str, *args: object) -> str:
        return request.build_absolute_uri(reverse(name, args=args))

    latest = _published(government).order_by("-published_on").values_list("published_on", flat=True)
    snapshots = (
        Snapshot.objects.filter(government=government).select_related("government").defer("text")
    )
    told = catalog(government, snapshots, latest.first(), address)
    return _open(_json(told, "application/ld+json"))


@open_door("a frozen copy is cited by its address and must be there for everybody")
@require_safe
def portal_snapshot(request: HttpRequest, gov: str, number: int) -> HttpResponse:
    """A frozen copy: exactly its text, with its hash (RFC 9530). It never changes."""
    government = government_or_404(gov)
    snapshot = Snapshot.objects.filter(government=government, number=number).first()
    if snapshot is None:
        raise Http404
    response = HttpResponse(snapshot.text.encode(), content_type="application/json")
    digest = base64.b64encode(bytes.fromhex(snapshot.sha256)).decode()
    page = request.build_absolute_uri(reverse("portal_data", args=[gov]))
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    response["X-Content-SHA256"] = snapshot.sha256
    response["ETag"] = f'"{snapshot.sha256}"'
    response["Link"] = f'<{page}>; rel="describedby", <{LICENCE}>; rel="license"'
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    _open(response, _file_name(government, f"salinan-{number}", "json"), inline=True)
    conditional: HttpResponse | None = get_conditional_response(
        request, etag=response["ETag"], response=response
    )
    return conditional or response


def _published(government: Organisation) -> Any:
    return (
        Standard.objects.published()
        .filter(service__government=government)
        .with_names()
        .order_by("service__code")
    )


def _flat(standard: Standard) -> dict[str, object]:
    """A row of the table: what open data have, the components as text, the fee also as a figure."""
    row = {key: value for key, value in row_of(standard).items() if key not in NOT_IN_TABLE}
    told: Components = standard.components
    row["gratis"] = bool(told.fees.free)
    row["biaya_terendah"] = min((fee.amount for fee in told.fees.rows), default="")
    row["biaya_tertinggi"] = max((fee.amount for fee in told.fees.rows), default="")
    for code in DELIVERY:
        row[code.replace("-", "_")] = BETWEEN.join(told.lines(code))
    return row


def _safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value


def _json(told: dict[str, Any], kind: str = "application/json") -> HttpResponse:
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8")


def _file_name(government: Organisation, what: str, ending: str) -> str:
    return f"{government.code}-{what}.{ending}"


def _open(response: HttpResponse, name: str = "", *, inline: bool = False) -> HttpResponse:
    """Data that pages of others may read, too; they carry no session."""
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    if name:
        kind = "inline" if inline else "attachment"
        response["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response
