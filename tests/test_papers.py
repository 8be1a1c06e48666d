"""Papers: what a template and its data become, and what no template may do."""

from __future__ import annotations

import datetime as dt
import io
import re
import runpy
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from hijau.lib.refused import Refused
from hijau.papers import press
from hijau.papers.documents import to_docx
from hijau.papers.kinds import DEFAULTS, KINDS, Format, Kind, declare, missing
from hijau.papers.letterhead import Head
from hijau.papers.typesetting import to_pdf
from hijau.papers.words import day_in_words, day_written, figure_in_words, in_words

ROOT = Path(__file__).resolve().parent.parent
OURS = {code: kind for code, kind in KINDS.items() if kind.defaults == DEFAULTS}
"""The papers of assessments; others are tested beside the app that declares them."""
DAY = dt.date(2026, 11, 24)
LONG = "Dinas Pekerjaan Umum, Penataan Ruang, Perumahan, Kawasan Permukiman, Pertanahan"


def arms() -> bytes:
    """A coat of arms with a transparent ground, as cities send them."""
    drawn = io.BytesIO()
    Image.new("RGBA", (40, 48), (20, 97, 60, 128)).save(drawn, "PNG")
    return drawn.getvalue()


HEAD = Head(
    ("Pemerintah Kota Sukabumi", "Sekretariat Daerah"), "Jalan Contoh 1", "Sukabumi", arms()
)
START = '#import "dasar.typ": *\n'


def pdf(template: str, data: dict[str, Any] | None = None, head: Head = HEAD) -> bytes:
    return to_pdf(template, data or {"judul": "Uji"}, letterhead=head, date=DAY)


def words_of(paper: bytes) -> str:
    """All the text of a PDF, in one line."""
    document = pypdfium2.PdfDocument(paper)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return re.sub(r"\s+", " ", " ".join(pages))


def sample_pdf(kind: Kind, **changed: Any) -> bytes:
    template = kind.default(Format.TYP).decode()
    return pdf(template, kind.sample() | changed)


def strings(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [text for below in data.values() for text in strings(below)]
    if isinstance(data, list):
        return [text for below in data for text in strings(below)]
    return [data]


# ---- The shipped papers --------------------------------------------------------------------------


@pytest.mark.parametrize("code", OURS)
def test_a_pdf_can_be_archived_and_read_aloud(code: str) -> None:
    sample = KINDS[code].sample()
    with pikepdf.open(io.BytesIO(sample_pdf(KINDS[code]))) as paper:
        root = paper.Root
        assert root.MarkInfo.Marked
        assert len(root.StructTreeRoot.K) > 0
        assert str(root.Lang).startswith("id")
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.OutputIntents
        described = paper.open_metadata()
        assert described["dc:title"] == sample["judul"]
        assert described["dc:creator"] == ["Pemerintah Kota Sukabumi, Sekretariat Daerah"]
        assert (described["pdfaid:part"], described["pdfaid:conformance"]) == ("2", "A")
        assert described["pdfuaid:part"] == "1"
        for page in paper.pages:
            box = [round(float(edge), 1) for edge in page.MediaBox]
            assert box == [0, 0, 595.3, 841.9]
        fonts = [
            font
            for page in paper.pages
            for font in page.Resources.get("/Font", pikepdf.Dictionary()).values()
        ]
        descendants = [font.DescendantFonts[0].FontDescriptor for font in fonts]
        assert descendants
        assert all("/FontFile2" in d or "/FontFile3" in d for d in descendants)


UNSEEN = {"porsi", "singkatan", "instansi"}
"""Keys that a paper draws, or that only some templates use."""


def absent(kind: Kind, paper: bytes) -> set[str]:
    """What of the sample is not on the paper; spaces and hyphens are left to the lines."""

    def bare(text: str) -> str:
        return re.sub(r"[\W_]", "", text).lower()

    text = bare(words_of(paper))
    return {word for word in strings(without(kind.sample(), UNSEEN)) if bare(word) not in text}


def without(data: Any, keys: set[str]) -> Any:
    if isinstance(data, dict):
        return {k: without(v, keys) for k, v in data.items() if k not in keys}
    if isinstance(data, list):
        return [without(row, keys) for row in data]
    return data


@pytest.mark.parametrize("code", OURS)
def test_every_word_of_the_data_is_on_the_pdf(code: str) -> None:
    assert absent(KINDS[code], sample_pdf(KINDS[code])) == set()


@pytest.mark.parametrize("code", OURS)
def test_the_same_data_and_day_give_the_same_bytes(code: str) -> None:
    kind = KINDS[code]
    assert sample_pdf(kind) == sample_pdf(kind)
    template = kind.default(Format.DOCX)
    twice = [to_docx(template, kind.sample(), letterhead=HEAD, date=DAY) for _time in range(2)]
    assert twice[0] == twice[1]


def outside(paper: bytes) -> list[tuple[int, str]]:
    """Letters that stand outside the margins."""
    document = pypdfium2.PdfDocument(paper)
    found = []
    try:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            for index, letter in enumerate(text.get_text_range()):
                if letter.isspace():
                    continue
                left, bottom, right, top = text.get_charbox(index)
                if left < 70 or right > 595.3 - 55 or bottom < 30 or top > 841.9 - 50:
                    found.append((number, letter))
    finally:
        document.close()
    return found


@pytest.mark.parametrize("code", OURS)
def test_long_names_and_empty_lists_stay_inside_the_margins(code: str) -> None:
    sample = KINDS[code].sample()

    def stretched(data: Any, key: str = "") -> Any:
        if isinstance(data, dict):
            return {k: stretched(v, k) for k, v in data.items()}
        if isinstance(data, list):
            return [stretched(row, key) for row in data]
        return LONG if key in ("nama", "induk", "jabatan", "untuk", "kategori") else data

    stretched_sample = stretched(sample)
    if code == "rapor":
        stretched_sample["aspek"] = sample["aspek"]
    long = KINDS[code].default(Format.TYP).decode()
    wide = Head((LONG,) * 4, LONG * 3, "Sukabumi", arms())
    assert outside(pdf(long, stretched_sample, wide)) == []
    emptied = {key: [] if isinstance(value, list) else value for key, value in sample.items()}
    assert outside(pdf(long, emptied)) == []
    assert len(to_docx(KINDS[code].default(Format.DOCX), emptied, letterhead=HEAD, date=DAY)) > 9999


def test_word_documents_open_in_libreoffice_with_every_word(tmp_path: Path) -> None:
    for kind in OURS.values():
        paper = to_docx(kind.default(Format.DOCX), kind.sample(), letterhead=HEAD, date=DAY)
        (tmp_path / f"{kind.code}.docx").write_bytes(paper)
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, tmp_path.glob("*.docx"))],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    for kind in OURS.values():
        opened = (tmp_path / f"{kind.code}.pdf").read_bytes()
        text = words_of(opened)
        assert "{{" not in text
        assert "{%" not in text
        assert absent(kind, opened) == set(), kind.code


