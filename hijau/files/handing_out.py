"""Handing a file out: always as a download, so that nothing in it ever runs in a page."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse

from hijau.files.models import StoredFile

PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_download(stored: StoredFile) -> FileResponse:
    """The file under the name that it was sent with. Who may have it is asked before."""
    response = FileResponse(
        stored.content.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def as_made(content: bytes, name: str, kind: str = "application/octet-stream") -> HttpResponse:
    """What was made for this person just now, under a name of ours."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
