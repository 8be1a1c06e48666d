"""Handing a file out: always as a download, so that nothing in an upload ever runs in a page."""

from __future__ import annotations

from django.http import FileResponse

from hijau.files.models import StoredFile


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
