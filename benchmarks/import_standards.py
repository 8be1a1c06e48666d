"""500 standards from a workbook and from Word: to read, to plan, to carry, to write.

    python -m benchmarks.import_standards

Every sentence is made up anew of a fixed vocabulary, so that nothing packs well. A fresh SQLite
file with `synchronous=FULL` in a temporary folder; writes `var/bench-import-standards.json`.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

SERVICES, UNITS, SEED = 500, 40, 3
SYLLABLES = (
    "ba", "di", "ka", "ra", "mu", "la", "ti", "su", "wi", "nda", "ngga", "ri", "ja", "yu", "pra",
    "men", "per", "an", "kan", "se", "to", "ke", "lu", "hak",
)  # fmt: skip
NAMES = (
    "Persyaratan Pelayanan", "Sistem, mekanisme dan prosedur", "Dasar Hukum",
    "Sarana, Prasarana dan/atau Fasilitas", "Kompetensi Pelaksana", "Pengawasan Internal",
    "Jaminan Pelayanan", "Jaminan Keamanan dan Keselamatan Pelayanan", "Evaluasi Kinerja Pelaksana",
)  # fmt: skip
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class Words:
    """Sentences of a vocabulary of 3,000 words, always the same ones."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.known = ["".join(self.chance.choices(SYLLABLES, k=3)) for _ in range(3000)]

    def sentence(self, words: int = 9) -> str:
        return " ".join(self.chance.choices(self.known, k=words)).capitalize()

    def lines(self, count: int = 5) -> list[str]:
        return [self.sentence() for _ in range(count)]


def workbook(words: Words, codes: list[str]) -> bytes:
    """The template filled in: 23 columns, six steps, two fees, three channels for each service."""
    import xlsxwriter

    from hijau.services.components import LISTS
    from hijau.services.importing.template import CHANNELS, FEES, SHEETS, STEPS
    from hijau.services.importing.template import SERVICES as SHEET

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheets = {form.name: book.add_worksheet(form.name) for form in SHEETS}
        for form in SHEETS:
            sheets[form.name].write_row(0, 0, [column.heading for column in form.columns])
        rows = {form.name: 0 for form in SHEETS}

        def put(form: Any, **cells: Any) -> None:
            rows[form.name] += 1
            for place, column in enumerate(form.columns):
                sheets[form.name].write(rows[form.name], place, cells.get(column.key, ""))

        for number in range(SERVICES):
            name = f"{words.sentence(5)} {number}"
            put(
                SHEET, unit=codes[number % len(codes)], name=name, nature="jasa",
                about=words.sentence(20), everyday="\n".join(words.lines(2)),
                time="3 (tiga) hari kerja",
                free="tidak", basis=words.sentence(), produk=words.sentence(), number=4, needed=5,
                **{code: "\n".join(words.lines()) for code in LISTS},
            )  # fmt: skip
            for step in range(6):
                told = {"step": words.sentence(), "who": words.sentence(2), "time-unit": "menit"}
                put(STEPS, service=name, order=step + 1, time=step + 5, **told)
            for fee in range(2):
                put(FEES, service=name, item=words.sentence(4), amount=f"Rp {fee + 1}0.000")
            for _ in range(3):
                put(CHANNELS, service=name, channel=words.sentence(2), address=words.sentence(3))
    return out.getvalue()


def document(words: Words) -> bytes:
    """As many services in one Word document, each in its table."""

    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    def row(*cells: list[str]) -> str:
        told = "".join(f"<w:tc>{''.join(map(paragraph, lines))}</w:tc>" for lines in cells)
        return f"<w:tr>{told}</w:tr>"

    def parts() -> Iterator[str]:
        for number in range(SERVICES):
            yield paragraph(f"Jenis Pelayanan: {words.sentence(5)} {number}")
            yield "<w:tbl>" + row(["No"], ["Komponen"], ["Uraian"])
            for place, name in enumerate(NAMES, start=1):
                yield row([str(place)], [name], words.lines())
            yield row(["10"], ["Jangka waktu"], ["3 (tiga) hari kerja sejak berkas lengkap"])
            yield row(["11"], ["Biaya/Tarif"], [f"{words.sentence(3)}: Rp. 50.000,-"])
            yield row(["12"], ["Produk Pelayanan"], [words.sentence()])
            yield row(["13"], ["Penanganan pengaduan"], words.lines(3))
            yield row(["14"], ["Jumlah pelaksana"], ["4 (empat) orang"]) + "</w:tbl>"

    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        body = "".join(parts())
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        )
    return out.getvalue()


def timed(call: Callable[..., Any], *given: Any, **named: Any) -> tuple[Any, float]:
    begun = time.perf_counter()
    result = call(*given, **named)
    return result, round(time.perf_counter() - begun, 2)


def run() -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from hijau.accounts.actions import give_role
    from hijau.accounts.permissions import Role
    from hijau.organisation.actions import add_organisation, found_government
    from hijau.organisation.models import Kind
    from hijau.services.actions.imports import import_standards
    from hijau.services.importing.intake import keep, kept, read_upload
    from hijau.services.importing.planning import plan

    city = found_government("Kota", "Kota", "kota")
    units = [
        add_organisation(city, Kind.AGENCY, f"Dinas {n}", f"Dinas {n}", f"dinas-{n}", by=None)
        for n in range(UNITS)
    ]
    user = give_role("rina@contoh.go.id", "Rina", Role.ORGANISER, city, by=None).user
    places = {one.pk: one for one in units}
    words = Words()
    figures: dict[str, Any] = {}
    files = (
        ("workbook", workbook(words, [unit.code for unit in units]), None),
        ("word", document(words), units[0]),
    )
    for name, data, unit in files:
        upload = SimpleUploadedFile(name, data)
        reading, reads = timed(read_upload, upload, units, unit)
        (planned, faults), plans = timed(plan, city, places, reading.rows)
        assert not faults
        token, packs = timed(keep, planned, user)
        told, unpacks = timed(kept, token, user)
        done, writes = timed(import_standards, city, told.rows, seen=told.seen, by=user)
        assert done.added == done.drafted == SERVICES
        (again, _faults), plans_again = timed(plan, city, places, reading.rows)
        assert not any(one.is_change for one in again)
        figures[name] = {
            "file, kB": len(data) // 1000,
            "read, s": reads,
            "plan, s": plans,
            "keep and find again, s": round(packs + unpacks, 2),
            "write, s": writes,
            "plan again, all unchanged, s": plans_again,
        }
    return figures


if __name__ == "__main__":
    from benchmarks.pages import started

    with tempfile.TemporaryDirectory() as folder:
        started(Path(folder))
        figures = run()
    (HERE.parent / "var").mkdir(exist_ok=True)
    (HERE.parent / "var" / "bench-import-standards.json").write_text(json.dumps(figures, indent=1))
    for name, found in figures.items():
        print(name, json.dumps(found))
