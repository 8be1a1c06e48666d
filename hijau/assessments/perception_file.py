"""Reading F-03 answers from a file: one row per respondent, one column per question."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from hijau.lib.refused import Refused
from scoring.instrument import Question
from scoring.rows import BadTable, Row, read_rows

LARGEST = 5 * 1024 * 1024


def read_perceptions(
    upload: UploadedFile, questions: Sequence[Question]
) -> tuple[list[dict[str, int]], str]:
    """The answers of each respondent, and the file's hash.

    A column is known by the question's code, its number, or its words. Refused with every fault by
    row and column, and nothing is taken in.
    """
    if (upload.size or 0) > LARGEST:
        raise Refused(_("Berkas itu lebih dari 5 MB. Bagi menjadi beberapa berkas."))
    suffix = ".xlsx" if upload.read(2) == b"PK" else ".csv"
    upload.seek(0)
    content = upload.read()
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        copy.write(content)
        copy.flush()
        try:
            rows = list(read_rows(Path(copy.name)))
        except BadTable as error:
            name = Path(copy.name).name
            raise Refused(str(error).replace(name, upload.name or _("berkas"))) from error
    if not rows:
        raise Refused(_("Berkas itu kosong."))
    columns = _columns(rows[0][1], questions)
    result, faults = _answers(rows[1:], columns)
    if faults:
        raise Refused(_("Berkas belum dapat dipakai; tidak ada yang disimpan."), faults)
    if not result:
        raise Refused(_("Tidak ada baris jawaban di bawah judul kolom."))
    return result, hashlib.sha256(content).hexdigest()


def _columns(header: Sequence[str], questions: Sequence[Question]) -> dict[int, Question]:
    names: dict[str, Question] = {}
    for number, question in enumerate(questions, start=1):
        texts = (question.code, str(number), question.title.id, question.question.id)
        names |= {text.casefold().strip(): question for text in texts if text}
    found = {
        place: names[cell.casefold().strip()]
        for place, cell in enumerate(header)
        if cell.casefold().strip() in names
    }
    known = {question.code for question in found.values()}
    missing = [question.code for question in questions if question.code not in known]
    if missing:
        raise Refused(
            _("Kolom ini tidak ditemukan di baris judul: %s.") % ", ".join(missing), missing
        )
    return found


def _answers(
    rows: Sequence[Row], columns: dict[int, Question]
) -> tuple[list[dict[str, int]], list[str]]:
    result, faults = [], []
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        answers = {}
        for place, question in columns.items():
            text = row[place].strip() if place < len(row) else ""
            if not text:
                continue
            if not text.isdecimal() or not question.low <= int(text) <= question.high:
                faults.append(
                    _(
                        "Baris %(row)d, kolom %(column)s: “%(text)s” bukan bilangan bulat "
                        "%(low)s–%(high)s."
                    )
                    % {
                        "row": number,
                        "column": question.code,
                        "text": text[:20],
                        "low": question.low,
                        "high": question.high,
                    }
                )
                continue
            answers[question.code] = int(text)
        if answers:
            result.append(answers)
    return result, faults
