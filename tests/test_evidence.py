"""Evidence: taken in by its content, shown to few, handed out only as a download."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Evidence
from hijau.audit.models import Entry
from hijau.files.intake import clean_name
from hijau.files.models import StoredFile
from hijau.lib.refused import Refused
from tests.cast import Cast
from tests.samples import pdf, photo
from tests.uploading import CODE, attach, attached, files_on_disk

PDF, PNG, JPEG = pdf(), photo("PNG"), photo()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def zipped(parts: dict[str, bytes | str], stored_first: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(parts.items()):
            how = zipfile.ZIP_STORED if stored_first and number == 0 else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=how)
    return target.getvalue()


def content_types(part: str, kind: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    )


def docx(kind: str = f"{WORD}.document.main+xml", **more: bytes | str) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": content_types("word/document.xml", kind),
            "_rels/.rels": "<Relationships/>",
            "word/document.xml": "<w:document/>",
            **more,
        }
    )


def renamed_macro() -> bytes:
    """A document whose macros lie under another name: the list of parts still tells them."""
    kinds = content_types("word/document.xml", f"{WORD}.document.main+xml").replace(
        "</Types>",
        '<Override PartName="/word/gambar.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        "</Types>",
    )
    return docx(**{"[Content_Types].xml": kinds, "word/gambar.bin": b"\xd0\xcf"})


def xlsx() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("Isi").write(0, 0, "bukti")
    return target.getvalue()


def odt(**more: bytes | str) -> bytes:
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": "<office:document-content/>",
            "META-INF/manifest.xml": "<manifest:manifest/>",
            **more,
        },
        stored_first=True,
    )


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (docx(), f"{WORD}.document"),
        (xlsx(), f"{SHEET}.sheet"),
        (odt(), "application/vnd.oasis.opendocument.text"),
    ],
    ids=["pdf", "png", "jpeg", "docx", "xlsx", "odt"],
)
def test_a_document_is_known_by_its_content_whatever_it_is_called(
    cast: Cast, assessment: Assessment, content: bytes, kind: str
) -> None:
    assert attach(cast, assessment, "bukti.bin", content).status_code == 302
    stored = Evidence.objects.get().edition.file
    assert (stored.kind, stored.name) == (kind, "bukti.bin")
    with stored.content.open("rb") as kept:
        data = kept.read()
    assert stored.size == len(data)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert data == content or kind.startswith("image/"), "pictures are made anew, the rest is kept"


BOMB = docx(**{"word/media.bin": b"\0" * (301 * 1024 * 1024)})


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("laporan.pdf", b"<html><script>alert(1)</script></html>", "tidak dikenal"),
        ("foto.png", b"#!/bin/sh\nrm -rf /\n", "tidak dikenal"),
        ("foto.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "tidak dikenal"),
        ("kosong.pdf", b"", "kosong"),
        ("arsip.zip", zipped({"a.txt": "a"}), "tidak dikenal"),
        ("arsip.docx", zipped({"a.txt": "a"}), "tidak dikenal"),
        ("dalih.docx", zipped({"word/virus.exe": "MZ"}), "tidak dikenal"),
        ("makro.docx", docx(**{"word/vbaProject.bin": b"\xd0\xcf"}), "tidak dikenal"),
        ("makro.docm", docx("application/vnd.ms-word.document.macroEnabled.main+xml"), "tidak dikenal"),
        ("berganti-nama.docx", renamed_macro(), "tidak dikenal"),
        ("makro.odt", odt(**{"Basic/Standard/Module1.xml": "<x/>"}), "tidak dikenal"),
        ("bom.docx", BOMB, "tidak dikenal"),
        ("rusak.docx", docx()[:-40], "tidak dikenal"),
        ("keluar.docx", docx(**{"../../etc/passwd": "x"}), "tidak dikenal"),
        ("program.pdf", b"MZ\x90\x00" + b"\0" * 64 + PDF, "tidak dikenal"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_it_refuses_what_is_no_document_and_keeps_nothing(
    cast: Cast, assessment: Assessment, settings: Any, name: str, content: bytes, sentence: str
) -> None:
    response = attach(cast, assessment, name, content)
    assert response.status_code == 409
    assert sentence in response.content.decode()
    assert not StoredFile.objects.exists()
    assert files_on_disk(settings) == []


def test_a_macro_workbook_is_refused(cast: Cast, assessment: Assessment, tmp_path: Path) -> None:
    macros = tmp_path / "vbaProject.bin"
    macros.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 508)
    file = tmp_path / "makro.xlsm"
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet()
        book.add_vba_project(str(macros))
    assert attach(cast, assessment, "data.xlsx", file.read_bytes()).status_code == 409


def test_it_refuses_what_is_too_large_and_says_the_limit(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    settings.FILE_LIMIT = 2 * 1024 * 1024
    response = attach(cast, assessment, "besar.pdf", PDF + b"\0" * settings.FILE_LIMIT)
    assert response.status_code == 409
    assert "berukuran 3 MB. Batasnya 2 MB" in response.content.decode()


def test_it_asks_for_a_file_when_there_is_none(cast: Cast, assessment: Assessment) -> None:
    url = reverse("attach_evidence", args=[assessment.pk, CODE])
    response = cast.client(cast.officer).post(url)
    assert (response.status_code, "Pilih berkas dahulu" in response.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\C:\\sk.pdf", "sk.pdf"),
        ("/sk.pdf", "sk.pdf"),
        ("sk\x00\r\nX-Evil: 1.pdf", "skX-Evil: 1.pdf"),
        ("sk\u202efdp.exe", "skfdp.exe"),
        ("   ", "berkas"),
        ("../..", "berkas"),
        ("a" * 300 + ".pdf", "a" * 176 + ".pdf"),
    ],
)
def test_a_name_keeps_no_folder_and_nothing_that_deceives(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_path_in_the_name_leads_nowhere(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    attach(cast, assessment, "../../../../tmp/x.pdf", PDF)
    stored = StoredFile.objects.get()
    assert stored.name == "x.pdf"
    (path,) = files_on_disk(settings)
    assert path.parent == Path(settings.MEDIA_ROOT) / str(cast.city.pk)
    assert "x.pdf" not in path.name


def test_it_is_handed_out_only_as_a_download(cast: Cast, assessment: Assessment) -> None:
    evidence = attached(cast, assessment, 'sk "baru"\r\n.pdf', PDF)
    response = cast.client(cast.verifier).get(reverse("evidence_file", args=[evidence.pk]))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "\n" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_a_picture_is_made_anew_without_its_place_and_without_a_program_in_its_tail(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    polyglot = JPEG + b"<?php system($_GET['c']); ?><script>alert(1)</script>"
    assert b"Kamera Kantor" in JPEG
    evidence = attached(cast, assessment, "foto.php", polyglot)
    (path,) = files_on_disk(settings)
    kept = path.read_bytes()
    assert b"<?php" not in kept
    assert b"Kamera Kantor" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert path.suffix == ""
    assert not path.stat().st_mode & 0o111
    response = cast.client(cast.officer).get(reverse("evidence_file", args=[evidence.pk]))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_no_address_serves_the_folder_of_the_files(cast: Cast, assessment: Assessment) -> None:
    stored = attached(cast, assessment, "sk.pdf", PDF).edition.file
    client = cast.client(cast.officer)
    for prefix in ("/", "/media/", "/files/", "/static/"):
        assert client.get(prefix + stored.content.name).status_code == 404


@pytest.mark.parametrize("who", ["neighbour", "assessor", "stranger", "nobody"])
def test_it_does_not_exist_for_others(cast: Cast, assessment: Assessment, who: str) -> None:
    evidence = attached(cast, assessment, "sk.pdf", PDF)
    client = cast.client(getattr(cast, who))
    assert client.get(reverse("evidence_file", args=[evidence.pk])).status_code == 404
    assert client.post(reverse("withdraw_evidence", args=[evidence.pk])).status_code == 404
    evidence.refresh_from_db()
    assert evidence.withdrawn_at is None


def test_withdrawn_evidence_disappears_but_the_file_stays(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    evidence = attached(cast, assessment, "keliru.pdf", PDF)
    client = cast.client(cast.officer)
    page = reverse("answer_page", args=[assessment.pk])
    assert "keliru.pdf" in client.get(page).content.decode()

    client.post(reverse("withdraw_evidence", args=[evidence.pk]))
    client.get(page)  # the message that names it is shown once
    assert "keliru.pdf" not in client.get(page).content.decode()
    assert client.get(reverse("evidence_file", args=[evidence.pk])).status_code == 404
    assert StoredFile.objects.filter(pk=evidence.edition.file_id).exists()
    assert len(files_on_disk(settings)) == 1
    with pytest.raises(Refused, match="sudah ditarik"):
        actions.withdraw_evidence(evidence, by=cast.officer)


def test_a_closed_round_keeps_its_evidence_as_it_is(cast: Cast, assessment: Assessment) -> None:
    evidence = attached(cast, assessment, "sk.pdf", PDF)
    actions.close_round(assessment.round, by=cast.organiser)
    assert attach(cast, assessment, "lagi.pdf", PDF).status_code == 409
    assert (
        cast.client(cast.officer).post(reverse("withdraw_evidence", args=[evidence.pk])).status_code
        == 409
    )
    evidence.refresh_from_db()
    assert evidence.withdrawn_at is None


def test_the_book_knows_the_file_by_its_hash_not_by_its_name(
    cast: Cast, assessment: Assessment
) -> None:
    evidence = attached(cast, assessment, "ktp-budi.pdf", PDF)
    entry = Entry.objects.get(event="evidence.attached")
    assert entry.details == {
        "code": CODE, "file": evidence.edition.file_id, "sha256": evidence.edition.file.sha256,
    }  # fmt: skip


def test_what_is_larger_than_any_form_is_turned_away_before_it_is_read(
    cast: Cast, settings: Any
) -> None:
    settings.FILE_LIMIT = 1024
    content = b"%PDF-1.7" + b"x" * 3 * 1024 * 1024
    upload = SimpleUploadedFile("besar.pdf", content)
    response = cast.client(None).post(reverse("account_login"), {"file": upload})
    assert response.status_code == 413
    assert "terlalu besar" in response.content.decode()
