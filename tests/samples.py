"""Small files as people send them: a PDF with text, a scan without, a photograph with a place."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def pdf(
    text: str = "Keputusan Kepala Disdukcapil tentang standar pelayanan", pages: int = 1
) -> bytes:
    """A sound PDF whose pages carry this text."""
    page = "BT /F1 12 Tf 60 780 Td (%s) Tj ET"
    stream = (page % text.replace("(", "[").replace(")", "]")).encode("latin-1", "replace")
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {4 + pages} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>".encode()
            for _ in range(pages)
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size, table, size, len(out),
    )  # fmt: skip


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture; a JPEG knows where it was taken."""
    image = Image.new("RGB", size, (20, 120, 70))
    out = io.BytesIO()
    if kind == "JPEG":
        exif = Image.Exif()
        exif[0x010F] = "Kamera Kantor"
        exif.get_ifd(0x8825)[2] = (6.0, 55.0, 12.0)
        image.save(out, kind, exif=exif)
    else:
        image.save(out, kind)
    return out.getvalue()


def upload(name: str = "sk.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)
