"""Bad files: each is refused with a sentence that says what to do, and nothing of it is kept."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Document
from hijau.files import intake, looking
from hijau.files.models import StoredFile
from hijau.files.pdf_reader import LOCKED, MEMORY, SECONDS, SIZE, UNREADABLE
from hijau.lib.refused import Refused
from hijau.papers.kinds import Format
from tests import test_paper_templates as papers
from tests import test_products as products
from tests import test_verdicts as verdicts
from tests.cast import Cast
from tests.samples import pdf, photo
from tests.test_evidence import docx
from tests.uploading import CODE, attach, attached, files_on_disk


def rewritten(
    script: str = "", packed: bool = True, where: str = "OpenAction", password: str = ""
) -> bytes:
    """A PDF as another program writes it: objects packed, with a script, or behind a password."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        action = pikepdf.Dictionary(S=pikepdf.Name("/" + script), JS="app.alert(1)", F="cmd.exe")
        if script and where == "OpenAction":
            document.Root.OpenAction = document.make_indirect(action)
        elif script:
            document.pages[0].AA = pikepdf.Dictionary(O=document.make_indirect(action))
        modes = pikepdf.ObjectStreamMode
        document.save(
            made,
            object_stream_mode=modes.generate if packed else modes.disable,
            encryption=pikepdf.Encryption(owner="kunci", user=password) if password else False,
        )
    return made.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sealed = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + sealed

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def macro_workbook() -> bytes:
    made = io.BytesIO()
    kinds = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
        'PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.'
        'main+xml"/></Types>'
    )
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", kinds)
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return made.getvalue()


def bomb() -> bytes:
    """A Word file of half a megabyte that unpacks to 320."""
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"word/media/{number}.bmp", b"\0" * (64 * 2**20))
    return made.getvalue()


