"""What the JSON Schemas say of a file, in words that name the cure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

SHIPPED = Path(__file__).resolve().parents[2] / "instruments"
"""The instruments that come with Hijau, and their schemas, the same that editors use."""

SEE = "Lihat docs/instruments.md."


@cache
def _checker(name: str) -> jsonschema.Draft202012Validator:
    text = (SHIPPED / name).read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def faults(data: Any, schema: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where a file departs from its schema, and what to do about it."""
    found = _checker(schema).iter_errors(data)
    for error in sorted(found, key=lambda e: list(map(str, e.absolute_path))):
        deepest = _deepest(error)
        yield tuple(deepest.absolute_path), _in_words(deepest)


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """The fault farthest down: in a formula, the node at fault and not the whole formula."""
    found = error
    while found.context and found.validator in ("anyOf", "oneOf"):
        typed = [e for e in found.context if e.validator != "type"] or list(found.context)
        deeper = max(typed, key=lambda e: len(e.absolute_path))
        if len(deeper.absolute_path) <= len(found.absolute_path) and deeper.validator == "required":
            return found
        found = deeper
    return found


def _in_words(error: jsonschema.ValidationError) -> str:
    where = "/".join(map(str, error.absolute_path)) or "berkas"
    rule: Any = error.validator_value
    shape: Any = error.schema
    given: Any = error.instance
    match error.validator:
        case "required":
            wanted = [key for key in rule if key not in given]
            return f"Di {where}, “{', '.join(wanted)}” belum ada. Tambahkan."
        case "additionalProperties":
            extra = sorted(set(given) - set(shape.get("properties", {})))
            return f"Di {where}, “{', '.join(extra)}” tidak dikenal. Hapus atau periksa ejaannya."
        case "enum":
            options = ", ".join(map(str, rule))
            return f"Di {where}, “{given}” tidak dikenal. Pilih: {options}."
        case "pattern":
            return f"Di {where}, “{str(given)[:40]}” tidak sesuai bentuknya. {SEE}"
        case "type":
            return f"Di {where}, jenis isinya keliru. {SEE}"
        case "minItems" | "minLength" | "minProperties":
            return f"Di {where}, isinya masih kurang. Lengkapi."
        case _:
            return f"Di {where}, isinya tidak lengkap atau tidak dikenal. {SEE}"
