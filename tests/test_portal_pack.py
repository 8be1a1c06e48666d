"""The pack for when the national portal is down: everything in it, in its place, and provable."""

from __future__ import annotations

import csv
import html
import io
import re
import subprocess
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hijau.assessments import actions
from hijau.assessments.models import Assessment, Evidence
from hijau.audit.models import Entry
from tests.cast import Cast
from tests.samples import pdf, upload

ONE, TWO = "1.a.Ak", "2.a.P"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return cast.assessment(cast.open_round(), cast.disdukcapil)


def prove(cast: Cast, assessment: Assessment, name: str, text: str, code: str = ONE) -> Evidence:
    return actions.attach_evidence(assessment, code, upload(name, pdf(text)), by=cast.officer)


def pack(cast: Cast, assessment: Assessment, who: str = "officer") -> zipfile.ZipFile:
    client = cast.client(getattr(cast, who))
    response = client.get(reverse("portal_pack", args=[assessment.pk]))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    today = timezone.localdate()
    name = f"paket-{today.year}-disdukcapil-{today}.zip"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def page(cast: Cast, assessment: Assessment, who: str = "officer") -> str:
    client = cast.client(getattr(cast, who))
    response = client.get(reverse("portal_list", args=[assessment.pk]))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def tick(cast: Cast, piece: Evidence, who: str = "officer", **done: str) -> Any:
    client = cast.client(getattr(cast, who))
    return client.post(reverse("tick_evidence", args=[piece.pk]), done)


# ---- The pack ------------------------------------------------------------------------------------


def test_each_indicator_has_its_folder_in_the_order_of_the_form(
    cast: Cast, assessment: Assessment
) -> None:
    prove(cast, assessment, "notulen.pdf", "notulen", TWO)
    prove(cast, assessment, "SK.pdf", "sk")
    names = pack(cast, assessment).namelist()
    assert names == [
        "01 1.a.Ak/SK.pdf", "02 2.a.P/notulen.pdf", "INDEKS.html", "INDEKS.csv", "SHA256SUMS",
    ]  # fmt: skip


