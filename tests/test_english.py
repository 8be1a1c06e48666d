"""English is a full translation: every Indonesian sentence of the pages has one."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages import mofile, pofile
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from hijau.assessments.models import Assessment
from tests.cast import Cast

ROOT = Path(__file__).resolve().parent.parent / "hijau"
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
IN_TEMPLATE = re.compile(r"""\{% trans (?:"([^"]+)"|'([^']+)')|_\("([^"]+)"\)""")


def catalogue() -> dict[str, Any]:
    with CATALOGUE.open("rb") as text:
        return {
            message.id if isinstance(message.id, str) else message.id[0]: message
            for message in pofile.read_po(text)
            if message.id
        }


def test_every_sentence_has_its_english_with_the_same_placeholders() -> None:
    for source, message in catalogue().items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(forms), source
        for form in forms:
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(source)), source


def test_every_marked_sentence_of_the_code_is_in_the_catalogue() -> None:
    known = set(catalogue())
    missing = set()
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            text = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else 0
            if node.func.id in CALLS and isinstance(text, str) and text not in known:
                missing.add(text)
    for file in ROOT.rglob("*.html"):
        for found in IN_TEMPLATE.findall(file.read_text(encoding="utf-8")):
            text = next(filter(None, found))
            if text not in known:
                missing.add(text)
    # The templates of the login borrow sentences of allauth, whose source is English.
    assert {text for text in missing if not text.isascii() or " " in text} - ALLAUTH == set()


ALLAUTH = {"Sign In", "Sign Out", "Are you sure you want to sign out?", "Forgot your password?"}


@pytest.fixture
def compiled() -> Any:
    """The catalogue as `hijau prepare` compiles it."""
    with CATALOGUE.open("rb") as text, CATALOGUE.with_suffix(".mo").open("wb") as target:
        mofile.write_mo(target, pofile.read_po(text))
    trans_real._translations.clear()  # type: ignore[attr-defined]
    yield
    translation.activate("id")


def test_pages_are_english_when_english_is_chosen(cast: Cast, compiled: Any) -> None:
    opened = cast.open_round()
    assessment = Assessment.objects.get(round=opened, unit=cast.disdukcapil)
    client = cast.client(cast.organiser)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    for path, wanted in (
        ("/", "Where we stand"),
        (reverse("answer_page", args=[assessment.pk]), "Proof of the score"),
        (reverse("league"), "League table"),
        (reverse("targets"), "Save target"),
        (reverse("verdict_list"), "Outside results"),
        (reverse("people"), "Add an agency or unit"),
    ):
        page = client.get(path).content.decode()
        assert '<html lang="en">' in page or 'lang="en"' in page
        assert wanted in page, path
        assert "Beranda" not in page
