"""Letterhead and templates: a city changes its papers, nobody else's, and never breaks them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.audit.models import Entry
from hijau.files.models import StoredFile
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation
from hijau.papers import actions, press
from hijau.papers.kinds import KINDS, Format
from hijau.papers.models import Letterhead, Template, head_of
from hijau.papers.printing import current_template, print_paper
from hijau.services import on_paper as _declares_its_kinds  # noqa: F401
from tests.cast import PASSWORD, Cast
from tests.test_papers import words_of

RAPOR = KINDS["rapor"]
OWN = '#import "dasar.typ": *\n#kop()\n#kepala("Rapor kota kami")\n#data.unit.nama\n'


def upload(content: bytes | str, name: str = "rapor.typ") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def document(text: str) -> SimpleUploadedFile:
    made, written = docx.Document(), io.BytesIO()
    made.add_paragraph(text)
    made.save(written)
    return upload(written.getvalue(), "rapor.docx")


def arms(kind: str = "PNG", size: int = 40) -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (size, size), (20, 97, 60)).save(drawn, kind)
    return upload(drawn.getvalue(), f"lambang.{kind.lower()}")


def set_head(cast: Cast, **changed: Any) -> Letterhead:
    words: dict[str, Any] = {
        "lines": ("Pemerintah Kota Sukabumi", "Sekretariat Daerah", "", ""),
        "address": "Jalan Contoh 1",
        "place": "Sukabumi",
        "by": cast.organiser,
    }
    return actions.set_letterhead(cast.city, **(words | changed))


def sample(cast: Cast, form: Format = Format.TYP, city: Organisation | None = None) -> bytes:
    return print_paper("rapor", form, RAPOR.sample(), city or cast.city, date=timezone.localdate())


def replace(cast: Cast, file: SimpleUploadedFile, form: Format = Format.TYP) -> Template:
    return actions.replace_template(cast.city, RAPOR, form, file, by=cast.organiser)


# ---- The letterhead ------------------------------------------------------------------------------


def test_papers_carry_the_letterhead_of_their_government(cast: Cast) -> None:
    assert "PEMERINTAH KOTA SUKABUMI" in words_of(sample(cast))
    set_head(cast, logo=arms())
    text = words_of(sample(cast))
    assert "SEKRETARIAT DAERAH" in text
    assert "Jalan Contoh 1" in text
    assert "SEKRETARIAT" not in words_of(sample(cast, city=cast.foreign_city))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_coat_of_arms_is_on_both_forms_and_stays_until_it_is_taken_off(
    kind: str, cast: Cast
) -> None:
    def pictures() -> tuple[int, int]:
        with pikepdf.open(io.BytesIO(sample(cast))) as paper:
            drawn = len(paper.pages[0].get_images())
        parts = zipfile.ZipFile(io.BytesIO(sample(cast, Format.DOCX))).namelist()
        return drawn, sum(part.startswith("word/media/") for part in parts)

    set_head(cast)
    assert pictures() == (0, 0)
    set_head(cast, logo=arms(kind))
    drawn, placed = pictures()
    assert drawn >= 1
    assert placed == 1
    set_head(cast, place="Cikole")
    assert pictures() == (drawn, placed)
    set_head(cast, without_logo=True)
    assert pictures() == (0, 0)


def test_a_paper_is_tried_with_the_coat_of_arms_as_it_is_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bytes] = []
    monkeypatch.setattr(actions, "printed", lambda *_paper, head, date: tried.append(head.logo))
    sent = arms("JPEG", 3000)
    letterhead = set_head(cast, logo=sent)
    assert letterhead.logo is not None
    with letterhead.logo.content.open("rb") as kept:
        assert tried == [kept.read()] * 2
    sent.seek(0)
    assert tried[0] != sent.read()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (upload(b"%PDF-1.7 x", "lambang.png"), "PNG atau JPEG"),
        (upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "lambang.svg"), "PNG atau JPEG"),
        (upload(b"\x89PNG\r\n\x1a\n rusak", "lambang.png"), "."),
        (upload(b"\x89PNG\r\n\x1a\n" + b"0" * (2 * 2**20), "lambang.png"), "paling besar 2 MB"),
    ],
)
def test_a_picture_that_would_spoil_all_papers_is_refused(
    file: SimpleUploadedFile, told: str, cast: Cast
) -> None:
    with pytest.raises(Refused, match=told):
        set_head(cast, logo=file)
    assert not Letterhead.objects.exists()
    assert not StoredFile.objects.exists()


# ---- Templates -----------------------------------------------------------------------------------


def test_a_template_of_ones_own_takes_the_place_of_the_shipped_one_and_can_be_given_up(
    cast: Cast,
) -> None:
    shipped = sample(cast)
    first = replace(cast, upload(OWN))
    assert "RAPOR KOTA KAMI" in words_of(sample(cast))
    assert sample(cast, city=cast.foreign_city) != sample(cast)
    replace(cast, upload(OWN.replace("kota kami", "baru")))
    assert "RAPOR BARU" in words_of(sample(cast))
    first.refresh_from_db()
    assert first.text == OWN
    actions.restore_template(cast.city, RAPOR, Format.TYP, by=cast.administrator)
    assert sample(cast) == shipped
    assert Template.objects.count() == 3
    with pytest.raises(Refused, match="memang sedang dipakai"):
        actions.restore_template(cast.city, RAPOR, Format.TYP, by=cast.organiser)
    events = list(Entry.objects.order_by("pk").values_list("event", flat=True))[-3:]
    assert events == ["template.replaced", "template.replaced", "template.restored"]


def test_a_word_template_is_stored_as_a_file_and_used(cast: Cast) -> None:
    template = replace(cast, document("Rapor {{ unit.nama }}: {{ nilai.angka }}"), Format.DOCX)
    assert template.file is not None
    assert template.text == ""
    paper = docx.Document(io.BytesIO(sample(cast, Format.DOCX)))
    name = RAPOR.sample()["unit"]["nama"]
    assert paper.paragraphs[0].text == f"Rapor {name}: 3,92"
    assert current_template(RAPOR, Format.TYP, cast.city) == RAPOR.default(Format.TYP)


def test_the_shipped_templates_are_accepted_as_they_were_downloaded(cast: Cast) -> None:
    for kind in KINDS.values():
        for form in kind.forms:
            file = upload(kind.default(form), f"{kind.code}.{form}")
            actions.replace_template(cast.city, kind, form, file, by=cast.organiser)
    assert Template.objects.count() == sum(len(kind.forms) for kind in KINDS.values())


def test_a_poster_has_no_word_template(cast: Cast) -> None:
    poster = {"pk": cast.city.pk, "kind": "poster"}
    with pytest.raises(Refused, match="hanya dicetak sebagai PDF"):
        actions.replace_template(
            cast.city, KINDS["poster"], Format.DOCX, document("x"), by=cast.organiser
        )
    client = cast.client(cast.organiser)
    sample = client.get(reverse("paper_sample", kwargs=poster | {"form": "docx"}))
    assert sample.status_code == 409
    page = client.get(reverse("paper_list", kwargs={"pk": cast.city.pk})).content.decode()
    assert "/poster/contoh.pdf" in page
    assert "/poster/contoh.docx" not in page
    sent = {"format": "docx", "file": document("x")}
    assert client.post(reverse("replace_template", kwargs=poster), sent).status_code == 422


def macro() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        with zipfile.ZipFile(document("x")) as honest:
            for part in honest.namelist():
                archive.writestr(part, honest.read(part))
        archive.writestr("word/vbaProject.bin", b"x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("form", "file", "told"),
    [
        (Format.TYP, upload('#import "dasar.typ": *\n\n#tidak-ada'), "Baris 3"),
        (Format.TYP, upload(""), "harus berupa teks"),
        (Format.TYP, upload(b"\xff\xfe\x00x"), "harus berupa teks"),
        (Format.TYP, upload("// " + "x" * 200_000), "terlalu panjang"),
        (Format.TYP, upload(b"x" * 900_000), "terlalu panjang"),
        (Format.DOCX, document("{{ tidak_ada }}"), "tidak_ada"),
        (Format.DOCX, document("{{ judul.__class__ }}"), "tidak dapat dicetak"),
        (Format.DOCX, upload(b"%PDF-1.7 x", "rapor.docx"), "harus berupa berkas DOCX"),
        (Format.DOCX, upload(macro(), "rapor.docx"), "harus berupa berkas DOCX"),
    ],
)
def test_a_template_that_does_not_print_the_example_is_not_taken_in(
    form: Format, file: SimpleUploadedFile, told: str, cast: Cast
) -> None:
    before = Entry.objects.count()
    with pytest.raises(Refused, match=told):
        replace(cast, file, form)
    assert not Template.objects.exists()
    assert not StoredFile.objects.exists()
    assert Entry.objects.count() == before


def test_a_template_that_never_ends_does_not_hold_the_book(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def printing(*_args: Any, **_more: Any) -> bytes:
        # Inside the test's own transaction there is one savepoint for each that is opened.
        depths.append(len(transaction.get_connection().savepoint_ids))
        return b""

    depths: list[int] = []
    monkeypatch.setattr("hijau.papers.actions.printed", printing)
    replace(cast, upload(OWN))
    set_head(cast)
    assert depths
    assert set(depths) == {0}


def test_the_database_holds_a_text_or_a_document(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Template.objects.create(
            government=cast.city, kind="rapor", format="docx", text="x", by=cast.organiser
        )


def test_data_that_lack_a_key_are_our_fault_and_are_not_blamed_on_the_template(cast: Cast) -> None:
    data = RAPOR.sample()
    del data["nilai"]
    with pytest.raises(LookupError, match="nilai"):
        print_paper("rapor", Format.TYP, data, cast.city, date=timezone.localdate())


# ---- The pages -----------------------------------------------------------------------------------


def test_the_organiser_changes_a_template_on_the_page(cast: Cast) -> None:
    client = cast.client(cast.organiser)
    where = {"pk": cast.city.pk, "kind": "rapor"}
    url = reverse("replace_template", kwargs=where)
    refused = client.post(url, {"format": "typ", "file": upload("#salah")})
    assert refused.status_code == 422
    assert "Baris 1" in refused.content.decode()
    done = client.post(url, {"format": "typ", "file": upload(OWN)}, follow=True)
    assert "Templat “Rapor unit” diganti" in done.content.decode()
    assert "Templat sendiri" in done.content.decode()
    current = client.get(reverse("paper_template", kwargs=where | {"form": "typ"}))
    assert current.content.decode() == OWN
    assert current["Content-Disposition"].startswith("attachment")
    printed = client.get(reverse("paper_sample", kwargs=where | {"form": "pdf"}))
    assert printed["Content-Type"] == "application/pdf"
    assert "RAPOR KOTA KAMI" in words_of(printed.content)
    back = client.post(reverse("restore_template", kwargs=where | {"form": "typ"}), follow=True)
    assert "Templat sendiri" not in back.content.decode()


def test_the_organiser_sets_the_letterhead_on_the_page(cast: Cast) -> None:
    client = cast.client(cast.organiser)
    url = reverse("letterhead", kwargs={"pk": cast.city.pk})
    assert 'value="Pemerintah Kota Sukabumi"' in client.get(url).content.decode()
    words = {"line_1": "Pemkot", "line_2": "Bagian Organisasi", "place": "Sukabumi"}
    refused = client.post(url, words | {"logo": upload(b"%PDF-1.7", "x.png")})
    assert refused.status_code == 422
    assert "PNG atau JPEG" in refused.content.decode()
    assert 'value="Bagian Organisasi"' in refused.content.decode()
    assert client.post(url, words | {"line_1": ""}).status_code == 422
    assert client.post(url, words | {"logo": arms()}).status_code == 302
    assert head_of(cast.city).lines == ("Pemkot", "Bagian Organisasi")
    assert head_of(cast.city).logo.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "address",
    ["rapor/contoh.exe", "rapor/templat.pdf", "tidak-ada/contoh.pdf", "rapor/bawaan.yaml"],
)
def test_what_is_no_paper_is_not_found(address: str, cast: Cast) -> None:
    response = cast.client(cast.organiser).get(f"/surat/{cast.city.pk}/{address}")
    assert response.status_code == 404


def test_an_agency_has_no_papers_of_its_own(cast: Cast) -> None:
    url = reverse("paper_list", kwargs={"pk": cast.disdukcapil.pk})
    assert cast.client(cast.organiser).get(url).status_code == 404


def test_another_government_sees_and_changes_neither(cast: Cast) -> None:
    give_role(
        "kop@lain.go.id", "Kop", Role.ORGANISER, cast.foreign_city, by=None, password=PASSWORD
    )
    set_head(cast, lines=("Kop rahasia", "", "", ""), logo=arms())
    replace(cast, upload(OWN))
    client = cast.client(User.objects.get(email="kop@lain.go.id"))
    city, paper = {"pk": cast.city.pk}, {"pk": cast.city.pk, "kind": "rapor"}
    for name, where in {
        "paper_list": city,
        "letterhead": city,
        "paper_sample": paper | {"form": "pdf"},
        "paper_template": paper | {"form": "typ"},
        "default_template": paper | {"form": "typ"},
    }.items():
        assert client.get(reverse(name, kwargs=where)).status_code == 404, name
    for name, where in {
        "letterhead": city,
        "replace_template": paper,
        "restore_template": paper | {"form": "typ"},
    }.items():
        assert client.post(reverse(name, kwargs=where)).status_code == 404, name
    assert Letterhead.objects.get().line_1 == "Kop rahasia"
    own = client.get(reverse("papers"), follow=True)
    assert own.status_code == 200
    assert "rahasia" not in own.content.decode()
    assert "Templat sendiri" not in own.content.decode()
    foreign = {"pk": cast.foreign_city.pk, "kind": "rapor", "form": "pdf"}
    text = words_of(client.get(reverse("paper_sample", kwargs=foreign)).content)
    assert "KOTA LAIN" in text
    assert "RAHASIA" not in text


def test_the_list_asks_as_often_for_many_as_for_few(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    client = cast.client(cast.organiser)
    url = reverse("paper_list", kwargs={"pk": cast.city.pk})
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)
    for text in (OWN, OWN + "x", OWN + "y"):
        replace(cast, upload(text))
    with django_assert_num_queries(6):
        client.get(url)


def test_the_press_leaves_nothing_behind(cast: Cast, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(press.tempfile, "tempdir", str(tmp_path))
    sample(cast)
    with pytest.raises(Refused):
        replace(cast, upload("#salah"))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("hijau-")] == []