CUT, WHOLE = "rusak atau terpotong", pdf(pages=6)
BAD = {
    "cut-in-half.pdf": (WHOLE[: len(WHOLE) // 2], CUT),
    "cut-near-the-end.pdf": (WHOLE[: int(len(WHOLE) * 0.95)], CUT),
    "only-a-head.pdf": (b"%PDF-1.7\n", CUT),
    "page-tree-in-a-ring.pdf": (pdf().replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]"), CUT),
    "locked.pdf": (rewritten(password="rahasia"), "dikunci kata sandi"),
    "script.pdf": (rewritten("JavaScript", packed=False), "berisi skrip"),
    "packed-script.pdf": (rewritten("JavaScript"), "berisi skrip"),
    "script-of-a-page.pdf": (rewritten("JavaScript", where="AA"), "berisi skrip"),
    "program.pdf": (rewritten("Launch"), "berisi skrip"),
    "spelled-script.pdf": (
        rewritten("JavaScript", packed=False).replace(b"/JavaScript", b"/J#61vaScr#69pt"),
        "berisi skrip",
    ),
    "page.pdf": (b"<!doctype html><html><script>alert(1)</script></html>", "tidak dikenal"),
    "bomb.docx": (bomb(), "tidak dikenal"),
    "macro.xlsx": (macro_workbook(), "tidak dikenal"),
    "cut.jpg": (photo(size=(1600, 1200))[:3000], CUT),
    "cut.png": (photo("PNG")[:60], CUT),
    "head-only.jpg": (photo()[:4], CUT),
    "64-megapixels.png": (png_that_claims(8_000, 8_000), "terlalu besar"),
    "100-megapixels.png": (png_that_claims(10_000, 10_000), "terlalu besar"),
    "400-megapixels.png": (png_that_claims(20_000, 20_000), "terlalu besar"),
    "no-pixels.png": (png_that_claims(0, 0), CUT),
}


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


def test_the_samples_are_as_bad_as_they_say() -> None:
    assert b"JavaScript" not in BAD["packed-script.pdf"][0]
    assert b"JavaScript" not in BAD["spelled-script.pdf"][0]
    with pikepdf.open(io.BytesIO(BAD["spelled-script.pdf"][0])) as document:
        assert document.Root.OpenAction.S == "/JavaScript"
    assert len(BAD["bomb.docx"][0]) < 2**20
    assert len(BAD["400-megapixels.png"][0]) < 200


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_and_leaves_nothing(
    cast: Cast, assessment: Assessment, settings: Any, name: str
) -> None:
    content, sentence = BAD[name]
    response = attach(cast, assessment, name, content)
    assert response.status_code == 409
    page = response.content.decode()
    assert f"“{name}”" in page, "it says which file"
    assert sentence in page
    assert not StoredFile.objects.exists()
    assert not Document.objects.exists()
    assert files_on_disk(settings) == []


def test_two_hundred_megabytes_are_turned_away_before_they_are_read(
    cast: Cast, assessment: Assessment
) -> None:
    response = cast.client(cast.officer).post(
        reverse("attach_evidence", args=[assessment.pk, CODE]),
        {"file": SimpleUploadedFile("besar.pdf", pdf())},
        CONTENT_LENGTH=str(200 * 2**20),
    )
    assert response.status_code == 413
    assert "Batas satu berkas 20 MB" in response.content.decode()


def test_a_file_of_two_hundred_megabytes_is_refused_by_its_size_alone(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    class Lazy(SimpleUploadedFile):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("it is not read")

    upload = Lazy("besar.pdf", pdf())
    upload.size = 200 * 2**20
    with pytest.raises(Refused, match="berukuran 200 MB"):
        actions.attach_evidence(assessment, CODE, upload, by=cast.officer)
    assert files_on_disk(settings) == []


def test_a_huge_picture_is_refused_where_warnings_are_only_warnings(
    cast: Cast, assessment: Assessment
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        response = attach(cast, assessment, "besar.png", png_that_claims(10_000, 10_000))
    assert response.status_code == 409
    assert "terlalu besar" in response.content.decode()


def test_a_jpeg_loses_its_place_and_its_camera(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    sent = photo()
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825), "it knew where it was taken"
    evidence = attached(cast, assessment, "IMG_0001.jpg", sent)
    (path,) = files_on_disk(settings)
    saved = path.read_bytes()
    exif = Image.open(io.BytesIO(saved)).getexif()
    assert not exif
    assert not exif.get_ifd(0x8825)
    assert b"Kamera Kantor" not in saved
    response = cast.client(cast.officer).get(reverse("evidence_picture", args=[evidence.pk, 1]))
    assert not Image.open(io.BytesIO(response.content)).getexif().get_ifd(0x8825)


def test_a_photograph_that_was_turned_is_kept_upright(cast: Cast, assessment: Assessment) -> None:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # a telephone held upright
    Image.new("RGB", (640, 480)).save(made, "JPEG", exif=exif)
    evidence = attached(cast, assessment, "foto.jpg", made.getvalue())
    with evidence.edition.file.content.open("rb") as content:
        assert Image.open(content).size == (480, 640)


# ---- Looking at evidence in the page -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("sk.pdf", pdf(), "image/jpeg"),
        ("foto.jpg", photo(), "image/jpeg"),
        ("foto.png", photo("PNG"), "image/png"),
    ],
)
def test_a_preview_is_a_picture_made_here(
    cast: Cast, assessment: Assessment, name: str, content: bytes, kind: str
) -> None:
    evidence = attached(cast, assessment, name, content)
    response = cast.client(cast.verifier).get(reverse("evidence_picture", args=[evidence.pk, 1]))
    assert response["Content-Type"] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    picture = Image.open(io.BytesIO(response.content))
    assert Image.MIME[picture.format or ""] == kind
    assert b"%PDF" not in response.content


def test_the_page_shows_a_pdf_as_pictures_and_never_as_a_pdf(
    cast: Cast, assessment: Assessment
) -> None:
    evidence = attached(cast, assessment, "sk.pdf", pdf(pages=3))
    client = cast.client(cast.verifier)
    response = client.get(reverse("evidence_page", args=[evidence.pk]), {"hal": "2"})
    page = response.content.decode()
    assert reverse("evidence_picture", args=[evidence.pk, 2]) in page
    assert "2 / 3" in page
    for tag in ("<iframe", "<embed", "<object"):
        assert tag not in page
    policy = response["Content-Security-Policy"]
    assert "object-src 'none'" in policy or "default-src 'none'" in policy
    for asked, shown in (("0", "1 / 3"), ("99", "3 / 3"), ("x", "1 / 3"), ("-1", "1 / 3")):
        answer = client.get(reverse("evidence_page", args=[evidence.pk]), {"hal": asked})
        assert shown in answer.content.decode()


def test_a_page_that_the_pdf_does_not_have_is_not_found(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    evidence = attached(cast, assessment, "sk.pdf", pdf())
    client = cast.client(cast.verifier)
    for number in (0, 2, 9999):
        address = reverse("evidence_picture", args=[evidence.pk, number])
        assert client.get(address).status_code == 404
    assert len(files_on_disk(settings)) == 1


def test_a_page_is_drawn_once(cast: Cast, assessment: Assessment, monkeypatch: Any) -> None:
    evidence = attached(cast, assessment, "sk.pdf", pdf())
    address = reverse("evidence_picture", args=[evidence.pk, 1])
    first = cast.client(cast.verifier).get(address).content
    monkeypatch.setattr(looking.subprocess, "run", None)
    assert cast.client(cast.verifier).get(address).content == first


def test_an_office_file_is_not_shown_but_can_be_downloaded(
    cast: Cast, assessment: Assessment
) -> None:
    evidence = attached(cast, assessment, "notulen.docx", docx())
    client = cast.client(cast.verifier)
    page = client.get(reverse("evidence_page", args=[evidence.pk])).content.decode()
    assert "Pratinjau tidak tersedia" in page
    assert reverse("evidence_file", args=[evidence.pk]) in page
    assert client.get(reverse("evidence_picture", args=[evidence.pk, 1])).status_code == 404


# ---- Before the transaction ----------------------------------------------------------------------


def test_a_file_is_looked_into_before_others_have_to_wait(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each verb below examines one upload; none of them from inside the book's transaction."""
    depths, look_at = [], intake.sniff

    def seen(upload: Any) -> str | None:
        depths.append(len(connection.savepoint_ids))
        return look_at(upload)

    monkeypatch.setattr(intake, "sniff", seen)
    outside = len(connection.savepoint_ids)
    product = products.recorded(cast, letter=products.file())
    products.followed(cast, product)
    verdicts.record(cast, letter=products.file())
    papers.set_head(cast, logo=papers.arms())
    papers.replace(cast, papers.document("{{ judul }}"), Format.DOCX)
    assert depths == [outside] * 5
    assert StoredFile.objects.count() == 5


# ---- The reader, apart ---------------------------------------------------------------------------


def reader(tmp_path: Path, content: bytes, *verb: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(tmp_path, content, *verb), capture_output=True, check=False)


def command(tmp_path: Path, content: bytes, verb: str = "look", *more: str) -> list[str]:
    file = tmp_path / "berkas.pdf"
    file.write_bytes(content)
    return [sys.executable, "-m", "hijau.files.pdf_reader", verb, str(file), *more]


def endless() -> bytes:
    """A sound PDF with so many packed objects that looking into all would take an hour."""
    return pdf() + b"\n" + b"<</Type/ObjStm>>stream\n" * 400_000


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (BAD["cut-in-half.pdf"][0], UNREADABLE),
        (b"", UNREADABLE),
        (b"%PDF-1.7" + b"\xff" * 100_000, UNREADABLE),
        (BAD["locked.pdf"][0], LOCKED),
    ],
)
def test_the_reader_says_by_its_status_what_is_wrong(
    tmp_path: Path, content: bytes, status: int
) -> None:
    done = reader(tmp_path, content)
    assert (done.returncode, done.stdout) == (status, b"")


@pytest.mark.parametrize(
    "box", [b"0 0 99999999 99999999", b"0 0 0.001 99999999", b"0 0 0 0", b"-9 -9 -99 -99"]
)
def test_a_page_of_any_size_becomes_a_picture_of_a_page(tmp_path: Path, box: bytes) -> None:
    done = reader(tmp_path, pdf().replace(b"0 0 595 842", box), "picture", "1")
    assert done.returncode == 0
    width, height = Image.open(io.BytesIO(done.stdout)).size
    assert max(width, height) <= 3301


def test_the_reader_lives_within_its_limits(tmp_path: Path) -> None:
    running = subprocess.Popen(command(tmp_path, endless()), stdout=subprocess.DEVNULL)
    try:
        limits = Path(f"/proc/{running.pid}/limits")
        until = time.monotonic() + 10
        while f"{MEMORY}" not in limits.read_text() and time.monotonic() < until:
            time.sleep(0.02)
        told = {
            line[:25].strip(): line[25:].split()[:2] for line in limits.read_text().splitlines()
        }
        assert told["Max cpu time"] == [str(SECONDS)] * 2
        assert told["Max address space"] == [str(MEMORY)] * 2
        assert told["Max file size"] == [str(SIZE)] * 2
        assert told["Max core file size"] == ["0"] * 2
        assert running.poll() is None, "the file is one that keeps it busy"
    finally:
        running.kill()
        running.wait()


def test_the_reader_knows_no_secret_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIJAU_SECRET_WORD", "rahasia")
    told, run = [], subprocess.run

    def telling(_command: list[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        done = run([sys.executable, "-c", "import os; print(dict(os.environ))"], **how)
        told.append(done.stdout)
        return subprocess.CompletedProcess([], UNREADABLE, b"", b"")

    monkeypatch.setattr(subprocess, "run", telling)
    with pytest.raises(Refused, match="rusak"):
        looking.look_into("sk.pdf", SimpleUploadedFile("sk.pdf", pdf()))
    (environment,) = told
    assert b"ALL_PROXY" in environment
    assert b"rahasia" not in environment
    assert b"DJANGO" not in environment


def test_a_file_that_keeps_the_reader_busy_is_refused_when_its_time_is_over(
    cast: Cast, assessment: Assessment, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(looking, "TIMEOUT", 1)
    response = attach(cast, assessment, "tak-berujung.pdf", endless())
    assert response.status_code == 409
    assert CUT in response.content.decode()
    assert files_on_disk(settings) == []
