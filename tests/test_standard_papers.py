"""Papers of service standards: one object, every paper; nothing on them that it does not say."""

from __future__ import annotations

import datetime as dt
import html
import io
import subprocess
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pypdfium2
import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse

from hijau.accounts.models import User
from hijau.audit.models import Entry
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.papers.documents import to_docx
from hijau.papers.kinds import KINDS, Format
from hijau.services import actions
from hijau.services.models import Charter, Nature, Service, Standard
from hijau.services.on_paper import DRAFT, MARKS, UNKNOWN
from hijau.services.views import papers as views
from tests.cast import Cast
from tests.test_papers import DAY, HEAD, UNSEEN, leaves, pdf, strings, without, words_of

CODES = (
    "lampiran-sk", "maklumat", "undangan-fkp", "laporan-fkp", "poster", "brosur", "lembar-sippn",
)  # fmt: skip
WITH_DOCX = ("lampiran-sk", "maklumat")
ROOT = Path(__file__).resolve().parent.parent
NIP = "197001011990031001"
SIGNER = {"head-nama": "Dra. Ningsih", "head-jabatan": "Kepala Dinas Uji", "head-nip": NIP}
CONTENT = {
    "persyaratan": ["Surat kehilangan dari kepolisian", "Salinan kartu keluarga"],
    "prosedur": [
        {"step": "Serahkan berkas di loket", "who": "Pemohon", "amount": 5, "unit": "minutes"},
        {"step": "KTP-el dicetak"},
    ],
    "jangka-waktu": {"amount": 1, "unit": "workdays", "note": "sejak berkas lengkap"},
    "biaya": {"free": True, "rows": [], "basis": "UU 24/2013"},
    "produk": "KTP-el",
    "pengaduan": [{"channel": "SP4N-LAPOR!", "address": "lapor.go.id"}],
}


@pytest.fixture(autouse=True)
def door_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal's door, also where the portal is not built."""
    try:
        reverse("portal_service", args=["kota", "layanan"])
    except NoReverseMatch:
        monkeypatch.setattr(
            views, "public_path", lambda s: f"/p/{s.unit.root.code}/layanan/{s.code}/"
        )


def standard_of(
    cast: Cast,
    name: str = "Penerbitan KTP-el",
    unit: Organisation | None = None,
    content: dict[str, Any] | None = None,
    **more: Any,
) -> Standard:
    service = actions.add_service(
        unit or cast.disdukcapil, name, Nature.ADMINISTRATION, by=cast.organiser, **more
    )
    return actions.draft_standard(service, by=cast.organiser, content=content or CONTENT)


def decreed(standard: Standard, number: str = "188/117/2026") -> Standard:
    """As if it had been consulted on, decreed and published."""
    Standard.objects.filter(pk=standard.pk).update(
        stage="published", decree_number=number, decreed_on=dt.date(2026, 11, 24)
    )
    standard.refresh_from_db()
    return standard


def send(cast: Cast, user: User | None, name: str, *args: Any, **data: Any) -> Any:
    given = {"date": "2026-12-01", "format": "pdf"} | data
    return cast.client(user).post(reverse(name, args=args), given)


def text_of(response: Any) -> str:
    """All the words of a printed paper, in one line."""
    assert response.status_code == 200, response.content.decode()[:400]
    assert response["Content-Disposition"].startswith("attachment;")
    if response["Content-Type"] == "application/pdf":
        return words_of(response.content).replace("\ufffe", "-")
    paper = docx.Document(io.BytesIO(response.content))
    words = [paragraph.text for paragraph in paper.paragraphs]
    words += [c.text for table in paper.tables for row in table.rows for c in row.cells]
    return " ".join(" ".join(words).split())


def pages(paper: bytes) -> list[tuple[int, int]]:
    """The size of each page in millimetres."""
    with pikepdf.open(io.BytesIO(paper)) as opened:
        boxes = [[float(edge) for edge in page.MediaBox] for page in opened.pages]
    return [(round(b[2] / 72 * 25.4), round(b[3] / 72 * 25.4)) for b in boxes]


