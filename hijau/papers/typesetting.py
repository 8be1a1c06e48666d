"""Papers as PDF: a template and its data become pages. The only file that knows typst.

Each paper is PDF/A-2a (an archive can keep it) and PDF/UA-1 (a screen reader can read it) at once:
tagged, with language, title, author and its own fonts. With the same date its bytes are the same.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hijau.papers.letterhead import Head
from hijau.papers.press import Fault, pressed

LIBRARY = Path(__file__).parent / "defaults" / "dasar.typ"
FRAME = b"""\
#import "dasar.typ": data, kop, rangka
#show: rangka
#include "templat.typ"
"""
"""Title, language, page and font are set here, so that no template can forget them."""


def to_pdf(
    template_text: str, data: Mapping[str, Any], *, letterhead: Head, date: dt.date
) -> bytes:
    """The paper as PDF. `data` has `judul`, and whatever the template reads; all of it stays text.

    Refused with the line when the template is broken, endless or too large.
    """
    told = {
        **data,
        "kop": letterhead.told(),
        "berkas_tanggal": {"tahun": date.year, "bulan": date.month, "hari": date.day},
    }
    files = {
        "data.json": json.dumps(told, ensure_ascii=False, sort_keys=True).encode(),
        "root/utama.typ": FRAME,
        "root/dasar.typ": LIBRARY.read_bytes(),
        "root/templat.typ": template_text.encode(),
    }
    if letterhead.logo:
        files[f"root/{letterhead.logo_name}"] = letterhead.logo
    return pressed(typeset, files)


def typeset(folder: Path) -> None:
    """In the child process: typeset the folder's template."""
    import typst  # only the child pays for it

    data = (folder / "data.json").read_text(encoding="utf-8")
    day = json.loads(data)["berkas_tanggal"]
    moment = dt.datetime(day["tahun"], day["bulan"], day["hari"], tzinfo=dt.UTC)
    try:
        paper = typst.compile(
            folder / "root" / "utama.typ",
            root=folder / "root",
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"data": data},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=moment,
            package_path=folder / "none",
            package_cache_path=folder / "none",
        )
    except typst.TypstError as error:
        raise _fault(error.message, error.diagnostic) from error
    assert isinstance(paper, bytes)
    (folder / "result").write_bytes(paper)


def _fault(message: str, diagnostic: str) -> Fault:
    """The message with the line of the template that it speaks of.

    A fault that shows itself inside our library is traced to the line of the template's call.
    """
    if "download package" in message:
        message = "packages are not available; use dasar.typ"
    found = re.search(r"templat\.typ:(\d+)", diagnostic)
    return Fault(message, int(found[1]) if found else None)
