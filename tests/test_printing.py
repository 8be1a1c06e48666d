"""Papers of an assessment and of a round: the figures of the page, and names kept nowhere."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from hijau.accounts.models import User
from hijau.assessments import actions
from hijau.assessments.forms.rounds import scorable_forms
from hijau.assessments.models import Assessment, Decision
from hijau.assessments.on_paper import COUNTED_AGAIN, report
from hijau.instruments.models import Version
from hijau.papers.words import day_written, figure_in_words
from hijau.ui.figures import written, written_range
from tests import cycle
from tests.cast import Cast
from tests.samples import upload
from tests.test_papers import words_of

NIP = "197001011990031001"
HEAD = {
    "head-nama": "Dra. Ningsih Kartikasari", "head-jabatan": "Kepala Dinas Uji",
    "head-pangkat": "Pembina Utama Muda", "head-nip": NIP,
}  # fmt: skip


def send(
    cast: Cast, user: User | None, name: str, *args: Any, form: str = "pdf", **more: str
) -> Any:
    data = {"date": "2026-11-24", "format": form} | more
    return cast.client(user).post(reverse(name, args=args), data)


def text_of(response: Any) -> str:
    """All the words of a printed paper, in one line."""
    assert response.status_code == 200, response.content.decode()[:400]
    assert response["Content-Disposition"].startswith("attachment;")
    if response["Content-Type"] == "application/pdf":
        return words_of(response.content).replace("\ufffe", "-")  # a hyphen at the end of a line
    document = docx.Document(io.BytesIO(response.content))
    words = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        words += [cell.text for row in table.rows for cell in row.cells]
    return re.sub(r"\s+", " ", " ".join(words))


def paper(
    cast: Cast, user: User, assessment: Assessment, kind: str, form: str = "pdf", **more: str
) -> str:
    return text_of(send(cast, user, "print_assessment", assessment.pk, kind, form=form, **more))


def page(cast: Cast, user: User, name: str, pk: int) -> str:
    return html.unescape(cast.client(user).get(reverse(name, args=[pk])).content.decode())


def row(text: str, code: str, *cells: str) -> bool:
    """Whether a line of a table has these cells, whatever stands between them."""
    return re.search(".{0,300}?".join(map(re.escape, (code, *cells))), text) is not None


BOTH = pytest.mark.parametrize("form", ["pdf", "docx"])


# ---- Rapor ---------------------------------------------------------------------------------------


@BOTH
def test_the_rapor_has_the_figures_of_the_page(cast: Cast, form: str) -> None:
    assessment = cycle.verified(cast)
    assert assessment.value == 80
    assert "80,00" in page(cast, cast.officer, "result_page", assessment.pk)
    text = paper(cast, cast.officer, assessment, "rapor", form, **HEAD)
    assert "80,00" in text
    assert figure_in_words("80,00") in text
    assert "Disdukcapil" in text
    assert str(assessment.round) in text
    assert "24 November 2026" in text
    for question in assessment.required:
        assert row(text, question.code, "90", "80"), "claim and verified value of each"
    for name in HEAD.values():
        assert name in text


def test_a_rapor_of_a_half_answered_sheet_has_a_range_and_no_figure(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    first = assessment.required[0].code
    actions.save_answer(assessment, first, Fraction("71.25"), by=cast.officer)
    assessment = cycle.fresh(cast, assessment)
    assert assessment.value is None
    text = paper(cast, cast.officer, assessment, "rapor")
    assert written_range(assessment.low, assessment.high) in text
    assert row(text, first, "71,25", "belum diketahui")
    assert row(text, assessment.required[1].code, "belum diketahui", "Jawab dahulu")
    assert "koma nol nol" not in text, "what is not known is not nought"


def test_the_rapor_lists_the_evidence_and_how_it_stands(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    code, today = assessment.required[0].code, timezone.localdate()
    actions.attach_evidence(
        assessment, code, upload(), by=cast.officer, title="SK yang lewat",
        issued_on=today, valid_until=today,
    )  # fmt: skip
    gone = actions.attach_evidence(
        assessment, code, upload("lain.pdf"), by=cast.officer, title="Ditarik"
    )
    actions.withdraw_evidence(gone, by=cast.officer)
    tomorrow = today + dt.timedelta(days=1)
    text = text_of(
        send(
            cast, cast.officer, "print_assessment", assessment.pk, "rapor",
            date=tomorrow.isoformat(),
        )
    )  # fmt: skip
    assert row(text, "SK yang lewat", day_written(today), "Kedaluwarsa")
    assert "Ditarik" not in text


def test_an_estimate_is_said_on_the_paper(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    assert assessment.estimate
    for kind in ("rapor", "berita-acara"):
        text = paper(cast, cast.verifier, assessment, kind)
        assert "taksiran" in text.casefold(), kind
    known = cycle.drafted(cast, "PEKPPP", "pekppp/pedoman-2022")
    for question in known.questions:
        actions.save_answer(known, question.code, question.high, by=cast.officer)
    known = cycle.fresh(cast, known)
    assert known.value == 5
    assert not known.estimate
    assert "taksiran" not in paper(cast, cast.officer, known, "rapor").casefold()


@BOTH
def test_a_final_assessment_prints_the_figure_of_its_frozen_proof(cast: Cast, form: str) -> None:
    assessment = cycle.final(cast)
    assert assessment.proof is not None
    figure = Fraction(assessment.proof["score"]["value"])
    assert written(figure) == "80,00"
    text = paper(cast, cast.officer, assessment, "rapor", form)
    assert written(figure) in text
    assert "Sudah ditetapkan" in text
    for row_kept in assessment.proof["score"]["parts"][1:]:
        aspect = (row_kept["title"], "90,00", written(Fraction(row_kept["value"])))
        assert row(text, *aspect), "each aspect as it was frozen"


# ---- The figures of the rapor --------------------------------------------------------------------

FORM = {"date": dt.date(2026, 11, 24), "head": {}}


def number(text: str) -> Fraction:
    """A figure as it is printed, exactly."""
    return Fraction(text.replace(",", ".").replace("−", "-"))


def filled(cast: Cast, version: Version, form: str) -> Assessment:
    """An assessment that is answered with the highest value everywhere, also by its users."""
    today = timezone.localdate()
    opened = actions.open_round(
        cast.city, version, [cast.disdukcapil], name=f"{version.pk} {form}", year=today.year, opens_on=today,
        closes_on=today + dt.timedelta(days=30), form=form, by=cast.organiser,
    )  # fmt: skip
    assessment = cast.assessment(opened, cast.disdukcapil)
    for question in assessment.questions:
        actions.save_answer(assessment, question.code, question.high, by=cast.officer)
    return cycle.fresh(cast, assessment)


def test_the_products_of_the_rapor_come_to_the_sum_that_it_prints(cast: Cast) -> None:
    tried = set()
    for version in Version.objects.filter(government=None):
        if version.rule.row == "respondent":
            continue
        for form in scorable_forms(version):
            told = report(filled(cast, version, form), FORM)
            name = f"{version.identifier} {form}"
            products = [row["hasil"] for row in told["hitungan"]]
            if told["hitungan_uraian"]:
                tried.add(version.identifier)
                assert sum(map(number, products)) == number(told["jumlah"]), name
            else:
                assert any("belum diketahui" in product for product in products), name
            for row in told["aspek"]:
                assert row["porsi"] == "100", "what is at its highest fills its bar"
    assert tried >= {"pekppp/pedoman-2022", "standar-pelayanan/uu-25-2009"}


def test_a_factor_counts_in_the_products_and_in_what_a_level_adds(cast: Cast) -> None:
    """There are fourteen components of equal weight; the instrument counts from 0 to 100."""
    assessment = cycle.drafted(cast, "Standar", "standar-pelayanan/uu-25-2009")
    cast.answer_all(assessment, cast.officer)
    lacking = assessment.required[0].code
    actions.save_answer(assessment, lacking, Fraction(), by=cast.officer)
    told = report(cycle.fresh(cast, assessment), FORM)
    assert told["nilai"]["angka"] == "92,86"
    assert told["prioritas"] == [
        f"{lacking} {assessment.by_code[lacking].title.id}: naik satu tingkat menambah 7,14 "
        "pada nilai."
    ]
    rows = {row["kode"]: row for row in told["hitungan"]}
    assert (rows[lacking]["bobot"], rows[lacking]["hasil"]) == ("1/14", "0")
    assert {row["hasil"] for code, row in rows.items() if code != lacking} == {"50/7"}
    assert [row["porsi"] for row in told["aspek"]] == ["83", "100"]
    text = paper(cast, cast.officer, cycle.fresh(cast, assessment), "rapor")
    assert COUNTED_AGAIN in text


@BOTH
def test_the_rapor_promises_no_recount_where_weights_are_not_known(cast: Cast, form: str) -> None:
    assessment = cycle.verified(cast)
    assert COUNTED_AGAIN not in paper(cast, cast.officer, assessment, "rapor", form)


def test_the_label_of_a_weight_is_its_own_and_not_that_of_its_indicator(cast: Cast) -> None:
    assessment = cycle.drafted(cast, "PEKPPP", "pekppp/pedoman-2022")
    labels = {row["kode"]: row["label"] for row in report(assessment, FORM)["hitungan"]}
    assert assessment.instrument.by_code["18.c.K"].fact.label == "verified"
    assert labels["18.c.K"] == "tidak resmi"
    assert labels["17.c.As"] == "tercetak pada sumbernya"


# ---- Berita acara --------------------------------------------------------------------------------


def test_the_minutes_are_printed_only_after_the_announcement(cast: Cast) -> None:
    assessment = cycle.marked(cast)
    for user in (cast.verifier, cast.organiser):
        response = send(cast, user, "print_assessment", assessment.pk, "berita-acara")
        assert response.status_code == 409
        assert "dicetak setelah hasil verifikasi diumumkan" in response.content.decode()
    actions.announce_result(assessment, by=cast.verifier)
    for user in (cast.verifier, cast.second, cast.organiser):
        assert "80,00" in paper(cast, user, assessment, "berita-acara")


@BOTH
def test_the_minutes_say_what_was_claimed_what_was_found_and_why(cast: Cast, form: str) -> None:
    assessment = cycle.marked(cast, 80, 80, input_nilai=60)
    reason = "Dua dari empat bukti tidak dapat dibuka."
    actions.settle_difference(assessment, "input-nilai", Fraction(70), reason, by=cast.verifier)
    actions.announce_result(assessment, by=cast.verifier)
    assessment = cycle.fresh(cast, assessment)
    text = paper(
        cast, cast.verifier, assessment, "berita-acara", form, number="BA/1/2026",
        place="Ruang Rapat Uji", notes="Butir pertama\n\nButir kedua", **HEAD,
    )  # fmt: skip
    assert "90,00" in text
    assert assessment.value is None, "with the weights unknown there is only a range"
    assert written_range(assessment.verified_low, assessment.verified_high) in text
    assert row(text, "input-nilai", "90", "70", reason)
    assert row(text, "input-nilai", f"{cast.verifier}: 80; {cast.second}: 60", "70")
    for said in ("BA/1/2026", "Ruang Rapat Uji", "Butir pertama", "Butir kedua", NIP):
        assert said in text
    for person in (cast.verifier, cast.second):
        assert person.name in text


def test_the_minutes_carry_the_objection_and_its_answer(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    objection = actions.object_to(
        assessment, "input-nilai", "Surat keputusannya ada.", by=cast.officer
    )
    assert row(
        paper(cast, cast.verifier, assessment, "berita-acara"),
        "Surat keputusannya ada.",
        "Belum dijawab",
    )
    actions.answer_objection(
        objection, is_upheld=True, answer="Suratnya sah.", value=Fraction(100), by=cast.organiser
    )
    assessment = cycle.fresh(cast, assessment)
    text = paper(cast, cast.verifier, assessment, "berita-acara")
    assert row(text, "input-nilai", "Surat keputusannya ada.", "Suratnya sah.", "Diterima")
    assert row(text, "input-nilai", "90", "100", "Suratnya sah.")
    assert written_range(assessment.low, assessment.high) in text


def test_what_the_verifiers_settled_stays_in_the_minutes_after_an_objection(cast: Cast) -> None:
    assessment = cycle.marked(cast, 80, 80, input_nilai=60)
    settle = {"reason": "Bukti kedua lemah.", "by": cast.verifier}
    actions.settle_difference(assessment, "input-nilai", Fraction(70), **settle)
    actions.announce_result(assessment, by=cast.verifier)
    assessment = cycle.fresh(cast, assessment)
    objection = actions.object_to(assessment, "input-nilai", "Buktinya sah.", by=cast.officer)
    actions.answer_objection(
        objection, is_upheld=True, answer="Benar.", value=Fraction(90), by=cast.organiser
    )
    text = paper(cast, cast.verifier, cycle.fresh(cast, assessment), "berita-acara")
    opinions = f"{cast.verifier}: 80; {cast.second}: 60"
    assert row(text, "input-nilai", opinions, "70", "Bukti kedua lemah.")
    assert row(text, "Buktinya sah.", "Benar.", "Diterima")


def test_the_minutes_name_the_day_of_sending_as_it_was_here(cast: Cast) -> None:
    """At two in the night in Sukabumi it is still yesterday elsewhere."""
    assessment = cycle.verified(cast)
    sent = dt.datetime(2026, 3, 4, 19, 30, tzinfo=dt.UTC)
    Assessment.objects.filter(pk=assessment.pk).update(submitted_at=sent)
    text = paper(cast, cast.verifier, assessment, "berita-acara")
    assert row(text, "Penilaian mandiri dikirim", "5 Maret 2026")


# ---- Serah terima --------------------------------------------------------------------------------


@BOTH
def test_the_handover_says_what_is_open_and_who_had_it(cast: Cast, form: str) -> None:
    assessment = cycle.drafted(cast, "PEKPPP", "pekppp/pedoman-2022")
    first, second, third, *_rest = assessment.required
    actions.save_answer(assessment, first.code, Fraction(4), by=cast.officer)
    actions.save_answer(assessment, second.code, Fraction(3), by=cast.officer)
    actions.attach_evidence(assessment, second.code, upload(), by=cast.officer, title="Notulen")
    actions.assign_indicators(assessment, {third.code: cast.officer}, by=cast.officer)
    text = paper(
        cast, cast.officer, cycle.fresh(cast, assessment), "serah-terima", form,
        notes="Kunci lemari di laci.",
        **{"giver-nama": "Budi Lama", "taker-nama": "Siti Baru", "taker-nip": NIP},
    )  # fmt: skip
    assert f"2 dari {len(assessment.required)}" in text
    assert row(text, first.code, "Bukti belum ada")
    assert row(text, third.code, "Belum dijawab", cast.officer.name)
    assert second.code not in text, "nothing is open there"
    assert cast.officer.email in text
    for said in ("Budi Lama", "Siti Baru", NIP, "Kunci lemari di laci."):
        assert said in text


# ---- LHE -----------------------------------------------------------------------------------------


@BOTH
def test_the_report_of_a_round_has_every_unit_with_its_figures(cast: Cast, form: str) -> None:
    assessment = cycle.final(cast)
    opened = cycle.round_of(assessment)
    actions.add_locus(opened, cast.dinsos, by=cast.organiser)
    response = send(
        cast, cast.organiser, "print_evaluation", opened.pk, form=form, number="LHE/1",
        introduction="Kata pengantar uji.", notes="Perbaiki antrean.", **HEAD,
    )  # fmt: skip
    text = text_of(response)
    assert row(text, "Disdukcapil", "90,00", "80,00", "80,00")
    assert row(text, "Dinsos", "–")
    for said in ("LHE/1", "Kata pengantar uji.", "Perbaiki antrean.", NIP, "Tidak ada sanggahan."):
        assert said in text
    assert "5 dari 5 (100,0 %)" in text, "what the verifiers agreed on before they talked"
    assert opened.name in text


def test_the_report_of_a_round_knows_its_objections(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    objection = actions.object_to(assessment, "input-nilai", "Buktinya terlampir.", by=cast.officer)
    actions.answer_objection(
        objection, is_upheld=False, answer="Tidak memuat tanggal.", by=cast.organiser
    )
    text = text_of(send(cast, cast.organiser, "print_evaluation", assessment.round_id))
    assert "1 sanggahan diajukan oleh 1 unit: 0 diterima, 1 ditolak, 0 belum dijawab." in text
    assert row(text, "Buktinya terlampir.", "Tidak memuat tanggal.", "Ditolak")


# ---- Names, doors, language ----------------------------------------------------------------------


def database() -> str:
    """Every value of every row that there is."""
    return "\n".join(
        str(row) for model in apps.get_models() for row in model._base_manager.values_list()
    )


def stored(folder: Path) -> set[Path]:
    """Every file that is kept; they have no endings."""
    return {path for path in folder.rglob("*") if path.is_file()}


def test_names_and_nip_are_on_the_paper_and_nowhere_in_the_database(
    cast: Cast, settings: Any
) -> None:
    assessment = cycle.verified(cast)
    files = stored(settings.MEDIA_ROOT)
    own = {name.replace("head-", "witness-"): f"Saksi {value}" for name, value in HEAD.items()}
    takers = {name.replace("head-", "taker-"): value for name, value in HEAD.items()}
    texts = [
        paper(cast, cast.verifier, assessment, "berita-acara", **HEAD, **own),
        paper(cast, cast.verifier, assessment, "berita-acara", "docx", **HEAD, **own),
        paper(cast, cast.officer, assessment, "rapor", **HEAD),
        paper(cast, cast.officer, assessment, "serah-terima", **takers),
        text_of(send(cast, cast.organiser, "print_evaluation", assessment.round_id, **HEAD)),
    ]
    for text in texts:
        assert NIP in text
        assert HEAD["head-nama"] in text
    everything = database()
    assert cast.officer.email in everything, "the search looks where things are kept"
    for name in HEAD.values():
        assert name not in everything
    assert stored(settings.MEDIA_ROOT) == files


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "rapor",
            {"officer": 200, "organiser": 200, "verifier": 200, "leader": 200, "assessor": 200,
             "administrator": 200, "neighbour": 404, "stranger": 404, "nobody": 404, "citizen": 302},
        ),
        (
            "berita-acara",
            {"officer": 403, "organiser": 200, "verifier": 200, "leader": 403, "assessor": 403,
             "administrator": 403, "neighbour": 404, "stranger": 404, "nobody": 404, "citizen": 302},
        ),
        (
            "serah-terima",
            {"officer": 200, "organiser": 403, "verifier": 403, "leader": 403, "assessor": 403,
             "administrator": 403, "neighbour": 404, "stranger": 404, "nobody": 404, "citizen": 302},
        ),
        ("surat-cinta", {"officer": 404, "organiser": 404, "citizen": 302}),
    ],
)  # fmt: skip
def test_each_paper_is_for_whom_it_concerns(
    cast: Cast, kind: str, expected: dict[str, int]
) -> None:
    assessment = cycle.verified(cast)
    address = reverse("print_assessment", args=[assessment.pk, kind])
    found = {who: cast.client(cast.people[who]).get(address).status_code for who in expected}
    assert found == expected


def test_who_may_not_print_gets_no_paper_by_sending_the_form_either(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    for user, kind in ((cast.officer, "berita-acara"), (cast.organiser, "serah-terima")):
        assert send(cast, user, "print_assessment", assessment.pk, kind).status_code == 403
    for user in (cast.officer, cast.verifier, cast.leader):
        assert send(cast, user, "print_evaluation", assessment.round_id).status_code == 403


def test_an_assessor_prints_what_was_sent_and_nothing_before(cast: Cast) -> None:
    assessment = cycle.drafted(cast)
    response = send(cast, cast.assessor, "print_assessment", assessment.pk, "rapor")
    assert response.status_code == 404


def test_the_form_asks_again_when_something_is_missing(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    for wrong in ({"date": ""}, {"date": "kemarin"}, {"format": "exe"}, {"format": ""}):
        response = send(cast, cast.officer, "print_assessment", assessment.pk, "rapor", **wrong)
        assert response.status_code == 422, wrong
        assert "Content-Disposition" not in response


def test_who_reads_english_gets_an_indonesian_paper(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    client = cast.client(cast.officer)
    address = reverse("print_assessment", args=[assessment.pk, "rapor"])
    form = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en"' in form
    response = client.post(
        address, {"date": "2026-11-24", "format": "pdf"}, headers={"accept-language": "en"}
    )
    text = text_of(response)
    assert "24 November 2026" in text
    assert "80,00" in text
    assert "80.00" not in text
    assert "Rapor Pelayanan Publik" in text
    assert "Sudah diverifikasi" in text


def test_what_was_decided_twice_counts_as_decided_last(cast: Cast) -> None:
    assessment = cycle.verified(cast)
    objection = actions.object_to(assessment, "input-nilai", "Buktinya terlampir.", by=cast.officer)
    actions.answer_objection(
        objection, is_upheld=True, answer="Sah.", value=Fraction("95.5"), by=cast.organiser
    )
    assert Decision.objects.filter(assessment=assessment, code="input-nilai").count() == 2
    assessment = cycle.fresh(cast, assessment)
    text = paper(cast, cast.officer, assessment, "rapor")
    assert row(text, "input-nilai", "90", "95,5")
    assert written_range(assessment.low, assessment.high) in text