def off_the_paper(paper: bytes) -> list[str]:
    """Letters that stand outside the sheet, or closer than 5 mm to its edge."""
    document = pypdfium2.PdfDocument(paper)
    found = []
    try:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for index, letter in enumerate(text.get_text_range()):
                left, bottom, right, top = text.get_charbox(index)
                inside = left > 14 and bottom > 14 and right < width - 14 and top < height - 14
                if not letter.isspace() and not inside:
                    found.append(letter)
    finally:
        document.close()
    return found


def bare(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def absent(data: Any, paper: bytes, *unseen: str) -> set[str]:
    """What of the data is not on the paper."""
    text = bare(words_of(paper))
    wanted = strings(without(data, UNSEEN | {"gambar", *unseen}))
    return {word for word in wanted if bare(word) not in text}


# ---- Each kind with its example ------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_each_paper_can_be_archived_read_aloud_and_says_all_of_its_example(code: str) -> None:
    kind = KINDS[code]
    paper = pdf(kind.default(Format.TYP).decode(), kind.sample())
    with pikepdf.open(io.BytesIO(paper)) as opened:
        described = opened.open_metadata()
        assert described["dc:title"] == kind.sample()["judul"]
        assert (described["pdfaid:part"], described["pdfaid:conformance"]) == ("2", "A")
        assert described["pdfuaid:part"] == "1"
        assert opened.Root.MarkInfo.Marked
    # A leaflet of several services has no room for each decree, product and address, and nobody
    # types the link of a map from a wall.
    unseen = {"brosur": ("sk", "produk", "ringkas", "qr"), "poster": ("peta",)}
    assert absent(kind.sample(), paper, *unseen.get(code, ())) == set()
    assert off_the_paper(paper) == []
    sizes = {"poster": [(297, 420)], "brosur": [(297, 210)] * 2, "maklumat": [(210, 297)]}
    sizes |= {letter: [(210, 297)] for letter in ("undangan-fkp", "laporan-fkp")}
    assert pages(paper) == sizes.get(code, [(210, 297)] * 2)


def test_the_word_documents_open_in_libreoffice_with_every_word(tmp_path: Path) -> None:
    for code in WITH_DOCX:
        kind = KINDS[code]
        paper = to_docx(kind.default(Format.DOCX), kind.sample(), letterhead=HEAD, date=DAY)
        (tmp_path / f"{code}.docx").write_bytes(paper)
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, tmp_path.glob("*.docx"))],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    for code in WITH_DOCX:
        opened = (tmp_path / f"{code}.pdf").read_bytes()
        assert absent(KINDS[code].sample(), opened, "tanda") == set()
        assert "{" not in words_of(opened)


@pytest.mark.parametrize("code", CODES)
def test_every_key_of_a_paper_is_explained(code: str) -> None:
    page = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
    section = page.split(f"(`{code}`)")[1].split("\n## ")[0]
    explained = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}
    assert explained == set(leaves(KINDS[code].sample()))


@pytest.mark.parametrize("code", [code for code in CODES if code not in WITH_DOCX])
def test_what_hangs_or_is_folded_is_typeset_only(code: str) -> None:
    with pytest.raises(Refused, match="hanya dicetak sebagai PDF"):
        KINDS[code].default(Format.DOCX)


# ---- Much, little, long --------------------------------------------------------------------------

