"""A pack: a ZIP that anyone can open, read without the net, and check.

For the day the portal is down, and for whoever takes over a unit's work: a folder per indicator, an
index to open in a browser and one for a spreadsheet, and a sum for every file.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.translation import override

from hijau.files.intake import clean_name

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP can name; so the same content gives the same bytes."""
PIECE = 1 << 16
IN_MEMORY = 8 * 2**20
INDEX, TABLE, SUMS = "INDEKS.html", "INDEKS.csv", "SHA256SUMS"
NAME_LIMIT = 80
"""Characters of a name; a path in Windows has 260 in all."""

DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
"""Names that Windows keeps for devices, whatever their ending."""
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the pack: where it lies, what it is called, what is in it."""

    folder: str
    name: str
    content: bytes | IO[bytes]


@dataclass(frozen=True, slots=True)
class Packed:
    """A file as it came to lie in the pack."""

    path: str
    name: str
    size: int
    sha256: str

    @property
    def address(self) -> str:
        return quote(self.path)


def pack(
    entries: Iterable[Entry],
    *,
    title: str,
    index: Sequence[Mapping[str, str]],
    checklist: Sequence[str] = (),
) -> IO[bytes]:
    """The ZIP in a temporary file, ready to be read; one entry at a time is in memory.

    `index` has a row per line of the table in INDEKS, its keys are the heads; the row's `folder`
    (not shown) names the entries it links to. `checklist` is what a person ticks off.
    """
    result = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed on
    try:
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, entries, title, index, checklist)
    except BaseException:
        result.close()
        raise
    result.seek(0)
    return result


def _fill(
    archive: zipfile.ZipFile,
    entries: Iterable[Entry],
    title: str,
    index: Sequence[Mapping[str, str]],
    checklist: Sequence[str],
) -> None:
    taken: set[str] = {name.casefold() for name in (INDEX, TABLE, SUMS)}
    folders: dict[str, str] = {}
    files: dict[str, list[Packed]] = {}
    for entry in entries:
        folder = _folder(entry.folder, folders, taken)
        name = _unique(folder, safe_name(entry.name), taken)
        packed = _write(archive, f"{folder}/{name}" if folder else name, name, entry.content)
        files.setdefault(entry.folder, []).append(packed)
    everything = [packed for listed in files.values() for packed in listed]
    page, table = _page(title, index, checklist, files), _table(index, files)
    for name, text in ((INDEX, page), (TABLE, table)):
        everything.append(_write(archive, name, name, text.encode()))
    # sha256sum -c reads these lines; a safe name needs no escaping in them.
    sums = "".join(f"{packed.sha256}  {packed.path}\n" for packed in everything)
    _write(archive, SUMS, SUMS, sums.encode())


def safe_name(name: str) -> str:
    """A name that Windows, Linux and macOS all take, and that leads nowhere else."""
    name = FORBIDDEN.sub("_", unicodedata.normalize("NFC", name.replace("\\", "/")))
    name = clean_name(name)
    stem, dot, ending = name.rpartition(".")
    if dot and stem and len(ending) <= 8:
        name = stem[: NAME_LIMIT - len(ending) - 1].rstrip(" .") + dot + ending
    else:
        name = name[:NAME_LIMIT].rstrip(" .")
    if DEVICES.fullmatch(name) or name.startswith("-"):
        name = f"_{name}"
    return name or "berkas"


def _folder(wanted: str, folders: dict[str, str], taken: set[str]) -> str:
    """The folder of an indicator; two that look alike on Windows get different names."""
    if not wanted:
        return ""
    if wanted not in folders:
        folders[wanted] = _unique("", safe_name(wanted), taken)
    return folders[wanted]


def _unique(folder: str, name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    candidate, number = name, 1
    while f"{folder}/{candidate}".casefold().lstrip("/") in taken:
        number += 1
        candidate = f"{stem} ({number}){dot}{ending}"
    taken.add(f"{folder}/{candidate}".casefold().lstrip("/"))
    return candidate


def _write(archive: zipfile.ZipFile, path: str, name: str, content: bytes | IO[bytes]) -> Packed:
    """Stream one file in, counting and summing on the way."""
    described = zipfile.ZipInfo(path, EPOCH)
    described.compress_type, described.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    described.create_system = 3
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    digest, size = hashlib.sha256(), 0
    with archive.open(described, "w", force_zip64=True) as target:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return Packed(path, name, size, digest.hexdigest())


def _heads(index: Sequence[Mapping[str, str]]) -> list[str]:
    return [head for head in (index[0] if index else ()) if head != "folder"]


def _page(
    title: str,
    index: Sequence[Mapping[str, str]],
    checklist: Sequence[str],
    files: Mapping[str, Sequence[Packed]],
) -> str:
    """The index as a page that opens from the ZIP, in Indonesian whoever asks for it."""
    heads = _heads(index)
    rows = [([row[h] for h in heads], files.get(row.get("folder", ""), ())) for row in index]
    shown = {row.get("folder", "") for row in index}
    context: dict[str, Any] = {
        "title": title,
        "heads": heads,
        "rows": rows,
        "others": [p for folder, listed in files.items() if folder not in shown for p in listed],
        "checklist": checklist,
        "sums": SUMS,
    }
    with override("id"):
        return render_to_string("papers/pack_index.html", context)


def _table(index: Sequence[Mapping[str, str]], files: Mapping[str, Sequence[Packed]]) -> str:
    """The index for a spreadsheet: a line per file, with its sum; no cell is ever a formula."""
    heads = _heads(index)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow([*heads, "berkas", "ukuran", "sha256"])
    shown = set()
    for row in index:
        folder = row.get("folder", "")
        shown.add(folder)
        cells = [_cell(row[head]) for head in heads]
        for packed in files.get(folder, ()):
            writer.writerow([*cells, _cell(packed.path), packed.size, packed.sha256])
        if not files.get(folder):
            writer.writerow([*cells, "", "", ""])
    for folder, listed in files.items():
        for packed in listed if folder not in shown else ():
            writer.writerow([*[""] * len(heads), _cell(packed.path), packed.size, packed.sha256])
    return "\ufeff" + lines.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
