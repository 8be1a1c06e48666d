"""QR codes: an address that a telephone reads from paper or from a screen."""

from __future__ import annotations

import io

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


def qr_svg(url: str) -> SafeString:
    """The address as an inline SVG with the address as its title; no style, no script."""
    code = segno.make(url, error="m", micro=False)
    width, height = code.symbol_size(border=4)
    drawn = io.BytesIO()
    code.save(
        drawn, kind="svg", border=4, xmldecl=False, svgns=False, omitsize=True,
        svgclass=None, lineclass=None, light="#fff", dark="#000",
    )  # fmt: skip
    text = drawn.getvalue().decode()
    # What segno draws is paths of numbers; only the title carries what came from outside.
    inside = mark_safe(text[text.index(">") + 1 : text.rindex("</svg>")])  # noqa: S308
    title = _("Kode QR: %s") % url
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" viewBox="0 0 {} {}" '
        'aria-label="{}"><title>{}</title>{}</svg>',
        width,
        height,
        title,
        title,
        inside,
    )