MUCH: dict[str, Any] = {
    "judul": "Rekomendasi persetujuan bangunan gedung dan sertifikat laik fungsi bangunan gedung "
    "bukan hunian bagi pelaku usaha mikro, kecil, dan menengah di kawasan cagar budaya yang ramai",
    "syarat": [f"Surat keterangan nomor {n} dari instansi yang berwenang" for n in range(15)],
    "langkah": [{"isi": f"Langkah {n} berkas diteruskan", "rinci": "Loket"} for n in range(12)],
    "biaya": {
        "ringkas": "Rp1.000 sampai Rp20.000",
        "baris": [{"nama": f"Pemeriksaan jenis {n}", "jumlah": f"Rp{n}.000"} for n in range(20)],
        "dasar": "Peraturan daerah tentang retribusi",
    },
}
NOTHING: dict[str, Any] = {
    "syarat": [UNKNOWN], "langkah": [{"isi": UNKNOWN, "rinci": ""}], "waktu": UNKNOWN,
    "biaya": {"ringkas": UNKNOWN, "baris": [], "dasar": ""}, "produk": UNKNOWN, "sk": UNKNOWN,
}  # fmt: skip
NOWHERE = {"alamat": "", "jam": "", "telepon": "", "peta": ""}


def poster(**changed: Any) -> tuple[dict[str, Any], bytes]:
    data = KINDS["poster"].sample() | changed
    return data, pdf(KINDS["poster"].default(Format.TYP).decode(), data)


def test_a_poster_with_a_lot_grows_smaller_then_goes_on_and_loses_nothing() -> None:
    data, paper = poster(**MUCH)
    assert absent(data, paper, "peta") == set()
    assert off_the_paper(paper) == []
    assert len(pages(paper)) <= 2
    endless = [line * 8 for line in MUCH["syarat"]]
    channels = [{"saluran": f"Saluran {n}", "alamat": "jauh sekali " * 20} for n in range(12)]
    data, paper = poster(**MUCH | {"syarat": endless, "pengaduan": channels})
    assert off_the_paper(paper) == []
    assert set(pages(paper)) == {(297, 420)}
    for n in range(12):
        assert f"Saluran {n}" in words_of(paper)


def test_a_poster_of_which_little_is_known_says_so_on_one_sheet() -> None:
    _data, paper = poster(**NOTHING, kantor=NOWHERE)
    assert words_of(paper).count(UNKNOWN) == 6
    assert "Alamat:" not in words_of(paper)
    assert len(pages(paper)) == 1


@pytest.mark.parametrize("many", [1, 12])
def test_a_leaflet_stays_on_two_pages(many: int) -> None:
    sample = KINDS["brosur"].sample()
    one = sample["layanan"][0]
    full = one | {key: MUCH[key] for key in ("syarat", "langkah", "biaya")}
    services = [full] if many == 1 else [one | {"nama": f"Layanan {n}"} for n in range(many)]
    data = sample | {"layanan": services, "kantor": NOWHERE, "janji": []}
    paper = pdf(KINDS["brosur"].default(Format.TYP).decode(), data)
    assert pages(paper) == [(297, 210)] * 2
    assert off_the_paper(paper) == []
    if many == 1:
        assert absent(full, paper, "nama", "ringkas") == set()
    else:
        assert all(f"Layanan {n}" in words_of(paper) for n in range(many))


# ---- From a standard -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_annex_of_a_draft_has_all_components_blank_lines_and_its_mark(
    form: str, cast: Cast
) -> None:
    standard = standard_of(cast, is_example=True)
    text = text_of(
        send(cast, cast.officer, "print_standard", standard.pk, "lampiran-sk", format=form, date="")
    )
    for word in (
        "Penerbitan KTP-el", "Surat kehilangan dari kepolisian", "Evaluasi kinerja pelaksana",
        "1 hari kerja, sejak berkas lengkap", "(manufacturing)", UNKNOWN, MARKS[DRAFT],
        "Data contoh", "…………",
    ):  # fmt: skip
        assert word in text
    assert text.count(UNKNOWN) == 8


