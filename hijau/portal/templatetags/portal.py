"""What the portal's templates have at hand: words of the frame, links to where one can be heard."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hijau.services.components import Span

register = template.Library()

MAIL = re.compile(r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$")
SITE = re.compile(r"^(https?://)?([a-z0-9-]+\.)+(id|com|net|org)(/[\w./?=&%-]*)?$", re.IGNORECASE)
PHONE = re.compile(r"^\+?[0-9(][0-9() .-]{1,24}$")


@register.simple_tag(takes_context=True)
def word(context: template.Context, text: str) -> str | SafeString:
    """`{% word _("Biaya") %}`: a word of the frame; in Sundanese where that is sure."""
    words: Mapping[str, str] = context.get("sundanese") or {}
    if text in words:
        return format_html('<span lang="su">{}</span>', words[text])
    return SafeString(conditional_escape(text))


@register.filter
def reach(address: str) -> str | SafeString:
    """An address of a channel as a link, when the whole of it is one: site, mail or telephone."""
    text = address.strip()
    if MAIL.match(text):
        return format_html('<a href="mailto:{}">{}</a>', text, text)
    if SITE.match(text):
        url = text if "://" in text else f"https://{text}"
        return format_html('<a href="{}" rel="noreferrer">{}</a>', url, text)
    digits = re.sub(r"\D", "", text)
    if PHONE.match(text) and len(digits) >= 3:
        plus = "+" if text.startswith("+") else ""
        return format_html('<a href="tel:{}{}">{}</a>', plus, digits, text)
    return text


@register.filter
def spoken(span: Span | None) -> str:
    """A time in the language of the reader; its note stays as the decree has it."""
    return span.written(get_language() or "id") if span else ""


@register.filter
def bare(span: Span | None) -> str:
    """A time without its note."""
    if span is None:
        return ""
    return Span(span.amount, span.unit).written(get_language() or "id")