def test_the_files_are_those_that_were_handed_in_and_their_sums_are_right(
    cast: Cast, assessment: Assessment, tmp_path: Path
) -> None:
    prove(cast, assessment, "SK (baru) #1.pdf", "sk")
    prove(cast, assessment, "notulen & foto.pdf", "notulen", TWO)
    with pack(cast, assessment) as archive:
        assert archive.read("01 1.a.Ak/SK (baru) #1.pdf") == pdf("sk")
        assert archive.read("02 2.a.P/notulen & foto.pdf") == pdf("notulen")
        archive.extractall(tmp_path)

    def check() -> subprocess.CompletedProcess[str]:
        command = ["sha256sum", "-c", "--strict", "SHA256SUMS"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = check()
    assert (done.returncode, done.stdout.count(": OK")) == (0, 4), done.stderr
    (tmp_path / "02 2.a.P/notulen & foto.pdf").write_bytes(b"lain")
    assert check().returncode == 1


def test_the_index_has_every_indicator_with_its_answer_and_its_files(
    cast: Cast, assessment: Assessment
) -> None:
    actions.save_answer(assessment, ONE, Fraction(4), by=cast.officer)
    prove(cast, assessment, "SK.pdf", "sk")
    prove(cast, assessment, "lampiran.pdf", "lampiran")
    with pack(cast, assessment) as archive:
        index = html.unescape(archive.read("INDEKS.html").decode())
        table = csv.DictReader(io.StringIO(archive.read("INDEKS.csv").decode("utf-8-sig")))
    assert "Disdukcapil · PEKPPP Mandiri" in index
    assert 'href="01%201.a.Ak/SK.pdf"' in index
    rows = list(table)
    asked = [q for q in assessment.questions if q.asked_of == "unit"]
    assert {row["Indikator"].split(" ")[0] for row in rows} == {q.code for q in asked}
    first = [row for row in rows if row["Indikator"].startswith(ONE)]
    assert [(row["Jawaban"], row["Bukti"]) for row in first] == [("4", "2")] * 2
    files = ["01 1.a.Ak/SK.pdf", "01 1.a.Ak/lampiran.pdf"]
    assert [row["berkas"] for row in first] == files
    second = next(row for row in rows if row["Indikator"].startswith(TWO))
    assert (second["Jawaban"], second["Bukti"], second["berkas"]) == (
        "– (belum diketahui)", "0", "",
    )  # fmt: skip
    assert f"{ONE}: SK (SK.pdf)" in index, "the list to tick off"


def test_two_files_of_one_name_are_both_in_it(cast: Cast, assessment: Assessment) -> None:
    prove(cast, assessment, "SK.pdf", "satu")
    prove(cast, assessment, "sk.PDF", "dua")
    prove(cast, assessment, "SK.pdf", "tiga", TWO)
    with pack(cast, assessment) as archive:
        found = {name: archive.read(name) for name in archive.namelist()[:3]}
    assert found == {
        "01 1.a.Ak/SK.pdf": pdf("satu"),
        "01 1.a.Ak/sk (2).PDF": pdf("dua"),
        "02 2.a.P/SK.pdf": pdf("tiga"),
    }


def test_a_document_under_two_indicators_lies_in_both_folders(
    cast: Cast, assessment: Assessment
) -> None:
    document = prove(cast, assessment, "SK.pdf", "sk").document
    actions.link_evidence(assessment, TWO, document, by=cast.officer)
    with pack(cast, assessment) as archive:
        assert archive.read("01 1.a.Ak/SK.pdf") == archive.read("02 2.a.P/SK.pdf") == pdf("sk")


def test_the_pack_holds_what_counts_now(cast: Cast, assessment: Assessment) -> None:
    """The newest edition of what is attached, and nothing that was withdrawn."""
    kept = prove(cast, assessment, "SK.pdf", "lama")
    actions.withdraw_evidence(prove(cast, assessment, "keliru.pdf", "keliru"), by=cast.officer)
    actions.replace_document(kept.document, upload("SK2.pdf", pdf("baru")), by=cast.officer)
    with pack(cast, assessment) as archive:
        assert archive.namelist()[:2] == ["01 1.a.Ak/SK2.pdf", "INDEKS.html"]
        assert archive.read("01 1.a.Ak/SK2.pdf") == pdf("baru")


def test_the_pack_of_an_assessment_without_evidence_is_an_index(
    cast: Cast, assessment: Assessment
) -> None:
    assert pack(cast, assessment).namelist() == ["INDEKS.html", "INDEKS.csv", "SHA256SUMS"]
    assert "Belum ada bukti" in page(cast, assessment)


def test_the_pack_is_indonesian_whatever_the_reader_reads(
    cast: Cast, assessment: Assessment
) -> None:
    response = cast.client(cast.officer).get(
        reverse("portal_pack", args=[assessment.pk]), headers={"accept-language": "en"}
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        index = archive.read("INDEKS.html").decode()
    assert '<html lang="id"' in index
    assert "Jawaban" in index


# ---- Ticking off ---------------------------------------------------------------------------------


def test_pieces_are_ticked_and_unticked_and_the_progress_follows(
    cast: Cast, assessment: Assessment
) -> None:
    first = prove(cast, assessment, "SK.pdf", "sk")
    prove(cast, assessment, "notulen.pdf", "notulen", TWO)
    assert progress(page(cast, assessment)) == ("0", "2")

    response = tick(cast, first, done="1")
    assert response["Location"].endswith(f"#bukti-{first.pk}")
    text = page(cast, assessment)
    assert progress(text) == ("1", "2")
    assert text.count("Batalkan tanda") == 1
    first.refresh_from_db()
    assert first.uploaded_again_at is not None

    tick(cast, first)
    first.refresh_from_db()
    assert first.uploaded_again_at is None
    assert progress(page(cast, assessment)) == ("0", "2")
    entries = Entry.objects.filter(event="evidence.ticked").order_by("number")
    assert [entry.details["done"] for entry in entries] == [True, False]


def progress(text: str) -> tuple[str, str]:
    found = re.search(r"<progress[^>]*>", text)
    assert found
    value, most = (re.search(rf'{name}="(\d+)"', found[0]) for name in ("value", "max"))
    assert value
    assert most
    return value[1], most[1]


def test_a_piece_is_ticked_after_sending_too(cast: Cast, assessment: Assessment) -> None:
    """The portal comes back when it comes back, often long after the window."""
    piece = prove(cast, assessment, "SK.pdf", "sk")
    cast.answer_all(assessment, cast.officer)
    actions.submit_assessment(assessment, by=cast.officer)
    actions.close_round(assessment.round, by=cast.organiser)
    assert tick(cast, piece, done="1").status_code == 302
    piece.refresh_from_db()
    assert piece.uploaded_again_at is not None


def test_the_organiser_looks_and_the_unit_ticks(cast: Cast, assessment: Assessment) -> None:
    piece = prove(cast, assessment, "SK.pdf", "sk")
    assert "SK.pdf" in page(cast, assessment, "organiser")
    assert "Sudah diunggah ulang" not in page(cast, assessment, "organiser")
    assert pack(cast, assessment, "organiser").namelist()[0] == "01 1.a.Ak/SK.pdf"
    for who, status in (("organiser", 403), ("verifier", 403), ("neighbour", 404)):
        assert tick(cast, piece, who, done="1").status_code == status
    piece.refresh_from_db()
    assert piece.uploaded_again_at is None
