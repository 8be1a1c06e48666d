"""What others made and Hijau ships: unchanged since bin/vendor wrote it, licensed, and complete."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

UI = Path(__file__).resolve().parent.parent / "hijau" / "ui"
VENDOR = UI / "static" / "ui" / "vendor"
MANIFEST: list[dict[str, Any]] = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


def test_every_vendored_file_is_as_it_was_fetched() -> None:
    for package in MANIFEST:
        for file, digest in package["files"].items():
            found = hashlib.sha256((VENDOR / file).read_bytes()).hexdigest()
            assert found == digest, f"{file} was changed; run bin/vendor instead"


def test_no_vendored_file_is_missing_from_the_manifest() -> None:
    listed = {file for package in MANIFEST for file in package["files"]} | {"manifest.json"}
    assert {path.name for path in VENDOR.iterdir()} == listed


def test_every_package_has_a_version_a_licence_and_its_text() -> None:
    for package in MANIFEST:
        assert package["version"]
        assert package["licence"]
        assert any(file.startswith("LICENSE") for file in package["files"]), package["name"]


def test_no_file_points_to_a_source_map_that_is_not_here() -> None:
    for path in [*VENDOR.glob("*.css"), *VENDOR.glob("*.js")]:
        assert b"sourceMappingURL" not in path.read_bytes(), path.name


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    for template in (UI.parent).rglob("templates/**/*.html"):
        named = re.findall(r'{%\s*icon "([^"]+)"', template.read_text(encoding="utf-8"))
        assert set(named) <= drawn, f"{template.name}: add them to ICONS in bin/vendor and run it"
