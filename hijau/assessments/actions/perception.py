"""Users' perception (F-03): what respondents said is taken in, each once, and counted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.conditions import must_not_be_final
from hijau.assessments.keeping import count_again
from hijau.assessments.models import Assessment, Perception, Response, Via
from hijau.audit import book
from hijau.lib.refused import Refused

book.declare(
    perception_given=gettext_lazy("Jawaban responden F-03 diterima"),
    perception_imported=gettext_lazy("Jawaban responden F-03 diimpor"),
)


def give_perception(
    perception: Perception,
    answers: Mapping[str, int],
    *,
    key: uuid.UUID,
    via: Via,
    by: User | None = None,
) -> bool:
    """Take in one respondent's answers; False when this form had arrived before.

    Every item is answered with a whole number of its scale, or left out.
    """
    assessment = perception.assessment
    with book.recorded("perception.given", assessment, by=by, via=str(via)) as record:
        if Response.objects.filter(key=key).exists():
            record.details["again"] = True
            return False
        _take(assessment, [(key, answers)], via, by)
        return True


def import_perceptions(
    perception: Perception, rows: Iterable[Mapping[str, int]], *, by: User, source: str
) -> int:
    """Take in many respondents' answers from a file, all or none.

    `source` is the file's hash: the same rows of the same file are counted once. How many were new.
    """
    assessment = perception.assessment
    with book.recorded("perception.imported", assessment, by=by) as record:
        keyed = [
            (uuid.uuid5(uuid.NAMESPACE_OID, f"{perception.pk}/{source}/{number}"), row)
            for number, row in enumerate(rows)
        ]
        known = set(
            Response.objects.filter(key__in=[key for key, _row in keyed]).values_list(
                "key", flat=True
            )
        )
        fresh = [(key, row) for key, row in keyed if key not in known]
        if not fresh:
            raise Refused(_("Isi berkas ini sudah pernah diimpor."))
        _take(assessment, fresh, Via.FILE, by)
        record.details |= {"rows": len(fresh), "sha256": source}
        return len(fresh)


def _take(
    assessment: Assessment,
    given: list[tuple[uuid.UUID, Mapping[str, int]]],
    via: Via,
    by: User | None,
) -> None:
    must_not_be_final(assessment)
    scales = {q.code: (q.low, q.high) for q in assessment.asked_of_users}
    for _key, answers in given:
        if not answers:
            raise Refused(_("Jawab sekurang-kurangnya satu pertanyaan."))
        for code, value in answers.items():
            if code not in scales:
                raise Refused(_("Pertanyaan “%s” tidak ada pada survei ini.") % code)
            low, high = scales[code]
            if not low <= value <= high:
                raise Refused(_("Jawaban harus dari %(low)s sampai %(high)s.") % {
                    "low": low, "high": high,
                })  # fmt: skip
    perception = Perception.objects.select_for_update().get(assessment=assessment)
    Response.objects.bulk_create(
        Response(perception=perception, key=key, via=via, answers=dict(answers), by=by)
        for key, answers in given
    )
    for _key, answers in given:
        for code, value in answers.items():
            total, count = perception.sums.get(code, (0, 0))
            perception.sums[code] = [total + value, count + 1]
    perception.respondents += len(given)
    perception.save(update_fields=["sums", "respondents"])
    assessment.perception = perception
    assessment.__dict__.pop("heard", None)
    count_again(assessment)