def test_the_shipped_word_templates_are_what_their_script_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["paper-templates", str(tmp_path)])
    runpy.run_path(str(ROOT / "bin" / "paper-templates"), run_name="__main__")
    import hijau.services.on_paper  # noqa: F401  (declares its kinds)

    for code, kind in KINDS.items():
        if not kind.has_docx:
            continue
        built, shipped = (zipfile.ZipFile(p / f"{code}.docx") for p in (tmp_path, kind.defaults))
        assert built.namelist() == shipped.namelist()
        for part in built.namelist():
            assert built.read(part) == shipped.read(part), (
                f"{code}: {part}; run bin/paper-templates"
            )
        built.close()
        shipped.close()


def test_a_word_document_is_on_a4_and_says_whose_it_is() -> None:
    kind = KINDS["lhe"]
    paper = docx.Document(
        io.BytesIO(to_docx(kind.default(Format.DOCX), kind.sample(), letterhead=HEAD, date=DAY))
    )
    section = paper.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    assert paper.core_properties.title == kind.sample()["judul"]
    assert paper.core_properties.language == "id"
    heads = [row for table in paper.tables for row in table.rows if b"tblHeader" in _xml(row)]
    assert len(heads) > 3


def _xml(row: Any) -> bytes:
    return ElementTree.tostring(ElementTree.fromstring(row._tr.xml))


# ---- Names are not markup ------------------------------------------------------------------------

HOSTILE = '#read("/etc/passwd") *tebal* $x$ <b>&amp;</b> {{ 7*7 }} \\ "kutip" // @preview'


def test_markup_in_a_name_stays_text_on_the_pdf() -> None:
    text = words_of(sample_pdf(KINDS["berita-acara"], tempat=HOSTILE))
    # typst turns no quote of a string into a typographic one.
    assert HOSTILE in text


def test_markup_in_a_name_stays_text_in_the_document() -> None:
    kind = KINDS["berita-acara"]
    paper = to_docx(
        kind.default(Format.DOCX), kind.sample() | {"tempat": HOSTILE}, letterhead=HEAD, date=DAY
    )
    text = " ".join(p.text for p in docx.Document(io.BytesIO(paper)).paragraphs)
    assert HOSTILE in text


# ---- Templates that are broken or hostile --------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("satu\n#tidak-ada", r"Baris 3: unknown variable"),
        ("#data.tidak_ada", r"Baris 2: dictionary does not contain key"),
        ("\n\n#tabel((1fr,), ([A],), 5)", r"Baris 4: "),
        ('#read("/etc/passwd")', r"Baris 2: file not found"),
        ('#read("../data.json")', r"Baris 2: .*escape the project root"),
        ('#import ("@pre" + "view/cetz:0.3.0"): *', r"packages are not available"),
        ('#image("logo.png")', r"Baris 2: .*alt"),
        ("#let f(n) = f(n + 1)\n#f(1)", r"Baris \d: maximum function call depth"),
    ],
)
def test_a_broken_template_is_refused_with_its_line(body: str, told: str) -> None:
    with pytest.raises(Refused, match=told) as refused:
        pdf(START + body)
    assert str(ROOT) not in refused.value.sentence
    assert "/tmp" not in refused.value.sentence


