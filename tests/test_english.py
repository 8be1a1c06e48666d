"""English is a full translation: every Indonesian sentence of the pages has one."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from django.urls import reverse
from django.utils import translation

from hijau.cli.platform import _compile_messages
from tests.cast import Cast
from tests.test_doors import DOORS, put_away, things  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent / "hijau"
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(
    r"""\{%-?\s*trans(?:late)?\s+(?P<tag>"[^"]*"|'[^']*')|\b_\((?P<call>"[^"]*"|'[^']*')\)"""
)
BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b.*?%\}(?P<text>.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL
)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def catalogue() -> dict[str, tuple[str, ...]]:
    """Every source string with its English; both forms of a plural have all of its English."""
    with CATALOGUE.open("rb") as text:
        messages = [message for message in pofile.read_po(text, abort_invalid=True) if message.id]
    assert not any(message.fuzzy for message in messages)
    return {
        source: _strings(message.string) for message in messages for source in _strings(message.id)
    }


def _strings(found: Any) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found)


def test_every_sentence_has_its_english_with_the_same_placeholders() -> None:
    known = catalogue()
    assert len(known) > 300
    for source, english in known.items():
        for form in english:
            assert form, f"no English for: {source}"
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(source)), source
            assert form.strip() != form or source.strip() == source, f"spaces of: {source!r}"


# ---- What is marked is in the catalogue --------------------------------------------------------


def in_python(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in CALLS:
            for argument in node.args[: 2 if name.startswith("n") else 1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def in_template(code: str) -> Iterator[str]:
    for found in IN_TEMPLATE.finditer(code):
        yield (found["tag"] or found["call"])[1:-1]
    for found in BLOCK.finditer(code):
        for form in PLURAL.split(found["text"]):
            yield VARIABLE.sub(r"%(\1)s", form.replace("%", "%%"))


@pytest.mark.parametrize(("ending", "read"), [("py", in_python), ("html", in_template)])
def test_every_marked_sentence_is_in_the_catalogue(
    ending: str, read: Callable[[str], Iterator[str]]
) -> None:
    marked = {text for file in ROOT.rglob(f"*.{ending}") for text in read(file.read_text("utf-8"))}
    assert len(marked) > 100
    missing = marked - catalogue().keys()
    assert not missing, f"no English; run bin/messages: {sorted(missing)}"


def test_marks_are_found_however_they_are_written() -> None:
    assert set(in_python("_('a'); x.gettext('b' 'c'); ngettext('d', 'e', 2); _(f)")) == {
        "a", "bc", "d", "e",
    }  # fmt: skip
    page = """{% trans "a" as t %}{% translate 'b' %}{{ x|default:_("c") }}
    {% blocktrans count n=1 %}{{ n }} d{% plural %}{{ n }} e{% endblocktrans %}"""
    assert set(in_template(page)) == {"a", "b", "c", "%(n)s d", "%(n)s e"}


# ---- The pages ---------------------------------------------------------------------------------


@pytest.fixture
def looked_up(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[tuple[str, str]]]:
    """Every string that a page looks up and what it got, with the catalogue compiled as it is
    before serving, but in a place of the test's own."""
    folder = tmp_path / "locale"
    shutil.copytree(ROOT / "locale", folder, ignore=shutil.ignore_patterns("*.mo"))
    _compile_messages(folder)
    settings.LOCALE_PATHS = [folder]
    found: list[tuple[str, str]] = []
    gettext, ngettext = translation._trans.gettext, translation._trans.ngettext

    def one(message: str) -> str:
        result: str = gettext(message)
        found.append((str(message), result))
        return result

    def many(singular: str, plural: str, number: int) -> str:
        result: str = ngettext(singular, plural, number)
        found.append((singular if number == 1 else plural, result))
        return result

    monkeypatch.setattr(translation._trans, "gettext", one)
    monkeypatch.setattr(translation._trans, "ngettext", many)
    yield found
    translation.activate("id")


@pytest.mark.parametrize("who", ["citizen", "officer", "organiser", "administrator"])
def test_no_page_falls_back_to_indonesian(
    who: str,
    cast: Cast,
    things: dict[str, dict[str, Any]],  # noqa: F811
    looked_up: list[tuple[str, str]],
) -> None:
    client = cast.client(cast.people[who])
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    pages = 0
    for name, (method, _statuses) in DOORS.items():
        # To log out or to be sent elsewhere shows no page of its own.
        if method != "get":
            continue
        response = client.get(reverse(name, kwargs=things.get(name, {})))
        kind = response.get("Content-Type", "")
        if response.status_code != 302 and kind.startswith("text/html"):
            assert '<html lang="en"' in response.content.decode(), name
            pages += 1
        put_away(response)
    assert pages >= (5 if who == "citizen" else 20)
    known = catalogue()
    translated = [(source, got) for source, got in looked_up if source in known]
    assert len({source for source, _got in translated}) > (10 if who == "citizen" else 100)
    fallen_back = {
        source for source, got in translated if source == got and source not in known[source]
    }
    assert not fallen_back
