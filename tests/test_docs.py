"""The documentation says what the program does: each setting, role, verb and dependency."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hijau.accounts.permissions import ALLOWED, AT_THE_TOP, Permission, Role
from hijau.cli import main

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def text(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def table(markdown: str, columns: int) -> list[list[str]]:
    """The rows of every table with so many columns, without heads and rules."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in markdown.splitlines()
        if line.startswith("|")
    ]
    return [row for row in rows if len(row) == columns and set(row[0]) != {"-"}]


def settings_read() -> set[str]:
    """Every environment variable that the settings read."""
    source = text("hijau", "settings.py")
    names = re.findall(r"""\b(?:setting|switched_on)\(\s*["']([A-Z_]+)["']""", source)
    assert len(names) >= 15
    return {f"HIJAU_{name}" for name in names}


def test_every_setting_has_a_line() -> None:
    documented = set(re.findall(r"^\|\s*`(HIJAU_[A-Z_]+)`", text("docs", "settings.md"), re.M))
    assert settings_read() - documented == set()
    # What the program reads elsewhere may be documented too, but nothing that nobody reads.
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("hijau", "scoring", "bin", "benchmarks", "tests")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and (file.suffix == ".py" or file.parent.name == "bin")
    ) + text("Makefile")
    unread = {name for name in documented - settings_read() if name not in code}
    assert unread == set()


def test_the_table_of_roles_is_what_the_code_allows() -> None:
    head, *rows = table(text("docs", "roles.md"), len(Role) + 2)
    assert [name.strip("`") for name in head[1:-1]] == [role.value for role in Role]
    written = {
        (permission.strip("`"), role.value): cell
        for permission, *cells, _meaning in rows
        for role, cell in zip(Role, cells, strict=True)
    }
    expected = {
        (permission.value, role.value): "yes" if permission in ALLOWED[role] else "–"
        for permission in Permission
        for role in Role
    }
    assert written == expected


def test_every_role_says_where_it_is_held() -> None:
    _head, *rows = table(text("docs", "roles.md"), 4)
    assert {row[0].strip("`"): row[2] for row in rows} == {
        role.value: "a government" if role in AT_THE_TOP else "an agency or a unit" for role in Role
    }


def verbs(group: click.Group, name: str) -> set[str]:
    """Every command that can be typed, as it is typed."""
    context = click.Context(group)
    found = set()
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        if isinstance(command, click.Group):
            found |= verbs(command, f"{name} {verb}")
        else:
            found.add(f"{name} {verb}")
    return found


def test_every_verb_is_explained() -> None:
    written = text("README.md") + text("docs", "commands.md")
    known = verbs(main, "hijau")
    assert {"hijau audit verify", "hijau instruments add", "hijau demo"} <= known
    assert {verb for verb in known if verb not in written} == set()


@pytest.mark.parametrize("verb", sorted(verbs(main, "hijau")))
def test_every_verb_tells_what_it_does(verb: str) -> None:
    done = CliRunner().invoke(main, [*verb.split()[1:], "--help"])
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 3


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", ["base.in", "test.in"])
def test_every_direct_dependency_has_its_reason(file: str) -> None:
    wanted = {
        normalised(match[0])
        for line in text("requirements", file).splitlines()
        if (match := re.match(r"[A-Za-z0-9._-]+", line)) and not line.startswith("-")
    }
    assert len(wanted) > 10
    lines = text("docs", "dependencies.md").splitlines()
    explained = {
        normalised(name)
        for line in lines
        if line.startswith("|")
        for name in re.findall(r"[A-Za-z0-9._-]+", line.strip("|").split("|")[0])
    }
    assert wanted - explained == set()


def test_every_document_that_is_named_exists() -> None:
    """A link in the documentation leads to a file of this repository, or to the web."""
    for document in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_command_that_is_installed_is_the_one_that_is_documented() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert project["scripts"] == {"hijau": "hijau.cli:main"}