def test_a_template_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "SECONDS", 2)
    loop = "#for a in range(9000) { for b in range(9000) { for c in range(9000) { let x = a } } }"
    with pytest.raises(Refused, match="belum selesai dicetak setelah 2 detik"):
        pdf(START + loop)


def test_a_template_that_fills_the_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "SECONDS", 20)
    with pytest.raises(Refused, match="memori"):
        pdf(START + '#let x = "a" * 1000000000\n#let y = x * 50\n#y.len()')


def with_tag(tag: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(tag)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    "tag",
    [
        "{{ judul.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ judul|attr('__class__') }}",
        "{{ kop.logo.tpl.docx.save('/tmp/x') }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{{ tidak_ada }}",
        "{{ judul ",
        "{% for x in judul %}",
        "{{ 1 / 0 }}",
        "{{ judul.format_map(kop) }}{{ judul.x.y }}",
    ],
)
def test_a_word_template_reaches_the_data_and_nothing_else(tag: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="tidak dapat dicetak"):
        to_docx(
            with_tag(tag.replace("/tmp", str(tmp_path))),
            {"judul": "Uji"},
            letterhead=HEAD,
            date=DAY,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_word_template_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "SECONDS", 2)
    nested = "{% for a in judul %}" * 4 + "{% endfor %}" * 4
    with pytest.raises(Refused, match="detik"):
        to_docx(with_tag(nested), {"judul": "x" * 9999}, letterhead=HEAD, date=DAY)


def test_what_is_no_document_is_refused() -> None:
    for content in (b"", b"PK\x03\x04 bukan zip", arms()):
        with pytest.raises(Refused):
            to_docx(content, {"judul": "Uji"}, letterhead=HEAD, date=DAY)


def test_the_press_knows_no_secret_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIJAU_SECRET_WORD", "rahasia")
    seen = press.pressed(_environment, {})
    assert b"rahasia" not in seen
    assert b"ALL_PROXY" in seen


def _environment(folder: Path) -> None:
    import os

    (folder / "result").write_text(repr(dict(os.environ)))


# ---- Kinds, data, words --------------------------------------------------------------------------


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(LookupError, match="rapor"):
        declare(KINDS["rapor"])


def test_what_the_data_lack_is_named() -> None:
    sample = KINDS["rapor"].sample()
    assert missing(sample, sample) == []
    del sample["unit"]["nama"]
    del sample["aspek"][1]["bobot"]
    sample["nilai"]["angka"] = 3.92
    sample["prioritas"] = []
    assert missing(sample, KINDS["rapor"].sample()) == [
        "unit.nama", "nilai.angka", "aspek[].bobot",
    ]  # fmt: skip


@pytest.mark.parametrize("code", OURS)
def test_every_key_of_the_data_is_explained(code: str) -> None:
    page = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
    section = page.split(f"(`{code}`)")[1].split("\n## ")[0]
    explained = set(re.findall(r"^\| `([^`]+)`", section, re.M))
    assert explained == set(leaves(KINDS[code].sample()))


def leaves(data: Any, path: str = "") -> list[str]:
    if isinstance(data, dict):
        return [leaf for k, v in data.items() for leaf in leaves(v, f"{path}.{k}".lstrip("."))]
    if isinstance(data, list):
        return leaves(data[0], f"{path}[]")
    assert isinstance(data, str), path
    return [path]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"), (10, "sepuluh"), (11, "sebelas"), (19, "sembilan belas"), (20, "dua puluh"),
        (100, "seratus"), (110, "seratus sepuluh"), (999, "sembilan ratus sembilan puluh sembilan"),
        (1000, "seribu"), (1001, "seribu satu"), (2026, "dua ribu dua puluh enam"),
        (11_000, "sebelas ribu"), (100_000, "seratus ribu"), (121_212, "seratus dua puluh satu ribu dua ratus dua belas"),
    ],
)  # fmt: skip
def test_numbers_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_days_and_figures_in_words() -> None:
    assert day_in_words(DAY) == (
        "Selasa, tanggal dua puluh empat bulan November tahun dua ribu dua puluh enam"
    )
    assert day_written(DAY) == "24 November 2026"
    assert figure_in_words("88,05") == "delapan puluh delapan koma nol lima"
    assert figure_in_words("1.250") == "seribu dua ratus lima puluh"
    for wrong in (-1, 10**6):
        with pytest.raises(ValueError):
            in_words(wrong)


def test_pdftotext_reads_the_same_order(tmp_path: Path) -> None:
    """Another reader than ours finds the head first and the signature last."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is missing")
    file = tmp_path / "rapor.pdf"
    file.write_bytes(sample_pdf(KINDS["rapor"]))
    text = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True)
    order = [
        text.stdout.index(word) for word in ("PEMERINTAH KOTA", "RAPOR", "Tiap indikator", "NIP.")
    ]
    assert order == sorted(order)