def test_what_is_decreed_is_printed_as_it_is_recorded_without_a_mark(cast: Cast) -> None:
    standard = decreed(standard_of(cast))
    url = reverse("print_standard", args=[standard.pk, "lampiran-sk"])
    page = cast.client(cast.officer).get(url).content.decode()
    assert 'name="head-nama"' in page
    assert 'name="number"' not in page
    given = SIGNER | {"number": "palsu"}
    text = text_of(send(cast, cast.officer, "print_standard", standard.pk, "lampiran-sk", **given))
    assert "188/117/2026" in text
    assert "24 November 2026" in text
    assert "KEPUTUSAN KEPALA DINAS UJI" in text
    assert NIP in text
    for word in ("palsu", "RANCANGAN", "Data contoh"):
        assert word not in text


def test_who_signs_is_kept_nowhere(cast: Cast) -> None:
    standard = standard_of(cast)
    before = Entry.objects.count()
    assert NIP in text_of(
        send(cast, cast.officer, "print_standard", standard.pk, "lampiran-sk", **SIGNER)
    )
    assert Entry.objects.count() == before
    for model in apps.get_models():
        if model._meta.managed:
            assert NIP not in repr(list(model._default_manager.values())), model


def test_the_poster_leads_to_the_public_page_of_the_service(cast: Cast) -> None:
    standard = decreed(standard_of(cast))
    actions.describe_office(
        cast.disdukcapil, by=cast.organiser, address="Jalan Uji 7", hours="Senin–Jumat",
        phone="0266-7", map_url="",
    )  # fmt: skip
    url = reverse("print_standard", args=[standard.pk, "poster"])
    page = cast.client(cast.officer).get(url).content.decode()
    assert 'name="format"' not in page
    assert 'name="head-nama"' not in page
    response = send(cast, cast.officer, "print_standard", standard.pk, "poster", format="docx")
    assert response["Content-Type"] == "application/pdf"
    text = text_of(response)
    for word in ("Jalan Uji 7", "Gratis", "lapor.go.id", "Pemohon · 5 menit"):
        assert word in text
    address = f"http://testserver/p/kota-sukabumi/layanan/{standard.service.code}/"
    assert address in text
    with pikepdf.open(io.BytesIO(response.content)) as paper:
        alternatives = [str(o.Alt) for o in paper.objects if is_figure(o)]
    assert alternatives == [f"Kode QR menuju {address}"]


