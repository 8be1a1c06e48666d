"""A complete example of each kind's data: for the preview, the tests and docs/papers.md."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def sample(code: str) -> Callable[[], dict[str, Any]]:
    """What reads the example of a kind; each call gives a dict of its own."""
    return partial(_read, FOLDER / f"{code}.yaml")


def _read(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data
