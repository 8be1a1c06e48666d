"""QR codes, drawn in the page: black on white, with words for whoever cannot see them."""

from __future__ import annotations

import io

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str, title: str) -> SafeString:
    """The address as a QR code in SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, light="#fff"
    )
    picture = mark_safe(drawn.getvalue().decode())  # noqa: S308  drawn here, from no user's text
    return format_html('<div class="qr" role="img" aria-label="{}">{}</div>', title, picture)