def is_figure(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing


def test_the_sheet_for_sippn_is_a_page_of_boxes_and_a_paper(cast: Cast) -> None:
    standard = standard_of(cast)
    page = cast.client(cast.officer).get(reverse("sippn_sheet", args=[standard.pk]))
    text = html.unescape(page.content.decode())
    assert text.count("readonly") == 9
    assert "1. Surat kehilangan dari kepolisian\n2. Salinan kartu keluarga</textarea>" in text
    assert "PermenPANRB 13/2017 sendiri belum diketahui" in text
    assert "masih rancangan" in text
    paper = text_of(send(cast, cast.officer, "print_standard", standard.pk, "lembar-sippn"))
    assert "PermenPANRB 13/2017 sendiri belum diketahui" in paper
    assert "2. KTP-el dicetak" in paper


# ---- From a unit ---------------------------------------------------------------------------------


def test_several_standards_of_a_unit_go_into_one_annex_as_chosen(cast: Cast) -> None:
    first = decreed(standard_of(cast, "Akta kelahiran"))
    standard_of(cast, "Kartu keluarga")
    third = decreed(standard_of(cast, "Pindah datang"))
    standard_of(cast, "Bantuan sosial", cast.dinsos)
    args = (cast.disdukcapil.pk, "lampiran-sk")
    page = cast.client(cast.officer).get(reverse("print_unit_annex", args=args)).content.decode()
    assert page.count('name="standards"') == 3
    assert page.count(" checked") == 2
    assert "Bantuan sosial" not in page
    chosen = {"standards": [first.pk, third.pk]}
    text = text_of(send(cast, cast.officer, "print_unit_annex", *args, **chosen))
    assert "1. Akta kelahiran" in text
    assert "2. Pindah datang" in text
    assert "Kartu keluarga" not in text
    assert "188/117/2026" in text
    assert send(cast, cast.officer, "print_unit_annex", *args).status_code == 422


def test_a_leaflet_for_citizens_holds_only_what_is_in_force(cast: Cast) -> None:
    args = (cast.disdukcapil.pk, "brosur")
    standard_of(cast, "Kartu keluarga")
    refused = cast.client(cast.officer).get(reverse("print_unit_annex", args=args))
    assert refused.status_code == 409
    one = decreed(standard_of(cast, "Akta kelahiran"))
    two = decreed(standard_of(cast, "Pindah datang"))
    page = cast.client(cast.officer).get(reverse("print_unit_annex", args=args)).content.decode()
    assert "Kartu keluarga" not in page
    sent = send(cast, cast.officer, "print_unit_annex", *args, standards=[one.pk, two.pk])
    assert pages(sent.content) == [(297, 210)] * 2
    assert "Layanan Disdukcapil" in text_of(sent)


# ---- The charter ---------------------------------------------------------------------------------


def charter_of(cast: Cast) -> Charter:
    return actions.write_charter(
        cast.disdukcapil,
        promise="Kami sanggup melayani sesuai standar yang ditetapkan.",
        improvement="Kami memperbaiki pelayanan terus-menerus.",
        sanction="Kami bersedia menerima sanksi dan memberi kompensasi.",
        by=cast.organiser,
    )


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_charter_holds_its_three_promises_and_is_marked_until_decreed(
    form: str, cast: Cast
) -> None:
    charter = charter_of(cast)
    given = SIGNER | {"format": form, "number": "188/5/2026"}
    text = text_of(send(cast, cast.officer, "print_charter", charter.pk, **given))
    for word in ("MAKLUMAT PELAYANAN", "sesuai standar", "terus-menerus", "kompensasi"):
        assert word in text
    assert "188/5/2026" in text
    assert MARKS[DRAFT] in text
    Charter.objects.filter(pk=charter.pk).update(
        stage="decreed", decree_number="188/9/2026", decreed_on=dt.date(2026, 11, 24)
    )
    text = text_of(send(cast, cast.officer, "print_charter", charter.pk, **given))
    assert "188/9/2026" in text
    assert "RANCANGAN" not in text


# ---- Who may -------------------------------------------------------------------------------------


def test_papers_are_for_those_who_see_the_standard(cast: Cast) -> None:
    standard, charter = standard_of(cast), charter_of(cast)
    doors = {
        "sippn_sheet": [standard.pk],
        "print_standard": [standard.pk, "poster"],
        "print_unit_annex": [cast.disdukcapil.pk, "lampiran-sk"],
        "print_charter": [charter.pk],
    }
    for name, args in doors.items():
        url = reverse(name, args=args)
        for user in (cast.stranger, cast.neighbour, cast.nobody):
            assert cast.client(user).get(url).status_code == 404, name
        assert cast.client(None).get(url).status_code == 302, name
        assert cast.client(cast.organiser).get(url).status_code == 200, name


def test_a_paper_that_is_none_is_not_found(cast: Cast) -> None:
    standard = standard_of(cast)
    client = cast.client(cast.officer)
    for kind in ("maklumat", "rapor", "tidak-ada"):
        url = reverse("print_standard", args=[standard.pk, kind])
        assert client.get(url).status_code == 404
    url = reverse("print_unit_annex", args=[cast.disdukcapil.pk, "poster"])
    assert client.get(url).status_code == 404


def test_a_service_that_ended_is_on_no_new_paper_of_its_unit(cast: Cast) -> None:
    standard = decreed(standard_of(cast))
    actions.end_service(Service.objects.get(pk=standard.service_id), by=cast.organiser)
    url = reverse("print_unit_annex", args=[cast.disdukcapil.pk, "brosur"])
    assert cast.client(cast.officer).get(url).status_code == 409
